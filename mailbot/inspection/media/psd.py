"""Photoshop files from their sections (Adobe Photoshop File Formats Specification, 2019).

Pillow reads 8-bit PSD only; PSB and 16- and 32-bit files are valid all the same, so size, mode and
completeness are read here, for all of them alike.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MODES = {
    0: "bitmap",
    1: "grey",
    2: "indexed",
    3: "rgb",
    4: "cmyk",
    7: "multichannel",
    8: "duotone",
    9: "lab",
}
_MOST_RUNS = 2_000_000  # of PackBits that are followed; a picture of 20 megapixels has fewer
_THUMBNAIL, _EXIF = 1036, 1058  # image resource ids


@dataclass(frozen=True)
class PsdFacts:
    """What header, resources and lengths say."""

    width: int
    height: int
    mode: str  # "rgb/8": colour mode and bits a channel
    thumbnail: bytes  # JPEG, b"" if there is none
    exif: bytes  # TIFF structure, b"" if there is none
    complete: bool  # the merged picture's data are all there
    sound: bool = True  # and they unpack to rows of the right length, as far as was looked


def probe_psd(path: Path) -> PsdFacts:
    """The facts of a PSD or PSB; ValueError where even the header makes no sense."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(26)
        if len(header) < 26:
            raise ValueError("header cut short")
        big = header[4:6] == b"\x00\x02"
        channels, height, width, depth, mode = (
            int.from_bytes(header[start:end], "big")
            for start, end in ((12, 14), (14, 18), (18, 22), (22, 24), (24, 26))
        )
        if not (0 < channels <= 56 and width and height and depth in (1, 8, 16, 32)):
            raise ValueError(f"impossible header: {channels} channels {width}x{height}x{depth}")
        _skip_section(file, 4)  # colour table
        resources = _image_resources(file)
        _skip_section(file, 8 if big else 4)  # layers and masks
        rows, row_octets = channels * height, (width * depth + 7) // 8
        merged = file.tell()
        complete = _is_merged_complete(file, size, rows, row_octets, big)
        file.seek(merged)
        sound = complete and _is_packed_right(file, rows, row_octets, big)
    return PsdFacts(
        width,
        height,
        f"{_MODES.get(mode, mode)}/{depth}",
        resources.get(_THUMBNAIL, b"")[28:],  # behind a header of 28 octets
        resources.get(_EXIF, b""),
        complete,
        sound,
    )


def _skip_section(file: BinaryIO, length_octets: int) -> None:
    length = int.from_bytes(file.read(length_octets), "big")
    file.seek(length, 1)


def _image_resources(file: BinaryIO) -> dict[int, bytes]:
    """The resource blocks we ask for, by id; stands behind the section afterwards."""
    end = int.from_bytes(file.read(4), "big") + file.tell()
    found: dict[int, bytes] = {}
    while file.tell() + 12 <= end and file.read(4) in (b"8BIM", b"MeSa", b"8B64", b"AgHg", b"PHUT"):
        identity = int.from_bytes(file.read(2), "big")
        name_length = (file.read(1) or b"\x00")[0]
        file.seek(name_length + (name_length + 1) % 2, 1)  # Pascal string, padded to even
        length = int.from_bytes(file.read(4), "big")
        if identity in (_THUMBNAIL, _EXIF) and length < 1 << 22:
            found[identity] = file.read(length)
        else:
            file.seek(length, 1)
        file.seek(length % 2, 1)
    file.seek(end)
    return found


def _is_merged_complete(file: BinaryIO, size: int, rows: int, row_octets: int, big: bool) -> bool:
    """Whether the merged picture, the last section, is all in the file."""
    if file.tell() + 2 > size:
        return False
    compression = int.from_bytes(file.read(2), "big")
    if compression == 0:
        return file.tell() + rows * row_octets <= size
    if compression == 1:  # PackBits: a table of the octets of each row stands first
        width = 4 if big else 2
        if file.tell() + rows * width > size:
            return False
        table = file.read(rows * width)
        total = sum(
            int.from_bytes(table[at : at + width], "big") for at in range(0, len(table), width)
        )
        return file.tell() + total <= size
    inflate = zlib.decompressobj()
    try:
        while not inflate.eof:
            block = file.read(1 << 16)
            if not block:
                return False
            pending = block
            while pending and not inflate.eof:
                inflate.decompress(pending, 1 << 20)
                pending = inflate.unconsumed_tail
    except zlib.error:
        return False
    return True


def _is_packed_right(file: BinaryIO, rows: int, row_octets: int, big: bool) -> bool:
    """Whether every row of PackBits (Apple TN1023) unpacks to a row's length; True for others."""
    if int.from_bytes(file.read(2), "big") != 1:
        return True
    width = 4 if big else 2
    table = file.read(rows * width)
    runs = 0
    for at in range(0, len(table), width):
        packed = file.read(int.from_bytes(table[at : at + width], "big"))
        place = unpacked = 0
        while place < len(packed):
            count = packed[place]
            if count < 128:
                unpacked, place = unpacked + count + 1, place + count + 2
            elif count > 128:
                unpacked, place = unpacked + 257 - count, place + 2
            else:  # says nothing
                place += 1
            runs += 1
        if place != len(packed) or unpacked != row_octets:
            return False
        if runs > _MOST_RUNS:
            break
    return True
