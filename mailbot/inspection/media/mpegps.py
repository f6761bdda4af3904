"""The end of an MPEG program stream (ISO/IEC 13818-1 2.5.3, 11172-1 2.4.3): is its packet whole?

Such a stream states no length anywhere, but it consists of packs and packets that do.

MediaInfo reports a stream that was cut off as it reports a whole one.
"""

from __future__ import annotations

from pathlib import Path

_TAIL = 1 << 20  # octets looked at: packs are some kilobytes long
_PACK, _END = 0xBA, 0xB9
_CODE = b"\x00\x00\x01"


def missing_of_program_stream(path: Path) -> int:
    """How many octets the last packet of the file lacks; 0 also where that cannot be told."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    start = tail.find(_CODE + bytes([_PACK]))
    while start >= 0:
        missing = _walk(tail, start)
        if missing is not None:
            return missing
        start = tail.find(_CODE + bytes([_PACK]), start + 4)  # the last one was data by chance
    return 0


def _walk(tail: bytes, at: int) -> int | None:
    """Octets missing when packet after packet is followed to the end; None if there is no way."""
    while at < len(tail):
        if tail[at : at + 3] != _CODE:
            return 0 if not tail[at:].strip(b"\x00") else None  # zeros are padding
        step = _length(tail, at)
        if step is None:
            return None
        at += step
    return at - len(tail)


def _length(tail: bytes, at: int) -> int | None:
    """Octets of the pack header or packet at `at`, by its own word; None for another start code."""
    kind = tail[at + 3] if at + 3 < len(tail) else None
    if kind == _END:
        return 4
    if kind == _PACK:
        if at + 14 > len(tail):
            return 14
        if tail[at + 4] >> 6 == 1:  # MPEG-2, with stuffing behind the header
            return 14 + (tail[at + 13] & 7)
        return 12
    if kind is None or at + 6 > len(tail):
        return 6
    if kind < _PACK:
        return None
    return 6 + int.from_bytes(tail[at + 4 : at + 6], "big")
