"""`mailbot` as its users call it, in a process of its own or, a second sooner, in this one.

What a process shows that a call does not: that the interpreter starts, the exit code reaches the
shell, nothing else stands on stdout, signals, locks. Tests that are about these say `process`.
"""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from mailbot.cli import main
from make.office import OUR_ADDRESS


def mailbot(
    *arguments: str, cwd: Path, process: bool = False, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command's exit code and its two streams, whatever it did."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    command = [sys.executable, "-m", "mailbot", *arguments]
    if process:
        return subprocess.run(
            command,
            cwd=cwd,
            capture_output=True,
            timeout=300,
            check=False,
            env=clean | environment,
        )
    # Bytes, since the commands write to sys.stdout.buffer as well; kept open, since a log handler
    # may hold the stream for longer than the call.
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, clean | environment, clear=True),
        patch.object(sys, "argv", ["mailbot", *arguments]),
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
        _logging_as_it_was(),
    ):
        code = _exit_code()
    said = [stream.buffer for stream in (out, err)]
    stdout, stderr = (one.getvalue() for one in said if isinstance(one, io.BytesIO))
    return subprocess.CompletedProcess(command, code, stdout, stderr)


def a_shadow_office(folder: Path, raw: bytes) -> Path:
    """A folder with settings and one mail of 3 July 2017, taken in; nothing is sent from it."""
    (folder / "mail").mkdir()
    (folder / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\nsettle_seconds = 0\n"
        f"[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n"
    )
    mail = folder / "mail" / "1.eml"
    mail.write_bytes(raw)
    os.utime(mail, (1499050000, 1499050000))
    assert mailbot("tick", cwd=folder).returncode == 0
    return folder


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    raise AssertionError("main() ends by SystemExit")


@contextmanager
def _logging_as_it_was() -> Iterator[None]:
    """The command sets up logging for a process that is its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
