"""What a worker does for the doctor instead of inspecting: it tries what it must not be able to.

The task's name says which. Runs in the worker's own process, under its limits.
"""

import socket

from mailbot.inspection.tasks import Task
from mailbot.model import Family, Inspected

SOCKET, SWOLLEN = "socket", "memory"
_BLOCK = 64 * 1024**2
_AT_MOST = 64 * 1024**3


def try_limits(task: Task) -> Inspected:
    """Format says what could be done; MemoryError where the limit holds."""
    done = "refused"
    if task.name == SOCKET:
        try:
            socket.socket(socket.AF_INET).close()
        except OSError:
            pass
        else:
            done = SOCKET
    else:
        # Address space alone: untouched pages cost the machine nothing.
        held = [bytes(0)]
        while len(held) * _BLOCK < _AT_MOST:
            held.append(_reserve())
        done = SWOLLEN
    return Inspected(name=task.name, sha256="", size=0, family=Family.UNKNOWN, format=done)


def _reserve() -> bytes:
    return bytes(_BLOCK)
