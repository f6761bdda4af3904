"""Scanned and photographed forms: drawn with known values, handled like paper, read back."""

import fcntl
import io
import os
import random
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("cv2", reason="the extra mailbot[ocr] is not installed")
pytest.importorskip("rapidocr", reason="the extra mailbot[ocr] is not installed")

from make import scans
from make.forms import shipped_spec
from make.inspectors import inspect_patiently

from mailbot.inspection.documents import scans as inspection_scans
from mailbot.inspection.ocr.boxes import ReadScan
from mailbot.inspection.ocr.colour import flatten
from mailbot.inspection.ocr.crops import cut_crops_apart
from mailbot.inspection.ocr.glance import looks_like_form
from mailbot.inspection.ocr.lines import find_tables, straighten
from mailbot.inspection.ocr.pages import read_pages
from mailbot.inspection.ocr.process import read_scan_apart
from mailbot.inspection.ocr.reading import is_under_seal
from mailbot.inspection.ocr.recognise import TextBox
from mailbot.inspection.tree import Task, inspect_file
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import Fault, Grid

pytestmark = pytest.mark.skipif(not scans.FONTS, reason="no Chinese font (fonts-noto-cjk)")

SPEC = shipped_spec("jianghai-2017")


def saved(form: scans.Form, folder: Path, name: str = "统计表.jpg") -> Path:
    path = folder / name
    form.image.save(path, quality=80) if path.suffix == ".jpg" else form.image.save(path)
    return path


def read_scan(path: Path) -> ReadScan:
    """Apart, because a gigabyte once used here would be told of every later child process."""
    scan = read_scan_apart(path, path.parent, time.monotonic() + 300)
    assert isinstance(scan, ReadScan)
    return scan


def count_read(grids: tuple[Grid, ...], form: scans.Form) -> int:
    """How many fields are right; none may be wrong."""
    fields = extract_fields(grids, SPEC)
    stated = {key: field.value for key, field in fields.items() if field.value is not None}
    assert {key: value for key, value in stated.items() if value != form.values[key]} == {}
    return len(stated)


def test_a_sealed_scan_upside_down_is_read_whole(tmp_path: Path) -> None:
    dice = random.Random(21)
    form = scans.turn(scans.scan(scans.stamp(scans.draw_wide(dice), dice, oval=False), dice), 2)
    scan = read_scan(saved(form, tmp_path))
    assert count_read(scan.grids, form) >= len(form.values) - 1
    assert scan.seal is True


def test_a_photograph_on_its_side_is_read_upright(tmp_path: Path) -> None:
    dice = random.Random(31)
    form = scans.turn(scans.photograph(scans.draw_wide(dice), dice), 1)
    path = saved(form, tmp_path)
    scan = read_scan(path)
    assert count_read(scan.grids, form) >= len(form.values) - 1
    phone = extract_fields(scan.grids, SPEC)["phone"]
    (png,) = cut_crops_apart(path, [scan.places[phone.where]])
    with Image.open(io.BytesIO(png)) as crop:
        assert crop.width > 2 * crop.height


def test_every_page_of_a_scanned_pdf_is_looked_at(tmp_path: Path) -> None:
    dice = random.Random(41)
    letter = Image.new("RGB", (827, 1170), "white")
    form = scans.scan(scans.draw_tall(dice), dice)
    path = tmp_path / "扫描0001.pdf"
    letter.save(path, save_all=True, append_images=[form.image], resolution=200)
    scan = read_scan(path)
    assert count_read(scan.grids, form) >= len(form.values) - 1
    assert {place[0] for place in scan.places.values()} == {1}


def test_ink_that_nobody_can_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    dice = random.Random(51)
    form = scans.draw_wide(dice)
    form.scribble_over(str(form.values["overall.drills"]))
    field = extract_fields(read_scan(saved(form, tmp_path)).grids, SPEC)["overall.drills"]
    assert field.value is None
    assert field.raw
    assert field.confidence < SPEC.confidence_bound


def test_red_ink_on_or_beside_a_text_is_seen_and_a_speck_is_not() -> None:
    box = TextBox(100, 100, 300, 140)
    red = np.zeros((400, 600), np.bool_)
    assert not is_under_seal(box, red)
    red[120, 150:155] = True  # a speck of JPEG noise
    assert not is_under_seal(box, red)
    red[:, 290:296] = True  # the ring of a seal across the last letter
    assert is_under_seal(box, red)
    assert not is_under_seal(TextBox(100, 200, 250, 240), red)


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_the_cells_of_a_photographed_table_are_counted(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    form = scans.photograph(scans.stamp(scans.draw_wide(dice), dice), dice)
    straight = straighten(flatten(next(read_pages(saved(form, tmp_path))).picture))
    assert straight is not None
    tables = find_tables(straight.picture)
    assert [len(table) for table in tables] == [1 + 4 + 1 + 5 + 5 + 1 + 5 + 10 + 10 + 4]
    (title, *_) = tables[0]
    assert title.column_span == max(cell.column + cell.column_span for cell in tables[0])


def test_only_a_page_with_a_table_looks_like_a_form(tmp_path: Path) -> None:
    dice = random.Random(71)
    assert looks_like_form(saved(scans.photograph(scans.draw_tall(dice), dice), tmp_path))
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    noise.save(tmp_path / "noise.jpg")
    assert not looks_like_form(tmp_path / "noise.jpg")
    page = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(page)
    font = scans.typeface(scans.FONTS[0], 40)
    for line in range(30):
        draw.text((200, 200 + 60 * line), "应急演练方案目的及要求步骤保障", "black", font)
    page.save(tmp_path / "page.png")
    assert not looks_like_form(tmp_path / "page.png")


def test_a_photo_of_the_form_is_inspected_as_one(tmp_path: Path) -> None:
    dice = random.Random(81)
    form = scans.scan(scans.draw_tall(dice), dice)
    path = saved(form, tmp_path)
    inspected = inspect_patiently(Task(path, path.name, tmp_path))
    assert count_read(inspected.grids, form) >= len(form.values) - 1
    assert "2017年安全生产应急演练统计表" in inspected.text
    assert inspected.facts["ocr"] is True
    assert inspected.facts["seal"] is False
    read = extract_fields(inspected.grids, SPEC)
    places = inspected.facts["ocr_places"]
    assert isinstance(places, dict)
    assert {field.where for field in read.values() if field.value is not None} <= set(places)
    for place in places.values():
        assert isinstance(place, list)
        page, *corners = place
        assert (page, len(corners)) == (0, 8)


def test_one_reads_at_a_time(tmp_path: Path) -> None:
    path = saved(scans.draw_wide(random.Random(91)), tmp_path)
    other = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert read_scan_apart(path, tmp_path, time.monotonic()) == Fault("timeout", "ocr")
    finally:
        os.close(other)


def test_what_is_no_picture_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff nothing")
    fault = read_scan_apart(path, tmp_path, time.monotonic() + 60)
    assert isinstance(fault, Fault)
    assert fault.code == "corrupt"


def test_without_the_extra_a_scanned_page_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection_scans, "is_installed", lambda: False)
    path = tmp_path / "统计表.pdf"
    scans.draw_wide(random.Random(95)).image.save(path, resolution=200)
    inspected = inspect_file(Task(path, path.name, tmp_path / "blobs"))
    assert [fault.code for fault in inspected.faults] == ["missing_extra"]
    assert "seal" not in inspected.facts


def test_without_the_extra_photos_in_a_pdf_need_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection_scans, "is_installed", lambda: False)
    path = tmp_path / "照片.pdf"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(path, resolution=200)
    assert inspect_file(Task(path, path.name, tmp_path / "blobs")).faults == ()
