"""Damage that decoders and MediaInfo let pass: wrong checksums, lost data, a tail of zeros.

A library that shows pictures forgives on purpose: none says what it passed over.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import simplejpeg

from mailbot.model import Fault

_T = TypeVar("_T")
_ZEROS = 512  # a run this long at the end of a JPEG is no picture data
# What libjpeg says when it makes up data for lost ones (jerror.h: JWRN_HIT_MARKER,
# JWRN_HUFF_BAD_CODE, JWRN_MUST_RESYNC, JERR_UNKNOWN_MARKER); its other warnings are of headers,
# and harm no picture.
_LOST = re.compile(
    "premature end of data segment|bad Huffman code|instead of RST|Unsupported marker type"
)
_LEFT_OVER = re.compile(r"(\d+) extraneous bytes before marker 0x")
_PADDING = 256  # octets some cameras leave between the data and the next marker


def png_faults(path: Path) -> tuple[Fault, ...]:
    """corrupt where the CRC of a critical chunk is wrong (ISO/IEC 15948, 5.4), as viewers say."""
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8:
            left, kind = int.from_bytes(head[:4], "big"), head[4:]
            crc = zlib.crc32(kind)
            while left and (block := file.read(min(left, 1 << 20))):
                crc = zlib.crc32(block, crc)
                left -= len(block)
            stated = file.read(4)
            if left or len(stated) < 4:
                break  # the decoder got all it needs before this; only the trailer is cut
            if kind[:1].isupper() and crc != int.from_bytes(stated, "big"):
                return (Fault("corrupt", f"checksum of {kind.decode('latin-1')} is wrong"),)
            if kind == b"IEND":
                break
    return ()


def jpeg_faults(path: Path, *, is_whole: bool = False) -> tuple[Fault, ...]:
    """What Pillow's decoder lets pass: a tail of nothing, and data that do not fit together.

    `is_whole`: libjpeg had nothing to say of the data (`jpeg.decode_whole`), so they fit.
    """
    return _tail_of_nothing(path) or (() if is_whole else _lost_data(path))


def _lost_data(path: Path) -> tuple[Fault, ...]:
    """corrupt where libjpeg had to make up a part of the picture: octets changed or missing.

    Pillow ignores the library's warnings (its error manager counts them and goes on); viewers show
    such a picture with a grey or shifted part. Decoded at an eighth of its size.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        lost = _loss(octets)
    return (Fault("corrupt", lost),) if lost else ()


def is_data_lost(octets: bytes) -> bool:
    """Whether libjpeg has to make up a part of the picture."""
    return bool(_loss(octets))


def _loss(octets: bytes | mmap.mmap) -> str:
    """What libjpeg says of data it made up; "" where it made up none."""
    try:
        _, _, colours, _ = simplejpeg.decode_jpeg_header(octets, strict=False)
        wanted = "CMYK" if colours in ("CMYK", "YCCK") else "GRAY"
        simplejpeg.decode_jpeg(octets, wanted, min_height=1, min_width=1, min_factor=1)
    except ValueError as error:
        left_over = _LEFT_OVER.search(str(error))
        if _LOST.search(str(error)) or (left_over and int(left_over[1]) > _PADDING):
            return str(error)[:200]
    return ""


def zeros_at_end(path: Path, end: int | None = None) -> int:
    """How many octets before `end` (of the file, if not given) are zero."""
    end = path.stat().st_size if end is None else end
    at = end
    with path.open("rb") as file:
        while at > 0:  # backwards, a block at a time: a tail may be gigabytes long
            start = max(0, at - (1 << 20))
            file.seek(start)
            block = file.read(at - start)
            if left := len(block.rstrip(b"\x00")):
                return end - start - left
            at = start
    return end


def _tail_of_nothing(path: Path) -> tuple[Fault, ...]:
    """truncated where the file ends in zeros that no end-of-image marker precedes.

    A broken download or a failing memory card leaves such a tail, and the decoder takes the zeros
    for grey picture data. Zeros behind the marker are some cameras' padding and harmless.
    """
    zeros, size = zeros_at_end(path), path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - zeros - 2))
        marker = file.read(2)
    if zeros >= _ZEROS and marker != b"\xff\xd9":
        return (Fault("truncated", f"{zeros} octets of nothing at the end"),)
    return ()


def or_else(read: Callable[[], _T], otherwise: _T) -> _T:
    """What `read` gives, else `otherwise`: for what a picture can do without (a hash, EXIF, later
    frames). On damaged data decoders raise whatever they like, and that harms nothing else."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - see above
        return otherwise
