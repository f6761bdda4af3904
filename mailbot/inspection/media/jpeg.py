"""One decode of a JPEG, for all that is asked of its picture.

Pillow decodes and keeps the library's warnings to itself; simplejpeg decodes by the same library
and tells each of them. So the second is asked first: where it has nothing to tell, the picture is
whole and is the very one that Pillow would make. Where it has, both readings are made as ever.
"""

import mmap
from pathlib import Path

import simplejpeg
from PIL import Image

_COLOURS = {"RGB": "RGB", "L": "GRAY"}  # of CMYK the two keep different forms


def decode_whole(path: Path, drafted: Image.Image) -> Image.Image | None:
    """The picture that `drafted.load()` would hold, of a JPEG nothing can be said against.

    `drafted` is the file as Pillow has opened it, its `draft` made, nothing decoded. None where
    libjpeg has anything to say of the data: missing, made up, left over.
    """
    colours = _COLOURS.get(drafted.mode)
    if colours is None:
        return None
    width, height = drafted.size
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        try:
            pixels = simplejpeg.decode_jpeg(octets, colours, min_width=width, min_height=height)
        except ValueError:
            return None
    if pixels.shape[:2] != (height, width):
        return None  # another scale than Pillow's
    return Image.fromarray(pixels[:, :, 0] if colours == "GRAY" else pixels)
