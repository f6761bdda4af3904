"""What a reader doubts of a cell, and what that makes of the field that stands in it.

A reader hands on what a person sees. Where the file itself leaves open what that is (a run that
may be struck out, a number stored that is not the one shown, a formula nobody calculated), the
cell carries codes, and here each code has its consequence: the field keeps its value and a person
confirms it, or it has none. A code that is not known here leaves the field without a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.language import say
from mailbot.model import Cell, FieldValue, Json, Severity

_DOUBTFUL = 0.5
_STORED = "stored_differs"
COLLAPSED, OUTSIDE = "collapsed_source", "outside_print_area"
CONTRADICTED_OUTSIDE = "contradicted_outside_print_area"
_LOOK = "已转请人工核对；请核对该单元格，并重新报送清晰无误的统计表"


@dataclass(frozen=True, slots=True)
class Doubt:
    """The consequence of a code: the finding, and whether what was read stays the value.

    `severity` None: the field's own. `words` may name the field {shown}, the text as it is seen
    {raw} and what is kept behind it {stored}.
    """

    code: str
    words: str
    fix: str
    severity: Severity | None = Severity.WARNING
    keeps_value: bool = False
    lowers: bool = True  # the confidence, to the bound or below it

    def told(self, shown: str, read: FieldValue) -> str:
        """The first sentence of the finding."""
        raw, stored = (" ".join(text.split())[:60] for text in (read.raw, read.stored))
        if self is DOUBTS[_STORED]:
            raw = say("空") if raw == stored else f"“{raw}”"
        return say(self.words).format(shown=shown, raw=raw, stored=stored)


def _unsure(words: str, *, keeps_value: bool = False) -> Doubt:
    return Doubt("FORM_FIELD_UNSURE", words, _LOOK, keeps_value=keeps_value)


# The heaviest first: where a cell has several, the first is told.
DOUBTS: Mapping[str, Doubt] = {
    "formula_without_value": Doubt(
        "FORM_FIELD_NOT_CALCULATED",
        "{shown}该单元格是公式，文件中没有保存计算结果，请用Excel或WPS打开、保存后重新报送",
        "",
        severity=None,
    ),
    "all_struck": _unsure("{shown}的内容“{stored}”已全部划去"),
    "all_invisible": _unsure("{shown}的内容“{stored}”在屏幕上看不见"),
    "struck_possible": _unsure("{shown}读为“{raw}”，其中可能有已划去或删除的内容"),
    "note_mark_possible": _unsure("{shown}读为“{raw}”，其中可能有注释的序号"),
    "hidden_possible": _unsure("{shown}读为“{raw}”，其中可能有隐藏的内容"),
    "table_inside": _unsure("{shown}读为“{raw}”，该单元格内另有表格，其中也有数字"),
    "cell_twice": _unsure("{shown}读为“{raw}”，文件中该单元格另有不同的内容"),
    "look_unknown": _unsure("{shown}读为“{raw}”，该单元格的格式不能识别，屏幕上可能显示不同"),
    "sign_unknown": _unsure("{shown}读为“{raw}”，其中有不能识别的符号"),
    "format_unknown": _unsure("{shown}保存的是“{raw}”，其数字格式不能识别，显示的内容可能不同"),
    "result_may_be_old": _unsure("{shown}该单元格是公式，保存的结果“{raw}”可能不是最新"),
    "readers_differ": _unsure("{shown}读为“{raw}”，两次读取的结果不一致"),
    CONTRADICTED_OUTSIDE: _unsure("{shown}在打印区域内为“{raw}”，区域外另有不同的内容"),
    "column_too_narrow": _unsure(
        "{shown}为“{raw}”，列宽不够，屏幕上可能显示为“####”", keeps_value=True
    ),
    "format_conditional": _unsure(
        "{shown}读为“{raw}”，该单元格设有条件格式，屏幕上可能显示不同", keeps_value=True
    ),
    "formulas_shown": _unsure("{shown}读为“{raw}”，该工作表设为显示公式，屏幕上显示不同"),
    "pictured_over": _unsure("{shown}读为“{raw}”，该单元格被图片、文本框等遮住", keeps_value=True),
    OUTSIDE: _unsure("{shown}读为“{raw}”，该单元格在打印区域之外", keeps_value=True),
    _STORED: _unsure("{shown}显示为{raw}，单元格中保存的是“{stored}”", keeps_value=True),
    COLLAPSED: Doubt(
        "FORM_FIELD_COLLAPSED",
        "{shown}在折叠的分组内，按展开后的内容“{raw}”读取",
        "请核对；如无误，无需重新报送",
        severity=Severity.NOTICE,
        keeps_value=True,
        lowers=False,
    ),
}
_UNKNOWN = _unsure("{shown}读为“{raw}”，不能确定与打开文件时所见一致")


def heaviest_doubt(read: FieldValue) -> Doubt | None:
    """What is to be told of a field's cell; None where there is no doubt of it."""
    if set(read.doubts) - DOUBTS.keys():
        return _UNKNOWN
    return next((doubt for code, doubt in DOUBTS.items() if code in read.doubts), None)


def weigh_doubts(
    read: FieldValue, cells: Sequence[tuple[Cell, Json, Json]], bound: float
) -> FieldValue:
    """The field with what its cells' doubts leave of it.

    `cells`: each with the values its text and its stored content have for this very field. Where
    both say the same (5 shown as 5万, in a column of 万元) nothing is in doubt.
    """
    doubts = dict.fromkeys(
        code
        for cell, value, stored in cells
        for code in cell.doubts
        if code != _STORED or value is None or value != stored
    )
    if not doubts:
        return read
    stored = " / ".join(dict.fromkeys(cell.stored for cell, *_ in cells if cell.stored))
    met = [DOUBTS.get(code, _UNKNOWN) for code in doubts]
    value, confidence = read.value, read.confidence
    if any(doubt.lowers for doubt in met):
        confidence = min(confidence, bound)
    if not all(doubt.keeps_value for doubt in met):
        value, confidence = None, min(confidence, _DOUBTFUL, bound / 2)
    return replace(
        read,
        value=value,
        raw=read.raw if read.raw.strip() else stored,
        confidence=confidence,
        stored=stored,
        doubts=tuple(doubts),
    )
