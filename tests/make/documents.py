"""Documents as units' programs write them: packages, markup and PDF put together by hand.

Word's XML is written out, since the constructs that matter (content controls, tracked changes,
text boxes, old merges) are what python-docx cannot write.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def packed(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts, in order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def repacked(package: bytes, changes: Mapping[str, bytes | str]) -> bytes:
    """The same package with some parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return packed({**parts, **changes})


def part_of(package: bytes, name: str) -> str:
    """One part of a package, as text."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read(name).decode()


# ---- Word -----------------------------------------------------------------------------------


def word_body(body: str) -> str:
    """word/document.xml around the given blocks."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_W}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        f'xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{body}</w:body></w:document>'
    )


def word_document(body: str, parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """A docx with this body; `parts` are added as they are."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" '
            'ContentType="application/xml"/><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": word_body(body),
            **(parts or {}),
        }
    )


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    """A paragraph of runs; plain text becomes one."""
    return f"<w:p>{''.join(each if each.startswith('<') else run(each) for each in runs)}</w:p>"


def cell(content: str, properties: str = "") -> str:
    """A table cell; plain text becomes a paragraph."""
    inner = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row; plain text becomes a cell."""
    inner = "".join(each if each.startswith("<") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def control(content: str, tag: str) -> str:
    """A content control around runs, paragraphs or cells."""
    return (
        f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def text_box(content: str) -> str:
    """A run that holds a text box, with the second rendering Word writes for old programs."""
    box = f"<w:txbxContent>{content}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


# ---- spreadsheets ---------------------------------------------------------------------------


def open_sheet(tables: str, automatic_styles: str = "", named: str = "") -> bytes:
    """An ods with these table:table elements."""
    namespaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
        )
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {namespaces}><office:automatic-styles>"
            f"{automatic_styles}</office:automatic-styles><office:body><office:spreadsheet>"
            f"{tables}<table:named-expressions>{named}</table:named-expressions>"
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def spreadsheet_xml(worksheets: str, names: str = "") -> str:
    """An Excel 2003 XML spreadsheet with these ss:Worksheet elements."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}" xmlns:x="urn:schemas-microsoft-com:office:'
        f'excel"><Names>{names}</Names>{worksheets}</Workbook>'
    )


def presentation(slides: Sequence[str]) -> bytes:
    """A pptx, one text box a slide."""
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    point = "http://schemas.openxmlformats.org/presentationml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.presentationml"
    numbers = range(1, len(slides) + 1)
    overrides = "".join(
        f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{kind}.slide+xml"/>'
        for n in numbers
    )
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        f'"/ppt/presentation.xml" ContentType="{kind}.presentation.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{point}" xmlns:r="{_OFFICE}">'
        "<p:sldIdLst>"
        + "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in numbers)
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="s{n}" Type="{_OFFICE}/slide" Target="slides/slide{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for n, text in zip(numbers, slides, strict=True):
        parts[f"ppt/slides/slide{n}.xml"] = (
            f'<p:sld xmlns:p="{point}" xmlns:a="{drawing}"><p:cSld><p:spTree><p:sp><p:nvSpPr>'
            '<p:cNvPr id="2" name="t"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
            f"<a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
            "</p:cSld></p:sld>"
        )
    return packed(parts)


# ---- PDF ------------------------------------------------------------------------------------


class Pdf:
    """A PDF of A4 pages with Chinese text in a font that is named, not embedded."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b""]  # catalog and page tree come last
        self._pages: list[int] = []
        self._font = self._add(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            b"/DescendantFonts [ << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >> ] >>"
        )

    def page(
        self,
        texts: Sequence[tuple[float, float, str]] = (),
        lines: Sequence[tuple[float, float, float, float]] = (),
        pictures: Sequence[tuple[int, int, bytes]] = (),
        notes: Sequence[tuple[float, float, float, float, str]] = (),
        turned: bool = False,
        size: int = 12,
    ) -> None:
        """Adds a page; places are points from the lower left corner.

        `pictures` are JPEG with their sizes in pixels; `notes` are typewriter annotations
        (left, bottom, right, top, text); a `turned` page has its text running upwards.
        """
        matrix = "0 1 -1 0" if turned else "1 0 0 1"
        content = [
            f"BT /F1 {size} Tf {matrix} {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
            for x, y, text in texts
        ]
        content += [f"{x0} {y0} m {x1} {y1} l S" for x0, y0, x1, y1 in lines]
        names = []
        for number, (width, height, data) in enumerate(pictures):
            found = self._add(
                f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace "
                f"/DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>".encode()
                + b"\nstream\n"
                + data
                + b"\nendstream"
            )
            names.append(f"/I{number} {found} 0 R")
            content.append(f"q 200 0 0 150 100 {100 + 200 * number} cm /I{number} Do Q")
        stream = "\n".join(content).encode()
        body = self._add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        annotations = " ".join(
            f"<< /Type /Annot /Subtype /FreeText /Rect [{x0} {y0} {x1} {y1}] /Contents "
            f"<feff{text.encode('utf-16-be').hex()}> /DA (/Helv 12 Tf 0 g) >>"
            for x0, y0, x1, y1, text in notes
        )
        self._pages.append(
            self._add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {body} 0 R "
                f"/Annots [{annotations}] /Resources << /Font << /F1 {self._font} 0 R >> "
                f"/XObject << {' '.join(names)} >> >> >>".encode()
            )
        )

    def octets(self) -> bytes:
        """The file."""
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
        self._objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self._pages)} >>".encode()
        target = io.BytesIO()
        target.write(b"%PDF-1.7\n")
        offsets = []
        for number, data in enumerate(self._objects, 1):
            offsets.append(target.tell())
            target.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
        start = target.tell()
        target.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
        target.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
        target.write(
            b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(offsets) + 1, start)
        )
        return target.getvalue()

    def _add(self, data: bytes) -> int:
        self._objects.append(data)
        return len(self._objects)


def ruled(
    left: float, top: float, widths: Sequence[float], heights: Sequence[float]
) -> list[tuple[float, float, float, float]]:
    """The lines of a table whose upper left corner is given (points from the lower left)."""
    xs = [left + sum(widths[:n]) for n in range(len(widths) + 1)]
    ys = [top - sum(heights[:n]) for n in range(len(heights) + 1)]
    across = [(xs[0], y, xs[-1], y) for y in ys]
    return across + [(x, ys[0], x, ys[-1]) for x in xs]


def written(folder: Path, name: str, data: bytes | str) -> Path:
    """A file of that name with these octets."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path
