"""How a text of OpenDocument looks by the properties that hold for it (ODF 1.2 part 1, 20)."""

import re
from collections.abc import Iterator, Mapping

from mailbot.inspection.readers.odt.harmless import points
from mailbot.inspection.readers.shown import SMALLEST, is_pale, is_unseen

# A collapsed row: hidden by the standard (19.749), shown by LibreOffice Writer all the same.
COLLAPSED = "collapsed row"
PLACEHOLDER = "placeholder"  # of a content control: what stands there until somebody writes
_NARROW = 20.0  # percent of a letter's width
UNTOLD = "untold"  # something is done to it that is not known to be harmless

Look = Mapping[str, str]


def is_raised(look: Look) -> bool:
    """`super 58%`, `33% 58%`; a shift of nothing is none (20.384)."""
    shift = look.get("text-position", "").split(" ")[0]
    return shift not in ("", "0%", "0")


def is_not_seen(look: Look) -> bool:
    """Whether nobody sees it: not shown, struck out, too small, clear or in its ground's colour."""
    if look.get("display") == "none":
        return True
    if any(look.get(f"text-line-through-{of}", "none") != "none" for of in ("style", "type")):
        return True
    if points(look.get("font-size", ""), 12) < SMALLEST or _opacity(look) == 0:
        return True
    return any(is_unseen(ink, paper) for ink, paper in _colours(look))


def is_doubtful(look: Look) -> bool:
    """Whether one person or program may see it and another not."""
    if COLLAPSED in look or PLACEHOLDER in look or UNTOLD in look or _opacity(look) < _NARROW:
        return True
    if look.get("text-line-through-text"):  # struck out with signs, where no line is named
        return True
    # Letters pressed to a line, or set over one another.
    size = points(look.get("font-size", ""), 12)
    over = points(look.get("letter-spacing", ""), 0) <= -size / 2
    if over or _percent(look, "text-scale") <= _NARROW:
        return True
    return any(is_pale(ink, paper) for ink, paper in _colours(look))


def _colours(look: Look) -> Iterator[tuple[str, str]]:
    ink = look.get("color", "")
    if look.get("use-window-font-color") == "true" or not is_colour(ink):
        return
    paper = look.get("text-background", "transparent")
    if not is_colour(paper):
        paper = look.get("paper", "#ffffff")
    yield ink[1:], paper[1:] if is_colour(paper) else "FFFFFF"


def is_colour(text: str) -> bool:
    """Whether it is a colour as OpenDocument writes one: #12AB90."""
    return re.fullmatch(r"#[0-9A-Fa-f]{6}", text) is not None


def _opacity(look: Look) -> float:
    """Percent. LibreOffice writes 0% beside the window's own colour, which is not clear."""
    if look.get("use-window-font-color") == "true" or not is_colour(look.get("color", "")):
        return 100.0
    return _percent(look, "opacity")


def _percent(look: Look, name: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", look.get(name, ""))
    return float(found[1]) if found else 100.0
