"""Undoing content transfer encodings (RFC 2045 6) as the octets come, in any chunks.

pybase64 and the stdlib's binascii decode. Their decoders want the whole text, or chunks cut at the
right places, and stop at the first damage; what comes from a socket is cut anywhere.
"""

import binascii
import re
from typing import Protocol

import pybase64

from mailbot.formats.uuencode import UuBody

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - set(b"="))
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_DIGIT = re.compile(rb"[A-Za-z0-9+/]")
_LINE_LIMIT = 1000  # RFC 5322 2.1.1 allows 998 octets in a line
_SOFT_BREAK = re.compile(rb"=[ \t]*(?:\r\n|\r|\n)")


class Decoder(Protocol):
    """Octets in, decoded octets out; `truncated` after `finish` says that the end was cut off."""

    truncated: bool

    def feed(self, data: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


def decoder_for(encoding: str) -> Decoder:
    """The decoder for `PartHeaders.encoding`."""
    if encoding == "base64":
        return Base64()
    if encoding == "quoted-printable":
        return QuotedPrintable()
    return UuBody() if encoding == "uuencode" else AsItStands()


class AsItStands:
    """7bit, 8bit, binary, and encodings nobody knows."""

    truncated = False

    def feed(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Base64:
    """Base64; what is not of its alphabet is skipped (RFC 2045 6.8).

    After a padding the content should be over. Some mailers pad every line or join encoded
    pieces, and gateways add footers: so from there on only lines that are base64 through and
    through are decoded, and the first other one ends the content.
    """

    truncated = False

    def __init__(self) -> None:
        self._rest = b""  # less than one group
        self._padded = False
        self._ended = False
        self._line = b""

    def feed(self, data: bytes) -> bytes:
        decoded = []
        position = 0
        while not self._padded:
            pad = data.find(b"=", position)
            if pad < 0 and (lines := data.rfind(b"\n") + 1) > position:
                octets = _whole_groups(self._rest + data[position:lines])
                if octets is not None:
                    decoded.append(octets)
                    self._rest, position = b"", lines
            clean = self._rest + data[position : pad if pad >= 0 else None].translate(
                None, _NOT_BASE64
            )
            usable = len(clean) & ~3
            decoded.append(pybase64.b64decode(clean[:usable], validate=True))
            self._rest = clean[usable:]
            if pad < 0:
                return b"".join(decoded)
            position = pad + 1
            if len(self._rest) > 1:
                self._padded = True
                decoded.append(pybase64.b64decode(_pad(self._rest)))
                self._rest = b""
            else:  # it pads nothing and is one more stray character
                digit = _DIGIT.search(data, position)
                position = digit.start() if digit else len(data)
        decoded.append(self._feed_lines(data[position:]))
        return b"".join(decoded)

    def finish(self) -> bytes:
        if self._padded:
            return self._feed_lines(b"\n")
        rest = self._rest
        self.truncated = bool(rest)
        # One character alone holds no whole octet.
        return pybase64.b64decode(_pad(rest)) if len(rest) > 1 else b""

    def _feed_lines(self, data: bytes) -> bytes:
        if self._ended:
            return b""
        *lines, self._line = (self._line + data).replace(b"\r", b"\n").split(b"\n")
        if len(self._line) > _LINE_LIMIT:
            lines.append(self._line)
            self._line = b""
        decoded = []
        for line in (line.strip().lstrip(b"=") for line in lines):
            if line:
                if len(line) % 4 or not _BASE64_LINE.fullmatch(line):
                    self._ended = True
                    break
                decoded.append(pybase64.b64decode(line, validate=True))
        return b"".join(decoded)


def _whole_groups(data: bytes) -> bytes | None:
    """What lines without padding hold together; None where a group goes on behind them.

    pybase64 passes over what is not of the alphabet in half the time it takes to be taken out.
    """
    try:
        return pybase64.b64decode(data)
    except ValueError:
        return None


class QuotedPrintable:
    """Quoted-printable; soft line breaks of any line ending, wrong escapes left as they stand."""

    truncated = False

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        data = self._held + data
        cut = data.rfind(b"=", max(0, len(data) - _LINE_LIMIT))
        cut = len(data) if cut < 0 else len(data[:cut].rstrip(b"="))
        if len(data) - cut > _LINE_LIMIT:
            cut = len(data)
        self._held = data[cut:]
        return _decode_quoted(data[:cut])

    def finish(self) -> bytes:
        return _decode_quoted(self._held)


def _decode_quoted(data: bytes) -> bytes:
    # The C decoder takes "=\r" without "\n" for a break that lasts to the next "\n".
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"", data))


def _pad(group: bytes) -> bytes:
    return group + b"=" * (-len(group) % 4)
