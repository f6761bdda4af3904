"""The ink of single cells, cut out of a scanned page again for a person to look at.

Needs nothing of the extra: a digest shows a cell long after it was read. It opens what a unit
sent, so it runs in a process of its own (`cut_crops_apart`), which is all that a broken file can
take with it.
"""

import base64
import io
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from mailbot.inspection.ocr.boxes import Place
from mailbot.inspection.workers.parent import child_command

_DPI = 200
_LONG_SIDE = 4000
_ROOM = 0.35  # of the text's height: shown around it
_MAX_PIXELS = 100_000_000
_LARGEST = (720, 160)  # pixels of one crop
_PAGE_LONG_SIDE = 1000  # pixels: figures can be told from each other, ink and seal seen
_PAGE_COLOURS = 24  # a page of print in so many is a fifth of its size as PNG
_WHOLE = (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0)
_MEMORY = 2 * 1024**3  # address space; a page of the largest size takes half of it
_TIMEOUT_S = 30.0


def cut_crops_apart(path: Path, places: Sequence[Place]) -> list[bytes]:
    """`cut_crops` in a process of its own; none where the file cannot be opened in time."""
    if not places:
        return []
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            child_command("mailbot.inspection.ocr.crops", str(path)),
            input=json.dumps(places).encode(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return []
    if done.returncode != 0:
        return []
    return [base64.b64decode(crop) for crop in json.loads(done.stdout)]


def whole_page(number: int) -> Place:
    """The place that is all of a page (from 0): shown smaller than a cell, and not widened."""
    return (number, *_WHOLE)


def cut_crops(path: Path, places: Sequence[Place]) -> list[bytes]:
    """The ink at places of a scan (fact `ocr_places`), upright, as PNGs in the same order.

    ValueError when the file cannot be opened as a picture.
    """
    pages: dict[int, Image.Image] = {}
    crops = []
    for number, *shares in places:
        if int(number) not in pages:
            pages = {int(number): _open_page(path, int(number))}  # one at a time
        page = pages[int(number)]
        crops.append(_overview(page) if tuple(shares) == _WHOLE else _cut(page, shares))
    return crops


def _overview(page: Image.Image) -> bytes:
    small = page.copy()
    small.thumbnail((_PAGE_LONG_SIDE, _PAGE_LONG_SIDE))
    target = io.BytesIO()
    small.quantize(_PAGE_COLOURS).save(target, "PNG", optimize=True)
    return target.getvalue()


def _cut(page: Image.Image, shares: Sequence[float]) -> bytes:
    width, height = page.size
    corners = [(x * width, y * height) for x, y in zip(shares[::2], shares[1::2], strict=True)]
    upper_left, upper_right, lower_right, lower_left = _widened(corners)
    cut = page.transform(
        (
            max(8, round(_distance(upper_left, upper_right))),
            max(8, round(_distance(upper_left, lower_left))),
        ),
        Image.Transform.QUAD,
        (*upper_left, *lower_left, *lower_right, *upper_right),
        resample=Image.Resampling.BICUBIC,
        fillcolor="white",
    )
    cut.thumbnail(_LARGEST)
    target = io.BytesIO()
    cut.save(target, "PNG")
    return target.getvalue()


def _open_page(path: Path, number: int) -> Image.Image:
    try:
        if _is_pdf(path):
            with pypdfium2.PdfDocument(path) as document:
                page = document[number]
                scale = min(_DPI / 72, _LONG_SIDE / max(*page.get_size(), 1))
                rendered: Image.Image = page.render(scale=scale).to_pil()
                return rendered.convert("RGB")
        with Image.open(path) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise ValueError(f"{image.width}x{image.height} pixels")
            image.seek(number)
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, EOFError, SyntaxError, IndexError, pypdfium2.PdfiumError) as error:
        raise ValueError(str(error)) from error


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


_Point = tuple[float, float]


def _distance(one: _Point, other: _Point) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def _widened(corners: Sequence[_Point]) -> list[_Point]:
    """The corners moved outwards along both sides by the same room."""
    upper_left, upper_right, lower_right, lower_left = corners
    across = max(1.0, _distance(upper_left, upper_right))
    down = max(1.0, _distance(upper_left, lower_left))
    room = _ROOM * down
    right = [(upper_right[axis] - upper_left[axis]) / across * room for axis in (0, 1)]
    below = [(lower_left[axis] - upper_left[axis]) / down * room for axis in (0, 1)]
    ways = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return [
        (x + a * right[0] + b * below[0], y + a * right[1] + b * below[1])
        for (x, y), (a, b) in zip(
            (upper_left, upper_right, lower_right, lower_left), ways, strict=True
        )
    ]


def main() -> None:
    """`python -m mailbot.inspection.ocr.crops FILE`: places as JSON in, PNGs in base64 out."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    crops = cut_crops(Path(sys.argv[1]), json.load(sys.stdin))
    json.dump([base64.b64encode(crop).decode() for crop in crops], sys.stdout)


if __name__ == "__main__":
    main()
