"""The story of one mail: everything that happened to it, in order, as the ledger has it.

The log's lines are gone when the journal is rotated; what is told here stays as long as the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from mailbot.errors import NotFoundError
from mailbot.ledger import arrivals, audit, replies
from mailbot.ledger.columns import strings_json
from mailbot.ledger.store import Ledger, Row, moment


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, when (ISO 8601, in the office's zone), with its ids."""

    at: str
    event: str
    ids: dict[str, str]


def story_of(ledger: Ledger, asked: str, zone: tzinfo) -> list[Event]:
    """Every event of an arrival, oldest first; NotFoundError when there is no such number."""
    row = arrivals.arrival_row(ledger, int(asked)) if asked.isdecimal() else None
    if row is None:
        raise NotFoundError(f"no arrival {asked} (--log wants the number of one mail)")
    told = [*_of_mail(row), *_of_reply(ledger, row), *_decisions(ledger, row)]
    return [
        Event(
            moment(at).astimezone(zone).isoformat(" ", "seconds"),
            event,
            {key: str(value) for key, value in ids.items() if value not in (None, "")},
        )
        for at, event, ids in sorted(told, key=lambda one: one[0])
    ]


_Told = tuple[str, str, dict[str, object]]


def _of_mail(row: Row) -> Iterator[_Told]:
    yield row["arrived_at"], "arrived at the server", {"folder": row["folder"], "uid": row["uid"]}
    ids: dict[str, object] = {"arrival": row["id"], "octets": row["size"]}
    yield row["discovered_at"], "discovered", ids
    if row["examined_at"]:
        held = ",".join(strings_json.validate_json(row["held_json"] or "[]"))
        found: dict[str, object] = {
            "unit": row["unit"],
            "by": row["unit_source"],
            "files": len(arrivals.files_of(row)),
            "held": held,
            "duplicate_of": row["duplicate_of"],
            "sender": row["sender_doubt"],
            "no_answer": row["no_answer_reason"],
            "because": row["no_answer_evidence"],
            "rules": row["rules_version"],
        }
        yield row["examined_at"], "examined", found
    if row["last_error"] or row["state"] == "quarantined":
        # When the last try failed is not kept: it was after what is known of the mail.
        at = row["examined_at"] or row["discovered_at"]
        tried: dict[str, object] = {"state": row["state"], "tries": row["attempts"]}
        yield at, "failed", tried | {"fault": row["last_error"]}


def _of_reply(ledger: Ledger, row: Row) -> Iterator[_Told]:
    reply = replies.reply_row(ledger, row["reply"]) if row["reply"] else None
    if reply is None:
        return
    ids: dict[str, object] = {"reply": reply["id"], "number": reply["number"]}
    yield reply["queued_at"], "reply owed", ids | {"mode": reply["mode"], "due": reply["due_at"]}
    if reply["composed_at"]:
        yield reply["composed_at"], "composed", ids | {"kind": reply["kind"]}
    if reply["sent_at"]:
        yield reply["sent_at"], "sent", ids
    elif reply["error_code"]:
        fault = f"{reply['error_code']} {reply['error_text']}".strip()
        state: dict[str, object] = {"state": reply["state"], "tries": reply["attempts"]}
        at = reply["composed_at"] or reply["queued_at"]
        yield at, "not sent", ids | state | {"fault": fault, "next": reply["due_at"]}


def _decisions(ledger: Ledger, row: Row) -> Iterator[_Told]:
    for one in audit.entries_about(ledger, str(row["id"])):
        ids: dict[str, object] = {"audit": one.id, "by": one.by, "reason": one.reason}
        yield one.at.isoformat(), f"decided: {one.action}", ids
