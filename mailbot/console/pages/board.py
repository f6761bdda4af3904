"""看板: every unit and every material, filtered, sorted and searched."""

from collections import Counter
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from mailbot.console.routes import Visit, page
from mailbot.console.standing import (
    FILTERS,
    PAGE,
    SORTS,
    BoardRow,
    board_rows,
    in_order,
    is_named,
    passes,
)
from mailbot.wording.office import DOSSIER_STATES, PUNCTUALITY


def board(visit: Visit) -> Response:
    """With `part` in the address only the table, for the script that searches while typing."""
    everyone = board_rows(visit.campaign, visit.console.standings.now(visit.ledger), visit.now)
    only, group, words = visit.asked("only"), visit.asked("group"), visit.asked("q")
    named = [
        row for row in everyone if is_named(row, words) and (not group or row.unit.group == group)
    ]
    shown = in_order([row for row in named if passes(row, only)], visit.asked("sort"))
    number = visit.number_asked("page", 1)
    pages = max(1, -(-len(shown) // PAGE))
    number = min(max(1, number), pages)
    template = "board_rows.html.j2" if visit.asked("part") else "board.html.j2"
    return visit.render(
        template,
        title=visit.say("看板"),
        rows=shown[(number - 1) * PAGE : number * PAGE],
        found=len(shown),
        page=number,
        pages=pages,
        counts={key: sum(passes(row, key) for row in named) for key in FILTERS},
        figures=figures_of(everyone),
        filters=FILTERS,
        sorts=SORTS,
        groups=sorted({unit.group for unit in visit.campaign.units if unit.group}),
        asked={name: visit.asked(name) for name in ("only", "group", "q", "sort")},
        states=DOSSIER_STATES,
        punctuality=PUNCTUALITY,
    )


def figures_of(rows: Sequence[BoardRow]) -> Mapping[str, int]:
    """How many units stand how, as `status` counts them: all, and each state."""
    states = Counter(row.state.value for row in rows)
    return {"all": len(rows)} | {state.value: states[state.value] for state in DOSSIER_STATES}


def units(visit: Visit) -> Response:
    """The units by group, for finding one by its name."""
    rows = board_rows(visit.campaign, visit.console.standings.now(visit.ledger), visit.now)
    groups: dict[str, list[BoardRow]] = {}
    for row in rows:
        groups.setdefault(row.unit.group, []).append(row)
    return visit.render(
        "units.html.j2", title=visit.say("单位"), groups=groups, states=DOSSIER_STATES
    )


routes = [page("/board", board, needs="viewer"), page("/units", units, needs="viewer")]
