"""Carving: pictures are found whole, by their own lengths, wherever they lie."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make.documents import paragraph, word_document, written
from make.examples import examples
from PIL import Image

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.readers.pictures import carve, carve_rtf, is_picture

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"
PNG = (DATA / "picture.png").read_bytes()


def jpeg(**options: object) -> bytes:
    """A noisy JPEG, whose data holds many FF octets."""
    target = BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(target, "JPEG", **options)
    return target.getvalue()


PICTURES = [jpeg(), jpeg(progressive=True), jpeg(restart_marker_blocks=1), PNG]


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.sampled_from(PICTURES)), max_size=5),
    st.binary(max_size=40),
)
@settings(max_examples=examples(60), deadline=None)
def test_pictures_between_other_octets_come_out_in_order(
    parts: list[tuple[bytes, bytes]], rest: bytes
) -> None:
    clean = [(junk.replace(b"\xff", b"").replace(b"\x89", b""), data) for junk, data in parts]
    stream = b"".join(junk + data for junk, data in clean) + rest.replace(b"\xff", b"")
    assert list(carve(stream)) == [data for _junk, data in clean]


def test_a_thumbnail_inside_a_photograph_is_no_picture_of_its_own() -> None:
    inner = jpeg()
    segment = b"\xff\xe1" + (len(inner) + 2).to_bytes(2) + inner
    outer = jpeg()
    whole = outer[:2] + segment + outer[2:]
    assert list(carve(whole)) == [whole]


@pytest.mark.parametrize("data", PICTURES)
def test_a_picture_without_its_end_is_left(data: bytes) -> None:
    assert list(carve(data[:-20])) == []


@given(st.binary(max_size=300))
@settings(max_examples=examples(80), deadline=None)
def test_carving_never_raises(stream: bytes) -> None:
    for lead in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"{\\pict\\pngblip "):
        list(carve(lead + stream))
        list(carve_rtf(lead + stream))


@pytest.mark.parametrize(
    "format", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG2000", "AVIF"]
)
def test_raster_formats_are_pictures(format: str) -> None:
    target = BytesIO()
    Image.new("RGB", (40, 40)).save(target, format)
    assert is_picture(target.getvalue())


def test_drawings_are_no_pictures() -> None:
    assert not is_picture(b"\x01\0\0\0" + bytes(36) + b" EMF")
    assert not is_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def test_pictures_past_the_bound_are_left_and_told(tmp_path: Path) -> None:
    parts = {f"word/media/image{n}.png": PNG + bytes([n]) for n in range(5)}
    path = written(tmp_path, "f.docx", word_document(paragraph("x"), parts))
    document = read_document(path, "docx", max_pictures=3)
    assert [each.source[-5] for each in document.pictures] == ["0", "1", "2"]
    assert [fault.code for fault in document.faults] == ["limit"]
