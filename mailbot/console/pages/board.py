"""看板: every unit and every material, filtered, sorted and searched."""

from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from starlette.responses import Response

from mailbot.console.routes import Visit, page
from mailbot.console.standing import (
    FILTERS,
    PAGE,
    SORTS,
    BoardRow,
    in_order,
    is_named,
    passes,
)
from mailbot.wording.office import DOSSIER_STATES, PUNCTUALITY


def board(visit: Visit) -> Response:
    """With `part` in the address only the table, for the script that searches while typing."""
    seen = visit.console.board.now(visit.ledger, visit.campaign, visit.now)
    only, group, words = visit.asked("only"), visit.asked("group"), visit.asked("q")
    named: Sequence[BoardRow] = seen.rows
    if group or words:
        named = [
            row for row in named if is_named(row, words) and (not group or row.unit.group == group)
        ]
    shown = in_order([row for row in named if passes(row, only)], visit.asked("sort"))
    pages = max(1, -(-len(shown) // PAGE))
    number = min(max(1, visit.number_asked("page", 1)), pages)
    template = "board_rows.html.j2" if visit.asked("part") else "board.html.j2"
    return visit.render(
        template,
        title=visit.say("看板"),
        rows=[_written(visit, row) for row in shown[(number - 1) * PAGE : number * PAGE]],
        found=len(shown),
        page=number,
        pages=pages,
        counts=Counter(key for row in named for key in row.filters),
        figures=seen.once("figures", lambda: figures_of(seen.rows)),
        filters=FILTERS,
        sorts=SORTS,
        groups=seen.once("groups", lambda: sorted({row.unit.group for row in seen.rows} - {""})),
        asked={name: visit.asked(name) for name in ("only", "group", "q", "sort")},
        states=DOSSIER_STATES,
    )


def _written(visit: Visit, row: BoardRow) -> Markup:
    """The row of the table; written once for as long as the unit stands as it does."""
    if "html" not in row.kept:
        html = visit.render_part(
            "board_row.html.j2", row=row, states=DOSSIER_STATES, punctuality=PUNCTUALITY
        )
        row.kept["html"] = html
    html = row.kept["html"]
    assert isinstance(html, Markup)
    return html


def figures_of(rows: Sequence[BoardRow]) -> Mapping[str, int]:
    """How many units stand how, as `status` counts them: all, and each state."""
    states = Counter(row.state.value for row in rows)
    return {"all": len(rows)} | {state.value: states[state.value] for state in DOSSIER_STATES}


def units(visit: Visit) -> Response:
    """The units by group, for finding one by its name."""
    seen = visit.console.board.now(visit.ledger, visit.campaign, visit.now)

    def written() -> Markup:
        groups: dict[str, list[BoardRow]] = {}
        for row in seen.rows:
            groups.setdefault(row.unit.group, []).append(row)
        return visit.render_part("units_groups.html.j2", groups=groups, states=DOSSIER_STATES)

    return visit.render(
        "units.html.j2", title=visit.say("单位"), groups=seen.once("units", written)
    )


routes = [page("/board", board, needs="viewer"), page("/units", units, needs="viewer")]
