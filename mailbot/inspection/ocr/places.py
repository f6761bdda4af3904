"""What the reading of a scan gives, and the picture of one cell cut out of the page again.

Needs nothing of the extra: a digest shows the cell long after it was read.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from mailbot.model import Grid

_DPI = 200
_LONG_SIDE = 4000
_ROOM = 0.35  # of the text's height: shown around it
_MAX_PIXELS = 100_000_000

# Page number from 0, then x and y of four corners as shares of the page's width and height,
# clockwise from the upper left of the text as it is read.
Place = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReadScan:
    """What the pages of one file hold. `places` leads from `Grid.where(cell)` to the ink."""

    grids: tuple[Grid, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)
    seal: bool | None = None  # None: the pages cannot show one (see `seal.probe_seal`)
    seal_places: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The text, lines around the tables first, a table's row as one line."""
        lines: dict[tuple[int, int], list[str]] = {}
        for number, grid in enumerate(sorted(self.grids, key=lambda grid: grid.is_table)):
            for cell in grid.cells:
                if cell.text:
                    line = lines.setdefault((number, cell.row), [])
                    line.append(cell.text.replace("\n", " "))
        return "\n".join("\t".join(line) for line in lines.values())


def crop_of(path: Path, place: Sequence[float]) -> bytes:
    """The ink at a place of a scan (fact `ocr_places`, by the cell's address), upright, as PNG.

    ValueError when the file cannot be opened as a picture.
    """
    number, *shares = place
    with _open_page(path, int(number)) as page:
        width, height = page.size
        corners = [(x * width, y * height) for x, y in zip(shares[::2], shares[1::2], strict=True)]
        upper_left, upper_right, lower_right, lower_left = _widened(corners)
        across = max(8, round(_distance(upper_left, upper_right)))
        down = max(8, round(_distance(upper_left, lower_left)))
        quad = (*upper_left, *lower_left, *lower_right, *upper_right)
        cut = page.transform(
            (across, down),
            Image.Transform.QUAD,
            quad,
            resample=Image.Resampling.BICUBIC,
            fillcolor="white",
        )
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
