"""Taking a decision back: `mailbot undo`, for as long as no mail has left because of it."""

from collections.abc import Iterator, Sequence

from mailbot.deciding.desk import Desk, Outcome, audited_dossier
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.ledger import audit, dossiers, undo
from mailbot.model import DossierState

_WHY = {
    "left": "a mail has left because of it",
    "changed": "something has changed since",
}


def undo_decision(desk: Desk, number: int, reason: str = "") -> Outcome:
    """The decision of this row of the audit trail is taken back; both rows stay in the trail.

    A reply that it had opened is withdrawn. NotFoundError where the decision is none that can be,
    or was taken back; PermanentFault `undo_left` once a mail has left because of it,
    `undo_changed` where something else came to rest on it.
    """
    with desk.decision("undo", str(number), reason, undoable=False) as change:
        images = undo.images_of(desk.ledger, number)
        found = audit.entry(desk.ledger, number)
        if images is None or found is None:
            raise NotFoundError(f"decision {number} cannot be taken back, or was")
        if why := undo.obstacle(desk.ledger, images):
            raise PermanentFault(f"undo_{why}", f"decision {number}: {_WHY[why]}")
        undo.restore(desk.ledger, images)
        undo.forget(desk.ledger, number)
        change.before = {"decision": number, "action": found.action, "subject": found.subject}
        change.after = {"undone": number}
        for unit in sorted(set(_units(images))):
            dossier = desk.dossier(unit)
            if dossier.state is DossierState.NOTHING:
                dossiers.forget(desk.ledger, unit)
            change.after[unit] = dict(audited_dossier(dossier))
    return Outcome("undo", f"{found.action} {found.subject}")


def undoable(desk: Desk, numbers: Sequence[int]) -> set[int]:
    """Those of these decisions that could be taken back now."""
    found = set()
    for number in set(numbers) & undo.known(desk.ledger):
        images = undo.images_of(desk.ledger, number)
        if images is not None and not undo.obstacle(desk.ledger, images):
            found.add(number)
    return found


def _units(images: Sequence[undo.Image]) -> Iterator[str]:
    for one in images:
        if one.table in ("arrivals", "addresses", "slot_decisions", "corrections"):
            for row in (one.before, one.after):
                if row and row.get("unit"):
                    yield str(row["unit"])
