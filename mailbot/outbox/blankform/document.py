"""The statistics table to fill in, as .docx, made from a FormSpec alone.

Every value stands in a content control whose tag is "mb." and the field's key (ISO/IEC 29500-1,
17.5.2), and its cell begins with a bookmark of that name (LibreOffice before 7.5 drops tags), so
a form returned on it is read without guessing. Saved as .doc, it is read by its labels.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby, pairwise
from xml.sax.saxutils import escape, quoteattr

from mailbot.campaign.types import FormField, FormSpec
from mailbot.judgement.form.fields import NAME_PREFIX
from mailbot.model import FieldValue
from mailbot.outbox.blankform.layout import (
    Block,
    blocks_of,
    column_count,
    edges_of,
    harmless,
    seal_mark,
)

_NOTE = (
    "说明：数字栏只填阿拉伯数字，没有的填0；总体情况应与各分项之和相符，一次演练计入两类的除外。"
)
_WIDTH = 15_000  # of a landscape A4 page within its margins, in twentieths of a point
BOOKMARK_PREFIX, BOOKMARK_DOT = "mb_", "X"
_LONGEST_BOOKMARK = 40
_BLANK = "\u3000\u3000\u3000"  # room to click on: an empty control cannot be seen
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
}
_DOCUMENT = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{body}"
    '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="907" w:right="919" w:bottom="794" w:left="919" w:header="567"'
    ' w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
)
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def write_blank_document(
    spec: FormSpec,
    *,
    fields: Mapping[str, FieldValue] | None = None,
    units: Sequence[str] = (),
) -> bytes:
    """The form as a .docx file, empty or pre-filled with what was read.

    `units`: the names offered for 填报单位; another may be typed.
    """
    page = _Page(spec, fields or {}, units)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = _PARTS | {"word/document.xml": _DOCUMENT.format(body=page.draw())}
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), _PROLOGUE + content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


class _Page:
    """The document being written, from top to bottom."""

    def __init__(
        self, spec: FormSpec, fields: Mapping[str, FieldValue], units: Sequence[str]
    ) -> None:
        self._spec = spec
        self._fields = fields
        self._units = units
        self._blocks = tuple(blocks_of(spec))
        self._columns = column_count([len(block.leaves) for block in self._blocks])

    def draw(self) -> str:
        """Title, one table, note."""
        rows = [
            *self._line("header"),
            *(row for block in self._blocks for row in self._block(block)),
            *self._line("footer"),
        ]
        edges = edges_of(_WIDTH, [1] * self._columns)
        grid = "".join(f'<w:gridCol w:w="{right - left}"/>' for left, right in pairwise(edges))
        return (
            _paragraph(_run(self._spec.title, size=18, bold=True))
            + f'<w:tbl><w:tblPr><w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
            + _paragraph(_run(_NOTE, size=10), centred=False)
        )

    def _line(self, place: str) -> list[str]:
        """Labels and values of header or footer, side by side, two pairs a row."""
        line = [one for one in self._spec.fields if one.place == place]
        rows = []
        for start in range(0, len(line), 2):
            pairs = line[start : start + 2]
            edges = edges_of(self._columns, [2, 4] * len(pairs))
            cells = ""
            for index, one in enumerate(pairs):
                label = one.path[-1] + seal_mark(self._spec, one)
                cells += self._label(label, edges[2 * index], edges[2 * index + 1])
                cells += self._value(one, edges[2 * index + 1], edges[2 * index + 2])
            rows.append(_row(cells, 500))
        return rows

    def _block(self, block: Block) -> list[str]:
        rows = []
        if block.section:
            section = self._label(block.section, 0, self._columns, bold=True)
            rows.append(_row(section, 420))
        edges = edges_of(self._columns, [1] * len(block.leaves))
        rows += [_row(self._headings(block, edges, level), 520) for level in range(block.depth)]
        values = "".join(
            self._value(one, edges[index], edges[index + 1])
            for index, one in enumerate(block.leaves)
        )
        return [*rows, _row(values, 560)]

    def _headings(self, block: Block, edges: Sequence[int], level: int) -> str:
        cells, start = "", 0
        for _, same in groupby(block.leaves, key=lambda one: block.headings(one)[: level + 1]):
            leaves = list(same)
            end = start + len(leaves)
            names = block.headings(leaves[0])
            if len(names) > level:
                last = len(names) == level + 1
                unit = leaves[0].unit if last else ""
                merge = "restart" if last and level + 1 < block.depth else ""
                text = names[level] + (f"（{unit}）" if unit else "")
            else:
                text, merge = "", "continue"
            cells += self._label(text, edges[start], edges[end], merge=merge)
            start = end
        return cells

    def _label(
        self, text: str, left: int, right: int, *, bold: bool = False, merge: str = ""
    ) -> str:
        content = _paragraph(_run(text, size=11, bold=bold))
        return self._cell(content, left, right, fill="F2F2F2", merge=merge)

    def _value(self, one: FormField, left: int, right: int) -> str:
        """A cell with the content control of a field."""
        read = self._fields.get(one.key)
        text = harmless(_shown(one, read)) if read is not None else ""
        control = (
            f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr('·'.join(one.path))}/>"
            f"<w:tag w:val={quoteattr(NAME_PREFIX + one.key)}/>{self._kind(one)}</w:sdtPr>"
            f"<w:sdtContent>{_run(text or _BLANK, size=11)}</w:sdtContent></w:sdt>"
        )
        return self._cell(_paragraph(self._bookmark(one) + control), left, right)

    def _bookmark(self, one: FormField) -> str:
        name = bookmark_of(one.key)
        number = self._spec.fields.index(one)
        mark = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'
        return mark if len(name) <= _LONGEST_BOOKMARK else ""

    def _kind(self, one: FormField) -> str:
        """What the control offers: a calendar, the units' names, or a line of text."""
        if one.type == "date":
            return '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:lid w:val="zh-CN"/></w:date>'
        if one.type == "unit" and self._units:
            items = "".join(
                f"<w:listItem w:displayText={quoteattr(name)} w:value={quoteattr(name)}/>"
                for name in map(harmless, dict.fromkeys(self._units))
            )
            return f"<w:comboBox>{items}</w:comboBox>"
        return ""  # LibreOffice 7.4 writes the content of a plain text control several times

    def _cell(self, content: str, left: int, right: int, *, fill: str = "", merge: str = "") -> str:
        edges = edges_of(_WIDTH, [1] * self._columns)
        shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
        down = f'<w:vMerge w:val="{merge}"/>' if merge else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{edges[right] - edges[left]}" w:type="dxa"/>'
            f'<w:gridSpan w:val="{right - left}"/>{down}{shade}<w:vAlign w:val="center"/>'
            f"</w:tcPr>{content}</w:tc>"
        )


def bookmark_of(key: str) -> str:
    """The bookmark of a field: letters, digits and underscores are all that Word allows."""
    return BOOKMARK_PREFIX + key.replace(".", BOOKMARK_DOT)


def _shown(one: FormField, read: FieldValue) -> str:
    """What was read, as a person writes it; what could not be read, as it stood."""
    if read.value is None:
        return read.raw.strip()
    if one.type == "date" and isinstance(read.value, str):
        day = date.fromisoformat(read.value)
        return f"{day.year}年{day.month}月{day.day}日"
    if isinstance(read.value, int | float):
        return f"{read.value:.15g}"
    return str(read.value)


def _row(cells: str, height: int) -> str:
    return f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}"/></w:trPr>{cells}</w:tr>'


def _paragraph(content: str, *, centred: bool = True) -> str:
    place = '<w:jc w:val="center"/>' if centred else ""
    return f'<w:p><w:pPr><w:spacing w:before="40" w:after="40"/>{place}</w:pPr>{content}</w:p>'


def _run(text: str, *, size: float, bold: bool = False) -> str:
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")
    )
    return (
        '<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"'
        f' w:eastAsia="宋体"/>{"<w:b/>" if bold else ""}'
        f'<w:sz w:val="{round(2 * size)}"/></w:rPr>{lines}</w:r>'
    )
