"""The pass over all that waits: take in, examine, file, answer, deliver. Nothing here waits."""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial

from mailbot.campaign import Campaign
from mailbot.clock import Clock
from mailbot.config import Settings
from mailbot.errors import MailbotError, TemporaryFault, is_of_the_machine
from mailbot.inbox.blobs import BlobStore
from mailbot.inbox.mailbox import Mailbox, MessageGone
from mailbot.inspection.workers import Pool
from mailbot.ledger import arrivals, replies, tries
from mailbot.ledger.known import KnownUids
from mailbot.ledger.roster import campaign_in_force
from mailbot.ledger.store import Ledger, Row, moment, stamp
from mailbot.outbox.answering import compose_due
from mailbot.outbox.delivery import DeliveryCounts, deliver_due
from mailbot.outbox.queue import LedgerOutbox
from mailbot.outbox.transport import Transport
from mailbot.pipeline import MAX_TRIES, InFlight, Pipeline, listing_of
from mailbot.report.alerts import queue_alerts

log = logging.getLogger(__name__)

_IN_FLIGHT = 8  # arrivals fetched ahead of the one being judged


@dataclass(slots=True)
class Counts:
    """What one pass did (CONTRACT: JSON of `tick`)."""

    fetched: int = 0
    examined: int = 0
    replied: int = 0
    sent: int = 0
    deferred: int = 0
    dead: int = 0
    quarantined: int = 0


def _no_beat() -> None:
    """Nobody listens."""


class Office:
    """The main job on one mailbox and one ledger. `tick` is one pass.

    `beat` is called whenever a pass has got on: before each message, and around each delivery.
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
    ) -> None:
        self.settings = settings
        self.campaign = campaign_in_force(ledger, campaign)
        self.ledger = ledger
        self.clock = clock
        self._mailbox = mailbox
        self._known = KnownUids(ledger, mailbox.name)
        self._transport = transport
        self._pipeline = Pipeline(
            settings=settings,
            campaign=self.campaign,
            ledger=ledger,
            mailbox=mailbox,
            pool=pool,
            clock=clock,
        )
        for name in ("files", "spool"):
            BlobStore(settings.paths.data / name).sweep()
        self.beat: Callable[[], None] = _no_beat
        self._in_flight: deque[InFlight] = deque()
        with ledger.transaction():
            replies.free_claims(ledger, clock.now())
            tries.look_after_a_death(ledger, MAX_TRIES)

    def tick(self) -> Counts:
        """Fetch all that is new, examine, record, answer, deliver all that is due.

        A temporary fault of the mailbox is raised only after everything already taken in has
        been examined and answered.
        """
        counts = Counts()
        fault: MailbotError | None = None
        self._take_up_units()
        try:
            self.discover()
        except MailbotError as error:
            fault = error
        fault = self.examine_waiting(counts, may_fetch=fault is None) or fault
        try:
            self.file_on_server()
        except MailbotError as error:
            fault = fault or error
        now = self.clock.now()
        counts.replied = compose_due(self.ledger, self.campaign, self.settings, now)
        refused = str(fault) if fault is not None and fault.code == "login_refused" else ""
        queue_alerts(self.ledger, self.campaign, self.settings, now, refused)
        done = self.deliver_due()
        counts.sent, counts.deferred, counts.dead = done.sent, done.deferred, done.dead
        if fault is not None:
            raise fault
        with self.ledger.transaction():
            self.ledger.set_meta("last_poll", stamp(self.clock.now()))
        return counts

    def _take_up_units(self) -> None:
        """What a person added to the units since the pass before."""
        in_force = campaign_in_force(self.ledger, self.campaign)
        if in_force is not self.campaign:
            self.campaign = in_force
            self._pipeline.use(in_force)

    def discover(self) -> None:
        """Note every message that the ledger does not know yet."""
        since = datetime.combine(self.campaign.opening, time(), self.campaign.zone)
        for folder in self._mailbox.folders():
            listings = self._mailbox.list_messages(
                folder,
                since,
                partial(self._known.of, folder),
            )
            if listings:
                with self.ledger.transaction():
                    for listing in listings:
                        arrivals.record_discovered(self.ledger, listing, self.clock.now())

    def examine_waiting(self, counts: Counts, *, may_fetch: bool = True) -> MailbotError | None:
        """Fetch, inspect and commit all that waits; the fault that cut it short, if one did.

        After two temporary faults in a row nothing more is fetched in this pass. A message that
        fails while others come through has used up a try; when none came, it was the mailbox.
        """
        try:
            return self._examine(counts, may_fetch)
        finally:
            if self._in_flight:
                self._in_flight.clear()
            with suppress(MailbotError), self.ledger.transaction():
                tries.take_in_hand(self.ledger, ())

    def _examine(self, counts: Counts, may_fetch: bool) -> MailbotError | None:
        faults: list[tuple[Row, TemporaryFault]] = []
        in_a_row = 0
        suspects = tries.suspects(self.ledger)
        for row in sorted(arrivals.waiting(self.ledger), key=lambda row: row["id"] in suspects):
            if row["state"] == "discovered" and (not may_fetch or in_a_row >= 2):
                continue
            alone = row["id"] in suspects
            while self._in_flight and (alone or len(self._in_flight) >= _IN_FLIGHT):
                self._finish_one(counts, faults)
            with self.ledger.transaction():
                in_hand = [flight.row["id"] for flight in self._in_flight]
                tries.take_in_hand(self.ledger, (*in_hand, row["id"]))
            self.beat()
            try:
                self._in_flight.append(self._pipeline.begin(row))
            except MessageGone:
                with self.ledger.transaction():
                    arrivals.record_gone(self.ledger, row["id"])
                continue
            except TemporaryFault as error:
                faults.append((row, error))
                in_a_row += 1
                continue
            except Exception as error:  # noqa: BLE001 - G5: no message stops the ones after it
                counts.quarantined += self._pipeline.note_failure(row, error)
                continue
            counts.fetched += row["state"] == "discovered"
            in_a_row = 0
            if alone:
                self._finish_one(counts, faults)
        while self._in_flight:
            self._finish_one(counts, faults)
        for row, each in faults:
            blame = bool(counts.fetched) and not is_of_the_machine(each)
            counts.quarantined += self._pipeline.note_failure(row, each, blame=blame)
        return faults[-1][1] if faults else None

    def _finish_one(self, counts: Counts, faults: list[tuple[Row, TemporaryFault]]) -> None:
        flight = self._in_flight.popleft()
        self.beat()
        try:
            outcome = self._pipeline.finish(flight)
        except TemporaryFault as error:
            faults.append((flight.row, error))
            return
        counts.examined += outcome == "examined"
        counts.quarantined += outcome == "quarantined"

    def file_on_server(self) -> None:
        """Mark or move what is committed (G1), where the settings ask for it."""
        imap = self.settings.imap
        if imap is None or imap.after_processing == "keep":
            return
        for row in arrivals.unfiled(self.ledger, self._mailbox.name):
            listing = listing_of(row)
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
        """Send what is due. In shadow mode nothing leaves.

        After a fault that stops all sending nothing is tried before its time: each try in vain
        lengthens the server's lock.
        """
        smtp, now = self.settings.smtp, self.clock.now()
        if self._transport is None or smtp is None or self.settings.outbox.mode == "shadow":
            return DeliveryCounts()
        paused = self.ledger.meta("delivery_resume_at")
        if paused and now < moment(paused):
            return DeliveryCounts()
        done = deliver_due(
            LedgerOutbox(self.ledger, self.settings.zone),
            self._transport,
            now,
            sender=smtp.from_address,
            daily_limit=smtp.daily_limit,
            zone=self.settings.zone,
            reserve=self._reserve(now),
        )
        if done.halted is not None:
            log.warning("sending stops until %s: %s", done.resume_at, done.halted)
        with self.ledger.transaction():
            self.ledger.set_meta("delivery_fault", str(done.halted) if done.halted else "")
            resume = stamp(done.resume_at) if done.resume_at else ""
            self.ledger.set_meta("delivery_resume_at", resume)
        return done

    def _reserve(self, now: datetime) -> int:
        """How many of the day's sends are kept for the digest: none once it is queued."""
        today = now.astimezone(self.settings.zone).date().isoformat()
        queued = self.ledger.meta("digest_day") == today
        return 0 if queued else len(self.settings.office.addresses)
