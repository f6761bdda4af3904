"""The directory of a zip as archivers of Windows write it: found from the end, names as octets.

The stdlib refuses a whole archive for one name in GBK under the UTF-8 flag (0x800), which some
archivers set on everything. 7-Zip and WinRAR open it; so do we, by clearing the flag where it lies.
"""

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_END = struct.Struct("<4s4H2IH")  # APPNOTE 4.3.16
_ENTRY = struct.Struct("<4s6H3I5H2I")  # APPNOTE 4.3.12
_LOCAL = struct.Struct("<4s5H3L2H")  # APPNOTE 4.3.7
_UTF8, _SIZES_FOLLOW = 0x800, 0x8
_LONGEST_TAIL = 65_535 + _END.size
_MOST_DIRECTORY = 16 << 20


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The archive with every name readable; raises what zipfile raises for what is no zip."""
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError:
        found = _directory(file)
        if found is None:
            raise
        start, octets = found
        overlaid = io.BufferedReader(_Overlaid(file, start, _without_wrong_flags(octets)))
        return zipfile.ZipFile(overlaid)


def is_of_a_member(file: BinaryIO, infos: Sequence[zipfile.ZipInfo], directory: int) -> bool:
    """Whether the directory that was found lies within a member: of an archive that breaks off
    behind a stored docx, the last directory is the docx's, and its parts are no files of anyone."""
    file.seek(0)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or any(info.header_offset == 0 for info in infos):
        return False
    signature, _, flags, *_, packed, _, name, extra = _LOCAL.unpack(head)
    if signature != b"PK\3\4":
        return False
    is_unsaid = bool(flags & _SIZES_FOLLOW) and not packed
    return is_unsaid or _LOCAL.size + name + extra + packed > directory


def ends_as_zip(file: BinaryIO) -> bool:
    """Whether an end record closes the file and its directory stands where it says: true of a
    zip with anything before its first header (a program that unpacks it, a line break)."""
    return _directory(file) is not None


def _directory(file: BinaryIO) -> tuple[int, bytes] | None:
    """Where the central directory begins, and its octets. What stands before the archive moves
    it, so it is looked for just before the end record; zip64 and split archives are not."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read(_LONGEST_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        return None
    _, disk, first_disk, here, count, length, _, comment = _END.unpack_from(tail, at)
    start = size - len(tail) + at - length
    if disk or first_disk or here != count or not count or not start >= 0:
        return None
    if length > _MOST_DIRECTORY or at + _END.size + comment > len(tail):
        return None
    file.seek(start)
    octets = file.read(length)
    return (start, octets) if octets.startswith(b"PK\1\2") else None


def _without_wrong_flags(octets: bytes) -> bytes:
    """The directory with the UTF-8 flag taken from all names where one of them belies it, but for
    those that are Chinese in UTF-8: two octets of GBK often pass for a Greek or Cyrillic letter."""
    changed = bytearray(octets)
    at = 0
    while octets[at : at + 4] == b"PK\1\2" and at + _ENTRY.size <= len(octets):
        entry = _ENTRY.unpack_from(octets, at)
        flags, (name_length, extra, comment) = entry[3], entry[10:13]
        name = octets[at + _ENTRY.size : at + _ENTRY.size + name_length]
        if flags & _UTF8 and not name.isascii() and not _is_chinese_utf8(name):
            struct.pack_into("<H", changed, at + 8, flags & ~_UTF8)
        at += _ENTRY.size + name_length + extra + comment
    return bytes(changed)


def _is_chinese_utf8(name: bytes) -> bool:
    try:
        return any(character >= "\u2e80" for character in name.decode("utf-8"))
    except UnicodeDecodeError:
        return False


class _Overlaid(io.RawIOBase):
    """A file of which some octets are read as others."""

    def __init__(self, file: BinaryIO, start: int, octets: bytes) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self._octets = octets
        self._size = file.seek(0, 2)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}
        self._position = base[whence] + offset
        return self._position

    def readinto(self, buffer: "Buffer") -> int:
        """Octets of the file, or of what lies over it; never of both at once."""
        view = memoryview(buffer).cast("B")
        into = self._position - self._start
        if 0 <= into < len(self._octets):
            piece = self._octets[into : into + len(view)]
        else:
            room = len(view) if into >= 0 else min(len(view), -into)
            self._file.seek(self._position)
            piece = self._file.read(room)
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
