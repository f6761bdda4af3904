"""The sieve before the search for a ruled table: every drawn form passes, photographs do not."""

import random
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from PIL import Image, ImageDraw, ImageFilter

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")

from make import scans, wear

from mailbot.inspection.ocr import glance
from mailbot.inspection.ocr.colour import Picture
from mailbot.inspection.ocr.lines import find_tables
from mailbot.inspection.ocr.pages import read_pages
from mailbot.inspection.tasks import Task
from mailbot.inspection.tree import inspect_file

PHOTOGRAPHS = ("clouds", "leaves", "crowd", "blinds")
HARDEST = (
    "scan, little toner",
    "scan, JPEG 22 to 40",
    "photograph, hard",
    "photograph, creased and shadowed",
    "photograph, small, JPEG 22 to 40",
    "photograph off a screen",
)


def read_small(path: Path, side: int) -> Picture:
    return next(read_pages(path, long_side=side)).picture


def passes(path: Path) -> bool:
    return glance.may_show_table(read_small(path, glance.SIEVE_SIDE))


def eighth_of(path: Path) -> Picture:
    """As `media.photo` decodes it."""
    octets = path.read_bytes()
    height, width, _, _ = simplejpeg.decode_jpeg_header(octets)
    picture = simplejpeg.decode_jpeg(octets, "BGR", min_width=width // 8, min_height=height // 8)
    return np.asarray(picture, np.uint8)


def decode_refused(path: Path) -> Picture:
    raise AssertionError("decoded once more")


def search_refused(flat: object) -> bool:
    raise AssertionError("the search for a table was not spared")


@pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")
@pytest.mark.parametrize(("number", "handling"), [*enumerate(HARDEST)])
def test_a_form_passes_the_sieve_whatever_was_done_to_it(
    number: int, handling: str, tmp_path: Path
) -> None:
    dice = random.Random(handling)
    form = scans.stamp(scans.LAYOUTS[number % 2](dice), dice)
    form = scans.turn(wear.HANDLINGS[handling](form, dice), number % 4)
    path = tmp_path / "统计表.jpg"
    form.image.convert("RGB").save(path, quality=70)
    assert passes(path)


@pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")
def test_a_sheet_on_the_wall_of_a_dark_room_is_found(tmp_path: Path) -> None:
    sheet = scans.draw_wide(random.Random(7)).image.resize((1400, 990))  # an eighth of the picture
    room = Image.new("RGB", (4000, 3000), (60, 50, 40))
    room.paste(sheet.rotate(3, fillcolor="white", expand=True), (1500, 900))
    room.point([value * 6 // 10 for value in range(256)] * 3).save(tmp_path / "墙.jpg", quality=80)
    assert passes(tmp_path / "墙.jpg")
    assert glance.looks_like_form(tmp_path / "墙.jpg", eighth_of(tmp_path / "墙.jpg"))


@pytest.mark.parametrize("kind", PHOTOGRAPHS)
def test_of_a_photograph_nothing_is_decoded_but_what_its_facts_were_measured_of(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "_small_jpeg", decode_refused)
    path = tmp_path / "演练.jpg"
    drawn(kind, (4000, 3000)).save(path, quality=85)
    task = Task(path=path, name=path.name, blobs=tmp_path)
    assert inspect_file(task).facts["width"] == 4000
    assert not glance.looks_like_form(path, eighth_of(path))


def test_the_eighth_of_a_small_picture_is_not_asked(tmp_path: Path) -> None:
    small = np.full((300, 390, 3), 128, np.uint8)
    path = tmp_path / "统计表.png"
    scans.draw_wide(random.Random(7)).image.save(path)
    assert glance.looks_like_form(path, small)


@pytest.mark.parametrize("kind", PHOTOGRAPHS)
def test_a_photograph_is_spared_the_search(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "has_table", search_refused)
    path = tmp_path / "演练.jpg"
    drawn(kind).save(path, quality=85)
    assert not glance.looks_like_form(path)


@pytest.mark.samples
def test_few_photographs_of_the_samples_reach_the_search(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Picture] = []
    monkeypatch.setattr(glance, "has_table", searched.append)
    paths = [
        path
        for path in sorted((samples / "public" / "photos").glob("*.jp*g"))
        if max(read_small(path, 4000).shape) >= 1000  # no stamp-sized picture costs anything
    ]
    assert len(paths) >= 5
    assert not any(glance.looks_like_form(path) for path in paths)
    assert len(searched) <= len(paths) / 4


@pytest.mark.samples
def test_pictures_of_forms_in_the_samples_pass_the_sieve(samples: Path) -> None:
    paths = [
        path for path in sorted((samples / "tables").iterdir()) if path.suffix in (".jpg", ".png")
    ]
    assert len(paths) >= 8
    assert [path.name for path in paths if not passes(path)] == []


def test_crossed_lines_too_close_for_cells_are_no_table() -> None:
    page = np.full((1000, 1000, 3), 255, np.uint8)
    page[[100, 110], 90:150] = 0
    page[80:140, [110, 120, 130]] = 0
    assert find_tables(page) == []


def drawn(kind: str, size: tuple[int, int] = (2000, 1500)) -> Image.Image:
    """What photographs are made of, drawn: soft light, small leaves, heads, slats."""
    dice = random.Random(kind)
    grain = Image.fromarray(np.random.default_rng(5).integers(0, 256, (15, 20, 3), np.uint8))
    if kind == "clouds":
        return grain.resize(size, Image.Resampling.BICUBIC)
    image = Image.new("RGB", size, (150, 170, 190))
    draw = ImageDraw.Draw(image)
    if kind == "blinds":
        for top in range(0, size[1], 60):
            draw.rectangle((0, top, size[0], top + 40), fill=(90, 80, 70))
        return image.filter(ImageFilter.GaussianBlur(2))
    width, count = {"leaves": (18, 9000), "crowd": (90, 700)}[kind]
    for _ in range(count):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        shade = dice.randint(20, 230)
        fill = (shade, min(255, shade + 20), shade // 2 + dice.randint(0, 60))
        draw.ellipse((x, y, x + width, y + width * dice.uniform(0.6, 1.6)), fill=fill)
    return image.filter(ImageFilter.GaussianBlur(1))
