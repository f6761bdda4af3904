"""All that a unit sent against all that the campaign asks: pure, and replayable at any time.

The rules are those of CONTRACT, Decisions (the same table stands in mailbot/README.md): photos and
videos accumulate, of every other material the newest accepted file is in force, a later file
that is not accepted lowers nothing, and who may replace what depends on the address. What a
person decided about a slot goes before all of them, from the moment it was decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.entries import Correction, SlotDecision
from mailbot.judgement.slots import Contribution, SlotCourse
from mailbot.language import in_its_language
from mailbot.model import Dossier, DossierState, Punctuality, Slot, SlotVerdict


@in_its_language
def judge_dossier(
    unit: str,
    expected: bool,
    contributions: Iterable[Contribution],
    campaign: Campaign,
    now: datetime,
    decisions: Iterable[SlotDecision] = (),
    corrections: Sequence[Correction] = (),
) -> Dossier:
    """The unit's dossier as of `now`; the order of `contributions` does not matter.

    `decisions`: what persons decided about this unit, in the order they did; `corrections`: the
    figures they corrected, which count as if the table had said so when it came.
    """
    ordered = sorted(
        (_corrected(one, corrections, campaign) for one in contributions),
        key=lambda one: (one.arrived_at, one.arrival),
    )
    decided = sorted(decisions, key=lambda one: one.decided_at)
    slots: dict[str, Slot] = {}
    for material in campaign.materials_of(unit):
        course = SlotCourse(material, campaign)
        course.run(ordered, [one for one in decided if one.slot == material.slot])
        slots[material.slot] = course.slot()
    times = sorted(
        [file.arrived_at for slot in slots.values() for file in slot.files]
        + [link.arrived_at for slot in slots.values() for link in slot.links]
    )
    # A dossier of welcome materials alone is complete with its first file, not before.
    complete = all(
        slot.verdict is SlotVerdict.ACCEPTED for slot in slots.values() if slot.required
    ) and (bool(times) or any(slot.required for slot in slots.values()))
    filled = [slot.filled_at for slot in slots.values() if slot.required and slot.filled_at]
    completed_at = max(filled, default=None) if complete else None
    state = (
        DossierState.COMPLETE
        if complete
        else DossierState.INCOMPLETE
        if times
        else DossierState.NOTHING
    )
    first = times[0] if times else None
    return Dossier(
        unit=unit,
        expected=expected,
        state=state,
        punctuality=judge_punctuality(campaign, unit, slots, first, now),
        slots=slots,
        first_arrival=first,
        last_arrival=times[-1] if times else None,
        completed_at=completed_at,
        deadline=campaign.deadline_of(unit),
    )


def _corrected(
    contribution: Contribution, corrections: Sequence[Correction], campaign: Campaign
) -> Contribution:
    if not corrections:
        return contribution
    # All that reads a form comes with it, and who only asks where a unit stands corrects none.
    from mailbot.judgement.form.correcting import with_corrections

    arrived_on = contribution.arrived_at.astimezone(campaign.zone).date()
    files = tuple(
        with_corrections(file, corrections, campaign, arrived_on) for file in contribution.files
    )
    return replace(contribution, files=files)


def judge_punctuality(
    campaign: Campaign,
    unit: str,
    slots: Mapping[str, Slot],
    first_arrival: datetime | None,
    now: datetime,
) -> Punctuality:
    """CONTRACT, JSON of `status`: judged by arrival time, never by the Date header.

    Each material by the deadline that holds for it: a dossier is as late as its latest. Who sent
    nothing at all is asked by the deadline of the whole, not of its first part.
    """
    own = campaign.deadline_of(unit)
    if first_arrival is None:
        return Punctuality.NONE if campaign.is_late(now, own) else Punctuality.PENDING
    if campaign.is_late(first_arrival, own):
        return Punctuality.LATE
    required = [one for one in campaign.materials_of(unit) if one.required and one.slot in slots]
    waiting = [one for one in required if slots[one.slot].verdict is not SlotVerdict.ACCEPTED]
    filled = [
        (moment, campaign.deadline_of(unit, one))
        for one in required
        if (moment := _filled_at(slots[one.slot])) is not None
    ]
    if not waiting:  # also where all was waived, or all is welcome only
        late = any(campaign.is_late(moment, deadline) for moment, deadline in filled)
        return Punctuality.SUPPLEMENTED_LATE if late else Punctuality.ON_TIME
    overdue = any(campaign.is_late(now, campaign.deadline_of(unit, one)) for one in waiting)
    return Punctuality.PARTIAL if overdue else Punctuality.PENDING


def _filled_at(slot: Slot) -> datetime | None:
    """When what fills the slot had arrived; a dossier stored before 0.2 does not say it."""
    counting = [file.arrived_at for file in slot.files if file.counts]
    return slot.filled_at or max(counting, default=None)
