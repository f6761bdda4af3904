"""Styles of OpenDocument sheets (ODF 1.2 part 1, 16 and 20): what they take out of a cell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.ods.numberstyles import DATA_STYLES, format_code
from mailbot.inspection.readers.sheets.colours import BLACK, WHITE, Colour, is_faint, parse_colour
from mailbot.inspection.readers.sheets.fonts import is_pictorial
from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.sheets.sheet import CROSSED, SIGNS, UNKNOWN_LOOK, Reformat, Style
from mailbot.inspection.readers.shown import is_tiny
from mailbot.inspection.readers.xmlparts import attribute, local

# A digit and its padding, at the size LibreOffice and Excel write with.
POINTS_A_CHARACTER = 5.25
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "pc": 12.0}

# Properties of text and of cells (20.7 to 20.9) that take nothing from what is read, or are
# looked at here; any other leaves the cell open.
_TEXT = re.compile(
    r"color|display|use-window-font-color|opacity|background-color|text-position|text-scale"
    r"|letter-(?:spacing|kerning)|(?:font|language|country|script|rfc-language-tag|hyphenat).*"
    r"|text-(?:underline|overline|line-through|emphasize|outline|shadow|blinking|transform).*"
)
_CELL = re.compile(
    r"background-color|repeat-content|cell-protect|shrink-to-fit|(?:border|padding|diagonal).*"
    r"|(?:vertical|rotation|glyph-orientation|writing-mode).*|decimal-places|wrap-option"
    r"|text-align-source|direction|shadow|print-content"
)
_NARROWEST = 20.0  # percent of a letter's width, and of its density


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
    points: float | None = None
    shrinks: bool | None = None
    indent: float | None = None
    clouded: bool = False  # a picture lies behind the text
    when_protected: bool | None = None  # not shown where its table is protected
    unfilled: bool | None = None  # a shape
    maps: tuple[str, ...] = ()  # styles that take its place on conditions
    doubts: tuple[str, ...] = ()
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
                look = self.looks[attribute(element, "family"), name] = _look(element)
                if shown := attribute(element, "display-name"):  # conditional formats say this
                    self.looks.setdefault((attribute(element, "family"), shown), look)
            elif kind in DATA_STYLES:
                data[attribute(element, "name")] = element
        for name, element in data.items():
            self.codes[name] = format_code(element, data)

    def cell(self, name: str, *, protected: bool = False) -> Style:
        """A cell's style with all it inherits; `protected`: in a table that is."""
        look = self._whole("table-cell", name or "Default")
        style = self._styled(look, protected=protected)
        if any(self._differs(style, each) for each in look.maps):
            style = replace(style, doubts=(*style.doubts, "format_conditional"))
        return style

    def _differs(self, style: Style, name: str) -> bool:
        """Whether a cell would show something else with another style over its own."""
        over = self.reformat(name, (0, 0, 0, 0), style.code)
        pair = (over.inks or (style.ink,))[0], (over.grounds or (style.grounds,))[0]
        return over.changes or (pair != (style.ink, style.grounds) and is_faint(*pair))

    def _styled(self, look: Look, *, protected: bool = False) -> Style:
        hidden = bool(look.hidden)
        return Style(
            self.codes.get(look.data, GENERAL),
            struck=bool(look.struck),
            raised=bool(look.raised),
            invisible=hidden or bool(look.when_protected and protected),
            tiny=hidden,
            ink=look.ink or BLACK,
            grounds=(None,) if look.clouded else (look.ground or WHITE,),
            points=look.points or 10.0,
            shrinks=bool(look.shrinks),
            indent=(look.indent or 0.0) / POINTS_A_CHARACTER,
            doubts=look.doubts,
        ).settled()

    def reformat(self, name: str, area: tuple[int, int, int, int], code: str = GENERAL) -> Reformat:
        """What a style does that a conditional format puts over a cell's own, which has the
        number format `code`."""
        look = self._whole("table-cell", name, last="Default")
        changes = bool(look.struck or look.raised or look.hidden or look.doubts or look.clouded)
        changes |= self.codes.get(look.data, GENERAL) not in (GENERAL, code)
        return Reformat(
            area,
            changes or ("table-cell", name) not in self.looks,
            (look.ink,) if look.ink else (),
            ((look.ground,),) if look.ground else (),
        )

    def is_unfilled(self, name: str) -> bool:
        """Whether a shape's style says that it has no filling."""
        return self._whole("graphic", name).unfilled is True

    def run(self, name: str) -> Look:
        """Of a span of text."""
        return self._whole("text", name)

    def of(self, family: str, name: str) -> Look:
        """A row's, a column's or a table's own."""
        return self.looks.get((family, name), Look())

    def _whole(self, family: str, name: str, last: str = "") -> Look:
        """A style with what it inherits, from the style `last` nothing more."""
        whole, met = Look(), {last} if last else set[str]()
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
                points=whole.points or look.points,
                shrinks=look.shrinks if whole.shrinks is None else whole.shrinks,
                indent=look.indent if whole.indent is None else whole.indent,
                clouded=whole.clouded or look.clouded,
                unfilled=look.unfilled if whole.unfilled is None else whole.unfilled,
                when_protected=look.when_protected
                if whole.when_protected is None
                else whole.when_protected,
                maps=(*whole.maps, *look.maps),
                doubts=tuple(dict.fromkeys((*whole.doubts, *look.doubts))),
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
                look = _with_cell(look, part)
            case "paragraph-properties":
                look = replace(look, indent=length(attribute(part, "margin-left")))
            case "graphic-properties" if fill := attribute(part, "fill"):
                look = replace(look, unfilled=fill == "none")
            case "map":
                look = replace(look, maps=(*look.maps, attribute(part, "apply-style-name")))
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
        percent = first.endswith("%") and first not in ("0%", "-0%")
        look = replace(look, raised=first in ("super", "sub") or percent)
    if display := attribute(part, "display"):
        look = replace(look, hidden=display == "none")
    size = length(attribute(part, "font-size"))
    if is_tiny(attribute(part, "font-size")):
        look = replace(look, hidden=True)
    if size is not None:
        look = replace(look, points=size)
    look = replace(look, doubts=tuple(dict.fromkeys((*look.doubts, *_strange(part, size)))))
    if paper := parse_colour(attribute(part, "background-color")):
        look = replace(look, ground=paper)
    if colour := parse_colour(attribute(part, "color")):
        look = replace(look, ink=colour)
    return look


def _with_cell(look: Look, part: Element) -> Look:
    protect = attribute(part, "cell-protect")
    lines = [attribute(part, f"diagonal-{way}") for way in ("bl-tr", "tl-br")]
    if any(line not in ("", "none") for line in lines):
        look = replace(look, doubts=(*look.doubts, CROSSED))
    strange = attribute(part, "repeat-content") == "true" or not _are(part, _CELL)
    return replace(
        look,
        ground=parse_colour(attribute(part, "background-color")),
        shrinks={"true": True, "false": False}.get(attribute(part, "shrink-to-fit")),
        clouded=any(local(each) == "background-image" and each.attrib for each in part),
        when_protected="hidden-and-protected" in protect if protect else None,
        doubts=(*look.doubts, UNKNOWN_LOOK) if strange else look.doubts,
    )


def _strange(part: Element, size: float | None) -> Iterator[str]:
    """What properties of text leave open."""
    if not _are(part, _TEXT):
        yield UNKNOWN_LOOK
    if any(is_pictorial(attribute(part, name)) for name in ("font-name", "font-family")):
        yield SIGNS
    # LibreOffice writes an opacity of nothing beside the window's own colour, which is not clear.
    coloured = parse_colour(attribute(part, "color")) is not None
    clear = coloured and attribute(part, "use-window-font-color") != "true"
    over = (length(attribute(part, "letter-spacing")) or 0.0) <= -(size or 10.0) / 2
    if (clear and _percent(part, "opacity") <= _NARROWEST) or over:
        yield UNKNOWN_LOOK
    if _percent(part, "text-scale") <= _NARROWEST:
        yield UNKNOWN_LOOK


def _are(part: Element, known: re.Pattern[str]) -> bool:
    return all(known.fullmatch(name.rpartition("}")[2]) for name in part.attrib)


def _percent(part: Element, name: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", attribute(part, name))
    return float(found[1]) if found else 100.0
