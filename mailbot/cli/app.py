"""The Typer application and the one place where an error becomes an exit code."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from mailbot.cli.commands import LazyCommands
from mailbot.errors import MailbotError, NotFoundError, is_temporary

app = typer.Typer(
    name="mailbot",
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=True,  # mailbot --install-completion
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from mailbot.cli.versions import versions

        for line in versions():
            typer.echo(line)
        raise typer.Exit


@app.callback()
def options(
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings file (else MAILBOT_CONFIG)."),
    ] = None,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Log to stderr what becomes of each mail and reply."),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """Take in what units e-mail to an office, judge it by rules, answer every sender.

    Example: mailbot --config office.toml tick --json
    """
    import logging

    from mailbot.cli.logs import set_up

    set_up(logging.INFO if verbose else logging.WARNING)


def _wrong_use(error: TyperException) -> str:
    """One line; typer's own way of saying it takes four. A bare group still prints its help."""
    said = error.format_message()
    if said.startswith("Usage:"):
        return said
    used = getattr(error, "ctx", None)
    hint = f" (see {used.command_path} --help)" if used is not None else ""
    return f"mailbot: {' '.join(said.split()).rstrip('.')}{hint}"


def _say(text: str, *, lines: bool = False) -> None:
    """To stderr. Foreign text is one line; click's own may be several."""
    from mailbot.cli.terminal import plain, progress

    progress.print(text if lines else plain(text), markup=False)


def _is_of_the_world(error: Exception) -> bool:
    import sqlite3  # loaded long before it can raise, and not for --help

    return isinstance(error, OSError | sqlite3.Error)


def main() -> None:
    """Run the command line; the exit codes are those of CONTRACT, Command line."""
    try:
        code = app(standalone_mode=False) or 0  # what a typer.Exit carries
    except TyperException as error:
        _say(_wrong_use(error), lines=True)
        code = error.exit_code
    except typer.Abort:
        code = 1
    except MailbotError as error:
        from mailbot.cli.remedies import told

        _say(f"mailbot: {told(error)}")
        code = 1 if isinstance(error, NotFoundError) else 3 if is_temporary(error) else 2
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if not _is_of_the_world(error):
            raise
        # What no stage foresaw: the machine's fault all the same, and unknown means temporary.
        _say(f"mailbot: {type(error).__name__}: {error}")
        code = 3
    sys.exit(code)
