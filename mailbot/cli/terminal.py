"""What every command shares: its options, and the way it prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailbot.cli.logs import unseen

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings file (else MAILBOT_CONFIG).",
)
# Accepted after every command (CONTRACT, Command line), also by those that read no settings.
unread_config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    expose_value=False,
    metavar="FILE",
    help="Accepted everywhere; not read here.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
)


class Terminal:
    """One of the two streams, line by line.

    rich is imported for tables and bars alone: it takes longer to import than most commands run.
    """

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks on."""
        return (sys.stderr if self._stderr else sys.stdout).isatty()

    def print(self, line: str = "") -> None:
        """The line as it is; colours (`click.style`) only where a terminal shows them."""
        click.echo(line, err=self._stderr)

    def table(self, table: Table) -> None:
        """A table of foreign texts, as wide as the terminal."""
        self.drawing().print(table)

    def drawing(self) -> Console:
        """The same stream for what is drawn."""
        from rich.console import Console

        return Console(stderr=self._stderr, highlight=False, soft_wrap=True, markup=False)


console = Terminal(stderr=False)
progress = Terminal(stderr=True)


def _escaped(char: str) -> str:
    """A character as JSON escapes it."""
    octets = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{octets[at]:02x}{octets[at + 1]:02x}" for at in range(0, len(octets), 2))


def plain(text: object) -> str:
    """Foreign text for the terminal: control characters cannot move the cursor."""
    return "".join(char if char.isprintable() else "·" for char in str(text))


def print_json(document: Any) -> None:
    """One JSON document on stdout, UTF-8 whatever the locale says.

    JSON leaves C1 controls and bidirectional marks as they are; a terminal would obey them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    text = text.translate({ord(char): _escaped(char) for char in unseen(text)})
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()
