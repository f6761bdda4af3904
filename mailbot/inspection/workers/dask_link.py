"""The connection to a dask scheduler: made, counted over, lost and made again.

All that knows dask's own names stands here (extra `mailbot[dask]`).
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailbot.errors import MissingExtraError
from mailbot.inspection.workers.errand import Answer, Errand, run_errand

log = logging.getLogger(__name__)

_AGAIN_S = 30.0  # between two tries to reach a scheduler that is said to be away
_AGAIN_SOON_S = 1.0  # while its absence may be a restart


@dataclass(frozen=True, slots=True)
class Away:
    """How to reach the scheduler, and what may be under way at once."""

    scheduler: str  # tcp:// or tls:// address
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    in_flight_bytes: int = 256 * 1024**2
    patience_s: float = 15.0  # without scheduler or workers, until others do the work
    connect_s: float = 5.0  # for one try to reach the scheduler


class Link:
    """For one thread. `why` tells why the newest try to connect failed, "" when it did not."""

    def __init__(self, away: Away, monotonic: Callable[[], float] = time.monotonic) -> None:
        _distributed()  # MissingExtraError here, not in a thread
        self._away = away
        self._monotonic = monotonic
        self._client: Any = None
        self._next_try = 0.0
        self._threads, self._counted_at = 0, -10.0
        self.why = ""

    @property
    def is_made(self) -> bool:
        """Whether there is a connection, if only one that was lost."""
        return self._client is not None

    @property
    def is_lost(self) -> bool:
        """Whether the connection that there was has ended."""
        return self.is_made and self._client.status not in ("running", "connecting")

    def is_up(self, *, is_known_away: bool) -> bool:
        """Whether there is a scheduler; connects, now and then: seldom where it is known that
        none is there."""
        if self._client is None:
            now = self._monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + (_AGAIN_S if is_known_away else _AGAIN_SOON_S)
            try:
                self._client = self._connected()
            except (OSError, TimeoutError, ValueError) as error:
                self.why = f" ({words_of(error)})"
                return False
            self.why = ""
        return bool(self._client.status == "running")

    def threads(self) -> int:
        """How many threads the scheduler's workers have, as it said within the last second."""
        now = self._monotonic()
        if now - self._counted_at >= 1.0:
            self._counted_at = now
            try:
                self._threads = sum(self._client.nthreads().values())
            except Exception as error:  # noqa: BLE001 - whatever the connection raises: not now
                log.info("inspection on other machines: %s", error)
                self._threads = 0
        return self._threads

    def submit(self, errand: Errand, when_done: Callable[[object], None]) -> Any:
        """Dask's future of the errand's `Answer`."""
        out = self._client.submit(_on_a_worker, errand, pure=False, retries=0)
        out.add_done_callback(when_done)
        return out

    def let_go(self) -> None:
        """End the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=5)

    def _connected(self) -> Any:
        distributed = _distributed()
        away = self._away
        security = None
        if away.scheduler.startswith("tls://"):
            security = distributed.Security(
                tls_ca_file=away.ca_file,
                tls_client_cert=away.cert_file,
                tls_client_key=away.key_file,
                require_encryption=True,
            )
        return distributed.Client(
            away.scheduler,
            security=security,
            timeout=away.connect_s,
            set_as_default=False,
            name="mailbot",
            heartbeat_interval=2000,
        )


def workers_died(error: BaseException) -> bool:
    """Whether dask gave a task up because the workers that had it ended."""
    return isinstance(error, _distributed().scheduler.KilledWorker)


def _on_a_worker(errand: Errand) -> Answer:
    """What dask is asked to run: as many children as that worker has threads."""
    return run_errand(errand, _distributed().get_worker().state.nthreads)


def words_of(error: BaseException) -> str:
    """The last cause in one line, which is the one that tells: a refused certificate, a closed
    port, a module that is not there."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())[:200] or type(error).__name__


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtraError(
            "inspection.executor = \"dask\" needs dask: pip install 'mailbot[dask]'"
        ) from None
    return distributed
