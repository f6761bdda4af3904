"""Raw messages at rest: what the server sent, octet for octet, durable before it is judged."""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from mailbot.errors import TemporaryFault
from mailbot.files import BlobStore
from mailbot.inbox.mailboxes.protocol import Listing, Mailbox
from mailbot.inbox.parting.splitter import Skeleton, Splitter, split_file
from mailbot.model import Blob

# Servers err by a final line end or two; what is really cut off is longer.
_SIZE_SLACK = 64
_MEGABYTE = 1024 * 1024
_LONGEST_LINE = 64 * 1024  # read at once; a longer one counts once all the same


@dataclass(frozen=True, slots=True)
class Spooled:
    """A message in the spool, and what the splitter left of it."""

    path: Path
    skeleton: Skeleton
    size: int  # octets in the file
    sha256: str  # of the file
    short: bool  # the server announced more than it sent, beyond what line ends explain
    oversize: bool  # larger than asked for: the file holds the header block alone


class Spool:
    """A folder of raw messages, each at `<sha256[:2]>/<sha256>`; same mail, same file.

    A message is there wholly and flushed to the disk, or not at all. Its attachments are in
    `blobs` by then. Where `blobs` leaves the flushing to a thread, so does the spool.
    """

    def __init__(self, folder: Path, blobs: BlobStore) -> None:
        self._raw = BlobStore(folder, flusher=blobs.flusher)
        self._blobs = blobs

    def receive(
        self,
        mailbox: Mailbox,
        listing: Listing,
        *,
        max_size: int | None = None,
        beat: Callable[[], None] | None = None,
    ) -> Spooled:
        """Streams the message into the spool and through the splitter in one pass.

        `beat` is called for every megabyte that came. Of a message larger than `max_size` octets
        only the header block is taken. Raises what the mailbox raises, MessageGone among it, and
        TemporaryFault "disk" when the spool or the blob store cannot be written to; the spool is
        then as it was.
        """
        oversize = max_size is not None and listing.size > max_size
        try:
            with ExitStack() as unfinished:
                writer = self._raw.writer()
                unfinished.callback(writer.abort)
                splitter = Splitter(self._blobs, writer)
                unfinished.callback(splitter.abort)

                def take(octets: memoryview) -> None:
                    before = writer.size
                    writer.write(octets)
                    splitter.feed(octets)
                    if beat and writer.size // _MEGABYTE > before // _MEGABYTE:
                        beat()

                if oversize:
                    take(memoryview(mailbox.fetch_header(listing)))
                else:
                    mailbox.fetch(listing, take)
                skeleton = splitter.close()
                raw = writer.finish()
            short = not oversize and _is_short(raw, listing.size)
        except OSError as error:
            raise TemporaryFault("disk", f"cannot store a message: {error}") from error
        return Spooled(Path(raw.path), skeleton, raw.size, raw.sha256, short, oversize)

    def take_up(self, path: Path, sha256: str) -> Skeleton | None:
        """`reread` of a file that still holds what was written to it. One that does not is set
        aside, never deleted (G5), so that a fresh copy can take its place; then None."""
        if _holds(path, sha256):
            return self.reread(path)
        with suppress(FileNotFoundError):
            path.replace(path.with_name(f"{path.name}.damaged-{time.time_ns()}"))
        return None

    def reread(self, path: Path) -> Skeleton:
        """Splits a spooled message again, e.g. after a crash between spooling and examining."""
        return split_file(path, self._blobs)


def _holds(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == sha256
    except OSError:  # not there, or on a bad sector
        return False


def _is_short(raw: Blob, announced: int) -> bool:
    """Whether octets are missing that line ends do not explain.

    RFC822.SIZE counts CRLF (RFC 3501 section 6.4.5), and some servers send the LF they store.
    """
    missing = announced - raw.size
    if missing <= _SIZE_SLACK:
        return False
    with Path(raw.path).open("rb") as file:
        lines = iter(lambda: file.readline(_LONGEST_LINE), b"")
        bare = sum(line.endswith(b"\n") and not line.endswith(b"\r\n") for line in lines)
    return missing > bare + _SIZE_SLACK
