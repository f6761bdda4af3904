"""Decisions on the command line."""

import fcntl
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from make.command_line import a_shadow_office, mailbot
from make.office import a_mail

from mailbot.demo.documents import plan

COMMANDS = (
    *("assign", "accept", "waive", "reject", "confirm", "hold", "release", "retry", "resend"),
    *("unit add", "unit alias", "unit address", "audit verify", "audit list"),
)


def document(done: "subprocess.CompletedProcess[bytes]") -> Any:
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return json.loads(done.stdout.decode("utf-8"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one mail that names no unit, taken in."""
    folder = tmp_path_factory.mktemp("office")
    return a_shadow_office(folder, a_mail("演练方案", "见附件", files={"1.docx": plan("我")}))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, tmp_path: Path) -> None:
    done = mailbot(*command.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"Example: mailbot {command}" in " ".join(done.stdout.decode().split())


def test_decisions_are_made_while_another_mailbot_is_at_work(office: Path) -> None:
    with (office / "var" / "ledger.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = mailbot("assign", "1", "金水区", "--by", "甲", "--json", cwd=office, process=True)
    (outcome,) = document(done)
    assert done.returncode == 0
    assert outcome == {
        "action": "assign",
        "subject": "1 金水区",
        "changed": True,
        "replied": "clerk@example.com",
    }
    shown = document(mailbot("show", "金水区", "--json", cwd=office))
    assert shown["unit"]["slots"]["plan"]["verdict"] == "accepted"
    assert document(mailbot("tick", "--json", cwd=office))["replied"] == 1


def test_an_added_unit_is_on_the_board(office: Path) -> None:
    done = mailbot("unit", "add", "市轨道集团", cwd=office)
    assert done.stdout.decode() == "unit add 市轨道集团: done\n"
    board = document(mailbot("status", "--json", cwd=office))
    assert "市轨道集团" in [unit["unit"] for unit in board["units"]]
    assert mailbot("unit", "alias", "金水区", "市轨道集团", cwd=office).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["assign", "99", "金水区"], 1),
        (["assign", "1", "不存在"], 1),
        (["accept", "金水区", "plan"], 2),
        (["accept", "金水区", "plan", "--reason", " "], 2),
        (["release", "二七区"], 1),
        (["retry", "1"], 1),
        (["resend", "YL2017-9999"], 1),
        (["confirm", "nobody@example.com"], 1),
        (["unit", "address", "金水区", "no address"], 2),
    ],
)
def test_what_cannot_be_decided_is_one_line_and_an_exit_code(
    office: Path, arguments: list[str], code: int
) -> None:
    done = mailbot(*arguments, cwd=office)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_the_trail_is_listed_and_proved_and_a_change_is_found(office: Path) -> None:
    mailbot("hold", "二七区", "--by", "乙", "--reason", "待沟通", cwd=office)
    rows = document(mailbot("audit", "list", "--json", cwd=office))
    held = next(row for row in rows if row["action"] == "hold")
    assert (held["by"], held["subject"], held["reason"]) == ("乙", "二七区", "待沟通")
    assert "待沟通" in mailbot("audit", "list", cwd=office).stdout.decode()
    proved = mailbot("audit", "verify", cwd=office)
    assert proved.returncode == 0
    assert f"{len(rows)} rows" in proved.stdout.decode()
    assert rows[-1]["hash"] in proved.stdout.decode()
    with sqlite3.connect(office / "var" / "ledger.db") as ledger:
        ledger.execute("DROP TRIGGER audit_is_never_changed")
        ledger.execute("UPDATE audit SET by = '丙' WHERE id = ?", (held["id"],))
    broken = mailbot("audit", "verify", cwd=office)
    assert broken.returncode == 1
    assert f"row {held['id']}" in broken.stdout.decode()
    told = document(mailbot("audit", "verify", "--json", cwd=office))
    assert told["broken_at"] == held["id"]
