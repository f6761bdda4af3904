"""`mailbot backup`, `restore` and `verify`: the bad day."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.session import open_settings
from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json
from mailbot.cli.waiting import shown
from mailbot.clock import SystemClock
from mailbot.errors import NotFoundError
from mailbot.upkeep import backup as backing_up
from mailbot.upkeep import restore as restoring
from mailbot.upkeep import verifying
from mailbot.wording.phrases import format_size

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the copy.")]


def backup(
    context: typer.Context,
    folder: FolderArgument,
    link: Annotated[
        bool,
        typer.Option("--link", help="Hard links instead of copies, where DIR is on the same disk."),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also over the copy of another or a later ledger.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
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
        raise typer.Exit(1)


def restore(
    context: typer.Context,
    folder: FolderArgument,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where a ledger lives; it is set aside.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
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
        raise typer.Exit(1)


def verify(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--backup", metavar="DIR", help="A backup instead.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read every stored octet against its hash; what rotted, and whose; exit code 1.

    Also whether the ledger is whole, its audit trail unbroken, and every file there that it names.

    Example: mailbot verify
    """
    settings = open_settings(context, config)
    data = folder or settings.paths.data
    if not data.is_dir():
        raise NotFoundError(f"{data} is not there")
    with shown("verify") as progress:
        found = verifying.verify(data, progress)
    if as_json:
        print_json(verifying.as_json(found))
    else:
        _print(found)
    if not found.is_whole:
        raise typer.Exit(1)


def _print(found: verifying.Verified) -> None:
    console.print(plain(f"ledger: {found.ledger}"))
    console.print(plain(f"audit trail: {found.audit}"))
    console.print(f"files: {found.files} ({format_size(found.octets)}) read")
    for one in found.wrong:
        console.print(plain(f"{one.state}: {one.path}"))
        for owner in one.owners:
            what = owner.name or "the mail itself"
            whose = owner.unit or owner.sender or "?"
            console.print(plain(f"  arrival {owner.arrival}, {whose}: {what}"))
    if found.is_whole:
        console.print("everything is what was received")
    else:
        console.print("next: mailbot restore DIR puts back what a backup has")
