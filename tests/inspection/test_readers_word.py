"""Word documents: what Word shows with all changes accepted, where it stands, and pictures.

form.doc, form.odt and form.pdf were made by LibreOffice 7.4 from one docx, floating_pictures.*
from the same with its pictures anchored; picture.jpg and picture.png are what was put in.
"""

import base64
import io
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.documents import (
    cell,
    control,
    paragraph,
    part_of,
    presentation,
    repacked,
    row,
    run,
    table,
    text_box,
    word_body,
    word_document,
    written,
)
from make.examples import examples

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.model import Cell, Grid

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"

FORM_CELLS = {
    (0, 0, 1, 1): "演练场次",
    (0, 1, 1, 2): "参演人数",
    (0, 3, 1, 1): "投入经费（万元）",
    (1, 0, 1, 1): "１２",
    (1, 1, 1, 2): "1,234",
    (1, 3, 1, 1): "3.5",
    (2, 0, 1, 2): "政府及部门",
    (2, 2, 2, 1): "企业",
    (2, 3, 1, 1): "其他",
    (3, 0, 1, 1): "场次\n（次）",
    (3, 1, 1, 1): "人数",
    (4, 0, 1, 1): "镕喆①",
    (4, 3, 1, 1): "/",
}


def placed(grid: Grid) -> dict[tuple[int, int, int, int], str]:
    """Place and spans → text, of the cells that hold something."""
    return {
        (each.row, each.column, each.row_span, each.column_span): each.text
        for each in grid.cells
        if each.text
    }


def tables(document: Document) -> list[Grid]:
    """The grids that are tables."""
    return [grid for grid in document.grids if grid.is_table]


def prose(document: Document) -> list[str]:
    """The paragraphs outside tables."""
    return [each.text for grid in document.grids if not grid.is_table for each in grid.cells]


def read(folder: Path, data: bytes, format: str = "docx") -> Document:
    """The document these octets are."""
    return read_document(written(folder, f"file.{format}", data), format)


@pytest.mark.parametrize("name", ["form.doc", "form.odt", "form.pdf"])
def test_a_form_keeps_its_cells_and_the_lines_around_it_in_every_format(name: str) -> None:
    document = read_document(DATA / name, name.rpartition(".")[2])
    assert document.faults == ()
    [grid] = tables(document)
    assert grid.title == "表1"
    assert placed(grid) == FORM_CELLS
    squeezed = [" ".join(text.split()) for text in prose(document)]
    assert squeezed == [
        "2017年安全生产应急演练统计表",
        "填报单位（盖章）：金水区安委会办公室 报出时间：2017年7月3日",
        "填表人：填表人甲 联系电话：0371-67182119",
    ]


def test_wps_is_read_as_the_doc_it_is(tmp_path: Path) -> None:
    document = read(tmp_path, (DATA / "form.doc").read_bytes(), "wps")
    assert placed(tables(document)[0]) == FORM_CELLS


@pytest.mark.parametrize(
    "name", ["form.doc", "form.odt", "floating_pictures.doc", "floating_pictures.rtf"]
)
def test_pictures_come_out_octet_for_octet(name: str) -> None:
    document = read_document(DATA / name, name.rpartition(".")[2])
    put_in = {(DATA / "picture.jpg").read_bytes(), (DATA / "picture.png").read_bytes()}
    assert {picture.data for picture in document.pictures} == put_in


def test_text_in_reading_order_has_a_table_row_as_a_line_parted_by_tabs(tmp_path: Path) -> None:
    body = paragraph("前") + table(row("甲", "乙"), row("1", "2")) + paragraph("后")
    document = read(tmp_path, word_document(body))
    assert document.text == "前\n甲\t乙\n1\t2\n后"


def test_content_controls_insertions_and_text_boxes_are_read(tmp_path: Path) -> None:
    body = (
        control(paragraph("控件段落"), "x")
        + paragraph(control(run("控件"), "x"), f"<w:ins>{run('插入')}</w:ins>")
        + paragraph(run("框外"), text_box(paragraph("框内")))
        + table(row(control(cell("控件格"), "x"), "乙"), control(row("控件行", "丁"), "x"))
    )
    document = read(tmp_path, word_document(body))
    assert prose(document) == ["控件段落", "控件插入", "框外", "框内"]
    assert [each.text for each in tables(document)[0].cells] == ["控件格", "乙", "控件行", "丁"]


def test_deleted_moved_and_hidden_text_is_not_shown(tmp_path: Path) -> None:
    body = paragraph(
        run("留"),
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('移走')}</w:moveFrom>",
        f"<w:moveTo>{run('移来')}</w:moveTo>",
        run("隐", "<w:vanish/>"),
        run("显", '<w:vanish w:val="0"/>'),
        "<w:r><w:instrText>PAGE</w:instrText></w:r>",
    ) + table(row("删行", properties="<w:del/>"), row("留行"))
    document = read(tmp_path, word_document(body))
    assert prose(document) == ["留移来显"]
    assert placed(tables(document)[0]) == {(0, 0, 1, 1): "留行"}


def test_tabs_line_breaks_and_ticked_boxes_stay(tmp_path: Path) -> None:
    body = paragraph(
        run("甲"),
        '<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:br w:type="page"/></w:r>',
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>',
    )
    assert prose(read(tmp_path, word_document(body))) == ["甲\t乙\n丙☑"]


def test_full_width_and_spaces_in_a_cell_are_left_alone(tmp_path: Path) -> None:
    body = table(row("１２　次", "  a  b "))
    assert [each.text for each in tables(read(tmp_path, word_document(body)))[0].cells] == [
        "１２　次",
        "  a  b ",
    ]


def test_every_way_of_merging_gives_spans_and_positions_on_the_table_grid(tmp_path: Path) -> None:
    merged, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row(cell("A", '<w:gridSpan w:val="2"/>'), cell("B", merged)),
        row("C", "D", cell("", goes_on)),
        row("E", properties='<w:gridBefore w:val="1"/>'),
        row(cell("F", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), "G"),
        row("", "", ""),
    )
    [grid] = tables(read(tmp_path, word_document(body)))
    assert placed(grid) == {
        (0, 0, 1, 2): "A",
        (0, 2, 2, 1): "B",
        (1, 0, 1, 1): "C",
        (1, 1, 1, 1): "D",
        (2, 1, 1, 1): "E",
        (3, 0, 1, 2): "F",
        (3, 2, 1, 1): "G",
    }
    assert sum(each.row == 4 for each in grid.cells) == 3  # an empty row keeps its cells


def test_a_table_inside_a_cell_is_a_grid_of_its_own(tmp_path: Path) -> None:
    inner = paragraph("外") + table(row("内")) + paragraph("")
    body = table(row(cell(inner), "旁")) + table(row("后"))
    grids = tables(read(tmp_path, word_document(body)))
    assert [(grid.title, [each.text for each in grid.cells]) for grid in grids] == [
        ("表1", ["外", "旁"]),
        ("表2", ["内"]),
        ("表3", ["后"]),
    ]


def test_page_headers_footers_and_notes_are_paragraphs_once(tmp_path: Path) -> None:
    parts = {
        "word/header1.xml": word_body(paragraph("填报单位：金水区")),
        "word/header2.xml": word_body(paragraph("填报单位：金水区")),
        "word/footer1.xml": word_body(paragraph("填表人：填表人甲") + paragraph("- 1 -")),
        "word/footnotes.xml": word_body(paragraph("注：含企业自办")),
    }
    document = read(tmp_path, word_document(paragraph("正文"), parts))
    assert sorted(prose(document)) == sorted(
        ["正文", "填报单位：金水区", "填表人：填表人甲", "注：含企业自办"]
    )


def test_tags_of_our_own_blank_form_name_their_cells(tmp_path: Path) -> None:
    body = table(
        row("x", cell("填报单位", '<w:gridSpan w:val="2"/>'), control(cell("金水区"), "mb.unit")),
        row("y", "z", "场次", cell(paragraph(control(run("12"), "mb.overall.drills")))),
        row("q", cell(paragraph(control(run("别的"), "other.tag"))), "", ""),
    )
    [grid] = tables(read(tmp_path, word_document(body)))
    assert dict(grid.names) == {"unit": (0, 3), "overall.drills": (1, 3)}


def test_a_main_part_of_another_name_is_found(tmp_path: Path) -> None:
    package = word_document(paragraph("旧"))
    types = part_of(package, "[Content_Types].xml").replace("/word/document", "/word/document2")
    package = repacked(
        package, {"[Content_Types].xml": types, "word/document2.xml": word_body(paragraph("新"))}
    )
    assert read(tmp_path, package).text == "新"


def test_a_document_in_utf_16_is_read(tmp_path: Path) -> None:
    package = word_document(paragraph("甲"))
    source = part_of(package, "word/document.xml").replace("UTF-8", "UTF-16")
    package = repacked(package, {"word/document.xml": source.encode("utf-16")})
    assert read(tmp_path, package).text == "甲"


def test_facts_say_title_author_program_pages_and_what_is_embedded(tmp_path: Path) -> None:
    parts: dict[str, bytes | str] = {
        "docProps/core.xml": '<c xmlns:dc="urn:d"><dc:title>统计表</dc:title>'
        "<dc:creator>填表人甲</dc:creator></c>",
        "docProps/app.xml": "<p><Application>WPS Office</Application><Pages>3</Pages></p>",
        "word/embeddings/oleObject1.bin": b"\0",
    }
    document = read(tmp_path, word_document(paragraph("x"), parts))
    assert document.facts == {
        "title": "统计表",
        "author": "填表人甲",
        "program": "WPS Office",
        "pages": 3,
        "embedded_files": ["oleObject1.bin"],
    }


def test_media_are_named_by_their_part_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    jpeg, png = (DATA / "picture.jpg").read_bytes(), (DATA / "picture.png").read_bytes()
    parts: dict[str, bytes | str] = {
        "word/media/image10.png": png,
        "word/media/image2.jpeg": jpeg,
        "word/media/image3.jpeg": jpeg,
        "word/media/image4.emf": b"\1\0\0\0drawing",
    }
    document = read(tmp_path, word_document(paragraph("x"), parts))
    assert [(each.source, each.data) for each in document.pictures] == [
        ("word/media/image2.jpeg", jpeg),
        ("word/media/image10.png", png),
    ]


@pytest.mark.parametrize("flat", [False, True])
def test_word_2003_xml_and_flat_opc_saved_as_doc_are_read(tmp_path: Path, flat: bool) -> None:
    picture = (DATA / "picture.jpg").read_bytes()
    encoded = base64.b64encode(picture).decode()
    body = table(
        row(cell("甲", '<w:vmerge w:val="restart"/>'), "乙"), row(cell("", "<w:vmerge/>"), "丙")
    )
    if flat:
        source = (
            '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
            f"<pkg:part><pkg:xmlData>{word_body(body).partition('?>')[2]}</pkg:xmlData></pkg:part>"
            f"<pkg:part><pkg:binaryData>{encoded}</pkg:binaryData></pkg:part></pkg:package>"
        )
    else:
        source = (
            '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
            f'{body}<w:p><w:r><w:pict><w:binData w:name="1.jpg">{encoded}</w:binData></w:pict>'
            "</w:r></w:p></w:body></w:wordDocument>"
        )
    document = read(tmp_path, source.encode(), "wordml")
    assert placed(tables(document)[0]) == {
        (0, 0, 2, 1): "甲",
        (0, 1, 1, 1): "乙",
        (1, 1, 1, 1): "丙",
    }
    assert [each.data for each in document.pictures] == [picture]


def test_rtf_in_gbk_is_read(tmp_path: Path) -> None:
    def escaped(text: str) -> str:
        return "".join(f"\\'{octet:02x}" for octet in text.encode("gbk"))

    source = (
        r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fcharset134 SimSun;}}\f0 "
        + escaped("填报单位")
        + r"\par\trowd\cellx2000\cellx4000\intbl "
        + escaped("演练场次")
        + r"\cell 12\cell\row\pard "
        + escaped("填表人")
        + r"\par}"
    )
    document = read(tmp_path, source.encode("ascii"), "rtf")
    assert prose(document) == ["填报单位", "填表人"]
    assert placed(tables(document)[0]) == {(0, 0, 1, 1): "演练场次", (0, 1, 1, 1): "12"}


def test_rtf_pictures_in_binary_are_found(tmp_path: Path) -> None:
    picture = (DATA / "picture.png").read_bytes()
    source = b"{\\rtf1 {\\pict\\pngblip\\picw1{\\*\\blipuid 00ff}\\bin%d %s}}" % (
        len(picture),
        picture,
    )
    assert [each.data for each in read(tmp_path, source, "rtf").pictures] == [picture]


def test_slides_give_their_text(tmp_path: Path) -> None:
    document = read(tmp_path, presentation(["演练总结", "存在问题"]), "pptx")
    assert prose(document) == ["演练总结", "存在问题"]


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12
).map(str.strip)


@st.composite
def merged_tables(draw: st.DrawFn) -> tuple[int, int, list[Cell]]:
    """A table with rectangles merged at random: rows, columns, and the cells that remain."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    free = {(r, c) for r in range(height) for c in range(width)}
    cells: list[Cell] = []
    for r, c in sorted(free):
        if (r, c) not in free:
            continue
        down, across = draw(st.integers(1, height - r)), draw(st.integers(1, width - c))
        if draw(st.booleans()):
            down = across = 1
        covered = {(r + i, c + j) for i in range(down) for j in range(across)}
        if not covered <= free:
            down, across, covered = 1, 1, {(r, c)}
        free -= covered
        cells.append(Cell(draw(TEXTS), r, c, down, across))
    return height, width, cells


@given(merged_tables())
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_python_docx_writes_is_read_back_cell_for_cell(
    tmp_path: Path, wanted: tuple[int, int, list[Cell]]
) -> None:
    height, width, cells = wanted
    document = docx.Document()
    grid = document.add_table(height, width)
    for each in cells:
        first = grid.cell(each.row, each.column)
        last = grid.cell(each.row + each.row_span - 1, each.column + each.column_span - 1)
        first.merge(last).text = each.text
    target = io.BytesIO()
    document.save(target)
    [found] = tables(read(tmp_path, target.getvalue()))
    assert list(found.cells) == cells
