"""The formats a rule may name, and what offices call them instead."""

from collections.abc import Mapping

# As the inspection identifies contents; a test holds them to it.
KNOWN_FORMATS = frozenset(
    "jpeg mpo png psd psb heic avif tiff bmp webp gif jxl raw mp4 mov 3gp mpg2 mpg1 avi mts mkv"
    " webm wmv flv dv rmvb docx doc wps xlsx xls et pptx ppt dps ods odt odp fodt rtf csv txt html"
    " mht pdf ofd xml zip rar 7z tar gz bz2 xz eml msg tnef".split()
)
# What is written for them: `allowed: [word]` would let no file pass.
CALLED: Mapping[str, tuple[str, ...]] = {
    "word": ("docx", "doc"),
    "excel": ("xlsx", "xls"),
    "powerpoint": ("pptx", "ppt"),
    "jpg": ("jpeg", "mpo"),
    "tif": ("tiff",),
    "mpeg2": ("mpg2",),
    "mpeg": ("mpg2", "mpg1"),
    "mpg": ("mpg2", "mpg1"),
}
