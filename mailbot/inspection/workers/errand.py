"""A task on its way to another machine, and what that machine does with it.

The other machine gives no file to its own process: the same confined children as here read it
(`pool.InspectionPool`: no network, limits, a fresh one after damage). Octets come from the shared
folder, or from the object store, which gets what was unpacked before the answer leaves.
"""

from __future__ import annotations

import atexit
import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailbot.files import blob_path
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.inspection.previews.store import THUMB, preview_path
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.model import Inspected, Message
from mailbot.objects import ObjectStore

_CACHE_BYTES = 2 * 1024**3  # of fetched octets a machine keeps, for mails that are read again
_THUMBS_BYTES = 1024**2  # of all thumbnails of one answer: some fifty

Inspect = Callable[[Task], Inspected]


@dataclass(frozen=True, slots=True)
class Errand:
    """A task with all that another machine needs. Plain data."""

    task: Task
    confines: Confines = field(default_factory=Confines)
    readers: str = ""  # the sender's fingerprint of the readers
    store: str = ""  # an object store's address; "": the task's paths are on a shared disk
    inspect: Inspect = inspect_file


@dataclass(frozen=True, slots=True)
class Answer:
    """What another machine found; and the thumbnails, by hash, that it drew of what it decoded:
    they come along, since nobody else sees its disk."""

    found: Inspected
    thumbs: tuple[tuple[str, bytes], ...] = ()


class ReadersDifferError(Exception):
    """The other machine reads with other code or libraries: its facts would not be ours."""


class NotOnThisMachineError(Exception):
    """The shared disk is not mounted there, or under another path."""


def run_errand(errand: Errand, children: int = 1) -> Answer:
    """Inspect the file in a confined child of this process; what a dask worker is asked to do.

    `children`: how many may be at work beside each other. Raises ReadersDifferError,
    NotOnThisMachineError, what the store raises, and OSError for faults of this machine.
    """
    own = readers_fingerprint()
    if errand.readers and errand.readers != own:
        raise ReadersDifferError(f"readers {own} there, {errand.readers} here")
    pool = _children.pool(errand.confines, errand.inspect, children)
    if not errand.store:
        if not errand.task.path.exists():
            raise NotOnThisMachineError(f"{errand.task.path} is not on that machine")
        return Answer(pool.submit(errand.task).result())
    with _shelf:
        return _from_store(errand, pool)


def _from_store(errand: Errand, pool: InspectionPool) -> Answer:
    store, task = ObjectStore(errand.store), errand.task
    here = _shelf.folder

    def brought(path: Path) -> Path:
        target = blob_path(here, path.name)
        if not target.exists():
            store.get(path.name, target)
        return target

    local = replace(
        task,
        path=brought(task.path),
        blobs=here,
        siblings=tuple((name, brought(path)) for name, path in task.siblings),
        earlier=tuple((name, brought(path)) for name, path in task.earlier),
    )
    found = pool.submit(local).result()
    for one in found.walk():
        if one.blob_path is not None and one.sha256 != task.path.name:
            path = blob_path(here, one.sha256)
            if path.exists():
                store.put(path)
    return Answer(rehomed(found, task.blobs), tuple(_thumbs(found, here)))


def _thumbs(found: Inspected, here: Path) -> Iterator[tuple[str, bytes]]:
    """So many that the answer stays small: the others are drawn anew when somebody looks."""
    room = _THUMBS_BYTES
    for sha256 in dict.fromkeys(one.sha256 for one in found.walk()):
        with contextlib.suppress(FileNotFoundError):
            octets = preview_path(here, sha256, THUMB).read_bytes()
            room -= len(octets)
            if room < 0:
                return
            yield sha256, octets


def rehomed(found: Inspected, blobs: Path) -> Inspected:
    """The same facts with every path as the asking machine's folder of blobs has it."""

    def message(one: Message) -> Message:
        return replace(
            one,
            attachments=tuple(
                replace(each, blob=replace(each.blob, path=blob_path(blobs, each.blob.sha256)))
                for each in one.attachments
            ),
        )

    return replace(
        found,
        blob_path=blob_path(blobs, found.sha256) if found.blob_path is not None else None,
        mail=message(found.mail) if found.mail is not None else None,
        members=tuple(rehomed(each, blobs) for each in found.members),
    )


class _Children:
    """The confined children of this process, by limits; started by the first file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[tuple[Confines, Inspect], InspectionPool] = {}

    def pool(self, confines: Confines, inspect: Inspect, children: int) -> InspectionPool:
        with self._lock:
            pool = self._pools.get((confines, inspect))
            if pool is None:
                pool = InspectionPool(
                    children,
                    confines.timeout_s,
                    confines.memory_bytes,
                    inspect,
                    confines.file_bytes,
                )
                self._pools[confines, inspect] = pool
                atexit.register(pool.close)
            return pool


class _Shelf:
    """Where this machine keeps what it fetched; emptied when it has grown too large."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._users = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        assert self._folder is not None
        return Path(self._folder.name)

    def __enter__(self) -> None:
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="mailbot-shelf-")
            elif not self._users and _octets_in(self.folder) > _CACHE_BYTES:
                self._folder.cleanup()
                self._folder = tempfile.TemporaryDirectory(prefix="mailbot-shelf-")
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1


def _octets_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


_children, _shelf = _Children(), _Shelf()
