"""The ledger's rows as the queue: claimed, finished, put off to another day, buried."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from make.waiting import HOUR, NOW, a_reply, due_of

from mailbot.ledger import dossiers, replies, sending
from mailbot.ledger.store import Ledger
from mailbot.outbox.delivery.account import SendingAccount
from mailbot.outbox.delivery.queue import LedgerOutbox
from mailbot.outbox.delivery.step import DAILY_BUDGET

ZONE = ZoneInfo("Asia/Shanghai")


def a_mail_to_leave(ledger: Ledger, address: str = "a@example.com") -> int:
    reply = a_reply(ledger, NOW, address)
    replies.record_composed(ledger, reply, kind="receipt", raw=b"octets", now=NOW)
    return reply


def test_what_is_claimed_is_the_row_with_its_tries_before_and_none_is_claimed_twice(
    ledger: Ledger,
) -> None:
    reply = a_mail_to_leave(ledger)
    beats: list[int] = []
    queue = LedgerOutbox(ledger, ZONE, lambda: beats.append(1))
    row = queue.claim_due(NOW)
    assert row is not None
    assert (row.id, row.recipient, row.raw, row.attempts) == (reply, "a@example.com", b"octets", 0)
    assert queue.claim_due(NOW) is None
    queue.defer(reply, NOW + HOUR, "451", "busy")
    assert queue.claim_due(NOW) is None
    again = queue.claim_due(NOW + HOUR)
    assert again is not None
    assert again.attempts == 1
    assert len(beats) == 4  # also where nothing is due: who waits for the beat must not despair


@pytest.mark.parametrize(("code", "tries", "counted"), [(DAILY_BUDGET, 0, 1), ("451", 1, 0)])
def test_what_did_not_fit_the_day_was_not_tried_and_counts_for_the_day_that_was_full(
    ledger: Ledger, code: str, tries: int, counted: int
) -> None:
    reply = a_mail_to_leave(ledger)
    queue = LedgerOutbox(ledger, ZONE)
    assert queue.claim_due(NOW) is not None
    midnight = NOW.replace(hour=16) + timedelta(seconds=5)  # 2017-07-04 00:00:05 in Zhengzhou
    queue.defer(reply, midnight, code, "text")
    row = replies.reply_row(ledger, reply)
    assert row is not None
    assert (row["state"], row["attempts"], row["error_code"]) == ("deferred", tries, code)
    assert due_of(ledger, reply) == midnight
    assert sending.postponed_on(ledger, date(2017, 7, 3)) == counted
    assert sending.postponed_on(ledger, date(2017, 7, 4)) == 0


@pytest.mark.parametrize(("code", "gone"), [("INVALID_USER", True), ("DT:SPM", False)])
def test_only_an_address_that_is_not_there_is_written_to_no_more(
    ledger: Ledger, code: str, gone: bool
) -> None:
    reply = a_mail_to_leave(ledger)
    queue = LedgerOutbox(ledger, ZONE)
    queue.bury(reply, code, "550 no")
    row = replies.reply_row(ledger, reply)
    assert row is not None
    assert row["state"] == "dead"
    assert dossiers.is_bounced(ledger, "a@example.com") is gone


def test_sent_today_is_since_local_midnight_and_with_what_others_sent_from_the_account(
    ledger: Ledger,
) -> None:
    account = SendingAccount()
    queue = LedgerOutbox(ledger, ZONE, account=account.share("here"))
    yesterday, today = NOW.replace(hour=16) - timedelta(days=1, seconds=1), NOW
    for number, moment in enumerate((yesterday, today)):
        reply = a_mail_to_leave(ledger, f"{number}@example.com")
        queue.finish(reply, moment)
    assert queue.sent_today(NOW) == 1
    assert account.share("there").sent_elsewhere(5, date(2017, 7, 3)) == 1
    assert queue.sent_today(NOW) == 6
    assert LedgerOutbox(ledger, ZONE).sent_today(NOW) == 1
