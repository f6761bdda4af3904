"""`mailbot console`: the pages in the browser, and the accounts of who may use them."""

import getpass
import logging
import sys
from pathlib import Path
from typing import get_args

import click

from mailbot.cli.decide import Made, decision
from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json, progress
from mailbot.clock import SystemClock
from mailbot.deciding import accounts as deciding
from mailbot.entries import Role
from mailbot.errors import SettingsError
from mailbot.ledger import accounts
from mailbot.settings.founding import SYSTEM
from mailbot.settings.sources import missing_settings
from mailbot.settings.watching import ConsoleSection

name_argument = click.argument("name", metavar="NAME", help="As it stands beside decisions.")
role_option = click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    required=True,
    help="viewer reads, clerk decides, admin rules.",
)
print_option = click.option(
    "--print", "printed", is_flag=True, help="Make a password and print it once, instead of asking."
)


@click.group("console", invoke_without_command=True)
@click.option("--host", metavar="ADDRESS", help="Else console.host.")
@click.option("--port", type=int, metavar="PORT", help="Else console.port.")
@config_option
@click.pass_context
def console_app(
    context: click.Context, host: str | None, port: int | None, config: Path | None
) -> None:
    """The office's pages in the browser, and who may use them.

    Without a command it serves them until Ctrl-C; `mailbot run` does where console.enabled is set.

    Example: mailbot console --port 8163
    """
    if context.invoked_subcommand:
        return
    from mailbot.console import serving

    given = {"host": host, "port": port}
    changed = {key: value for key, value in given.items() if value is not None}
    missing = missing_settings(config or context.find_root().params.get("config"))
    if missing is not None:
        _found_an_office(missing, ConsoleSection(**changed))
        return
    session = open_session(context, config)
    section = session.settings.console.model_copy(update=changed)
    settings = session.settings.model_copy(update={"console": section})
    logging.getLogger("mailbot").setLevel(logging.INFO)
    if warning := serving.warning_of(settings):
        progress.print(f"warning: {warning}")
    first = serving.first_address(settings, SystemClock())
    console.print(plain(f"the console is at {serving.address_of(settings)}"))
    if first:
        console.print(plain(f"the first admin names himself, once and within the hour, at {first}"))
    serving.serve(settings, session.campaign)


def _found_an_office(file: Path, section: ConsoleSection) -> None:
    """Serve the page of founding, and the console of what was founded after it."""
    from mailbot.console import serving
    from mailbot.console.founding import Founder

    if file.name != "mailbot.toml":
        raise SettingsError(f"no settings file {file} (make one with: mailbot init)")
    logging.getLogger("mailbot").setLevel(logging.INFO)
    if warning := serving.warning_at(section):
        progress.print(f"warning: {warning}")
    founder = Founder(file.parent, section, SystemClock(), system=file.parent == SYSTEM)
    console.print(plain(f"no settings at {file} yet (on a terminal: mailbot init)"))
    console.print(
        plain(f"set them up in a browser, once and within the hour, at {founder.address}")
    )
    serving.serve_app(founder, section)


@console_app.group("user")
def user_app() -> None:
    """Who may use the console."""


@user_app.command("add")
@name_argument
@role_option
@print_option
@decision
def add_user(
    name: str,
    role: Role,
    printed: bool,
) -> Made:
    """Let a further person use the console; the password is asked for, or printed once.

    Example: mailbot console user add 王芳 --role clerk
    """
    password = _password(printed)
    return [lambda desk: deciding.add_account(desk, name, role, password)]


@user_app.command("list")
@config_option
@json_option
@click.pass_context
def list_users(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List who may use the console, and as what.

    Example: mailbot console user list
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        found = accounts.all_accounts(ledger)
    if as_json:
        print_json([{"name": one.name, "role": one.role, "since": one.since} for one in found])
        return
    for one in found:
        console.print(plain(f"{one.role:<7} {one.name}"))
    if not found:
        console.print("nobody yet")


@user_app.command("role")
@name_argument
@role_option
@decision
def change_role(
    name: str,
    role: Role,
) -> Made:
    """Give a user another role; whoever is logged in under the name has to log in again.

    Example: mailbot console user role 王芳 --role admin
    """
    return [lambda desk: deciding.set_role(desk, name, role)]


@user_app.command("password")
@name_argument
@print_option
@decision
def change_password(
    name: str,
    printed: bool,
) -> Made:
    """Set another password; whoever is logged in under the name has to log in again.

    Example: mailbot console user password 王芳
    """
    password = _password(printed)
    return [lambda desk: deciding.set_password(desk, name, password)]


@user_app.command("remove")
@name_argument
@decision
def remove_user(
    name: str,
) -> Made:
    """Let a user use the console no more; what he decided keeps his name.

    Example: mailbot console user remove 王芳
    """
    return [lambda desk: deciding.remove_account(desk, name)]


def _password(printed: bool) -> str:
    """Asked for twice on a terminal; else made here and printed, to be handed on once."""
    if printed or not sys.stdin.isatty():
        password = deciding.fresh_password()
        progress.print(f"password (shown once): {password}")
        return password
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("the two are not the same")
    return password
