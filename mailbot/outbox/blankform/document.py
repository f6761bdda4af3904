"""The statistics table to fill in, as .docx, made from a FormSpec alone by python-docx.

Every value stands in a content control whose tag is "mb." and the field's key (ISO/IEC 29500-1,
17.5.2), and its cell begins with a bookmark of that name (LibreOffice before 7.5 drops tags), so
a form returned on it is read without guessing. Saved as .doc, it is read by its labels.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from xml.sax.saxutils import quoteattr

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Twips
from docx.table import Table, _Cell

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField
from mailbot.judgement.form.fields import NAME_PREFIX
from mailbot.judgement.form.rows import Record, column_name
from mailbot.language import say, say_date
from mailbot.model import FieldValue
from mailbot.outbox.blankform.layout import (
    Block,
    blocks_of,
    columns_of,
    edges_of,
    harmless,
    label_in_pair,
    row_columns,
    rows_to_draw,
    sums_of,
)
from mailbot.wording.word import (
    new_page,
    octets_of,
    repeat_on_every_page,
    ruled_table,
    shade,
    write,
)

_NOTE = "说明：数字栏只填阿拉伯数字，没有的填0。"
_NOTE_SUMS = "说明：数字栏只填阿拉伯数字，没有的填0；总数应与各分项之和相符，一项计入两类的除外。"
_NOTE_ROWS = "说明：一行填一人（项），中间不留空行；行数不够的，请在表内插入行。"
_WIDTH = 15_000  # of a landscape A4 page within its margins, in twentieths of a point
BOOKMARK_PREFIX, BOOKMARK_DOT = "mb_", "X"
_LONGEST_BOOKMARK = 40
_BLANK = "\u3000\u3000\u3000"  # room to click on: an empty control cannot be seen


def write_blank_document(
    spec: FormSpec,
    *,
    fields: Mapping[str, FieldValue] | None = None,
    records: Sequence[Record] = (),
    units: Sequence[str] = (),
) -> bytes:
    """The form as a .docx file, empty or pre-filled with what was read.

    `units`: the names offered for 填报单位; another may be typed.
    """
    page = new_page(top=907, right=919, bottom=794, left=919, landscape=True)
    write(page.add_paragraph(), spec.title, size=18, bold=True, centred=True)
    form = _Form(spec, fields or {}, units, records)
    form.draw(ruled_table(page, form.rows, form.widths))
    note = _NOTE_SUMS if sums_of(spec) else _NOTE
    if spec.rows is not None and not any(one.place == "table" for one in spec.fields):
        note = _NOTE_ROWS
    write(page.add_paragraph(), say(note), size=10)
    return octets_of(page)


class _Form:
    """The form as one table, drawn row by row from the top."""

    def __init__(
        self,
        spec: FormSpec,
        fields: Mapping[str, FieldValue],
        units: Sequence[str],
        records: Sequence[Record],
    ) -> None:
        self._spec = spec
        self._fields = fields
        self._units = units
        self._blocks = tuple(blocks_of(spec))
        self._records = records
        self._columns = columns_of(spec, self._blocks)
        self._row = 0

    @property
    def rows(self) -> int:
        """Rows of the table: pairs of header and footer, sections, headings, values."""
        lines = sum(-(-len(self._line(place)) // 2) for place in ("header", "footer"))
        rows = self._spec.rows
        lines += 1 + rows_to_draw(rows, len(self._records)) if rows is not None else 0
        in_pairs = [one for one in self._blocks if one.in_pairs]
        lines += sum(-(-len(one.leaves) // 2) for one in in_pairs)
        apart = [one for one in self._blocks if not one.in_pairs]
        return lines + sum(bool(one.section) + one.depth + 1 for one in apart)

    @property
    def widths(self) -> list[int]:
        """Of the columns, in twentieths of a point."""
        edges = edges_of(_WIDTH, [1] * self._columns)
        return [right - left for left, right in pairwise(edges)]

    def draw(self, table: Table) -> None:
        """Fills in the empty table."""
        self._table = table
        # Asking the table for a cell counts all its cells anew each time.
        self._cells = [list(row.cells) for row in table.rows]
        self._draw_line(self._line("header"))
        for block in self._blocks:
            self._draw_block(block)
        if self._spec.rows is not None:
            self._draw_rows(self._spec.rows)
        self._draw_line(self._line("footer"))

    def _line(self, place: str) -> list[FormField]:
        return [one for one in self._spec.fields if one.place == place]

    def _draw_line(self, line: Sequence[FormField]) -> None:
        """Labels and values side by side, two pairs a row."""
        for start in range(0, len(line), 2):
            pairs = line[start : start + 2]
            edges = edges_of(self._columns, [2, 4] * len(pairs))
            for index, one in enumerate(pairs):
                label = label_in_pair(self._spec, one)
                self._label(label, edges[2 * index], edges[2 * index + 1])
                self._value(one, edges[2 * index + 1], edges[2 * index + 2])
            self._end_row(500)

    def _draw_rows(self, rows: FormRows) -> None:
        """The heading of the repeating rows, each with a bookmark, and empty rows below."""
        columns = row_columns(rows)
        edges = edges_of(self._columns, [1] * len(columns))
        repeat_on_every_page(self._table.rows[self._row])
        for index, (word, one) in enumerate(columns):
            self._label(word, edges[index], edges[index + 1])
            if one is not None:
                run = self._cells[self._row][edges[index]].paragraphs[0]._p.r_lst[0]
                self._bookmark(column_name(rows, one), len(self._spec.fields) + index, run)
        self._end_row(520)
        for number in range(1, rows_to_draw(rows, len(self._records)) + 1):
            record = self._records[number - 1] if number <= len(self._records) else {}
            for index, (_, one) in enumerate(columns):
                read = record.get(one.key) if one is not None else None
                text = harmless(_shown(one, read)) if one is not None and read is not None else ""
                if one is None and index == 0:
                    text = str(number)
                cell = self._merged(edges[index], edges[index + 1])
                write(cell.paragraphs[0], text, size=11, centred=True)
            self._end_row(420)

    def _draw_block(self, block: Block) -> None:
        if block.in_pairs:
            self._draw_line(block.leaves)
            return
        if block.section:
            self._label(block.section, 0, self._columns, bold=True)
            self._end_row(420)
        edges = edges_of(self._columns, [1] * len(block.leaves))
        for level in range(block.depth):
            self._headings(block, edges, level)
            self._end_row(520)
        for index, one in enumerate(block.leaves):
            self._value(one, edges[index], edges[index + 1])
        self._end_row(560)

    def _end_row(self, height: int) -> None:
        row = self._table.rows[self._row]
        row.height, row.height_rule = Twips(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        self._row += 1

    def _headings(self, block: Block, edges: Sequence[int], level: int) -> None:
        """One level of headings; the last of a field reaches down to its value."""
        start = 0
        for _, same in groupby(block.leaves, key=lambda one: block.headings(one)[: level + 1]):
            leaves = list(same)
            end = start + len(leaves)
            names = block.headings(leaves[0])
            if len(names) > level:
                last = len(names) == level + 1
                unit = leaves[0].unit if last else ""
                text = names[level] + (say("（{unit}）", unit=unit) if unit else "")
                down = block.depth - level if last else 1
                self._label(text, edges[start], edges[end], down=down)
            start = end

    def _label(
        self, text: str, left: int, right: int, *, bold: bool = False, down: int = 1
    ) -> None:
        cell = self._merged(left, right, down)
        write(cell.paragraphs[0], text, size=11, bold=bold, centred=True)
        for row in range(self._row, self._row + down):
            shade(self._cells[row][left], "F2F2F2")

    def _value(self, one: FormField, left: int, right: int) -> None:
        """A cell with the content control of a field, which python-docx has no call for."""
        read = self._fields.get(one.key)
        text = harmless(_shown(one, read)) if read is not None else ""
        paragraph = self._merged(left, right).paragraphs[0]
        write(paragraph, text or _BLANK, size=11, centred=True)
        run = paragraph._p.r_lst[0]
        control = parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:alias w:val={quoteattr('·'.join(one.path))}/>"
            f"<w:tag w:val={quoteattr(NAME_PREFIX + one.key)}/>{self._kind(one)}</w:sdtPr>"
            "<w:sdtContent/></w:sdt>"
        )
        run.addprevious(control)
        control.find(qn("w:sdtContent")).append(run)
        self._bookmark(one.key, self._spec.fields.index(one), control)

    def _bookmark(self, key: str, number: int, before: BaseOxmlElement) -> None:
        """An empty bookmark that names a field, before the element that shows it."""
        name = bookmark_of(key)
        if len(name) <= _LONGEST_BOOKMARK:
            for mark in (
                f'bookmarkStart {nsdecls("w")} w:name="{name}"',
                f"bookmarkEnd {nsdecls('w')}",
            ):
                before.addprevious(parse_xml(f'<w:{mark} w:id="{number}"/>'))

    def _kind(self, one: FormField) -> str:
        """What the control offers: a calendar, the units' names, or a line of text."""
        if one.type == "date":
            return say(
                '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:lid w:val="zh-CN"/></w:date>'
            )
        if one.type == "unit" and self._units:
            items = "".join(
                f"<w:listItem w:displayText={quoteattr(name)} w:value={quoteattr(name)}/>"
                for name in map(harmless, dict.fromkeys(self._units))
            )
            return f"<w:comboBox>{items}</w:comboBox>"
        if one.choices:
            items = "".join(
                f"<w:listItem w:displayText={quoteattr(word)} w:value={quoteattr(word)}/>"
                for word in dict.fromkeys(one.choices)
            )
            return f"<w:dropDownList>{items}</w:dropDownList>"
        return ""  # LibreOffice 7.4 writes the content of a plain text control several times

    def _merged(self, left: int, right: int, down: int = 1) -> _Cell:
        """One cell of the columns from left to right, so many rows down."""
        top, bottom = self._cells[self._row], self._cells[self._row + down - 1]
        cell: _Cell = top[left].merge(bottom[right - 1])
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        return cell


def bookmark_of(key: str) -> str:
    """The bookmark of a field: letters, digits and underscores are all that Word allows."""
    return BOOKMARK_PREFIX + key.replace(".", BOOKMARK_DOT)


def _shown(one: FormField | RowField, read: FieldValue) -> str:
    """What was read, as a person writes it; what could not be read, as it stood."""
    if read.value is None:
        return read.raw.strip()
    if one.type == "date" and isinstance(read.value, str):
        day = date.fromisoformat(read.value)
        return say_date(day)
    if isinstance(read.value, int | float):
        return f"{read.value:.15g}" + ("%" if one.type == "percent" else "")
    return str(read.value)
