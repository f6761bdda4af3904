"""Lost data in the middle of an MP4, told without decoding it.

A broken download or a failing card leaves a run of zeros where pictures were, and MediaInfo, which
reads the index, sees nothing of it. H.264 and H.265 never write three zero octets in a row inside
a NAL unit (ISO/IEC 14496-10 7.4.1.1, 23008-2 7.4.2: emulation prevention), so a run of them in a
sample of the video track is lost data. Zeros elsewhere are padding or silence.
"""

from __future__ import annotations

import mmap
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from mailbot.inspection.media.bmff import Box, find_box, walk_boxes

_HOLE = 1024  # octets; a NAL unit's length in front of it has at most three zeros
_CODECS = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1"})
_MOST_TABLE = 32 << 20


def find_hole(path: Path) -> int:
    """How many zero octets stand in one place of the video's samples; 0 where none do.

    Not seen: files in fragments (moof), other codecs, lost data that was filled with anything else.
    """
    size = path.stat().st_size
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        runs = list(_runs(octets))
        if not runs:
            return 0
        for track in _video_tracks(file, size):
            starts, sizes = _samples(file, track)
            for start, end in runs:
                at = max(0, bisect_right(starts, start) - 1)
                while at < len(starts) and starts[at] < end:
                    inside = min(end, starts[at] + sizes[at]) - max(start, starts[at])
                    if inside >= _HOLE:
                        return end - start
                    at += 1
    return 0


def _runs(octets: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Where at least _HOLE zeros stand in a row."""
    block = bytes(1 << 16)
    at = octets.find(bytes(_HOLE))
    while at >= 0:
        end = at + _HOLE
        while octets[end : end + len(block)] == block:
            end += len(block)
        rest = octets[end : end + len(block)]
        end += len(rest) - len(rest.lstrip(b"\0"))
        yield at, end
        at = octets.find(bytes(_HOLE), end)


def _video_tracks(file: BinaryIO, size: int) -> Iterator[Box]:
    """The sample tables (stbl) of the tracks in a codec that cannot hold such a run."""
    moov = find_box(file, 0, size, b"moov")
    for trak in walk_boxes(file, moov.start, moov.end) if moov else ():
        if trak.type != b"trak":
            continue
        table = find_box(file, trak.start, trak.end, b"mdia", b"minf", b"stbl")
        described = find_box(file, table.start, table.end, b"stsd") if table else None
        codec = described.read(file, 16)[12:16] if described else b""
        if table is not None and codec in _CODECS:
            yield table


def _samples(file: BinaryIO, table: Box) -> tuple[list[int], list[int]]:
    """Where each sample begins and how long it is, in the order of the file (8.7.2 to 8.7.5)."""
    boxes = {
        box.type: box.read(file, _MOST_TABLE) for box in walk_boxes(file, table.start, table.end)
    }
    sized, chunked = boxes.get(b"stsz", b""), boxes.get(b"stsc", b"")
    if len(sized) < 12 or len(chunked) < 8:
        return [], []
    same, count = (int.from_bytes(sized[at : at + 4], "big") for at in (4, 8))
    sizes = [same] * min(count, _MOST_TABLE) if same else list(_numbers(sized[12:], 4))[:count]
    if b"co64" in boxes:
        chunks = list(_numbers(boxes[b"co64"][8:], 8))
    else:
        chunks = list(_numbers(boxes.get(b"stco", b"")[8:], 4))
    runs = list(_numbers(chunked[8:], 4))
    firsts = [*runs[0::3], len(chunks) + 1]
    starts: list[int] = []
    for (first, following), per_chunk in zip(pairwise(firsts), runs[1::3], strict=False):
        for chunk in chunks[max(0, first - 1) : max(0, following - 1)]:
            position = chunk
            for size in sizes[len(starts) : len(starts) + per_chunk]:
                starts.append(position)
                position += size
    ordered = sorted(zip(starts, sizes, strict=False))
    return [start for start, _ in ordered], [size for _, size in ordered]


def _numbers(octets: bytes, width: int) -> array[int]:
    """Big-endian integers, as many whole ones as there are."""
    numbers = array("I" if width == 4 else "Q", octets[: len(octets) // width * width])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
