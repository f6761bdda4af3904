"""Numbers in Chinese handwriting: exact ones are read, vague ones never become a number.

The numerals of the round trips come from cn2an, which knows nothing of our grammar.
"""

import unicodedata

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.judgement.form.contents import is_number
from mailbot.judgement.form.numerals import is_made_of_numbers, is_vague
from mailbot.judgement.form.values import (
    is_blank,
    is_inexact,
    parse_count,
    parse_money_wan,
    parse_value,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3万5", 35_000),
        ("３万５", 35_000),
        ("3万5千", 35_000),
        ("3万5千2", 35_200),
        ("12万5000", 125_000),
        ("3万500", 30_500),
        ("3万零5", 30_005),
        ("3万零50人", 30_050),
        ("3.5w", 35_000),
        ("3.5W人次", 35_000),
        ("3w5", 35_000),
        ("2k", 2000),
        ("3千5", 3500),
        ("2百5", 250),
        ("2千3百人", 2300),
        ("一万二", 12_000),
        ("两千三", 2300),
        ("三百二", 320),
        ("一百一", 110),
        ("一万零二百五", 10_250),
        ("一万二千三", 12_300),
        ("两百零五人", 205),
        ("一百一十二", 112),
        ("一百十二", 112),
        ("五百", 500),
        ("五百整", 500),
        ("廿", 20),
        ("廿五次", 25),
        ("卅一", 31),
        ("壹仟贰佰叁拾肆", 1234),
        ("贰萬", 20_000),
        ("三点五万", 35_000),
        ("十二", 12),
        ("三零二", 302),
        ("负三", -3),
        ("１２，０００", 12_000),
        ("1,234,567人", 1_234_567),
        ("2百万", 2_000_000),
        ("1亿2千万", 120_000_000),
        ("共计五百人", 500),
        ("12+2=14", 14),
        ("500人（含企业约200人）", 500),
        ("12次（现场10次、桌面2次）", 12),
    ],
)
def test_an_exact_number_is_read_however_it_is_written(text: str, number: int) -> None:
    assert parse_count(text) == number
    assert isinstance(parse_count(text), int)


VAGUE = """
约500人 大约500 约500 近千 近千人 将近1000人 接近500 500余 500余人 五百余人次 百余 百余人
千余人 上百人 上千 数百人 几十人 数十场 十几次 十余次 二十多次 30多 30多人 多人 若干 若干次
500左右 500人左右 500人上下 500以上 500人以上 超过500人 超500 500多人 500许 不足500
不足百人 不到500人 不少于500人 至少12次 至少500 最多30 不超过50 500以内 1～3 1~3次 1-3次
12-15 1至3次 三到五次 三五百人 两三次 二三百 一二 十二三次 各50 各50人 每场50人 每次50
平均50人 人均50 ＞500 ≥500 <500 ~500 ≈500 500+ 500+人 500±20 12+2 12+2次 12+2=15 1/2
3、4次 12或13 12次3次 好几百人 500人（约） 500（左右） 500（估计） 12（应为10）
12（更正为10） 3万50 3万5人 两千三人 十来次 估计500人 预计500人 1.2万余人 3千多 突破500
""".split()


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_number_is_no_number_and_known_for_one(text: str) -> None:
    assert parse_count(text) is None
    assert not is_blank(text)
    assert is_inexact("count", text)


@pytest.mark.parametrize(
    "text",
    [
        *"约5万 近3万元 3万余元 3.5万左右 2-3万元 3万多 不足1万元 各1万元".split(),
        *"3万元以上 约3.5 3.5+1 3万5元".split(),
    ],
)
def test_a_vague_amount_is_no_amount_and_known_for_one(text: str) -> None:
    assert parse_money_wan(text) is None
    assert is_inexact("money_wan", text)


@pytest.mark.parametrize(
    "text", ["见附件", "企业自筹", "第3次", "5元", "每周一次的例会", "", "/", "参演人员较多"]
)
def test_words_that_state_no_number_are_not_called_vague(text: str) -> None:
    assert parse_count(text) is None
    assert not is_inexact("count", text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("number", "约500"), ("number", "1～3"), ("number", "12+2"), ("percent", "约95%")],
)
def test_numbers_and_percentages_may_be_vague_too(kind: str, text: str) -> None:
    assert parse_value(kind, text) is None
    assert is_inexact(kind, text)
    assert not is_inexact(kind, "见附件")


def test_a_vague_number_still_counts_as_what_a_cell_holds() -> None:
    assert all(is_number(text) for text in ("约500人", "近千", "500余", "各50人"))
    assert not any(is_number(text) for text in ("0371-67182119", "参演人数", "场数", "各企业"))


@pytest.mark.parametrize(
    ("text", "heading", "wan"),
    [
        ("3万5", "万元", 3.5),
        ("3万5", "元", 3.5),
        ("3.5w", "万元", 3.5),
        ("三万五", "万元", 3.5),
        ("三万五千元", "万元", 3.5),
        ("叁万伍仟元整", "万元", 3.5),
        ("12万5000元", "万元", 12.5),
        ("两千三百元", "万元", 0.23),
        ("两千三", "元", 0.23),
        ("5万6千7", "万元", 5.67),
        ("三点五", "万元", 3.5),
        ("十二", "万元", 12.0),
        ("1亿2千万", "万元", 12_000.0),
        ("人民币叁仟元整", "万元", 0.3),
    ],
)
def test_an_exact_amount_is_read_however_it_is_written(text: str, heading: str, wan: float) -> None:
    assert parse_money_wan(text, heading) == pytest.approx(wan, abs=1e-9)


@pytest.mark.parametrize("text", ["3千", "五百", "两千三", "3k"])
def test_hundreds_and_thousands_under_a_heading_in_myriads_are_asked_about(text: str) -> None:
    """五百 in a column of 万元 is 500元 to one clerk and 500万元 to the next."""
    assert parse_money_wan(text, "万元") is None
    assert is_inexact("money_wan", text)
    assert parse_money_wan(text, "元") is not None
    assert parse_value("count", text, "参演人数（万人）") is None


def test_a_cells_own_myriad_wins_over_a_heading_in_myriads() -> None:
    assert parse_value("count", "1.2w", "参演人数（万人次）") == 12_000
    assert parse_value("count", "1万2", "参演人数（万人次）") == 12_000
    assert parse_value("count", "1.2", "参演人数（万人次）") == 12_000


def test_two_numbers_on_two_lines_are_not_joined() -> None:
    for text in ("12\n500", "3万\n5", "十\n二", "五百\n三"):
        assert parse_count(text) is None


@given(st.integers(0, 99_999_999), st.sampled_from(["low", "up"]))
def test_a_numeral_of_an_independent_library_is_read_back(number: int, mode: str) -> None:
    assert parse_count(cn2an.an2cn(number, mode)) == number


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from("百千万"))
def test_a_shortened_numeral_is_the_one_with_its_scale_written_out(
    head: int, tail: int, scale: str
) -> None:
    below = {"百": "十", "千": "百", "万": "千"}[scale]
    one, other = "一二三四五六七八九"[head - 1], "一二三四五六七八九"[tail - 1]
    full = cn2an.cn2an(f"{one}{scale}{other}{below}", "normal")
    assert parse_count(f"{one}{scale}{other}") == full
    assert parse_count(f"{head}{scale}{tail}") == full


@given(
    st.integers(1, 99_999),
    st.sampled_from(["low", "arabic"]),
    st.sampled_from(
        ["约{}", "近{}", "{}余", "{}左右", "{}以上", "超过{}", "不足{}", "各{}", "{}多"]
    ),
    st.sampled_from(["", "人", "次"]),
)
def test_no_word_of_vagueness_leaves_a_number(
    number: int, style: str, words: str, unit: str
) -> None:
    written = str(number) if style == "arabic" else cn2an.an2cn(number, style)
    text = words.format(written) + unit
    assert parse_count(text) is None
    assert is_inexact("count", text)


@given(st.text(alphabet="零一二三两五十百千万亿廿0123456789.,wk点余约+-=～ \n人次元", max_size=9))
def test_whatever_numerals_stand_together_nothing_is_raised(text: str) -> None:
    for kind in ("count", "money_wan"):
        value = parse_value(kind, text)
        assert value is None or isinstance(value, int | float)
        assert isinstance(is_inexact(kind, text), bool)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三百二十万", 3_200_000),
        ("三百零二万", 3_020_000),
        ("一亿二千万", 120_000_000),
        ("十万", 100_000),
        ("一百零十", 110),
        ("两千零十", 2010),
        ("2千零5", 2005),
        ("12万500", 120_500),
        ("12万5", 125_000),
        ("1百50", 150),
        ("2千500", 2500),
        ("2百万", 2_000_000),
        ("2千万", 20_000_000),
        ("2万亿", 2 * 10**12),
        ("1,200万", 12_000_000),
        ("-3万", -30_000),
        ("卌", 40),
        ("三点五", 3.5),
        ("12+2=14", 14),
        ("○", 0),
        ("三仟", 3000),
        ("两千", 2000),
        ("1佰", 100),
        ("2仟", 2000),
        ("一k", 1000),
        ("三萬", 30_000),
        ("一w", 10_000),
        ("一亿", 10**8),
        ("三億", 3 * 10**8),
        ("12345678万5", 123_456_785_000),
        ("3万零十", 30_010),
    ],
)
def test_every_scale_has_its_place(text: str, number: float) -> None:
    assert parse_count(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "三百二万",
        "一万零万",
        "二万一亿",
        "十百",
        "一百百",
        "百",
        "万",
        "12万50",  # 120 050 or 125 000
        "2百千",
        "三点",
        "+-5",
        "12,00",
        "12=12",
        "12+2=15",
        "12=14+=2",
        "12+=12",
        "+=0",
        "9千点五",  # 9000.5, or 9 500
        "6亿点五",
        "一点五亿百",
        "123456789万6",
        "3123456789亿2",
        "10十",
        "十10",
        "十0",
    ],
)
def test_a_numeral_out_of_order_is_no_number(text: str) -> None:
    assert parse_count(text) is None


@pytest.mark.parametrize("char", "一二三四五六七八九壹贰叁肆伍陆柒捌玖貳弍叄陸")
def test_a_numeral_is_worth_what_unicode_says(char: str) -> None:
    assert parse_count(char) == unicodedata.numeric(char)


@pytest.mark.parametrize(("char", "value"), [("两", 2), ("兩", 2), ("俩", 2), ("幺", 1)])
def test_a_numeral_of_speech_is_read(char: str, value: int) -> None:
    assert parse_count(f"{char}人") == value


@pytest.mark.parametrize("char", "零〇○")
def test_each_nought_is_one(char: str) -> None:
    assert parse_count(f"一百{char}五") == 105


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("三千", 3000), ("两亿", 200_000_000), ("二千万", 20_000_000), ("3亿", 300_000_000)],
        *[("3〇", None), ("0三", None), ("一二", None), ("十〇", None), ("十〇0", None)],
        *[("12百千", None), ("两千一万", None), ("3万十", None), ("三十〇万壹", None)],
        *[("w", None), ("千", None), ("w点壹", None), ("一w33", None), ("120万500w", None)],
        *[("3廿", None), ("廿12", None), ("十廿", None), ("廿五", 25)],
        *[("壹百十", 110), ("3百二", 320), ("一十w5", 105_000), ("九千500", 9500)],
        *[("二w500", 20_500), ("十亿0", None), ("九亿零五", 900_000_005), ("三点九", 3.9)],
    ],
)
def test_short_numerals_are_what_anybody_reads_or_nothing(text: str, number: float | None) -> None:
    """Of thousands drawn from numerals the shortest in which a change of the grammar is seen."""
    assert parse_count(text) == number


@pytest.mark.parametrize("text", ["人", "次", "共", "=", "+", "约", "各", "+,", "见附件"])
def test_words_about_numbers_are_made_of_none_without_one(text: str) -> None:
    assert not is_made_of_numbers(text)
    assert not is_vague(text)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("500（左右）", True),
        ("500（人次）", False),
        ("500（约）", True),
        ("若干", True),
        ("500", False),
    ],
)
def test_a_remark_in_brackets_may_make_a_number_vague(text: str, vague: bool) -> None:
    assert is_made_of_numbers(text)
    assert is_vague(text) is vague


def test_millions_and_more_are_clear_under_a_heading_in_myriads() -> None:
    assert parse_value("count", "3千万", "参演人数（万人）") == 30_000_000
    assert parse_value("count", "2百万", "参演人数（万人）") == 2_000_000
    assert parse_money_wan("3千万", "万元") == 3000
    assert parse_value("count", "3十", "参演人数（万人）") == 300_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("999999999999999", 999999999999999),
        ("1000000000000000", None),
        ("999万亿", 999 * 10**12),
        ("1000万亿", None),
        ("10000000亿", None),
        ("15" + "0" * 307, None),  # as a float it adds up to infinity
        ("1" + "0" * 400, None),  # and this is none
        ("-1" + "0" * 15, None),
    ],
)
def test_what_no_table_of_ours_counts_is_no_number(text: str, number: int | None) -> None:
    assert parse_count(text) == number
    assert parse_value("number", text) == number
