"""Prints what reading a form costs by format, and what the installation weighs.

    python tests/benchmarks/form_readers.py FILE…

Every file is read in a process of its own, five times: the median time, and the process' peak
resident memory (imports included). Pictures and scans need the extra `ocr`. Installation: the
octets of every distribution that mailbot (and each extra) asks for, as installed here.
"""

import json
import re
import statistics
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_CHILD = """
import json, resource, sys, tempfile, time
from pathlib import Path
from mailbot.inspection.tree import Task, inspect_file
path, folder = Path(sys.argv[1]), tempfile.TemporaryDirectory()
task = Task(path, path.name, Path(folder.name))
spent = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    inspected = inspect_file(task)
    spent.append(time.perf_counter() - start)
cells = sum(len(grid.cells) for grid in inspected.grids)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps([inspected.format, cells, spent, peak]))
"""
_RUNS = 5
_SLOW = {".jpg", ".jpeg", ".png"}  # seconds each: read once


def main(paths: list[Path]) -> None:
    """The two tables."""
    print(f"{'format':<14} {'cells':>6} {'ms':>8} {'peak MB':>8}  file")
    for path in paths:
        runs = 1 if path.suffix.lower() in _SLOW else _RUNS
        command = [sys.executable, "-c", _CHILD, str(path), str(runs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{path.name}: {done.stderr.strip().splitlines()[-1:]}")
            continue
        format, cells, spent, peak = json.loads(done.stdout.splitlines()[-1])
        median = statistics.median(spent) * 1000
        print(f"{format:<14} {cells:>6} {median:>8.1f} {peak / 1024:>8.0f}  {path.name}")
    for extra in ("", "rar", "ocr"):
        names = _needed("mailbot", extra) - (_needed("mailbot", "") if extra else set())
        size = sum(map(_weight, names))
        print(f"installation {extra or '(default)'}: {len(names)} packages, {size / 1e6:.0f} MB")


def _needed(name: str, extra: str) -> set[str]:
    """The distribution and all it asks for, as far as installed here."""
    found: set[str] = set()
    waiting = [(name, extra)]
    while waiting:
        one, wanted = waiting.pop()
        try:
            requirements = distribution(one).requires or []
        except PackageNotFoundError:
            continue
        found.add(one)
        for requirement in requirements:
            head, _, marker = requirement.partition(";")
            named = re.search(r"extra\s*==\s*['\"]([\w.-]+)['\"]", marker)
            if named and named[1] != wanted:
                continue
            match = re.match(r"[\w.-]+", head)
            needed = re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""
            if needed and needed not in found:
                waiting.append((needed, ""))
    return found


def _weight(name: str) -> int:
    files = distribution(name).files or []
    located = (Path(str(one.locate())) for one in files)
    return sum(path.stat().st_size for path in located if path.is_file())


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
