"""Typed values out of what people write in a cell.

Every `parse_` function returns None for what it cannot read with certainty; `is_blank` tells an
empty cell (also `/`, `无`, `—` and template remnants like `年 月 日`) from an unreadable one.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from mailbot.judgement.form.phones import parse_phone, plain

__all__ = [
    "is_blank",
    "parse_count",
    "parse_date",
    "parse_money_wan",
    "parse_phone",
    "parse_value",
    "parse_words",
    "plain",
]

_BLANK_WORDS = frozenset(
    "无 没有 暂无 空 空白 未填 未填写 无此项 不涉及 未开展 n/a na null none nil".split()
)
# What a printed form leaves in a cell nobody filled in.
_REMNANTS = re.compile(r"[年月日时场次人名个项千百万亿元:;,.()\[\]/\\|~_*×\-—–―…·•、。]*")

_DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {char: index for index, char in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"○": 0, "两": 2, "俩": 2, "弍": 2, "幺": 1}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8}
_SHORTENED = frozenset("百佰千仟万萬亿")
_CHINESE = re.compile(f"[{''.join(_DIGITS)}{''.join(_SCALES)}{''.join(_MYRIADS)}廿卅]+")

_ABOUT = re.compile(r"^(?:大约|约为|约|近|共计|共有|共|合计|总计|累计|计|为)+")
_COUNT_UNITS = re.compile(
    r"(?:余|多)?(?:场次|人次|人员|场|次|人|名|个|项|起|家|元)?(?:左右|上下)?$"
)
_AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?:[eE]\+?(\d{1,2}))?")
_MULTIPLIERS = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}

# Excel counts days from here (its day 60, 29 February 1900, never was; no form is that old).
_EXCEL_EPOCH = date(1899, 12, 30)
_DATE = re.compile(
    r"(\d{4})(?:年|[-./、,])(\d{1,2})(?:月|[-./、,])(\d{1,2})(?!\d)[日号]?+(?![-~至到]\d)"
)
# 二〇一七, and as it is typed for want of the right sign: 二O一七, 二0一七.
_SPOKEN_YEAR = re.compile(f"[{''.join(_DIGITS)}Oo0]{{4}}(?=年)")
_YEAR_DIGITS = str.maketrans(
    {char: str(digit) for char, digit in _DIGITS.items()} | {"O": "0", "o": "0"}
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:0{6})?")


def is_blank(text: str) -> bool:
    """Whether a cell states nothing: empty, a dash or slash, 无, or only the form's own words."""
    bare = plain(text).lower()
    return bare in _BLANK_WORDS or _REMNANTS.fullmatch(bare) is not None


def _chinese_number(text: str) -> int | None:
    """`十二`, `一百零五`, `两千三百`, `一万二千`, `二〇`; None when it is no number word."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or not all(char in _DIGITS or char in _SCALES or char in _MYRIADS for char in text):
        return None
    if all(char in _DIGITS for char in text):
        # Digit by digit is only certain with a zero in it: 一二 may be "one or two".
        if len(text) > 1 and not set(text) & set("零〇○"):
            return None
        return int("".join(str(_DIGITS[char]) for char in text))
    total = section = digit = 0
    pending = False  # a digit waits for its scale
    last_scale = 10**9
    for char in text:
        if char in _DIGITS:
            if pending:
                return None  # 十一二: "eleven or twelve"
            digit, pending = _DIGITS[char], _DIGITS[char] != 0
        elif char in _SCALES:
            scale = _SCALES[char]
            if scale >= last_scale:
                return None
            section += (digit if pending else 1) * scale
            digit, pending, last_scale = 0, False, scale
        else:
            total = (total + section + digit) * _MYRIADS[char]
            section = digit = 0
            pending, last_scale = False, 10**9
    if pending and text[-2:-1] in _SHORTENED:
        return None  # 三百二 is 320 in speech, 302 on paper
    return total + section + digit


def _amount(text: str) -> Decimal | None:
    """A plain number with separators, sign, Chinese numerals or a multiplier (`1.2万`, `3千`)."""
    negative = text.startswith("负")
    text = text.removeprefix("负")
    scale = 1
    if text[:1].isdigit() or text[:1] in "+-.":
        multiplier = re.search(r"[百千万亿]{0,2}$", text)
        word = multiplier.group() if multiplier else ""
        if word not in _MULTIPLIERS:
            return None
        scale = _MULTIPLIERS[word]
        text = text[: len(text) - len(word)]
        match = _AMOUNT.fullmatch(text)
        if match is None or not (match[2] or match[3]):
            return None
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            return None
    else:
        words = _chinese_number(text)
        if words is None:
            return None
        number = Decimal(words)
    return -number * scale if negative else number * scale


def _stripped(text: str) -> str:
    """The text without remarks in brackets, currency signs and words like 约 and 共."""
    bare = plain(text).replace("¥", "").replace("人民币", "").strip("_;；。,、:").rstrip(".")
    bare = re.sub(r"(?<=\d)[wW](?=人|元|$)", "万", bare.removeprefix("RMB"))
    outside = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】", "", bare)
    return _ABOUT.sub("", outside or bare)


def _spaced_thousands(text: str) -> str:
    """`1 200` with spaces for thousands, joined; other text unchanged."""
    return re.sub(r"(?<=\d)[  ](?=\d{3}(?:\D|$))", "", text)


def _joined_digits(text: str) -> bool:
    """Whether white space stands between digits where it is no thousands separator."""
    folded = _spaced_thousands(unicodedata.normalize("NFKC", text))
    return re.search(r"\d\s+\d", folded) is not None


def parse_count(text: str) -> int | float | None:
    """A number of drills or people: `12`, `１２`, `12次`, `1,200`, `1.2万`, `十二`, `约300人次`.

    Whole numbers come back as int; a fraction stays float for the judge to find.
    """
    if is_blank(text) or _joined_digits(text):
        return None
    bare = _stripped(text)
    if bare.endswith("元"):
        return None
    number = _amount(_COUNT_UNITS.sub("", bare))
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def parse_money_wan(text: str, heading_unit: str = "万元") -> float | None:
    """An amount in 万元. The cell's own unit wins over the heading's (元, 千元, 万元, 百万元 …)."""
    if is_blank(text) or _joined_digits(text):
        return None
    bare = re.sub(r"(?:左右|上下|整|正)$", "", _stripped(text))
    combined = re.fullmatch(r"(\d+)万(\d+)(千)?元?", bare)  # 1万5千元, 12万5000元
    if combined:
        rest = int(combined[2]) * (1000 if combined[3] else 1)
        return int(combined[1]) + rest / 10_000 if rest < 10_000 else None
    in_yuan = bare.endswith("元")
    amount = bare.removesuffix("元")
    amount = re.sub(r"(?:余|多)(?=[百千万亿]*$)", "", amount)
    number = _amount(amount)
    if number is None:
        return None
    if not in_yuan and amount[-1:] not in "百千万亿":
        number *= _MULTIPLIERS.get(heading_unit.removesuffix("元"), 10**4)
    return float(number / 10**4)


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 < year < 2200 else None
    except ValueError:
        return None


def parse_date(text: str) -> date | None:
    """A full date: `2017年7月3日`, `2017.7.3`, `2017/07/03`, `20170703`, `二〇一七年七月三日`.

    A spreadsheet's day number (42919) counts too; a date without its year does not.
    """
    bare = plain(re.sub(r"\s+\d{1,2}[:：]\d{2}([:：]\d{2})?(\.\d+)?\s*$", "", text))
    spoken = _SPOKEN_YEAR.sub(lambda match: match.group().translate(_YEAR_DIGITS), bare)
    spoken = _CHINESE.sub(lambda match: _spelled(match.group()), spoken)
    spoken = re.sub(r"^(\d{2})(?=年\d)", r"20\1", spoken)
    if match := _DATE.match(spoken):
        return _real_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _COMPACT_DATE.fullmatch(bare):
        return _real_date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"([345]\d{4})(?:\.\d+)?", bare):
        day = _EXCEL_EPOCH + timedelta(days=int(match[1]))
        return day if 2000 <= day.year < 2050 else None
    return None


def _spelled(words: str) -> str:
    number = _chinese_number(words)
    return words if number is None else str(number)


def parse_words(text: str) -> str | None:
    """A name of a unit or person, tidied: no seal remark, no spaces between Chinese characters."""
    if is_blank(text):
        return None
    tidy = re.sub(r"[（(【\[]\s*(?:加?盖?公?章|盖章处|签章|印章)\s*[)）】\]]", "", text)
    tidy = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", tidy)
    tidy = re.sub(r"\s+", " ", tidy).strip(" _＿:：,，;；.。")
    return tidy if re.search(r"[^\W\d_]", tidy) else None


def parse_value(kind: str, text: str, heading: str = "") -> int | float | str | None:
    """The value of a field of this type (`FormField.type`); dates come back as ISO strings.

    `heading` is the text of the field's label, where a unit may stand: 直接投入（元）.
    """
    heading = plain(heading)
    if kind == "count":
        number = parse_count(text)
        in_myriads = re.search(r"万(?:人|场|次)", heading) and not re.search("[万亿]", text)
        return number if number is None or not in_myriads else round(number * 10**4)
    if kind == "money_wan":
        unit = re.search(r"(?:亿|千万|百万|万|千|百)?元", heading)
        return parse_money_wan(text, unit.group() if unit else "万元")
    if kind == "date":
        day = parse_date(text)
        return day.isoformat() if day else None
    if kind == "phone":
        return parse_phone(text)
    words = parse_words(text)
    return None if kind == "person" and words is not None and len(words) < 2 else words
