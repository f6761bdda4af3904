"""Number formats (ECMA-376 part 1, 18.8.31): the text that a number is shown as.

Only what changes the number a person reads is followed: digits, scaling commas, percent,
exponents, fractions, literal text, sections and their conditions. Dates are told apart and left
to the reader. [DBNum1] writes the same number in Chinese numerals, so its digits are kept.
Two things are not in the standard: `!` escapes the next character as `\\` does (East Asian Excel
and WPS write `0!.0,` for 万元), and `G/通用格式` is what a Chinese Excel calls General.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from mailbot.inspection.readers.colours import INDEXED, Colour, parse_colour

GENERAL = "General"

# ISO/IEC 29500-1, 18.8.30, with the meaning of 27 to 36 and 50 to 58 in a Chinese Excel (dates).
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((*range(18, 22), *range(32, 36)), "h:mm"),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])"
    r"|(?P<digit>[0#?])|(?P<mark>[.,%/@;])|(?P<clock>AM/PM|A/P|上午/下午)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_DATE_LETTERS = frozenset("ymdhsegYMDHSEGaA")
_FROM_ZERO = ((">=", Decimal(0)), (">", Decimal(0)))  # what is left over is below: no sign


# Colours by name in English and Chinese programs; [Color 7], [颜色7] number the palette from 1.
_INKS = {
    **dict.fromkeys(("black", "黑色"), "000000"),
    **dict.fromkeys(("white", "白色"), "FFFFFF"),
    **dict.fromkeys(("red", "红色"), "FF0000"),
    **dict.fromkeys(("green", "绿色"), "00FF00"),
    **dict.fromkeys(("blue", "蓝色"), "0000FF"),
    **dict.fromkeys(("yellow", "黄色"), "FFFF00"),
    **dict.fromkeys(("magenta", "洋红", "洋红色", "品红"), "FF00FF"),
    **dict.fromkeys(("cyan", "青色", "蓝绿色"), "00FFFF"),
}
_NUMBERED_INK = re.compile(r"(?:color|颜色)\s*(\d{1,2})")
_OWN_INK = re.compile(r"#[0-9a-f]{6}")  # of OpenDocument (`openstyles`)
# Of numerals and calendars: the same number, or a date, in other signs.
_NUMERALS = re.compile(r"dbnum[0-4]|natnum\d{1,2}.*|~.*|eng|hijri")


@dataclass(slots=True)
class _Section:
    """One of the up to four formats between semicolons."""

    tokens: list[tuple[str, str]] = field(default_factory=list)  # kind, text
    condition: tuple[str, Decimal] | None = None
    is_date: bool = False
    elapsed: bool = False
    has_ink: bool = False
    ink: Colour | None = None
    is_unknown: bool = False  # something stands in it of which it is not known what it shows

    def has(self, kind: str, text: str = "") -> bool:
        return any(each == kind and (not text or word == text) for each, word in self.tokens)

    @property
    def is_plain_text(self) -> bool:
        """Literals and nothing a number would be put in."""
        return not (self.has("digit") or self.has("general") or self.has("mark", "@"))


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    sections = [_Section()]
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "other", match.group(match.lastgroup or 0)
        last = sections[-1]
        if kind == "mark" and text == ";":
            sections.append(_Section())
        elif kind == "bracket":
            _read_bracket(last, text)
        elif kind in ("quoted", "escaped"):
            last.tokens.append(("literal", text))
        elif kind == "space":
            last.tokens.append(("literal", " "))
        elif kind == "clock" or (kind == "other" and text in _DATE_LETTERS):
            last.is_date = True
        elif kind == "other":
            last.tokens.append(("literal", text))
        elif kind == "fill":
            # Written as often as there is room: dots and blanks are harmless, digits are not.
            last.is_unknown |= text.isalnum()
        else:
            last.tokens.append((kind, text))
    return tuple(sections)


def _read_bracket(section: _Section, text: str) -> None:
    if condition := _CONDITION.fullmatch(text):
        section.condition = condition[1], Decimal(condition[2])
    elif text.startswith("$"):
        currency = text[1:].partition("-")[0]
        if currency:
            section.tokens.append(("literal", currency))
    elif (text and not text.lower().strip("h")) or text.lower() in ("m", "mm", "s", "ss"):
        section.is_date = section.elapsed = True
    elif _OWN_INK.fullmatch(name := text.lower().strip()):
        section.has_ink, section.ink = True, parse_colour(name)
    elif name in _INKS or _NUMBERED_INK.fullmatch(name):
        number = _NUMBERED_INK.fullmatch(name)
        section.has_ink = True
        section.ink = INDEXED.get(int(number[1]) + 7) if number else parse_colour(_INKS[name])
    elif not _NUMERALS.fullmatch(name):
        section.is_unknown = True


def number_ink(code: str, value: float) -> tuple[bool, Colour | None]:
    """Whether a number's format gives it a colour, and which (None: not known)."""
    try:
        section, _ = _choose(_sections(code), Decimal(format(value, ".15g")))
    except (InvalidOperation, ValueError):
        return False, None
    return (section.has_ink, section.ink) if section is not None else (False, None)


def is_date(code: str) -> bool:
    """Whether a number in this format is shown as a date or a time."""
    first = _sections(code)[0]
    return first.is_date and not first.has("general")


def is_elapsed(code: str) -> bool:
    """Whether it is shown as hours or minutes gone by: [h]:mm."""
    return _sections(code)[0].elapsed


def shows_day(code: str) -> bool:
    """Whether a format of dates shows a day, and not a time alone."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
    return any(letter in bare for letter in "yde") or "mmm" in bare or bare.strip() == "m"


def render_text(code: str, text: str) -> str:
    """What a text is shown as: the fourth section says, if there is one (`;;;` hides it)."""
    sections = _sections(code)
    if len(sections) < 4 and not (len(sections) == 1 and sections[0].has("mark", "@")):
        return text
    last = sections[-1]
    return "".join(
        text if (kind, word) == ("mark", "@") else word if kind == "literal" else ""
        for kind, word in last.tokens
    )


def render_number(code: str, value: float) -> str | None:
    """What a number is shown as; None where the format says nothing that is understood."""
    try:
        number = Decimal(format(value, ".15g"))
    except (InvalidOperation, ValueError):
        return None
    if not number.is_finite():
        return None
    section, signed = _choose(_sections(code or GENERAL), number)
    if section is None or section.is_date or section.is_unknown:
        return None
    magnitude = number if signed and number >= 0 else abs(number)
    minus = "-" if signed and number < 0 else ""
    if section.has("general") or section.has("mark", "@"):
        return _literal(section, minus + plain(magnitude))
    if not section.has("digit"):
        return _literal(section, "")
    if section.has("mark", "/"):
        return _fraction(section, magnitude, minus)
    return _number(section, magnitude, minus)


def plain(number: Decimal) -> str:
    """Digits without an exponent or trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _choose(sections: Sequence[_Section], number: Decimal) -> tuple[_Section | None, bool]:
    """The section that holds for a number, and whether it leaves the sign to be written."""
    numeric = sections[:3] if len(sections) > 3 else sections
    if any(each.condition for each in numeric):
        for each in numeric:
            if each.condition is None or _holds(each.condition, number):
                one_sided = (
                    _is_below_zero(each.condition)
                    if each.condition
                    else any(other.condition in _FROM_ZERO for other in numeric)
                )
                return each, not one_sided
        return None, True
    if len(numeric) == 1:
        return numeric[0], True
    if number < 0:
        return numeric[1], False
    if number == 0 and len(numeric) == 3:
        return numeric[2], False
    return numeric[0], False


def _is_below_zero(condition: tuple[str, Decimal]) -> bool:
    return condition[0] in ("<", "<=") and condition[1] <= 0


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, bound = condition
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


def _literal(section: _Section, number: str) -> str:
    put, parts = False, []
    for kind, text in section.tokens:
        if kind == "literal" or (kind == "mark" and text in "%.,/"):
            parts.append(text)
        elif kind in ("general", "mark") and not put:
            put = True
            parts.append(number)
    return "".join(parts)


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _number(section: _Section, magnitude: Decimal, minus: str) -> str:
    """Digits laid into their placeholders from the right, literals kept where they stand."""
    tokens = list(section.tokens)
    last = max(index for index, (kind, _) in enumerate(tokens) if kind == "digit")
    exponent = next((at for at, (kind, _) in enumerate(tokens) if kind == "exponent"), None)
    body_end = last if exponent is None else exponent
    point = next((at for at, token in enumerate(tokens[:body_end]) if token == ("mark", ".")), None)
    digits = [at for at, (kind, _) in enumerate(tokens) if kind == "digit" and at <= body_end]
    whole = [at for at in digits if point is None or at < point]
    part = [at for at in digits if point is not None and at > point]
    edges = {max(digits), *(at for at in (max(whole, default=-1),) if at >= 0)}
    scale = 0
    for edge in edges:
        at = edge + 1
        while at < len(tokens) and tokens[at] == ("mark", ","):
            tokens[at] = ("dropped", "")
            scale += 1
            at += 1
    groups = any(
        token == ("mark", ",") and whole and whole[0] < at < whole[-1]
        for at, token in enumerate(tokens)
    )
    scaled = magnitude.scaleb(-3 * scale)
    scaled = scaled.scaleb(2 * sum(token == ("mark", "%") for token in tokens))
    power = ""
    if exponent is not None:
        scaled, power = _scientific(tokens, exponent, scaled, len(whole), len(part))
    rounded = _rounded(scaled, len(part))
    left, _, right = format(rounded, "f").partition(".")
    if rounded == 0:
        minus = "" if magnitude == 0 else minus
    laid = _whole_digits(tokens, whole, left if left != "0" else "", groups)
    laid |= _part_digits(tokens, part, right)
    parts: list[str] = []
    for at, (kind, text) in enumerate(tokens):
        if at in laid:
            parts.append(laid[at])
        elif at == exponent:
            parts.append(power)
            break
        elif kind == "literal" or (kind == "mark" and text in ".%"):
            parts.append(text)
    if exponent is not None:
        after = [text for at, (kind, text) in enumerate(tokens) if at > last and kind == "literal"]
        parts += after
    return minus + "".join(parts)


def _scientific(
    tokens: Sequence[tuple[str, str]], exponent: int, number: Decimal, whole: int, part: int
) -> tuple[Decimal, str]:
    """The mantissa for that many integer digits (##0 steps by three), and E+5 as it is written."""
    step = max(1, whole)
    power = 0 if number == 0 else number.adjusted()
    power = power // step * step if step > 1 else power
    mantissa = number.scaleb(-power)
    if step == 1 and _rounded(mantissa, part) >= 10:
        power, mantissa = power + 1, number.scaleb(-power - 1)
    width = sum(kind == "digit" for kind, _ in tokens[exponent:])
    sign = "-" if power < 0 else "+" if "+" in tokens[exponent][1] else ""
    return mantissa, f"E{sign}{abs(power):0{width}d}"


def _whole_digits(
    tokens: Sequence[tuple[str, str]], places: list[int], digits: str, groups: bool
) -> dict[int, str]:
    laid: dict[int, str] = {}
    if not places:
        return laid
    count = 0

    def grouped(text: str) -> str:
        nonlocal count
        out = ""
        for digit in reversed(text):
            out = digit + ("," if groups and count and count % 3 == 0 else "") + out
            count += 1
        return out

    rest = digits
    for at in reversed(places):
        holder = tokens[at][1]
        digit, rest = (rest[-1], rest[:-1]) if rest else ("", "")
        if not digit:
            digit = {"0": "0", "?": " "}.get(holder, "")
        laid[at] = grouped(digit) if digit.strip() else digit
    laid[places[0]] = grouped(rest) + laid[places[0]]
    return laid


def _part_digits(
    tokens: Sequence[tuple[str, str]], places: list[int], digits: str
) -> dict[int, str]:
    laid: dict[int, str] = {}
    kept = len(digits.rstrip("0"))
    for index, at in enumerate(places):
        holder, digit = tokens[at][1], digits[index] if index < len(digits) else "0"
        if index >= kept and holder != "0":
            digit = " " if holder == "?" else ""
        laid[at] = digit
    return laid


def _fraction(section: _Section, magnitude: Decimal, minus: str) -> str | None:
    """12 1/2: the nearest fraction the denominator's width (or its number) allows."""
    tokens = section.tokens
    slash = next(at for at, token in enumerate(tokens) if token == ("mark", "/"))
    fixed = "".join(
        text for kind, text in tokens[slash + 1 :] if kind == "literal" and text.isdecimal()
    )
    width = sum(kind == "digit" for kind, _ in tokens[slash + 1 :])
    if fixed and fixed.isdecimal() and int(fixed):
        denominator = int(fixed)
        near = Fraction(round(Fraction(magnitude) * denominator), denominator)
    elif width:
        near = Fraction(magnitude).limit_denominator(10 ** min(width, 4) - 1)
    else:
        return None
    before = [kind for kind, _ in tokens[:slash]]
    runs = sum(
        kind == "digit" and (at == 0 or before[at - 1] != "digit") for at, kind in enumerate(before)
    )
    if runs < 2:
        return f"{minus}{near.numerator}/{near.denominator}"
    whole, rest = divmod(near, 1)
    if not rest:
        return f"{minus}{whole}"
    return f"{minus}{f'{whole} ' if whole else ''}{rest.numerator}/{rest.denominator}"
