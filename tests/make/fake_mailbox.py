"""A mailbox in memory that does what the real ones do, and fails when told to."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.protocol import HEADER_LIMIT, Listing, MessageGone, Sink


@dataclass(slots=True)
class _Stored:
    raw: bytes
    arrived_at: datetime
    said_size: int
    seen: bool = False


class FakeMailbox:
    """Passes the contract tests of `mailbot.inbox.mailboxes.protocol.Mailbox`.

    Scripted faults, each to be set by a test: `login_refused`, `unreachable` (every call),
    `drop_after` (the next fetch ends after so many octets), `vanish` (one message),
    `change_uid_validity`.
    """

    def __init__(self, name: str = "yingji@mail.example.test", folder: str = "INBOX") -> None:
        self.name = name
        self.missing_folders: tuple[str, ...] = ()
        self.uid_validity = 1  # NetEase's INBOX has always 1
        self.login_refused = False
        self.unreachable = False
        self.drop_after: int | None = None
        self.fetched: list[int] = []  # uids in the order they were asked for
        self._main = folder
        self._folders: dict[str, dict[int, _Stored]] = {folder: {}}
        self._next_uid = 1_498_800_001  # epoch-like and sparse, as at NetEase

    def deliver(
        self,
        raw: bytes,
        arrived_at: datetime,
        folder: str | None = None,
        said_size: int | None = None,
    ) -> int:
        """Puts a message in and returns its uid; `said_size` is what RFC822.SIZE will claim."""
        uid, self._next_uid = self._next_uid, self._next_uid + 17
        stored = _Stored(raw, arrived_at, len(raw) if said_size is None else said_size)
        self._folders.setdefault(folder or self._main, {})[uid] = stored
        return uid

    def vanish(self, uid: int) -> None:
        """The sender recalls the message (邮件撤回)."""
        for messages in self._folders.values():
            messages.pop(uid, None)

    def withdraw(self, uid: int) -> _Stored:
        """The server says that it has no such message; what `put_back` brings back."""
        return self._folders[self._main].pop(uid)

    def put_back(self, uid: int, stored: _Stored) -> None:
        """The same message under the same uid."""
        self._folders[self._main][uid] = stored

    def change_uid_validity(self) -> None:
        """The same uids now mean other messages, as far as a client can know."""
        self.uid_validity += 1

    def contents(self, folder: str) -> list[bytes]:
        """The raw messages of a folder; none where it does not exist."""
        return [stored.raw for stored in self._folders.get(folder, {}).values()]

    def is_seen(self, uid: int) -> bool:
        """Whether the message is marked as read."""
        return any(box[uid].seen for box in self._folders.values() if uid in box)

    def folders(self) -> tuple[str, ...]:
        self._answer()
        return (self._main,)

    def list_messages(
        self, folder: str, since: datetime, known: Callable[[int], Collection[int]]
    ) -> list[Listing]:
        self._answer()
        if folder not in self._folders:
            raise PermanentFault("folder_missing", f"{self.name} has no folder {folder}")
        taken_in = known(self.uid_validity)
        return [
            Listing(self.name, folder, self.uid_validity, uid, stored.said_size, stored.arrived_at)
            for uid, stored in sorted(self._folders[folder].items())
            if uid not in taken_in and stored.arrived_at >= since
        ]

    def fetch(self, listing: Listing, sink: Sink) -> int:
        self.fetched.append(listing.uid)
        raw = self._find(listing).raw
        cut, self.drop_after = self.drop_after, None
        for start in range(0, len(raw[:cut]), 65536):
            sink(memoryview(raw[:cut])[start : start + 65536])
        if cut is not None:
            raise TemporaryFault("mailbox_unreachable", f"connection lost after {cut} octets")
        return len(raw)

    def fetch_header(self, listing: Listing) -> bytes:
        header, separator, _ = self._find(listing).raw.partition(b"\r\n\r\n")
        return (header + separator)[:HEADER_LIMIT]

    def mark_seen(self, listing: Listing) -> None:
        self._find(listing).seen = True

    def move(self, listing: Listing, target: str) -> None:
        stored = self._find(listing)
        del self._folders[listing.folder][listing.uid]
        uid, self._next_uid = self._next_uid, self._next_uid + 17
        self._folders.setdefault(target, {})[uid] = stored

    def close(self) -> None:
        """Nothing to end."""

    def _answer(self) -> None:
        if self.login_refused:
            raise PermanentFault("login_refused", f"{self.name} refuses the login")
        if self.unreachable:
            raise TemporaryFault("mailbox_unreachable", f"{self.name} does not answer")

    def _find(self, listing: Listing) -> _Stored:
        self._answer()
        stored = self._folders.get(listing.folder, {}).get(listing.uid)
        if stored is None or listing.uid_validity != self.uid_validity:
            raise MessageGone(listing)
        return stored
