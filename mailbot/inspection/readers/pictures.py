"""Pictures inside documents: media parts of packages, and JPEG or PNG carved from streams."""

import re
from collections.abc import Iterable, Iterator

from mailbot.inspection.readers.content import Draft, Unreadable
from mailbot.inspection.readers.zipguard import Package

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_MEDIA = r"(word|ppt|xl)/media/.+|(Pictures|media)/.+"

_RTF_BLIP = re.compile(rb"\\(?:jpeg|png)blip(?![a-z])")
# Other control words and small groups ({\*\blipuid …}) before the picture itself.
_RTF_SKIPPED = re.compile(rb"\s+|\\(?!bin\d)[a-z]+-?\d*|\{[^{}]{0,1000}\}")
_RTF_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_RTF_HEX = re.compile(rb"[0-9a-fA-F\s]+")

# JPEG markers that stand alone, without a length (ITU-T T.81, B.1.1.3).
_STANDALONE = {0x01, *range(0xD0, 0xD8)}


def is_picture(data: bytes) -> bool:
    """Whether it is a raster picture; drawings (EMF, WMF, SVG) are none."""
    head = data[:16]
    return (
        head.startswith((_JPEG, _PNG, b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\0\x0cjP"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftypavif")
    )


def add_packaged(package: Package, draft: Draft) -> None:
    """The media parts of a package, in the order of their numbers."""
    for name in package.names(_MEDIA):
        try:
            data = package.read(name)
        except Unreadable as error:
            draft.fault("corrupt", f"{name}: {error.fault.detail}")
            continue
        if is_picture(data) and not draft.add_picture(name, data):
            return


def add_numbered(pictures: Iterable[bytes], draft: Draft) -> None:
    """Pictures that have no name in the file, in order: 图1, 图2 …"""
    for data in pictures:
        if not draft.add_picture(f"图{len(draft.pictures) + 1}", data):
            return


def carve(stream: bytes) -> Iterator[bytes]:
    """JPEG and PNG pictures found by signature and walked to their end by their own lengths."""
    position = 0
    while True:
        starts = [
            at for at in (stream.find(_JPEG, position), stream.find(_PNG, position)) if at >= 0
        ]
        if not starts:
            return
        start = min(starts)
        walk = _jpeg_end if stream.startswith(_JPEG, start) else _png_end
        end = walk(stream, start)
        if end:
            yield stream[start:end]
        position = end or start + 3


def carve_rtf(text: bytes) -> Iterator[bytes]:
    """The JPEG and PNG pictures of an RTF: hexadecimal, or binary behind `\\bin` (RTF 1.9.1)."""
    for blip in _RTF_BLIP.finditer(text):
        at = blip.end()
        while skipped := _RTF_SKIPPED.match(text, at):
            at = skipped.end()
        binary = _RTF_BINARY.match(text, at)
        if binary:
            yield text[binary.end() : binary.end() + int(binary[1])]
            continue
        digits = _RTF_HEX.match(text, at)
        if digits:
            octets = b"".join(digits[0].split())
            yield bytes.fromhex(octets[: len(octets) // 2 * 2].decode("ascii"))


def _png_end(stream: bytes, start: int) -> int:
    """Where a PNG ends (after IEND), 0 if it does not."""
    at = start + len(_PNG)
    while at + 12 <= len(stream):
        at_kind = at + 4
        at += 12 + int.from_bytes(stream[at:at_kind])
        if stream[at_kind : at_kind + 4] == b"IEND" and at <= len(stream):
            return at
    return 0


def _jpeg_end(stream: bytes, start: int) -> int:
    """Where a JPEG ends (after EOI), 0 if it does not; thumbnails inside segments are skipped."""
    at = start + 2
    while at + 2 <= len(stream) and stream[at] == 0xFF:
        marker = stream[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in _STANDALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(stream[at + 2 : at + 4])
        if marker == 0xDA:
            at = _after_scan(stream, at)
    return 0


def _after_scan(stream: bytes, at: int) -> int:
    """The next marker after entropy-coded data: FF not followed by 00 or RST (T.81, B.1.1.5)."""
    while (at := stream.find(b"\xff", at)) >= 0 and at + 1 < len(stream):
        if stream[at + 1] not in (0x00, 0xFF) and stream[at + 1] not in _STANDALONE:
            return at
        at += 1 if stream[at + 1] == 0xFF else 2
    return len(stream)
