"""The colours that pages name, as RRGGBB (CSS Color 4, and the names Office writes)."""

import re

from PIL import ImageColor

# Names of Windows' own colours, which Office writes; all others are Pillow's to know.
_COLOURS = {"window": "FFFFFF", "windowtext": "000000", "infotext": "000000", "menutext": "000000"}
NO_COLOUR = frozenset("inherit initial unset currentcolor auto none".split())
CLEAR = "clear"  # ink that lets all of its ground through
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^\s,/()]+)[\s,]+([^\s,/()]+)[\s,]+([^\s,/()]+)"
                       r"(?:[\s,/]+([\d.]+%?))?\s*\)")  # fmt: skip


def colour_of(text: str) -> str:
    """A colour as RRGGBB, `CLEAR`, or "" where none is named or it is not understood."""
    text = text.strip()
    if not text or text in NO_COLOUR:
        return ""
    if text == "transparent":
        return CLEAR
    if text in _COLOURS:
        return _COLOURS[text]
    if found := _FUNCTION.fullmatch(text):
        if found[5] and not re.search("[1-9]", found[5]):
            return CLEAR
        text = f"{found[1]}({found[2]},{found[3]},{found[4]})"
    try:
        channels = ImageColor.getrgb(text)
    except ValueError:
        return ""
    if len(channels) == 4 and channels[3] == 0:
        return CLEAR
    return "".join(f"{min(255, each):02X}" for each in channels[:3])


def ground_of(text: str) -> str:
    """The colour among the words of a background; "" where it lets what is behind it through."""
    found = [colour_of(text), *(colour_of(word) for word in text.split())]
    return next((each for each in found if each not in ("", CLEAR)), "")
