"""`mailbot accept`, `waive`, `reject`: what a person decides about one slot of a unit."""

from typing import Literal

from mailbot.campaign.types import Campaign
from mailbot.deciding.desk import Desk, Outcome, audited_dossier
from mailbot.entries import SlotDecision
from mailbot.errors import NotFoundError, SettingsError
from mailbot.ledger import decisions
from mailbot.model import DossierFile, Slot

Ruling = Literal["accept", "reject", "waive"]
_SHORTEST_DIGEST = 6


def rule_slot(
    desk: Desk, ruling: Ruling, unit_name: str, slot_name: str, reason: str, file: str = ""
) -> Outcome:
    """Decide about one slot; the newest file, or the one whose SHA-256 begins with `file`.

    accept: the file counts, whatever was found in it. reject: the newest file that counts (else
    the newest) counts no more and is asked for again; without any file a waiver is taken back.
    waive: the slot is not asked of this unit. SettingsError without a reason, NotFoundError for
    an unknown unit, slot or file.
    """
    if not reason.strip():
        raise SettingsError("a reason is needed: --reason TEXT")
    unit = desk.unit(unit_name).unit
    slot_key = find_slot(desk.campaign, slot_name)
    subject = f"{unit} {slot_key}"
    with desk.decision(ruling, subject, reason) as change:
        before = desk.dossier(unit)
        if slot_key not in before.slots:
            raise SettingsError(f"{slot_key} is not asked of {unit}")
        slot = before.slots[slot_key]
        chosen = None if ruling == "waive" else _chosen(slot, ruling, file)
        if _stands_already(slot, ruling, chosen):
            return Outcome(ruling, subject, changed=False)
        sha256 = chosen.judged.sha256 if chosen else ""
        decisions.record_ruling(
            desk.ledger, unit, SlotDecision(slot_key, ruling, desk.now, sha256, reason)
        )
        about = chosen.decided_by_address if chosen else ""
        filled = chosen is not None and chosen.counts
        after, change.replied = desk.follow_up(
            unit, before, about, refused=ruling == "reject" and filled
        )
        change.before = dict(audited_dossier(before))
        change.after = {**audited_dossier(after), "file": sha256, "reply_to": change.replied}
        if chosen:
            change.after["name"] = chosen.judged.name
    return Outcome(ruling, subject, replied=change.replied)


def find_slot(campaign: Campaign, name: str) -> str:
    """A slot by its key or its label; NotFoundError when the campaign has none such."""
    for material in campaign.materials:
        if name.strip() in (material.slot, material.label):
            return material.slot
    known = ", ".join(f"{one.slot} ({one.label})" for one in campaign.materials)
    raise NotFoundError(f"no slot {name}; there are: {known}")


def _chosen(slot: Slot, ruling: Ruling, digest: str) -> DossierFile | None:
    """The file that is meant; None where a waiver is taken back."""
    if digest:
        return pick_file(slot, digest)
    if ruling == "reject":
        if slot.waived:
            return None
        counting = [file for file in slot.files if file.counts]
        if counting:
            return counting[-1]
    return pick_file(slot)


def pick_file(slot: Slot, digest: str = "") -> DossierFile:
    """The file whose SHA-256 begins so, else the newest; NotFoundError where there is none, or
    several are meant."""
    if digest:
        found = {
            file.judged.sha256: file
            for file in slot.files
            if len(digest) >= _SHORTEST_DIGEST and file.judged.sha256.startswith(digest.lower())
        }
        if len(found) != 1:
            many = "several files" if found else "no file"
            raise NotFoundError(f"{many} of {slot.label} with a SHA-256 that begins {digest}")
        return next(iter(found.values()))
    if not slot.files:
        raise NotFoundError(f"nothing came for {slot.label} yet")
    return slot.files[-1]


def _stands_already(slot: Slot, ruling: Ruling, chosen: DossierFile | None) -> bool:
    if ruling == "waive":
        return slot.waived
    if chosen is None:
        return False
    return chosen.counts if ruling == "accept" else chosen.decided == "rejected"
