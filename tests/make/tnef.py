"""winmail.dat as Outlook writes it (MS-OXTNEF), for tests."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

STRING, UNICODE, OBJECT, BINARY = 0x001E, 0x001F, 0x000D, 0x0102
LONG_NAME, DISPLAY_NAME, CONTENT = 0x3707, 0x3001, 0x3701
BODY_HTML, RTF_COMPRESSED = 0x1013, 0x1009
MESSAGE_OBJECT = struct.pack("<I", 0x00020307) + bytes.fromhex("0000c000000000000046")
MESSAGE_OBJECT = MESSAGE_OBJECT.ljust(16, b"\0")


@dataclass(frozen=True)
class Enclosed:
    """One file inside: its 8.3 title, its long name, its octets."""

    title: str
    long_name: str
    data: bytes


def attribute(level: int, name: int, value: bytes) -> bytes:
    """One attribute with its checksum."""
    head = struct.pack("<BII", level, name, len(value))
    return head + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*items: tuple[int, int, bytes]) -> bytes:
    """MAPI properties (type, id, value) of variable length."""
    out = struct.pack("<I", len(items))
    for kind, name, value in items:
        padding = b"\0" * (-len(value) % 4)
        out += struct.pack("<HHII", kind, name, 1, len(value)) + value + padding
    return out


def winmail(
    files: Sequence[Enclosed] = (), *, body: str = "", message: bytes = b"", code_page: int = 936
) -> bytes:
    """A whole stream: code page, message properties, body, then each file."""
    out = b"\x78\x9f\x3e\x22" + struct.pack("<H", 1)
    out += attribute(1, 0x00069007, struct.pack("<II", code_page, 0))
    if message:
        out += attribute(1, 0x00069003, message)
    if body:
        out += attribute(1, 0x0002800C, body.encode("gb18030") + b"\0")
    for file in files:
        names = properties((UNICODE, LONG_NAME, file.long_name.encode("utf-16-le") + b"\0\0"))
        out += attribute(2, 0x00069002, bytes(14))
        out += attribute(2, 0x00018010, file.title.encode("gb18030") + b"\0")
        out += attribute(2, 0x0006800F, file.data)
        out += attribute(2, 0x00069005, names if file.long_name else properties())
    return out
