"""Official seals: round or oval, a ring of red ink with a band of characters inside it.

Presence is measured, not authenticity. What looks for them is the shape, because red lines, red
handwriting, logos and a red desk are common on the same pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mailbot.inspection.ocr.colour import (
    RED_FROM,
    Grey,
    Picture,
    channel_bounds,
    flatten,
    has_colour,
    is_drawn,
    redness,
)
from mailbot.inspection.ocr.pages import Page

_WORK_SIDE = 1400
# Lengths are shares of the picture's longer side: a seal of 40 mm on A4 has 0.14.
_SMALLEST = 0.05
_SMALLEST_PIXELS = 36
_LARGEST_ON_PAGE = 0.3  # a larger ring counts only where the picture shows nothing but the seal
# How much of the ring must be visible. A square drawn around the same ellipse covers 0.79 to 0.89.
_RING_FROM = 0.92
_WORN_FROM = 0.8  # enough, if the missing part is one gap and the characters reach _CLEAR
_CLEAR = 0.9  # score of the character band that ruled lines and grey text do not reach by chance
_PALE = 13  # least redness (`redness`) that is still taken for ink of a seal
_ANGLES = 90
_RING = (0.86, 1.08)  # of the ellipse's radius
_BAND = (0.50, 0.86)
_GAP = (0.42, 0.52)  # between the star and the characters
_CENTRE = (0.0, 0.40)


@dataclass(frozen=True, slots=True)
class SealPlace:
    """A seal: left, top, right, bottom in pixels of the picture, and how clearly it is one."""

    box: tuple[int, int, int, int]
    score: float


@dataclass(frozen=True, slots=True)
class _Ellipse:
    x: float
    y: float
    a: float  # half axes
    b: float
    angle: float  # degrees


def probe_seal(page: Page) -> tuple[bool | None, list[SealPlace]]:
    """Whether a seal is on a scanned or photographed page, and where.

    None where the page cannot tell: stored without colour, drawn by a program, or grey with a
    ring in it that was red once.
    """
    seals = find_seals(page.picture)
    if seals:
        return True, seals
    could_show = has_colour(page.picture) or (
        page.in_colour and not is_drawn(page.picture) and not _has_grey_ring(page.picture)
    )
    return (False if could_show else None), []


def _has_grey_ring(picture: Picture) -> bool:
    return any(seal.score >= _CLEAR for seal in _find(picture, of_red=False))


def find_seals(picture: Picture) -> list[SealPlace]:
    """Every seal on a page or in a picture, the clearest first. About 100 ms."""
    return _find(picture, of_red=True)


def _find(picture: Picture, *, of_red: bool) -> list[SealPlace]:
    """Seals in red ink, or shapes like them in grey."""
    scale = min(1.0, _WORK_SIDE / max(picture.shape[:2]))
    if min(picture.shape[:2]) * scale < _SMALLEST_PIXELS:
        return []
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # A seal that fills its picture needs paper around it to be measured against.
    room = round(0.06 * max(small.shape[:2]))
    small = cv2.copyMakeBorder(
        small, room, room, room, room, cv2.BORDER_CONSTANT, value=(255, 255, 255)
    )
    flat = flatten(np.asarray(small, np.uint8))
    red = redness(flat) if of_red else _greyness(flat)
    paper = _paper(flat)
    circles = list(_by_circle(red))
    scored: list[tuple[float, _Ellipse]] = []
    for threshold in _thresholds(red, paper):
        mask = np.asarray((red > threshold).astype(np.uint8), np.uint8)
        fitted = (_refined(mask, each) for each in (*_by_component(mask), *circles))
        ground = np.asarray(paper, np.uint8)
        scored += [(score, each) for each in fitted if (score := _score(mask, ground, each)) > 0]
    found: list[tuple[float, _Ellipse]] = []
    for score, ellipse in sorted(scored, key=lambda each: -each[0]):
        if not any(_same(ellipse, other) for _, other in found):
            found.append((score, ellipse))
    return [SealPlace(_box(ellipse, scale, room), round(score, 3)) for score, ellipse in found]


def _greyness(flat: Picture) -> Grey:
    """Ink that is neither black nor at the edge of something black: red once, perhaps."""
    grey = np.asarray(cv2.medianBlur(flat[:, :, 1], 3), np.uint8)
    black = cv2.dilate((grey < 80).astype(np.uint8), np.ones((5, 5), np.uint8))
    grey[(black > 0) | (grey > 215)] = 255
    return np.asarray(255 - grey, np.uint8)


def _thresholds(red: Grey, paper: npt.NDArray[np.bool_]) -> Iterator[float]:
    """Between paper and ink: one for the strongest red of the page, and, since a pale seal may
    stand beside it, one just above what the paper itself has by noise."""
    some = red[red > _PALE]
    strong = RED_FROM * 0.6
    if some.size >= _SMALLEST_PIXELS:
        strong = float(np.clip(np.percentile(some, 90) * 0.3, strong, 60))
    yield strong
    noise = float(np.percentile(red[paper], 98)) if paper.any() else 0.0
    pale = max(_PALE, noise + 5)
    if pale < 0.75 * strong:
        yield pale


def _paper(flat: Picture) -> npt.NDArray[np.bool_]:
    darkest, brightest = channel_bounds(flat)
    spread = cv2.subtract(brightest, darkest)
    return np.asarray((darkest > 150) & (spread < 60), np.bool_)


def _by_component(mask: Grey) -> Iterator[_Ellipse]:
    """Ellipses around red strokes that hang together once small gaps are closed."""
    smallest = max(_SMALLEST_PIXELS, _SMALLEST * max(mask.shape))
    for size in (3, 7, 13):
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
        # Not RETR_EXTERNAL: a red desk runs all around the page and would hide what lies inside.
        contours, tree = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for contour, (_, _, _, parent) in zip(contours, tree[0] if contours else (), strict=True):
            if parent >= 0:
                continue
            _, _, width, height = cv2.boundingRect(contour)
            if min(width, height) < smallest or max(width, height) > 2.2 * min(width, height):
                continue
            hull = cv2.convexHull(contour)
            if len(hull) >= 5:
                yield _fitted(_dense(hull))


def _dense(hull: cv2.typing.MatLike) -> npt.NDArray[np.float32]:
    """Points at even distances along a hull: a fit over its corners alone would lean."""
    corners = hull.reshape(-1, 2).astype(np.float32)
    points = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        steps = max(1, int(np.hypot(*(end - start)) / 3))
        points += [start + (end - start) * step / steps for step in range(steps)]
    return np.array(points, np.float32)


def _fitted(points: npt.NDArray[np.float32]) -> _Ellipse:
    (x, y), (width, height), angle = cv2.fitEllipse(points)
    return _Ellipse(x, y, width / 2, height / 2, angle)


def _by_circle(red: Grey) -> Iterator[_Ellipse]:
    """Circles by their gradients: the second path, for a ring crossed by other red."""
    half = cv2.resize(red, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    side = max(half.shape)
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(half, (0, 0), 1),
        cv2.HOUGH_GRADIENT,
        dp=1.5,
        minDist=side * _SMALLEST,
        param1=120,
        param2=45,
        minRadius=int(max(_SMALLEST_PIXELS, side * _SMALLEST) / 2),
        maxRadius=int(side * _LARGEST_ON_PAGE / 2),
    )
    if circles is None:
        return
    for x, y, radius in circles.reshape(-1, 3)[:8]:
        yield _Ellipse(2 * float(x), 2 * float(y), 2 * float(radius), 2 * float(radius), 0.0)


def _refined(mask: Grey, ellipse: _Ellipse) -> _Ellipse:
    """Fitted anew to the outermost red near the ellipse, seen from its centre."""
    for _ in range(2):
        polar = _polar(mask, ellipse)
        window = polar[:, int(0.75 * _STEPS) : int(1.25 * _STEPS)]
        angles = np.flatnonzero(window.any(axis=1))
        if len(angles) < _ANGLES // 3:
            return ellipse
        last = window.shape[1] - 1 - np.argmax(window[angles, ::-1], axis=1)
        radii = (last + int(0.75 * _STEPS)) / _STEPS
        usual = np.median(radii)
        kept = np.abs(radii - usual) < 0.08
        if kept.sum() < max(8, _ANGLES // 3):
            return ellipse
        points = _at(ellipse, angles[kept] * (360 / _ANGLES), radii[kept])
        better = _fitted(points.astype(np.float32))
        if not 0.5 < better.a / max(1.0, ellipse.a) < 2:
            return ellipse
        ellipse = better
    return ellipse


_STEPS = 60  # samples along a radius


def _at(
    ellipse: _Ellipse, degrees: npt.NDArray[np.float64], radii: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    turn, angle = np.deg2rad(ellipse.angle), np.deg2rad(degrees)
    along, across = radii * ellipse.a * np.cos(angle), radii * ellipse.b * np.sin(angle)
    return np.stack(
        [
            ellipse.x + along * np.cos(turn) - across * np.sin(turn),
            ellipse.y + along * np.sin(turn) + across * np.cos(turn),
        ],
        axis=-1,
    )


def _polar(mask: Grey, ellipse: _Ellipse) -> npt.NDArray[np.bool_]:
    """The mask unrolled: a row an angle, a column a step outwards, up to 1.4 of the radius."""
    angles = np.repeat(np.arange(_ANGLES) * (360 / _ANGLES), int(1.4 * _STEPS))
    radii = np.tile(np.arange(int(1.4 * _STEPS)) / _STEPS, _ANGLES)
    points = _at(ellipse, angles, radii)
    x = np.rint(points[:, 0]).astype(np.int64)
    y = np.rint(points[:, 1]).astype(np.int64)
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    values = np.zeros(len(x), np.bool_)
    values[inside] = mask[y[inside], x[inside]] > 0
    return values.reshape(_ANGLES, -1)


def _part(polar: npt.NDArray[np.bool_], low: float, high: float) -> npt.NDArray[np.bool_]:
    return polar[:, int(low * _STEPS) : int(high * _STEPS)]


def _score(mask: Grey, paper: Grey, ellipse: _Ellipse) -> float:
    """0 for no seal; else how much of a ring there is."""
    long, short = max(ellipse.a, ellipse.b), min(ellipse.a, ellipse.b)
    side = max(mask.shape)
    if short * 2 < max(_SMALLEST_PIXELS, 0.8 * _SMALLEST * side) or short < 0.5 * long:
        return 0.0
    polar = _polar(mask, ellipse)
    ring, band, centre = (_part(polar, *limits) for limits in (_RING, _BAND, _CENTRE))
    outside = _part(polar, 1.12, 1.35)
    support, worn = _ring_support(ring, _part(_polar(paper, ellipse), *_RING))
    thickness = float(ring.sum(axis=1)[ring.any(axis=1)].mean()) / _STEPS if ring.any() else 1.0
    characters = float(band.mean())
    spread = float(band.any(axis=1).mean())
    middle = band[:, band.shape[1] // 4 : -band.shape[1] // 4 or None].any(axis=1)
    runs = int((middle & ~np.roll(middle, 1)).sum())
    inked = band.any(axis=1)
    inwards = float((_part(polar, *_GAP).any(axis=1) & inked).sum()) / max(1, int(inked.sum()))
    ground = _part(_polar(paper, ellipse), 0.0, 0.95)
    least = 0.14 if support >= 0.95 else 0.24  # of a pale stamp the ring outlasts the characters
    is_clear = runs >= 7 and spread >= 0.3 and inwards <= 0.2
    least_ring = _WORN_FROM if worn and is_clear else _RING_FROM
    is_seal = (
        support >= least_ring
        and thickness <= 0.15
        and least / 8 <= characters <= 0.55
        and spread >= least
        and runs >= 5
        and inwards <= 0.5  # one large character reaches out from the middle
        and float(ground.mean()) >= 0.35
        and float(outside.mean()) <= (0.25 if long < _LARGEST_ON_PAGE * side / 2 else 0.02)
        and float(centre.mean()) <= 0.75
    )
    return support if is_seal else 0.0


def _ring_support(ring: npt.NDArray[np.bool_], paper: npt.NDArray[np.bool_]) -> tuple[float, bool]:
    """How much of a ring there is, where black ink does not hide it, and whether what is missing
    is one stretch: a seal that was pressed down unevenly. A square is missing at four corners."""
    red = ring.any(axis=1)
    bare = ~red & (paper.mean(axis=1) > 0.5)
    known = red | bare
    if known.mean() < 0.6 or not red.any():
        return 0.0, False
    # Turned to start on the ring, so that no stretch runs over the end.
    gaps = np.roll(~red, -int(np.argmax(red)))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], gaps.astype(np.int8), [0]))))
    longest = int((edges[1::2] - edges[::2]).max(initial=0))
    return float(red.sum() / known.sum()), longest >= 0.7 * max(1, int(gaps.sum()))


def _same(one: _Ellipse, other: _Ellipse) -> bool:
    apart = np.hypot(one.x - other.x, one.y - other.y)
    return bool(apart < max(one.a, one.b, other.a, other.b))


def _box(ellipse: _Ellipse, scale: float, room: int) -> tuple[int, int, int, int]:
    points = _at(ellipse, np.arange(0, 360, 5.0), np.ones(72)) - room
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return (
        max(0, round(float(x0) / scale)),
        max(0, round(float(y0) / scale)),
        max(0, round(float(x1) / scale)),
        max(0, round(float(y1) / scale)),
    )
