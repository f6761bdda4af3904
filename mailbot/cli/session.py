"""How a command opens settings, rules, ledger, mailbox and pool.

What only some commands need is imported where it is opened: `status` starts no reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.settings.sources import find_settings, load_settings
from mailbot.settings.types import Settings

if TYPE_CHECKING:
    from mailbot.inbox.mailboxes.protocol import Mailbox
    from mailbot.inspection.workers.pool import Pool
    from mailbot.outbox.delivery.transport import SmtpTransport
    from mailbot.workflow.tick import Office


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
    def pool(self) -> Iterator[Pool]:
        """The worker processes of `[limits]`, started and ended."""
        from mailbot.inspection.workers.pool import InspectionPool

        limits = self.settings.limits
        with InspectionPool(
            limits.workers,
            limits.inspection_seconds,
            limits.inspection_bytes,
            file_bytes=max(limits.archive_member_bytes, limits.message_bytes) + 1024**2,
        ) as pool:
            yield pool

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Everything `tick` and `run` need, opened and closed."""
        from mailbot.workflow.tick import Office

        with self.writing() as ledger, self.pool() as pool:
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
    from mailbot.inbox.mailboxes.imap import open_imap
    from mailbot.inbox.mailboxes.maildir import open_maildir

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
    from mailbot.outbox.delivery.transport import SmtpTransport

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
