"""Does reading this mail end the process that reads it? Tried in a process of its own.

A main process that died says nothing of what it had in hand: it may have been killed, or the power
was cut. A process that does nothing but read one mail, and ends by itself, says it of that mail.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from mailbot.inspection.workers.parent import child_command

_MEMORY_BYTES = 2 * 1024**3
_TIMEOUT_S = 120


def reading_ends(
    path: Path, *, timeout_s: float = _TIMEOUT_S, memory_bytes: int = _MEMORY_BYTES
) -> str:
    """What ended the process that read the raw mail at `path`; "" where it came through.

    Parting and parsing, as the main process does it; attachments are measured in workers anyhow.
    OSError where no process can be started: that is the machine's fault.
    """
    with tempfile.TemporaryDirectory(prefix="mailbot-probe-") as scratch:
        command = child_command(__name__, str(path), scratch, str(memory_bytes))
        with subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                code = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                return f"reading it took more than {timeout_s:g} s"
    if code == 0:
        return ""
    how = signal.Signals(-code).name if code < 0 else f"exit {code}"
    return f"reading it ended a process of its own ({how})"


def main() -> None:
    """The process itself."""
    from mailbot.files import BlobStore
    from mailbot.inbox.parting.message import parse_message
    from mailbot.inbox.parting.splitter import split_file
    from mailbot.inspection.workers.confinement import confine

    path, scratch, memory_bytes = sys.argv[1:4]
    confine(int(memory_bytes))
    parse_message(split_file(Path(path), BlobStore(Path(scratch))))


if __name__ == "__main__":
    main()
