"""What else happens to a paper between the stamp and the mailbox, and red that is no seal."""

import math
import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from make.scans import FONTS, Form, draw_seal, photograph, scan, typeface

Wear = Callable[[Form, random.Random], Form]
_Pixels = npt.NDArray[np.float32]


def _marked(form: Form, image: Image.Image, step: str) -> Form:
    form.image = image
    form.steps.append(step)
    return form


def _pixels(form: Form) -> _Pixels:
    return np.asarray(form.image, np.float32)


def _image(pixels: npt.NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


# ---- paper ---------------------------------------------------------------------------------


def creased(form: Form, dice: random.Random) -> Form:
    """Folded twice and opened again: a dark and a bright line, the light changes at each."""
    pixels = _pixels(form).copy()
    height, width = pixels.shape[:2]
    for across in (True, False):
        length = height if across else width
        at = round(length * dice.uniform(0.35, 0.65))
        steps = np.arange(length)
        shade = 1 - dice.uniform(0.03, 0.1) * (steps > at)
        shade[at - 2 : at + 1] *= dice.uniform(0.72, 0.88)
        shade[at + 1 : at + 4] = np.minimum(1.05, shade[at + 1 : at + 4] * 1.05)
        pixels *= (shade[:, None, None] if across else shade[None, :, None]).astype(np.float32)
    return _marked(form, _image(pixels), "creased")


def shadowed(form: Form, dice: random.Random) -> Form:
    """The shadow of a hand and a telephone: an edge, dark and a little blurred."""
    width, height = form.image.size
    mask = Image.new("L", form.image.size, 255)
    draw = ImageDraw.Draw(mask)
    x, y = dice.uniform(0.2, 0.8) * width, dice.uniform(0.2, 0.8) * height
    angle = dice.uniform(0, 2 * math.pi)
    points = [
        (x + far * math.cos(angle + turn), y + far * math.sin(angle + turn))
        for far, turn in ((0, 0), (2 * width, -0.5), (2 * width, 0.6))
    ]
    draw.polygon(points, fill=dice.randint(110, 170))
    mask = mask.filter(ImageFilter.GaussianBlur(dice.uniform(3, 40)))
    shade = np.asarray(mask, np.float32)[:, :, None] / 255
    return _marked(form, _image(_pixels(form) * shade), "shadowed")


def faded(form: Form, dice: random.Random) -> Form:
    """Printed with little toner: ink comes out pale grey."""
    least = dice.uniform(70, 140)
    return _marked(form, _image(least + _pixels(form) * (255 - least) / 255), "faded")


def tinted(form: Form, dice: random.Random) -> Form:
    """Under a lamp whose colour the camera does not mend."""
    tint = dice.choice([(1, 0.85, 0.6), (0.75, 0.9, 1), (0.95, 1, 0.8), (1, 0.82, 0.8)])
    return _marked(form, _image(_pixels(form) * np.array(tint, np.float32)), "tinted")


def coloured_paper(form: Form, dice: random.Random) -> Form:
    """Printed on coloured paper."""
    paper = np.array(dice.choice([(255, 214, 214), (255, 245, 200), (215, 235, 255)]), np.float32)
    return _marked(form, _image(_pixels(form) * paper / 255), "coloured paper")


# ---- cameras -------------------------------------------------------------------------------


def moire(form: Form, dice: random.Random) -> Form:
    """Photographed off a screen: beating stripes in the three colours."""
    pixels = _pixels(form)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, pitch = dice.uniform(0, math.pi), dice.uniform(5, 14)
    deep = dice.uniform(6, 22)
    waves = []
    for channel in range(3):
        phase = channel * 2.1
        along = x * math.cos(angle + 0.02 * channel) + y * math.sin(angle + 0.02 * channel)
        bent = along + 6 * np.sin(y / 160 + phase)
        waves.append(deep * np.sin(2 * math.pi * bent / pitch + phase))
    return _marked(form, _image(pixels + np.stack(waves, axis=2)), "moire")


def shaken(form: Form, dice: random.Random) -> Form:
    """Blurred along one direction."""
    length = dice.choice([3, 5])
    kernel = np.zeros((length, length))
    if dice.random() < 0.5:
        kernel[length // 2, :] = 1
    else:
        np.fill_diagonal(kernel, 1)
    blur = ImageFilter.Kernel((length, length), kernel.ravel().tolist())
    return _marked(form, form.image.filter(blur), "shaken")


def blurred(form: Form, dice: random.Random) -> Form:
    """Out of focus."""
    return _marked(
        form, form.image.filter(ImageFilter.GaussianBlur(dice.uniform(1.2, 2.6))), "blurred"
    )


def shrunk(form: Form, dice: random.Random) -> Form:
    """Made small by a messenger: 1000 to 1600 pixels are left of the longer side."""
    side = dice.choice([1000, 1280, 1440, 1600])
    scale = min(1.0, side / max(form.image.size))
    size = round(form.image.width * scale), round(form.image.height * scale)
    return _marked(form, form.image.resize(size, Image.Resampling.BICUBIC), f"{side} pixels")


def cut_off(form: Form, dice: random.Random) -> Form:
    """Part of the table lies outside the picture."""
    width, height = form.image.size
    cut = dice.uniform(0.12, 0.3)
    box = dice.choice(
        [
            (round(width * cut), 0, width, height),
            (0, 0, round(width * (1 - cut)), height),
            (0, round(height * cut), width, height),
            (0, 0, width, round(height * (1 - cut))),
        ]
    )
    return _marked(form, form.image.crop(box), "cut off")


def grey(form: Form, dice: random.Random) -> Form:
    """Scanned without colour: no seal can be told from anything."""
    form.seal = None
    image = form.image.convert("L")
    if dice.random() < 0.4:
        image = image.point(lambda value: 255 if value > 165 else 0).convert("1")
    return _marked(form, image, f"grey {image.mode}")


def compressed(form: Form, dice: random.Random) -> Form:
    """JPEG at its worst."""
    import io

    packed = io.BytesIO()
    form.image.convert("RGB").save(packed, "JPEG", quality=dice.choice([22, 30, 40]))
    return _marked(form, Image.open(packed).convert("RGB"), "compressed")


def _after(first: Wear, *rest: Wear) -> Wear:
    def worn(form: Form, dice: random.Random) -> Form:
        form = first(form, dice)
        for step in rest:
            form = step(form, dice)
        return form

    return worn


def _hard(form: Form, dice: random.Random) -> Form:
    return photograph(form, dice, hard=True)


HANDLINGS: dict[str, Wear] = {
    "scan": scan,
    "scan, little toner": _after(faded, scan),
    "scan, creased": _after(creased, scan),
    "scan, grey": _after(scan, grey),
    "scan, coloured paper": _after(coloured_paper, scan),
    "scan, JPEG 22 to 40": _after(scan, compressed),
    "photograph": photograph,
    "photograph, hard": _hard,
    "photograph, creased and shadowed": _after(creased, photograph, shadowed),
    "photograph, tinted": _after(photograph, tinted),
    "photograph, blurred": _after(photograph, blurred),
    "photograph, shaken": _after(photograph, shaken),
    "photograph, small": _after(photograph, shrunk),
    "photograph, small, JPEG 22 to 40": _after(photograph, shrunk, compressed),
    "photograph off a screen": _after(photograph, moire),
    "photograph, cut off": _after(photograph, cut_off),
}


# ---- seals, and red that is none ---------------------------------------------------------------


def press(form: Form, stamp: Image.Image, at: tuple[int, int]) -> None:
    """Red ink over what is there: ink upon ink darkens."""
    layer = Image.new("RGB", form.image.size, "white")
    layer.paste(stamp, at, stamp)
    form.image = ImageChops.multiply(form.image, layer)


def stamp_any(form: Form, dice: random.Random) -> Form:
    """One seal or two, round or oval, pale or dark, partly inked, over text and ruled lines."""
    assert form.seal_box is not None
    kinds = []
    for number in range(2 if dice.random() < 0.12 else 1):
        oval = dice.random() < 0.2
        # 38 to 45 mm on a page of 297 mm; the forms are drawn on pages of many sizes.
        seal = draw_seal(dice, round(max(form.image.size) * dice.uniform(0.125, 0.15)), oval=oval)
        kind = dice.choice(["plain", "plain", "pale", "dark", "partly inked", "double ring"])
        seal = varied(seal, kind, dice)
        width, height = form.image.size
        middle_x = (form.seal_box[0] + form.seal_box[2]) // 2 + dice.randint(-160, 160)
        middle_y = (form.seal_box[1] + form.seal_box[3]) // 2 + dice.randint(-60, 90)
        if number:
            middle_x, middle_y = width - middle_x, height - max(400, middle_y)
        x = min(max(4, middle_x - seal.width // 2), width - seal.width - 4)
        y = min(max(4, middle_y - seal.height // 2), height - seal.height - 4)
        press(form, seal, (x, y))
        kinds.append(f"{'oval' if oval else 'round'} {kind}")
    form.seal = True
    form.steps.append("seal: " + ", ".join(kinds))
    return form


def varied(seal: Image.Image, kind: str, dice: random.Random) -> Image.Image:
    alpha = seal.getchannel("A")
    if kind == "pale":
        alpha = alpha.point(lambda value: round(value * 0.55))
    if kind == "dark":
        seal = Image.new("RGBA", seal.size, (dice.randint(130, 165), 15, 30, 0))
    if kind == "partly inked":
        fade = Image.new("L", seal.size, 255)
        angle = dice.uniform(0, 2 * math.pi)
        x = seal.width / 2 * (1 + math.cos(angle))
        y = seal.height / 2 * (1 + math.sin(angle))
        reach = seal.width * 0.2
        ImageDraw.Draw(fade).ellipse((x - reach, y - reach, x + reach, y + reach), fill=60)
        alpha = ImageChops.multiply(alpha, fade.filter(ImageFilter.GaussianBlur(12)))
    if kind == "double ring":
        draw, size = ImageDraw.Draw(alpha), seal.width
        inset = size * 0.045
        box = alpha.getbbox()
        if box is not None:
            draw.ellipse(
                (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset),
                outline=190,
                width=2,
            )
    varied = seal.copy()
    varied.putalpha(alpha)
    return varied


def redden(form: Form, dice: random.Random) -> Form:
    """Two or three kinds of red that are no seal."""
    layer = Image.new("RGB", form.image.size, "white")
    draw = ImageDraw.Draw(layer)
    names = dice.sample(sorted(RED), dice.choice([2, 3]))
    for name in names:
        RED[name](draw, form.image.size, dice)
    form.image = ImageChops.multiply(form.image, layer)
    form.steps.append("red: " + ", ".join(names))
    return form


_Red = tuple[int, int, int]


def _red(dice: random.Random) -> _Red:
    return dice.randint(180, 225), dice.randint(20, 60), dice.randint(20, 60)


def _heading(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A red-headed document: its line has a star in the middle."""
    width, _ = size
    red = _red(dice)
    draw.text((width / 2, 50), "江海市人民政府文件", red, typeface(FONTS[-1], 64), anchor="mm")
    draw.line((100, 100, width / 2 - 40, 100), fill=red, width=5)
    draw.line((width / 2 + 40, 100, width - 100, 100), fill=red, width=5)
    _star(draw, (width / 2, 100), 26, red)


def _star(draw: ImageDraw.ImageDraw, at: tuple[float, float], far: float, fill: _Red) -> None:
    points = []
    for corner in range(10):
        angle = math.radians(-90 + 36 * corner)
        reach = far * (1 if corner % 2 == 0 else 0.4)
        points.append((at[0] + reach * math.cos(angle), at[1] + reach * math.sin(angle)))
    draw.polygon(points, fill=fill)


def _somewhere(size: tuple[int, int], dice: random.Random, room: int) -> tuple[int, int]:
    return dice.randint(20, size[0] - room - 20), dice.randint(20, size[1] - room - 20)


def _square(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A square stamp: 收讫, or a person's name seal."""
    x, y = _somewhere(size, dice, 230)
    side, red = dice.randint(90, 220), _red(dice)
    draw.rectangle((x, y, x + side, y + side), outline=red, width=dice.choice([4, 7]))
    text = dice.choice(["收讫", "已审", "李明"])
    draw.text(
        (x + side / 2, y + side / 2), text, red, typeface(FONTS[0], round(side * 0.4)), anchor="mm"
    )


def _long_box(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A long stamp with a date."""
    x, y = _somewhere(size, dice, 330)
    red = _red(dice)
    draw.rounded_rectangle((x, y, x + 320, y + 110), 30, outline=red, width=5)
    font = typeface(FONTS[0], 34)
    draw.text((x + 160, y + 35), "江海市安委办收文", red, font, anchor="mm")
    draw.text((x + 160, y + 80), "2017年12月20日", red, font, anchor="mm")


def _flag(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A flag."""
    x, y = _somewhere(size, dice, 260)
    draw.rectangle((x, y, x + 240, y + 160), fill=(222, 41, 16))
    _star(draw, (x + 40, y + 40), 26, (255, 222, 0))


def _disc(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A round logo: a disc with a character left white."""
    x, y = _somewhere(size, dice, 240)
    side = dice.randint(80, 220)
    draw.ellipse((x, y, x + side, y + side), fill=_red(dice))
    draw.text(
        (x + side / 2, y + side / 2),
        dice.choice(["安", "工", "中"]),
        (255, 255, 255),
        typeface(FONTS[0], round(side * 0.6)),
        anchor="mm",
    )


def _character(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """One character in a ring: 密, 急, 样."""
    x, y = _somewhere(size, dice, 220)
    side, red = dice.randint(90, 200), _red(dice)
    draw.ellipse((x, y, x + side, y + side), outline=red, width=6)
    draw.text(
        (x + side / 2, y + side / 2),
        dice.choice("密急样"),
        red,
        typeface(FONTS[0], round(side * 0.55)),
        anchor="mm",
    )


def _ring(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A number ringed by hand."""
    x, y = _somewhere(size, dice, 260)
    wide, high, red = dice.randint(110, 250), dice.randint(80, 180), _red(dice)
    turns = [math.radians(step) for step in range(0, 400, 6)]
    points = [
        (
            x + wide / 2 * (1 + math.cos(turn) * (1 + 0.02 * turn)),
            y + high / 2 * (1 + math.sin(turn) * (1 + 0.02 * turn)),
        )
        for turn in turns
    ]
    draw.line(points, fill=red, width=dice.choice([3, 5]))


def _handwriting(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """Remarks in red ink."""
    x, y = _somewhere(size, dice, 420)
    text = dice.choice(["请核实后重报！", "同意上报 王某", "数字有误？"])
    draw.text((x, y), text, _red(dice), typeface(FONTS[-1], dice.randint(40, 60)))


def _banner(draw: ImageDraw.ImageDraw, size: tuple[int, int], dice: random.Random) -> None:
    """A red band with white words."""
    _, y = _somewhere(size, dice, 120)
    draw.rectangle((0, y, size[0], y + 70), fill=(215, 30, 30))
    draw.text((120, y + 12), "安全生产月", (255, 255, 255), typeface(FONTS[0], 44))


RED: dict[str, Callable[[ImageDraw.ImageDraw, tuple[int, int], random.Random], None]] = {
    "heading": _heading,
    "square stamp": _square,
    "long stamp": _long_box,
    "flag": _flag,
    "disc": _disc,
    "character in a ring": _character,
    "hand-drawn ring": _ring,
    "handwriting": _handwriting,
    "banner": _banner,
}
