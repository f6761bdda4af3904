"""Layouts of a statistics table: each draws the fields of one section into a sheet.

Shares nothing with the reader under test: a layout knows where it put a value, so what the
reader must find is known by construction.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from mailbot.campaign.forms import FormField, FormSpec


@dataclass(frozen=True)
class Box:
    """A cell of a table being laid out; it may cover several rows and columns."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass
class Sheet:
    """One table: boxes at their positions, and lines of text before and after it."""

    boxes: dict[tuple[int, int], Box] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    title: str = "表1"

    @property
    def height(self) -> int:
        return max((row + box.rows for (row, _), box in self.boxes.items()), default=0)

    @property
    def width(self) -> int:
        return max((column + box.columns for (_, column), box in self.boxes.items()), default=0)

    def put(self, row: int, column: int, text: str, rows: int = 1, columns: int = 1) -> None:
        self.boxes[row, column] = Box(text, rows, columns)


# ---- who chooses ---------------------------------------------------------------------------

T = TypeVar("T")


class Choices(Protocol):
    """Makes every choice of a form."""

    def among(self, options: Sequence[T]) -> T:
        """One of these."""
        ...

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        ...


@dataclass(frozen=True)
class Drawn:
    """Hypothesis chooses, and makes a failure small."""

    draw: st.DrawFn

    def among(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))


class Seeded:
    """A seed chooses: the same form every time, in a fiftieth of the time."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def among(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def number(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))


# ---- how labels and values are written ----------------------------------------------------


@dataclass
class Hand:
    """How this unit writes: chosen once a form, so that a form is of one piece."""

    choose: Choices
    spec: FormSpec
    money_unit: str = "万元"

    def label(self, one: FormField, depth: int, colon: str = "") -> str:
        canonical = one.path[depth]
        writings = (canonical, canonical, *self.spec.labels.get(canonical, ()))
        text = self.choose.among(writings)
        style = self.choose.among(["", "", "", "spaces", "break", "number", "wide"])
        if style == "spaces" and len(text) <= 4:
            text = " ".join(text)
        elif style == "break" and len(text) >= 4:
            text = text[:2] + "\n" + text[2:]
        elif style == "number":
            text = self.choose.among(["一、", "1．", "（二）", "其中："]) + text
        elif style == "wide":
            text = f"　{text}　"
        if one.type == "unit":
            text += self.choose.among(["", "（盖章）", "(盖章)", "（公章）"])
        if depth == len(one.path) - 1 and one.place == "table":
            if one.type == "money_wan" and self.money_unit != "万元":
                text += f"（{self.money_unit}）"
            elif one.unit:
                text += self.choose.among(["", f"（{one.unit}）", f"({one.unit})"])
        return text + colon

    def value(self, one: FormField) -> tuple[str, object]:
        """A value as written, and what it means."""
        if one.type == "count":
            return self._count(one)
        if one.type == "money_wan":
            return self._money()
        samples: dict[str, list[tuple[str, object]]] = {
            "unit": [("测试区安监局", "测试区安监局"), ("测 试 市人民政府", "测试市人民政府")],
            "person": [("填表人甲", "填表人甲"), ("甲 乙", "甲乙")],
            "phone": [
                ("0371-67182119", "0371-67182119"),
                ("（0371）67182119", "0371-67182119"),
                ("０３７１－６７１８２１１９", "0371-67182119"),
                ("138 0000 1111", "13800001111"),
            ],
            "date": [
                ("2017年7月3日", "2017-07-03"),
                ("2017 年 7 月 3 日", "2017-07-03"),
                ("2017.7.3", "2017-07-03"),
                ("2017-07-03", "2017-07-03"),
                ("二〇一七年七月三日", "2017-07-03"),
            ],
            "text": [("某文字", "某文字")],
        }
        return self.choose.among(samples[one.type])

    def _count(self, one: FormField) -> tuple[str, object]:
        number = self.choose.number(0, 99_999)
        blank = not one.required and self.choose.number(0, 7) == 0
        if blank:
            return self.choose.among(["", "/", "—", "无", " "]), None
        wide = str(number).translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
        styles = [str(number), str(number), f"{number:,}", wide, f"{number}{one.unit}"]
        if number % 100 == 0 and number >= 10_000:
            styles.append(f"{number / 10_000:g}万")
        return self.choose.among(styles), number

    def _money(self) -> tuple[str, object]:
        yuan = self.choose.number(0, 50_000_000) // 100 * 100
        wan = yuan / 10_000
        plain = f"{yuan}" if self.money_unit == "元" else f"{wan:g}" if wan < 1 else f"{wan:.2f}"
        styles = [plain, plain, f"{wan:.2f}万元", f"{yuan}元", f"{yuan:,}元"]
        return self.choose.among(styles), wan


# ---- layouts of one section: each draws into a sheet from a row on and returns the next row ---

Section = tuple[str, list[FormField]]


def sections_of(spec: FormSpec) -> list[Section]:
    table = [one for one in spec.fields if one.place == "table"]
    return [(name, list(group)) for name, group in groupby(table, key=lambda one: one.path[0])]


def groups_of(fields: Sequence[FormField]) -> list[tuple[str, list[FormField]]]:
    return [
        (name, list(group))
        for name, group in groupby(fields, key=lambda one: one.path[1] if one.path[2:] else "")
    ]


@dataclass
class Draft:
    """What a layout needs: where to draw, how to write, the texts of the values."""

    sheet: Sheet
    hand: Hand
    texts: dict[str, str]
    width: int = 0
    drawn: set[str] = field(default_factory=set)

    def value(self, row: int, column: int, one: FormField, columns: int = 1) -> None:
        self.sheet.put(row, column, self.texts[one.key], 1, columns)
        self.drawn.add(one.key)


def across(draft: Draft, row: int, fields: list[FormField], *, wide: int = 1) -> int:
    """Section line, nested headings side by side, one line of values under them."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, max(draft.width, len(fields) * wide))
    depth = max(len(one.path) for one in fields) - 1
    for level in range(1, depth + 1):
        column = 0
        for _, same in groupby(fields, key=lambda one: one.path[: level + 1]):
            members = list(same)
            if len(members[0].path) > level:
                last = len(members[0].path) == level + 1
                height = depth - level + 1 if last else 1
                text = hand.label(members[0], level)
                sheet.put(row + level, column, text, height, len(members) * wide)
            column += len(members) * wide
    for index, one in enumerate(fields):
        draft.value(row + depth + 1, index * wide, one, wide)
    return row + depth + 2


def down(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Section line; group lines; a line `measure | value` each."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, 2)
    row += 1
    for name, members in groups_of(fields):
        if name:
            sheet.put(row, 0, hand.label(members[0], 1), 1, 2)
            row += 1
        for one in members:
            sheet.put(row, 0, hand.label(one, len(one.path) - 1))
            draft.value(row, 1, one)
            row += 1
    return row


def nested(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Columns section | group | measure | value, merged downwards."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), len(fields), 1)
    for name, members in groups_of(fields):
        if name:
            sheet.put(row, 1, hand.label(members[0], 1), len(members), 1)
        for one in members:
            sheet.put(
                row, 2 if name else 1, hand.label(one, len(one.path) - 1), 1, 1 if name else 2
            )
            draft.value(row, 3, one)
            row += 1
    return row


def paired(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Section line; then `label | value | label | value`, groups on lines of their own."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, 4)
    row += 1
    for name, members in groups_of(fields):
        if name:
            sheet.put(row, 0, hand.label(members[0], 1), 1, 4)
            row += 1
        for start in range(0, len(members), 2):
            for index, one in enumerate(members[start : start + 2]):
                sheet.put(row, 2 * index, hand.label(one, len(one.path) - 1))
                draft.value(row, 2 * index + 1, one)
            row += 1
    return row


def joined(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Section line; cells that hold `label：value`."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, 3)
    row += 1
    for name, members in groups_of(fields):
        if name:
            sheet.put(row, 0, hand.label(members[0], 1), 1, 3)
            row += 1
        for index, one in enumerate(members):
            text = hand.label(one, len(one.path) - 1, "：") + draft.texts[one.key]
            sheet.put(row, index % 3, text.replace("\n", ""))
            draft.drawn.add(one.key)
            row += index % 3 == 2
        row += 1
    return row


def matrix(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Groups as lines, measures as columns (only where every group has the same measures)."""
    groups = groups_of(fields)
    measures = [one.path[-1] for one in groups[0][1]]
    if len(groups) < 2 or any([m.path[-1] for m in members] != measures for _, members in groups):
        return across(draft, row, fields)
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, 1 + len(measures))
    for index, one in enumerate(groups[0][1]):
        sheet.put(row + 1, 1 + index, hand.label(one, len(one.path) - 1))
    row += 2
    for _, members in groups:
        sheet.put(row, 0, hand.label(members[0], 1))
        for index, one in enumerate(members):
            draft.value(row, 1 + index, one)
        row += 1
    return row


def turned(draft: Draft, row: int, fields: list[FormField]) -> int:
    """Measures as lines, groups as columns; the section's name in the corner."""
    groups = groups_of(fields)
    measures = [one.path[-1] for one in groups[0][1]]
    if len(groups) < 2 or any([m.path[-1] for m in members] != measures for _, members in groups):
        return nested(draft, row, fields)
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1 + len(measures), 1)
    for index, (_, members) in enumerate(groups):
        sheet.put(row, 2 + index, hand.label(members[0], 1))
    for line in range(len(measures)):
        first = groups[0][1][line]
        sheet.put(row + 1 + line, 1, hand.label(first, len(first.path) - 1))
        for index, (_, members) in enumerate(groups):
            draft.value(row + 1 + line, 2 + index, members[line])
    return row + 1 + len(measures)


def composed(draft: Draft, row: int, fields: list[FormField]) -> int:
    """One label cell that says group and measure together (`企业举办次数`), value beside it."""
    sheet, hand = draft.sheet, draft.hand
    sheet.put(row, 0, hand.label(fields[0], 0), 1, 2)
    for offset, one in enumerate(fields, start=1):
        text = "".join(one.path[1:])
        text += f"（{hand.money_unit}）" if one.type == "money_wan" else ""
        sheet.put(row + offset, 0, text)
        draft.value(row + offset, 1, one)
    return row + 1 + len(fields)


def across_wide(draft: Draft, row: int, fields: list[FormField]) -> int:
    """As `across`, every value two columns wide."""
    return across(draft, row, fields, wide=2)


LAYOUTS: dict[str, Callable[[Draft, int, list[FormField]], int]] = {
    "across": across,
    "across_wide": across_wide,
    "down": down,
    "nested": nested,
    "paired": paired,
    "joined": joined,
    "matrix": matrix,
    "turned": turned,
    "composed": composed,
}
# Without merges (CSV) a heading over several columns is known only by the empty cells after it.
UNMERGED = ("across", "across_wide", "down", "paired", "joined", "matrix", "composed")
