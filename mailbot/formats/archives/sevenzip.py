"""7z through py7zr: solid blocks, AES, encrypted headers, volumes."""

import re
import struct
from collections.abc import Sequence
from typing import BinaryIO

import py7zr
import py7zr.py7zr as engine
from py7zr.exceptions import (
    ArchiveError,
    PasswordRequired,
    UnsupportedCompressionMethodError,
)
from py7zr.io import MemIO, Py7zIO, WriterFactory

from mailbot.formats.archives.codecs import DAMAGE, UnsupportedMethod
from mailbot.formats.archives.members import CHUNK, MemberWriter, Unpacking, clean_path

# py7zr asks its decompressors for up to 128 MB at once and offers no setting for it.
engine.get_memory_limit = lambda: 4 * CHUNK  # type: ignore[attr-defined]  # not exported


def unpack_7z(file: BinaryIO, passwords: Sequence[str], unpacking: Unpacking) -> None:
    """Every file of a 7z archive; faults go to `unpacking`.

    Raises UnsupportedMethod for a compression that py7zr does not know.
    """
    asked = False
    for password in (None, *passwords):
        file.seek(0)
        try:
            with py7zr.SevenZipFile(file, password=password) as archive:
                if archive.password_protected and password is None:
                    asked = True
                    continue
                _extract(archive, unpacking)
        except PasswordRequired:
            asked = True
        except UnsupportedCompressionMethodError as error:
            method = re.search("BCJ2|[A-Z][A-Z0-9]{2,}", str(error))
            raise UnsupportedMethod(f"压缩方法{method[0] if method else error}"[:80]) from error
        except (ArchiveError, *DAMAGE) as error:
            # A wrong password shows as damage; what came out whole before it stays.
            if not asked or unpacking.taken:
                unpacking.problem("corrupt", str(error)[:80] or type(error).__name__)
                return
        else:
            return
    unpacking.problem("encrypted", "整个压缩包")


def is_whole_7z(file: BinaryIO) -> bool:
    """Whether all octets are there that the signature header (7zFormat.txt) speaks of."""
    file.seek(0)
    start = file.read(32)
    if len(start) < 32:
        return False
    offset, size = struct.unpack_from("<QQ", start, 12)
    return file.seek(0, 2) >= 32 + int(offset) + int(size)


def _extract(archive: py7zr.SevenZipFile, unpacking: Unpacking) -> None:
    """Drive py7zr's worker ourselves: its `extract` raises on unsafe names, runs threads, and
    would make the sender's folders.
    """
    factory = _Factory(unpacking)
    for entry in archive.files:
        if entry.is_directory:
            continue
        if entry.is_symlink or entry.is_junction or entry.is_socket:
            unpacking.skip(clean_path(entry.filename)[0])
            continue
        archive.worker.register_filelike(entry.id, MemIO(entry.filename, factory))
    try:
        archive.worker.extract(archive.fp, None, parallel=False)
        factory.settle()
    finally:
        factory.drop()


class _Factory(WriterFactory):
    """Makes a member of each file that py7zr begins; one is complete when the next begins,
    since py7zr closes a file before it compares the CRC.
    """

    def __init__(self, unpacking: Unpacking) -> None:
        self._unpacking = unpacking
        self._writer: MemberWriter | None = None

    def create(self, filename: str) -> Py7zIO:
        self.settle()
        self._writer = self._unpacking.open(filename)
        return _Member(self._writer)

    def settle(self) -> None:
        """What was written last is right."""
        if self._writer is not None:
            self._writer.commit()
            self._writer = None

    def drop(self) -> None:
        """What was written last is not."""
        if self._writer is not None:
            self._writer.abort()
            self._writer = None


class _Member(Py7zIO):
    def __init__(self, writer: MemberWriter | None) -> None:
        self._writer = writer

    def write(self, s: bytes | bytearray) -> int:
        return self._writer.write(bytes(s)) if self._writer else len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        """Nothing is held back."""

    def size(self) -> int:
        return self._writer.size if self._writer else 0
