"""The form with one cell to be filled by a test, and how that cell's field is read."""

from dataclasses import replace
from pathlib import Path

from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import FieldValue
from make.forms import shipped_spec
from make.traps.words import LAYOUTS, Form, Run, Values

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
