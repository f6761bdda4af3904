"""Dask's own `LocalCluster` in a process of its own: scheduler, nannies, a process a worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

from make.dask_machines import children, clean_environment, end, free_port, kill

_CLUSTER = (
    "import signal, sys\n"
    "from distributed import LocalCluster\n"
    "if __name__ == '__main__':\n"
    "    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True,\n"
    "        host='127.0.0.1', scheduler_port=int(sys.argv[1]), dashboard_address=None,\n"
    "        memory_limit=0, silence_logs=50)\n"
    "    print('ready', flush=True)\n"
    "    signal.pause()\n"
)


class LocalMachines:
    """`with LocalMachines(folder) as machines:` one cluster of two workers, on one port for good.

    `seed` decides which worker dies. Dask's own settings hold, but for how long it waits.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], seed: int) -> None:
        self._script = folder / "cluster.py"
        self._script.write_text(_CLUSTER, encoding="utf-8")
        self._port = free_port()
        self._environment = clean_environment() | dict(environment)
        self._random = Random(seed)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return f"tcp://127.0.0.1:{self._port}"

    def __enter__(self) -> LocalMachines:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until its workers are there."""
        self._process = subprocess.Popen(
            [sys.executable, str(self._script), str(self._port)],
            env=self._environment,
            cwd=self._script.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        with self._process.stdout as said:
            assert said.readline() == b"ready\n"

    def stop(self) -> None:
        """End scheduler, nannies and workers at one blow, as a power cut does."""
        end(self._process)

    def kill_any_worker(self) -> bool:
        """End one of the processes that work, not its nanny; whether there was one."""
        assert self._process is not None
        alive = children(self._process.pid)
        return bool(alive) and kill(self._random.choice(alive))
