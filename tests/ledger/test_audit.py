"""The audit trail holds what was decided, and shows where somebody changed it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from threading import Thread

import pytest

from mailbot.errors import MailbotError
from mailbot.ledger import audit
from mailbot.ledger.store import Ledger, open_ledger

NOW = datetime(2017, 7, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def write(ledger: Ledger, count: int) -> None:
    for number in range(1, count + 1):
        with ledger.transaction():
            audit.append(
                ledger,
                by="经办人",
                action="waive",
                subject=f"单位{number} video",
                reason="未组织现场演练",
                before={"video": "missing"},
                after={"video": "waived"},
                now=NOW + timedelta(minutes=number),
            )


def without_triggers(ledger: Ledger) -> Connection:
    """What somebody with the file and a SQLite shell can do."""
    for name in ("audit_is_never_changed", "audit_is_never_deleted"):
        ledger.database.execute(f"DROP TRIGGER {name}")
    return ledger.database


def test_an_empty_trail_holds(ledger: Ledger) -> None:
    assert audit.verify(ledger) == audit.Chain(0, "0" * 64)


def test_rows_are_kept_as_written(ledger: Ledger) -> None:
    write(ledger, 2)
    first, second = audit.entries(ledger)
    assert (first.id, first.by, first.action, first.at) == (
        1,
        "经办人",
        "waive",
        NOW + timedelta(minutes=1),
    )
    assert (second.subject, second.before, second.after) == (
        "单位2 video",
        {"video": "missing"},
        {"video": "waived"},
    )
    assert audit.verify(ledger) == audit.Chain(2, second.hash)


def test_the_hash_can_be_computed_by_anyone_from_the_row_and_the_one_before(
    ledger: Ledger,
) -> None:
    write(ledger, 2)
    first, second = ledger.rows("SELECT * FROM audit ORDER BY id")
    names = "previous id at by action subject reason before_json after_json".split()
    text = json.dumps([second[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    assert second["previous"] == first["hash"]
    assert second["hash"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET reason = 'x' WHERE id = 1", "DELETE FROM audit WHERE id = 1"]
)
def test_the_ledger_itself_refuses_a_change(ledger: Ledger, statement: str) -> None:
    write(ledger, 1)
    with pytest.raises(Exception, match="append-only"), ledger.transaction():
        ledger.execute(statement)
    assert audit.verify(ledger).broken_at is None


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET reason = '' WHERE id = 3", 3),
        ("UPDATE audit SET at = '2017-07-01T00:00:00.000000+00:00' WHERE id = 1", 1),
        ("UPDATE audit SET after_json = '{}' WHERE id = 5", 5),
        ("UPDATE audit SET hash = previous WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id >= 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET id = id + 10 WHERE id = 5", 5),
    ],
)
def test_what_was_done_behind_its_back_is_found_at_its_row(
    ledger: Ledger, statement: str, row: int
) -> None:
    write(ledger, 5)
    without_triggers(ledger).execute(statement)
    chain = audit.verify(ledger)
    assert chain.broken_at == row
    assert chain.rows == row - 1


def test_a_row_rewritten_with_a_fitting_hash_breaks_the_next_one(ledger: Ledger) -> None:
    write(ledger, 3)
    row = ledger.row("SELECT * FROM audit WHERE id = 2")
    assert row is not None
    row["reason"] = "另有原因"
    names = "previous id at by action subject reason before_json after_json".split()
    text = json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    forged = hashlib.sha256(text.encode()).hexdigest()
    without_triggers(ledger).execute(
        "UPDATE audit SET reason = ?, hash = ? WHERE id = 2", (row["reason"], forged)
    )
    assert audit.verify(ledger).broken_at == 3


def test_what_was_rolled_back_leaves_no_gap(ledger: Ledger) -> None:
    def written_and_undone() -> None:
        with ledger.transaction():
            audit.append(
                ledger, by="", action="a", subject="", reason="", before={}, after={}, now=NOW
            )
            raise RuntimeError

    write(ledger, 1)
    with pytest.raises(RuntimeError):
        written_and_undone()
    write(ledger, 1)
    assert audit.verify(ledger).rows == 2


def test_a_decision_is_written_beside_a_working_poller_and_not_across_versions(
    ledger: Ledger, tmp_path: Path
) -> None:
    """`ledger` holds the writer's lock, as `mailbot run` does."""
    with open_ledger(tmp_path, beside=True) as second:
        write(second, 1)
    write(ledger, 1)
    assert audit.verify(ledger).rows == 2
    ledger.database.execute("DELETE FROM _sqlite_migrations WHERE name = '0003_decisions'")
    with pytest.raises(MailbotError, match="another version"):
        open_ledger(tmp_path, beside=True)


def test_who_reads_first_and_then_writes_is_not_refused(ledger: Ledger, tmp_path: Path) -> None:
    """SQLite answers SQLITE_BUSY_SNAPSHOT where another one wrote in between."""

    def decide(second: Ledger) -> None:
        with second.transaction():
            second.set_meta("by", "decision")

    with open_ledger(tmp_path, beside=True) as second:
        other = Thread(target=decide, args=(second,))
        with ledger.transaction():
            ledger.rows("SELECT * FROM audit")
            other.start()
            other.join(0.2)
            ledger.set_meta("by", "poller")
        other.join(10)
        assert ledger.meta("by") == "decision"
