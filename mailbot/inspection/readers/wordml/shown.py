"""What Word shows of a WordprocessingML tree: the rest is taken out of it before it is read.

How a run is shown says `look`.
"""

import re
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.shown import MAYBE_HIDDEN, MAYBE_SIGN, raised_text
from mailbot.inspection.readers.wordml.alternatives import choose, field_value, is_hidden_box
from mailbot.inspection.readers.wordml.harmless import number
from mailbot.inspection.readers.wordml.look import Around, Look
from mailbot.inspection.readers.wordml.styles import (
    Styles,
    is_number,
    is_on,
    paper_of,
    says_more,
    values_of,
)
from mailbot.inspection.readers.xmlparts import attribute, children, local

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
_DIGIT = re.compile(r"\d")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 400


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
        around = Around(self._styles.paragraph, self._styles.table, untold=self._styles.untold)
        if any(_is_coloured(child) for child in children(story, "background")):
            around = replace(around, paper="")
        self._walk(story, around, 0)

    def _walk(self, element: Element, around: Around, depth: int) -> None:
        kept = []
        for child in element:
            name = local(child)
            if name in _GONE or _is_hidden(child, name) or depth > _DEEPEST:
                continue
            kept.append(child)
            if name == "AlternateContent" and choose(child):
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

    def _inside(self, element: Element, name: str, around: Around) -> Around:
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

    def _run(self, run: Element, around: Around, depth: int) -> None:
        direct: dict[str, str] = {}
        for properties in children(run, "rPr"):
            direct = values_of(properties)
            if says_more(properties, "rPr"):
                around = replace(around, untold=True)
        look = Look(direct, around, self._styles)
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
                kept.extend(field_value(child))
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
                if not is_hidden_box(child):
                    untold = name == "AlternateContent" and choose(child)
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


def _unknown_sign() -> Element:
    sign = Element("t")
    sign.text = MAYBE_SIGN
    return sign


def _is_coloured(background: Element) -> bool:
    """Whether the page has a colour of its own, on which white letters may be seen."""
    return attribute(background, "color").upper() not in ("", "AUTO", "FFFFFF")


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
