"""A stored number under its number format: what is read, and whether that is what is stored."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.sheets.numberformat import (
    is_date,
    is_elapsed,
    plain,
    render_number,
    shows_day,
)

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_POWER = re.compile(r"(?<=\d)E[+-]?\d+")
_MULTIPLIERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8, "%": -2}
_FALSE_LEAP_DAY = 60  # 29 February 1900, which Excel's calendar has


def seen_number(
    value: float, code: str, *, date1904: bool = False
) -> tuple[str, str, tuple[str, ...]]:
    """What a number is read as under its format, what is stored behind it where that differs by
    more than rounding, and the doubt that follows."""
    stored = number(value)
    if code == GENERAL:
        return stored, "", ()  # most cells, and nothing is done to them
    if is_date(code):
        return seen_date(value, code, date1904=date1904) or stored, "", ()
    shown = render_number(code, value)
    if shown is None:
        return stored, "", ("format_unknown",)
    shown = shown.strip()
    if value == 0 and shown and not shown.strip("-–— "):
        return "0", "", ()  # accounting formats write a dash for nothing
    meant, step, decorated = meaning(shown)
    if meant is None:
        return shown, stored, ("stored_differs",)
    text = shown if decorated else plain(meant)
    if abs(meant - Decimal(format(value, ".15g"))) > step / 2:
        return text, stored, ("stored_differs",)
    return text, "", ()


def meaning(shown: str) -> tuple[Decimal | None, Decimal, bool]:
    """The number a shown text stands for (None: none, or several), the size of its last digit,
    and whether anything else than the number is shown (leading zeros count as such)."""
    bare = shown.replace("¥", "").replace("￥", "").strip()
    negative = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = bare.strip("()-+ ")
    if mixed := re.fullmatch(r"(?:(\d+) )?(\d+)/(\d+)", bare):
        fraction = Decimal(mixed[2]) / Decimal(mixed[3] or 1)
        meant = round(Decimal(mixed[1] or 0) + fraction, 6)
        return (-meant if negative else meant), Decimal("0.01"), False
    power = _POWER.search(bare)
    exponent = int(power[0][1:]) if power else 0
    digits = _NUMBER.findall(_POWER.sub("", bare))
    if len(digits) != 1:
        return None, Decimal(0), True
    text = digits[0].replace(",", "")
    decorated = power is None and bare != digits[0]
    after = bare[bare.index(digits[0]) + len(digits[0]) :].lstrip()
    while after and after[0] in _MULTIPLIERS:
        exponent += _MULTIPLIERS[after[0]]
        after = after[1:]
    meant = Decimal(text).scaleb(exponent)
    step = Decimal(0) if power else Decimal(1).scaleb(exponent - len(text.partition(".")[2]))
    step += Decimal("1e-9")
    leading = len(text) > 1 and text[0] == "0" and text[1] != "."
    return (-meant if negative else meant), step, decorated or leading


def seen_date(value: float, code: str, *, date1904: bool) -> str:
    """A serial number as a date, a time, or hours gone by; "" where it is none of these."""
    if value < 0 or value > 2_958_466:
        return ""
    days, seconds = int(value), round((value - int(value)) * 86_400)
    if is_elapsed(code):
        minutes, second = divmod(days * 86_400 + seconds, 60)
        hour, minute = divmod(minutes, 60)
        return f"{hour}:{minute:02d}:{second:02d}"
    if not shows_day(code) and value < 1:
        return (datetime(1900, 1, 1) + timedelta(seconds=seconds)).time().isoformat()  # noqa: DTZ001 - sheets know no zones
    if date1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001
    else:
        start = datetime(1899, 12, 30 if days >= _FALSE_LEAP_DAY else 31)  # noqa: DTZ001
    moment = start + timedelta(days=days, seconds=seconds)
    return date_text(moment)


def date_text(moment: datetime) -> str:
    """2017-07-03, or 2017-07-03 08:30 where there is a time."""
    if moment.hour or moment.minute or moment.second:
        return moment.isoformat(" ", "seconds" if moment.second else "minutes")
    return moment.date().isoformat()


def iso_text(text: str) -> str:
    """2017-07-03T08:30:00.000Z as it is read: 2017-07-03 08:30; without a time the day alone."""
    date, _, time = text.strip().rstrip("Z").partition("T")
    time = time.partition(".")[0]
    return f"{date} {time.removesuffix(':00')}" if time.strip("0:") else date


def number(value: float) -> str:
    """A number without exponent or trailing zeros, in the 15 digits that Excel keeps."""
    if isinstance(value, int) or value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return plain(Decimal(format(value, ".15g"))) if value else "0"  # no sheet shows -0
