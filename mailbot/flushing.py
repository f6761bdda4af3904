"""Bringing files to the disk beside the work: one mail's, while the next one is received."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor


class Flusher:
    """Flushes files that lie at their place already, in the order in which they were added.

    Nothing may name such a file as kept before the Future of its `begin` is done: what is flushed
    is there after a power cut, what is not may be there empty. One thread; made when first wanted.
    """

    def __init__(self) -> None:
        self._files: dict[Path, None] = {}
        self._folders: dict[Path, None] = {}
        self._thread: ThreadPoolExecutor | None = None

    def add(self, file: Path, *folders: Path) -> None:
        """A file was put at its place, under names that stand in these folders."""
        self._files[file] = None
        self._folders.update(dict.fromkeys(folders))

    def begin(self) -> Future[None]:
        """Flush what was added since the last time: the files, then each folder once. The Future
        raises OSError where the disk refuses."""
        files, folders = self.take()
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor  # for mails, not for every command

            self._thread = ThreadPoolExecutor(1, thread_name_prefix="flusher")
        return self._thread.submit(_flush, (*files, *folders))

    def take(self) -> tuple[list[Path], list[Path]]:
        """What was added since the last time, which is nothing then: files, folders."""
        taken = list(self._files), list(self._folders)
        self._files, self._folders = {}, {}
        return taken


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk; returns when they are there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush(paths: Iterable[Path]) -> None:
    for path in paths:
        flush(path)
