"""Filled forms as sheets that show one thing and hold another.

A form is spots on a grid; a trap changes what is stored in the spots of figures, or what lies
around them. The writers (`sheetwriters`) are other libraries than those that read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from make.traps.words import EXPECTED, GRID, LINES

Value = float | str | date | None
Place = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A run of text in one look: "" strike note white."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class Spot:
    """A cell: a value under a format, or pieces of text, or a formula without its =."""

    value: Value = None
    code: str = "General"
    pieces: tuple[Piece, ...] = ()
    formula: str = ""
    look: str = ""  # of the whole cell

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces) or str(self.value)


@dataclass
class Page:
    """A sheet. `rows` and `columns` say how each that is not shown is hidden: hidden, flat,
    filtered, collapsed; `state` is "", hidden or veryHidden."""

    title: str = "统计表"
    spots: dict[Place, Spot] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    print_area: tuple[int, int, int, int] | None = None
    state: str = ""
    places: dict[str, Place] = field(default_factory=dict)  # key → where its figure stands

    def width(self) -> int:
        return max(column for _, column in self.spots) + 1

    def height(self) -> int:
        return max(row for row, _ in self.spots) + 1


Fill = Callable[[str, Value], Spot]

_TEXTS = {key: text for key, text, _, _ in LINES}
_DECOYS: dict[str, float] = {key: float(decoy) for key, _, decoy, _ in GRID}
NUMBERS: dict[str, float] = {
    key: float(value) for key, value in EXPECTED.items() if isinstance(value, int | float)
}
TRAPPED = tuple(key for key, *_ in GRID)
_MEASURES = ("drills", "participants", "spend_wan")
_HEADINGS = ("举办次数（场）", "参演人数（人次）", "直接投入（万元）")
_GROUPS = (("government", "政府及部门"), ("enterprise", "企业"), ("other", "其他"))


def untouched(_key: str, value: Value) -> Spot:
    """A figure as it is."""
    return Spot(value)


class _Sheet:
    def __init__(self, fill: Fill) -> None:
        self.page = Page()
        self._fill = fill

    def put(self, row: int, column: int, text: str) -> None:
        self.page.spots[row, column] = Spot(text)

    def figure(self, row: int, column: int, key: str) -> None:
        self.page.spots[row, column] = self._fill(key, NUMBERS[key])
        self.page.places[key] = (row, column)

    def lines(self, last: int) -> None:
        self.put(0, 0, "2017年安全生产应急演练统计表")
        self.put(1, 0, f"填报单位（盖章）：{_TEXTS['unit']}")
        self.put(1, 3, f"报出时间：{_TEXTS['reported_on']}")
        self.put(last, 0, f"填表人：{_TEXTS['filled_by']}")
        self.put(last, 3, f"联系电话：{_TEXTS['phone']}")


def columns(fill: Fill) -> Page:
    """Measures side by side, a row for the total and each organiser; sections merged."""
    sheet = _Sheet(fill)
    sheet.lines(8)
    for column, text in enumerate(("分类", "项目", *_HEADINGS)):
        sheet.put(2, column, text)
    sheet.put(3, 0, "总体情况")
    sheet.put(3, 1, "合计")
    sheet.put(4, 1, "多部门联动综合演练次数")
    sheet.figure(4, 2, "overall.joint_drills")
    sheet.put(5, 0, "按组织单位分类")
    for column, measure in enumerate(_MEASURES, 2):
        sheet.figure(3, column, f"overall.{measure}")
        for row, (group, _) in enumerate(_GROUPS, 5):
            sheet.figure(row, column, f"by_organiser.{group}.{measure}")
    for row, (_, name) in enumerate(_GROUPS, 5):
        sheet.put(row, 1, name)
    sheet.page.merged = [(3, 0, 4, 0), (5, 0, 7, 0), (0, 0, 0, 4), (1, 0, 1, 2), (1, 3, 1, 4)]
    return sheet.page


def plain_columns(fill: Fill) -> Page:
    """The same with nothing merged, the section written on every line."""
    page = columns(fill)
    page.merged = []
    page.spots |= {(4, 0): Spot("总体情况"), (6, 0): Spot("按组织单位分类")}
    page.spots[7, 0] = Spot("按组织单位分类")
    return page


def stacked(fill: Fill) -> Page:
    """A label and its figure on every line."""
    sheet = _Sheet(fill)
    rows: list[tuple[str, str, str]] = [
        ("总体情况", heading, f"overall.{measure}")
        for measure, heading in zip(_MEASURES, _HEADINGS, strict=True)
    ]
    rows.append(("总体情况", "多部门联动综合演练次数", "overall.joint_drills"))
    rows += [
        (name, heading, f"by_organiser.{group}.{measure}")
        for group, name in _GROUPS
        for measure, heading in zip(_MEASURES, _HEADINGS, strict=True)
    ]
    for row, (section, label, key) in enumerate(rows, 2):
        sheet.put(row, 0, section)
        sheet.put(row, 1, label)
        sheet.figure(row, 2, key)
    sheet.lines(2 + len(rows))
    return sheet.page


def side_by_side(fill: Fill) -> Page:
    """Sections beside one another, headings in two rows, one line of figures."""
    sheet = _Sheet(fill)
    sheet.lines(5)
    sections = [("总体情况", "overall"), *((name, f"by_organiser.{key}") for key, name in _GROUPS)]
    for index, (name, prefix) in enumerate(sections):
        left = 3 * index
        sheet.put(2, left, name)
        sheet.page.merged.append((2, left, 2, left + 2))
        for column, (measure, heading) in enumerate(zip(_MEASURES, _HEADINGS, strict=True), left):
            sheet.put(3, column, heading)
            sheet.figure(4, column, f"{prefix}.{measure}")
    sheet.put(2, 12, "总体情况")
    sheet.put(3, 12, "多部门联动综合演练次数")
    sheet.figure(4, 12, "overall.joint_drills")
    return sheet.page


LAYOUTS: dict[str, Callable[[Fill], Page]] = {
    "columns": columns,
    "plain_columns": plain_columns,
    "stacked": stacked,
    "side_by_side": side_by_side,
}


# ---- traps in the cell of a figure ---------------------------------------------------------

COUNT, MONEY = "count", "money"


def kind_of(key: str) -> str:
    """What a key measures."""
    return MONEY if key.endswith("spend_wan") else COUNT


@dataclass(frozen=True)
class Trap:
    """How a figure is written, and what else than itself a person may read there.

    `shown`: the value of what is on the screen, None where no number is (the field is open then,
    and nothing else is right). `readable`: it must be read, and may not be left open.
    """

    name: str
    write: Callable[[float, float], Spot]  # of the value and a decoy
    shown: Callable[[float, str], float | None] = lambda value, _kind: value
    readable: bool = True
    only: str = ""  # "count" or "money"
    needs: str = ""  # formats, runs, formulas, looks: what a file format must be able to say
    told: str = ""  # words of the finding


def _text(value: float) -> str:
    return format(value, ".10g")


def _stored(scale: float, code: str) -> Callable[[float, float], Spot]:
    return lambda value, _decoy: Spot(round(value * scale, 6), code)


def _beside(look: str, where: str, value: float, decoy: float) -> Spot:
    seen, unseen = _text(value), Piece(_text(decoy), look)
    if where == "before":
        return Spot(pieces=(unseen, Piece(seen)))
    if where == "behind":
        return Spot(pieces=(Piece(seen), unseen))
    return Spot(pieces=(Piece(seen[:1]), unseen, Piece(seen[1:] or " ")))


def _whole(look: str, value: float, _decoy: float) -> Spot:
    return Spot(value, look=look)


def _noted(mark: str, value: float, _decoy: float) -> Spot:
    return Spot(pieces=(Piece(_text(value)), Piece(mark, "note")))


def _all_traps() -> Iterator[Trap]:
    """Formats first, then runs, formulas and looks of the whole cell."""
    for code in ("0.##", "#,##0.0", "[DBNum1][$-804]General", "[Red]0.0", "0.0_ "):
        yield Trap(f"format {code}", _stored(1, code), needs="formats")
    yield Trap('format 0"次"', _stored(1, '0"次"'), only=COUNT, needs="formats")
    yield Trap('format 0.0"万元"', _stored(1, '0.0"万元"'), only=MONEY, needs="formats")
    yield Trap("format 0.00E+0", _stored(1, "0.000E+0"), needs="formats")
    yield Trap("format # ?/?", _stored(1, "# ?/?"), needs="formats")
    for scale, code in (
        (10_000, "0!.0000"),
        (1_000, "0.0,"),
        (1_000_000, "0.0,,"),
        (1_000, "[>=100]0.0,;0.0"),
        (-1, "0.0;0.0"),
    ):
        yield Trap(f"format {code}", _stored(scale, code), needs="formats")
    yield Trap("format 0!.0,", _stored(10_000, "0!.0,"), only=MONEY, needs="formats")
    yield Trap(
        'format 0"万"',
        _stored(1, '0.0"万"'),
        shown=lambda value, kind: value * 10_000 if kind == COUNT else value,
        needs="formats",
    )
    yield Trap(
        "format 0%", _stored(0.01, "0.0%"), shown=lambda *_: None, readable=False, needs="formats"
    )
    yield Trap(
        'format "1"0',
        _stored(1, '"1"0'),
        shown=lambda value, _: float("1" + _text(int(value + 0.5))),
        readable=False,
        needs="formats",
    )
    yield Trap(
        "format ;;;", _stored(1, ";;;"), shown=lambda *_: None, readable=False, needs="formats"
    )
    yield Trap(
        "format 0-0", _stored(1, "0-0"), shown=lambda *_: None, readable=False, needs="formats"
    )
    for look in ("strike", "white"):
        for where in ("before", "behind", "inside"):
            yield Trap(f"{look} {where}", partial(_beside, look, where), needs="runs")
        yield Trap(
            f"{look} cell",
            partial(_whole, look),
            shown=lambda *_: None,
            readable=False,
            needs="looks",
        )
    for mark in ("1", "①", "[2]", "*", "注"):
        yield Trap(f"note {mark}", partial(_noted, mark), needs="runs")
    yield Trap(
        "formula of numbers",
        lambda value, _decoy: Spot(formula=f"({_text(value)}*2+1-1)/2"),
        needs="formulas",
    )
    yield Trap(
        "formula of a sum",
        lambda value, _decoy: Spot(formula=f"SUM({_text(value)},1)-1"),
        needs="formulas",
    )
    yield Trap(
        "formula that is more",
        lambda _value, _decoy: Spot(formula='LEN("12345")'),
        shown=lambda *_: None,
        readable=False,
        needs="formulas",
        told="该单元格是公式，文件中没有保存计算结果，请用Excel或WPS打开、保存后重新报送",
    )


TRAPS = tuple(_all_traps())


def trapped(trap: Trap) -> Fill:
    """Fills the figures of GRID as the trap says, the others as they are."""

    def fill(key: str, value: Value) -> Spot:
        fits = key in TRAPPED and trap.only in ("", kind_of(key))
        if not fits or not isinstance(value, float):
            return Spot(value)
        return trap.write(value, _DECOYS[key])

    return fill


# ---- traps around the table ----------------------------------------------------------------


@dataclass(frozen=True)
class Surrounding:
    """A change to the page. `opens`: fields that may be left open since two figures are seen;
    `must`: and must be."""

    name: str
    change: Callable[[Page], list[Page]]  # the pages of the book
    opens: tuple[str, ...] = ()
    must: bool = False
    hides: str = ""  # hidden flat filtered collapsed, or print, sheets: what a format must know


def _shifted(page: Page, at: int, *, rows: bool) -> Page:
    """The page with an empty row (or column) put in before `at`."""

    def moved(place: Place) -> Place:
        row, column = place
        return (row + (row >= at), column) if rows else (row, column + (column >= at))

    wider = replace(
        page,
        spots={moved(place): spot for place, spot in page.spots.items()},
        places={key: moved(place) for key, place in page.places.items()},
        merged=[],
    )
    for top, left, bottom, right in page.merged:
        first, last = moved((top, left)), moved((bottom, right))
        wider.merged.append((*first, *last))
    return wider


def _other(spot: Spot) -> Spot:
    """Last year's figure in place of this year's."""
    return Spot(round(spot.value * 7 + 3, 2)) if isinstance(spot.value, float) else spot


def decoy_row(hidden: str, *, behind: bool) -> Callable[[Page], list[Page]]:
    """The first line of figures stands a second time, with others in it."""

    def change(page: Page) -> list[Page]:
        row = min(row for row, _ in page.places.values())
        wider = _shifted(page, row + behind, rows=True)
        source, target = (row, row + 1) if behind else (row + 1, row)
        for (at, column), spot in list(wider.spots.items()):
            if at == source:
                wider.spots[target, column] = _other(spot)
        if hidden:
            wider.rows[target] = hidden
        return [wider]

    return change


def decoy_column(hidden: str, *, behind: bool) -> Callable[[Page], list[Page]]:
    """The first column of figures stands a second time, with others in it."""

    def change(page: Page) -> list[Page]:
        column = min(column for _, column in page.places.values())
        wider = _shifted(page, column + behind, rows=False)
        source, target = (column, column + 1) if behind else (column + 1, column)
        for (row, at), spot in list(wider.spots.items()):
            if at == source and row > 1:
                wider.spots[row, target] = _other(spot)
        if hidden:
            wider.columns[target] = hidden
        return [wider]

    return change


def _decoy_sheet(state: str) -> Callable[[Page], list[Page]]:
    def change(page: Page) -> list[Page]:
        spots = {place: _other(spot) for place, spot in page.spots.items()}
        return [page, replace(page, title="上年", spots=spots, state=state)]

    return change


def _outside_print_area(page: Page) -> list[Page]:
    """A draft of the figures beside the form, under the same headings, outside what is printed."""
    width = page.width()
    page.print_area = (0, 0, page.height() - 1, width - 1)
    for (row, column), spot in list(page.spots.items()):
        if row > 1 and row < page.height() - 1:
            page.spots[row, column + width + 1] = _other(spot)
    return [page]


def _collapsed_source(page: Page) -> list[Page]:
    """The lines of figures behind the first are folded away: they are all there is of them."""
    first = min(row for row, _ in page.places.values())
    for row in {row for row, _ in page.places.values()} - {first}:
        page.rows[row] = "collapsed"
    return [page]


def _surroundings() -> Iterator[Surrounding]:
    for hidden in ("hidden", "flat", "filtered", "collapsed"):
        for behind in (False, True):
            side = "behind" if behind else "before"
            yield Surrounding(
                f"{hidden} row {side}", decoy_row(hidden, behind=behind), hides=hidden
            )
            if hidden != "filtered":
                yield Surrounding(
                    f"{hidden} column {side}", decoy_column(hidden, behind=behind), hides=hidden
                )
    for state in ("hidden", "veryHidden"):
        yield Surrounding(f"{state} sheet", _decoy_sheet(state), hides="sheets")
    yield Surrounding(
        "draft outside the print area", _outside_print_area, tuple(NUMBERS), hides="print"
    )
    yield Surrounding("groups folded away", _collapsed_source, hides="collapsed")


SURROUNDINGS = tuple(_surroundings())
TWICE = tuple(
    Surrounding(f"the same {what} twice, {'behind' if behind else 'before'}", change, must=True)
    for behind in (False, True)
    for what, change in (
        ("line", decoy_row("", behind=behind)),
        ("column", decoy_column("", behind=behind)),
    )
)
