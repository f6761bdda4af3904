"""ISO base media file boxes (ISO/IEC 14496-12): the short walk that HEIC and MP4 need.

MediaInfo does not tell where a box ends, and so not whether the file does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MAX_BOXES = 10_000  # of one level; a real file has tens, a fragmented video thousands


@dataclass(frozen=True)
class Box:
    """One box: its four-character type, and where its content lies in the file."""

    type: bytes
    start: int  # of the content
    end: int  # as the header says, even where that is beyond the end of the file

    def read(self, file: BinaryIO, limit: int = 1 << 20) -> bytes:
        """The content, at most `limit` octets of it."""
        file.seek(self.start)
        return file.read(min(limit, max(0, self.end - self.start)))


def walk_boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes of one level between two offsets, in order; stops at the first impossible one."""
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind, content = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if size == 1:  # the length stands in 64 bits behind the type
            size, content = int.from_bytes(head[8:16], "big"), start + 16
        elif size == 0:  # up to the end of the file
            size = end - start
        if start + size < content:
            return
        yield Box(kind, content, start + size)
        start += size


def find_box(file: BinaryIO, start: int, end: int, *path: bytes) -> Box | None:
    """The first box along `path` of types, each inside the one before."""
    found: Box | None = None
    for kind in path:
        found = next((box for box in walk_boxes(file, start, end) if box.type == kind), None)
        if found is None:
            return None
        start, end = found.start, found.end
    return found


_CONTAINERS = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"moof", b"traf"}
# Tables with the number of their entries in front (ISO/IEC 14496-12 8.6 to 8.8): octets before
# that number, of an entry. MediaInfo believes the number of these three, and counts to four
# thousand million before it looks at anything else.
_TABLES = {b"stts": (4, 8), b"elst": (4, 12), b"trun": (4, 0)}
_ENTRIES_WITHOUT_OCTETS = 1_000_000


def find_overstated_table(file: BinaryIO, start: int, end: int) -> str:
    """The first table between two offsets that claims more entries than its box holds; "" for
    none."""
    for box in walk_boxes(file, start, end):
        if box.type in _TABLES and _is_overstated(file, box):
            return box.type.decode()
        if box.type in _CONTAINERS:
            found = find_overstated_table(file, box.start, min(box.end, end))
            if found:
                return found
    return ""


def _is_overstated(file: BinaryIO, box: Box) -> bool:
    before, entry = _TABLES[box.type]
    head = box.read(file, before + 4)
    if len(head) < before + 4:
        return False
    if box.type == b"elst" and head[0] == 1:
        entry = 20
    elif box.type == b"trun":  # flags say which numbers an entry has (8.8.8)
        entry = 4 * (head[2] & 15).bit_count()
    room = box.end - box.start - before - 4
    entries = int.from_bytes(head[before:])
    return entries * entry > room if entry else entries > _ENTRIES_WITHOUT_OCTETS
