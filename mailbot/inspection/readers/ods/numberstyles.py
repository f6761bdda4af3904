"""Number styles of OpenDocument (ODF 1.2 part 1, 16.27), as format codes (`sheets.formatcode`)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.xmlparts import attribute, local

DATA_STYLES = {
    "number-style",
    "percentage-style",
    "currency-style",
    "text-style",
    "date-style",
    "time-style",
}


_MOST_DIGITS = 30


def format_code(element: Element, data: Mapping[str, Element]) -> str:
    """A number style as a format code, its conditions (style:map) as sections before it."""
    sections = []
    for part in element:
        condition = attribute(part, "condition").replace("value()", "").replace("!=", "<>")
        other = data.get(attribute(part, "apply-style-name"))
        if local(part) == "map" and condition and other is not None:
            sections.append(f"[{condition}]{_section(other)}")
    own = _section(element)
    if local(element) == "text-style" and not sections:
        return own if own != "@" else "@"
    return ";".join((*sections[:2], own))


def _section(element: Element) -> str:
    if local(element) in ("date-style", "time-style"):
        return "yyyy-mm-dd" if local(element) == "date-style" else "h:mm:ss"
    parts: list[str] = []
    for part in element:
        match local(part):
            case "number":
                parts.append(_number(part))
            case "scientific-number":
                parts.append(f"{_number(part)}E+{'0' * _count(part, 'min-exponent-digits', 2)}")
            case "fraction":
                parts.append(_fraction(part))
            case "text" | "currency-symbol":
                parts.append(_quoted(part.text or ""))
            case "text-content":
                parts.append("@")
            case "fill-character":
                parts.append(f"*{(part.text or ' ')[0]}")
            case "text-properties":
                # Only its colour tells in a number's style.
                if colour := attribute(part, "color"):
                    parts.append(f"[{colour}]")
            case "map":
                continue
            case _:
                parts.append("[?]")
    return "".join(parts) or ('""' if local(element) != "text-style" else "@")


def _quoted(text: str) -> str:
    # A percent sign scales the number, in a quoted text it would not.
    pieces = text.split("%")
    return "%".join(f'"{piece}"' if piece else "" for piece in pieces)


def _number(element: Element) -> str:
    digits = _count(element, "min-integer-digits", 1)
    places = attribute(element, "decimal-places")
    if not places and local(element) == "number" and not list(element):
        return GENERAL if digits <= 1 and not attribute(element, "display-factor") else "0" * digits
    embedded = sorted(
        (_count(part, "position", 0), part.text or "")
        for part in element
        if local(part) == "embedded-text"
    )
    width = max([digits, *(position + 1 for position, _ in embedded)])
    whole = "#" * (width - digits) + "0" * digits
    if attribute(element, "grouping") == "true":
        whole = whole.rjust(4, "#")
        whole = f"{whole[:-3]},{whole[-3:]}"
    else:
        for position, text in reversed(embedded):
            at = len(whole) - position
            whole = f'{whole[:at]}"{text}"{whole[at:]}' if position else f'{whole}"{text}"'
    count = _count(element, "decimal-places", 0)
    fixed = attribute(element, "min-decimal-places")
    least = min(int(fixed), count) if fixed.isdecimal() else count
    fraction = f".{'0' * least}{'#' * (count - least)}" if count else ""
    factor = attribute(element, "display-factor")
    commas = 0
    try:
        while commas < 4 and float(factor or 1) >= 1000 ** (commas + 1):
            commas += 1
    except ValueError:
        commas = 0
    return f"{whole or '#'}{fraction}{',' * commas}"


def _fraction(element: Element) -> str:
    fixed = attribute(element, "denominator-value")
    below = fixed if fixed.isdecimal() else "?" * _count(element, "min-denominator-digits", 1)
    return f"# ?/{below}" if attribute(element, "min-integer-digits") else f"?/{below}"


def _count(element: Element, name: str, otherwise: int) -> int:
    value = attribute(element, name)
    return min(int(value), _MOST_DIGITS) if value.isdecimal() else otherwise
