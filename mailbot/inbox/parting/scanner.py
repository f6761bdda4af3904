"""Octets of a mail to header blocks, contents and boundaries, in chunks of any size."""

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

MAX_HEADER_BLOCK = 1 << 20
# A line that starts with "--" is held until its end is seen; no boundary is longer than this.
_MAX_DELIMITER = 64 << 10
_BAD_FOLDS = 8

_LINE_END = re.compile(rb"[\r\n]")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_ANY_DELIMITER = re.compile(rb"--(?<![^\r\n]--)")
_HEADER_LINE = re.compile(rb"[!-9;-~]*:|[ \t]")
# `Subject : x` is obsolete and must be read (RFC 5322 4.5); the stdlib's parser does not.
_SPACED_COLON = re.compile(rb"([!-9;-~]+)[ \t]+:")
_PART_FIELD = re.compile(rb"content-[a-z-]+:", re.IGNORECASE)
# Fields that show that a line which is no field was meant to continue the one before.
_KNOWN_FIELD = re.compile(
    rb"(?:content-[a-z-]+|mime-version|date|from|to|cc|subject|message-id|reply-to|sender"
    rb"|received|references|in-reply-to|return-path|delivered-to|dkim-signature|x-[a-z0-9-]+):",
    re.IGNORECASE,
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Listener(Protocol):
    """What a `Scanner` tells, in the order of the mail."""

    def begin_part(self, block: bytes) -> None:
        """A header block is over; its content follows."""

    def take(self, data: bytes) -> None:
        """Content, without the line ending that belongs to the boundary after it."""

    def meet_boundary(self, index: int, *, closing: bool) -> bool:
        """A line of `Scanner.delimiters`, with its level; True when a part's header follows."""

    def meet_unannounced(self, delimiter: bytes) -> int:
        """A boundary line that no header named, where a first one was due: its level."""

    def note(self, defect: str) -> None:
        """Something is wrong with the mail."""


class Scanner:
    """Reads lines as the stdlib's feedparser does: CRLF, LF, CR and any mix end one.

    The listener sets `delimiters` (line → the multipart's level, and whether it closes it) and
    `seeks_boundary` (a multipart has begun whose first boundary was not met yet).
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._delimiters: dict[bytes, tuple[int, bool]] = {}
        self._pattern = _ANY_DELIMITER
        self.seeks_boundary = False
        self._buffer = b""
        self._fresh = True  # the buffer starts where a line starts
        self._header: bytearray | None = bytearray()  # None while in a content
        self._at_top = True  # nothing of the mail was seen yet

    def feed(self, data: bytes | memoryview, *, final: bool = False) -> None:
        """Take the next octets; `final` ends the mail."""
        self._buffer += bytes(data)
        position: int | None = 0
        done = 0
        while position is not None and done < len(self._buffer):
            if self._header is None:
                position, done = self._read_content(done, final=final)
            else:
                position = self._read_header_line(self._header, done, final=final)
                done = done if position is None else position
        self._buffer = self._buffer[done:]
        if final and self._header is not None:
            self._end_header(self._header)

    @property
    def delimiters(self) -> Mapping[bytes, tuple[int, bool]]:
        """Line → level, closing."""
        return self._delimiters

    @delimiters.setter
    def delimiters(self, delimiters: Mapping[bytes, tuple[int, bool]]) -> None:
        self._delimiters = dict(delimiters)
        lines = b"|".join(re.escape(line[2:]) for line in delimiters)
        # The literal start lets the matcher skip; possessive blanks keep it from backtracking.
        self._pattern = re.compile(
            rb"--(?<![^\r\n]--)(?:%s)[ \t]*+(?:--[ \t]*+)?(?=[\r\n]|\Z)" % lines
        )

    def _end_header(self, header: bytearray) -> None:
        self._header = None
        self._fresh = True
        self._listener.begin_part(bytes(header))

    def _read_header_line(self, header: bytearray, start: int, *, final: bool) -> int | None:
        """Where to go on; None when more octets are needed."""
        line = self._line(start, MAX_HEADER_BLOCK, final=final)
        if line is None:
            return None
        text = line.rstrip(b"\r\n")
        next_line = start + len(line)
        if spaced := _SPACED_COLON.match(text):
            line = spaced[1] + line[spaced.end() - 1 :]
            text = line.rstrip(b"\r\n")
        if self._at_top:
            # Files saved by hand begin with empty lines, marks and mbox separators.
            if text.startswith(_BYTE_ORDER_MARK):
                return start + len(_BYTE_ORDER_MARK)
            if not text:
                return _end_of(_LINE_ENDS, self._buffer, start)
            if text.startswith((b"From ", b">From ")):
                return next_line
            self._at_top = False
        if not text:
            self._end_header(header)
            return next_line
        if self._delimiter(text) is not None:
            self._end_header(header)
            return start
        if _HEADER_LINE.match(text):
            if len(header) + len(line) <= MAX_HEADER_BLOCK:
                header += line
            else:
                self._listener.note("header_too_long")
            return next_line
        if text.startswith(b"From "):  # an mbox separator that got into a part's header
            return next_line
        folded = self._is_field_ahead(next_line, final=final) if header else False
        if folded is None:
            return None
        self._listener.note("missing_header_body_separator")
        if folded:
            header += b" " + line
            return next_line
        self._end_header(header)
        return start

    def _is_field_ahead(self, start: int, *, final: bool) -> bool | None:
        """Whether a known field follows soon: then what is no field is a badly folded one."""
        for _ in range(_BAD_FOLDS):
            line = self._line(start, MAX_HEADER_BLOCK, final=final)
            if line is None:
                return None
            if not line.strip():
                return False
            if _KNOWN_FIELD.match(line):
                return True
            start += len(line)
        return False

    def _read_content(self, start: int, *, final: bool) -> tuple[int | None, int]:
        """Pass content on up to the next boundary; (where to go on or None, done up to)."""
        buffer = self._buffer
        if not self.delimiters:
            self._listener.take(buffer[start:])
            return len(buffer), len(buffer)
        hold = len(buffer)
        for found in self._candidates(start):
            line = self._line(found, _MAX_DELIMITER, final=final)
            if line is None:
                hold = found
                break
            next_line = found + len(line)
            text = line.rstrip(b"\r\n \t")
            delimiter = self._delimiter(text)
            if delimiter is None and self.seeks_boundary and len(text) > 2:
                following = self._line(next_line, _MAX_DELIMITER, final=final)
                if following is None:
                    hold = found
                    break
                if _PART_FIELD.match(following):
                    delimiter = (self._listener.meet_unannounced(text), False)
            if delimiter is not None:
                self._take(buffer[start : self._before_line_end(start, found)])
                self._fresh = True
                if self._listener.meet_boundary(delimiter[0], closing=delimiter[1]):
                    self._header = bytearray()
                return next_line, next_line
        if not final and hold == len(buffer):
            hold = self._last_line(start)
        # Also where the mail ends without its boundary, as the stdlib has it.
        hold = self._before_line_end(start, hold)
        if hold > start:
            self._take(buffer[start:hold])
            self._fresh = False
        return None, hold

    def _candidates(self, start: int) -> Iterator[int]:
        """Where lines begin that may be boundaries."""
        buffer = self._buffer
        # A single octet is looked for ten times as fast as two, and in base64 there is none.
        found = buffer.find(b"-", start)
        if found >= 0:
            found = buffer.find(b"--", found)  # many times faster than the pattern
        pattern = _ANY_DELIMITER if self.seeks_boundary else self._pattern  # all that is needed
        while found >= 0 and (match := pattern.search(buffer, found)):
            if match.start() > start or self._fresh:
                yield match.start()
            found = match.end()

    def _last_line(self, start: int) -> int:
        """Where the unfinished last line begins if it may yet become a boundary."""
        buffer = self._buffer
        last = max(buffer.rfind(b"\n", start), buffer.rfind(b"\r", start)) + 1 or start
        starts_line = last > start or self._fresh
        tail = buffer[last : last + _MAX_DELIMITER + 1]
        may_be = b"--".startswith(tail[:2]) and len(tail) <= _MAX_DELIMITER
        return last if starts_line and may_be else len(buffer)

    def _take(self, data: bytes) -> None:
        if data:
            self._listener.take(data)

    def _line(self, start: int, limit: int, *, final: bool) -> bytes | None:
        """The line at `start` with its ending; None when its end is not here yet."""
        buffer = self._buffer
        match = _LINE_END.search(buffer, start)
        if match is None:
            return buffer[start:] if final or len(buffer) - start > limit else None
        end = match.end()
        if buffer[end - 1 : end] == b"\r":
            if end == len(buffer) and not final:
                return None  # a "\n" may follow
            if buffer[end : end + 1] == b"\n":
                end += 1
        return buffer[start:end]

    def _delimiter(self, line: bytes) -> tuple[int, bool] | None:
        """Which level's boundary a line is, and whether it closes that level."""
        if not line.startswith(b"--"):
            return None
        line = line.rstrip(b" \t")
        known = self.delimiters.get(line)
        if known is None and line.endswith(b"--"):
            # RFC 2046 5.1.1 wants no blanks before the closing "--"; a boundary that ends in
            # blanks (against the same section) has them there.
            level, closing = self.delimiters.get(line[:-2].rstrip(b" \t"), (0, True))
            known = None if closing else (level, True)
        return known

    def _before_line_end(self, start: int, position: int) -> int:
        """Where the line before `position` ends: its line ending belongs to a boundary after."""
        buffer = self._buffer
        if position > start and buffer[position - 1] in b"\r\n":
            position -= 1
            if position > start and buffer[position - 1 : position + 1] == b"\r\n":
                position -= 1
        return position


def _end_of(run: re.Pattern[bytes], buffer: bytes, start: int) -> int:
    match = run.match(buffer, start)
    return match.end() if match else start
