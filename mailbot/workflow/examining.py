"""Brings what waits through the pipeline: several in flight, suspects last and alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.errors import (
    MailbotError,
    PermanentFault,
    TemporaryFault,
    is_of_the_machine,
    is_temporary,
)
from mailbot.inbox.mailboxes.protocol import LOGIN_REFUSED, MessageGone
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, attempts
from mailbot.ledger.known_uids import KnownUids
from mailbot.ledger.store import Ledger, Row
from mailbot.workflow.counts import Counts

if TYPE_CHECKING:
    from mailbot.workflow.arrival import InFlight, Pipeline

_NOT_THERE = "message_gone"
_IN_FLIGHT = 8  # arrivals fetched ahead of the one being judged


class Examination:
    """All that waits on one ledger, through one pipeline, pass by pass.

    `pipeline` gives it when the first mail wants it; `known` forgets what the server no longer has;
    `probe` reads a suspect's raw file in a process of its own and tells how that ended, "" where it
    lived. `beat` and `watch` are the office's.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        data: Path,
        known: KnownUids,
        pipeline: Callable[[], Pipeline],
        probe: Callable[[Path], str],
        beat: Callable[[], None],
        watch: Callable[[int, int], None],
        is_careful: bool,
    ) -> None:
        self._ledger = ledger
        self._data = data
        self._known = known
        self._pipeline = pipeline
        self._probe = probe
        self._beat = beat
        self._watch = watch
        self._is_careful = is_careful  # after a pass that was cut short
        self._in_flight: deque[InFlight] = deque()

    @in_its_language
    def of_waiting(self, counts: Counts, *, may_fetch: bool = True) -> MailbotError | None:
        """Fetch, inspect and commit all that waits; the fault that cut it short, if one did.

        After two temporary faults in a row nothing more is fetched in this pass. A message that
        fails while others come through has used up a try; when none came, it was the mailbox.
        """
        try:
            with self._ledger.transaction():
                attempts.begin_pass(self._ledger)
            fault = self._examine(counts, may_fetch)
            with self._ledger.transaction():
                attempts.end_pass(self._ledger)
            self._is_careful = False
            return fault
        finally:
            self._in_flight.clear()
            with suppress(MailbotError), self._ledger.transaction():
                attempts.take_in_hand(self._ledger, ())

    def _examine(self, counts: Counts, may_fetch: bool) -> MailbotError | None:
        faults: list[tuple[Row, MailbotError]] = []
        in_a_row = 0
        suspects = attempts.suspects(self._ledger)
        rows = self._in_order(arrivals.waiting(self._ledger), suspects)
        for place, row in enumerate(rows):
            self._watch(place, len(rows))
            if row["state"] == "discovered" and (not may_fetch or in_a_row >= 2):
                continue
            alone = row["id"] in suspects
            while self._in_flight and (alone or len(self._in_flight) >= _IN_FLIGHT):
                self._finish_one(counts, faults)
            if alone and self._ends_its_probe(row, counts):
                continue
            with self._ledger.transaction():
                in_hand = [flight.row["id"] for flight in self._in_flight]
                attempts.take_in_hand(self._ledger, (*in_hand, row["id"]))
            self._beat()
            try:
                ahead = not (alone or self._is_careful)
                self._in_flight.append(self._pipeline().begin(row, ahead=ahead))
            except MessageGone:
                self._note_gone(row)
                continue
            except MailbotError as error:
                if not is_temporary(error) and error.code != LOGIN_REFUSED:
                    counts.quarantined += self._pipeline().note_failure(row, error)
                    continue
                faults.append((row, error))
                in_a_row += 2 if error.code == LOGIN_REFUSED else 1
                continue
            except Exception as error:  # noqa: BLE001 - G5: no message stops the ones after it
                counts.quarantined += self._pipeline().note_failure(row, error)
                continue
            counts.fetched += row["state"] == "discovered"
            in_a_row = 0
            if alone or self._is_careful:
                self._finish_one(counts, faults)
        while self._in_flight:
            self._watch(len(rows) - len(self._in_flight), len(rows))
            self._finish_one(counts, faults)
        for row, each in faults:
            excused = each.code == LOGIN_REFUSED or is_of_the_machine(each)
            blame = bool(counts.fetched) and not excused
            counts.quarantined += self._pipeline().note_failure(row, each, blame=blame)
        return faults[-1][1] if faults else None

    def _note_gone(self, row: Row) -> None:
        """The server says it has this message no more: believed when two passes heard it."""
        with self._ledger.transaction():
            if not str(row["last_error"] or "").startswith(_NOT_THERE):
                attempts.record_error(self._ledger, row["id"], f"{_NOT_THERE}: asked once")
                return
            arrivals.record_gone(self._ledger, row["id"])
        self._known.forget(arrivals.listing_of(row))

    def _in_order(self, waiting: Sequence[Row], suspects: AbstractSet[int]) -> list[Row]:
        """Suspects last. After a pass that was cut short the smallest first, and one at a time:
        who is killed every few seconds still gets on, a commit a life."""
        if self._is_careful:
            waiting = sorted(waiting, key=lambda row: int(row["size"] or 0))
        return sorted(waiting, key=lambda row: row["id"] in suspects)

    def _ends_its_probe(self, row: Row, counts: Counts) -> bool:
        """Whether reading this suspect ends a process of its own, as it may have ended ours."""
        if row["state"] != "spooled" or not attempts.wants_probe(self._ledger, row["id"]):
            return False
        self._beat()
        ended = self._probe(self._data / row["spool_path"])
        if ended:
            error = PermanentFault("probe_died", ended)
            counts.quarantined += self._pipeline().note_failure(row, error)
            return True
        with self._ledger.transaction():
            attempts.clear(self._ledger, row["id"])
        return False

    def _finish_one(self, counts: Counts, faults: list[tuple[Row, MailbotError]]) -> None:
        flight = self._in_flight.popleft()
        self._beat()
        try:
            outcome = self._pipeline().finish(flight)
        except TemporaryFault as error:
            faults.append((flight.row, error))
            return
        counts.examined += outcome == "examined"
        counts.quarantined += outcome == "quarantined"
