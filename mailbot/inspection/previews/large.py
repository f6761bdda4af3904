"""A photograph decoded for the screen: at the size that is shown, not at the size it was taken."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image

_NAMES = {"jp2": "JPEG2000", "psb": "PSD"}  # the others have Pillow's names


@contextmanager
def open_large(
    path: Path, format: str, side: int, max_pixels: int
) -> Iterator[tuple[Image.Image, int]]:
    """The decoded picture (a JPEG at the nearest of its own scales) and its EXIF orientation.

    ValueError where it has more than `max_pixels`; else what Pillow raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=(_NAMES.get(format, format.upper()),)) as image:
            if image.width * image.height > max_pixels:
                raise ValueError(f"{image.width}x{image.height} pixels")
            image.draft(None, (side, side))
            image.load()
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            # Pillow has turned a TIFF upright by itself.
            is_known = isinstance(orientation, int) and image.format != "TIFF"
            yield image, orientation if is_known else 1
