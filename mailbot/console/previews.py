"""Previews for the pages: those that are there, and those that a confined worker has yet to draw.

The web process itself decodes nothing that a unit sent. The worker is started when something has to
be drawn and ended when nothing had to be for a while.
"""

import threading
import time
import weakref
from collections.abc import Mapping
from concurrent.futures import CancelledError
from pathlib import Path
from queue import SimpleQueue

from mailbot.inspection.ocr.boxes import Place
from mailbot.inspection.previews.drawing import draw, drawing, nothing
from mailbot.inspection.previews.store import keep_preview, preview_path
from mailbot.inspection.tasks import Task
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.model import Inspected
from mailbot.objects import at_hand

_SECONDS = 20.0  # for one preview
_MEMORY = 1536 * 1024**2
_FILE_BYTES = 64 * 1024**2
_IDLE_S = 300.0
_WAIT = 12  # requests at a time
_AGAIN_S = 24 * 3600.0  # what could not be drawn is tried again: a decoder may have been installed


class Previews:
    """Of one office's stored files; `blobs` is their folder."""

    def __init__(self, blobs: Path) -> None:
        self.blobs = blobs
        self._worker = _Worker()
        weakref.finalize(self, self._worker.close)

    def find(
        self, sha256: str, format: str, what: str, places: Mapping[str, Place] | None = None
    ) -> Path | None:
        """Where the preview lies, drawn now if it must be; None where there is none to be had.

        `places`: of crops, all that the file has. ValueError where no preview has this name.
        """
        path = preview_path(self.blobs, sha256, what)
        if path.is_file():
            return path
        task = drawing(self.blobs, sha256, format, what, places)
        if self._failed(sha256, what) or not at_hand(task.path).is_file():
            return None
        answer = self._worker.ask(task)
        if path.is_file():
            return path
        if answer is not None and not self._failed(sha256, what):
            # It ended its worker, or outlasted its time.
            keep_preview(self.blobs, sha256, nothing(what), b"")
        return None

    def ask(self, task: Task) -> Inspected | None:
        """What the confined worker answers to a task; None where it did not come to it."""
        return self._worker.ask(task)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _failed(self, sha256: str, what: str) -> bool:
        try:
            tried = preview_path(self.blobs, sha256, nothing(what)).stat().st_mtime
        except OSError:
            return False
        return time.time() - tried < _AGAIN_S


class _Worker:
    """A pool of one process, owned by a thread of its own.

    The kernel ends a worker when the thread that started it ends (`workers.parent`), and the
    threads that answer requests come and go.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_WAIT)
        self._pool: InspectionPool | None = None
        self._used = 0.0
        self._stop = threading.Event()

    def ask(self, task: Task) -> Inspected | None:
        # Who waits holds one of the threads that answer requests: some must stay free.
        if not self._waiting.acquire(timeout=_SECONDS):
            return None
        try:
            with self._lock:
                self._used = time.monotonic()
                future = (self._pool or self._start()).submit(task)
            return future.result(timeout=4 * _SECONDS)
        except (OSError, TimeoutError, CancelledError):
            return None
        finally:
            self._waiting.release()

    def close(self) -> None:
        self._stop.set()

    def _start(self) -> InspectionPool:
        """OSError where no process can be started."""
        started: SimpleQueue[InspectionPool | OSError] = SimpleQueue()

        def own() -> None:
            try:
                pool = InspectionPool(1, _SECONDS, _MEMORY, draw, _FILE_BYTES)
            except OSError as error:
                started.put(error)
                return
            started.put(pool)
            while not self._stop.wait(_IDLE_S / 10):
                with self._lock:
                    if time.monotonic() - self._used > _IDLE_S:
                        self._pool = None
                        break
            else:
                with self._lock:
                    self._pool = None
            pool.close()

        threading.Thread(target=own, name="previews", daemon=True).start()
        found = started.get()
        if isinstance(found, OSError):
            raise found
        self._pool = found
        return found
