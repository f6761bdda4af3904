"""Judging all stored arrivals anew: under other rules, and by what today's readers read.

Whose mail it is, and whether it may be answered, stays as decided; what changes is the verdict on
files and, from that, the dossiers. Facts of earlier readers are measured again from the stored
octets first, and bodies read again from the spooled mail (`remeasure`); where these are gone, what
is on record is judged.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import hears_as
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import TemporaryFault
from mailbot.language import in_its_language
from mailbot.ledger import dossiers, replays, replies
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier
from mailbot.outbox.answering import owe_reply
from mailbot.settings.types import Settings
from mailbot.workflow.rejudging import (
    Everything,
    Note,
    Outline,
    judge_all,
    judged_beside,
    lag,
    note_version,
)
from mailbot.workflow.remeasure import Measured, Workshop, measure_again, stale_facts

# Why something comes out otherwise: by the rules alone, by the readers alone, or only by both.
Cause = Literal["rules", "readers", "both"]

# Of judging what came meanwhile on another copy: so often, unless it is only so much.
_CATCHING_UP, _FEW = 3, 20


@dataclass(frozen=True, slots=True)
class Flip:
    """One slot of one unit that comes out otherwise. `slot` "" is the dossier's state."""

    unit: str
    slot: str
    before: str
    after: str
    cause: Cause = "rules"


@dataclass(frozen=True, slots=True)
class FileFlip:
    """One file whose verdict changes."""

    arrival: int
    unit: str  # "" where none is known
    name: str
    before: str
    after: str
    cause: Cause = "rules"


@dataclass(frozen=True, slots=True)
class Replay:
    """What other rules, and other readers, make of what is stored."""

    rules_version: str
    arrivals: int
    flips: tuple[Flip, ...]
    files: tuple[FileFlip, ...]
    lacking: Mapping[int, tuple[str, ...]]  # arrival → files without facts; their verdict stays
    stale: int = 0  # stored facts that earlier readers measured
    measured: int = 0  # contents measured again for this
    kept: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    # arrival → files judged by facts of earlier readers: their octets are gone, or not readable
    answered: tuple[str, ...] = ()  # units that are told, when applied

    @property
    def units(self) -> tuple[str, ...]:
        """The units whose result changes, each once."""
        return tuple(dict.fromkeys(flip.unit for flip in self.flips))


@in_its_language
def preview(
    ledger: Ledger,
    campaign: Campaign,
    now: datetime,
    workshop: Workshop | None = None,
    note: Note | None = None,
) -> Replay:
    """What would flip under these rules; the ledger stays as it is and may be open to read.

    Without a `workshop` nothing is measured again: what is stale is judged as it is stored.
    `note` is told how many mails of how many were judged.
    """
    with replays.scratch_copy(ledger) as scratch:
        stale = stale_facts(scratch, replays.examined(scratch))
        by_rules = by_both = judge_all(scratch, campaign, now, note=note)
        measured = _measure(scratch, workshop)
        if measured.again:
            by_both = judge_all(scratch, campaign, now)
        return _compared(campaign, by_rules, by_rules, by_both, stale, measured)


@in_its_language
def apply(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    now: datetime,
    workshop: Workshop | None = None,
    note: Note | None = None,
    *,
    enact: Callable[[], object] | None = None,
) -> Replay:
    """Put the new verdicts on record and answer the units whose result changed.

    Verdicts and answers, and what `enact` does (putting these rules in force), are one
    transaction: all or none (facts go on record as they are
    measured). It is short, for others wait to write: everything is judged beforehand, on a copy,
    and within it only what came or was decided since. Each unit gets one reply, to the sender of
    its newest mail that had an answer, about its whole dossier; it is composed with the next pass.
    `note` is told how many mails of how many were judged. TemporaryFault `rules_renewed` where
    other rules came in force meanwhile; nothing is changed then.
    """
    stale = stale_facts(ledger, replays.examined(ledger))
    by_rules = ready = judged_beside(ledger, campaign, now, note=note)
    measured = _measure(ledger, workshop)
    if measured.again:
        ready = judged_beside(ledger, campaign, now, note=note)
    for _ in range(_CATCHING_UP):
        if lag(ledger, ready) <= _FEW:
            break
        ready = judged_beside(ledger, campaign, now, known=ready)
    with ledger.transaction():
        if enact is not None:
            enact()
        judged_by, campaign = campaign.version, campaign_in_force(ledger, campaign)
        if campaign.version != judged_by:
            raise TemporaryFault("rules_renewed", "other rules were put in force meanwhile")
        by_both = judge_all(ledger, campaign, now, known=ready)
        replay = _compared(campaign, by_both, by_rules, by_both, stale, measured)
        told = tuple(unit for unit in replay.units if _owe(ledger, campaign, settings, unit, now))
    note_version(ledger, by_both, campaign.version)
    return replace(replay, answered=told)


def _measure(ledger: Ledger, workshop: Workshop | None) -> Measured:
    if workshop is None:
        return Measured()
    return measure_again(ledger, replays.examined(ledger), workshop)


def _owe(ledger: Ledger, campaign: Campaign, settings: Settings, unit: str, now: datetime) -> bool:
    """Let the newest answered mail of those who speak for the unit be answered again, else of
    whoever named it; False where there is none."""
    rows = [
        row
        for row in replays.answerable(ledger, unit)
        if not dossiers.is_bounced(ledger, row["sender_address"])
    ]
    if not rows:
        return False
    places = {
        each: hears_as(ledger, campaign, unit, each)
        for each in {str(row["sender_address"]) for row in rows}
    }
    row = min(reversed(rows), key=lambda one: places[one["sender_address"]])
    address = row["sender_address"]
    owe_reply(ledger, campaign, settings, row["id"], unit=unit, address=address, now=now)
    replies.set_due(ledger, unit, address, now)
    return True


def _compared(
    campaign: Campaign,
    recorded: Everything,
    by_rules: Everything,
    by_both: Everything,
    stale: int,
    measured: Measured,
) -> Replay:
    """What changed from what was recorded to both, and which of the two did it."""
    flips = [
        flip
        for unit, one in by_both.units.items()
        for flip in _flips(
            unit,
            recorded.units[unit].before,
            by_rules.units.get(unit, one).after,
            one.after,
        )
    ]
    files = [
        flip
        for arrival, now in by_both.arrivals.items()
        for flip in _file_flips(
            (arrival, now.unit),
            recorded.arrivals[arrival].before,
            by_rules.arrivals.get(arrival, now).after,
            now.after,
        )
    ]
    return Replay(
        rules_version=campaign.version,
        arrivals=len(by_both.arrivals),
        flips=tuple(flips),
        files=tuple(files),
        lacking=by_both.lacking,
        stale=stale,
        measured=measured.again,
        kept=measured.kept,
    )


def _flips(
    unit: str, before: Dossier | None, by_rules: Dossier | None, after: Dossier
) -> Iterator[Flip]:
    """Slots and state that changed; a slot the rules no longer ask for, or ask for anew, too."""
    was, between, is_now = (_results(one) for one in (before, by_rules, after))
    for slot in dict.fromkeys((*was, *is_now)):
        stages = was.get(slot, ""), between.get(slot, ""), is_now.get(slot, "")
        if stages[0] != stages[2]:
            yield Flip(unit, slot, stages[0], stages[2], _cause(*stages))


def _results(dossier: Dossier | None) -> dict[str, str]:
    """The verdict of each slot, and under "" the dossier's state."""
    if dossier is None:
        return {}
    slots = {name: str(slot.verdict) for name, slot in dossier.slots.items()}
    return slots | {"": str(dossier.state)}


def _file_flips(
    arrival: tuple[int, str],  # and its unit
    before: Sequence[Outline],
    by_rules: Sequence[Outline],
    after: Sequence[Outline],
) -> Iterator[FileFlip]:
    if [one.sha256 for one in before] != [one.sha256 for one in after]:
        return  # a document is taken apart otherwise than before; the document itself is told
    same = [one.sha256 for one in by_rules] == [one.sha256 for one in after]
    for was, between, is_now in zip(before, by_rules if same else before, after, strict=True):
        if was.verdict is not is_now.verdict:
            cause = _cause(was.verdict, between.verdict, is_now.verdict)
            yield FileFlip(*arrival, is_now.name, was.verdict, is_now.verdict, cause)
        yield from _file_flips(arrival, was.members, between.members, is_now.members)


def _cause(before: str, by_rules: str, after: str) -> Cause:
    """`by_rules`: how it comes out under the new rules by the facts that were on record."""
    if by_rules == after:
        return "rules"
    return "readers" if by_rules == before else "both"
