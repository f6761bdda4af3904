"""Formulas nobody calculated: plain arithmetic as Excel does it, and nothing that is guessed."""

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.inspection.readers.sheets import seen
from mailbot.inspection.readers.sheets.arithmetic import Area, Unknown, Value, evaluate, moved

VALUES: dict[tuple[str, int, int], Value] = {
    ("表", 0, 0): 4.0,
    ("表", 1, 0): 9.0,
    ("表", 2, 0): 1.0,
    ("表", 3, 0): "无",
    ("表", 4, 0): 0.1,
    ("表", 5, 0): 0.2,
    ("其他 表", 0, 0): 100.0,
    ("表", 0, 1): "12",
    ("表", 1, 1): "#N/A",
}


class Fixed:
    def value(self, title: str, row: int, column: int) -> Value:
        return VALUES.get((title, row, column))

    def values(self, area: Area) -> Sequence[Value]:
        return [
            value
            for (title, row, column), value in VALUES.items()
            if title == area.title
            and area.top <= row <= area.bottom
            and area.left <= column <= area.right
        ]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("1+2*3", 7),
        ('IF(COUNT(A1:A3)=0,"",SUM(A1:A3))', 14),
        ('IF(COUNT(D1:D9)=0,"",SUM(D1:D9))', ""),
        ("IF(A1<>4,1,2)+IF(A1>=4,10,20)", 12),
        ("(1+2)*3", 9),
        ("-2^2", 4),  # Excel's own precedence
        ("10/4", 2.5),
        ("--+-3", -3),
        ("50%", 0.5),
        ("A1+A2+A3", 14),
        ("SUM(A1:A3)", 14),
        ("sum($A$1:A4)", 14),  # a text in an area is passed over
        ("SUM(A1,A2,1)", 14),
        ("SUM(A3:A1)", 14),
        ("=A1+Z99", 4),  # an empty cell is nothing
        ("A5+A6", 0.3),
        ("'其他 表'!A1-A1", 96),
        ("B1+2", 14),  # a number typed as text
        ("ROUND(A5/A6*3,1)", 1.5),
        ("AVERAGE(A1:A2)", 6.5),
        ("MAX(A1:A3)-MIN(A1:A3)", 8),
        ("A4", "无"),
        ("Z99", 0),
    ],
)
def test_plain_arithmetic_is_worked_out(formula: str, result: Value) -> None:
    assert evaluate(formula, "表", Fixed()) == result


@pytest.mark.parametrize(
    "formula",
    [
        "A4+1",
        "1/0",
        "IFERROR(A1,2)",
        "VLOOKUP(A1,B:C,2)",
        "A1:A3",
        "SUM(B1:B2)",
        "[1]表!A1",
        "无处!A1",
        "1+",
        "(1",
        "A1 A2",
        "名称",
        "?",
        "(" * 90 + "1" + ")" * 90,
        "9^9^9^9",
    ],
)
def test_what_is_more_than_that_is_not_guessed(formula: str) -> None:
    class Books(Fixed):
        def value(self, title: str, row: int, column: int) -> Value:
            if title == "无处":
                raise Unknown("no such sheet")
            return super().value(title, row, column)

    with pytest.raises(Unknown):
        evaluate(formula, "表", Books())


@pytest.mark.parametrize(
    ("formula", "further"),
    [
        ("A1+B$2", "B4+C$2"),
        ("SUM($A1:A$3)", "SUM($A4:B$3)"),
        ("'A1 表'!A1&\"A1\"", "'A1 表'!B4&\"A1\""),
        ("LOG10(A1)", "LOG10(B4)"),
    ],
)
def test_a_shared_formula_moves_with_its_cell(formula: str, further: str) -> None:
    assert moved(formula, 3, 1) == further


def book(write: Callable[[Any], None]) -> Document:
    """What is read of a workbook whose formulas nobody calculated."""
    workbook, target = openpyxl.Workbook(), io.BytesIO()
    write(workbook.active)
    workbook.save(target)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(target.getvalue())
        file.flush()
        return read_document(Path(file.name), "xlsx")


def bare(document: Document) -> int:
    return sum("formula_without_value" in cell.doubts for cell in document.grids[0].cells)


def test_sums_of_sums_are_worked_out_once_each() -> None:
    """Without a memory of what is known the last of these takes 2^40 additions."""

    def doubling(sheet: Any) -> None:
        sheet["A1"] = 1
        for row in range(2, 42):
            sheet.cell(row, 1).value = f"=A{row - 1}+A{row - 1}"

    document = book(doubling)
    assert bare(document) == 0
    assert document.grids[0].cells[-1].text == str(2**40)


def test_a_formula_that_leads_back_to_itself_has_no_value() -> None:
    def circle(sheet: Any) -> None:
        sheet["A1"], sheet["A2"], sheet["B1"] = "=A2+1", "=A1+1", "=1+1"

    document = book(circle)
    assert bare(document) == 2


def test_sums_over_more_cells_than_a_form_has_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seen, "_MOST_LOOKED_AT", 100)

    def sums(sheet: Any) -> None:
        for row in range(1, 21):
            sheet.cell(row, 1).value = row
            sheet.cell(row, 2).value = f"=SUM(A1:A{row})"

    assert 0 < bare(book(sums)) < 20
