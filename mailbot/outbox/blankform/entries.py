"""What may be typed into the cells of the blank workbook, and the words beside it.

Counts, amounts and days are checked by the program that fills them in; of what a cell holds as
text only the way to write it is told. Lists of choices and units stand in the rule itself where
they fit, else on a hidden sheet.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from mailbot.campaign.forms import FormField, RowField
from mailbot.language import Words, say
from mailbot.outbox.blankform.layout import harmless

_UNITS = "单位名录"  # a hidden sheet: what the drop-down of 填报单位 offers
_CHOICES = "选项"  # a hidden sheet: a column for each list that is too long for its rule
_LONGEST_LIST = 255  # characters that a rule itself may hold

# type of field → kind of validation, its lower bound, the words of prompt and error
_VALIDATIONS = {
    "count": ("whole", "0", "请填写不小于0的整数"),
    "money_wan": ("decimal", "0", "请填写不小于0的数字，单位为万元"),
    "date": ("date", "36526", "请按年月日填写，如2017-7-3"),
}
# What a cell holds as text is told, not refused: 95% typed as a number would be read as 0.95.
_PROMPTS = Words(
    {
        "percent": "请填写百分数并带百分号，如95%",
        "number": "请填写数字",
        "phone": "请填写电话号码，固定电话带区号",
        "id_number": "请填写18位公民身份号码",
    }
)
_TOTAL_PROMPT = "；未改写时为各分项之和，一项计入两类的请直接改写"


class Entries:
    """The validations of one workbook, each made once; the sheet takes all of them at its end."""

    def __init__(self, workbook: Workbook, totals: Collection[str]) -> None:
        self._workbook = workbook
        self._totals = totals
        self._rules: dict[tuple[str, bool], DataValidation] = {}
        self._choices: dict[tuple[str, ...], DataValidation] = {}
        self._offers: list[DataValidation] = []

    def prepare(self, one: FormField | RowField, cell: Cell) -> None:
        """What may be typed into a value cell, and how it is shown."""
        if one.choices:
            self._choice(one.choices).add(cell)
        elif one.type in _VALIDATIONS or one.type in _PROMPTS:
            self._rule(one).add(cell)
        if one.type == "date":
            cell.number_format = say('yyyy"年"m"月"d"日"')
        elif one.type not in _VALIDATIONS:
            cell.number_format = "@"

    def all(self) -> Iterator[DataValidation]:
        """Every validation, for the sheet."""
        yield from (*self._rules.values(), *self._choices.values(), *self._offers)

    def _choice(self, choices: tuple[str, ...]) -> DataValidation:
        """The list of what may stand in a cell: in the rule itself where it has room."""
        if choices not in self._choices:
            words = ",".join(choices)
            plain = len(words) <= _LONGEST_LIST and not any(
                set(one) & {",", '"', "\n"} or one != one.strip() for one in choices
            )
            self._choices[choices] = DataValidation(
                type="list",
                formula1=f'"{words}"' if plain else self._list_apart(choices),
                allow_blank=True,
                showErrorMessage=True,
                errorTitle=say("填写有误"),
                error=say("请从列表中选择"),
            )
        return self._choices[choices]

    def _list_apart(self, choices: Sequence[str]) -> str:
        """Where a list stands on the hidden sheet of choices."""
        book = self._workbook
        if say(_CHOICES) not in book.sheetnames:
            book.create_sheet(say(_CHOICES)).sheet_state = "hidden"
        sheet = book[say(_CHOICES)]
        column = 1 if sheet.cell(1, 1).value is None else sheet.max_column + 1
        for row, word in enumerate(choices, start=1):
            sheet.cell(row, column, harmless(word)).data_type = "s"
        letter = get_column_letter(column)
        return f"='{say(_CHOICES)}'!${letter}$1:${letter}${len(choices)}"

    def _rule(self, one: FormField | RowField) -> DataValidation:
        """What may be typed into a field's cell, and the words beside it."""
        total = isinstance(one, FormField) and one.key in self._totals
        if one.type in _PROMPTS:
            if (one.type, False) not in self._rules:
                self._rules[one.type, False] = DataValidation(
                    showInputMessage=True, promptTitle=say("填写说明"), prompt=_PROMPTS[one.type]
                )
            return self._rules[one.type, False]
        kind, bound, words = _VALIDATIONS[one.type]
        words = say(words)
        if (kind, total) not in self._rules:
            self._rules[kind, total] = DataValidation(
                type=kind,
                operator="greaterThanOrEqual",
                formula1=bound,
                allow_blank=True,
                showErrorMessage=True,
                # A date typed as text is read all the same; a count as text is not added up.
                errorStyle="warning" if kind == "date" else "stop",
                errorTitle=say("填写有误"),
                error=words,
                showInputMessage=True,
                promptTitle=say("填写说明"),
                prompt=words + (say(_TOTAL_PROMPT) if total else ""),
            )
        return self._rules[kind, total]

    def offer_units(self, units: Sequence[str], cells: Iterable[Cell]) -> None:
        """The drop-down of the unit's cells, out of a hidden sheet (a list in the rule itself may
        have 255 characters); another name may be typed."""
        sheet = self._workbook.create_sheet(say(_UNITS))
        sheet.sheet_state = "hidden"
        for row, name in enumerate(units, start=1):
            cell = sheet.cell(row, 1, harmless(name))
            cell.data_type = "s"
        offer = DataValidation(
            type="list",
            formula1=f"='{say(_UNITS)}'!$A$1:$A${len(units)}",
            allow_blank=True,
            showErrorMessage=False,
        )
        for cell in cells:
            offer.add(cell)
        self._offers.append(offer)
