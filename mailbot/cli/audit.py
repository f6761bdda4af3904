"""`mailbot audit`: the trail of decisions, and the proof that nobody changed it."""

from dataclasses import asdict

import typer

from mailbot.cli.session import open_session
from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json
from mailbot.ledger import audit

audit_app = typer.Typer(no_args_is_help=True, help="Who decided what, when and why.")


@audit_app.command()
def verify(
    context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
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
        raise typer.Exit(1)


@audit_app.command("list")
def list_rows(
    context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
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
