"""What a heading, or a note over a table, says that its figures count."""

import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines

from mailbot.judgement.form.fields import extract_fields
from mailbot.judgement.form.units import (
    count_scale,
    is_unit,
    is_unit_note,
    money_scale,
    noted_scale,
    noted_units,
    tells_scale,
)

ZHENGZHOU = shipped_spec("zhengzhou-2017")
SCALES = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "亿": 100_000_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
}


@pytest.mark.parametrize(("scale", "number"), SCALES.items())
def test_a_scale_before_a_unit_is_what_a_figure_under_it_counts(scale: str, number: int) -> None:
    assert money_scale(f"直接投入({scale}元)") == number
    assert count_scale(f"参演人数({scale}人次)") == number


@pytest.mark.parametrize(
    ("heading", "yuan"),
    [
        ("直接投入", 10_000),
        ("直接投入(元)", 1),
        ("直接投入(万万元)", 100_000_000),
        ("直接投入(人民币)", 10_000),
        ("直接投入(¥)(元)", 1),  # the sign says no more than its word
        ("直接投入($)", None),
        ("直接投入(美金)", None),
        ("直接投入(万英镑)", None),
        ("直接投入(港币)", None),
        ("直接投入(千元)其中区级(万元)", None),
        ("直接投入(万元)其中区级(万元)", 10_000),
        ("直接投入(万)", 10_000),
        ("直接投入(千)", None),
        ("直接投入(百万)", None),
        ("千", None),
        ("(千)元", 1),
    ],
)
def test_yuan_that_a_figure_counts_by_one(heading: str, yuan: int | None) -> None:
    assert money_scale(heading) == yuan


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("参演人数", 1),
        ("参演人数(万人次)", 10_000),
        ("参演人数(千人次/万人次)", None),
        ("参演人数(万人次,观众万人次)", 10_000),
        ("百人大演练参演人数(人)", 1),
        ("(百日行动)参演人数", 1),
        ("(十)参演人数", 1),
        ("参演人数(万)", None),
        ("参演人数(千)", None),
        ("参演人数(万师生)", None),
        ("参演人数(人次/千)", None),
        ("万", None),
        ("亿", None),
    ],
)
def test_how_many_a_figure_counts_by_one(heading: str, number: int | None) -> None:
    assert count_scale(heading) == number


@pytest.mark.parametrize(("label", "figure"), [("参演人数", "3"), ("举办次数", "2")])
@pytest.mark.parametrize("scale", ["万", "千", "百", "（千）", "百万"])
def test_a_count_beside_a_scale_alone_is_left_open(label: str, figure: str, scale: str) -> None:
    """3 | 千 are no three people, and a scale may stand there of something else."""
    grid = grid_of_lines("总体情况*1,3", f"{label}|{figure}|{scale}")
    fields = extract_fields([grid], ZHENGZHOU)
    key = "overall.participants" if "人" in label else "overall.drills"
    assert (fields[key].raw, fields[key].value) == (figure, None)


def test_an_amount_under_thousands_of_nothing_is_left_open() -> None:
    for heading, wan in (("（千）", None), ("（万）", 45.0), ("（千元）", 4.5), ("", 45.0)):
        grid = grid_of_lines("总体情况*1,2", f"举办次数|直接投入{heading}", "12|45")
        assert extract_fields([grid], ZHENGZHOU)["overall.spend_wan"].value == wan


@pytest.mark.parametrize(
    ("heading", "tells"),
    [
        ("举办次数(场)", False),
        ("参演人数", False),
        ("直接投入", False),
        ("直接投入(元)", True),
        ("直接投入(圆)", True),
        ("直接投入(万)", True),
        ("直接投入($)", True),  # money that is not understood
        ("直接投入(美金)", True),
        ("参演人数(万人次)", True),
        ("参演人数(百人)", True),
        ("参演人数(百千人)", True),
        ("千", True),
        ("以万计", True),
    ],
)
def test_a_heading_tells_a_unit_of_money_or_a_scale(heading: str, tells: bool) -> None:
    assert tells_scale(heading) is tells


@pytest.mark.parametrize(
    ("note", "units"),
    [
        ("单位：万元", "万元"),
        ("（单位：万元）", "万元"),
        ("经费单位：千元", "千元"),
        ("2017年7月\n单位：千元", "千元"),
        ("货币：万元", ""),
        ("万元", ""),
        ("填表说明：" + "略" * 49 + "。单位：万元", "万元"),  # 60 characters
        ("填表说明：" + "略" * 50 + "。单位：万元", ""),  # 61
    ],
)
def test_what_a_note_over_the_table_gives(note: str, units: str) -> None:
    assert noted_units([note]) == units


def test_of_several_notes_each_unit_is_given_once() -> None:
    assert noted_units(["单位：万元", "统计表", "单位：万人次、万元"]) == "万元/万人次"
    assert noted_units([]) == ""


@pytest.mark.parametrize(
    ("label", "note", "scale"),
    [
        ("参演人数", "", ""),
        ("参演人数", "万元", ""),
        ("参演人数", "元/千人次", "(千人次)"),
        ("举办次数", "千人次/百场", "(百场)"),
        ("举办次数", "千人次", ""),
    ],
)
def test_a_count_takes_the_scale_of_its_own_kind(label: str, note: str, scale: str) -> None:
    assert noted_scale(label, note) == scale


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("单位：场、人次、万元", True),
        ("（计量单位：万元）", True),
        ("单位：人民币元", True),
        ("单位：金水区", False),
        ("填报单位：", False),
        ("金水区 单位：万元", False),
        ("万元", False),
    ],
)
def test_a_note_of_units_and_nothing_else(text: str, note: bool) -> None:
    assert is_unit_note(text) is note


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *((text, True) for text in ("万元", "（人次）", "萬圓", "场", "个", "万美元", "( 元 )")),
        *((text, False) for text in ("", "12元", "投入万元", "万元、场", "金水区")),
    ],
)
def test_a_unit_and_nothing_else(text: str, unit: bool) -> None:
    assert is_unit(text) is unit
