"""A ledger of an earlier mailbot is copied, then brought up to date; one of a later is refused."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from make.command_line import mailbot

from mailbot.ledger.schema import migration_names
from mailbot.ledger.store import open_ledger

# Written by mailbot at commit 8fc68c3 over four mails, and what its `status --json` said of them.
LEDGERS = Path(__file__).parent.parent / "data" / "ledgers"
OLD = LEDGERS / "version_0.1_of_8fc68c3.sql"
STATUS = OLD.with_suffix(".status.json")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    (tmp_path / "var").mkdir(mode=0o700)
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n[limits]\nworkers = 1\n"
    )
    with closing(sqlite3.connect(tmp_path / "var" / "ledger.db")) as connection:
        connection.executescript(OLD.read_text("utf-8"))
    return tmp_path


def status(folder: Path) -> Any:
    done = mailbot("status", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def is_as_it_was(told: Any) -> None:
    """What the earlier program said still holds; a later one may say more."""
    was = json.loads(STATUS.read_text("utf-8"))
    (unit,) = (one for one in told["units"] if one["unit"] == was["unit"]["unit"])
    assert told["arrivals"], told["outbox"] == (was["arrivals"], was["outbox"])
    assert (unit["state"], unit["punctuality"]) == (
        was["unit"]["state"],
        was["unit"]["punctuality"],
    )
    for slot, stood in was["unit"]["slots"].items():
        assert unit["slots"][slot]["verdict"] == stood["verdict"], slot
        files = [(file["sha256"], file["counts"]) for file in unit["slots"][slot]["files"]]
        assert files == [(file["sha256"], file["counts"]) for file in stood["files"]], slot


def applied(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")
        return [name for (name,) in rows]


def test_an_earlier_ledger_is_copied_before_it_is_brought_up_to_date(office: Path) -> None:
    old = applied(office / "var" / "ledger.db")
    assert mailbot("tick", cwd=office).returncode == 0
    assert applied(office / "var" / "ledger.db") == migration_names()
    assert applied(office / "var" / "ledger.before-0008.db") == old
    is_as_it_was(status(office))
    assert mailbot("audit", "verify", cwd=office).returncode == 0


def test_a_second_upgrade_keeps_the_ledger_that_it_began_with(office: Path) -> None:
    """After going back to an old backup the copy is of what was there then."""
    (office / "var" / "ledger.before-0008.db").write_bytes(b"of an earlier upgrade")
    old = applied(office / "var" / "ledger.db")
    assert mailbot("tick", cwd=office).returncode == 0
    assert applied(office / "var" / "ledger.before-0008.db") == old


def test_who_only_reads_an_earlier_ledger_sees_it_and_changes_nothing(office: Path) -> None:
    before = (office / "var" / "ledger.db").read_bytes()
    is_as_it_was(status(office))
    assert (office / "var" / "ledger.db").read_bytes() == before


def test_a_migration_that_fails_leaves_the_copy_and_the_ledger(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for the copy nothing is begun."""

    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mailbot.ledger.store.copy_ledger", full)
    old = applied(office / "var" / "ledger.db")
    assert mailbot("tick", cwd=office).returncode == 3
    assert applied(office / "var" / "ledger.db") == old


@pytest.mark.parametrize("command", ["status", "tick", "verify"])
def test_a_later_ledger_is_refused_in_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n[limits]\nworkers = 1\n"
    )
    open_ledger(tmp_path / "var").close()
    with closing(sqlite3.connect(tmp_path / "var" / "ledger.db")) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('mailbot', '9999_of_tomorrow', '')"
        )
        connection.commit()
    kept = shutil.copy(tmp_path / "var" / "ledger.db", tmp_path / "kept.db")
    done = mailbot(command, cwd=tmp_path)
    said = done.stderr.decode() + done.stdout.decode()
    assert done.returncode == (1 if command == "verify" else 2), said
    assert "newer mailbot (9999_of_tomorrow)" in said
    assert "Traceback" not in said
    assert (tmp_path / "var" / "ledger.db").read_bytes() == Path(kept).read_bytes()
