"""`mailbot tick` and `mailbot run`: the main job once, and for good."""

import logging
from dataclasses import asdict

import typer

from mailbot.cli.session import ConfigOption, JsonOption, console, open_session, print_json
from mailbot.errors import SettingsError
from mailbot.scheduler import serve


def tick(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """One pass: fetch, examine, record, answer, deliver all that is due.

    Exit code 3 when the mailbox could not be reached.

    Example: mailbot tick --json
    """
    session = open_session(context, config)
    with session.office() as office:
        counts = asdict(office.tick())
    if as_json:
        print_json(counts)
    else:
        console.print("  ".join(f"{name} {number}" for name, number in counts.items()))


def run(context: typer.Context, config: ConfigOption = None) -> None:
    """Poll, answer and send the digest until SIGTERM or Ctrl-C.

    Example: mailbot run --config /etc/mailbot/mailbot.toml
    """
    session = open_session(context, config)
    if session.settings.smtp is None and session.settings.outbox.mode != "shadow":
        raise SettingsError('[smtp] is needed to send (or set outbox.mode = "shadow")')
    logging.getLogger("mailbot").setLevel(logging.INFO)
    with session.office() as office:
        serve(office)
