"""Word documents as the office prints them: A4, 宋体 beside Times New Roman, ruled tables.

python-docx writes them. What it has no call for (shading, the rows that are repeated or kept
whole) is set on its elements here; content controls in `outbox.blankform.document`. The same
content gives the same octets: the archive carries no time.
"""

import io
import re
import zipfile
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Page
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

# What XML 1.0 cannot hold (2.2 Characters).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATIN, _CHINESE = "Times New Roman", "宋体"


def new_page(*, top: int, right: int, bottom: int, left: int, landscape: bool = False) -> Page:
    """An empty A4 document; margins in twentieths of a point."""
    page = Document()
    (section,) = page.sections
    sides = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.right_margin = Twips(top), Twips(right)
    section.bottom_margin, section.left_margin = Twips(bottom), Twips(left)
    section.header_distance = section.footer_distance = Twips(567)
    return page


def write(
    paragraph: Paragraph, text: str, *, size: float, bold: bool = False, centred: bool = False
) -> Paragraph:
    """Puts a text into an empty paragraph; `size` in points, a newline breaks the line."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(2)
    form.line_spacing = 1.0
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_NOT_XML.sub("", text).replace("\r", "\n"))
    run.bold = bold or None
    run.font.size = Pt(size)
    run.font.name = _LATIN
    # python-docx names the font of Latin letters alone.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
    return paragraph


def ruled_table(page: Page, rows: int, widths: Sequence[int]) -> Table:
    """An empty table with a line around every cell; the columns' widths in twentieths of a point.

    Fixed widths: Word would otherwise measure every cell's text, and LibreOffice differs from it.
    """
    table: Table = page.add_table(rows, len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Twips(width)
    for row in table.rows:
        _mark(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Twips(width)
    return table


def repeat_on_every_page(row: _Row) -> None:
    """The row is the table's heading."""
    _mark(row, "w:tblHeader")


def shade(cell: _Cell, colour: str) -> None:
    """A cell's ground, as RRGGBB."""
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def octets_of(page: Page) -> bytes:
    """The .docx file; python-docx would put the hour into every member of the archive."""
    written, packed = io.BytesIO(), io.BytesIO()
    page.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
