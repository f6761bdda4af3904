"""Documents against calamine, openpyxl, xlrd, python-docx, pdfplumber and pdfinfo.

Cells do not stand in the JSON, so the file is read once more by the reader that check uses.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agreeing.words import Aspect, Expected, Result, bare, codes
from mailbot.inspection.documents.probe import READABLE, read_document
from mailbot.model import Grid


def compare_document(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Format, encryption, sheets, first rows, tables of Word, pages and words of PDF."""
    wanted = theirs["content_kind"].lstrip(".")
    yield "format", ours["format"] == wanted, (ours["format"], wanted)
    agrees = ("DOCUMENT_ENCRYPTED" in codes(ours)) == bool(theirs["encrypted"])
    yield "encryption", agrees, (sorted(codes(ours)), theirs["encrypted"])
    if theirs.get("calamine"):
        ours_sheets, sheets = ours["facts"].get("sheets"), list(theirs["calamine"])
        yield "sheets", ours_sheets == sheets, (ours_sheets, sheets)
    if theirs.get("pdfinfo_pages"):
        pages = ours["facts"].get("pages")
        yield "pages", pages == theirs["pdfinfo_pages"], (pages, theirs["pdfinfo_pages"])
    if ours["format"] not in READABLE or theirs["encrypted"]:
        return
    document = read_document(Path(ours["path"]), ours["format"])
    grids = {grid.title: grid for grid in document.grids}
    for sheet, said in (theirs.get("calamine") or {}).items():
        if said["first_row"] and sheet in grids:
            first = _first_row(grids[sheet])
            row = [_plain(value) for value in said["first_row"]]
            yield "first rows", first[: len(row)] == row, (sheet, first, row)
            # Libraries differ on empty strings and formulas without a value.
            others = {said["nonempty_cells"]}
            for library in ("openpyxl", "xlrd"):
                others |= {((theirs.get(library) or {}).get(sheet) or said)["nonempty_cells"]}
            cells = sum(1 for cell in grids[sheet].cells if cell.text.strip())
            yield "cells", min(others) <= cells <= max(others), (sheet, cells, others)
    tables = [grid for grid in document.grids if grid.is_table]
    if theirs.get("docx"):
        shapes = [list(_shape(grid)) for grid in tables][: len(theirs["docx"]["tables"])]
        yield "tables", shapes == theirs["docx"]["tables"], (shapes, theirs["docx"]["tables"])
        words = bare(document.text)
        for text in theirs["docx"]["table_text"]:
            lines = [bare(line) for line in text.replace("\t", "\n").split("\n")]
            yield "table text", all(line in words for line in lines), lines
    if theirs.get("pdfplumber"):
        shapes = [list(_shape(grid)) for grid in tables][
            : len(theirs["pdfplumber"]["tables_page1"])
        ]
        wanted = theirs["pdfplumber"]["tables_page1"]
        yield "tables", shapes == wanted, (shapes, wanted)
        least = theirs["pdfplumber"]["text_chars_page1"] // 2
        yield "text", len(document.text) >= least, (len(document.text), least)


def _first_row(grid: Grid) -> list[str]:
    """The filled cells of the first row that has one."""
    filled = [cell for cell in grid.cells if cell.text.strip()]
    first = min((cell.row for cell in filled), default=0)
    return [_plain(cell.text) for cell in filled if cell.row == first]


def _plain(value: Any) -> str:
    return bare(str(value))


def _shape(grid: Grid) -> tuple[int, int]:
    return (
        max((cell.row + cell.row_span for cell in grid.cells), default=0),
        max((cell.column + cell.column_span for cell in grid.cells), default=0),
    )
