"""Content-addressed files: what was received rests under the SHA-256 of what it holds."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from mailbot.errors import TemporaryFault
from mailbot.flushing import Flusher, flush
from mailbot.model import Blob

_COPY_CHUNK = 1 << 20


class QuotaReached(Exception):
    """No more may be stored: the allowance is used up."""


class Allowance:
    """How many octets and files may still be stored. Once it did not suffice it never does again:
    what comes after is the rest, however small."""

    def __init__(self, octets: int, files: int) -> None:
        self._octets, self._files = octets, files
        self.is_spent = False

    def take_file(self) -> None:
        """One more file; QuotaReached where there were enough."""
        self._files -= 1
        self._check(self._files)

    def take(self, octets: int) -> None:
        """So many octets more; QuotaReached where they are too many."""
        self._octets -= octets
        self._check(self._octets)

    def give_back(self, octets: int) -> None:
        """A file of that size was dropped again."""
        self._files += 1
        self._octets += octets

    def _check(self, left: int) -> None:
        self.is_spent = self.is_spent or left < 0
        if self.is_spent:
            raise QuotaReached


class BlobStore:
    """A folder of files that are never changed, each at `<sha256[:2]>/<sha256>`.

    A blob is either wholly there and on the disk, or not there at all: it is written under
    `incoming/`, flushed, and renamed into place. The same content is stored once. Files are
    0600 and folders 0700, since submissions carry names and telephone numbers. What is stored
    beyond the allowance raises QuotaReached, and nothing of that file stays.

    With a `flusher` a blob is renamed first and left to it: who names the blob waits for that.
    """

    def __init__(
        self, folder: Path, allowance: Allowance | None = None, flusher: Flusher | None = None
    ) -> None:
        self.folder = folder
        self.allowance = allowance
        self.flusher = flusher
        self._incoming = folder / "incoming"
        for path in (folder, self._incoming):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def writer(self) -> "BlobWriter":
        """A file to write to; nothing of it is visible until `finish`."""
        if self.allowance is not None:
            self.allowance.take_file()
        return BlobWriter(self, self._incoming)

    def put(self, data: bytes) -> Blob:
        """Store octets that are at hand."""
        writer = self.writer()
        try:
            writer.write(data)
            return writer.finish()
        finally:
            writer.abort()

    def put_file(self, path: Path) -> Blob:
        """Store a copy of a file, read in chunks."""
        writer = self.writer()
        try:
            with path.open("rb") as source:
                while chunk := source.read(_COPY_CHUNK):
                    writer.write(chunk)
            return writer.finish()
        finally:
            writer.abort()

    def sweep(self) -> None:
        """Drop what a process that died left half written, at any time: a writer that lives holds
        the lock of its file (flock(2): released by the kernel however a process ends)."""
        for path in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)

    def path_of(self, sha256: str) -> Path:
        """Where the blob of that hash rests, whether or not it is there."""
        return blob_path(self.folder, sha256)


def blob_path(folder: Path, sha256: str) -> Path:
    """Where a store in `folder` keeps the blob of that hash; nothing is made or looked for."""
    return folder / sha256[:2] / sha256


class BlobWriter:
    """One blob while it is being written; end it with `finish` or `abort`."""

    def __init__(self, store: BlobStore, incoming: Path) -> None:
        self._store = store
        handle, self._path = _locked_file(incoming)
        self._file = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview) -> None:
        """Append octets."""
        if self._store.allowance is not None:
            self._store.allowance.take(len(data))
        self._hash.update(data)
        self._file.write(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._hash.hexdigest()

    def finish(self) -> Blob:
        """Flush to the disk, move into place, and say where it is."""
        sha256 = self._hash.hexdigest()
        store, target = self._store, self._store.path_of(self.sha256)
        self._file.flush()
        if store.flusher is None:
            os.fsync(self._file.fileno())
        if target.exists() and _holds(target, sha256):
            self._path.unlink()
            if store.flusher is None:
                flush(target)  # it may be another mail's, on its way to the disk
        else:
            target.parent.mkdir(mode=0o700, exist_ok=True)
            self._path.replace(target)
        # A rename is durable only once the folders that hold the names are on the disk too.
        if store.flusher is None:
            flush(target.parent)
            flush(store.folder)
        else:
            store.flusher.add(target, target.parent, store.folder)
        self._file.close()  # and with it the lock: not while the file lies in `incoming`
        return Blob(sha256, self.size, target)

    def abort(self) -> None:
        """Drop what was written; does nothing after `finish` or `abort`."""
        if not self._file.closed:
            if self._store.allowance is not None:
                self._store.allowance.give_back(self.size)
            self._path.unlink(missing_ok=True)
            self._file.close()


def _locked_file(folder: Path) -> tuple[int, Path]:
    """A new file, open for writing and locked for as long as it is open."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder)  # 0600 by itself
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # swept between the two calls


def _holds(path: Path, sha256: str) -> bool:
    """Whether a file is what its name says: one that rotted is replaced by the copy at hand."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def secret_key(data: Path, name: str) -> bytes:
    """A key of 32 octets in the data folder (0600), made at its first use. Linked into place whole:
    two may make it at once."""
    path = data / name
    try:
        if not path.exists():
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = data / f"{name}.{secrets.token_hex(8)}"
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(32))
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_bytes()
    except OSError as error:
        raise TemporaryFault("data_folder", f"{path}: {error.strerror}") from error
