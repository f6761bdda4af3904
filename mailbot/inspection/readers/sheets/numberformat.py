"""Number formats (ECMA-376 part 1, 18.8.31): the text that a number is shown as.

Only what changes the number a person reads is followed: digits, scaling commas, percent,
exponents, fractions, literal text, sections and their conditions. Dates are told apart and left
to the reader. [DBNum1] writes the same number in Chinese numerals, so its digits are kept.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from mailbot.inspection.readers.sheets.colours import Colour
from mailbot.inspection.readers.sheets.formatcode import GENERAL, Section, sections_of

_FROM_ZERO = ((">=", Decimal(0)), (">", Decimal(0)))  # what is left over is below: no sign


def number_ink(code: str, value: float) -> tuple[bool, Colour | None]:
    """Whether a number's format gives it a colour, and which (None: not known)."""
    try:
        section, _ = _choose(sections_of(code), Decimal(format(value, ".15g")))
    except (InvalidOperation, ValueError):
        return False, None
    return (section.has_ink, section.ink) if section is not None else (False, None)


def is_date(code: str) -> bool:
    """Whether a number in this format is shown as a date or a time."""
    first = sections_of(code)[0]
    return first.is_date and not first.has("general")


def is_elapsed(code: str) -> bool:
    """Whether it is shown as hours or minutes gone by: [h]:mm."""
    return sections_of(code)[0].elapsed


def shows_day(code: str) -> bool:
    """Whether a format of dates shows a day, and not a time alone."""
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code).lower()
    return any(letter in bare for letter in "yde") or "mmm" in bare or bare.strip() == "m"


def render_text(code: str, text: str) -> str:
    """What a text is shown as: the fourth section says, if there is one (`;;;` hides it)."""
    sections = sections_of(code)
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
    section, signed = _choose(sections_of(code or GENERAL), number)
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


def _choose(sections: Sequence[Section], number: Decimal) -> tuple[Section | None, bool]:
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


def _literal(section: Section, number: str) -> str:
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


def _number(section: Section, magnitude: Decimal, minus: str) -> str:
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


def _fraction(section: Section, magnitude: Decimal, minus: str) -> str | None:
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
