"""One small form as octets of four spreadsheet formats, written part by part, so that a test can
put anything into one cell (C4, 举办次数, which holds 14), its style or its sheet."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from html import escape

import xlwt
from xlwt.CompoundDoc import XlsDoc

ROWS: tuple[tuple[str | float, ...], ...] = (
    ("2017年安全生产应急演练统计表",),
    ("填报单位（盖章）：新密市", "", "", "报出时间：2017年7月3日"),
    ("分类", "项目", "举办次数（场）", "参演人数（人次）", "直接投入（万元）"),
    ("总体情况", "合计", 14.0, 1360.0, 12.5),
    ("", "多部门联动综合演练次数", 2.0),
    ("按组织单位分类", "政府及部门", 4.0, 400.0, 3.5),
    ("", "企业", 9.0, 900.0, 8.5),
    ("", "其他", 1.0, 60.0, 0.5),
    ("填表人：李明", "", "", "联系电话：0371-69822000"),
)
_AT = (3, 2)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _places() -> Iterable[tuple[int, list[tuple[int, str | float]]]]:
    for row, cells in enumerate(ROWS):
        yield row, [(column, one) for column, one in enumerate(cells) if one != ""]


def _packed(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


# ---- xlsx ------------------------------------------------------------------------------------

XLSX_CELL = '<c r="C4" s="1"><v>14</v></c>'


def xlsx(
    cell: str = XLSX_CELL,
    *,
    font: str = "",
    fill: str = "",
    code: str = "General",
    xf: str = "",
    within_xf: str = "",
    dxf: str = "",
    view: str = "",
    before: str = "",
    row: str = "",
    after_rows: str = "",
    after: str = "",
    styles: str = "",
    drawing: str = "",
    vml: str = "",
    media: bytes = b"",
    table: str = "",
    border: str = "<border/>",
) -> bytes:
    """`font`, `fill`: what stands in the style's; `before` and `after`: around sheetData."""
    rows = ""
    for number, cells in _places():
        held = "".join(
            cell
            if (number, column) == _AT
            else f'<c r="{chr(65 + column)}{number + 1}"><v>{one}</v></c>'
            if isinstance(one, float)
            else f'<c r="{chr(65 + column)}{number + 1}" t="inlineStr"><is><t>{one}</t></is></c>'
            for column, one in cells
        )
        rows += f'<row r="{number + 1}" {row if number == _AT[0] else ""}>{held}</row>'
    own = font or '<sz val="11"/>'
    fonts = f'<font><sz val="11"/></font><font>{own}</font>'
    fills = f"<fill><patternFill/></fill><fill>{fill or '<patternFill/>'}</fill>"
    style = (
        f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="200" '
        f'formatCode="{escape(code)}"/></numFmts><fonts>{fonts}</fonts><fills>{fills}</fills><borders>{border}</borders>'
        f'<cellXfs><xf/><xf numFmtId="200" fontId="1" fillId="1" {xf}>{within_xf}</xf></cellXfs>'
        f"<dxfs>{dxf}</dxfs>{styles}</styleSheet>"
    )
    drawn = f'<drawing xmlns:r="{_OFFICE}" r:id="d"/>' if drawing else ""
    tables = f'<tableParts><tablePart xmlns:r="{_OFFICE}" r:id="t"/></tableParts>' if table else ""
    drawn += f'<legacyDrawing xmlns:r="{_OFFICE}" r:id="v"/>' if vml else ""

    def related(*relations: tuple[str, str, str]) -> str:
        inner = "".join(
            f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for name, kind, target in relations
        )
        return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'

    return _packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": related(("w", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="表" sheetId="1" r:id="s"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": related(
                ("s", "worksheet", "worksheets/sheet1.xml"), ("t", "styles", "styles.xml")
            ),
            "xl/styles.xml": style,
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView '
            f"{view}/></sheetViews>{before}<sheetData>{rows}{after_rows}</sheetData>{after}{drawn}{tables}"
            "</worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": related(
                ("d", "drawing", "../drawings/drawing1.xml"),
                ("v", "vmlDrawing", "../drawings/vml1.vml"),
                ("t", "table", "../tables/table1.xml"),
            ),
            "xl/tables/table1.xml": table or "<none/>",
            "xl/drawings/drawing1.xml": drawing or "<none/>",
            "xl/drawings/vml1.vml": vml or "<none/>",
            "xl/drawings/_rels/drawing1.xml.rels": related(("i", "image", "../media/image1.png")),
            "xl/media/image1.png": media,
        }
    )


def anchored(inner: str, column: int = 2, row: int = 3) -> str:
    """A drawing of one object over a cell."""
    corners = "".join(
        f"<xdr:{name}><xdr:col>{column + more}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>{row + more}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{name}>"
        for name, more in (("from", 0), ("to", 1))
    )
    return (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        f' xmlns:r="{_OFFICE}"><xdr:twoCellAnchor>{corners}{inner}</xdr:twoCellAnchor></xdr:wsDr>'
    )


# ---- ods -------------------------------------------------------------------------------------

ODS_CELL = (
    '<table:table-cell table:style-name="q" office:value-type="float" office:value="14">'
    "<text:p>14</text:p></table:table-cell>"
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_LO = "urn:org:documentfoundation:names:experimental"
_SPACES = {
    "office": f"{_ODF}:office:1.0",
    "table": f"{_ODF}:table:1.0",
    "text": f"{_ODF}:text:1.0",
    "style": f"{_ODF}:style:1.0",
    "draw": f"{_ODF}:drawing:1.0",
    "number": f"{_ODF}:datastyle:1.0",
    "fo": f"{_ODF}:xsl-fo-compatible:1.0",
    "svg": f"{_ODF}:svg-compatible:1.0",
    "calcext": f"{_LO}:calc:xmlns:calcext:1.0",
    "loext": f"{_LO}:office:xmlns:loext:1.0",
}


def ods(
    cell: str = ODS_CELL,
    *,
    text: str = "",
    look: str = "",
    within: str = "",
    styles: str = "",
    table: str = "",
    row: str = "",
    before: str = "",
    after: str = "",
) -> bytes:
    """`text`, `look`: properties of the cell's style; `before` and `after`: around the rows."""
    rows = ""
    for number, cells in enumerate(ROWS):
        held = "".join(
            cell
            if (number, column) == _AT
            else f'<table:table-cell office:value-type="float" office:value="{one}"/>'
            if isinstance(one, float)
            else f'<table:table-cell office:value-type="string"><text:p>{one}</text:p>'
            "</table:table-cell>"
            if one
            else "<table:table-cell/>"
            for column, one in enumerate(cells)
        )
        rows += f"<table:table-row {row if number == _AT[0] else ''}>{held}</table:table-row>"
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in _SPACES.items())
    own = (
        f'<style:style style:name="q" style:family="table-cell"><style:table-cell-properties {look}'
        f"/><style:text-properties {text}/>{within}</style:style>"
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{own}{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet><table:table "
        f'table:name="表" {table}>{before}{rows}{after}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return _packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    )


# ---- SpreadsheetML 2003 ----------------------------------------------------------------------

XML_CELL = '<Cell ss:Index="3" ss:StyleID="q"><Data ss:Type="Number">14</Data></Cell>'
_SS = "urn:schemas-microsoft-com:office"


def spreadsheetml(
    cell: str = XML_CELL,
    *,
    style: str = "",
    table: str = "",
    columns: str = "",
    row: str = "",
    after: str = "",
) -> bytes:
    """`after`: behind the table."""
    rows = ""
    for number, cells in _places():
        held = "".join(
            cell
            if (number, column) == _AT
            else f'<Cell ss:Index="{column + 1}"><Data ss:Type="'
            f'{"Number" if isinstance(one, float) else "String"}">{one}</Data></Cell>'
            for column, one in cells
        )
        rows += f'<Row ss:Index="{number + 1}" {row if number == _AT[0] else ""}>{held}</Row>'
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{_SS}:spreadsheet" xmlns:ss="{_SS}:spreadsheet" '
        f'xmlns:x="{_SS}:excel" xmlns:html="http://www.w3.org/TR/REC-html40"><Styles>'
        f'<Style ss:ID="q">{style}</Style></Styles><Worksheet ss:Name="表"><Table {table}>'
        f"{columns}{rows}</Table>{after}</Worksheet></Workbook>"
    ).encode()


# ---- xls -------------------------------------------------------------------------------------


def record(kind: int, data: bytes) -> bytes:
    """A record of BIFF."""
    return struct.pack("<HH", kind, len(data)) + data


def xls(
    *extra: bytes,
    look: str = "",
    code: str = "General",
    width: int = 0,
    height: int = 0,
    shows_formulas: bool = False,
) -> bytes:
    """Written by xlwt; `extra` records stand at the end of the sheet, `look` as easyxf has it."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    style = xlwt.easyxf(look, num_format_str=code)
    for number, cells in _places():
        for column, one in cells:
            if (number, column) == _AT:
                sheet.write(number, column, 14.0, style)
            else:
                sheet.write(number, column, one)
    if width:
        sheet.col(2).width = width
    if height:
        sheet.row(3).height_mismatch, sheet.row(3).height = True, height
    sheet.show_formulas = shows_formulas
    stream = book.get_biff_data()
    end = record(0x0A, b"")
    assert stream.endswith(end)
    target = io.BytesIO()
    XlsDoc().save(target, stream.removesuffix(end) + b"".join(extra) + end)
    return target.getvalue()


def conditional(look: bytes, flags: int) -> tuple[bytes, bytes]:
    """A conditional format over C4 ([MS-XLS] 2.4.56, 2.4.42): a DXFN and what it has in it."""
    place = struct.pack("<4H", 3, 3, 2, 2)
    formula = struct.pack("<BH", 0x1E, 1)
    head = struct.pack("<BBHHIH", 1, 5, len(formula), 0, flags, 0)
    return (
        record(0x1B0, struct.pack("<HH", 1, 1) + place + struct.pack("<H", 1) + place),
        record(0x1B1, head + look + formula),
    )


def drawn(
    kind: int, *, column: int = 2, unfilled: bool = False, written: bool = False
) -> tuple[bytes, ...]:
    """An object over a cell of the fourth row ([MS-XLS] 2.4.181; [MS-ODRAW])."""

    def atom(sort: int, body: bytes, instance: int = 0, version: int = 0) -> bytes:
        return struct.pack("<HHI", instance << 4 | version, sort, len(body)) + body

    properties = struct.pack("<HI", 0x01BF, 0x100000) if unfilled else b""
    anchor = struct.pack("<9H", 0, column, 0, 3, 0, column + 1, 0, 4, 0)
    shape = atom(
        0xF004,
        atom(0xF00A, struct.pack("<II", 1025, 0xA00), 1, 2)
        + atom(0xF00B, properties, len(properties) // 6, 3)
        + atom(0xF010, anchor),
        version=15,
    )
    text = record(0x1B6, struct.pack("<HH6xHHI", 0x212, 0, 2, 8, 0))
    return (
        record(0xEC, shape),
        record(0x5D, struct.pack("<5H12x4x", 0x15, 18, kind, 7, 0x6011)),
        *([text] if written else []),
    )
