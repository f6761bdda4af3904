"""The character and paragraph runs of a Word 97-2003 file ([MS-DOC] 2.4 to 2.9), as bytes lie.

Neither library that reads .doc tells how a run is shown; here the piece table, the formatted disk
pages and the style sheet are followed as far as that takes.
"""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_PAGE = 512
_MOST_RUNS = 400_000
_COMPRESSED = 0x40000000
_OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_TABLE_DEFINITIONS = {0xD608, 0xD606}
_HUGE = {0x6645, 0x6646}
# Single properties of a piece (Prm0, 2.9.215): their numbers → the sprm they stand for.
_OF_PIECE = {0x41: 0x0800, 0x57: 0x0837, 0x5C: 0x083C, 0x62: 0x2A42, 0x68: 0x2A48, 0x73: 0x2A53}

Sprms = tuple[tuple[int, bytes], ...]


class Untold(Exception):
    """The file does not tell how its text is shown."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one look: where its octets lie in the stream, and its properties."""

    start: int
    text: str
    width: int  # octets a character
    character: Sprms
    paragraph: Sprms
    style: int  # of the paragraph


@dataclass(frozen=True, slots=True)
class Style:
    """A style's character properties, and the style it rests on (4095: none)."""

    based_on: int
    character: Sprms


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    length: int
    width: int
    extra: bytes  # properties of the piece


class WordBinary:
    """The runs and styles of one file. Raises `Untold` where its tables cannot be followed."""

    def __init__(self, main: bytes, table: bytes, data: bytes) -> None:
        self._main, self._table, self._data = main, table, data
        try:
            self._pieces = list(self._read_pieces())
            self._characters = _Runs(self._pages(0xFA, self._character_page))
            self._paragraphs = _Runs(self._pages(0x102, self._paragraph_page))
            self.styles = dict(self._read_styles())
        except (struct.error, IndexError, ValueError) as error:
            raise Untold(str(error)) from error

    def segments(self) -> Iterator[Segment]:
        """All text in reading order, cut where a look or a paragraph's properties change."""
        for piece in self._pieces:
            at, end = piece.start, piece.start + piece.length * piece.width
            end = min(end, len(self._main))
            while at < end:
                character, until = self._characters.at(at)
                paragraph, beyond = self._paragraphs.at(at)
                stop = min(end, until, beyond)
                stop = max(at + piece.width, stop - (stop - at) % piece.width)
                octets = self._main[at:stop]
                text = octets.decode("utf-16-le" if piece.width == 2 else "latin-1", "replace")
                style = struct.unpack_from("<H", paragraph)[0] if len(paragraph) > 1 else 0
                yield Segment(
                    at,
                    text,
                    piece.width,
                    (*_sprms(character), *_sprms(piece.extra)),
                    self._unfolded(_sprms(paragraph[2:])),
                    style,
                )
                at = stop

    def _place(self, at: int) -> bytes:
        """A part of the table stream, by where the header (2.5.5) keeps offset and length."""
        offset, length = struct.unpack_from("<II", self._main, at)
        if offset + length > len(self._table):
            raise ValueError("table past the end")
        return self._table[offset : offset + length]

    def _read_pieces(self) -> Iterator[_Piece]:
        clx, at, extras = self._place(0x1A2), 0, []
        while at < len(clx) and clx[at] == 1:
            size = struct.unpack_from("<h", clx, at + 1)[0]
            if size < 0:
                raise ValueError("piece properties")
            extras.append(clx[at + 3 : at + 3 + size])
            at += 3 + size
        if at >= len(clx) or clx[at] != 2:
            raise ValueError("no piece table")
        plc = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
        count = (len(plc) - 4) // 12
        ends = struct.unpack_from(f"<{count + 1}I", plc)
        for index in range(count):
            _, offset, prm = struct.unpack_from("<HIH", plc, 4 * (count + 1) + 8 * index)
            length = ends[index + 1] - ends[index]
            if length < 0:
                raise ValueError("pieces out of order")
            extra = b""
            if prm & 1:
                extra = extras[prm >> 1]
            elif (number := prm >> 1 & 0x7F) in _OF_PIECE:
                extra = struct.pack("<HB", _OF_PIECE[number], prm >> 8)
            if offset & _COMPRESSED:
                yield _Piece((offset & ~_COMPRESSED) // 2, length, 1, extra)
            else:
                yield _Piece(offset, length, 2, extra)

    def _pages(
        self, at: int, parse: Callable[[bytes, int, int], bytes]
    ) -> Iterator[tuple[int, int, bytes]]:
        plc = self._place(at)
        count = (len(plc) - 4) // 8
        if count * _PAGE > len(self._main) + _PAGE:
            raise ValueError("more pages than file")
        for number in struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)):
            start = (number & 0x3FFFFF) * _PAGE
            page = self._main[start : start + _PAGE]
            if len(page) < _PAGE:
                raise ValueError("page past the end")
            runs = page[-1]
            ends = struct.unpack_from(f"<{runs + 1}I", page)
            for index in range(runs):
                yield ends[index], ends[index + 1], parse(page, runs, index)

    @staticmethod
    def _character_page(page: bytes, runs: int, index: int) -> bytes:
        offset = 2 * page[4 * (runs + 1) + index]
        return page[offset + 1 : offset + 1 + page[offset]] if offset else b""

    @staticmethod
    def _paragraph_page(page: bytes, runs: int, index: int) -> bytes:
        offset = 2 * page[4 * (runs + 1) + 13 * index]
        if not offset:
            return b""
        if page[offset]:
            return page[offset + 1 : offset + 2 * page[offset]]
        return page[offset + 2 : offset + 2 + 2 * page[offset + 1]]

    def _unfolded(self, sprms: Sprms) -> Sprms:
        """Properties that were too long for their page lie in the Data stream (2.6.2)."""
        for code, operand in sprms:
            if code in _HUGE:
                at = struct.unpack("<I", operand)[0]
                size = int.from_bytes(self._data[at : at + 2], "little")
                return (*sprms, *_sprms(self._data[at + 2 : at + 2 + size]))
        return sprms

    def _read_styles(self) -> Iterator[tuple[int, Style]]:
        sheet = self._place(0xA2)
        header = struct.unpack_from("<H", sheet)[0]
        count, base = struct.unpack_from("<HH", sheet, 2)
        at = 2 + header
        for number in range(count):
            if at + 2 > len(sheet):
                return
            size = struct.unpack_from("<H", sheet, at)[0]
            body, at = sheet[at + 2 : at + 2 + size], at + 2 + size
            if size > base + 4:
                yield number, _style(body, base)


def _style(body: bytes, base: int) -> Style:
    kind, based_on = (
        struct.unpack_from("<H", body, 2)[0] & 15,
        struct.unpack_from("<H", body, 2)[0] >> 4,
    )
    updates = struct.unpack_from("<H", body, 4)[0] & 15
    at = base + 2 + 2 * struct.unpack_from("<H", body, base)[0] + 2
    found: list[bytes] = []
    for _ in range(min(updates, 4)):
        if at + 2 > len(body):
            break
        size = struct.unpack_from("<H", body, at)[0]
        found.append(body[at + 2 : at + 2 + size])
        at += 2 + size + size % 2
    which = {1: 1, 2: 0}.get(kind, 9)  # paragraph styles keep their own properties first
    return Style(based_on, _sprms(found[which]) if which < len(found) else ())


class _Runs:
    """Runs by file position."""

    def __init__(self, runs: Iterator[tuple[int, int, bytes]]) -> None:
        ordered = []
        for run in runs:
            ordered.append(run)
            if len(ordered) > _MOST_RUNS:
                raise ValueError("too many runs")
        ordered.sort(key=lambda run: run[0])
        self._starts = [start for start, _, _ in ordered]
        self._runs = ordered

    def at(self, position: int) -> tuple[bytes, int]:
        """The properties there, and where they end."""
        index = bisect_right(self._starts, position) - 1
        if index >= 0 and position < self._runs[index][1]:
            return self._runs[index][2], self._runs[index][1]
        following = self._starts[index + 1] if index + 1 < len(self._starts) else 1 << 32
        return b"", following


def _sprms(octets: bytes) -> Sprms:
    """Single property modifiers (2.6.1): code and operand; what is cut short ends them."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 3 <= len(octets):
        code = octets[at] | octets[at + 1] << 8
        at += 2
        size = _OPERANDS.get(code >> 13)
        if size is None:
            if code in _TABLE_DEFINITIONS:
                size = int.from_bytes(octets[at : at + 2], "little") - 1
                at += 2
            elif code == 0xC615 and octets[at] == 255:
                return tuple(found)
            else:
                size, at = octets[at], at + 1
        found.append((code, octets[at : at + size]))
        at += max(0, size)
    return tuple(found)
