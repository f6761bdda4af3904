"""Formulas whose results were never saved, as far as they are plain arithmetic.

Numbers, + - * / ^ and percent, brackets, references, comparisons, IF, COUNT, SUM, AVERAGE, MAX,
MIN, PRODUCT, ROUND and ABS (ECMA-376 part 1, 18.17): what our own blank form uses is among them.
Anything else raises `Unknown`: a sum that is guessed is worse than none. Blank cells count as 0
and texts in an area are passed over, as Excel does.
"""

import operator
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Protocol

from mailbot.inspection.readers.sheets.columns import column_letters, column_number

Value = float | str | bool | None


class Unknown(Exception):
    """The formula is no plain arithmetic, or a cell it needs has no number."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns count from 0, the last ones included."""

    title: str
    top: int
    left: int
    bottom: int
    right: int


class Cells(Protocol):
    """Where the numbers come from."""

    def value(self, title: str, row: int, column: int) -> Value:
        """One cell's."""
        ...

    def values(self, area: Area) -> Sequence[Value]:
        """Those of an area that are filled."""
        ...


_SHEET = r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[\w.\u4e00-\u9fff]+))!)?"
_PLACE = r"\$?[A-Za-z]{1,3}\$?\d{1,7}"
_TOKEN = re.compile(
    rf"\s*(?:(?P<reference>{_SHEET}(?P<first>{_PLACE})(?::(?P<last>{_PLACE}))?(?![\w(]))"
    r"|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r'|(?P<text>"(?:[^"]|"")*")'
    r"|(?P<name>[A-Za-z]+)\s*\(|(?P<sign><>|<=|>=|[-+*/^%(),<>=]))"
)
_MAX_LENGTH = 8_192  # what Excel takes


def evaluate(formula: str, title: str, cells: Cells) -> Value:
    """The value of a formula (without its =) that stands on the sheet `title`.

    Raises `Unknown`. A lone reference gives the text of a cell that holds one.
    """
    parser = _Parser(_tokens(formula), title, cells)
    try:
        result = parser.whole()
    except (DecimalException, OverflowError) as error:
        raise Unknown(str(error)) from error
    if isinstance(result, Decimal):
        if abs(result) > 10**15:
            raise Unknown("more digits than a cell holds")
        return float(result)
    if isinstance(result, Area):
        one = cells.value(result.title, result.top, result.left)
        if (result.top, result.left) != (result.bottom, result.right):
            raise Unknown("an area by itself")
        return 0.0 if one is None else one
    return result


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads that many rows and columns further: of a shared formula only the
    first is written out (ECMA-376 part 1, 18.3.1.40)."""

    def move(match: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, digits = match.groups()
        column = column_number(letters) + (0 if fixed_column else columns)
        row = int(digits) + (0 if fixed_row else rows)
        if column < 1 or row < 1:
            return "#REF!"
        return f"{fixed_column}{column_letters(column)}{fixed_row}{row}"

    place = r"(?<![\w$.])(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w(!])"
    parts = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", formula)
    return "".join(
        part if index % 2 else re.sub(place, move, part) for index, part in enumerate(parts)
    )


def _tokens(formula: str) -> list[re.Match[str]]:
    text = formula.strip().removeprefix("=")
    if len(text) > _MAX_LENGTH:
        raise Unknown("too long")
    tokens: list[re.Match[str]] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise Unknown(text[position : position + 20])
        tokens.append(match)
        position = match.end()
    return tokens


_Operand = Decimal | Area | str | bool


class _Parser:
    """Recursive descent: sums of products of powers of signed, percented atoms."""

    def __init__(self, tokens: list[re.Match[str]], title: str, cells: Cells) -> None:
        self._tokens = tokens
        self._title = title
        self._cells = cells
        self._at = 0
        self._depth = 0

    def whole(self) -> _Operand:
        result = self._compared()
        if self._at < len(self._tokens):
            raise Unknown("more than one expression")
        return result

    def _sign(self, wanted: Container[str]) -> str:
        """The next token's sign if it is one of these, taken."""
        if self._at < len(self._tokens):
            sign = self._tokens[self._at]["sign"]
            if sign and sign in wanted:
                self._at += 1
                return sign
        return ""

    def _compared(self) -> _Operand:
        result = self._sum()
        while sign := self._sign(_COMPARISONS):
            result = _COMPARISONS[sign](self._number(result), self._number(self._sum()))
        return result

    def _sum(self) -> _Operand:
        self._depth += 1
        if self._depth > 20:
            raise Unknown("too deep")
        result = self._product()
        while sign := self._sign("+-"):
            right = self._number(self._product())
            left = self._number(result)
            result = left + right if sign == "+" else left - right
        self._depth -= 1
        return result

    def _product(self) -> _Operand:
        result = self._power()
        while sign := self._sign("*/"):
            right = self._number(self._power())
            left = self._number(result)
            if sign == "/" and right == 0:
                raise Unknown("#DIV/0!")
            result = left * right if sign == "*" else left / right
        return result

    def _power(self) -> _Operand:
        result = self._signed()
        while self._sign("^"):
            exponent, base = self._number(self._signed()), self._number(result)
            if abs(exponent) > 100:
                raise Unknown("a large power")
            result = base**exponent
        return result

    def _signed(self) -> _Operand:
        signs = ""
        while sign := self._sign("+-"):
            signs += sign
        if signs:
            operand = self._number(self._percented())
            return -operand if signs.count("-") % 2 else operand
        return self._percented()

    def _percented(self) -> _Operand:
        result = self._atom()
        while self._sign("%"):
            result = self._number(result) / 100
        return result

    def _atom(self) -> _Operand:
        if self._at >= len(self._tokens):
            raise Unknown("an operand is missing")
        if self._sign("("):
            result = self._compared()
            self._close()
            return result
        token = self._tokens[self._at]
        self._at += 1
        if token["number"]:
            return Decimal(token["number"])
        if token["text"]:
            return token["text"][1:-1].replace('""', '"')
        if token["reference"]:
            return self._area(token)
        if token["name"]:
            return self._call(token["name"].upper())
        raise Unknown(token[0])

    def _close(self) -> None:
        if not self._sign(")"):
            raise Unknown("a bracket is missing")

    def _call(self, name: str) -> _Operand:
        arguments: list[_Operand] = []
        if not self._sign(")"):
            arguments.append(self._compared())
            while self._sign(","):
                arguments.append(self._compared())
            self._close()
        if name == "IF" and len(arguments) == 3:
            return arguments[1] if self._number(arguments[0]) else arguments[2]
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Unknown(name)
        if name in ("ROUND", "ABS"):
            return function([self._number(each) for each in arguments])
        return function([number for each in arguments for number in self._numbers(each)])

    def _area(self, token: re.Match[str]) -> Area:
        sheet = (token["quoted"] or "").replace("''", "'") or token["sheet"] or self._title
        top, left = _place(token["first"])
        bottom, right = _place(token["last"]) if token["last"] else (top, left)
        return Area(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    def _number(self, operand: _Operand) -> Decimal:
        if isinstance(operand, Area):
            if (operand.top, operand.left) != (operand.bottom, operand.right):
                raise Unknown("an area by itself")
            return _of_value(self._cells.value(operand.title, operand.top, operand.left))
        return operand if isinstance(operand, Decimal) else _of_value(operand)

    def _numbers(self, operand: _Operand) -> list[Decimal]:
        if not isinstance(operand, Area):
            return [self._number(operand)]
        found = self._cells.values(operand)
        if any(isinstance(each, str) and each.startswith("#") for each in found):
            raise Unknown("an error in the area")
        return [
            _of_value(each)
            for each in found
            if isinstance(each, int | float) and not isinstance(each, bool)
        ]


def _place(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\$?([A-Za-z]+)\$?(\d+)", text)
    assert match is not None
    return int(match[2]) - 1, column_number(match[1]) - 1


def _of_value(value: Value) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str):
        if not re.fullmatch(r"\s*[-+]?\d+(?:\.\d+)?\s*", value):
            raise Unknown("a text where a number should be")
        return Decimal(value.strip())
    return Decimal(format(value, ".15g"))


def _round(arguments: list[Decimal]) -> Decimal:
    if len(arguments) != 2 or abs(arguments[1]) > 15:
        raise Unknown("ROUND")
    return arguments[0].quantize(Decimal(1).scaleb(-int(arguments[1])), rounding=ROUND_HALF_UP)


def _product(numbers: list[Decimal]) -> Decimal:
    result = Decimal(1)
    for each in numbers:
        result *= each
    return result if numbers else Decimal(0)


def _mean(numbers: list[Decimal]) -> Decimal:
    if not numbers:
        raise Unknown("#DIV/0!")
    return sum(numbers, Decimal(0)) / len(numbers)


def _absolute(arguments: list[Decimal]) -> Decimal:
    if len(arguments) != 1:
        raise Unknown("ABS")
    return abs(arguments[0])


_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_FUNCTIONS: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "COUNT": lambda numbers: Decimal(len(numbers)),
    "SUM": lambda numbers: sum(numbers, Decimal(0)),
    "AVERAGE": _mean,
    "MAX": lambda numbers: max(numbers, default=Decimal(0)),
    "MIN": lambda numbers: min(numbers, default=Decimal(0)),
    "PRODUCT": _product,
    "ROUND": _round,
    "ABS": _absolute,
}
