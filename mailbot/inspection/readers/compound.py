"""OLE compound files ([MS-CFB]): what stands in a .doc, .xls, .ppt besides what a parser reads."""

import io
import struct
from pathlib import Path
from typing import IO, Any

import olefile

from mailbot.inspection.readers.content import Unreadable

MAX_STREAM = 1024 * 1024 * 1024


SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFE


class Compound:
    """An OLE compound file that is opened and whole.

    Raises `Unreadable`: truncated where its directory or sectors of a stream lie past its end,
    corrupt where the directory cannot be read, encrypted for a package behind a password
    ([MS-OFFCRYPTO] 2.3) or a document behind rights management (1.3.2).
    """

    def __init__(self, path: Path) -> None:
        # Opened here, because olefile leaves the file open when it raises.
        self._octets = path.open("rb")
        try:
            self._file = _open_compound(self._octets, path)
            self._refuse_locked_or_cut(path.stat().st_size)
        except BaseException:
            self._octets.close()
            raise

    def __enter__(self) -> "Compound":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        self._octets.close()

    def has(self, name: str) -> bool:
        """Whether there is such a stream at the root."""
        return bool(self._file.exists(name))

    def read(self, name: str) -> bytes:
        """A stream's octets; empty where there is none or its chain of sectors is broken."""
        try:
            if not self.has(name) or self._file.get_size(name) > MAX_STREAM:
                return b""
            with self._file.openstream(name) as stream:
                return bytes(stream.read())
        except (OSError, ValueError, IndexError, struct.error):
            return b""

    def _refuse_locked_or_cut(self, file_size: int) -> None:
        if self.has("EncryptedPackage") or self.has("\x09DRMContent"):
            raise Unreadable("encrypted", "behind a password or rights management")
        if self._lacks_sectors(file_size):
            raise Unreadable("truncated", "the end of the file is missing")
        if self._runs_in_circles():
            raise Unreadable("corrupt", "a chain of sectors leads back into itself")

    def _runs_in_circles(self) -> bool:
        """Whether a chain of sectors never ends; calamine follows it until memory is gone."""
        fat = self._file.fat
        starts = {self._file.first_dir_sector, self._file.first_mini_fat_sector}
        starts |= {
            entry.isectStart
            for entry in filter(None, self._file.direntries)
            if entry.entry_type == olefile.STGTY_ROOT
            or (
                entry.entry_type == olefile.STGTY_STREAM
                and entry.size >= self._file.minisectorcutoff
            )
        }
        ended: set[int] = set()
        for sector in starts:
            chain: set[int] = set()
            while sector < len(fat) and sector not in ended:
                if sector in chain:
                    return True
                chain.add(sector)
                sector = fat[sector]
            ended |= chain
        return False

    def _lacks_sectors(self, file_size: int) -> bool:
        """Whether the chain of the directory or of a stream ([MS-CFB] 2.3) leads past the end."""
        fat, size = self._file.fat, self._file.sectorsize
        chains = [(self._file.first_dir_sector, len(fat))]
        for entry in filter(None, self._file.direntries):
            is_stream = entry.entry_type == olefile.STGTY_STREAM
            is_large = is_stream and entry.size >= self._file.minisectorcutoff
            if is_large or entry.entry_type == olefile.STGTY_ROOT:
                chains.append((entry.isectStart, -(-entry.size // size)))
        left = 4 * len(fat)  # a chain that loops ends here
        for sector, length in chains:
            for _step in range(min(length, left)):
                if sector == _END_OF_CHAIN:
                    break
                left -= 1
                # Sector n lies behind the header, which is as long; the last may be cut short.
                if sector >= len(fat) or (sector + 1) * size >= file_size:
                    return True
                sector = fat[sector]
        return False


def with_stream(data: bytes, name: str, content: bytes) -> bytes:
    """The file with a stream's octets replaced by as many others."""
    octets = io.BytesIO(data)
    with olefile.OleFileIO(octets, write_mode=True) as file:
        file.write_stream(name, content)
        return octets.getvalue()


def _open_compound(octets: IO[bytes], path: Path) -> Any:
    """The file as olefile sees it (whose stubs know half of it)."""
    try:
        return olefile.OleFileIO(octets)
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        code = "truncated" if _directory_is_missing(path) else "corrupt"
        raise Unreadable(code, f"compound file: {error}") from error


def _directory_is_missing(path: Path) -> bool:
    """Whether the header ([MS-CFB] 2.2) points to a directory or a sector table past the end."""
    with path.open("rb") as file:
        header = file.read(512)
    if len(header) < 512 or not header.startswith(SIGNATURE):
        return header.startswith(SIGNATURE)
    sector = 1 << min(struct.unpack_from("<H", header, 30)[0], 20)
    tables = [n for n in struct.unpack_from("<109I", header, 76) if n < 0xFFFFFFFA]
    last = max((struct.unpack_from("<I", header, 48)[0], *tables))
    return bool(path.stat().st_size <= (last + 1) * sector)
