"""What a photograph says of itself (Exif 2.32): when it was taken, by what, which way is up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from mailbot.inspection.media.damage import or_else
from mailbot.model import Json

Facts = dict[str, Json]


def put_exif(facts: Facts, image: Image.Image) -> int:
    """EXIF facts of an image that is loaded (PNG keeps EXIF behind its data); the orientation."""
    return exif_facts(facts, or_else(image.getexif, Image.Exif()))


def exif_of(tiff: bytes) -> Image.Exif:
    """The EXIF block of a format that Pillow does not read; an empty one where it is damaged."""

    def loaded() -> Image.Exif:
        exif = Image.Exif()
        exif.load(tiff)
        return exif

    return or_else(loaded, Image.Exif())


def exif_facts(facts: Facts, exif: Image.Exif) -> int:
    """Puts `taken_at` (ISO 8601, without a zone), `camera` and `gps`; the orientation, 1 to 8."""
    nothing: tuple[dict[int, Any], dict[int, Any]] = {}, {}
    inner, gps = or_else(
        lambda: (exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)), nothing
    )
    facts["taken_at"] = _moment(inner.get(ExifTags.Base.DateTimeOriginal)) or _moment(
        inner.get(ExifTags.Base.DateTimeDigitized)
    )
    make, model = (_words(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    facts["camera"] = (model if model.startswith(make) else f"{make} {model}").strip() or None
    facts["gps"] = ExifTags.GPS.GPSLatitude in gps  # phones write an empty block without a fix
    orientation = exif.get(ExifTags.Base.Orientation)
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _words(value: object) -> str:
    """An EXIF string as cameras write it: NULs, padding and stray bytes taken off."""
    text = value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value or "")
    return " ".join("".join(each for each in text if each.isprintable()).split())[:100]


def _moment(value: object) -> str | None:
    try:
        moment = datetime.strptime(_words(value)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - EXIF has no zone
    except ValueError:
        return None
    return moment.isoformat()
