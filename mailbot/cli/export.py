"""`mailbot export` and `dossier`: what the office hands over and files away."""

from pathlib import Path

import click

from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, plain
from mailbot.cli.waiting import still
from mailbot.clock import SystemClock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.report.spotcheck.unit_archive import collect, write_zip
from mailbot.report.yearbook.export import export_ledger


@click.command("export")
@click.argument(
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=".xlsx or .json: every table; .csv: 台账 alone.",
)
@config_option
@click.pass_context
def export(context: click.Context, path: Path, config: Path | None) -> None:
    """The year's ledger (台账): units, materials, findings, mails, sums, spot checks.

    Example: mailbot export 台账.xlsx
    """
    session = open_session(context, config)
    with session.reading() as ledger, still("export"):
        book = export_ledger(
            ledger, campaign_in_force(ledger, session.campaign), path, SystemClock().now()
        )
    console.print(plain(f"{path}: {len(book.tables[0].rows)} units"))


@click.command("dossier")
@click.argument("unit", metavar="UNIT", help="As in units.csv, or an alias.")
@click.option(
    "--zip",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The archive to write.",
)
@config_option
@click.pass_context
def dossier(context: click.Context, unit: str, path: Path, config: Path | None) -> None:
    """A unit's whole archive as one zip: files, mails, form values, findings, history.

    Example: mailbot dossier 金水区 --zip 金水区.zip
    """
    session = open_session(context, config)
    now = SystemClock().now()
    with session.reading() as ledger:
        campaign = campaign_in_force(ledger, session.campaign)
        archive = collect(ledger, campaign, session.settings.paths.data, unit, now)
    write_zip(archive.entries, path, now.astimezone(session.campaign.zone))
    console.print(plain(f"{path}: {len(archive.entries)} files of {archive.dossier.unit}"))
