"""The skeleton of a mail: what is left once its attachments are out, small and still a mail."""

import binascii
from collections.abc import Collection
from dataclasses import dataclass
from email.message import Message

from mailbot.inbox.parting.headers import PartHeaders
from mailbot.model import Attachment

MAX_SKELETON = 16 << 20


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What is left of a mail once its attachments are out.

    `raw` is a mail again: every part's header fields, the body texts (in base64, their character
    set untouched, uuencoded files cut out), attachments empty. `sha256` and `size` are those of
    the whole mail as it was fed. Defects in use: truncated missing_close_boundary
    missing_boundary wrong_boundary missing_header_body_separator header_too_long
    nesting_too_deep too_many_parts body_too_long skeleton_too_long transfer_encoding_cut
    message_partial.
    """

    raw: bytes
    attachments: tuple[Attachment, ...]
    sha256: str
    size: int
    defects: tuple[str, ...]


class SkeletonWriter:
    """Writes the skeleton part by part; `is_full` once something did not fit any more."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self.is_full = False

    def raw(self) -> bytes:
        """The skeleton so far."""
        return bytes(self._raw)

    def attachment(self, headers: PartHeaders) -> None:
        """A part whose content is stored elsewhere."""
        self._write(_block(headers))

    def body(self, headers: PartHeaders, text: bytes) -> bool:
        """A body text, in base64 (no line of it can be taken for a boundary); False: no room."""
        replaced = ["content-transfer-encoding"]
        if headers.is_multipart:  # it had no boundary in it and is read as text
            replaced.append("content-type")
        block = _block(headers, replaced, "Content-Transfer-Encoding: base64\r\n")
        return self._write(block + (binascii.b2a_base64(text) if text else b""))

    def multipart(self, headers: PartHeaders, delimiter: bytes) -> None:
        """The headers of a multipart; the boundary it really uses is named first."""
        boundary = delimiter[2:].decode("utf-8", "surrogateescape")
        said = next((value for name, value in headers.fields if _is_type(name)), "")
        if boundary != headers.boundary or boundary != _as_the_stdlib_reads_it(said):
            rest = said.partition(";")[2].strip()
            quoted = boundary.replace("\\", "\\\\").replace('"', '\\"')
            value = f'{headers.content_type}; boundary="{quoted}"; {rest}'
            self._write(_block(headers, ["content-type"], f"Content-Type: {value}\r\n"))
        else:
            self._write(_block(headers))

    def delimiter(self, delimiter: bytes, *, closing: bool) -> None:
        """A boundary line."""
        self._write(b"\r\n" + delimiter + (b"--\r\n" if closing else b"\r\n"))

    def _write(self, data: bytes) -> bool:
        if len(self._raw) + len(data) > MAX_SKELETON:
            self.is_full = True
            return False
        self._raw += data
        return True


def _as_the_stdlib_reads_it(content_type: str) -> str | None:
    part = Message()
    part["Content-Type"] = content_type
    try:
        return part.get_boundary()
    except (LookupError, UnicodeError, ValueError):
        return None


def _is_type(name: str) -> bool:
    return name.lower() == "content-type"


def _block(headers: PartHeaders, replaced: Collection[str] = (), extra: str = "") -> bytes:
    lines = (
        f"{name}: {value}\r\n" for name, value in headers.fields if name.lower() not in replaced
    )
    return ("".join(lines) + extra + "\r\n").encode("utf-8", "surrogateescape")
