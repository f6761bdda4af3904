"""Spot checks as decisions: the draw, and what was found at a unit."""

from collections.abc import Sequence

from mailbot.deciding.desk import Desk, Outcome
from mailbot.errors import SettingsError
from mailbot.ledger import spotchecks
from mailbot.report.spotcheck.draw import Drawn, draw
from mailbot.wording.office import unit_of


def draw_units(
    desk: Desk,
    *,
    size: int,
    groups: Sequence[str] = (),
    always: Sequence[str] = (),
    seed: str = "",
) -> Drawn:
    """Draw and record (`report.spotcheck.draw`); a draw that stood on record already writes
    nothing."""
    with desk.decision("draw", "", "", undoable=False) as change:
        drawn = draw(
            desk.ledger,
            desk.campaign,
            desk.now,
            size=size,
            groups=groups,
            always=always,
            seed=seed,
        )
        change.subject = str(drawn.number)
        if not drawn.again:
            change.after = {"seed": drawn.seed, "units": [one.unit for one in drawn.units]}
    return drawn


def enter_result(
    desk: Desk, unit_name: str, result: str, note: str = "", photo: str = ""
) -> Outcome:
    """What was found at the unit; `photo` is the SHA-256 of a picture that was stored. The newest
    result stands in the exported ledger. SettingsError where it is empty."""
    unit, result = unit_of(desk.campaign, unit_name).unit, result.strip()
    if not result:
        raise SettingsError("RESULT is empty")
    with desk.decision("inspection", unit, "", undoable=False) as change:
        number = spotchecks.record_inspection(
            desk.ledger, unit, result, note.strip(), desk.now, by=desk.by, photo=photo
        )
        change.after = {"result": result, "note": note.strip(), "draw": number, "photo": photo}
    return Outcome("inspection", unit)
