"""`mailbot outbox`: the replies that wait, and letting them go where a person must approve."""

from dataclasses import asdict
from pathlib import Path

import click

from mailbot.cli.decide import Made, by_option, decision, desk_of, reason_option
from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.deciding import mails
from mailbot.deciding.adopting import adopt as adopt_replies
from mailbot.errors import SettingsError
from mailbot.ledger import refusals, sending
from mailbot.report.as_json import row_json


@click.group("outbox")
def outbox_app() -> None:
    """The replies that wait to be sent."""


@outbox_app.command("list")
@config_option
@json_option
@click.pass_context
def list_replies(context: click.Context, config: Path | None, as_json: bool) -> None:
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
@config_option
@click.pass_context
def resume(context: click.Context, config: Path | None) -> None:
    """Try to send again at once, after a fault that paused all sending was mended.

    Example: mailbot outbox resume
    """
    session = open_session(context, config)
    with session.beside() as ledger, ledger.transaction():
        refusals.resume_sending(ledger, SystemClock().now())
    console.print("the next tick sends again")


@outbox_app.command()
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER…", help="e.g. YL2017-0012")
@decision
def approve(
    numbers: tuple[str, ...],
) -> Made:
    """Let composed replies and reminders go that wait for approval.

    Example: mailbot outbox approve YL2017-0012 YL2017-0013
    """
    return [lambda desk: mails.approve(desk, numbers)]


@outbox_app.command()
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER…", help="e.g. YL2017-0012")
@reason_option
@decision
def withdraw(
    numbers: tuple[str, ...],
    reason: str,
) -> Made:
    """Do not send what waits for approval; the mails it answers stand as let be.

    Example: mailbot outbox withdraw YL2017-0012 --reason 已电话答复
    """
    return [lambda desk: mails.withdraw(desk, numbers, reason)]


@outbox_app.command()
@click.argument("numbers", nargs=-1, required=False, metavar="[NUMBER…]", help="e.g. YL2017-0012")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--dry-run", is_flag=True, help="Only show what would be.")
@by_option
@config_option
@json_option
@click.pass_context
def adopt(
    context: click.Context,
    numbers: tuple[str, ...],
    everything: bool,
    dry_run: bool,
    by: str | None,
    config: Path | None,
    as_json: bool,
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
    "due": "one reply by today's dossier is written by the next pass, and leaves as the mode says",
    "overtaken": "a later reply has overtaken it; withdrawn",
    "bounced": "mail to this address came back; withdrawn",
}
