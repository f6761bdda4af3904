"""What calamine must not meet or does not tell of an xlsx: far cells, bare formulas, names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.inspection.readers.sheets.columns import column_letters, column_number
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, local
from mailbot.inspection.readers.zipguard import Package

# Cells of the rectangle calamine reserves (32 octets each) a sheet.
MAX_AREA = 2_000_000
# A sheet within these bounds is read whole; of a larger one, what lies outside them is left out.
MAX_ROWS, MAX_COLUMNS = 20_000, 100
_MAX_UNCOMPUTED = 100

# [^<>] and not [^>]: what is never closed would be searched to the end again and again.
_TOKEN = re.compile(rb"<(/?)(?:\w+:)?(row|c|v|is|f)\b([^<>]*)>")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_TEXT_RESULT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_LOCAL_NAME = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(slots=True)
class SheetScan:
    """What was found in the sheets of a workbook before it is parsed."""

    replaced: dict[str, bytes] = field(default_factory=dict)  # parts without their far cells
    far_cells: list[str] = field(default_factory=list)  # "统计表 XFD1048576", first of each sheet
    uncomputed: list[str] = field(default_factory=list)  # "统计表 C5": a formula without a value


@dataclass(slots=True)
class _SheetCell:
    row: int
    column: int
    start: int  # octets
    end: int = 0
    has_value: bool = False
    has_formula: bool = False

    @property
    def address(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


def scan_sheets(package: Package) -> SheetScan:
    """Looks at every sheet's cells; those of an over-large sheet that lie far out are cut."""
    scan = SheetScan()
    titles = _sheet_titles(package)
    for name in package.names(r"xl/worksheets/[^/]+\.xml"):
        data, title = package.xml[name], titles.get(name, name)
        far: list[_SheetCell] = []
        rows = columns = 0
        for cell in _sheet_cells(data):
            if not cell.has_value:
                if cell.has_formula and len(scan.uncomputed) < _MAX_UNCOMPUTED:
                    scan.uncomputed.append(f"{title} {cell.address}")
                continue
            rows, columns = max(rows, cell.row), max(columns, cell.column)
            if cell.row > MAX_ROWS or cell.column > MAX_COLUMNS:
                far.append(cell)
        if far and rows * columns > MAX_AREA:
            scan.far_cells.append(f"{title} {far[0].address}")
            scan.replaced[name] = _without(data, far)
    return scan


def _sheet_cells(data: bytes) -> Iterator[_SheetCell]:
    """Every cell of a sheet; rows and cells without a reference follow the one before."""
    row = column = 0
    cell: _SheetCell | None = None
    for token in _TOKEN.finditer(data):
        closing, kind, attributes = token.groups()
        opened_only = not closing and not attributes.endswith(b"/")
        if kind == b"c" and cell is not None:
            cell.end = token.end() if closing else token.start()
            yield cell
            cell = None
        if closing:
            continue
        if kind in (b"row", b"c"):
            reference = _REFERENCE.search(attributes)
            if kind == b"row":
                row, column = int(reference[2]) if reference else row + 1, 0
            else:
                if reference:
                    row, column = int(reference[2]), column_number(reference[1].decode())
                else:
                    column += 1
                if opened_only:
                    # A formula that gave no text (=IF(A1="","",…)) is computed all the same.
                    is_text = _TEXT_RESULT.search(attributes) is not None
                    cell = _SheetCell(row, column, token.start(), has_value=is_text)
        elif cell is not None:
            cell.has_formula |= kind == b"f"
            # openpyxl and POI leave <v></v> behind a formula they have not computed.
            empty = kind == b"v" and data[token.end() : token.end() + 1] == b"<"
            cell.has_value |= kind != b"f" and opened_only and not empty


def _without(data: bytes, cells: list[_SheetCell]) -> bytes:
    kept: list[bytes] = []
    position = 0
    for cell in cells:
        kept.append(data[position : cell.start])
        position = cell.end
    return b"".join((*kept, data[position:]))


def _sheet_titles(package: Package) -> dict[str, str]:
    """Part → name of the sheet, by way of the workbook's relationships."""
    workbook = package.tree("xl/workbook.xml")
    relations = package.tree("xl/_rels/workbook.xml.rels")
    targets = (
        {each.get("Id"): each.get("Target", "") for each in relations}
        if relations is not None
        else {}
    )
    titles: dict[str, str] = {}
    for element in workbook.iter() if workbook is not None else ():
        if local(element) == "sheet":
            target = targets.get(attribute(element, "id"), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            titles[part] = attribute(element, "name")
    return titles


def read_names(package: Package) -> dict[str, dict[str, tuple[int, int]]]:
    """Sheet → field → (row, column), from the defined names `mb.<field>` of our own blank form."""
    root = package.tree("xl/workbook.xml")
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for element in root.iter() if root is not None else ():
        name = attribute(element, "name")
        if local(element) == "definedName" and name.startswith(FIELD_PREFIX):
            target = parse_reference(element.text or "")
            if target:
                sheet, row, column = target
                names.setdefault(sheet, {})[name.removeprefix(FIELD_PREFIX)] = (row, column)
    return names


def parse_reference(text: str) -> tuple[str, int, int] | None:
    """`'统计表'!$C$5` (or a range, of which the first cell counts) → sheet, row, column from 0."""
    match = _LOCAL_NAME.match(text.strip())
    if not match:
        return None
    sheet = (match[1] or match[2]).replace("''", "'")
    return sheet, int(match[4]) - 1, column_number(match[3]) - 1
