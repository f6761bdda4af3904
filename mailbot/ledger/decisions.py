"""What persons decided: rulings on slots, holds, the codes by which a digest is answered, and
what a decision changes in an arrival or a reply."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from mailbot.entries import Correction, SlotDecision
from mailbot.ledger.columns import judged_json
from mailbot.ledger.store import Ledger, Row, moment, stamp
from mailbot.model import Judged

HoldKind = Literal["unit", "arrival"]

LEFT_UNANSWERED = "left_unanswered"  # why a mail gets no reply that a person set aside

_WRONG_CODES = "wrong_codes"  # in `meta`: day, sender, number


def record_ruling(ledger: Ledger, unit: str, decision: SlotDecision) -> None:
    """One ruling on a slot; all are kept, the newest stands."""
    ledger.execute(
        "INSERT INTO slot_decisions (unit, slot, ruling, sha256, reason, decided_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            unit,
            decision.slot,
            decision.ruling,
            decision.sha256,
            decision.reason,
            stamp(decision.decided_at),
        ),
    )


def rulings_of(ledger: Ledger, unit: str) -> list[SlotDecision]:
    """Every ruling on the slots of a unit, oldest first."""
    return [
        SlotDecision(
            slot=row["slot"],
            ruling=row["ruling"],
            decided_at=moment(row["decided_at"]),
            sha256=row["sha256"],
            reason=row["reason"],
        )
        for row in ledger.rows("SELECT * FROM slot_decisions WHERE unit = ? ORDER BY id", (unit,))
    ]


def record_correction(ledger: Ledger, unit: str, correction: Correction) -> None:
    """One corrected figure; all are kept, the newest of a field stands."""
    ledger.execute(
        "INSERT INTO corrections (unit, slot, sha256, field, text, by, reason, decided_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            unit,
            correction.slot,
            correction.sha256,
            correction.field,
            correction.text,
            correction.by,
            correction.reason,
            stamp(correction.decided_at),
        ),
    )


def corrections_of(ledger: Ledger, unit: str) -> list[Correction]:
    """Every corrected figure of a unit, oldest first."""
    return [
        Correction(
            slot=row["slot"],
            sha256=row["sha256"],
            field=row["field"],
            text=row["text"],
            by=row["by"],
            decided_at=moment(row["decided_at"]),
            reason=row["reason"],
        )
        for row in ledger.rows("SELECT * FROM corrections WHERE unit = ? ORDER BY id", (unit,))
    ]


def record_hold(ledger: Ledger, kind: HoldKind, target: str, now: datetime) -> bool:
    """No reply leaves for it from now on; False when that was so before."""
    return bool(
        ledger.execute(
            "INSERT INTO holds VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (kind, target, stamp(now))
        )
    )


def lift_hold(ledger: Ledger, kind: HoldKind, target: str) -> bool:
    """Replies leave again; False when nothing held them."""
    return bool(ledger.execute("DELETE FROM holds WHERE kind = ? AND target = ?", (kind, target)))


def held(ledger: Ledger, kind: HoldKind) -> list[str]:
    """What is on hold, oldest first."""
    rows = ledger.rows("SELECT target FROM holds WHERE kind = ? ORDER BY since", (kind,))
    return [row["target"] for row in rows]


def record_code(ledger: Ledger, code: str, offer: str, now: datetime) -> None:
    """A code goes out with a digest; `offer` is what it settles, as JSON."""
    ledger.execute(
        "INSERT INTO codes (code, offer_json, issued_at) VALUES (?, ?, ?)",
        (code, offer, stamp(now)),
    )


def code_row(ledger: Ledger, code: str) -> Row | None:
    """What is on record of a code."""
    return ledger.row("SELECT * FROM codes WHERE code = ?", (code,))


def wrong_codes(ledger: Ledger, day: str) -> dict[str, int]:
    """How many codes that are none each sender wrote on that day of the office's."""
    stored = json.loads(ledger.meta(_WRONG_CODES) or "{}")
    return dict(stored.get(day, {}))


def record_wrong_code(ledger: Ledger, address: str, day: str) -> None:
    """One more; the newest two days are kept."""
    stored = json.loads(ledger.meta(_WRONG_CODES) or "{}")
    found = stored.setdefault(day, {})
    found[address] = found.get(address, 0) + 1
    kept = {each: stored[each] for each in sorted(stored)[-2:]}
    ledger.set_meta(_WRONG_CODES, json.dumps(kept))


def use_code(ledger: Ledger, code: str, by: str, now: datetime) -> None:
    """The code has settled its item and does so no more."""
    ledger.execute(
        "UPDATE codes SET used_at = ?, used_by = ? WHERE code = ?", (stamp(now), by, code)
    )


def record_judged(ledger: Ledger, arrival: int, judged: Sequence[Judged]) -> None:
    """The verdicts on the arrival's files, after its unit became another."""
    ledger.execute(
        "UPDATE arrivals SET judged_json = ? WHERE id = ?",
        (judged_json.dump_json(tuple(judged)).decode(), arrival),
    )
    for one in (one for top in judged for one in top.walk()):
        ledger.execute(
            "UPDATE files SET verdict = ? WHERE arrival = ? AND sha256 = ? AND kind = ?",
            (one.verdict, arrival, one.sha256, one.kind),
        )


def record_retried(ledger: Ledger, arrival: int, *, let_through: bool) -> None:
    """A quarantined arrival has its tries before it again; `let_through`: a file of it that
    cannot be inspected is held from now on, and quarantines it no more."""
    ledger.execute(
        "UPDATE arrivals SET state = CASE WHEN spool_path IS NULL THEN 'discovered' ELSE"
        " 'spooled' END, attempts = 0, settled = 0, no_answer_reason = NULL, let_through = ?"
        " WHERE id = ?",
        (let_through, arrival),
    )


def leave_unanswered(ledger: Ledger, arrival: int) -> None:
    """A person read the mail and lets it be."""
    ledger.execute(
        "UPDATE arrivals SET no_answer_reason = ? WHERE id = ?", (LEFT_UNANSWERED, arrival)
    )


def clear_no_answer(ledger: Ledger, arrival: int) -> None:
    """It is to be answered after all."""
    ledger.execute(
        "UPDATE arrivals SET no_answer_reason = NULL, no_answer_evidence = NULL WHERE id = ?",
        (arrival,),
    )


def newest_composed(ledger: Ledger, number: str) -> Row | None:
    """The newest mail under this number whose octets are fixed; one that did not get through goes
    before those that did (a unit's replies all bear its number)."""
    return ledger.row(
        "SELECT * FROM replies WHERE number = ? AND raw IS NOT NULL AND state != 'withdrawn'"
        " ORDER BY state IN ('dead', 'deferred') DESC,"
        " address IN (SELECT address FROM bounced) DESC, id DESC LIMIT 1",
        (number,),
    )


def requeue(ledger: Ledger, reply: int, now: datetime) -> None:
    """The same octets go out again (G3)."""
    ledger.execute(
        "UPDATE replies SET state = 'queued', mode = 'live', attempts = 0, due_at = ?,"
        " error_code = '', error_text = '' WHERE id = ?",
        (stamp(now), reply),
    )


def enqueue_copy(ledger: Ledger, reply: int, *, message_id: str, raw: bytes, now: datetime) -> None:
    """A copy of a sent mail, as a mail of its own."""
    ledger.execute(
        "INSERT INTO replies (number, message_id, unit, address, purpose, state, mode, kind, raw,"
        " priority, due_at, queued_at, composed_at) SELECT number, ?, unit, address, purpose,"
        " 'queued', 'live', kind, ?, priority, ?, ?, ? FROM replies WHERE id = ?",
        (message_id, raw, *[stamp(now)] * 3, reply),
    )
