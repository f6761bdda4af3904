"""Real media from real encoders: photographs by Pillow, videos by FFmpeg (through PyAV)."""

from __future__ import annotations

import atexit
import shutil
import struct
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

import av
import numpy
import numpy.typing
from PIL import ExifTags, Image

# container → (FFmpeg muxer, default codec, muxer options)
_CONTAINERS = {
    "mp4": ("mp4", "libx264", {}),
    "mp4-faststart": ("mp4", "libx264", {"movflags": "faststart"}),
    "mp4-fragmented": ("mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
    "mov": ("mov", "libx264", {}),
    "3gp": ("3gp", "libx264", {}),
    "mpg": ("mpeg", "mpeg2video", {}),  # MPEG-1 system stream, as FFmpeg makes of .mpg
    "vob": ("vob", "mpeg2video", {}),  # MPEG-2 program stream
    "m2v": ("mpeg2video", "mpeg2video", {}),  # elementary stream
    "m1v": ("mpeg1video", "mpeg1video", {}),
    "avi": ("avi", "mpeg4", {}),
    "ts": ("mpegts", "libx264", {}),
    "mts": ("mpegts", "libx264", {"mpegts_m2ts_mode": "1"}),  # BDAV, 192-octet packets
    "mkv": ("matroska", "libx264", {}),
    "webm": ("webm", "libvpx", {}),
    "wmv": ("asf", "wmv2", {}),
    "flv": ("flv", "flv", {}),
    "rmvb": ("rm", "rv20", {}),
}


@cache
def _session_folder() -> Path:
    folder = Path(mkdtemp(prefix="mailbot-media-"))
    atexit.register(shutil.rmtree, folder)
    return folder


@cache
def video(
    container: str,
    width: int,
    height: int,
    codec: str = "",
    rotation: int = 0,
    seconds: float = 1.0,
    sound_only: bool = False,
    noisy: bool = False,
) -> Path:
    """A video of the session: made once for each set of arguments, to be read only."""
    name = f"{container}-{width}x{height}-{codec}-{rotation}-{seconds}-{sound_only}-{noisy}"
    path = _session_folder() / name
    if sound_only:
        _make_sound(path, container, seconds)
    else:
        make_video(path, width, height, container, codec, rotation, seconds, noisy)
    return path


def make_video(
    path: Path,
    width: int,
    height: int,
    container: str = "mp4",
    codec: str = "",
    rotation: int = 0,
    seconds: float = 1.0,
    noisy: bool = False,
) -> Path:
    """A moving pattern at 25 frames a second; `rotation` is the display matrix's, 0 90 180 270.

    `noisy`: of blocks that change with every frame, so that the file is large.
    """
    muxer, default, options = _CONTAINERS[container]
    with av.open(str(path), "w", format=muxer, options=options) as output:
        stream = cast("av.VideoStream", output.add_stream(codec or default, rate=25))
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        if (codec or default) == "libx264":
            stream.options = {"crf": "40", "preset": "ultrafast"}
        else:
            stream.bit_rate = 400_000
        if (codec or default) == "libvpx":  # minutes for a second of high definition otherwise
            stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for number in range(max(1, round(seconds * 25))):
            frame = av.VideoFrame.from_ndarray(
                _picture(width, height, number, noisy), format="rgb24"
            )
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    if rotation:
        path.write_bytes(_turned(path.read_bytes(), rotation))
    return path


def _picture(
    width: int, height: int, number: int, noisy: bool
) -> numpy.typing.NDArray[numpy.uint8]:
    picture = numpy.zeros((height, width, 3), numpy.uint8)
    picture[:, :, 2] = numpy.linspace(90, 220, height, dtype=numpy.uint8)[:, None]
    left = number * 7 % max(1, width - 40)
    picture[height // 3 : height // 2, left : left + 40] = (200, 60, 30)
    if noisy:
        chance = numpy.random.default_rng(number)
        blocks = chance.integers(0, 255, (height // 8, width // 8), numpy.uint8)
        picture[:, :, 1] = blocks.repeat(8, 0).repeat(8, 1)
    return picture


def _make_sound(path: Path, container: str, seconds: float) -> None:
    with av.open(str(path), "w", format=_CONTAINERS[container][0]) as output:
        codec = "pcm_s16le" if container == "avi" else "aac"
        stream = cast("av.AudioStream", output.add_stream(codec, rate=16000))
        stream.layout = "mono"
        for number in range(int(seconds * 16)):
            frame = av.AudioFrame.from_ndarray(
                numpy.zeros((1, 1000), numpy.int16), format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = 16000, number * 1000
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def _turned(octets: bytes, rotation: int) -> bytes:
    """The display matrix of the track header set as phones do (ISO/IEC 14496-12 8.3.2)."""
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation]
    one = 1 << 16
    matrix = struct.pack(
        ">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30
    )
    place = octets.index(b"tkhd") + 4 + 40  # version 0
    return octets[:place] + matrix + octets[place + 36 :]


def with_clean_aperture(octets: bytes, width: int, height: int) -> bytes:
    """An MP4 whose only track gets a clap box of that size (ISO/IEC 14496-12 12.1.4.2)."""
    clap = struct.pack(">I4s8I", 40, b"clap", width, 1, height, 1, 0, 1, 0, 1)
    entry = octets.index(b"avc1", octets.index(b"stsd")) - 4
    end = entry + int.from_bytes(octets[entry : entry + 4], "big")
    grown = bytearray(octets[:end] + clap + octets[end:])
    for kind in (b"avc1", b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        place = octets.rindex(kind, 0, entry + 8) - 4
        size = int.from_bytes(grown[place : place + 4], "big") + len(clap)
        grown[place : place + 4] = size.to_bytes(4, "big")
    return bytes(grown)


def picture(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A picture with structure: a gradient and a few blocks that move with the seed."""
    image = Image.new("RGB", (width, height))
    down = Image.linear_gradient("L").resize((width, height))
    across = down.transpose(Image.Transpose.ROTATE_90).resize((width, height))
    image = Image.merge("RGB", (down, across, Image.new("L", (width, height), 90)))
    for number in range(6):
        place = (seed * 7919 + number * 104729) % 1000
        left, top = width * (place % 31) // 40, height * (place // 31) // 40
        block = (left, top, left + width // 6 + 1, top + height // 5 + 1)
        image.paste(((seed * 53 + number * 97) % 256, number * 40, place % 256), block)
    return image.convert(mode)


def photo(
    width: int,
    height: int,
    format: str = "JPEG",
    mode: str = "RGB",
    orientation: int = 0,
    taken_at: str = "",
    seed: int = 0,
    **options: object,
) -> bytes:
    """An encoded photograph; `taken_at` as EXIF writes it, `options` go to the encoder."""
    exif = Image.Exif()
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    if taken_at:
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "Canon EOS 5D"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken_at
    if len(exif):
        options["exif"] = exif.tobytes()
    output = BytesIO()
    picture(width, height, mode, seed).save(output, format, **options)
    return output.getvalue()
