"""Photographs: size as displayed, when and with what they were taken, and whether they are whole.

A picture counts as whole when its data decode to the end; headers promise anything. JPEG is
decoded at an eighth of its size, so that 12 megapixels cost tens of milliseconds (facts/engine.md).
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from mailbot.inspection.media.damage import is_data_lost, jpeg_faults, or_else, png_faults
from mailbot.inspection.media.exif import exif_facts, exif_of, put_exif
from mailbot.inspection.media.heic import probe_heic
from mailbot.inspection.media.jpeg import decode_whole
from mailbot.inspection.media.psd import probe_psd
from mailbot.model import Fault, Json

MAX_PIXELS = 200_000_000

# Turning a stored picture upright, by EXIF orientation (EXIF 2.3, tag 0x0112).
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Named, not measured: a raw photograph shows a thumbnail first; no decoder at hand for JPEG XL.
_NOT_MEASURED = ("raw", "jxl")
_PLUGINS = {"jp2": "JPEG2000"}  # the others have Pillow's names
_HASH_SIDE = 8
_END_OF_IMAGE = b"\xff\xd9"
# Each costs as much as the whole picture: a file of 700 KB had 3,000 of them and took minutes. The
# encoders write about ten.
_MOST_SCANS = 64
_FACTS = (
    "width",
    "height",
    "stored_width",
    "stored_height",
    "orientation",
    "format",
    "mode",
    "frames",
    "taken_at",
    "camera",
    "gps",
    "phash",
)

Facts = dict[str, Json]
Faults = tuple[Fault, ...]
# Is shown the picture as it was decoded to judge it, and its EXIF orientation: for a thumbnail.
Show = Callable[[Image.Image, int], None]


def probe_photo(
    path: Path, format: str, max_pixels: int = MAX_PIXELS, show: Show | None = None
) -> tuple[Facts, Faults]:
    """Facts and faults of a photograph of the given format (`filetype.probe_type`).

    Facts, always all of them, None where unknown: width, height (pixels as displayed),
    stored_width, stored_height, orientation (EXIF, 1 to 8), format, mode, frames, taken_at (ISO
    8601 without zone: cameras record local time), camera, gps (a position is recorded), phash (16
    hex digits; two pictures that differ in few of the 64 bits look alike, but a blank one says
    nothing: all its bits are 0). Faults: truncated, corrupt, bomb.
    MPO, the camera's JPEG with a second picture behind the first, is a jpeg with two frames.
    `show`, where given, is called once where a picture was decoded whole; what it raises is lost.
    """
    facts: Facts = dict.fromkeys(_FACTS)
    facts["format"] = format
    if format in _NOT_MEASURED:
        return facts, ()
    if format == "heic":
        return facts, _probe_heic(path, facts)
    if format in ("psd", "psb"):
        return facts, _probe_psd(path, facts, max_pixels, show)
    faults, is_whole = _probe_raster(path, facts, max_pixels, show=show)
    if format == "jpeg" and faults and faults[0].code == "truncated":
        whole = _lacks_but_its_end(path, facts, max_pixels, show)
        return facts, () if whole else faults
    if not faults and format == "png":
        faults = png_faults(path)
    if not faults and format == "jpeg":
        faults = jpeg_faults(path, is_whole=is_whole)
    return facts, faults


def _probe_raster(
    path: Path,
    facts: Facts,
    max_pixels: int,
    source: BinaryIO | None = None,
    show: Show | None = None,
) -> tuple[Faults, bool]:
    """What Pillow reads, of the file or of `source`; fills `facts` as far as it gets.

    And whether the decoder has told of a JPEG already that nothing is wrong with its data.
    """
    format_ = str(facts["format"])
    plugins = (_PLUGINS.get(format_, format_.upper()),)
    try:
        with _quiet(), Image.open(source or path, formats=plugins) as image:
            _put_size(facts, *image.size, 1)
            facts["mode"] = image.mode
            if image.width * image.height > max_pixels:
                return (Fault("bomb", f"{image.width}x{image.height}"),), False
            if image.info.get("progressive") and (scans := _scans(path, source)) > _MOST_SCANS:
                return (Fault("bomb", f"{scans} scans"),), False
            facts["frames"] = _frame_count(image)
            size = image.size
            picture, is_whole = _decode(image, path if source is None else None)
            orientation = put_exif(facts, image)
            if image.format == "TIFF":
                orientation = 1  # Pillow has turned it upright by itself
            _put_size(facts, *size, orientation)
            facts["phash"] = _difference_hash(picture, orientation)
            _show(show, picture, orientation)
    except UnidentifiedImageError:
        return (Fault("corrupt", "header not readable"),), False
    except MemoryError:
        raise
    except Exception as error:  # decoders raise at will
        if isinstance(error, OSError) and error.errno:
            raise  # the system's word, not a decoder's
        return (_fault_of(error, path, format_),), False
    return (), is_whole


def _scans(path: Path, source: BinaryIO | None) -> int:
    """How often a JPEG is to be gone through: markers of a scan (T.81 B.1.1.2; within data 0xFF is
    followed by a zero), with those of the pictures in its head."""
    octets = path.read_bytes() if source is None else source.read()
    if source is not None:
        source.seek(0)
    return octets.count(b"\xff\xda")


def _decode(image: Image.Image, path: Path | None) -> tuple[Image.Image, bool]:
    """The picture, as stored, a JPEG at about an eighth of its size; the only decode of it.

    All that is made of the pixels is made of what this returns. And whether it is a JPEG whose
    data libjpeg had nothing to say against; that takes the file's `path`.
    """
    image.draft(None, (max(64, image.width // 8), max(64, image.height // 8)))
    if path is not None and image.format in ("JPEG", "MPO"):
        whole = decode_whole(path, image)
        if whole is not None:
            return whole, True
    image.load()  # verify() would accept truncated data
    return image, False


def _show(show: Show | None, image: Image.Image, orientation: int) -> None:
    if show is not None:
        or_else(lambda: show(image, orientation), None)


def _lacks_but_its_end(path: Path, facts: Facts, max_pixels: int, show: Show | None) -> bool:
    """Whether a JPEG is whole but for the last two octets, its end-of-image marker: all its rows
    are there, and every viewer shows it."""
    octets = path.read_bytes() + _END_OF_IMAGE
    ended: Facts = dict(facts)
    if _probe_raster(path, ended, max_pixels, BytesIO(octets), show)[0] or is_data_lost(octets):
        return False
    facts |= ended
    return True


def _fault_of(error: Exception, path: Path, format_: str) -> Fault:
    text = str(error) or type(error).__name__
    if "too large" in text:  # text chunks that swell, or a size no machine could hold
        return Fault("bomb", text)
    if "runcated" in text or isinstance(error, (EOFError, struct.error)):
        return Fault("truncated", text)
    if format_ == "webp" and _riff_size(path) > path.stat().st_size:
        return Fault("truncated", "shorter than its header says")
    return Fault("corrupt", text[:200])


def _riff_size(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(8)[4:], "little") + 8


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of Pillow, and its own pixel limit off: ours is asked before any decoding."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _frame_count(image: Image.Image) -> int:
    # A damaged later frame does not make the first one unreadable.
    count = or_else(lambda: max(1, int(getattr(image, "n_frames", 1))), 1)
    image.seek(0)
    return count


def _put_size(facts: Facts, width: int, height: int, orientation: int) -> None:
    facts["stored_width"], facts["stored_height"] = width, height
    if orientation >= 5:  # a quarter turn
        width, height = height, width
    facts["width"], facts["height"], facts["orientation"] = width, height, orientation


def _difference_hash(image: Image.Image, orientation: int) -> str:
    """dHash: 64 comparisons of neighbours in a 9×8 grey picture, turned upright first."""
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGB")
    small = image.resize((64, 64), Image.Resampling.BOX)
    if small.mode not in ("I;16", "I;16B", "I", "F"):  # of those only the order counts
        small = small.convert("L")
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    small = small.resize((_HASH_SIDE + 1, _HASH_SIDE), Image.Resampling.BOX)
    bits = 0
    for row in range(_HASH_SIDE):
        for column in range(_HASH_SIDE):
            left, right = small.getpixel((column, row)), small.getpixel((column + 1, row))
            bits = bits << 1 | (left > right)  # type: ignore[operator]  # one band: numbers
    return f"{bits:016x}"


def _probe_heic(path: Path, facts: Facts) -> Faults:
    try:
        heic = probe_heic(path)
    except ValueError as error:
        return (Fault("corrupt", str(error)),)
    exif_facts(facts, exif_of(heic.exif))
    # EXIF orientation is not applied: the image properties already say all (ISO/IEC 23008-12 A).
    facts.update(
        width=heic.width,
        height=heic.height,
        stored_width=heic.stored_width,
        stored_height=heic.stored_height,
        orientation=1,
        frames=1,
    )
    return () if heic.complete else (Fault("truncated", "picture data missing"),)


def _probe_psd(path: Path, facts: Facts, max_pixels: int, show: Show | None) -> Faults:
    try:
        psd = probe_psd(path)
    except ValueError as error:
        return (Fault("corrupt", str(error)),)
    exif_facts(facts, exif_of(psd.exif))
    _put_size(facts, psd.width, psd.height, 1)  # Photoshop has turned the pixels already
    facts["mode"], facts["frames"] = psd.mode, 1
    if psd.width * psd.height > max_pixels:
        return (Fault("bomb", f"{psd.width}x{psd.height}"),)
    if not psd.complete:
        return (Fault("truncated", "merged picture data missing"),)
    if not psd.sound:
        return (Fault("corrupt", "a row does not unpack to its length"),)
    facts["phash"] = _psd_hash(path, psd.thumbnail, show)
    return ()


def _psd_hash(path: Path, thumbnail: bytes, show: Show | None) -> str | None:
    """From the merged picture where Pillow can read it, else from the thumbnail, else None."""

    def hashed(source: Path | BytesIO) -> str:
        with _quiet(), Image.open(source, formats=("PSD", "JPEG")) as image:
            found = _difference_hash(image, 1)
            _show(show, image, 1)
            return found

    return or_else(lambda: hashed(path), None) or or_else(lambda: hashed(BytesIO(thumbnail)), None)
