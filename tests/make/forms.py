"""Filled statistics tables in many layouts, with the values known by construction: as grids
(`Filled.grids`), workbooks (`write_xlsx`) and Word documents (`write_docx`).
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
import yaml
from hypothesis import strategies as st
from openpyxl import Workbook

from mailbot.campaign.forms import FormField, FormSpec
from mailbot.model import Cell, FieldValue, Grid
from make.form_layouts import LAYOUTS, Choices, Draft, Drawn, Hand, Sheet, sections_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def shipped_spec(campaign: str) -> FormSpec:
    """The form of a shipped rules folder."""
    source = (REPOSITORY / "rules" / campaign / "form.yaml").read_text("utf-8")
    return FormSpec.model_validate(yaml.safe_load(source))


class Readings:
    """What is read of many generated forms: never a wrong value, and hardly one left open.

    Generated layouts get stranger than any rule foresees (a value whose heading was never
    merged, under one that reaches down); such a field is left to a person.
    """

    def __init__(self) -> None:
        self.fields = self.open = 0

    def add(self, fields: Mapping[str, FieldValue], filled: "Filled") -> None:
        """Compares one form; a wrong value is an error at once."""
        for key, expected in filled.expected.items():
            got = fields[key].value
            self.fields += 1
            if got is None and expected is not None:
                self.open += 1
            else:
                assert got == pytest.approx(expected), (filled.layout, key, fields[key].where)

    def close(self) -> None:
        """At least 98 of 100 fields were read (of few forms, all but six)."""
        assert self.fields
        assert self.open <= max(6, self.fields // 50), (
            f"{self.open} of {self.fields} fields left open"
        )


@dataclass
class Filled:
    """A filled form: the grids a reader would give, and what each field must come out as."""

    spec: FormSpec
    sheets: list[Sheet]
    expected: dict[str, object]
    raw: dict[str, str]
    layout: str = ""
    merged: bool = True

    @property
    def grids(self) -> tuple[Grid, ...]:
        grids = [grid_of(sheet, self.merged) for sheet in self.sheets]
        lines = [line for sheet in self.sheets for line in (*sheet.before, *sheet.after)]
        if lines:
            cells = tuple(Cell(line, row, 0) for row, line in enumerate(lines))
            grids.append(Grid("正文", cells, is_table=False))
        return tuple(grids)


def grid_of(sheet: Sheet, merged: bool = True) -> Grid:
    """The sheet as a reader gives it; unmerged, a covered cell is just empty (CSV)."""
    return Grid(
        sheet.title,
        tuple(
            Cell(box.text, row, column, *((box.rows, box.columns) if merged else (1, 1)))
            for (row, column), box in sorted(sheet.boxes.items())
            if box.text or merged
        ),
    )


def _margin(draft: Draft, fields: list[FormField], row: int, style: str, before: bool) -> int:
    """Header or footer: cells, `label：value` cells, paragraphs, or one line of text."""
    hand, sheet = draft.hand, draft.sheet
    if not fields:
        return row
    draft.drawn.update(one.key for one in fields)
    if style == "cells":
        column = 0
        for one in fields:
            sheet.put(row, column, hand.label(one, 0), 1, 1)
            sheet.put(row, column + 1, draft.texts[one.key], 1, 2)
            column += 3
        return row + 1
    texts = [(hand.label(one, 0, "：") + draft.texts[one.key]).replace("\n", "") for one in fields]
    if style == "pairs":
        for index, text in enumerate(texts):
            sheet.put(row, 3 * index, text, 1, 3)
        return row + 1
    lines = sheet.before if before else sheet.after
    lines += ["          ".join(texts)] if style == "line" else texts
    return row


@st.composite
def filled_forms(
    draw: st.DrawFn,
    spec: FormSpec,
    layouts: Sequence[str] = tuple(LAYOUTS),
    merged: bool = True,
    given: Mapping[str, str] | None = None,
) -> Filled:
    """A form of this spec in a random layout, filled with random values, or with those given (of
    which nothing is expected here)."""
    return fill_form(Drawn(draw), spec, layouts, merged, given)


def fill_form(
    choose: Choices,
    spec: FormSpec,
    layouts: Sequence[str] = tuple(LAYOUTS),
    merged: bool = True,
    given: Mapping[str, str] | None = None,
) -> Filled:
    """The form that these choices make."""
    unit = "万元" if given else choose.among(["万元", "万元", "元"])
    hand = Hand(choose, spec, unit)
    written: dict[str, tuple[str, object]]
    if given is None:
        written = {one.key: hand.value(one) for one in spec.fields}
    else:
        written = {one.key: (given[one.key], None) for one in spec.fields}
    texts = {key: text for key, (text, _) in written.items()}
    apart = choose.number(0, 5) == 0  # every section a table of its own
    sections = sections_of(spec)
    if choose.number(0, 1):
        sections.reverse()
    sheet = Sheet()
    sheets = [sheet]
    draft = Draft(sheet, hand, texts, width=max(len(fields) for _, fields in sections))
    row, names = 0, []
    if choose.number(0, 1):
        sheet.put(0, 0, spec.title, 1, draft.width)
        row = 1
    else:
        sheet.before.append(spec.title)
    styles = ["cells", "pairs", "paragraphs", "line"]
    margins = {
        place: [one for one in spec.fields if one.place == place] for place in ("header", "footer")
    }
    style = choose.among(styles)
    row = _margin(draft, margins["header"], row, style, before=True)
    for _, fields in sections:
        name = choose.among(layouts)
        names.append(name)
        if apart and sheet.boxes:
            sheet = Sheet(title=f"表{len(sheets) + 1}")
            sheets.append(sheet)
            draft.sheet, row = sheet, 0
        row = LAYOUTS[name](draft, row, fields)
    _margin(draft, margins["footer"], row, choose.among(styles), before=False)
    if choose.number(0, 3) == 0:
        sheets.insert(0, instructions())
    expected = {key: value for key, (_, value) in written.items()}
    return Filled(spec, sheets, expected, texts, f"{style} {names}", merged)


def instructions() -> Sheet:
    """A sheet that explains the form and holds none of its values."""
    sheet = Sheet(title="填表说明")
    sheet.put(0, 0, "填表说明")
    sheet.put(1, 0, "1. 本表由各单位填写，一式一份。")
    sheet.put(2, 0, "2. 金额以万元为单位，保留两位小数。")
    return sheet


# ---- the same as files ----------------------------------------------------------------------


def write_xlsx(filled: Filled) -> bytes:
    """The sheets as a workbook; lines outside the table stand in rows above and below."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, sheet in enumerate(filled.sheets, start=1):
        page = workbook.create_sheet(sheet.title if number == 1 else f"{sheet.title}_{number}")
        top = len(sheet.before)
        for row, line in enumerate(sheet.before):
            page.cell(row + 1, 1, line)
        for (row, column), box in sheet.boxes.items():
            cell = page.cell(top + row + 1, column + 1, box.text)
            cell.data_type = "s"
            if box.rows * box.columns > 1:
                page.merge_cells(
                    start_row=cell.row,
                    start_column=cell.column,
                    end_row=cell.row + box.rows - 1,
                    end_column=cell.column + box.columns - 1,
                )
        for row, line in enumerate(sheet.after):
            page.cell(top + sheet.height + row + 1, 1, line)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def write_docx(filled: Filled) -> bytes:
    """The sheets as tables of a Word document, lines as paragraphs."""
    document = docx.Document()
    for sheet in filled.sheets:
        for line in sheet.before:
            document.add_paragraph(line)
        table = document.add_table(sheet.height, sheet.width)
        for (row, column), box in sorted(sheet.boxes.items()):
            first = table.cell(row, column)
            if box.rows * box.columns > 1:
                first = first.merge(table.cell(row + box.rows - 1, column + box.columns - 1))
            first.text = box.text
        for line in sheet.after:
            document.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()
