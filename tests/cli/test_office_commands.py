"""export, dossier, draw, inspect-result, remind, rules replay and prune on the command line."""

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from make.command_line import a_shadow_office, mailbot
from make.office import a_mail
from make.submitted import figures
from python_calamine import CalamineWorkbook

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_form

COMMANDS = (
    "export",
    "dossier",
    "draw",
    "inspect-result",
    "remind",
    "rules replay",
    "prune",
)


def document(done: "subprocess.CompletedProcess[bytes]") -> Any:
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.decode("utf-8"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Path:
    """A folder with settings and a ledger in which 金水区 has a plan and a table."""
    folder = tmp_path_factory.mktemp("office")
    table = write_form(campaign.form, figures("金水区"))
    return a_shadow_office(
        folder, a_mail(files={"演练方案.docx": plan("金水区"), "统计表.xlsx": table})
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, tmp_path: Path) -> None:
    done = mailbot(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"Example: mailbot {command}" in " ".join(done.stdout.decode().split())


def test_export_writes_what_the_ending_says(office: Path) -> None:
    assert mailbot("export", "台账.xlsx", cwd=office).returncode == 0
    book = CalamineWorkbook.from_path(office / "台账.xlsx")
    rows = book.get_sheet_by_name("台账").to_python()
    assert [row[15] for row in rows if row[1] == "金水区"] == [60]
    wrong = mailbot("export", "台账.doc", cwd=office)
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr


def test_a_dossier_of_an_unknown_unit_is_not_found(office: Path) -> None:
    assert mailbot("dossier", "金水区", "--zip", "j.zip", cwd=office).returncode == 0
    with zipfile.ZipFile(office / "j.zip") as archive:
        assert "材料/演练方案/演练方案.docx" in archive.namelist()
    assert mailbot("dossier", "无此区", "--zip", "n.zip", cwd=office).returncode == 1


def test_a_draw_its_result_and_the_export(office: Path) -> None:
    arguments = ("draw", "--n", "3", "--always", "金水区", "--seed", "s", "--json")
    drawn = document(mailbot(*arguments, "--out", "抽查", cwd=office))
    assert drawn["seed"] == "s"
    assert [unit["unit"] for unit in drawn["units"]][0:1] == ["金水区"]
    assert all((office / unit["path"] / "抽查核对表.docx").is_file() for unit in drawn["units"])
    assert mailbot(*arguments, "--out", "抽查", cwd=office).returncode == 2
    entered = mailbot("inspect-result", "金水区", "相符", "--note", "原件齐全", cwd=office)
    assert entered.returncode == 0
    assert mailbot("export", "l.json", cwd=office).returncode == 0
    tables = json.loads((office / "l.json").read_bytes())["tables"]
    (row,) = [row for row in tables["台账"] if row["报送单位"] == "金水区"]
    assert row["抽查结果"] == "相符（原件齐全）"


def test_years_after_the_deadline_nobody_is_reminded(office: Path) -> None:
    assert document(mailbot("remind", "--dry-run", "--json", cwd=office)) == []
    assert document(mailbot("remind", "--json", cwd=office)) == []


def test_a_replay_under_the_same_rules_says_that_nothing_flips(office: Path) -> None:
    replay = document(mailbot("rules", "replay", "--json", cwd=office))
    assert (replay["arrivals"], replay["flips"], replay["applied"]) == (1, [], False)
    applied = document(mailbot("rules", "replay", "--apply", "--json", cwd=office))
    assert (applied["flips"], applied["answered"], applied["applied"]) == ([], [], True)


def test_prune_shows_first_and_removes_when_told(office: Path) -> None:
    shown = document(mailbot("prune", "--before", "2017-07-04", "--json", cwd=office))
    assert shown["removed"] is False
    # In shadow mode the reply has not left, so nothing of the mail may go.
    assert shown["kept"] == [{"arrival": 1, "reason": "unsettled"}]
    assert shown["files"] == []
    assert document(mailbot("prune", "--before", "2017-07-04", "--yes", "--json", cwd=office))
    assert list((office / "var" / "files").rglob("*"))
    assert mailbot("prune", "--before", "gestern", cwd=office).returncode == 2
