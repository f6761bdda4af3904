"""`mailbot demo`: the main job on loopback, told as a story."""

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.terminal import UnreadConfigOption
from mailbot.errors import SettingsError

_SERVERS = {"aiosmtpd", "pymap"}  # the extra `demo`, and nothing else of mailbot needs them


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
    try:
        from mailbot.demo.story import tell
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _SERVERS:
            raise
        needed = "the demo's mail servers are not installed: pip install 'mailbot[demo]'"
        raise SettingsError(needed) from None
    tell(keep)
