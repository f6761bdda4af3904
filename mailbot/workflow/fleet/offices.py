"""The fleet's offices while they are open: opened, polled, closed, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field

from mailbot.clock import Clock, midnight
from mailbot.errors import MailbotError
from mailbot.inbox.mailboxes.imap_sharing import SharedSessions
from mailbot.inspection.workers.sharing import SharedPool
from mailbot.ledger import correspondence
from mailbot.outbox.delivery.account import AccountShare, SendingAccount
from mailbot.settings.types import Settings
from mailbot.workflow.fleet.folder import Place
from mailbot.workflow.heartbeat import Heartbeat
from mailbot.workflow.opening import open_campaign, open_mailbox, open_office
from mailbot.workflow.scheduler import Loop
from mailbot.workflow.tick import Office

log = logging.getLogger(__name__)


class Accounts:
    """What offices of one account share: the connection to its mailbox, and the day's sends."""

    def __init__(self) -> None:
        self.sessions = SharedSessions()
        self._sending: dict[tuple[str, int, str], SendingAccount] = {}

    def share(self, settings: Settings, office: str) -> AccountShare:
        """The sending account of these settings, as this office knows it."""
        smtp = settings.smtp
        if smtp is None:
            return SendingAccount().share(office)
        key = (smtp.host.lower(), smtp.port, (smtp.username or smtp.from_address).lower())
        return self._sending.setdefault(key, SendingAccount()).share(office)


@dataclass(slots=True, eq=False)
class OpenOffice:
    """An office of the fleet at work."""

    place: Place
    office: Office
    loop: Loop
    heart: Heartbeat
    stop: threading.Event
    _opened: ExitStack = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its settings file."""
        return self.place.name

    def close(self) -> None:
        """Give up ledger, mailbox and turns. Only when no step is under way."""
        self.heart.stopping()
        self._opened.close()


def open_place(place: Place, pool: SharedPool, accounts: Accounts, clock: Clock) -> OpenOffice:
    """Open an office that has settings. Raises MailbotError: rules, ledger, lock."""
    settings = place.settings
    assert settings is not None
    with ExitStack() as stack:
        campaign = open_campaign(settings)
        share = pool.share(place.name)
        stack.callback(share.close)
        account = accounts.share(settings, place.name)
        office = stack.enter_context(
            open_office(
                settings,
                campaign,
                share,
                clock,
                mailbox=open_mailbox(settings, accounts.sessions),
                account=account,
            )
        )
        # Known to the others of its account before any of them sends.
        now = clock.now()
        account.sent_elsewhere(
            correspondence.sent_since(office.ledger, midnight(now, settings.zone)),
            now.astimezone(settings.zone).date(),
        )
        stop = threading.Event()
        # systemd watches the process, not one office of it.
        heart = Heartbeat(settings, clock, notify=lambda _words: None)
        office.beat = heart.beat
        opened = OpenOffice(
            place, office, Loop(office, stop, heart, place.name), heart, stop, stack.pop_all()
        )
    log.info("%s: open; polling every %s s", place.name, settings.schedule.poll_seconds)
    return opened


def fault_of(error: Exception) -> str:
    """Why an office could not be opened, in one line."""
    return str(error) if isinstance(error, MailbotError) else f"{type(error).__name__}: {error}"
