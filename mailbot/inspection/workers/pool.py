"""The processes in which files are inspected: a crash, hang or swelling costs one file.

Each worker is one process that holds one file at a time, so the culprit is always known. What
falls over in a process that had other files before is tried once more in a fresh one before
anything is said of it: the old one may have been worn out, killed from outside, or damaged by the
file before (pyppmd 1.3 writes beyond its memory on corrupt data). So a process whose file was
corrupt takes no other.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import time
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import wait
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from mailbot.inspection.workers.confinement import FILE_BYTES
from mailbot.inspection.workers.forking import Forked, ForkServer
from mailbot.inspection.workers.serving import (
    NO_MEMORY,
    WorkerLimits,
    all_readers,
    unmeasured,
)
from mailbot.inspection.workers.spent import SPENT
from mailbot.model import Family, Fault, Inspected

if TYPE_CHECKING:
    from mailbot.inspection.tasks import Task
    from mailbot.inspection.workers.serving import Inspect

log = logging.getLogger(__name__)

_CRASHED = Fault("crashed")
_OVER = "over "  # … so many seconds: a process that was ended for it
_DAMAGE = frozenset({"corrupt", "truncated", "crashed"})
_START_S = 60  # until a process must have started
_CORES_A_FILE = 4  # processor time is `timeout_s` on so many: wall-clock time ends a file first
_TASKS_A_PROCESS = 500  # then a fresh one: native libraries leak


class Pool(Protocol):
    """Where files are inspected; what the pipeline asks for."""

    @property
    def trouble(self) -> str:
        """Why files are not inspected where the settings say; "" where they are."""
        ...

    def submit(self, task: Task) -> Future[Inspected]:
        """Inspect one file; the future raises only what is the machine's fault (disk full)."""
        ...

    def close(self) -> None:
        """Drop what has not begun, finish what has, end the processes."""
        ...


def ended_badly(inspected: Inspected) -> Fault | None:
    """The fault of a file that ended its process, outlasted its time or ate its memory."""
    for fault in inspected.faults:
        if fault in (_CRASHED, NO_MEMORY) or (
            fault.code == "timeout" and fault.detail.startswith(_OVER)
        ):
            return fault
    return None


def fell_over(inspected: Inspected) -> bool:
    """Whether a native decoder may have met what it cannot bear: its process is not to be used
    again, and what it said not to be believed if other files had been in it."""
    return any(
        fault in (_CRASHED, NO_MEMORY) or fault.code in _DAMAGE
        for one in inspected.walk()
        if one.family is not Family.MAIL  # read in Python alone; what lies in it is looked at
        for fault in one.faults
    )


class _WorkerDiedError(Exception):
    """The process ended without an answer."""


class InspectionPool:
    """Up to `workers` processes, started when there are files for them, one file at a time each.

    A file that takes longer than `timeout_s` (wall clock, from when a process takes it up) comes
    back with the fault `timeout`, one that ends its process twice with `crashed`; `memory_bytes`
    bounds the address space of each process, `file_bytes` each file it writes. No process has a
    network (`confinement`). `inspect` is any importable function of a task; none is
    `tree.inspect_file`, which needs no reader here. Without `renew_after_damage` a process goes on
    after a damaged file: for trying thousands of them.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout_s: float = 120,
        memory_bytes: int = 2 * 1024**3,
        inspect: Inspect | None = None,
        file_bytes: int = FILE_BYTES,
        *,
        renew_after_damage: bool = True,
    ) -> None:
        self._timeout_s = timeout_s
        self._renews = renew_after_damage
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        limits = WorkerLimits(memory_bytes, file_bytes, timeout_s * _CORES_A_FILE)
        self._server = ForkServer()
        self._workers = [_Worker(self._server, inspect, limits) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="inspection")

    def expect_files(self) -> None:
        """Files will come: what workers import is imported meanwhile. For a command that reads a
        few and ends, before it imports what its readers need not have, and starts a thread."""
        self._server.start_here()

    def start_early(self) -> None:
        """Files will come: what workers import is imported while the first mail is fetched. For
        a process that has connections and threads, so that no fork of it will do."""
        self._threads.submit(self._server.start)  # a thread that lives as long as the workers

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`."""
        return self._threads.submit(self._inspect, task)

    @property
    def trouble(self) -> str:
        """See `Pool.trouble`: none, it is here."""
        return ""

    def close(self) -> None:
        """See `Pool.close`."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.stop()
        self._server.close()

    def _try(self, worker: _Worker, task: Task) -> Inspected:
        try:
            return worker.run(task, self._timeout_s)
        except TimeoutError:
            return unmeasured(task, Fault("timeout", f"{_OVER}{self._timeout_s:g} s"))
        except _WorkerDiedError:
            return unmeasured(task, _CRASHED)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _inspect(self, task: Task) -> Inspected:
        worker = self._idle.get()
        begun, found = time.monotonic(), None
        try:
            found = self._tried(worker, task)
        finally:
            SPENT.add(time.monotonic() - begun, found)
            self._idle.put(worker)
        return found

    def _tried(self, worker: _Worker, task: Task) -> Inspected:
        was_fresh = worker.is_fresh
        found = self._try(worker, task)
        if not self._renews:  # what fell over is tried once more, and no more
            return self._try(worker, task) if _CRASHED in found.faults else found
        if not was_fresh and fell_over(found):
            if not worker.is_fresh:
                worker.stop()
            found = self._try(worker, task)
        elif found.faults == (_CRASHED,):  # killed from outside, for all we know
            found = self._try(worker, task)
        if fell_over(found) and not worker.is_fresh:
            worker.stop()
        return found


class _Worker:
    """One process and the pipe to it; replaced by a fresh one whenever it has ended.

    The process is started when there is a file for it.
    """

    def __init__(self, server: ForkServer, inspect: Inspect | None, limits: WorkerLimits) -> None:
        self._server = server
        self._inspect = inspect
        self._limits = limits
        self._process: Forked | None = None
        self._is_ready = False
        self._left = _TASKS_A_PROCESS

    def _start(self) -> Forked:
        self._pipe, theirs = multiprocessing.Pipe()
        try:
            self._process = self._server.fork(theirs.fileno())
        except OSError:
            self._pipe.close()
            raise
        finally:
            theirs.close()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # told when it is asked
            self._pipe.send((self._inspect, self._limits))
        return self._process

    @property
    def is_fresh(self) -> bool:
        """Whether no file was in this process yet."""
        return self._left in (0, _TASKS_A_PROCESS)

    def stop(self) -> None:
        """End the process at once, where there is one; another is started for the next file."""
        if self._process is None:
            return
        self._server.end(self._process)
        self._pipe.close()
        self._process, self._is_ready, self._left = None, False, _TASKS_A_PROCESS

    def run(self, task: Task, timeout_s: float) -> Inspected:
        """The process's answer; TimeoutError or _WorkerDiedError leave a fresh process behind."""
        if self._left == 0:
            self.stop()
        process = self._process or self._start()
        self._await_ready()
        self._left -= 1
        try:
            self._pipe.send(task)
            if not wait([self._pipe, process.ended], timeout_s):
                self.stop()
                raise TimeoutError
            answer = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.stop()
            raise _WorkerDiedError from None
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Inspected)
        return answer

    def _await_ready(self) -> None:
        """A process's start is not counted as the file's time, nor its failure as the file's."""
        if self._is_ready:
            return
        try:
            self._is_ready = self._pipe.poll(_START_S) and self._greeted()
        except (EOFError, ConnectionResetError):
            self._is_ready = False
        if not self._is_ready:
            self.stop()
            raise OSError(errno.EAGAIN, "an inspection process did not start")

    def _greeted(self) -> bool:
        if self._pipe.recv() is not True:
            log.warning("inspection: this kernel does not let a worker's network be taken away")
        return True


class InlinePool:
    """The same interface in this very process: no protection, no start-up cost."""

    def __init__(self, inspect: Inspect | None = None) -> None:
        self._inspect = inspect or all_readers()

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`; the work is done before this returns."""
        future: Future[Inspected] = Future()
        try:
            future.set_result(self._inspect(task))
        except OSError as error:
            future.set_exception(error)
        return future

    @property
    def trouble(self) -> str:
        """See `Pool.trouble`: none, it is here."""
        return ""

    def close(self) -> None:
        """Nothing to end."""
