"""The command line and the one place where an error becomes an exit code."""

import os
import sys
from pathlib import Path

import click

from mailbot.cli.commands import LazyCommands
from mailbot.errors import MailbotError, NotFoundError, is_temporary

# pydantic would look for plugins in every distribution that is installed: 15 ms, and none is ours.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from mailbot.cli.versions import versions

        for line in versions():
            click.echo(line)
        context.exit()


@click.group("mailbot", cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings file (else MAILBOT_CONFIG).",
)
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Log to stderr what becomes of each mail and reply.",
)
@click.option(
    "--version",
    is_flag=True,
    callback=_print_version,
    is_eager=True,
    expose_value=False,
    help="Print it.",
)
def app(config: Path | None, verbose: bool) -> None:
    """Take in what units e-mail to an office, judge it by rules, answer every sender.

    Example: mailbot --config office.toml tick --json
    """
    import logging

    from mailbot.cli.logs import set_up

    set_up(logging.INFO if verbose else logging.WARNING)


def _wrong_use(error: click.ClickException) -> str:
    """One line; click's own way of saying it takes four. A bare group still prints its help."""
    said = error.format_message()
    if said.startswith("Usage:"):
        return said
    used = getattr(error, "ctx", None)
    hint = f" (see {used.command_path} --help)" if used is not None else ""
    return f"mailbot: {' '.join(said.split()).rstrip('.')}{hint}"


def _say(text: str, *, lines: bool = False) -> None:
    """To stderr. Foreign text is one line; click's own may be several."""
    from mailbot.cli.terminal import plain, progress

    progress.print(text if lines else plain(text))


def _is_of_the_world(error: Exception) -> bool:
    import sqlite3  # loaded long before it can raise, and not for --help

    return isinstance(error, OSError | sqlite3.Error)


def main() -> None:
    """Run the command line; the exit codes are those of CONTRACT, Command line."""
    try:
        code = app.main(standalone_mode=False) or 0  # what an Exit carries
    except click.ClickException as error:
        _say(_wrong_use(error), lines=True)
        code = error.exit_code
    except click.Abort:
        code = 1
    except MailbotError as error:
        from mailbot.cli.remedies import told

        lines = told(error).split("\n") if error.code == "rules" else [told(error)]
        for line in (f"mailbot: {lines[0]}", *lines[1:]):  # a folder's problems, one a line
            _say(line)
        code = 1 if isinstance(error, NotFoundError) else 3 if is_temporary(error) else 2
    except BrokenPipeError:
        # The reader of our output went away; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # a bug goes on; the machine's fault gets its line and code
        if not _is_of_the_world(error):
            raise
        # What no stage foresaw: the machine's fault all the same, and unknown means temporary.
        _say(f"mailbot: {type(error).__name__}: {error}")
        code = 3
    sys.exit(code)
