"""HTML, also as Excel and Word save it and as web systems export it under .xls and .doc.

Why the tokens are our own: `formats.text.markup`. The libraries that read tables of HTML give
nothing of what stands between them.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailbot.formats.text.charsets import decode_text
from mailbot.formats.text.markup import parse_markup
from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits
from mailbot.inspection.readers.html.elements import Elements
from mailbot.inspection.readers.html.head import has_far_sheet, own_sheets, runs_by_itself
from mailbot.inspection.readers.html.look import PLAIN, Look, is_hidden_column
from mailbot.inspection.readers.html.stylesheet import Sheet
from mailbot.inspection.readers.pictures import is_picture
from mailbot.inspection.readers.plaintext import read_octets
from mailbot.inspection.readers.shown import (
    LEVEL,
    MAYBE_HIDDEN,
    MAYBE_SIGN,
    RAISED,
    beside_table,
    settle_raised,
    settle_signs,
    split_doubts,
)
from mailbot.model import Cell

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BLANKS = re.compile("[ \t\r\n\f\xa0]+")
_BLOCKS = frozenset(
    "p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr center pre blockquote address section "
    "article header footer form fieldset tr table body".split()
)
_ENTRIES = frozenset("text number tel date month email search url".split())
_THINGS = frozenset("img iframe object embed video canvas svg applet".split())
# Where Excel (of 2000) and LibreOffice keep a cell's value in the pages they write.
_KEPT = ("x:num", "x:str", "sdval")
_DIGIT = re.compile(r"[0-9０-９]")
_FIGURE = re.compile(r"^\W*[0-9０-９][0-9０-９.,，\s]*(?:万|亿)?(?:元|次|场|人|人次)?\W*$")
_MAX_SPAN = 1_000
_MAX_DEPTH = 50
_MAX_INSIDE = 1_000


@dataclass(slots=True)
class _Table:
    """A table being read: its finished cells, the cell that is open, what rows above reach down."""

    cells: list[Cell] = field(default_factory=list)
    row: int = -1
    column: int = 0
    reach: dict[int, int] = field(default_factory=dict)  # column → first row that is free again
    spans: tuple[int, int] | None = None  # of the open cell
    lines: list[str] = field(default_factory=lambda: [""])  # of the open cell
    look: Look = PLAIN  # of the open cell
    kept: str = ""  # what Excel or LibreOffice takes for the open cell's value
    has_thing: bool = False  # the open cell holds a picture or another thing that is no text
    hidden_columns: set[int] = field(default_factory=set)
    next_column: int = 0  # that a `col` describes
    nested: list["_Table"] = field(default_factory=list)
    inside: str = ""  # what the tables within the open cell say

    def open_row(self) -> None:
        self.close_cell()
        self.row, self.column = self.row + 1, 0

    def open_cell(self, attributes: dict[str, str], look: Look) -> None:
        self.close_cell()
        self.look, self.has_thing = look, False
        self.kept = next((attributes[name] for name in _KEPT if attributes.get(name)), "")
        self.row = max(self.row, 0)
        self.spans = _span(attributes, "rowspan"), _span(attributes, "colspan")

    def close_cell(self) -> None:
        if self.spans is None:
            return
        rows, columns = self.spans
        while self.reach.get(self.column, 0) > self.row:
            self.column += 1
        if len(self.cells) <= MAX_CELLS:
            text = "\n".join(map(_squeeze, map(settle_raised, self.lines))).strip("\n")
            text = beside_table(settle_signs(text), self.inside)
            if self.has_thing and _FIGURE.search(text):
                text += MAYBE_HIDDEN
            covered = set(range(self.column, self.column + columns))
            if not covered <= self.hidden_columns:
                self.cells.append(self._cell(text, rows, columns))
        for column in range(self.column, self.column + columns):
            self.reach[column] = self.row + rows
        self.column += columns
        self.spans, self.lines, self.inside = None, [""], ""

    def _cell(self, text: str, rows: int, columns: int) -> Cell:
        cell = Cell(text, self.row, self.column, rows, columns)
        shown = split_doubts(text)[0].strip()
        if self.look.is_reformatted and _number(shown) is not None:
            return replace(cell, doubts=("format_unknown",))
        if self.kept and not _is_same(shown, self.kept):
            return replace(cell, doubts=("stored_differs",), stored=self.kept)
        return cell


def read_file(path: Path, limits: Limits) -> Document:
    """A paragraph a block outside tables; nested tables are grids of their own."""
    draft = Draft(limits)
    add_page(read_octets(path, draft), draft)
    return draft.finish()


def add_page(data: bytes, draft: Draft, charset: str = "", sheets: Iterable[str] = ()) -> None:
    """A page's blocks and tables; `charset` is what stands beside it, its own word goes first.

    `sheets`: the style sheets that lie beside the page.
    """
    found = _CHARSET.search(data[:4096])
    source = decode_text(data, found[1].decode("ascii") if found else charset)
    sheet = Sheet()
    beside = tuple(sheets)
    for each in (*beside, *own_sheets(source)):
        sheet.add(each)
    sheet.is_untold |= not beside and has_far_sheet(source)
    reader = _Reader(draft, sheet)
    reader.read(source)
    if sheet.is_untold or reader.is_covered():
        draft.doubt_all("hidden_possible")


class _Reader:
    """Follows the tags of one page."""

    def __init__(self, draft: Draft, sheet: Sheet) -> None:
        self._draft = draft
        self._elements = Elements(sheet)
        self._open: list[_Table] = []
        self._line = ""
        self._in_title = False
        self._planes: set[int] = set()
        self._ordered = 0
        self._is_run = False  # something in it may change it as it opens

    def is_covered(self) -> bool:
        """Whether something of the page may lie over another, or be written by a script."""
        return len(self._planes) > 1 or self._is_run

    def read(self, source: str) -> None:
        for token in parse_markup(source):
            if not token.tag:
                self._text(token.text)
            elif not token.tag.startswith("/"):
                look = self._elements.open(token.tag, token.attributes)
                self._is_run |= runs_by_itself(token)
                self._opened(token.tag, token.attributes, look)
            else:
                look = self._elements.close(token.tag[1:])
                if not look.is_hidden:
                    self._closed(token.tag[1:], look)
        while self._open:
            self._close_table()
        self._break()

    def _text(self, text: str, look: Look | None = None) -> None:
        if self._in_title:
            if text.strip():
                self._draft.facts["title"] = _squeeze(text)[:200]
            return
        look = look or self._elements.look
        if look.is_hidden:
            return
        if look.is_unseen:
            text = MAYBE_HIDDEN if look.is_untold and text.strip() else ""
        elif text.strip():
            self._planes.add(look.plane)
            if look.is_pictured:
                text = f"{MAYBE_SIGN}{text}{MAYBE_SIGN}"
            if look.is_doubtful or (look.is_bringing and _DIGIT.search(text)):
                text += MAYBE_HIDDEN
            text = f"{RAISED}{text}{LEVEL}" if look.is_raised else text
        if self._open:
            # Text between cells is shown above the table; nobody writes it on purpose.
            if self._open[-1].spans is not None:
                self._open[-1].lines[-1] += text
        else:
            self._line += text

    def _opened(self, name: str, attributes: dict[str, str], look: Look) -> None:
        table = self._open[-1] if self._open else None
        if name == "title":
            self._in_title = True
        elif look.is_hidden and name not in _THINGS - {"img"}:
            if table is not None and name in ("tr", "td", "th"):
                table.close_cell()
        elif name == "table":
            if len(self._open) < _MAX_DEPTH:
                self._break()
                self._open.append(_Table())
        elif table is not None and name == "tr":
            table.open_row()
        elif table is not None and name in ("td", "th"):
            table.open_cell(attributes, look)
            self._mark(MAYBE_HIDDEN * look.is_added_to)
        elif table is not None and name == "col":
            span = _span(attributes, "span")
            if is_hidden_column(attributes):
                table.hidden_columns.update(range(table.next_column, table.next_column + span))
            table.next_column += span
        elif name in _THINGS:
            if table is not None and not _is_spacer(attributes):
                table.has_thing = True
            if name == "img":
                self._picture(attributes.get("src", ""))
        elif name == "input":
            self._text(f" {entered} " if (entered := _entered(attributes)) else "", look)
        else:
            if name in _BLOCKS or look.is_block:
                self._break()
            self._ordered += name == "ol"
            self._mark(MAYBE_HIDDEN * look.is_added_to)
            self._mark(MAYBE_SIGN * (name == "li" and self._ordered > 0))

    def _mark(self, doubt: str) -> None:
        """Marks the open cell."""
        if self._open and self._open[-1].spans is not None:
            self._open[-1].lines[-1] += doubt

    def _closed(self, name: str, look: Look) -> None:
        if name == "title":
            self._in_title = False
        elif name == "table":
            self._close_table()
        elif self._open and name in ("tr", "td", "th"):
            self._open[-1].close_cell()
        elif name in _BLOCKS or look.is_block:
            self._ordered -= name == "ol" and self._ordered > 0
            self._break()

    def _break(self) -> None:
        if self._open:
            if self._open[-1].spans is not None and self._open[-1].lines[-1].strip():
                self._open[-1].lines.append("")
        else:
            self._draft.add_paragraph(_squeeze(settle_raised(self._line)))
            self._line = ""

    def _close_table(self) -> None:
        if not self._open:
            return
        table = self._open.pop()
        table.close_cell()
        if self._open and self._open[-1].spans is not None:
            self._open[-1].nested.append(table)
            self._open[-1].inside += "".join(cell.text for cell in table.cells[:_MAX_INSIDE])
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


def _is_spacer(attributes: dict[str, str]) -> bool:
    return any(attributes.get(name, "").strip(" px") in ("0", "1") for name in ("width", "height"))


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").removesuffix("%")) if _DIGIT.search(text) else None
    except ValueError:
        return None


def _is_same(shown: str, kept: str) -> bool:
    """Whether what is shown is what a program of sheets takes for the value, but for rounding."""
    one, other = _number(shown), _number(kept)
    if one is None or other is None:
        alike = "".join(shown.split()) == "".join(kept.split())
        return alike or (one is None and other is not None and bool(shown))  # a date, say
    other *= 100 if shown.endswith("%") and not kept.endswith("%") else 1
    places: int = len(shown.removesuffix("%").partition(".")[2])
    return abs(one - other) <= 0.5000001 * 10.0**-places


def _entered(attributes: dict[str, str]) -> str:
    """What stands in an entry field, a box that is ticked or not."""
    kind = attributes.get("type", "text").strip().lower()
    if kind in ("checkbox", "radio"):
        return "☑" if "checked" in attributes else "☐"
    if kind in _ENTRIES:
        return attributes.get("value", "")
    return "" if kind == "hidden" else attributes.get("value", "") + MAYBE_HIDDEN


def _squeeze(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


def _span(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1").strip()
    return min(max(1, int(value)), _MAX_SPAN) if value.isdecimal() else 1
