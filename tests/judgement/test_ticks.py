"""Choices ticked on a printed form, and lengths of time as people write them."""

import pytest

from mailbot.judgement.form.values import is_blank, parse_value

SCHOOLS = ("小学", "初中", "高中")


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        ("□小学 ☑初中 □高中", "初中"),
        ("☐小学 ☒初中 ☐高中", "初中"),
        ("小学□ 初中☑ 高中□", "初中"),
        ("□小学\n√初 中\n□高中", "初中"),
        ("（√）小学（ ）初中（ ）高中", "小学"),
        ("\uf0a3小学 \uf052初中", "初中"),  # Wingdings 2
        ("○小学 ●高中", "高中"),
        ("高中√", "高中"),
        ("√高中", "高中"),
        ("初中", "初中"),
        ("☑小学 ☑初中 □高中", None),
        ("□小学 □初中 □高中", None),
        ("☑大学 □小学", None),
        ("小学 ☑ 初中", None),  # before or behind?
        ("□小学 ☑初中 □", None),
        ("√", None),
    ],
)
def test_what_is_ticked_is_the_choice(written: str, choice: str | None) -> None:
    assert parse_value("choice", written, "", SCHOOLS) == choice


@pytest.mark.parametrize(
    ("written", "blank"),
    [
        ("□是 □否", True),
        ("☐是☐否", True),
        ("( )是 ( )否", True),
        ("□是 ☑否", False),
        ("王□", False),  # a character that a font lacks
        ("是", False),
    ],
)
def test_boxes_that_nobody_ticked_are_an_empty_cell(written: str, blank: bool) -> None:
    assert is_blank(written) is blank


@pytest.mark.parametrize(
    ("written", "heading", "value"),
    [
        ("4分30秒", "疏散用时（分钟）", 4.5),
        ("5分钟", "疏散用时（分钟）", 5),
        ("90秒", "疏散用时（分钟）", 1.5),
        ("1小时", "用时（分钟）", 60),
        ("2分", "用时（秒）", 120),
        ("4.5", "疏散用时（分钟）", 4.5),
        ("约5分钟", "疏散用时（分钟）", None),
        ("4分30秒", "疏散用时", None),
        ("4 min", "Time (minutes)", 4),
    ],
)
def test_a_length_of_time_is_told_in_the_unit_of_its_heading(
    written: str, heading: str, value: float | None
) -> None:
    assert parse_value("number", written, heading) == value
