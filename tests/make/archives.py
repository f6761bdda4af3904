"""Archives made octet by octet where no library writes them: odd zips, split zips, stored rar 5."""

import struct
import zlib
from collections.abc import Sequence

_LOCAL = "<4s5H3I2H"
_CENTRAL = "<4s6H3I5H2I"


def make_zip(
    members: Sequence[tuple[bytes, bytes]],
    *,
    utf8: bool = False,
    extras: Sequence[bytes] = (),
    attributes: Sequence[int] = (),
    cut: int = 0,
) -> bytes:
    """A zip of (raw name, content), deflated; names are written as they are.

    `attributes` are Unix modes. With `cut`, offsets are written as for a split archive whose
    first volume ends there and whose directory lies in the second.
    """
    body, directory = b"", b""
    for index, (name, content) in enumerate(members):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        extra = extras[index] if index < len(extras) else b""
        mode = attributes[index] if index < len(attributes) else 0o100644
        flags = 0x800 if utf8 else 0
        sizes = (zlib.crc32(content), len(packed), len(content))
        offset = len(body)
        disk, relative = (1, offset - cut) if cut and offset >= cut else (0, offset)
        body += struct.pack(_LOCAL, b"PK\3\4", 20, flags, 8, 0, 33, *sizes, len(name), len(extra))
        body += name + extra + packed
        made_by = 3 << 8 | 20
        directory += struct.pack(
            _CENTRAL, b"PK\1\2", made_by, 20, flags, 8, 0, 33, *sizes, len(name), len(extra),
            0, disk, 0, mode << 16, relative,
        )  # fmt: skip
        directory += name + extra
    start = len(body) - cut
    disk = 1 if cut else 0
    count = len(members)
    end = struct.pack("<4s4H2IH", b"PK\5\6", disk, disk, count, count, len(directory), start, 0)
    return body + directory + end


def unicode_path_field(raw: bytes, name: str) -> bytes:
    """The Info-ZIP Unicode Path extra field for a raw name."""
    data = b"\1" + struct.pack("<I", zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


def make_overlapping_zip(copies: int, size: int) -> bytes:
    """A bomb: many directory entries for one and the same deflated zeros."""
    plain = make_zip([(b"z.bin", b"\0" * size)])
    at = plain.index(b"PK\1\2")
    entry = plain[at : plain.index(b"PK\5\6")]
    directory = entry * copies
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(directory), at, 0)
    return plain[:at] + directory + end


def _vint(number: int) -> bytes:
    octets = b""
    while number > 0x7F:
        octets += bytes([number & 0x7F | 0x80])
        number >>= 7
    return octets + bytes([number])


def _block(fields: bytes, data: bytes = b"") -> bytes:
    sized = _vint(len(fields)) + fields
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def rar_copy_block(name: str, of: str, size: int) -> bytes:
    """A file that rar 5 stores as a copy of another (`rar -oi`): a redirection of type 5."""
    encoded, source = name.encode(), of.encode()
    record = _vint(5) + _vint(5) + _vint(0) + _vint(len(source)) + source
    extra = _vint(len(record)) + record
    fields = _vint(2) + _vint(0x1) + _vint(len(extra))
    fields += _vint(0) + _vint(size) + _vint(0o100644)
    fields += _vint(0) + _vint(1) + _vint(len(encoded)) + encoded + extra
    return _block(fields)


def _rar4_unicode(name: str) -> bytes:
    """A name of rar 3 with its Unicode form: ASCII stand-in, NUL, then in UTF-16 units, each
    stated whole (operation 2), four to a byte of operations (unpack.cpp, EncodeFileName)."""
    wide = name.encode("utf-16-le")
    units = [wide[at : at + 2] for at in range(0, len(wide), 2)]
    coded = b"\0"
    for at in range(0, len(units), 4):
        group = units[at : at + 4]
        operations = sum(2 << (6 - 2 * place) for place in range(len(group)))
        coded += bytes([operations]) + b"".join(group)
    return b"_" * len(units) + b"\0" + coded


def make_rar4(members: Sequence[tuple[bytes | str, bytes]]) -> bytes:
    """rar 3, stored (technote.txt of UnRAR 3). Names in octets are in the sender's code page and
    have no Unicode form; those in text have one."""

    def block(kind: int, flags: int, rest: bytes, data: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    made = b"Rar!\x1a\7\0" + block(0x73, 0, bytes(6))
    for stated, content in members:
        name = _rar4_unicode(stated) if isinstance(stated, str) else stated
        flags = 0x8200 if isinstance(stated, str) else 0x8000
        sizes = struct.pack("<IIBII", len(content), len(content), 2, zlib.crc32(content), 33 << 16)
        rest = sizes + struct.pack("<BBHI", 20, 0x30, len(name), 0x20) + name
        made += block(0x74, flags, rest, content)
    return made + block(0x7B, 0x4000, b"")


def _file_block(name: str, part: bytes, size: int, crc: int, flags: int) -> bytes:
    encoded = name.encode()
    fields = _vint(2) + _vint(0x2 | flags) + _vint(len(part))
    fields += _vint(0x4) + _vint(size) + _vint(0o100644) + struct.pack("<I", crc)
    fields += _vint(0) + _vint(1) + _vint(len(encoded)) + encoded
    return _block(fields, part)


def make_rar(
    members: Sequence[tuple[str, bytes]], volume_size: int = 0, *, more: bytes = b""
) -> list[bytes]:
    """rar 5, stored (RAR 5.0 archive format, rarlab.com); cut within files into volumes whose
    data is at most `volume_size` octets, where that is given. `more`: blocks behind the last file.
    """
    volumes: list[list[bytes]] = [[]]
    room = volume_size
    for name, content in members:
        rest, flags = content, 0
        while volume_size and len(rest) > room:
            part, rest = rest[:room], rest[room:]
            volumes[-1].append(
                _file_block(name, part, len(content), zlib.crc32(part), flags | 0x10)
            )
            volumes.append([])
            flags, room = 0x8, volume_size
        volumes[-1].append(_file_block(name, rest, len(content), zlib.crc32(content), flags))
        room -= len(rest)
    made = []
    for number, blocks in enumerate(volumes):
        archive = _vint(0) if len(volumes) == 1 else _vint(0x1 | (0x2 if number else 0))
        main = _vint(1) + _vint(0) + archive + (_vint(number) if number else b"")
        last = number == len(volumes) - 1
        end = (more if last else b"") + _block(_vint(5) + _vint(0) + _vint(0 if last else 1))
        made.append(b"Rar!\x1a\7\1\0" + _block(main) + b"".join(blocks) + end)
    return made
