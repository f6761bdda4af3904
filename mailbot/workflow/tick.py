"""The pass over all that waits: take in, examine, file, answer, deliver. Nothing here waits."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import (
    MailbotError,
    PermanentFault,
    TemporaryFault,
    is_of_the_machine,
    is_temporary,
)
from mailbot.events import tell
from mailbot.files import BlobStore
from mailbot.inbox.mailboxes.protocol import Listener, Mailbox, MessageGone, TellsOfMail
from mailbot.inspection.workers.probe import reading_ends
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, attempts, refusals, replies
from mailbot.ledger.known_uids import KnownUids
from mailbot.ledger.refusals import account_mark
from mailbot.ledger.search import fill_words
from mailbot.ledger.store import Ledger, Row, stamp
from mailbot.objects import make_room
from mailbot.outbox.answering import compose_due
from mailbot.outbox.delivery.account import AccountShare, alone
from mailbot.outbox.delivery.queue import LedgerOutbox
from mailbot.outbox.delivery.step import DeliveryCounts, deliver_due
from mailbot.outbox.delivery.transport import Transport
from mailbot.outbox.delivery.webhook import post_alert
from mailbot.report.alerts import post_alerts, queue_alerts
from mailbot.report.undelivered import standing_alerts
from mailbot.settings.types import Settings
from mailbot.workflow.setback import follow_clock

if TYPE_CHECKING:
    from mailbot.inspection.workers.pool import Pool
    from mailbot.workflow.arrival import InFlight, Pipeline

log = logging.getLogger(__name__)

_REFUSED = "login_refused"
_NOT_THERE = "message_gone"
_WORDS_S = 10.0  # of a pass, for mails that the search does not know yet
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
        self._transport = transport
        self._account = account or alone()
        self._probe = probe
        self._pool = pool
        self.beat: Callable[[], None] = _no_beat
        self.watch: Callable[[int, int], None] = _nobody_watches
        imap, smtp = settings.imap, settings.smtp
        self._login = account_mark(imap.host, imap.username, imap.secret_source) if imap else ""
        self._sender = account_mark(smtp.host, smtp.username, smtp.secret_source) if smtp else ""
        self._in_flight: deque[InFlight] = deque()
        with ledger.transaction():
            replies.free_claims(ledger, clock.now())
            self._is_careful = attempts.look_after_a_death(ledger)

    @cached_property
    def _pipeline(self) -> Pipeline:
        """Made for the first mail: it brings all that parts, judges and answers."""
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
        self._take_up_units()
        fault = self._discover()
        fault = self.examine_waiting(counts, may_fetch=fault is None) or fault
        if fault is None or fault.code != _REFUSED:
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
            post = partial(post_alert, alerts, now=now)
            post_alerts(self.ledger, self.settings, now, post)
            self.beat()

    def _discover(self) -> MailbotError | None:
        """Look into the mailbox, unless it refuses these credentials; what was wrong with it."""
        refusal = refusals.refused(self.ledger, "login", self._login)
        if refusal is not None:
            text = f"{refusal.text} (not tried again; correct it, or run: mailbot resume)"
            return PermanentFault(_REFUSED, text)
        try:
            self.discover()
        except MailbotError as error:
            return error
        return None

    def _note_mailbox(self, fault: MailbotError | None) -> None:
        """Remember how the mailbox stands; a refusal is the last word to this connection."""
        now = self.clock.now()
        with self.ledger.transaction():
            if fault is not None and fault.code == _REFUSED:
                refusals.refuse(self.ledger, "login", str(fault), self._login, now)
            elif fault is None:
                refusals.accept(self.ledger, "login")
            of_mailbox = fault is not None and not is_of_the_machine(fault)
            refusals.note_mailbox(self.ledger, str(fault) if of_mailbox else "", now)
        if fault is not None and fault.code == _REFUSED:
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

    def _take_up_units(self) -> None:
        """What a person added to the units since the pass before."""
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

    @in_its_language
    def examine_waiting(self, counts: Counts, *, may_fetch: bool = True) -> MailbotError | None:
        """Fetch, inspect and commit all that waits; the fault that cut it short, if one did.

        After two temporary faults in a row nothing more is fetched in this pass. A message that
        fails while others come through has used up a try; when none came, it was the mailbox.
        """
        try:
            with self.ledger.transaction():
                attempts.begin_pass(self.ledger)
            fault = self._examine(counts, may_fetch)
            with self.ledger.transaction():
                attempts.end_pass(self.ledger)
            self._is_careful = False
            return fault
        finally:
            self._in_flight.clear()
            with suppress(MailbotError), self.ledger.transaction():
                attempts.take_in_hand(self.ledger, ())

    def _examine(self, counts: Counts, may_fetch: bool) -> MailbotError | None:
        faults: list[tuple[Row, MailbotError]] = []
        in_a_row = 0
        suspects = attempts.suspects(self.ledger)
        rows = self._in_order(arrivals.waiting(self.ledger), suspects)
        for place, row in enumerate(rows):
            self.watch(place, len(rows))
            if row["state"] == "discovered" and (not may_fetch or in_a_row >= 2):
                continue
            alone = row["id"] in suspects
            while self._in_flight and (alone or len(self._in_flight) >= _IN_FLIGHT):
                self._finish_one(counts, faults)
            if alone and self._ends_its_probe(row, counts):
                continue
            with self.ledger.transaction():
                in_hand = [flight.row["id"] for flight in self._in_flight]
                attempts.take_in_hand(self.ledger, (*in_hand, row["id"]))
            self.beat()
            try:
                self._in_flight.append(self._pipeline.begin(row))
            except MessageGone:
                self._note_gone(row)
                continue
            except MailbotError as error:
                if not is_temporary(error) and error.code != _REFUSED:
                    counts.quarantined += self._pipeline.note_failure(row, error)
                    continue
                faults.append((row, error))
                in_a_row += 2 if error.code == _REFUSED else 1
                continue
            except Exception as error:  # noqa: BLE001 - G5: no message stops the ones after it
                counts.quarantined += self._pipeline.note_failure(row, error)
                continue
            counts.fetched += row["state"] == "discovered"
            in_a_row = 0
            if alone or self._is_careful:
                self._finish_one(counts, faults)
        while self._in_flight:
            self.watch(len(rows) - len(self._in_flight), len(rows))
            self._finish_one(counts, faults)
        for row, each in faults:
            excused = each.code == _REFUSED or is_of_the_machine(each)
            blame = bool(counts.fetched) and not excused
            counts.quarantined += self._pipeline.note_failure(row, each, blame=blame)
        return faults[-1][1] if faults else None

    def _note_gone(self, row: Row) -> None:
        """The server says it has this message no more: believed when two passes heard it."""
        with self.ledger.transaction():
            if not str(row["last_error"] or "").startswith(_NOT_THERE):
                attempts.record_error(self.ledger, row["id"], f"{_NOT_THERE}: asked once")
                return
            arrivals.record_gone(self.ledger, row["id"])
        self._known.forget(arrivals.listing_of(row))

    def _in_order(self, waiting: Sequence[Row], suspects: AbstractSet[int]) -> list[Row]:
        """Suspects last. After a pass that was cut short the smallest first, and one at a time:
        who is killed every few seconds still gets on, a commit a life."""
        if self._is_careful:
            waiting = sorted(waiting, key=lambda row: int(row["size"] or 0))
        return sorted(waiting, key=lambda row: row["id"] in suspects)

    def _ends_its_probe(self, row: Row, counts: Counts) -> bool:
        """Whether reading this suspect ends a process of its own, as it may have ended ours."""
        if row["state"] != "spooled" or not attempts.wants_probe(self.ledger, row["id"]):
            return False
        self.beat()
        ended = self._probe(self.settings.paths.data / row["spool_path"])
        if ended:
            error = PermanentFault("probe_died", ended)
            counts.quarantined += self._pipeline.note_failure(row, error)
            return True
        with self.ledger.transaction():
            attempts.clear(self.ledger, row["id"])
        return False

    def _finish_one(self, counts: Counts, faults: list[tuple[Row, MailbotError]]) -> None:
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

    @in_its_language
    def deliver_due(self) -> DeliveryCounts:
        """Send what is due. In shadow mode nothing leaves.

        After a fault that pauses all sending nothing is tried before its time, and after refused
        credentials nothing until a person acts: each try in vain lengthens the server's lock.
        """
        smtp, now = self.settings.smtp, self.clock.now()
        if self._transport is None or smtp is None or self.settings.outbox.mode == "shadow":
            return DeliveryCounts()
        stopped = refusals.refused(self.ledger, "sending")
        if stopped is not None:
            if stopped.account == self._sender:
                return DeliveryCounts()
            with self.ledger.transaction():
                refusals.resume_sending(self.ledger, now)
        paused = refusals.sending_paused_until(self.ledger)
        if paused is not None and now < paused:
            return DeliveryCounts()
        outbox = LedgerOutbox(self.ledger, self.settings.zone, self.beat, self._account)
        with self._account.turn():
            done = deliver_due(
                outbox,
                self._transport,
                now,
                sender=smtp.from_address,
                daily_limit=smtp.daily_limit,
                zone=self.settings.zone,
                reserve=self._reserve(now),
            )
            outbox.sent_today(now)  # for the others of the account
        if done.halted is not None:
            until = done.resume_at.astimezone(self.settings.zone) if done.resume_at else None
            log.warning(
                "sending stops until %s: %s",
                f"{until:%Y-%m-%d %H:%M:%S %Z}" if until else "a person acts",
                done.halted,
            )
        with self.ledger.transaction():
            if done.halted is not None and done.halted.stop:
                refusals.refuse(self.ledger, "sending", str(done.halted), self._sender, now)
            self.ledger.set_meta("delivery_fault", str(done.halted) if done.halted else "")
            refusals.pause_sending(self.ledger, done.resume_at)
        return done

    def sending_fault(self) -> str:
        """What keeps every mail from being sent, "" where nothing does."""
        stopped = refusals.refused(self.ledger, "sending")
        if stopped is not None:
            return f"{stopped.text}; look into it, then: mailbot resume"
        return self.ledger.meta("delivery_fault") or ""

    def standing_alerts(self) -> tuple[str, ...]:
        """What the office must hear of and no mail can tell it."""
        return standing_alerts(self.ledger)

    def _reserve(self, now: datetime) -> int:
        """How many of the day's sends are kept for the digest: none once it has left."""
        today = now.astimezone(self.settings.zone).date().isoformat()
        if self.ledger.meta("digest_day") == today:
            return replies.unsent_notices(self.ledger, "digest")
        return len(self.settings.office.addresses)
