"""Pictures against Pillow, exiftool and ImageMagick; videos against ffprobe and MediaInfo."""

from collections.abc import Iterator

from agreeing.words import Aspect, Expected, Result, codes

# Their names: ours. What the samples name otherwise is compared in lower case.
_PICTURES = {"MPO": "jpeg", "HEIF": "heic"}
_CODECS = {
    "h264": "AVC",
    "hevc": "HEVC",
    "av1": "AV1",
    "mpeg1video": "MPEG-1 Video",
    "mpeg2video": "MPEG-2 Video",
    "msmpeg4v2": "MPEG-4 Visual",
}
_CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": {"MPEG-4", "QuickTime"},
    "matroska,webm": {"Matroska", "WebM"},
    "avi": {"AVI"},
    "mpeg": {"MPEG-PS"},
    "mpegts": {"MPEG-TS", "BDAV"},
}
_BROKEN = {"PHOTO_BROKEN", "PHOTO_TOO_LARGE"}
_DURATION_S = 0.1  # two tools differ by a frame or two


def compare_image(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """True format, size, orientation, wholeness, extension, size rule, format rule, verdict."""
    facts, met = ours["facts"], codes(ours)
    format_ = theirs.get("true_format")
    if format_:
        wanted = _PICTURES.get(format_, format_.lower())
        yield "true format", ours["format"] == wanted, (ours["format"], wanted)
    if theirs.get("displayed_size"):
        size = [facts.get("width"), facts.get("height")]
        yield "size", size == theirs["displayed_size"], (size, theirs["displayed_size"])
        stored = [facts.get("stored_width"), facts.get("stored_height")]
        if format_ != "HEIF":  # theirs is as displayed there
            wanted = [theirs["width"], theirs["height"]]
            yield "stored size", stored == wanted, (stored, wanted)
    if theirs.get("exif_orientation") and format_ != "HEIF":
        turned = facts.get("orientation")
        yield "orientation", turned == theirs["exif_orientation"], (turned, theirs)
    # Pillow cannot open PSB and PSD of 16 and 32 bits; they are whole all the same.
    beyond_pillow = format_ == "PSB" or (format_ == "PSD" and theirs.get("bit_depth") in (16, 32))
    is_whole = bool(theirs["decodes_fully_in_pillow"] or beyond_pillow)
    agrees = met.isdisjoint(_BROKEN) == is_whole
    yield "whole", agrees, (sorted(met), theirs.get("decode_error"))
    if theirs.get("frames") and format_ in ("JPEG", "MPO", "PNG", "GIF"):
        yield "frames", facts.get("frames") == theirs["frames"], (facts.get("frames"), theirs)
    if "extension_matches_content" in theirs:
        agrees = ("PHOTO_EXTENSION" not in met) == theirs["extension_matches_content"]
        yield "extension", agrees, (ours["name"], ours["format"])
    if "verdict_size_either_orientation" in theirs:
        agrees = ("PHOTO_SIZE" not in met) == theirs["verdict_size_either_orientation"]
        yield "size rule", agrees, (sorted(met), theirs["displayed_size"])
    # PSB is left to us; a file that no tool of theirs could name has no format to compare.
    accepted = theirs.get("accepted_format_jpg_png_psd")
    if isinstance(accepted, bool) and format_:
        yield "format rule", ("PHOTO_FORMAT" not in met) == accepted, (ours["format"], format_)
        if "verdict_size_either_orientation" in theirs:
            good = accepted and theirs["verdict_size_either_orientation"] and is_whole
            yield "verdict", (ours["verdict"] == "accepted") == good, (ours["verdict"], good)


def compare_video(ours: Result, theirs: Expected) -> Iterator[Aspect]:
    """Container, codec, size, rotation, duration, extension, size rule, format rule, verdict."""
    facts, met = ours["facts"], codes(ours)
    probe, info = theirs["ffprobe"], theirs["mediainfo"]
    if probe["format"]:
        container = facts.get("container")
        yield "container", container in _CONTAINERS[probe["format"]], (container, probe["format"])
    has_video = bool(probe["video_streams"])
    agrees = bool(facts.get("width")) == has_video
    yield "has a picture", agrees, (facts.get("width"), probe["video_streams"])
    if probe.get("codec"):
        wanted = _CODECS[probe["codec"]]
        yield "codec", facts.get("codec") == wanted, (facts.get("codec"), wanted)
        stored = [facts.get("stored_width"), facts.get("stored_height")]
        yield "stored size", stored == [probe["w"], probe["h"]], (stored, probe["w"], probe["h"])
        turn = abs(probe["rotation"]) % 360
        yield "rotation", facts.get("rotation") == turn, (facts.get("rotation"), turn)
    durations = [float(each["duration"]) for each in (probe, info) if each.get("duration")]
    if durations:
        mine = facts.get("duration_s") or 0.0
        agrees = any(abs(mine - one) <= _DURATION_S for one in durations)
        yield "duration", agrees, (mine, durations)
    if theirs.get("displayed_size"):
        size = [facts.get("width"), facts.get("height")]
        yield "size", size == theirs["displayed_size"], (size, theirs["displayed_size"])
    yield "plays", ("VIDEO_BROKEN" not in met) == theirs["first_frames_decode"], sorted(met)
    agrees = ("VIDEO_EXTENSION" not in met) == theirs["extension_matches_container"]
    yield "extension", agrees, (ours["name"], ours["format"])
    large = bool((theirs.get("verdict_gt_1280x720") or {}).get("both_strictly_greater"))
    if theirs.get("verdict_gt_1280x720"):
        yield "size rule", ("VIDEO_SIZE" not in met) == large, (sorted(met), large)
    accepted = theirs["accepted_container_mp4_mpg2_avi_mts"]
    yield "format rule", ("VIDEO_FORMAT" not in met) == accepted, (ours["format"], accepted)
    good = accepted and large and theirs["first_frames_decode"]
    yield "verdict", (ours["verdict"] == "accepted") == good, (ours["verdict"], good)
