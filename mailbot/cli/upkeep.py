"""`mailbot prune`: retention."""

from datetime import date, datetime, time
from pathlib import Path

import click

from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.errors import SettingsError
from mailbot.wording.phrases import format_size
from mailbot.workflow.pruning import Pruning, plan_pruning
from mailbot.workflow.pruning import prune as remove


@click.command("prune")
@click.option("--before", required=True, metavar="DATE", help="What arrived before, 2018-01-01.")
@click.option("--yes", is_flag=True, help="Remove; without it nothing is.")
@config_option
@json_option
@click.pass_context
def prune(
    context: click.Context, before: str, yes: bool, config: Path | None, as_json: bool
) -> None:
    """Remove stored octets that need not be kept any longer; the ledger keeps what they were.

    An accepted material stays until retention_days (campaign.yaml) after the deadline, and
    whatever waits for a person or an answer stays in any case.

    Example: mailbot prune --before 2018-01-01
    """
    session = open_session(context, config)
    settings, now = session.settings, SystemClock().now()
    try:
        day = date.fromisoformat(before)
    except ValueError:
        raise SettingsError(f"--before {before}: a day looks like 2018-01-01") from None
    until = datetime.combine(day, time(), settings.zone)
    data = settings.paths.data
    with session.writing() if yes else session.reading() as ledger:
        pruning = plan_pruning(ledger, session.campaign, data, until, now)
        if yes:
            remove(ledger, data, pruning, now)
    if as_json:
        print_json(_json(pruning, yes))
        return
    for file in pruning.files:
        console.print(plain(f"{file.path}  {format_size(file.size)}"))
    for arrival, reason in pruning.kept:
        console.print(f"kept: #{arrival} ({reason})")
    done = "removed" if yes else "would be removed (--yes removes them)"
    console.print(f"{len(pruning.files)} files, {format_size(pruning.size)}, {done}")


def _json(pruning: Pruning, removed: bool) -> dict[str, object]:
    return {
        "removed": removed,
        "files": [
            {"path": file.path, "sha256": file.sha256, "size": file.size} for file in pruning.files
        ],
        "arrivals": pruning.arrivals,
        "kept": [{"arrival": arrival, "reason": reason} for arrival, reason in pruning.kept],
    }
