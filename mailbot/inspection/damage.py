"""Damage to pictures that a decoder lets pass: wrong checksums, a tail of nothing but zeros."""

from __future__ import annotations

import zlib
from pathlib import Path

from mailbot.model import Fault

_ZEROS = 512  # a run this long at the end of a JPEG is no picture data


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


def jpeg_faults(path: Path) -> tuple[Fault, ...]:
    """truncated where the file ends in zeros that no end-of-image marker precedes.

    A broken download or a failing memory card leaves such a tail, and the decoder takes the zeros
    for grey picture data. Zeros behind the marker are some cameras' padding and harmless.
    """
    with path.open("rb") as file:
        end = path.stat().st_size
        while end > 0:  # backwards, a block at a time: a tail may be megabytes long
            start = max(0, end - (1 << 16))
            file.seek(start)
            block = file.read(end - start).rstrip(b"\x00")
            if block:
                zeros = path.stat().st_size - start - len(block)
                last = block[-2:] if len(block) > 1 or start == 0 else b"\xff" + block
                if zeros >= _ZEROS and last != b"\xff\xd9":
                    return (Fault("truncated", f"{zeros} octets of nothing at the end"),)
                return ()
            end = start
    return ()
