"""Previews: drawn anew from pixels, in a confined worker, kept beside what they show."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from make.media import photo, video
from PIL import Image

from mailbot import demo
from mailbot.files import BlobStore
from mailbot.inspection.previews.drawing import draw, drawing, nothing
from mailbot.inspection.previews.encoding import LARGE_SIDE, THUMB_SIDE
from mailbot.inspection.previews.frames import read_frames
from mailbot.inspection.previews.store import THUMB, forget_previews, preview_path
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.model import Inspected


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "files")


@pytest.fixture(scope="module")
def pool() -> Iterator[InspectionPool]:
    with InspectionPool(workers=1, timeout_s=20, inspect=draw) as pool:
        yield pool


def judge(store: BlobStore, octets: bytes, name: str) -> Inspected:
    blob = store.put(octets)
    return inspect_file(Task(path=Path(blob.path), name=name, blobs=store.folder, previews=True))


def seen(store: BlobStore, sha256: str, what: str) -> Image.Image:
    with Image.open(preview_path(store.folder, sha256, what)) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("format", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("TIFF", "RGB"),
        ("WEBP", "RGB"),
    ],
)
def test_judging_a_photo_leaves_its_thumbnail(store: BlobStore, format: str, mode: str) -> None:
    octets = photo(1600, 800, format, mode)
    inspected = judge(store, octets, "照片")
    assert not inspected.faults
    thumb = seen(store, inspected.sha256, THUMB)
    assert thumb.format == "JPEG"
    assert thumb.mode == "RGB"
    assert max(thumb.size) <= THUMB_SIDE
    assert thumb.width == pytest.approx(2 * thumb.height, abs=2)


def test_a_photo_held_upright_is_shown_upright(store: BlobStore) -> None:
    inspected = judge(store, photo(1600, 800, orientation=6), "照片.jpg")
    thumb = seen(store, inspected.sha256, THUMB)
    assert thumb.height > thumb.width


def test_nothing_of_the_sender_but_pixels_is_in_a_thumbnail(store: BlobStore) -> None:
    octets = (
        photo(1600, 800, taken_at="2017:06:28 09:30:00") + b"<script>alert(1)</script>PK\x03\x04"
    )
    inspected = judge(store, octets, "照片.jpg")
    thumb = preview_path(store.folder, inspected.sha256, THUMB).read_bytes()
    assert b"script" not in thumb
    assert b"Exif" not in thumb
    assert b"2017" not in thumb


def test_without_being_told_no_thumbnail_is_made(store: BlobStore) -> None:
    blob = store.put(photo(1600, 800))
    inspect_file(Task(path=Path(blob.path), name="a.jpg", blobs=store.folder))
    assert not (store.folder / "previews").exists()


def test_a_photo_from_before_is_drawn_when_it_is_looked_at(
    store: BlobStore, pool: InspectionPool
) -> None:
    blob = store.put(photo(4000, 3000, orientation=8))
    for what, side in ((THUMB, THUMB_SIDE), ("large.jpg", LARGE_SIDE)):
        task = drawing(store.folder, blob.sha256, "jpeg", what)
        assert not pool.submit(task).result().faults
        image = seen(store, blob.sha256, what)
        assert max(image.size) <= side
        assert image.height > image.width


def test_a_video_shows_three_frames(store: BlobStore, pool: InspectionPool) -> None:
    pytest.importorskip("cv2", reason="frames need the decoder of mailbot[ocr]")
    blob = store.put_file(video("mp4", 640, 360, seconds=2.0))
    pool.submit(drawing(store.folder, blob.sha256, "mp4", "frame-0.jpg")).result()
    frames = [seen(store, blob.sha256, f"frame-{number}.jpg") for number in range(3)]
    assert {frame.size for frame in frames} == {(360, 202)}
    assert len({frame.tobytes() for frame in frames}) == 3


@pytest.mark.parametrize("name", ["video_1080.mts", "video_1080.mpg"])
def test_a_stream_with_one_key_frame_shows_three_frames_too(name: str) -> None:
    """As a camera writes it: there is nothing to jump to."""
    frames = read_frames(Path(demo.__file__).parent / "media" / name)
    looks = {frame.resize((16, 9)).tobytes() for frame in frames}
    assert len(frames) == len(looks) == 3


def test_a_playlist_named_as_a_video_opens_no_other_file(tmp_path: Path) -> None:
    pytest.importorskip("cv2", reason="frames need the decoder of mailbot[ocr]")
    (tmp_path / "secret").write_bytes(video("mp4", 640, 360).read_bytes())
    assert read_frames(tmp_path / "secret")
    listed = tmp_path / "list.mp4"
    listed.write_text("ffconcat version 1.0\nfile secret\n")
    assert not read_frames(listed)


def test_pages_of_a_pdf_are_drawn_up_to_its_last(store: BlobStore, pool: InspectionPool) -> None:
    blob = store.put(_pdf(2))
    for what, faults in (("page-0.jpg", False), ("page-1.jpg", False), ("page-2.jpg", True)):
        answer = pool.submit(drawing(store.folder, blob.sha256, "pdf", what)).result()
        assert bool(answer.faults) is faults
    assert seen(store, blob.sha256, "page-1.jpg").height > 1000


def test_a_cell_is_cut_out_of_a_page(store: BlobStore, pool: InspectionPool) -> None:
    page = Image.new("RGB", (1000, 1000), "white")
    page.paste("black", (500, 500, 600, 540))
    octets = BytesIO()
    page.save(octets, "PNG")
    blob = store.put(octets.getvalue())
    place = (0, 0.5, 0.5, 0.6, 0.5, 0.6, 0.54, 0.5, 0.54)
    places = {"crop-1.png": place, "crop-2.png": place}
    task = drawing(store.folder, blob.sha256, "png", "crop-1.png", places)
    assert not pool.submit(task).result().faults
    assert preview_path(store.folder, blob.sha256, "crop-2.png").is_file()  # all at once
    crop = seen(store, blob.sha256, "crop-1.png").convert("L")
    assert crop.getpixel((crop.width // 2, crop.height // 2)) == 0
    assert crop.getpixel((1, 1)) == 255


@pytest.mark.parametrize(
    ("octets", "format", "what"),
    [
        (b"\xff\xd8\xff\xe0broken", "jpeg", "thumb.jpg"),
        (b"\xff\xd8\xff\xe0broken", "jpeg", "large.jpg"),
        (b"\0\0\0\x18ftypmp42broken", "mp4", "frame-1.jpg"),
        (b"%PDF-1.7 broken", "pdf", "page-0.jpg"),
        (b"plain", "docx", "page-0.jpg"),
    ],
)
def test_what_cannot_be_drawn_is_not_tried_at_every_look(
    store: BlobStore, pool: InspectionPool, octets: bytes, format: str, what: str
) -> None:
    blob = store.put(octets)
    assert pool.submit(drawing(store.folder, blob.sha256, format, what)).result().faults
    assert not preview_path(store.folder, blob.sha256, what).exists()
    assert preview_path(store.folder, blob.sha256, nothing(what)).exists()


@pytest.mark.parametrize(
    ("sha256", "what"),
    [
        ("../" * 21 + "a", THUMB),
        ("A" * 64, THUMB),
        ("a" * 63, THUMB),
        ("a" * 64 + "\n", THUMB),
        ("a" * 64, "../thumb.jpg"),
        ("a" * 64, "thumb.jpg\n"),
        ("a" * 64, "thumb.svg"),
        ("a" * 64, ""),
    ],
)
def test_only_names_of_previews_are_looked_for(tmp_path: Path, sha256: str, what: str) -> None:
    with pytest.raises(ValueError, match="no preview"):
        preview_path(tmp_path, sha256, what)


def test_previews_go_with_what_they_show(store: BlobStore) -> None:
    inspected = judge(store, photo(1600, 800), "a.jpg")
    forget_previews(store.folder, inspected.sha256)
    assert not preview_path(store.folder, inspected.sha256, THUMB).parent.exists()
    assert store.path_of(inspected.sha256).exists()


def _pdf(pages: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    target = BytesIO()
    document.save(target)
    return target.getvalue()
