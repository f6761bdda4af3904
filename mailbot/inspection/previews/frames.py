"""Three frames of a video, where a decoder is installed.

The decoder is the FFmpeg in opencv-python-headless (`mailbot[ocr]`): its wheel is built without
the GPL parts (no x264, no x265; LGPL 2.1, as its own licence file says), unlike PyAV's. Without
it, and for codecs it does not know, a video has no frames and is still played or downloaded.
"""

import os
import time
from pathlib import Path
from typing import Any

from PIL import Image

FRAMES = 3
_SHARES = (0.1, 0.5, 0.9)  # of the duration: the very first frame is often black
_MAX_PIXELS = 40_000_000
# Looked through from the start where there is nothing to jump to: a transport or program stream
# (a camera's .mts, a .mpg) whose one key frame is its first.
_FORWARD = 120
_FORWARD_S = 6.0
# A playlist under a video's name would have FFmpeg open whatever file it lists (hls, ffconcat).
_ONLY = "format_whitelist;mov,mpeg,mpegts,mpegvideo,avi,asf,flv,matroska,rm|protocol_whitelist;file"


def read_frames(path: Path) -> list[Image.Image]:
    """Frames near a tenth, the half and nine tenths of a video; fewer where it breaks off.

    None without the decoder. Only the file itself is opened: no address that stands in it.
    """
    try:
        import cv2
    except ImportError:
        return []
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _ONLY
    cv2.setNumThreads(1)
    found: list[Image.Image] = []
    for look in (_jumping, _forward):
        video = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
        try:
            if not video.isOpened():
                return []
            size = video.get(cv2.CAP_PROP_FRAME_WIDTH) * video.get(cv2.CAP_PROP_FRAME_HEIGHT)
            if size > _MAX_PIXELS:
                return []
            found = max(found, look(video, video.get(cv2.CAP_PROP_FRAME_COUNT)), key=len)
        finally:
            video.release()
        if len(found) == FRAMES:
            break
    return found


def _jumping(video: Any, count: float) -> list[Image.Image]:
    import cv2

    found = []
    for share in _SHARES:
        if count > 1:
            video.set(cv2.CAP_PROP_POS_FRAMES, int(count * share))
        read, picture = video.read()
        if not read:
            break
        found.append(Image.fromarray(picture[:, :, ::-1]))
    return found


def _forward(video: Any, count: float) -> list[Image.Image]:
    most = min(int(count), _FORWARD) if count > 1 else _FORWARD
    places = [int(most * share) for share in _SHARES]
    found = []
    until = time.monotonic() + _FORWARD_S
    for place in range(places[-1] + 1):
        if time.monotonic() > until or not video.grab():
            break
        if place in places:
            read, picture = video.retrieve()
            if not read:
                break
            found.append(Image.fromarray(picture[:, :, ::-1]))
    return found
