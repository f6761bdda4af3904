"""`mailbot export` and `dossier`: what the office hands over and files away."""

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.session import ConfigOption, console, open_session, plain
from mailbot.clock import SystemClock
from mailbot.report.export import export_ledger


def export(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help=".xlsx or .json: every table; .csv: 台账 alone.")
    ],
    config: ConfigOption = None,
) -> None:
    """The year's ledger (台账): units, materials, findings, mails, sums, spot checks.

    Example: mailbot export 台账.xlsx
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        book = export_ledger(ledger, session.campaign, path, SystemClock().now())
    console.print(plain(f"{path}: {len(book.tables[0].rows)} units"))
