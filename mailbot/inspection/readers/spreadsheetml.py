"""SpreadsheetML 2003 (Excel's "XML Spreadsheet"), which web systems export under the name .xls.

Neither calamine nor openpyxl reads it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.seen import number
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, local, parse_xml
from mailbot.model import Cell

_MAX_INDEX = 1_048_576
_REFERS_TO = re.compile(r"=(?:'((?:[^']|'')+)'|([^'!]+))!R(\d{1,7})C(\d{1,5})")


def read_file(path: Path, limits: Limits) -> Document:
    """One grid a worksheet; hidden ones are left out and named in the facts."""
    draft = Draft(limits)
    root = parse_xml(path.read_bytes())
    if root is None:
        raise Unreadable("corrupt", "not well-formed XML")
    visible: list[str] = []
    hidden: list[str] = []
    names = _field_names(root)
    for sheet in _children(root, "Worksheet"):
        name = attribute(sheet, "Name")
        if any((visible_.text or "") != "SheetVisible" for visible_ in _visibility(sheet)):
            hidden.append(name)
            continue
        visible.append(name)
        for table in _children(sheet, "Table"):
            draft.add_table(_cells(table), name, names.get(name, {}))
    draft.facts["sheets"] = list(visible)
    if hidden:
        draft.facts["hidden_sheets"] = list(hidden)
    return draft.finish()


def _cells(table: Element) -> Iterator[Cell]:
    row = 0
    for tr in _children(table, "Row"):
        row = _index(tr, row + 1)
        column = 0
        for element in _children(tr, "Cell"):
            column = _index(element, column + 1)
            down, across = _count(element, "MergeDown"), _count(element, "MergeAcross")
            text = "".join(map(_shown, _children(element, "Data")))
            if text or down or across:
                yield Cell(text, row - 1, column - 1, down + 1, across + 1)
            column += across
        row += _count(tr, "Span")


def _shown(data: Element) -> str:
    kind, text = attribute(data, "Type"), "".join(data.itertext())
    if kind == "Number":
        try:
            return number(float(text))
        except ValueError:
            return text
    if kind == "DateTime":
        date, _, time = text.partition("T")
        return date if not time.strip("0:.") else f"{date} {time.split('.')[0].removesuffix(':00')}"
    if kind == "Boolean":
        return "TRUE" if text == "1" else "FALSE"
    return text


def _field_names(root: Element) -> dict[str, dict[str, tuple[int, int]]]:
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for element in root.iter():
        name = attribute(element, "Name") if local(element) == "NamedRange" else ""
        found = _REFERS_TO.match(attribute(element, "RefersTo")) if name else None
        if found and name.startswith(FIELD_PREFIX):
            sheet = (found[1] or found[2]).replace("''", "'")
            place = (int(found[3]) - 1, int(found[4]) - 1)
            names.setdefault(sheet, {})[name.removeprefix(FIELD_PREFIX)] = place
    return names


def _visibility(sheet: Element) -> Iterator[Element]:
    for options in _children(sheet, "WorksheetOptions"):
        yield from _children(options, "Visible")


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child) == name)


def _index(element: Element, following: int) -> int:
    """ss:Index, which skips rows or cells that are not written; never backwards."""
    value = attribute(element, "Index")
    return max(following, min(int(value), _MAX_INDEX)) if value.isdecimal() else following


def _count(element: Element, name: str) -> int:
    value = attribute(element, name)
    return min(int(value), _MAX_INDEX) if value.isdecimal() else 0
