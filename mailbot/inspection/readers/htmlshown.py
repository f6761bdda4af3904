"""What a browser, Word or Excel shows of a page's text: the look of each open element."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailbot.inspection.readers.shown import SMALLEST, is_pale, is_unseen
from mailbot.inspection.readers.stylesheet import Node, Sheet, parse_declarations

# Elements that end nothing and hold nothing, and those whose text is never shown.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNSHOWN = frozenset("template datalist noframes noembed object audio video canvas rt rp".split())
_STRUCK = frozenset("del s strike".split())
_RAISED = frozenset("sup sub".split())
_DEEPEST = 500
# An end tag that may be left out: the elements that a new one of this name ends.
_ENDED_BY = {
    "tr": {"tr", "td", "th"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tbody": {"tr", "td", "th", "tbody", "thead", "tfoot"},
    "tfoot": {"tr", "td", "th", "tbody", "thead"},
    "li": {"li"},
    "p": {"p"},
    "option": {"option"},
}
_COLOURS = {
    "white": "FFFFFF", "window": "FFFFFF", "black": "000000", "windowtext": "000000",
    "red": "FF0000", "blue": "0000FF", "green": "008000", "yellow": "FFFF00", "gray": "808080",
    "grey": "808080", "silver": "C0C0C0", "navy": "000080", "maroon": "800000", "lime": "00FF00",
    "aqua": "00FFFF", "cyan": "00FFFF", "fuchsia": "FF00FF", "magenta": "FF00FF",
    "teal": "008080", "purple": "800080", "olive": "808000", "orange": "FFA500",
    "whitesmoke": "F5F5F5", "snow": "FFFAFA", "ivory": "FFFFF0", "ghostwhite": "F8F8FF",
    "lightgray": "D3D3D3", "lightgrey": "D3D3D3", "gainsboro": "DCDCDC", "darkblue": "00008B",
}  # fmt: skip
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-f])")
_LENGTH = re.compile(r"(-?\d*\.?\d+)(pt|px|em|rem|%|cm|mm|in|)")
_POINTS = {"pt": 1.0, "px": 0.75, "rem": 12.0, "cm": 28.35, "mm": 2.835, "in": 72.0, "": 0.75}
_SIZES = {"1": 7.5, "2": 10.0, "3": 12.0, "4": 13.5, "5": 18.0, "6": 24.0, "7": 36.0}


@dataclass(frozen=True, slots=True)
class Look:
    """How text is shown that stands in an element, its ancestors' looks taken in."""

    is_hidden: bool = False  # takes no place, whatever stands in it
    is_invisible: bool = False  # visibility: may be lifted further in
    is_struck: bool = False
    is_raised: bool = False
    is_flat: bool = False  # a row without height: shown by a browser, not by Excel
    size: float = 12.0
    ink: str = "000000"
    paper: str = "FFFFFF"

    @property
    def is_unseen(self) -> bool:
        """Whether nobody sees text here."""
        gone = self.is_hidden or self.is_invisible or self.is_struck or self.size < SMALLEST
        return gone or is_unseen(self.ink, self.paper)

    @property
    def is_doubtful(self) -> bool:
        """Whether one person sees it and another does not."""
        return self.is_flat or is_pale(self.ink, self.paper)


class Elements:
    """The open elements of a page, and the look of the innermost."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._nodes: list[Node] = []
        self._looks: list[Look] = [Look()]

    @property
    def look(self) -> Look:
        """Of the innermost open element."""
        return self._looks[-1]

    def open(self, tag: str, attributes: Mapping[str, str]) -> Look:
        """Opens an element and tells its look; a void one is closed at once."""
        if tag in _ENDED_BY:
            self._end_implied(_ENDED_BY[tag])
        node = Node(
            tag,
            frozenset(attributes.get("class", "").lower().split()),
            attributes.get("id", "").lower(),
        )
        declared = self._sheet.declared(self._nodes, node, attributes.get("style", ""))
        look = _look(tag, attributes, declared, self.look)
        if tag not in VOID and len(self._nodes) < _DEEPEST:
            self._nodes.append(node)
            self._looks.append(look)
        return look

    def close(self, tag: str) -> Look:
        """Closes the innermost element of this name and what is open in it; tells its look."""
        for index in range(len(self._nodes) - 1, -1, -1):
            if self._nodes[index].tag == tag:
                look = self._looks[index + 1]
                del self._nodes[index:], self._looks[index + 1 :]
                return look
            if self._nodes[index].tag == "table":
                break
        return self.look

    def _end_implied(self, ended: set[str]) -> None:
        for index in range(len(self._nodes) - 1, max(-1, len(self._nodes) - 20), -1):
            if self._nodes[index].tag in ended:
                del self._nodes[index:], self._looks[index + 1 :]
            elif self._nodes[index].tag in ("table", "select", "ul", "ol", "div"):
                return


def _look(
    tag: str, attributes: Mapping[str, str], declared: Mapping[str, str], around: Look
) -> Look:
    size = _size(declared.get("font-size", ""), around.size)
    if tag == "font" and "font-size" not in declared:  # an attribute yields to any style
        size = _SIZES.get(attributes.get("size", "").strip(), size)
    ink = _colour(declared.get("color", "")) or (
        _colour(attributes.get("color", "").lower()) if tag == "font" else ""
    )
    ground = declared.get("background-color", declared.get("background", ""))
    paper = _colour(ground) or _colour(attributes.get("bgcolor", "").lower())
    visible = declared.get("visibility", "")
    flat = tag == "tr" and "0" in (
        attributes.get("height", "").strip(),
        re.sub(r"(?<=^0)(\.0*)?(px|pt|cm|mm|in|em)?$", "", declared.get("height", "")),
    )
    return replace(
        around,
        is_hidden=around.is_hidden or _is_hidden(tag, attributes, declared),
        is_invisible=visible in ("hidden", "collapse") if visible else around.is_invisible,
        is_struck=around.is_struck or tag in _STRUCK or _is_struck(declared),
        is_raised=around.is_raised
        or tag in _RAISED
        or declared.get("vertical-align") in ("super", "sub"),
        is_flat=around.is_flat or flat,
        size=size,
        ink=ink or around.ink,
        paper=paper or around.paper,
    )


def _is_hidden(tag: str, attributes: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    if tag in _UNSHOWN or "hidden" in attributes or declared.get("mso-hide") == "all":
        return True
    if tag == "option" and "selected" not in attributes:
        return True
    if declared.get("display") == "none" or declared.get("mso-element") == "comment":
        return True
    if tag == "tr" and declared.get("visibility") == "collapse":
        return True
    if _number(declared.get("opacity", "1")) == 0:
        return True
    cut = declared.get("overflow") in ("hidden", "clip")
    narrow = any(_number(declared.get(of, "1")) == 0 for of in ("height", "max-height", "width"))
    if cut and narrow:
        return True
    beside = declared.get("left", "") if declared.get("position") in ("absolute", "fixed") else ""
    return _number(declared.get("text-indent", "0")) < -400 or _number(beside or "0") < -400


def is_hiding(declared: Mapping[str, str]) -> bool:
    """Whether declarations could hide text, whichever element they are for."""
    if _is_hidden("", {}, declared) or _is_struck(declared):
        return True
    if declared.get("visibility") in ("hidden", "collapse"):
        return True
    return is_pale(_colour(declared.get("color", "")) or "000000", "FFFFFF")


def is_hidden_column(attributes: Mapping[str, str]) -> bool:
    """Whether a `col` is one that Excel keeps and does not show."""
    declared = parse_declarations(attributes.get("style", ""))
    return (
        _is_hidden("col", attributes, declared)
        or declared.get("visibility") == "collapse"
        or attributes.get("width", "").strip() in ("0", "0px")
    )


def _is_struck(declared: Mapping[str, str]) -> bool:
    lines = (declared.get(name, "") for name in ("text-decoration", "text-decoration-line"))
    return any("line-through" in each for each in lines)


def _colour(text: str) -> str:
    """A colour as RRGGBB, "" where there is none or it lets its ground through."""
    if found := _HEX.search(text):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return digits.upper()
    if found := _RGB.search(text):
        if found[4] and _number(found[4]) == 0:
            return ""
        return "".join(f"{min(255, int(each)):02X}" for each in found.groups()[:3])
    return next((_COLOURS[word] for word in text.split() if word in _COLOURS), "")


def _size(text: str, around: float) -> float:
    found = _LENGTH.fullmatch(text)
    if not found:
        return around
    if found[2] in ("em", "%"):
        return around * float(found[1]) / (1 if found[2] == "em" else 100)
    return float(found[1]) * _POINTS[found[2]]


def _number(text: str) -> float:
    found = _LENGTH.match(text)
    return float(found[1]) if found else 1.0
