"""`mailbot audit`: the trail of decisions, and the proof that nobody changed it."""

from dataclasses import asdict
from pathlib import Path

import click

from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.ledger import audit


@click.group("audit")
def audit_app() -> None:
    """Who decided what, when and why."""


@audit_app.command()
@config_option
@json_option
@click.pass_context
def verify(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Prove that no row was changed, removed or slipped in; exit code 1 where one was.

    The head is the last row's hash: noted elsewhere it proves that nothing was written anew.

    Example: mailbot audit verify
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        chain = audit.verify(ledger)
    if as_json:
        print_json(asdict(chain))
    elif chain.broken_at is None:
        console.print(f"{chain.rows} rows, unbroken; head {chain.head}")
    else:
        console.print(f"broken at row {chain.broken_at}: {chain.why}")
    if chain.broken_at is not None:
        raise click.exceptions.Exit(1)


@audit_app.command("list")
@config_option
@json_option
@click.pass_context
def list_rows(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List every decision, oldest first.

    Example: mailbot audit list --json
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        rows = audit.entries(ledger)
    if as_json:
        print_json([asdict(row) | {"at": row.at.isoformat()} for row in rows])
        return
    for row in rows:
        at = row.at.astimezone(session.settings.zone)
        why = f"  ({row.reason})" if row.reason else ""
        console.print(
            plain(f"{row.id:>4}  {at:%Y-%m-%d %H:%M}  {row.by}  {row.action} {row.subject}{why}")
        )
