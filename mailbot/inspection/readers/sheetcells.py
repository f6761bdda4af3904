"""The sheets of an xlsx as its parts have them (ECMA-376 part 1, 18.3): values, runs, formulas,
what is hidden. The first of two readers; calamine is the second (`excel`)."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from mailbot.inspection.readers.arithmetic import moved
from mailbot.inspection.readers.columns import column_number
from mailbot.inspection.readers.content import MAX_CELLS
from mailbot.inspection.readers.reformatting import reformats
from mailbot.inspection.readers.sheet import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    TWICE,
    UNKNOWN_LOOK,
    Run,
    Sheet,
    Stored,
)
from mailbot.inspection.readers.sheetstyles import Styles, names_of
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, MAYBE_SIGN
from mailbot.inspection.readers.underformat import iso_text
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ST_Xstring, 22.9.2.19
_AREA = re.compile(
    r"(?:'(?:[^']|'')+'|[^'!,]+)!\$?([A-Z]{1,3})?\$?(\d{1,7})?(?::\$?([A-Z]{1,3})?\$?(\d{1,7})?)?"
)
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_TRUE = ("1", "true", "on")

# Of a worksheet, a row and a cell what takes nothing from what is seen, or is read here (18.3.1);
# anything else leaves the cells open. Drawings and VML have their own reader (`overlaid`).
_PARTS = frozenset(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells "
    "phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins "
    "pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors "
    "smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst AlternateContent".split()
)
_ROW = frozenset(
    "r spans s customFormat ht hidden customHeight outlineLevel collapsed thickTop thickBot ph "
    "dyDescent".split()
)
_CELL = frozenset("r s t cm ph".split())
_HOLDS = frozenset(("f", "v", "is", "extLst"))
_READ = frozenset(
    "row col mergeCell sheetView sheetFormatPr conditionalFormatting tablePart".split()
)
_OF_ROOT = 2  # elements open at the start of a child of the root
_LOW, _NARROW = 6.0, 5.0  # points and characters


@dataclass(slots=True)
class BookPart:
    """A sheet of the workbook: where it lies and what the workbook says of it."""

    title: str
    part: str
    is_shown: bool
    is_sheet: bool  # and not a chart's
    print_areas: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class BookSettings:
    """What holds for every sheet."""

    date1904: bool = False
    recalculates: bool = False  # fullCalcOnLoad: every result that is saved may be an old one


def read_workbook(package: Package) -> tuple[list[BookPart], BookSettings]:
    """The sheets in their order, by way of the workbook's relationships."""
    root = package.tree("xl/workbook.xml")
    relations = package.tree("xl/_rels/workbook.xml.rels")
    targets = {
        each.get("Id"): (each.get("Target", ""), each.get("Type", ""))
        for each in (relations if relations is not None else ())
    }
    parts: list[BookPart] = []
    settings = BookSettings()
    for element in root.iter() if root is not None else ():
        match local(element):
            case "sheet":
                target, kind = targets.get(attribute(element, "id"), ("", ""))
                parts.append(
                    BookPart(
                        attribute(element, "name"),
                        target.lstrip("/") if target.startswith("/") else f"xl/{target}",
                        is_shown=attribute(element, "state") in ("", "visible"),
                        is_sheet=kind.endswith(("/worksheet", "/dialogsheet")),
                    )
                )
            case "definedName" if attribute(element, "name") == "_xlnm.Print_Area":
                index = attribute(element, "localSheetId")
                if index.isdecimal() and int(index) < len(parts):
                    parts[int(index)].print_areas.extend(_areas(element.text or ""))
            case "workbookPr":
                settings.date1904 = attribute(element, "date1904") in _TRUE
            case "calcPr":
                settings.recalculates = attribute(element, "fullCalcOnLoad") in _TRUE
    return parts, settings


def _areas(text: str) -> Iterator[tuple[int, int, int, int]]:
    for found in _AREA.finditer(text):
        left, top, right, bottom = found.groups()
        if not (left or top):
            continue
        yield (
            int(top) - 1 if top else 0,
            column_number(left) - 1 if left else 0,
            int(bottom) - 1 if bottom else int(top) - 1 if top and not right else _LAST_ROW,
            column_number(right) - 1
            if right
            else column_number(left) - 1
            if left and not bottom
            else _LAST_COLUMN,
        )


class SharedStrings:
    """The texts of a workbook, each with its runs where these are formatted apart."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self._texts: list[tuple[str, tuple[Run, ...]]] = []
        name = next(iter(package.names(r"xl/sharedStrings\.xml")), "")
        for element in _elements(package.xml.get(name, b""), "si"):
            self._texts.append(read_text(element, styles))

    def __getitem__(self, index: str) -> tuple[str, tuple[Run, ...]]:
        place = int(index) if index.isdecimal() else len(self._texts)
        return self._texts[place] if place < len(self._texts) else ("", ())


def read_text(element: Element, styles: Styles) -> tuple[str, tuple[Run, ...]]:
    """A text (18.4.8, 18.3.1.53): its whole, and its runs where there are such."""
    whole, runs = "", []
    for child in element:
        kind = local(child)
        if kind == "t":
            whole += unescaped(child.text or "")
        elif kind == "r":
            text, look = "", None
            for part in child:
                if local(part) == "t":
                    text += unescaped(part.text or "")
                elif local(part) == "rPr":
                    look = part
            font = styles.font(look)
            marks = _marks(font.doubts) if text.strip() else ""
            runs.append(
                Run(text + marks, font.struck, font.raised, font.tiny, font.colour, own=True)
                if look is not None
                else Run(text)
            )
            whole += text
    return whole, tuple(runs)


def _marks(doubts: tuple[str, ...]) -> str:
    return "".join(MAYBE_HIDDEN if one == UNKNOWN_LOOK else MAYBE_SIGN for one in doubts)


def unescaped(text: str) -> str:
    """_x000D_ and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def read_sheet(
    part: BookPart, data: bytes, styles: Styles, texts: SharedStrings, settings: BookSettings
) -> Sheet:
    """One worksheet; what is not well formed ends the reading where it stands."""
    sheet = Sheet(part.title, date1904=settings.date1904, recalculates=settings.recalculates)
    sheet.print_areas = list(part.print_areas)
    shared: dict[str, tuple[str, int, int]] = {}
    lies_under_table = False
    row = -1
    met: set[int] = set()
    for element in _elements(data, *_READ, known=_PARTS):
        match local(element):
            case "row":
                row = _row_number(element, row)
                _hide_row(sheet, element, row)
                # A row twice, or with what nobody knows: nothing in it is certain.
                strange = row in met or not names_of(element) <= _ROW
                met.add(row)
                _read_cells(sheet, element, row, styles, texts, shared, strange=strange)
                if len(sheet.cells) > MAX_CELLS:
                    break
            case "col":
                _hide_columns(sheet, element)
            case "sheetFormatPr":
                _set_defaults(sheet, element)
            case "mergeCell":
                _merge(sheet, attribute(element, "ref"))
            case "sheetView":
                sheet.hides_zeros = attribute(element, "showZeros") in ("0", "false")
                sheet.shows_formulas |= attribute(element, "showFormulas") in _TRUE
            case "conditionalFormatting":
                sheet.reformatted.extend(reformats(element, styles))
            case "tablePart":
                lies_under_table = True
            case _:
                sheet.doubts = (UNKNOWN_LOOK,)
    if lies_under_table or sheet.reformatted:
        _doubt_the_invisible(sheet)
    return sheet


def _set_defaults(sheet: Sheet, element: Element) -> None:
    """What holds for rows and columns that say nothing, where little of them would be seen."""
    height = _number(attribute(element, "defaultRowHeight"))
    width = _number(attribute(element, "defaultColWidth"))
    if height is not None and height < _LOW:
        sheet.default_height = height
    if width is not None and width < _NARROW:
        sheet.default_width = width


def _doubt_the_invisible(sheet: Sheet) -> None:
    """A table's own colours and conditional formats lie over the cell's: white may be on blue."""
    for stored in sheet.cells.values():
        style = stored.style
        if style.invisible and not style.tiny:
            doubts = (*style.doubts, "hidden_possible")
            stored.style = replace(style, invisible=False, doubts=doubts)


def _elements(data: bytes, *wanted: str, known: frozenset[str] = frozenset()) -> Iterator[Element]:
    """The elements of these names, and children of the root of other names than those `known`,
    each whole; what was read is given free again."""
    if not data:
        return
    stack: list[Element] = []
    inside = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            name = local(element)
            if event == "start":
                stack.append(element)
                strange = known and len(stack) == _OF_ROOT and name not in known
                inside += bool(name in wanted or strange)
                continue
            stack.pop()
            strange = known and len(stack) == _OF_ROOT - 1 and name not in known
            if name in wanted or strange:
                inside -= 1
                if not inside:
                    yield element
            if not inside:
                element.clear()
                if stack:
                    stack[-1].remove(element)
    except (ParseError, ValueError, LookupError):
        return


def _row_number(element: Element, before: int) -> int:
    number = attribute(element, "r")
    return min(int(number) - 1, _LAST_ROW) if number.isdecimal() and number != "0" else before + 1


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _hide_row(sheet: Sheet, element: Element, row: int) -> None:
    height = _number(attribute(element, "ht"))
    if height is not None:
        sheet.heights[row] = height
    if attribute(element, "hidden") in _TRUE or (height is not None and height < LEAST_HEIGHT):
        sheet.hidden_rows.add(row)
        if attribute(element, "outlineLevel") not in ("", "0"):
            sheet.collapsed_rows.add(row)


def _hide_columns(sheet: Sheet, element: Element) -> None:
    width = _number(attribute(element, "width"))
    first, last = attribute(element, "min"), attribute(element, "max")
    if not (first.isdecimal() and last.isdecimal()):
        return
    if width is not None:
        sheet.column_widths.append((int(first) - 1, int(last) - 1, width))
    if attribute(element, "hidden") in _TRUE or (width is not None and width < LEAST_WIDTH):
        columns = range(max(0, int(first) - 1), min(int(last), _LAST_COLUMN + 1))
        sheet.hidden_columns.update(columns)
        if attribute(element, "outlineLevel") not in ("", "0"):
            sheet.collapsed_columns.update(columns)


def _merge(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    top, bottom = _place(first), _place(last or first)
    if top and bottom and top != bottom:
        sheet.merged[top] = (max(top[0], bottom[0]), max(top[1], bottom[1]))


def _place(reference: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", reference)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def _read_cells(
    sheet: Sheet,
    element: Element,
    row: int,
    styles: Styles,
    texts: SharedStrings,
    shared: dict[str, tuple[str, int, int]],
    *,
    strange: bool,
) -> None:
    column = -1
    for cell in element:
        if local(cell) != "c":
            continue
        place = _place(attribute(cell, "r"))
        if place is None:
            place = row, column + 1
        is_astray = place[0] != row
        row, column = place
        stored = _stored(cell, styles, texts, shared, place, recalculates=sheet.recalculates)
        if stored is not None:
            if strange or is_astray or not names_of(cell) <= _CELL:
                stored.doubts += (UNKNOWN_LOOK,)
            sheet.put(place, stored)


def _stored(
    cell: Element,
    styles: Styles,
    texts: SharedStrings,
    shared: dict[str, tuple[str, int, int]],
    place: tuple[int, int],
    *,
    recalculates: bool,
) -> Stored | None:
    kind, style = attribute(cell, "t") or "n", styles[attribute(cell, "s")]
    text: str | None = None
    inline = written = None
    met = [local(child) for child in cell]
    for child in cell:
        match local(child):
            case "f":
                written = child
            case "v":
                text = child.text
            case "is":
                inline = child
    is_formula = written is not None
    calculated = bool(text) or kind == "str" or inline is not None
    wanted = recalculates or not calculated
    formula = "" if written is None else _formula(written, shared, place, wanted=wanted)
    stored = Stored(None, style, formula=formula, calculated=calculated or not is_formula)
    if not set(met) <= _HOLDS:
        stored.doubts += (UNKNOWN_LOOK,)
    if len(set(met)) < len(met) or ("v" in met and "is" in met):
        stored.doubts += (TWICE,)
    if is_formula and not formula:
        stored.formula = "?" if not calculated else ""
    if kind == "inlineStr" or (kind != "s" and inline is not None):
        if inline is not None:
            stored.value, stored.runs = read_text(inline, styles)
    elif text is None:
        return stored if is_formula and not calculated else None
    elif kind == "s":
        stored.value, stored.runs = texts[text.strip()]
    elif kind in ("str", "e"):
        stored.value = unescaped(text)
    elif kind == "b":
        stored.value = text.strip() in _TRUE
    elif kind == "d":
        stored.value, stored.is_date = iso_text(text), True
    else:
        value = _number(text)
        stored.value = text if value is None else value
    stored.runs = tuple(run.before(style.grounds) for run in stored.runs)
    return stored


def _formula(
    element: Element,
    shared: dict[str, tuple[str, int, int]],
    place: tuple[int, int],
    *,
    wanted: bool,
) -> str:
    """The formula of a cell; of one that only points to a shared one, if it is wanted."""
    text = element.text or ""
    index = attribute(element, "si")
    if attribute(element, "t") == "shared" and index:
        if text:
            shared[index] = (text, *place)
        elif index in shared and wanted:
            first, row, column = shared[index]
            text = moved(first, place[0] - row, place[1] - column)
    return text
