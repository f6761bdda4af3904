"""The pass over all that waits: take in, examine, file, answer, deliver. Nothing here waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import cached_property, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import MailbotError, PermanentFault, is_of_the_machine
from mailbot.events import tell
from mailbot.files import BlobStore
from mailbot.inbox.mailboxes.protocol import (
    LOGIN_REFUSED,
    Listener,
    Mailbox,
    MessageGone,
    TellsOfMail,
)
from mailbot.inspection.workers.later import LaterPool
from mailbot.inspection.workers.probe import reading_ends
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, attempts, refusals, sending
from mailbot.ledger.known_uids import KnownUids
from mailbot.ledger.refusals import account_mark
from mailbot.ledger.search import fill_words
from mailbot.ledger.store import Ledger, stamp
from mailbot.objects import make_room
from mailbot.outbox.answering import compose_due
from mailbot.outbox.delivery.account import AccountShare, alone
from mailbot.outbox.delivery.step import DeliveryCounts
from mailbot.report.alerts import post_alerts, queue_alerts
from mailbot.settings.types import Settings
from mailbot.workflow.counts import Counts
from mailbot.workflow.examining import Examination
from mailbot.workflow.sending import Sending
from mailbot.workflow.setback import follow_clock

if TYPE_CHECKING:
    from mailbot.inspection.workers.pool import Pool
    from mailbot.outbox.delivery.transport import Transport
    from mailbot.workflow.arrival import Pipeline

log = logging.getLogger(__name__)

_WORDS_S = 10.0  # of a pass, for mails that the search does not know yet


def _no_beat() -> None:
    """Nobody listens."""


def _nobody_watches(_done: int, _total: int) -> None:
    """Nobody wants to see how far the pass is."""


class Office:
    """The main job on one mailbox and one ledger. `tick` is one pass.

    `beat` is called whenever a pass has got on: before each message, and around each delivery;
    `watch` with how many of the waiting mails are through, and how many they are.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        campaign: Campaign,
        ledger: Ledger,
        mailbox: Mailbox,
        pool: Pool,
        transport: Transport | None,
        clock: Clock,
        probe: Callable[[Path], str] = reading_ends,
        account: AccountShare | None = None,
    ) -> None:
        self.settings = settings
        self.campaign = campaign_in_force(ledger, campaign)
        self.ledger = ledger
        self.clock = clock
        self._mailbox = mailbox
        self._known = KnownUids(ledger, mailbox.name)
        self._pool = pool
        self.beat: Callable[[], None] = _no_beat
        self.watch: Callable[[int, int], None] = _nobody_watches
        imap = settings.imap
        self._login = account_mark(imap.host, imap.username, imap.secret_source) if imap else ""
        self._sending = Sending(
            settings=settings,
            ledger=ledger,
            transport=transport,
            clock=clock,
            account=account or alone(),
            beat=lambda: self.beat(),
        )
        with ledger.transaction():
            sending.free_claims(ledger, clock.now())
            is_careful = attempts.look_after_a_death(ledger)
        self._examination = Examination(
            ledger=ledger,
            data=settings.paths.data,
            known=self._known,
            pipeline=lambda: self._pipeline,
            probe=probe,
            beat=lambda: self.beat(),
            watch=lambda done, total: self.watch(done, total),
            is_careful=is_careful,
        )

    @cached_property
    def _pipeline(self) -> Pipeline:
        """Made for the first mail: it brings all that parts, judges and answers. What reads files
        is imported meanwhile on another core."""
        if isinstance(self._pool, LaterPool):
            self._pool.start_early()
        from mailbot.workflow.arrival import Pipeline

        pipeline = Pipeline(
            settings=self.settings,
            campaign=self.campaign,
            ledger=self.ledger,
            mailbox=self._mailbox,
            pool=self._pool,
            clock=self.clock,
        )
        pipeline.hear(lambda: self.beat())
        return pipeline

    def listener(self) -> Listener | None:
        """What tells of new mail at once, where the mailbox has such a thing."""
        return self._mailbox.listener() if isinstance(self._mailbox, TellsOfMail) else None

    @in_its_language
    def tick(self) -> Counts:
        """Fetch all that is new, examine, record, answer, deliver all that is due.

        A fault of the mailbox is raised only after everything already taken in has been examined
        and answered. After a refused login the server is not asked again until a person acts.
        """
        counts = Counts()
        with self.ledger.transaction():
            jump = follow_clock(self.ledger, self.clock.now())
        if jump:
            log.warning("the clock was set back by %s; what waits was moved with it", jump)
        self._sweep()
        self.take_up_campaign()
        fault = self._discover()
        fault = self._examination.of_waiting(counts, may_fetch=fault is None) or fault
        if fault is None or fault.code != LOGIN_REFUSED:
            try:
                self.file_on_server()
            except MailbotError as error:
                fault = fault or error
        self._note_mailbox(fault)
        now = self.clock.now()
        counts.replied = compose_due(self.ledger, self.campaign, self.settings, now)
        self._note_pool()
        if counts.examined and self.settings.paths.files_cache_bytes:
            self._make_room()
        queue_alerts(self.ledger, self.campaign, self.settings, now)
        done = self.deliver_due()
        counts.sent, counts.deferred, counts.dead = done.sent, done.deferred, done.dead
        self._post_alerts()
        self._take_up_words()
        if fault is not None:
            raise fault
        with self.ledger.transaction():
            self.ledger.set_meta("last_poll", stamp(self.clock.now()))
        return counts

    def _post_alerts(self) -> None:
        """By the second channel, after delivery: a sender that was refused just now is told."""
        alerts, now = self.settings.alerts, self.clock.now()
        if alerts.webhook.get_secret_value():
            from mailbot.outbox.delivery.webhook import post_alert

            post = partial(post_alert, alerts, now=now)
            post_alerts(self.ledger, self.settings, now, post)
            self.beat()

    def _discover(self) -> MailbotError | None:
        """Look into the mailbox, unless it refuses these credentials; what was wrong with it."""
        refusal = refusals.refused(self.ledger, "login", self._login)
        if refusal is not None:
            text = f"{refusal.text} (not tried again; correct it, or run: mailbot resume)"
            return PermanentFault(LOGIN_REFUSED, text)
        try:
            self.discover()
        except MailbotError as error:
            return error
        return None

    def _note_mailbox(self, fault: MailbotError | None) -> None:
        """Remember how the mailbox stands; a refusal is the last word to this connection."""
        now = self.clock.now()
        with self.ledger.transaction():
            if fault is not None and fault.code == LOGIN_REFUSED:
                refusals.refuse(self.ledger, "login", str(fault), self._login, now)
            elif fault is None:
                refusals.accept(self.ledger, "login")
            of_mailbox = fault is not None and not is_of_the_machine(fault)
            refusals.note_mailbox(self.ledger, str(fault) if of_mailbox else "", now)
        if fault is not None and fault.code == LOGIN_REFUSED:
            self._mailbox.close()

    def _sweep(self) -> None:
        """Drop what dead workers left half written: at the start, and those of the pass before."""
        for name in ("files", "spool"):
            BlobStore(self.settings.paths.data / name).sweep()

    def _make_room(self) -> None:
        """Let go of local copies of what the object store has, beyond what the settings keep."""
        paths = self.settings.paths
        try:
            make_room(paths.data / "files", paths.files_cache_bytes)
        except MailbotError as error:
            log.warning("no room was made: %s", error)

    def _note_pool(self) -> None:
        """Remember whether files are inspected where the settings say."""
        with self.ledger.transaction():
            refusals.note_inspection(self.ledger, self._pool.trouble, self.clock.now())

    def take_up_campaign(self) -> None:
        """What a person added to the units, or the rules he put in force, since the last look."""
        in_force = campaign_in_force(self.ledger, self.campaign)
        if in_force is not self.campaign:
            self.campaign = in_force
            if "_pipeline" in self.__dict__:
                self._pipeline.use(in_force)

    def _take_up_words(self) -> None:
        """Mails from before there was a search can be found too: some more with each pass."""
        until = monotonic() + _WORDS_S
        while fill_words(self.ledger) and monotonic() < until:
            self.beat()

    def discover(self) -> None:
        """Note every message that the ledger does not know yet."""
        since = datetime.combine(self.campaign.opening, time(), self.campaign.zone)
        folders = self._mailbox.folders()
        self._note_missing(self._mailbox.missing_folders)
        for folder in folders:
            listings = self._mailbox.list_messages(
                folder,
                since,
                partial(self._known.of, folder),
            )
            tell(log, "listed", folder=folder, new=len(listings))
            if listings:
                with self.ledger.transaction():
                    for listing in listings:
                        arrivals.record_discovered(self.ledger, listing, self.clock.now())
                for listing in listings:
                    self._known.add(listing)

    def _note_missing(self, folders: Sequence[str]) -> None:
        """Folders that the settings name and the server has not: nobody reads what lies there."""
        if folders:
            log.warning("not on the server, so not read: %s (extra_folders)", ", ".join(folders))
        with self.ledger.transaction():
            refusals.note_missing_folders(self.ledger, folders)

    def file_on_server(self) -> None:
        """Mark or move what is committed (G1), where the settings ask for it."""
        imap = self.settings.imap
        if imap is None or imap.after_processing == "keep":
            return
        for row in arrivals.unfiled(self.ledger, self._mailbox.name):
            listing = arrivals.listing_of(row)
            self.beat()
            try:
                if imap.after_processing == "seen":
                    self._mailbox.mark_seen(listing)
                else:
                    self._mailbox.move(listing, imap.move_to)
            except MessageGone:
                log.info("arrival %s is no longer on the server", row["id"])
            with self.ledger.transaction():
                arrivals.record_filed(self.ledger, row["id"])

    def deliver_due(self) -> DeliveryCounts:
        """Send what is due. In shadow mode nothing leaves."""
        return self._sending.deliver_due()

    def sending_fault(self) -> str:
        """What keeps every mail from being sent, "" where nothing does."""
        return self._sending.fault()

    def standing_alerts(self) -> tuple[str, ...]:
        """What the office must hear of and no mail can tell it."""
        from mailbot.report.undelivered import standing_alerts

        return standing_alerts(self.ledger)
