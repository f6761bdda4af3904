"""Typed values out of what people write in a cell.

Every `parse_` function returns None for what it cannot read with certainty; `is_blank` tells an
empty cell (also `/`, `无`, `—` and template remnants like `年 月 日`) from an unreadable one.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from mailbot.judgement.form.dates import NUMERAL, parse_date
from mailbot.judgement.form.id_numbers import parse_id_number
from mailbot.judgement.form.numerals import (
    Number,
    has_vague_remark,
    is_made_of_numbers,
    read_number,
)
from mailbot.judgement.form.phones import parse_phone, plain, without_note_marks
from mailbot.judgement.form.ticks import is_unticked, ticked
from mailbot.judgement.form.units import count_scale, money_scale

_BLANK_WORDS = frozenset(
    "无 没有 暂无 空 空白 未填 未填写 无此项 不涉及 未开展 n/a na null none nil".split()
)
# What a printed form leaves in a cell nobody filled in.
_REMNANTS = re.compile(r"[年月日时场次人名个项千百万亿元:;,.()\[\]/\\|~_*×\-—–―…·•、。]*")

# Two numerals on two lines, or 3万 and 5 with a space between, are two numbers.
_TWO_NUMBERS = re.compile(rf"\d\s+\d|[万千百]\s+\d|{NUMERAL}\s*\n\s*{NUMERAL}")

_EXACTLY = re.compile(r"^(?:共计|共有|共|合计|总计|累计|计|为|有|达到|达)+(?=.)")
_COUNT_UNITS = re.compile(r"(?:场次|場次|人次|人员|场|場|次|回|人|名|个|项|起|家|位)?整?$")
# Other words for 元, and for whose it is: 12.5万圆整, 125000块钱, 12.5万人民币.
_YUAN = re.compile(r"(?:人民币|RMB|CNY)?(?:圆|圓|块钱|块|塊)?(?:人民币|RMB|CNY)?(?=(?:整|正)?$)")
_CURRENCIES = ("RMB", "CNY")
_CURRENCY = re.compile("¥|人民币|RMB|CNY")
_SINGLE_DIGIT = re.compile(r"\d")


def is_blank(text: str) -> bool:
    """Whether a cell states nothing: empty, a dash or slash, 无, or only the form's own words."""
    bare = plain(text).lower()
    return bare in _BLANK_WORDS or _REMNANTS.fullmatch(bare) is not None or is_unticked(text)


def _stripped(text: str) -> str:
    """The text without remarks in brackets, currency signs and words like 共."""
    bare = plain(text).replace("¥", "").replace("人民币", "").strip("_;；。,、:").rstrip(".")
    for currency in _CURRENCIES:
        bare = bare.removeprefix(currency)
    outside = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】", "", bare)
    return _EXACTLY.sub("", outside or bare)


def _spaced_thousands(text: str) -> str:
    """`1 200` with spaces for thousands, joined; other text unchanged."""
    return re.sub(r"(?<=\d)[  ](?=\d{3}(?:\D|$))", "", text)


def _states_no_number(text: str) -> bool:
    """Whether a cell is empty, holds two numbers, or takes its number back in brackets."""
    folded = _spaced_thousands(unicodedata.normalize("NFKC", without_note_marks(text)))
    two = _TWO_NUMBERS.search(folded) is not None
    return two or is_blank(text) or has_vague_remark(plain(text)) or _is_corrected(text)


def parse_count(text: str, heading_scale: int = 1) -> int | float | None:
    """A number of drills or people: `12`, `１２`, `12次`, `1,200`, `1.2万`, `3万5`, `两千三`.

    `heading_scale`: 10,000 where the heading counts in 万人; the cell's own 万 wins over it.
    Whole numbers come back as int; a fraction stays float for the judge to find. What is only
    about right (`约300人次`) is None.
    """
    if _states_no_number(text):
        return None
    bare = _stripped(text)
    words = _COUNT_UNITS.sub("", bare)
    if "=" in bare:  # 6场+8场=14场
        words = "=".join("+".join(map(_without_unit, side.split("+"))) for side in bare.split("="))
    number = read_number(words)
    if number is None or (number.shortened and words != bare):
        return None  # 3万5人 may be 30,005
    if heading_scale != 1 and number.small:
        return None  # 3千, in 万人?
    value = number.value if number.large else number.value * heading_scale
    return int(value) if value == value.to_integral_value() else float(value)


def _without_unit(text: str) -> str:
    return _COUNT_UNITS.sub("", text)


def parse_money_wan(text: str, heading_unit: str = "万元") -> float | None:
    """An amount in 万元. The cell's own unit wins over the heading's (元, 千元, 万元, 百万元 …).

    `3千` or `五百` under a heading in 万元 is None: it may be 元 and it may be 万元.
    """
    if _states_no_number(text):
        return None
    bare = re.sub(r"(?:整|正)$", "", _in_yuan(_stripped(text)))
    words = bare.removesuffix("元")
    if "=" in words:
        # 15万元+5万元=20万元: all of them or none.
        words = words.replace("元", "") if words.count("元") in (0, words.count("+") + 1) else ""
    number = read_number(words)
    if number is None or (number.shortened and words != bare):
        return None  # 3万5元 may be 30,005
    unit = money_scale(heading_unit)
    if words != bare or number.large:
        unit = 1
    elif unit is None or (unit != 1 and (number.small or _is_much_money(text, number))):
        return None
    return float(number.value * unit / 10**4)


def _is_much_money(text: str, number: Number) -> bool:
    """Whether a sign of currency stands before thousands, which will count 元: ¥125,000.00 is
    hardly 125 000万元, and nobody says so."""
    return number.value >= 1000 and _CURRENCY.match(plain(text)) is not None


def _in_yuan(bare: str) -> str:
    """An amount with 元 for 圆, 块 and the like; 人民币 and its letters behind it say no more."""

    def named(found: re.Match[str]) -> str:
        return "元" if re.search("[圆圓块塊]", found.group()) else ""

    return _YUAN.sub(named, bare)


def _is_corrected(text: str) -> bool:
    """Whether a remark in brackets is another number, or one to be added: `12.5（13.5）`,
    `14（+2）`, `14场（15）`. One digit may be a note's mark; a sum that comes out explains the
    number; one that counts something else (`14（1360人）`) is none of it."""
    bare = plain(text)
    stated = _plainest(_stripped(text))
    for remark in re.findall(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^】]*)】", bare):
        inner = "".join(remark)
        if "+" in inner.strip("+") and stated is not None:
            parts = [_plainest(part) for part in inner.split("+")]
            numbers = [part for part in parts if part is not None]
            if len(numbers) == len(parts) and sum(numbers) != stated:
                return True
        elif inner.startswith(("+", "-")) and _plainest(inner[1:]) is not None:
            return True
        elif not _SINGLE_DIGIT.fullmatch(inner) and (
            _unit_of(inner) in ("", _unit_of(_stripped(text)))
        ):
            other = _plainest(inner)
            if other is not None and stated is not None and other != stated:
                return True
    return False


def _unit_of(bare: str) -> str:
    """What a number counts, as far as it says so."""
    found = _COUNT_UNITS.search(bare)
    return "元" if "元" in _in_yuan(bare) else found.group() if found else ""


def _plainest(bare: str) -> Decimal | None:
    """A number whatever it counts, its unit taken off; 万 counts ones."""
    words = re.sub(r"(?:整|正)$", "", _in_yuan(bare)).removesuffix("元")
    number = read_number(_COUNT_UNITS.sub("", words))
    return None if number is None else number.value


# What makes a text no number of this type, whatever else it is.
_OTHER_UNITS = {
    "count": "元|圆|块",
    "money_wan": "[人场次名个项起家位]",
    "number": "%",
    "percent": "[元人场次名个项起家位]",
}


def is_inexact(kind: str, text: str) -> bool:
    """Whether somebody meant a number of this type (`FormField.type`) that is not certain:
    `约500人`, `1～3`, `12+2`."""
    bare = plain(text).removesuffix("%") if kind == "percent" else plain(text)
    other = _OTHER_UNITS.get(kind)
    if other is None or is_blank(text) or re.search(other, re.sub(r"\([^()]*\)", "", bare)):
        return False
    return is_made_of_numbers(bare) or has_vague_remark(bare)


def lacks_its_sign(text: str) -> bool:
    """Whether an exact number stands where a percentage is asked for: `95`, `0.95`."""
    return not re.search("[%％]|百分", text) and _parse_number(text, percent=False) is not None


_PEOPLE = ("人次", "人员", "人", "名", "位")
_DRILLS = ("场次", "場次", "场", "場", "起")


def _counts_otherwise(text: str, heading: str) -> bool:
    """Whether a cell says that it counts people where its heading counts drills, or the reverse:
    `14人` under 举办次数（场）. One of the two is in the wrong place."""
    of_people, of_drills = "人" in heading, re.search("场|次数|起数", heading) is not None
    if of_people == of_drills:
        return False
    unit = _COUNT_UNITS.search(re.sub(r"\([^()]*\)", "", plain(text)))
    said = unit.group().removesuffix("整") if unit else ""
    return said in (_PEOPLE if of_drills else _DRILLS)


def is_of_unclear_unit(kind: str, text: str) -> bool:
    """Whether an amount is exact but may count 元 as well as 万元: `3千`, `五百`."""
    if kind != "money_wan" or _states_no_number(text):
        return False
    number = read_number(re.sub(r"(?:整|正)$", "", _stripped(text)))
    if number is None:
        return False
    return number.small or (not number.large and _is_much_money(text, number))


def parse_words(text: str) -> str | None:
    """A name of a unit or person, tidied: no seal remark, no spaces between Chinese characters."""
    if is_blank(text):
        return None
    tidy = re.sub(r"[（(【\[]\s*(?:加?盖?公?章|盖章处|签章|印章)\s*[)）】\]]", "", text)
    tidy = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", tidy)
    tidy = re.sub(r"\s+", " ", tidy).strip(" _＿:：,，;；.。")
    return tidy if re.search(r"[^\W\d_]", tidy) else None


def _parse_number(text: str, *, percent: bool) -> int | float | None:
    """A number with or without a sign; a percentage as the number before its sign: 95% is 95.

    A percentage without the sign is None: 0.95 may be 95% and may be 0.95%.
    """
    bare = plain(text).replace("％", "%").replace("百分之", "")
    spoken = "百分之" in plain(text)
    if percent and not (spoken or bare.endswith("%")):
        return None
    bare = bare.removesuffix("%") if percent else bare
    negative = bare.startswith(("-", "−", "负"))
    if bare[:1] in "+-−负":
        bare = bare[1:]
    if _states_no_number(bare):
        return None
    number = read_number(_stripped(bare))
    if number is None or number.shortened:
        return None
    value = -number.value if negative else number.value
    return int(value) if value == value.to_integral_value() else float(value)


# What a heading counts in, in seconds, and a length of time as it is written under it: 4分30秒.
_SECONDS = {"小时": 3600, "分钟": 60, "分": 60, "秒": 1, "hours": 3600, "minutes": 60, "seconds": 1}
_LENGTH = re.compile(
    r"(?:(\d{1,3})(?:个?小时|时|hours?|h))?(?:(\d{1,4})(?:分钟?|minutes?|min))?"
    r"(?:(\d{1,5})(?:秒钟?|seconds?|s))?",
    re.IGNORECASE,
)


def _length(text: str, heading: str) -> int | float | None:
    """A length of time in its heading's unit, or None: 4分30秒 under 用时（分钟） is 4.5."""
    unit = re.search(r"\((小时|分钟|分|秒|hours|minutes|seconds)\)", heading, re.IGNORECASE)
    bare = plain(text)
    found = _LENGTH.fullmatch(bare)
    if unit is None or found is None or not any(found.groups()):
        return None
    parts = [int(part or 0) for part in found.groups()]
    value = (parts[0] * 3600 + parts[1] * 60 + parts[2]) / _SECONDS[unit[1].lower()]
    return int(value) if value == int(value) else round(value, 2)


# A text that may be digits alone, since its heading is of a code: 邮政编码 450000, 残疾证号.
_CODE = re.compile(
    r"(?:证|编|学|工|账|帐|卡|批|文|门牌|序列|档案|信用)号码?|编码|代码|邮编|号码|post ?code|zip",
    re.IGNORECASE,
)
_CODED = re.compile(r"\d[\d\-/.]{2,39}")


def parse_value(
    kind: str, text: str, heading: str = "", choices: Sequence[str] = ()
) -> int | float | str | None:
    """The value of a field of this type (`FormField.type`); dates come back as ISO strings.

    `heading` is the text of the field's label, where a unit may stand: 直接投入（元）.
    """
    heading = plain(heading)
    if kind == "count":
        if _counts_otherwise(text, heading):
            return None
        scale = count_scale(heading)
        return None if scale is None else parse_count(text, scale)
    if kind == "money_wan":
        return parse_money_wan(text, heading)
    if kind == "date":
        day = parse_date(text)
        return day.isoformat() if day else None
    if kind == "phone":
        return parse_phone(text)
    if kind == "number" and (length := _length(text, heading)) is not None:
        return length
    if kind in ("number", "percent"):
        of_hundred = re.search("%|per ?cent", heading, re.IGNORECASE)
        if kind == "percent" and of_hundred and not re.search("[%％]|百分", text):
            plain_number = _parse_number(text, percent=False)
            # Under 完好率（%） 95 is 95%; 0.95 may be 0.95% and may be 95%, and 1 both.
            return plain_number if plain_number is not None and not 0 < plain_number <= 1 else None
        return _parse_number(text, percent=kind == "percent")
    if kind == "choice":
        bare = plain(text)
        written = next((one for one in choices if plain(one) == bare), None)
        return written or ticked(text, choices)
    if kind == "id_number":
        return parse_id_number(text)
    words = parse_words(text)
    if kind == "text" and words is None and _CODE.search(heading) and _CODED.fullmatch(plain(text)):
        return plain(text)
    return None if kind == "person" and words is not None and len(words) < 2 else words
