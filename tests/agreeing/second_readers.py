"""Documents by libraries that mailbot does not read them with: each cell, paragraph, character.

openpyxl and xlrd beside calamine, python-docx beside our own reading of WordprocessingML, PDFium
beside pdfminer. For .doc there is no third library (mailbot reads it with two and compares them).
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
import xlrd

from agreeing.words import bare
from mailbot.model import Grid

Cells = dict[tuple[int, int], Any]  # (row, column) from 0 → what stands there


def cells_of_xlsx(path: Path) -> dict[str, Cells]:
    """Visible sheets by name, by openpyxl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles it does not know
        book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            (cell.row - 1, cell.column - 1): as_percentage(cell.value, cell.number_format)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None and bare(str(cell.value))
        }
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    }


def cells_of_xls(path: Path) -> dict[str, Cells]:
    """Visible sheets by name, by xlrd."""
    with xlrd.open_workbook(path, formatting_info=True) as book:
        return {
            sheet.name: {
                (row, column): _of_xlrd(book, sheet.cell(row, column))
                for row in range(sheet.nrows)
                for column in range(sheet.ncols)
                if bare(str(sheet.cell_value(row, column)))
            }
            for sheet in book.sheets()
            if sheet.visibility == 0
        }


def _of_xlrd(book: Any, cell: Any) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        key = book.xf_list[cell.xf_index].format_key
        return as_percentage(cell.value, book.format_map[key].format_str)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code[cell.value]
    return cell.value


def as_percentage(value: Any, code: str) -> Any:
    """What a screen shows of a number under 0%, 0.0%, 0.00% …; under other formats the number.

    Excel rounds half away from nought, on the 15 digits it keeps.
    """
    form = re.fullmatch(r"0(?:\.(0+))?%", code)
    if form is None or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    places = len(form[1] or "")
    hundredfold = Decimal(format(value, ".15g")) * 100
    return f"{hundredfold.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}%"


def differing_cells(grid: Grid, theirs: Cells) -> list[tuple[tuple[int, int], str, Any]]:
    """Cells that one reader has and the other has not, or has otherwise.

    A library gives what the file keeps; ours is what a person sees, and where that is another
    number the kept one stands beside it.
    """
    ours = {
        (cell.row, cell.column): cell.text if cell.text.endswith("%") else cell.stored or cell.text
        for cell in grid.cells
        if cell.text.strip()
    }
    return [
        (place, ours.get(place, ""), theirs.get(place))
        for place in sorted(ours.keys() | theirs.keys())
        if not _is_same(ours.get(place, ""), theirs.get(place))
    ]


def _is_same(ours: str, theirs: Any) -> bool:
    if theirs is None:
        return not ours
    if isinstance(theirs, bool):
        return ours.lower() in (str(theirs).lower(), str(int(theirs)))
    if isinstance(theirs, int | float):
        try:
            return abs(float(ours) - theirs) <= 1e-9 * max(1.0, abs(theirs))
        except ValueError:
            return False
    if isinstance(theirs, datetime):
        with suppress(ValueError):
            return abs(datetime.fromisoformat(ours) - theirs) < timedelta(seconds=1)
        return False
    return bare(ours) == bare(str(theirs))


def texts_of(grid: Grid) -> Counter[str]:
    """The texts of our cells of a table."""
    return Counter(text for cell in grid.cells if (text := bare(cell.text)))


def paragraphs_of_docx(path: Path) -> list[str]:
    """Every paragraph of the body outside tables, by python-docx."""
    return [text for one in docx.Document(str(path)).paragraphs if (text := bare(one.text))]


def tables_of_docx(path: Path) -> list[Counter[str]]:
    """The texts of each table's cells (a merged one once), by python-docx."""
    return [
        Counter(text for one in _cells(table) if (text := bare(one.text)))
        for table in docx.Document(str(path)).tables
    ]


def _cells(table: Any) -> Iterator[Any]:
    seen = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                yield cell


def characters_of_pdf(path: Path) -> Counter[str]:
    """Every character but white space, on all pages, by PDFium."""
    with pypdfium2.PdfDocument(path) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return characters(text)


def characters(text: str) -> Counter[str]:
    """How often each character stands in a text; white space is left out."""
    return Counter("".join(text.split()))
