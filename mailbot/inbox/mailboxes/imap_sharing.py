"""One connection for all mailboxes of one account.

Providers bound the connections of an account and lock it after many logins (NetEase, QQ), and an
account may have a folder for each of several offices. Each question of a mailbox is one turn on
the connection: it selects its own folder first, so that they may take turns in any order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from mailbot.errors import PermanentFault
from mailbot.inbox.mailboxes.imap_session import ImapAccount, ImapSession
from mailbot.inbox.mailboxes.imap_stream import StreamingClient

T = TypeVar("T")


class SharedSessions:
    """The connections in use, by account. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: dict[ImapAccount, _Connection] = {}

    def of(self, account: ImapAccount) -> SharedSession:
        """A session on the account's one connection; the last one that is closed ends it."""
        with self._lock:
            connection = self._connections.get(account)
            if connection is None:
                connection = self._connections[account] = _Connection(ImapSession(account))
            return SharedSession(connection)


@dataclass(slots=True, eq=False)
class _Connection:
    session: ImapSession
    turn: threading.RLock = field(default_factory=threading.RLock)
    users: set[SharedSession] = field(default_factory=set)


class SharedSession:
    """One mailbox's part in a connection; implements `imap_session.Session`."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._heard = ""  # the refused login that this mailbox was told of

    def ask(self, action: Callable[[StreamingClient], T], *, again: bool = True) -> T:
        """See `Session.ask`. When the server refuses the login, every mailbox of the account
        hears of it, and no login is tried until one that has heard asks again: by then a person
        has acted."""
        with self._connection.turn:
            session = self._connection.session
            self._connection.users.add(self)
            if session.refusal and self._heard == session.refusal:
                session.close()
            self._heard = ""
            try:
                return session.ask(action, again=again)
            except PermanentFault:
                self._heard = session.refusal
                raise

    def select(self, client: StreamingClient, folder: str, *, anew: bool = False) -> int:
        """See `Session.select`."""
        return self._connection.session.select(client, folder, anew=anew)

    def close(self) -> None:
        """Leave the connection to the others; the last one logs out."""
        with self._connection.turn:
            self._connection.users.discard(self)
            session = self._connection.session
            if not self._connection.users and not session.refusal:
                session.close()
