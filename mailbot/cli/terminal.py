"""What every command shares: its options, and the way it prints."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from mailbot.cli.logs import unseen

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file (else MAILBOT_CONFIG)."),
]
# Accepted after every command (CONTRACT, Command line), also by those that read no settings.
UnreadConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Accepted everywhere; not read here."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

console = Console(highlight=False, soft_wrap=True)
progress = Console(stderr=True, highlight=False, soft_wrap=True)


def _escaped(char: str) -> str:
    """A character as JSON escapes it."""
    octets = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{octets[at]:02x}{octets[at + 1]:02x}" for at in range(0, len(octets), 2))


def plain(text: object) -> Text:
    """Foreign text for the terminal: control characters cannot move the cursor, markup is none."""
    return Text("".join(char if char.isprintable() else "·" for char in str(text)))


def print_json(document: Any) -> None:
    """One JSON document on stdout, UTF-8 whatever the locale says.

    JSON leaves C1 controls and bidirectional marks as they are; a terminal would obey them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    text = text.translate({ord(char): _escaped(char) for char in unseen(text)})
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()
