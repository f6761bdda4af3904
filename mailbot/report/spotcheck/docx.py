"""Small Word documents: headings, paragraphs and ruled tables on A4, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document

from mailbot.wording.word import new_page, octets_of, repeat_on_every_page, ruled_table, write

_TEXT_WIDTH = 9864  # of the page within its margins, in twentieths of a point


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `size` in points."""

    text: str
    size: float = 12
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, ruled; `widths` are shares of the page's width, equal ones when empty."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    headed: bool = True  # the first row is repeated on every page
    size: float = 10.5


def write_docx(blocks: Sequence[Paragraph | Table]) -> bytes:
    """A Word document of these blocks. The same blocks give the same octets."""
    page = new_page(top=1134, right=1021, bottom=1021, left=1021)
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraph = page.add_paragraph()
            write(paragraph, block.text, size=block.size, bold=block.bold, centred=block.centred)
            # A heading stays on the page of what follows it.
            paragraph.paragraph_format.keep_with_next = block.bold or None
        else:
            _draw(page, block)
    return octets_of(page)


def _draw(page: Document, block: Table) -> None:
    columns = max((len(row) for row in block.rows), default=0)
    shares = list(block.widths) or [1.0] * columns
    widths = [round(_TEXT_WIDTH * share / sum(shares)) for share in shares]
    table = ruled_table(page, len(block.rows), widths)
    for place, (row, texts) in enumerate(zip(table.rows, block.rows, strict=True)):
        heading = block.headed and place == 0
        if heading:
            repeat_on_every_page(row)
        for cell, text in zip(row.cells, texts, strict=True):
            (paragraph,) = cell.paragraphs
            write(paragraph, text, size=block.size, bold=heading, centred=heading)
