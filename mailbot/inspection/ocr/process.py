"""The reading of a scan in a process of its own: one at a time, and gone with its gigabyte."""

import fcntl
import importlib.util
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mailbot.inspection.ocr.boxes import Place, ReadScan
from mailbot.inspection.workers.parent import child_command
from mailbot.model import Cell, Fault, Grid

_MODULES = ("cv2", "numpy", "onnxruntime", "rapidocr")
_LOOK_AGAIN_S = 0.2


@cache
def is_installed() -> bool:
    """Whether the extra `mailbot[ocr]` is there."""
    return all(importlib.util.find_spec(name) is not None for name in _MODULES)


def read_scan_apart(
    path: Path, lock: Path, until: float, pages: Sequence[int] = ()
) -> ReadScan | Fault:
    """`scan.read_scan` in a process of its own, while no other holds the lock (a folder).

    Whatever goes wrong is a fault: `timeout` when it is not done by `until` (time.monotonic),
    `crashed` when the process ended by itself, `corrupt` for what is no picture.
    """
    try:
        with _alone(lock, until):
            done = subprocess.run(  # noqa: S603 - our own module, no shell
                child_command("mailbot.inspection.ocr", str(path), *map(str, pages)),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=max(1.0, until - time.monotonic()),
                check=False,
            )
    except (TimeoutError, subprocess.TimeoutExpired):
        return Fault("timeout", "ocr")
    if done.returncode == 0:
        return _parse(json.loads(done.stdout))
    last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return Fault("corrupt" if last.startswith("ValueError") else "crashed", f"ocr: {last}"[:200])


@contextmanager
def _alone(lock: Path, until: float) -> Iterator[None]:
    """Holds the lock; TimeoutError when it is not free in time."""
    folder = os.open(lock, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError from None
                time.sleep(_LOOK_AGAIN_S)
        yield
    finally:
        os.close(folder)


def _parse(data: dict[str, Any]) -> ReadScan:
    grids = tuple(
        Grid(
            grid["title"],
            tuple(_cell(cell) for cell in grid["cells"]),
            is_table=grid["is_table"],
        )
        for grid in data["grids"]
    )
    places: dict[str, Place] = {where: tuple(place) for where, place in data["places"].items()}
    return ReadScan(grids, places, data["seal"], tuple(map(tuple, data["seal_places"])))


def _cell(data: dict[str, Any]) -> Cell:
    """JSON has no tuples, and a cell is a key of dictionaries: a list in it cannot be one."""
    return Cell(**data | {"doubts": tuple(data["doubts"])})
