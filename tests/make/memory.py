"""How much memory a command and its processes took, read from /proc while they run.

VmHWM is the peak since exec. A child's ru_maxrss would hold its parent's size from before exec.
"""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Peaks:
    """Peak resident memory in MB: of the command itself, and of every process below it."""

    code: int = -1
    output: bytes = b""
    main: float = 0.0
    below: dict[int, tuple[str, float]] = field(default_factory=dict)  # pid: what it is, MB

    @property
    def worker(self) -> float:
        """The largest process below."""
        return max((peak for _, peak in self.below.values()), default=0.0)


def run_measured(command: Sequence[str], env: Mapping[str, str], timeout: float = 600) -> Peaks:
    """Run to the end, looking fifty times a second."""
    peaks = Peaks()
    with subprocess.Popen(
        command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        give_up = time.monotonic() + timeout
        while process.poll() is None:
            peaks.main = max(peaks.main, peak_of(process.pid))
            for pid in descendants(process.pid):
                what, before = peaks.below.get(pid, (_command_of(pid), 0.0))
                peaks.below[pid] = (what, max(before, peak_of(pid)))
            if time.monotonic() > give_up:
                process.kill()
            time.sleep(0.02)
        assert process.stdout is not None
        peaks.output = process.stdout.read()
        peaks.code = process.returncode
    return peaks


def peak_of(pid: int) -> float:
    """The most a process has had, in MB; 0 where it has ended."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass
    return 0.0


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[-80:]
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    """Every descendant of a process."""
    found, look = [], [pid]
    while look:
        one = look.pop()
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                children = [int(child) for child in task.read_text().split()]
            except OSError:
                continue
            found += children
            look += children
    return found
