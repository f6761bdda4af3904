"""What helps at the keyboard: versions, completion, errors that end with what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from make.command_line import mailbot

import mailbot as package
from mailbot.cli import remedies
from mailbot.errors import NotFoundError, PermanentFault, TemporaryFault

SOURCES = Path(package.__file__).parent


def test_the_version_comes_first_and_then_what_reads(tmp_path: Path) -> None:
    told = mailbot("--version", cwd=tmp_path).stdout.decode().splitlines()
    assert told[0] == package.__version__
    for name in ("Python 3.", "SQLite 3.", "OpenSSL", "imapclient ", "[rar]", "[ocr]"):
        assert any(name in line for line in told[1:]), name
    assert "missing" not in "".join(told)


@pytest.mark.parametrize(
    ("typed", "offered"), [("mailbot ver", "verify"), ("mailbot outbox ad", "adopt")]
)
def test_a_shell_completes_commands_and_their_commands(typed: str, offered: str) -> None:
    words = typed.split()
    environment = {
        **os.environ,
        "_MAILBOT_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    script = "import sys; sys.argv = ['mailbot']; from mailbot.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == [f"plain,{offered}"], done.stderr


def test_a_fault_ends_with_what_to_do_where_it_does_not_say_so() -> None:
    bare = TemporaryFault("mailbox_unreachable", "IMAP server x: refused")
    assert remedies.told(bare).endswith("mailbot doctor says what is wrong")
    said = PermanentFault("login_refused", "no (correct it, or run: mailbot resume)")
    assert remedies.told(said) == str(said)
    assert remedies.told(NotFoundError("no arrival 9")) == "no arrival 9"


def test_the_codes_that_have_a_remedy_are_codes() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    own = (SOURCES / "cli" / "remedies.py").read_text("utf-8")
    for code in remedies._REMEDIES:
        assert len(re.findall(f'"{code}"', text)) > len(re.findall(f'"{code}"', own)), code
