"""`mailbot console`: the pages in the browser, and the accounts of who may use them."""

import getpass
import logging
import sys
from typing import Annotated

import typer

from mailbot.cli.decide import ByOption, decide
from mailbot.cli.session import open_session
from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json, progress
from mailbot.clock import SystemClock
from mailbot.deciding import accounts as deciding
from mailbot.entries import Role
from mailbot.errors import SettingsError
from mailbot.ledger import accounts

console_app = typer.Typer(
    invoke_without_command=True, help="The office's pages in the browser, and who may use them."
)
user_app = typer.Typer(no_args_is_help=True, help="Who may use the console.")
console_app.add_typer(user_app, name="user")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As it stands beside decisions.")]
RoleOption = Annotated[
    Role, typer.Option("--role", help="viewer reads, clerk decides, admin rules.")
]
PrintOption = Annotated[
    bool, typer.Option("--print", help="Make a password and print it once, instead of asking.")
]


@console_app.callback()
def run_console(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Else console.host.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Else console.port.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve the console until Ctrl-C; `mailbot run` does where console.enabled is set.

    Example: mailbot console --port 8163
    """
    if context.invoked_subcommand:
        return
    from mailbot.console import serving

    session = open_session(context, config)
    given = {"host": host, "port": port}
    changed = {key: value for key, value in given.items() if value is not None}
    section = session.settings.console.model_copy(update=changed)
    settings = session.settings.model_copy(update={"console": section})
    logging.getLogger("mailbot").setLevel(logging.INFO)
    if warning := serving.warning_of(settings):
        progress.print(f"warning: {warning}", markup=False)
    first = serving.first_address(settings, SystemClock())
    console.print(plain(f"the console is at {serving.address_of(settings)}"))
    if first:
        console.print(plain(f"the first admin names himself, once and within the hour, at {first}"))
    serving.serve(settings, session.campaign)


@user_app.command("add")
def add_user(
    context: typer.Context,
    name: NameArgument,
    role: RoleOption,
    printed: PrintOption = False,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a further person use the console; the password is asked for, or printed once.

    Example: mailbot console user add 王芳 --role clerk
    """
    password = _password(printed)
    decide(context, by, as_json, lambda desk: deciding.add_account(desk, name, role, password))


@user_app.command("list")
def list_users(
    context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
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
def change_role(
    context: typer.Context,
    name: NameArgument,
    role: RoleOption,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a user another role; whoever is logged in under the name has to log in again.

    Example: mailbot console user role 王芳 --role admin
    """
    decide(context, by, as_json, lambda desk: deciding.set_role(desk, name, role))


@user_app.command("password")
def change_password(
    context: typer.Context,
    name: NameArgument,
    printed: PrintOption = False,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set another password; whoever is logged in under the name has to log in again.

    Example: mailbot console user password 王芳
    """
    password = _password(printed)
    decide(context, by, as_json, lambda desk: deciding.set_password(desk, name, password))


@user_app.command("remove")
def remove_user(
    context: typer.Context,
    name: NameArgument,
    by: ByOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a user use the console no more; what he decided keeps his name.

    Example: mailbot console user remove 王芳
    """
    decide(context, by, as_json, lambda desk: deciding.remove_account(desk, name))


def _password(printed: bool) -> str:
    """Asked for twice on a terminal; else made here and printed, to be handed on once."""
    if printed or not sys.stdin.isatty():
        password = deciding.fresh_password()
        progress.print(f"password (shown once): {password}", markup=False)
        return password
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("the two are not the same")
    return password
