"""A file that is the form: typed, read by machine, or a picture that nobody could read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from make import facts
from make.small_grids import grid_of_lines

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.files import (
    is_unfilled,
    judge_form_picture,
    judge_grids,
    judge_read_form,
    judge_table,
)
from mailbot.judgement.materials import DocumentJudgement
from mailbot.model import FieldValue, Grid, Inspected, Kind, Severity

TITLE = "2017年安全生产应急演练统计表"
BY_MACHINE = {"ocr": True, "scanned": True}
PHOTO = facts.photo()


def form(drills: str = "举办次数", figures: str = "12|300|4.5|1", *more: str) -> Grid:
    return grid_of_lines(
        f"{TITLE}*1,4",
        "填报单位|金水区|报出时间|2017年7月3日",
        "总体情况*1,4",
        f"{drills}|参演人数|直接投入|多部门联动综合演练次数",
        figures,
        *more,
        "填表人|张三|联系电话|0371-67182119",
    )


PARTS = ("按组织单位分类|举办次数", "企业|3", "政府及部门|4", "其他|1")  # eight of twelve


def file(*grids: Grid, **more: Any) -> Inspected:
    return facts.document(TITLE, "统计表.xlsx", grids=grids, **more)


def codes(judged: DocumentJudgement | None) -> dict[str, Severity]:
    assert judged is not None
    return {one.code: one.severity for one in judged.findings}


def test_a_table_is_read_where_there_is_one(campaign: Campaign) -> None:
    judged = judge_table(file(form()), campaign, None)
    assert judged is not None
    assert (judged.kind, judged.slots, judged.held) == (Kind.FORM, ("form",), False)
    assert judged.fields["overall.drills"].value == 12
    assert judged.rows == {}
    other = facts.document("会议通知", "通知.docx", grids=(grid_of_lines("时间|地点"),))
    assert judge_table(other, campaign, None) is None


def test_what_a_machine_read_is_mended_and_a_typed_label_is_not(campaign: Campaign) -> None:
    whole = form()
    slips = (replace(one, text=one.text.replace("演练次数", "演练次教")) for one in whole.cells)
    slip = replace(whole, cells=tuple(slips))
    assert judge_grids(file(slip), campaign, None).fields["overall.joint_drills"].where == ""
    judged = judge_grids(file(slip, facts=BY_MACHINE), campaign, None)
    assert judged.fields["overall.joint_drills"].value == 1


def test_a_count_that_can_be_none_is_the_machines_doubt(campaign: Campaign) -> None:
    figures = "12.5|300|4.5|1"
    assert "FORM_FIELD_UNSURE" not in codes(
        judge_grids(file(form(figures=figures)), campaign, None)
    )
    judged = judge_grids(file(form(figures=figures), facts=BY_MACHINE), campaign, None)
    assert "FORM_FIELD_UNSURE" in codes(judged)
    assert judged.held


@pytest.mark.parametrize(
    ("read", "severity"), [({}, Severity.ERROR), (BY_MACHINE, Severity.WARNING)]
)
def test_a_sum_of_what_a_machine_read_is_no_error_yet(
    campaign: Campaign, read: dict[str, Any], severity: Severity
) -> None:
    judged = judge_grids(file(form("举办次数", "12|300|4.5|1", *PARTS), facts=read), campaign, None)
    assert judged.fields["by_organiser.enterprise.drills"].value == 3
    assert codes(judged)["FORM_SUM_DRILLS"] is severity


def test_a_title_over_a_picture_is_a_picture_of_the_form(campaign: Campaign) -> None:
    for one in (file(members=(PHOTO,)), file(facts=BY_MACHINE)):
        judged = judge_grids(one, campaign, None)
        assert list(codes(judged)) == ["FORM_AS_PICTURE"]
        assert (judged.held, judged.pages) == (True, True)
        assert judged == judge_form_picture(campaign)
    assert list(codes(judge_grids(file(), campaign, None))) == ["FORM_NOT_READ"]
    # Beside a table that was read the picture is no form.
    assert (
        judge_grids(file(form(), members=(PHOTO,)), campaign, None).fields["unit"].value == "金水区"
    )


def test_a_picture_in_a_document_that_a_machine_read_is_the_form(campaign: Campaign) -> None:
    picture = replace(PHOTO, grids=(form(),), text=TITLE, facts={**PHOTO.facts, **BY_MACHINE})
    judged = judge_grids(file(members=(picture,)), campaign, date(2017, 7, 2))
    assert judged.fields["overall.drills"].value == 12
    assert "FORM_DATE_AFTER_ARRIVAL" in codes(judged)
    read = judge_read_form(picture, campaign, date(2017, 7, 2))
    assert read is not None
    assert read.pages
    assert "FORM_DATE_AFTER_ARRIVAL" in codes(read)
    assert judge_read_form(PHOTO, campaign) is None


@pytest.mark.parametrize(
    ("seal", "severity"),
    [(True, None), (False, Severity.WARNING), (None, Severity.NOTICE), ("有", Severity.NOTICE)],
)
def test_a_seal_counts_where_the_format_can_show_one(
    campaign: Campaign, seal: Any, severity: Severity | None
) -> None:
    known = {} if seal is None else {"seal": seal}
    found = codes(judge_grids(file(form(), facts=known), campaign, None))
    assert found.get("FORM_SEAL_MISSING") is severity


def test_a_date_after_the_arrival_is_told(campaign: Campaign) -> None:
    for arrived, told in ((date(2017, 7, 2), True), (date(2017, 7, 3), False), (None, False)):
        judged = judge_table(file(form()), campaign, arrived)
        assert ("FORM_DATE_AFTER_ARRIVAL" in codes(judged)) is told


def test_a_form_nobody_filled_in_is_told_once_and_nothing_else(campaign: Campaign) -> None:
    empty = grid_of_lines(
        "填报单位||", "总体情况*1,3", "举办次数|参演人数|直接投入", "||", "填表人"
    )
    (said,) = judge_grids(file(empty), campaign, None).findings
    assert (said.code, said.where, said.actual) == ("FORM_UNFILLED", "统计表", "未填写的空表")
    assert "统计表应填写后报送" in said.message  # in the words of the folder's rule


def test_of_several_units_tables_one_counts_or_a_person_looks(campaign: Campaign) -> None:
    def of(unit: str) -> Grid:
        cells = (replace(one, text=one.text.replace("金水区", unit)) for one in form().cells)
        return replace(form(), cells=tuple(cells), title=unit)

    judged = judge_grids(file(of("金水区"), of("二七区")), campaign, None)
    assert (list(codes(judged)), judged.held) == (["FORM_SEVERAL_UNITS"], True)
    assert judged.fields["unit"].value is None
    judged = judge_grids(file(of("丰产路街道办事处"), of("金水区")), campaign, date(2017, 7, 2))
    assert codes(judged)["FORM_SEVERAL_UNITS"] is Severity.NOTICE
    assert "FORM_DATE_AFTER_ARRIVAL" in codes(judged)
    assert judged.fields["unit"].value == "金水区"


def test_the_records_of_a_form_are_read_with_it(campaign: Campaign) -> None:
    listed = FormRows(
        key="people",
        heading=("姓名", "人数"),
        minimum=1,
        fields=(
            RowField(key="name", path=("姓名",), type="person"),
            RowField(key="count", path=("人数",), type="count"),
        ),
    )
    unit = FormField(key="unit", path=("填报单位",), type="unit", place="header")
    spec = FormSpec(title="签到表", recognised_by=(), labels={}, fields=(unit,), rows=listed)
    other = campaign.model_copy(update={"form": spec})
    judged = judge_grids(file(grid_of_lines("姓名|人数", "张某|3", "李某|4")), other, None)
    assert [row["count"].value for row in judged.rows["people"]] == [3, 4]
    # 填报单位 has no place there: the records are what was written.
    assert "FORM_UNFILLED" not in codes(judged)
    headless = file(grid_of_lines("填报单位|", "姓名|人数", "张某|3"))
    assert "FORM_UNFILLED" not in codes(judge_grids(headless, other, None))
    bare = judge_grids(file(grid_of_lines("填报单位|金水区")), other, None)
    assert bare.rows == {}
    photographed = file(grid_of_lines("姓名|人数", "张某|3"), members=(PHOTO,))
    assert "FORM_AS_PICTURE" not in codes(judge_grids(photographed, other, None))


@pytest.mark.parametrize(
    ("fields", "unfilled"),
    [
        ((FieldValue(None, "", "表1 A1"),), True),
        ((FieldValue(None, " 年 月 日（盖章）", "表1 A1"), FieldValue(None, "", "")), True),
        ((FieldValue(None, "", "表1 A1"), FieldValue(None, "见附件", "表1 A2")), False),
        ((FieldValue(None, "", "表1 A1"), FieldValue(0, "/", "表1 A2")), False),
        ((FieldValue(None, "", ""),), False),  # no form was found at all
    ],
)
def test_a_form_is_unfilled_where_it_has_places_and_nothing_in_them(
    fields: tuple[FieldValue, ...], unfilled: bool
) -> None:
    assert is_unfilled({str(number): one for number, one in enumerate(fields)}) is unfilled
