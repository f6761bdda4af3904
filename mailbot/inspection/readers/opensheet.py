"""OpenDocument spreadsheets (ODF 1.2 part 1, 9): ods. calamine tells no merged cells of these."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.pictures import add_packaged
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.seen import number
from mailbot.inspection.readers.sheetparts import column_number
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, local
from mailbot.inspection.readers.zipguard import Package
from mailbot.model import Cell

# A row or cell may say it is repeated a million times; beyond these bounds nobody typed anything.
_MAX_ROWS, _MAX_COLUMNS = 20_000, 1_000
# $'a sheet'.$B$3 (ODF 1.2 part 1, 9.2.1)
_ADDRESS = re.compile(r"\$?(?:'((?:[^']|'')+)'|([^'.]+))\.\$?([A-Z]{1,3})\$?(\d{1,7})")
_NUMBERS = {"float", "currency", "percentage"}


def read_package(path: Path, limits: Limits) -> Document:
    """ods: hidden sheets are left out and named in the facts."""
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        root = package.tree("content.xml")
        if root is None:
            raise Unreadable("corrupt", "no readable content.xml")
        names = _field_names(root)
        hidden_styles = set(_hidden_styles(root))
        visible: list[str] = []
        hidden: list[str] = []
        for table in _find(root, "table"):
            name = attribute(table, "name")
            if attribute(table, "style-name") in hidden_styles:
                hidden.append(name)
                continue
            visible.append(name)
            draft.add_table(_cells(table, draft), name, names.get(name, {}))
        draft.facts["sheets"] = list(visible)
        if hidden:
            draft.facts["hidden_sheets"] = list(hidden)
        add_packaged(package, draft)
    return draft.finish()


def _cells(table: Element, draft: Draft) -> Iterator[Cell]:
    """Cells with text or spans; a repeated one stands as often as it is shown."""
    row = 0
    for tr in _find(table, "table-row"):
        repeated = _count(tr, "number-rows-repeated")
        found = list(_row_cells(tr))
        for offset in range(repeated if found else 0):
            if row + offset >= _MAX_ROWS:
                draft.fault("limit", f"{attribute(table, 'name')}: rows after {_MAX_ROWS}")
                break
            for cell in found:
                yield Cell(cell.text, row + offset, cell.column, cell.row_span, cell.column_span)
        row += repeated


def _row_cells(tr: Element) -> Iterator[Cell]:
    column = 0
    for child in tr:
        if local(child) not in ("table-cell", "covered-table-cell"):
            continue
        repeated = _count(child, "number-columns-repeated")
        if local(child) == "table-cell":
            rows, columns = (
                _count(child, "number-rows-spanned"),
                _count(child, "number-columns-spanned"),
            )
            text = _shown(child)
            if text or rows > 1 or columns > 1:
                for at in range(column, min(column + repeated, _MAX_COLUMNS)):
                    yield Cell(text, 0, at, rows, columns)
        column += repeated


def _shown(cell: Element) -> str:
    kind = attribute(cell, "value-type")
    value = attribute(cell, "value")
    if kind in _NUMBERS and value:
        try:
            return number(float(value))
        except ValueError:
            return value
    if kind == "date":
        date, _, time = attribute(cell, "date-value").partition("T")
        return date if not time.strip("0:.") else f"{date} {time.removesuffix(':00')}"
    if kind == "boolean":
        return attribute(cell, "boolean-value").upper()
    return "\n".join(_text(child) for child in cell if local(child) == "p")


def _text(element: Element) -> str:
    """A paragraph's text; runs of spaces, tabs and line breaks are elements (ODF 1.2, 6.1.2)."""
    parts = [element.text or ""]
    for child in element:
        name = local(child)
        if name == "s":
            parts.append(" " * _count(child, "c"))
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name not in ("annotation", "ruby-text", "frame"):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _field_names(root: Element) -> Mapping[str, dict[str, tuple[int, int]]]:
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for element in _find(root, "named-range"):
        name = attribute(element, "name")
        found = _ADDRESS.match(attribute(element, "cell-range-address"))
        if name.startswith(FIELD_PREFIX) and found:
            sheet = (found[1] or found[2]).replace("''", "'")
            place = (int(found[4]) - 1, column_number(found[3]) - 1)
            names.setdefault(sheet, {})[name.removeprefix(FIELD_PREFIX)] = place
    return names


def _hidden_styles(root: Element) -> Iterator[str]:
    for style in _find(root, "style"):
        for child in style:
            if local(child) == "table-properties" and attribute(child, "display") == "false":
                yield attribute(style, "name")


def _find(element: Element, wanted: str) -> Iterator[Element]:
    """Descendants of that name in document order, not those inside one another."""
    stack = list(reversed(element))
    while stack:
        child = stack.pop()
        if local(child) == wanted:
            yield child
        else:
            stack.extend(reversed(child))


def _count(element: Element, name: str) -> int:
    value = attribute(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 9 else 1
