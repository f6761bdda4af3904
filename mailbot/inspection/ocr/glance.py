"""The cheap look that decides whether a picture is worth reading.

Nearly every picture that comes is a photograph of people, and the search for a ruled table is the
dearest thing done to it. So first come two sieves on small pictures, which let through whatever
might be a table, and only then the search itself. The first sieve needs no decode of its own: it
looks at the eighth of a JPEG of which its facts were measured.
"""

import mmap
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg

from mailbot.inspection.ocr.colour import Grey, Picture, flatten
from mailbot.inspection.ocr.lines import has_table
from mailbot.inspection.ocr.pages import read_pages

_LONG_SIDE = 1600
# Half of what any picture with a table was measured to have, in either sieve (tests/README.md);
# `lines.has_table` asks 6 cells on 3 %.
_SMALLEST_TABLE = 0.01  # of the picture: what its blank cells make up
_FEWEST_CELLS = 5
_SMALLEST_CELL = 1 / 8000  # of the picture
_JPEG = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class Sieve:
    """How a picture is looked at: how large, what is ink, and what is a blank cell."""

    side: int  # pixels of the longer side at most
    paper_side: int
    block: int  # pixels of the neighbourhood than which ink is darker …
    darker: int  # … by so much. Below the search's threshold of 9: small, thin lines are pale
    filled: float  # of its upright or leaning box, or it is no cell
    blank: float  # of the box
    white: int
    narrowest: int  # pixels of a cell


SIEVE_SIDE = 800
_NEAR = Sieve(
    SIEVE_SIDE, paper_side=400, block=15, darker=5, filled=0.6, blank=0.5, white=160, narrowest=3
)
# A line is half a pixel wide there, so it is believed sooner, and a cell must be a cleaner box.
FAR = Sieve(576, paper_side=200, block=9, darker=3, filled=0.7, blank=0.65, white=175, narrowest=2)
_LEAST_FAR = 400  # pixels: on less no sheet can be told (a photograph of 8 megapixels has 408)


def looks_like_form(path: Path, eighth: Picture | None = None) -> bool:
    """Whether a picture shows a ruled table; False for what cannot be opened.

    `eighth`: the picture as it was decoded already, stored or upright, where it is much smaller
    than the file's. Most photographs cost no more then than 10 ms; those that are looked at nearer
    a decode at about a quarter of their size, and what passes that sieve too up to 0.5 s.
    """
    try:
        if (
            eighth is not None
            and max(eighth.shape[:2]) >= _LEAST_FAR
            and not may_show_table(eighth, FAR)
        ):
            return False
        small = _small_jpeg(path)
        if small is not None and not may_show_table(small):
            return False
        return any(
            may_show_table(page.picture) and has_table(flatten(page.picture))
            for page in read_pages(path, long_side=_LONG_SIDE)
        )
    except ValueError:
        return False


def may_show_table(picture: Picture, sieve: Sieve = _NEAR) -> bool:
    """False only where nothing on the picture can pass for the blank cells of one ruled table."""
    scale = sieve.side / max(picture.shape[:2])
    if scale < 1:
        smaller = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = np.asarray(smaller, np.uint8)
    flat = flatten(picture, paper_side=sieve.paper_side)
    blue, green, red = cv2.split(flat)
    blank = np.asarray(cv2.min(cv2.min(blue, green), red) > sieve.white, np.float32)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    mean, below = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV
    ink = cv2.adaptiveThreshold(grey, 255, mean, below, sieve.block, sieve.darker)
    # Faint lines are broken and thick ones make small cells vanish: both ways are tried.
    thick = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    return any(_has_blank_cells(np.asarray(each, np.uint8), blank, sieve) for each in (ink, thick))


def _small_jpeg(path: Path) -> Picture | None:
    """A JPEG as it is stored, no smaller than the sieve wants it; None for all other pictures.

    Only of JPEG a small picture is cheaper, and which way is up does not matter to the sieve.
    """
    with path.open("rb") as file:
        if file.read(2) != _JPEG:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
            try:
                height, width, _, _ = simplejpeg.decode_jpeg_header(octets)
                side = min(SIEVE_SIDE, max(height, width))
                least = {"min_width": side} if width >= height else {"min_height": side}
                return np.asarray(simplejpeg.decode_jpeg(octets, "BGR", **least), np.uint8)
            except ValueError:  # CMYK, or damaged: for Pillow
                pass
    return next((page.picture for page in read_pages(path, long_side=SIEVE_SIDE)), None)


def _has_blank_cells(ink: Grey, blank: npt.NDArray[np.float32], sieve: Sieve) -> bool:
    """Whether connected ink encloses enough blank boxes, on enough of the picture."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return False
    cells: dict[int, list[float]] = {}
    for number in np.flatnonzero(tree[0][:, 3] >= 0).tolist():
        contour, parent = contours[number], int(tree[0][number, 3])
        area = cv2.contourArea(contour) / ink.size
        if not _SMALLEST_CELL <= area <= 0.5:
            continue
        (_, (width, height), _) = cv2.minAreaRect(contour)
        if min(width, height) < sieve.narrowest or area * ink.size < sieve.filled * width * height:
            continue
        x, y, wide, high = cv2.boundingRect(contour)
        if float(blank[y : y + high, x : x + wide].mean()) >= sieve.blank:
            cells.setdefault(parent, []).append(area)
    return any(
        len(areas) >= _FEWEST_CELLS and sum(areas) >= _SMALLEST_TABLE for areas in cells.values()
    )
