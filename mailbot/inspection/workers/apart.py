"""Does reading this file end the process that reads it? Tried in a process of its own, here.

The counterpart of `probe` for one file: the process does nothing but have it read in a confined
child, as any machine would; what the child cannot contain ends that process and nothing else.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.parent import child_command
from mailbot.inspection.workers.serving import unmeasured
from mailbot.model import Fault, Inspected
from mailbot.objects import at_hand

if TYPE_CHECKING:
    from mailbot.inspection.tasks import Task
    from mailbot.inspection.workers.serving import Inspect

_START_S = 120  # imports, and what a busy machine takes beside the file's own time


def read_apart(task: Task, confines: Confines, inspect: Inspect) -> Inspected:
    """What is in the file, or the fault `crashed` where reading it ended that process.

    What the file needs is brought from the store first. OSError, and what the store raises: the
    machine's faults, which say nothing of the file.
    """
    for path in (task.path, *(path for _, path in (*task.siblings, *task.earlier))):
        at_hand(path)
    with subprocess.Popen(  # noqa: S603 - our own module, no shell
        child_command(__name__),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            # Tried twice where it falls over, each time for as long as it may take.
            answer, _ = process.communicate(
                pickle.dumps((task, confines, inspect)), 2 * confines.timeout_s + _START_S
            )
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            answer = b""
    found = pickle.loads(answer) if process.returncode == 0 else None  # noqa: S301 - our own child
    if isinstance(found, OSError):
        raise found
    return found if isinstance(found, Inspected) else unmeasured(task, Fault("crashed"))


def main() -> None:
    """The process itself."""
    from mailbot.inspection.workers.pool import InspectionPool

    task, confines, inspect = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent
    found: Inspected | OSError
    with InspectionPool(
        1, confines.timeout_s, confines.memory_bytes, inspect, confines.file_bytes
    ) as pool:
        try:
            found = pool.submit(task).result()
        except OSError as error:
            found = error
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    main()
