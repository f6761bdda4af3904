"""Alerts and digests that the office never got: told wherever it looks until it has seen them, that
is until a digest that names them was delivered, or a person sent them again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.language import say
from mailbot.ledger import correspondence, refusals, sending
from mailbot.ledger.store import Ledger
from mailbot.wording.phrases import clean

_TO_THE_OFFICE = ("alert", "digest")
_TOLD = "undelivered_told"  # row → Message-IDs of the digests that name it


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One mail to the office that a server refused for good."""

    row: int
    number: str  # for `mailbot resend`
    address: str
    subject: str
    error: str

    @property
    def text(self) -> str:
        """As digest, board and health file tell it."""
        told = say(
            "致 {address} 的“{subject}”未能送达（{error}）",
            address=self.address,
            subject=self.subject,
            error=clean(self.error, 80),
        )
        return say("{told}；重发：mailbot resend {number}", told=told, number=self.number)


def undelivered(ledger: Ledger) -> tuple[Undelivered, ...]:
    """What the office never got and has not seen, oldest first."""
    rows = [row for row in sending.dead_rows(ledger) if row["purpose"] in _TO_THE_OFFICE]
    if not rows:
        return ()
    told = _told(ledger)
    arrived = correspondence.sent_among(ledger, [id for ids in told.values() for id in ids])
    return tuple(
        Undelivered(
            row["id"],
            row["number"],
            row["address"],
            _subject(row["raw"], row["number"]),
            row["error_text"],
        )
        for row in rows
        if not arrived.intersection(told.get(str(row["id"]), ()))
    )


def note_told(ledger: Ledger, digests: Sequence[str]) -> None:
    """These digests name all that is undelivered now: seen once one of them has arrived."""
    told = _told(ledger)
    named = {str(one.row): [*told.get(str(one.row), ()), *digests] for one in undelivered(ledger)}
    seen = {row: ids for row, ids in told.items() if row not in named}
    dead = {str(row["id"]) for row in sending.dead_rows(ledger)} if seen else set()
    kept = {row: ids for row, ids in seen.items() if row in dead}
    if told or named:
        ledger.set_meta(_TOLD, json.dumps(kept | named))


def _told(ledger: Ledger) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(ledger.meta(_TOLD) or "{}")
    return found


def standing_alerts(ledger: Ledger) -> tuple[str, ...]:
    """What the office must hear of and no mail can tell it: nothing is sent at all, or what was
    sent to it came back."""
    stopped = refusals.refused(ledger, "sending")
    told = (
        (say("发信服务器拒绝本账号，发信已停止：{words}", words=clean(stopped.text, 80)),)
        if stopped
        else ()
    )
    return (*told, *(one.text for one in undelivered(ledger)))


def _subject(raw: bytes | None, number: str) -> str:
    from email import message_from_bytes, policy  # seldom is a mail to the office refused for good

    subject = message_from_bytes(raw or b"", policy=policy.default)["Subject"]
    return clean(str(subject or number), 60)
