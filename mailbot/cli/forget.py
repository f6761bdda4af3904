"""`mailbot forget`: personal data, removed for who has a right to it."""

from dataclasses import asdict
from pathlib import Path

import click

from mailbot.cli.decide import by_option, desk_of, needed_reason
from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.upkeep.forgetting import Forgetting, plan_forgetting
from mailbot.upkeep.forgetting import forget as carry_out
from mailbot.wording.phrases import format_size

_WHY = {
    "accepted": "accepted material, kept until retention_days after the deadline",
    "unsettled": "waits for a person or an answer",
}


@click.command("forget")
@click.argument("who", metavar="ADDRESS|UNIT", help="Whose data.")
@needed_reason
@click.option("--yes", is_flag=True, help="Remove; without it nothing is.")
@by_option
@config_option
@json_option
@click.pass_context
def forget(
    context: click.Context,
    who: str,
    reason: str,
    yes: bool,
    by: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Remove what is known of an address or a unit, for who has a right to it.

    Mails, files, facts, answers and search words go; numbers, states and times stay, and decisions
    stay as hashes. What must be kept is named, and stays: exit code 1. mailbot must not be running.

    Example: mailbot forget clerk@example.com --reason 本人申请 --yes
    """
    session = open_session(context, config)
    asked = who.strip().lower() if "@" in who else who.strip()
    with session.writing() if yes else session.reading() as ledger:
        desk = desk_of(session, ledger, by)
        if "@" not in asked:
            asked = desk.unit(asked).unit
        plan = plan_forgetting(desk, asked)
        done = yes and (bool(plan.arrivals) or not plan.kept)
        if done:
            carry_out(desk, asked, plan, reason)
    if as_json:
        print_json(asdict(plan) | {"done": done})
    else:
        _print(plan, done)
    if plan.kept:
        raise click.exceptions.Exit(1)


def _print(plan: Forgetting, done: bool) -> None:
    size = format_size(sum(octets for _, _, octets in plan.files))
    word = "forgotten" if done else "would be forgotten (--yes)"
    console.print(plain(f"{len(plan.arrivals)} mails, {len(plan.files)} files ({size}): {word}"))
    for arrival, why in plan.kept:
        console.print(plain(f"stays: arrival {arrival}, {_WHY[why]}"))
    for name in plan.copies:
        console.print(plain(f"an older ledger still knows it: remove {name} when it is not needed"))
    console.print("the mailbox itself, and backups until they are made anew, know it still")
