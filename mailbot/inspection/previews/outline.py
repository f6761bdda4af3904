"""A stored mail's headers, parts and text for a person's eyes, read in a confined worker."""

import email
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message as Tree
from pathlib import Path
from tempfile import TemporaryDirectory

from mailbot.files import BlobStore
from mailbot.inbox.parting.headers import parse_part_headers
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inspection.tasks import Task
from mailbot.model import Family, Fault, Inspected, Json

_MOST = 400  # parts, and header fields, that are told
_LONG = 4000  # characters of one header field
_TEXT = 60_000


@dataclass(frozen=True)
class Outline(Task):
    """Ask for the outline of the raw mail at `path`."""


def read_outline(path: Path) -> dict[str, Json]:
    """`headers`: [name, value]; `parts`: [depth, type, name, disposition]; `text`; `defects`.

    The attachments are written to a folder of the worker's own, which goes with it.
    """
    with TemporaryDirectory(prefix="mailbot-outline-") as folder:
        skeleton = split_file(path, BlobStore(Path(folder)))
        message = parse_message(skeleton)
    parts: list[Json] = []
    for depth, part in _walk(email.message_from_bytes(skeleton.raw), 0):
        if len(parts) == _MOST:
            break
        read = parse_part_headers(_head_of(part))
        kind = part.get_content_type()
        parts.append([depth, kind, (read.names or ("",))[0][:200], read.disposition])
    return {
        "headers": [[name[:80], value[:_LONG]] for name, value in message.headers[:_MOST]],
        "parts": parts,
        "text": message.text[:_TEXT],
        "defects": list(message.defects),
    }


def _head_of(part: Tree) -> bytes:
    lines = (f"{name}: {value}" for name, value in part.raw_items())
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def _walk(part: Tree, depth: int) -> Iterator[tuple[int, Tree]]:
    yield depth, part
    if part.is_multipart() and depth < 40:
        for inner in part.get_payload():
            if isinstance(inner, Tree):
                yield from _walk(inner, depth + 1)


def outline(task: Outline) -> Inspected:
    """The answer of the worker: facts as `read_outline` says, or the fault `corrupt`."""
    answer = Inspected(name=task.name, sha256="", size=0, family=Family.MAIL, format="eml")
    try:
        return replace(answer, facts=read_outline(task.path))
    except Exception as error:  # noqa: BLE001 - no mail may end the worker
        return replace(answer, faults=(Fault("corrupt", str(error)[:200]),))
