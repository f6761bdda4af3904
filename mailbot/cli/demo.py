"""`mailbot demo`: the main job on loopback, told as a story."""

from pathlib import Path

import click

from mailbot.cli.terminal import console, plain, unread_config_option
from mailbot.errors import SettingsError

_SERVERS = {"aiosmtpd", "pymap"}  # the extra `demo`, and nothing else of mailbot needs them


@click.command("demo")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Leave everything here (./mailbot-demo).",
)
@click.option(
    "--console", "with_console", is_flag=True, help="Then open the console on it, until Ctrl-C."
)
@click.option("--port", type=int, default=8163, metavar="PORT", help="Of the console.")
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A rules folder: mails that it asks for.",
)
@unread_config_option
def demo(keep: Path | None, with_console: bool, port: int, rules: Path | None) -> None:
    """Run the whole job on an embedded mail server with sample mails. Nothing leaves the machine.

    Example: mailbot demo --keep /tmp/mailbot-demo --console
    """
    try:
        from mailbot.demo.story import tell
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _SERVERS:
            raise
        needed = "the demo's mail servers are not installed: pip install 'mailbot[demo]'"
        raise SettingsError(needed) from None
    folder = tell(keep, rules=rules)
    if with_console:
        _open_console(folder, port)


def _open_console(folder: Path, port: int) -> None:
    """The console on what the demo left, at the demo's own time, for a user who is printed."""
    from mailbot.campaign.folder import load_campaign, shipped_rules
    from mailbot.clock import RunningClock
    from mailbot.console import serving
    from mailbot.deciding.accounts import add_account, fresh_password
    from mailbot.deciding.desk import Desk
    from mailbot.ledger import arrivals
    from mailbot.ledger.store import open_ledger
    from mailbot.settings.sources import load_settings

    settings = load_settings(folder / "mailbot.toml")
    section = settings.console.model_copy(update={"port": port})
    settings = settings.model_copy(update={"console": section})
    campaign, password = load_campaign(settings.campaign.rules or shipped_rules()), fresh_password()
    with open_ledger(settings.paths.data) as ledger:
        clock = RunningClock(arrivals.last_examined(ledger))
        desk = Desk(ledger, campaign, settings, by="demo", now=clock.now())
        add_account(desk, "demo", "admin", password)
    address = serving.address_of(settings)
    console.print(plain(f"the console is at {address}: user demo, password {password}"))
    serving.serve(settings, campaign, clock)
