"""The processes in which files are inspected: a crash, hang or swelling costs one file.

Each worker is one process that holds one file at a time, so the culprit is always known. A
crashed file is tried once more in a fresh process (the old one may have been worn out, or killed
from outside) before it is called the culprit.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self

from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.confinement import FILE_BYTES, allow_cpu, confine
from mailbot.model import Family, Fault, Inspected

log = logging.getLogger(__name__)

Inspect = Callable[[Task], Inspected]

_CRASHED = Fault("crashed")
_NO_MEMORY = Fault("limit", "memory")  # also as `inspect_file` says it
_OVER = "over "  # … so many seconds: a process that was ended for it
_START_S = 60  # until a process must have started
_CORES_A_FILE = 4  # processor time is `timeout_s` on so many: wall-clock time ends a file first
_TASKS_A_PROCESS = 500  # then a fresh one: native libraries leak


class Pool(Protocol):
    """Where files are inspected; what the pipeline asks for."""

    def submit(self, task: Task) -> Future[Inspected]:
        """Inspect one file; the future raises only what is the machine's fault (disk full)."""
        ...

    def close(self) -> None:
        """Drop what has not begun, finish what has, end the processes."""
        ...


def ended_badly(inspected: Inspected) -> Fault | None:
    """The fault of a file that ended its process, outlasted its time or ate its memory."""
    for fault in inspected.faults:
        if fault in (_CRASHED, _NO_MEMORY) or (
            fault.code == "timeout" and fault.detail.startswith(_OVER)
        ):
            return fault
    return None


class _WorkerDiedError(Exception):
    """The process ended without an answer."""


class InspectionPool:
    """`workers` processes, started once, each inspecting one file at a time.

    A file that takes longer than `timeout_s` (wall clock, from when a process takes it up) comes
    back with the fault `timeout`, one that ends its process twice with `crashed`; `memory_bytes`
    bounds the address space of each process, `file_bytes` each file it writes. No process has a
    network (`confinement`). `inspect` is any importable function of a task.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout_s: float = 120,
        memory_bytes: int = 2 * 1024**3,
        inspect: Inspect = inspect_file,
        file_bytes: int = FILE_BYTES,
    ) -> None:
        self._timeout_s = timeout_s
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        limits = _Limits(memory_bytes, file_bytes, timeout_s * _CORES_A_FILE)
        self._workers = [_Worker(inspect, limits) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="inspection")

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`."""
        return self._threads.submit(self._inspect, task)

    def close(self) -> None:
        """See `Pool.close`."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.stop()

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
        try:
            for _ in range(2):
                try:
                    return worker.run(task, self._timeout_s)
                except TimeoutError:
                    return _faulty(task, Fault("timeout", f"{_OVER}{self._timeout_s:g} s"))
                except _WorkerDiedError:
                    continue
            return _faulty(task, _CRASHED)
        finally:
            self._idle.put(worker)


@dataclass(frozen=True)
class _Limits:
    memory_bytes: int
    file_bytes: int
    cpu_s: float


class _Worker:
    """One process and the pipe to it; replaced by a fresh one whenever it has ended."""

    def __init__(self, inspect: Inspect, limits: _Limits) -> None:
        self._inspect = inspect
        self._limits = limits
        self._start()

    def _start(self) -> None:
        # spawn, not fork: the parent has threads and open sockets, a forked child would share them
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, self._inspect, self._limits), daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_ready = False
        self._left = _TASKS_A_PROCESS

    def stop(self) -> None:
        """End the process at once; it holds nothing that is not on disk."""
        if self._process.pid is not None and self._process.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and what it has started
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def run(self, task: Task, timeout_s: float) -> Inspected:
        """The process's answer; TimeoutError or _WorkerDiedError leave a fresh process behind."""
        if self._left == 0:
            self._renew()
        self._await_ready()
        self._left -= 1
        try:
            self._pipe.send(task)
            if not wait([self._pipe, self._process.sentinel], timeout_s):
                self._renew()
                raise TimeoutError
            answer = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._renew()
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
            self._renew()
            raise OSError(errno.EAGAIN, "an inspection process did not start")

    def _greeted(self) -> bool:
        if self._pipe.recv() is not True:
            log.warning("inspection: this kernel does not let a worker's network be taken away")
        return True

    def _renew(self) -> None:
        self.stop()
        self._start()


def _serve(pipe: Connection, inspect: Inspect, limits: _Limits) -> None:
    """The worker process: answer task after task until the other end is gone."""
    # A stop of the service reaches the whole process group; the parent ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.setsid()
    is_confined = confine(limits.memory_bytes, limits.file_bytes)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody asks more
        pipe.send(is_confined)
        while True:
            task = pipe.recv()
            allow_cpu(limits.cpu_s)
            pipe.send(_answer(inspect, task))


def _answer(inspect: Inspect, task: Task) -> Inspected | OSError:
    try:
        return inspect(task)
    except MemoryError:
        return _faulty(task, _NO_MEMORY)
    except OSError as error:
        return OSError(error.errno, os.strerror(error.errno or 0))


def _faulty(task: Task, fault: Fault) -> Inspected:
    """What is known of a file that could not be inspected: its name, size and hash."""
    with task.path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return Inspected(
        name=task.name,
        sha256=digest.hexdigest(),
        size=task.path.stat().st_size,
        family=Family.UNKNOWN,
        format="unknown",
        faults=(fault,),
        referenced=task.referenced,
        blob_path=task.path,
    )


class InlinePool:
    """The same interface in this very process: no protection, no start-up cost."""

    def __init__(self, inspect: Inspect = inspect_file) -> None:
        self._inspect = inspect

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`; the work is done before this returns."""
        future: Future[Inspected] = Future()
        try:
            future.set_result(self._inspect(task))
        except OSError as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing to end."""
