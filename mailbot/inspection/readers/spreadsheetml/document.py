"""SpreadsheetML 2003 (Excel's "XML Spreadsheet"), which web systems export under the name .xls.

Neither calamine nor openpyxl reads it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.sheets.colours import parse_colour
from mailbot.inspection.readers.sheets.columns import column_letters
from mailbot.inspection.readers.sheets.fonts import is_pictorial
from mailbot.inspection.readers.sheets.seen import add_sheet
from mailbot.inspection.readers.sheets.sheet import (
    LEAST_HEIGHT,
    TWICE,
    UNKNOWN_LOOK,
    Run,
    Sheet,
    Stored,
    Style,
)
from mailbot.inspection.readers.sheets.underformat import iso_text
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, MAYBE_SIGN, is_tiny
from mailbot.inspection.readers.spreadsheetml.styles import Look, looks_of, points, reformats
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, children, local, parse_xml

_MAX_INDEX, _MOST_ROWS = 1_048_576, 20_000
_LEAST_WIDTH, _NARROW = 3.0, 26.0  # points
_POINTS_A_CHARACTER = 5.25
# What takes nothing from the cells of a worksheet, from a font, an alignment and a filling, or is
# looked at here; any other part or attribute leaves the cells open.
_PARTS = frozenset(
    "Names Table WorksheetOptions ConditionalFormatting DataValidation AutoFilter Sorting "
    "PageBreaks QueryTable PivotTable WatchWindow PhoneticText Protection".split()
)
_HOLDS = frozenset("Data Comment PhoneticText NamedCell SmartTags".split())
_REFERS_TO = re.compile(r"=(?:'((?:[^']|'')+)'|([^'!]+))!R(\d{1,7})C(\d{1,5})")
_AREA = re.compile(r"!R(\d{1,7})C(\d{1,5})(?::R(\d{1,7})C(\d{1,5}))?")
_RELATIVE = re.compile(
    r"(?<![\w.])R(?:(\d{1,7})|\[(-?\d{1,7})\])?C(?:(\d{1,5})|\[(-?\d{1,5})\])?(?![\w(])"
)


def read_file(path: Path, limits: Limits) -> Document:
    """One grid a worksheet; hidden ones are left out and named in the facts."""
    draft = Draft(limits)
    root = parse_xml(path.read_bytes())
    if root is None:
        raise Unreadable("corrupt", "not well-formed XML")
    names = _field_names(root)
    looks = looks_of(root)
    is_1904 = any(local(element) == "Date1904" for element in root.iter())
    shown: dict[str, Sheet] = {}
    hidden: dict[str, Sheet] = {}
    for element in children(root, "Worksheet"):
        sheet = Sheet(attribute(element, "Name"), date1904=is_1904)
        for options in children(element, "WorksheetOptions"):
            said = {local(each) for each in options}
            sheet.hides_zeros = "DoNotDisplayZeros" in said
            sheet.shows_formulas = "DisplayFormulas" in said
        sheet.print_areas = list(_print_areas(element))
        for table in children(element, "Table"):
            _read_table(table, sheet, looks)
        for formats in children(element, "ConditionalFormatting"):
            sheet.reformatted.extend(reformats(formats))
        if not {local(each) for each in element} <= _PARTS:
            sheet.doubts += (UNKNOWN_LOOK,)
        is_hidden = any((each.text or "") != "SheetVisible" for each in _visibility(element))
        (hidden if is_hidden else shown)[sheet.title] = sheet
    for title, sheet in shown.items():
        add_sheet(draft, sheet, names.get(title, {}), {**shown, **hidden})
    draft.facts["sheets"] = list(shown)
    if hidden:
        draft.facts["hidden_sheets"] = list(hidden)
    return draft.finish()


def _read_table(table: Element, sheet: Sheet, looks: dict[str, Look]) -> None:
    column_styles: dict[int, str] = {}
    column = 0
    height, width = points(table, "DefaultRowHeight"), points(table, "DefaultColumnWidth")
    if height is not None and height < 2 * LEAST_HEIGHT:
        sheet.default_height = height
    if width is not None and width < _NARROW:
        sheet.default_width = width / _POINTS_A_CHARACTER
    for element in children(table, "Column"):
        if _goes_back(element, column):
            sheet.doubts = (UNKNOWN_LOOK,)
        column = _index(element, column + 1)
        reach = range(column - 1, min(column + _count(element, "Span"), 16_384))
        width = points(element, "Width")
        if width is not None and reach and attribute(element, "AutoFitWidth") != "1":
            chars = width / _POINTS_A_CHARACTER
            sheet.column_widths.append((reach[0], reach[-1], chars))
        if attribute(element, "Hidden") == "1" or (width is not None and width < _LEAST_WIDTH):
            sheet.hidden_columns.update(reach)
        if name := attribute(element, "StyleID"):
            column_styles.update(dict.fromkeys(reach, name))
        column = reach.stop
    row = 0
    for tr in children(table, "Row"):
        goes_back = _goes_back(tr, row)
        row = _index(tr, row + 1)
        span = _count(tr, "Span")
        height = points(tr, "Height")
        if height is not None:
            sheet.heights.update(dict.fromkeys(range(row - 1, min(row + span, _MOST_ROWS)), height))
        if attribute(tr, "Hidden") == "1" or (height is not None and height < LEAST_HEIGHT):
            sheet.hidden_rows.update(range(row - 1, min(row + span, _MAX_INDEX)))
        column = 0
        for element in children(tr, "Cell"):
            # An index that goes back names a place that has been filled.
            goes_back |= _goes_back(element, column)
            column = _index(element, column + 1)
            place = row - 1, column - 1
            down, across = _count(element, "MergeDown"), _count(element, "MergeAcross")
            if down or across:
                sheet.merged[place] = place[0] + down, place[1] + across
            name = attribute(element, "StyleID") or attribute(tr, "StyleID")
            look = looks.get(name or column_styles.get(place[1], "Default"), Look())
            stored = _stored(element, look.style, place)
            if stored is not None:
                if goes_back:
                    stored.doubts += (TWICE,)
                sheet.put(place, stored)
            if any(attribute(each, "ShowAlways") == "1" for each in children(element, "Comment")):
                sheet.doubts = ("pictured_over",)  # where the note lies is not in the file
            column += across
        row += span
        if len(sheet.cells) > MAX_CELLS:
            return


def _stored(cell: Element, style: Style, place: tuple[int, int]) -> Stored | None:
    formula = _formula(attribute(cell, "Formula"), place)
    data = next(children(cell, "Data"), None)
    doubts: tuple[str, ...] = ()
    if sum(1 for _ in children(cell, "Data")) > 1:
        doubts = (TWICE,)
    if not {local(each) for each in cell} <= _HOLDS:
        doubts += (UNKNOWN_LOOK,)
    if data is None:
        return Stored(None, style, formula=formula, calculated=False) if formula else None
    kind, text = attribute(data, "Type"), "".join(data.itertext())
    stored = Stored(text, style, formula=formula, doubts=doubts)
    if kind == "Number":
        try:
            stored.value = float(text)
        except ValueError:
            stored.value = text
    elif kind == "DateTime":
        stored.value, stored.is_date = iso_text(text), True
    elif kind == "Boolean":
        stored.value = text == "1"
    elif len(data):
        stored.runs = tuple(run.before(style.grounds) for run in _runs(data, Run("")))
    return stored


def _runs(element: Element, look: Run) -> Iterator[Run]:
    """The pieces of a text that is marked up as HTML 4 does: S, Sup, Font."""
    if element.text:
        yield replace(look, text=element.text)
    for child in element:
        inner = look
        match local(child).lower():
            case "s" | "strike" | "del":
                inner = replace(look, struck=True)
            case "sup" | "sub":
                inner = replace(look, raised=True)
            case "font":
                named = attribute(child, "Face"), attribute(child, "CharSet")
                strange = is_pictorial(named[0]) or is_pictorial(named[1], is_charset=True)
                inner = replace(
                    look,
                    ink=parse_colour(attribute(child, "Color")) or look.ink,
                    invisible=look.invisible or is_tiny(attribute(child, "Size")),
                )
                if strange and "".join(child.itertext()).strip():
                    yield Run(MAYBE_SIGN)
            case "b" | "i" | "u" | "span" | "p" | "br":
                pass
            case _:
                yield Run(MAYBE_HIDDEN)
        yield from _runs(child, inner)
        if child.tail:
            yield replace(look, text=child.tail)


def _formula(text: str, place: tuple[int, int]) -> str:
    """`=SUM(R[-3]C:R[-1]C)` with the places it means: SUM(C7:C9)."""

    def named(found: re.Match[str]) -> str:
        row = int(found[1]) if found[1] else place[0] + 1 + int(found[2] or 0)
        column = int(found[3]) if found[3] else place[1] + 1 + int(found[4] or 0)
        return f"{column_letters(column)}{row}" if row > 0 and column > 0 else "#REF!"

    return _RELATIVE.sub(named, text.removeprefix("="))


def _print_areas(sheet: Element) -> Iterator[tuple[int, int, int, int]]:
    for names in children(sheet, "Names"):
        for element in children(names, "NamedRange"):
            if attribute(element, "Name") == "Print_Area":
                for found in _AREA.finditer(attribute(element, "RefersTo")):
                    top, left, bottom, right = found.groups()
                    yield (
                        int(top) - 1,
                        int(left) - 1,
                        int(bottom or top) - 1,
                        int(right or left) - 1,
                    )


def _goes_back(element: Element, before: int) -> bool:
    """Whether ss:Index names a row or a cell that stands before the one before."""
    value = attribute(element, "Index")
    return value.isdecimal() and int(value) <= before


def _field_names(root: Element) -> dict[str, dict[str, tuple[int, int]]]:
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for element in root.iter():
        name = attribute(element, "Name") if local(element) == "NamedRange" else ""
        found = _REFERS_TO.match(attribute(element, "RefersTo")) if name else None
        if found and name.startswith(FIELD_PREFIX):
            sheet = (found[1] or found[2]).replace("''", "'")
            place = (int(found[3]) - 1, int(found[4]) - 1)
            names.setdefault(sheet, {})[name.removeprefix(FIELD_PREFIX)] = place
    return names


def _visibility(sheet: Element) -> Iterator[Element]:
    for options in children(sheet, "WorksheetOptions"):
        yield from children(options, "Visible")


def _index(element: Element, following: int) -> int:
    """ss:Index, which skips rows or cells that are not written; never backwards."""
    value = attribute(element, "Index")
    return max(following, min(int(value), _MAX_INDEX)) if value.isdecimal() else following


def _count(element: Element, name: str) -> int:
    value = attribute(element, name)
    return min(int(value), _MAX_INDEX) if value.isdecimal() else 0
