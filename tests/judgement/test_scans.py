"""Pages without text, and what of a form that a machine read only a person can settle."""

from dataclasses import replace
from typing import Any

import pytest
from make import facts

from mailbot.campaign.forms import FormField, FormSpec, SumCheck
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.scans import (
    as_doubtful_sums,
    doubts,
    is_album,
    is_without_text,
    read_form,
    resembles_form,
    with_columns_doubted,
    with_empty_doubted,
)
from mailbot.judgement.media import is_read_by_machine
from mailbot.model import ILLEGIBLE, Cell, FieldValue, Finding, Grid, Inspected, Severity

READ = {"ocr": True, "scanned": True}
PHOTO = facts.photo()
SUM = SumCheck(
    test="sum",
    total="all",
    parts=("a", "b"),
    code="R_SUM",
    severity=Severity.ERROR,
    text="应相等",
    fix="请核对",
)
SPEC = FormSpec(
    title="演练情况统计表",
    recognised_by=("演练情况统计表",),
    labels={
        "举办次数合计": (),
        "企业举办次数": (),
        "部门举办次数": (),
        "参演人数": (),
        "填报单位": (),
    },
    fields=(
        FormField(key="unit", path=("填报单位",), type="unit", place="header"),
        FormField(key="all", path=("举办次数合计",), type="count"),
        FormField(key="a", path=("企业举办次数",), type="count"),
        FormField(key="b", path=("部门举办次数",), type="count"),
        FormField(key="c", path=("参演人数",), type="count"),
    ),
    checks=(SUM,),
)


def table(*texts: str, is_table: bool = True) -> Grid:
    cells = tuple(Cell(text, 0, column) for column, text in enumerate(texts))
    return Grid("表1", cells, is_table=is_table)


def a_document(text: str = "", name: str = "附件.docx", **more: Any) -> Inspected:
    return facts.document(text, name, **more)


@pytest.mark.parametrize(
    ("file", "without"),
    [
        (a_document(name="附件.pdf"), True),
        (a_document("字" * 19, "附件.pdf"), True),
        (a_document(" 字 " * 19, "附件.pdf"), True),
        (a_document("字" * 20, "附件.pdf"), False),
        (a_document(), False),
        (a_document(members=(PHOTO,)), True),
        (a_document(members=(a_document(),)), False),
        (a_document(members=(a_document(), PHOTO)), True),
        (a_document("字" * 20, members=(PHOTO,)), False),
        (a_document(members=(PHOTO,), grids=(table("12"),)), False),
        (a_document(members=(PHOTO,), grids=(table(" "), table("", "12"))), False),
        (a_document(members=(PHOTO,), grids=(table(" "),)), True),
        (a_document(members=(PHOTO,), grids=(table("12", is_table=False),)), True),
        (a_document("字" * 20, facts=READ), True),
        (a_document("字" * 20, facts={"ocr": True}), False),
        (a_document("字" * 20, facts={"scanned": True}), False),
        (a_document("字" * 20, facts={"ocr": "yes", "scanned": True}), False),
        (a_document("字" * 20, facts={"ocr": True, "scanned": 1}), False),
    ],
)
def test_what_there_is_to_read_must_stand_in_the_pictures(file: Inspected, without: bool) -> None:
    assert is_without_text(file) is without


@pytest.mark.parametrize(
    ("width", "height", "album"),
    [
        (4000, 3000, True),
        (3508, 2480, False),  # A4 at 300 dots an inch
        (2480, 3508, False),
        (2760, 2000, False),
        (2900, 2000, False),
        (2750, 2000, True),
        (2910, 2000, True),
        (640, 480, False),  # a logo
        (0, 0, False),
    ],
)
def test_a_large_picture_that_is_no_page_is_a_photo(
    campaign: Campaign, width: int, height: int, album: bool
) -> None:
    pasted = facts.photo(width, height)
    assert is_album(a_document(members=(pasted,)), campaign) is album
    assert is_album(a_document(members=(facts.photo(3508, 2480), pasted)), campaign) is album
    assert is_album(a_document(name="演练照片.docx", members=(pasted,)), campaign)


def test_pages_alone_are_no_album(campaign: Campaign) -> None:
    assert not is_album(a_document(), campaign)
    assert is_album(a_document(name="影像资料.docx"), campaign)


def test_a_picture_in_a_file_may_be_the_form(campaign: Campaign) -> None:
    page = facts.photo(name="第1页")
    form = replace(
        page,
        text=campaign.form.title,
        facts=READ,
        grids=(table("填报单位", "金水区", "联系电话", "67180000"),),
    )
    of_this = replace(form, name="统计表.jpg")
    assert read_form(of_this, campaign) == of_this
    assert read_form(a_document(members=(page, form)), campaign) == form
    assert read_form(a_document(members=(page,)), campaign) is None
    assert read_form(replace(of_this, facts={}), campaign) is None


@pytest.mark.parametrize(
    ("texts", "resembles"),
    [
        (("企业举办次数", "部门举办次数"), True),
        (("企业举办次数", "企业举办次数"), False),  # one column
        (("企业举办次数", "参演人数"), True),
        (("企业举办次数", "填报单位"), False),  # no column of the table
        (("企业举办次数", "其他"), False),
        (("企业 举办次数", "部门举办次数"), True),
        ((), False),
    ],
)
def test_two_columns_of_the_form_make_a_picture_like_it(
    texts: tuple[str, ...], resembles: bool
) -> None:
    picture = facts.photo(grids=(table(*texts),))
    assert resembles_form(replace(picture, facts=READ), SPEC) is resembles
    assert not resembles_form(picture, SPEC)
    lines = replace(picture, facts=READ, grids=(table(*texts, is_table=False),))
    assert not resembles_form(lines, SPEC)


def test_a_label_of_three_signs_stands_in_every_list() -> None:
    short = SPEC.model_copy(
        update={
            "labels": {"人数": (), "场次数": ()},
            "fields": (
                FormField(key="a", path=("人数",), type="count"),
                FormField(key="b", path=("场次数",), type="count"),
            ),
        }
    )
    picture = facts.photo(grids=(table("人数", "场次数"),))
    assert not resembles_form(replace(picture, facts=READ), short)
    assert is_read_by_machine(replace(picture, facts=READ))
    assert not is_read_by_machine(picture)


def finding(code: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, severity, "12", "x", "B2", "“次数”未填写。请填写")


UNSURE, EMPTY = finding("FORM_FIELD_UNSURE", Severity.WARNING), finding("FORM_FIELD_EMPTY")


def test_where_a_machine_was_unsure_of_one_field_an_empty_one_is_doubtful_too() -> None:
    assert with_empty_doubted((EMPTY, finding("R_SUM"))) == (EMPTY, finding("R_SUM"))
    doubted = replace(
        EMPTY,
        code="FORM_FIELD_UNSURE",
        severity=Severity.WARNING,
        message="“次数”未填写，也可能是未能识别。已转请人工核对；请同时报送可编辑的统计表",
    )
    assert with_empty_doubted((EMPTY, UNSURE, finding("R_SUM"))) == (
        doubted,
        UNSURE,
        finding("R_SUM"),
    )


def test_a_sum_of_what_a_machine_read_is_no_error_yet() -> None:
    others = (EMPTY, finding("R_SUM", Severity.NOTICE))
    assert as_doubtful_sums((finding("R_SUM"), *others), SPEC) == (
        finding("R_SUM", Severity.WARNING),
        *others,
    )


GRID = Grid("表1", tuple(Cell(text, 0, at) for at, text in enumerate(("9", "4", "5", "30", "甲"))))


def place(column: int) -> str:
    return GRID.where(GRID.cells[column])


def read(**values: Any) -> dict[str, FieldValue]:
    """Each field in the column of its place in the form."""
    columns = {"all": 0, "a": 1, "b": 2, "c": 3}
    fields = {
        key: FieldValue(values.get(key), str(values.get(key, "")), place(columns[key]))
        for key in columns
        if key in values
    }
    absent = FieldValue(None, "", "")
    return {"unit": FieldValue("甲", "甲", "页眉")} | {
        key: fields.get(key, absent) for key in columns
    }


def left(fields: dict[str, FieldValue], grid: Grid = GRID) -> dict[str, object]:
    found = with_columns_doubted(fields, (grid,), SPEC)
    return {key: one.value for key, one in found.items() if one.value is not None}


def test_where_every_number_found_its_column_all_of_them_stand() -> None:
    fields = read(all=9, a=4, b=5, c=30)
    assert with_columns_doubted(fields, (GRID,), SPEC) == fields


@pytest.mark.parametrize(
    ("fields", "stand"),
    [
        (read(all=9, a=4, b=5), {"unit": "甲", "all": 9, "a": 4, "b": 5}),  # the sum comes out
        (read(all=9, a=4, c=30), {"unit": "甲"}),
        (read(a=4, b=5, c=30), {"unit": "甲"}),
        (read(all=8, a=4, b=5), {"unit": "甲"}),
        (read(all=0, a=0, b=0), {"unit": "甲"}),  # noughts prove nothing
    ],
)
def test_a_number_without_a_column_doubts_all_that_no_sum_bears_out(
    fields: dict[str, FieldValue], stand: dict[str, object]
) -> None:
    assert left(fields) == stand
    doubted = with_columns_doubted(fields, (GRID,), SPEC)
    for key, one in doubted.items():
        unsure = fields[key].value is not None and one.value is None
        assert one.confidence == (SPEC.confidence_bound / 2 if unsure else 1)


def test_numbers_of_a_table_that_holds_no_field_are_nobodys() -> None:
    other = replace(GRID, title="表2", cells=tuple(replace(one, row=7) for one in GRID.cells))
    fields = read(all=9, a=4)
    assert with_columns_doubted(fields, (other,), SPEC) == fields
    lines = replace(GRID, is_table=False)
    assert with_columns_doubted(fields, (lines,), SPEC) == fields


def test_strays_and_sums_are_shown_to_a_person() -> None:
    fields = read(all=9, a=4, b=5)
    blurred = replace(GRID, cells=(*GRID.cells, Cell(ILLEGIBLE, 0, 5)))
    told = doubts(fields, (blurred,), (finding("R_SUM"), EMPTY), SPEC)
    assert [(one.code, one.severity, one.actual) for one in told] == [
        ("FORM_FIELD_UNSURE", Severity.WARNING, "30"),
        ("FORM_FIELD_UNSURE", Severity.WARNING, ILLEGIBLE),
        ("FORM_FIELD_UNSURE", Severity.WARNING, "12"),
    ]
    assert told[0].where == place(3)
    assert told[2].message.startswith("12，可能识别有误。")
    assert doubts(read(all=9, a=4, b=5, c=30), (GRID,), (EMPTY,), SPEC) == ()
