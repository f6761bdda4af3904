"""Colour of a scanned or photographed page: paper made white, red ink told from black."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Picture: TypeAlias = npt.NDArray[np.uint8]  # height × width × 3, blue green red, as OpenCV has it
Grey: TypeAlias = npt.NDArray[np.uint8]

# Redness (0 to 255) of ink on whitened paper: a pale, old stamp has about 50, JPEG noise 10.
RED_FROM = 40
_RIM = 14
_BRIGHT_FROM = 100  # red ink over black text stays as dark as the text
_COLOURFUL = 6  # difference between channels that no rounding makes


def flatten(picture: Picture, *, paper_side: int = 400) -> Picture:
    """The page as if evenly lit by white light: every pixel divided by the paper around it.

    Each channel by itself, so that the yellow of a lamp and the blue of a shadow go too. The
    paper is looked for at `paper_side` pixels, at 200 in a quarter of the time.
    """
    height, width = picture.shape[:2]
    scale = paper_side / max(height, width)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    near, far = paper_side * 15 // 400 | 1, paper_side * 21 // 400 | 1
    paper = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (near, near)))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, far), (0, 0), paper_side / 80)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(picture, np.maximum(paper, 1), scale=255), np.uint8)


def redness(flat: Picture) -> Grey:
    """How much redder than anything else each pixel of a flattened page is."""
    blue, green, red = cv2.split(flat)
    return np.asarray(cv2.subtract(red, cv2.max(blue, green)), np.uint8)


def has_colour(picture: Picture) -> bool:
    """Whether any channel differs from the others, be it by a scanner's noise."""
    darkest, brightest = channel_bounds(picture)
    return float(np.percentile(cv2.subtract(brightest, darkest), 99.9)) > _COLOURFUL


def channel_bounds(picture: Picture) -> tuple[Grey, Grey]:
    """The least and the greatest of each pixel's channels. By OpenCV: NumPy takes ten times as
    long along an axis of three."""
    blue, green, red = cv2.split(picture)
    least = cv2.min(cv2.min(blue, green), red)
    greatest = cv2.max(cv2.max(blue, green), red)
    return np.asarray(least, np.uint8), np.asarray(greatest, np.uint8)


def is_drawn(picture: Picture) -> bool:
    """Whether a program drew the page, or a scanner made it black and white: its paper is one
    single value, while paper under a lens is never."""
    green = picture[::4, ::4, 1]
    return float((green == np.bincount(green.ravel(), minlength=256).argmax()).mean()) > 0.9


def red_ink(flat: Picture) -> npt.NDArray[np.bool_]:
    """Where there is red ink and nothing black under it, the pale rims of its strokes included."""
    red = redness(flat)
    near = cv2.dilate((red > RED_FROM).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.asarray(near & (red > _RIM) & (flat[:, :, 2] > _BRIGHT_FROM), np.bool_)


def without_red(flat: Picture) -> Grey:
    """The page in grey, red ink made white: what lies under a seal can be read."""
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    grey[red_ink(flat)] = 255
    return np.asarray(grey, np.uint8)


def red_channel(flat: Picture) -> Grey:
    """The page through a red filter, in which red ink fades: a second view of the same ink."""
    red = flat[:, :, 2].astype(np.float32)
    return np.asarray(np.clip((red - 30) * (255 / 175), 0, 255), np.uint8)
