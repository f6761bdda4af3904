"""What one cell shows, for looks that the generated traps do not have: each is read as a person
sees it, or the field is open and a finding names its cell. 14 is what is seen, unless it says."""

import re
from pathlib import Path

import openpyxl
import pytest
import xlwt
from docx.oxml.ns import nsdecls
from make.traps.marked import MARK, drills, drills_in, marked, opened, run, worded
from make.traps.words import (
    write_html,
    write_rtf,
)
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font


def page(cell: str, style: str = "") -> bytes:
    source = write_html(marked()).decode()
    assert source.count(MARK) == 1
    return source.replace(MARK, cell).replace("<style><!--", f"<style><!--{style}").encode()


@pytest.mark.parametrize(
    "cell",
    [
        '<span style="color:transparent">12</span>14',
        '<span style="color:rgba(0,0,0,0)">12</span>14',
        '<span style="color:#ffffff00">12</span>14',
        '<span style="color:hsl(0,0%,100%)">12</span>14',
        '<span style="color:rgb(100%,100%,100%)">12</span>14',
        '<span style="dis/**/play:none;display:/*x*/none">12</span>14',
        r'<span style="d\69splay:none">12</span>14',
        '<span style="font:0/0 serif">12</span>14',
        '<span style="text-line-through:single">12</span>14',
    ],
)
def test_a_page_hides_text_in_more_ways_than_one(cell: str, tmp_path: Path) -> None:
    assert drills_in(page(cell), "html", tmp_path).value == 14


@pytest.mark.parametrize(
    "cell",
    [
        '<span style="--c:#fff;color:var(--c)">12</span>14',
        '<span style="color:color-mix(in srgb, white, white)">12</span>14',
        '<span style="display:inline-block;transform:scale(0)">12</span>14',
        '<span style="position:absolute;clip:rect(0,0,0,0)">12</span>14',
        '<span style="clip-path:inset(100%)">12</span>14',
        '<span style="zoom:0.01">12</span>14',
        '<span style="filter:opacity(0)">12</span>14',
        '<span style="letter-spacing:-12px">12</span>14',
        '<bdo dir="rtl">41</bdo>',
        '<span style="unicode-bidi:bidi-override;direction:rtl">41</span>',
        "<details><summary>14</summary>12</details>",
        "<noscript>12</noscript>14",
        '12<input value="14">',
        "12<table><tr><td>14</td></tr></table>",
    ],
)
def test_what_a_page_does_to_text_is_asked_where_it_is_not_worked_out(
    cell: str, tmp_path: Path
) -> None:
    assert drills_in(page(cell), "html", tmp_path).value is None


@pytest.mark.parametrize(
    "cell",
    [
        '14<span style="position:relative;top:-5px;font-size:8px">1</span>',
        '14<span style="vertical-align:4pt;font-size:smaller">1</span>',
    ],
)
def test_a_note_that_a_page_moves_up_is_no_digit(cell: str, tmp_path: Path) -> None:
    assert drills_in(page(cell), "html", tmp_path).value == 14


@pytest.mark.parametrize(
    "cell",
    [
        '<span style="color:auto">14</span>',
        '<span style="color:windowtext;mso-themecolor:text1">14</span>',
        '<span style="transform:none;zoom:1;clip:auto;unicode-bidi:normal">14</span>',
        '<p style="vertical-align:baseline;position:relative">14</p>',
        '<font color="rebeccapurple">14</font>',
        "<details open>14</details>",
    ],
)
def test_what_offices_write_around_a_figure_leaves_it_certain(cell: str, tmp_path: Path) -> None:
    read = drills_in(page(cell), "html", tmp_path)
    assert (read.value, read.confidence) == (14, 1.0)


def test_a_rule_for_all_cells_that_is_not_understood_leaves_none_certain(tmp_path: Path) -> None:
    read = drills_in(page("<b>12</b>14", "td > b { color: transparent }"), "html", tmp_path)
    assert read.value is None


WHITE_BY_THEME = '<w:color w:val="auto" w:themeColor="background1"/>'
SIGN = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
INNER = f"<w:tbl {nsdecls('w')}><w:tr><w:tc><w:p>{{}}</w:p></w:tc></w:tr></w:tbl><w:p/>"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f"<w:p>{run('12', WHITE_BY_THEME)}{run('14')}</w:p>", 14),
        # Read as 14; the second reader does not know such signs.
        (f"<w:p>{run('1')}{SIGN.format('Symbol', 'F034')}</w:p>", None),
        (f"<w:p>{run('1')}{SIGN.format('Calibri', '0034')}</w:p>", None),
        (f"<w:p>{run('1')}{SIGN.format('Wingdings', 'F08C')}</w:p>", None),
        (f"<w:p>{run('1')}{SIGN.format('Symbol', 'F0B0')}</w:p>", None),
        (f"<w:p>{SIGN.format('Wingdings', 'F028')}{run(' 14')}</w:p>", 14),
        (
            f"<w:p>{run('12', '<w:w w:val=' + chr(34) + '1' + chr(34) + '/>')}{run('14')}</w:p>",
            None,
        ),
        (
            f"<w:p>{run('12', '<w:spacing w:val=' + chr(34) + '-240' + chr(34) + '/>')}"
            f"{run('14')}</w:p>",
            None,
        ),
        (f'<w:p><w:bdo w:val="rtl">{run("41")}</w:bdo></w:p>', None),
        (f"<w:p>{run('14')}</w:p>{INNER.format(run('12'))}", None),
        (f"<w:p>{run('14')}</w:p>{INNER.format(run('场次'))}", 14),
    ],
)
def test_a_document_shows_a_cell_otherwise_than_it_is_stored(
    cell: str, expected: int | None, tmp_path: Path
) -> None:
    assert drills_in(worded(cell), "docx", tmp_path).value == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(r"{\xe 12}14", 14), (r"{\tc 12}14", 14), (r"{\upr{12}{\*\ud{14}}}", None)],
)
def test_an_entry_of_an_index_is_no_part_of_a_figure(
    cell: str, expected: int | None, tmp_path: Path
) -> None:
    source = write_rtf(marked()).decode("ascii")
    assert source.count(MARK) == 1
    assert drills_in(source.replace(MARK, cell).encode("ascii"), "rtf", tmp_path).value == expected


def rows() -> list[list[str]]:
    return [["".join(run.text for run in cell) for cell in row.cells] for row in marked().rows]


def test_letters_of_one_point_are_not_seen_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line, cells in enumerate(rows(), 1):
        for column, text in enumerate(cells, 1):
            place = book.active.cell(line, column)
            if text == MARK:
                place.value = CellRichText(TextBlock(InlineFont(sz=1), "12"), "14")
            else:
                place.value = float(text) if re.fullmatch(r"[\d.]+", text) else text
    book.save(tmp_path / "form.xlsx")
    assert drills(tmp_path / "form.xlsx", "xlsx").value == 14
    for line in book.active.iter_rows():
        for place in line:
            if isinstance(place.value, CellRichText):
                place.value, place.font = 99, Font(sz=1)
    book.save(tmp_path / "whole.xlsx")
    assert drills(tmp_path / "whole.xlsx", "xlsx").value is None


def test_letters_of_one_point_are_not_seen_in_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for line, cells in enumerate(rows()):
        for column, text in enumerate(cells):
            number = float(text) if re.fullmatch(r"[\d.]+", text) else text
            if text == MARK:
                sheet.write(line, column, 99, xlwt.easyxf("font: height 20"))
            else:
                sheet.write(line, column, number)
    book.save(str(tmp_path / "form.xls"))
    assert drills(tmp_path / "form.xls", "xls").value is None


def test_a_second_table_with_the_whole_heading_contradicts(tmp_path: Path) -> None:
    """A piece of last year's table over this year's: both are seen, neither is chosen."""
    piece = "".join(f"<td>{text}</td>" for text in rows()[0][:3])
    figures = "".join(f"<td>{text}</td>" for text in (*rows()[1][:2], "99"))
    table = f"<table><tr>{piece}</tr><tr>{figures}</tr></table>"
    read = drills_in(
        page("14").replace(b"<table border=1>", table.encode() + b"<table border=1>"),
        "html",
        tmp_path,
    )
    assert read.value is None


OPACITY = 'xmlns:x="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" x:opacity'


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        ('style:text-scale="1%"', None),
        ('fo:letter-spacing="-0.5cm"', None),
        (f'fo:color="#000000" {OPACITY}="0%"', 14),
        (f'fo:color="#000000" {OPACITY}="10%"', None),
        # As LibreOffice writes it into the default style of every document.
        (f'style:use-window-font-color="true" {OPACITY}="0%"', 1214),
        ('style:text-scale="90%" fo:letter-spacing="-0.01cm"', 1214),
    ],
)
def test_a_span_of_an_open_document_is_pressed_or_clear(
    look: str, expected: int | None, tmp_path: Path
) -> None:
    style = f'<style:style style:name="q" style:family="text"><style:text-properties {look}/>'
    cell = '<text:span text:style-name="q">12</text:span>14'
    assert drills(opened(tmp_path, cell, f"{style}</style:style>"), "odt").value == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<text:script>12</text:script>14", 14),
        (
            '<x:content-control xmlns:x="urn:org:documentfoundation:names:experimental:office:'
            'xmlns:loext:1.0" x:showing-place-holder="true">12</x:content-control>',
            None,
        ),
    ],
)
def test_what_is_no_text_of_an_open_document(
    cell: str, expected: int | None, tmp_path: Path
) -> None:
    assert drills(opened(tmp_path, cell), "odt").value == expected
