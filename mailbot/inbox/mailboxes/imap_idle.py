"""IDLE (RFC 2177): the server says at once that mail has come, on a connection of its own.

Beside polling, never in its place: a connection that a firewall has forgotten says nothing, and
looks like one on which nothing comes.
"""

import time
from collections.abc import Callable

from mailbot.errors import TemporaryFault
from mailbot.inbox.mailboxes.imap_session import UNREACHABLE, ImapAccount, ImapSession
from mailbot.inbox.mailboxes.imap_stream import StreamingClient

ANEW_S = 25 * 60  # RFC 2177: at the latest after 29 minutes, or the server may log us out
_LOOK_S = 2.0  # how long a stop of ours may go unnoticed
_NEWS = frozenset({b"EXISTS", b"RECENT"})


class ImapListener:
    """Waits for mail in one folder; for one thread."""

    def __init__(self, account: ImapAccount, folder: str, anew_s: float = ANEW_S) -> None:
        self._session = ImapSession(account)
        self._folder = folder
        self._anew_s = anew_s
        self._stood: tuple[object, ...] = ()  # the folder, when it was last selected

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Whether mail came: True as soon as it does, False after a while, or when `stopped`.

        What came while nobody listened counts as well, before the first call too, and so the last
        news is told twice. A lost connection is TemporaryFault; the next call makes it anew.
        """
        try:
            return self._session.ask(lambda client: self._idle(client, stopped), again=False)
        except TemporaryFault:
            self._session.close()
            raise

    def close(self) -> None:
        """Log out."""
        self._session.close()

    def _idle(self, client: StreamingClient, stopped: Callable[[], bool]) -> bool:
        answer = client.select_folder(self._folder, readonly=True)
        stands = tuple(answer.get(key) for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS"))
        if stands != self._stood:
            self._stood = stands
            return True
        client.idle()
        until = time.monotonic() + self._anew_s
        came = False
        while not came and not stopped() and time.monotonic() < until:
            began = time.monotonic()
            answers = client.idle_check(timeout=_LOOK_S)
            # imapclient keeps the end of the connection to itself: it is an answer at once, of
            # nothing, and `BYE` is one like any other.
            cut = not answers and time.monotonic() - began < _LOOK_S / 2
            if cut or any(answer[0] == b"BYE" for answer in answers):
                raise TemporaryFault(UNREACHABLE, "the connection on which mail is told was lost")
            came = any(len(answer) > 1 and answer[1] in _NEWS for answer in answers)
        client.idle_done()
        return came
