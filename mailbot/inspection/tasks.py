"""What is asked of a worker, as plain data: one file, what lies beside it, what it may cost.

No reader is imported here: who asks need not be able to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from mailbot.formats.archives.members import ArchiveLimits
from mailbot.formats.archives.passwords import find_passwords
from mailbot.formats.archives.volumes import Beside
from mailbot.model import BODY_NAME, Attachment, Family, Inspected, Message


@dataclass(frozen=True)
class Quota:
    """How much may be unpacked: octets and files, counted as they are stored."""

    octets: int = 512 * 1024**2
    files: int = 5000


@dataclass(frozen=True)
class Limits:
    """What one file, and all inside it, may cost."""

    photo_pixels: int = 200_000_000  # asked before anything is decoded
    depth: int = 8  # mails in archives in mails
    max_text: int = 200_000  # characters kept of one document
    max_pictures: int = 200  # taken out of one document
    quota: Quota = Quota()  # of all that comes out of it, at every depth
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)


@dataclass(frozen=True)
class Task:
    """One file to inspect. Plain data: it is sent to another process, or another machine."""

    path: Path
    name: str  # the sender's, decoded
    blobs: Path  # folder of the blob store, where members are put
    # Of the blob, as it was stored: believed, since reading every octet once more costs as much as
    # it cost to store them. Without them they are measured.
    sha256: str = ""
    size: int = -1
    declared_type: str = ""  # MIME type as the sender says
    passwords: tuple[str, ...] = ()  # that may open an archive
    siblings: tuple[tuple[str, Path], ...] = ()  # beside it: what may be parts of its archive
    earlier: tuple[tuple[str, Path], ...] = ()  # volumes of archives, from other mails
    referenced: bool = False  # shown by the HTML body through its Content-ID
    source: str = ""  # where inside its parent it lies
    limits: Limits = field(default_factory=Limits)
    depth: int = 0
    previews: bool = False  # whether a thumbnail of each photo is kept beside it
    read_until: float = 0.0  # time.monotonic() after which no scan is begun; 0: set on the spot


def body_member(message: Message) -> Inspected | None:
    """The text of a mail as a member named 正文, or None where there is none."""
    text = message.text.strip()
    return text_member(text, is_body=True) if text else None


def mail_members(
    message: Message, inspect: Callable[[Attachment], Inspected]
) -> tuple[Inspected, ...]:
    """A mail's body and attachments, in that order; `inspect` is asked for each attachment."""
    body = body_member(message)
    return (*((body,) if body else ()), *(inspect(each) for each in message.attachments))


@dataclass(frozen=True)
class Around:
    """What a mail tells of all its files, read once: a mail may bring a thousand of them."""

    passwords: tuple[str, ...]
    beside: Beside

    @classmethod
    def of(cls, message: Message) -> Around:
        """Passwords from its words and its files' names, and the files by name."""
        names = (Path(each.name).stem for each in message.attachments)  # `照片（密码2017）.rar`
        return cls(
            find_passwords("\n".join((message.subject, *names, message.text))),
            Beside({each.name: Path(each.blob.path) for each in message.attachments}),
        )


def attachment_task(around: Around, attachment: Attachment, blobs: Path, limits: Limits) -> Task:
    """The task for one attachment of a mail."""
    from mailbot.inbox.parting.splitter import TOO_MANY_PARTS  # where a mail is, it is imported

    return Task(
        path=Path(attachment.blob.path),
        name=attachment.name,
        blobs=blobs,
        sha256=attachment.blob.sha256,
        size=attachment.blob.size,
        declared_type=attachment.declared_type,
        passwords=around.passwords,
        siblings=tuple(around.beside.near(attachment.name).items()),
        referenced=attachment.referenced,
        limits=limits,
        # The rest of a mail with too many parts stays whole: taken apart, it would bring a
        # thousand more at each level.
        depth=limits.depth if TOO_MANY_PARTS in attachment.defects else 0,
    )


def text_member(text: str, *, is_body: bool) -> Inspected:
    """A text as a member named 正文: of a mail, or of a mail that was attached."""
    octets = text.encode("utf-8", "replace")
    return Inspected(
        name=BODY_NAME,
        sha256=sha256(octets).hexdigest(),
        size=len(octets),
        family=Family.DOCUMENT,
        format="txt",
        text=text,
        is_body=is_body,
    )
