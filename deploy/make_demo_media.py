"""Makes the videos of `mailbot demo` (mailbot/demo/media/) with FFmpeg's encoders.

Needs PyAV and numpy (`pip install av numpy`); run once by a developer, the files are committed:

    python deploy/make_demo_media.py
"""

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import cast

import av
import numpy
from PIL import Image, ImageDraw

from mailbot.demo.photos import make_photo

FOLDER = Path(__file__).resolve().parent.parent / "mailbot" / "demo" / "media"
RATE = 25
# name: muxer, its options, codec, its options, width, height, frames
VIDEOS = {
    "video_1080.mp4": ("mp4", {}, "libx264", {"crf": "38"}, 1920, 1080, 38),
    "video_720.mp4": ("mp4", {}, "libx264", {"crf": "36"}, 1280, 720, 38),
    "video_1080.mpg": ("vob", {}, "mpeg2video", {"qmin": "20", "qmax": "31"}, 1440, 1080, 25),
    "video_1080.avi": (
        "avi",
        {},
        "mpeg4",
        {"mbd": "rd", "trellis": "1", "qmin": "16"},
        1920,
        1080,
        25,
    ),
    "video_1080.mts": (
        "mpegts",
        {"mpegts_m2ts_mode": "1"},
        "libx264",
        {"crf": "36"},
        1920,
        1080,
        38,
    ),
}


def make(name: str) -> None:
    """Encodes one video: a red truck crosses the painted drill ground."""
    muxer, muxing, codec, coding, width, height, frames = VIDEOS[name]
    ground = Image.open(BytesIO(make_photo(width, height, seed=len(name), format="PNG")))
    with av.open(str(FOLDER / name), "w", format=muxer, options=muxing) as output:
        stream = cast("av.VideoStream", output.add_stream(codec, rate=RATE, options=coding))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, RATE)
        stream.codec_context.gop_size = frames  # one whole picture, the rest differences
        stream.bit_rate = 0 if codec == "libx264" else 300_000
        for number in range(frames):
            picture = ground.copy()
            left, top = width * number // frames, height * 3 // 4
            draw = ImageDraw.Draw(picture)
            draw.rectangle((left, top, left + width // 6, top + height // 10), fill=(200, 30, 24))
            frame = av.VideoFrame.from_ndarray(numpy.asarray(picture), format="rgb24")
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for video in VIDEOS:
        make(video)
        print(f"{video}: {(FOLDER / video).stat().st_size} octets")
