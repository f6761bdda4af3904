"""Videos: container, codec and size as displayed; recordings that are not whole."""

import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from make.media import video, with_clean_aperture
from pymediainfo import MediaInfo

from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.media.video import Facts, Faults, probe_video
from mailbot.inspection.tree import Task
from mailbot.inspection.workers.pool import InspectionPool


def probe(path: Path) -> tuple[Facts, Faults, str]:
    return probe_video(path, probe_type(path, "演练.mp4")[1])


def probe_octets(folder: Path, octets: bytes) -> tuple[Facts, Faults, str]:
    path = folder / "file"
    path.write_bytes(octets)
    return probe(path)


@pytest.fixture(scope="module")
def pool() -> Iterator[InspectionPool]:
    # libmediainfo 24.12 loops on some damaged files: there damage costs no more than time.
    with InspectionPool(workers=2, timeout_s=8) as pool:
        yield pool


@pytest.fixture
def data() -> Path:
    return Path(__file__).resolve().parent.parent / "data"


def codes(faults: Faults) -> list[str]:
    return [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("container", "codec", "format_", "shown"),
    [
        ("mp4", "", "mp4", "AVC"),
        ("mp4-faststart", "", "mp4", "AVC"),
        ("mp4-fragmented", "", "mp4", "AVC"),
        ("mp4", "mpeg4", "mp4", "MPEG-4 Visual"),
        ("mov", "", "mov", "AVC"),
        ("3gp", "", "3gp", "AVC"),
        ("mpg", "", "mpg2", "MPEG-2 Video"),
        ("mpg", "mpeg1video", "mpg1", "MPEG-1 Video"),
        ("vob", "", "mpg2", "MPEG-2 Video"),
        ("vob", "mpeg1video", "mpg1", "MPEG-1 Video"),
        ("m2v", "", "mpg2", "MPEG-2 Video"),
        ("m1v", "", "mpg1", "MPEG-1 Video"),
        ("avi", "", "avi", "MPEG-4 Visual"),
        ("avi", "mjpeg", "avi", "JPEG"),
        ("ts", "", "mts", "AVC"),
        ("ts", "mpeg2video", "mts", "MPEG-2 Video"),
        ("mts", "", "mts", "AVC"),
        ("mkv", "", "mkv", "AVC"),
        ("webm", "", "webm", "VP8"),
        ("wmv", "", "wmv", "WMV2"),
        ("flv", "", "flv", "Sorenson Spark"),
        ("rmvb", "", "rmvb", "RealVideo 2"),
    ],
)
def test_every_kind_of_video_is_measured(
    container: str, codec: str, format_: str, shown: str
) -> None:
    facts, faults, found = probe(video(container, 352, 288, codec))
    assert (found, facts["codec"], faults) == (format_, shown, ())
    assert (facts["width"], facts["height"], facts["rotation"]) == (352, 288, 0)
    if container not in ("m2v", "m1v"):
        roughly = 0.1 if format_ in ("mp4", "mov", "avi", "mkv") else 0.35  # told by time stamps
        assert facts["duration_s"] == pytest.approx(1, abs=roughly)


@pytest.mark.parametrize("container", ["mp4", "vob", "avi", "mts"])
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1440, 1080)])
def test_size_is_what_was_encoded(container: str, size: tuple[int, int]) -> None:
    facts, faults, _ = probe(video(container, *size, seconds=0.6))
    assert (facts["width"], facts["height"], faults) == (*size, ())


@pytest.mark.parametrize(
    ("rotation", "size"), [(90, (720, 1280)), (180, (1280, 720)), (270, (720, 1280))]
)
def test_the_rotation_flag_counts(rotation: int, size: tuple[int, int]) -> None:
    facts, _, _ = probe(video("mp4", 1280, 720, rotation=rotation))
    assert (facts["width"], facts["height"]) == size
    assert (facts["stored_width"], facts["stored_height"]) == (1280, 720)
    assert facts["rotation"] == rotation


def test_the_clean_aperture_counts(tmp_path: Path) -> None:
    octets = with_clean_aperture(video("mp4", 1920, 1080).read_bytes(), 1280, 720)
    facts, _, _ = probe_octets(tmp_path, octets)
    assert (facts["width"], facts["height"]) == (1280, 720)
    assert (facts["stored_width"], facts["stored_height"]) == (1920, 1080)


def test_a_clean_aperture_beyond_the_picture_is_ignored(tmp_path: Path) -> None:
    octets = with_clean_aperture(video("mp4", 1280, 720).read_bytes(), 1920, 1080)
    facts, _, _ = probe_octets(tmp_path, octets)
    assert (facts["width"], facts["height"]) == (1280, 720)


@pytest.mark.parametrize("container", ["mp4", "avi", "mkv"])
def test_sound_alone_is_no_video(container: str) -> None:
    facts, faults, _ = probe(video(container, 0, 0, sound_only=True))
    assert codes(faults) == ["no_video_track"]
    assert facts["width"] is None


def _boxes(octets: bytes) -> list[tuple[bytes, bytes]]:
    boxes, at = [], 0
    while at < len(octets):
        size = int.from_bytes(octets[at : at + 4], "big")
        boxes.append((octets[at + 4 : at + 8], octets[at : at + size]))
        at += size
    return boxes


def test_an_mp4_without_its_index_is_unfinished(tmp_path: Path) -> None:
    boxes = _boxes(video("mp4", 640, 480).read_bytes())
    assert b"moov" in dict(boxes)
    octets = b"".join(box for kind, box in boxes if kind != b"moov")
    assert codes(probe_octets(tmp_path, octets)[1]) == ["unfinished"]


def test_a_recording_that_stopped_before_the_length_was_written_is_unfinished(
    tmp_path: Path,
) -> None:
    # A camera writes the length of mdat at the end; until then it is 0, "to the end of the file".
    boxes = dict(_boxes(video("mp4", 640, 480).read_bytes()))
    octets = boxes[b"ftyp"] + bytes(4) + boxes[b"mdat"][4:5000]
    assert codes(probe_octets(tmp_path, octets)[1]) == ["unfinished"]


@pytest.mark.parametrize("container", ["mp4", "mov"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_an_mp4_cut_before_its_index_is_both(tmp_path: Path, container: str, share: float) -> None:
    octets = video(container, 1920, 1080).read_bytes()
    _, faults, _ = probe_octets(tmp_path, octets[: int(len(octets) * share)])
    assert codes(faults) == ["truncated", "unfinished"]


@pytest.mark.parametrize(
    "container", ["mp4-faststart", "mp4-fragmented", "avi", "mkv", "webm", "wmv", "flv"]
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_video_that_still_states_its_full_size_is_truncated(
    tmp_path: Path, container: str, share: float
) -> None:
    octets = video(container, 1920, 1080).read_bytes()
    facts, faults, _ = probe_octets(tmp_path, octets[: int(len(octets) * share)])
    assert codes(faults) == ["truncated"]
    assert (facts["width"], facts["height"]) == (1920, 1080)


@pytest.mark.parametrize("container", ["mts", "ts", "vob", "mpg", "avi"])
@pytest.mark.parametrize("size", [1024, 4096])
def test_a_kilobyte_of_a_video_is_none_though_it_claims_high_definition(
    tmp_path: Path, container: str, size: int
) -> None:
    octets = video(container, 1920, 1080).read_bytes()[:size]
    assert codes(probe_octets(tmp_path, octets)[1])[0] in ("truncated", "corrupt")


@pytest.mark.parametrize("container", ["vob", "mpg"])
@pytest.mark.parametrize("short", [1, 3, 100, 2000])
def test_a_program_stream_that_ends_within_a_packet_is_truncated(
    tmp_path: Path, container: str, short: int
) -> None:
    octets = video(container, 640, 480).read_bytes()
    assert probe_octets(tmp_path, octets)[1] == ()
    assert codes(probe_octets(tmp_path, octets[:-short])[1]) == ["truncated"]


@pytest.mark.parametrize("tail", [b"\0\0\1\xb9", bytes(700), b"\0\0\1\xb9" + bytes(5000)])
def test_end_code_and_padding_behind_a_program_stream_are_no_fault(
    tmp_path: Path, tail: bytes
) -> None:
    octets = video("vob", 640, 480).read_bytes()
    assert probe_octets(tmp_path, octets + tail)[1] == ()


@pytest.mark.parametrize("container", ["mp4-faststart", "mp4-fragmented", "avi", "ts", "vob"])
def test_a_download_that_was_never_filled_is_truncated(tmp_path: Path, container: str) -> None:
    """A download manager gives the file its full size at once; the rest is zeros."""
    octets = video(container, 640, 480, seconds=3, noisy=True).read_bytes()
    assert len(octets) > 600_000
    assert probe_octets(tmp_path, octets)[1] == ()
    half = len(octets) // 2
    assert codes(probe_octets(tmp_path, octets[:half] + bytes(len(octets) - half))[1]) == [
        "truncated"
    ]


def test_room_that_a_recorder_left_behind_is_no_fault(tmp_path: Path) -> None:
    octets = video("mp4", 640, 480).read_bytes()
    room = struct.pack(">I4s", 1 << 20, b"free") + bytes((1 << 20) - 8)
    assert probe_octets(tmp_path, octets + room)[1] == ()


def test_black_pictures_without_compression_are_no_tail_of_nothing(tmp_path: Path) -> None:
    octets = video("avi", 320, 240, "rawvideo").read_bytes()
    half = len(octets) // 2
    assert probe_octets(tmp_path, octets[:half] + bytes(len(octets) - half))[1] == ()


def test_a_stream_too_short_for_mediainfo_still_tells_its_size(tmp_path: Path) -> None:
    pack = bytes.fromhex("000001ba2100010001a19b1d")
    # Sequence header, ISO/IEC 13818-2 6.2.2.1: 12 bits of width, 12 of height.
    header = b"\x00\x00\x01\xb3" + (1440 << 12 | 1080).to_bytes(3, "big") + b"\x13\xff\xff\xe0"
    facts, _, format_ = probe_octets(tmp_path, pack + header + bytes(100))
    assert (format_, facts["width"], facts["height"]) == ("mpg1", 1440, 1080)


def test_when_it_was_taken_is_read_from_the_header(tmp_path: Path) -> None:
    octets = bytearray(video("mp4", 640, 480).read_bytes())
    at = octets.index(b"mvhd") + 8
    octets[at : at + 4] = struct.pack(">I", 3581402445)  # seconds since 1904-01-01, in UTC
    facts, _, _ = probe_octets(tmp_path, bytes(octets))
    assert facts["taken_at"] == "2017-06-27T10:00:45+00:00"
    assert probe(video("mp4", 640, 480))[0]["taken_at"] is None  # 1904: never set


def test_mediainfo_is_told_by_the_name_which_reader_to_try_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = tmp_path / "5f0c"  # without an extension it tries them all, at ten times the cost
    blob.write_bytes(video("mov", 640, 480).read_bytes())
    asked: list[str] = []
    parse = MediaInfo.parse

    def note(path: str, **options: Any) -> Any:
        asked.append(path)
        return parse(path, **options)

    monkeypatch.setattr(MediaInfo, "parse", note)
    facts, faults, _ = probe_video(blob, "mov")
    assert (facts["codec"], faults) == ("AVC", ())
    assert asked[0].endswith(".mov")
    assert not Path(asked[0]).parent.exists()


def test_a_format_that_may_refer_elsewhere_is_named_and_not_measured(tmp_path: Path) -> None:
    locator = b"\x06\x0e\x2b\x34\x02\x05\x01\x01" + bytes(500)
    facts, faults, format_ = probe_octets(tmp_path, locator)
    assert (format_, faults, facts["container"]) == ("mxf", (), None)


@pytest.mark.parametrize("container", ["mp4", "mp4-faststart", "avi", "mts", "vob"])
def test_no_damage_stops_the_bot(tmp_path: Path, pool: InspectionPool, container: str) -> None:
    whole = video(container, 352, 288).read_bytes()
    chance = random.Random(container)
    futures = []
    for number in range(25):
        octets = bytearray(whole)
        for _ in range(3):
            at = chance.randrange(min(len(octets), 2000))
            octets[at : at + 4] = chance.randbytes(4)
        path = tmp_path / str(number)
        path.write_bytes(octets)
        futures.append(pool.submit(Task(path, f"{number}.{container}", tmp_path / "blobs")))
    for future in futures:
        inspected = future.result(timeout=300)
        assert inspected.facts.get("width") or inspected.faults or inspected.family != "video"


@pytest.mark.parametrize(
    ("container", "table"), [("3gp", b"stts"), ("mp4", b"elst"), ("mp4-fragmented", b"trun")]
)
def test_a_table_that_claims_more_than_it_holds_is_corrupt_and_never_counted(
    tmp_path: Path, container: str, table: bytes
) -> None:
    """MediaInfo counts to the number for minutes; here it is not asked."""
    octets = bytearray(video(container, 352, 288).read_bytes())
    at = octets.index(table) + 8
    octets[at : at + 4] = b"\xff\xff\0\1"
    assert codes(probe_octets(tmp_path, bytes(octets))[1]) == ["corrupt"]


def test_a_file_that_hangs_mediainfo_costs_its_time_and_no_more(
    tmp_path: Path, data: Path, pool: InspectionPool
) -> None:
    path = data / "media" / "mkv_that_hangs_libmediainfo.mkv"
    assert path.is_file()
    hanging = pool.submit(Task(path, "演练.mkv", tmp_path))
    healthy = pool.submit(Task(video("mkv", 352, 288), "演练.mkv", tmp_path))
    assert codes(hanging.result(timeout=300).faults) == ["timeout"]
    assert healthy.result(timeout=300).faults == ()


@pytest.mark.parametrize("container", ["mp4", "mp4-faststart", "mov", "3gp"])
@pytest.mark.parametrize("hole", [2_000, 60_000])
def test_a_hole_of_nothing_in_the_pictures_is_told(
    tmp_path: Path, container: str, hole: int
) -> None:
    octets = bytearray(video(container, 640, 480, noisy=True).read_bytes())
    at = octets.index(b"mdat") + 30_000
    assert not any(codes(probe_octets(tmp_path, bytes(octets))[1]))
    octets[at : at + hole] = bytes(hole)
    assert codes(probe_octets(tmp_path, bytes(octets))[1]) == ["corrupt"]


def test_zeros_that_belong_to_no_picture_are_padding(tmp_path: Path) -> None:
    octets = video("mp4", 640, 480).read_bytes()
    free = struct.pack(">I", 60_008) + b"free" + bytes(60_000)
    assert codes(probe_octets(tmp_path, octets + free)[1]) == []


def test_other_codecs_may_have_zeros_in_their_pictures(tmp_path: Path) -> None:
    octets = bytearray(video("mp4", 640, 480, codec="mpeg4", noisy=True).read_bytes())
    at = octets.index(b"mdat") + 10_000
    octets[at : at + 2_000] = bytes(2_000)
    assert codes(probe_octets(tmp_path, bytes(octets))[1]) == []
