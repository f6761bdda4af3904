"""smime.p7m (RFC 8551 3.5): a mail inside a signature, or enciphered.

Outlook signs "opaque": text and attachments lie inside a CMS SignedData (RFC 5652 5.1), in DER
or, where it was written as it came, in BER of indefinite length. Only the way to the content is
read here; whether the signature is good is not asked.

Libraries of CMS hold the whole structure in memory; its content may be a mail of any size.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from mailbot.files import BlobStore
from mailbot.model import Blob

_SIGNED = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _SET, _OID, _INTEGER, _EXPLICIT = 0x30, 0x31, 0x06, 0x02, 0xA0
_OCTETS, _OCTETS_IN_PIECES = 0x04, 0x24
_MAX_DEPTH = 20
_CHUNK = 1 << 18
_MAX_OID = 64


class NotSigned(Exception):
    """No SignedData with content: enciphered, or a signature alone."""


class Damaged(Exception):
    """The lengths in it do not fit its octets."""


def read_signed(path: Path, blobs: BlobStore) -> Blob:
    """The signed content, stored.

    Raises NotSigned or Damaged; then nothing is kept.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        reader = _Reader(file, size)
        end = reader.enter(_SEQUENCE, size)  # ContentInfo
        if reader.oid(end) != _SIGNED:
            raise NotSigned
        end = reader.enter(_EXPLICIT, end)
        end = reader.enter(_SEQUENCE, end)  # SignedData
        reader.skip(_INTEGER, end)
        reader.skip(_SET, end)  # digestAlgorithms
        end = reader.enter(_SEQUENCE, end)  # EncapsulatedContentInfo
        reader.oid(end)
        if reader.peek(end) != _EXPLICIT:
            raise NotSigned
        end = reader.enter(_EXPLICIT, end)
        writer = blobs.writer()
        try:
            reader.copy_octets(writer.write, end)
            return writer.finish()
        finally:
            writer.abort()


class _Reader:
    """Elements of BER (X.690 8.1) in a file, front to back; `end` is where the outer one ends."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def enter(self, tag: int, end: int) -> int:
        """Go into the next element; where its content ends, or `end` if only a marker says so."""
        met, length = self._head(end)
        if met != tag:
            raise Damaged(f"tag {met:#x}, not {tag:#x}")
        return end if length is None else self._file.tell() + length

    def peek(self, end: int) -> int:
        """The next element's tag; -1 at the end."""
        position = self._file.tell()
        octet = self._file.read(1) if position < end else b""
        self._file.seek(position)
        return octet[0] if octet else -1

    def oid(self, end: int) -> bytes:
        """The next element, an object identifier."""
        met, length = self._head(end)
        if met != _OID or length is None or length > _MAX_OID:
            raise Damaged("no object identifier")
        return self._file.read(length)

    def skip(self, tag: int, end: int) -> None:
        """Pass the next element over."""
        if self.peek(end) != tag:
            raise Damaged(f"no tag {tag:#x}")
        self._pass_over(end, 0)

    def copy_octets(self, take: Callable[[bytes], object], end: int, depth: int = 0) -> None:
        """The next element, an octet string: whole, or in pieces that follow each other."""
        tag, length = self._head(end)
        if tag == _OCTETS and length is not None:
            while length:
                chunk = self._file.read(min(length, _CHUNK))
                if not chunk:
                    raise Damaged("the end is missing")
                take(chunk)
                length -= len(chunk)
        elif tag == _OCTETS_IN_PIECES and depth < _MAX_DEPTH:
            end = end if length is None else self._file.tell() + length
            while self.peek(end) not in (0, -1):
                self.copy_octets(take, end, depth + 1)
            if length is None:
                self._end_marker(end)
        else:
            raise Damaged(f"tag {tag:#x} in an octet string")

    def _pass_over(self, end: int, depth: int) -> None:
        _, length = self._head(end)
        if length is not None:
            self._file.seek(length, 1)
            return
        if depth == _MAX_DEPTH:
            raise Damaged("too deep")
        while self.peek(end) not in (0, -1):
            self._pass_over(end, depth + 1)
        self._end_marker(end)

    def _end_marker(self, end: int) -> None:
        if self._head(end) != (0, 0):
            raise Damaged("no end of contents")

    def _head(self, end: int) -> tuple[int, int | None]:
        """Tag and length of the next element; None: indefinite."""
        octets = self._file.read(2)
        if len(octets) < 2:
            raise Damaged("the end is missing")
        tag, length = octets
        if length == 0x80:
            return tag, None
        if length > 0x80:
            length = int.from_bytes(self._file.read(length & 0x7F)[:8], "big")
        if self._file.tell() + length > min(end, self._size):
            raise Damaged("an element longer than what holds it")
        return tag, length
