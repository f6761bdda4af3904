"""Decisions about single mails: `assign`, `hold`, `release`, `retry`, `approve`, `resend`."""

from collections.abc import Mapping, Sequence

from mailbot.deciding.desk import Change, Desk, Outcome, audited_dossier
from mailbot.dossiers.on_record import address_record, bind_provisionally
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, decisions, dossiers, replies, sending
from mailbot.ledger.store import Row
from mailbot.outbox.answering import owe_reply
from mailbot.outbox.compose.mime import fresh_copy
from mailbot.outbox.compose.reply import new_message_id
from mailbot.outbox.delivery.refusals import JUDGED_SPAM
from mailbot.outbox.earns_answer import HEARD_LATELY, NOTHING

# Mails without an answer that wait for a person, and all that he may have answered after all.
OPEN_QUESTIONS = frozenset({NOTHING, HEARD_LATELY, "recall_words"})
LET_BE = OPEN_QUESTIONS | {"not_addressed_to_us"}
ANSWERED_BY_A_PERSON = LET_BE | {decisions.LEFT_UNANSWERED}


@in_its_language
def assign(desk: Desk, arrival: int, unit_name: str, reason: str = "") -> Outcome:
    """The arrival is this unit's: its files count there, and its sender is answered anew.

    An address that no unit has is bound to it for the time being, as if the mail had named the
    unit, and earlier mails of that address that named none come with it. Its forms are still
    held where they name a part of the unit or another one.
    """
    unit = desk.unit(unit_name).unit
    row = _examined(desk, arrival)
    if row["duplicate_of"]:
        raise PermanentFault("duplicate", f"arrival {arrival} repeats {row['duplicate_of']}")
    subject, former = f"{arrival} {unit}", row["unit"]
    with desk.decision("assign", subject, reason) as change:
        if former == unit and row["counts"]:
            return _vouch(desk, row, unit, subject, change)
        former_before = desk.dossier(former) if former else None
        before = desk.dossier(unit)
        address = row["sender_address"] or ""
        bind_provisionally(desk.ledger, desk.campaign, address, unit, arrival=arrival, now=desk.now)
        taken = [arrival]
        if address_record(desk.ledger, desk.campaign, address).unit == unit:
            earlier = dossiers.unnamed_arrivals(desk.ledger, address)
            taken += [one for one in earlier if one != arrival]
        names = UnitNames(desk.campaign)
        for one in taken:
            arrivals.assign_unit(desk.ledger, one, unit, "assigned")
            files = arrivals.files_of(_examined(desk, one))
            decisions.record_judged(desk.ledger, one, hold_foreign_forms(files, unit, names))
        if former and former_before:
            desk.follow_up(former, former_before)
        after = desk.dossier(unit)
        if row["no_answer_reason"] in (
            NOTHING,
            HEARD_LATELY,
        ):  # whose it is was all that was missing
            decisions.clear_no_answer(desk.ledger, arrival)
        if not row["no_answer_reason"] or row["no_answer_reason"] in (NOTHING, HEARD_LATELY):
            change.replied = _owe(desk, arrival, unit, address)
        change.before = {"unit": former, **audited_dossier(before)}
        change.after = {"unit": unit, "arrivals": taken, **audited_dossier(after)}
    return Outcome("assign", subject, replied=change.replied)


def _vouch(desk: Desk, row: Row, unit: str, subject: str, change: Change) -> Outcome:
    """The mail counts for the unit already; of one that our server found forged, or that came
    from another's address, a person knows now that it is the unit's. Nobody hears of it."""
    record = address_record(desk.ledger, desk.campaign, row["sender_address"] or "")
    is_known = record.unit == unit and row["sender_doubt"] != "failed"
    if is_known or row["unit_source"] == "assigned":
        return Outcome("assign", subject, changed=False)
    arrivals.assign_unit(desk.ledger, row["id"], unit, "assigned")
    change.before, change.after = {"vouched": False}, {"vouched": True}
    return Outcome("assign", subject)


def hold(desk: Desk, target: str, reason: str = "") -> Outcome:
    """No reply leaves for this unit, or to this arrival, until it is released. A mail that had
    nothing to answer, or was not addressed to us, stands before the office no more."""
    kind, name = _unit_or_arrival(desk, target)
    row = arrivals.arrival_row(desk.ledger, int(name)) if kind == "arrival" else None
    with desk.decision("hold", name, reason) as change:
        if row is not None and row["no_answer_reason"] in LET_BE:
            decisions.leave_unanswered(desk.ledger, row["id"])
            change.before = {"no_answer_reason": row["no_answer_reason"]}
            change.after = {"no_answer_reason": decisions.LEFT_UNANSWERED}
            return Outcome("hold", name)
        if not decisions.record_hold(desk.ledger, kind, name, desk.now):
            return Outcome("hold", name, changed=False)
        change.before, change.after = {"held": False}, {"held": True}
    return Outcome("hold", name)


def release(desk: Desk, target: str, reason: str = "") -> Outcome:
    """Replies leave again. A quarantined arrival goes on, and a file of it that cannot be
    inspected is held; one that was not answered because it was not addressed to us, brought
    nothing and asked nothing, or came soon after our last reply is answered.
    NotFoundError where nothing is held."""
    kind, name = _unit_or_arrival(desk, target)
    row = arrivals.arrival_row(desk.ledger, int(name)) if kind == "arrival" else None
    lifted = name in decisions.held(desk.ledger, kind)
    if row is not None and row["state"] == "quarantined" and not lifted:
        return retry(desk, int(name), reason, let_through=True)
    with desk.decision("release", name, reason) as change:
        if lifted:
            decisions.lift_hold(desk.ledger, kind, name)
            change.before, change.after = {"held": True}, {"held": False}
        elif row is not None and row["no_answer_reason"] in ANSWERED_BY_A_PERSON:
            decisions.clear_no_answer(desk.ledger, row["id"])
            change.replied = _owe(desk, row["id"], row["unit"], row["sender_address"] or "")
            change.before = {"no_answer_reason": row["no_answer_reason"]}
            change.after = {"no_answer_reason": None}
        else:
            raise NotFoundError(f"{name} is not held")
    return Outcome("release", name, replied=change.replied)


def retry(desk: Desk, arrival: int, reason: str = "", *, let_through: bool = False) -> Outcome:
    """A quarantined arrival is tried again by the next pass; NotFoundError when it is none.

    `let_through`: without whatever of it cannot be inspected, which a person then looks at.
    """
    subject = str(arrival)
    with desk.decision("retry", subject, reason) as change:
        row = arrivals.arrival_row(desk.ledger, arrival)
        if row is None or row["state"] != "quarantined":
            raise NotFoundError(f"arrival {arrival} is not quarantined")
        decisions.record_retried(desk.ledger, arrival, let_through=let_through)
        change.before = {"state": "quarantined", "error": row["last_error"]}
        change.after = {"state": "spooled" if row["spool_path"] else "discovered"}
        if let_through:
            change.after["let_through"] = True
    return Outcome("retry", subject)


def approve(desk: Desk, numbers: Sequence[str], reason: str = "") -> Outcome:
    """Composed mails of these numbers leave with the next pass; NotFoundError when none waits."""
    subject = " ".join(numbers)
    with desk.decision("approve", subject, reason) as change:
        count = sending.approve(desk.ledger, numbers)
        if not count:
            raise NotFoundError(_none_waits(desk, numbers))
        change.before, change.after = {"waiting": count}, {"waiting": 0}
    return Outcome("approve", subject)


def withdraw(desk: Desk, numbers: Sequence[str], reason: str = "") -> Outcome:
    """Composed mails of these numbers that wait for approval are not sent, and those that no
    server took are not sent again; the mails they answer stand as let be by a person.
    NotFoundError when there is none."""
    subject = " ".join(numbers)
    with desk.decision("withdraw", subject, reason) as change:
        waiting = sending.waiting_for_approval(desk.ledger, numbers)
        dead = [row for row in sending.dead_rows(desk.ledger) if row["number"] in numbers]
        waiting += dead
        if not waiting:
            raise NotFoundError(_none_waits(desk, numbers))
        for row in waiting:
            answered = replies.arrivals_answered_by(desk.ledger, row["id"])
            for arrival in answered:
                decisions.leave_unanswered(desk.ledger, arrival["id"])
            replies.withdraw(desk.ledger, row["id"])
        change.before, change.after = {"waiting": len(waiting)}, {"waiting": 0}
        if dead:
            change.before["undelivered"] = len(dead)
    return Outcome("withdraw", subject)


def resend(desk: Desk, number: str, reason: str = "") -> Outcome:
    """The newest mail of this number goes out again; NotFoundError when none was composed.

    Dead or deferred: the same octets under the same Message-ID (G3), since nobody has them.
    Sent: a fresh copy under a Message-ID of its own, since many servers drop a second mail with
    a known one. The address counts as alive again. What the server judged spam (DT:SPM) is never
    sent again as it is: PermanentFault `judged_spam`.
    """
    row = decisions.newest_composed(desk.ledger, number)
    if row is None:
        raise NotFoundError(f"no mail was composed under {number}")
    if desk.settings.outbox.mode == "shadow":
        raise PermanentFault("shadow", 'nothing is sent while outbox.mode is "shadow"')
    if row["error_code"] == JUDGED_SPAM and row["state"] == "dead":
        raise PermanentFault(
            "judged_spam",
            f"{number}: the server judged this text spam and it is never sent again as it is;"
            " tell the unit by telephone, or change the template before its next answer",
        )
    with desk.decision("resend", number, reason) as change:
        state = row["state"]
        dossiers.forget_bounce(desk.ledger, row["address"])
        message_id = row["message_id"]
        if state == "sent":
            message_id = new_message_id(desk.settings.own_domain(desk.campaign.mailbox))
            raw = fresh_copy(row["raw"], message_id, desk.now.astimezone(desk.campaign.zone))
            decisions.enqueue_copy(
                desk.ledger, row["id"], message_id=message_id, raw=raw, now=desk.now
            )
        elif state in ("dead", "deferred") or row["mode"] == "shadow":
            decisions.requeue(desk.ledger, row["id"], desk.now)
        else:
            raise PermanentFault("waiting", f"{number} still waits to be sent ({state})")
        change.before = {"state": state, "message_id": row["message_id"]}
        change.after = {"state": "queued", "message_id": message_id}
        change.replied = row["address"]
    return Outcome("resend", number, replied=change.replied)


def _owe(desk: Desk, arrival: int, unit: str | None, address: str) -> str:
    if not address or dossiers.is_bounced(desk.ledger, address):
        return ""
    owe_reply(
        desk.ledger,
        desk.campaign,
        desk.settings,
        arrival,
        unit=unit,
        address=address,
        now=desk.now,
    )
    return address


def _examined(desk: Desk, arrival: int) -> Row:
    row: Mapping[str, object] | None = arrivals.arrival_row(desk.ledger, arrival)
    if row is None or row["examined_at"] is None:
        raise NotFoundError(f"no examined arrival {arrival}")
    return row


def _unit_or_arrival(desk: Desk, target: str) -> tuple[decisions.HoldKind, str]:
    if target.strip().isdecimal():
        number = int(target)
        if arrivals.arrival_row(desk.ledger, number) is None:
            raise NotFoundError(f"no arrival {number}")
        return "arrival", str(number)
    return "unit", desk.unit(target).unit


def _none_waits(desk: Desk, numbers: Sequence[str]) -> str:
    """Why nothing waits for approval under these numbers, and what to do about the first."""
    text = f"no mail waits for approval under {' '.join(numbers)}"
    row = next((one for one in sending.unsent(desk.ledger) if one["number"] in numbers), None)
    if row is None:
        return f"{text} (mailbot outbox list shows what waits)"
    if row["mode"] == "shadow" and row["unit"]:
        return f"{text}: it was written in shadow mode → mailbot outbox adopt {row['number']}"
    if row["mode"] == "approve" and row["raw"] is None:
        return f"{text}: it is not written yet, the next pass does → again in some minutes"
    if row["mode"] == "live":
        return f"{text}: it leaves by itself"
    return text
