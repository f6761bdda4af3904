"""Which properties of OpenDocument styles leave a text where it stands and as it is written.

ODF 1.2 part 1, 17 and 20, and what LibreOffice adds to it. What is not listed here, or has a value
beyond what office programs write, leaves the text open: as `html.harmless` does for pages.
"""

import re
from collections.abc import Callable, Mapping

_POINTS = {"pt": 1.0, "cm": 28.35, "mm": 2.835, "in": 72.0, "px": 0.75, "inch": 72.0}
_LENGTH = re.compile(r"(-?\d*\.?\d+)(pt|cm|mm|inch|in|px)")
_PERCENT = re.compile(r"(-?\d*\.?\d+)%")

# Whatever their value. Those that take text away are worked out in `shown`.
_ALWAYS: Mapping[str, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        "text": "color font-name font-family font-weight font-style font-charset font-pitch "
        "font-family-generic font-style-name language country script rfc-language-tag "
        "letter-kerning text-outline text-emphasize font-relief text-blinking font-variant "
        "text-rotation-angle text-rotation-scale hyphenate background-color text-shadow "
        "use-window-font-color opacity rsid paragraph-rsid text-combine-start-char "
        "text-combine-end-char condition char-shading-value shadow theme-color color-lum-mod "
        "color-lum-off font-independent-line-spacing",
        "paragraph": "text-align text-align-last justify-single-word break-before break-after "
        "keep-together keep-with-next widows orphans tab-stop-distance writing-mode "
        "writing-mode-automatic background-color background-transparency shadow number-lines "
        "line-number line-break text-autospace punctuation-wrap vertical-align register-true "
        "snap-to-layout-grid page-number font-independent-line-spacing auto-text-indent "
        "join-border contextual-spacing line-height-at-least fill-color opacity tab-stop "
        "allow-overlap hyphenation-ladder-count",
        "table-cell": "background-color vertical-align writing-mode wrap-option cell-protect "
        "print-content rotation-angle rotation-align direction shrink-to-fit repeat-content "
        "text-align-source decimal-places shadow glyph-orientation-vertical "
        "background-transparency vertical-justify",
        "table-row": "min-row-height use-optimal-row-height keep-together break-before "
        "break-after background-color",
        "table": "width rel-width align may-break-between-rows border-model writing-mode display "
        "keep-with-next break-before break-after background-color page-number shadow tab-color "
        "border-color background-transparency",
    }.items()
}
_FAMILIES = re.compile(
    r"text-(?:underline|overline|line-through)-|border|diagonal-|hyphenation-|padding\Z|"
    r"font-(?:name|family|weight|style|charset|pitch|family-generic|style-name)-|"
    r"(?:language|country|script|rfc-language-tag)-|fill-(?:hatch|gradient)-name|text-align"
)
_CASES = frozenset("none lowercase uppercase capitalize".split())


def is_harmless(kind: str, name: str, value: str) -> bool:
    """Whether this attribute of a style's `kind` of properties (text, paragraph, table-cell,
    table-row, table) leaves its text alone."""
    if kind not in _ALWAYS or name in _ALWAYS[kind] or _FAMILIES.match(name):
        return True
    judge = _JUDGED.get(name)
    return judge is not None and judge(value)


def points(length: str, otherwise: float) -> float:
    """A length in points."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _POINTS[found[2]] if found else otherwise


def _within(least: float, most: float, percent: float = -1000) -> Callable[[str], bool]:
    """A length between these points, or a share of at least so many percent."""

    def judge(value: str) -> bool:
        if found := _PERCENT.fullmatch(value):
            return percent <= float(found[1]) <= 1000
        if value in ("normal", "auto", "0", "none"):
            return True
        length = points(value, least - 1)
        return least <= length <= most

    return judge


def _is_usual_position(value: str) -> bool:
    """`super 58%`: where it is raised it is worked out; letters of some percent are a dot."""
    _, _, height = value.partition(" ")
    found = _PERCENT.fullmatch(height)
    return not height or (found is not None and float(found[1]) >= 30)


def _is_share_or_length(value: str) -> bool:
    """A share of what is around it; how small a length is, is worked out elsewhere."""
    found = _PERCENT.fullmatch(value)
    return float(found[1]) >= 40 if found else bool(_LENGTH.fullmatch(value))


_MARGIN = _within(-40, 2000, 0)
_JUDGED: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("margin", "margin-top", "margin-bottom"), _within(-3, 2000, 0)),
    **dict.fromkeys(("margin-left", "margin-right", "text-indent"), _MARGIN),
    **dict.fromkeys(
        [f"padding-{side}" for side in ("left", "right", "top", "bottom")], _within(0, 60)
    ),
    "letter-spacing": _within(-2, 60),
    "line-height": _within(7, 200, 60),
    "line-spacing": _within(0, 200),
    "row-height": _within(7, 5000),
    "font-size": _is_share_or_length,
    "font-size-asian": _is_share_or_length,
    "font-size-complex": lambda value: True,
    "font-size-rel": _within(-2, 100),
    "font-size-rel-asian": _within(-2, 100),
    "text-scale": _within(0, 0, 33),
    "text-position": _is_usual_position,
    "text-transform": lambda value: value in _CASES,
    "text-combine": lambda value: value in ("none", "letters"),
    "display": lambda value: value in ("none", "true"),
    "fill": lambda value: value in ("none", "solid"),
    "fill-image-name": lambda value: not value,
}


# Elements of `text:` in OpenDocument 1.3, part 3, chapters 4 to 8: alone, or as a family.
_TEXT_ELEMENTS = frozenset(
    "p h span a s tab line-break soft-page-break section numbered-paragraph date time title subject"
    " chapter expression measure meta meta-field description keywords placeholder conditional-text"
    " text-input script execute-macro forms linenumbering-configuration linenumbering-separator"
    " outline-level-style outline-style sheet-name template-name file-name initial-creator creator"
    " insertion deletion format-change tracked-changes changed-region change change-start"
    " change-end tab-stop paragraph-count word-count character-count table-count image-count"
    " section-source hidden-text hidden-paragraph user-defined note notes-configuration"
    " list object-count".split()
)
_TEXT_FAMILIES = (
    "list-",
    "bookmark",
    "reference-",
    "note-",
    "ruby",
    "page-",
    "author-",
    "sender-",
    "creation-",
    "modification-",
    "print",
    "editing-",
    "user-field-",
    "user-index",
    "variable-",
    "sequence",
    "database-",
    "dde-connection",
    "index-",
    "table-of-content",
    "toc-mark",
    "alphabetical-index",
    "bibliography",
    "illustration-index",
    "object-index",
    "table-index",
    "sort-key",
)
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def is_known_element(tag: str) -> bool:
    """Whether an element of `text:` is the standard's: nobody knows what is shown of others."""
    name = tag.removeprefix(_TEXT)
    return name == tag or name in _TEXT_ELEMENTS or name.startswith(_TEXT_FAMILIES)
