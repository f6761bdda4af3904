"""uuencoded files (POSIX uuencode), as a transfer encoding and standing in a plain text body.

The stdlib's uu reads a file that is nothing else, and is gone from Python 3.13.
"""

import binascii
import re
from collections.abc import Callable
from typing import Protocol

_BEGIN = re.compile(rb"begin [0-7]{3,4} +(\S[^\r\n]{0,500}?)[ \t]*\r?\n")
_LINE_LIMIT = 1000
_TEXT_HELD = 1 << 16
_MAX_FILES = 100  # in one text; more of them stay text


class FileSink(Protocol):
    """Takes the content of one file found in a text."""

    def write(self, data: bytes) -> None: ...
    def finish(self, *, truncated: bool) -> None: ...


def decode_line(line: bytes) -> bytes | None:
    """One data line decoded; None when it is no uuencoded line."""
    line = line.rstrip(b"\r\n")
    if not line or not 32 <= line[0] <= 96:
        return None
    size = (line[0] - 32) & 63
    groups = (size + 2) // 3 * 4
    encoded = line[1:]
    # Trailing blanks get lost on the way; some encoders add a check character.
    if len(encoded) > groups + 2 or (len(encoded) < groups and len(encoded) * 3 // 4 + 3 < size):
        return None
    if any(not 32 <= octet <= 96 for octet in encoded):
        return None
    padded = encoded[:groups].ljust(groups, b" ")
    try:
        return binascii.a2b_uu(line[:1] + padded)
    except binascii.Error:  # bits set beyond the last octet: the C decoder is strict there
        return binascii.a2b_uu(bytes([32 + groups // 4 * 3]) + padded)[:size]


class UuScanner:
    """Cuts uuencoded files out of a text as it comes.

    A file is a `begin` line followed by at least one valid data line; anything else stays text.
    `open_file` is called with the raw name.
    """

    def __init__(self, open_file: Callable[[bytes], FileSink]) -> None:
        self._open_file = open_file
        self._file: FileSink | None = None
        self._files = 0
        self._held = b""
        self._in_line = False  # what is held continues a line that was too long to hold

    def feed(self, data: bytes) -> bytes:
        """Text without the files in it; an unfinished line is held back."""
        buffer = self._held + data
        end = buffer.rfind(b"\n") + 1
        self._held = b""
        text = self._lines(buffer[:end]) if end else b""
        self._held += buffer[end:]
        if len(self._held) > _LINE_LIMIT and self._file is None:
            text, self._held, self._in_line = text + self._held, b"", True
        return text

    def finish(self) -> bytes:
        """The rest of the text; a file that is still open ends here, truncated."""
        text = self._lines(self._held + b"\n", last=True)[:-1] if self._held else b""
        if self._file is not None:
            self._file.finish(truncated=True)
            self._file = None
        return text

    def _lines(self, block: bytes, *, last: bool = False) -> bytes:
        text: list[bytes] = []
        position = 0
        while position < len(block):
            if self._file is not None:
                position = self._file_lines(self._file, block, position)
                continue
            begin = self._find_begin(block, position)
            if begin is None:
                text.append(block[position:])
                break
            data_end = block.find(b"\n", begin.end()) + 1
            if not data_end and not last:
                text.append(block[position : begin.start()])
                self._held = block[begin.start() :]
                break
            if self._files < _MAX_FILES and decode_line(block[begin.end() : data_end]):
                self._files += 1
                text.append(block[position : begin.start()])
                self._file = self._open_file(begin[1])
                position = begin.end()
            else:
                text.append(block[position : begin.end()])
                position = begin.end()
        self._in_line = False
        return b"".join(text)

    def _find_begin(self, block: bytes, position: int) -> re.Match[bytes] | None:
        while (position := block.find(b"begin ", position)) >= 0:
            starts_line = block[position - 1] == 0x0A if position else not self._in_line
            match = _BEGIN.match(block, position) if starts_line else None
            if match:
                return match
            position += 1
        return None

    def _file_lines(self, file: FileSink, block: bytes, position: int) -> int:
        while position < len(block):
            end = block.find(b"\n", position) + 1
            line = block[position:end].rstrip()
            if line == b"end":
                file.finish(truncated=False)
                self._file = None
                return end
            decoded = decode_line(block[position:end]) if line else b""
            if decoded is None:
                file.finish(truncated=True)
                self._file = None
                return position
            file.write(decoded)
            position = end
        return position


class UuBody:
    """The transfer encoding x-uuencode: the files in the body, joined, are the content.

    A body without any file in it is passed on as it stands.
    """

    truncated = False

    def __init__(self) -> None:
        self._scanner = UuScanner(self._open)
        self._out: list[bytes] = []
        self._text = b""
        self._has_file = False

    def feed(self, data: bytes) -> bytes:
        return self._take(self._scanner.feed(data), _TEXT_HELD)

    def finish(self) -> bytes:
        return self._take(self._scanner.finish(), -1)

    def _take(self, text: bytes, held: int) -> bytes:
        if not self._has_file:
            self._text += text
            if len(self._text) > held:
                self._out, self._text = [self._text], b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def _open(self, _name: bytes) -> "_Joined":
        self._has_file = True
        return _Joined(self)

    def add(self, data: bytes) -> None:
        """Take decoded octets of a file."""
        self._out.append(data)


class _Joined:
    """The sink that puts a file's octets into the body's content."""

    def __init__(self, body: UuBody) -> None:
        self._body = body

    def write(self, data: bytes) -> None:
        self._body.add(data)

    def finish(self, *, truncated: bool) -> None:
        self._body.truncated = truncated
