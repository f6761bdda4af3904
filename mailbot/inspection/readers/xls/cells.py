"""The cells of an xls as its records have them ([MS-XLS] 2.4; BIFF5 where it differs): values,
runs of formatted text, formats, formulas, hidden rows and columns. The first of two readers;
calamine is the second (`excel`). Whatever is broken ends the walk where it stands, and what the
second reader finds beyond that is in doubt."""

import struct
from collections.abc import Sequence

from mailbot.inspection.readers.content import MAX_CELLS
from mailbot.inspection.readers.sheets.sheet import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    Run,
    Sheet,
    Stored,
    Style,
)
from mailbot.inspection.readers.shown import MAYBE_SIGN
from mailbot.inspection.readers.xls.formulas import infix
from mailbot.inspection.readers.xls.overlaid import Overlays
from mailbot.inspection.readers.xls.records import records
from mailbot.inspection.readers.xls.workbook import BOF, BROKEN, Book, text_of

_ROW, _COLINFO, _MERGED, _WINDOW2 = 0x208, 0x7D, 0xE5, 0x23E
_LABELSST, _RK, _MULRK, _NUMBER, _LABEL, _RSTRING = 0xFD, 0x27E, 0xBD, 0x203, 0x204, 0xD6
_BOOLERR, _FORMULA, _STRING, _EOF = 0x205, 0x06, 0x207, 0x0A
_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}


def read_sheet(
    book: Book,
    stream: bytes,
    title: str,
    start: int,
    externs: Sequence[str] = (),
    pictures: Sequence[bytes] = (),
) -> Sheet:
    """One sheet; `externs` are the titles that its formulas name by number, `pictures` those
    that its objects name so."""
    sheet = Sheet(title, date1904=book.date1904)
    _Walk(book, sheet, externs, pictures).read(stream, start)
    return sheet


class _Walk:
    """Follows the records of one sheet."""

    def __init__(
        self, book: Book, sheet: Sheet, externs: Sequence[str], pictures: Sequence[bytes]
    ) -> None:
        self._book = book
        self._sheet = sheet
        self._externs = externs
        self._awaits: Stored | None = None  # a formula whose text follows
        self._over = Overlays(book.palette, pictures)

    def read(self, stream: bytes, start: int) -> None:
        self._records(stream, start)
        self._over.settle(self._sheet)

    def _records(self, stream: bytes, start: int) -> None:
        depth = 0
        for kind, data in records(stream, start, nested=True):
            if kind == BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                try:
                    self._record(kind, data)
                except BROKEN:
                    continue
                if len(self._sheet.cells) > MAX_CELLS:
                    return

    def _record(self, kind: int, data: bytes) -> None:
        sheet = self._sheet
        if kind == _ROW:
            row, _first, _last, height = struct.unpack_from("<4H", data)
            flags = struct.unpack_from("<I", data, 12)[0]
            is_set = not height & 0x8000
            if is_set:
                sheet.heights[row] = height / 20
            if flags & 0x20 or (is_set and height / 20 < LEAST_HEIGHT):
                sheet.hidden_rows.add(row)
                if flags & 7:
                    sheet.collapsed_rows.add(row)
        elif kind == _COLINFO:
            first, last, width, _style_at, flags = struct.unpack_from("<5H", data)
            sheet.column_widths.append((first, last, width / 256))
            if flags & 1 or width / 256 < LEAST_WIDTH:
                columns = range(first, min(last, 255) + 1)
                sheet.hidden_columns.update(columns)
                if flags & 0x700:
                    sheet.collapsed_columns.update(columns)
        elif kind == _MERGED:
            ranges = data[2 : 2 + (len(data) - 2) // 8 * 8]
            for top, bottom, left, right in struct.iter_unpack("<4H", ranges):
                if (top, left) != (bottom, right):
                    sheet.merged[top, left] = (bottom, right)
        elif kind == _WINDOW2:
            sheet.hides_zeros = not struct.unpack_from("<H", data)[0] & 0x10
            sheet.shows_formulas = bool(struct.unpack_from("<H", data)[0] & 1)
        elif kind == _STRING and self._awaits is not None:
            self._awaits.value = text_of(self._book, data, 0, wide_length=True)[0]
            self._awaits = None
        elif not self._over.take(kind, data):
            self._cell(kind, data)

    def _cell(self, kind: int, data: bytes) -> None:
        if kind == _MULRK:
            row, column = struct.unpack_from("<HH", data)
            for at in range(4, len(data) - 2, 6):
                style, packed = struct.unpack_from("<HI", data, at)
                self._put(row, column, style, Stored(_unpacked(packed)))
                column += 1
            return
        if kind not in (_LABELSST, _RK, _NUMBER, _LABEL, _RSTRING, _BOOLERR, _FORMULA):
            return
        row, column, style = struct.unpack_from("<3H", data)
        if kind == _LABELSST:
            text, marks = self._book.texts[struct.unpack_from("<I", data, 6)[0]]
            stored = Stored(text, runs=self._runs(text, marks, style))
        elif kind == _RK:
            stored = Stored(_unpacked(struct.unpack_from("<I", data, 6)[0]))
        elif kind == _NUMBER:
            stored = Stored(struct.unpack_from("<d", data, 6)[0])
        elif kind in (_LABEL, _RSTRING):
            text, end = text_of(self._book, data, 6, wide_length=True)
            marks = self._marks(data, end) if kind == _RSTRING else ()
            stored = Stored(text, runs=self._runs(text, marks, style))
        elif kind == _BOOLERR:
            value, is_error = data[6], data[7]
            stored = Stored(_ERRORS.get(value, "#N/A") if is_error else bool(value))
        else:
            stored = self._formula(data)
        self._put(row, column, style, stored)

    def _put(self, row: int, column: int, style: int, stored: Stored) -> None:
        styles = self._book.styles
        stored.style = styles[style] if style < len(styles) else Style()
        self._sheet.put((row, column), stored)

    def _marks(self, data: bytes, at: int) -> tuple[tuple[int, int], ...]:
        if self._book.biff8:
            count = struct.unpack_from("<H", data, at)[0]
            numbers = struct.unpack_from(f"<{2 * count}H", data, at + 2)
        else:
            count = data[at]
            numbers = struct.unpack_from(f"<{2 * count}B", data, at + 1)
        return tuple(zip(numbers[::2], numbers[1::2], strict=True))

    def _runs(self, text: str, marks: Sequence[tuple[int, int]], style: int) -> tuple[Run, ...]:
        if not marks:
            return ()
        styles = self._book.styles
        grounds = (styles[style] if style < len(styles) else Style()).grounds
        units = text.encode("utf-16-le")
        runs = [Run(units[: 2 * marks[0][0]].decode("utf-16-le", "replace"))]
        ends = [first for first, _ in marks[1:]] + [len(units) // 2]
        for (first, font_at), end in zip(marks, ends, strict=True):
            font = self._book.font(font_at)
            piece = units[2 * first : 2 * end].decode("utf-16-le", "replace")
            ink = self._book.palette.colour(font.colour)
            if font.doubts and piece.strip():
                piece += MAYBE_SIGN
            look = Run(piece, font.struck, font.raised, font.tiny, ink, own=True)
            runs.append(look.before(grounds))
        return tuple(run for run in runs if run.text)

    def _formula(self, data: bytes) -> Stored:
        result, flags = data[6:14], struct.unpack_from("<H", data, 14)[0]
        size = struct.unpack_from("<H", data, 20)[0]
        tokens = data[22 : 22 + size]
        stored = Stored(None)
        # PtgExp points to a formula that cells share; who writes such has calculated it.
        stored.formula = infix(tokens, self._externs) or "?"
        if result[6:8] != b"\xff\xff":
            stored.value = struct.unpack("<d", result)[0]
        elif result[0] == 0:
            self._awaits = stored
            stored.value = ""
        elif result[0] == 1:
            stored.value = bool(result[2])
        elif result[0] == 2:
            stored.value = _ERRORS.get(result[2], "#N/A")
        else:
            stored.value = ""
            stored.calculated = not flags & 1
        return stored


def doubt_bare_formulas(sheets: Sequence[Sheet]) -> None:
    """Where no formula of a workbook has a result but the empty text, none was calculated: xlwt
    writes such, and Excel only where a formula gave no text."""
    formulas = [each for sheet in sheets for each in sheet.cells.values() if each.formula]
    if formulas and all(each.value == "" for each in formulas):
        for each in formulas:
            each.calculated = False


def _unpacked(packed: int) -> float:
    """RK (2.5.218): 30 bits of a double or of an integer, perhaps times a hundred."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value
