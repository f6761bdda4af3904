"""BIFF workbooks ([MS-XLS]): what calamine does not tell: drawings, names, encryption, extent."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.inspection.readers.xmlparts import FIELD_PREFIX

# calamine reads all sheets at once and reserves 32 octets for each cell of their rectangles.
MAX_AREA = 8_000_000

_FILEPASS, _BOUNDSHEET, _EXTERNSHEET, _NAME = 0x2F, 0x85, 0x17, 0x18
_PRINT_AREA = "\x06"  # the built-in names have numbers for names
_CONTINUE, _DRAWING_GROUP, _DIMENSIONS, _EOF = 0x3C, 0xEB, 0x200, 0x0A
# LABELSST RK MULRK NUMBER LABEL BOOLERR FORMULA RSTRING: cells that hold something.
_CELLS = {0xFD, 0x27E, 0xBD, 0x203, 0x204, 0x205, 0x06, 0xD6}


@dataclass(slots=True)
class WorkbookScan:
    """What the records of a workbook say before it is parsed."""

    encrypted: bool = False
    impossible: bool = False  # a sheet claims more cells than the format can hold
    area: int = 0  # cells of the rectangles that hold each sheet's used cells, together
    drawings: bytes = b""  # the drawing group, its CONTINUE records joined
    names: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    externs: list[str] = field(default_factory=list)  # sheets as formulas number them
    print_areas: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)


def scan_workbook(stream: bytes) -> WorkbookScan:
    """Walks the globals and each sheet's records; whatever is broken ends that walk."""
    scan = WorkbookScan()
    drawings: list[bytes] = []
    sheets: list[tuple[str, int]] = []  # name and where its records begin
    externs: list[int] = []
    defined: list[tuple[str, bytes]] = []
    previous = 0
    for kind, data in records(stream, 0):
        if kind == _FILEPASS:
            scan.encrypted = True
        elif kind == _DRAWING_GROUP or (kind == _CONTINUE and previous == _DRAWING_GROUP):
            drawings.append(data)
        elif kind == _BOUNDSHEET and len(data) > 8:
            sheets.append((_string(data, 8, data[6], data[7]), struct.unpack_from("<I", data)[0]))
        elif kind == _EXTERNSHEET:
            whole = data[2 : 2 + (len(data) - 2) // 6 * 6]
            externs = [first for _book, first, _last in struct.iter_unpack("<HHH", whole)]
        elif kind == _NAME:
            defined.append(_name(data))
        if kind != _CONTINUE:
            previous = kind
    scan.drawings = b"".join(drawings)
    for _title, start in sheets:
        _scan_sheet(scan, stream, start)
    titles = [title for title, _start in sheets]
    scan.externs = [titles[first] if first < len(titles) else "" for first in externs]
    for name, formula in defined:
        if name == _PRINT_AREA:
            _add_print_area(scan, formula)
        _add_name(scan, name, formula, titles, externs)
    return scan


def _scan_sheet(scan: WorkbookScan, stream: bytes, start: int) -> None:
    rows = columns = 0
    for kind, data in records(stream, start):
        if kind in _CELLS and len(data) >= 4:
            row, column = struct.unpack_from("<HH", data)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS:
            scan.impossible |= _is_impossible(data)
    scan.area += rows * columns


def records(stream: bytes, position: int, *, nested: bool = False) -> Iterator[tuple[int, bytes]]:
    """The records of the substream that begins at `position`, up to its EOF.

    `nested`: EOF is given too and the walk goes on behind it, since a sheet's drawings are
    substreams within its own.
    """
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        if kind == _EOF and not nested:
            return
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _is_impossible(data: bytes) -> bool:
    """Dimensions (2.4.90) past 65,536 rows or 256 columns, or ending before they begin.

    calamine reserves what they claim; BIFF5 has 16 bits for each of the four.
    """
    if len(data) < 8:
        return False
    first, rows, left, columns = struct.unpack_from("<IIHH" if len(data) >= 12 else "<HHHH", data)
    backwards = rows > 0 and columns > 0 and (first > rows or left > columns)
    return bool(rows > 65_536 or columns > 256 or backwards)


def _name(data: bytes) -> tuple[str, bytes]:
    """Lbl (2.4.150): the name and its formula."""
    if len(data) < 15:
        return "", b""
    length, size = data[3], struct.unpack_from("<H", data, 4)[0]
    start = 15 + length * (2 if data[14] & 1 else 1)
    return _string(data, 15, length, data[14]), data[start : start + size]


def _string(data: bytes, start: int, length: int, flags: int) -> str:
    if flags & 1:
        return data[start : start + 2 * length].decode("utf-16-le", "replace")
    return data[start : start + length].decode("latin-1")


def _add_print_area(scan: WorkbookScan, formula: bytes) -> None:
    """Print_Area (2.5.114): one area, or several joined by unions."""
    at = 0
    while at < len(formula):
        if formula[at] & 0x1F == 0x1B and at + 11 <= len(formula):
            index, top, bottom, left, right = struct.unpack_from("<5H", formula, at + 1)
            if index < len(scan.externs):
                areas = scan.print_areas.setdefault(scan.externs[index], [])
                areas.append((top, left & 0x3FFF, bottom, right & 0x3FFF))
            at += 11
        else:
            at += 3 if formula[at] & 0x1F == 0x09 else 1  # PtgMemFunc before the areas


def _add_name(
    scan: WorkbookScan, name: str, formula: bytes, sheets: list[str], externs: list[int]
) -> None:
    if not name.startswith(FIELD_PREFIX) or not formula:
        return
    # PtgRef3d (2.5.198.85) or PtgArea3d (2.5.198.28): sheet by way of EXTERNSHEET, row, column.
    if formula[0] & 0x1F == 0x1A and len(formula) >= 7:
        index, row, column = struct.unpack_from("<HHH", formula, 1)
    elif formula[0] & 0x1F == 0x1B and len(formula) >= 11:
        index, row, _last, column = struct.unpack_from("<HHHH", formula, 1)
    else:
        return
    if index < len(externs) and externs[index] < len(sheets):
        sheet = scan.names.setdefault(sheets[externs[index]], {})
        sheet[name.removeprefix(FIELD_PREFIX)] = (row, column & 0x3FFF)
