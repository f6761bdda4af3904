"""`mailbot remind`: today's reminders, looked at or put into the outbox."""

from pathlib import Path

import click

from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import SettingsError
from mailbot.report.reminders import DueReminder, due_reminders, queue_reminders


@click.command("remind")
@click.option("--dry-run", is_flag=True, help="Show whom and what; queue nothing.")
@config_option
@json_option
@click.pass_context
def remind(context: click.Context, dry_run: bool, config: Path | None, as_json: bool) -> None:
    """Queue today's reminders (campaign.yaml: reminders) to units that owe something.

    They wait for `mailbot outbox approve` unless schedule.reminders is "live".

    Example: mailbot remind --dry-run
    """
    session = open_session(context, config)
    settings, now = session.settings, SystemClock().now()
    if dry_run:
        with session.reading() as ledger:
            campaign = campaign_in_force(ledger, session.campaign)
            due = due_reminders(ledger, campaign, settings, now)
    elif settings.schedule.reminders == "off":
        raise SettingsError('schedule.reminders is "off"')
    else:
        with session.office() as office:
            due = queue_reminders(office.ledger, office.campaign, settings, now)
            office.deliver_due()
    if as_json:
        print_json([_json(one) for one in due])
        return
    for one in due:
        console.print(plain(f"{one.unit} <{one.address}>  {one.subject}"))
        if dry_run:
            for line in one.text.splitlines():
                console.print(plain(f"    {line}"))
    console.print(f"{len(due)} {'due' if dry_run else 'queued'}")
    if due and not dry_run and settings.schedule.reminders == "approve":
        console.print(plain(f"they wait for: mailbot outbox approve {due[0].number}"))


def _json(one: DueReminder) -> dict[str, str | int]:
    return {
        "unit": one.unit,
        "address": one.address,
        "day": one.day,
        "number": one.number,
        "subject": one.subject,
        "text": one.text,
    }
