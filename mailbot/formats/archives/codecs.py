"""The compression methods of zip and of single streams, each as a function of chunks to chunks.

Every one hands out at most a few megabytes at a time, whatever one octet may swell to.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol

import inflate64
import pyppmd
from backports import zstd

from mailbot.formats.archives.members import CHUNK

_DICTIONARY_LIMIT = 256 * 1024 * 1024

Codec = Callable[[Iterable[bytes], int], Iterator[bytes]]


class UnsupportedMethod(Exception):
    """A compression method that no reader here knows."""


class DamagedData(Exception):
    """Compressed data that cannot be right."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


# What the libraries raise on damaged data.
DAMAGE = (DamagedData, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)


def _stored(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    yield from chunks


def _deflated(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in chunks:
        data = chunk
        while data and not decoder.eof:
            yield decoder.decompress(data, CHUNK)
            data = decoder.unconsumed_tail
        if decoder.eof:
            return
    yield decoder.flush()
    if not decoder.eof:
        raise DamagedData("the stream ends early")


def _deflated64(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    decoder = inflate64.Inflater()
    for chunk in chunks:
        # It has no bound of its own: one octet gives at most some 16,000.
        for start in range(0, len(chunk), 256):
            yield decoder.inflate(chunk[start : start + 256])
            if decoder.eof:
                return


def _concatenated(make: Callable[[], _Decompressor], chunks: Iterable[bytes]) -> Iterator[bytes]:
    """One stream after the other, as parallel compressors write them."""
    decoder = make()
    for chunk in chunks:
        data = chunk
        while True:
            if decoder.eof:
                if not data.strip(b"\0"):
                    break
                decoder = make()
            yield decoder.decompress(data, CHUNK)
            data = decoder.unused_data if decoder.eof else b""
            if decoder.needs_input and not decoder.eof:
                break
    if not decoder.eof:
        raise DamagedData("the stream ends early")


def _xz_decoder() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(memlimit=_DICTIONARY_LIMIT)


def _bzip2(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    yield from _concatenated(bz2.BZ2Decompressor, chunks)


def _xz(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    yield from _concatenated(_xz_decoder, chunks)


def _zstandard(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    yield from _concatenated(zstd.ZstdDecompressor, chunks)


def _lzma(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """APPNOTE 5.8.8: two octets of version, two of length, then the properties of LZMA1."""
    rest = iter(chunks)
    head = _head(rest, 9)
    length = struct.unpack_from("<H", head, 2)[0]
    properties, dictionary = struct.unpack_from("<BI", head, 4)
    if length != 5 or properties >= 225 or dictionary > _DICTIONARY_LIMIT:
        raise DamagedData("LZMA properties")
    options = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(dictionary, 4096),
        "lc": properties % 9,
        "lp": properties // 9 % 5,
        "pb": properties // 45,
    }
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])
    produced = 0
    for chunk in chain([head[9:]], rest):
        for piece in _raw_lzma(decoder, chunk):
            produced += len(piece)
            yield piece
        if produced >= size:
            return


def _raw_lzma(decoder: lzma.LZMADecompressor, data: bytes) -> Iterator[bytes]:
    while not decoder.eof:
        piece = decoder.decompress(data, CHUNK)
        yield piece
        data = b""
        if decoder.needs_input or not piece:
            return


def _ppmd(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """APPNOTE 5.10: two octets with order, memory in MB and the restore method."""
    rest = iter(chunks)
    head = _head(rest, 2)
    word = struct.unpack_from("<H", head)[0]
    decoder = pyppmd.Ppmd8Decoder((word & 15) + 1, ((word >> 4 & 255) + 1) << 20, word >> 12)
    left = size
    data = head[2:]
    while left > 0:
        piece = decoder.decode(data, min(left, CHUNK))
        left -= len(piece)
        yield piece
        data = b""
        if decoder.needs_input or not piece:
            data = next(rest, b"")
            if not data:
                break
    if left > 0:
        yield decoder.decode(b"\0", left)


def _head(chunks: Iterator[bytes], length: int) -> bytes:
    """The first octets, at least `length` of them."""
    head = b""
    while len(head) < length:
        chunk = next(chunks, b"")
        if not chunk:
            raise DamagedData("the stream ends early")
        head += chunk
    return head


def gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 1952, concatenated members too."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in chunks:
        data = chunk
        while data:
            if decoder.eof:
                if not data.strip(b"\0"):
                    break  # padding of tape archives
                decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
            yield decoder.decompress(data, CHUNK)
            data = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if not decoder.eof:
        raise DamagedData("the stream ends early")


STREAMS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gz": gunzip,
    "bz2": lambda chunks: _concatenated(bz2.BZ2Decompressor, chunks),
    "xz": lambda chunks: _concatenated(_xz_decoder, chunks),
    "zst": lambda chunks: _concatenated(zstd.ZstdDecompressor, chunks),
}

ZIP_METHODS: dict[int, Codec] = {
    0: _stored,
    8: _deflated,
    9: _deflated64,
    12: _bzip2,
    14: _lzma,
    93: _zstandard,
    20: _zstandard,
    95: _xz,
    98: _ppmd,
}
