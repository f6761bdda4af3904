"""What was written in shadow mode becomes due under today's mode: `mailbot outbox adopt`.

An office looks at the replies before it lets any go. When it does, those written so far are not
sent as they are, since the dossier has moved on: each unit's sender gets one reply, about all his
mails, judged by today's dossier. What a later reply has overtaken is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from mailbot.deciding.desk import Desk
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.ledger import correspondence, dossiers, replies, sending
from mailbot.ledger.store import Row
from mailbot.outbox.answering import owe_reply

Fate = Literal["due", "overtaken", "bounced"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What becomes of the replies written for one unit's sender."""

    unit: str  # "" where none is known
    address: str
    numbers: tuple[str, ...]
    fate: Fate


def adopt(
    desk: Desk, numbers: Sequence[str] = (), reason: str = "", *, dry_run: bool = False
) -> list[Adopted]:
    """Adopt the replies of these numbers (none: all); with `dry_run` only say what would be.

    PermanentFault `shadow` while that is still the mode, NotFoundError for a number that has no
    reply of the shadow mode.
    """
    if desk.settings.outbox.mode == "shadow" and not dry_run:
        raise PermanentFault(
            "shadow", 'set outbox.mode to "approve" or "live" first: it is "shadow"'
        )
    waiting = sending.written_in_shadow(desk.ledger)
    known = {row["number"] for row in waiting}
    for number in numbers:
        if number not in known:
            raise NotFoundError(f"no reply {number} was written in shadow mode and waits")
    wanted = [row for row in waiting if not numbers or row["number"] in numbers]
    wanted.sort(key=_receiver)
    groups = [tuple(rows) for _, rows in groupby(wanted, key=_receiver)]
    found = [_fate(desk, rows) for rows in groups]
    if dry_run or not found:
        return found
    subject = " ".join(numbers) or "all"
    with desk.decision("adopt", subject, reason) as change:
        for one, rows in zip(found, groups, strict=True):
            _carry_out(desk, one, rows)
        change.before = {"shadow": len(wanted)}
        change.after = {one.address: one.fate for one in found}
    return found


def _receiver(row: Row) -> tuple[str, str]:
    return row["unit"], row["address"]


def _fate(desk: Desk, rows: Sequence[Row]) -> Adopted:
    unit, address = _receiver(rows[-1])
    fate: Fate = "due"
    if correspondence.answered_after(desk.ledger, unit, address, rows[-1]["id"]):
        fate = "overtaken"
    elif dossiers.is_bounced(desk.ledger, address):
        fate = "bounced"
    return Adopted(unit, address, tuple(dict.fromkeys(row["number"] for row in rows)), fate)


def _carry_out(desk: Desk, one: Adopted, rows: Sequence[Row]) -> None:
    """Withdraw what was written; where it is due, let a fresh reply answer the same mails."""
    answered = [
        int(arrival["id"])
        for row in rows
        for arrival in replies.arrivals_answered_by(desk.ledger, row["id"])
    ]
    for row in rows:
        replies.withdraw(desk.ledger, row["id"])
    if one.fate != "due":
        return
    for arrival in answered:
        owe_reply(
            desk.ledger,
            desk.campaign,
            desk.settings,
            arrival,
            unit=one.unit or None,
            address=one.address,
            now=desk.now,
        )
    replies.set_due(desk.ledger, one.unit or None, one.address, desk.now)
