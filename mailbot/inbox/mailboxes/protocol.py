"""What the program asks of any mailbox: IMAP, a Maildir, a folder of .eml, or the tests' fake.

A message is known by (mailbox name, folder, uid_validity, uid) together and by nothing else;
sequence numbers never leave an implementation, and no flag on the server is state of ours
(clerks read the mailbox too).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from mailbot.errors import PermanentFault

HEADER_LIMIT = 1024 * 1024  # octets that `fetch_header` gives at most
LOGIN_REFUSED = "login_refused"  # the code of a fault: the server wants other credentials

Sink = Callable[[memoryview], None]
"""Takes the next octets of a message; the view is only valid during the call."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A message as the server lists it, before anything of it is fetched."""

    mailbox: str
    folder: str
    uid_validity: int
    uid: int
    size: int  # octets by RFC822.SIZE: what the server says, not what will come; 0 if unsaid
    arrived_at: datetime  # INTERNALDATE, aware, in the server's own offset


class MessageGone(PermanentFault):
    """This (folder, uid_validity, uid) is no more: recalled (邮件撤回), deleted, renumbered."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(
            "message_gone",
            f"message {listing.uid} (uid validity {listing.uid_validity}) is no longer in "
            f"{listing.folder} of {listing.mailbox}",
        )


class Mailbox(Protocol):
    """An account whose folders are polled.

    Every method may raise `TemporaryFault` ("mailbox_unreachable": network, disk; others where
    the server refuses for now) and `PermanentFault` ("login_refused": nothing is tried again
    until a person acts and the mailbox is opened anew). Not safe for use by two threads at once.
    """

    @property
    def name(self) -> str:
        """Stable identity of the account in the ledger: `user@host`, or the folder's path."""
        ...

    @property
    def missing_folders(self) -> tuple[str, ...]:
        """The extra folders that the last call of `folders` did not find on the server."""
        ...

    def folders(self) -> tuple[str, ...]:
        """The folders to poll, the main one first; an extra one that is missing is left out."""
        ...

    def list_messages(
        self, folder: str, since: datetime, known: Callable[[int], Collection[int]]
    ) -> list[Listing]:
        """All that arrived at or after `since` (aware) and is not in `known(uid_validity)`.

        Oldest first: by uid in IMAP, by arrival in a Maildir.
        """
        ...

    def fetch(self, listing: Listing, sink: Sink) -> int:
        """Streams the whole message, every octet once and in order, and returns their number.

        A connection lost on the way is made anew and goes on from the octet reached. The message
        is not marked as read. What the sink raises passes through. Raises MessageGone.
        """
        ...

    def fetch_header(self, listing: Listing) -> bytes:
        """The header block alone, cut at HEADER_LIMIT. Raises MessageGone."""
        ...

    def mark_seen(self, listing: Listing) -> None:
        """Marks the message as read for those who look into the mailbox."""
        ...

    def move(self, listing: Listing, target: str) -> None:
        r"""Moves the message to folder `target`, made if need be.

        The message is never in neither folder: where the server can neither MOVE (RFC 6851) nor
        expunge one message (UIDPLUS, RFC 4315), nothing is done and PermanentFault is raised.
        """
        ...

    def close(self) -> None:
        """Ends the connection, if one is open; the next call would open another."""
        ...


class Listener(Protocol):
    """Tells of new mail as soon as it is there; a connection of its own, for one thread."""

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Whether mail came; False after a while, or when `stopped`. TemporaryFault when the
        connection is lost: the next call makes it anew."""
        ...

    def close(self) -> None:
        """Give up the connection."""
        ...


@runtime_checkable
class TellsOfMail(Protocol):
    """A mailbox that may have a `Listener`."""

    def listener(self) -> Listener | None:
        """One, or None where this server has nothing of the kind."""
        ...
