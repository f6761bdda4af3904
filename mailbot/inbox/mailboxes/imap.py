"""A mailbox on an IMAP server, above all NetEase's (163.com; Coremail).

What that server does not do is not asked of it: no UIDNEXT, no custom keywords, no
SEARCH with CHARSET, no `UID n:*` (which echoes the last message whatever n is), no ENVELOPE or
BODYSTRUCTURE (Coremail leaves quotes unescaped in both, and fields shift silently).
"""

import imaplib
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from imapclient import DELETED, SEEN

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.imap_idle import ImapListener
from mailbot.inbox.mailboxes.imap_session import (
    UNREACHABLE,
    ImapAccount,
    ImapSession,
    Security,
    Session,
    folders_there,
    number_of,
)
from mailbot.inbox.mailboxes.imap_sharing import SharedSessions
from mailbot.inbox.mailboxes.imap_stream import StreamingClient, Transfer
from mailbot.inbox.mailboxes.protocol import (
    HEADER_LIMIT,
    Listener,
    Listing,
    MessageGone,
    Sink,
)

logger = logging.getLogger(__name__)

LOST_IN_A_ROW = 3  # connections that may be lost one after the other within one message …
PROGRESS = 1024 * 1024  # … each having brought less than this
_LARGEST_SIZE = 2**40  # octets; more is no size of a mail
BATCH = 80  # uids in one command: 80 of ten digits stay below 1,000 octets (RFC 2683 3.2.1.5)


def open_imap(
    *,
    host: str,
    port: int,
    security: Security,
    ca_file: str,
    username: str,
    password: str,
    folder: str,
    extra_folders: Sequence[str],
    timeout: float = 60,
    allow_cleartext: bool = False,
    shared: SharedSessions | None = None,
) -> "ImapMailbox":
    """The mailbox of these settings (`[imap]`); nothing is connected before the first call.
    Those of one account that are opened with the same `shared` have one connection together.

    Certificates are always verified, against `ca_file` alone where it is given; `security`
    "none" is for loopback hosts unless `allow_cleartext`. Raises SettingsError.
    """
    account = ImapAccount(
        host, port, security, ca_file, username, password, timeout, allow_cleartext
    )
    session = shared.of(account) if shared is not None else ImapSession(account)
    return ImapMailbox(account, folder, tuple(extra_folders), session)


class ImapMailbox:
    """One account; see `mailbox.Mailbox` for what its methods promise."""

    def __init__(
        self,
        account: ImapAccount,
        folder: str,
        extra_folders: tuple[str, ...],
        session: Session | None = None,
    ) -> None:
        # The host belongs to the name: every NetEase INBOX has UIDVALIDITY 1, so two servers
        # with one user name would share identities.
        self.name = f"{account.username}@{account.host}"
        self.missing_folders: tuple[str, ...] = ()
        self._folder, self._extra_folders = folder, extra_folders
        self._session: Session = session or ImapSession(account)
        self._account = account

    def listener(self) -> Listener | None:
        """What tells of mail in the main folder at once; None where the server has no IDLE. To be
        called between two polls: it asks on their connection, since each login counts."""
        if not self._session.ask(lambda client: bool(client.has_capability("IDLE"))):
            return None
        return ImapListener(self._account, self._folder)

    def folders(self) -> tuple[str, ...]:
        if not self._extra_folders:
            return (self._folder,)
        there = self._session.ask(partial(folders_there, names=self._extra_folders))
        self.missing_folders = tuple(name for name in self._extra_folders if name not in there)
        found = (name for name in self._extra_folders if name in there)
        return tuple(dict.fromkeys((self._folder, *found)))

    def list_messages(
        self, folder: str, since: datetime, known: Callable[[int], Collection[int]]
    ) -> list[Listing]:
        # SINCE compares dates in whatever zone the server keeps, at most 12 hours west of UTC.
        day = (since.astimezone(UTC) - timedelta(days=1)).date()

        def search(client: StreamingClient) -> tuple[int, list[int]]:
            return self._session.select(client, folder, anew=True), client.search(["SINCE", day])

        uid_validity, uids = self._session.ask(search)
        taken_in = frozenset(known(uid_validity))
        fresh = sorted({number_of(uid, 2**32 - 1) for uid in uids if uid not in taken_in})
        listings: list[Listing] = []
        for start in range(0, len(fresh), BATCH):
            batch = fresh[start : start + BATCH]
            describe = partial(self._describe, folder, uid_validity, batch, since)
            listings += self._session.ask(describe)
        return [listing for listing in listings if listing.arrived_at >= since]

    def fetch(self, listing: Listing, sink: Sink) -> int:
        transfer = Transfer(sink)
        lost = 0
        while True:
            before = transfer.reached
            try:
                self._session.ask(partial(self._fetch_rest, listing, transfer), again=False)
            except TemporaryFault as fault:
                if transfer.complete:  # only the tagged OK behind the message was lost
                    return transfer.reached
                lost = 0 if transfer.reached - before >= PROGRESS else lost + 1
                if fault.code != UNREACHABLE or lost >= LOST_IN_A_ROW:
                    raise
                logger.info("%s; going on from octet %d", fault, transfer.reached)
            else:
                if transfer.complete or transfer.reached == before:
                    return transfer.reached

    def fetch_header(self, listing: Listing) -> bytes:
        def header(client: StreamingClient) -> bytes:
            self._select_for(client, listing)
            item = f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>"
            answer = client.fetch([listing.uid], [item]).get(listing.uid, {})
            value = answer.get(b"BODY[HEADER]<0>")
            if value is None:
                self._raise_if_gone(listing, client)
                raise _withheld(listing)
            return bytes(value)

        return self._session.ask(header)

    def mark_seen(self, listing: Listing) -> None:
        def mark(client: StreamingClient) -> None:
            self._select_for(client, listing)
            client.add_flags([listing.uid], [SEEN], silent=True)

        self._session.ask(mark)

    def move(self, listing: Listing, target: str) -> None:
        # A kept connection that has died is replaced here: a COPY sent twice leaves two copies.
        self._session.ask(lambda client: client.noop())
        self._session.ask(partial(self._move, listing, target), again=False)

    def close(self) -> None:
        self._session.close()

    def _select_for(self, client: StreamingClient, listing: Listing) -> None:
        """Selects the listing's folder; under another uid_validity its uid means nothing."""
        if self._session.select(client, listing.folder) != listing.uid_validity:
            raise MessageGone(listing)

    def _describe(
        self,
        folder: str,
        uid_validity: int,
        uids: list[int],
        since: datetime,
        client: StreamingClient,
    ) -> list[Listing]:
        if self._session.select(client, folder) != uid_validity:
            return []  # changed since the search; the next poll lists them under the new one
        answers = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        listings = []
        for uid in (uid for uid in uids if uid in answers):  # others vanished since the search
            arrived_at = answers[uid].get(b"INTERNALDATE")
            if arrived_at is None or arrived_at.tzinfo is None:
                logger.warning("message %d in %s has no readable INTERNALDATE", uid, folder)
                arrived_at = since  # never left out, and in doubt for the unit
            listings.append(
                Listing(
                    mailbox=self.name,
                    folder=folder,
                    uid_validity=uid_validity,
                    uid=uid,
                    size=number_of(answers[uid].get(b"RFC822.SIZE"), _LARGEST_SIZE),
                    arrived_at=arrived_at.astimezone(timezone(arrived_at.utcoffset())),
                )
            )
        return listings

    def _fetch_rest(self, listing: Listing, transfer: Transfer, client: StreamingClient) -> None:
        self._select_for(client, listing)
        before = transfer.reached
        try:
            client.stream_body(listing.uid, transfer)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            self._raise_if_gone(listing, client)
            raise
        if transfer.total is None:
            self._raise_if_gone(listing, client)
            raise _withheld(listing)
        if transfer.reached == before:
            self._raise_if_gone(listing, client)

    def _raise_if_gone(self, listing: Listing, client: StreamingClient) -> None:
        """Asks: of a vanished message a server may say NO or send nothing (RFC 2180, 4.1)."""
        if listing.uid not in client.search(["UID", str(listing.uid)]):
            raise MessageGone(listing)

    def _move(self, listing: Listing, target: str, client: StreamingClient) -> None:
        self._select_for(client, listing)
        can_move = client.has_capability("MOVE")
        if not (can_move or client.has_capability("UIDPLUS")):
            # A plain EXPUNGE would take with it what others have marked as deleted.
            raise PermanentFault("move_unsupported", f"{self.name} has neither MOVE nor UIDPLUS")
        if not folders_there(client, [target]):
            client.create_folder(target)
        if can_move:
            client.move([listing.uid], target)
            return
        client.copy([listing.uid], target)
        client.add_flags([listing.uid], [DELETED], silent=True)
        client.uid_expunge([listing.uid])


def _withheld(listing: Listing) -> TemporaryFault:
    """OK, and no data, of a message that the server says it has."""
    return TemporaryFault(
        "message_withheld", f"the server lists message {listing.uid} and does not give it"
    )
