"""`mailbot demo`: the story it tells, and the pictures of it that the README shows."""

import io
import json
import re
import shutil
import subprocess
import sys
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from make.command_line import mailbot
from make.notices import PLAN, a_rule, write_notice
from rich.console import Console

from mailbot.campaign.folder import load_campaign
from mailbot.cli.app import app
from mailbot.demo.from_folder import mails_of_folder
from mailbot.demo.materials import files_of
from mailbot.demo.story import tell
from mailbot.workflow.trying import try_paths

Told = tuple["subprocess.CompletedProcess[bytes]", Path]
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The demo in a process of its own, and the folder it leaves."""
    folder = tmp_path_factory.mktemp("demo") / "d"
    done = mailbot(
        *("demo", "--keep", str(folder)), cwd=folder.parent, process=True, MAILBOT_SMTP__PORT="1"
    )
    return done, folder


def test_the_demo_tells_its_story_and_leaves_its_folder(
    told: Told,
) -> None:
    done, folder = told
    assert done.returncode == 0, done.stderr.decode()
    assert (folder / "digest.html").is_file()
    assert (folder / "var" / "ledger.db").is_file()
    replies = sorted(path.name for path in (folder / "replies").iterdir())
    assert [name.split("-")[1] for name in replies] == [
        "jinshui.eml",
        "erqi.eml",
        "zhongyuan.eml",
        "huiji.eml",
        "dengfeng.eml",
        "xinmi.eml",
        "info.eml",
    ]
    status = mailbot("--config", str(folder / "mailbot.toml"), "status", "--json", cwd=folder)
    board = {unit["unit"]: unit for unit in json.loads(status.stdout)["units"]}
    assert board["金水区"]["state"] == board["二七区"]["state"] == "complete"
    assert board["中原区"]["slots"]["video"]["verdict"] == "rejected"
    assert board["惠济区"]["slots"]["form"]["verdict"] == "rejected"
    assert board["登封市"]["slots"]["video"]["verdict"] == "announced"
    assert mailbot("demo", "--keep", str(folder), cwd=folder).returncode == 2


def test_without_its_servers_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.startswith(("aiosmtpd", "mailbot.demo.story", "mailbot.demo.servers")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiosmtpd", None)
    done = mailbot("demo", "--keep", "d", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "mailbot: the demo's mail servers are not installed: pip install 'mailbot[demo]'\n"
    )


def shown(heading: str) -> list[str]:
    """The block below a heading of the README, cut where it leaves something out."""
    text = (REPOSITORY / "README.md").read_text("utf-8")
    block = re.search(r"```\n(.*?)```", text.partition(f"## {heading}\n")[2], re.DOTALL)
    assert block
    return [part.strip("\n") for part in block[1].split("\n…\n") if part.strip()]


def in_order(parts: list[str], whole: str) -> None:
    rest = whole
    for part in parts:
        _, found, rest = rest.partition(part)
        assert found, part


def test_the_readmes_reply_is_the_one_that_zhongyuan_gets(
    told: Told,
) -> None:
    (path,) = (told[1] / "replies").glob("*-zhongyuan.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body
    subject, _, first = shown("What a unit gets")[0].partition("\n\n")
    assert subject == mail["Subject"]
    in_order([first, *shown("What a unit gets")[1:]], body.get_content().replace("\r\n", "\n"))


def test_the_readmes_digest_is_the_one_of_the_day_after_the_deadline(
    told: Told,
) -> None:
    config = str(told[1] / "mailbot.toml")
    digest = mailbot("--config", config, "digest", "--date", "2017-07-06", cwd=told[1])
    in_order(shown("What the office gets"), digest.stdout.decode())


FOLDERS = sorted(path.parent for path in (REPOSITORY / "rules").glob("*/campaign.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_mails_made_from_any_folder_meet_it_but_for_their_own_faults(
    folder: Path, tmp_path: Path
) -> None:
    campaign = load_campaign(folder)
    paths = []
    for number, mail in enumerate(mails_of_folder(campaign)):
        paths.append(tmp_path / f"{number}.eml")
        paths[-1].write_bytes(mail.raw)
    trial = try_paths(paths, campaign, campaign.deadline)
    kinds = [one.kind or one.no_answer for one in trial.replies]
    assert kinds[:4] == ["receipt", "correction", "correction", "receipt"]
    assert kinds[5] == "auto_submitted"
    assert len({one.unit for one in trial.replies[:4]}) == 4
    wrong = [one for one in trial.files if one.verdict == "rejected"]
    assert 1 <= len(wrong) <= 2  # the fault of the second mail, and the stranger's photo


@pytest.mark.parametrize(
    ("allowed", "ending"),
    [
        (["docx", "pdf"], "docx"),
        (["pdf"], "pdf"),
        (["pdf", "jpeg"], "jpg"),
        (["mp4", "pptx"], "mp4"),
    ],
)
def test_what_is_made_for_a_material_is_of_a_format_that_is_taken(
    allowed: list[str], ending: str, tmp_path: Path
) -> None:
    sheet = {**PLAN, "slot": "sheet", "kind": "any", "label": "签到表"}
    rule = a_rule("format", "sheet", allowed=allowed)
    campaign = load_campaign(write_notice(tmp_path / "r", materials=[sheet], rules=[rule]))
    (name,) = files_of(campaign, campaign.materials[0], campaign.units[0], date(2026, 11, 9))
    assert name.endswith(f"签到表.{ending}")


def test_the_demo_runs_with_a_rules_folder(tmp_path: Path) -> None:
    rules = REPOSITORY / "rules" / "drill-report-en"
    out = io.StringIO()
    folder = tell(tmp_path / "d", Console(file=out, width=200), rules=rules)
    board = {
        unit["unit"]: unit
        for unit in json.loads(
            mailbot("--config", str(folder / "mailbot.toml"), "status", "--json", cwd=folder).stdout
        )["units"]
    }
    assert board["East District"]["state"] == "complete"
    assert board["Northfield Chemical Works"]["state"] == "incomplete"
    assert len(list((folder / "replies").iterdir())) == 5
    told = out.getvalue()
    assert "a form with an empty cell (Date of report), without Sign-in sheet" in told
    assert "show East District" in told
    for command in (
        ["status"],
        ["show", "East District"],
        ["show", "1"],
        ["show", "1", "--log"],
        ["digest"],
        ["remind"],
        ["outbox", "list"],
        ["hold", "East District", "--reason", "asked for"],
        ["waive", "East District", "press", "--reason", "late"],
        ["audit"],
    ):
        ran = CliRunner().invoke(app, ["--config", str(folder / "mailbot.toml"), *command])
        assert ran.output, command
        assert not re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", ran.output), ran.output
    empty = tmp_path / "empty"
    shutil.copytree(rules, empty)
    (empty / "units.csv").write_text("unit,code,group,aliases,addresses,expected\n")
    refused = mailbot("demo", "--rules", str(empty), "--keep", "x", cwd=tmp_path)
    assert refused.returncode == 2
    assert not (tmp_path / "x").exists()
