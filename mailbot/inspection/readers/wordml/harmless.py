"""Which properties of WordprocessingML leave a text where it stands and as it is written.

ISO/IEC 29500-1, 17.3 and 17.4, and Word 2003's names for the same. What is not listed here, or has
a value beyond what office programs write, leaves the text open: as `html.harmless` does for pages.
"""

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.shown import is_pale
from mailbot.inspection.readers.xmlparts import attribute, local

OFF = ("0", "false", "off", "none")
_MAIN = re.compile(r"\{[^}]*wordprocessingml/(?:2006/)?main\}|\{[^}]*word/2003/wordml\}|[^{]")
_WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"

# Whatever their value. Those of runs that take text away are worked out in `look`.
_ALWAYS: Mapping[str, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        "rPr": "rStyle rFonts b bCs b-cs i iCs i-cs caps smallCaps strike dstrike outline shadow "
        "emboss imprint noProof snapToGrid vanish webHidden kern sz szCs sz-cs highlight u bdr "
        "vertAlign position cs rtl em lang oMath effect cnfStyle hyphen rPrChange ins del moveTo "
        "moveFrom divId sectPrChange",
        "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr listPr "
        "suppressLineNumbers supressLineNumbers pBdr tabs suppressAutoHyphens kinsoku wordWrap "
        "overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid "
        "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
        "tcPr": "cnfStyle tcW gridSpan hMerge hmerge vMerge vmerge tcBorders noWrap textDirection "
        "textFlow tcFitText vAlign hideMark headers cellIns cellDel tcPrChange rsidTr",
        "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit tblHeader "
        "tblCellSpacing jc hidden ins del trPrChange",
        "tblPr": "tblStyle tblpPr tblOverlap tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription "
        "tblPrChange tblRtl bidiVisual tblpPrChange",
    }.items()
}
_OF_2010 = frozenset("textOutline ligatures numForm numSpacing cntxtAlts stylisticSets".split())
_DARK_NAMES = re.compile(r"tx[12]|dk[12]|text[12]|dark[12]|accent[1-6]|hlink|folHlink|phClr")
_LEAST_INDENT = -800  # twentieths of a point: tables of Word reach that far beyond the margin


def is_harmless(child: Element, kind: str) -> bool:
    """Whether this child of `rPr`, `pPr`, `tcPr`, `trPr` or `tblPr` leaves its text alone."""
    name = local(child)
    if child.tag.startswith(_WORD_2010):
        return name in _OF_2010 or (name == "textFill" and _is_dark_fill(child))
    if not _MAIN.match(child.tag) or name in _ALWAYS[kind]:
        return True
    judge = _JUDGED.get(name)
    return judge is not None and judge(child)


def number(text: str, otherwise: float) -> float:
    """What an attribute says, in its own unit; `otherwise` where it says no number."""
    try:
        return float(text.removesuffix("pt").removesuffix("%"))
    except ValueError:
        return otherwise


def _is_off(child: Element) -> bool:
    return attribute(child, "val") in OFF


def _is_colour(child: Element) -> bool:
    """A colour is worked out elsewhere, by what is written; Word takes the theme's before it."""
    theme, ink = attribute(child, "themeColor"), attribute(child, "val")
    return _agrees(theme, ink, attribute(child, "themeShade") + attribute(child, "themeTint"))


def _is_shading(child: Element) -> bool:
    theme, fill = attribute(child, "themeFill"), attribute(child, "fill")
    changed = attribute(child, "themeFillShade") + attribute(child, "themeFillTint")
    return _agrees(theme, fill, changed)


def _agrees(theme: str, colour: str, changed: str) -> bool:
    """Whether a colour of the theme is as light or dark as the one written beside it."""
    if not theme or changed not in ("", "FFFF") or not re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
        return True
    if theme in ("background1", "light1"):
        return is_pale(colour, "FFFFFF")
    return theme not in ("text1", "dark1") or not is_pale(colour, "FFFFFF")


def _is_usual_width(child: Element) -> bool:
    return 33 <= number(attribute(child, "val"), 100) <= 600


def _is_usual_spacing(child: Element) -> bool:
    """Of letters (17.3.2.35) or of lines (17.3.1.33): these have attributes of other names."""
    if attribute(child, "lineRule") in ("exact", "Exact"):
        return number(attribute(child, "line"), 240) >= 120
    return -60 <= number(attribute(child, "val"), 0) <= 2000


def _is_usual_indent(child: Element) -> bool:
    names = ("left", "start", "right", "end", "firstLine", "first-line")
    at = {name: number(attribute(child, name), 0) for name in names}
    out = number(attribute(child, "hanging"), 0)
    start = at["left"] + at["start"]
    least = min(start, start - out, start + at["firstLine"], at["right"] + at["end"])
    return least >= _LEAST_INDENT and max(at.values()) <= 8000


def _is_usual_height(child: Element) -> bool:
    exact = attribute(child, "hRule") in ("exact", "Exact")
    return not exact or number(attribute(child, "val"), 300) >= 140


def _is_usual_fit(child: Element) -> bool:
    """Office people spread labels so (调整宽度); a figure is pressed by it only where it is set
    to less than a letter or two."""
    return number(attribute(child, "val"), 0) >= 300


def _is_usual_table_indent(child: Element) -> bool:
    return -2000 <= number(attribute(child, "w"), 0) <= 10_000


def _are_usual_margins(child: Element) -> bool:
    return all(-20 <= number(attribute(each, "w"), 0) <= 1500 for each in child)


def _is_unlaid(child: Element) -> bool:
    """Two lines in one, or lying on its side (17.3.2.10): two in one are half as high."""
    combined = attribute(child, "combine") or attribute(child, "combine-brackets")
    return combined in ("", *OFF)


def _is_dark_fill(fill: Element) -> bool:
    """Word 2010's own filling of letters, which goes before their colour: WPS writes it often."""
    found = [each for each in fill.iter() if each is not fill]
    kinds = {local(each) for each in found}
    if not kinds <= {"solidFill", "schemeClr", "srgbClr", "lumMod", "lumOff", "shade", "satMod"}:
        return False
    for each in found:
        value = attribute(each, "val")
        if local(each) == "schemeClr" and not _DARK_NAMES.fullmatch(value):
            return False
        if local(each) == "srgbClr" and (len(value) != 6 or is_pale(value, "FFFFFF")):
            return False
        if local(each) == "lumOff" and number(value, 0) > 80_000:
            return False
    return bool(found)


_JUDGED: Mapping[str, Callable[[Element], bool]] = {
    "color": _is_colour,
    "shd": _is_shading,
    "w": _is_usual_width,
    "spacing": _is_usual_spacing,
    "ind": _is_usual_indent,
    "trHeight": _is_usual_height,
    "fitText": _is_usual_fit,
    "tblInd": _is_usual_table_indent,
    "tcMar": _are_usual_margins,
    "eastAsianLayout": _is_unlaid,
    "asianLayout": _is_unlaid,
    "specVanish": _is_off,
    "framePr": _is_off,
    "cellMerge": _is_off,
}
