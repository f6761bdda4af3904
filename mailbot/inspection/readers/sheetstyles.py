"""What the styles of an xlsx (styles.xml, theme1.xml) take out of a cell or put before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.colours import BLACK, WHITE, Colour, is_alike, parse_colour
from mailbot.inspection.readers.numberformat import BUILT_IN, GENERAL
from mailbot.inspection.readers.seen import Style
from mailbot.inspection.readers.shown import is_tiny
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)))
_INDEXED = {0: BLACK, 1: WHITE, 8: BLACK, 9: WHITE, 64: BLACK, 65: WHITE}


@dataclass(frozen=True, slots=True)
class Font:
    """Of a font what decides on what is seen; `colour` None where it is not known."""

    struck: bool = False
    raised: bool = False
    colour: Colour | None = BLACK
    tiny: bool = False


class Styles:
    """The cell formats of a workbook by their number."""

    def __init__(self, package: Package) -> None:
        self._theme = dict(_theme(package))
        root = package.tree("xl/styles.xml")
        codes = dict(BUILT_IN)
        fonts: list[Font] = []
        fills: list[Colour | None] = []
        self._styles: list[Style] = []
        # Of each differential format: whether it shows a value otherwise, or not at all.
        self.changing: list[bool] = []
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
                case "cellXfs":
                    self._styles = [_style(each, codes, fonts, fills) for each in part]
                case "dxfs":
                    self.changing = [self._changes(each) for each in part]

    def __getitem__(self, index: str) -> Style:
        place = int(index) if index.isdecimal() else 0
        return self._styles[place] if place < len(self._styles) else Style()

    def font(self, element: Element | None) -> Font:
        """A font, or the formatting of a run of text (ECMA-376 part 1, 18.8.22 and 18.4.7)."""
        struck = raised = tiny = False
        colour: Colour | None = BLACK
        for child in element if element is not None else ():
            match local(child):
                case "strike":
                    struck = attribute(child, "val") not in ("0", "false")
                case "vertAlign":
                    raised = attribute(child, "val") == "superscript"
                case "color":
                    colour = self.colour(child)
                case "sz":
                    tiny = is_tiny(attribute(child, "val"))
        return Font(struck, raised, colour, tiny)

    def colour(self, element: Element) -> Colour | None:
        """The colour an element names by value, by theme or by index; None where unknown."""
        if rgb := attribute(element, "rgb"):
            return parse_colour(rgb)
        if (theme := attribute(element, "theme")).isdecimal() and int(theme) < len(_THEME):
            found = self._theme.get(_THEME[int(theme)])
            return _tinted(found, attribute(element, "tint")) if found else None
        if (index := attribute(element, "indexed")).isdecimal():
            return _INDEXED.get(int(index))
        return BLACK

    def _changes(self, element: Element) -> bool:
        """A differential format (18.8.14) with a number format, or text struck out or unseen."""
        font, ground = Font(), WHITE
        for child in element:
            match local(child):
                case "numFmt":
                    return True
                case "font":
                    font = self.font(child)
                case "fill":
                    colours = [each for each in child.iter() if local(each) == "bgColor"]
                    ground = (self.colour(colours[0]) if colours else None) or WHITE
        return font.struck or font.tiny or is_alike(font.colour, ground)

    def _fill(self, element: Element) -> Colour | None:
        """What lies behind the text: white where nothing does, None where it is not known."""
        for pattern in element:
            if local(pattern) != "patternFill":
                return None
            kind = attribute(pattern, "patternType")
            if kind in ("", "none"):
                return WHITE
            if kind != "solid":
                return None
            for child in pattern:
                if local(child) == "fgColor":
                    return self.colour(child)
        return WHITE


def _style(
    element: Element,
    codes: Mapping[int, str],
    fonts: list[Font],
    fills: list[Colour | None],
) -> Style:
    def numbered(name: str) -> int:
        value = attribute(element, name)
        return int(value) if value.isdecimal() else 0

    font_at, fill_at = numbered("fontId"), numbered("fillId")
    font = fonts[font_at] if font_at < len(fonts) else Font()
    fill = fills[fill_at] if fill_at < len(fills) else WHITE
    return Style(
        codes.get(numbered("numFmtId"), GENERAL),
        struck=font.struck,
        raised=font.raised,
        invisible=font.tiny or is_alike(font.colour, fill),
        ground=fill,
        shrinks=any(attribute(each, "shrinkToFit") in ("1", "true") for each in element),
    )


def _tinted(colour: Colour, tint: str) -> Colour:
    """18.8.19: a negative tint darkens, a positive one lightens."""
    try:
        amount = max(-1.0, min(1.0, float(tint or 0)))
    except ValueError:
        return colour

    def shade(part: int) -> int:
        return round(part * (1 + amount) if amount < 0 else part + (255 - part) * amount)

    return shade(colour[0]), shade(colour[1]), shade(colour[2])


def _theme(package: Package) -> Mapping[str, Colour]:
    colours: dict[str, Colour] = {"lt1": WHITE, "dk1": BLACK}
    for name in package.names(r"xl/theme/theme\d*\.xml")[:1]:
        root = package.tree(name)
        for scheme in root.iter() if root is not None else ():
            if local(scheme) != "clrScheme":
                continue
            for each in scheme:
                for value in each:
                    found = parse_colour(attribute(value, "lastClr") or attribute(value, "val"))
                    if found is not None:
                        colours[local(each)] = found
    return colours
