"""Files in yEnc (yenc-draft 1.3) standing in a text, as programs that post to Usenet mail them.

The library that decodes it, sabctools, is GPL.
"""

import re
from collections.abc import Callable

from mailbot.formats.uuencode import FileSink

_BEGIN = re.compile(
    rb"=ybegin (?=[^\r\n]{0,200}?\bline=(\d{1,4})\b)(?=[^\r\n]{0,200}?\bsize=\d{1,12}\b)"
    rb"[^\r\n]{0,300}?\bname=([^\r\n]{1,500}?)[ \t]*\r?\n"
)
_END = re.compile(rb"=yend [^\r\n]{0,200}?\bsize=(\d{1,12})\b")
_PART = b"=ypart "
_LINE_LIMIT = 2500  # encoders write 128 or 256 octets a line; `line=` allows 997, all escaped
_MAX_FILES = 100  # in one text; more of them stay text
_SHIFT = bytes((octet - 42) & 255 for octet in range(256))
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)


class YencScanner:
    """Cuts files in yEnc out of a text as it comes; `open_file` is called with the raw name.

    A part of a file that was cut into several (`=ypart`) comes out as a file of its own.
    """

    def __init__(self, open_file: Callable[[bytes], FileSink]) -> None:
        self._open_file = open_file
        self._file: FileSink | None = None
        self._files = 0
        self._width = 0  # encoded octets in every line but the last
        self._size = 0
        self._is_last = False
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Text without the files in it; an unfinished line is held back."""
        buffer = self._held + data
        end = buffer.rfind(b"\n") + 1
        if len(buffer) - end > _LINE_LIMIT:
            end = len(buffer)
        self._held = buffer[end:]
        return self._lines(buffer[:end])

    def finish(self) -> bytes:
        """The rest of the text; a file that is still open ends here, truncated."""
        text, self._held = self._lines(self._held), b""
        self._end(truncated=True)
        return text

    def _lines(self, block: bytes) -> bytes:
        if self._file is None and b"=ybegin " not in block:
            return block
        return b"".join(map(self._line, block.splitlines(keepends=True)))

    def _line(self, line: bytes) -> bytes:
        """What of one line is text."""
        if self._file is None:
            begin = _BEGIN.match(line)
            if begin is None or self._files == _MAX_FILES:
                return line
            self._files += 1
            self._file = self._open_file(begin[2])
            self._width, self._size, self._is_last = int(begin[1]), 0, False
            return b""
        if end := _END.match(line):
            self._end(truncated=int(end[1]) != self._size)
            return b""
        if line.startswith(_PART):
            return b""
        if self._is_last:  # and its =yend is missing
            self._end(truncated=True)
            return self._line(line)
        encoded = line.rstrip(b"\r\n")
        self._is_last = len(encoded) < self._width
        octets = _ESCAPE.sub(_unescaped, encoded).translate(_SHIFT)
        self._size += len(octets)
        self._file.write(octets)
        return b""

    def _end(self, *, truncated: bool) -> None:
        if self._file is not None:
            self._file.finish(truncated=truncated)
            self._file = None


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes(((match[1][0] - 64) & 255,))
