"""All that a unit sent against all that the campaign asks: pure, and replayable at any time.

The rules are those of CONTRACT, Decisions (the same table stands in the README): photos and
videos accumulate, of every other material the newest accepted file is in force, a later file
that is not accepted lowers nothing, and who may replace what depends on the address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import PurePath

from mailbot.campaign import Campaign, Material
from mailbot.model import (
    CloudLink,
    Dossier,
    DossierFile,
    DossierLink,
    DossierState,
    Judged,
    Punctuality,
    Slot,
    SlotVerdict,
    Verdict,
)


class Standing(IntEnum):
    """What the address an arrival came from may do to the dossier, weakest first."""

    OTHER = 0  # fills empty slots, replaces nothing
    PROVISIONAL = 1  # bound because it was the first to name the unit
    OWN = 2  # listed in units.csv or confirmed by a person


@dataclass(frozen=True, slots=True)
class Contribution:
    """One arrival of the unit: what it brought, when and with what standing."""

    arrival: int
    arrived_at: datetime
    address: str
    standing: Standing
    files: tuple[Judged, ...]
    links: tuple[CloudLink, ...] = ()


def judge_dossier(
    unit: str,
    expected: bool,
    contributions: Iterable[Contribution],
    campaign: Campaign,
    now: datetime,
) -> Dossier:
    """The unit's dossier as of `now`; the order of `contributions` does not matter."""
    ordered = sorted(contributions, key=lambda one: (one.arrived_at, one.arrival))
    slots: dict[str, Slot] = {}
    filled: dict[str, datetime | None] = {}
    for material in campaign.materials:
        slots[material.slot], filled[material.slot] = _judge_slot(material, ordered)
    times = sorted(
        [file.arrived_at for slot in slots.values() for file in slot.files]
        + [link.arrived_at for slot in slots.values() for link in slot.links]
    )
    complete = all(slot.verdict is SlotVerdict.ACCEPTED for slot in slots.values())
    completed_at = (
        max((moment for moment in filled.values() if moment), default=None) if complete else None
    )
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
        punctuality=judge_punctuality(campaign, first, completed_at, now),
        slots=slots,
        first_arrival=first,
        last_arrival=times[-1] if times else None,
        completed_at=completed_at,
    )


def is_late(campaign: Campaign, moment: datetime) -> bool:
    """Whether `moment` is after the deadline; its last second counts to the end (24:00)."""
    return moment >= campaign.deadline + timedelta(seconds=1)


def judge_punctuality(
    campaign: Campaign,
    first_arrival: datetime | None,
    completed_at: datetime | None,
    now: datetime,
) -> Punctuality:
    """CONTRACT, JSON of `status`: judged by arrival time, never by the Date header."""
    if first_arrival is None:
        return Punctuality.NONE if is_late(campaign, now) else Punctuality.PENDING
    if is_late(campaign, first_arrival):
        return Punctuality.LATE
    if completed_at is not None:
        late = is_late(campaign, completed_at)
        return Punctuality.SUPPLEMENTED_LATE if late else Punctuality.ON_TIME
    return Punctuality.PARTIAL if is_late(campaign, now) else Punctuality.PENDING


def _judge_slot(
    material: Material, ordered: Sequence[Contribution]
) -> tuple[Slot, datetime | None]:
    """The slot, and the moment it first held enough accepted files."""
    files: list[DossierFile] = []
    links: list[DossierLink] = []
    in_force: list[tuple[int, Standing]] = []  # positions in `files`
    filled_at: datetime | None = None
    for contribution in ordered:
        links += [
            DossierLink(link, contribution.arrival, contribution.arrived_at)
            for link in contribution.links
            if slot_of_link(link) == material.slot
        ]
        occupied = [standing for _, standing in in_force]
        for judged in _files_for(material.slot, contribution):
            if _came_before(judged, files):
                continue
            file = DossierFile(
                judged=judged,
                arrival=contribution.arrival,
                arrived_at=contribution.arrived_at,
                counts=False,
                decided_by_address=contribution.address,
            )
            if judged.verdict is Verdict.ACCEPTED:
                if not _may_enter(material, contribution.standing, occupied):
                    file = replace(file, shown_only=True)
                else:
                    file = replace(file, counts=True)
                    if not material.accumulates and len(in_force) >= material.minimum:
                        oldest, _ = in_force.pop(0)
                        files[oldest] = replace(files[oldest], counts=False, superseded=True)
                    in_force.append((len(files), contribution.standing))
            files.append(file)
            if filled_at is None and len(in_force) >= material.minimum:
                filled_at = contribution.arrived_at
    slot = Slot(
        slot=material.slot,
        label=material.label,
        verdict=_slot_verdict(material, files, links),
        minimum=material.minimum,
        files=tuple(files),
        links=tuple(links),
    )
    return slot, filled_at


def _came_before(judged: Judged, files: Sequence[DossierFile]) -> bool:
    """The very same octets already stand here and would change nothing."""
    return any(
        file.judged.sha256 == judged.sha256
        and (file.counts or file.judged.verdict is not Verdict.ACCEPTED)
        and file.judged.verdict is judged.verdict
        for file in files
    )


def _files_for(slot: str, contribution: Contribution) -> list[Judged]:
    return [judged for file in contribution.files for judged in file.walk() if slot in judged.slots]


def _may_enter(material: Material, standing: Standing, occupied: Sequence[Standing]) -> bool:
    """`occupied`: the standings that held the slot before this arrival.

    What is below the minimum is still empty space, which anyone who names the unit may fill.
    """
    if len(occupied) < material.minimum:
        return True
    return standing is not Standing.OTHER and standing >= max(occupied)


def _slot_verdict(
    material: Material, files: Sequence[DossierFile], links: Sequence[DossierLink]
) -> SlotVerdict:
    if sum(file.counts for file in files) >= material.minimum:
        return SlotVerdict.ACCEPTED
    verdicts = {file.judged.verdict for file in files}
    if Verdict.REJECTED in verdicts:
        return SlotVerdict.REJECTED
    if Verdict.HELD in verdicts:
        return SlotVerdict.HELD
    return SlotVerdict.ANNOUNCED if links else SlotVerdict.MISSING


_LINK_WORDS: Mapping[str, tuple[str, ...]] = {
    "photo": ("照片", "图片", "photo"),
    "video": ("视频", "录像", "影像", "video"),
    "form": ("统计表",),
    "summary": ("总结", "评估"),
    "plan": ("方案", "脚本"),
    "text": ("文字", "信息", "简报"),
}
_LINK_ENDINGS: Mapping[str, frozenset[str]] = {
    "video": frozenset(
        ".mp4 .mpg .mpeg .vob .avi .mts .m2ts .ts .mov .wmv .flv .mkv .rmvb .3gp .m4v".split()
    ),
    "photo": frozenset(".jpg .jpeg .png .psd .heic .bmp .tif .tiff .webp .gif".split()),
}


def slot_of_link(link: CloudLink) -> str:
    """The material a link most likely announces: by extension, then by words of its name.

    A link that tells nothing counts as a video: ordinary attachments end near 50 MB, so what
    comes as 超大附件 is most often one (facts of the servers).
    """
    name = (link.name or "").lower()
    ending = PurePath(name).suffix
    for slot, endings in _LINK_ENDINGS.items():
        if ending in endings:
            return slot
    for slot, words in _LINK_WORDS.items():
        if any(word in name for word in words):
            return slot
    return "video"
