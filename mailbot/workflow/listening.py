"""A pass as soon as the server says that mail has come, beside those that are planned."""

import logging
import threading
from collections.abc import Callable

from mailbot.errors import MailbotError
from mailbot.inbox.mailboxes.protocol import Listener

log = logging.getLogger(__name__)


class Listening:
    """Has `poll_soon` called when mail comes, on a thread of its own, until `stop` is set.

    A lost connection is made anew after `pause_s`: until then, and where that is refused, mail is
    found by the planned passes alone.
    """

    def __init__(
        self, poll_soon: Callable[[], object], stop: threading.Event, pause_s: float
    ) -> None:
        self._poll_soon = poll_soon
        self._stop = stop
        self._pause_s = pause_s
        self._thread: threading.Thread | None = None

    def begin(self, listener: Listener) -> None:
        """Listen from now on."""
        thread = threading.Thread(target=self._run, args=(listener,), name="listening", daemon=True)
        thread.start()
        self._thread = thread

    def end(self) -> None:
        """Wait until the listener has logged out; `stop` must be set."""
        if self._thread is not None:
            self._thread.join(10)

    def step(self, listener: Listener) -> None:
        """Wait once; a pass is due when mail came, and when it may have come unheard."""
        try:
            if listener.wait(self._stop.is_set):
                self._poll_soon()
        except MailbotError as error:
            log.info("not told of mail: %s", error)
            self._stop.wait(self._pause_s)

    def _run(self, listener: Listener) -> None:
        try:
            while not self._stop.is_set():
                self.step(listener)
        finally:
            listener.close()
