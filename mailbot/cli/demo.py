"""`mailbot demo`: the main job on loopback, told as a story."""

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.terminal import UnreadConfigOption
from mailbot.demo.story import tell


def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Leave everything here (./mailbot-demo)."),
    ] = None,
    _config: UnreadConfigOption = None,
) -> None:
    """Run the whole job on an embedded mail server with sample mails. Nothing leaves the machine.

    Example: mailbot demo --keep /tmp/mailbot-demo
    """
    tell(keep)
