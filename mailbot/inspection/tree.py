"""The inspection task: one file and everything inside it, as plain data."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.files import Allowance, BlobStore, QuotaReached
from mailbot.formats.archives.passwords import find_passwords
from mailbot.formats.archives.volumes import Beside, volume_format
from mailbot.inspection.documents.scans import BUDGET_S, NEVER, read_document_scan, read_photo
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.tasks import (
    Around,
    Limits,
    Quota,
    Task,
    attachment_task,
    body_member,
    mail_members,
)
from mailbot.model import BODY_NAME, Attachment, Blob, Family, Fault, Inspected, Message

# The readers of a family are imported by the worker that first meets a file of it: a fresh worker
# for a photograph brings no reader of workbooks. What most files need, `workers.forking` preloads.
if TYPE_CHECKING:
    from PIL import Image

    from mailbot.formats.msg import Letter

__all__ = [
    "Around",
    "Limits",
    "Quota",
    "Task",
    "attachment_task",
    "body_member",
    "inspect_file",
    "mail_members",
]

# The machine's faults, not the file's: raised, so that the file is tried again later.
_OUR_FAULTS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
    errno.EROFS,
    errno.EACCES,
    errno.ELIBACC,  # a library of ours that is not there: `_fault_of_ours`
}

# What of a mail's defects its sender should hear of.
_MAIL_FAULTS = {
    "truncated": "truncated",
    "nesting_too_deep": "limit",
    "too_many_parts": "limit",
    "skeleton_too_long": "limit",
    "over_quota": "quota",  # inbox.parting.splitter.OVER_QUOTA
}
_QUOTA = Fault("quota")


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
        if ours := _fault_of_ours(error):
            raise ours from error
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


def _inspect_photo(task: Task, plain: Inspected, _store: BlobStore) -> Inspected:
    from mailbot.inspection.media.photo import probe_photo

    decoded: list[Image.Image] = []

    def keep(image: Image.Image, orientation: int) -> None:
        if plain.format == "jpeg":  # small; of other formats it is the whole picture
            decoded.append(image)
        if not task.previews:
            return
        from mailbot.inspection.previews.encoding import THUMB_SIDE, encode_jpeg
        from mailbot.inspection.previews.store import THUMB, keep_preview

        thumb = encode_jpeg(image, THUMB_SIDE, orientation)
        keep_preview(task.blobs, plain.sha256, THUMB, thumb)

    facts, faults = probe_photo(task.path, plain.format, task.limits.photo_pixels, keep)
    photo = replace(plain, facts=facts, faults=faults)
    if faults:
        return photo
    small = decoded[0] if decoded else None
    return _or_else(photo, lambda: read_photo(photo, task.path, task.blobs, task.read_until, small))


def _inspect_video(task: Task, plain: Inspected, _store: BlobStore) -> Inspected:
    from mailbot.inspection.media.video import probe_video

    facts, faults, format_ = probe_video(task.path, plain.format)
    return replace(plain, facts=facts, faults=faults, format=format_)


def _inspect_document(task: Task, plain: Inspected, store: BlobStore) -> Inspected:
    from mailbot.inspection.documents.probe import READABLE, read_document

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
    except Exception as error:  # OpenCV and onnxruntime raise at will
        if ours := _fault_of_ours(error):
            raise ours from error
        return measured


def _fault_of_ours(error: Exception) -> OSError | None:
    """A fault of this machine is not blamed on the file: a full disk, or a library of ours that
    is not there (half an upgrade), which the process that asked is told as ELIBACC."""
    if isinstance(error, ImportError):
        return OSError(errno.ELIBACC, str(error))
    return error if isinstance(error, OSError) and error.errno in _OUR_FAULTS else None


def _inspect_archive(task: Task, plain: Inspected, store: BlobStore) -> Inspected:
    if task.depth >= task.limits.depth:
        return replace(plain, faults=(_too_deep(task),))
    from mailbot.formats.archives.unpack import unpack

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
        from mailbot.formats.tnef import read_tnef

        wrapped, files = read_tnef(task.path)
        named = [(name, name, octets) for name, octets in files]
        members, over = _octet_members(task, named, store)
        mail = _with_links(wrapped)
        return replace(plain, mail=mail, members=_with_body(members), faults=over)
    if plain.format == "msg":
        from mailbot.formats.msg import read_msg

        letter = read_msg(task.path)
        members, over = _letter_members(task, letter, store)
        mail = _with_links(letter.message)
        return replace(plain, mail=mail, members=members, faults=(*letter.faults, *over))
    path = task.path
    if plain.format == "p7m":
        from mailbot.formats.smime import NotSigned, read_signed

        try:
            path = Path(read_signed(path, store).path)
        except NotSigned:
            return replace(plain, faults=(Fault("encrypted", "S/MIME"),))
    from mailbot.inbox.parting.message import parse_message
    from mailbot.inbox.parting.splitter import split_file

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
    from mailbot.inbox.links.find import find_links

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
