"""Filled forms as files of many formats, written here and not by the libraries that read them."""

import csv
import io
import zipfile
from collections.abc import Callable
from html import escape

from make.form_layouts import Box, Sheet
from make.forms import Filled, write_docx, write_xlsx


def _lines(sheet: Sheet) -> list[list[tuple[int, Box]]]:
    """The boxes of each row with their columns, left to right."""
    rows: list[list[tuple[int, Box]]] = [[] for _ in range(sheet.height)]
    for (row, column), box in sorted(sheet.boxes.items()):
        rows[row].append((column, box))
    return rows


def _covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Place → corner of the box that covers it."""
    return {
        (row + down, column + across): (row, column)
        for (row, column), box in sheet.boxes.items()
        for down in range(box.rows)
        for across in range(box.columns)
    }


def write_html(filled: Filled) -> bytes:
    """A page as web systems export it under .xls; blanks of a form are nobody's in HTML."""
    parts = ['<html><head><meta charset="utf-8"></head><body>']
    for sheet in filled.sheets:
        parts += [f"<p>{escape(line)}</p>" for line in sheet.before]
        parts.append("<table>")
        covered = _covered(sheet)
        for row in range(sheet.height):
            parts.append("<tr>")
            for column in range(sheet.width):
                box = sheet.boxes.get((row, column))
                if box is not None:
                    text = escape(box.text).replace("\n", "<br>")
                    parts.append(f'<td rowspan="{box.rows}" colspan="{box.columns}">{text}</td>')
                elif (row, column) not in covered:
                    parts.append("<td></td>")
            parts.append("</tr>")
        parts.append("</table>")
        parts += [f"<p>{escape(line)}</p>" for line in sheet.after]
    return "".join([*parts, "</body></html>"]).encode()


def write_csv(filled: Filled, encoding: str = "gb18030") -> bytes:
    """All sheets one under another; merges are lost."""
    target = io.StringIO()
    writer = csv.writer(target)
    for sheet in filled.sheets:
        writer.writerows([line] for line in sheet.before)
        for boxes in _lines(sheet):
            line = [""] * sheet.width
            for column, box in boxes:
                line[column] = box.text
            writer.writerow(line)
        writer.writerows([line] for line in sheet.after)
    return target.getvalue().encode(encoding)


def write_spreadsheetml(filled: Filled) -> bytes:
    """The XML that Excel 2002 and 2003 wrote, one worksheet a sheet."""
    parts = [
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    ]
    for number, sheet in enumerate(filled.sheets):
        parts.append(f'<Worksheet ss:Name="表{number}"><Table>')
        parts += [_spreadsheetml_row([(0, Box(line))]) for line in sheet.before]
        parts += [_spreadsheetml_row(boxes) for boxes in _lines(sheet)]
        parts += [_spreadsheetml_row([(0, Box(line))]) for line in sheet.after]
        parts.append("</Table></Worksheet>")
    return "".join([*parts, "</Workbook>"]).encode()


def _spreadsheetml_row(boxes: list[tuple[int, Box]]) -> str:
    cells = "".join(
        f'<Cell ss:Index="{column + 1}" ss:MergeAcross="{box.columns - 1}"'
        f' ss:MergeDown="{box.rows - 1}"><Data ss:Type="String">'
        f"{escape(box.text).replace(chr(10), '&#10;')}</Data></Cell>"
        for column, box in boxes
    )
    return f"<Row>{cells}</Row>"


_ODF = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:{kind}>{content}</office:{kind}></office:body>"
    "</office:document-content>"
)


def _odf(kind: str, mime: str, content: str) -> bytes:
    packed = io.BytesIO()
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", _ODF.format(kind=kind, content=content))
    return packed.getvalue()


def _odf_paragraphs(text: str) -> str:
    return "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))


def _odf_table(sheet: Sheet, name: str, before: list[str], after: list[str]) -> str:
    covered = _covered(sheet)
    rows = [
        f"<table:table-row><table:table-cell>{_odf_paragraphs(line)}</table:table-cell>"
        "</table:table-row>"
        for line in before
    ]
    for row in range(sheet.height):
        cells = ""
        for column in range(sheet.width):
            box = sheet.boxes.get((row, column))
            if box is not None:
                cells += (
                    f'<table:table-cell table:number-rows-spanned="{box.rows}"'
                    f' table:number-columns-spanned="{box.columns}">'
                    f"{_odf_paragraphs(box.text)}</table:table-cell>"
                )
            elif (row, column) in covered:
                cells += "<table:covered-table-cell/>"
            else:
                cells += "<table:table-cell><text:p></text:p></table:table-cell>"
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    rows += [
        f"<table:table-row><table:table-cell>{_odf_paragraphs(line)}</table:table-cell>"
        "</table:table-row>"
        for line in after
    ]
    columns = f'<table:table-column table:number-columns-repeated="{sheet.width}"/>'
    return f'<table:table table:name="{name}">{columns}{"".join(rows)}</table:table>'


def write_ods(filled: Filled) -> bytes:
    """A spreadsheet, a sheet each, lines outside the table in rows above and below."""
    tables = (
        _odf_table(sheet, f"表{number}", sheet.before, sheet.after)
        for number, sheet in enumerate(filled.sheets)
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return _odf("spreadsheet", mime, "".join(tables))


def write_odt(filled: Filled) -> bytes:
    """A text document, lines as paragraphs."""
    parts = []
    for number, sheet in enumerate(filled.sheets):
        parts += [_odf_paragraphs(line) for line in sheet.before]
        parts.append(_odf_table(sheet, f"表{number}", [], []))
        parts += [_odf_paragraphs(line) for line in sheet.after]
    return _odf("text", "application/vnd.oasis.opendocument.text", "".join(parts))


def write_rtf(filled: Filled, code_page: str = "gbk") -> bytes:
    """As Chinese Word wrote it: characters of code page 936 as two octets each."""
    parts = [r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\f0 "]
    for sheet in filled.sheets:
        parts += [_rtf(line, code_page) + r"\par " for line in sheet.before]
        parts += [_rtf_row(sheet, row, code_page) for row in range(sheet.height)]
        parts.append(r"\pard ")
        parts += [_rtf(line, code_page) + r"\par " for line in sheet.after]
    return "".join([*parts, "}"]).encode("ascii")


def _rtf_row(sheet: Sheet, row: int, code_page: str) -> str:
    covered = _covered(sheet)
    definitions, texts, column = "", "", 0
    while column < sheet.width:
        corner = covered.get((row, column))
        box = sheet.boxes[corner] if corner else Box("")
        first = corner is None or corner == (row, column)
        if box.rows > 1:
            definitions += r"\clvmgf" if first else r"\clvmrg"
        column += box.columns
        definitions += rf"\cellx{column * 1000}"
        texts += (_rtf(box.text, code_page) if first else "") + r"\cell "
    return rf"\trowd{definitions}\pard\intbl {texts}\row "


def _rtf(text: str, code_page: str) -> str:
    def sign(char: str) -> str:
        if char == "\n":
            return r"\line "
        if char in "\\{}":
            return "\\" + char
        if char.isascii():
            return char
        try:
            return "".join(rf"\'{octet:02x}" for octet in char.encode(code_page))
        except UnicodeEncodeError:
            return rf"\u{ord(char)}?"

    return "".join(map(sign, text))


# format → writer; those without merges know a heading over several columns by empty cells only
WRITERS: dict[str, Callable[[Filled], bytes]] = {
    "xlsx": write_xlsx,
    "docx": write_docx,
    "html": write_html,
    "spreadsheetml": write_spreadsheetml,
    "ods": write_ods,
    "odt": write_odt,
    "rtf": write_rtf,
}
UNMERGED_WRITERS: dict[str, Callable[[Filled], bytes]] = {"csv": write_csv}
