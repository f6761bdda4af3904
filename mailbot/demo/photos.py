"""Pictures for the demonstration, painted and encoded at run time: no photograph is shipped."""

import random
from datetime import date
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw

_SKIES = (((96, 150, 214), (214, 228, 240)), ((120, 140, 160), (220, 214, 204)))


def make_photo(
    width: int, height: int, seed: int, format: str = "JPEG", taken: date | None = None
) -> bytes:
    """A picture of a drill ground under a sky, different for each seed; JPEG, PNG, TIFF, WEBP, BMP.

    JPEG, PNG, TIFF and WEBP carry a camera and a day in their EXIF data: `taken`, or one of June
    2017.
    """
    chance = random.Random(seed)  # noqa: S311 - a painting, no secret
    image = _sky(width, height, *chance.choice(_SKIES))
    draw = ImageDraw.Draw(image)
    horizon = round(height * chance.uniform(0.45, 0.6))
    draw.rectangle((0, horizon, width, height), fill=_shade((112, 128, 88), chance))
    _paint_buildings(draw, chance, width, horizon)
    for _ in range(chance.randint(2, 4)):
        _paint_truck(draw, chance, width, height, horizon)
    for _ in range(chance.randint(12, 30)):
        _paint_person(draw, chance, width, height, horizon)
    output = BytesIO()
    image.save(output, format, quality=82, exif=_exif(chance, taken))
    return output.getvalue()


def make_scan(seed: int) -> bytes:
    """A PDF of one page that is a picture of a page, as a scanner makes it."""
    chance = random.Random(seed)  # noqa: S311 - a painting, no secret
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for line in range(140, 1500, 40):
        draw.line((120, line, 120 + chance.randint(500, 1000), line), fill="black", width=4)
    draw.ellipse((760, 1300, 1040, 1580), outline=(200, 30, 30), width=8)
    output = BytesIO()
    image.save(output, "PDF", resolution=150)
    return output.getvalue()


def make_psd(width: int, height: int) -> bytes:
    """A small real Photoshop file: 8-bit RGB, no layers, the merged picture packed by PackBits."""
    header = b"8BPS\x00\x01" + bytes(6) + b"\x00\x03" + height.to_bytes(4, "big")
    header += width.to_bytes(4, "big") + b"\x00\x08\x00\x03"  # 8 bits a channel, RGB
    sections = bytes(4) + bytes(4) + bytes(4)  # no colour table, resources or layers
    rows = [
        _packed_row(width, round(255 * (row if channel == 2 else height - row) / height))
        for channel in range(3)
        for row in range(height)
    ]
    table = b"".join(len(row).to_bytes(2, "big") for row in rows)
    return header + sections + b"\x00\x01" + table + b"".join(rows)


def _packed_row(width: int, value: int) -> bytes:
    """A row of one value: PackBits repeats up to 128 octets at a time."""
    runs = [128] * (width // 128) + ([width % 128] if width % 128 else [])
    # A run of one is written as a literal: 257 - 1 does not fit in an octet.
    return b"".join(bytes((257 - run, value)) if run > 1 else bytes((0, value)) for run in runs)


def _sky(
    width: int, height: int, top: tuple[int, int, int], bottom: tuple[int, int, int]
) -> Image.Image:
    down = Image.linear_gradient("L").resize((width, height))
    return Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), down
    )


def _shade(colour: tuple[int, int, int], chance: random.Random) -> tuple[int, ...]:
    change = chance.randint(-24, 24)
    return tuple(max(0, min(255, part + change)) for part in colour)


def _paint_buildings(
    draw: ImageDraw.ImageDraw, chance: random.Random, width: int, horizon: int
) -> None:
    left = 0
    while left < width:
        wide = round(width * chance.uniform(0.06, 0.18))
        top = horizon - round(horizon * chance.uniform(0.2, 0.7))
        draw.rectangle((left, top, left + wide, horizon), fill=_shade((150, 140, 130), chance))
        pane = max(4, wide // 9)
        for x in range(left + pane, left + wide - pane, pane * 2):
            for y in range(top + pane, horizon - pane, pane * 2):
                draw.rectangle((x, y, x + pane // 2, y + pane), fill=(70, 84, 104))
        left += wide + chance.randint(0, max(1, width // 12))


def _paint_truck(
    draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int, horizon: int
) -> None:
    long = round(width * chance.uniform(0.12, 0.2))
    x, y = (
        chance.randint(0, width - long),
        chance.randint(horizon, max(horizon, height - long // 2)),
    )
    high = long // 3
    draw.rectangle((x, y, x + long, y + high), fill=_shade((196, 38, 30), chance))
    draw.rectangle((x + long * 3 // 4, y + high // 6, x + long, y + high // 2), fill="#20303c")
    for wheel in (x + long // 6, x + long * 3 // 4):
        draw.ellipse(
            (wheel, y + high * 3 // 4, wheel + high // 2, y + high * 5 // 4), fill="#202020"
        )


def _paint_person(
    draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int, horizon: int
) -> None:
    y = chance.randint(horizon, max(horizon, height * 9 // 10))
    tall = max(6, height // 24 + (y - horizon) // 6)
    x = chance.randint(0, width)
    head = tall // 5
    draw.ellipse((x, y, x + head, y + head), fill=_shade((226, 188, 120), chance))
    draw.rectangle(
        (x - head // 2, y + head, x + head * 3 // 2, y + tall), fill=_shade((230, 96, 24), chance)
    )


def _exif(chance: random.Random, taken: date | None) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "NIKON CORPORATION", "NIKON D7100"
    day, hour, minute = chance.randint(5, 29), chance.randint(8, 17), chance.randint(0, 59)
    date_taken = f"{taken:%Y:%m:%d}" if taken else f"2017:06:{day:02}"
    moment = f"{date_taken} {hour:02}:{minute:02}:30"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = moment
    return exif.tobytes()
