"""What a browser, Word or Excel shows of a page's text: the look of each open element."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import ImageColor

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
# Names of Windows' own colours, which Office writes; all others are Pillow's to know.
_COLOURS = {"window": "FFFFFF", "windowtext": "000000", "infotext": "000000", "menutext": "000000"}
_NO_COLOUR = frozenset("inherit initial unset currentcolor auto none".split())
_CLEAR = "clear"  # ink that lets all of its ground through
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^\s,/()]+)[\s,]+([^\s,/()]+)[\s,]+([^\s,/()]+)"
                       r"(?:[\s,/]+([\d.]+%?))?\s*\)")  # fmt: skip
# What may move, cut or turn round a text: what becomes of it is not worked out here.
_MOVING = {
    "transform": ("none",),
    "scale": ("none", "1"),
    "zoom": ("normal", "1", "100%"),
    "clip": ("auto",),
    "clip-path": ("none",),
    "filter": ("none",),
    "mask": ("none",),
    "unicode-bidi": ("normal", "embed", "isolate", "plaintext"),
    "content-visibility": ("visible", "auto"),
}
_KEPT = ("inherit", "initial", "unset")
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
    is_untold: bool = False  # moved, cut, folded away, or in a colour that is not understood
    size: float = 12.0
    ink: str = "000000"
    paper: str = "FFFFFF"

    @property
    def is_unseen(self) -> bool:
        """Whether nobody sees text here."""
        gone = self.is_hidden or self.is_invisible or self.is_struck or self.size < SMALLEST
        return gone or self.ink == _CLEAR or is_unseen(self.ink, self.paper)

    @property
    def is_doubtful(self) -> bool:
        """Whether one person sees it and another does not."""
        return self.is_flat or self.is_untold or is_pale(self.ink, self.paper)


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
    size = _size(declared.get("font-size", "") or _size_in(declared.get("font", "")), around.size)
    if tag == "font" and "font-size" not in declared:  # an attribute yields to any style
        size = _SIZES.get(attributes.get("size", "").strip(), size)
    said = declared.get("color", "") or (attributes.get("color", "").lower() * (tag == "font"))
    ink = _colour(said)
    ground = declared.get("background-color", declared.get("background", ""))
    paper = _ground(ground) or _ground(attributes.get("bgcolor", "").lower())
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
        is_raised=around.is_raised or tag in _RAISED or _is_shifted(tag, declared),
        is_flat=around.is_flat or flat,
        is_untold=(around.is_untold and tag != "summary")
        or (said not in ("", *_NO_COLOUR) and not ink)
        or _is_moved(tag, attributes, declared),
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


def _is_shifted(tag: str, declared: Mapping[str, str]) -> bool:
    """Raised or lowered: by name, by a length (which in a cell is its own place), by moving."""
    aligned = declared.get("vertical-align", "")
    if aligned in ("super", "sub"):
        return True
    by_length = _LENGTH.fullmatch(aligned) and tag not in ("td", "th", "tr", "table", "img")
    beside = declared.get("top", "") if declared.get("position") == "relative" else ""
    return any(_LENGTH.fullmatch(by) and _number(by) != 0 for by in (aligned * bool(by_length),
                                                                     beside))  # fmt: skip


def _is_moved(tag: str, attributes: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    if tag == "noscript" or (tag == "details" and "open" not in attributes):
        return True
    if tag == "bdo" and attributes.get("dir", "").strip().lower() == "rtl":
        return True
    if _number(declared.get("letter-spacing", "0") or "0") <= -3:
        return True
    return any(
        declared.get(name, usual[0]) not in (*usual, *_KEPT) for name, usual in _MOVING.items()
    )


def is_hiding(declared: Mapping[str, str]) -> bool:
    """Whether declarations could hide text, whichever element they are for."""
    if _is_hidden("", {}, declared) or _is_struck(declared):
        return True
    if declared.get("visibility") in ("hidden", "collapse") or _is_moved("", {}, declared):
        return True
    said = declared.get("color", "")
    ink = _colour(said)
    if ink == _CLEAR or (not ink and said not in ("", *_NO_COLOUR)):
        return True
    return is_pale(ink or "000000", "FFFFFF")


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
    through = declared.get("text-line-through", "none")  # Office's own
    return through not in ("none", "") or any("line-through" in each for each in lines)


def _colour(text: str) -> str:
    """A colour as RRGGBB, `_CLEAR`, or "" where none is named or it is not understood."""
    text = text.strip()
    if not text or text in _NO_COLOUR:
        return ""
    if text == "transparent":
        return _CLEAR
    if text in _COLOURS:
        return _COLOURS[text]
    if found := _FUNCTION.fullmatch(text):
        if found[5] and _number(found[5]) == 0:
            return _CLEAR
        text = f"{found[1]}({found[2]},{found[3]},{found[4]})"
    try:
        channels = ImageColor.getrgb(text)
    except ValueError:
        return ""
    if len(channels) == 4 and channels[3] == 0:
        return _CLEAR
    return "".join(f"{min(255, each):02X}" for each in channels[:3])


def _ground(text: str) -> str:
    """The colour among the words of a background; "" where it lets what is behind it through."""
    found = [_colour(text), *(_colour(word) for word in text.split())]
    return next((each for each in found if each not in ("", _CLEAR)), "")


def _size_in(font: str) -> str:
    """The size within the shorthand `font` (15.8): the first length, before a slash."""
    return next((word for word in font.partition("/")[0].split() if _LENGTH.fullmatch(word)), "")


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
