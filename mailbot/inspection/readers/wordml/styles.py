"""The styles of a WordprocessingML document: run properties and backgrounds, by style.

What a style is based on stands behind its own (ISO/IEC 29500-1, 17.7.2 and 17.7.4.3).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.shown import SMALLEST
from mailbot.inspection.readers.wordml.harmless import OFF, is_harmless, number
from mailbot.inspection.readers.xmlparts import attribute, children, local

_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00",
    "magenta": "FF00FF", "red": "FF0000", "yellow": "FFFF00", "white": "FFFFFF",
    "darkBlue": "00008B", "darkCyan": "008B8B", "darkGreen": "006400", "darkMagenta": "800080",
    "darkRed": "8B0000", "darkYellow": "808000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip
_PATTERNED = ""  # a background that is no plain colour, or not known


@dataclass(slots=True)
class _Style:
    based_on: str
    run: dict[str, str]
    paper: str | None  # of its paragraphs or tables
    banded: bool = False  # a table style that colours some of its cells
    untold: bool = False  # it does something to text that is not known to be harmless
    numbered: bool = False


@dataclass(slots=True)
class Styles:
    """The styles of a document by their ids. A template has a hundred and fifty of them and a
    document uses five: each is read when it is first asked for."""

    named: dict[str, Element] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    paragraph: str = ""  # the id of the style of paragraphs that name none
    table: str = ""
    untold: bool = False  # the document's own defaults do
    _read: dict[str, _Style] = field(default_factory=dict)

    def is_untold(self, name: str) -> bool:
        """Whether a style does something to text that is not known to be harmless."""
        return any(style.untold for style in self.chain(name))

    def is_numbered(self, name: str) -> bool:
        """Whether a style sets a number or a bullet before its paragraphs."""
        return any(style.numbered for style in self.chain(name))

    def chain(self, name: str) -> Iterator[_Style]:
        """The style and those it is based on; circles end."""
        seen: set[str] = set()
        while name in self.named and name not in seen and len(seen) < 20:
            seen.add(name)
            if name not in self._read:
                self._read[name] = _style(self.named[name])
            yield self._read[name]
            name = self._read[name].based_on

    def run(self, name: str) -> dict[str, str]:
        """A style's run properties, its own before those it is based on."""
        found: dict[str, str] = {}
        for style in self.chain(name):
            for key, value in style.run.items():
                found.setdefault(key, value)
        return found

    def paper(self, name: str) -> str | None:
        """The background a style gives; None where it says nothing."""
        for style in self.chain(name):
            if style.banded:
                return _PATTERNED
            if style.paper is not None:
                return style.paper
        return None


def read_styles(root: Element | None) -> Styles:
    """The styles under `root` (styles.xml, or a document in one file)."""
    styles = Styles()
    for element in root.iter() if root is not None else ():
        name = local(element)
        if name == "rPrDefault":
            for properties in children(element, "rPr"):
                styles.defaults.update(values_of(properties))
                styles.untold |= says_more(properties, "rPr")
        elif name == "style":
            key, kind = attribute(element, "styleId"), attribute(element, "type")
            styles.named[key] = element
            is_default = attribute(element, "default") in ("1", "true", "on")
            if is_default and kind == "paragraph":
                styles.paragraph = key
            elif is_default and kind == "table":
                styles.table = key
    return styles


def _style(element: Element) -> _Style:
    style = _Style("", {}, None)
    for child in element:
        name = local(child)
        if name == "basedOn":
            style.based_on = attribute(child, "val")
        elif name in ("rPr", "pPr", "tblPr", "tcPr", "trPr"):
            style.untold |= says_more(child, name)
            style.numbered |= any(is_number(each) for each in child)
            if name == "rPr":
                style.run = values_of(child)
            elif (paper := paper_of(child)) is not None:
                style.paper = paper
        elif name == "tblStylePr":
            banded = any(local(each) == "shd" for each in child.iter())
            style.banded |= banded
            style.untold |= _is_conditional_untold(child, banded)
    return style


def _is_conditional_untold(part: Element, banded: bool) -> bool:
    """Whether what a table style says of some of its cells (17.7.6) may take text away: white
    letters do not where the cells are coloured."""
    for properties in part:
        kind = local(properties)
        if kind in ("rPr", "pPr", "tcPr", "trPr", "tblPr") and says_more(properties, kind):
            return True
        if kind == "rPr":
            said = values_of(properties)
            on = {"strike", "dstrike", "vanish", "webhidden"} & {
                name for name, value in said.items() if value == "on"
            }
            raised = said.get("vertalign", "baseline") not in ("baseline", "")
            pale = said.get("color", "").upper() == "FFFFFF" and not banded
            if on or raised or pale or number(said.get("sz", "21"), 21) < 2 * SMALLEST:
                return True
    return False


def says_more(properties: Element, kind: str) -> bool:
    """Whether properties do something to text that is not known to be harmless."""
    return not all(is_harmless(child, kind) for child in properties)


def is_number(child: Element) -> bool:
    """Whether a paragraph property sets a number or a bullet before it (17.3.1.19)."""
    if local(child) not in ("numPr", "listPr"):
        return False
    return all(attribute(each, "val") != "0" for each in child if local(each) in ("numId", "ilfo"))


def is_on(element: Element) -> bool:
    """Whether an on/off property is on; without a value it is (17.17.4)."""
    return attribute(element, "val") not in OFF


def values_of(properties: Element) -> dict[str, str]:
    """Run properties by lower-case name; an on/off one is `on` or `off`."""
    found: dict[str, str] = {}
    for child in properties:
        name = local(child)
        if name in ("strike", "dstrike", "vanish", "webHidden", "specVanish"):
            found[name.lower()] = "on" if is_on(child) else "off"
        elif name == "color":
            found["color"] = _ink(child)
        elif name == "rFonts":
            found["font"] = attribute(child, "ascii") or attribute(child, "hAnsi")
        elif name in ("vertAlign", "sz", "position", "rStyle", "w", "spacing"):
            found[name.lower()] = attribute(child, "val")
        elif name == "highlight":
            found["paper"] = _HIGHLIGHTS.get(attribute(child, "val"), "")
            if found["paper"]:
                found["marked"] = "on"  # Word turns no letters white before it, as before shading
    if "paper" not in found and (paper := paper_of(properties)):
        found["paper"] = paper
    return found


def _ink(colour: Element) -> str:
    """A run's colour; one that is named by the theme alone is white where it is the paper's."""
    ink, theme = attribute(colour, "val"), attribute(colour, "themeColor")
    darker = attribute(colour, "themeShade").upper() not in ("", "FF")
    if ink in ("", "auto") and theme in ("background1", "light1") and not darker:
        return "FFFFFF"
    return ink


def paper_of(properties: Element) -> str | None:
    """The background of `shd`; "" for a pattern, None where there is none."""
    for shading in children(properties, "shd"):
        pattern, fill = attribute(shading, "val"), attribute(shading, "fill").upper()
        if pattern == "solid":
            fill = attribute(shading, "color").upper()
        elif pattern not in ("clear", "nil", ""):
            return _PATTERNED
        if len(fill) == 6:
            return fill
    return None
