"""The decisions of a person, as commands; each stands in the audit trail."""

import getpass
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from mailbot.cli.session import Session, open_session
from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json
from mailbot.clock import SystemClock
from mailbot.deciding import correcting, mails, register, slots, undoing
from mailbot.deciding.desk import Desk, Outcome
from mailbot.dossiers.roster import campaign_in_force
from mailbot.ledger.store import Ledger

ByOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides (else the login name).")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
NeededReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why (needed).")]
ArrivalArgument = Annotated[int, typer.Argument(metavar="ARRIVAL", help="An arrival's number.")]
UnitArgument = Annotated[str, typer.Argument(metavar="UNIT", help="A unit's name or alias.")]
SlotArgument = Annotated[
    str, typer.Argument(metavar="SLOT", help="form, plan, summary, video, photo or text.")
]
FileOption = Annotated[
    str, typer.Option("--file", metavar="SHA", help="The file's SHA-256, or how it begins.")
]
TargetArgument = Annotated[
    str, typer.Argument(metavar="UNIT|ARRIVAL", help="A unit's name, or an arrival's number.")
]

unit_app = typer.Typer(no_args_is_help=True, help="Additions to units.csv.")


def desk_of(session: Session, ledger: Ledger, by: str | None) -> Desk:
    """Where the person at the terminal (`by`, else the login name) decides, now."""
    return Desk(
        ledger,
        campaign_in_force(ledger, session.campaign),
        session.settings,
        by=by or getpass.getuser(),
        now=SystemClock().now(),
    )


def decide(
    context: typer.Context, by: str | None, as_json: bool, *made: Callable[[Desk], Outcome]
) -> None:
    """Make the decisions one after the other, each in a transaction, and say what they did."""
    session = open_session(context, context.params.get("config"))
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


def assign(
    context: typer.Context,
    arrival: ArrivalArgument,
    unit: UnitArgument,
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whose mail it is: its files count for the unit, and its sender is answered.

    Example: mailbot assign 17 金水区
    """
    decide(context, by, as_json, lambda desk: mails.assign(desk, arrival, unit, reason))


def accept(
    context: typer.Context,
    unit: UnitArgument,
    slot: SlotArgument,
    reason: NeededReason,
    file: FileOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the newest file of a slot count, whatever was found in it.

    Example: mailbot accept 金水区 form --reason 电话核实，公章在原件上
    """
    decide(
        context, by, as_json, lambda desk: slots.rule_slot(desk, "accept", unit, slot, reason, file)
    )


def waive(
    context: typer.Context,
    unit: UnitArgument,
    slot: SlotArgument,
    reason: NeededReason,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask this unit for the slot no more; reject takes it back.

    Example: mailbot waive 市气象局 video --reason 未组织现场演练
    """
    decide(context, by, as_json, lambda desk: slots.rule_slot(desk, "waive", unit, slot, reason))


def reject(
    context: typer.Context,
    unit: UnitArgument,
    slot: SlotArgument,
    reason: NeededReason,
    file: FileOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a file that counted count no more, and ask for another one.

    Example: mailbot reject 金水区 photo --file 1f2e3d4c --reason 照片并非本次演练
    """
    decide(
        context, by, as_json, lambda desk: slots.rule_slot(desk, "reject", unit, slot, reason, file)
    )


def correct(
    context: typer.Context,
    unit: UnitArgument,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Its key, or e.g. 举办次数.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What stands there.")],
    reason: NeededReason,
    slot: Annotated[str, typer.Option("--slot", metavar="SLOT", help="Else form.")] = "form",
    file: FileOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a figure of a unit's table; it counts in the sums and is marked there.

    Example: mailbot correct 金水区 总体情况·举办次数 12 --reason 电话核实，原件为12
    """

    def one(desk: Desk) -> Outcome:
        return correcting.correct(desk, unit, field, value, reason, file=file, slot_name=slot)

    decide(context, by, as_json, one)


def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of `mailbot audit list`.")],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a decision back, as long as no mail has left because of it.

    Example: mailbot undo 17
    """
    decide(context, by, as_json, lambda desk: undoing.undo_decision(desk, number, reason))


def confirm(
    context: typer.Context,
    addresses: Annotated[
        list[str], typer.Argument(metavar="ADDRESS…", help="Addresses bound provisionally.")
    ],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm that an address speaks for the unit it named.

    Example: mailbot confirm clerk@example.com
    """

    def one(address: str) -> Callable[[Desk], Outcome]:
        return lambda desk: register.confirm(desk, address, reason)

    decide(context, by, as_json, *(one(address) for address in addresses))


def hold(
    context: typer.Context,
    target: TargetArgument,
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let no reply leave for a unit, or to an arrival, until it is released.

    Example: mailbot hold 金水区 --reason 待电话沟通
    """
    decide(context, by, as_json, lambda desk: mails.hold(desk, target, reason))


def release(
    context: typer.Context,
    target: TargetArgument,
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let replies leave again; take a quarantined arrival in; answer one sent by Bcc after all.

    Of a quarantined arrival, what cannot be inspected is held for a person; the rest counts.

    Example: mailbot release 金水区
    """
    decide(context, by, as_json, lambda desk: mails.release(desk, target, reason))


def retry(
    context: typer.Context,
    arrival: ArrivalArgument,
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the next tick try a quarantined arrival again.

    Example: mailbot retry 17
    """
    decide(context, by, as_json, lambda desk: mails.retry(desk, arrival, reason))


def resend(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="e.g. YL2017-0012")],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send the newest mail of a number again: a dead one as it was, a sent one as a copy.

    Example: mailbot resend YL2017-0012
    """
    decide(context, by, as_json, lambda desk: mails.resend(desk, number, reason))


@unit_app.command("add")
def unit_add(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="NAME", help="The unit's full name.")],
    group: Annotated[str, typer.Option("--group", metavar="GROUP", help="Its group.")] = "",
    expected: Annotated[
        bool, typer.Option("--expected/--not-expected", help="Whether it has to report.")
    ] = True,
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a unit that reports.

    Example: mailbot unit add 市轨道集团 --group 市属企业
    """
    decide(
        context,
        by,
        as_json,
        lambda desk: register.add_unit(desk, unit, group=group, expected=expected, reason=reason),
    )


@unit_app.command("alias")
def unit_alias(
    context: typer.Context,
    unit: UnitArgument,
    alias: Annotated[str, typer.Argument(metavar="ALIAS", help="Another way it is written.")],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a way a unit's name is written.

    Example: mailbot unit alias 郑州航空港经济综合实验区 空港区
    """
    decide(context, by, as_json, lambda desk: register.add_alias(desk, unit, alias, reason))


@unit_app.command("address")
def unit_address(
    context: typer.Context,
    unit: UnitArgument,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="An address of the unit.")],
    reason: ReasonOption = "",
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List an address that speaks for a unit.

    Example: mailbot unit address 金水区 clerk@example.com
    """
    decide(context, by, as_json, lambda desk: register.add_address(desk, unit, address, reason))
