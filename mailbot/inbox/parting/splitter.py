"""A push MIME splitter: octets in, attachments out as blobs, a small skeleton left.

The tree is read as the stdlib's feedparser reads it (RFC 2046 5.1; the differential test names
every difference that is meant), without ever holding more than one line, one header block or
one body text. Memory is bounded by the caps, not by the mail.

No library parts a mail as it comes: the stdlib's parser and mail-parser want it whole, which took
six times as long and ten times the memory.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from mailbot.files import BlobStore, BlobWriter, QuotaReached
from mailbot.formats.names import Namer
from mailbot.inbox.parting.headers import MAX_VALUE, PartHeaders, parse_part_headers
from mailbot.inbox.parting.leaves import BodyLeaf, FileLeaf
from mailbot.inbox.parting.scanner import Scanner
from mailbot.inbox.parting.skeleton import Skeleton, SkeletonWriter
from mailbot.model import Attachment

__all__ = ["MAX_DEPTH", "MAX_PARTS", "Skeleton", "Splitter", "split_file"]

MAX_DEPTH = 50
MAX_PARTS = 1000
TOO_MANY_PARTS = "too_many_parts"  # a defect of the mail, and of the attachment that is the rest
OVER_QUOTA = "over_quota"  # a defect: the parts from there on are not stored
_READ = 256 << 10
_BODY_TYPES = ("text/plain", "text/html")
_TEXT = parse_part_headers(b"")
_WHOLE_MAIL = parse_part_headers(b"Content-Type: message/rfc822\r\n")


@dataclass(slots=True)
class _Multipart:
    """A multipart whose parts are being read."""

    headers: PartHeaders
    delimiter: bytes
    parts: int = 0
    closed: bool = False


def split_file(path: Path, blobs: BlobStore) -> Skeleton:
    """Split a mail that rests in a file. Where the store's allowance ends, the mail ends."""
    splitter = Splitter(blobs)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_READ):
                splitter.feed(chunk)
        return splitter.close()
    except QuotaReached:
        return splitter.cut(OVER_QUOTA)
    finally:
        splitter.abort()


class Splitter:
    """Feed a mail in chunks of any size, then `close`; or `abort` to drop what is unfinished.

    No input raises; OSError (disk full) comes through. With `raw`, to which the same octets are
    written as they stand, the mail is hashed there and not once more here.
    """

    def __init__(self, blobs: BlobStore, raw: BlobWriter | None = None) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self._size = 0
        self._tree = _Tree(blobs)

    def feed(self, data: bytes | memoryview) -> None:
        """Take the next octets of the mail."""
        if self._raw is None:
            self._hash.update(data)
        self._size += len(data)
        self._tree.scanner.feed(data)

    def close(self) -> Skeleton:
        """End the mail: every leaf is stored, the skeleton complete."""
        self._tree.scanner.feed(b"", final=True)
        self._tree.end()
        return self._skeleton()

    def cut(self, defect: str) -> Skeleton:
        """End here, for this reason: the leaf that is not finished is dropped."""
        self._tree.abort()
        self._tree.note(defect)
        return self._skeleton()

    def _skeleton(self) -> Skeleton:
        tree = self._tree
        return Skeleton(
            raw=tree.skeleton.raw(),
            attachments=tuple(tree.attachments),
            sha256=self._raw.sha256 if self._raw else self._hash.hexdigest(),
            size=self._size,
            defects=tuple(tree.defects),
        )

    def abort(self) -> None:
        """Drop the leaf that is not finished; does nothing after `close`."""
        self._tree.abort()


class _Tree:
    """Follows the scanner through the MIME tree and decides what becomes of each leaf."""

    def __init__(self, blobs: BlobStore) -> None:
        self.scanner = Scanner(self)
        self.skeleton = SkeletonWriter()
        self.attachments: list[Attachment] = []
        self.defects: dict[str, None] = {}
        self._blobs = blobs
        self._namer = Namer()
        self._stack: list[_Multipart] = []
        self._leaf: FileLeaf | BodyLeaf | None = None
        self._headers = _TEXT  # of the leaf
        self._parts = 0
        self._is_remainder = False

    def note(self, defect: str) -> None:
        self.defects[defect] = None

    def begin_part(self, block: bytes) -> None:
        digest = self._stack and self._stack[-1].headers.content_type == "multipart/digest"
        headers = parse_part_headers(block, "message/rfc822" if digest else "text/plain")
        self._headers = headers
        if any(len(value) == MAX_VALUE for _, value in headers.fields):
            self.note("header_too_long")
        number = self._part_number()
        if headers.content_type == "message/partial":  # RFC 2046 5.2.2: the rest are other mails
            self.note("message_partial")
            self.note("truncated")
        if headers.is_multipart and len(self._stack) >= MAX_DEPTH:
            self.note("nesting_too_deep")
            self._begin_rest(block + b"\r\n")
        elif headers.is_multipart:
            delimiter = b"--" + headers.boundary.encode("utf-8", "surrogateescape")
            self._stack.append(_Multipart(headers, delimiter))
            self._know_delimiters()
            # What stands before the first boundary; body text if there never is one.
            self._leaf = BodyLeaf(_TEXT, number, self._blobs, self._namer)
            self.scanner.seeks_boundary = True
        elif _is_body(headers):
            self._leaf = BodyLeaf(headers, number, self._blobs, self._namer)
        else:
            self._leaf = FileLeaf(headers, number, self._blobs, self._namer)

    def take(self, data: bytes) -> None:
        if self._leaf is not None:
            self._leaf.feed(data)

    def meet_unannounced(self, delimiter: bytes) -> int:
        self.note("wrong_boundary")
        self._stack[-1].delimiter = delimiter
        return len(self._stack) - 1

    def meet_boundary(self, index: int, *, closing: bool) -> bool:
        level = self._stack[index]
        if level.parts == 0 and not closing and level is self._stack[-1]:
            self._drop_preamble()
            self.skeleton.multipart(level.headers, level.delimiter)
        self._end_leaf()
        if any(not inner.closed for inner in self._stack[index + 1 :]):
            self.note("missing_close_boundary")
        del self._stack[index + 1 :]
        level.closed = closing
        if level.parts or not closing:
            self.skeleton.delimiter(level.delimiter, closing=closing)
        self._know_delimiters()
        if closing:
            return False
        level.parts += 1
        self._parts += 1
        if self._parts <= MAX_PARTS:
            return True
        self.note(TOO_MANY_PARTS)
        self.scanner.delimiters = {}
        boundary = level.delimiter[2:]
        head = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n'
        self._begin_rest(head % (boundary, boundary))
        self._is_remainder = True
        return False

    def end(self) -> None:
        """The mail is over."""
        if self._end_leaf() or any(not level.closed for level in self._stack):
            self.note("truncated")
        if self.skeleton.is_full:
            self.note("skeleton_too_long")

    def abort(self) -> None:
        """Drop the leaf that is not finished."""
        if self._leaf is not None:
            self._leaf.abort()
            self._leaf = None

    def _begin_rest(self, start: bytes) -> None:
        """What is not taken apart any further is stored as a mail of its own."""
        self._headers = _WHOLE_MAIL
        self._leaf = FileLeaf(_WHOLE_MAIL, self._part_number(), self._blobs, self._namer)
        self._leaf.feed(start)

    def _part_number(self) -> str:
        """The part's position as IMAP counts it (RFC 9051 6.4.5): the only part is 1."""
        return ".".join(str(level.parts) for level in self._stack) or "1"

    def _know_delimiters(self) -> None:
        """Inner levels win; a closed one (parts after its end) yields to every open one."""
        levels = sorted(enumerate(self._stack), key=lambda item: not item[1].closed)
        self.scanner.delimiters = {
            level.delimiter + dashes: (index, bool(dashes))
            for index, level in levels
            for dashes in (b"", b"--")
        }

    def _drop_preamble(self) -> None:
        self.scanner.seeks_boundary = False
        self.abort()

    def _end_leaf(self) -> bool:
        """Store the leaf; True when its transfer encoding was cut off."""
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return False
        if self.scanner.seeks_boundary:
            self.scanner.seeks_boundary = False
            self.note("missing_boundary")
        if isinstance(leaf, FileLeaf):
            attachment = leaf.finish()
            cut = bool(attachment.defects)
            if self._is_remainder:  # of a thousand parts nobody takes the rest apart again
                attachment = replace(attachment, defects=(*attachment.defects, TOO_MANY_PARTS))
            self.attachments.append(attachment)
            self.skeleton.attachment(self._headers)
        else:
            for defect in leaf.finish():
                self.note(defect)
            self.attachments.extend(leaf.attachments)
            if not self.skeleton.body(self._headers, bytes(leaf.text)):
                self.attachments.append(leaf.as_attachment())
            cut = leaf.truncated
        if cut:
            self.note("transfer_encoding_cut")
        return cut


def _is_body(headers: PartHeaders) -> bool:
    """Text that a mail program shows in place: neither named nor offered as a file."""
    return (
        headers.content_type in _BODY_TYPES
        and headers.disposition != "attachment"
        and not headers.names
    )
