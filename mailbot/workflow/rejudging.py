"""Judging everything that is stored by the facts on record: on a copy first, then in the ledger.

In a wide campaign judging takes minutes, and who writes keeps every other writer waiting. What was
judged on a copy is therefore only written into the ledger; judged again is what came, or was
decided about, since the copy was taken.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import rejudge
from mailbot.inbox.screening.automail import NO_ANSWER_CODES
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.form.suspected import hold_suspected_form
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger import arrivals, dossiers, replays
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, Judged, Verdict
from mailbot.workflow.remeasure import facts_of

# Also by the codes of earlier versions, which stay on record.
_AUTOMATIC = (frozenset(NO_ANSWER_CODES) - {"not_addressed_to_us"}) | {
    "chinese_auto_reply",
    "qq_vacation",
}
_OF_THE_ANSWER = frozenset({"state", "reply", "settled", "filed"})
_NOTED_AT_ONCE = 500  # mails in one transaction that only says by which rules they were judged


Note = Callable[[int, int], None]  # told how many mails of how many were judged


class Outline(NamedTuple):
    """Of a judged file what can flip; facts and fields of a whole campaign would fill memory."""

    name: str
    sha256: str
    verdict: Verdict
    members: tuple["Outline", ...]


class OfArrival(NamedTuple):
    """One arrival, judged anew."""

    mark: int  # of its row, as it was when it was judged
    unit: str  # "" where none is known
    examined_at: str | None
    before: tuple[Outline, ...]  # as recorded
    after: tuple[Outline, ...]
    lacking: tuple[str, ...]  # files without facts; their verdict stays
    rows: replays.Rejudged | None  # to be written; None where nothing comes out otherwise


class OfUnit(NamedTuple):
    """One unit's dossier, judged anew."""

    revision: int  # of its standing when it was judged
    before: Dossier | None  # as recorded
    after: Dossier


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is stored, as judged at one time, and as it was recorded until then."""

    arrivals: Mapping[int, OfArrival]
    units: Mapping[str, OfUnit]
    ledger_at: int = -1  # what `replays.others_wrote` was before the first of it was read
    judged: int = 0  # arrivals and units that were judged for this one, and not taken as known

    @property
    def lacking(self) -> dict[int, tuple[str, ...]]:
        """By arrival, the files without facts."""
        return {arrival: one.lacking for arrival, one in self.arrivals.items() if one.lacking}


def judged_beside(
    ledger: Ledger,
    campaign: Campaign,
    now: datetime,
    *,
    known: Everything | None = None,
    note: Note | None = None,
) -> Everything:
    """Judged on a copy in memory; the ledger is read, and nobody waits."""
    ledger_at = replays.others_wrote(ledger)
    with replays.scratch_copy(ledger) as scratch:
        judged = judge_all(scratch, campaign, now, known=known, note=note, is_copy=True)
        return replace(judged, ledger_at=ledger_at)


def judge_all(
    ledger: Ledger,
    campaign: Campaign,
    now: datetime,
    *,
    known: Everything | None = None,
    note: Note | None = None,
    is_copy: bool = False,
) -> Everything:
    """Everything by these rules, put on record. What is `known`, and stands as it stood then, is
    not judged again; where nobody wrote since, nothing is even looked at."""
    if known is not None and not is_copy and known.ledger_at == replays.others_wrote(ledger):
        _write(ledger, campaign, now, known.arrivals.items(), known.units.values())
        return replace(known, judged=0)
    revisions = replays.revisions(ledger)
    judged, moved, fresh = _judge_arrivals(ledger, campaign, known, note)
    units: dict[str, OfUnit] = {}
    for unit in replays.units_of_arrivals(ledger):
        revision = revisions.get(unit, 0)
        was = known.units.get(unit) if known is not None and unit not in moved else None
        if was is not None and was.revision == revision:
            _write(ledger, campaign, now, (), (was,))
            units[unit] = was
            continue
        before = dossiers.stored_dossier(ledger, unit)
        units[unit] = OfUnit(revision, before, rejudge(ledger, campaign, unit, now))
        fresh += 1
    return Everything(judged, units, judged=fresh)


def lag(ledger: Ledger, known: Everything) -> int:
    """How many arrivals and units would have to be judged again."""
    if known.ledger_at == replays.others_wrote(ledger):
        return 0
    revisions = replays.revisions(ledger)
    stale = sum(not _stands(row, known) for row in replays.in_turn(ledger))
    return stale + sum(revisions.get(unit, 0) != one.revision for unit, one in known.units.items())


def note_version(ledger: Ledger, known: Everything, rules_version: str) -> None:
    """Say of what came out as before that these rules say so too: in short steps."""
    same = [
        (rules_version, arrival, one.examined_at)
        for arrival, one in known.arrivals.items()
        if one.rows is None
    ]
    for start in range(0, len(same), _NOTED_AT_ONCE):
        with ledger.transaction():
            replays.note_version(ledger, same[start : start + _NOTED_AT_ONCE])


def outlines(files: Sequence[Judged]) -> tuple[Outline, ...]:
    """Of judged files, what can flip."""
    return tuple(Outline(one.name, one.sha256, one.verdict, outlines(one.members)) for one in files)


def _judge_arrivals(
    ledger: Ledger, campaign: Campaign, known: Everything | None, note: Note | None
) -> tuple[dict[int, OfArrival], set[str], int]:
    """Every arrival; whose dossiers cannot stand as they are known; how many were judged."""
    names = UnitNames(campaign)
    judged: dict[int, OfArrival] = {}
    moved: set[str] = set()
    fresh = 0
    mails = replays.count_examined(ledger)
    for number, row in enumerate(replays.in_turn(ledger)):
        if note is not None:
            note(number, mails)
        was = known.arrivals.get(row["id"]) if known is not None else None
        if was is None or was.mark != _mark(row):
            one = _judge_arrival(ledger, campaign, names, row)
            moved |= {one.unit, was.unit if was is not None else one.unit}
            fresh += 1
        else:
            one = was
        judged[row["id"]] = one
        if one.rows is not None:
            replays.record_rejudged(ledger, row["id"], one.rows, campaign.version)
    return judged, moved, fresh


def _write(
    ledger: Ledger,
    campaign: Campaign,
    now: datetime,
    judged: Iterable[tuple[int, OfArrival]],
    units: Iterable[OfUnit],
) -> None:
    """What comes out otherwise than it is recorded."""
    for arrival, one in judged:
        if one.rows is not None:
            replays.record_rejudged(ledger, arrival, one.rows, campaign.version)
    for of_unit in units:
        if of_unit.after != of_unit.before:
            dossiers.store_dossier(ledger, of_unit.after, now)


def _stands(row: Row, known: Everything) -> bool:
    was = known.arrivals.get(row["id"])
    return was is not None and was.mark == _mark(row)


def _mark(row: Row) -> int:
    """Another one where anything of the row is, but for what becomes of its answer."""
    return hash(tuple(value for name, value in row.items() if name not in _OF_THE_ANSWER))


def _judge_arrival(ledger: Ledger, campaign: Campaign, names: UnitNames, row: Row) -> OfArrival:
    judged, lacking = _judge_stored(ledger, campaign, names, row)
    rows = replays.rejudged(row["id"], judged)
    return OfArrival(
        mark=_mark(row),
        unit=row["unit"] or "",
        examined_at=row["examined_at"],
        before=outlines(arrivals.files_of(row)),
        after=outlines(judged),
        lacking=lacking,
        rows=None if rows.judged_json == row["judged_json"] else rows,
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
