"""Replies that wait in a ledger, and the hour at which they wait."""

from datetime import UTC, datetime, timedelta

from mailbot.ledger import replies
from mailbot.ledger.store import Ledger, moment

NOW = datetime(2017, 7, 3, 1, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RESUME_AT = "delivery_resume_at"  # in `meta`: when sending goes on


def a_reply(ledger: Ledger, due: datetime, address: str = "a@example.com") -> int:
    """An open reply that falls due then; its row id."""
    return replies.open_reply(
        ledger,
        number="YL2017-0001",
        unit="",
        address=address,
        domain="example.com",
        mode="live",
        now=due,
    )


def due_of(ledger: Ledger, reply: int) -> datetime:
    """When it falls due now."""
    row = replies.reply_row(ledger, reply)
    assert row is not None
    return moment(row["due_at"])
