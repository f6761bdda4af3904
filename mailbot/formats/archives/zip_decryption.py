"""Decrypting members of a zip: the traditional cipher (APPNOTE 6.1) and WinZip's AES (AE-1, AE-2).

Only with a password that the sender wrote into the mail.

AES is pycryptodomex's. Around it no library serves: pyzipper works on zips that the stdlib's
zipfile opens, and units' zips often are not (see `zip`).
"""

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterable, Iterator

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

from mailbot.formats.archives.codecs import DamagedData

AES_METHOD = 99
_AES_FIELD = 0x9901
_TABLE = [zlib.crc32(bytes([octet ^ 0xFF])) ^ 0xFF000000 for octet in range(256)]
_TAG = 10  # octets of HMAC-SHA1 at the end


class WrongPassword(Exception):
    """No password, or not this one."""


def aes_method(extra: bytes) -> int:
    """The compression method below the AES layer; -1 where the field is missing."""
    field = _aes_field(extra)
    return field[1] if field else -1


def decrypt(
    chunks: Iterable[bytes], extra: bytes, method: int, password: str, check: int, size: int
) -> Iterator[bytes]:
    """Decrypt a member: yields its compressed octets, which are still to be decompressed.

    `size` is the number of encrypted octets. A password with Chinese characters is encoded as the
    archiver did: GBK for the traditional cipher (Windows programs), UTF-8 for AES. Raises
    WrongPassword, and DamagedData where the octets do not fit their checksum.
    """
    if method == AES_METHOD:
        return _aes(chunks, extra, password.encode(), size)
    return _traditional(chunks, password.encode("gb18030"), check)


def _aes_field(extra: bytes) -> tuple[int, int] | None:
    """Strength 1 to 3 and the true method."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind == _AES_FIELD and length >= 7 and position + 11 <= len(extra):
            _, _, strength, method = struct.unpack_from("<H2sBH", extra, position + 4)
            return strength, method
        position += 4 + length
    return None


def _aes(chunks: Iterable[bytes], extra: bytes, password: bytes, size: int) -> Iterator[bytes]:
    field = _aes_field(extra)
    if field is None or field[0] not in (1, 2, 3):
        raise DamagedData("AES")
    key_length = 8 + 8 * field[0]
    salt_length = key_length // 2
    stream = iter(chunks)
    pending = b""
    while len(pending) < salt_length + 2:
        chunk = next(stream, b"")
        if not chunk:
            raise DamagedData("AES")
        pending += chunk
    salt, verifier = pending[:salt_length], pending[salt_length : salt_length + 2]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_length + 2)
    if keys[-2:] != verifier:
        raise WrongPassword
    counter = Counter.new(128, initial_value=1, little_endian=True)
    cipher = AES.new(keys[:key_length], AES.MODE_CTR, counter=counter)
    mac = hmac.new(keys[key_length : 2 * key_length], digestmod="sha1")
    pending = pending[salt_length + 2 :]
    left = size - salt_length - 2 - _TAG
    while True:
        data, pending = pending[:left], pending[left:] if len(pending) > left else b""
        left -= len(data)
        mac.update(data)
        yield cipher.decrypt(data)
        if left <= 0:
            break
        chunk = next(stream, b"")
        if not chunk:
            raise DamagedData("AES")
        pending = chunk
    tag = pending + b"".join(stream)
    if not hmac.compare_digest(mac.digest()[:_TAG], tag[:_TAG]):
        raise DamagedData("AES")


def _traditional(chunks: Iterable[bytes], password: bytes, check: int) -> Iterator[bytes]:
    first, second, third = 0x12345678, 0x23456789, 0x34567890
    table = _TABLE  # the loop below runs once an octet: every look-up counts

    for octet in password:
        first = first >> 8 ^ table[(first ^ octet) & 255]
        second = ((second + (first & 255)) * 134775813 + 1) & 0xFFFFFFFF
        third = third >> 8 ^ table[(third ^ second >> 24) & 255]
    header = 12
    for chunk in chunks:
        clear = bytearray(chunk)
        for position, octet in enumerate(chunk):
            mixed = third | 2
            octet ^= (mixed * (mixed ^ 1)) >> 8 & 255
            clear[position] = octet
            first = first >> 8 ^ table[(first ^ octet) & 255]
            second = ((second + (first & 255)) * 134775813 + 1) & 0xFFFFFFFF
            third = third >> 8 ^ table[(third ^ second >> 24) & 255]
        if header:
            if len(clear) < header:
                raise DamagedData("encryption header")
            if clear[header - 1] != check:
                raise WrongPassword
            del clear[:header]
            header = 0
        yield bytes(clear)
