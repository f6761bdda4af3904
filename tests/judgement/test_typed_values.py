"""Each type of field with what may stand in its cell; expected values are worked out by hand."""

from datetime import date

import pytest

from mailbot.judgement.form.dates import parse_date
from mailbot.judgement.form.id_numbers import parse_id_number
from mailbot.judgement.form.values import (
    is_inexact,
    is_of_unclear_unit,
    parse_money_wan,
    parse_value,
)


@pytest.mark.parametrize(
    ("unit", "wan"),
    [
        ("元", 0.0007),
        ("百元", 0.07),
        ("千元", 0.7),
        ("万元", 7),
        ("百万元", 700),
        ("千万元", 7000),
        ("亿元", 70_000),
        ("", 7),  # nothing is said: the form's own unit
    ],
)
def test_seven_under_each_unit_of_money(unit: str, wan: float | None) -> None:
    assert parse_money_wan("7", unit) == (wan and pytest.approx(wan, rel=1e-12))


@pytest.mark.parametrize("unit", ["美元", "万美元", "元/万元"])
def test_a_unit_of_money_that_is_none_of_ours_leaves_no_amount(unit: str) -> None:
    assert parse_money_wan("7", unit) is None


@pytest.mark.parametrize(
    ("heading", "wan"),
    [("直接投入（元）", 0.0007), ("直接投入（千元）", 0.7), ("直接投入", 7), ("投入(万元)", 7)],
)
def test_an_amount_takes_the_unit_that_its_heading_names(heading: str, wan: float) -> None:
    assert parse_value("money_wan", "7", heading) == pytest.approx(wan, rel=1e-12)


@pytest.mark.parametrize("text", ["（约）6元", "6（更正）", "12\n500", "3万 5"])
def test_an_amount_taken_back_is_none(text: str) -> None:
    assert parse_money_wan(text) is None


MONTHS = "January February March April May June July August September October November December"


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_is_read_by_its_english_name_and_its_short_one(month: int) -> None:
    name = MONTHS.split()[month - 1]
    for written in (f"3 {name} 2017", f"{name} 3, 2017", f"3rd {name[:3]}. 2017", name[:3].upper()):
        stated = written if "2017" in written else f"3 {written} 2017"
        assert parse_date(stated) == date(2017, month, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 Foo 2017", None),
        ("July 2017", None),
        ("3 July 3 2017", None),
        ("31 June 2017", None),
        ("1901-7-3", date(1901, 7, 3)),
        ("1900-7-3", None),
        ("2199-7-3", date(2199, 7, 3)),
        ("2200-7-3", None),
    ],
)
def test_a_date_that_is_none_in_the_calendar_or_of_no_year_of_ours(
    text: str, day: date | None
) -> None:
    assert parse_date(text) == day
    assert parse_value("date", text) == (day.isoformat() if day else None)


@pytest.mark.parametrize(
    ("kind", "text", "heading", "value"),
    [
        ("number", "12", "", 12),
        ("number", "+12", "", 12),
        ("number", "-12", "", -12),
        ("number", "−12", "", -12),
        ("number", "负十二", "", -12),
        ("number", "0.5", "", 0.5),
        ("number", "12%", "", None),
        ("number", "3万5", "", None),
        ("number", "12（更正）", "", None),
        ("number", "无", "", None),
        ("percent", "95%", "", 95),
        ("percent", "95％", "", 95),
        ("percent", "-3.5%", "", -3.5),
        ("percent", "百分之九十五", "", 95),
        ("percent", "百分之95%", "", 95),
        ("percent", "95", "", None),
        ("percent", "0.95", "", None),
        ("percent", "约95%", "", None),
        ("percent", "95", "完好率（%）", 95),
        ("percent", "95%", "完好率（%）", 95),
        ("percent", "百分之九十五", "完好率（%）", 95),
        ("percent", "1.5", "完好率（%）", 1.5),
        ("percent", "1", "完好率（%）", None),
        ("percent", "0.95", "完好率（%）", None),
        ("percent", "0", "完好率（%）", 0),
        ("percent", "-2", "完好率（%）", -2),
        ("percent", "约95", "完好率（%）", None),
        ("percent", "95", "per cent ready", 95),
        ("percent", "95", "Per Cent", 95),
        ("number", "1", "完好率（%）", 1),
        ("count", "12", "完好率（%）", 12),
    ],
)
def test_a_number_and_a_percentage_are_told_apart(
    kind: str, text: str, heading: str, value: float | None
) -> None:
    found = parse_value(kind, text, heading)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "heading", "value"),
    [
        ("4分30秒", "用时（分钟）", 4.5),
        ("4分30秒", "用时（分）", 4.5),
        ("4分30秒", "用时（秒）", 270),
        ("1小时30分", "用时（小时）", 1.5),
        ("1小时1分1秒", "用时（秒）", 3661),
        ("2小时", "用时（小时）", 2),
        ("4分钟", "用时（小时）", 0.07),  # 0.0667, to two digits
        ("2 hours", "Time (minutes)", 120),
        ("2 hours", "Time (Hours)", 2),
        ("90 seconds", "Time (seconds)", 90),
        ("90", "用时（分钟）", 90),
        ("4分30秒", "用时", None),
        ("十分钟", "用时（分钟）", None),
    ],
)
def test_a_length_of_time_stands_in_its_headings_unit(
    text: str, heading: str, value: float | None
) -> None:
    found = parse_value("number", text, heading)
    assert found == value
    assert type(found) is type(value)
    assert parse_value("count", "4分30秒", heading) is None


def _with_check(body: str) -> str:
    """By ISO 7064, MOD 11-2, which GB 11643 takes: each digit in turn added and doubled."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - rest) % 11]


BODIES = ("11010519491231002", "41010519870615237", "65312119690704889", "98765419761123456")


@pytest.mark.parametrize("body", BODIES)
def test_a_citizens_number_is_held_to_its_check_character(body: str) -> None:
    number = _with_check(body)
    assert parse_id_number(number) == parse_id_number(f" {number.lower()} ") == number
    assert parse_value("id_number", number) == number
    for place in range(17):
        for other in "0123456789":
            if other != number[place]:
                assert parse_id_number(number[:place] + other + number[place + 1 :]) is None


def test_the_standards_own_example_is_read() -> None:
    """GB 11643-1999, the number in its annex."""
    assert parse_id_number("11010519491231002X") == "11010519491231002X"


@pytest.mark.parametrize(
    "body",
    ["11010519490230002", "11010519491331002", "11010519491200002", "11010518991231002"],
)
def test_a_citizens_number_of_no_day_is_none(body: str) -> None:
    assert parse_id_number(_with_check(body)) is None


@pytest.mark.parametrize("text", ["", "见附件", "1101051949123100", "11010519491231002XX", "12"])
def test_what_is_no_citizens_number_is_none(text: str) -> None:
    assert parse_value("id_number", text) is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("phone", "67182119", "67182119"),
        ("phone", "12", None),
        ("date", "12", None),
        ("person", "李", None),
        ("person", "填表", "填表"),
        ("unit", "李", "李"),
        ("text", "李", "李"),
        ("person", "/", None),
    ],
)
def test_words_and_telephones_by_their_type(kind: str, text: str, value: str | None) -> None:
    assert parse_value(kind, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", "是"),
        (" 是 ", "是"),
        ("否", "否"),
        ("☑是 □否", "是"),
        ("□是 □否", None),
        ("是否", None),
    ],
)
def test_a_choice_is_one_of_those_that_were_given(text: str, value: str | None) -> None:
    assert parse_value("choice", text, "", ("是", "否")) == value


@pytest.mark.parametrize(
    ("kind", "text", "unclear"),
    [
        ("money_wan", "3千", True),
        ("money_wan", "五百整", True),
        ("money_wan", "3千元", False),
        ("money_wan", "3", False),
        ("money_wan", "3万", False),
        ("money_wan", "约3千", False),
        ("money_wan", "3千（更正）", False),
        ("money_wan", "无", False),
        ("count", "3千", False),
    ],
)
def test_thousands_without_a_unit_may_be_yuan_or_myriads(
    kind: str, text: str, unclear: bool
) -> None:
    assert is_of_unclear_unit(kind, text) is unclear


@pytest.mark.parametrize(
    ("kind", "text", "inexact"),
    [
        ("count", "约500", True),
        ("count", "500（约）", True),
        ("count", "约百%", False),
        ("count", "约5元", False),
        ("count", "5（元）", True),
        ("count", "无", False),
        ("count", "百项", False),  # what a printed form leaves in a cell
        ("money_wan", "约3万", True),
        ("money_wan", "约3人", False),
        ("number", "约1%", False),
        ("percent", "约1%", True),
        ("percent", "约1人", False),
        ("date", "约500", False),
        ("text", "约500", False),
    ],
)
def test_a_number_of_this_type_was_meant_and_is_not_certain(
    kind: str, text: str, inexact: bool
) -> None:
    assert is_inexact(kind, text) is inexact
