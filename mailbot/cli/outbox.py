"""`mailbot outbox`: the replies that wait, and letting them go where a person must approve."""

from dataclasses import asdict
from typing import Annotated

import typer

from mailbot.cli.decide import ByOption, ReasonOption, decide, desk_of
from mailbot.cli.session import open_session
from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json
from mailbot.clock import SystemClock
from mailbot.deciding import mails
from mailbot.deciding.adopting import adopt as adopt_replies
from mailbot.errors import SettingsError
from mailbot.ledger import refusals, sending
from mailbot.report.as_json import row_json

outbox_app = typer.Typer(no_args_is_help=True, help="The replies that wait to be sent.")


@outbox_app.command("list")
def list_replies(
    context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List every reply that is not sent yet, with its state and the server's last word.

    Example: mailbot outbox list
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        rows = [row_json(row) for row in sending.unsent(ledger)]
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("no mail waits")
    for row in rows:
        console.print(
            plain(
                f"{row['number']}  {row['state']:<9} {row['mode']:<8} {row['kind'] or 'open':<16}"
                f" {row['address']}  {row['unit']}  {row['error_text']}"
            )
        )


@outbox_app.command()
def resume(context: typer.Context, config: ConfigOption = None) -> None:
    """Try to send again at once, after a fault that paused all sending was mended.

    Example: mailbot outbox resume
    """
    session = open_session(context, config)
    with session.beside() as ledger, ledger.transaction():
        refusals.resume_sending(ledger, SystemClock().now())
    console.print("the next tick sends again")


@outbox_app.command()
def approve(
    context: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER…", help="e.g. YL2017-0012")],
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let composed replies and reminders go that wait for approval.

    Example: mailbot outbox approve YL2017-0012 YL2017-0013
    """
    decide(context, by, as_json, lambda desk: mails.approve(desk, numbers))


@outbox_app.command()
def withdraw(
    context: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER…", help="e.g. YL2017-0012")],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do not send what waits for approval; the mails it answers stand as let be.

    Example: mailbot outbox withdraw YL2017-0012 --reason 已电话答复
    """
    decide(context, by, as_json, lambda desk: mails.withdraw(desk, numbers, reason))


@outbox_app.command()
def adopt(
    context: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER…]", help="e.g. YL2017-0012")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be.")] = False,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let what was written in shadow mode become due under today's mode, by today's dossiers.

    Example: mailbot outbox adopt --all --dry-run
    """
    if bool(numbers) == everything:
        raise SettingsError("name the replies, or say --all")
    session = open_session(context, config)
    with session.beside() as ledger:
        found = adopt_replies(desk_of(session, ledger, by), numbers or (), dry_run=dry_run)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        console.print("no reply was written in shadow mode and waits")
    for one in found:
        said = _FATES[one.fate]
        console.print(plain(f"{one.unit or '-'}  {one.address}  {' '.join(one.numbers)}: {said}"))


_FATES = {
    "due": "one reply by today's dossier goes with the next tick",
    "overtaken": "a later reply has overtaken it; withdrawn",
    "bounced": "mail to this address came back; withdrawn",
}
