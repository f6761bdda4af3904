"""What lies over the cells of an xls and what may change their look: conditional formats ([MS-XLS]
2.4.56, 2.4.42) and objects (2.4.170, 2.4.181; [MS-ODRAW] for where they lie).

Of an object whose place is not found every cell of the sheet is in doubt.
"""

import struct
from collections.abc import Iterator, Sequence

from mailbot.inspection.readers.pictures import carve
from mailbot.inspection.readers.sheets.colours import Colour
from mailbot.inspection.readers.sheets.sheet import Rectangle, Reformat, Sheet
from mailbot.inspection.readers.xls.styles import Palette, grounds_of
from mailbot.inspection.readers.xlsx.overlaid import Places, edges, opaque_areas

_CONDFMT, _CF, _CONDFMT12, _CF12 = 0x1B0, 0x1B1, 0x879, 0x87A
_DRAWING, _OBJ, _NOTE, _TXO = 0xEC, 0x5D, 0x1C, 0x1B6
_GROUP, _LINE, _BUTTON_OF_FILTER, _COMMENT = 0, 1, 0x14, 0x19
_PICTURE, _RECTANGLE, _OVAL, _SHAPE = 8, 2, 3, 0x1E
_FRAMES = (1, 2, 3)  # shapes: rectangle, with round corners, ellipse
_CLIENT_ANCHOR, _CHILD_ANCHOR, _PROPERTIES = 0xF010, 0xF00F, 0xF00B
_FILLED, _BLIP = 0x01BF, 0x0104
_STORE_ENTRY = 0xF007
_PEN = 5.0
_DEEPEST = 8
_Cells = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]


class Overlays:
    """Gathers them record by record; `settle` writes them into the sheet."""

    def __init__(self, palette: Palette, pictures: Sequence[bytes]) -> None:
        self._palette = palette
        self._pictures = pictures
        self._areas: list[Rectangle] = []  # of the conditional format being read
        self._reformats: list[Reformat] = []
        self._drawn: bytes | None = None  # the drawing of the object that follows
        self._objects: list[tuple[int, int, bytes]] = []  # kind, number, drawing
        self._shown_notes: set[int] = set()
        self._written: set[int] = set()  # objects with a text, by their place in the list

    def take(self, kind: int, data: bytes) -> bool:
        """Whether the record was one of these."""
        if kind in (_CONDFMT, _CONDFMT12):
            self._areas = list(_areas(data, 12 if kind == _CONDFMT else 24))
            if kind == _CONDFMT12:
                self._reformats += [Reformat(area, changes=True) for area in self._areas]
        elif kind == _CF:
            changes, inks, grounds = _changes(data, self._palette)
            self._reformats += [Reformat(area, changes, inks, grounds) for area in self._areas]
        elif kind == _DRAWING:
            self._drawn = (self._drawn or b"") + data
        elif kind == _OBJ:
            sort, number = struct.unpack_from("<HH", data, 4)
            self._objects.append((sort, number, self._drawn or b""))
            self._drawn = None
        elif kind == _TXO:
            length = struct.unpack_from("<H", data, 10)[0]
            if length and self._objects:
                self._written.add(len(self._objects) - 1)
            self._drawn = None
        elif kind == _NOTE:
            flags, number = struct.unpack_from("<HH", data, 4)
            if flags & 2:
                self._shown_notes.add(number)
        else:
            return False
        return True

    def settle(self, sheet: Sheet) -> None:
        """The areas that are covered or reformatted, when the whole sheet is read."""
        sheet.reformatted.extend(self._reformats)
        places = None
        for index, (sort, number, drawn) in enumerate(self._objects):
            if sort == _BUTTON_OF_FILTER or (sort == _COMMENT and number not in self._shown_notes):
                continue
            properties = dict(_properties(drawn))
            filled = properties.get(_FILLED, 0x10)
            is_frame = sort in (_RECTANGLE, _OVAL) or (sort == _SHAPE and _shape(drawn) in _FRAMES)
            is_frame &= filled & 0x100010 == 0x100000
            if is_frame and index not in self._written:
                continue
            anchors = list(_anchors(drawn))
            if not anchors and sort != _GROUP:
                children = any(kind == _CHILD_ANCHOR for kind, _ in _art(drawn))
                if not children:  # those of a group lie within the group's own
                    sheet.doubts = ("pictured_over",)
                continue
            places = places or _places(sheet)
            for anchor in anchors:
                box = _box(anchor, places, pen=_PEN if sort == _LINE else 0.0)
                area = places.under(box)
                picture = self._picture(properties.get(_BLIP, 0)) if sort == _PICTURE else b""
                if area is not None and picture:
                    sheet.covered.extend(opaque_areas(picture, area, places, box))
                elif area is not None:
                    sheet.covered.append(area)

    def _picture(self, number: int) -> bytes:
        """A picture by its number in the workbook's store; b"" where there is none."""
        return self._pictures[number - 1] if 0 < number <= len(self._pictures) else b""


def stored_pictures(drawings: bytes) -> list[bytes]:
    """The pictures of the drawing group in the order of its store; b"" for a metafile."""
    return [next(carve(body), b"") for kind, body in _art(drawings) if kind == _STORE_ENTRY]


def _areas(data: bytes, at: int) -> Iterator[Rectangle]:
    """SqRefU (2.5.248)."""
    count = struct.unpack_from("<H", data, at)[0]
    whole = data[at + 2 : at + 2 + 8 * count]
    for top, bottom, left, right in struct.iter_unpack("<4H", whole[: len(whole) // 8 * 8]):
        yield top, left, bottom, right


def _changes(
    data: bytes, palette: Palette
) -> tuple[bool, tuple[Colour | None, ...], tuple[tuple[Colour | None, ...], ...]]:
    """CF and its DXFN (2.5.91): whether it changes the text, its ink, what it puts behind."""
    flags = struct.unpack_from("<I", data, 6)[0]
    at = 12
    changes = bool(flags & 1 << 25)  # a number format
    inks: tuple[Colour | None, ...] = ()
    grounds: tuple[tuple[Colour | None, ...], ...] = ()
    if changes:
        return True, inks, grounds
    if flags & 1 << 26:
        style, unset = struct.unpack_from("<I", data, at + 68)[0], data[at + 88]
        changes = bool(style & 0x80 and not unset & 0x80)
        ink = struct.unpack_from("<I", data, at + 80)[0]
        if ink != 0xFFFFFFFF:
            inks = (palette.colour(ink),)
        at += 118
    at += 8 * bool(flags & 1 << 27) + 8 * bool(flags & 1 << 28)
    if flags & 1 << 29:
        pattern, colours = struct.unpack_from("<HH", data, at)
        over, under = (palette.colour(one) for one in (colours & 0x7F, colours >> 7 & 0x7F))
        number = pattern >> 10
        # A solid fill of a differential format has its colour in the ground's place.
        grounds = ((under,),) if number <= 1 else (grounds_of(number, over, under),)
    return changes, inks, grounds


def _shape(drawn: bytes) -> int:
    """The number of a shape's kind, which is the instance of its record (FSP, 2.2.40)."""
    at = drawn.find(b"\x0a\xf0\x08\x00\x00\x00")
    return struct.unpack_from("<H", drawn, at - 2)[0] >> 4 if at >= 2 else -1


def _art(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """The records of a drawing ([MS-ODRAW] 2.2.1), out of those that hold others."""
    at = 0
    while at + 8 <= len(data):
        version, kind, length = struct.unpack_from("<HHI", data, at)
        body = data[at + 8 : at + 8 + length]
        if version & 0x0F == 0x0F:
            if depth < _DEEPEST:
                yield from _art(body, depth + 1)
        else:
            yield kind, body
        at += 8 + length


def _anchors(drawn: bytes) -> Iterator[_Cells]:
    for kind, body in _art(drawn):
        if kind == _CLIENT_ANCHOR and len(body) >= 18:
            left, dx, top, dy, right, ex, bottom, ey = struct.unpack_from("<8H", body, 2)
            yield (left, dx), (top, dy), (right, ex), (bottom, ey)


def _properties(drawn: bytes) -> Iterator[tuple[int, int]]:
    for kind, body in _art(drawn):
        if kind == _PROPERTIES:
            for number, value in struct.iter_unpack("<HI", body[: len(body) // 6 * 6]):
                yield number & 0x3FFF, value


def _places(sheet: Sheet) -> Places:
    """Rows in points; columns in characters of their width."""
    heights = sheet.heights | dict.fromkeys(sheet.hidden_rows, 0.0)
    widths = dict(sheet.widths(256)) | dict.fromkeys(sheet.hidden_columns, 0.0)
    return Places(edges(heights, 14.0), edges(widths, 9.0))


def _box(anchor: _Cells, places: Places, *, pen: float) -> tuple[float, float, float, float]:
    """1024ths of a column's width, 256ths of a row's height (OfficeArtClientAnchorSheet)."""
    (left, dx), (top, dy), (right, ex), (bottom, ey) = anchor

    def along(lines: list[float], place: int, share: float) -> float:
        place = min(place, len(lines) - 2)
        return lines[place] + (lines[place + 1] - lines[place]) * min(1.0, share)

    across, down = list(places.across), list(places.down)
    return (
        along(across, left, dx / 1024),
        along(down, top, dy / 256) - pen,
        along(across, right, ex / 1024),
        along(down, bottom, ey / 256) + pen,
    )
