"""汇总: the city's table, each figure down to unit, file and cell; how it came in; the export."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mailbot.campaign.types import Campaign
from mailbot.console.addresses import address_of, unit_address
from mailbot.console.routes import SANDBOX, Visit, page
from mailbot.console.standing import PAGE, BoardRow, Seen
from mailbot.errors import TemporaryFault
from mailbot.judgement.form.field_checks import label_of
from mailbot.ledger.standings import Standing
from mailbot.model import Dossier, DossierState
from mailbot.report.digest.progress import count_by_day
from mailbot.report.yearbook.book import read_book
from mailbot.report.yearbook.consolidation import Consolidation, consolidate, describe
from mailbot.report.yearbook.export import FORMATS, encode_book

_WIDTH, _HEIGHT = 720, 160  # of the chart by day, in its own units
_exporting = threading.Lock()
_KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True)
class GroupBar:
    """The units of one group, counted by how far they have come."""

    group: str
    complete: int
    incomplete: int
    nothing: int

    @property
    def all(self) -> int:
        """All units of the group."""
        return self.complete + self.incomplete + self.nothing


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day's column, in the chart's units from its top."""

    day: date
    complete: int
    begun: int
    left: float
    width: float
    complete_height: float
    begun_height: float


def totals(visit: Visit) -> Response:
    seen = _seen(visit)
    dossiers, consolidation = seen.once("totals", lambda: _add_up(visit.campaign, seen))
    expected = [row for row in seen.rows if row.unit.expected]
    return visit.render(
        "totals.html.j2",
        title=visit.say("汇总"),
        totals=[(one, label_of(one.field)) for one in consolidation.totals],
        forms=len(consolidation.forms),
        expected=len(expected),
        contradictions=[
            (one.unit, describe(one, visit.campaign)) for one in consolidation.contradictions
        ],
        groups=seen.once("bars", lambda: _groups(expected)),
        days=seen.once(
            f"days {visit.now.astimezone(visit.campaign.zone).date()}",
            lambda: _days(count_by_day(dossiers, visit.campaign, visit.now), len(expected)),
        ),
        chart=(_WIDTH, _HEIGHT),
        formats=FORMATS,
        unit_address=unit_address,
    )


def total(visit: Visit) -> Response:
    """One figure: the units, files and cells it is added from."""
    seen = _seen(visit)
    _, consolidation = seen.once("totals", lambda: _add_up(visit.campaign, seen))
    found = next((one for one in consolidation.totals if one.field.key == visit.part("key")), None)
    if found is None:
        raise HTTPException(404)
    pages = max(1, -(-len(found.sources) // PAGE))
    number = min(max(1, visit.number_asked("page", 1)), pages)
    return visit.render(
        "total.html.j2",
        title=label_of(found.field),
        total=found,
        sources=found.sources[(number - 1) * PAGE : number * PAGE],
        page=number,
        pages=pages,
        address_of=address_of,
        unit_address=unit_address,
    )


def export(visit: Visit) -> Response:
    """The year's ledger as `mailbot export` writes it."""
    ending = f".{visit.part('ending')}"
    if ending not in FORMATS:
        raise HTTPException(404)
    if not _exporting.acquire(blocking=False):  # of a large ledger it takes time and memory
        raise TemporaryFault("busy", "an export is being made; try again when it is done")
    try:
        octets = encode_book(read_book(visit.ledger, visit.campaign, visit.now), ending)
    finally:
        _exporting.release()
    day = visit.now.astimezone(visit.campaign.zone).date().isoformat()
    name = quote(f"{visit.campaign.id}-{day}{ending}", safe="")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-security-policy": SANDBOX,
    }
    return Response(octets, media_type=_KINDS[ending], headers=headers)


def _seen(visit: Visit) -> Seen:
    return visit.console.board.now(visit.ledger, visit.campaign, visit.now)


def _add_up(campaign: Campaign, seen: Seen) -> tuple[list[Dossier], Consolidation]:
    """The dossiers without files, and the tables in force added up."""
    dossiers = [_bare(row, seen.standings.get(row.unit.unit)) for row in seen.rows]
    with_forms = [
        replace(
            bare,
            slots={
                name: replace(bare.slots[name], files=files)
                for name, files in seen.forms[bare.unit].items()
                if name in bare.slots
            },
        )
        for bare in dossiers
        if seen.forms.get(bare.unit)
    ]
    return dossiers, consolidate(campaign, with_forms)


def _bare(row: BoardRow, standing: Standing | None) -> Dossier:
    """The dossier of a row without files; of one that has none, what its absence means."""
    if standing is not None:
        return replace(standing.dossier, expected=row.unit.expected)
    return Dossier(row.unit.unit, row.unit.expected, row.state, row.punctuality, {})


def _groups(rows: Sequence[BoardRow]) -> list[GroupBar]:
    found: dict[str, list[BoardRow]] = {}
    for row in rows:
        found.setdefault(row.unit.group, []).append(row)
    return [
        GroupBar(group, *(sum(row.state is state for row in members) for state in _STATES))
        for group, members in found.items()
    ]


_STATES = (DossierState.COMPLETE, DossierState.INCOMPLETE, DossierState.NOTHING)


def _days(counts: Sequence[tuple[date, int, int]], expected: int) -> list[DayBar]:
    if not counts or not expected:
        return []
    step = _WIDTH / len(counts)
    return [
        DayBar(
            day,
            complete,
            begun,
            round(step * place, 1),
            round(max(step - 2, 1), 1),
            round(_HEIGHT * complete / expected, 1),
            round(_HEIGHT * begun / expected, 1),
        )
        for place, (day, complete, begun) in enumerate(counts)
    ]


routes = [
    page("/totals", totals, needs="viewer"),
    page("/totals/figures/{key}", total, needs="viewer"),
    page("/totals/export.{ending}", export, needs="viewer"),
]
