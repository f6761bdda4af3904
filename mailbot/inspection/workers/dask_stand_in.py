"""What is read here in place of there: everything while nobody out there does the work, and one
file apart where the workers that had it died."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from mailbot.errors import TemporaryFault
from mailbot.inspection.workers.apart import read_apart
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.pool import Pool
from mailbot.model import Inspected

if TYPE_CHECKING:
    from mailbot.inspection.tasks import Task
    from mailbot.inspection.workers.serving import Inspect

log = logging.getLogger(__name__)


class StandIn:
    """`trouble` says why it is at work for all, "" while it is not."""

    def __init__(
        self, make_local: Callable[[], Pool] | None, confines: Confines, inspect: Inspect
    ) -> None:
        self._make_local = make_local
        self._confines = confines
        self._inspect = inspect
        self._local: Pool | None = None
        self._apart = ThreadPoolExecutor(1, thread_name_prefix="read apart")
        self.trouble = ""

    def begin(self, trouble: str) -> None:
        """Said once in the log, until it is over or another one."""
        if trouble != self.trouble:
            log.warning("inspection on other machines: %s", trouble)
        self.trouble = trouble

    def is_over(self) -> None:
        """The others are at work again."""
        if self.trouble:
            log.warning("inspection on other machines goes on")
            self.trouble = ""

    def read(self, task: Task, future: Future[Inspected]) -> None:
        """By the local pool; where none is allowed the machine's fault is the answer."""
        if self._make_local is None:
            fail(future, of_the_machine(self.trouble))
            return
        self._local = self._local or self._make_local()

        def ended(inner: Future[Inspected]) -> None:
            error = inner.exception()
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(inner.result())

        self._local.submit(task).add_done_callback(ended)

    def read_apart(self, task: Task, future: Future[Inspected]) -> None:
        """One file in a process of its own, allowed or not. Workers that died say nothing of it:
        they may have been ended from outside, and each reads others beside it."""

        def tell() -> None:
            try:
                found = read_apart(task, self._confines, self._inspect)
            except Exception as error:  # noqa: BLE001 - the future tells it
                fail(future, error)
            else:
                future.set_result(found)

        log.warning("inspection on other machines: %s: its workers died; read here", task.name)
        self._apart.submit(tell)

    def close(self) -> None:
        """End the local processes."""
        self._apart.shutdown(wait=True)
        if self._local is not None:
            self._local.close()


def of_the_machine(why: str) -> TemporaryFault:
    """What the pipeline takes for the machine's fault, and tries again (errors)."""
    return TemporaryFault("workers", f"inspection on other machines: {why}")


def fail(future: Future[Inspected], error: Exception) -> None:
    """Unless it has been answered or dropped meanwhile."""
    if not future.done():
        with contextlib.suppress(Exception):
            future.set_exception(error)
