"""`mailbot doctor` on the command line."""

import json
from pathlib import Path

import pytest
from make.command_line import mailbot

MAILDIR = "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n"


def test_the_document_has_a_line_for_each_check(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text(MAILDIR)
    done = mailbot("doctor", "--json", cwd=tmp_path)
    checks = json.loads(done.stdout)["checks"]
    assert done.returncode == 0, checks
    assert all(set(check) == {"name", "state", "text", "remedy"} for check in checks)
    assert {check["state"] for check in checks} <= {"ok", "warning", "skipped"}
    wanted = {"settings", "rules", "data_folder", "disk", "time_zone", "part_rar", "part_ocr"}
    wanted |= {"workers", "watchdog", "console", "secrets", "addresses", "office", "outbox_mode"}
    assert {check["name"] for check in checks} >= wanted | {"maildir", "smtp", "ledger", "running"}
    assert not (tmp_path / "var").exists()  # nothing was changed


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[maildir\n", "settings", "line 1"),
        (MAILDIR + "mood = 'x'\n", "settings", "mood"),
        (MAILDIR + "[campaign]\nrules = 'nowhere'\n", "rules", "nowhere"),
    ],
)
def test_settings_and_rules_that_cannot_be_read_are_lines_too(
    tmp_path: Path, text: str, line: str, word: str
) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text(text)
    done = mailbot("doctor", "--json", cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert (done.returncode, checks[line]["state"]) == (1, "failed")
    assert word in checks[line]["text"]
    assert checks[line]["remedy"]


def test_of_a_fleet_every_office_is_examined_and_one_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "east.toml").write_text(MAILDIR + "[paths]\ndata = 'east'\n")
    (tmp_path / "west.toml").write_text("[maildir\n")
    done = mailbot("doctor", "--fleet", str(tmp_path), "--json", cwd=tmp_path)
    offices = json.loads(done.stdout)["offices"]
    states = {name: {one["state"] for one in told["checks"]} for name, told in offices.items()}
    assert (done.returncode, sorted(states), states["west"]) == (1, ["east", "west"], {"failed"})
    assert "failed" not in states["east"]
    told = mailbot("doctor", "--fleet", str(tmp_path), cwd=tmp_path).stdout.decode()
    assert told.index("east:") < told.index("west:") < told.index("FAILED  settings")
