"""How long a connection may take, and how many may take long at once.

uvicorn waits for headers for ever (it expects a server before it); h11 bounds their size alone.
And it counts connections, so that many slow ones shut everybody else out: here they make room.
"""

import asyncio
import time
from collections import Counter

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 20.0
# An answer that nobody takes is given up: of this long, not an octet more.
STALLED_SECONDS = 60.0
# Connections on which the client has not said all he has to; fewer than what are served at once
# (`serving`), so that there is always room for one who asks.
WAITING = 60


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a deadline from the connection, or the answer before, to whole headers; and
    when too many wait for their client, the one that has waited longest makes room: of the address
    that has the most of them, so that a flood from one costs nobody else."""

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = time.monotonic()
        self._make_room()
        self._wait()

    def data_received(self, data: bytes) -> None:
        cycle = self.cycle
        super().data_received(data)
        if self.cycle is not None and self.cycle is not cycle:
            self._stop()  # whole headers came

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._since = time.monotonic()
        self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._go_on()
        super().connection_lost(exc)

    @property
    def is_waiting(self) -> bool:
        """Whether the client has something to say yet: headers, or the rest of a body."""
        state = self.conn.their_state
        return (state is h11.IDLE or state is h11.SEND_BODY) and not self.transport.is_closing()

    def _make_room(self) -> None:
        waiting = [one for one in self.connections if isinstance(one, PatientProtocol)]
        waiting = [one for one in waiting if one.is_waiting]
        if len(waiting) <= WAITING:
            return
        counted = Counter(one._address() for one in waiting)
        most = max(counted.values())
        crowd = [one for one in waiting if counted[one._address()] == most]
        min(crowd, key=lambda one: one._since).transport.abort()

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _wait(self) -> None:
        self._stop()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
