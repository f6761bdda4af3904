"""A date as people write it in a cell, to the day."""

import re
from datetime import date, timedelta

from mailbot.judgement.form.numerals import DIGITS, read_number
from mailbot.judgement.form.phones import plain

NUMERAL = f"[{''.join(DIGITS)}十拾百佰千仟万萬亿億廿卅]"


_CHINESE = re.compile(f"{NUMERAL}+")


# Excel counts days from here (its day 60, 29 February 1900, never was; no form is that old).
_EXCEL_EPOCH = date(1899, 12, 30)


_DATE = re.compile(
    r"(\d{4})(?:年|[-./、,])(\d{1,2})(?:月|[-./、,])(\d{1,2})(?!\d)[日号]?+(?![-~至到]\d)"
)


# 二〇一七, and as it is typed for want of the right sign: 二O一七, 二0一七.
_SPOKEN_YEAR = re.compile(f"[{''.join(DIGITS)}Oo0]{{4}}(?=年)")


_YEAR_DIGITS = str.maketrans(
    {char: str(digit) for char, digit in DIGITS.items()} | {"O": "0", "o": "0"}
)


# 16 June 2026, 16th Jun 2026, June 16, 2026, without their blanks.
_ENGLISH_DATE = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?(?:of)?)?([A-Za-z]{3,9})\.?,?(?:(\d{1,2})(?:st|nd|rd|th)?,?)?(\d{4})",
    re.IGNORECASE,
)


_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}


_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:0{6})?")


def real_date(year: int, month: int, day: int) -> date | None:
    """The day, if there is such a one between 1901 and 2199."""
    try:
        return date(year, month, day) if 1900 < year < 2200 else None
    except ValueError:
        return None


def parse_date(text: str) -> date | None:
    """A full date: `2017年7月3日`, `2017.7.3`, `2017/07/03`, `20170703`, `二〇一七年七月三日`,
    `3 July 2017`, `July 3, 2017`.

    A spreadsheet's day number (42919) counts too; a date without its year does not.
    """
    bare = plain(re.sub(r"\s+\d{1,2}[:：]\d{2}([:：]\d{2})?(\.\d+)?\s*$", "", text))
    spoken = _SPOKEN_YEAR.sub(lambda match: match.group().translate(_YEAR_DIGITS), bare)
    spoken = _CHINESE.sub(lambda match: _spelled(match.group()), spoken)
    spoken = re.sub(r"^(\d{2})(?=年\d)", r"20\1", spoken)
    if match := _DATE.match(spoken):
        return real_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _ENGLISH_DATE.fullmatch(bare):
        before, month, behind, year = match.groups()
        if bool(before) == bool(behind):
            return None
        return real_date(int(year), _MONTHS.get(month[:3].lower(), 0), int(before or behind))
    if match := _COMPACT_DATE.fullmatch(bare):
        return real_date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"([345]\d{4})(?:\.\d+)?", bare):
        day = _EXCEL_EPOCH + timedelta(days=int(match[1]))
        return day if 2000 <= day.year < 2050 else None
    return None


def _spelled(words: str) -> str:
    number = read_number(words)
    return words if number is None or number.shortened else str(number.value)
