"""The jianghai form printed in any layout of `make.form_layouts`: nested headings, labels above
or beside their values or in one cell with them, sections in either order, in many typefaces."""

import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from mailbot.campaign.forms import FormField, FormSpec
from make.form_layouts import LAYOUTS, Draft, Hand, Seeded, Sheet, sections_of
from make.scans import MORE_FONTS, Box, Form, Values, random_values, typeface

_MOST_CHARACTERS = 14  # of a cell's width; what is longer is broken


class _Printed(Hand):
    """Labels as an office prints them, values as a unit types them."""

    def __init__(self, dice: random.Random, spec: FormSpec, values: Values) -> None:
        super().__init__(Seeded(0), spec)
        self._dice = dice
        self._values = values
        self._commas = dice.random() < 0.2
        self._units_in_cells = dice.random() < 0.15
        self._date = dice.choice(["年月日", "年月日", "spaced", "-", "."])

    def label(self, one: FormField, depth: int, colon: str = "") -> str:
        canonical = one.path[depth]
        text = canonical
        if self._dice.random() < 0.25:
            text = self._dice.choice([canonical, *self.spec.labels.get(canonical, ())])
        if one.type == "unit":
            text += self._dice.choice(["（盖章）", "（盖章）", "(盖章)", "（公章）"])
        if depth == len(one.path) - 1 and one.place == "table":
            if one.type == "money_wan":
                text += self._dice.choice(["（万元）", "(万元)"])
            elif one.unit and self._dice.random() < 0.4:
                text += f"（{one.unit}）"
        return text + colon

    def text(self, one: FormField) -> str:
        """The value as it is written."""
        value = self._values[one.key]
        if one.type == "date":
            year, month, day = (int(part) for part in str(value).split("-"))
            return {
                "年月日": f"{year}年{month}月{day}日",
                "spaced": f"{year} 年 {month} 月 {day} 日",
                "-": f"{year}-{month:02d}-{day:02d}",
                ".": f"{year}.{month}.{day}",
            }[self._date]
        if one.type not in ("count", "money_wan"):
            return str(value)
        assert isinstance(value, int | float)
        whole = float(value).is_integer()
        text = (f"{int(value):,}" if self._commas else f"{int(value)}") if whole else f"{value}"
        return text + (one.unit if self._units_in_cells else "")


@dataclass
class _Page:
    """How one page is set."""

    dice: random.Random
    size: int  # of the type, in pixels at 200 dpi
    line: int
    rule: tuple[int, int, int]
    ink: tuple[int, int, int]
    font: str
    align: str

    @classmethod
    def random(cls, dice: random.Random) -> "_Page":
        pale = dice.choice([0, 0, 0, 0, 60, 110, 150])
        return cls(
            dice,
            size=dice.choice([24, 28, 32, 36]),
            line=dice.choice([1, 2, 2, 3, 4]),
            rule=(pale, pale, pale),
            ink=dice.choice([(0, 0, 0), (25, 25, 25), (60, 60, 70)]),
            font=str(dice.choice(MORE_FONTS)),
            align=dice.choice(["middle", "middle", "top", "left"]),
        )

    def wrapped(self, text: str, most: int) -> list[str]:
        lines = []
        for line in text.split("\n"):
            if line and all(char in "0123456789-.,（）()" for char in line):
                lines.append(line)  # nobody breaks a number
                continue
            lines += [line[at : at + most] for at in range(0, len(line), most)] or [""]
        return lines

    def width(self, text: str) -> int:
        return round(typeface(self.font, self.size).getlength(text))


def draw_printed(dice: random.Random, spec: FormSpec, layout: str = "") -> Form:
    """A filled form in a random layout, or with every section in this one."""
    values = random_values(dice)
    hand = _Printed(dice, spec, values)
    texts = {one.key: hand.text(one) for one in spec.fields}
    sections = sections_of(spec)
    if dice.random() < 0.2:
        sections.reverse()
    sheet = Sheet()
    draft = Draft(sheet, hand, texts, width=max(len(fields) for _, fields in sections))
    header, footer = (
        [one for one in spec.fields if one.place == place] for place in ("header", "footer")
    )
    style = dice.choice(["cells", "pairs", "line"])
    row = 0
    if dice.random() < 0.4:
        sheet.put(0, 0, spec.title, 1, draft.width)
        row = 1
    else:
        sheet.before.append(spec.title)
    row = _margin(draft, header, row, style, sheet.before)
    names = []
    for _, fields in sections:
        name = layout or dice.choice([one for one in LAYOUTS if one != "across_wide"])
        names.append(name)
        row = LAYOUTS[name](draft, row, fields)
    _margin(draft, footer, row, dice.choice(["cells", style, "line"]), sheet.after)
    _fill_out(sheet)
    form = _printed(sheet, _Page.random(dice), values)
    form.layout = layout or "+".join(dict.fromkeys(names))
    return form


def _margin(draft: Draft, fields: list[FormField], row: int, style: str, lines: list[str]) -> int:
    """Header or footer: cells of their own, `label：value` cells, or a line outside the table."""
    draft.drawn.update(one.key for one in fields)
    if style == "cells":
        for number, one in enumerate(fields):
            draft.sheet.put(row, 2 * number, draft.hand.label(one, 0))
            draft.sheet.put(row, 2 * number + 1, draft.texts[one.key])
        return row + 1
    texts = [draft.hand.label(one, 0, "：") + draft.texts[one.key] for one in fields]
    if style == "pairs":
        for number, text in enumerate(texts):
            draft.sheet.put(row, 2 * number, text, 1, 2)
        return row + 1
    lines.append("        ".join(texts))
    return row


def _fill_out(sheet: Sheet) -> None:
    """Every row as wide as the table: its last cell is widened, as offices merge cells."""
    for row in range(sheet.height):
        covering = {
            column + box.columns: (first, column)
            for (first, column), box in sheet.boxes.items()
            if first <= row < first + box.rows
        }
        end = max(covering, default=0)
        if end == sheet.width:
            continue
        first, column = covering.get(end, (row, 0))
        box = sheet.boxes.get((first, column))
        if box is not None and box.rows == 1:
            sheet.put(first, column, box.text, 1, sheet.width - column)
        else:
            sheet.put(row, end, "", 1, sheet.width - end)


def _printed(sheet: Sheet, page: _Page, values: Values) -> Form:
    """The sheet drawn, on a page upright or across as its width asks."""
    dice = page.dice
    columns = _columns(sheet, page)
    room = dice.choice([1.15, 1.3, 1.6])
    columns = [round(width * room) for width in columns]
    row_height = round(page.size * dice.choice([1.7, 2.2, 2.8]))
    rows = _rows(sheet, page, columns, row_height)
    width, height = sum(columns), sum(rows)
    outside = round(page.size * 2.2)
    needed = height + outside * (len(sheet.before) + len(sheet.after) + 1)
    ratio = 1.414 if width > 1.1 * needed else 1 / 1.414
    page_height = max(needed * 1.12, width * 1.12 / ratio)
    page_width = max(page_height * ratio, width * 1.1)
    image = Image.new("RGB", (round(page_width), round(page_height)), "white")
    draw = ImageDraw.Draw(image)
    left = round((image.width - width) * dice.uniform(0.35, 0.65))
    y = round((image.height - needed) * dice.uniform(0.2, 0.6))
    for number, text in enumerate(sheet.before):
        is_title = number == 0 and "统计表" in text[-4:]
        font = typeface(page.font, round(page.size * (1.4 if is_title else 1)))
        x = left + (width - font.getlength(text)) / 2 if is_title else left
        draw.text((max(10, x), y), text, page.ink, font)
        y += outside
    at = image.width // 2, y
    cells: list[tuple[str, Box]] = []
    xs = [left + sum(columns[:number]) for number in range(len(columns) + 1)]
    ys = [y + sum(rows[:number]) for number in range(len(rows) + 1)]
    for (row, column), box in sheet.boxes.items():
        x0, x1 = xs[column], xs[min(column + box.columns, len(columns))]
        y0, y1 = ys[row], ys[row + box.rows]
        draw.rectangle((x0, y0, x1, y1), outline=page.rule, width=page.line)
        if "盖章" in box.text or "公章" in box.text:
            at = (x1, (y0 + y1) // 2)
        _write(draw, page, box.text, (x0, y0, x1, y1))
        cells.append((box.text, (x0, y0, x1, y1)))
    y = ys[-1] + outside // 3
    for text in sheet.after:
        draw.text((left, y), text, page.ink, typeface(page.font, page.size))
        y += outside
    around = (at[0] - 150, at[1] - 150, at[0] + 150, at[1] + 150)
    return Form(image, values, seal_box=around, cells=cells)


def _columns(sheet: Sheet, page: _Page) -> list[int]:
    widths = [page.size * 3] * sheet.width
    for (_, column), box in sheet.boxes.items():
        longest = max(page.width(line) for line in page.wrapped(box.text, _MOST_CHARACTERS))
        share = (longest + page.size) // box.columns
        for number in range(column, min(column + box.columns, len(widths))):
            widths[number] = max(widths[number], share)
    return widths


def _rows(sheet: Sheet, page: _Page, columns: list[int], least: int) -> list[int]:
    heights = [least] * sheet.height
    for (row, _), box in sheet.boxes.items():
        lines = len(page.wrapped(box.text, _MOST_CHARACTERS))
        share = round(page.size * (1.3 * lines + 0.5) / box.rows)
        for number in range(row, row + box.rows):
            heights[number] = max(heights[number], share)
    return heights


def _write(
    draw: ImageDraw.ImageDraw, page: _Page, text: str, box: tuple[int, int, int, int]
) -> None:
    lines = page.wrapped(text, _MOST_CHARACTERS)
    font = typeface(page.font, page.size)
    step = page.size * 1.3
    x0, y0, x1, y1 = box
    y = y0 + (y1 - y0 - step * len(lines)) / 2
    if page.align == "top":
        y = y0 + page.size * 0.2
    for line in lines:
        x = (x0 + x1 - font.getlength(line)) / 2
        if page.align == "left":
            x = x0 + page.size * 0.4
        draw.text((x, y), line, page.ink, font)
        y += step
