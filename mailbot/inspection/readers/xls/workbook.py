"""The globals of an xls ([MS-XLS] 2.1.7.20.3; BIFF5 where it differs).

Fonts, formats, styles, shared texts, and where each sheet begins.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailbot.inspection.readers.sheets.formatcode import BUILT_IN
from mailbot.inspection.readers.sheets.sheet import Style
from mailbot.inspection.readers.xls.records import records
from mailbot.inspection.readers.xls.styles import Font, Palette, read_font, read_style

_CONTINUE, BOF = 0x3C, 0x809


_DATEMODE, _CODEPAGE, _PALETTE = 0x22, 0x42, 0x92


_FONT, _FORMAT, _XF, _SST, _BOUNDSHEET = 0x31, 0x41E, 0xE0, 0xFC, 0x85


BROKEN = (struct.error, IndexError, ValueError, LookupError)


@dataclass(slots=True)
class Book:
    """What the globals of a workbook say."""

    biff8: bool = True
    encoding: str = "cp936"
    date1904: bool = False
    fonts: list[Font] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[Style] = field(default_factory=list)
    palette: Palette = field(default_factory=Palette)
    texts: list[tuple[str, tuple[tuple[int, int], ...]]] = field(default_factory=list)
    sheets: list[tuple[str, int, bool]] = field(default_factory=list)  # title, start, is shown

    def font(self, index: int) -> Font:
        """Fonts are numbered without a fourth ([MS-XLS] 2.5.129)."""
        place = index - 1 if index > 4 else index
        return self.fonts[place] if place < len(self.fonts) else Font()


def read_globals(stream: bytes) -> Book:
    """Fonts, formats, styles, shared texts and sheets."""
    book = Book()
    shared: list[bytes] = []
    raw_styles: list[bytes] = []
    previous = 0
    for kind, data in records(stream, 0):
        try:
            if kind == BOF:
                book.biff8 = struct.unpack_from("<H", data)[0] >= 0x600
            elif kind == _SST or (kind == _CONTINUE and previous == _SST):
                shared.append(data)
            elif kind == _XF:
                raw_styles.append(data)
            else:
                _read_global(book, kind, data)
        except BROKEN:
            continue
        if kind != _CONTINUE:
            previous = kind
    book.styles = [_style(book, data) for data in raw_styles]
    if shared:
        book.texts = list(_Shared(shared).texts())
    return book


def _read_global(book: Book, kind: int, data: bytes) -> None:
    if kind == _DATEMODE:
        book.date1904 = data[:1] == b"\x01"
    elif kind == _CODEPAGE:
        page = struct.unpack_from("<H", data)[0]
        book.encoding = f"cp{page}" if page not in (1200, 0x8000, 0x8001) else book.encoding
    elif kind == _FONT:
        book.fonts.append(read_font(data, text_of(book, data, 14, wide_length=False)[0]))
    elif kind == _FORMAT:
        number = struct.unpack_from("<H", data)[0]
        book.formats[number] = text_of(book, data, 2, wide_length=book.biff8)[0]
    elif kind == _PALETTE:
        book.palette.read(data)
    elif kind == _BOUNDSHEET:
        start, state, sort = struct.unpack_from("<IBB", data)
        if sort == 0:
            title = text_of(book, data, 6, wide_length=False)[0]
            book.sheets.append((title, start, not state & 3))


def _style(book: Book, data: bytes) -> Style:
    try:
        font = book.font(struct.unpack_from("<H", data)[0])
        return read_style(data, font, book.formats, book.palette, biff8=book.biff8)
    except BROKEN:
        return Style()


def text_of(book: Book, data: bytes, at: int, *, wide_length: bool) -> tuple[str, int]:
    """A string with its length before it; where it ends."""
    length = struct.unpack_from("<H" if wide_length else "<B", data, at)[0]
    at += 2 if wide_length else 1
    if not book.biff8:
        return data[at : at + length].decode(book.encoding, "replace"), at + length
    wide = data[at] & 1
    end = at + 1 + length * (2 if wide else 1)
    encoding = "utf-16-le" if wide else "latin-1"
    return data[at + 1 : end].decode(encoding, "replace"), end


class _Shared:
    """SST (2.4.265): texts that run over into CONTINUE records, where a new octet of flags may
    change the width of what is left of a text."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part = 0
        self._at = 8  # totals

    def texts(self) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
        """Each with where its runs begin and the font of each."""
        while self._part < len(self._parts):
            if self._at >= len(self._parts[self._part]):
                self._part, self._at = self._part + 1, 0
                continue
            try:
                yield self._text()
            except BROKEN:
                return

    def _text(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text = ""
        wide = flags & 1
        while True:
            part = self._parts[self._part]
            width = 2 if wide else 1
            count = min(length - len(text), (len(part) - self._at) // width)
            piece = part[self._at : self._at + count * width]
            # Halves of a surrogate pair are counted apart, so each unit is kept as one character.
            units = struct.unpack(f"<{count}{'H' if wide else 'B'}", piece)
            text += "".join(map(chr, units))
            self._at += count * width
            if len(text) >= length:
                break
            self._part, self._at = self._part + 1, 1
            wide = self._parts[self._part][0] & 1
        marks = struct.unpack(f"<{2 * runs}H", self._take(4 * runs))
        self._take(extra)
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        pairs = tuple(zip(marks[::2], marks[1::2], strict=True))
        return whole, pairs

    def _take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            part = self._parts[self._part]
            piece = part[self._at : self._at + count - len(taken)]
            taken += piece
            self._at += len(piece)
            if len(taken) < count:
                self._part, self._at = self._part + 1, 0
        return taken
