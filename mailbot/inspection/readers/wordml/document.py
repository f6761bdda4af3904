"""WordprocessingML (ISO/IEC 29500-1, 17): docx, flat OPC, and Word 2003 XML saved as .doc.

Read here and not by a library: only so do a table's empty rows, tabs, ticked boxes, page headers
and the hidden field names of our own blank form come through. Read is what Word shows with all
changes accepted (`shown`): insertions stay; deletions, moved-away, hidden and struck text go.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.pictures import add_packaged, is_picture
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.shown import (
    MAYBE_HIDDEN,
    MAYBE_SIGN,
    PICTORIAL,
    beside_table,
    is_figure,
    settle_signs,
    split_doubts,
)
from mailbot.inspection.readers.wordml.second import read_second_docx
from mailbot.inspection.readers.wordml.shown import Shown
from mailbot.inspection.readers.wordml.styles import read_styles
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, local, parse_xml
from mailbot.inspection.readers.zipguard import Package
from mailbot.model import Cell

# Not entered: settings, pictures, and a box's second rendering.
_UNSHOWN = {"Fallback", "sdtPr", "binData", "ffData"}
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Wingdings and Wingdings 2 boxes as units tick them.
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0A3": "☐"}
_KINDS = {"main": ("document.", "template."), "styles": ("",)}
_MAX_SPAN = 1_000


def read_package(path: Path, limits: Limits) -> Document:
    """docx: body in reading order, then notes, page headers and footers."""
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        main = _part(package, "main", "word/document.xml")
        body = package.tree(main)
        if body is None:
            raise Unreadable("corrupt", "no readable word/document.xml")
        shown = Shown(read_styles(package.tree(_part(package, "styles", "word/styles.xml"))))
        shown.prune(body)
        draft.second_opinion = read_second_docx(package, main, body)
        add_story(draft, body)
        draft.second_opinion = None  # it reads no headers and footers
        _add_margins(package, draft, shown)
        add_packaged(package, draft)
    return draft.finish()


def read_flat(path: Path, limits: Limits) -> Document:
    """Word 2003 XML, or a docx in one XML file: many web systems export either as .doc."""
    draft = Draft(limits)
    root = parse_xml(path.read_bytes())
    if root is None:
        raise Unreadable("corrupt", "not well-formed XML")
    shown = Shown(read_styles(root))
    for body in _descend(root, {"body"}):
        shown.prune(body)
        add_story(draft, body)
    for part in _descend(root, {"binData", "binaryData"}):
        try:
            data = base64.b64decode("".join(part.itertext()))
        except (binascii.Error, ValueError):
            continue
        if is_picture(data):
            draft.add_picture(f"图{len(draft.pictures) + 1}", data)
    return draft.finish()


def add_story(draft: Draft, story: Element) -> None:
    """Adds the paragraphs and tables of a body, a header, a text box."""
    for block in _descend(story, {"p", "tbl"}):
        if local(block) == "tbl":
            _add_table(draft, block)
            continue
        draft.add_paragraph(_paragraph_text(block))
        # The second reader does not read what stands in text boxes.
        opinion, draft.second_opinion = draft.second_opinion, None
        for box in _descend(block, {"txbxContent"}):
            add_story(draft, box)
        if _is_covering(block):
            draft.doubt_all("hidden_possible")
        draft.second_opinion = opinion


def _part(package: Package, kind: str, usual: str) -> str:
    """The part of a kind (main, styles): its usual name, or what [Content_Types].xml names
    instead (word/document2.xml is in use)."""
    types = package.tree("[Content_Types].xml")
    wanted = tuple(f"wordprocessingml.{of}{kind}+xml" for of in _KINDS[kind])
    for override in types if types is not None else ():
        if override.get("ContentType", "").endswith(wanted):
            return override.get("PartName", "").lstrip("/")
    return usual


def _add_margins(package: Package, draft: Draft, shown: Shown) -> None:
    """Notes, headers and footers: 填报单位 and 填表人 sometimes stand there."""
    seen: set[str] = set()
    for name in package.names(r"word/(footnotes|endnotes|header\d*|footer\d*)\.xml"):
        root = package.tree(name)
        if root is None:
            continue
        shown.prune(root)
        for paragraph in _descend(root, {"p"}):
            text = _paragraph_text(paragraph).strip()
            # First, even and odd pages repeat each other; a bare page number says nothing.
            if text not in seen and any(char.isalpha() for char in text):
                seen.add(text)
                draft.add_paragraph(text)


@dataclass(slots=True)
class _Open:
    """A cell whose lower or right end is not known yet."""

    text: str
    row: int
    column: int
    row_span: int
    column_span: int


def _add_table(draft: Draft, table: Element) -> None:
    """A table, then the tables nested in its cells, each as a grid of its own."""
    cells: list[_Open] = []
    nested: list[Element] = []
    names: dict[str, tuple[int, int]] = {}
    above: dict[int, _Open] = {}  # column → the cell that reaches down to it
    row = -1
    for tr in _descend(table, {"tr"}):
        properties = _properties(tr)
        row, column = row + 1, _count(properties, "gridbefore")
        below: dict[int, _Open] = {}
        last: _Open | None = None
        for tc, fields in _cells(tr, ()):
            properties = _properties(tc)
            span = max(1, _count(properties, "gridspan"))
            origin = above.get(column) if _continues(properties, "vmerge") else None
            if last is not None and _continues(properties, "hmerge"):
                last.column_span += span
            elif origin is not None and origin.row_span == row - origin.row:
                origin.row_span += 1
                below[column] = last = origin
            else:
                last = _Open(_cell_text(tc), row, column, 1, span)
                below[column] = last
                cells.append(last)
                nested.extend(_descend(tc, {"tbl"}))
                if _is_covering(tc):
                    draft.doubt_all("hidden_possible")
                controls = map(_field, _descend(tc, {"sdt"}, {"tbl"}))
                marks = map(_bookmark, _descend(tc, {"bookmarkStart"}, {"tbl"}))
                for name in (*fields, *controls, *marks):
                    if name:
                        names.setdefault(name, (row, column))
            column += span
        above = below
    draft.add_table(
        (Cell(c.text, c.row, c.column, c.row_span, c.column_span) for c in cells), names=names
    )
    for inner in nested:
        _add_table(draft, inner)


def _cells(element: Element, fields: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """The cells of a row, each with the fields of the content controls around it."""
    for child in element:
        name = local(child)
        if name == "tc":
            yield child, fields
        elif name not in _UNSHOWN:
            yield from _cells(child, (*fields, _field(child)) if name == "sdt" else fields)


def _cell_text(tc: Element) -> str:
    """The cell's paragraphs, those of text boxes behind their own; nested tables left out, and
    told where both say a figure."""
    lines: list[str] = []
    for paragraph in _descend(tc, {"p"}, {"tbl"}):
        lines.append(_paragraph_text(paragraph))
        lines.extend(_cell_text(box) for box in _descend(paragraph, {"txbxContent"}))
    inside = "".join(text for table in _descend(tc, {"tbl"}) for text in table.itertext())
    text = "\n".join(lines).strip("\n")
    if is_figure(split_doubts(text)[0]) and any(_is_thing(each) for each in tc.iter()):
        text += MAYBE_HIDDEN
    return beside_table(text, inside)


def _is_thing(element: Element) -> bool:
    """A picture that stands in the line like a letter, or a piece of another document."""
    name = local(element)
    if name == "pict":
        shapes = [attribute(each, "style").replace(" ", "") for each in element]
        pictured = any(local(each) == "imagedata" for each in element.iter())
        return pictured and not any("position:absolute" in style for style in shapes)
    return name in ("altChunk", "contentPart") or (
        name in ("inline", "object", "control") and len(element) > 0
    )


def _is_covering(block: Element) -> bool:
    """Whether a text box of the block holds a figure and may lie over another: it floats."""
    for box in _descend(block, {"drawing", "pict"}, {"tbl"}):
        if any(local(each) == "inline" for each in box):
            continue
        for content in _descend(box, {"txbxContent"}):
            texts = map(_paragraph_text, _descend(content, {"p"}))
            if is_figure(split_doubts("".join(texts))[0]):
                return True
    return False


def _paragraph_text(paragraph: Element) -> str:
    parts: list[str] = []
    for run in _descend(paragraph, {"r"}, {"txbxContent"}):
        for mark in _descend(run, {"t", "sym", *_MARKS}, {"txbxContent"}):
            name = local(mark)
            if name == "t":
                parts.append(mark.text or "")
            elif name == "sym":
                parts.append(_symbol(attribute(mark, "char").upper(), attribute(mark, "font")))
            elif attribute(mark, "type") != "page":
                parts.append(_MARKS[name])
    return settle_signs("".join(parts))


def _symbol(code: str, font: str) -> str:
    """A sign given by its place in a font."""
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    try:
        number = int(code, 16)
    except ValueError:
        return MAYBE_SIGN
    if PICTORIAL.search(font):
        return MAYBE_SIGN
    # In other fonts, F0xx stands for xx (17.3.3.30).
    number -= 0xF000 if 0xF020 <= number <= 0xF0FF else 0
    if font.casefold() == "symbol" and not 0x20 <= number < 0x40:
        return MAYBE_SIGN  # letters there are Greek, what follows them signs
    return chr(number) if 0x20 <= number < 0xD800 else MAYBE_SIGN


def _descend(
    element: Element, wanted: set[str], closed: set[str] | None = None
) -> Iterator[Element]:
    """Descendants of those names in document order; not those inside one another.

    What is not shown is never entered, nor what is in `closed`.
    """
    stack = list(reversed(element))
    while stack:
        child = stack.pop()
        name = local(child)
        if name in wanted:
            yield child
        elif name not in _UNSHOWN and not (closed and name in closed):
            stack.extend(reversed(child))


def _properties(element: Element) -> dict[str, str]:
    """What trPr, tcPr or rPr says: lower-case name → value; what is switched off is absent."""
    for child in element:
        if local(child) in ("trPr", "tcPr", "rPr"):
            found = {local(each).lower(): attribute(each, "val") for each in child}
            return {name: value for name, value in found.items() if value not in ("0", "false")}
    return {}


def _count(properties: dict[str, str], name: str) -> int:
    value = properties.get(name, "")
    return min(int(value), _MAX_SPAN) if value.isdecimal() else 0


def _continues(properties: dict[str, str], name: str) -> bool:
    """A merge without a value, or with `continue`, goes on; `restart` begins one."""
    return properties.get(name, "restart") != "restart"


def _bookmark(mark: Element) -> str:
    """The field a bookmark of our own blank form names (its dots are X there), or ""."""
    name = attribute(mark, "name")
    return name[3:].replace("X", ".") if name.startswith("mb_") else ""


def _field(sdt: Element) -> str:
    """The field a content control of our own blank form holds, "" for any other."""
    for properties in sdt:
        for child in properties if local(properties) == "sdtPr" else ():
            if local(child) == "tag" and attribute(child, "val").startswith(FIELD_PREFIX):
                return attribute(child, "val").removeprefix(FIELD_PREFIX)
    return ""
