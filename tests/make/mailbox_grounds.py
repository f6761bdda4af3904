"""A mailbox of every sort, and the hands of those who else have to do with it."""

import os
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mailbot.demo.servers import PymapServer
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.inbox.mailboxes.maildir import open_maildir
from mailbot.inbox.mailboxes.protocol import Listing, Mailbox
from make.dovecot import PrivateDovecot
from make.fake_mailbox import FakeMailbox


class Ground(Protocol):
    """A mailbox under test, and the hands of those who else have to do with it."""

    can_be_seen: bool

    def open(self) -> Mailbox: ...
    def deliver(self, raw: bytes, arrived_at: datetime) -> None: ...
    def remove(self, listing: Listing) -> None: ...
    def is_seen(self, listing: Listing) -> bool: ...
    def contents(self, folder: str) -> list[bytes]: ...


class FakeGround:
    can_be_seen = True

    def __init__(self) -> None:
        self.mailbox = FakeMailbox()

    def open(self) -> Mailbox:
        return self.mailbox

    def deliver(self, raw: bytes, arrived_at: datetime) -> None:
        self.mailbox.deliver(raw, arrived_at)

    def remove(self, listing: Listing) -> None:
        self.mailbox.vanish(listing.uid)

    def is_seen(self, listing: Listing) -> bool:
        return self.mailbox.is_seen(listing.uid)

    def contents(self, folder: str) -> list[bytes]:
        return self.mailbox.contents(folder)


class MaildirGround:
    can_be_seen = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        for part in ("tmp", "new", "cur"):
            (path / part).mkdir()

    def open(self) -> Mailbox:
        return open_maildir(self.path)

    def file(self) -> Path:
        return self.path / "new" / f"1499000000.M{self.count}P1.mx"

    def deliver(self, raw: bytes, arrived_at: datetime) -> None:
        self.count += 1
        self.file().write_bytes(raw)
        os.utime(self.file(), (arrived_at.timestamp(), arrived_at.timestamp()))

    def messages(self, path: Path) -> list[Path]:
        return [*path.glob("new/*"), *path.glob("cur/*")]

    def remove(self, listing: Listing) -> None:
        [file] = self.messages(self.path)
        file.unlink()

    def is_seen(self, listing: Listing) -> bool:
        [file] = self.messages(self.path)
        return file.parent.name == "cur" and "S" in file.name.rpartition(":2,")[2]

    def contents(self, folder: str) -> list[bytes]:
        names = {"INBOX": self.path, "已处理": self.path / ".&XfJZBHQG-"}
        return [file.read_bytes() for file in self.messages(names[folder])]


class FolderGround(MaildirGround):
    can_be_seen = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        (path / "readme.txt").write_text("not a mail")

    def file(self) -> Path:
        return self.path / f"演练材料 {self.count}.eml"

    def messages(self, path: Path) -> list[Path]:
        return [*path.glob("*.eml")]

    def contents(self, folder: str) -> list[bytes]:
        path = self.path if folder == "INBOX" else self.path / folder
        return [file.read_bytes() for file in self.messages(path)]


class ImapGround:
    can_be_seen = True

    def __init__(self, server: PymapServer | PrivateDovecot) -> None:
        self.server = server
        self.opened: list[Mailbox] = []

    def open(self) -> Mailbox:
        mailbox = open_imap(**self.server.settings)
        self.opened.append(mailbox)
        return mailbox

    def close(self) -> None:
        for mailbox in self.opened:
            mailbox.close()

    def deliver(self, raw: bytes, arrived_at: datetime) -> None:
        with self.server.client() as client:
            client.append("INBOX", raw, msg_time=arrived_at)

    def remove(self, listing: Listing) -> None:
        with self.server.client() as client:
            client.select_folder("INBOX")
            client.delete_messages([listing.uid], silent=True)
            client.uid_expunge([listing.uid])

    def is_seen(self, listing: Listing) -> bool:
        with self.server.client() as client:
            client.select_folder("INBOX", readonly=True)
            return b"\\Seen" in client.get_flags([listing.uid])[listing.uid]

    def contents(self, folder: str) -> list[bytes]:
        with self.server.client() as client:
            client.select_folder(folder, readonly=True)
            uids = client.search("ALL")
            answers = client.fetch(uids, ["BODY.PEEK[]"])
            return [answers[uid][b"BODY[]"] for uid in uids]
