"""Small Word documents: headings, paragraphs and ruled tables on A4, and nothing else."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{body}"
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1021" w:bottom="1021" w:left="1021" w:header="567"'
    ' w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
)
_TEXT_WIDTH = 9864  # of the page within its margins, in twentieths of a point
_BORDERS = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
# What XML 1.0 cannot hold (2.2 Characters).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    body = "".join(
        _paragraph(block) if isinstance(block, Paragraph) else _table(block) for block in blocks
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", _CONTENT_TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", _DOCUMENT.format(body=body)),
        ):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _paragraph(block: Paragraph) -> str:
    centred = '<w:jc w:val="center"/>' if block.centred else ""
    runs = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(_NOT_XML.sub("", line))}</w:t>'
        for line in block.text.split("\n")
    )
    # A heading stays on the page of what follows it.
    bold, kept = ("<w:b/>", "<w:keepNext/>") if block.bold else ("", "")
    return (
        f'<w:p><w:pPr>{kept}<w:spacing w:before="40" w:after="40"/>{centred}</w:pPr><w:r><w:rPr>'
        f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/>{bold}'
        f'<w:sz w:val="{round(2 * block.size)}"/></w:rPr>{runs}</w:r></w:p>'
    )


def _table(block: Table) -> str:
    columns = max((len(row) for row in block.rows), default=0)
    shares = list(block.widths) or [1.0] * columns
    widths = [round(_TEXT_WIDTH * share / sum(shares)) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = []
    for place, row in enumerate(block.rows):
        heading = block.headed and place == 0
        mark = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if heading else "") + "</w:trPr>"
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(Paragraph(text, block.size, heading, heading))}</w:tc>"
            for width, text in zip(widths, row, strict=True)
        )
        lines.append(f"<w:tr>{mark}{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )
