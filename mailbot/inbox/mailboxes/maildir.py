"""A Maildir, or a plain folder of .eml files, as a mailbox.

There are no server-given uids, so they are made of what does not change when the program or the
folder's other contents do: in a Maildir the unique part of the name (before ":2,"), which no two
deliveries share; in a plain folder name and size, so that a file that was still being copied is
listed again when it is whole.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.protocol import HEADER_LIMIT, Listing, MessageGone, Sink

PIECE = 256 * 1024
UID_VALIDITY = 1
_FLAGS = ":2,"  # between a Maildir file's unique name and its flags


def open_maildir(path: Path | str, folder: str = "INBOX") -> "MaildirMailbox":
    """The mailbox at `path`: a Maildir where it holds cur/ and new/, else its *.eml files."""
    return MaildirMailbox(Path(path), folder)


class MaildirMailbox:
    """One folder of files; see `mailbox.Mailbox` for what its methods promise.

    A file's modification time is the time of arrival, its size the listed size.
    """

    def __init__(self, path: Path, folder: str) -> None:
        self.name = str(path.resolve())
        self.missing_folders: tuple[str, ...] = ()
        self._path = path
        self._folder = folder
        self._places: dict[int, Path] = {}  # where each uid was when the files were last looked at

    def folders(self) -> tuple[str, ...]:
        return (self._folder,)

    def list_messages(
        self, folder: str, since: datetime, known: Callable[[int], Collection[int]]
    ) -> list[Listing]:
        if folder != self._folder:
            raise PermanentFault("folder_missing", f"{self.name} has no folder {folder}")
        self._look()
        taken_in = frozenset(known(UID_VALIDITY))
        listings = []
        for uid, file in self._places.items():
            if uid in taken_in:
                continue
            with self._faults(), suppress(FileNotFoundError):  # renamed just now by a reader
                status = file.stat()
                arrived_at = datetime.fromtimestamp(status.st_mtime, UTC)
                if arrived_at >= since:
                    size = status.st_size
                    listings.append(Listing(self.name, folder, UID_VALIDITY, uid, size, arrived_at))
        return sorted(listings, key=lambda listing: (listing.arrived_at, listing.uid))

    def fetch(self, listing: Listing, sink: Sink) -> int:
        buffer = memoryview(bytearray(PIECE))
        total = 0
        with self._open(listing) as source:
            while True:
                with self._faults():
                    count = source.readinto(buffer)
                if not count:
                    return total
                sink(buffer[:count])
                total += count

    def fetch_header(self, listing: Listing) -> bytes:
        with self._open(listing) as source, self._faults():
            start = source.read(HEADER_LIMIT)
        ends = [start.find(end) + len(end) for end in (b"\r\n\r\n", b"\n\n") if end in start]
        return start[: min(ends, default=len(start))]

    def mark_seen(self, listing: Listing) -> None:
        """In a Maildir: into cur/ with flag S. A plain folder has no such mark."""
        file = self._find(listing)
        if self._is_maildir():
            unique, _, flags = file.name.partition(_FLAGS)
            name = unique + _FLAGS + "".join(sorted({*flags, "S"}))
            with self._faults():
                self._places[listing.uid] = file.rename(self._path / "cur" / name)

    def move(self, listing: Listing, target: str) -> None:
        """Into the sub folder `target`; of a Maildir that is `.target`, as Maildir++ names it."""
        if target in {"", ".", ".."} or "/" in target or "\0" in target:
            raise PermanentFault("move_unsupported", f"{target!r} is not the name of a folder")
        file = self._find(listing)
        with self._faults():
            if self._is_maildir():
                from imapclient.imap_utf7 import encode as encode_modified_utf7

                folder = self._path / f".{encode_modified_utf7(target).decode('ascii')}"
                for part in ("tmp", "new", "cur"):
                    (folder / part).mkdir(parents=True, exist_ok=True)
                destination = folder / "cur" / file.name
            else:
                destination = self._path / target / file.name
                destination.parent.mkdir(exist_ok=True)
            if destination.exists():  # rename() would replace another message
                destination = destination.with_name(f"{listing.uid}-{file.name}")
            file.rename(destination)

    def close(self) -> None:
        """Nothing is kept open."""

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TemporaryFault("mailbox_unreachable", f"{self._path}: {error}") from error

    def _is_maildir(self) -> bool:
        return (self._path / "cur").is_dir() and (self._path / "new").is_dir()

    def _look(self) -> None:
        """Finds all messages: readers move them from new/ to cur/ and change their flags."""
        with self._faults():
            if self._is_maildir():
                found = [
                    (_uid(file.name.partition(_FLAGS)[0]), file)
                    for part in ("new", "cur")
                    for file in _visible_files(self._path / part)
                ]
            else:
                found = [
                    (_uid(f"{file.name}\0{file.stat().st_size}"), file)
                    for file in _visible_files(self._path)
                    if file.suffix.lower() == ".eml"
                ]
        self._places = dict(found)

    def _find(self, listing: Listing) -> Path:
        with self._faults():
            file = self._places.get(listing.uid)
            if file is None or not file.exists():
                self._look()
        if listing.uid_validity != UID_VALIDITY or listing.uid not in self._places:
            raise MessageGone(listing)
        return self._places[listing.uid]

    def _open(self, listing: Listing) -> FileIO:
        file = self._find(listing)
        with self._faults():
            return FileIO(file)


def _visible_files(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [
            Path(entry.path)
            for entry in entries
            if not entry.name.startswith(".") and entry.is_file()
        ]


def _uid(identity: str) -> int:
    """48 bits: positive, and among a million messages two collide with a chance of 1 in 500."""
    digest = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:6], "big") or 1
