"""Filled forms as they come off a scanner or a telephone, with seals, the truth known.

A form is drawn with Pillow by code that shares nothing with the reader under test, stamped, and
then put through what happens to paper: turned, bent, lit from one side, blurred, compressed.
`FONTS` is empty where the machine has no Chinese font; tests skip then. `MORE_FONTS` are all
that it has, for measuring.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_NAMES = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc")
_MORE_NAMES = (
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "uming.ttc",
    "ukai.ttc",
    "LXGWWenKai-Regular.ttf",
    "NotoSansCJK-Bold.ttc",
)


def _there(names: tuple[str, ...]) -> list[Path]:
    return [path for folder in _FOLDERS for name in names for path in sorted(folder.rglob(name))]


# Not whatever the machine has: with another choice of fonts a test's seed makes another form.
FONTS = _there(_NAMES) or _there(_MORE_NAMES)
MORE_FONTS = [*_there(_NAMES), *_there(_MORE_NAMES)]

Values = dict[str, object]  # of the jianghai form, by field key
Box = tuple[int, int, int, int]  # left, top, right, bottom

_ORGANISERS = (
    ("municipal", "市级部门"),
    ("county", "县区政府"),
    ("town", "乡镇街道"),
    ("enterprise", "企业"),
    ("other", "其他"),
)
_UNITS = (
    "江海市应急管理局",
    "江海市城乡建设局",
    "临溪县人民政府办公室",
    "江海市交通运输局",
    "东湖区人民政府",
)
_PEOPLE = ("填表人甲", "经办人乙", "陈某某", "李某")


@cache
def typeface(path: Path | str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels."""
    # Index 2 of Noto's collections is Simplified Chinese, the first of the others.
    return ImageFont.truetype(str(path), size, index=2 if "Noto" in str(path) else 0)


@dataclass
class Form:
    """A drawn form and what it says."""

    image: Image.Image
    values: Values
    seal: bool | None = False
    seal_box: tuple[int, int, int, int] | None = None
    layout: str = ""
    steps: list[str] = field(default_factory=list)
    cells: list[tuple[str, Box]] = field(default_factory=list)  # as drawn, before any handling

    def scribble_over(self, text: str) -> None:
        """Nobody can read the cell that holds this text, as people do who mend a number."""
        x0, y0, x1, y1 = next(box for words, box in self.cells if words == text)
        draw = ImageDraw.Draw(self.image)
        for step in range(14):
            x = x0 + (x1 - x0) * (0.25 + 0.035 * step)
            draw.line((x, y0 + 14, x + 40, y1 - 14), fill="black", width=5)
            draw.line((x + 40, y0 + 14, x, y1 - 14), fill="black", width=5)


def random_values(dice: random.Random, units: tuple[str, ...] = _UNITS) -> Values:
    """Values whose parts add up to their totals."""
    values: Values = {
        "unit": dice.choice(units),
        "reported_on": f"2017-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        "filled_by": dice.choice(_PEOPLE),
        "phone": dice.choice(["0512-6521", "0371-6718", "138621"]) + f"{dice.randint(0, 9999):04d}",
    }
    if str(values["phone"]).startswith("138"):
        values["phone"] = f"{values['phone']}{dice.randint(0, 9)}"
    drills, people = 0, 0
    for key, _ in _ORGANISERS:
        count = dice.choice([dice.randint(1, 9), dice.randint(10, 99), dice.randint(100, 700)])
        crowd = count * dice.randint(11, 60)
        values[f"by_organiser.{key}.drills"] = count
        values[f"by_organiser.{key}.participants"] = crowd
        drills, people = drills + count, people + crowd
    values["overall.drills"], values["overall.participants"] = drills, people
    values["overall.observers"] = dice.randint(1, 9999)
    values["overall.spend_wan"] = round(dice.uniform(0.5, 400), dice.choice([0, 1, 2]))
    values["overall.joint_drills"] = dice.randint(1, 99)
    return values


# ---- drawing ------------------------------------------------------------------------------


class _Sheet:
    """A page with ruled cells."""

    def __init__(self, dice: random.Random, size: tuple[int, int]) -> None:
        self.image = Image.new("RGB", size, "white")
        self.draw = ImageDraw.Draw(self.image)
        self.font_path = dice.choice(FONTS)
        self.line = dice.choice([1, 2, 2, 3])
        self.ink = dice.choice([(0, 0, 0), (20, 20, 20), (50, 50, 60)])
        self.commas = dice.random() < 0.3
        self.cells: list[tuple[str, Box]] = []

    def number(self, value: object) -> str:
        assert isinstance(value, int | float)
        if float(value).is_integer():
            return f"{int(value):,}" if self.commas else str(int(value))
        return f"{value}"

    def cell(self, box: tuple[int, int, int, int], text: str, size: int = 32) -> None:
        self.draw.rectangle(box, outline=self.ink, width=self.line)
        self.cells.append((text, box))
        self.text(box, text, size)

    def line_of_text(self, box: Box, text: str, size: int) -> None:
        """A label with its value outside the table."""
        self.cells.append((text, box))
        self.text(box, text, size)

    def text(self, box: tuple[int, int, int, int], text: str, size: int = 32) -> None:
        """Centred; shrunk, at last broken in two lines, until it fits."""
        left, top, right, bottom = box
        lines = [text]
        while size > 20 and self._width(lines, size) > right - left - 12:
            size -= 2
        if self._width(lines, size) > right - left - 12:
            half = (len(text) + 1) // 2
            lines = [text[:half], text[half:]]
        font = typeface(self.font_path, size)
        height = size * 1.25 * len(lines)
        for number, line in enumerate(lines):
            x = (left + right - font.getlength(line)) / 2
            y = (top + bottom - height) / 2 + number * size * 1.25
            self.draw.text((x, y), line, font=font, fill=self.ink)

    def _width(self, lines: list[str], size: int) -> float:
        return max(typeface(self.font_path, size).getlength(line) for line in lines)


def _date(values: Values) -> str:
    year, month, day = str(values["reported_on"]).split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def draw_wide(dice: random.Random, units: tuple[str, ...] = _UNITS) -> Form:
    """Organisers side by side, header and footer in the table, label and value in two cells."""
    values = random_values(dice, units)
    sheet = _Sheet(dice, (2339, 1654))
    left, top, width, row = 240, dice.randint(200, 330), 1840, dice.choice([78, 88, 100])
    y = top

    def band(cells: list[tuple[float, str]]) -> tuple[int, int, int, int]:
        nonlocal y
        x = float(left)
        last = (0, 0, 0, 0)
        total = sum(share for share, _ in cells)
        for share, text in cells:
            step = width * share / total
            last = (round(x), y, round(x + step), y + row)
            sheet.cell(last, text)
            x += step
        y += row
        return last

    number = sheet.number
    band([(1, "2017年安全生产应急演练统计表")])
    band([(2, "填报单位（盖章）"), (3, str(values["unit"])), (2, "报出时间"), (3, _date(values))])
    unit_at = (left + round(width * 0.35), y - row // 2)
    band([(1, "总体情况")])
    band(
        [
            (1, text)
            for text in (
                "演练场次",
                "参演人数",
                "观摩人数",
                "投入经费(万元)",
                "多部门联动综合演练场次",
            )
        ]
    )
    keys = ("drills", "participants", "observers", "spend_wan", "joint_drills")
    band([(1, number(values[f"overall.{key}"])) for key in keys])
    band([(1, "按组织单位分类")])
    band([(1, label) for _, label in _ORGANISERS])
    band([(1, text) for _ in _ORGANISERS for text in ("场次", "人数")])
    band(
        [
            (1, number(values[f"by_organiser.{key}.{what}"]))
            for key, _ in _ORGANISERS
            for what in ("drills", "participants")
        ]
    )
    band([(2, "填表人"), (3, str(values["filled_by"])), (2, "联系电话"), (3, str(values["phone"]))])
    return _finished(sheet, values, unit_at, dice, "wide")


def draw_tall(dice: random.Random, units: tuple[str, ...] = _UNITS) -> Form:
    """Portrait: a row an organiser, sections merged at the left, header and footer as lines."""
    values = random_values(dice, units)
    sheet = _Sheet(dice, (1654, 2339))
    left, width, row = 170, 1310, dice.choice([84, 96, 110])
    y = dice.randint(170, 300)
    sheet.text((left, y, left + width, y + 70), "2017年安全生产应急演练统计表", 44)
    y += 110
    sheet.line_of_text((left, y, left + 720, y + 50), f"填报单位（盖章）：{values['unit']}", 30)
    sheet.line_of_text((left + 760, y, left + width, y + 50), f"报出时间：{_date(values)}", 30)
    unit_at = (left + 440, y + 25)
    y += 70
    number = sheet.number
    overall = (
        ("演练场次", "drills"),
        ("参演人数", "participants"),
        ("观摩人数", "observers"),
        ("投入经费（万元）", "spend_wan"),
        ("多部门联动综合演练场次", "joint_drills"),
    )
    x1, x2, x3 = left + 260, left + 820, left + width
    sheet.cell((left, y, x1, y + row * len(overall)), "总体情况")
    for label, key in overall:
        sheet.cell((x1, y, x2, y + row), label)
        sheet.cell((x2, y, x3, y + row), number(values[f"overall.{key}"]))
        y += row
    m1, m2 = left + 600, left + 950
    sheet.cell((left, y, x1, y + row * (len(_ORGANISERS) + 1)), "按组织单位分类")
    for box, label in (((x1, m1), ""), ((m1, m2), "场次"), ((m2, x3), "人数")):
        sheet.cell((box[0], y, box[1], y + row), label)
    y += row
    for key, label in _ORGANISERS:
        sheet.cell((x1, y, m1, y + row), label)
        sheet.cell((m1, y, m2, y + row), number(values[f"by_organiser.{key}.drills"]))
        sheet.cell((m2, y, x3, y + row), number(values[f"by_organiser.{key}.participants"]))
        y += row
    y += 20
    sheet.line_of_text((left, y, left + 500, y + 50), f"填表人：{values['filled_by']}", 30)
    sheet.line_of_text((left + 700, y, left + width, y + 50), f"联系电话：{values['phone']}", 30)
    return _finished(sheet, values, unit_at, dice, "tall")


LAYOUTS: tuple[Callable[..., Form], ...] = (draw_wide, draw_tall)


def _finished(
    sheet: _Sheet, values: Values, unit_at: tuple[int, int], dice: random.Random, layout: str
) -> Form:
    form = Form(sheet.image, values, layout=layout, cells=sheet.cells)
    form.seal_box = (unit_at[0] - 150, unit_at[1] - 150, unit_at[0] + 150, unit_at[1] + 150)
    return form


# ---- seals --------------------------------------------------------------------------------


def draw_seal(dice: random.Random, diameter: int = 300, *, oval: bool = False) -> Image.Image:
    """A seal of red ink on nothing: ring, name along it, star, perhaps a number below."""
    size = diameter * 2  # drawn at twice its size
    ink = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(ink)
    wide = dice.choice([8, 12, 16])
    ratio = dice.choice([0.68, 0.75]) if oval else 1.0
    middle, radius = size / 2, size / 2 - 6
    draw.ellipse(
        (6, middle - radius * ratio, size - 6, middle + radius * ratio), outline=255, width=wide
    )
    name = dice.choice(_UNITS)
    font = typeface(dice.choice(FONTS), round(size * (0.1 if oval else 0.125)))
    reach = min(280, 26 * len(name))
    for number, char in enumerate(name):
        angle = math.radians(-90 - reach / 2 + reach * number / (len(name) - 1))
        tile = Image.new("L", (font_size := round(size * 0.16), font_size), 0)
        ImageDraw.Draw(tile).text((font_size / 2, font_size / 2), char, 255, font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle) - 90, Image.Resampling.BICUBIC)
        x = middle + radius * 0.78 * math.cos(angle)
        y = middle + radius * 0.78 * ratio * math.sin(angle)
        ink.paste(255, (round(x - font_size / 2), round(y - font_size / 2)), tile)
    if not oval:
        points = []
        for corner in range(10):
            angle = math.radians(-90 + 36 * corner)
            far = radius * (0.3 if corner % 2 == 0 else 0.12)
            points.append((middle + far * math.cos(angle), middle + far * math.sin(angle)))
        draw.polygon(points, fill=255)
    if oval or dice.random() < 0.4:
        draw.text(
            (middle, middle + radius * (0.3 if oval else 0.62) * ratio),
            "4101000012345",
            255,
            typeface(FONTS[0], round(size * 0.05)),
            anchor="mm",
        )
    ink = ink.rotate(dice.uniform(-25, 25), Image.Resampling.BICUBIC)
    ink = ink.resize((diameter, diameter), Image.Resampling.LANCZOS)
    return _worn(ink, dice)


def _worn(ink: Image.Image, dice: random.Random) -> Image.Image:
    """Unevenly inked, with the red this office buys."""
    noise = np.random.default_rng(dice.randint(0, 2**31)).normal(
        1.0, dice.uniform(0, 0.35), ink.size
    )
    patches = Image.fromarray(np.clip(noise[::16, ::16] * 128, 0, 255).astype(np.uint8))
    uneven = np.asarray(patches.resize(ink.size, Image.Resampling.BICUBIC), np.float32) / 128
    strength = dice.uniform(0.45, 1.0)
    alpha = np.clip(np.asarray(ink, np.float32).T.T * np.clip(uneven, 0.3, 1.2) * strength, 0, 255)
    red = (dice.randint(190, 235), dice.randint(20, 70), dice.randint(20, 70))
    stamp = Image.new("RGBA", ink.size, (*red, 0))
    stamp.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return stamp


def stamp(form: Form, dice: random.Random, *, oval: bool | None = None) -> Form:
    """A seal over the unit's name: ink upon ink darkens."""
    oval = dice.random() < 0.25 if oval is None else oval
    seal = draw_seal(dice, dice.randint(230, 350), oval=oval)
    assert form.seal_box is not None
    x = (form.seal_box[0] + form.seal_box[2] - seal.width) // 2 + dice.randint(-120, 120)
    y = (form.seal_box[1] + form.seal_box[3] - seal.height) // 2 + dice.randint(-40, 60)
    x, y = max(5, x), max(5, y)
    layer = Image.new("RGB", form.image.size, "white")
    layer.paste(seal, (x, y), seal)
    form.image = ImageChops.multiply(form.image, layer)
    form.seal, form.seal_box = True, (x, y, x + seal.width, y + seal.height)
    form.steps.append("oval seal" if oval else "seal")
    return form


SEALED_OVER = ("unit", "reported_on", "filled_by", "phone", "figure", "figure")
STAMPED_UNITS = (*_UNITS, "东湖区", "临溪县")  # short names, of which a stroke makes others


def stamp_over(form: Form, dice: random.Random, target: str) -> Form:
    """A seal upon one field: a header's, a footer's or a figure (`target` of SEALED_OVER)."""
    if target == "figure":
        numbers = [key for key, value in form.values.items() if not isinstance(value, str)]
        target = dice.choice(numbers)
    left, top, right, bottom = _value_box(form, target)
    seal = draw_seal(dice, dice.randint(200, 330), oval=dice.random() < 0.25)
    x = (left + right - seal.width) // 2 + dice.randint(-seal.width // 3, seal.width // 3)
    y = (top + bottom - seal.height) // 2 + dice.randint(-seal.height // 3, seal.height // 3)
    x, y = max(5, x), max(5, y)
    layer = Image.new("RGB", form.image.size, "white")
    layer.paste(seal, (x, y), seal)
    form.image = ImageChops.multiply(form.image, layer)
    form.seal, form.seal_box = True, (x, y, x + seal.width, y + seal.height)
    form.steps.append(f"seal over {target}")
    return form


def _value_box(form: Form, key: str) -> Box:
    """Where a field's value was drawn: its cell, or the right part of its line."""
    value = form.values[key]
    ways = [_date(form.values)] if key == "reported_on" else [str(value)]
    if isinstance(value, int | float):
        ways += [f"{value:,}", f"{float(value):,.0f}", f"{int(value)}"]
    for text, (left, top, right, bottom) in form.cells:
        label, colon, said = text.partition("：")
        if text in ways:
            return left, top, right, bottom
        if colon and said in ways:
            return left + (right - left) * len(label) // len(text), top, right, bottom
    raise LookupError(f"{key} is not on the form")


def scribble_red(form: Form, dice: random.Random) -> Form:
    """Red that is no seal: a headline with its rule, a number ringed by hand, a square stamp."""
    layer = Image.new("RGB", form.image.size, "white")
    draw = ImageDraw.Draw(layer)
    width, height = form.image.size
    red = (205, 40, 40)
    draw.text(
        (width / 2, 60), "江海市安全生产委员会办公室文件", red, typeface(FONTS[0], 56), anchor="mm"
    )
    draw.line((150, 120, width - 150, 120), fill=red, width=5)
    x, y = dice.randint(300, width - 500), dice.randint(height // 2, height - 400)
    draw.ellipse(
        (x, y, x + dice.randint(130, 220), y + dice.randint(90, 160)), outline=red, width=5
    )
    x, y = dice.randint(300, width - 500), height - 300
    draw.rectangle((x, y, x + 150, y + 150), outline=red, width=6)
    draw.text((x + 75, y + 75), "收讫", red, typeface(FONTS[0], 56), anchor="mm")
    form.image = ImageChops.multiply(form.image, layer)
    form.steps.append("red that is no seal")
    return form


# ---- what happens to paper ----------------------------------------------------------------


def scan(form: Form, dice: random.Random) -> Form:
    """Off a flatbed scanner: a few degrees askew, grain, JPEG."""
    angle = dice.uniform(-4, 4)
    image = form.image.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white", expand=True)
    if dice.random() < 0.3:
        scale = dice.choice([0.65, 0.75])
        image = image.resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS
        )
        form.steps.append(f"{round(200 * scale)} dpi")
    form.image = grained(image, dice, dice.uniform(1, 6), colour=dice.random() < 0.7)
    form.steps.append(f"scan {angle:.1f}°")
    return form


def photograph(form: Form, dice: random.Random, *, hard: bool = False) -> Form:
    """By telephone on a desk: perspective, light from a side, a bent sheet, blur, noise."""
    page = (
        _bent(form.image, dice.uniform(3, 12 if hard else 5)) if dice.random() < 0.6 else form.image
    )
    width, height = page.size
    room = 0.12
    canvas = (round(width * (1 + 2 * room)), round(height * (1 + 2 * room)))
    jitter = 0.11 if hard else 0.05

    def corner(x: float, y: float) -> tuple[float, float]:
        return (
            x + dice.uniform(-jitter, jitter) * width + room * width,
            y + dice.uniform(-jitter, jitter) * height + room * height,
        )

    targets = [corner(0, 0), corner(width, 0), corner(width, height), corner(0, height)]
    sources = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    data = _coefficients(targets, sources)
    alpha = Image.new("L", page.size, 255).transform(
        canvas, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor=0
    )
    sheet = page.transform(
        canvas, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor="white"
    )
    desk = dice.choice([(70, 52, 38), (120, 90, 60), (60, 65, 70), (190, 185, 175), (130, 50, 45)])
    shot = Image.new("RGB", canvas, desk)
    shot.paste(sheet, (0, 0), alpha)
    if dice.random() < 0.5:
        scale = dice.uniform(0.7, 0.9)
        shot = shot.resize(
            (round(shot.width * scale), round(shot.height * scale)), Image.Resampling.LANCZOS
        )
    shot = _lit(shot, dice, deep=0.55 if hard else 0.35)
    shot = shot.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 1.8 if hard else 1.0)))
    form.image = grained(shot, dice, dice.uniform(2, 12 if hard else 5), colour=True)
    form.steps.append("hard photograph" if hard else "photograph")
    return form


def turn(form: Form, quarters: int) -> Form:
    """By quarter turns, as a camera held otherwise writes it."""
    form.image = form.image.rotate(90 * quarters, expand=True)
    form.steps.append(f"turned {90 * quarters}°")
    return form


def _coefficients(
    targets: list[tuple[float, float]], sources: list[tuple[float, float]]
) -> list[float]:
    """Pillow's eight numbers that lead from each target point to its source."""
    rows, right = [], []
    for (x, y), (u, v) in zip(targets, sources, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(right))]


def _bent(image: Image.Image, depth: float) -> Image.Image:
    """Lifted in the middle like a folded sheet: lines become shallow arcs."""
    pixels = np.asarray(image)
    rise = np.rint(depth * np.sin(np.linspace(0, math.pi, pixels.shape[1]))).astype(int)
    bent = np.full_like(pixels, 255)
    for x, up in enumerate(rise):
        bent[: pixels.shape[0] - up, x] = pixels[up:, x]
    return Image.fromarray(bent)


def _lit(image: Image.Image, dice: random.Random, deep: float) -> Image.Image:
    """Warm or cool light that falls off to one side, with a soft shadow."""
    height, width = image.height, image.width
    angle = dice.uniform(0, 2 * math.pi)
    x = np.linspace(-0.5, 0.5, width)[None, :] * math.cos(angle)
    y = np.linspace(-0.5, 0.5, height)[:, None] * math.sin(angle)
    light = 1 - deep * (x + y + 0.5)
    tint = np.array(dice.choice([(1, 0.96, 0.86), (0.92, 0.97, 1), (1, 1, 1), (1, 0.93, 0.8)]))
    lit = np.asarray(image, np.float32) * np.asarray(light[:, :, None] * tint, np.float32)
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def grained(image: Image.Image, dice: random.Random, deep: float, *, colour: bool) -> Image.Image:
    chance = np.random.default_rng(dice.randint(0, 2**31))
    shape = (image.height, image.width, 3 if colour else 1)
    noise = chance.standard_normal(shape, np.float32)
    noise *= np.float32(deep)
    noise -= np.float32(deep / 2)
    pixels = np.asarray(image)
    noisy = np.add(pixels, noise, out=noise if colour else None)
    return Image.fromarray(np.clip(noisy, 0, 255, out=noisy).astype(np.uint8))
