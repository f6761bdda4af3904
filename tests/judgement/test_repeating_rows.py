"""Repeating rows of a form by small grids: heading, records, end, and what is said of them."""

from dataclasses import replace
from typing import Any

import pytest
from make.small_grids import grid_of_lines

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField
from mailbot.judgement.form.rows import (
    Record,
    column_name,
    extract_rows,
    has_rows,
    judge_rows,
    records_of,
)
from mailbot.model import Cell, FieldValue, Grid, Judged, Kind, Severity, Verdict

ROWS = FormRows(
    key="people",
    heading=("姓名", "人数"),
    minimum=2,
    fields=(
        RowField(key="name", path=("姓名",), type="person", required=True),
        RowField(key="count", path=("人数",), type="count"),
        RowField(key="role", path=("职务",), type="choice", choices=("甲", "乙")),
    ),
)
SPEC = FormSpec(
    title="签到表",
    recognised_by=(),
    labels={"姓名": ("签名",), "填表人": ("制表",)},
    fields=(
        FormField(key="unit", path=("填报单位",), type="unit", place="header"),
        FormField(key="clerk", path=("填表人",), type="person", place="footer"),
    ),
    rows=ROWS.model_copy(update={"fields": ROWS.fields[:2]}),
)
HEADING = "姓名|人数"


def values(*lines: str) -> list[tuple[object, object]] | None:
    records = extract_rows([grid_of_lines(*lines)], SPEC)
    return None if records is None else [(one["name"].value, one["count"].value) for one in records]


@pytest.mark.parametrize(
    ("lines", "records"),
    [
        ((HEADING, "张某|3", "李某|4"), [("张某", 3), ("李某", 4)]),
        ((HEADING,), []),
        (("人数|签 名", "3|张某"), [("张某", 3)]),  # in any order, by any of their names
        (("签到表", "填报单位|某局", HEADING, "张某|3"), [("张某", 3)]),
        ((HEADING, "张某|"), [("张某", None)]),
        ((HEADING, "|3"), [(None, 3)]),
        ((HEADING, "张某|3", "|", "李某|4"), [("张某", 3)]),  # an empty row ends them
        ((HEADING, "张某|3", "/|无", "李某|4"), [("张某", 3)]),
        ((HEADING, "张某|3", "填表人：李某|4"), [("张某", 3)]),
        ((HEADING, "张某|3", "制表|李某"), [("张某", 3)]),
        ((HEADING, "张某|3", "填表人：李某|", "王某|5"), [("张某", 3)]),  # nothing behind it
        (("姓名*2,1|人数", "|（人）", "张某|3"), [("张某", 3)]),  # a heading of two lines
        ((HEADING, "张某|3", "填报单位|4"), [("张某", 3), ("填报单位", 4)]),  # no footer
        (("姓名*2,1|人数*2,1", "", "张某|3"), [("张某", 3)]),  # the heading is two rows high
        ((HEADING, "张某*2,1|3", "|4"), [("张某", 3), ("张某", 4)]),  # one cell for two rows
        (("姓名|次数", "张某|3"), None),
        (("姓名", "人数", "3"), None),
        ((), None),
    ],
)
def test_records_are_the_filled_rows_below_the_heading(
    lines: tuple[str, ...], records: list[tuple[object, object]] | None
) -> None:
    assert values(*lines) == records
    assert has_rows(grid_of_lines(*lines), SPEC) is (records is not None)


def test_the_grid_with_most_records_speaks_and_paragraphs_do_not() -> None:
    short, long = grid_of_lines(HEADING, "张某|3"), grid_of_lines(HEADING, "李某|3", "王某|4")
    for order in ([short, long], [long, short]):
        found = extract_rows(order, SPEC)
        assert found is not None
        assert [one["name"].value for one in found] == ["李某", "王某"]
    lines = replace(long, is_table=False)
    assert extract_rows([lines], SPEC) is None
    assert not has_rows(lines, SPEC)


def test_no_more_than_five_thousand_records_are_read() -> None:
    cells = [Cell("姓名", 0, 0), Cell("人数", 0, 1)]
    cells += [Cell("张某", row, 0) for row in range(1, 5003)]
    found = extract_rows([Grid("", tuple(cells))], SPEC)
    assert found is not None
    assert len(found) == 5000


def named(**names: tuple[int, int]) -> Grid:
    grid = grid_of_lines("谁|几", "张某|3")
    return replace(grid, names={f"rows.people.{key}": at for key, at in names.items()})


def test_on_our_own_form_the_heading_is_known_by_its_hidden_names() -> None:
    assert column_name(ROWS, ROWS.fields[0]) == "rows.people.name"
    whole = named(name=(0, 0), count=(0, 1))
    found = extract_rows([whole], SPEC)
    assert found is not None
    assert [(one["name"].value, one["count"].value) for one in found] == [("张某", 3)]
    assert extract_rows([named(name=(0, 0))], SPEC) is None  # one of them was deleted
    assert extract_rows([named(name=(0, 0), count=(1, 1))], SPEC) is None


@pytest.mark.parametrize(
    ("confidence", "doubts", "value", "kept"),
    [
        (1.0, (), 3, 1.0),
        (0.9, (), 3, 0.9),
        (0.89, (), None, 0.89),
        (1.0, ("struck_possible",), None, 0.5),
        (0.2, ("struck_possible",), None, 0.2),
    ],
)
def test_a_cell_that_is_not_certain_states_nothing(
    confidence: float, doubts: tuple[str, ...], value: int | None, kept: float
) -> None:
    cells = grid_of_lines(HEADING, "张某|3").cells
    unsure = replace(cells[3], confidence=confidence, doubts=doubts)
    found = extract_rows([Grid("表1", (*cells[:3], unsure))], SPEC)
    assert found is not None
    read = found[0]["count"]
    assert (read.value, read.raw, read.confidence) == (value, "3", kept)


def test_a_cell_that_is_not_there_has_a_place_all_the_same() -> None:
    found = extract_rows([grid_of_lines(HEADING, "张某|")], SPEC)
    assert found is not None
    assert found[0]["count"] == FieldValue(None, "", "表1 第2行")


def record(**cells: FieldValue) -> Record:
    whole = {
        "name": FieldValue("张某", "张某", "A2"),
        "count": FieldValue(3, "3", "B2"),
        "role": FieldValue("甲", "甲", "C2"),
    }
    return whole | cells


@pytest.mark.parametrize(
    ("cells", "code", "message"),
    [
        ({}, None, ""),
        (
            {"name": FieldValue(None, "", "A2")},
            "FORM_FIELD_EMPTY",
            "A2：“姓名”未填写。请填写姓名",
        ),
        ({"count": FieldValue(None, "/", "B2")}, None, ""),
        (
            {"count": FieldValue(None, "3", "B2", 0.5)},
            "FORM_FIELD_UNSURE",
            "B2：“人数”读为“3”，把握不足。已转请人工核对",
        ),
        ({"count": FieldValue(3, "3", "B2", 0.95)}, None, ""),
        (
            {"count": FieldValue(None, "见  附件", "B2")},
            "FORM_FIELD_UNREADABLE",
            "B2：“人数”填写为“见 附件”，不符合填写要求。请核对人数后重新报送",
        ),
        (
            {"role": FieldValue(None, "丙", "C2")},
            "FORM_FIELD_UNREADABLE",
            "C2：“职务”填写为“丙”，不符合填写要求。请填写以下之一：甲、乙",
        ),
    ],
)
def test_what_is_wrong_with_a_cell_of_a_row(
    cells: dict[str, FieldValue], code: str | None, message: str
) -> None:
    found = judge_rows([record(), record(**cells)], ROWS)
    assert [one.code for one in found] == ([code] if code else [])
    if found:
        assert found[0].message == message
        unsure = code == "FORM_FIELD_UNSURE"
        assert found[0].severity is (Severity.WARNING if unsure else Severity.ERROR)
        (cell,) = cells.values()
        assert found[0].actual == (" ".join(cell.raw.split()) or "未填写")


def test_a_long_text_of_a_cell_is_shown_to_its_sixtieth_character() -> None:
    (found,) = judge_rows([record(), record(count=FieldValue(None, "甲" * 61, "B2"))], ROWS)
    assert found.actual == "甲" * 60


@pytest.mark.parametrize(
    ("records", "minimum", "met"),
    [
        (None, 2, "未见该表"),
        ([], 2, "0行"),
        ([record()], 2, "1行"),
        ([record(), record()], 2, None),
        (None, 0, None),
        ([], 0, None),
    ],
)
def test_fewer_rows_than_wanted_are_told(
    records: list[Record] | None, minimum: int, met: str | None
) -> None:
    found = judge_rows(records, ROWS.model_copy(update={"minimum": minimum}))
    assert [one.actual for one in found] == ([met] if met else [])
    if found:
        assert (found[0].code, found[0].expected) == ("FORM_ROWS_TOO_FEW", "不少于2行")


ONE = {"name": {"value": "张某", "raw": "张 某", "where": "A2", "confidence": 1.0}}


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ({"people": [ONE]}, ({"name": FieldValue("张某", "张 某", "A2")},)),
        ({"people": [ONE, "x"]}, ({"name": FieldValue("张某", "张 某", "A2")},)),
        ({"people": [{**ONE, "note": "x"}]}, ({"name": FieldValue("张某", "张 某", "A2")},)),
        ({"people": "x"}, ()),
        ({"others": [ONE]}, ()),
        ("x", ()),
        (None, ()),
    ],
)
def test_records_are_read_back_from_what_was_kept_of_a_file(rows: Any, read: Any) -> None:
    judged = Judged(
        name="x",
        sha256="0" * 64,
        size=1,
        kind=Kind.FORM,
        format="xlsx",
        verdict=Verdict.ACCEPTED,
        facts={"rows": rows},
        slots=("form",),
    )
    assert records_of(judged, SPEC) == read
    assert records_of(judged, SPEC.model_copy(update={"rows": None})) == ()
