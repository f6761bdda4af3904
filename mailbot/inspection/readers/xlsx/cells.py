"""The sheets of an xlsx as its parts have them (ECMA-376 part 1, 18.3): values, runs, formulas,
what is hidden. The first of two readers; calamine is the second (`excel`)."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import MAX_CELLS
from mailbot.inspection.readers.sheets.arithmetic import moved
from mailbot.inspection.readers.sheets.columns import column_number
from mailbot.inspection.readers.sheets.sheet import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    TWICE,
    UNKNOWN_LOOK,
    Sheet,
    Stored,
)
from mailbot.inspection.readers.sheets.underformat import iso_text
from mailbot.inspection.readers.xlsx.elements import elements
from mailbot.inspection.readers.xlsx.reformatting import reformats
from mailbot.inspection.readers.xlsx.styles import Styles, names_of
from mailbot.inspection.readers.xlsx.texts import SharedStrings, read_text, unescaped
from mailbot.inspection.readers.xlsx.workbook import (
    LAST_COLUMN,
    LAST_ROW,
    TRUE,
    BookPart,
    BookSettings,
)
from mailbot.inspection.readers.xmlparts import attribute, local

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
_LOW, _NARROW = 6.0, 5.0  # points and characters


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
    for element in elements(data, *_READ, known=_PARTS):
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
                sheet.shows_formulas |= attribute(element, "showFormulas") in TRUE
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


def _row_number(element: Element, before: int) -> int:
    number = attribute(element, "r")
    return min(int(number) - 1, LAST_ROW) if number.isdecimal() and number != "0" else before + 1


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _hide_row(sheet: Sheet, element: Element, row: int) -> None:
    height = _number(attribute(element, "ht"))
    if height is not None:
        sheet.heights[row] = height
    if attribute(element, "hidden") in TRUE or (height is not None and height < LEAST_HEIGHT):
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
    if attribute(element, "hidden") in TRUE or (width is not None and width < LEAST_WIDTH):
        columns = range(max(0, int(first) - 1), min(int(last), LAST_COLUMN + 1))
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
        stored.value = text.strip() in TRUE
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
