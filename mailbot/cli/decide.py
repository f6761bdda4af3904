"""The decisions of a person, as commands; each stands in the audit trail."""

import functools
import getpass
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import click

from mailbot.cli.session import Session, open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.deciding import correcting, mails, register, slots, undoing
from mailbot.deciding.desk import Desk, Outcome
from mailbot.dossiers.roster import campaign_in_force
from mailbot.ledger.store import Ledger

Made: TypeAlias = Sequence[Callable[[Desk], Outcome]]

by_option = click.option("--by", metavar="NAME", help="Who decides (else the login name).")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why.")
needed_reason = click.option("--reason", required=True, metavar="TEXT", help="Why (needed).")
arrival_argument = click.argument(
    "arrival", type=int, metavar="ARRIVAL", help="An arrival's number."
)
unit_argument = click.argument("unit", metavar="UNIT", help="A unit's name or alias.")
slot_argument = click.argument(
    "slot", metavar="SLOT", help="form, plan, summary, video, photo or text."
)
file_option = click.option(
    "--file", default="", metavar="SHA", help="The file's SHA-256, or how it begins."
)
target_argument = click.argument(
    "target", metavar="UNIT|ARRIVAL", help="A unit's name, or an arrival's number."
)


@click.group("unit")
def unit_app() -> None:
    """Additions to units.csv."""


def desk_of(session: Session, ledger: Ledger, by: str | None) -> Desk:
    """Where the person at the terminal (`by`, else the login name) decides, now."""
    return Desk(
        ledger,
        campaign_in_force(ledger, session.campaign),
        session.settings,
        by=by or getpass.getuser(),
        now=SystemClock().now(),
    )


def decision(function: Callable[..., Made]) -> Callable[..., None]:
    """A command that decides: what `function` returns is decided one after the other, each in a
    transaction, by `--by` or the login name; then it is said what that did."""

    def command(
        context: click.Context,
        /,
        by: str | None,
        config: Path | None,
        as_json: bool,
        **given: Any,
    ) -> None:
        made = function(**given)
        session = open_session(context, config)
        with session.beside() as ledger:
            outcomes = [make(desk_of(session, ledger, by)) for make in made]
        if as_json:
            print_json([asdict(outcome) for outcome in outcomes])
            return
        for outcome in outcomes:
            what = f"{outcome.action} {outcome.subject}: "
            what += "done" if outcome.changed else "it is so already, nothing changed"
            if outcome.replied:
                what += f"; a mail to {outcome.replied} goes out with the next tick"
            console.print(plain(what))

    functools.update_wrapper(command, function)
    return by_option(config_option(json_option(click.pass_context(command))))


@click.command("assign")
@arrival_argument
@unit_argument
@reason_option
@decision
def assign(
    arrival: int,
    unit: str,
    reason: str,
) -> Made:
    """Say whose mail it is: its files count for the unit, and its sender is answered.

    Example: mailbot assign 17 金水区
    """
    return [lambda desk: mails.assign(desk, arrival, unit, reason)]


@click.command("accept")
@unit_argument
@slot_argument
@needed_reason
@file_option
@decision
def accept(
    unit: str,
    slot: str,
    reason: str,
    file: str,
) -> Made:
    """Let the newest file of a slot count, whatever was found in it.

    Example: mailbot accept 金水区 form --reason 电话核实，公章在原件上
    """
    return [lambda desk: slots.rule_slot(desk, "accept", unit, slot, reason, file)]


@click.command("waive")
@unit_argument
@slot_argument
@needed_reason
@decision
def waive(
    unit: str,
    slot: str,
    reason: str,
) -> Made:
    """Ask this unit for the slot no more; reject takes it back.

    Example: mailbot waive 市气象局 video --reason 未组织现场演练
    """
    return [lambda desk: slots.rule_slot(desk, "waive", unit, slot, reason)]


@click.command("reject")
@unit_argument
@slot_argument
@needed_reason
@file_option
@decision
def reject(
    unit: str,
    slot: str,
    reason: str,
    file: str,
) -> Made:
    """Let a file that counted count no more, and ask for another one.

    Example: mailbot reject 金水区 photo --file 1f2e3d4c --reason 照片并非本次演练
    """
    return [lambda desk: slots.rule_slot(desk, "reject", unit, slot, reason, file)]


@click.command("correct")
@unit_argument
@click.argument("field", metavar="FIELD", help="Its key, or e.g. 举办次数.")
@click.argument("value", metavar="VALUE", help="What stands there.")
@needed_reason
@click.option("--slot", default="form", metavar="SLOT", help="Else form.")
@file_option
@decision
def correct(
    unit: str,
    field: str,
    value: str,
    reason: str,
    slot: str,
    file: str,
) -> Made:
    """Correct a figure of a unit's table; it counts in the sums and is marked there.

    Example: mailbot correct 金水区 总体情况·举办次数 12 --reason 电话核实，原件为12
    """

    def one(desk: Desk) -> Outcome:
        return correcting.correct(desk, unit, field, value, reason, file=file, slot_name=slot)

    return [one]


@click.command("undo")
@click.argument("number", type=int, metavar="NUMBER", help="Of `mailbot audit list`.")
@reason_option
@decision
def undo(
    number: int,
    reason: str,
) -> Made:
    """Take a decision back, as long as no mail has left because of it.

    Example: mailbot undo 17
    """
    return [lambda desk: undoing.undo_decision(desk, number, reason)]


@click.command("confirm")
@click.argument(
    "addresses", nargs=-1, required=True, metavar="ADDRESS…", help="Addresses bound provisionally."
)
@reason_option
@decision
def confirm(
    addresses: tuple[str, ...],
    reason: str,
) -> Made:
    """Confirm that an address speaks for the unit it named.

    Example: mailbot confirm clerk@example.com
    """

    def one(address: str) -> Callable[[Desk], Outcome]:
        return lambda desk: register.confirm(desk, address, reason)

    return [one(address) for address in addresses]


@click.command("hold")
@target_argument
@reason_option
@decision
def hold(
    target: str,
    reason: str,
) -> Made:
    """Let no reply leave for a unit, or to an arrival, until it is released.

    Example: mailbot hold 金水区 --reason 待电话沟通
    """
    return [lambda desk: mails.hold(desk, target, reason)]


@click.command("release")
@target_argument
@reason_option
@decision
def release(
    target: str,
    reason: str,
) -> Made:
    """Let replies leave again; take a quarantined arrival in; answer one sent by Bcc after all.

    Of a quarantined arrival, what cannot be inspected is held for a person; the rest counts.

    Example: mailbot release 金水区
    """
    return [lambda desk: mails.release(desk, target, reason)]


@click.command("retry")
@arrival_argument
@reason_option
@decision
def retry(
    arrival: int,
    reason: str,
) -> Made:
    """Let the next tick try a quarantined arrival again.

    Example: mailbot retry 17
    """
    return [lambda desk: mails.retry(desk, arrival, reason)]


@click.command("resend")
@click.argument("number", metavar="NUMBER", help="e.g. YL2017-0012")
@reason_option
@decision
def resend(
    number: str,
    reason: str,
) -> Made:
    """Send the newest mail of a number again: a dead one as it was, a sent one as a copy.

    Example: mailbot resend YL2017-0012
    """
    return [lambda desk: mails.resend(desk, number, reason)]


@unit_app.command("add")
@click.argument("unit", metavar="NAME", help="The unit's full name.")
@click.option("--group", default="", metavar="GROUP", help="Its group.")
@click.option("--expected/--not-expected", default=True, help="Whether it has to report.")
@reason_option
@decision
def unit_add(
    unit: str,
    group: str,
    expected: bool,
    reason: str,
) -> Made:
    """Add a unit that reports.

    Example: mailbot unit add 市轨道集团 --group 市属企业
    """
    return [
        lambda desk: register.add_unit(desk, unit, group=group, expected=expected, reason=reason)
    ]


@unit_app.command("alias")
@unit_argument
@click.argument("alias", metavar="ALIAS", help="Another way it is written.")
@reason_option
@decision
def unit_alias(
    unit: str,
    alias: str,
    reason: str,
) -> Made:
    """Add a way a unit's name is written.

    Example: mailbot unit alias 郑州航空港经济综合实验区 空港区
    """
    return [lambda desk: register.add_alias(desk, unit, alias, reason)]


@unit_app.command("address")
@unit_argument
@click.argument("address", metavar="ADDRESS", help="An address of the unit.")
@reason_option
@decision
def unit_address(
    unit: str,
    address: str,
    reason: str,
) -> Made:
    """List an address that speaks for a unit.

    Example: mailbot unit address 金水区 clerk@example.com
    """
    return [lambda desk: register.add_address(desk, unit, address, reason)]
