"""Files that do harm by their name, for real worker processes; all others are inspected."""

import ctypes
import time

from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Inspected


def inspect_poison(task: Task) -> Inspected:
    """A segmentation fault, a hang, or more memory than there is."""
    if task.name.startswith("segfault"):
        ctypes.string_at(0)
    if task.name.startswith("hang"):
        time.sleep(3600)
    if task.name.startswith("swell"):
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
    return inspect_file(task)
