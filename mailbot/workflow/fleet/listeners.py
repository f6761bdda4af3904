"""Which offices of a fleet are told of mail at once (IDLE), and which are polled only.

Each listener is a connection of its own beside the one that polls, for as long as the fleet runs.
So an account that several offices share has none: providers count its connections. And a server
has so many and no more: Debian's dovecot gives all its clients together a hundred logins, and those
that poll come first.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable

from mailbot.inbox.mailboxes.protocol import Listener
from mailbot.settings.types import Settings
from mailbot.workflow.listening import Listening

A_SERVER = 32
_CONNECTIONS = 90  # to one server, of those that poll and those that listen


class Listeners:
    """Safe for threads."""

    def __init__(self, a_server: int = A_SERVER) -> None:
        self._a_server = a_server
        self._lock = threading.Lock()
        self._at: Counter[str] = Counter()  # listeners by host
        self._listening: dict[str, tuple[str, Listening]] = {}

    def begin(
        self,
        name: str,
        settings: Settings,
        others: Iterable[Settings],
        listener: Listener,
        poll_soon: Callable[[], object],
        stop: threading.Event,
    ) -> bool:
        """Listen for this office until `stop` is set; whether it may. `others`: the settings of
        all other offices that are open."""
        imap, others = settings.imap, list(others)
        if imap is None or any(_account(one) == _account(settings) for one in others):
            return False
        host = imap.host.lower()
        polling = 1 + sum(one.imap is not None and one.imap.host.lower() == host for one in others)
        with self._lock:
            if self._at[host] >= min(self._a_server, _CONNECTIONS - polling):
                return False
            self._at[host] += 1
            listening = Listening(poll_soon, stop, settings.schedule.poll_seconds)
            self._listening[name] = host, listening
        listening.begin(listener)
        return True

    def end(self, name: str) -> None:
        """Wait until this office's listener, if it has one, has logged out; its `stop` is set."""
        with self._lock:
            host, listening = self._listening.pop(name, ("", None))
        if listening is not None:
            listening.end()
            with self._lock:
                self._at[host] -= 1


def _account(settings: Settings) -> tuple[str, int, str] | None:
    imap = settings.imap
    return (imap.host.lower(), imap.port, imap.username) if imap else None
