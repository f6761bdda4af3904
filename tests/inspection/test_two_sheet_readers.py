"""A workbook is read twice; where the readers differ the cell is in doubt, whoever is right."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from make.documents import written

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.readers import excel


def as_xlsx() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for column, value in enumerate(("举办次数", 14, 12.5, True), 1):
        book.active.cell(1, column, value)
    book.save(target)
    return target.getvalue()


def as_xls() -> bytes:
    book, target = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("Sheet")
    for column, value in enumerate(("举办次数", 14, 12.5, True)):
        sheet.write(0, column, value)
    book.save(target)
    return target.getvalue()


class Altered:
    """calamine's sheet with one value changed."""

    def __init__(self, sheet: Any, change: dict[int, object]) -> None:
        self._sheet = sheet
        self._change = change
        self.start = sheet.start

    def to_python(self) -> list[list[object]]:
        rows = self._sheet.to_python()
        for column, value in self._change.items():
            rows[0][column : column + 1] = [value]
        return list(rows)


@pytest.mark.parametrize(("make", "format"), [(as_xlsx, "xlsx"), (as_xls, "xls")])
@pytest.mark.parametrize(
    ("change", "doubted"),
    [
        ({}, []),
        ({1: 41}, ["14"]),
        ({2: 12.500001}, ["12.5"]),
        ({0: "举办 次数", 1: ""}, ["举办次数", "14"]),
        ({3: 1.0}, ["TRUE"]),
        ({1: "14"}, ["14"]),
        ({4: "多"}, ["多"]),
    ],
)
def test_a_cell_that_the_second_reader_has_otherwise_is_in_doubt(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], bytes],
    format: str,
    change: dict[int, object],
    doubted: list[str],
) -> None:
    compare: Callable[..., None] = excel._compare
    monkeypatch.setattr(
        excel, "_compare", lambda sheet, other: compare(sheet, Altered(other, change))
    )
    document = read_document(written(tmp_path, f"a.{format}", make()), format)
    [grid] = document.grids
    assert [cell.text for cell in grid.cells if "readers_differ" in cell.doubts] == doubted
