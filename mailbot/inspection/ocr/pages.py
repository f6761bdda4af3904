"""Pages of a scan as pictures: an image file, every frame of a TIFF, rendered pages of a PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from mailbot.inspection.ocr.colour import Picture

DPI = 200
MAX_PAGES = 30
_LONG_SIDE = 4000  # a camera's pixels beyond this only cost time
_MAX_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is displayed; `in_colour`: it is stored in a way that can hold colour."""

    picture: Picture
    in_colour: bool


def read_pages(path: Path, *, long_side: int = _LONG_SIDE) -> Iterator[Page]:
    """The first pages as they are displayed, the longer side at most `long_side` pixels.

    ValueError for what is no picture Pillow or pdfium can open, or too large to open.
    """
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    yield from _pdf_pages(path, long_side) if is_pdf else _image_pages(path, long_side)


def _pdf_pages(path: Path, long_side: int) -> Iterator[Page]:
    import pypdfium2  # every photograph is looked at, few files are a PDF
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from error
    with document:
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            # A page may claim any size: 200 dpi of what it claims, within the limit.
            scale = min(DPI / 72, long_side / max(*page.get_size(), 1))
            images = page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE])
            in_colour = any(image.get_metadata().bits_per_pixel > 8 for image in images)
            yield Page(to_array(page.render(scale=scale).to_pil()), in_colour)


def _image_pages(path: Path, long_side: int) -> Iterator[Page]:
    try:
        with Image.open(path) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise ValueError(f"{image.width}x{image.height} pixels")
            image.draft(None, (long_side, long_side))
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number >= (MAX_PAGES if image.format == "TIFF" else 1):
                    return
                in_colour = frame.mode not in ("1", "L", "LA", "I", "I;16", "F")
                # Made smaller first: every later step copies it.
                frame.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
                yield Page(to_array(ImageOps.exif_transpose(frame)), in_colour)
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(str(error)) from error


def to_array(image: Image.Image) -> Picture:
    """Blue, green, red on white: a seal pasted as a picture has a transparent ground."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        image = Image.new("RGBA", over.size, "white")
        image.alpha_composite(over)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
