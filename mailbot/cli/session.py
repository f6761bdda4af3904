"""What every command shares: the options, the way it prints, and how it opens things."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.inbox.mailboxes.maildir import open_maildir
from mailbot.inbox.mailboxes.protocol import Mailbox
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.ledger.roster import campaign_in_force
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.outbox.delivery.transport import SmtpTransport
from mailbot.settings.sources import find_settings, load_settings
from mailbot.settings.types import Settings
from mailbot.workflow.tick import Office

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file (else MAILBOT_CONFIG)."),
]
# Accepted after every command (CONTRACT, Command line), also by those that read no settings.
UnreadConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Accepted everywhere; not read here."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

console = Console(highlight=False, soft_wrap=True)
progress = Console(stderr=True, highlight=False, soft_wrap=True)


def _unseen(text: str) -> set[str]:
    """The characters of a text that move a cursor, turn the writing or cannot be seen."""
    return {char for char in set(text) if not (char.isprintable() or char in "\n\t")}


def _escaped(char: str) -> str:
    """A character as JSON escapes it."""
    octets = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{octets[at]:02x}{octets[at + 1]:02x}" for at in range(0, len(octets), 2))


def plain(text: object) -> Text:
    """Foreign text for the terminal: control characters cannot move the cursor, markup is none."""
    return Text("".join(char if char.isprintable() else "·" for char in str(text)))


class PlainFormatter(logging.Formatter):
    """Log lines for a terminal: what servers and senders say moves no cursor."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line.translate({ord(char): "·" for char in _unseen(line)})


def print_json(document: Any) -> None:
    """One JSON document on stdout, UTF-8 whatever the locale says.

    JSON leaves C1 controls and bidirectional marks as they are; a terminal would obey them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    text = text.translate({ord(char): _escaped(char) for char in _unseen(text)})
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Session:
    """The settings a command works under, and the campaign they name."""

    settings: Settings
    campaign: Campaign

    @contextmanager
    def reading(self) -> Iterator[Ledger]:
        """The ledger, to read only: never waits for the writer."""
        with open_ledger(self.settings.paths.data, writable=False) as ledger:
            yield ledger

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """The ledger, as its only writer."""
        with open_ledger(self.settings.paths.data) as ledger:
            yield ledger

    @contextmanager
    def beside(self) -> Iterator[Ledger]:
        """The ledger for one short transaction, also while `mailbot run` is at work."""
        with open_ledger(self.settings.paths.data, beside=True) as ledger:
            yield ledger

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Everything `tick` and `run` need, opened and closed."""
        limits = self.settings.limits
        with (
            self.writing() as ledger,
            InspectionPool(
                limits.workers,
                limits.inspection_seconds,
                limits.inspection_bytes,
                file_bytes=max(limits.archive_member_bytes, limits.message_bytes) + 1024**2,
            ) as pool,
        ):
            mailbox = open_mailbox(self.settings)
            transport = open_transport(self.settings)
            try:
                yield Office(
                    settings=self.settings,
                    campaign=self.campaign,
                    ledger=ledger,
                    mailbox=mailbox,
                    pool=pool,
                    transport=transport,
                    clock=SystemClock(),
                )
            finally:
                mailbox.close()
                if transport is not None:
                    transport.close()


def open_session(context: typer.Context, config: Path | None) -> Session:
    """Read settings and rules; SettingsError when they are wrong. The option after the
    subcommand goes before the one in front of it."""
    given = config or (context.find_root().params.get("config"))
    settings = load_settings(find_settings(given))
    campaign = load_campaign(settings.campaign.rules or shipped_rules())
    return Session(settings, _with_additions(settings, campaign))


def _with_additions(settings: Settings, campaign: Campaign) -> Campaign:
    """The campaign with what was added to its units by command."""
    data = settings.paths.data
    if not (data / "ledger.db").is_file():
        return campaign
    with open_ledger(data, writable=False) as ledger:
        return campaign_in_force(ledger, campaign)


def open_mailbox(settings: Settings) -> Mailbox:
    """The mailbox of `[imap]` or `[maildir]`; nothing is connected yet."""
    if settings.maildir is not None:
        return open_maildir(settings.maildir.path)
    imap = settings.imap
    assert imap is not None  # load_settings: exactly one of the two
    return open_imap(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        ca_file=str(imap.ca_file or ""),
        username=imap.username,
        password=imap.password.get_secret_value(),
        folder=imap.folder,
        extra_folders=imap.extra_folders,
        allow_cleartext=imap.allow_cleartext,
    )


def open_transport(settings: Settings) -> SmtpTransport | None:
    """The way out, or None where `[smtp]` is not set."""
    smtp = settings.smtp
    if smtp is None:
        return None
    return SmtpTransport(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        null_return_path=smtp.null_return_path,
    )
