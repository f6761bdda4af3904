"""A look of a cell that is not known to be harmless leaves it open, in every format of
spreadsheets; what offices do to their cells leaves them certain. Every file is the same small
form, whose cell C4 holds 14, put together by hand."""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from make.forms import shipped_spec
from make.traps.rawsheets import (
    ODS_CELL,
    XLSX_CELL,
    XML_CELL,
    anchored,
    conditional,
    drawn,
    ods,
    record,
    spreadsheetml,
    xls,
    xlsx,
)

from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import FieldValue

SPEC = shipped_spec("zhengzhou-2017")
MAKERS = {"xlsx": xlsx, "ods": ods, "spreadsheetml": spreadsheetml, "xls": xls}


def solid(colour: str) -> str:
    return f'<patternFill patternType="solid"><fgColor {colour}/></patternFill>'


def rule(kind: str = "expression", inner: str = "<formula>TRUE</formula>", dxf: str = "0") -> str:
    index = f'dxfId="{dxf}"' if dxf else ""
    return (
        f'<conditionalFormatting sqref="C4"><cfRule type="{kind}" {index} priority="1">{inner}'
        "</cfRule></conditionalFormatting>"
    )


def extended(inner: str, kind: str = "expression") -> str:
    """A rule of Excel 2010's extension."""
    return (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:conditionalFormattings>'
        f'<x14:conditionalFormatting><x14:cfRule type="{kind}">{inner}</x14:cfRule>'
        "<xm:sqref>A1 B2:E9</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        "</ext></extLst>"
    )


WHITE = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
WORDS = "<xdr:txBody><a:p><a:r><a:t>99</a:t></a:r></a:p></xdr:txBody>"


def shape(look: str, words: str = "", kind: str = "rect") -> str:
    form = f'<xdr:spPr><a:prstGeom prst="{kind}"/>{look}</xdr:spPr>'
    return anchored(f"<xdr:sp>{form}{words}</xdr:sp>")


def note(visible: str) -> str:
    """A comment's box over C4."""
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape><x:ClientData ObjectType="Note">'
        f"<x:Anchor>2, 0, 3, 0, 3, 0, 4, 0</x:Anchor>{visible}</x:ClientData></v:shape></xml>"
    )


def text_cell(inner: str) -> str:
    return f'<c r="C4" t="inlineStr"><is>{inner}</is></c>'


TABLE = '<table ref="A3:E8"><tableStyleInfo name="Own"/></table>'
TABLE_STYLE = '<tableStyles><tableStyle name="Own"><x dxfId="0"/></tableStyle></tableStyles>'


def struck_dxf() -> bytes:
    font = bytearray(118)
    struct.pack_into("<I", font, 68, 0x80)
    struct.pack_into("<I", font, 80, 0xFFFFFFFF)
    return bytes(font)


def inked_dxf(colour: int) -> bytes:
    font = bytearray(118)
    struct.pack_into("<I", font, 80, colour)
    struct.pack_into("<I", font, 88, 0x9A)
    return bytes(font)


def condition(target: str, inner: str) -> str:
    return (
        "<calcext:conditional-formats><calcext:conditional-format "
        f'calcext:target-range-address="{target}">{inner}</calcext:conditional-format>'
        "</calcext:conditional-formats>"
    )


def frame(place: str, name: str = "rect", inner: str = "<text:p>99</text:p>") -> str:
    drawing = f'<draw:{name} draw:style-name="g" {place}>{inner}</draw:{name}>'
    return f"<table:shapes>{drawing}</table:shapes>"


OVER = 'svg:x="128pt" svg:y="38.4pt" svg:width="64pt" svg:height="12.8pt"'
STRUCK = (
    '<style:style style:name="z" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
)
REDDENED = (
    '<style:style style:name="z" style:family="table-cell"><style:text-properties '
    'fo:color="#ff0000"/></style:style>'
)
TO_Z = '<style:map style:condition="cell-content()&gt;1" style:apply-style-name="z"/>'


def numbered(inner: str) -> dict[str, object]:
    """A cell whose number style has this before its digits."""
    own = '<style:style style:name="n" style:family="table-cell" style:data-style-name="N1"/>'
    digits = '<number:number number:min-integer-digits="1" number:decimal-places="0"/>'
    style = f'<number:number-style style:name="N1">{inner}{digits}</number:number-style>'
    return {"cell": ODS_CELL.replace('"q"', '"n"'), "styles": own + style}


def excel_css(css: str) -> str:
    return (
        '<ConditionalFormatting xmlns="urn:schemas-microsoft-com:office:excel"><Range>R4C3:R8C5'
        f"</Range><Condition><Format Style='{css}'/></Condition></ConditionalFormatting>"
    )


OPEN: Mapping[str, list[dict[str, object]]] = {
    "xlsx": [
        {"cell": XLSX_CELL + XLSX_CELL.replace("14", "99")},
        {"after_rows": '<row r="4"><c r="C4"><v>99</v></c></row>'},
        {"after_rows": '<row r="20"><c r="C4"><v>99</v></c></row>'},
        {"cell": '<c r="C4"><v>14</v><v>99</v></c>'},
        {"cell": '<c r="C4" vm="1"><v>14</v></c>'},
        {"cell": '<c r="C4" veiled="1"><v>14</v></c>'},
        {"row": 'veiled="1"'},
        {"cell": text_cell("<t>14人次</t>")},  # where drills are counted
        {"after": '<veil ref="C4"/>'},
        {"xf": 'veil="1"'},
        {"within_xf": '<alignment horizontal="fill"/>'},
        {"within_xf": '<alignment horizontal="right" indent="15"/>'},
        {"within_xf": "<veil/>"},
        {"font": "<vanish/>"},
        {"border": '<border diagonalUp="1"><diagonal style="thin"/></border>'},
        {"font": '<name val="Wingdings"/>'},
        {"font": '<name val="Foo"/><charset val="2"/>'},
        {"font": '<color indexed="22"/>', "fill": solid('indexed="22"')},
        {"font": '<color theme="77"/>'},
        {"font": '<color rgb="FFF8F8F8"/>'},
        {
            "font": '<color rgb="FFFFFFFF"/>',
            "fill": '<gradientFill><stop position="0"><color rgb="FFFFFFFF"/></stop>'
            '<stop position="1"><color rgb="FF0000FF"/></stop></gradientFill>',
        },
        {
            "font": '<color indexed="12"/>',
            "styles": "<colors><indexedColors>"
            + '<rgbColor rgb="FFFFFFFF"/>' * 64
            + "</indexedColors></colors>",
        },
        {"code": "[White]0"},
        {"code": "[颜色2]0"},
        {"code": "[Foo]0"},
        {"code": "*10"},
        {"cell": text_cell("<t>14</t>").replace("r=", 's="1" r='), "code": '@"5"'},
        {"cell": text_cell('<r><t>1</t></r><r><rPr><rFont val="Wingdings"/></rPr><t>4</t></r>')},
        {"cell": text_cell('<r><rPr><color rgb="FFF0F0F0"/></rPr><t>1</t></r><r><t>4</t></r>')},
        {
            "cell": '<c r="C4"><f>SUM(C6:C8)</f><v>14</v></c>',
            "view": 'showFormulas="1"',
        },
        {"before": '<sheetFormatPr defaultRowHeight="0.5"/>'},
        {"before": '<sheetFormatPr defaultRowHeight="15" defaultColWidth="0.2"/>'},
        {"row": 'ht="4"'},
        {"after": extended("<x14:dxf><font><strike/></font></x14:dxf>")},
        {"after": extended('<x14:dxf><font><color rgb="FFFFFFFF"/></font></x14:dxf>')},
        {"after": extended('<x14:iconSet showValue="0"/>', "iconSet")},
        {"after": rule(dxf="9")},
        {"after": rule("starScale", "<starScale/>", dxf="")},
        {"after": rule(), "dxf": "<dxf><hideAll/></dxf>"},
        {
            "after": rule(),
            "dxf": '<dxf><fill><patternFill><bgColor rgb="FFFF0000"/></patternFill></fill></dxf>',
            "font": '<color rgb="FFFF0000"/>',
        },
        {"after": rule("colorScale", '<colorScale><color rgb="FF000000"/></colorScale>', dxf="")},
        {"drawing": shape(WHITE)},
        {"drawing": shape("<a:noFill/>", WORDS)},
        {"drawing": shape("")},
        {
            "drawing": anchored(
                f"<xdr:grpSp><xdr:sp><xdr:spPr>{WHITE}</xdr:spPr></xdr:sp></xdr:grpSp>"
            )
        },
        {"drawing": anchored("<xdr:cxnSp><xdr:spPr/></xdr:cxnSp>")},
        {"drawing": anchored("<xdr:graphicFrame/>")},
        {"drawing": anchored("<xdr:graphicFrame/>").replace("<xdr:col>2<", "<xdr:col>x<")},
        {"drawing": "<broken>"},
        {"row": 'xmlns:q="urn:x" q:hidden="0"'},
        {"table": TABLE, "styles": TABLE_STYLE, "dxf": "<dxf><font><strike/></font></dxf>"},
        {"drawing": anchored('<xdr:pic><a:blip r:embed="i"/></xdr:pic>'), "media": b"\1\0\0\0EMF"},
        {"vml": note("<x:Visible/>")},
    ],
    "ods": [
        {"look": 'style:repeat-content="true"'},
        {"look": 'style:cell-protect="hidden-and-protected"', "table": 'table:protected="true"'},
        {"look": 'fo:veil="1"'},
        {"look": 'style:diagonal-bl-tr="0.06pt solid #000000"'},
        {"text": 'fo:veil="1"'},
        {"text": 'fo:color="#fafafa"'},
        {"text": 'fo:color="#000000" loext:opacity="0%"'},
        {"text": 'style:text-scale="1%"'},
        {"text": 'style:font-name="Wingdings"'},
        {"within": TO_Z, "styles": STRUCK},
        {"within": TO_Z},
        {
            "after": condition("表.C4:表.C8", '<calcext:condition calcext:apply-style-name="z"/>'),
            "styles": STRUCK,
        },
        {"after": condition("'表'.C4:'表'.C8", '<calcext:icon-set calcext:show-value="false"/>')},
        {"after": condition("表.C4", "<calcext:veil/>")},
        {"before": frame(OVER)},
        {"before": frame("")},
        {"before": frame('svg:x1="120pt" svg:y1="45pt" svg:x2="200pt" svg:y2="45pt"', "line", "")},
        numbered("<number:fill-character>1</number:fill-character>"),
        numbered('<style:text-properties fo:color="#ffffff"/>'),
        numbered("<number:veil/>"),
        {
            "cell": '<table:table-cell office:value-type="string"><text:p>14<text:veil>1'
            "</text:veil></text:p></table:table-cell>"
        },
        {
            "before": "<table:table-column/>" * 2 + '<table:table-column table:style-name="c"/>',
            "styles": '<style:style style:name="c" style:family="table-column">'
            '<style:table-column-properties style:column-width="7pt"/></style:style>',
        },
        {
            "row": 'table:style-name="r"',
            "styles": '<style:style style:name="r" style:family="table-row">'
            '<style:table-row-properties style:row-height="4pt"/></style:style>',
        },
    ],
    "spreadsheetml": [
        {
            "cell": XML_CELL.replace('"3"', '"4"').replace("14", "1360")
            + '<Cell ss:Index="3"><Data ss:Type="Number">14</Data></Cell>'
        },
        {"cell": XML_CELL.replace("</Cell>", '<Data ss:Type="Number">99</Data></Cell>')},
        {"cell": XML_CELL.replace("</Cell>", '<Comment ss:ShowAlways="1"/></Cell>')},
        {
            "cell": '<Cell ss:Index="3"><Data ss:Type="String">14<html:Veil>1</html:Veil></Data>'
            "</Cell>"
        },
        {
            "cell": '<Cell ss:Index="3"><Data ss:Type="String">1<html:Font html:Face="Wingdings">4'
            "</html:Font></Data></Cell>"
        },
        {"style": '<Alignment ss:Horizontal="Fill"/>'},
        {"style": '<Font ss:FontName="Wingdings"/>'},
        {"style": '<Font ss:Color="#FAFAFA"/>'},
        {"style": '<Font ss:Color="paper"/>'},
        {"style": '<Font ss:Veil="1"/>'},
        {"style": "<Veil/>"},
        {
            "style": '<Borders><Border ss:Position="DiagonalLeft" ss:LineStyle="Continuous"/>'
            "</Borders>"
        },
        {"style": '<NumberFormat ss:Format="[White]0"/>'},
        {"after": "<Veil/>"},
        {"after": excel_css("color:white")},
        {"after": excel_css("text-line-through:single")},
        {"after": excel_css("background:black")},
        {
            "cell": XML_CELL.replace(" ss:StyleID", ' ss:Formula="=SUM(R6C3:R8C3)" ss:StyleID'),
            "after": "<x:WorksheetOptions><x:DisplayFormulas/></x:WorksheetOptions>",
        },
        {"columns": '<Column ss:Index="3" ss:Width="6"/>'},
        {"columns": '<Column ss:Index="5"/><Column ss:Index="3" ss:Hidden="1"/>'},
        {"table": 'ss:DefaultColumnWidth="4"'},
        {"row": 'ss:Height="4"'},
    ],
    "xls": [
        {"extra": (record(0x203, struct.pack("<3Hd", 3, 2, 15, 99.0)),)},
        {"look": "alignment: horiz filled"},
        {"look": "borders: diag thin, need_diag1 on"},
        {"look": "alignment: horiz left, indent 15"},
        {"look": "font: name Wingdings"},
        {"look": "font: charset symbol"},
        {"look": "font: colour ivory; pattern: pattern solid, fore_colour ivory"},
        {
            "look": "font: colour white; pattern: pattern thick_horz_bands, fore_colour white, "
            "back_colour white"
        },
        {"code": "[White]0"},
        {"width": 400},
        {"height": 80},
        {"code": "0.0", "shows_formulas": True},
        {"extra": conditional(struck_dxf(), 1 << 26)},
        {"extra": conditional(inked_dxf(9), 1 << 26)},
        {"extra": conditional(b"\x31\0", 1 << 25)},
        {"extra": drawn(2)},
        {"extra": drawn(2, unfilled=True, written=True)},
        {"extra": drawn(5)},
        {"extra": drawn(2)[1:]},
    ],
}

CERTAIN: Mapping[str, list[dict[str, object]]] = {
    "xlsx": [
        {},
        {"cell": XLSX_CELL * 2},
        {
            "font": '<b/><i/><u/><sz val="12"/><color theme="1"/><name val="宋体"/>'
            '<charset val="134"/>'
        },
        {"font": '<color rgb="FFFFFFFF"/>', "fill": solid('rgb="FF000080"')},
        {"fill": '<patternFill patternType="gray125"/>'},
        {"within_xf": '<alignment horizontal="left" wrapText="1" indent="1"/><protection/>'},
        {"within_xf": '<alignment textRotation="90"/>', "xf": 'quotePrefix="1" xfId="0"'},
        {"code": "[Red]0"},
        {"border": '<border><left style="thin"/><diagonal/></border>'},
        {"code": "* #,##0"},
        {"code": "[DBNum1][$-804]General"},
        {"view": 'zoomScale="70" rightToLeft="1"'},
        {"row": 'ht="10" customHeight="1" spans="1:5"'},
        {"after": "<ignoredErrors/><hyperlinks/><phoneticPr/>"},
        {"after": extended('<x14:dxf><font><color rgb="FFFF0000"/></font></x14:dxf>')},
        {"after": extended("<x14:iconSet/>", "iconSet")},
        {
            "after": rule(),
            "dxf": '<dxf><font><color rgb="FFFFFFFF"/></font><fill><patternFill>'
            '<bgColor rgb="FFFF0000"/></patternFill></fill></dxf>',
        },
        {"drawing": shape("<a:noFill/>", kind="ellipse")},
        {"drawing": anchored(f"<xdr:sp><xdr:spPr>{WHITE}</xdr:spPr></xdr:sp>", 7, 7)},
        {"vml": note("")},
        {
            "table": TABLE,
            "styles": TABLE_STYLE,
            "dxf": '<dxf><fill><patternFill><bgColor rgb="FFDDEBF7"/></patternFill></fill></dxf>',
        },
    ],
    "ods": [
        {},
        {"look": 'style:cell-protect="hidden-and-protected"'},
        {"text": 'style:use-window-font-color="true" loext:opacity="0%"'},
        {"text": 'fo:color="#ffffff"', "look": 'fo:background-color="#000080"'},
        {"text": 'style:font-name="宋体" fo:font-size="12pt" fo:font-weight="bold"'},
        {"within": TO_Z, "styles": REDDENED},
        {"after": condition("表.C4:表.C8", "<calcext:icon-set/>")},
        {
            "before": frame(OVER, inner=""),
            "styles": '<style:style style:name="g" style:family="graphic">'
            '<style:graphic-properties draw:fill="none"/></style:style>',
        },
        {"before": frame('svg:x="400pt" svg:y="38pt" svg:width="64pt" svg:height="12pt"')},
        numbered('<style:text-properties fo:color="#ff0000"/>'),
    ],
    "spreadsheetml": [
        {},
        {"style": '<Alignment ss:Horizontal="Center" ss:Vertical="Bottom" ss:WrapText="1"/>'},
        {"style": '<Font ss:FontName="宋体" x:CharSet="134" ss:Size="12" ss:Bold="1"/>'},
        {
            "style": '<Font ss:Color="#FFFFFF"/>'
            '<Interior ss:Color="#000000" ss:Pattern="Solid"/><Borders/>'
        },
        {"after": excel_css("color:#9C0006;background:#FFC7CE;font-weight:700")},
        {"columns": '<Column ss:Index="3" ss:Width="60"/>'},
        {"row": 'ss:Height="14.25"'},
    ],
    "xls": [
        {},
        {"extra": (record(0x203, struct.pack("<3Hd", 3, 2, 15, 14.0)),)},
        {"look": "font: name 宋体, colour red, height 240, bold on"},
        {"look": "font: colour white; pattern: pattern solid, fore_colour dark_blue"},
        {"look": "alignment: shrink_to_fit true", "width": 400},
        {"height": 280},
        {"extra": conditional(inked_dxf(10), 1 << 26)},
        {"extra": drawn(0x14)},
        {"extra": drawn(2, unfilled=True)},
        {"extra": drawn(2, column=7)},
        {"extra": drawn(0x19, written=True)},
    ],
}


def _cases(table: Mapping[str, list[dict[str, object]]]) -> list[tuple[str, dict[str, object]]]:
    return [(format_, look) for format_, looks in table.items() for look in looks]


def drills(folder: Path, format_: str, look: dict[str, object]) -> tuple[FieldValue, bool]:
    """The field, and whether a finding names its cell."""
    extra = look.get("extra", ())
    assert isinstance(extra, tuple)
    path = folder / "form"
    others = {name: value for name, value in look.items() if name != "extra"}
    path.write_bytes(MAKERS[format_](*extra, **others))  # type: ignore[operator]
    read = extract_fields(read_document(path, format_).grids, SPEC)
    findings = judge_form(read, SPEC, seal=True, arrived_on=None)
    one = read["overall.drills"]
    return one, any(one.where and one.where in each.where for each in findings)


@pytest.mark.parametrize(("format_", "look"), _cases(OPEN))
def test_a_look_that_is_not_known_leaves_the_cell_open(
    tmp_path: Path, format_: str, look: dict[str, object]
) -> None:
    read, is_told = drills(tmp_path, format_, look)
    assert read.value is None or read.confidence <= SPEC.confidence_bound
    assert is_told


@pytest.mark.parametrize(("format_", "look"), _cases(CERTAIN))
def test_what_offices_do_to_a_cell_leaves_it_certain(
    tmp_path: Path, format_: str, look: dict[str, object]
) -> None:
    read, is_told = drills(tmp_path, format_, look)
    assert (read.value, read.confidence, is_told) == (14, 1.0, False)
