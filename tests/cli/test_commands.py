"""The command line as its users call it: its exit code, its two streams."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from make.command_line import mailbot
from make.office import OUR_ADDRESS, a_mail
from make.submitted import figures
from openpyxl import load_workbook

from mailbot.campaign.types import Campaign
from mailbot.cli.app import app
from mailbot.demo.documents import plan, write_form
from mailbot.demo.photos import make_photo
from mailbot.settings.sources import load_settings

COMMANDS = (
    "demo",
    "init",
    "run",
    "tick",
    "check",
    "status",
    "show",
    "digest",
    "rules check",
    "rules form",
    "outbox list",
    "outbox approve",
    "outbox resume",
)


def document(done: "subprocess.CompletedProcess[bytes]") -> Any:
    return json.loads(done.stdout.decode("utf-8"))


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with settings for a folder of .eml, in shadow mode."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\nsettle_seconds = 0\n"
        f"[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n"
    )
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, tmp_path: Path) -> None:
    done = mailbot(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"Example: mailbot {command}" in " ".join(done.stdout.decode().split())


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["check"], ["tick", "--nonsense"], ["check", "x", "--rules", "nowhere"]],
)
def test_wrong_use_is_exit_code_2_and_one_line(arguments: list[str], tmp_path: Path) -> None:
    done = mailbot(*arguments, cwd=tmp_path, process=arguments == ["nonsense"])
    assert done.returncode == 2
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert done.stderr.startswith(b"mailbot: ")
    assert done.stdout == b""


def test_every_command_accepts_config_behind_it() -> None:
    """CONTRACT, Command line; also those that read no settings."""

    def without(command: Any, name: str) -> list[str]:
        inner = getattr(command, "commands", {})
        if inner:
            return [one for key, each in inner.items() for one in without(each, f"{name} {key}")]
        return [] if any("--config" in each.opts for each in command.params) else [name]

    assert without(app, "mailbot") == []


def test_check_takes_config_and_reads_none(tmp_path: Path) -> None:
    (tmp_path / "good.jpg").write_bytes(make_photo(1920, 1080, 1))
    done = mailbot("check", "good.jpg", "--config", "nowhere.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("command", ["tick", "status", "digest"])
def test_without_settings_one_line_says_so(command: str, tmp_path: Path) -> None:
    done = mailbot(command, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert "mailbot.toml" in done.stderr.decode()


def test_an_unreachable_mailbox_is_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "mailbot.toml").write_text(
        "[imap]\nhost = '127.0.0.1'\nport = 9\nsecurity = 'none'\nusername = 'a@b.test'\n"
    )
    done = mailbot("tick", cwd=tmp_path, process=True)
    assert done.returncode == 3, done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_second_instance_is_refused(office: Path) -> None:
    import fcntl

    (office / "var").mkdir()
    with (office / "var" / "ledger.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = mailbot("tick", cwd=office, process=True)
    assert done.returncode == 3
    assert b"another mailbot" in done.stderr


def test_config_is_accepted_before_and_after_the_command(office: Path, tmp_path: Path) -> None:
    config = str(office / "mailbot.toml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert mailbot("--config", config, "tick", cwd=elsewhere).returncode == 0
    assert mailbot("tick", "--config", config, cwd=elsewhere).returncode == 0
    assert mailbot("status", cwd=elsewhere, MAILBOT_CONFIG=config).returncode == 0


def test_tick_status_show_and_digest_on_a_folder_of_eml(office: Path) -> None:
    mail = office / "mail" / "1.eml"
    mail.write_bytes(a_mail(files={"金水区演练方案.docx": plan("金水区")}))
    os.utime(mail, (1499050000, 1499050000))  # 3 July 2017
    done = mailbot("-v", "tick", "--json", cwd=office)
    assert "arrival=1 files=1" in done.stderr.decode()
    counts = document(done)
    assert set(counts) == {
        "fetched",
        "examined",
        "replied",
        "sent",
        "deferred",
        "dead",
        "quarantined",
    }
    assert (counts["fetched"], counts["examined"], counts["replied"], counts["sent"]) == (
        1,
        1,
        1,
        0,
    )
    status = document(mailbot("status", "--json", cwd=office))
    assert set(status) == {"units", "arrivals", "outbox", "alerts"}
    jinshui = next(unit for unit in status["units"] if unit["unit"] == "金水区")
    assert set(jinshui) == {
        "unit",
        "expected",
        "state",
        "punctuality",
        "slots",
        "first_arrival",
        "last_arrival",
    }
    assert jinshui["slots"]["plan"]["verdict"] == "accepted"
    assert jinshui["punctuality"] == "partial"
    assert document(mailbot("show", "1", "--json", cwd=office))["arrival"]["unit"] == "金水区"
    shown = document(mailbot("show", "金水区", "--json", cwd=office))
    assert len(shown["arrivals"]) == 1
    assert mailbot("show", "99", cwd=office).returncode == 1
    assert mailbot("show", "无此单位", cwd=office).returncode == 1
    assert mailbot("status", cwd=office).returncode == 0
    assert mailbot("show", "金水区", cwd=office).returncode == 0
    page = office / "digest.html"
    assert mailbot("digest", "--html", str(page), cwd=office).returncode == 0
    assert "金水区" in page.read_text(encoding="utf-8")
    assert "金水区" in mailbot("digest", cwd=office).stdout.decode()
    assert mailbot("digest", "--date", "yesterday", cwd=office).returncode == 2


def test_approve_lets_one_reply_go(office: Path) -> None:
    text = (office / "mailbot.toml").read_text()
    (office / "mailbot.toml").write_text(text.replace("shadow", "approve"))
    mail = office / "mail" / "1.eml"
    mail.write_bytes(a_mail())
    os.utime(mail, (1499050000, 1499050000))
    assert document(mailbot("tick", "--json", cwd=office))["sent"] == 0
    (waiting,) = document(mailbot("outbox", "list", "--json", cwd=office))
    assert (waiting["mode"], waiting["state"]) == ("approve", "queued")
    assert mailbot("outbox", "approve", waiting["number"], cwd=office).returncode == 0
    again = mailbot("outbox", "approve", waiting["number"], cwd=office)
    assert (again.returncode, b"it leaves by itself" in again.stderr) == (1, True)
    wrong = mailbot("outbox", "approve", "YL2017-9999", cwd=office)
    assert (wrong.returncode, b"mailbot outbox list" in wrong.stderr) == (1, True)


def test_check_judges_files_and_says_it_by_its_exit_code(tmp_path: Path) -> None:
    good, small = tmp_path / "good.jpg", tmp_path / "small.jpg"
    good.write_bytes(make_photo(1920, 1080, 1))
    small.write_bytes(make_photo(800, 600, 1))
    assert mailbot("check", str(good), cwd=tmp_path).returncode == 0
    done = mailbot("check", str(good), str(small), "--json", cwd=tmp_path, process=True)
    assert done.returncode == 1
    found = document(done)
    assert set(found) == {"campaign", "rules_version", "results"}
    assert [result["verdict"] for result in found["results"]] == ["accepted", "rejected"]
    assert [result["path"] for result in found["results"]] == [str(good), str(small)]
    for result in found["results"]:
        assert set(result) == {
            "path",
            "name",
            "sha256",
            "size",
            "kind",
            "format",
            "verdict",
            "facts",
            "findings",
            "members",
        }
    assert set(found["results"][1]["findings"][0]) == {
        "code",
        "severity",
        "actual",
        "expected",
        "where",
        "message",
    }
    assert mailbot("check", "nowhere.jpg", cwd=tmp_path).returncode == 1


def test_check_holds_the_table_of_a_districts_bureau(tmp_path: Path, campaign: Campaign) -> None:
    """CONTRACT, Decisions: 二七区城管局 is not 二七区, in a mail or alone; 二七区安监局 is."""
    for unit in ("二七区城管局", "二七区安监局"):
        (tmp_path / f"{unit}.xlsx").write_bytes(write_form(campaign.form, figures(unit)))
    done = mailbot("check", "二七区城管局.xlsx", "二七区安监局.xlsx", "--json", cwd=tmp_path)
    bureau, district = document(done)["results"]
    assert done.returncode == 1
    assert (bureau["verdict"], district["verdict"]) == ("held", "accepted")
    assert "FORM_SUB_UNIT" in [finding["code"] for finding in bureau["findings"]]


def test_check_of_a_mail_tells_about_the_mail(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(a_mail(files={"金水区演练方案.docx": plan("金水区")}))
    (result,) = document(mailbot("check", "1.eml", "--json", cwd=tmp_path))["results"]
    assert result["kind"] == "mail"
    assert [member["name"] for member in result["members"]] == ["正文", "金水区演练方案.docx"]
    assert result["mail"]["unit"] == "金水区"
    assert result["mail"]["answer"] is True
    assert set(result["mail"]) == {
        "message_id",
        "subject",
        "from",
        "date",
        "unit",
        "answer",
        "no_answer_reason",
        "links",
        "defects",
    }


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """An escape sequence in a file name is shown, not obeyed."""
    name = "\x1b]0;pwned\x07\x1b[31m.jpg"
    (tmp_path / name).write_bytes(make_photo(800, 600, 1))
    done = mailbot("check", name, cwd=tmp_path, process=True)
    assert b"\x1b" not in done.stdout
    assert b"\x07" not in done.stdout


def test_rules_check_and_the_blank_form(tmp_path: Path, rules_folder: Path) -> None:
    assert mailbot("rules", "check", str(rules_folder), cwd=tmp_path).returncode == 0
    assert mailbot("rules", "check", str(tmp_path), cwd=tmp_path).returncode == 2
    out = tmp_path / "blank.xlsx"
    assert mailbot("rules", "form", "--out", str(out), cwd=tmp_path).returncode == 0
    assert out.read_bytes().startswith(b"PK")
    assert mailbot("rules", "form", "--out", "x.txt", cwd=tmp_path).returncode == 2
    drill = ("rules", "form", "--rules", str(rules_folder.parent / "xiaofang-2026"))
    assert mailbot(*drill, "--out", "roster.docx", cwd=tmp_path).returncode == 0
    assert (tmp_path / "roster.docx").read_bytes().startswith(b"PK")
    assert mailbot(*drill, "--slot", "plan", "--out", "x.xlsx", cwd=tmp_path).returncode == 2
    english = ("rules", "form", "--rules", str(rules_folder.parent / "drill-report-en"))
    assert mailbot(*english, "--out", "en.xlsx", cwd=tmp_path).returncode == 0
    sheet = load_workbook(tmp_path / "en.xlsx").worksheets[0]
    said = "".join(str(cell.value or "") for row in sheet.iter_rows() for cell in row)
    assert "Note: figures only" in said
    assert re.search("[\u4e00-\u9fff]", said) is None


def test_init_writes_shadow_settings_once(tmp_path: Path) -> None:
    assert mailbot("init", "office@163.com", cwd=tmp_path).returncode == 0
    text = (tmp_path / "mailbot.toml").read_text(encoding="utf-8")
    assert 'mode = "shadow"' in text
    assert 'host = "imap.163.com"' in text
    assert (tmp_path / "mailbot.toml").stat().st_mode & 0o777 == 0o600
    assert mailbot("init", "office@163.com", cwd=tmp_path).returncode == 2
    assert mailbot("init", "nobody", cwd=tmp_path).returncode == 2
    (tmp_path / "imap-password").write_text("x")
    before = mailbot("status", "--json", cwd=tmp_path)
    assert before.returncode == 0
    board = json.loads(before.stdout)
    assert board["arrivals"] == board["outbox"] == {}
    assert {unit["state"] for unit in board["units"] if unit["expected"]} == {"nothing"}
    assert b"no ledger" in before.stderr
    assert not (tmp_path / "var").exists()
    assert mailbot("show", "1", cwd=tmp_path).returncode == 1
    assert mailbot("digest", cwd=tmp_path).returncode == 0


def test_init_starts_from_a_rules_folder_of_the_offices_own(
    tmp_path: Path, rules_folder: Path
) -> None:
    """By a relative path, with an issuer that TOML has to quote; a draft is not put to work."""
    own = Path(shutil.copytree(rules_folder.parent / "xiaofang-2026", tmp_path / "own"))
    text = (own / "campaign.yaml").read_text("utf-8")
    issuer = '"119"办公室\\江城'
    text = re.sub("(?m)^issuer: .*$", lambda _: f"issuer: '{issuer}'", text)
    (own / "campaign.yaml").write_text(text, encoding="utf-8")
    made = mailbot("init", "a@163.com", "--rules", "own", "--dir", "box", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (tmp_path / "box" / "imap-password").write_text("x")
    (tmp_path / "box" / "imap-password").chmod(0o600)
    settings = load_settings(tmp_path / "box" / "mailbot.toml")
    assert settings.campaign.rules == own.resolve()
    assert settings.smtp is not None
    assert settings.smtp.from_name == issuer
    assert settings.outbox.mode == "shadow"
    (own / "units.csv").write_text("unit,code,group,aliases,addresses,expected\n", "utf-8")
    refused = mailbot("init", "a@163.com", "--rules", "own", "--dir", "box2", cwd=tmp_path)
    assert refused.returncode == 2
    assert b"units.csv:2: no unit is listed" in refused.stderr
    assert not (tmp_path / "box2").exists()


def test_a_notice_becomes_a_folder_that_waits_for_a_person(tmp_path: Path) -> None:
    notice = tmp_path / "通知.txt"
    notice.write_bytes(
        "关于报送总结的通知\n各单位：\n请于2026年6月30日前将总结发送至a@office.example。\n".encode(
            "gb18030"
        )
    )
    drafted = mailbot("rules", "draft", "通知.txt", "--out", "neu", cwd=tmp_path)
    assert drafted.returncode == 0, drafted.stderr
    assert (tmp_path / "neu/units.csv").read_text("utf-8").startswith("unit,")
    refused = mailbot("rules", "check", "neu", cwd=tmp_path)
    assert refused.returncode == 2
    assert "campaign.yaml:" in refused.stderr.decode()
    assert "待确认" in refused.stderr.decode()
    assert mailbot("rules", "check", "neu", "--draft", cwd=tmp_path).returncode == 0
    again = mailbot("rules", "draft", "通知.txt", "--out", "neu", cwd=tmp_path)
    assert b"nothing was written" in again.stderr


def test_a_folder_is_tried_on_examples(tmp_path: Path, rules_folder: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    folder = str(rules_folder)
    tried = mailbot(
        *("rules", "try", folder, "a.jpg", "--unit", "金水区", "--html", "a.html"), cwd=tmp_path
    )
    assert tried.returncode == 0, tried.stderr
    assert "a.jpg" in tried.stdout.decode()
    assert "<iframe" in (tmp_path / "a.html").read_text("utf-8")
    unknown = mailbot("rules", "try", folder, "a.jpg", "--unit", "无此区", cwd=tmp_path)
    assert b"no unit" in unknown.stderr
