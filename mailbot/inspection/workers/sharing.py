"""One pool for many offices: each gets its turn, however much another has sent.

The pool is handed no more than it can work on; what waits, waits here, office by office. The
next file is of the office that has had the least of the workers' time: a thousand photos of one
delay another's first by one file at most, not by a thousand. (Start-time fair queueing, Goyal,
Vin and Cheng 1996, with the time measured afterwards, since a file's cost is not known before.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from mailbot.inspection.tasks import Task
from mailbot.inspection.workers.pool import Pool
from mailbot.model import Inspected


@dataclass(slots=True, eq=False)
class _Line:
    """What one office waits for, and what it has had."""

    name: str
    waiting: deque[tuple[Task, Future[Inspected]]] = field(default_factory=deque)
    at_work: int = 0
    used_s: float = 0.0  # of the workers' time, never behind those who waited meanwhile


class SharedPool:
    """`width` files of all offices together are in `pool` at any time. Safe for threads."""

    def __init__(
        self, pool: Pool, width: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._width = width
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._lines: list[_Line] = []
        self._at_work = 0

    def share(self, name: str) -> OfficePool:
        """A pool as one office knows it. Closing it ends what this office waits for, no process."""
        line = _Line(name)
        with self._lock:
            self._lines.append(line)
        return OfficePool(self, line)

    def used_s(self) -> dict[str, float]:
        """Seconds of the workers' time by office, of the offices that are open."""
        with self._lock:
            return {line.name: line.used_s for line in self._lines}

    def close(self) -> None:
        """End the processes; what has not begun is dropped."""
        with self._lock:
            dropped = [future for line in self._lines for _, future in line.waiting]
            for line in self._lines:
                line.waiting.clear()
        for future in dropped:
            future.cancel()
        self._pool.close()

    def _submit(self, line: _Line, task: Task) -> Future[Inspected]:
        future: Future[Inspected] = Future()
        with self._lock:
            if not (line.waiting or line.at_work):
                # Who comes back is not owed the time that he did not ask for.
                busy = [one.used_s for one in self._lines if one.waiting or one.at_work]
                line.used_s = max(line.used_s, min(busy, default=line.used_s))
            line.waiting.append((task, future))
        self._hand_on()
        return future

    def _leave(self, line: _Line) -> None:
        with self._lock:
            dropped = [future for _, future in line.waiting]
            line.waiting.clear()
            if line in self._lines:
                self._lines.remove(line)
        for future in dropped:
            future.cancel()

    def _hand_on(self) -> None:
        """Give the pool as much as it can take, the least served office first."""
        while True:
            with self._lock:
                lines = [line for line in self._lines if line.waiting]
                if not lines or self._at_work >= self._width:
                    return
                # An office with files at work has already had more than is measured.
                line = min(lines, key=lambda one: (one.at_work, one.used_s))
                task, future = line.waiting.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                line.at_work += 1
                self._at_work += 1
            self._begin(line, task, future)

    def _begin(self, line: _Line, task: Task, future: Future[Inspected]) -> None:
        began = self._monotonic()

        def ended(inner: Future[Inspected] | None, error: BaseException | None = None) -> None:
            with self._lock:
                line.at_work -= 1
                self._at_work -= 1
                line.used_s += self._monotonic() - began
            try:
                if inner is not None:
                    error = inner.exception()
                if error is not None:
                    future.set_exception(error)
                elif inner is not None:
                    future.set_result(inner.result())
            finally:
                self._hand_on()

        try:
            inner = self._pool.submit(task)
        except RuntimeError as error:  # shut down meanwhile
            ended(None, error)
            return
        inner.add_done_callback(ended)


class OfficePool:
    """What one office may use of a `SharedPool`; implements `pool.Pool`."""

    def __init__(self, shared: SharedPool, line: _Line) -> None:
        self._shared = shared
        self._line = line

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`."""
        return self._shared._submit(self._line, task)

    @property
    def trouble(self) -> str:
        """See `Pool.trouble`."""
        return self._shared._pool.trouble

    def close(self) -> None:
        """Drop what this office waits for; the processes go on for the others."""
        self._shared._leave(self._line)
