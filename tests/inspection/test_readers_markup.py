"""HTML, csv and plain text in the charsets units send."""

import base64
import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.documents import written
from make.examples import examples

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.model import Grid

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"


def placed(grid: Grid) -> dict[tuple[int, int, int, int], str]:
    """Place and spans → text."""
    return {
        (each.row, each.column, each.row_span, each.column_span): each.text for each in grid.cells
    }


def read(folder: Path, data: bytes, format: str) -> Document:
    """The document these octets are."""
    return read_document(written(folder, f"file.{format}", data), format)


FORM = (
    "<html><head><title>统计表</title><meta http-equiv=Content-Type "
    'content="text/html; charset={}"><style>td {{color: red}}</style></head><body>'
    "<h1>标题</h1><p>填报单位：<b>金水区</b>&nbsp;镕</p>"
    "<table><tr><td colspan=2>总体\n 情况</td><td rowspan='2'>备注</td></tr>"
    "<tr><td>场次<br>（次）<td>12</tr></table>"
    "<div>填表人<script>var x='<td>';</script></div></body></html>"
)


@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "gbk", "unknown-charset"])
def test_html_saved_under_an_office_name_is_a_table_and_its_lines(
    tmp_path: Path, charset: str
) -> None:
    data = FORM.format(charset).encode("utf-8" if charset.startswith("u") else "gbk")
    document = read(tmp_path, data, "html")
    table, prose = document.grids
    assert placed(table) == {
        (0, 0, 1, 2): "总体 情况",
        (0, 2, 2, 1): "备注",
        (1, 0, 1, 1): "场次\n（次）",
        (1, 1, 1, 1): "12",
    }
    assert [each.text for each in prose.cells] == ["标题", "填报单位：金水区 镕", "填表人"]
    assert document.text.splitlines() == [
        "标题",
        "填报单位：金水区 镕",
        "总体 情况\t备注",
        "场次 （次）\t12",
        "填表人",
    ]
    assert document.facts["title"] == "统计表"


def test_html_in_utf_16_with_a_mark_is_read(tmp_path: Path) -> None:
    document = read(tmp_path, FORM.format("utf-16").encode("utf-16"), "html")
    assert document.grids[0].cells[-1].text == "12"


def test_rows_below_a_spanning_cell_move_aside(tmp_path: Path) -> None:
    source = (
        "<table><tr><th rowspan=3>a</th><td>b</td></tr><tr><td rowspan=2>c</td><td>d</td></tr>"
        "<tr><td>e</td></tr><tr><td>f</td></tr></table>"
    )
    assert placed(read(tmp_path, source.encode(), "html").grids[0]) == {
        (0, 0, 3, 1): "a",
        (0, 1, 1, 1): "b",
        (1, 1, 2, 1): "c",
        (1, 2, 1, 1): "d",
        (2, 2, 1, 1): "e",
        (3, 0, 1, 1): "f",
    }


def test_a_table_in_a_table_of_html_is_a_grid_of_its_own(tmp_path: Path) -> None:
    source = "<table><tr><td>外<table><tr><td>内</table>边</td><td>旁</table>"
    grids = read(tmp_path, source.encode(), "html").grids
    assert [[each.text for each in grid.cells] for grid in grids] == [["外\n边", "旁"], ["内"]]


def test_pictures_in_html_are_taken_from_the_page_and_never_fetched(tmp_path: Path) -> None:
    picture = (DATA / "picture.png").read_bytes()
    encoded = base64.b64encode(picture).decode()
    source = (
        f'<img src="data:image/png;base64,{encoded}"><img src="http://example.test/a.png">'
        '<img src="file:///etc/hostname"><img src="data:image/png;base64,%%%">'
    )
    assert [each.data for each in read(tmp_path, source.encode(), "html").pictures] == [picture]


@pytest.mark.parametrize(
    "source",
    [
        "<!--x>" * 100_000,
        "<td" * 200_000,
        "<table>" * 50_000,
        "<table><tr>" + "<td rowspan=999 colspan=999>" * 3_000,
    ],
    ids=["comments", "open-tags", "tables", "spans"],
)
def test_hostile_html_takes_time_in_proportion_to_its_size(tmp_path: Path, source: str) -> None:
    """Four times the input may take about four times as long, never sixteen."""

    def seconds(text: str) -> float:
        started = time.process_time()
        read(tmp_path, text.encode(), "html")
        return time.process_time() - started

    quarter = min(seconds(source[: len(source) // 4]) for _ in range(2))
    assert seconds(source) < 10 * quarter + 0.5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_every_usual_charset_and_separator(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator)
    writer.writerows([["填报单位", "镕喆,区"], [], ["场次", '１２ "次"', "a\nb"]])
    [grid] = read(tmp_path, target.getvalue().encode(encoding), "csv").grids
    assert placed(grid) == {
        (0, 0, 1, 1): "填报单位",
        (0, 1, 1, 1): "镕喆,区",
        (2, 0, 1, 1): "场次",
        (2, 1, 1, 1): '１２ "次"',
        (2, 2, 1, 1): "a\nb",
    }


def test_the_separator_excel_is_told_in_the_first_line_is_no_row(tmp_path: Path) -> None:
    [grid] = read(tmp_path, b"sep=;\r\na,b;c\r\n", "csv").grids
    assert [each.text for each in grid.cells] == ["a,b", "c"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16-be-bom"])
def test_plain_text_is_a_paragraph_a_line(tmp_path: Path, encoding: str) -> None:
    text = "演练方案\r\n\r\n　　一、目的与要求\r\n镕\r\n"
    data = (
        b"\xfe\xff" + text.encode("utf-16-be")
        if encoding == "utf-16-be-bom"
        else text.encode(encoding)
    )
    document = read(tmp_path, data, "txt")
    [prose] = document.grids
    assert not prose.is_table
    assert [each.text for each in prose.cells] == ["演练方案", "　　一、目的与要求", "镕"]
    assert prose.where(prose.cells[1]) == "正文 第2段"


def test_lines_pasted_from_excel_are_a_table(tmp_path: Path) -> None:
    document = read(tmp_path, "统计表\n场次\t人数\n12\t300\n完\t毕".encode(), "txt")
    assert placed(document.grids[0]) == {
        (0, 0, 1, 1): "场次",
        (0, 1, 1, 1): "人数",
        (1, 0, 1, 1): "12",
        (1, 1, 1, 1): "300",
        (2, 0, 1, 1): "完",
        (2, 1, 1, 1): "毕",
    }
    assert document.text == "统计表\n场次\t人数\n12\t300\n完\t毕"


def test_control_characters_and_lone_surrogates_do_not_pass(tmp_path: Path) -> None:
    document = read(tmp_path, b"a\x00b\x07c\x1bd", "txt")
    assert document.text == "abcd"
    html = read(tmp_path, b"<p>x&#xD800;&#0;y&#8;</p>", "html")
    html.text.encode()
    assert not set(html.text) & {"\0", "\x08"}


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=6),
            min_size=2,
            max_size=5,
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_the_csv_writer_writes_is_read_back(tmp_path: Path, rows: list[list[str]]) -> None:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows(rows)
    data = b"\xef\xbb\xbf" + target.getvalue().encode()
    document = read(tmp_path, data, "csv")
    found = {(e.row, e.column): e.text for grid in document.grids for e in grid.cells}
    wanted = {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row) if text}
    assert found == wanted
