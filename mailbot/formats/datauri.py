"""Pictures written into HTML as `data:image/jpeg;base64,…` (RFC 2397) instead of attached.

The stdlib's urllib decodes a whole URL that stands in memory; here one of any length is taken
out of a body as its octets come.
"""

import re
from collections.abc import Callable
from typing import Protocol

from mailbot.formats.transfer import Base64

_START = re.compile(rb"data:(image/[a-z0-9.+-]{1,40})(?:;[a-z0-9=.-]{1,60}){0,3};base64,", re.I)
_LONGEST_START = 256
# Percent-encoded in some (`%2B`), folded in many.
_END = re.compile(rb"[^A-Za-z0-9+/=%\s]")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_MAX_PICTURES = 100  # in one text; more of them stay text


class PictureSink(Protocol):
    """Takes the content of one picture."""

    def write(self, data: bytes) -> None: ...
    def finish(self, *, truncated: bool) -> None: ...


class DataUriScanner:
    """Cuts pictures out of HTML as it comes; an empty `data:` stays where each of them was.

    `open_picture` is called with the media type.
    """

    def __init__(self, open_picture: Callable[[str], PictureSink]) -> None:
        self._open_picture = open_picture
        self._picture: PictureSink | None = None
        self._decoder = Base64()
        self._pictures = 0
        self._held = b""

    def feed(self, data: bytes, *, final: bool = False) -> bytes:
        """HTML without the pictures in it; what may begin one is held back."""
        buffer, self._held = self._held + data, b""
        text: list[bytes] = []
        while buffer:
            if self._picture is None:
                buffer = self._text(buffer, text, final=final)
            else:
                buffer = self._content(self._picture, buffer, final=final)
        return b"".join(text)

    def finish(self) -> bytes:
        """The rest; a picture that is still open ends here, truncated."""
        text = self.feed(b"", final=True)
        if self._picture is not None:
            self._end(self._picture, truncated=True)
        return text

    def _text(self, buffer: bytes, text: list[bytes], *, final: bool) -> bytes:
        start = _START.search(buffer) if self._pictures < _MAX_PICTURES else None
        if start is None:
            hold = len(buffer) if final else max(0, len(buffer) - _LONGEST_START)
            text.append(buffer[:hold])
            self._held = buffer[hold:]
            return b""
        text.append(buffer[: start.start()] + b"data:")
        self._pictures += 1
        self._picture = self._open_picture(start[1].decode("ascii").lower())
        self._decoder = Base64()
        return buffer[start.end() :]

    def _content(self, picture: PictureSink, buffer: bytes, *, final: bool) -> bytes:
        end = _END.search(buffer)
        content = buffer[: end.start()] if end else buffer
        cut = content.rfind(b"%", max(0, len(content) - 2)) if not end and not final else -1
        if cut >= 0:
            content, self._held = content[:cut], content[cut:]
        content = _PERCENT.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), content)
        picture.write(self._decoder.feed(content))
        if end is None:
            return b""
        self._end(picture, truncated=False)
        return buffer[end.start() :]

    def _end(self, picture: PictureSink, *, truncated: bool) -> None:
        picture.write(self._decoder.finish())
        picture.finish(truncated=truncated or self._decoder.truncated)
        self._picture = None
