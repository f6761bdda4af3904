"""Styles of OpenDocument sheets (ODF 1.2 part 1, 16 and 20): what they take out of a cell, and
their number styles as format codes of the other family (`numberformat`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.colours import BLACK, WHITE, Colour, is_alike, parse_colour
from mailbot.inspection.readers.numberformat import GENERAL
from mailbot.inspection.readers.seen import Style
from mailbot.inspection.readers.shown import is_tiny
from mailbot.inspection.readers.xmlparts import attribute, local

_DATA_STYLES = {
    "number-style",
    "percentage-style",
    "currency-style",
    "text-style",
    "date-style",
    "time-style",
}
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "pc": 12.0}
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Look:
    """A style as it is declared; None: what lies above it says so."""

    parent: str = ""
    data: str = ""  # the number style
    struck: bool | None = None
    raised: bool | None = None
    hidden: bool | None = None
    ink: Colour | None = None
    ground: Colour | None = None
    height: float | None = None  # of a row, points
    width: float | None = None  # of a column, points
    is_shown: bool = True  # of a table


@dataclass(slots=True)
class OpenStyles:
    """The styles of content.xml and styles.xml by name."""

    looks: dict[tuple[str, str], Look] = field(default_factory=dict)  # family, name
    codes: dict[str, str] = field(default_factory=dict)

    def add(self, root: Element | None) -> None:
        """Takes up the styles of one part."""
        data: dict[str, Element] = {}
        for element in root.iter() if root is not None else ():
            kind = local(element)
            if kind in ("style", "default-style"):
                name = attribute(element, "name") if kind == "style" else ""
                self.looks[attribute(element, "family"), name] = _look(element)
            elif kind in _DATA_STYLES:
                data[attribute(element, "name")] = element
        for name, element in data.items():
            self.codes[name] = _code(element, data)

    def cell(self, name: str) -> Style:
        """A cell's style with all it inherits."""
        look = self._whole("table-cell", name or "Default")
        ground = look.ground or WHITE
        return Style(
            self.codes.get(look.data, GENERAL),
            struck=bool(look.struck),
            raised=bool(look.raised),
            invisible=bool(look.hidden) or is_alike(look.ink or BLACK, ground),
            ground=ground,
        )

    def run(self, name: str) -> Look:
        """Of a span of text."""
        return self._whole("text", name)

    def of(self, family: str, name: str) -> Look:
        """A row's, a column's or a table's own."""
        return self.looks.get((family, name), Look())

    def _whole(self, family: str, name: str) -> Look:
        whole, met = Look(), set[str]()
        while name not in met and len(met) < 20:
            met.add(name)
            look = self.looks.get((family, name))
            if look is None:
                break
            whole = replace(
                whole,
                data=whole.data or look.data,
                struck=look.struck if whole.struck is None else whole.struck,
                raised=look.raised if whole.raised is None else whole.raised,
                hidden=look.hidden if whole.hidden is None else whole.hidden,
                ink=whole.ink or look.ink,
                ground=whole.ground or look.ground,
            )
            name = look.parent
        return whole


def length(text: str) -> float | None:
    """A length in points; None where it is none."""
    unit = text[-2:]
    try:
        return float(text[:-2]) * _POINTS[unit]
    except (ValueError, KeyError):
        return None


def _look(element: Element) -> Look:
    look = Look(
        parent=attribute(element, "parent-style-name"), data=attribute(element, "data-style-name")
    )
    for part in element:
        match local(part):
            case "text-properties":
                look = _with_text(look, part)
            case "table-cell-properties":
                look = replace(look, ground=parse_colour(attribute(part, "background-color")))
            case "table-row-properties":
                look = replace(look, height=length(attribute(part, "row-height")))
            case "table-column-properties":
                look = replace(look, width=length(attribute(part, "column-width")))
            case "table-properties":
                look = replace(look, is_shown=attribute(part, "display") != "false")
    return look


def _with_text(look: Look, part: Element) -> Look:
    lines = [attribute(part, f"text-line-through-{word}") for word in ("style", "type")]
    if any(lines):
        look = replace(look, struck=all(line != "none" for line in lines if line))
    if position := attribute(part, "text-position"):
        first = position.split()[0]
        percent = first.endswith("%") and not first.startswith("-") and first != "0%"
        look = replace(look, raised=first == "super" or percent)
    if display := attribute(part, "display"):
        look = replace(look, hidden=display == "none")
    if is_tiny(attribute(part, "font-size")):
        look = replace(look, hidden=True)
    if colour := parse_colour(attribute(part, "color")):
        look = replace(look, ink=colour)
    return look


def _code(element: Element, data: Mapping[str, Element]) -> str:
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
