"""The worker process (`forking`): it answers task after task until the other end is gone.

First comes what inspects and within which limits, then tasks; each is answered by what was
measured, or by the machine's fault.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from mailbot.inspection.workers.confinement import allow_cpu, confine
from mailbot.model import Family, Fault, Inspected

if TYPE_CHECKING:
    from mailbot.inspection.tasks import Task

    Inspect = Callable[[Task], Inspected]

NO_MEMORY = Fault("limit", "memory")  # also as `inspect_file` says it


def all_readers() -> Inspect:
    """`tree.inspect_file`, which imports every reader."""
    from mailbot.inspection.tree import inspect_file

    return inspect_file


# How much nicer a worker is than who asks it: on a deadline's day all wait for the one process that
# takes mail in and answers it, and it has work for the next reader the sooner.
BEHIND = 5


@dataclass(frozen=True)
class WorkerLimits:
    """Of one worker process: address space, each file it writes, processor time a task."""

    memory_bytes: int
    file_bytes: int
    cpu_s: float


def serve(pipe: Connection) -> None:
    """Answer until nobody asks any more."""
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        inspect, limits = pipe.recv()
        inspect = inspect or all_readers()
        is_confined = confine(limits.memory_bytes, limits.file_bytes)
        os.nice(BEHIND)
        pipe.send(is_confined)
        while True:
            task = pipe.recv()
            allow_cpu(limits.cpu_s)
            pipe.send(_answer(inspect, task))


def _answer(inspect: Inspect, task: Task) -> Inspected | OSError:
    try:
        return inspect(task)
    except MemoryError:
        return unmeasured(task, NO_MEMORY)
    except OSError as error:
        return OSError(error.errno, os.strerror(error.errno or 0))


def unmeasured(task: Task, fault: Fault) -> Inspected:
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
