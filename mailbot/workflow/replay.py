"""Judging all stored arrivals anew: under other rules, and by what today's readers read.

Whose mail it is, and whether it may be answered, stays as decided; what changes is the verdict on
files and, from that, the dossiers. Facts of earlier readers are measured again from the stored
octets first, and bodies read again from the spooled mail (`remeasure`); where these are gone, what
is on record is judged.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import hears_as, rejudge
from mailbot.inbox.screening.automail import NO_ANSWER_CODES
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.form.suspected import hold_suspected_form
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, dossiers, replays, replies
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, Judged, Verdict
from mailbot.outbox.answering import owe_reply
from mailbot.settings.types import Settings
from mailbot.workflow.remeasure import Measured, Workshop, facts_of, measure_again, stale_facts

# Also by the codes of earlier versions, which stay on record.
_AUTOMATIC = (frozenset(NO_ANSWER_CODES) - {"not_addressed_to_us"}) | {
    "chinese_auto_reply",
    "qq_vacation",
}

# Why something comes out otherwise: by the rules alone, by the readers alone, or only by both.
Cause = Literal["rules", "readers", "both"]


Note = Callable[[int, int], None]


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


class _Outline(NamedTuple):
    """Of a judged file what can flip; facts and fields of a whole campaign would fill memory."""

    name: str
    sha256: str
    verdict: Verdict
    members: tuple["_Outline", ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """Everything as judged at one time."""

    units: Mapping[int, str]  # by arrival; "" where none is known
    files: Mapping[int, tuple[_Outline, ...]]  # by arrival
    dossiers: Mapping[str, Dossier]
    lacking: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


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
        before, stale = _as_recorded(scratch), stale_facts(scratch, replays.examined(scratch))
        by_rules = by_both = _rejudge_all(scratch, campaign, now, note)
        measured = _measure(scratch, workshop)
        if measured.again:
            by_both = _rejudge_all(scratch, campaign, now)
        return _compared(campaign, before, by_rules, by_both, stale, measured)


@in_its_language
def apply(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    now: datetime,
    workshop: Workshop | None = None,
    note: Note | None = None,
) -> Replay:
    """Put the new verdicts on record and answer the units whose result changed.

    Verdicts and answers are one transaction: all or none (facts go on record as they are
    measured). Each unit gets one reply, to the sender of its newest mail that had an answer,
    about its whole dossier; it is composed with the next pass. `note` is told how many mails of how
    many were judged; each is judged twice, beside the ledger and in it.
    """
    twice = (None, None) if note is None else (_half(note, 0), _half(note, 1))
    stale = stale_facts(ledger, replays.examined(ledger))
    with replays.scratch_copy(ledger) as scratch:
        before, by_rules = _as_recorded(scratch), _rejudge_all(scratch, campaign, now, twice[0])
    measured = _measure(ledger, workshop)
    with ledger.transaction():
        by_both = _rejudge_all(ledger, campaign, now, twice[1])
        replay = _compared(campaign, before, by_rules, by_both, stale, measured)
        told = tuple(unit for unit in replay.units if _owe(ledger, campaign, settings, unit, now))
    return replace(replay, answered=told)


def _half(note: Note, half: int) -> Note:
    """Of a whole that is two halves as long as each other."""
    return lambda judged, mails: note(judged + half * mails, 2 * mails)


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


def _as_recorded(ledger: Ledger) -> _Result:
    rows = replays.examined(ledger)
    files = {row["id"]: _outlines(arrivals.files_of(row)) for row in rows}
    return _Result(_units_of(rows), files, dossiers.stored_dossiers(ledger))


def _outlines(files: Sequence[Judged]) -> tuple[_Outline, ...]:
    return tuple(
        _Outline(one.name, one.sha256, one.verdict, _outlines(one.members)) for one in files
    )


def _units_of(rows: Sequence[Row]) -> dict[int, str]:
    return {row["id"]: row["unit"] or "" for row in rows}


def _rejudge_all(
    ledger: Ledger, campaign: Campaign, now: datetime, note: Note | None = None
) -> _Result:
    """Judge everything by the facts on record, and record it."""
    names = UnitNames(campaign)
    files: dict[int, tuple[_Outline, ...]] = {}
    lacking: dict[int, tuple[str, ...]] = {}
    rows = replays.examined(ledger)
    for number, row in enumerate(rows):
        if note is not None:
            note(number, len(rows))
        judged, without = _judge_stored(ledger, campaign, names, row)
        files[row["id"]] = _outlines(judged)
        if without:
            lacking[row["id"]] = without
        replays.record_rejudged(ledger, row["id"], judged, campaign.version)
    units = replays.units_of_arrivals(ledger)
    return _Result(
        _units_of(rows),
        files,
        {unit: rejudge(ledger, campaign, unit, now) for unit in units},
        lacking,
    )


def _compared(
    campaign: Campaign,
    before: _Result,
    by_rules: _Result,
    by_both: _Result,
    stale: int,
    measured: Measured,
) -> Replay:
    """What changed from before to both, and which of the two did it."""
    flips = [
        flip
        for unit, after in by_both.dossiers.items()
        for flip in _flips(unit, before.dossiers.get(unit), by_rules.dossiers.get(unit), after)
    ]
    files = [
        flip
        for arrival, after in by_both.files.items()
        for flip in _file_flips(
            (arrival, by_both.units[arrival]),
            before.files[arrival],
            by_rules.files[arrival],
            after,
        )
    ]
    return Replay(
        rules_version=campaign.version,
        arrivals=len(by_both.files),
        flips=tuple(flips),
        files=tuple(files),
        lacking=by_both.lacking,
        stale=stale,
        measured=measured.again,
        kept=measured.kept,
    )


def _judge_stored(
    ledger: Ledger, campaign: Campaign, names: UnitNames, row: Row
) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """An arrival's files under the new rules, and the names of those without facts."""
    context = Context(
        subject=row["subject"] or "",
        arrived_on=moment(row["arrived_at"]).astimezone(campaign.zone).date(),
        automatic=bool(row["enquiry"]) or row["no_answer_reason"] in _AUTOMATIC,
    )
    judged: list[Judged] = []
    without, body = [], ""
    for one in arrivals.files_of(row):
        known = facts_of(ledger, one, int(row["id"]))
        if known is None:
            without.append(one.name)
            judged.append(one)
        else:
            fresh = judge_file(known.inspected, campaign, context)
            judged += hold_foreign_forms((fresh,), row["unit"], names)
            body = known.inspected.text if known.inspected.is_body else body
    files = hold_suspected_form(tuple(judged), row["subject"] or "", body, campaign)
    return files, tuple(without)


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
    before: Sequence[_Outline],
    by_rules: Sequence[_Outline],
    after: Sequence[_Outline],
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
