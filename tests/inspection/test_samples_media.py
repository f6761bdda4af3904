"""Agreement with what independent tools say of the public sample pictures and videos."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.media.photo import probe_photo
from mailbot.inspection.media.video import probe_video
from mailbot.model import Family

pytestmark = pytest.mark.samples

# Where we say something else than the tools, and why.
ARGUED = {
    "bad/Pillow__decompression_bomb.gif": "the first frame claims 65535x66601, the screen 32x32",
    "bad/Pillow__png_decompression_dos.png": "refused at its text chunks, before its size counts",
    "bad/TwelveMonkeys__0x00-to-0xFF-between-segments.jpg": "no decoder gets to its 16x16",
    "bad/TwelveMonkeys__broken-adobe-marker-bad-length.jpg": "the tool's 0x0 is no size",
    "bad/sharp__corrupt-header.jpg": "the tool's 0x0 is no size",
}
# Valid all the same (README of the samples): Pillow, the reference for decoding, cannot open them.
BEYOND_PILLOW = (".psb", "32bit5x5.psd", "16bit5x5.psd")
FORMATS = {"MPO": "jpeg", "HEIF": "heic"}  # their name: ours
CONTAINERS = {
    "MPEG-4": {"mp4", "mov"},
    "AVI": {"avi"},
    "MPEG-PS": {"mpg1", "mpg2"},
    "MPEG-TS": {"mts"},
    "Matroska": {"mkv"},
}


def expected(samples: Path, kind: str) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    entries = json.loads((samples / "public" / "EXPECTED.json").read_text("utf-8"))
    for key, entry in entries.items():
        if entry["cls"] == kind:
            yield key, samples / "public" / key, entry


def report(kind: str, asked: int, wrong: list[str]) -> None:
    print(f"{kind}: {asked - len(wrong)} of {asked} agree; argued: {', '.join(wrong) or 'none'}")


def test_pictures_agree(samples: Path) -> None:
    wrong, asked = [], 0
    for key, path, entry in expected(samples, "image"):
        asked += 1
        family, format_ = probe_type(path, path.name)
        assert family is Family.PHOTO, key
        facts, faults = probe_photo(path, format_)
        true_format = entry.get("true_format", "JPEG")
        assert format_ == FORMATS.get(true_format, true_format.lower()), key
        is_whole = entry["decodes_fully_in_pillow"] or key.endswith(BEYOND_PILLOW)
        assert is_whole == (not faults), (key, faults)
        if "displayed_size" in entry and (
            [facts["width"], facts["height"]] != entry["displayed_size"]
            or [facts["stored_width"], facts["stored_height"]] != [entry["width"], entry["height"]]
        ):
            wrong.append(key)
    report("image", asked, wrong)
    assert asked
    assert set(wrong) <= ARGUED.keys()


def test_videos_agree(samples: Path) -> None:
    asked = 0
    for key, path, entry in expected(samples, "video"):
        asked += 1
        family, sniffed = probe_type(path, path.name)
        assert family is Family.VIDEO, key
        facts, faults, format_ = probe_video(path, sniffed)
        assert format_ in CONTAINERS[entry["mediainfo"]["format"]], key
        assert (format_ == "mov") == (path.suffix.lower() == ".mov"), key
        assert bool(faults) != bool(entry["first_frames_decode"]), (key, faults)
        stored = [facts["stored_width"], facts["stored_height"]]
        assert stored == [entry["width"], entry["height"]], key
        assert [facts["width"], facts["height"]] == entry.get("displayed_size", [None, None]), key
        if entry["mediainfo"]["duration"] and format_ != "mts":  # no two tools agree on that one
            assert facts["duration_s"] == pytest.approx(float(entry["mediainfo"]["duration"])), key
    report("video", asked, [])
    assert asked
