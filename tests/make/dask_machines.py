"""A dask scheduler and its workers, each a process of its own, to be killed and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def dask_missing() -> str:
    """Why there can be no dask here; "" where there can."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        return "mailbot[dask] is not installed"
    return ""


class DaskMachines:
    """`with DaskMachines(folder) as machines:` a scheduler on loopback and `workers` workers.

    `environment` goes to all; `tls` are dask's options for certificates. A task that ended one
    worker is given up at once (in life after three), to be quick.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 2,
        environment: Mapping[str, str] | None = None,
        tls: tuple[str, ...] = (),
    ) -> None:
        self._folder = folder
        self._wanted = workers
        self._tls = tls
        self._port = free_port()
        self._environment = clean_environment() | {
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            **(environment or {}),
        }
        self._scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return f"{'tls' if self._tls else 'tcp'}://127.0.0.1:{self._port}"

    def __enter__(self) -> DaskMachines:
        self.start_scheduler()
        for _ in range(self._wanted):
            self.start_worker()
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self._scheduler):
            end(process)

    def start_scheduler(self) -> None:
        """Start it, on the port it always has."""
        self._scheduler = self._run(
            *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(self._port)),
            *("--no-dashboard", "--no-show", *(("--protocol", "tls") if self._tls else ())),
        )
        wait_for(lambda: _listens(self._port))

    def kill_scheduler(self) -> None:
        """As a power cut does."""
        end(self._scheduler)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """One more, with a nanny that starts it again when it dies."""
        worker = self._run(
            *("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-dashboard"),
            *("--local-directory", str(self._folder), "--memory-limit", "0"),
        )
        self.workers.append(worker)
        return worker

    def kill_workers(self) -> None:
        """End the processes that work (not their nannies), as the kernel does without memory."""
        for nanny in self.workers:
            for child in children(nanny.pid):
                kill(child)

    def _run(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *options, *self._tls],
            env=self._environment,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Until it is so; AssertionError after so long."""
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up, "it does not come about"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """What processes of dask get: our code and the tests', no settings, little patience."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    return clean | {
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "tests"))),
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false",
    }


def kill(pid: int) -> bool:
    """End a process as the kernel does when memory is short; whether it was there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def children(pid: int) -> list[int]:
    """Python processes that a process started (not the resource tracker)."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            with contextlib.suppress(OSError):  # ended meanwhile
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found


def end(process: subprocess.Popen[bytes] | None) -> None:
    """End a process and all that it started."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
