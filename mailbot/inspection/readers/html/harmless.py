"""Which declarations of CSS leave a text where it stands and as it is written.

A list of what hides or moves text is never whole: `rotate`, `mask` and `mix-blend-mode` came after
the lists that did not know them. So the list here is of what is harmless: what office programs,
web mail and exporting systems write into pages, each with the values that do nothing to a figure.
What is not on it leaves the text open (CSS 2.1, CSS snapshot 2023, and the `mso-` properties of
Microsoft Office HTML).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailbot.inspection.readers.html.harmless_values import (
    ALWAYS,
    ALWAYS_BEGINNING,
    BULLETS,
    KEPT,
    NONE_BEGINNING,
    USUAL,
    WORKED_OUT,
)
from mailbot.inspection.readers.html.lengths import points

_PREFIX = re.compile(r"-(?:webkit|moz|ms|o|khtml)-(?=.)")

_OFFSETS = frozenset("top left right bottom".split())
_SIDED = re.compile(r"(margin|padding)(?:-(top|right|bottom|left|inline|block))?(?:-start|-end)?")
_WITHOUT_MARGINS = frozenset("td th tr tbody thead tfoot".split())  # CSS 2.1, 8.3
_BLOCKS = frozenset("p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd center blockquote pre form".split())
# What carries an element to another place, where it may lie over another's text.
MOVING = re.compile(
    r"position|top|left|right|bottom|inset|margin|transform|translate|offset|rotate|scale|zoom"
)
# Fonts whose letters are pictures: what stands there is not what is written.
_OF_PICTURES = re.compile(
    r"wingdings|webdings|dingbats|marlett|mt extra|symbol(?!a)|fontawesome|font awesome|icons?\b"
)
_PLAIN_FORMAT = re.compile(
    r"[\"']?(?:general|fixed|standard|@|[#0?,._() \-;*¥￥]|[\"']-[\"']|\[red\]|\\[-() ;_])*[\"']?"
)
_SCALED = re.compile(r"[0#?],+(?![0#?])")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a declaration takes effect."""

    tag: str = ""
    in_table: bool = False  # a part of a table, or within one
    in_cell: bool = False  # within a cell, or one
    size: float = 12.0  # of its letters, in points
    is_cut: bool = False  # within a box that cuts what does not fit in
    is_positioned: bool = False


def is_idle(name: str) -> bool:
    """Whether a property does nothing to any text whatever its value."""
    name = _PREFIX.sub("", name, count=1)
    return name in ALWAYS or bool(ALWAYS_BEGINNING.match(name))


def is_harmless(name: str, value: str, place: Place) -> bool:
    """Whether this declaration leaves the text of its element as it is written."""
    name = _PREFIX.sub("", name, count=1)
    if is_idle(name) or name in WORKED_OUT or not value:
        return True
    if value in KEPT:
        return name != "all"
    if name in USUAL and value in USUAL[name]:
        return True
    if name.startswith(NONE_BEGINNING):
        return value in ("none", "auto", "normal", "alpha(opacity=100)")
    judge = _JUDGED.get(name) or (_is_near_enough if _SIDED.fullmatch(name) else None)
    return judge is not None and judge(name, value, place)


def is_of_pictures(families: str) -> bool:
    """Whether the first font of these shows pictures for letters."""
    return bool(_OF_PICTURES.search(families.partition(",")[0]))


def is_plain_format(code: str) -> bool:
    """Whether a number format of Office shows the digits that are stored (ECMA-376, 18.8.31)."""
    return bool(_PLAIN_FORMAT.fullmatch(code)) and not _SCALED.search(code)


def _within(least: float, most: float) -> Callable[[str, str, Place], bool]:
    """Every length of the value lies between these, in points; words are harmless ones."""

    def judge(name: str, value: str, place: Place) -> bool:
        found = [points(word, place.size) for word in value.split()]
        return all(each is not None and least <= each <= most for each in found)

    return judge


def _is_near_enough(name: str, value: str, place: Place) -> bool:
    """A margin or padding. Word sets tables and the paragraphs of narrow cells out by some points;
    a run that is set out by more lies over what stands beside it."""
    sided = _SIDED.fullmatch(name)
    if sided is None or (sided[1] == "margin" and place.tag in _WITHOUT_MARGINS):
        return sided is not None
    words = [word for word in value.split() if word != "auto"]
    sides = [sided[2]] if sided[2] else _of_sides(len(words))
    most = 40.0 if place.is_cut else 600.0
    for side, word in zip(sides, words, strict=False):
        length = points(word, place.size)
        if length is None:
            return False
        across = side in ("left", "right", "inline")
        if not place.in_cell or place.tag == "table":
            least = -100.0 if across else -3.0
        elif place.tag in _BLOCKS:
            least = -12.0 if across else -3.0
        else:
            least = -1.2
        if not least <= length <= most or (sided[1] == "padding" and length < 0):
            return False
    return len(words) <= 4


def _of_sides(count: int) -> list[str]:
    """The sides that so many lengths are for (CSS 2.1, 8.3): 1 all, 2 and 3 by axes, 4 clockwise;
    one that is for both axes is held to the narrower."""
    return {1: ["top"], 2: ["top", "left"], 3: ["top", "left", "bottom"]}.get(
        count, ["top", "right", "bottom", "left"]
    )


def _is_at_rest(name: str, value: str, place: Place) -> bool:
    if value in ("auto", "") or not place.is_positioned:
        return True
    length = points(value, place.size)
    return length is not None and abs(length) <= (12.0 if name in ("top", "bottom") else 2.0)


def _is_ordinary_line(name: str, value: str, place: Place) -> bool:
    if value in ("normal", "auto"):
        return True
    if re.fullmatch(r"\d*\.?\d+", value):
        return 0.7 <= float(value) <= 6
    if value.endswith("%"):
        return (points(value, 1) or 0) / 400 >= 0.7 and (points(value, 1) or 0) <= 2400
    length = points(value, place.size)
    return length is not None and place.size * 0.7 <= length <= 90


def _is_ground(name: str, value: str, place: Place) -> bool:
    """Colours are worked out elsewhere; a picture behind a cell may hold figures of its own."""
    if "gradient(" in value or "image-set(" in value or "element(" in value or "var(" in value:
        return False
    return "url(" not in value or not place.in_table


def _are_thin(name: str, value: str, place: Place) -> bool:
    """An outline or a shadow that reaches no further than its own cell's edge."""
    if value in ("none", "0", "invert", "auto"):
        return True
    if "inset" in value:
        return False
    lengths = (points(word, place.size) for word in re.sub(r"\([^)]*\)", "", value).split())
    return all(abs(each) <= 12 for each in lengths if each is not None)


def _is_line(name: str, value: str, place: Place) -> bool:
    """Lines through a text are worked out elsewhere; one that blinks or is thick is not."""
    return "var(" not in value and "blink" not in value


def _is_shown(name: str, value: str, place: Place) -> bool:
    try:
        share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        return False
    return share == 0 or share >= 0.5


def _is_in_the_flow(name: str, value: str, place: Place) -> bool:
    return value in ("static", "relative", "sticky")


def _is_bullet(name: str, value: str, place: Place) -> bool:
    return not place.in_cell or set(value.split()) <= BULLETS


def _is_outside_cells(name: str, value: str, place: Place) -> bool:
    return not place.in_table


def _is_block(name: str, value: str, place: Place) -> bool:
    if value == "list-item":  # with a bullet or a number
        return place.tag == "li" or not place.in_cell
    return value in ("grid", "inline-grid") and not place.in_table


def _is_cutting_nothing(name: str, value: str, place: Place) -> bool:
    """What is cut off depends on the size beside it: asked there."""
    return set(value.split()) <= {"visible", "hidden", "auto", "scroll", "clip", "overlay"}


def _is_size(name: str, value: str, place: Place) -> bool:
    known = "auto min-content max-content fit-content thin none -webkit-fill-available".split()
    return (
        value in known
        or points(value, place.size) is not None
        or bool(re.fullmatch(r"calc\([\d.%a-z+* -]*\)|[\d.]+(?:vw|vh|svh|dvh)", value))
    )


def _is_letter_size(name: str, value: str, place: Place) -> bool:
    named = "xx-small x-small small medium large x-large xx-large smaller larger".split()
    return value in named or points(value, place.size) is not None


_JUDGED: Mapping[str, Callable[[str, str, Place], bool]] = {
    "letter-spacing": lambda name, value, place: (
        value == "normal" or _within(-0.1 * place.size, 2 * place.size)(name, value, place)
    ),
    "word-spacing": lambda name, value, place: (
        value == "normal" or _within(-1, 60)(name, value, place)
    ),
    "text-indent": lambda name, value, place: _within(
        -400 if not place.in_cell else -60, 10 if place.is_cut else 200
    )(name, value.removesuffix(" hanging").removesuffix(" each-line"), place),
    "text-stroke-width": _within(0, 1),
    "text-stroke": lambda name, value, place: value.startswith("0"),
    "text-decoration": _is_line,
    "text-decoration-line": _is_line,
    "text-decoration-thickness": lambda name, value, place: (
        value in ("auto", "from-font") or _within(0, 2.5)(name, value, place)
    ),
    "text-line-through": _is_line,
    "line-height": _is_ordinary_line,
    "font-size": _is_letter_size,
    "background": _is_ground,
    "background-color": _is_ground,
    "background-image": _is_ground,
    "outline": _are_thin,
    "outline-width": _are_thin,
    "outline-offset": _are_thin,
    "box-shadow": _are_thin,
    "opacity": _is_shown,
    "position": _is_in_the_flow,
    "float": _is_outside_cells,
    "column-gap": _is_outside_cells,
    "row-gap": _is_outside_cells,
    "columns": _is_outside_cells,
    "column-count": _is_outside_cells,
    "column-width": _is_outside_cells,
    "grid": _is_outside_cells,
    "grid-template": _is_outside_cells,
    "grid-template-columns": _is_outside_cells,
    "grid-template-rows": _is_outside_cells,
    "grid-template-areas": _is_outside_cells,
    "grid-gap": _is_outside_cells,
    "display": _is_block,
    "list-style": _is_bullet,
    "list-style-type": _is_bullet,
    "overflow": _is_cutting_nothing,
    "overflow-x": _is_cutting_nothing,
    "overflow-y": _is_cutting_nothing,
    "width": _is_size,
    "height": _is_size,
    "max-width": _is_size,
    "max-height": _is_size,
    "mso-font-width": lambda name, value, place: _within(200, 800)(name, value, place),
    "mso-style-textfill-fill-alpha": lambda name, value, place: value.startswith("100"),
    **dict.fromkeys(_OFFSETS, _is_at_rest),
}
