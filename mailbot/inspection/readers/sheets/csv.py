"""Comma-separated tables, as Excel, WPS and web systems write them.

The stdlib's csv reads the rows; charset and separator are found here.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from mailbot.formats.text.charsets import decode_unlabelled
from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits
from mailbot.inspection.readers.plaintext import read_octets
from mailbot.inspection.readers.sheets.seen import add_sheet
from mailbot.inspection.readers.sheets.sheet import Sheet, Stored
from mailbot.model import Cell

_SEPARATORS = "\t,;，|"
_MAX_FIELD = 1_000_000


def read_file(path: Path, limits: Limits) -> Document:
    """csv and tsv: UTF-8 (with or without mark), UTF-16 or GB18030; one grid."""
    draft = Draft(limits)
    text = decode_unlabelled(read_octets(path, draft))
    sheet = Sheet("")
    for cell in _cells(text, draft):
        if len(sheet.cells) > MAX_CELLS:
            draft.fault("limit", f"more than {MAX_CELLS} cells")
            break
        sheet.cells[cell.row, cell.column] = _stored(cell.text)
    add_sheet(draft, sheet, {}, {})
    return draft.finish()


def _stored(text: str) -> Stored:
    """A text that begins with = is worked out by whatever opens the file; `="0371"` is how
    exporting systems keep a leading zero."""
    bare = text.strip()
    if not bare.startswith("=") or len(bare) < 2:
        return Stored(text)
    return Stored(None, formula=bare[1:], calculated=False)


def _cells(text: str, draft: Draft) -> Iterator[Cell]:
    csv.field_size_limit(_MAX_FIELD)
    lines = text.replace("\0", "").splitlines(keepends=True)
    # Excel honours, and hides, a first line `sep=;`.
    separator = ""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\r\n")) == 5:
        separator = lines.pop(0)[4]
    try:
        for row, values in enumerate(csv.reader(lines, delimiter=separator or _separator(lines))):
            for column, value in enumerate(values):
                if value:
                    yield Cell(value, row, column)
    except csv.Error as error:
        draft.fault("corrupt", f"csv: {error}")


def _separator(lines: list[str]) -> str:
    """The separator most lines of the beginning have, the comma if none is there."""
    beginning = lines[:50]
    counts = [(sum(mark in line for line in beginning), mark) for mark in ("," + _SEPARATORS)]
    return max(counts, key=lambda counted: counted[0])[1]
