"""Seals in pictures: found where one was stamped, nowhere else."""

import random
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")
pytest.importorskip("rapidocr", reason="the extra mailbot[ocr] is not installed")

from make import scans, wear

from mailbot.inspection.documents.seal import probe_seal
from mailbot.inspection.documents.seal_pictures import find_page_seal, find_picture_seal
from mailbot.inspection.ocr.pages import read_pages
from mailbot.inspection.tree import Task, inspect_file

pytestmark = pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")

HANDLINGS: dict[str, Callable[[scans.Form, random.Random], scans.Form]] = {
    "scan": scans.scan,
    "photograph": scans.photograph,
    "hard": lambda form, dice: scans.photograph(form, dice, hard=True),
}


def saved(form: scans.Form, folder: Path, mode: str = "RGB") -> Path:
    path = folder / "form.jpg"
    form.image.convert(mode).save(path, quality=75)
    return path


def probed(path: Path) -> bool | None:
    (page,) = read_pages(path)
    return probe_seal(page)[0]


@pytest.mark.parametrize("handling", HANDLINGS)
@pytest.mark.parametrize("oval", [False, True])
def test_a_stamped_seal_is_found(handling: str, oval: bool, tmp_path: Path) -> None:
    dice = random.Random(1)
    form = scans.stamp(dice.choice(scans.LAYOUTS)(dice), dice, oval=oval)
    assert probed(saved(HANDLINGS[handling](form, dice), tmp_path)) is True


@pytest.mark.parametrize("handling", ["scan", "photograph"])
@pytest.mark.parametrize("seed", [11, 12])
def test_red_that_is_no_seal_is_none(handling: str, seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    form = scans.scribble_red(dice.choice(scans.LAYOUTS)(dice), dice)
    assert probed(saved(HANDLINGS[handling](form, dice), tmp_path)) is False


@pytest.mark.parametrize("kind", ["pale", "dark", "partly inked"])
def test_a_seal_is_found_beside_stronger_red(kind: str, tmp_path: Path) -> None:
    dice = random.Random(3)
    form = scans.scribble_red(scans.draw_tall(dice), dice)
    seal = wear.varied(scans.draw_seal(dice, 320), kind, dice)
    wear.press(form, seal, (600, 300))
    assert probed(saved(scans.scan(form, dice), tmp_path)) is True


@pytest.mark.parametrize("red", wear.RED)
def test_each_kind_of_red_alone_is_no_seal(red: str, tmp_path: Path) -> None:
    dice = random.Random(4)
    page = Image.new("RGB", (1170, 830), "white")
    wear.RED[red](ImageDraw.Draw(page), page.size, dice)
    form = scans.Form(scans.grained(page, dice, 3, colour=True), {})
    assert probed(saved(form, tmp_path)) is False


def test_the_place_of_a_seal_is_where_it_was_stamped(tmp_path: Path) -> None:
    dice = random.Random(5)
    form = scans.stamp(scans.draw_wide(dice), dice, oval=False)
    assert form.seal_box is not None
    (page,) = read_pages(saved(form, tmp_path))
    (seal, *_) = probe_seal(page)[1]
    for found, stamped in zip(seal.box, form.seal_box, strict=True):
        assert abs(found - stamped) < 25


@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_page_without_colour_cannot_tell(mode: str, tmp_path: Path) -> None:
    dice = random.Random(6)
    form = scans.scan(scans.stamp(scans.draw_tall(dice), dice), dice)
    path = tmp_path / "form.png"
    form.image.convert(mode).save(path)
    assert probed(path) is None


def test_a_grey_copy_in_a_colour_file_cannot_tell(tmp_path: Path) -> None:
    dice = random.Random(7)
    form = scans.stamp(scans.draw_wide(dice), dice, oval=False)
    form.image = form.image.convert("L").convert("RGB")
    form.image = scans.grained(form.image, dice, 5, colour=False)
    assert probed(saved(form, tmp_path)) is None


def test_a_drawn_page_without_a_seal_cannot_tell(tmp_path: Path) -> None:
    assert probed(saved(scans.draw_wide(random.Random(8)), tmp_path)) is None


def test_a_seal_pasted_as_a_transparent_picture_is_found(tmp_path: Path) -> None:
    path = tmp_path / "seal.png"
    scans.draw_seal(random.Random(9), 420).save(path)
    box = find_picture_seal(path)
    assert box is not None
    assert box[2] - box[0] > 0.8


def test_an_organisation_chart_in_red_has_no_seal(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (600, 600), (200, 30, 30)).save(path)
    assert find_picture_seal(path) is None


def test_a_word_file_with_a_seal_picture_bears_one(tmp_path: Path) -> None:
    seal = tmp_path / "seal.png"
    scans.draw_seal(random.Random(10), 420).save(seal)
    document = docx.Document()
    document.add_paragraph("2017年安全生产应急演练统计表")
    document.add_picture(str(seal))
    path = tmp_path / "统计表.docx"
    document.save(str(path))
    inspected = inspect_file(Task(path, path.name, tmp_path / "blobs"))
    assert inspected.facts["seal"] is True
    place = inspected.facts["seal_place"]
    assert isinstance(place, dict)
    assert place["picture"] == "word/media/image1.png"


def test_a_word_file_without_pictures_cannot_tell(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("2017年安全生产应急演练统计表")
    path = tmp_path / "统计表.docx"
    document.save(str(path))
    inspected = inspect_file(Task(path, path.name, tmp_path / "blobs"))
    assert inspected.facts["seal"] is None


def test_a_seal_on_the_second_page_of_a_pdf_is_found_there(tmp_path: Path) -> None:
    dice = random.Random(11)
    plain, sealed = scans.draw_tall(dice), scans.stamp(scans.draw_tall(dice), dice, oval=False)
    path = tmp_path / "统计表.pdf"
    plain.image.save(path, save_all=True, append_images=[sealed.image], resolution=200)
    place = find_page_seal(path)
    assert place is not None
    assert place[0] == 1
