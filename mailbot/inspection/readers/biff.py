"""BIFF workbooks ([MS-XLS]): what calamine does not tell: drawings, names, encryption, extent."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.inspection.readers.xmlparts import FIELD_PREFIX

# calamine reads all sheets at once and reserves 32 octets for each cell of their rectangles.
MAX_AREA = 8_000_000

_FILEPASS, _BOUNDSHEET, _EXTERNSHEET, _NAME = 0x2F, 0x85, 0x17, 0x18
_CONTINUE, _DRAWING_GROUP, _BOF, _DIMENSIONS = 0x3C, 0xEB, 0x809, 0x200
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


def scan_workbook(stream: bytes) -> WorkbookScan:
    """Walks the records once; whatever is broken ends the walk."""
    scan = WorkbookScan()
    drawings: list[bytes] = []
    sheets: list[str] = []
    externs: list[int] = []
    defined: list[tuple[str, bytes]] = []
    rows = columns = 0
    previous = 0
    for kind, data in _records(stream):
        if kind == _FILEPASS:
            scan.encrypted = True
            break
        if kind == _DRAWING_GROUP or (kind == _CONTINUE and previous == _DRAWING_GROUP):
            drawings.append(data)
        elif kind == _BOF:
            scan.area, rows, columns = scan.area + rows * columns, 0, 0
        elif kind in _CELLS and len(data) >= 4:
            row, column = struct.unpack_from("<HH", data)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS:
            scan.impossible |= _is_impossible(data)
        elif kind == _BOUNDSHEET:
            sheets.append(_sheet_name(data))
        elif kind == _EXTERNSHEET:
            externs = [
                first
                for _book, first, _last in struct.iter_unpack(
                    "<HHH", data[2:][: (len(data) - 2) // 6 * 6]
                )
            ]
        elif kind == _NAME:
            defined.append(_name(data))
        if kind != _CONTINUE:
            previous = kind
    scan.area += rows * columns
    scan.drawings = b"".join(drawings)
    for name, formula in defined:
        _add_name(scan, name, formula, sheets, externs)
    return scan


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _is_impossible(data: bytes) -> bool:
    """Dimensions (2.4.90) past 65,536 rows or 256 columns: calamine reserves what they claim."""
    if len(data) < 12:
        return len(data) >= 8 and struct.unpack_from("<H", data, 6)[0] > 256  # BIFF5
    _first, rows, _left, columns = struct.unpack_from("<IIHH", data)
    return bool(rows > 65_536 or columns > 256)


def _sheet_name(data: bytes) -> str:
    """BoundSheet8 (2.4.28): a short string after six octets."""
    return _string(data, 8, data[6], data[7]) if len(data) > 8 else ""


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
