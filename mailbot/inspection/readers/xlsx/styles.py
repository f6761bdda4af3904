"""What the styles of an xlsx (styles.xml, theme1.xml) take out of a cell or put before it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.colours import (
    BLACK,
    INDEXED,
    WHITE,
    Colour,
    blend,
    parse_colour,
)
from mailbot.inspection.readers.sheets.fonts import is_pictorial
from mailbot.inspection.readers.sheets.formatcode import BUILT_IN, GENERAL
from mailbot.inspection.readers.sheets.sheet import CROSSED, SIGNS, UNKNOWN_LOOK, Style
from mailbot.inspection.readers.shown import is_tiny
from mailbot.inspection.readers.xlsx.theme import THEME, own_palette, theme_of, tinted
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

# Of a font, a run, an alignment and a cell format what takes nothing from the text; whatever is
# not named here leaves the cell open.
_PLAIN_FONT = frozenset(
    "b i u name rFont charset family scheme outline shadow condense extend".split()
)
_ALIGNED = frozenset(
    ("", "general", "left", "center", "right", "justify", "centerContinuous", "distributed")
)
_ALIGNMENT = frozenset(
    "horizontal vertical textRotation wrapText indent relativeIndent justifyLastLine shrinkToFit "
    "readingOrder".split()
)
_FORMAT = frozenset(
    "numFmtId fontId fillId borderId xfId quotePrefix pivotButton applyNumberFormat applyFont "
    "applyFill applyBorder applyAlignment applyProtection".split()
)
# Of other namespaces: the descent of a row (x14ac), revisions (xr).
_FOREIGN = ("dyDescent", "uid")
_TRUE = ("1", "true", "on")
# How much of its ground a pattern covers (18.18.55).
_SHARES = {
    "gray0625": 0.06,
    "gray125": 0.125,
    "lightGray": 0.25,
    "mediumGray": 0.5,
    "darkGray": 0.75,
    **dict.fromkeys(("lightHorizontal", "lightVertical", "lightDown", "lightUp"), 0.25),
    **dict.fromkeys(("lightGrid", "lightTrellis"), 0.35),
}
_DENSE = 0.5


@dataclass(frozen=True, slots=True)
class Font:
    """Of a font what decides on what is seen; `colour` None where it is not known."""

    struck: bool = False
    raised: bool = False
    colour: Colour | None = BLACK
    tiny: bool = False
    points: float = 11.0
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a differential format (18.8.14) does to a cell."""

    changes: bool = False  # its text, or whether there is one to be seen
    inks: tuple[Colour | None, ...] = ()
    grounds: tuple[tuple[Colour | None, ...], ...] = ()


class Styles:
    """The cell formats of a workbook by their number."""

    def __init__(self, package: Package) -> None:
        self._theme = dict(theme_of(package))
        root = package.tree("xl/styles.xml")
        codes = dict(BUILT_IN)
        fonts: list[Font] = []
        fills: list[tuple[Colour | None, ...]] = []
        crossed: list[bool] = []
        self._styles: list[Style] = []
        self.differential: list[Change] = []
        self.tables: dict[str, list[int]] = {}  # a workbook's own table styles: their formats
        self._indexed = {**INDEXED, **own_palette(root)}
        for part in root if root is not None else ():
            match local(part):
                case "numFmts":
                    codes |= {
                        int(attribute(each, "numFmtId")): attribute(each, "formatCode")
                        for each in part
                        if attribute(each, "numFmtId").isdecimal()
                    }
                case "fonts":
                    fonts = [self.font(each) for each in part]
                case "fills":
                    fills = [self._fill(each) for each in part]
                case "borders":
                    crossed = [_crosses(each) for each in part]
                case "cellXfs":
                    self._styles = [_style(each, codes, fonts, fills, crossed) for each in part]
                case "dxfs":
                    self.differential = [self.change(each) for each in part]
                case "tableStyles":
                    self.tables = {
                        attribute(each, "name"): [
                            int(index)
                            for piece in each
                            if (index := attribute(piece, "dxfId")).isdecimal()
                        ]
                        for each in part
                    }
        is_broken = root is None and "xl/styles.xml" in package.xml
        self._unnamed = Style(doubts=(UNKNOWN_LOOK,)) if is_broken else Style()

    def __getitem__(self, index: str) -> Style:
        place = int(index) if index.isdecimal() else 0
        return self._styles[place] if place < len(self._styles) else self._unnamed

    def font(self, element: Element | None) -> Font:
        """A font, or the formatting of a run of text (ECMA-376 part 1, 18.8.22 and 18.4.7)."""
        struck = raised = tiny = False
        colour: Colour | None = BLACK
        points = 11.0
        doubts: tuple[str, ...] = ()
        for child in element if element is not None else ():
            name, value = local(child), attribute(child, "val")
            match name:
                case "strike":
                    struck = value not in ("0", "false", "off")
                case "vertAlign":
                    raised = value in ("superscript", "subscript")
                case "color":
                    colour = self.colour(child)
                case "sz":
                    tiny = is_tiny(value)
                    points = _number(value, points)
                case _ if name not in _PLAIN_FONT:
                    doubts += (UNKNOWN_LOOK,)
            if name in ("name", "rFont", "charset") and is_pictorial(value, name == "charset"):
                doubts += (SIGNS,)
        return Font(struck, raised, colour, tiny, points, tuple(dict.fromkeys(doubts)))

    def colour(self, element: Element) -> Colour | None:
        """The colour an element names by value, by theme or by index; None where unknown."""
        if rgb := attribute(element, "rgb"):
            return parse_colour(rgb)
        if (theme := attribute(element, "theme")).isdecimal() and int(theme) < len(THEME):
            found = self._theme.get(THEME[int(theme)])
            return tinted(found, attribute(element, "tint")) if found else None
        if (index := attribute(element, "indexed")).isdecimal():
            return self._indexed.get(int(index))
        return None if attribute(element, "theme") else BLACK

    def change(self, element: Element) -> Change:
        """What a differential format does."""
        changes = False
        inks: list[Colour | None] = []
        grounds: list[tuple[Colour | None, ...]] = []
        for child in element:
            match local(child):
                case "font":
                    font = self.font(child)
                    changes |= font.struck or font.raised or font.tiny or bool(font.doubts)
                    if any(local(each) == "color" for each in child):
                        inks.append(font.colour)
                case "fill":
                    grounds.append(self._differential_fill(child))
                case "border" | "protection" | "alignment":
                    continue
                case _:
                    changes = True
        return Change(changes, tuple(inks), tuple(grounds))

    def _differential_fill(self, element: Element) -> tuple[Colour | None, ...]:
        """A solid fill there has its colour in bgColor, and says no pattern at all."""
        for pattern in element:
            if attribute(pattern, "patternType") in ("", "solid"):
                colours = [each for each in pattern if local(each) == "bgColor"]
                if colours:
                    return (self.colour(colours[0]),)
        return self._fill(element)

    def _fill(self, element: Element) -> tuple[Colour | None, ...]:
        """What lies behind the text: white where nothing does, None for what is not known."""
        for pattern in element:
            colours = {local(each): self.colour(each) for each in pattern}
            if local(pattern) == "gradientFill":
                stops = [self.colour(each) for each in pattern.iter() if local(each) == "color"]
                return tuple(stops) or (None,)
            if local(pattern) != "patternFill":
                return (None,)
            kind = attribute(pattern, "patternType")
            if kind in ("", "none"):
                return (WHITE,)
            over, under = colours.get("fgColor", BLACK), colours.get("bgColor", WHITE)
            if kind == "solid":
                return (over if "fgColor" in colours else WHITE,)
            share = _SHARES.get(kind, _DENSE)
            mixed = blend(over, under, share)
            return (mixed,) if share < _DENSE else (mixed, over, under)
        return (WHITE,)


def _style(
    element: Element,
    codes: Mapping[int, str],
    fonts: Sequence[Font],
    fills: Sequence[tuple[Colour | None, ...]],
    crossed: Sequence[bool],
) -> Style:
    def numbered(name: str) -> int:
        value = attribute(element, name)
        return int(value) if value.isdecimal() else 0

    font_at, fill_at = numbered("fontId"), numbered("fillId")
    font = fonts[font_at] if font_at < len(fonts) else Font()
    doubts = font.doubts
    border_at = numbered("borderId")
    if border_at < len(crossed) and crossed[border_at]:
        doubts += (CROSSED,)
    if not names_of(element) <= _FORMAT:
        doubts += (UNKNOWN_LOOK,)
    shrinks, indent = False, 0.0
    for part in element:
        if local(part) == "alignment":
            shrinks = attribute(part, "shrinkToFit") in _TRUE
            indent = _number(attribute(part, "indent"), 0.0)
            # Horizontal `fill` writes the text as often as it has room.
            if attribute(part, "horizontal") not in _ALIGNED or not names_of(part) <= _ALIGNMENT:
                doubts += (UNKNOWN_LOOK,)
        elif local(part) not in ("protection", "extLst"):
            doubts += (UNKNOWN_LOOK,)
    return Style(
        codes.get(numbered("numFmtId"), GENERAL),
        struck=font.struck,
        raised=font.raised,
        invisible=font.tiny,
        tiny=font.tiny,
        ink=font.colour,
        grounds=fills[fill_at] if fill_at < len(fills) else (WHITE,),
        points=font.points,
        shrinks=shrinks,
        indent=indent,
        doubts=tuple(dict.fromkeys(doubts)),
    ).settled()


def _crosses(border: Element) -> bool:
    """Whether a border draws a line across its cell, as one crosses out a figure (18.8.4)."""
    ways = [attribute(border, name) for name in ("diagonalUp", "diagonalDown")]
    return any(way in _TRUE for way in ways) and any(
        local(each) == "diagonal" and attribute(each, "style") not in ("", "none")
        for each in border
    )


def names_of(element: Element) -> set[str]:
    """Its attributes; one of a foreign namespace by its whole name, which is in no list."""
    names = set()
    for name in element.attrib:
        bare = name.rpartition("}")[2]
        names.add(bare if bare == name or bare in _FOREIGN else name)
    return names


def _number(text: str, otherwise: float) -> float:
    return float(text) if re.fullmatch(r"\d{1,5}(?:\.\d+)?", text) else otherwise
