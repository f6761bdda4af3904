"""Blank forms with repeating rows: drawn empty, filled in, sent back and read."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from make.forms import shipped_spec
from openpyxl import Workbook, load_workbook

from mailbot.campaign.forms import FormSpec
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.fields import extract_fields, recognise_form
from mailbot.judgement.form.rows import extract_rows
from mailbot.model import FieldValue, Finding, Grid, Severity
from mailbot.outbox.blankform.document import write_blank_document
from mailbot.outbox.blankform.workbook import write_blank_form

SPEC = FormSpec.model_validate(
    yaml.safe_load("""
title: 防汛物资自查表
recognised_by: [自查表]
labels: {物资名称: [名称]}
fields:
  - {key: unit, path: [填报单位], type: unit, place: header, required: true}
  - {key: day, path: [自查日期], type: date, place: header}
  - {key: clerk, path: [填表人], type: person, place: footer}
rows:
  key: stock
  heading: [序号, 物资名称, 应有数量, 实有数量, 完好率, 状态]
  minimum: 3
  fields:
    - {key: name, path: [物资名称], type: text, required: true}
    - {key: due, path: [应有数量], type: count}
    - {key: present, path: [实有数量], type: count}
    - {key: sound, path: [完好率], type: percent}
    - {key: state, path: [状态], type: choice, choices: [齐备, 短缺, 待补]}
""")
)
LINES = [
    ("编织袋", 500, 480, "96%", "短缺"),
    ("救生衣", 40, 40, "100%", "齐备"),
    ("抽水泵", 6, 5, "83.5%", "待补"),
]
KEYS = ("name", "due", "present", "sound", "state")
EXPECTED: list[tuple[str | int | float, ...]] = [
    ("编织袋", 500, 480, 96, "短缺"),
    ("救生衣", 40, 40, 100, "齐备"),
    ("抽水泵", 6, 5, 83.5, "待补"),
]
OFFICE = shutil.which("soffice")


def workbook_of(octets: bytes) -> Workbook:
    return load_workbook(io.BytesIO(octets))


def grids_of(path: Path) -> tuple[Grid, ...]:
    document = read_document(path, path.suffix[1:])
    assert document.faults == ()
    return document.grids


def records_read(grids: tuple[Grid, ...], spec: FormSpec = SPEC) -> list[tuple[object, ...]]:
    found = extract_rows(grids, spec)
    assert found is not None
    return [tuple(record[key].value for key in KEYS) for record in found]


def filled(octets: bytes, *, over: str | None = None) -> Workbook:
    """As Excel would leave it; `over`: what somebody wrote over the heading 物资名称."""
    book = workbook_of(octets)
    for index, key in enumerate(KEYS):
        ((title, address),) = book.defined_names[f"mb.rows.stock.{key}"].destinations
        heading = book[title][address.replace("$", "")]
        for line, values in enumerate(LINES, start=1):
            book[title].cell(heading.row + line, heading.column).value = values[index]
        if key == "name" and over is not None:
            heading.value = over
    ((title, address),) = book.defined_names["mb.unit"].destinations
    book[title][address.replace("$", "")].value = "东湖区"
    return book


def test_the_heading_and_empty_rows_for_more_than_the_least_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_blank_form(SPEC))
    (grid,) = [one for one in grids_of(path) if one.is_table]
    texts = [cell.text for cell in grid.cells]
    assert list(SPEC.rows.heading if SPEC.rows else ()) == [
        one
        for one in texts
        if one in ("序号", "物资名称", "应有数量", "实有数量", "完好率", "状态")
    ]
    assert {"1", "13"} <= set(texts)
    assert extract_rows((grid,), SPEC) == ()
    assert recognise_form((grid,), "", "附件.xlsx", SPEC)
    long = SPEC.model_copy(update={"rows": SPEC.rows.model_copy(update={"minimum": 60})})  # type: ignore[union-attr]
    sheet = workbook_of(write_blank_form(long)).worksheets[0]
    assert 70 in [row[0].value for row in sheet.iter_rows(max_col=1)]


@pytest.mark.parametrize("over", [None, "", "货物"])
def test_what_is_filled_in_comes_back_by_hidden_names(tmp_path: Path, over: str | None) -> None:
    path = tmp_path / "附件.xlsx"
    filled(write_blank_form(SPEC), over=over).save(path)
    grids = grids_of(path)
    assert records_read(grids) == EXPECTED
    assert extract_fields(grids, SPEC)["unit"].value == "东湖区"


def rule_at(book: Workbook, key: str):  # type: ignore[no-untyped-def]  # openpyxl is untyped
    ((title, address),) = book.defined_names[f"mb.rows.stock.{key}"].destinations
    heading = book[title][address.replace("$", "")]
    below = book[title].cell(heading.row + 20, heading.column).coordinate
    rules = book[title].data_validations.dataValidation
    return next((rule for rule in rules if below in rule.sqref), None)


def test_choices_are_lists_to_the_last_row_and_counts_are_validated() -> None:
    book = workbook_of(write_blank_form(SPEC))
    assert (rule_at(book, "state").type, rule_at(book, "state").formula1) == (
        "list",
        '"齐备,短缺,待补"',
    )
    assert (rule_at(book, "due").type, rule_at(book, "due").formula1) == ("whole", "0")
    assert "95%" in rule_at(book, "sound").prompt
    assert rule_at(book, "name") is None


@pytest.mark.parametrize(
    "choices", [("甲,乙", "丙"), tuple(f"第{n}类较长的名称" for n in range(60))]
)
def test_a_list_that_a_rule_cannot_hold_stands_on_a_hidden_sheet(choices: tuple[str, ...]) -> None:
    field = SPEC.fields[2].model_copy(update={"type": "choice", "choices": choices})
    book = workbook_of(write_blank_form(SPEC.model_copy(update={"fields": (field,)})))
    hidden = book["选项"]
    assert hidden.sheet_state == "hidden"
    assert tuple(row[0].value for row in hidden.iter_rows(max_col=1)) == choices
    rules = book.worksheets[0].data_validations.dataValidation
    assert [one.formula1 for one in rules if "选项" in str(one.formula1)] == [
        f"='选项'!$A$1:$A${len(choices)}"
    ]


def test_a_form_sent_back_for_mending_has_what_was_read_and_its_marks() -> None:
    read = {
        "name": FieldValue("编织袋", "编织袋", "表1 B4"),
        "due": FieldValue(None, "约五", "表1 C4"),
    }
    wrong = Finding(
        "FORM_FIELD_UNREADABLE", Severity.ERROR, "约五", "应有数量", "表1 C4", "表1 C4：不对"
    )
    few = Finding(
        "FORM_ROWS_TOO_FEW",
        Severity.ERROR,
        "1行",
        "不少于3行",
        "序号、物资名称、应有数量、实有数量、完好率、状态",
        "少了",
    )
    sheet = workbook_of(write_blank_form(SPEC, records=[read], findings=[wrong, few])).worksheets[0]
    (cell,) = [one for row in sheet.iter_rows() for one in row if one.value == "约五"]
    assert cell.comment.text == "不对"
    assert sheet.cell(cell.row, cell.column - 1).value == "编织袋"
    (first,) = [one for row in sheet.iter_rows() for one in row if one.value == "序号"]
    assert first.comment.text == "少了"


def test_the_document_has_the_same_rows_and_comes_back_by_its_bookmarks(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    records = [
        {key: FieldValue(value, str(value), "x") for key, value in zip(KEYS, line, strict=True)}
        for line in EXPECTED
    ]
    path.write_bytes(write_blank_document(SPEC, records=records, units=["东湖区"]))
    grids = grids_of(path)
    assert records_read(grids) == EXPECTED
    strange = SPEC.model_copy(
        update={
            "rows": SPEC.rows.model_copy(  # type: ignore[union-attr]
                update={"heading": ("编号", "货", "应有", "实有", "好", "态")}
            )
        }
    )
    assert records_read(grids, strange) == EXPECTED  # by the names alone


def test_a_form_of_rows_alone_has_a_column_for_each_heading_and_nothing_merged_below() -> None:
    spec = SPEC.model_copy(update={"fields": ()})
    sheet = workbook_of(write_blank_form(spec)).worksheets[0]
    (first,) = [one for row in sheet.iter_rows() for one in row if one.value == "序号"]
    merged = [one for one in sheet.merged_cells.ranges if one.min_row > first.row]
    assert [one.max_row for one in merged] == [sheet.max_row]  # the note under the table
    assert extract_rows((), spec) is None


def test_the_sign_in_sheet_that_ships_is_drawn(tmp_path: Path) -> None:
    spec = FormSpec.model_validate(
        yaml.safe_load(
            (Path(__file__).parents[2] / "rules/xiaofang-2026/signin.yaml").read_text("utf-8")
        )
    )
    for write, name in ((write_blank_form, "a.xlsx"), (write_blank_document, "a.docx")):
        path = tmp_path / name
        path.write_bytes(write(spec))
        assert extract_rows(grids_of(path), spec) == ()
    assert shipped_spec("zhengzhou-2017").rows is None


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_rows_that_libreoffice_saved_anew_are_read(tmp_path: Path) -> None:
    assert OFFICE is not None
    filled(write_blank_form(SPEC)).save(tmp_path / "form.xlsx")
    command = [OFFICE, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", "xls", "--outdir", str(tmp_path), str(tmp_path / "form.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert records_read(grids_of(tmp_path / "form.xls")) == EXPECTED
