"""A pool that is made when the first file comes: most passes have none."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from mailbot.inspection.tasks import Task
    from mailbot.inspection.workers.pool import InspectionPool
    from mailbot.model import Inspected


class LaterPool:
    """The pool that `make` gives, made once; safe for threads."""

    def __init__(self, make: Callable[[], InspectionPool]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: InspectionPool | None = None

    def start_early(self) -> None:
        """See `InspectionPool.start_early`; nothing where the pool is there already."""
        with self._lock:
            is_new = self._made is None
        if is_new:
            self._pool().start_early()

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`."""
        return self._pool().submit(task)

    def _pool(self) -> InspectionPool:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    @property
    def trouble(self) -> str:
        """See `Pool.trouble`."""
        return self._made.trouble if self._made else ""

    def close(self) -> None:
        """See `Pool.close`."""
        if self._made is not None:
            self._made.close()
