"""When a reply is due, and what goes with it. Pure; CONTRACT, Replies."""

from datetime import datetime, timedelta

from mailbot.campaign.rules import FormatRule
from mailbot.campaign.types import Campaign, Material
from mailbot.language import in_its_language, say
from mailbot.model import (
    Dossier,
    DossierState,
    Kind,
    ReplyKind,
    Slot,
    SlotVerdict,
    Verdict,
)

FORM_LABEL = "统计表"
READ_FORM = "（请在此表上修改）"
EMPTY_FORM = "（空表）"


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


@in_its_language
def form_to_enclose(
    campaign: Campaign, kind: ReplyKind, dossier: Dossier | None
) -> tuple[tuple[str, bytes], ...]:
    """The forms a correction asks for: each pre-filled with what was read of the rejected one, or
    blank but for the unit's name where none came."""
    if kind is not ReplyKind.CORRECTION or dossier is None:
        return ()
    forms = (
        _form_of_slot(campaign, slot, material, dossier.unit)
        for material in campaign.materials
        if material.holds == "form" and (slot := dossier.slots.get(material.slot)) is not None
    )
    return tuple(one for one in forms if one is not None)


def _form_of_slot(
    campaign: Campaign, slot: Slot, material: Material, unit: str
) -> tuple[str, bytes] | None:
    if not slot.required:
        return None
    spec = campaign.of_form(material.slot).form
    shipped = material.slot == "form" and FORM_LABEL in material.label
    label = say(FORM_LABEL) if shipped else material.label
    as_word = _wants_word(campaign, material)
    if slot.verdict is SlotVerdict.MISSING:
        from mailbot.outbox.blankform.named import blank_form_for, with_name

        names = [one.unit for one in campaign.units if one.expected]
        if as_word:
            from mailbot.outbox.blankform.document import write_blank_document

            form = write_blank_document(spec, fields=with_name(unit, spec), units=names)
            return f"{label}{say(EMPTY_FORM)}.docx", form
        form = blank_form_for(unit, spec, units=names, sheet_name=label)
        return f"{label}{say(EMPTY_FORM)}.xlsx", form
    rejected = [file.judged for file in slot.files if file.judged.verdict is Verdict.REJECTED]
    if slot.verdict is not SlotVerdict.REJECTED or rejected[-1].kind is not Kind.FORM:
        return None
    from mailbot.judgement.form.rows import records_of  # no pass with nothing to answer reads forms

    last = rejected[-1]
    if as_word:
        from mailbot.outbox.blankform.document import write_blank_document

        form = write_blank_document(spec, fields=last.fields, records=records_of(last, spec))
        return f"{label}{say(READ_FORM)}.docx", form
    from mailbot.outbox.blankform.workbook import write_blank_form

    form = write_blank_form(
        spec,
        fields=last.fields,
        findings=last.findings,
        records=records_of(last, spec),
        sheet_name=label,
    )
    return f"{label}{say(READ_FORM)}.xlsx", form


def _wants_word(campaign: Campaign, material: Material) -> bool:
    """Whether the rules take the form as .docx and not as .xlsx: what is sent along is to be
    sent back."""
    for target in (material.slot, "form", "document"):
        for rule in campaign.rules:
            if isinstance(rule, FormatRule) and rule.applies_to == target:
                return "docx" in rule.allowed and "xlsx" not in rule.allowed
    return False
