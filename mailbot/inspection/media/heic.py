"""HEIC photographs measured from their boxes (ISO/IEC 23008-12); nothing is decoded.

A decoder is not in the default install (libheif's wheels carry GPL code), and none is needed: size
and rotation stand in the primary item's properties, and missing data shows in the item locations.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailbot.inspection.media.bmff import find_box, walk_boxes


@dataclass(frozen=True)
class HeicFacts:
    """What the boxes say of the primary image."""

    width: int  # as displayed
    height: int
    stored_width: int
    stored_height: int
    exif: bytes  # TIFF structure, b"" if there is none
    complete: bool  # every item's octets are in the file


class _Reader:
    """Big-endian integers from a box's content; short content raises ValueError."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._octets[self._at : self._at + count]
        if len(piece) < count:
            raise ValueError("box cut short")
        self._at += count
        return piece

    def uint(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def version(self) -> tuple[int, int]:
        """Version and flags of a full box."""
        return self.uint(1), self.uint(3)


def probe_heic(path: Path) -> HeicFacts:
    """Size, rotation, EXIF and completeness; ValueError where the boxes make no sense."""
    size = path.stat().st_size
    with path.open("rb") as file:
        meta = find_box(file, 0, size, b"meta")
        if meta is None:
            raise ValueError("no meta box")
        boxes = {box.type: box for box in walk_boxes(file, meta.start + 4, meta.end)}
        if not {b"pitm", b"iprp"} <= boxes.keys():
            raise ValueError("no primary item or no properties")
        pitm = _Reader(boxes[b"pitm"].read(file))
        primary = pitm.uint(2 if pitm.version()[0] == 0 else 4)
        locations = _locations(boxes[b"iloc"].read(file)) if b"iloc" in boxes else {}
        complete = all(
            offset + length <= size for extents in locations.values() for offset, length in extents
        )
        types = (
            _item_types(file, boxes[b"iinf"].start, boxes[b"iinf"].end) if b"iinf" in boxes else {}
        )
        exif = b""
        for item, kind in types.items():
            if kind == b"Exif" and locations.get(item):
                offset, length = locations[item][0]
                file.seek(offset)
                block = file.read(min(length, 1 << 20))
                exif = block[4 + int.from_bytes(block[:4], "big") :]
        width, height, shown = _primary_size(
            file, boxes[b"iprp"].start, boxes[b"iprp"].end, primary
        )
    return HeicFacts(*shown, width, height, exif, complete)


def _locations(octets: bytes) -> dict[int, list[tuple[int, int]]]:
    """iloc: item → extents (offset in the file, length); items elsewhere (idat) are left out."""
    box = _Reader(octets)
    version, _ = box.version()
    sizes, more = box.uint(1), box.uint(1)
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version in (1, 2) else 0
    found: dict[int, list[tuple[int, int]]] = {}
    for _ in range(box.uint(2 if version < 2 else 4)):
        item = box.uint(2 if version < 2 else 4)
        method = box.uint(2) & 15 if version in (1, 2) else 0
        box.uint(2)  # data reference
        base = box.uint(base_size)
        extents = []
        for _ in range(box.uint(2)):
            box.uint(index_size)
            extents.append((base + box.uint(offset_size), box.uint(length_size)))
        if method == 0:
            found[item] = extents
    return found


def _item_types(file: BinaryIO, start: int, end: int) -> dict[int, bytes]:
    """iinf: item → type ("hvc1", "grid", "Exif")."""
    file.seek(start)
    skip = 6 if file.read(1) == b"\x00" else 8  # version and flags, entry count
    found: dict[int, bytes] = {}
    for entry in walk_boxes(file, start + skip, end):
        box = _Reader(entry.read(file))
        version, _ = box.version()
        if version >= 2:
            item = box.uint(2 if version == 2 else 4)
            box.uint(2)  # protection
            found[item] = box.take(4)
    return found


def _primary_size(
    file: BinaryIO, start: int, end: int, primary: int
) -> tuple[int, int, tuple[int, int]]:
    """Stored width and height, and both as displayed: properties apply in their listed order."""
    ipco = find_box(file, start, end, b"ipco")
    ipma = find_box(file, start, end, b"ipma")
    if ipco is None or ipma is None:
        raise ValueError("no item properties")
    properties = [(box.type, box.read(file)) for box in walk_boxes(file, ipco.start, ipco.end)]
    width = height = 0
    shown = (0, 0)
    for index in _associations(ipma.read(file), primary):
        if not 0 < index <= len(properties):
            continue
        kind, octets = properties[index - 1]
        box = _Reader(octets)
        if kind == b"ispe":
            box.version()
            width, height = box.uint(4), box.uint(4)
            shown = (width, height)
        elif kind == b"clap":
            terms = [box.uint(4) for _ in range(4)]
            if terms[1] and terms[3]:
                shown = (terms[0] // terms[1], terms[2] // terms[3])
        elif kind == b"irot" and box.uint(1) & 1:  # quarter turns; an odd number swaps the sides
            shown = (shown[1], shown[0])
    if not width or not height:
        raise ValueError("no size")
    return width, height, shown


def _associations(octets: bytes, primary: int) -> list[int]:
    """ipma: the 1-based indices of the primary item's properties."""
    box = _Reader(octets)
    version, flags = box.version()
    for _ in range(box.uint(4)):
        item = box.uint(2 if version == 0 else 4)
        indices = [
            box.uint(2) & 0x7FFF if flags & 1 else box.uint(1) & 0x7F for _ in range(box.uint(1))
        ]
        if item == primary:
            return indices
    return []
