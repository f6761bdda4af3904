"""What is shown of a document and what is not, one feature of a format at a time."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from make.traps.words import Form, Row, Run, write_odt

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.readers.shown import contrast, is_pale, is_unseen
from mailbot.model import Cell

W = nsdecls("w")
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
VML = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def lines(path: Path, octets: bytes, format_: str) -> list[Cell]:
    """Everything that is read, cells and lines, in order."""
    path.write_bytes(octets)
    document = read_document(path, format_)
    assert not document.faults
    return [cell for grid in document.grids for cell in grid.cells]


def texts(path: Path, octets: bytes, format_: str) -> list[str]:
    return [cell.text for cell in lines(path, octets, format_)]


# ---- docx -----------------------------------------------------------------------------------


def docx(body: str, styles: str = "") -> bytes:
    document = WordDocument()
    for index, element in enumerate(parse_xml(f"<w:body {W} {MATH} {VML}>{body}</w:body>")):
        document.element.body.insert(index, element)
    for style in parse_xml(f"<w:x {W}>{styles}</w:x>"):
        document.styles.element.append(style)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def run(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


def field(code: str, result: str = "") -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = f"{mark.format('separate')}{result}" if result else ""
    return f"{mark.format('begin')}{code}{shown}{mark.format('end')}"


DROP_DOWN = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
    '<w:listEntry w:val="12"/><w:listEntry w:val="14"/></w:ddList></w:ffData></w:fldChar></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
PLACEHOLDER = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
TEXT_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
    "<w:p><w:r><w:t>14</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>14</w:t></w:r></w:p>"
    "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
NOTE = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>1</w:t></w:r>'
WHITE, BACK = '<w:color w:val="FFFFFF"/>', '<w:rStyle w:val="Back"/>'
SHOWN, NOT_STRUCK = '<w:vanish w:val="0"/>', '<w:strike w:val="0"/>'
MOVED = '<w:moveFrom w:id="1" w:author="x"><w:r><w:t>12</w:t></w:r></w:moveFrom>'
SHADED = '<w:shd w:val="clear" w:color="auto" w:fill="1F4E79"/>'


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (run("14", '<w:strike w:val="0"/>'), "14"),
        (run("12", '<w:strike w:val="true"/>') + run("14"), "14"),
        (field("<w:r><w:instrText>=SUM(ABOVE)</w:instrText></w:r>", run("14")), "14"),
        (field(f"<w:r><w:instrText>IF</w:instrText></w:r>{field('', run('99'))}", run("14")), "14"),
        (run("14") + NOTE, "14"),
        (DROP_DOWN, "14"),
        (run("14") + PLACEHOLDER.format(run("单击此处输入")), "14"),
        (TEXT_BOX, "14"),
        (run("14", f'<w:color w:val="FFFFFF"/>{SHADED}'), "14"),
        (run("14") + run("12", f'<w:color w:val="1F4E79"/>{SHADED}'), "14"),
        (run("1", '<w:vertAlign w:val="superscript"/>'), "1"),
        (run("500m") + run("2", '<w:vertAlign w:val="superscript"/>'), "500m2"),
        (run("14") + run("1", '<w:position w:val="8"/>'), "14"),
        ("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>"
         "</m:den></m:f></m:oMath>", "1/2"),
        (MOVED + run("14"), "14"),
    ],
)  # fmt: skip
def test_word_shows_of_a_paragraph(runs: str, shown: str, tmp_path: Path) -> None:
    assert texts(tmp_path / "a.docx", docx(f"<w:p>{runs}</w:p>"), "docx") == [shown]


@pytest.mark.parametrize(
    ("runs", "doubt"),
    [
        (run("14", "<w:webHidden/>"), "hidden_possible"),
        (run("14", '<w:color w:val="E8E8E8"/>'), "hidden_possible"),
        (run("12") + run("50", '<w:vertAlign w:val="superscript"/>'), "note_mark_possible"),
        (run("10") + run("3", '<w:vertAlign w:val="superscript"/>'), "note_mark_possible"),
        (PLACEHOLDER.format(run("14")), "hidden_possible"),
    ],
)
def test_what_a_person_may_see_otherwise_is_in_doubt(runs: str, doubt: str, tmp_path: Path) -> None:
    (line,) = lines(tmp_path / "a.docx", docx(f"<w:p>{runs}</w:p>"), "docx")
    assert line.doubts == (doubt,)


STYLES = (
    '<w:style w:type="paragraph" w:styleId="Old"><w:name w:val="Old"/><w:rPr><w:strike/></w:rPr>'
    '</w:style><w:style w:type="paragraph" w:styleId="Older"><w:name w:val="Older"/>'
    '<w:basedOn w:val="Old"/></w:style><w:style w:type="character" w:styleId="Back">'
    '<w:name w:val="Back"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="Gone"><w:name w:val="Gone"/><w:rPr><w:vanish/></w:rPr>'
    "</w:style>"
)


def test_styles_strike_out_and_two_of_them_cancel_each_other(tmp_path: Path) -> None:
    old = '<w:pPr><w:pStyle w:val="Older"/></w:pPr>'
    body = (
        f"<w:p>{old}{run('12')}</w:p><w:p>{old}{run('14', BACK)}</w:p>"
        f"<w:p>{old}{run('15', NOT_STRUCK)}</w:p>"
    )
    assert texts(tmp_path / "a.docx", docx(body, STYLES), "docx") == ["14", "15"]


def test_a_table_style_hides_its_cells(tmp_path: Path) -> None:
    table = (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Gone"/></w:tblPr><w:tblGrid/>'
        f"<w:tr><w:tc><w:p>{run('12')}</w:p></w:tc><w:tc><w:p>"
        f"{run('14', SHOWN)}</w:p></w:tc></w:tr></w:tbl>"
    )
    assert texts(tmp_path / "a.docx", docx(table, STYLES), "docx") == ["", "14"]


def test_white_letters_in_a_dark_cell_are_a_heading(tmp_path: Path) -> None:
    table = (
        f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr>{SHADED}</w:tcPr>"
        f"<w:p>{run('举办次数', WHITE)}</w:p></w:tc></w:tr></w:tbl>"
    )
    assert texts(tmp_path / "a.docx", docx(table), "docx") == ["举办次数"]


def test_two_readers_of_a_docx_that_differ_leave_the_cell_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbot.inspection.readers.wordml import document

    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:p>{run('14')}</w:p></w:tc></w:tr></w:tbl>"
    (cell,) = lines(tmp_path / "a.docx", docx(table), "docx")
    assert cell.doubts == ()
    monkeypatch.setattr(document, "_paragraph_text", lambda _paragraph: "1 4 0")
    (cell,) = lines(tmp_path / "a.docx", docx(table), "docx")
    assert cell.doubts == ("readers_differ",)


# ---- RTF ------------------------------------------------------------------------------------

RTF = (
    r"{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0\fcharset134 SimSun;}}{\colortbl;\red255\green255"
    r"\blue255;\red0\green0\blue0;\red31\green78\blue121;}\f0\fs24 %s\par}"
)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"{\v 12}14", "14"),
        (r"\strike 12\strike0 14", "14"),
        ("{\\loch\n14}", "14"),
        (r"{\field{\*\fldinst {SEQ a}}{\fldrslt 14}}", "14"),
        (r"14{\super\chftn}", "14"),
        (r"{\super 14}", "14"),
        (r"14{\up8 1}", "14"),
        (r"\cf1\chcbpat3 14", "14"),
        (r"\cf1 12\cf2 14", "14"),
        (r"{\shp{\*\shpinst{\shptxt 14\par}}{\shprslt{12}}}", "14"),
        (r"{\v\u31243?}14\u20154?", "14人"),
        (r"14{\*\atnid A}\chatn{\*\annotation 12}", "14"),
        (r"{\mvf 12}{\mvt 14}", "14"),
        (r"14{\super\u9312\'3f}", "14"),
        (r"14{\super \u9312?}", "14"),
        (r"{\dbch\afs2\u20154\'3f}14", "14"),
    ],
)
def test_rtf_shows(source: str, shown: str, tmp_path: Path) -> None:
    assert texts(tmp_path / "a.rtf", (RTF % source).encode(), "rtf") == [shown]


def test_white_letters_in_a_dark_cell_of_rtf_are_a_heading(tmp_path: Path) -> None:
    row = r"\trowd\clcbpat3\cellx1000\cellx2000\intbl\cf1 14\cell 12\cell\row"
    assert texts(tmp_path / "a.rtf", (RTF % row).encode(), "rtf") == ["14", ""]


# ---- OpenDocument ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "put", "shown"),
    [
        ("<text:p>14</text:p>", "<text:p>14<office:annotation><text:p>7</text:p>"
         "</office:annotation></text:p>", ["14"]),
        ("<text:p>14</text:p>", '<text:section text:display="none"><text:p>12</text:p>'
         "</text:section><text:p>14</text:p>", ["14"]),
        ("<text:p>14</text:p>", '<text:p>14<text:hidden-text text:is-hidden="true">1'
         "</text:hidden-text></text:p>", ["14"]),
    ],
)  # fmt: skip
def test_an_open_document_shows(found: str, put: str, shown: list[str], tmp_path: Path) -> None:
    form = Form(before=[[Run("14")]], rows=[Row([[Run("")]])])
    source, packed = io.BytesIO(write_odt(form)), io.BytesIO()
    with ZipFile(source) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).decode().replace(found, put))
    read = texts(tmp_path / "a.odt", packed.getvalue(), "odt")
    assert [text for text in read if text] == shown


def test_a_collapsed_row_of_a_text_is_in_doubt_because_writer_shows_it(tmp_path: Path) -> None:
    form = Form(rows=[Row([[Run("12")]]), Row([[Run("14")]])])
    source, packed = io.BytesIO(write_odt(form)), io.BytesIO()
    with ZipFile(source) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            octets = old.read(name).decode()
            row = '<table:table-row table:visibility="collapse">'
            new.writestr(name, octets.replace("<table:table-row>", row, 1))
    cells = lines(tmp_path / "a.odt", packed.getvalue(), "odt")
    assert [(cell.text, cell.doubts) for cell in cells] == [
        ("12", ("hidden_possible",)),
        ("14", ()),
    ]


# ---- HTML -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "shown"),
    [
        ("", "<p>14<sup>[1]</sup></p>", ["14"]),
        ("", "<p hidden>12</p><p>14</p>", ["14"]),
        ("", "<p><!--[if mso]>12<![endif]-->14</p>", ["14"]),
        ("", '<p><select><option>12<option selected>14</select></p>', ["14"]),
        ("", '<p><input value="14"><input type="hidden" value="12"></p>', ["14"]),
        ("", '<div style="display:none"><table><tr><td>12</table></div><p>14</p>', ["14"]),
        ("", '<table><tr style="display:none"><td>12<tr><td>14</table>', ["14"]),
        ("", '<table><col><col width=0><tr><td>14<td>12</table>', ["14"]),
        ("", '<table><tr bgcolor="#1F4E79"><td><font color=white>14</font></table>', ["14"]),
        ("", '<p style="visibility:hidden">12<b style="visibility:visible">14</b></p>', ["14"]),
        ("", '<p><span style="font-size:0">12</span>14</p>', ["14"]),
        ("", '<p><span style="opacity: 0">12</span>14</p>', ["14"]),
        ("", '<p><font size="1" style="font-size: 1pt">12</font>14</p>', ["14"]),
        ("<style>#a td.x {display:none} td.x {color:red}</style>",
         '<table id="A"><tr><td class="X">12<td>14</table>', ["14"]),
        ("<style>@media print { p {display:none} } @media screen { i {display:none} }</style>",
         "<p>14<i>12</i></p>", ["14"]),
        ("<style>.a {display:none} .a {display:inline !important}</style>",
         '<p><i class=a style="display:none">14</i></p>', ["14"]),
        ("<style>a:hover, li:before {display:none}</style>", "<p>14</p>", ["14"]),
    ],
)  # fmt: skip
def test_a_page_shows(head: str, body: str, shown: list[str], tmp_path: Path) -> None:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    cells = lines(tmp_path / "a.html", page, "html")
    assert [cell.text for cell in cells] == shown
    assert {cell.doubts for cell in cells} == {()}


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<style>tr:nth-child(2) {display:none}</style>", "<table><tr><td>14</table>"),
        ("<style>@media (max-width: 900px) {p {display:none}}</style>", "<p>14</p>"),
        ("", '<table><tr height="0"><td>14</table>'),
        ("", '<p style="color:#eee">14</p>'),
    ],
)
def test_a_page_that_shows_one_thing_here_and_another_there_is_in_doubt(
    head: str, body: str, tmp_path: Path
) -> None:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    (cell,) = lines(tmp_path / "a.html", page, "html")
    assert (cell.text, cell.doubts) == ("14", ("hidden_possible",))


# ---- PDF ------------------------------------------------------------------------------------


def pdf(content: str, page: str = "", catalogue: str = "") -> bytes:
    """One page with this content stream, in Helvetica."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R {catalogue}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R"
        f"/Resources<</Font<</F 5 0 R>>>> {page}>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer<</Size 6/Root 1 0 R>>startxref\n{start}\n%%EOF".encode()


def at(x: float, y: float, text: str, size: float = 12) -> str:
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET "


STRIKE_OUT = "/Annots[<</Type/Annot/Subtype/StrikeOut/Rect[100 195 115 212]/F 4>>]"


@pytest.mark.parametrize(
    ("content", "page", "shown"),
    [
        ("3 Tr " + at(100, 200, "12") + "0 Tr " + at(200, 200, "14"), "", "14"),
        ("1 g " + at(100, 200, "12") + "0 g " + at(200, 200, "14"), "", "14"),
        ("0 0 0 0 k " + at(100, 200, "12") + "0 g " + at(200, 200, "14"), "", "14"),
        ("0 0 1 rg 90 190 50 30 re f 1 g " + at(100, 200, "14"), "", "14"),
        (at(100, 200, "12") + "1 g 90 190 50 30 re f 0 g " + at(200, 200, "14"), "", "14"),
        (at(100, 200, "12") + "98 204 m 116 204 l S " + at(200, 200, "14"), "", "14"),
        (at(100, 200, "12") + "98 203.5 18 1 re f " + at(200, 200, "14"), "", "14"),
        (at(100, 200, "14") + "98 198 m 116 198 l S ", "", "14"),
        (at(100, 200, "12") + at(200, 200, "14"), "/CropBox[150 0 400 400]", "14"),
        (at(100, 200, "12") + at(200, 200, "14"), STRIKE_OUT, "14"),
        (at(100, 200, "12", 1) + at(200, 200, "14"), "", "14"),
        (at(100, 200, "14") + at(113.4, 205, "1", 7), "", "14"),
    ],
)
def test_a_pdf_shows(content: str, page: str, shown: str, tmp_path: Path) -> None:
    assert texts(tmp_path / "a.pdf", pdf(content, page), "pdf") == [shown]


def test_text_of_a_pdf_in_a_layer_that_may_be_off_is_in_doubt(tmp_path: Path) -> None:
    layers = "/OCProperties<</OCGs[]/D<</OFF[6 0 R]>>>>"
    content = "/OC /L BDC " + at(100, 200, "14") + "EMC"
    (line,) = lines(tmp_path / "a.pdf", pdf(content, "", layers), "pdf")
    assert line.doubts == ("hidden_possible",)


# ---- colours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ink", "paper", "unseen", "pale"),
    [
        ("FFFFFF", "FFFFFF", True, True),
        ("FEFEFE", "FFFFFF", True, True),
        ("F2F2F2", "FFFFFF", False, True),
        ("808080", "FFFFFF", False, False),
        ("FFFF00", "FFFFFF", False, False),
        ("FF0000", "FFFFFF", False, False),
        ("FFFFFF", "1F4E79", False, False),
        ("1F4E79", "1F4E79", True, True),
    ],
)
def test_ink_is_seen_on_paper_of_another_colour(
    ink: str, paper: str, unseen: bool, pale: bool
) -> None:
    assert (is_unseen(ink, paper), is_pale(ink, paper)) == (unseen, pale)
    assert contrast(ink, paper) == contrast(paper, ink)


def test_a_colour_wins_over_the_windows_own_that_the_default_style_asks_for(tmp_path: Path) -> None:
    form = Form(before=[[Run("12", "white"), Run("14")]], rows=[Row([[Run("")]])])
    default = (
        '<style:default-style style:family="paragraph"><style:text-properties'
        ' style:use-window-font-color="true"/></style:default-style>'
    )
    source, packed = io.BytesIO(write_odt(form)), io.BytesIO()
    with ZipFile(source) as old, ZipFile(packed, "w") as new:
        for name in old.namelist():
            octets = old.read(name).decode()
            new.writestr(name, octets.replace("<office:styles>", f"<office:styles>{default}"))
    read = texts(tmp_path / "a.odt", packed.getvalue(), "odt")
    assert [text for text in read if text] == ["14"]
