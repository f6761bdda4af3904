"""Stand-ins for `inspect_file` that misbehave as native libraries do; run in worker processes."""

import errno
import os
import resource
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Family, Fault, Inspected

PATIENCE_S = 500.0
_SEEN: list[str] = []  # by this very process


def inspect_badly(task: Task) -> Inspected:
    """Does what the file's name says; any other name is inspected as a text of no interest."""
    if task.name == "crash":
        os.abort()
    if task.name == "crash once" and not task.path.with_suffix(".met").exists():
        task.path.with_suffix(".met").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if task.name == "hang":
        time.sleep(3600)
    if task.name == "swell":
        bytearray(64 << 30)
    if task.name == "raise":
        raise RuntimeError("an error the border let through")
    if task.name == "disk full":
        raise OSError(errno.ENOSPC, "No space left on device")
    if task.name == "write":
        _write_on_and_on(task.path.with_suffix(".grown"))
    if task.name == "spin":
        resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
        while True:
            pass
    _SEEN.append(task.name)
    facts: dict[str, int] = {"pid": os.getpid()}
    if task.name.startswith("connect "):
        facts = {"errno": _connect(int(task.name.split()[1]))}
    if task.name.startswith("native connect "):
        facts = {"errno": _connect_by_a_child(int(task.name.split()[2]))}
    if task.name == "limits":
        facts = {
            "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
            "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
            "umask": os.umask(0o077),
            "inherited_sockets": _open_sockets(),
            "nice": os.nice(0),
        }
    is_damaged = task.name == "corrupt" or (task.name == "corrupt unless fresh" and len(_SEEN) > 1)
    faults = (Fault("corrupt"),) if is_damaged else ()
    return Inspected(
        task.name, "0" * 64, 0, Family.DOCUMENT, "txt", facts=dict(facts), faults=faults
    )


def inspect_murderously(task: Task) -> Inspected:
    """A file named `murder` ends the machine's own process, which started the one that reads it;
    one named `murder once` does so the first time."""
    met = task.path.with_suffix(".met")
    if task.name == "murder" or (task.name == "murder once" and not met.exists()):
        met.touch()
        parent = os.getppid()  # the process that forks readers
        stat = Path(f"/proc/{parent}/stat").read_text(encoding="utf-8").rpartition(") ")[2]
        os.kill(int(stat.split()[1]), signal.SIGKILL)
        time.sleep(3600)
    return inspect_badly(task)


def inspect_watched(task: Task) -> Inspected:
    """A file that is read slowly, and says by a file beside it that it is being read."""
    task.path.with_suffix(f".begun{time.monotonic_ns()}").touch()
    time.sleep(2)
    return inspect_badly(task)


def inspect_patiently(task: Task) -> Inspected:
    """As `inspect_file`, but a busy machine may take its time over a scan."""
    return inspect_file(replace(task, read_until=time.monotonic() + PATIENCE_S))


def _write_on_and_on(path: Path) -> None:
    block = bytes(1 << 20)
    with path.open("wb") as file:
        while True:
            file.write(block)


def _connect(port: int) -> int:
    """The errno of an attempt to reach a server on loopback; 0 where it was reached."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except OSError as error:
        return error.errno or -1
    return 0


def _connect_by_a_child(port: int) -> int:
    """The same through another program, whose code knows nothing of ours."""
    script = f"exec 3<>/dev/tcp/127.0.0.1/{port}"
    return subprocess.run(["bash", "-c", script], capture_output=True, check=False).returncode


def _open_sockets() -> int:
    """How many internet sockets this process holds."""
    found = 0
    for descriptor in range(3, 256):
        try:
            with socket.socket(fileno=os.dup(descriptor)) as each:
                found += each.family in (socket.AF_INET, socket.AF_INET6)
        except OSError:
            continue
    return found
