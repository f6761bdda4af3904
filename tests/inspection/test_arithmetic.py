"""Formulas nobody calculated: plain arithmetic as Excel does it, and nothing that is guessed."""

from collections.abc import Sequence

import pytest

from mailbot.inspection.readers.arithmetic import Area, Unknown, Value, evaluate, moved

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
    assert evaluate(formula, (9, 0), "表", Fixed()) == result


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
        evaluate(formula, (9, 0), "表", Books())


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
