"""zip, as read by its directory; the data by readers of our own, since the stdlib knows neither
Deflate64, PPMd, zstd, XZ nor AES, and refuses names that differ between directory and header.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from mailbot.formats.archives.codecs import DAMAGE, ZIP_METHODS, DamagedData, UnsupportedMethod
from mailbot.formats.archives.members import CHUNK, Unpacking, clean_path
from mailbot.formats.archives.names import decode_names, unicode_path
from mailbot.formats.archives.zip_decryption import AES_METHOD, WrongPassword, aes_method, decrypt
from mailbot.formats.archives.zip_directory import is_of_a_member, open_zip

_ENCRYPTED, _UTF8 = 0x1, 0x800
_LOCAL = struct.Struct("<4s5H3L2H")
_SLOW_FROM = 4 << 20
# APPNOTE 4.4.5: methods of PKZIP before 1993, and of others, that no library here decodes.
_METHOD_NAMES = {
    1: " Shrink",
    **dict.fromkeys(range(2, 6), " Reduce"),
    6: " Implode",
    10: " PKWARE Implode",
    94: " MP3",
    96: " JPEG",
    97: " WavPack",
}
_SYMLINK, _DEVICES = 0o120000, (0o010000, 0o020000, 0o060000, 0o140000)


def unpack_zip(
    file: BinaryIO, starts: Sequence[int], passwords: Sequence[str], unpacking: Unpacking
) -> None:
    """Every file of a zip; `starts` are where its volumes begin in `file`.

    Faults go to `unpacking`; raises what the directory's reader raises (zipfile.BadZipFile …).
    """
    with open_zip(file) as archive:
        infos = archive.infolist()
        if len(starts) <= 2 and is_of_a_member(file, infos, archive.start_dir):
            raise zipfile.BadZipFile("the directory is that of a member; its own is missing")
        shift = _shift(file, archive.start_dir) if len(starts) > 2 else 0
    names = _names(infos)
    for info, name in zip(infos, names, strict=True):
        kind = info.external_attr >> 16 & 0o170000 if info.create_system == 3 else 0
        if name.endswith(("/", "\\")) or kind == 0o040000:
            continue
        shown = clean_path(name)[0] or "（无名成员）"
        if kind == _SYMLINK or kind in _DEVICES:
            unpacking.skip(shown)
            continue
        if len(starts) > 2:
            info.header_offset += starts[min(info.volume, len(starts) - 2)] - shift
        try:
            _take(file, info, name, passwords, unpacking)
        except WrongPassword:
            unpacking.problem("encrypted", shown)
        except UnsupportedMethod as error:
            unpacking.problem("unsupported", f"{shown}（{error}）")
        except DAMAGE as error:
            unpacking.problem("corrupt", f"{shown}（{error or type(error).__name__}）")


def is_slow_to_decrypt(file: BinaryIO) -> bool:
    """Whether so much is under the traditional cipher that Python (half a MB a second) is no
    tool for it.
    """
    with open_zip(file) as archive:
        ciphered = (
            info.compress_size
            for info in archive.infolist()
            if info.flag_bits & _ENCRYPTED and info.compress_type != AES_METHOD
        )
        return sum(ciphered) > _SLOW_FROM


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The true names: the flag, the Unicode Path field, else the code that fits them all."""
    raws = {
        index: info.orig_filename.encode("cp437")
        for index, info in enumerate(infos)
        if not info.flag_bits & _UTF8
    }
    guessed = dict(zip(raws, decode_names(raws.values()), strict=True))
    return [
        unicode_path(info.extra, raws.get(index, info.orig_filename.encode()))
        or guessed.get(index, info.orig_filename)
        for index, info in enumerate(infos)
    ]


def _shift(file: BinaryIO, directory: int) -> int:
    """What zipfile added to the offsets of a split archive, taking it for one with a prefix."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    return directory - int(struct.unpack_from("<I", tail, end + 16)[0])


def _take(
    file: BinaryIO, info: zipfile.ZipInfo, name: str, passwords: Sequence[str], unpacking: Unpacking
) -> None:
    if not info.flag_bits & _ENCRYPTED:
        unpacking.store(name, _checked(_octets(file, info), info), info.compress_size)
        return
    # A wrong password passes ZipCrypto's own check once in 256 times: then the data is damaged.
    failure: Exception = WrongPassword()
    for password in passwords:
        try:
            unpacking.store(name, _checked(_octets(file, info, password), info), info.compress_size)
        except (WrongPassword, *DAMAGE) as error:
            failure = error
        else:
            return
    raise WrongPassword from failure


def _raw(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's octets as they stand in the archive."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\3\4"):
        raise DamagedData("no local header")
    fields = _LOCAL.unpack(head)
    position = info.header_offset + _LOCAL.size + fields[-2] + fields[-1]
    left = info.compress_size
    while left > 0:
        file.seek(position)
        chunk = file.read(min(left, CHUNK))
        if not chunk:
            raise DamagedData("the archive ends early")
        position += len(chunk)
        left -= len(chunk)
        yield chunk


def _octets(file: BinaryIO, info: zipfile.ZipInfo, password: str | None = None) -> Iterator[bytes]:
    method, chunks = info.compress_type, _raw(file, info)
    if password is not None:
        check = info._raw_time >> 8 if info.flag_bits & 0x8 else info.CRC >> 24  # type: ignore[attr-defined]  # the only place zipfile keeps it
        chunks = decrypt(chunks, info.extra, method, password, check & 255, info.compress_size)
    if method == AES_METHOD:
        method = aes_method(info.extra)
    if method not in ZIP_METHODS:
        raise UnsupportedMethod(f"压缩方法{method}{_METHOD_NAMES.get(method, '')}")
    return ZIP_METHODS[method](chunks, info.file_size)


def _checked(chunks: Iterator[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The octets, with size and CRC-32 asked at the end (AE-2 has no CRC: it states 0)."""
    size = crc = 0
    for chunk in chunks:
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size != info.file_size:
        raise DamagedData(f"{size}字节，应为{info.file_size}字节")
    if crc != info.CRC and not (info.compress_type == AES_METHOD and info.CRC == 0):
        raise DamagedData("CRC")
