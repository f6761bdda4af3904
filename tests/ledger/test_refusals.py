"""How mailbox and sending stand, remembered."""

import os
from pathlib import Path

from make.waiting import HOUR, NOW, RESUME_AT, a_reply, due_of

from mailbot.ledger import refusals, replies, sending
from mailbot.ledger.store import Ledger, stamp


def test_a_refusal_stands_for_its_account_since_the_first_time(ledger: Ledger) -> None:
    assert refusals.refused(ledger, "login") is None
    refusals.refuse(ledger, "login", "535 no", "mine", NOW)
    refusals.refuse(ledger, "login", "535 still no", "mine", NOW + HOUR)
    trouble = refusals.refused(ledger, "login", "mine")
    assert trouble == refusals.Trouble("535 no", stamp(NOW), "mine")
    assert refusals.refused(ledger, "login") == trouble
    assert refusals.refused(ledger, "login", "another") is None
    assert refusals.refused(ledger, "sending") is None


def test_other_credentials_that_are_refused_too_take_the_place_of_the_first(
    ledger: Ledger,
) -> None:
    refusals.refuse(ledger, "login", "535 no", "mine", NOW)
    refusals.refuse(ledger, "login", "535 nor these", "another", NOW + HOUR)
    assert refusals.refused(ledger, "login") == refusals.Trouble(
        "535 nor these", stamp(NOW + HOUR), "another"
    )


def test_a_login_that_works_ends_the_refusal_of_its_way_only(ledger: Ledger) -> None:
    refusals.refuse(ledger, "login", "535 no", "mine", NOW)
    refusals.refuse(ledger, "sending", "535 no", "mine", NOW)
    refusals.accept(ledger, "login")
    assert refusals.refused(ledger, "login") is None
    assert refusals.refused(ledger, "sending") is not None


def test_an_account_mark_changes_with_the_account_and_when_the_secret_is_written_anew(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "password"
    secret.write_text("wrong")
    first = refusals.account_mark("imap.example.com", "a", secret)
    assert refusals.account_mark("imap.example.com", "a", secret) == first
    assert refusals.account_mark("imap.example.com", "b", secret) != first
    assert refusals.account_mark("imap.example.org", "a", secret) != first
    fresh = tmp_path / "fresh"
    fresh.write_text("wrong")
    fresh.replace(secret)  # another file under the name, whatever the clock's resolution
    assert refusals.account_mark("imap.example.com", "a", secret) != first
    assert refusals.account_mark("h", "a", None) == "a@h"


def test_nothing_of_the_password_is_in_an_account_mark(tmp_path: Path) -> None:
    """The same file, the same moment, another password: the same mark."""
    secret = tmp_path / "password"
    marks = []
    for password in ("first", "other"):
        secret.write_text(password)
        os.utime(secret, ns=(1, 1))
        marks.append(refusals.account_mark("h", "a", secret))
    assert marks[0] == marks[1]


def test_sending_resumed_lets_go_what_the_server_put_off_and_no_more(ledger: Ledger) -> None:
    refusals.refuse(ledger, "sending", "535 no", "mine", NOW)
    ledger.set_meta(RESUME_AT, stamp(NOW + HOUR))
    refused, budget, waiting, ready = (a_reply(ledger, NOW, f"{n}@example.com") for n in range(4))
    sending.defer(ledger, refused, NOW + 6 * HOUR, "535", "no")
    sending.defer(ledger, budget, NOW + 6 * HOUR, "DAILY_BUDGET", "used up")
    replies.set_due(ledger, None, "2@example.com", NOW + 6 * HOUR)
    sending.defer(ledger, ready, NOW - HOUR, "535", "no")
    refusals.resume_sending(ledger, NOW)
    assert refusals.refused(ledger, "sending") is None
    assert not ledger.meta(RESUME_AT)
    assert due_of(ledger, refused) == NOW
    assert due_of(ledger, budget) == NOW + 6 * HOUR
    assert due_of(ledger, waiting) == NOW + 6 * HOUR
    assert due_of(ledger, ready) == NOW - HOUR


def test_a_mailbox_fault_is_known_since_it_began_until_it_ends(ledger: Ledger) -> None:
    refusals.note_mailbox(ledger, "", NOW)
    assert refusals.mailbox_fault(ledger) is None
    refusals.note_mailbox(ledger, "no route", NOW)
    refusals.note_mailbox(ledger, "timed out", NOW + HOUR)
    assert refusals.mailbox_fault(ledger) == refusals.Trouble("no route", stamp(NOW))
    refusals.note_mailbox(ledger, "", NOW + 2 * HOUR)
    assert refusals.mailbox_fault(ledger) is None


def test_where_files_are_not_inspected_as_set_is_known_since_it_began_and_why_now(
    ledger: Ledger,
) -> None:
    refusals.note_inspection(ledger, "", NOW)
    assert refusals.inspection_fault(ledger) is None
    refusals.note_inspection(ledger, "no scheduler", NOW)
    refusals.note_inspection(ledger, "no scheduler", NOW + HOUR)
    assert refusals.inspection_fault(ledger) == refusals.Trouble("no scheduler", stamp(NOW))
    refusals.note_inspection(ledger, "no workers", NOW + 2 * HOUR)
    assert refusals.inspection_fault(ledger) == refusals.Trouble("no workers", stamp(NOW))
    refusals.note_inspection(ledger, "", NOW + 3 * HOUR)
    assert refusals.inspection_fault(ledger) is None
    refusals.note_inspection(ledger, "no workers", NOW + 4 * HOUR)
    assert refusals.inspection_fault(ledger) == refusals.Trouble(
        "no workers", stamp(NOW + 4 * HOUR)
    )


def test_a_fault_that_a_wrong_clock_dated_gets_its_moment(ledger: Ledger) -> None:
    refusals.note_mailbox(ledger, "no route", NOW + 6 * HOUR)
    fault = refusals.mailbox_fault(ledger)
    assert fault is not None
    refusals.date_mailbox_fault(ledger, fault, NOW)
    assert refusals.mailbox_fault(ledger) == refusals.Trouble("no route", stamp(NOW))


def test_the_folders_that_the_server_has_not_are_those_of_the_last_pass(ledger: Ledger) -> None:
    assert refusals.missing_folders(ledger) == ()
    refusals.note_missing_folders(ledger, ["垃圾邮件", "Spam"])
    assert refusals.missing_folders(ledger) == ("垃圾邮件", "Spam")
    refusals.note_missing_folders(ledger, [])
    assert refusals.missing_folders(ledger) == ()


def test_a_pause_of_sending_ends_when_it_is_lifted(ledger: Ledger) -> None:
    assert refusals.sending_paused_until(ledger) is None
    refusals.pause_sending(ledger, NOW + HOUR)
    assert refusals.sending_paused_until(ledger) == NOW + HOUR
    refusals.pause_sending(ledger, None)
    assert refusals.sending_paused_until(ledger) is None
