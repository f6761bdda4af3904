"""What a person sees of an OpenDocument text (ODF 1.2 part 1): the rest is taken out of
content.xml before anydoc, which tells little of it, reads."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, tostring

from mailbot.inspection.readers.odt.harmless import is_harmless, is_known_element, points
from mailbot.inspection.readers.odt.look import (
    COLLAPSED,
    PLACEHOLDER,
    UNTOLD,
    Look,
    is_colour,
    is_doubtful,
    is_not_seen,
    is_raised,
)
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, PICTORIAL, is_figure, raised_text
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

# Deletions (kept apart from the text, 5.5), notes of reviewers, phonetic guides.
_GONE = {"tracked-changes", "annotation", "annotation-end", "ruby-text", "script"}
_PARAGRAPHS = {"p", "h"}
_FAMILIES = {
    "span": "text",
    "a": "text",
    "p": "paragraph",
    "h": "paragraph",
    "table-cell": "table-cell",
    "table-row": "table-row",
    "table": "table",
}
_FLAT_ROW = 4.5  # points
_DEEPEST = 400
_IN_CELL, _IN_LIST, _IN_LINE = "in a cell", "in a list", "in the line"
# Shapes with text of their own, which lie where they are drawn.
_SHAPES = frozenset("custom-shape rect ellipse circle polygon path caption g connector".split())
# Fields that are worked out anew when the document is shown.
_COUNTED = frozenset(
    "page-number page-count date time creation-time print-date print-time modification-date "
    "modification-time paragraph-count word-count".split()
)
_KNOWN = re.compile(r"\{urn:(?:oasis:names:tc:opendocument|org:documentfoundation):")
_LASTING = ("paper", COLLAPSED, UNTOLD, _IN_CELL, _IN_LIST, _IN_LINE)


@dataclass(slots=True)
class _Styles:
    """Styles by family and name: their own properties and the style they rest on."""

    named: dict[tuple[str, str], tuple[str, dict[str, str]]] = field(default_factory=dict)
    defaults: dict[str, dict[str, str]] = field(default_factory=dict)
    fonts: dict[str, str] = field(default_factory=dict)  # families by the names of their faces
    paper: str = ""  # of the pages

    def look(self, family: str, name: str) -> dict[str, str]:
        """A style's properties, its own before those it rests on; circles end."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        while name and name not in seen and len(seen) < 20:
            seen.add(name)
            parent, own = self.named.get((family, name), ("", {}))
            for key, value in own.items():
                found.setdefault(key, value)
            name = parent
        return found


def shown_odt(package: Package) -> tuple[bytes, bool]:
    """The package without the text that is not shown, for a parser, and whether a figure stands
    in a text box that floats, and may lie over another."""
    content = package.tree("content.xml")
    if content is None:
        return package.slim(), False
    styles = _Styles()
    for root in (package.tree("styles.xml"), content):
        for element in root.iter() if root is not None else ():
            kind = local(element)
            if kind in ("style", "default-style"):
                _add_style(styles, element)
            elif kind == "font-face":
                styles.fonts[attribute(element, "name")] = attribute(element, "font-family")
            elif kind == "page-layout-properties" and not styles.paper:
                styles.paper = attribute(element, "background-color")
    found = _Pass(styles)
    found.walk(content, found.around(), 0)
    return package.slim({"content.xml": tostring(content, "utf-8")}), found.is_covered


def _add_style(styles: _Styles, element: Element) -> None:
    look: dict[str, str] = {}
    for properties in element:
        kind = local(properties)
        if kind == "map":  # another style under a condition
            look[UNTOLD] = ""
        for key, value in properties.attrib.items():
            name = key.rpartition("}")[2]
            if not is_harmless(kind.removesuffix("-properties"), name, value):
                look[UNTOLD] = ""
            if kind == "text-properties" and name == "background-color":
                name = "text-background"
            elif name == "background-color":
                name = "paper"
            look[name] = value
    if "color" in look:  # LibreOffice's default style says that its own colour is the window's
        look.setdefault("use-window-font-color", "false")
    family = attribute(element, "family")
    if local(element) == "default-style":
        styles.defaults[family] = look
    else:
        parent = attribute(element, "parent-style-name")
        styles.named[family, attribute(element, "name")] = (parent, look)


@dataclass(slots=True)
class _Piece:
    """Text of a paragraph: before an element's first child, or behind an element."""

    element: Element
    is_tail: bool
    raised: bool

    @property
    def text(self) -> str:
        return (self.element.tail if self.is_tail else self.element.text) or ""

    def put(self, text: str) -> None:
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


class _Pass:
    def __init__(self, styles: _Styles) -> None:
        self._styles = styles
        self._pieces: list[_Piece] = []
        self.is_covered = False

    def around(self) -> dict[str, str]:
        """How a paragraph looks of which nothing is said."""
        look = dict(self._styles.defaults.get("paragraph", {}))
        if is_colour(self._styles.paper):
            look.setdefault("paper", self._styles.paper)
        return look

    def walk(self, element: Element, look: Look, depth: int) -> None:
        name = local(element)
        if name in _PARAGRAPHS:
            outer, self._pieces = self._pieces, []
        self._take_out(element, depth)
        self._piece(_Piece(element, False, is_raised(look)), look)
        for child in element:
            self.walk(child, self._inside(child, look), depth + 1)
            self._piece(_Piece(child, True, is_raised(look)), look)
        if name in _PARAGRAPHS:
            _settle_raised(self._pieces)
            self._pieces = outer
        elif name == "table-cell" and is_figure("".join(element.itertext())):
            _mark_beside_pictures(element)

    def _take_out(self, element: Element, depth: int) -> None:
        """Elements that are not shown go; the text behind them stays."""
        kept: list[Element] = []
        for child in element:
            if not self._is_gone(child) and depth <= _DEEPEST:
                kept.append(child)
            elif kept:
                kept[-1].tail = (kept[-1].tail or "") + (child.tail or "")
            else:
                element.text = (element.text or "") + (child.tail or "")
        if len(kept) < len(element):
            element[:] = kept

    def _inside(self, element: Element, look: Look) -> Look:
        name = local(element)
        family = _FAMILIES.get(name)
        if not _KNOWN.match(element.tag) or name in _SHAPES or not is_known_element(element.tag):
            self.is_covered |= name in _SHAPES and is_figure("".join(element.itertext()))
            return {**look, UNTOLD: ""}
        if name in _COUNTED and attribute(element, "fixed") != "true":
            return {**look, UNTOLD: ""}
        if name == "text-box":
            self.is_covered |= is_figure("".join(element.itertext())) and _IN_LINE not in look
            return look
        if name == "frame":
            return {**look, _IN_LINE: ""} if _is_in_line(element) else look
        if name == "list-item" and _IN_CELL in look:
            return {**look, _IN_LIST: ""}
        if name == "content-control" and attribute(element, "showing-place-holder") == "true":
            return {**look, PLACEHOLDER: ""}
        if family is None:
            return look
        own = self._styles.look(family, attribute(element, "style-name"))
        if name in ("table", "table-row", "table-cell"):
            own = {key: value for key, value in own.items() if key in ("paper", UNTOLD)}
            if name == "table-cell":
                own[_IN_CELL] = ""
            if attribute(element, "visibility") in ("collapse", "filter"):
                own[COLLAPSED] = ""
        elif name not in ("span", "a"):
            # A frame's or a cell's paragraph begins anew; only the paper shines through.
            around = {key: look[key] for key in _LASTING if key in look}
            look = {**self.around(), **around}
        if own.get("paper") == "transparent":
            own.pop("paper")
        return {**look, **own} if own else look

    def _is_gone(self, element: Element) -> bool:
        name = local(element)
        if name in _GONE or attribute(element, "display") == "none":
            return True
        if name == "hidden-text":
            return attribute(element, "is-hidden") != "false"
        if name in ("p", "h"):
            return any(
                local(child) == "hidden-paragraph" and attribute(child, "is-hidden") == "true"
                for child in element
            )
        if name == "table-row":
            own = self._styles.look("table-row", attribute(element, "style-name"))
            return points(own.get("row-height", ""), 99) < _FLAT_ROW
        if name == "table":
            own = self._styles.look("table", attribute(element, "style-name"))
            return own.get("display") == "false"
        if name == "placeholder":
            return not re.search(r"\d", "".join(element.itertext()))
        return False

    def _piece(self, piece: _Piece, look: Look) -> None:
        if not piece.text.strip():
            return
        if is_not_seen(look):
            # White letters may be on a ground that is not known: of hidden ones all is known.
            piece.put(MAYBE_HIDDEN if UNTOLD in look and look.get("display") != "none" else "")
            return
        numbered = _IN_LIST in look and is_figure(piece.text)
        if is_doubtful(look) or numbered or self._is_pictured(piece.text, look):
            piece.put(piece.text + MAYBE_HIDDEN)
        self._pieces.append(piece)

    def _is_pictured(self, text: str, look: Look) -> bool:
        """Whether figures are written in a font of pictures."""
        name = look.get("font-name", look.get("font-family", ""))
        named = f"{name} {self._styles.fonts.get(name, '')}"
        return bool(PICTORIAL.search(named)) and bool(re.search(r"\d", text))


def _is_in_line(frame: Element) -> bool:
    return attribute(frame, "anchor-type") == "as-char"


def _mark_beside_pictures(cell: Element) -> None:
    """A picture in the line beside a figure may be a digit."""
    frames = [each for each in cell.iter() if local(each) == "frame" and _is_in_line(each)]
    if any(local(child) != "text-box" for frame in frames for child in frame):
        first = next((each for each in cell.iter() if local(each) in _PARAGRAPHS), None)
        if first is not None:
            first.text = f"{MAYBE_HIDDEN}{first.text or ''}"


def _settle_raised(pieces: list[_Piece]) -> None:
    if not any(piece.raised for piece in pieces):
        return
    before = ""
    for index, piece in enumerate(pieces):
        if not piece.raised:
            before = before[-20:] + piece.text
            continue
        after = "".join(each.text for each in pieces[index + 1 : index + 20] if not each.raised)
        piece.put(raised_text(piece.text, before, after[:20]))
