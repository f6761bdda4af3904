"""The ledger's rows as the queue that `delivery` works through; every call is one commit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.clock import midnight
from mailbot.ledger import correspondence, dossiers, sending
from mailbot.ledger.store import Ledger
from mailbot.outbox.delivery.account import AccountShare, alone
from mailbot.outbox.delivery.refusals import INVALID_USER
from mailbot.outbox.delivery.step import DAILY_BUDGET, Queued


class LedgerOutbox:
    """Implements `delivery.Outbox` on the ledger; `zone` says when a day begins, `beat` is called
    before each mail, `account` knows what other offices sent from the same one."""

    def __init__(
        self,
        ledger: Ledger,
        zone: ZoneInfo,
        beat: Callable[[], None] | None = None,
        account: AccountShare | None = None,
    ) -> None:
        self._ledger = ledger
        self._zone = zone
        self._beat = beat
        self._account = account or alone()

    def claim_due(self, now: datetime) -> Queued | None:
        if self._beat:
            self._beat()
        with self._ledger.transaction():
            row = sending.claim_next(self._ledger, now)
        if row is None:
            return None
        return Queued(
            id=row["id"],
            number=row["number"],
            message_id=row["message_id"],
            recipient=row["address"],
            raw=row["raw"],
            attempts=row["attempts"],
            kind=row["kind"],
            priority=row["priority"],
        )

    def finish(self, id: int, now: datetime) -> None:
        with self._ledger.transaction():
            sending.finish(self._ledger, id, now)

    def defer(self, id: int, next_attempt: datetime, error_code: str, error_text: str) -> None:
        with self._ledger.transaction():
            if error_code == DAILY_BUDGET:
                sending.postpone(self._ledger, id, next_attempt, error_code, error_text)
                day = next_attempt.astimezone(self._zone).date() - timedelta(days=1)
                sending.count_postponed(self._ledger, day)
            else:
                sending.defer(self._ledger, id, next_attempt, error_code, error_text)

    def bury(self, id: int, error_code: str, error_text: str) -> None:
        with self._ledger.transaction():
            address = sending.bury(self._ledger, id, error_code, error_text)
            if error_code == INVALID_USER:
                dossiers.mark_bounced(self._ledger, address, arrival=None, evidence=error_text)

    def sent_today(self, now: datetime) -> int:
        own = correspondence.sent_since(self._ledger, midnight(now, self._zone))
        return own + self._account.sent_elsewhere(own, now.astimezone(self._zone).date())
