"""HTML, also as Excel and Word save it and as web systems export it under .xls and .doc.

Why the tokens are our own: `formats.text.markup`. The libraries that read tables of HTML give
nothing of what stands between them.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.formats.text.charsets import decode_text
from mailbot.formats.text.markup import Token, parse_markup
from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits
from mailbot.inspection.readers.pictures import is_picture
from mailbot.inspection.readers.plaintext import read_octets
from mailbot.model import Cell

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BLANKS = re.compile("[ \t\r\n\f\xa0]+")
_BLOCKS = frozenset(
    "p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr center pre blockquote address section "
    "article header footer form fieldset tr table body".split()
)
_MAX_SPAN = 1_000
_MAX_DEPTH = 50


@dataclass(slots=True)
class _Table:
    """A table being read: its finished cells, the cell that is open, what rows above reach down."""

    cells: list[Cell] = field(default_factory=list)
    row: int = -1
    column: int = 0
    reach: dict[int, int] = field(default_factory=dict)  # column → first row that is free again
    spans: tuple[int, int] | None = None  # of the open cell
    lines: list[str] = field(default_factory=lambda: [""])  # of the open cell
    nested: list["_Table"] = field(default_factory=list)

    def open_row(self) -> None:
        self.close_cell()
        self.row, self.column = self.row + 1, 0

    def open_cell(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        self.row = max(self.row, 0)
        self.spans = _span(attributes, "rowspan"), _span(attributes, "colspan")

    def close_cell(self) -> None:
        if self.spans is None:
            return
        rows, columns = self.spans
        while self.reach.get(self.column, 0) > self.row:
            self.column += 1
        if len(self.cells) <= MAX_CELLS:
            text = "\n".join(map(_squeeze, self.lines)).strip("\n")
            self.cells.append(Cell(text, self.row, self.column, rows, columns))
        for column in range(self.column, self.column + columns):
            self.reach[column] = self.row + rows
        self.column += columns
        self.spans, self.lines = None, [""]


def read_file(path: Path, limits: Limits) -> Document:
    """A paragraph a block outside tables; nested tables are grids of their own."""
    draft = Draft(limits)
    add_page(read_octets(path, draft), draft)
    return draft.finish()


def add_page(data: bytes, draft: Draft, charset: str = "") -> None:
    """A page's blocks and tables; `charset` is what stands beside it, its own word goes first."""
    found = _CHARSET.search(data[:4096])
    _Reader(draft).read(decode_text(data, found[1].decode("ascii") if found else charset))


class _Reader:
    """Follows the tags of one page."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._open: list[_Table] = []
        self._line = ""
        self._in_title = False

    def read(self, source: str) -> None:
        for token in parse_markup(source):
            if token.tag:
                self._tag(token)
            else:
                self._text(token.text)
        while self._open:
            self._close_table()
        self._break()

    def _text(self, text: str) -> None:
        if self._in_title:
            if text.strip():
                self._draft.facts["title"] = _squeeze(text)[:200]
        elif self._open:
            # Text between cells is shown above the table; nobody writes it on purpose.
            if self._open[-1].spans is not None:
                self._open[-1].lines[-1] += text
        else:
            self._line += text

    def _tag(self, token: Token) -> None:
        name = token.tag.lstrip("/")
        closing = token.tag.startswith("/")
        if name == "title":
            self._in_title = not closing
        elif name == "table":
            if closing:
                self._close_table()
            elif len(self._open) < _MAX_DEPTH:
                self._break()
                self._open.append(_Table())
        elif self._open and name in ("tr", "td", "th"):
            self._table_tag(self._open[-1], name, closing, token.attributes)
        elif name == "img":
            self._picture(token.attributes.get("src", ""))
        elif name in _BLOCKS:
            self._break()

    @staticmethod
    def _table_tag(table: _Table, name: str, closing: bool, attributes: dict[str, str]) -> None:
        if closing:
            table.close_cell()
        elif name == "tr":
            table.open_row()
        else:
            table.open_cell(attributes)

    def _break(self) -> None:
        if self._open:
            if self._open[-1].spans is not None and self._open[-1].lines[-1].strip():
                self._open[-1].lines.append("")
        else:
            self._draft.add_paragraph(_squeeze(self._line))
            self._line = ""

    def _close_table(self) -> None:
        if not self._open:
            return
        table = self._open.pop()
        table.close_cell()
        if self._open and self._open[-1].spans is not None:
            self._open[-1].nested.append(table)
        else:
            self._add(table)

    def _add(self, table: _Table) -> None:
        if table.cells:
            self._draft.add_table(table.cells)
        for nested in table.nested:
            self._add(nested)

    def _picture(self, source: str) -> None:
        if not source.lower().startswith("data:image/"):
            return  # what lies elsewhere is never fetched
        try:
            data = base64.b64decode(source.partition(",")[2])
        except (binascii.Error, ValueError):
            return
        if is_picture(data):
            self._draft.add_picture(f"图{len(self._draft.pictures) + 1}", data)


def _squeeze(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


def _span(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1").strip()
    return min(max(1, int(value)), _MAX_SPAN) if value.isdecimal() else 1
