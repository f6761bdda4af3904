"""Judging all stored arrivals anew under other rules, from the facts that are on record.

Nothing is measured again and no mail is read again. Whose mail it is, and whether it may be
answered, stays as decided; what changes is the verdict on files and, from that, the dossiers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import rejudge
from mailbot.inbox.screening.automail import NO_ANSWER_CODES
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger import arrivals, dossiers, replays, replies
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import BODY_NAME, Dossier, Family, Inspected, Judged, Kind
from mailbot.outbox.answering import owe_reply
from mailbot.settings.types import Settings
from mailbot.workflow.arrival import inspector_of

# Also by the codes of earlier versions, which stay on record.
_AUTOMATIC = (frozenset(NO_ANSWER_CODES) - {"not_addressed_to_us"}) | {
    "chinese_auto_reply",
    "qq_vacation",
}


@dataclass(frozen=True, slots=True)
class Flip:
    """One slot of one unit that comes out otherwise. `slot` "" is the dossier's state."""

    unit: str
    slot: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FileFlip:
    """One file whose verdict changes."""

    arrival: int
    unit: str  # "" where none is known
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What other rules make of what is stored."""

    rules_version: str
    arrivals: int
    flips: tuple[Flip, ...]
    files: tuple[FileFlip, ...]
    lacking: Mapping[int, tuple[str, ...]]  # arrival → files without facts; their verdict stays
    answered: tuple[str, ...] = ()  # units that are told, when applied

    @property
    def units(self) -> tuple[str, ...]:
        """The units whose result changes, each once."""
        return tuple(dict.fromkeys(flip.unit for flip in self.flips))


def preview(ledger: Ledger, campaign: Campaign, now: datetime) -> Replay:
    """What would flip under these rules; the ledger stays as it is and may be open to read."""
    with replays.scratch_copy(ledger) as scratch:
        return _rejudge_all(scratch, campaign, now)


def apply(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> Replay:
    """Put the new verdicts on record and answer the units whose result changed.

    One transaction: all or none. Each unit gets one reply, to the sender of its newest mail
    that had an answer, about its whole dossier; it is composed with the next pass.
    """
    with ledger.transaction():
        replay = _rejudge_all(ledger, campaign, now)
        told = tuple(unit for unit in replay.units if _owe(ledger, campaign, settings, unit, now))
    return replace(replay, answered=told)


def _owe(ledger: Ledger, campaign: Campaign, settings: Settings, unit: str, now: datetime) -> bool:
    """Let the unit's newest answered mail be answered again; False where there is none."""
    rows = [
        row
        for row in replays.answerable(ledger, unit)
        if not dossiers.is_bounced(ledger, row["sender_address"])
    ]
    if not rows:
        return False
    address = rows[-1]["sender_address"]
    owe_reply(ledger, campaign, settings, rows[-1]["id"], unit=unit, address=address, now=now)
    replies.set_due(ledger, unit, address, now)
    return True


def _rejudge_all(ledger: Ledger, campaign: Campaign, now: datetime) -> Replay:
    names = UnitNames(campaign)
    before = dossiers.stored_dossiers(ledger)
    files: list[FileFlip] = []
    lacking: dict[int, tuple[str, ...]] = {}
    rows = replays.examined(ledger)
    for row in rows:
        old = arrivals.files_of(row)
        new, without = _judge_stored(ledger, campaign, names, row, old)
        if without:
            lacking[row["id"]] = without
        files += _file_flips(row, old, new)
        replays.record_rejudged(ledger, row["id"], new, campaign.version)
    flips = [
        flip
        for unit in replays.units_of_arrivals(ledger)
        for flip in _flips(unit, before.get(unit), rejudge(ledger, campaign, unit, now))
    ]
    return Replay(campaign.version, len(rows), tuple(flips), tuple(files), lacking)


def _judge_stored(
    ledger: Ledger, campaign: Campaign, names: UnitNames, row: Row, old: tuple[Judged, ...]
) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """An arrival's files under the new rules, and the names of those without facts."""
    context = Context(
        subject=row["subject"] or "",
        arrived_on=moment(row["arrived_at"]).astimezone(campaign.zone).date(),
        automatic=bool(row["enquiry"]) or row["no_answer_reason"] in _AUTOMATIC,
    )
    judged, without = [], []
    for one in old:
        inspected = _facts_of(ledger, one)
        if inspected is None:
            without.append(one.name)
            judged.append(one)
        else:
            fresh = judge_file(inspected, campaign, context)
            judged += hold_foreign_forms((fresh,), row["unit"], names)
    return tuple(judged), tuple(without)


def _facts_of(ledger: Ledger, judged: Judged) -> Inspected | None:
    """What was measured of a file, under the name it came with."""
    if judged.name == BODY_NAME:
        body = arrivals.known_facts(ledger, judged.sha256, arrivals.BODY)
        if body is not None:
            return body
    known = replays.stored_facts(
        ledger, judged.sha256, inspector_of(judged.name), Path(judged.name).suffix.lower()
    )
    if known is None:
        return None
    # Whether the HTML body shows a picture is not stored; what was taken for decoration is.
    shown = known.family is Family.PHOTO and judged.kind is Kind.OTHER
    return replace(known, name=judged.name, referenced=shown, source=judged.source)


def _file_flips(row: Row, old: Sequence[Judged], new: Sequence[Judged]) -> Iterator[FileFlip]:
    if [one.sha256 for one in old] != [one.sha256 for one in new]:
        return  # a document is taken apart otherwise than before; the document itself is told
    for was, is_now in zip(old, new, strict=True):
        if was.verdict is not is_now.verdict:
            unit = row["unit"] or ""
            yield FileFlip(row["id"], unit, is_now.name, was.verdict, is_now.verdict)
        yield from _file_flips(row, was.members, is_now.members)


def _flips(unit: str, before: Dossier | None, after: Dossier) -> list[Flip]:
    """Slots and state that changed; a slot the rules no longer ask for, or ask for anew, too."""
    old_slots = before.slots if before else {}
    flips = []
    for slot in dict.fromkeys((*old_slots, *after.slots)):
        was = str(old_slots[slot].verdict) if slot in old_slots else ""
        is_now = str(after.slots[slot].verdict) if slot in after.slots else ""
        if was != is_now:
            flips.append(Flip(unit, slot, was, is_now))
    was = str(before.state) if before else ""
    if was != after.state:
        flips.append(Flip(unit, "", was, str(after.state)))
    return flips
