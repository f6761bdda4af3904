"""Values as they are written in a cell; the expected ones are what a clerk would read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.judgement.form.dates import parse_date
from mailbot.judgement.form.phones import parse_phone
from mailbot.judgement.form.units import noted_scale, noted_units
from mailbot.judgement.form.values import (
    is_blank,
    is_inexact,
    is_of_unclear_unit,
    lacks_its_sign,
    parse_count,
    parse_money_wan,
    parse_value,
    parse_words,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("１２", 12),
        ("12次", 12),
        ("12场次", 12),
        ("1,200", 1200),
        ("1，200人次", 1200),
        ("1 200", 1200),
        ("1.2万", 12000),
        ("3千", 3000),
        ("十二", 12),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("一万二千", 12000),
        ("一〇〇", 100),
        ("贰拾", 20),
        ("共12次", 12),
        ("12.0", 12),
        ("0", 0),
        ("-3", -3),
        ("－3", -3),
        ("−3", -3),
        ("12.5", 12.5),
        ("3000人次（其中企业2000）", 3000),
        ("3万5", 35_000),
        ("14（2）", 14),  # a note's mark
        ("14场（14）", 14),
        ("14（见备注）", 14),
        ("14场（-为下降）", 14),
        ("14场（城区10场+乡镇4场）", 14),
        ("14（10+4）", 14),
        ("6场+8场=14场（6+8）", 14),
        ("6场+8场=14场（14场）", 14),
    ],
)
def test_a_count_is_read_in_every_usual_form(text: str, number: float) -> None:
    assert parse_count(text) == number
    assert isinstance(parse_count(text), type(number))


@pytest.mark.parametrize(
    "text",
    [
        "十几次",
        "12-15",
        "12 15",
        "若干",
        "见附件",
        "5元",
        "1,20",
        "一二",
        "12+3",
        "约300人次",
        "300余人",
        "三百二百",
        "一千一千",
        "一百二千",
        "十十",
        "14（+2）",
        "14场（15场）",
        "14场（15）",
        "14场（+2）",
        "14场（-2）",
        "14（10+5）",
        "3万5人",
        "3千5场",
    ],
)
def test_a_count_that_is_not_certain_is_not_read(text: str) -> None:
    assert parse_count(text) is None
    assert not is_blank(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "　",
        "□是 □否",
        "/",
        "／",
        "无",
        "—",
        "——",
        "-",
        "年   月   日",
        "万元",
        "（场）",
        "N/A",
    ],
)
def test_a_blank_mark_is_blank_and_no_number(text: str) -> None:
    assert is_blank(text)
    assert parse_count(text) is None
    assert parse_money_wan(text) is None
    assert parse_date(text) is None
    assert parse_phone(text) is None
    assert parse_words(text) is None


@pytest.mark.parametrize(
    ("text", "heading", "wan"),
    [
        ("128.5", "万元", 128.5),
        ("128.5万元", "元", 128.5),
        ("1285000元", "万元", 128.5),
        ("1,285,000.00", "元", 128.5),
        ("￥12000元", "万元", 1.2),
        ("5千元", "万元", 0.5),
        ("1万5千元", "万元", 1.5),
        ("3", "千元", 0.3),
        ("1.2亿", "万元", 12000.0),
        ("0", "万元", 0.0),
        ("12.5万圆", "万元", 12.5),
        ("壹拾贰万伍仟圆整", "万元", 12.5),
        ("叁萬伍仟圓整", "万元", 3.5),
        ("125000块钱", "万元", 12.5),
        ("12.5万人民币", "万元", 12.5),
        ("CNY 12.5", "万元", 12.5),
        ("15万元＋5万元＝20万元", "万元", 20.0),
        ("12.5万元（125000元）", "万元", 12.5),
        ("12.5（12+0.5）", "万元", 12.5),
        ("12.5（125000元）", "万元", 12.5),
        ("3万5", "万元", 3.5),
        ("3千", "元", 0.3),
        ("3千元", "千元", 0.3),
        ("￥125,000.00", "元", 12.5),
        ("125000", "万元", 125_000.0),
        ("￥999", "万元", 999.0),
    ],
)
def test_the_unit_of_an_amount_is_its_own_then_its_headings(
    text: str, heading: str, wan: float
) -> None:
    assert parse_money_wan(text, heading) == pytest.approx(wan)


@pytest.mark.parametrize(
    "text",
    [
        *("12次", "128,5", "若干万元", "5万6千70", "3人"),
        *("12.5（13.5）", "12.5万元（12500元）", "12.5（+2）", "12.5（10+2）"),
        *("￥125,000.00", "CNY125000", "15元+5=20元", "￥1000", "3千", "五百"),
        *("3万5元", "12元5角", "12元5", "12.5万元（13）", "12.5万元（13万元）"),
    ],
)
def test_an_amount_that_is_not_certain_is_not_read(text: str) -> None:
    assert parse_money_wan(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2017年7月3日",
        "2017 年 7 月 3 日",
        "２０１７年７月３日",
        "2017-07-03",
        "2017-7-3",
        "2017.7.3",
        "2017/07/03 00:00:00",
        "2017-07-03T00:00:00",
        "20170703",
        "二〇一七年七月三日",
        "二○一七年七月三日",
        "2017年7月3日（星期一）",
        "2017年7月3日上午",
        "17年7月3日",
        "2017、7、3",
        "二O一七年七月三日",
        "二0一七年7月3日",
        "42919",
    ],
)
def test_a_date_is_read_in_every_usual_form(text: str) -> None:
    assert parse_date(text) == date(2017, 7, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2017年7月",
        "2017年7月3日至7月5日",
        "2017年7月3日-5日",
        "17.7.3",
        "7月3日",
        "2017年13月3日",
        "2017年2月30日",
        "月底",
        "22557",
        "7/3/17",
        "二千一年七月三日",  # 2001 or 2100
        "3 Foo 2017",
    ],
)
def test_a_date_that_is_not_certain_is_not_read(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0371-67182119", "0371-67182119"),
        ("（0371）67182119", "0371-67182119"),
        ("037167182119", "0371-67182119"),
        ("010-62345678", "010-62345678"),
        ("67182119", "67182119"),
        ("0371-67182119转801", "0371-67182119-801"),
        ("138 0000 1111", "13800001111"),
        ("+86 13800001111", "13800001111"),
        ("13800001111.0", "13800001111"),
        ("1.3800001111E10", "13800001111"),
        ("0371-67182119、13800001111", "0371-67182119、13800001111"),
        ("0371 67182119\n138 0000 1111", "0371-67182119、13800001111"),
        ("办公：0371-67182119 手机：13800001111", "0371-67182119、13800001111"),
        ("填表人甲 13800001111", "13800001111"),
        ("67182119（值班室）", "67182119"),
        ("+86 371 67182119", "0371-67182119"),
        ("0371-6718-2119", "0371-67182119"),
        ("400-800-1234", "400-800-1234"),
    ],
)
def test_a_telephone_number_is_written_one_way(text: str, number: str) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    "text", ["110", "1381234", "见通讯录", "67182119转填表人", "138000011112", "0371-671821190"]
)
def test_what_is_no_telephone_number_is_not_read(text: str) -> None:
    assert parse_phone(text) is None


def test_words_lose_the_seal_remark_and_the_spaces_between_characters() -> None:
    assert parse_words("测 试 区安监局（盖章）") == "测试区安监局"
    assert parse_words("：甲  乙 ") == "甲乙"
    assert parse_words("123") is None


@pytest.mark.parametrize(
    ("text", "heading", "number"),
    [
        ("14人", "举办次数（场）", None),
        ("14 名", "多部门联动综合演练次数", None),
        ("1360场", "参演人数（人次）", None),
        ("14场", "举办次数（场）", 14),
        ("14次", "举办次数（场）", 14),
        ("14（1360人）", "举办次数（场）", 14),
        ("1360人次", "参演人数（人次）", 1360),
        ("14人", "人数/场次", 14),
        ("14人", "", 14),
        ("14場次", "举办次数（场）", 14),
        ("14回", "举办次数（场）", 14),
        ("6场+8场=14场", "举办次数（场）", 14),
    ],
)
def test_people_where_drills_are_counted_are_in_the_wrong_place(
    text: str, heading: str, number: int | None
) -> None:
    assert parse_value("count", text, heading) == number


@pytest.mark.parametrize(
    ("text", "heading", "wan"),
    [
        ("12.5", "直接投入（萬元）", 12.5),
        ("125", "直接投入（仟元）", 12.5),
        ("125000", "直接投入（圆）", 12.5),
        ("1.25", "直接投入（十万元）", 12.5),
        ("12.5", "直接投入（人民币万元）", 12.5),
        ("12.5", "元旦期间直接投入（万）", 12.5),
        ("12.5", "直接投入（万美元）", None),
        ("12.5", "直接投入（元/万元）", None),
        ("12.5", "直接投入（百千元）", None),
        ("125000", "直接投入（￥）", None),
        ("12.5万元", "直接投入（元/万元）", 12.5),
    ],
)
def test_a_unit_of_a_heading_that_is_not_understood_is_no_unit(
    text: str, heading: str, wan: float | None
) -> None:
    assert parse_value("money_wan", text, heading) == pytest.approx(wan)


@pytest.mark.parametrize(
    ("text", "heading", "number"),
    [
        ("1.36", "参演人数（千人次）", 1360),
        ("14", "参演人数（百人）", 1400),
        ("1", "举办次数（十场）", 10),
        ("14", "千人大演练举办次数", 14),
        ("0.136", "参演人数（人次，万）", None),
        ("14", "参演人数（百千人）", None),
    ],
)
def test_a_count_is_scaled_by_its_heading_or_not_read(
    text: str, heading: str, number: int | None
) -> None:
    assert parse_value("count", text, heading) == number


@pytest.mark.parametrize(
    ("note", "units", "people", "drills"),
    [
        ("单位：场、人次、万元", "万元", "", ""),
        ("（单位：仟元）", "千元", "", ""),
        ("金额单位：人民币元", "元", "", ""),
        ("单位：元（人民币）", "元", "", ""),
        ("单位：美元", "美元", "", ""),
        ("计量单位：场次、万人次、万元", "万人次/万元", "(万人次)", ""),
        ("单位：十场、百人", "十场/百人", "(百人)", "(十场)"),
        ("填报单位：新密市元庄街道", "", "", ""),
        ("单位：新密市百人会", "", "", ""),
    ],
)
def test_a_note_over_the_table_gives_the_units_of_its_figures(
    note: str, units: str, people: str, drills: str
) -> None:
    assert noted_units([note]) == units
    assert noted_scale("参演人数", units) == people
    assert noted_scale("举办次数", units) == drills


def test_a_heading_in_myriads_scales_a_count() -> None:
    assert parse_value("count", "1.2", "参演人数（万人次）") == 12000
    assert parse_value("count", "1.2万", "参演人数（万人次）") == 12000
    assert parse_value("count", "12", "参演人数（人次）") == 12


@given(st.text(max_size=40))
def test_no_text_makes_a_parser_raise(text: str) -> None:
    for kind in ("count", "money_wan", "date", "phone", "person", "unit", "text"):
        value = parse_value(kind, text)
        assert value is None or isinstance(value, int | float | str)


@given(st.integers(0, 99_999_999))
def test_a_number_in_chinese_numerals_is_read_back(number: int) -> None:
    assert parse_count(_in_words(number)) == number


def _in_words(number: int) -> str:
    """The number as it is spoken, by the schoolbook rule (independent of the parser)."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    words = _below_myriad(low)
    if high:
        gap = "零" if 0 < low < 1000 else ""
        words = f"{_below_myriad(high)}万{gap}{words}"
    return words


def _below_myriad(number: int) -> str:
    words, pending = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            words += ("零" if pending else "") + "零一二三四五六七八九"[digit] + name
            pending = False
        elif words and number:
            pending = True
    return words


@pytest.mark.parametrize(
    ("number", "day"),
    [
        ("36525", None),
        ("36526", date(2000, 1, 1)),
        ("42919", date(2017, 7, 3)),
        ("42919.5", date(2017, 7, 3)),
        ("54788", date(2049, 12, 31)),
        ("54789", None),
    ],
)
def test_a_day_number_is_a_date_of_this_half_century(number: str, day: date | None) -> None:
    assert parse_date(number) == day


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("67182119 13800000000", "67182119、13800000000"),
        ("0371 67182119 13800000000", "0371-67182119、13800000000"),
        ("13800000000 123", None),
        ("见附", None),
    ],
)
def test_numbers_parted_by_spaces_are_several(text: str, numbers: str | None) -> None:
    assert parse_phone(text) == numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [("14¹", 14), ("14①", 14), ("14 ①", 14), ("1360②", 1360), ("14⑴场", 14), ("12²", 12)],
)
def test_the_mark_of_a_note_behind_a_number_is_none_of_its_digits(text: str, number: int) -> None:
    assert parse_value("count", text) == number


@pytest.mark.parametrize("text", ["10³", "①14", "3②4", "3②4场", "¹14"])
def test_a_raised_figure_that_may_be_a_part_of_the_number_leaves_none(text: str) -> None:
    assert parse_value("count", text) is None
    assert parse_value("money_wan", text) is None


@pytest.mark.parametrize(
    ("text", "heading", "number"),
    [
        ("3千", "参演人数（万人次）", None),  # thousands of myriads?
        ("3千", "参演人数（人次）", 3000),
        ("3万", "参演人数（万人次）", 30_000),
    ],
)
def test_a_small_scale_under_a_greater_one_is_not_read(
    text: str, heading: str, number: int | None
) -> None:
    assert parse_value("count", text, heading) == number


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("95", True),
        ("0.95", True),
        ("-3", True),
        *((text, False) for text in ("95%", "95％", "百分之95", "约95", "", "见附件")),
    ],
)
def test_a_percentage_lacks_its_sign_where_an_exact_number_stands(text: str, lacks: bool) -> None:
    assert lacks_its_sign(text) is lacks


@pytest.mark.parametrize(
    ("kind", "text", "unclear"),
    [
        ("money_wan", "3千", True),
        ("money_wan", "五百整", True),
        ("money_wan", "￥125,000.00", True),
        ("money_wan", "￥12万", False),
        ("money_wan", "￥999", False),
        ("money_wan", "3千（4千）", False),  # it is not even exact
        ("money_wan", "12.5", False),
        ("money_wan", "3千元", False),
        ("money_wan", "见附件", False),
        ("count", "3千", False),
    ],
)
def test_an_amount_may_be_exact_and_its_unit_unclear(kind: str, text: str, unclear: bool) -> None:
    assert is_of_unclear_unit(kind, text) is unclear


@pytest.mark.parametrize(
    ("kind", "text", "heading", "value"),
    [
        ("number", "4分30秒", "用时（分钟）", 4.5),
        ("number", "", "用时（分钟）", None),
        ("text", "4分30秒", "备注（分钟）", "4分30秒"),
        ("id_number", "11010519491231002X", "", "11010519491231002X"),  # GB 11643's own example
        ("id_number", "110105194912310021", "", None),
    ],
)
def test_only_a_number_is_a_length_of_time(
    kind: str, text: str, heading: str, value: float | str | None
) -> None:
    assert parse_value(kind, text, heading) == value


def test_a_scale_that_the_form_printed_is_no_inexact_number() -> None:
    assert not is_inexact("count", "千")
    assert not is_inexact("money_wan", "百万")
    assert is_inexact("count", "约3千")


@pytest.mark.parametrize(
    ("heading", "text", "value"),
    [
        ("邮政编码", "450000", "450000"),
        ("残疾证号", "44010119800101001142", "44010119800101001142"),
        ("证书编号：", "2024-0317", "2024-0317"),
        ("证书编号：", "A2024", "A2024"),
        ("邮政编码", "____", None),
        ("邮政编码", "12", None),
        ("作品题目", "450000", None),
        ("通讯地址", "2024", None),
    ],
)
def test_only_under_the_heading_of_a_code_are_digits_a_text(
    heading: str, text: str, value: str | None
) -> None:
    assert parse_value("text", text, heading) == value
