"""What Word shows of a WordprocessingML tree: the rest is taken out of it before it is read.

Run properties come from the run, its character and paragraph styles, the table's style and the
document's defaults (ISO/IEC 29500-1, 17.7.2; on/off properties in several styles cancel each
other, 17.7.3).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.shown import (
    MAYBE_HIDDEN,
    MAYBE_SIGN,
    PICTORIAL,
    SMALLEST,
    is_pale,
    is_unseen,
    raised_text,
)
from mailbot.inspection.readers.wordharmless import OFF, number
from mailbot.inspection.readers.wordstyles import (
    Styles,
    children,
    is_number,
    is_on,
    paper_of,
    says_more,
    values_of,
)
from mailbot.inspection.readers.xmlparts import attribute, local

# Deleted, moved away, field codes, phonetic guides, a box's second rendering, an exponent.
_GONE = {"del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "Fallback"}
_TEXTS = {"t", "sym", "tab", "br", "cr", "noBreakHyphen", "ptab"}
# What else a run may hold that says nothing by itself, or is looked at elsewhere.
_SILENT = frozenset(
    "rPr fldChar softHyphen footnoteReference endnoteReference footnoteRef endnoteRef "
    "commentReference annotationRef separator continuationSeparator lastRenderedPageBreak drawing "
    "pict object ruby AlternateContent annotation contentPart control binData permStart "
    "permEnd bookmarkStart bookmarkEnd proofErr".split()
)
# A row of exactly this height (twentieths of a point) shows nothing of a line of text.
_FLAT_ROW = 90
_NARROW = 20  # percent of a letter's width
_TWIPS_PER_HALF_POINT = 10
_DIGIT = re.compile(r"\d")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TOGGLES = ("strike", "vanish")
_DEEPEST = 400
# What Word 2010 and later understand, by the prefixes that all programs write for it.
_UNDERSTOOD = frozenset(
    "wps wpg wpc wpi w14 w15 w16 w16se w16cid w16cex w16du wp14 wp15 a14 cx cx1 cx2 cx3 cx4 aink "
    "am3d v ve o wne".split()
)

Properties = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Around:
    """What surrounds a run."""

    paragraph: str = ""  # style ids
    table: str = ""
    paper: str = "FFFFFF"
    placeholder: bool = False
    raised: bool = False  # an exponent of a formula
    reversed: bool = False  # written from right to left, against its letters
    untold: bool = False  # something is done to it that is not known to be harmless
    in_cell: bool = False


@dataclass(slots=True)
class _Run:
    element: Element
    raised: bool


@dataclass(slots=True)
class _Paragraph:
    runs: list[_Run] = field(default_factory=list)


class Shown:
    """Takes out of the parts of one document what is not shown; fields may span paragraphs."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[bool] = []  # open fields: whether their result has begun
        self._paragraphs: list[_Paragraph] = [_Paragraph()]

    def prune(self, story: Element) -> None:
        """Removes what is not shown from a body, a header, a note."""
        self._fields.clear()
        around = _Around(self._styles.paragraph, self._styles.table, untold=self._styles.untold)
        if any(_is_coloured(child) for child in children(story, "background")):
            around = replace(around, paper="")
        self._walk(story, around, 0)

    def _walk(self, element: Element, around: _Around, depth: int) -> None:
        kept = []
        for child in element:
            name = local(child)
            if name in _GONE or _is_hidden(child, name) or depth > _DEEPEST:
                continue
            kept.append(child)
            if name == "AlternateContent" and _choose(child):
                self._walk(child, replace(around, untold=True), depth + 1)
                continue
            if name == "r":
                self._run(child, around, depth)
            elif name == "p":
                self._paragraphs.append(_Paragraph())
                inside = self._inside(child, name, around)
                self._walk(child, inside, depth + 1)
                _settle_raised(self._paragraphs.pop())
                if inside.in_cell and self._is_numbered(child, inside.paragraph):
                    _mark_first(child)
            elif name not in ("rPr", "pPr"):
                self._walk(child, self._inside(child, name, around), depth + 1)
        if len(kept) < len(element):
            element[:] = kept

    def _inside(self, element: Element, name: str, around: _Around) -> _Around:
        if name == "sdt":
            holds = any(
                local(each) == "showingPlcHdr" and is_on(each)
                for properties in children(element, "sdtPr")
                for each in properties
            )
            return replace(around, placeholder=True) if holds else around
        if name == "bdo" and attribute(element, "val") == "rtl":
            return replace(around, reversed=True)
        if name in ("sup", "sub", "den") and element.tag.startswith(_MATH):
            if name != "den":
                return replace(around, raised=True)
            first = next((each for each in element.iter() if local(each) == "t"), None)
            if first is not None:
                first.text = f"/{first.text or ''}"
            return around
        if name not in ("p", "tbl", "tc", "tr"):
            return around
        styles, paper = {"p": self._styles.paragraph, "tbl": self._styles.table}, None
        style = styles.get(name, "")
        untold = around.untold
        for properties in children(element, f"{name}Pr"):
            untold |= says_more(properties, f"{name}Pr")
            for child in children(properties, {"p": "pStyle", "tbl": "tblStyle"}.get(name, "-")):
                style = attribute(child, "val")
            paper = paper_of(properties)
        if paper is None and name != "tc":
            paper = self._styles.paper(style)
        around = around if paper is None else replace(around, paper=paper)
        around = replace(around, untold=untold, in_cell=around.in_cell or name == "tc")
        if name == "p":
            return replace(around, paragraph=style)
        return replace(around, table=style) if name == "tbl" else around

    def _is_numbered(self, paragraph: Element, style: str) -> bool:
        own = [
            each
            for properties in children(paragraph, "pPr")
            for each in properties
            if local(each) in ("numPr", "listPr")
        ]
        return any(map(is_number, own)) if own else self._styles.is_numbered(style)

    def _run(self, run: Element, around: _Around, depth: int) -> None:
        direct: dict[str, str] = {}
        for properties in children(run, "rPr"):
            direct = values_of(properties)
            if says_more(properties, "rPr"):
                around = replace(around, untold=True)
        look = _Look(direct, around, self._styles)
        kept: list[Element] = []
        noted = any(
            local(child) in ("footnoteReference", "endnoteReference")
            and attribute(child, "customMarkFollows") in ("1", "true", "on")
            for child in run
        )
        hidden = look.is_hidden
        for child in run:
            name = local(child)
            if name == "fldChar":
                self._field(attribute(child, "fldCharType"))
                kept.extend(_field_value(child))
            if name in _GONE:
                continue
            in_code = not all(self._fields)
            is_text = name in _TEXTS
            gone = in_code or hidden or look.is_struck or noted
            unseen = gone or look.is_invisible
            if is_text and not gone and look.is_invisible and look.is_untold:
                child.text = MAYBE_HIDDEN
                kept.append(child)
                continue
            if is_text and (unseen or (around.placeholder and not _DIGIT.search(child.text or ""))):
                continue
            if not is_text and name not in _SILENT and not hidden:
                kept.append(_unknown_sign())  # a page's number, a date
                continue
            if hidden and name in ("pict", "drawing", "object", "AlternateContent"):
                continue
            kept.append(child)
            doubtful = look.is_doubtful or around.placeholder or around.reversed
            if is_text and child.text and look.is_pictured:
                child.text = f"{MAYBE_SIGN}{child.text}{MAYBE_SIGN}"
            if is_text and child.text and doubtful:
                child.text += MAYBE_HIDDEN
            if not is_text and name not in ("rPr", "fldChar"):
                if not _is_hidden_box(child):
                    untold = name == "AlternateContent" and _choose(child)
                    within = replace(around, untold=True) if untold else around
                    self._walk(child, within, depth + 1)
                else:
                    kept.pop()
        run[:] = kept
        self._paragraphs[-1].runs.append(_Run(run, look.is_raised or around.raised))

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()


class _Look:
    """How a run is shown."""

    def __init__(self, direct: Properties, around: _Around, styles: Styles) -> None:
        of_character = styles.run(direct.get("rstyle", ""))
        of_paragraph = styles.run(around.paragraph)
        of_table = styles.run(around.table)
        levels = (direct, of_character, of_paragraph, of_table, styles.defaults)

        def value(name: str) -> str:
            return next((level[name] for level in levels if name in level), "")

        def is_on(name: str) -> bool:
            if name in direct or name not in _TOGGLES:
                return value(name) == "on"
            if styles.defaults.get(name) == "on":
                return True
            through = (of_character, of_paragraph, of_table)
            return sum(level.get(name) == "on" for level in through) % 2 == 1

        size, raised = number(value("sz"), 21), value("vertalign")
        self.is_hidden = is_on("vanish")
        self.is_struck = is_on("strike") or is_on("dstrike")
        self.is_raised = raised in ("superscript", "subscript") or (
            abs(number(value("position"), 0)) >= 5
        )
        paper, ink = value("paper") or around.paper, value("color").upper()
        known = len(ink) == 6 and bool(paper)
        white = ink == "FFFFFF" and not paper
        self.is_invisible = size < 2 * SMALLEST or (known and is_unseen(ink, paper))
        # Letters that are pressed to a line, or set over one another (17.3.2.43 and 17.3.2.35).
        narrow = number(value("w"), 100) <= _NARROW
        over = number(value("spacing"), 0) <= -size * _TWIPS_PER_HALF_POINT / 2
        self.is_untold = around.untold or any(
            styles.is_untold(name)
            for name in (direct.get("rstyle", ""), around.paragraph, around.table)
        )
        marked = value("marked") == "on" and len(ink) != 6 and bool(paper)
        pale = (known and is_pale(ink, paper)) or (marked and is_pale("000000", paper))
        self.is_doubtful = self.is_untold or is_on("webhidden") or white or narrow or over or pale
        self.is_pictured = bool(PICTORIAL.search(value("font")))


def _unknown_sign() -> Element:
    sign = Element("t")
    sign.text = MAYBE_SIGN
    return sign


def _is_coloured(background: Element) -> bool:
    """Whether the page has a colour of its own, on which white letters may be seen."""
    return attribute(background, "color").upper() not in ("", "AUTO", "FFFFFF")


def _choose(alternate: Element) -> bool:
    """Leaves of an AlternateContent what Word shows (ISO/IEC 29500-3, 10.2): the first choice of
    which it understands all it requires, else the fallback. Whether another program would show
    another text, since it understands less."""
    choices = list(children(alternate, "Choice"))
    fallbacks = list(children(alternate, "Fallback"))
    shown = [each for each in choices if set(attribute(each, "Requires").split()) <= _UNDERSTOOD][
        :1
    ] or fallbacks[:1]
    said = {"".join(text.text or "" for text in each.iter() if local(text) == "t")
            for each in (*choices, *fallbacks)}  # fmt: skip
    for each in shown:
        each.tag = each.tag.replace("}Fallback", "}Choice")
    alternate[:] = shown
    return len(said) > 1


def _mark_first(paragraph: Element) -> None:
    """Marks that something stands before the paragraph's text: its number in a list."""
    first = next((each for each in paragraph.iter() if local(each) == "t" and each.text), None)
    if first is not None:
        first.text = f"{MAYBE_SIGN}{first.text}"


def _settle_raised(paragraph: _Paragraph) -> None:
    """Note marks go once the whole paragraph is known: a text that is raised as a whole stays."""
    runs = [(each, _run_text(each.element)) for each in paragraph.runs]
    if not any(each.raised for each, _ in runs):
        return
    before = ""
    for index, (each, text) in enumerate(runs):
        if not each.raised:
            before += text
            continue
        after = "".join(other for run, other in runs[index + 1 : index + 20] if not run.raised)
        left = raised_text(text, before[-20:], after[:20])
        if left != text:
            texts = [child for child in each.element if local(child) == "t"]
            each.element[:] = [
                child for child in each.element if local(child) not in _TEXTS or child in texts[:1]
            ]
            if texts:
                texts[0].text = left


def _run_text(run: Element) -> str:
    return "".join(child.text or "" for child in run if local(child) == "t")


def _is_hidden(element: Element, name: str) -> bool:
    """A hidden or deleted row or cell, a deletion of Word 2003, a hidden drawing."""
    if name == "tr":
        for properties in children(element, "trPr"):
            for child in properties:
                kind = local(child)
                if kind in ("hidden", "del") and is_on(child):
                    return True
                if kind == "trHeight" and attribute(child, "hRule") in ("exact", "Exact"):
                    return number(attribute(child, "val"), _FLAT_ROW) < _FLAT_ROW
    elif name == "tc":
        return any(
            local(child) == "cellDel"
            for properties in children(element, "tcPr")
            for child in properties
        )
    elif name == "annotation":  # Word 2003
        return attribute(element, "type") in ("Word.Deletion", "Word.Comment")
    return False


def _field_value(field_begin: Element) -> Iterator[Element]:
    """What a form field shows that keeps its value in its settings: a choice, a ticked box."""
    for kind in field_begin.iter():
        values = {local(child): attribute(child, "val") for child in kind}
        text = ""
        if local(kind) == "ddList":
            entries = [attribute(child, "val") for child in children(kind, "listEntry")]
            at = values.get("result", values.get("default", "0"))
            text = entries[int(at)] if at.isdecimal() and int(at) < len(entries) else ""
        elif local(kind) == "checkBox":
            ticked = values.get("checked", values.get("default", "0"))
            text = "☐" if ticked in OFF else "☑"
        if text:
            shown = Element("t")
            shown.text = text
            yield shown


def _is_hidden_box(element: Element) -> bool:
    """A drawing or text box that is switched off in the selection pane."""
    for child in element.iter():
        name = local(child)
        if name == "docPr" and attribute(child, "hidden") in ("1", "true", "on"):
            return True
        if name in ("shape", "rect") and "visibility:hidden" in attribute(child, "style").replace(
            " ", ""
        ):
            return True
    return False
