"""Workbooks: what a person would type, merged cells, hidden sheets, field names, far cells.

book.ods and book.xls were made by LibreOffice 7.4 from one workbook (so was its formula's value).
"""

import io
import struct
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.documents import open_sheet, part_of, repacked, spreadsheet_xml, written
from make.examples import examples
from openpyxl.workbook.defined_name import DefinedName

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.inspection.readers.xls import records
from mailbot.inspection.readers.xlsx import parts
from mailbot.model import Cell, Fault, Grid

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"

BOOK_CELLS = {
    (0, 0, 1, 4): "2017年安全生产应急演练统计表",
    (1, 0, 1, 1): "报出时间",
    (1, 1, 1, 1): "2017-07-03",
    (1, 2, 1, 1): "时刻",
    (1, 3, 1, 1): "2017-07-03 08:30",
    (2, 0, 1, 1): "演练场次",
    (2, 1, 1, 1): "12",
    (2, 2, 1, 1): "投入经费",
    (2, 3, 1, 1): "128.5",
    (3, 0, 1, 1): "比例",
    (3, 1, 1, 1): "25%",
    (3, 2, 1, 1): "联系电话",
    (3, 3, 1, 1): "0371-67182119",
    (4, 0, 1, 1): "备注",
    (4, 1, 1, 1): "第一行\n第二行",
    (4, 2, 1, 1): "大数",
    (4, 3, 1, 1): "13862190457",
    (5, 0, 1, 1): "合计",
    (5, 1, 1, 1): "140.5",
    (6, 0, 2, 2): "企业",
    (6, 2, 1, 1): "１２",
}


def placed(grid: Grid) -> dict[tuple[int, int, int, int], str]:
    """Place and spans → text."""
    return {
        (each.row, each.column, each.row_span, each.column_span): each.text for each in grid.cells
    }


def saved(workbook: openpyxl.Workbook) -> bytes:
    """The workbook as xlsx."""
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def read(folder: Path, data: bytes, format: str = "xlsx") -> Document:
    """The document these octets are."""
    return read_document(written(folder, f"file.{format}", data), format)


@pytest.mark.parametrize("format", ["ods", "xls", "et"])
def test_a_workbook_keeps_values_spans_names_and_pictures(tmp_path: Path, format: str) -> None:
    source = DATA / ("book.ods" if format == "ods" else "book.xls")
    document = read(tmp_path, source.read_bytes(), format)
    assert document.faults == ()
    [grid] = document.grids
    assert grid.title == "统计表"
    assert placed(grid) == BOOK_CELLS
    assert dict(grid.names) == {"overall.drills": (2, 1), "overall.spend_wan": (2, 3)}
    assert document.facts["sheets"] == ["统计表"]
    assert document.facts["hidden_sheets"] == ["字典"]
    put_in = {(DATA / "picture.jpg").read_bytes(), (DATA / "picture.png").read_bytes()}
    assert {picture.data for picture in document.pictures} == put_in


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (12, "0", "12"),
        (12.0, "0.00", "12"),
        (1234.5, "#,##0.00", "1234.5"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-7, "General", "0.0000001"),
        (12345678901234, "General", "12345678901234"),
        (-3, "General", "-3"),
        (0.25, "0%", "25%"),
        (12, '0"次"', "12次"),
        (125000, "0!.0,", "12.5"),
        (12.46, "0.0", "12.5"),
        (14, "[DBNum1][$-804]General", "14"),
        (True, "General", "TRUE"),
        ("１２", "General", "１２"),
        ("0371-67182119", "General", "0371-67182119"),
        ("a\nb", "General", "a\nb"),
        (date(2017, 7, 3), "yyyy-mm-dd", "2017-07-03"),
        (date(2017, 7, 3), 'yyyy"年"m"月"d"日"', "2017-07-03"),
        (date(2017, 7, 3), '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "2017-07-03"),
        (date(2017, 7, 3), 'm"月"d"日"', "2017-07-03"),
        (datetime(2017, 7, 3, 8, 30), "yyyy-mm-dd hh:mm", "2017-07-03 08:30"),  # noqa: DTZ001 - Excel knows no zones
        (time(8, 30), "h:mm", "08:30:00"),
    ],
)
def test_a_value_is_what_a_person_sees(
    tmp_path: Path, value: object, number_format: str, shown: str
) -> None:
    workbook = openpyxl.Workbook()
    cell = workbook.active.cell(1, 1, value)
    cell.number_format = number_format
    assert [each.text for each in read(tmp_path, saved(workbook)).grids[0].cells] == [shown]


@pytest.mark.parametrize("number", [14, 27, 31, 36, 50, 57, 58])
def test_dates_in_chinese_built_in_formats_are_dates(tmp_path: Path, number: int) -> None:
    """ISO/IEC 29500-1, 18.8.30: these numbers mean dates in a Chinese Excel, without a code."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = date(2017, 7, 3)
    package = saved(workbook)
    styles = part_of(package, "xl/styles.xml").replace('numFmtId="14"', f'numFmtId="{number}"')
    document = read(tmp_path, repacked(package, {"xl/styles.xml": styles}))
    assert [each.text for each in document.grids[0].cells] == ["2017-07-03"]


def test_a_sheet_that_does_not_begin_at_a1_keeps_its_addresses(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["C5"] = "场次"
    workbook.active.merge_cells("C5:D6")
    [grid] = read(tmp_path, saved(workbook)).grids
    assert placed(grid) == {(4, 2, 2, 2): "场次"}
    assert grid.where(grid.cells[0]) == "Sheet C5"


def test_a_merged_cell_without_text_still_stands(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "单位"
    workbook.active.merge_cells("B1:D1")
    assert placed(read(tmp_path, saved(workbook)).grids[0]) == {
        (0, 0, 1, 1): "单位",
        (0, 1, 1, 3): "",
    }


def test_hidden_and_empty_sheets_give_no_grid(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "甲"
    workbook.create_sheet("空")
    for name, state in (("藏", "hidden"), ("深藏", "veryHidden")):
        sheet = workbook.create_sheet(name)
        sheet["A1"], sheet.sheet_state = "乙", state
    document = read(tmp_path, saved(workbook))
    assert [grid.title for grid in document.grids] == ["Sheet"]
    assert document.facts["sheets"] == ["Sheet", "空"]
    assert document.facts["hidden_sheets"] == ["藏", "深藏"]


def test_formulas_nobody_computed_are_told_by_their_address(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "统计表"
    sheet["A1"], sheet["B7"], sheet["C7"] = 1, "=LEN(A1)", '=IF(A1=1,"","x")'
    package = saved(workbook)
    part = part_of(package, "xl/worksheets/sheet1.xml").replace('r="C7"', 'r="C7" t="str"')
    document = read(tmp_path, repacked(package, {"xl/worksheets/sheet1.xml": part}))
    assert document.facts["formulas_without_value"] == ["统计表 B7"]


def test_hidden_names_of_our_own_blank_form_name_their_cells(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "统计表 '17"
    workbook.active["C5"] = 12
    for name, target in (
        ("mb.overall.drills", "$C$5"),
        ("mb.unit", "$B$2:$D$2"),
        ("Print_Titles", "$A$1"),
    ):
        workbook.defined_names[name] = DefinedName(
            name, attr_text=f"'统计表 ''17'!{target}", hidden=True
        )
    [grid] = read(tmp_path, saved(workbook)).grids
    assert dict(grid.names) == {"overall.drills": (4, 2), "unit": (1, 1)}


def test_a_stray_far_cell_is_left_out_and_told_and_the_rest_is_read(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "填报单位", "x"
    document = read(tmp_path, saved(workbook))
    assert placed(document.grids[0]) == {(0, 0, 1, 1): "填报单位"}
    assert document.faults == (Fault("limit", "cells far away from the others: Sheet XFD1048576"),)


def test_a_styled_cell_at_the_end_of_the_sheet_holds_nothing_and_harms_nothing(
    tmp_path: Path,
) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "填报单位"
    workbook.active["XFD1048576"].number_format = "0.00"
    document = read(tmp_path, saved(workbook))
    assert placed(document.grids[0]) == {(0, 0, 1, 1): "填报单位"}
    assert document.faults == ()


def test_cells_without_references_follow_one_another() -> None:
    sheet = b'<sheetData><row><c><v>1</v></c><c s="1"/><c><f>A1</f></c></row><row r="5"><c>'
    sheet += b"<is><t>x</t></is></c></row></sheetData>"
    found = [
        (each.row, each.column, each.has_value, each.has_formula)
        for each in parts._sheet_cells(sheet)
    ]
    assert found == [(1, 1, True, False), (1, 3, False, True), (5, 1, True, False)]


def test_an_ods_repeats_small_runs_and_stops_at_absurd_ones(tmp_path: Path) -> None:
    cell = '<table:table-cell {} office:value-type="string"><text:p>无</text:p></table:table-cell>'
    few = cell.format('table:number-columns-repeated="3"')
    many = cell.format('table:number-columns-repeated="16000"')
    tables = (
        f'<table:table table:name="一"><table:table-row>{few}</table:table-row></table:table>'
        '<table:table table:name="二"><table:table-row table:number-rows-repeated="1048000">'
        f"{many}</table:table-row></table:table>"
    )
    document = read(tmp_path, open_sheet(tables), "ods")
    assert [each.column for each in document.grids[0].cells] == [0, 1, 2]
    assert {fault.code for fault in document.faults} == {"limit"}


def test_an_ods_shows_typed_values_notes_apart_and_hides_hidden_sheets(tmp_path: Path) -> None:
    style = (
        '<style:style style:name="h" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    tables = (
        '<table:table table:name="表"><table:table-row>'
        '<table:table-cell office:value-type="float" office:value="12.0"><text:p>12.00</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="date" office:date-value="2017-07-03">'
        "<text:p>三号</text:p></table:table-cell>"
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p>'
        '</office:annotation><text:p>a<text:s text:c="2"/>b<text:tab/>c</text:p><text:p>d</text:p>'
        "</table:table-cell></table:table-row></table:table>"
        '<table:table table:name="藏" table:style-name="h"><table:table-row><table:table-cell>'
        "<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = read(tmp_path, open_sheet(tables, style), "ods")
    assert [each.text for each in document.grids[0].cells] == [
        "12",
        "2017-07-03",
        "TRUE",
        "a  b\tc\nd",
    ]
    assert document.facts["hidden_sheets"] == ["藏"]


def test_spreadsheetml_keeps_indexes_merges_types_and_names(tmp_path: Path) -> None:
    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    source = spreadsheet_xml(
        '<Worksheet ss:Name="统计表"><Table><Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data '
        'ss:Type="String">单位</Data></Cell><Cell><Data ss:Type="Number">356.0</Data></Cell></Row>'
        '<Row ss:Index="4"><Cell ss:Index="3"><Data ss:Type="DateTime">2017-07-03T00:00:00.000'
        "</Data></Cell>"
        '<Cell><Data ss:Type="String"><B xmlns="h">粗</B>体</Data></Cell></Row></Table>'
        f'</Worksheet><Worksheet ss:Name="藏"><Table/>{hidden}</Worksheet>',
        '<NamedRange ss:Name="mb.unit" ss:RefersTo="=统计表!R1C3"/>',
    )
    document = read(tmp_path, source.encode(), "spreadsheetml")
    [grid] = document.grids
    assert placed(grid) == {
        (0, 0, 2, 2): "单位",
        (0, 2, 1, 1): "356",
        (3, 2, 1, 1): "2017-07-03",
        (3, 3, 1, 1): "粗体",
    }
    assert dict(grid.names) == {"unit": (0, 2)}
    assert document.facts["hidden_sheets"] == ["藏"]


def test_an_xls_that_claims_a_trillion_cells_is_refused_before_they_are_reserved(
    tmp_path: Path,
) -> None:
    whole = (DATA / "book.xls").read_bytes()
    record = b"\x00\x02\x0e\x00"  # DIMENSIONS: first row, last row, first column, last column
    at = whole.index(record) + len(record)
    lying = whole[:at] + struct.pack("<IIHH", 0, 2**32 - 1, 0, 256) + whole[at + 12 :]
    document = read(tmp_path, lying, "xls")
    assert [fault.code for fault in document.faults] == ["corrupt"]
    assert "claims" in document.faults[0].detail


def test_a_biff_walk_survives_whatever_it_is_fed() -> None:
    stream = b"\x18\x00\x03\x00abc\x17\x00\x01\x00\x00\x85\x00\x00\x00\xfd\x00\xff\xff\x01"
    assert records.scan_workbook(stream).names == {}


VALUES = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 4)),
    st.dates(date(1901, 1, 1), date(2099, 12, 31)),
    st.text(st.characters(codec="utf-8", categories=("L", "P", "Zs")), min_size=1, max_size=8),
)


@given(
    st.dictionaries(st.tuples(st.integers(0, 8), st.integers(0, 8)), VALUES, min_size=1),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3)),
)
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_openpyxl_writes_is_read_back_cell_for_cell(
    tmp_path: Path,
    values: dict[tuple[int, int], object],
    merged: tuple[int, int, int, int],
) -> None:
    top, left, down, across = merged
    inside = {(top + r, left + c) for r in range(down) for c in range(across)}
    sheet = (workbook := openpyxl.Workbook()).active
    wanted: dict[tuple[int, int], Cell] = {}
    if down * across > 1:
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=top + down, end_column=left + across
        )
        wanted[top, left] = Cell("", top, left, down, across)
    for (row, column), value in values.items():
        if (row, column) in inside - {(top, left)}:
            continue
        cell = sheet.cell(row + 1, column + 1, value)
        if isinstance(value, str):
            cell.data_type = "s"  # "=" and "#N/A" typed as text
        text = value.isoformat() if isinstance(value, date) else _typed(value)
        spans = (down, across) if (row, column) == (top, left) else (1, 1)
        wanted[row, column] = Cell(text, row, column, *spans)
    [grid] = read(tmp_path, saved(workbook)).grids
    assert {(each.row, each.column): each for each in grid.cells} == wanted


def _typed(value: object) -> str:
    if isinstance(value, float):
        return f"{abs(value) if value == 0 else value:.4f}".rstrip("0").rstrip(
            "."
        )  # -0.0 is shown as 0
    return str(value)
