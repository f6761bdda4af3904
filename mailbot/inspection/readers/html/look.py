"""How an element of a page is shown by a browser, Word or Excel, its ancestors' looks taken in."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from mailbot.inspection.readers.html.colours import CLEAR, NO_COLOUR, colour_of, ground_of
from mailbot.inspection.readers.html.harmless import (
    MOVING,
    Place,
    is_harmless,
    is_of_pictures,
    is_plain_format,
)
from mailbot.inspection.readers.html.lengths import points
from mailbot.inspection.readers.html.stylesheet import parse_declarations
from mailbot.inspection.readers.shown import SMALLEST, is_pale, is_unseen

_UNSHOWN = frozenset(
    "template datalist noframes noembed object audio video canvas iframe meter progress applet rt "
    "rp script style".split()
)


# What draws or moves its text in ways of its own.
_OF_ITS_OWN = frozenset("svg math marquee noscript xmp plaintext listing".split())


_OF_TABLES = frozenset("tr td th tbody thead tfoot col colgroup".split())


_INLINE = frozenset("span b i u font em strong a label small big code ins o:p".split())


_STRUCK = frozenset("del s strike".split())


_RAISED = frozenset("sup sub".split())


_INK_OF = {"font": "color", "body": "text", "basefont": "color"}


_INHERITED = frozenset(("", "inherit", "unset", "revert-layer"))


_BLOCK_DISPLAYS = frozenset("block table table-row list-item flex flow-root grid".split())


_LENGTH = re.compile(r"(-?\d*\.?\d+)(pt|px|em|rem|%|cm|mm|in|)")


_NAMED_SIZES = {"xx-small": 7.0, "x-small": 7.5, "small": 10.0, "medium": 12.0, "large": 13.5}


_SIZES = {"1": 7.5, "2": 10.0, "3": 12.0, "4": 13.5, "5": 18.0, "6": 24.0, "7": 36.0}


@dataclass(frozen=True, slots=True)
class Look:
    """How text is shown that stands in an element, its ancestors' looks taken in."""

    is_hidden: bool = False  # takes no place, whatever stands in it
    is_invisible: bool = False  # visibility: may be lifted further in
    is_struck: bool = False
    is_raised: bool = False
    is_flat: bool = False  # a row without height: shown by a browser, not by Excel
    is_untold: bool = False  # something is done to it that is not known to be harmless
    is_pictured: bool = False  # in a font of pictures
    is_reformatted: bool = False  # Excel shows figures otherwise than they are written
    is_cut: bool = False  # in a box that cuts off what does not fit in
    is_bringing: bool = False  # in letters that the page brings itself
    in_table: bool = False
    in_cell: bool = False
    size: float = 12.0
    ink: str = "000000"
    paper: str = "FFFFFF"
    other_ink: str = ""  # where a rule is not certain to be for it
    other_paper: str = ""
    plane: int = 0  # what may lie over the rest of the page, and what lies under it
    # Of the innermost element alone:
    is_block: bool = False  # by a declaration
    is_added_to: bool = False  # a sheet sets text before or behind it
    is_moved: bool = False

    @property
    def is_unseen(self) -> bool:
        """Whether nobody sees text here."""
        gone = self.is_hidden or self.is_invisible or self.is_struck or self.size < SMALLEST
        return gone or self.ink == CLEAR or is_unseen(self.ink, self.paper)

    @property
    def is_doubtful(self) -> bool:
        """Whether one person sees it and another does not."""
        inks = [each for each in (self.ink, self.other_ink) if each]
        papers = [each for each in (self.paper, self.other_paper) if each]
        pale = any(ink != CLEAR and is_pale(ink, paper) for ink in inks for paper in papers)
        return self.is_flat or self.is_untold or pale or CLEAR in inks


PLAIN = Look()


def either(one: Look, other: Look) -> Look:
    """The look of an element for which a rule holds or does not."""
    seen = (one.is_hidden, one.is_unseen, one.is_raised, one.is_block)
    differ = seen != (other.is_hidden, other.is_unseen, other.is_raised, other.is_block)
    return replace(
        one,
        is_hidden=one.is_hidden and other.is_hidden,
        is_invisible=one.is_invisible and other.is_invisible,
        is_struck=one.is_struck and other.is_struck,
        size=max(one.size, other.size),
        ink=other.ink if one.ink == CLEAR else one.ink,
        is_untold=differ or one.is_untold or other.is_untold,
        is_pictured=one.is_pictured or other.is_pictured,
        is_bringing=one.is_bringing or other.is_bringing,
        is_reformatted=one.is_reformatted or other.is_reformatted,
        is_cut=one.is_cut or other.is_cut,
        is_flat=one.is_flat or other.is_flat,
        is_added_to=one.is_added_to or other.is_added_to,
        is_moved=one.is_moved or other.is_moved,
        other_ink=other.ink if other.ink != one.ink else one.other_ink,
        other_paper=other.paper if other.paper != one.paper else one.other_paper,
    )


def look_of(
    tag: str,
    attributes: Mapping[str, str],
    declared: Mapping[str, str],
    around: Look,
    fonts: Collection[str],
) -> Look:
    """The look of an element by its attributes, the declarations that hold for it, and what is
    around it. `fonts`: families that the page brings itself."""
    size = _size(declared.get("font-size", "") or _size_in(declared.get("font", "")), around.size)
    if tag == "font" and "font-size" not in declared:  # an attribute yields to any style
        size = _SIZES.get(attributes.get("size", "").strip(), size)
    said = declared.get("color", "") or attributes.get(_INK_OF.get(tag, ""), "").strip().lower()
    ink = "000000" if said == "initial" else colour_of(said)
    ground = declared.get("background-color", declared.get("background", ""))
    paper = ground_of(ground) or ground_of(attributes.get("bgcolor", "").lower())
    visible = declared.get("visibility", "")
    flat = tag == "tr" and "0" in (
        attributes.get("height", "").strip(),
        re.sub(r"(?<=^0)(\.0*)?(px|pt|cm|mm|in|em)?$", "", declared.get("height", "")),
    )
    families = declared.get("font-family", declared.get("font", "")) or (
        attributes.get("face", "").lower() if tag == "font" else ""
    )
    table = around.in_table or tag == "table" or tag in _OF_TABLES
    place = Place(
        tag,
        in_table=around.in_table or tag in _OF_TABLES,
        in_cell=around.in_cell or tag in ("td", "th"),
        size=size,
        is_cut=around.is_cut or _cuts(declared),
        is_positioned=declared.get("position", "static") not in ("static", "sticky"),
    )
    harmful = [name for name, value in declared.items() if not is_harmless(name, value, place)]
    lifted = _is_lifted(harmful)
    if not place.in_table and declared.get("position") in ("absolute", "fixed"):
        # Exporting systems set whole tables so: what matters is what else lies there.
        harmful = [name for name in harmful if not _is_set_apart(name, declared[name])]
    if _is_cut_off(declared, place) or ("background" in attributes and place.in_table):
        harmful.append("overflow")
    textfill = declared.get("mso-style-textfill-fill-color", "")
    return replace(
        around,
        is_hidden=around.is_hidden or _is_hidden(tag, attributes, declared),
        is_invisible=around.is_invisible
        if visible in _INHERITED
        else visible in ("hidden", "collapse", "hide"),
        is_struck=around.is_struck or tag in _STRUCK or _is_struck(declared),
        is_raised=around.is_raised or tag in _RAISED or _is_shifted(tag, declared),
        is_flat=around.is_flat or flat,
        is_untold=(around.is_untold and tag != "summary")
        or bool(harmful)
        or (said not in ("", *NO_COLOUR) and not ink)
        or (textfill not in ("", said, "windowtext", "black") and not _is_dark(textfill))
        or _is_turned(tag, attributes),
        is_pictured=is_of_pictures(families) if families else around.is_pictured,
        is_bringing=any(each in families for each in fonts) if families else around.is_bringing,
        is_reformatted=_is_reformatted(declared, around),
        is_cut=place.is_cut,
        in_table=table,
        in_cell=place.in_cell,
        size=size,
        ink=ink or around.ink,
        paper=paper or around.paper,
        other_ink="" if ink else around.other_ink,
        other_paper="" if paper else around.other_paper,
        is_block=tag in _INLINE and declared.get("display") in _BLOCK_DISPLAYS,
        is_added_to="content" in harmful,
        is_moved=lifted,
    )


def _is_lifted(harmful: Collection[str]) -> bool:
    """Whether an element may lie over what is not its own place."""
    return any(MOVING.match(name.lstrip("-").partition("webkit-")[2] or name) for name in harmful)


def _is_set_apart(name: str, value: str) -> bool:
    if name in ("top", "left", "right", "bottom"):
        return (points(value, 12) or 0) > -100
    return name == "position"


def _cuts(declared: Mapping[str, str]) -> bool:
    said = " ".join(declared.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    return any(word in said for word in ("hidden", "clip", "auto", "scroll"))


def _is_cut_off(declared: Mapping[str, str], place: Place) -> bool:
    """Whether a box that cuts is too small for a figure, or, outside the table, for a table."""
    if not _cuts(declared):
        return False
    wide = [points(declared.get(name, ""), place.size) for name in ("width", "max-width")]
    high = [points(declared.get(name, ""), place.size) for name in ("height", "max-height")]
    narrow = 5 * place.size if place.in_table else 400.0
    low = 0.8 * place.size if place.in_table else 2000.0
    by_page = any(declared.get(name, "").endswith("%") for name in ("height", "max-height"))
    return any(each is not None and each < narrow for each in wide) or (
        not by_page and any(each is not None and each < low for each in high)
    )


def _is_reformatted(declared: Mapping[str, str], around: Look) -> bool:
    code = declared.get("mso-number-format", declared.get("numberformat", ""))
    return not is_plain_format(code) if code else around.is_reformatted


def _is_dark(colour: str) -> bool:
    ink = colour_of(colour)
    return bool(ink) and ink != CLEAR and not is_pale(ink, "FFFFFF")


def _is_hidden(tag: str, attributes: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    if tag in _UNSHOWN or declared.get("mso-hide") == "all":
        return True
    if "hidden" in attributes and declared.get("display", "none") == "none":
        return True
    if "popover" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    if tag == "option" and "selected" not in attributes:
        return True
    if declared.get("display") == "none" or declared.get("mso-element") == "comment":
        return True
    if tag == "tr" and declared.get("visibility") == "collapse":
        return True
    if declared.get("opacity", "1") in ("0", "0.0", "0%", ".0", "0.00"):
        return True
    narrow = any(_number(declared.get(of, "1")) == 0 for of in ("height", "max-height", "width"))
    if _cuts(declared) and narrow:
        return True
    beside = declared.get("left", "") if declared.get("position") in ("absolute", "fixed") else ""
    return _number(declared.get("text-indent", "0")) < -400 or _number(beside or "0") < -400


def _is_shifted(tag: str, declared: Mapping[str, str]) -> bool:
    """Raised or lowered: by name, by a length (which in a cell is its own place), by moving."""
    aligned = declared.get("vertical-align", "")
    if aligned in ("super", "sub"):
        return True
    by_length = _LENGTH.fullmatch(aligned) and tag not in ("td", "th", "tr", "table", "img")
    beside = declared.get("top", "") or declared.get("bottom", "")
    beside = beside if declared.get("position") == "relative" else ""
    raised = declared.get("mso-text-raise", "")
    return any(
        _LENGTH.fullmatch(by) and _number(by) != 0
        for by in (aligned * bool(by_length), beside, raised)
    )


def _is_turned(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in _OF_ITS_OWN or (tag == "details" and "open" not in attributes):
        return True
    return attributes.get("dir", "").strip().lower() in ("rtl", "auto")


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


def _size_in(font: str) -> str:
    """The size within the shorthand `font` (15.8): the first length, before a slash."""
    return next((word for word in font.partition("/")[0].split() if _LENGTH.fullmatch(word)), "")


def _size(text: str, around: float) -> float:
    if text in _NAMED_SIZES:
        return _NAMED_SIZES[text]
    if text == "initial":
        return 12.0
    if text.endswith("%") and _LENGTH.fullmatch(text):
        return around * float(text[:-1]) / 100
    found = points(text, around)
    return around if found is None else found


def _number(text: str) -> float:
    found = _LENGTH.match(text)
    return float(found[1]) if found else 1.0
