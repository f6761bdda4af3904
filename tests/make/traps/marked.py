"""The form with one cell to be filled by a test, and how that cell's field is read."""

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from docx.oxml.ns import nsdecls

from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import FieldValue
from make.forms import shipped_spec
from make.traps.words import LAYOUTS, Form, Run, Values, write_docx, write_odt

SPEC = shipped_spec("zhengzhou-2017")
MARK = "@@"


def marked() -> Form:
    """The form with a mark in the cell of overall.drills, which holds 14 elsewhere."""
    form = LAYOUTS["columns"](Values({}))
    form.rows = [
        replace(
            row,
            cells=[
                [replace(run, text=MARK)] if [run.text for run in cell] == ["14"] else cell
                for cell in row.cells
                for run in (cell[:1] or [Run("")])
            ],
        )
        for row in form.rows
    ]
    return form


def drills(path: Path, format_: str) -> FieldValue:
    """The field, which is open only where a finding names its cell."""
    document = read_document(path, format_)
    read = extract_fields(document.grids, SPEC)
    if read["overall.drills"].value is None:
        findings = judge_form(read, SPEC, seal=True, arrived_on=None)
        assert any(read["overall.drills"].where in each.where for each in findings if each.where)
    return read["overall.drills"]


def drills_in(octets: bytes, format_: str, folder: Path) -> FieldValue:
    """The field of a file with these octets."""
    path = folder / f"form.{format_}"
    path.write_bytes(octets)
    return drills(path, format_)


def worded(
    cell: str = "",
    *,
    of_cell: str = "",
    of_row: str = "",
    of_table: str = "",
    before: str = "",
    styles: str = "",
    text: str = "14",
) -> bytes:
    """The form as docx: these paragraphs in the cell (`text` where there are none), properties of
    the cell, its row and its table, what stands before the table, and styles more."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_docx())) as plain,
        zipfile.ZipFile(packed, "w") as kept,
    ):
        for name in plain.namelist():
            octets = plain.read(name)
            if name == "word/styles.xml":
                octets = f"<w:styles {nsdecls('w')}>{styles}</w:styles>".encode()
            elif name == "word/document.xml":
                octets = _worded(octets.decode(), cell, of_cell, of_row, of_table, before, text)
            kept.writestr(name, octets)
    return packed.getvalue()


def _worded(
    source: str, cell: str, of_cell: str, of_row: str, of_table: str, before: str, text: str
) -> bytes:
    start, end = source.rindex("<w:p>", 0, source.index(MARK)), source.index(MARK) + len(MARK)
    end = source.index("</w:p>", end) + len("</w:p>")
    cell = cell or f"<w:p>{run(text)}</w:p>"
    head, tail = source[:start], source[end:]
    row = head.rindex("<w:tr>") + len("<w:tr>")
    if of_row:
        head = f"{head[:row]}<w:trPr>{of_row}</w:trPr>{head[row:]}"
    if of_cell:
        at = head.rindex("</w:tcPr>")
        head = f"{head[:at]}{of_cell}{head[at:]}"
    if of_table:
        at = head.index("</w:tblPr>")
        head = f"{head[:at]}{of_table}{head[at:]}"
    at = head.index("<w:tbl>")
    return f"{head[:at]}{before}{head[at:]}{cell}{tail}".encode()


def run(text: str, look: str = "") -> str:
    """A run of WordprocessingML."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@cache
def _docx() -> bytes:
    return write_docx(marked())


def opened(folder: Path, cell: str, style: str = "") -> Path:
    """The form as .odt with this in the cell, and a style more."""
    path = folder / "form.odt"
    with (
        zipfile.ZipFile(io.BytesIO(write_odt(marked()))) as plain,
        zipfile.ZipFile(path, "w") as kept,
    ):
        for name in plain.namelist():
            octets = plain.read(name)
            if name == "content.xml":
                source = octets.decode()
                assert source.count(MARK) == 1
                assert source.count("</office:automatic-styles>") == 1
                source = source.replace(MARK, cell)
                end = "</office:automatic-styles>"
                octets = source.replace(end, f"{style}{end}").encode()
            kept.writestr(name, octets)
    return path
