"""The inspection task: one file and everything inside it, as plain data."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import file_digest, sha256
from pathlib import Path

from PIL import Image

from mailbot.files import Allowance, BlobStore, QuotaReached
from mailbot.formats.archives.unpack import ArchiveLimits, find_passwords, unpack
from mailbot.formats.archives.volumes import Beside, volume_format
from mailbot.formats.msg import Letter, read_msg
from mailbot.formats.smime import NotSigned, read_signed
from mailbot.formats.tnef import read_tnef
from mailbot.inbox.links.find import find_links
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import OVER_QUOTA, TOO_MANY_PARTS, split_file
from mailbot.inspection.documents.probe import READABLE, read_document
from mailbot.inspection.documents.scans import BUDGET_S, NEVER, read_document_scan, read_photo
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.media.photo import probe_photo
from mailbot.inspection.media.video import probe_video
from mailbot.inspection.previews.encoding import THUMB_SIDE, encode_jpeg
from mailbot.inspection.previews.store import THUMB, keep_preview
from mailbot.model import BODY_NAME, Attachment, Blob, Family, Fault, Inspected, Message

# The machine's faults, not the file's: raised, so that the file is tried again later.
_OUR_FAULTS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
    errno.EROFS,
    errno.EACCES,
}

# What of a mail's defects its sender should hear of.
_MAIL_FAULTS = {
    "truncated": "truncated",
    "nesting_too_deep": "limit",
    "too_many_parts": "limit",
    "skeleton_too_long": "limit",
    OVER_QUOTA: "quota",
}
_QUOTA = Fault("quota")


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


def inspect_file(task: Task) -> Inspected:
    """Everything measured of the file at `task.path` and, recursively, of what it contains.

    Never raises for what the file is: whatever a reader does not expect ends as the fault
    `corrupt` (`limit` when memory ran out). What comes out beyond its quota is not kept, and the
    fault `quota` says where. Raises OSError for faults of the machine (disk full).
    """
    if not task.read_until:
        task = replace(task, read_until=time.monotonic() + BUDGET_S)
    quota = task.limits.quota
    return _inspect(task, BlobStore(task.blobs, Allowance(quota.octets, quota.files)))


def _inspect(task: Task, store: BlobStore) -> Inspected:
    size = task.path.stat().st_size
    plain = Inspected(
        name=task.name,
        sha256=task.sha256 if task.size == size else _hash_of(task.path),
        size=size,
        family=Family.UNKNOWN,
        format="unknown",
        source=task.source,
        referenced=task.referenced,
        blob_path=task.path,
    )
    try:
        family, format_ = _type_of(task)
        plain = replace(plain, family=family, format=format_)
        probe = _PROBES.get(family)
        return probe(task, plain, store) if probe else plain
    except MemoryError:
        return replace(plain, faults=(Fault("limit", "memory"),))
    except QuotaReached:
        return replace(plain, faults=(_QUOTA,))
    except Exception as error:  # the one border: a file must not stop the bot
        if isinstance(error, OSError) and error.errno in _OUR_FAULTS:
            raise
        return replace(plain, faults=(Fault("corrupt", f"{type(error).__name__}: {error}"[:200]),))


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _type_of(task: Task) -> tuple[Family, str]:
    family, format_ = probe_type(task.path, task.name, task.declared_type)
    if family is Family.UNKNOWN and (
        whole := volume_format(task.name, [name for name, _ in task.siblings])
    ):
        return Family.ARCHIVE, whole
    return family, format_


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


def _inspect_photo(task: Task, plain: Inspected, _store: BlobStore) -> Inspected:
    def keep(image: Image.Image, orientation: int) -> None:
        thumb = encode_jpeg(image, THUMB_SIDE, orientation)
        keep_preview(task.blobs, plain.sha256, THUMB, thumb)

    show = keep if task.previews else None
    facts, faults = probe_photo(task.path, plain.format, task.limits.photo_pixels, show)
    photo = replace(plain, facts=facts, faults=faults)
    if faults:
        return photo
    return _or_else(photo, lambda: read_photo(photo, task.path, task.blobs, task.read_until))


def _inspect_video(task: Task, plain: Inspected, _store: BlobStore) -> Inspected:
    facts, faults, format_ = probe_video(task.path, plain.format)
    return replace(plain, facts=facts, faults=faults, format=format_)


def _inspect_document(task: Task, plain: Inspected, store: BlobStore) -> Inspected:
    if plain.format not in READABLE:
        return replace(plain, faults=(Fault("unsupported", plain.format),))
    limits = task.limits
    document = read_document(
        task.path, plain.format, max_text=limits.max_text, max_pictures=limits.max_pictures
    )
    pictures = [(Path(each.source).name, each.source, each.data) for each in document.pictures]
    # A PDF is read page by page, not picture by picture.
    inner = replace(task, read_until=NEVER) if plain.format == "pdf" else task
    members, over = _octet_members(inner, pictures, store)
    whole = replace(
        plain,
        facts=document.facts,
        faults=(*document.faults, *over),
        text=document.text,
        grids=document.grids,
        members=members,
    )
    if plain.format == "pdf" and "scanned" not in whole.facts and _is_over(whole):
        return whole  # over its budget: what looks for scans and seals would take it up again
    return _or_else(
        whole, lambda: read_document_scan(whole, task.path, task.blobs, task.read_until)
    )


def _is_over(measured: Inspected) -> bool:
    return any(fault.code in ("bomb", "limit") for fault in measured.faults)


def _or_else(measured: Inspected, look: Callable[[], Inspected]) -> Inspected:
    """What looking for forms and seals adds; a picture it stumbles over must not cost the text
    and the other pictures that were read already."""
    try:
        return look()
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _OUR_FAULTS:
            raise
        return measured


def _inspect_archive(task: Task, plain: Inspected, store: BlobStore) -> Inspected:
    if task.depth >= task.limits.depth:
        return replace(plain, faults=(_too_deep(task),))
    unpacked = unpack(
        task.path,
        plain.format,
        store,
        task.limits.archive,
        task.passwords,
        {task.name: task.path, **dict(task.siblings)},
        dict(task.earlier),
    )
    inner = replace(task, limits=replace(task.limits, archive=unpacked.remaining))
    files = [(each.name, each.path, each.blob) for each in unpacked.members]
    return replace(plain, faults=unpacked.faults, members=_blob_members(inner, files, store))


def _inspect_mail(task: Task, plain: Inspected, store: BlobStore) -> Inspected:
    if task.depth >= task.limits.depth:
        return replace(plain, faults=(_too_deep(task),))
    if plain.format == "tnef":
        wrapped, files = read_tnef(task.path)
        named = [(name, name, octets) for name, octets in files]
        members, over = _octet_members(task, named, store)
        mail = _with_links(wrapped)
        return replace(plain, mail=mail, members=_with_body(members), faults=over)
    if plain.format == "msg":
        letter = read_msg(task.path)
        members, over = _letter_members(task, letter, store)
        mail = _with_links(letter.message)
        return replace(plain, mail=mail, members=members, faults=(*letter.faults, *over))
    path = task.path
    if plain.format == "p7m":
        try:
            path = Path(read_signed(path, store).path)
        except NotSigned:
            return replace(plain, faults=(Fault("encrypted", "S/MIME"),))
    message = parse_message(split_file(path, store))
    around = Around.of(message)

    def inspect(attachment: Attachment) -> Inspected:
        inner = attachment_task(around, attachment, task.blobs, task.limits)
        inner = replace(
            inner,
            passwords=(*inner.passwords, *task.passwords),  # of a mail around this one
            source=attachment.part,
            depth=max(task.depth + 1, inner.depth),
        )
        return _inspect(replace(inner, read_until=task.read_until), store)

    faults = tuple(
        Fault(_MAIL_FAULTS[each], each) for each in message.defects if each in _MAIL_FAULTS
    )
    return replace(plain, mail=message, members=mail_members(message, inspect), faults=faults)


def _with_links(message: Message) -> Message:
    """The message with the cloud links of its body, which its format's reader does not know."""
    return replace(message, links=find_links(message.html, message.text))


_Members = tuple[tuple[Inspected, ...], tuple[Fault, ...]]  # and what it says that some are missing


def _letter_members(task: Task, letter: Letter, store: BlobStore) -> _Members:
    """An Outlook message: body text, attachments, and messages attached in Outlook's own form."""
    body = body_member(letter.message)
    inner = replace(task, passwords=find_passwords(letter.message.text) or task.passwords)
    named = [(name, name, octets) for name, octets in letter.attachments]
    files, over = _octet_members(inner, named, store)
    letters = []
    for name, each in letter.letters:
        members, over_inside = _letter_members(inner, each, store)
        letters.append(
            Inspected(
                name=name,
                sha256=each.sha256,
                size=len(each.message.text.encode()),
                family=Family.MAIL,
                format="msg",
                mail=_with_links(each.message),
                members=members,
                source=name,
                faults=over_inside,
            )
        )
    return (*((body,) if body else ()), *_with_body(files), *letters), over


def _with_body(members: Iterable[Inspected]) -> tuple[Inspected, ...]:
    """The body that came out as a file (正文.rtf, 正文.html) marked as what it is."""
    return tuple(
        replace(each, name=BODY_NAME, is_body=True)
        if each.name.startswith(f"{BODY_NAME}.") and each.family is Family.DOCUMENT
        else each
        for each in members
    )


def _octet_members(
    task: Task, files: Iterable[tuple[str, str, bytes]], store: BlobStore
) -> _Members:
    """Members (name, source, octets) that came out in memory: stored, then inspected."""
    stored = []
    over: tuple[Fault, ...] = ()
    try:
        for name, source, octets in files:
            stored.append((name, source, store.put(octets)))
    except QuotaReached:
        over = (_QUOTA,)
    return _blob_members(task, stored, store), over


def _blob_members(
    task: Task, files: list[tuple[str, str, Blob]], store: BlobStore
) -> tuple[Inspected, ...]:
    """Members (name, source, blob), each inspected with the others beside it."""
    beside = Beside({name: Path(blob.path) for name, _, blob in files})
    return tuple(
        _inspect(
            replace(
                task,
                path=Path(blob.path),
                name=name,
                sha256=blob.sha256,
                size=blob.size,
                source=source,
                declared_type="",
                referenced=False,
                siblings=tuple(beside.near(name).items()),
                depth=task.depth + 1,
            ),
            store,
        )
        for name, source, blob in files
    )


def _too_deep(task: Task) -> Fault:
    return Fault("limit", f"more than {task.limits.depth} levels deep")


_PROBES: dict[Family, Callable[[Task, Inspected, BlobStore], Inspected]] = {
    Family.PHOTO: _inspect_photo,
    Family.VIDEO: _inspect_video,
    Family.DOCUMENT: _inspect_document,
    Family.ARCHIVE: _inspect_archive,
    Family.MAIL: _inspect_mail,
}
