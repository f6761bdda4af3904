"""Documents against calamine, openpyxl, xlrd, python-docx, pdfplumber, PDFium and pdfinfo.

The samples' values hold shapes, counts and first rows. What stands in every cell, paragraph and
page is held against a library that mailbot does not read the format with (`second_readers`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agreeing import second_readers
from agreeing.words import Aspect, Expected, Result, bare, codes
from mailbot.inspection.documents.probe import READABLE, read_document
from mailbot.inspection.readers.content import Document
from mailbot.model import Grid

# The samples name what is no document of Office by its container.
_FORMATS = {"ole-other": ("works", "ole")}


def compare_document(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Format, encryption, sheets, first rows, tables of Word, pages and words of PDF."""
    wanted = theirs["content_kind"].lstrip(".")
    yield "format", ours["format"] in _FORMATS.get(wanted, (wanted,)), (ours["format"], wanted)
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
    if not theirs.get("docx_error"):  # of a broken package there is no other reading
        yield from _elsewhere(Path(ours["path"]), ours["format"], document)


def _elsewhere(path: Path, format: str, document: Document) -> Iterator[Aspect]:
    """The whole content, read by another library than mailbot's."""
    if format in ("xlsx", "xls"):
        read = second_readers.cells_of_xlsx if format == "xlsx" else second_readers.cells_of_xls
        grids = {grid.title: grid for grid in document.grids}
        for sheet, cells in read(path).items():
            differ = second_readers.differing_cells(grids.get(sheet, Grid(sheet, ())), cells)
            yield "every cell", not differ, (sheet, differ[:3])
    elif format == "docx":
        words = bare(document.text)
        lost = [one for one in second_readers.paragraphs_of_docx(path) if one not in words]
        yield "every paragraph", not lost, lost[:3]
        tables = [grid for grid in document.grids if grid.is_table]
        for number, theirs in enumerate(second_readers.tables_of_docx(path)):
            found = second_readers.texts_of(tables[number]) if number < len(tables) else None
            yield "every table cell", found == theirs, (number, found, theirs)
    elif format == "pdf":
        characters = second_readers.characters_of_pdf(path)
        found = second_readers.characters(document.text)
        yield "every character", found == characters, (found - characters, characters - found)


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
