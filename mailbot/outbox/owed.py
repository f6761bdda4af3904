"""When a reply is due, and what goes with it. Pure; CONTRACT, Replies."""

from datetime import datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.model import (
    Dossier,
    DossierState,
    FieldValue,
    Kind,
    ReplyKind,
    SlotVerdict,
    Verdict,
)
from mailbot.outbox.blankform.workbook import write_blank_form

READ_FORM_NAME = "统计表（请在此表上修改）.xlsx"
EMPTY_FORM_NAME = "统计表（空表）.xlsx"


def holder_of(unit: str | None, address: str) -> str:
    """Whose 收件编号 a reply bears: the unit's, or the address's while no unit is known."""
    return f"unit:{unit}" if unit else f"address:{address}"


def due_at(
    dossier: Dossier | None, arrived_at: datetime, now: datetime, *, settle_seconds: int
) -> datetime:
    """When the open replies of a unit fall due, after one more of its mails was examined.

    A receipt at once; anything else when the unit has been silent for `settle_seconds`, counted
    from the arrival (a server whose clock runs ahead of ours postpones nothing).
    """
    if dossier is not None and dossier.state is DossierState.COMPLETE:
        return now
    return min(arrived_at, now) + timedelta(seconds=settle_seconds)


def form_to_enclose(
    campaign: Campaign, kind: ReplyKind, dossier: Dossier | None
) -> tuple[tuple[str, bytes], ...]:
    """The form a correction asks for: pre-filled with what was read of the rejected one, or
    blank but for the unit's name where none came."""
    if kind is not ReplyKind.CORRECTION or dossier is None or "form" not in dossier.slots:
        return ()
    slot = dossier.slots["form"]
    if slot.verdict is SlotVerdict.MISSING:
        unit = {"unit": FieldValue(dossier.unit, dossier.unit, "")}
        names = [one.unit for one in campaign.units if one.expected]
        form = write_blank_form(campaign.form, fields=unit, units=names)
        return ((EMPTY_FORM_NAME, form),)
    rejected = [file.judged for file in slot.files if file.judged.verdict is Verdict.REJECTED]
    if slot.verdict is not SlotVerdict.REJECTED or rejected[-1].kind is not Kind.FORM:
        return ()
    form = write_blank_form(
        campaign.form, fields=rejected[-1].fields, findings=rejected[-1].findings
    )
    return ((READ_FORM_NAME, form),)
