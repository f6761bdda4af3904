"""tar, plain or compressed, and single compressed files."""

import io
import tarfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, BinaryIO

from mailbot.formats.archives.codecs import DAMAGE, STREAMS
from mailbot.formats.archives.members import CHUNK, LimitReached, Unpacking, clean_path
from mailbot.formats.archives.names import guess_codec

_BLOCK = tarfile.BLOCKSIZE
# An extended header is read into memory whole; honest ones hold a name.
_HEADER_LIMIT = 1 << 20
_LONG = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE)


def unpack_tar(file: BinaryIO, unpacking: Unpacking) -> None:
    """Every file of a tar; faults go to `unpacking`."""
    _members(_chunks(file), unpacking)


def unpack_stream(file: BinaryIO, format: str, name: str, unpacking: Unpacking) -> None:
    """A gz, bz2, xz or zst file: the tar in it, or the one file it is.

    `name` is what that file is called where the stream does not say itself.
    """
    head = file.read(512)
    file.seek(0)
    chunks = STREAMS[format](_chunks(file))
    try:
        start = b""
        for chunk in chunks:
            start += chunk
            if len(start) >= _BLOCK:
                break
        if _is_tar(start):
            _members(chain([start], chunks), unpacking)
        else:
            stored = _gzip_name(head) if format == "gz" else ""
            unpacking.store(stored or name, chain([start], chunks))
    except DAMAGE as error:
        unpacking.problem("corrupt", str(error) or type(error).__name__)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK // 4):
        yield chunk


def _is_tar(start: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(start[:_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _gzip_name(head: bytes) -> str:
    """The name in a gzip header (RFC 1952 says Latin-1; archivers of Windows write GBK)."""
    if len(head) < 11 or head[3] & 0x8 == 0:
        return ""
    start = 10
    if head[3] & 0x4:
        start += 2 + int.from_bytes(head[10:12], "little")
    raw = head[start:].split(b"\0", 1)[0]
    return raw.decode(guess_codec([raw]), "replace")


def _members(chunks: Iterable[bytes], unpacking: Unpacking) -> None:
    stream = _Stream(chunks)
    try:
        with tarfile.open(
            fileobj=stream, mode="r|", tarinfo=_Info, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            for info in archive:
                name = _name(info.name)
                if info.isdir():
                    continue
                if not info.isreg():
                    unpacking.skip(clean_path(name)[0])
                    continue
                content = archive.extractfile(info)
                if content is not None:
                    unpacking.store(name, _exactly(content, info.size), info.size)
    except tarfile.TarError as error:
        unpacking.problem("corrupt", str(error) or type(error).__name__)


def _exactly(content: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left > 0:
        chunk = content.read(min(left, CHUNK))
        if not chunk:
            raise tarfile.ReadError("the archive ends early")
        left -= len(chunk)
        yield chunk


def _name(name: str) -> str:
    """tar says no code either: what is not UTF-8 is judged like the names of a zip."""
    raw = name.encode("utf-8", "surrogateescape")
    return raw.decode(guess_codec([raw]), "replace")


class _Info(tarfile.TarInfo):
    """Refuses extended headers of absurd size instead of reading them into memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _LONG and self.size > _HEADER_LIMIT:
            raise LimitReached
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]  # not in typeshed


class _Stream(io.RawIOBase):
    """Chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        wanted = len(self._rest) if size is None or size < 0 else size
        piece, self._rest = self._rest[:wanted], self._rest[wanted:]
        return piece
