"""Sends what is due, unless something stops or pauses all sending."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.clock import Clock
from mailbot.language import in_its_language
from mailbot.ledger import refusals, sending
from mailbot.ledger.refusals import account_mark
from mailbot.ledger.store import Ledger
from mailbot.outbox.delivery.account import AccountShare
from mailbot.outbox.delivery.queue import LedgerOutbox
from mailbot.outbox.delivery.step import DeliveryCounts, deliver_due
from mailbot.settings.types import Settings

if TYPE_CHECKING:
    from mailbot.outbox.delivery.transport import Transport

log = logging.getLogger(__name__)


class Sending:
    """What leaves one ledger by one account; `beat` is called around each delivery."""

    def __init__(
        self,
        *,
        settings: Settings,
        ledger: Ledger,
        transport: Transport | None,
        clock: Clock,
        account: AccountShare,
        beat: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._transport = transport
        self._clock = clock
        self._account = account
        self._beat = beat
        smtp = settings.smtp
        self._sender = account_mark(smtp.host, smtp.username, smtp.secret_source) if smtp else ""

    @in_its_language
    def deliver_due(self) -> DeliveryCounts:
        """Send what is due. In shadow mode nothing leaves.

        After a fault that pauses all sending nothing is tried before its time, and after refused
        credentials nothing until a person acts: each try in vain lengthens the server's lock.
        """
        smtp, now = self._settings.smtp, self._clock.now()
        if self._transport is None or smtp is None or self._settings.outbox.mode == "shadow":
            return DeliveryCounts()
        stopped = refusals.refused(self._ledger, "sending")
        if stopped is not None:
            if stopped.account == self._sender:
                return DeliveryCounts()
            with self._ledger.transaction():
                refusals.resume_sending(self._ledger, now)
        paused = refusals.sending_paused_until(self._ledger)
        if paused is not None and now < paused:
            return DeliveryCounts()
        outbox = LedgerOutbox(self._ledger, self._settings.zone, self._beat, self._account)
        with self._account.turn():
            done = deliver_due(
                outbox,
                self._transport,
                now,
                sender=smtp.from_address,
                daily_limit=smtp.daily_limit,
                zone=self._settings.zone,
                reserve=self._reserve(now),
            )
            outbox.sent_today(now)  # for the others of the account
        if done.halted is not None:
            until = done.resume_at.astimezone(self._settings.zone) if done.resume_at else None
            log.warning(
                "sending stops until %s: %s",
                f"{until:%Y-%m-%d %H:%M:%S %Z}" if until else "a person acts",
                done.halted,
            )
        with self._ledger.transaction():
            if done.halted is not None and done.halted.stop:
                refusals.refuse(self._ledger, "sending", str(done.halted), self._sender, now)
            self._ledger.set_meta("delivery_fault", str(done.halted) if done.halted else "")
            refusals.pause_sending(self._ledger, done.resume_at)
        return done

    def fault(self) -> str:
        """What keeps every mail from being sent, "" where nothing does."""
        stopped = refusals.refused(self._ledger, "sending")
        if stopped is not None:
            return f"{stopped.text}; look into it, then: mailbot resume"
        return self._ledger.meta("delivery_fault") or ""

    def _reserve(self, now: datetime) -> int:
        """How many of the day's sends are kept for the digest: none once it has left."""
        today = now.astimezone(self._settings.zone).date().isoformat()
        if self._ledger.meta("digest_day") == today:
            return sending.unsent_notices(self._ledger, "digest")
        return len(self._settings.office.addresses)
