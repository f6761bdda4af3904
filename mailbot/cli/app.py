"""The Typer application and the one place where an error becomes an exit code."""

import logging
import os
import sqlite3
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from typer.exceptions import TyperException

import mailbot
from mailbot.cli.audit import audit_app
from mailbot.cli.board import digest, show, status
from mailbot.cli.check import check
from mailbot.cli.decide import (
    accept,
    assign,
    confirm,
    hold,
    reject,
    release,
    resend,
    retry,
    unit_app,
    waive,
)
from mailbot.cli.demo import demo
from mailbot.cli.export import dossier, export
from mailbot.cli.mail import health, resume, run, tick
from mailbot.cli.outbox import outbox_app
from mailbot.cli.remind import remind
from mailbot.cli.rules import rules_app
from mailbot.cli.session import ConfigOption, PlainFormatter, plain, progress
from mailbot.cli.setup import init
from mailbot.cli.spotcheck import draw, inspect_result
from mailbot.cli.upkeep import prune
from mailbot.errors import MailbotError, NotFoundError, is_temporary

app = typer.Typer(
    name="mailbot",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_MAIN: tuple[Callable[..., None], ...] = (
    demo,
    init,
    run,
    tick,
    resume,
    health,
    check,
    status,
    show,
    digest,
)
_OFFICE: tuple[Callable[..., None], ...] = (remind, export, dossier, draw, inspect_result, prune)
for command in (*_MAIN, *_OFFICE):
    app.command()(command)
for command in (assign, accept, waive, reject, confirm, hold, release, retry, resend):
    app.command()(command)
app.add_typer(unit_app, name="unit")
app.add_typer(audit_app, name="audit")
app.add_typer(rules_app, name="rules")
app.add_typer(outbox_app, name="outbox")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(mailbot.__version__)
        raise typer.Exit


@app.callback()
def options(
    config: ConfigOption = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log every step to stderr.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """Take in what units e-mail to an office, judge it by rules, answer every sender.

    Example: mailbot --config office.toml tick --json
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _wrong_use(error: TyperException) -> str:
    """One line; typer's own way of saying it takes four. A bare group still prints its help."""
    said = error.format_message()
    if said.startswith("Usage:"):
        return said
    used = getattr(error, "ctx", None)
    hint = f" (see {used.command_path} --help)" if used is not None else ""
    return f"mailbot: {' '.join(said.split()).rstrip('.')}{hint}"


def main() -> None:
    """Run the command line; the exit codes are those of CONTRACT, Command line."""
    try:
        code = app(standalone_mode=False) or 0  # what a typer.Exit carries
    except TyperException as error:
        progress.print(_wrong_use(error), markup=False)
        code = error.exit_code
    except typer.Abort:
        code = 1
    except MailbotError as error:
        progress.print(plain(f"mailbot: {error}"))
        code = 1 if isinstance(error, NotFoundError) else 3 if is_temporary(error) else 2
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (OSError, sqlite3.Error) as error:
        # What no stage foresaw: the machine's fault all the same, and unknown means temporary.
        progress.print(plain(f"mailbot: {type(error).__name__}: {error}"))
        code = 3
    sys.exit(code)
