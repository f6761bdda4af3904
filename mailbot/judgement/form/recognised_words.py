"""The words of a form that was read by machine, where it is plain what they were on the paper.

Only labels are mended, never values: a label is one of a few that form.yaml lists, a value may be
anything.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.phones import plain
from mailbot.model import Cell, Grid

# The recogniser knows both sets of characters; an office's form has one.
_SIMPLE = str.maketrans(
    "級門縣區鎮鄉業總體況數動聯經費時間單練場參觀電話報應類別織現導實綜項產監蓋",
    "级门县区镇乡业总体况数动联经费时间单练场参观电话报应类别织现导实综项产监盖",
)
_SURE = 0.97  # a short label that was read with more confidence than this is another label
_SHORTEST, _LONG = 4, 5
_SEMICOLON = re.compile(r"(?<=[\u4e00-\u9fff)）])[;；](?=\s*\d)")  # 演练场次；12
_PARTS = re.compile(r"(?P<label>[^:：]+)(?P<rest>[:：].*)?", re.DOTALL)
_REMARK = re.compile(r"\([^()]*\)")


def mended(grids: Iterable[Grid], spec: FormSpec) -> tuple[Grid, ...]:
    """The grids with their labels mended; cells stay where they are."""
    writings = {
        plain(writing): label
        for label in {label for field in spec.fields for label in field.path}
        for writing in (label, *spec.labels.get(label, ()))
    }
    return tuple(
        replace(grid, cells=tuple(_mended(cell, writings) for cell in grid.cells)) for grid in grids
    )


def _mended(cell: Cell, writings: dict[str, str]) -> Cell:
    text = re.sub(r"\s*\n(?=[:：])", "", cell.text.translate(_SIMPLE))
    text = _SEMICOLON.sub("：", text)
    parts = _PARTS.fullmatch(text)
    if parts is not None:
        bare = _REMARK.sub("", plain(parts["label"]))
        is_slip = len(bare) >= (_SHORTEST if cell.confidence < _SURE else _LONG)
        label = _label_like(bare, writings) if is_slip else ""
        if label:
            # 直接投八（元）：4500 is of 元, whatever becomes of its name.
            text = "".join((label, *_REMARK.findall(plain(parts["label"])), parts["rest"] or ""))
    return replace(cell, text=text)


def _label_like(text: str, writings: dict[str, str]) -> str:
    """The one label of which a text differs in one character; "" where there is none or it is
    a label as it stands."""
    if text in writings:
        return ""
    like = {
        label
        for writing, label in writings.items()
        if len(writing) == len(text)
        and sum(one != other for one, other in zip(writing, text, strict=True)) == 1
    }
    return like.pop() if len(like) == 1 else ""
