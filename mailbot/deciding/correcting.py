"""Correcting a figure of a unit's table: `mailbot correct`."""

from mailbot.campaign.forms import FormField
from mailbot.deciding.desk import Desk, Outcome, audited_dossier
from mailbot.deciding.slots import find_slot, pick_file
from mailbot.entries import Correction
from mailbot.errors import NotFoundError, SettingsError
from mailbot.judgement.form.correcting import value_of
from mailbot.judgement.form.field_checks import label_of
from mailbot.ledger import decisions
from mailbot.model import DossierFile, FieldValue, Slot


def correct(
    desk: Desk,
    unit_name: str,
    field_name: str,
    text: str,
    reason: str,
    *,
    file: str = "",
    slot_name: str = "form",
) -> Outcome:
    """The field says this, whatever was read there; it counts from now on and is marked.

    `field_name`: the field's key or its name (总体情况·举办次数, or 举办次数 where only one is
    called so). `file`: how its SHA-256 begins; else the table in force, else the newest.
    SettingsError without a reason, or for words that the field cannot hold; NotFoundError for an
    unknown unit, slot, field or file.
    """
    if not reason.strip():
        raise SettingsError("a reason is needed: --reason TEXT")
    unit, slot_key, text = (
        desk.unit(unit_name).unit,
        find_slot(desk.campaign, slot_name),
        text.strip(),
    )
    field = find_field(desk, slot_key, field_name)
    value = value_of(field, text)
    if value is None and (text or field.required):
        raise SettingsError(f"{label_of(field)}: {text!r} is no {field.type}")
    subject = f"{unit} {slot_key} {field.key}"
    with desk.decision("correct", subject, reason) as change:
        before = desk.dossier(unit)
        if slot_key not in before.slots:
            raise SettingsError(f"{slot_key} is not asked of {unit}")
        chosen = (
            pick_file(before.slots[slot_key], file) if file else _in_force(before.slots[slot_key])
        )
        judged = chosen.judged
        read = judged.fields.get(field.key, FieldValue(None, "", ""))
        if read.raw == text and read.value == value:
            return Outcome("correct", subject, changed=False)
        decisions.record_correction(
            desk.ledger,
            unit,
            Correction(slot_key, judged.sha256, field.key, text, desk.by, desk.now, reason),
        )
        after, change.replied = desk.follow_up(unit, before, chosen.decided_by_address)
        change.before = {"value": read.value, "raw": read.raw, **audited_dossier(before)}
        change.after = {
            "value": value,
            "raw": text,
            **audited_dossier(after),
            "file": judged.sha256,
            "name": judged.name,
            "where": read.where,
            "reply_to": change.replied,
        }
    return Outcome("correct", subject, replied=change.replied)


def find_field(desk: Desk, slot: str, name: str) -> FormField:
    """A field of the slot's form by its key or name; NotFoundError where there is none such, or
    several."""
    campaign = desk.campaign
    if slot != "form" and slot not in campaign.forms:
        raise NotFoundError(f"{slot} has no fields")
    name = name.strip()
    fields = campaign.of_form(slot).form.fields
    meant = name.casefold()  # a line of a mail comes in capitals
    found = [one for one in fields if meant in (one.key, label_of(one).casefold())]
    found = found or [one for one in fields if one.path[-1].casefold() == meant]
    if len(found) != 1:
        known = ", ".join(f"{one.key} ({label_of(one)})" for one in fields)
        many = "several fields" if found else "no field"
        raise NotFoundError(f"{many} {name}; there are: {known}")
    return found[0]


def _in_force(slot: Slot) -> DossierFile:
    counting = [file for file in slot.files if file.counts]
    return counting[-1] if counting else pick_file(slot)
