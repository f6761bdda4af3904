"""Photographs: size as displayed, EXIF facts, and data that decode to the end."""

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from make.media import photo, picture
from PIL import Image, ImageEnhance, ImageFile

from mailbot.demo.photos import make_psd
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.media.photo import Facts, Faults, probe_photo


def probe(folder: Path, octets: bytes, name: str = "a.jpg") -> tuple[Facts, Faults]:
    path = folder / "file"
    path.write_bytes(octets)
    return probe_photo(path, probe_type(path, name)[1])


def codes(faults: Faults) -> list[str]:
    return [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("encoder", "mode", "options", "format_"),
    [
        ("JPEG", "RGB", {}, "jpeg"),
        ("JPEG", "L", {}, "jpeg"),
        ("JPEG", "CMYK", {}, "jpeg"),
        ("JPEG", "RGB", {"progressive": True}, "jpeg"),
        ("PNG", "RGB", {}, "png"),
        ("PNG", "RGBA", {}, "png"),
        ("PNG", "LA", {}, "png"),
        ("PNG", "P", {}, "png"),
        ("PNG", "1", {}, "png"),
        ("PNG", "I;16", {}, "png"),
        ("TIFF", "RGB", {}, "tiff"),
        ("TIFF", "CMYK", {"compression": "tiff_lzw"}, "tiff"),
        ("BMP", "RGB", {}, "bmp"),
        ("BMP", "1", {}, "bmp"),
        ("WEBP", "RGB", {}, "webp"),
        ("GIF", "P", {}, "gif"),
        ("AVIF", "RGB", {}, "avif"),
        ("JPEG2000", "RGB", {}, "jp2"),
    ],
)
def test_every_kind_of_picture_is_measured(
    tmp_path: Path, encoder: str, mode: str, options: dict[str, Any], format_: str
) -> None:
    facts, faults = probe(tmp_path, photo(300, 200, encoder, mode, **options))
    assert faults == ()
    assert (facts["format"], facts["width"], facts["height"]) == (format_, 300, 200)
    assert len(str(facts["phash"])) == 16
    assert (facts["taken_at"], facts["camera"], facts["gps"]) == (None, None, False)


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_as_displayed(tmp_path: Path, encoder: str, orientation: int) -> None:
    octets = photo(192, 108, encoder, orientation=orientation)
    facts, faults = probe(tmp_path, octets)
    assert faults == ()
    # EXIF 2.3: 5 to 8 are the quarter turns.
    displayed = (108, 192) if orientation >= 5 else (192, 108)
    assert (facts["width"], facts["height"]) == displayed


def test_a_picture_turned_by_exif_looks_like_the_same_turned_by_hand(tmp_path: Path) -> None:
    upright = picture(192, 108, seed=3)
    turned = BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(turned, "PNG", exif=_oriented(6))
    straight = BytesIO()
    upright.save(straight, "PNG")
    first, second = (probe(tmp_path, each.getvalue())[0] for each in (turned, straight))
    assert first["phash"] == second["phash"]
    assert (first["width"], first["height"]) == (second["width"], second["height"])


def _oriented(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def _distance(first: object, second: object) -> int:
    return (int(str(first), 16) ^ int(str(second), 16)).bit_count()


def test_a_near_copy_is_near_and_another_picture_is_far(tmp_path: Path) -> None:
    original = picture(1920, 1080, seed=1)
    copies = []
    for image, quality in (
        (original.resize((1280, 720)), 60),
        (ImageEnhance.Brightness(original).enhance(1.1), 85),
    ):
        output = BytesIO()
        image.save(output, "JPEG", quality=quality)
        copies.append(probe(tmp_path, output.getvalue())[0]["phash"])
    first = probe(tmp_path, photo(1920, 1080, seed=1))[0]["phash"]
    others = [probe(tmp_path, photo(1920, 1080, seed=seed))[0]["phash"] for seed in range(2, 8)]
    assert max(_distance(first, copy) for copy in copies) <= 6
    assert min(_distance(first, other) for other in others) > 10


def test_exif_tells_when_where_and_with_what(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "HUAWEI\0\0", "HUAWEI  P10 \0"
    exif.get_ifd(0x8769)[0x9003] = "2017:06:28 09:30:45"
    exif.get_ifd(0x8825)[2] = (34.0, 45.0, 0.0)
    output = BytesIO()
    picture(64, 48).save(output, "JPEG", exif=exif.tobytes())
    facts, _ = probe(tmp_path, output.getvalue())
    assert facts["taken_at"] == "2017-06-28T09:30:45"
    assert facts["camera"] == "HUAWEI P10"
    assert facts["gps"] is True


@pytest.mark.parametrize(
    "value", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2017-06-28", "2017:13:41 99:00:00", ""]
)
def test_a_clock_that_was_never_set_says_nothing(tmp_path: Path, value: str) -> None:
    facts, faults = probe(tmp_path, photo(64, 48, taken_at=value))
    assert (facts["taken_at"], faults) == (None, ())


def test_damaged_exif_harms_nothing_else(tmp_path: Path) -> None:
    octets = photo(64, 48, taken_at="2017:06:01 10:00:00", orientation=6)
    at = octets.index(b"Exif\0\0") + 6
    for damage in (b"\xff" * 40, bytes(40), b"II*\0\xff\xff\xff\xff"):
        facts, faults = probe(tmp_path, octets[:at] + damage + octets[at + len(damage) :])
        assert (faults, facts["width"], facts["height"]) == ((), 64, 48)


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_picture_is_found_by_decoding(
    tmp_path: Path, encoder: str, share: float
) -> None:
    octets = photo(640, 480, encoder, "P" if encoder == "GIF" else "RGB")
    _, faults = probe(tmp_path, octets[: int(len(octets) * share)])
    assert codes(faults) in (["truncated"], ["corrupt"])


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_truncated_jpeg_is_called_truncated(tmp_path: Path, options: dict[str, Any]) -> None:
    octets = photo(1920, 1080, **options)
    for share in (0.1, 0.5, 0.9, 0.99):
        facts, faults = probe(tmp_path, octets[: int(len(octets) * share)])
        assert codes(faults) == ["truncated"]
        assert (facts["width"], facts["height"]) == (1920, 1080)


def test_a_jpeg_whose_tail_is_zeros_is_truncated(tmp_path: Path) -> None:
    octets = photo(640, 480)
    half = len(octets) // 2
    assert codes(probe(tmp_path, octets[:half] + bytes(half))[1]) == ["truncated"]
    assert codes(probe(tmp_path, octets[:half] + bytes(200_000))[1]) == ["truncated"]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"restart_marker_rows": 1}, {"progressive": True}])
@pytest.mark.parametrize("damage", ["lost", "zeroed", "overwritten"])
def test_a_jpeg_that_lost_data_in_its_middle_is_corrupt(
    tmp_path: Path, mode: str, options: dict[str, Any], damage: str
) -> None:
    """Pillow decodes most of these without a word: a viewer shows them half grey."""
    octets = photo(1920, 1080, mode=mode, quality=90, **options)
    assert probe(tmp_path, octets)[1] == ()
    start, end = len(octets) * 4 // 10, len(octets) * 6 // 10
    filling = {
        "lost": b"",
        "zeroed": bytes(end - start),
        "overwritten": random.Random(1).randbytes(end - start),
    }
    facts, faults = probe(tmp_path, octets[:start] + filling[damage] + octets[end:])
    assert codes(faults) == ["corrupt"]
    assert (facts["width"], facts["height"]) == (1920, 1080)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 20}])
@pytest.mark.parametrize(("mode", "once"), [("RGB", True), ("L", True), ("CMYK", False)])
def test_a_whole_jpeg_is_decoded_once_and_is_the_picture_pillow_makes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    once: bool,
    options: dict[str, Any],
) -> None:
    octets = photo(1003, 601, mode=mode, **options)
    with monkeypatch.context() as patch:  # as if the one decode had not come about
        patch.setattr("mailbot.inspection.media.photo.decode_whole", lambda *_: None)
        by_pillow = probe(tmp_path, octets)
    loads: list[object] = []
    load = ImageFile.ImageFile.load

    def counted(image: ImageFile.ImageFile) -> object:
        loads.append(image)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", counted)
    assert probe(tmp_path, octets) == by_pillow
    assert once == (not loads)


@pytest.mark.parametrize("padding", [1, 16, 256])
def test_padding_before_the_end_marker_of_a_jpeg_is_no_fault(tmp_path: Path, padding: int) -> None:
    octets = photo(640, 480)
    assert octets.endswith(b"\xff\xd9")
    padded = octets[:-2] + bytes(padding) + octets[-2:]
    assert probe(tmp_path, padded)[1] == ()


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"II*\0\x10\0\0\0CR\x02\0", "IMG_0001.jpg"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "IMG_0001.CR3"),
        (b"FUJIFILMCCD-RAW 0201", "DSCF0001.RAF"),
        (b"IIU\0\x18\0\0\0", "P1000001.RW2"),
        (b"IIRO\x08\0\0\0", "P1000001.ORF"),
        (b"MM\0*\0\0\0\x08", "DSC_0001.NEF"),
        (b"II*\0\x08\0\0\0", "DSC00001.ARW"),
        (b"II*\0\x08\0\0\0", "IMG_0001.dng"),
    ],
)
def test_a_raw_photograph_is_named_and_its_thumbnail_not_measured(
    tmp_path: Path, start: bytes, name: str
) -> None:
    facts, faults = probe(tmp_path, start + bytes(5000), name)
    assert (facts["format"], facts["width"], faults) == ("raw", None, ())


@pytest.mark.parametrize("tail", [b"", b"SEFT" * 40, bytes(5000), b"\xff\xd8\xff"])
def test_octets_behind_the_end_of_a_jpeg_are_no_fault(tmp_path: Path, tail: bytes) -> None:
    assert probe(tmp_path, photo(640, 480) + tail)[1] == ()


def test_a_flipped_bit_in_a_png_is_corrupt(tmp_path: Path) -> None:
    octets = bytearray(photo(640, 480, "PNG"))
    octets[len(octets) // 2] ^= 1
    assert codes(probe(tmp_path, bytes(octets))[1]) == ["corrupt"]


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + crc

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    facts, faults = probe(tmp_path, _png(65536, 65536))
    assert codes(faults) == ["bomb"]
    assert (facts["width"], facts["height"]) == (65536, 65536)


@pytest.mark.parametrize(("times", "found"), [(1, []), (40, []), (80, ["bomb"])])
def test_a_picture_to_be_gone_through_a_hundred_times_is_refused_before_it_is_decoded(
    tmp_path: Path, times: int, found: list[str]
) -> None:
    """Pillow writes ten scans; each more costs as much as the whole picture."""
    buffer = BytesIO()
    Image.effect_noise((640, 480), 30).convert("RGB").save(buffer, "JPEG", progressive=True)
    head, marker, last = buffer.getvalue().rpartition(b"\xff\xda")
    scan = marker + last.removesuffix(b"\xff\xd9")
    facts, faults = probe(tmp_path, head + scan * times + b"\xff\xd9")
    assert [code for code in codes(faults) if code == "bomb"] == found
    assert facts["width"] == 640


def test_a_camera_of_many_pixels_is_no_bomb(tmp_path: Path) -> None:
    # 108 megapixels; Pillow by itself warns from 89 on and refuses from 179 on.
    facts, faults = probe(tmp_path, photo(12000, 9000, "JPEG", "L"))
    assert (faults, facts["width"], facts["height"]) == ((), 12000, 9000)


def test_the_pixel_limit_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(photo(200, 100))
    assert probe_photo(path, "jpeg", max_pixels=20_000)[1] == ()
    assert codes(probe_photo(path, "jpeg", max_pixels=19_999)[1]) == ["bomb"]


def test_a_picture_with_a_second_one_behind_it_is_a_jpeg(tmp_path: Path) -> None:
    output = BytesIO()
    picture(640, 480).save(output, "MPO", save_all=True, append_images=[picture(640, 480, seed=1)])
    facts, faults = probe(tmp_path, output.getvalue())
    assert (facts["format"], facts["frames"], faults) == ("jpeg", 2, ())


def test_a_moving_png_and_gif_count_their_frames(tmp_path: Path) -> None:
    for encoder in ("PNG", "GIF", "WEBP"):
        output = BytesIO()
        frames = [picture(64, 48, seed=seed) for seed in range(3)]
        frames[0].save(output, encoder, save_all=True, append_images=frames[1:])
        facts, faults = probe(tmp_path, output.getvalue())
        assert (facts["format"], facts["frames"], faults) == (encoder.lower(), 3, ())


def psd(width: int, height: int, depth: int = 8, version: int = 1, compression: int = 0) -> bytes:
    """A three-channel file without layers, as the specification lays it out."""
    row = width * depth // 8
    header = struct.pack(">4sH6xHIIHH", b"8BPS", version, 3, height, width, depth, 3)
    sections = bytes(4) + bytes(4) + bytes(8 if version == 2 else 4)
    if compression == 0:
        data = bytes(row * height * 3)
    elif compression == 1:  # a row of zeros in runs of 128
        packed = b"\x81\x00" * (row // 128) + (bytes((257 - row % 128, 0)) if row % 128 else b"")
        table = struct.pack(">I" if version == 2 else ">H", len(packed)) * height * 3
        data = table + packed * height * 3
    else:
        data = zlib.compress(bytes(row * height * 3))
    return header + sections + struct.pack(">H", compression) + data


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("depth", [8, 16, 32])
@pytest.mark.parametrize("compression", [0, 1, 2])
def test_photoshop_files_are_measured_and_held_to_their_lengths(
    tmp_path: Path, version: int, depth: int, compression: int
) -> None:
    octets = psd(2000, 1200, depth, version, compression)
    facts, faults = probe(tmp_path, octets)
    assert (facts["width"], facts["height"], faults) == (2000, 1200, ())
    assert facts["format"] == ("psb" if version == 2 else "psd")
    for cut in (10, len(octets) // 2, len(octets) - 40):
        assert codes(probe(tmp_path, octets[: len(octets) - cut])[1]) == ["truncated"]
    assert codes(probe(tmp_path, octets[:20])[1]) == ["corrupt"]


def test_a_photoshop_file_whose_rows_do_not_unpack_is_corrupt(tmp_path: Path) -> None:
    octets = bytearray(make_psd(640, 480))
    octets[-1000] ^= 0x40  # the length of a run
    assert codes(probe(tmp_path, bytes(octets), "a.psd")[1]) == ["corrupt"]


def test_pillow_agrees_on_the_photoshop_file_of_the_maker(tmp_path: Path) -> None:
    with Image.open(BytesIO(psd(64, 48, compression=1))) as image:
        image.load()
        assert image.size == (64, 48)
    assert probe(tmp_path, psd(64, 48, compression=1))[0]["phash"] is not None


def heic(irot: int = 0, width: int = 4032, height: int = 3024) -> bytes:
    """The boxes of a phone's photograph: one item, its size and rotation, no real picture data."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        content = b"".join(parts)
        return struct.pack(">I4s", len(content) + 8, kind) + content

    data = bytes(1000)
    ispe = box(b"ispe", struct.pack(">III", 0, width, height))
    ipco = box(b"ipco", ispe, box(b"irot", bytes([irot])))
    ipma = box(b"ipma", struct.pack(">IIHBBB", 0, 1, 1, 2, 1, 0x82))
    infe = box(b"infe", struct.pack(">IHH4s", 2 << 24, 1, 0, b"hvc1"), b"\0")
    ftyp = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(offset: int) -> bytes:
        iloc = struct.pack(">IBBHHHHII", 0, 0x44, 0, 1, 1, 0, 1, offset, len(data))
        return box(
            b"meta",
            bytes(4),
            box(b"pitm", struct.pack(">IH", 0, 1)),
            box(b"iinf", struct.pack(">IH", 0, 1), infe),
            box(b"iprp", ipco, ipma),
            box(b"iloc", iloc),
        )

    offset = len(ftyp) + len(meta(0)) + 8
    return ftyp + meta(offset) + box(b"mdat", data)


@pytest.mark.parametrize("irot", range(4))
def test_a_heic_is_measured_from_its_boxes(tmp_path: Path, irot: int) -> None:
    facts, faults = probe(tmp_path, heic(irot))
    assert faults == ()
    assert facts["format"] == "heic"
    displayed = (3024, 4032) if irot in (1, 3) else (4032, 3024)
    assert (facts["width"], facts["height"]) == displayed
    assert (facts["stored_width"], facts["stored_height"]) == (4032, 3024)


def test_a_heic_whose_data_are_missing_is_truncated(tmp_path: Path) -> None:
    octets = heic()
    assert codes(probe(tmp_path, octets[:-1])[1]) == ["truncated"]
    assert codes(probe(tmp_path, octets[:100])[1]) == ["corrupt"]


def test_pictures_that_are_cut_are_never_completed_by_pillow() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize(
    ("format_", "encoder"),
    [
        ("jpeg", "JPEG"),
        ("png", "PNG"),
        ("tiff", "TIFF"),
        ("gif", "GIF"),
        ("webp", "WEBP"),
        ("bmp", "BMP"),
        ("jp2", "JPEG2000"),
        ("avif", "AVIF"),
        ("heic", ""),
        ("psd", ""),
    ],
)
def test_no_damage_raises(tmp_path: Path, format_: str, encoder: str) -> None:
    whole = {"heic": heic(), "psd": psd(64, 48, compression=1)}.get(format_) or photo(
        160, 120, encoder, "P" if encoder == "GIF" else "RGB"
    )
    path = tmp_path / "file"
    chance = random.Random(format_)
    for _ in range(60):
        octets = bytearray(whole)
        at = chance.randrange(min(len(octets), 600))
        octets[at : at + chance.choice((1, 4, 8))] = chance.randbytes(4)
        path.write_bytes(octets[: chance.choice((len(octets), at + 9))])
        facts, faults = probe_photo(path, format_)
        assert facts["format"] == format_
        assert {fault.code for fault in faults} <= {"truncated", "corrupt", "bomb"}


def test_a_jpeg_that_lacks_only_its_end_marker_is_whole(tmp_path: Path) -> None:
    octets = photo(640, 480)
    assert octets.endswith(b"\xff\xd9")
    whole = probe(tmp_path, octets)
    for cut in (1, 2):
        facts, faults = probe(tmp_path, octets[:-cut])
        assert faults == ()
        assert facts == whole[0]


@pytest.mark.parametrize("cut", [3, 4, 10, 1000])
def test_a_jpeg_that_lacks_data_before_its_end_is_truncated(tmp_path: Path, cut: int) -> None:
    _, faults = probe(tmp_path, photo(640, 480)[:-cut])
    assert [fault.code for fault in faults] == ["truncated"]
