"""Videos: container, codec and size as displayed by MediaInfo, wholeness by our own reading.

MediaInfo is a native library: call this in a worker process. It believes headers (a recording cut
off in the middle still reports its full length), so declared lengths are held against the file's.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pymediainfo import MediaInfo, Track

from mailbot.inspection.media.bmff import find_overstated_table, walk_boxes
from mailbot.inspection.media.damage import zeros_at_end
from mailbot.inspection.media.holes import find_hole
from mailbot.inspection.media.mpegps import missing_of_program_stream
from mailbot.model import Fault, Json

Facts = dict[str, Json]
Faults = tuple[Fault, ...]

_FACTS = (
    "container",
    "codec",
    "width",
    "height",
    "stored_width",
    "stored_height",
    "rotation",
    "duration_s",
    "frame_rate",
    "bit_rate",
    "scan_type",
    "taken_at",
)
_BMFF = ("mp4", "mov", "3gp")
# libmediainfo can open what a file refers to (an HLS playlist makes it connect), and MXF may carry
# locators; the type alone says all a rule can ask of this one and of recorders' own formats.
_NOT_MEASURED = ("mxf", "dav", "hik")
# It also tries files with neighbouring names as one sequence; blobs are named by hash.
_OPTIONS = {"File_TestContinuousFileNames": "0", "File_TestDirectory": "0"}
_OVERRUN = "more than maximal permitted size"  # how MediaInfo says that an element is cut short
# A download that was given its full size at once and then broke off ends in zeros. Shorter runs
# are silence, black, or padding.
_NOTHING_OCTETS, _NOTHING_SHARE = 256 * 1024, 0.05
_UNCOMPRESSED = ("RGB", "YUV", "PCM")
# Formats that MediaInfo knows by their name alone; the others have the extension we call them by.
_EXTENSIONS = {"mpg1": "mpg", "mpg2": "mpg"}
_PADDING = (b"free", b"skip", b"wide")
_SHORTEST_S = 0.1  # MPEG streams state no length; less than this is a fragment of one


def probe_video(path: Path, format: str) -> tuple[Facts, Faults, str]:
    """Facts, faults and the exact format of a video of the given type (`filetype.probe_type`).

    Facts, always all of them, None where unknown: container, codec, width, height (pixels as
    displayed: rotation flag and clean aperture counted), stored_width, stored_height, rotation
    (degrees), duration_s, frame_rate, bit_rate (bits a second), scan_type, taken_at (ISO 8601; with
    zone where the file says one). Faults: no_video_track, unfinished (an MP4 without its index,
    moov), truncated, corrupt, missing_extra (no MediaInfo on this machine).
    The format differs from the given one where only the codec tells: mpg1 and mpg2.
    """
    facts: Facts = dict.fromkeys(_FACTS)
    if format in _NOT_MEASURED:
        return facts, (), format
    if not can_parse():
        return facts, (Fault("missing_extra", "libmediainfo"),), format
    if format in _BMFF:
        with path.open("rb") as file:
            table = find_overstated_table(file, 0, path.stat().st_size)
        if table:
            return facts, (Fault("corrupt", f"{table} claims more than it holds"),), format
    with _named(path, format) as named:
        tracks = MediaInfo.parse(str(named), mediainfo_options=_OPTIONS).tracks
    general = next((track for track in tracks if track.track_type == "General"), None)
    videos = [track for track in tracks if track.track_type == "Video" and track.width]
    video = max(videos, key=lambda track: track.width * (track.height or 0), default=None)
    if general is not None:
        _put_general(facts, general, format)
    if video is not None:
        _put_video(facts, video)
    elif format in ("mpg1", "mpg2"):
        format = _put_mpeg_sequence(facts, path, format)  # too short for MediaInfo
    if facts["codec"] in ("MPEG-1 Video", "MPEG-2 Video") and format in ("mpg1", "mpg2"):
        # FFmpeg's .mpg is an MPEG-1 system stream that mostly holds MPEG-2 video: the video counts.
        format = "mpg2" if facts["codec"] == "MPEG-2 Video" else "mpg1"
    return facts, _faults(path, format, facts, general), format


@contextmanager
def _named(path: Path, format: str) -> Iterator[Path]:
    """The file under a name that ends as its format does.

    MediaInfo tries the reader of that extension first; of a blob, which has none, it tries all it
    has one after the other (80 to 180 ms for a video, where 10 are enough).
    """
    with tempfile.TemporaryDirectory(prefix="mailbot-") as folder:
        named = Path(folder, f"video.{_EXTENSIONS.get(format, format)}")
        named.symlink_to(path.absolute())
        yield named


@cache
def can_parse() -> bool:
    """Whether there is a MediaInfo on this machine; it is loaded then."""
    return MediaInfo.can_parse()


def _put_general(facts: Facts, general: Track, format: str) -> None:
    facts["container"] = "QuickTime" if format == "mov" else general.format
    facts["duration_s"] = _seconds(general.duration)
    facts["bit_rate"] = _whole(general.overall_bit_rate)
    facts["taken_at"] = _moment(general.recorded_date) or _moment(general.encoded_date)


def _put_video(facts: Facts, video: Track) -> None:
    version = re.search(r"\d", video.format_version or "")
    is_mpeg = video.format == "MPEG Video" and version
    facts["codec"] = f"MPEG-{version[0]} Video" if is_mpeg and version else video.format
    width, height = int(video.width), int(video.height or 0)
    facts["stored_width"], facts["stored_height"] = width, height
    clean = _whole(video.clean_aperture_width) or 0, _whole(video.clean_aperture_height) or 0
    if 0 < clean[0] <= width and 0 < clean[1] <= height:
        width, height = clean
    rotation = round(float(video.rotation or 0)) % 360
    if rotation in (90, 270):
        width, height = height, width
    facts["width"], facts["height"], facts["rotation"] = width, height, rotation
    facts["duration_s"] = facts["duration_s"] or _seconds(video.duration)
    facts["frame_rate"] = float(video.frame_rate) if video.frame_rate else None
    facts["bit_rate"] = _whole(video.bit_rate) or facts["bit_rate"]
    facts["scan_type"] = video.scan_type


def _whole(value: object) -> int | None:
    """A number of MediaInfo's (int, float or digits) as an integer, None where it is neither."""
    try:
        return round(float(str(value)))
    except (ValueError, OverflowError):
        return None


def _seconds(milliseconds: object) -> float | None:
    try:
        return round(float(str(milliseconds)) / 1000, 3)
    except ValueError:
        return None


def _moment(value: object) -> str | None:
    """`2013-11-29T13:19:09+0100` or `2012-05-09 18:46:38 UTC` as ISO 8601; None before 1990."""
    found = re.search(
        r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?:([+-]\d\d):?(\d\d)|( UTC|Z))?",
        str(value),
    )
    if not found or found[1] < "1990":  # an unset clock: 1904 or 1970
        return None
    zone = f"{found[3]}:{found[4]}" if found[3] else "+00:00" if found[5] else ""
    return f"{found[1]}T{found[2]}{zone}"


def _put_mpeg_sequence(facts: Facts, path: Path, format: str) -> str:
    """Size from the first sequence header (ISO/IEC 13818-2 6.2.2.1); the format it implies."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    at = head.find(b"\x00\x00\x01\xb3")
    if at < 0 or len(head) < at + 8:
        return format
    size = int.from_bytes(head[at + 4 : at + 7], "big")
    width, height = size >> 12, size & 0xFFF
    is_second = head.find(b"\x00\x00\x01\xb5", at, at + 160) >= 0
    facts["codec"] = "MPEG-2 Video" if is_second else "MPEG-1 Video"
    facts["width"] = facts["stored_width"] = width
    facts["height"] = facts["stored_height"] = height
    facts["rotation"] = 0
    return "mpg2" if is_second else "mpg1"


def _faults(path: Path, format: str, facts: Facts, general: Track | None) -> Faults:
    faults: list[Fault] = []
    if general is None or general.format is None:
        faults.append(Fault("corrupt", "no structure that MediaInfo can follow"))
    elif general.istruncated == "Yes":
        faults.append(Fault("truncated", str(general.general_compliance or "")[:200]))
    elif format in ("wmv", "flv") and _OVERRUN in str(general.general_compliance):
        faults.append(Fault("truncated", str(general.general_compliance)[:200]))
    elif format == "avi" and (missing := _missing_of_riff(path)):
        faults.append(Fault("truncated", f"{missing} octets missing"))
    elif format in ("mts", "mpg2") and facts["codec"] and _is_fragment(facts["duration_s"]):
        faults.append(Fault("truncated", f"holds {facts['duration_s'] or 0} s"))
    elif format in ("mpg1", "mpg2") and (missing := missing_of_program_stream(path)):
        faults.append(Fault("truncated", f"{missing} octets missing"))
    if format in _BMFF:
        faults += _bmff_faults(
            path, has_truncation=any(each.code == "truncated" for each in faults)
        )
    if not faults and (zeros := _nothing_at_end(path, format, facts)):
        faults.append(Fault("truncated", f"{zeros} octets of nothing at the end"))
    if not faults and format in _BMFF and (hole := find_hole(path)):
        faults.append(Fault("corrupt", f"{hole} octets of nothing in the middle"))
    if not faults and not facts["width"]:
        faults.append(Fault("no_video_track"))
    return tuple(faults)


def _is_fragment(duration_s: Json) -> bool:
    return not isinstance(duration_s, float) or duration_s < _SHORTEST_S


def _bmff_faults(path: Path, *, has_truncation: bool) -> Faults:
    """unfinished without an index; truncated where a box is longer than what is left."""
    size = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(walk_boxes(file, 0, size))
    faults = []
    if not has_truncation and boxes and boxes[-1].end > size:
        kind = boxes[-1].type.decode("latin-1")
        faults.append(Fault("truncated", f"{kind}: {boxes[-1].end - size} octets missing"))
    if not any(box.type == b"moov" for box in boxes):
        faults.append(Fault("unfinished", "no moov box"))
    return tuple(faults)


def _nothing_at_end(path: Path, format: str, facts: Facts) -> int:
    """Octets of a tail of zeros too long to be a part of the video; 0 for none."""
    size = path.stat().st_size
    if format in _BMFF:  # recorders leave room behind, in a box that says so
        with path.open("rb") as file:
            boxes = list(walk_boxes(file, 0, size))
        size = max((box.end for box in boxes if box.type not in _PADDING), default=0)
    zeros = zeros_at_end(path, min(size, path.stat().st_size))
    if zeros < max(_NOTHING_OCTETS, size * _NOTHING_SHARE) or facts["codec"] in _UNCOMPRESSED:
        return 0
    return zeros


def _missing_of_riff(path: Path) -> int:
    """Octets that the RIFF chunks state and the file lacks (OpenDML: several stand in a row)."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(8)
            if head[:4] != b"RIFF":
                return 0  # what follows is no part of the video
            at += 8 + int.from_bytes(head[4:], "little")
    return max(0, at - size)
