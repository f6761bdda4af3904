"""What is counted as it changes is what counting anew would give."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.inbox.mailboxes.protocol import Listing
from mailbot.ledger import arrivals, enquiries, replies, sending
from mailbot.ledger.known_uids import KnownUids
from mailbot.ledger.store import Ledger, open_ledger

NOW = datetime(2017, 7, 1, tzinfo=UTC)
STATES = ("discovered", "spooled", "examined", "answered", "quarantined", "gone")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with open_ledger(tmp_path_factory.mktemp("counting")) as opened:
        yield opened


def listing(uid: int, folder: str = "INBOX", validity: int = 1) -> Listing:
    return Listing("m", folder, validity, uid, 10, NOW)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from((*STATES, "delete"))), max_size=30))
def test_states_are_counted_through_every_change(
    ledger: Ledger, steps: list[tuple[int, str]]
) -> None:
    for uid, state in steps:
        with ledger.transaction():
            number = arrivals.record_discovered(ledger, listing(uid), NOW)
            if state == "delete":
                ledger.execute("DELETE FROM arrivals WHERE id = ?", (number,))
            else:
                ledger.execute("UPDATE arrivals SET state = ? WHERE id = ?", (state, number))
    anew = ledger.rows("SELECT state, count(*) AS n FROM arrivals GROUP BY state")
    assert enquiries.states(ledger) == {row["state"]: row["n"] for row in anew}


def test_a_change_that_is_undone_is_not_counted(ledger: Ledger) -> None:
    before, within = sending.states(ledger), {}

    def fail_after_opening() -> None:
        nonlocal within
        with ledger.transaction():
            replies.open_reply(
                ledger, number="1", unit=None, address="a@b.c", domain="d", mode="live", now=NOW
            )
            within = sending.states(ledger)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_opening()
    assert within != before
    assert sending.states(ledger) == before


def test_a_ledger_from_before_the_counting_is_counted_when_it_is_opened(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, ledger.transaction():
        arrivals.record_discovered(ledger, listing(1), NOW)
        for table in ("arrivals", "replies"):
            for trigger in ("in", "out", "over"):
                ledger.execute(f"DROP TRIGGER {table}_tallied_{trigger}")
        ledger.execute("DROP TABLE tally")
        made = "sql LIKE 'CREATE INDEX%'"
        first = "SELECT name FROM sqlite_master WHERE name IN ('replies_by_number',"
        first += " 'arrivals_by_duplicate_of', 'addresses_by_arrival', 'replies_to_send',"
        first += (
            f" 'replies_to_compose', 'files_accepted_photos', 'arrivals_unattributed') AND {made}"
        )
        for row in ledger.rows(first):
            ledger.execute(f"DROP INDEX {row['name']}")
        ledger.execute("DELETE FROM _sqlite_migrations WHERE name = '0005_asked_by_index'")
    with open_ledger(tmp_path) as ledger:
        assert enquiries.states(ledger) == {"discovered": 1}


def test_known_uids_are_those_of_the_folder_and_follow_what_is_added(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        known = KnownUids(ledger, "m")
        assert known.of("INBOX", 1) == set()
        expected: dict[tuple[str, int], set[int]] = {}
        for uid, folder, validity in ((7, "INBOX", 1), (9, "INBOX", 2), (8, "垃圾邮件", 1)):
            with ledger.transaction():
                arrivals.record_discovered(ledger, listing(uid, folder, validity), NOW)
            expected.setdefault((folder, validity), set()).add(uid)
            for (box, number), uids in expected.items():
                assert known.of(box, number) == uids
        assert KnownUids(ledger, "m").of("INBOX", 1) == {7}
        assert KnownUids(ledger, "another").of("INBOX", 1) == set()
