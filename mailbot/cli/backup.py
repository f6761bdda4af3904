"""`mailbot backup`, `restore` and `verify`: the bad day."""

from dataclasses import asdict
from pathlib import Path

import click

from mailbot.cli.session import open_settings
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.cli.waiting import shown
from mailbot.clock import SystemClock
from mailbot.errors import NotFoundError
from mailbot.upkeep import backup as backing_up
from mailbot.upkeep import restore as restoring
from mailbot.upkeep import verifying
from mailbot.wording.phrases import format_size

folder_argument = click.argument(
    "folder", type=click.Path(path_type=Path), metavar="DIR", help="The folder of the copy."
)


@click.command("backup")
@folder_argument
@click.option(
    "--link", is_flag=True, help="Hard links instead of copies, where DIR is on the same disk."
)
@click.option("--replace", is_flag=True, help="Also over the copy of another or a later ledger.")
@config_option
@json_option
@click.pass_context
def backup(
    context: click.Context,
    folder: Path,
    link: bool,
    replace: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Copy ledger and files to another folder, also while mailbot runs.

    Only what is new is copied; the ledger is whole at one moment (SQLite's online backup). A link
    costs no space and guards against deletion, but rots with the original. A folder for each
    weekday keeps seven states: mailbot backup /srv/mailbot/$(date +%a)

    Example: mailbot backup /srv/mailbot-copy
    """
    settings = open_settings(context, config)
    with shown("backup") as progress:
        done = backing_up.back_up(
            settings.paths.data,
            folder,
            SystemClock().now(),
            link=link,
            replace=replace,
            progress=progress,
        )
    if as_json:
        print_json(asdict(done))
    else:
        size = format_size(done.octets)
        console.print(plain(f"{folder}: the ledger, {done.copied} new files ({size})"))
        if done.removed:
            console.print(f"{done.removed} pruned files left the copy")
        for path in done.rotten:
            console.print(plain(f"{path}: rotten, not copied; see mailbot verify"))
    if done.rotten:
        raise click.exceptions.Exit(1)


@click.command("restore")
@folder_argument
@click.option("--replace", is_flag=True, help="Also where a ledger lives; it is set aside.")
@config_option
@json_option
@click.pass_context
def restore(
    context: click.Context, folder: Path, replace: bool, config: Path | None, as_json: bool
) -> None:
    """Put back from a backup what the data folder lost: ledger, files, both.

    mailbot must not be running. Files that rotted are replaced too. A ledger that lives stays as
    it is, unless --replace; whatever gives way is kept under another name. Mail that came since
    the backup is still on the server and is taken in again.

    Example: mailbot restore /srv/mailbot-copy
    """
    settings = open_settings(context, config)
    with shown("restore") as progress:
        done = restoring.restore(
            settings.paths.data, folder, SystemClock().now(), replace=replace, progress=progress
        )
    if as_json:
        print_json(asdict(done))
    else:
        ledger = "put back" if done.ledger == "restored" else "lives and stays as it is"
        size = format_size(done.octets)
        console.print(plain(f"ledger: {ledger}; files put back: {done.placed} ({size})"))
        for name in done.set_aside:
            console.print(plain(f"set aside: {name}"))
        for path in done.rotten:
            console.print(plain(f"{path}: rotten in the copy itself, not put back"))
    if done.rotten:
        raise click.exceptions.Exit(1)


@click.command("verify")
@click.option(
    "--backup", "folder", type=click.Path(path_type=Path), metavar="DIR", help="A backup instead."
)
@click.option(
    "--repair", is_flag=True, help="Put right what is good in the object store, or good here."
)
@config_option
@json_option
@click.pass_context
def verify(
    context: click.Context, folder: Path | None, repair: bool, config: Path | None, as_json: bool
) -> None:
    """Read every stored octet against its hash; what rotted, and whose; exit code 1.

    Also whether the ledger is whole, its audit trail unbroken, and every file there that it names.
    With an object store what lies here and there is read on both sides.

    Example: mailbot verify
    """
    settings = open_settings(context, config)
    data = folder or settings.paths.data
    if not data.is_dir():
        raise NotFoundError(f"{data} is not there")
    with shown("verify") as progress:
        found = verifying.verify(data, progress, both_sides=folder is None)
    if repair and folder is None:
        found = verifying.mend(data, found, SystemClock().now())
    if as_json:
        print_json(verifying.as_json(found))
    else:
        _print(found)
    if not found.is_whole:
        raise click.exceptions.Exit(1)


def _print(found: verifying.Verified) -> None:
    console.print(plain(f"ledger: {found.ledger}"))
    console.print(plain(f"audit trail: {found.audit}"))
    console.print(f"files: {found.files} ({format_size(found.octets)}) read")
    for one in found.wrong:
        side = " in the object store" if one.side == "store" else ""
        done = "; put right" if one.mended else ""
        console.print(plain(f"{one.state}{side}: {one.path}{done}"))
        for owner in one.owners:
            what = owner.name or "the mail itself"
            whose = owner.unit or owner.sender or "?"
            console.print(plain(f"  arrival {owner.arrival}, {whose}: {what}"))
    if found.is_whole:
        console.print("everything is what was received")
    else:
        console.print("next: mailbot restore DIR puts back what a backup has")
