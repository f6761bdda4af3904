"""Opening the ledger, one writer at a time, and the form in which nouns are stored."""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.ledger.copying import LEDGER, copy_ledger
from mailbot.ledger.schema import applied, bring_up_to_date, migration_names, pending

if TYPE_CHECKING:
    pass

log = logging.getLogger(__name__)

Row: TypeAlias = Mapping[str, Any]


class Ledger:
    """An open ledger. Writing belongs into `transaction`; everything in it commits or nothing."""

    def __init__(self, database: sqlite3.Connection, lock: int | None) -> None:
        self.database = database
        self._lock = lock

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or none (G2). TemporaryFault when the disk is full or the file is busy.

        Within another one it is undone alone when it fails. The right to write is taken at the
        start: a decision may be written while the poller works, and SQLite refuses at once
        (SQLITE_BUSY_SNAPSHOT) whoever reads first and writes after somebody else did.
        """
        connection = self.database
        with _faults():
            if connection.in_transaction:
                with _savepoint(connection):
                    yield
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        with _faults():
            return int(self.database.execute(sql, parameters).rowcount)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a question, as dicts."""
        with _faults():
            cursor = self.database.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, Any] | None:
        """The first row of a question, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def meta(self, key: str) -> str | None:
        """A single remembered value, e.g. the time of the last poll."""
        row = self.row("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row["value"])

    def set_meta(self, key: str, value: str) -> None:
        """Remember a single value."""
        self.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def close(self) -> None:
        """Close the file and give up the writer's lock."""
        self.database.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


# What SQLite says of its file rather than of the question (https://sqlite.org/rescode.html).
_OF_THE_FILE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def _faults(where: object = "the ledger") -> Iterator[None]:
    """The file's faults as ours: "ledger" (full, busy, read-only) or "ledger_damaged"."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            text = (
                f"{where} is damaged ({error}); put the newest backup in its place: mailbot restore"
            )
            raise TemporaryFault("ledger_damaged", text) from error
        if code in _OF_THE_FILE:
            raise TemporaryFault("ledger", f"{where} cannot be used: {error}") from error
        raise


def open_ledger(data: Path, *, writable: bool = True, beside: bool = False) -> Ledger:
    """Open `data`/ledger.db, made and brought to the newest schema when writable.

    TemporaryFault "locked" when another mailbot works on this folder; with `beside` it is
    opened all the same, for one short transaction (a decision while `mailbot run` is at work).
    PermanentFault "ledger_newer" for a ledger that a newer mailbot wrote.
    Where there is none yet, what is read is empty.
    """
    path = data / LEDGER
    if not writable:
        if not path.is_file():
            log.warning("no ledger at %s yet: nothing was taken in so far", path)
            return in_memory(connect(":memory:"))
        with _faults(path):
            return Ledger(_readable(_opened_to_read(path), path), None)
    lock = _lock_of(data)
    alone = _is_ours(lock)
    if not alone and not beside:
        os.close(lock)
        raise _is_locked(data)
    try:
        database = _opened_to_write(path, alone)
    except BaseException:
        os.close(lock)
        raise
    return Ledger(database, lock)


@contextmanager
def only_writer(data: Path) -> Iterator[None]:
    """The data folder while no mailbot works on it, for who puts its ledger in place as a file.
    TemporaryFault "locked" when one does."""
    lock = _lock_of(data)
    try:
        if not _is_ours(lock):
            raise _is_locked(data)
        yield
    finally:
        os.close(lock)


def _lock_of(data: Path) -> int:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(data)
        return os.open(data / "ledger.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise TemporaryFault("data_folder", f"{data}: {error.strerror}") from error


def _is_ours(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_locked(data: Path) -> TemporaryFault:
    return TemporaryFault("locked", f"another mailbot is working on {data}; only one may write")


def in_memory(database: sqlite3.Connection) -> Ledger:
    """A ledger of what a connection in memory holds, brought to the newest schema."""
    bring_up_to_date(database)
    return Ledger(_tuned(database), None)


def connect(address: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """A connection on which each statement commits by itself, outside of `transaction`."""
    # Opened by the main thread, used by the scheduler's only worker: one after the other.
    return sqlite3.connect(address, uri=uri, check_same_thread=False, isolation_level=None)


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction within the open one; names may be the same, the innermost is meant."""
    connection.execute("SAVEPOINT inner_one")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has undone it all, savepoints included
            connection.execute("ROLLBACK TO inner_one")
            connection.execute("RELEASE inner_one")
        raise
    connection.execute("RELEASE inner_one")


def _opened_to_write(path: Path, alone: bool) -> sqlite3.Connection:
    with _faults(path):
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise TemporaryFault("ledger", f"{path}: {error.strerror}") from error
        database = connect(path)
        try:
            _tuned(database)
            _refuse_newer(database, path)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            if alone:
                _bring_up_to_date(database, path)
            else:
                _refuse_other_version(database, path.parent)
        except BaseException:
            database.close()
            raise
        return database


def _bring_up_to_date(database: sqlite3.Connection, path: Path) -> None:
    """The newest schema; a ledger that has an older one is copied first, beside itself."""
    missing = pending(database)
    if missing and applied(database):
        copy = path.with_name(f"ledger.before-{missing[0].partition('_')[0]}.db")
        copy_ledger(path, copy)
        log.warning("the ledger is brought up to date (%s); as it was: %s", missing[-1], copy)
    bring_up_to_date(database)


def _refuse_newer(database: sqlite3.Connection, path: Path) -> None:
    known = migration_names()
    unknown = [name for name in applied(database) if name not in known]
    if unknown:
        raise PermanentFault(
            "ledger_newer",
            f"{path} was written by a newer mailbot ({unknown[-1]}): install that version, or put"
            " back a backup from before the upgrade (mailbot restore)",
        )


def _refuse_other_version(database: sqlite3.Connection, data: Path) -> None:
    if pending(database):
        raise TemporaryFault("locked", f"a mailbot of another version is working on {data}")


def _readable(database: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A ledger of today's schema; an older one is read through a copy in memory, since who only
    reads must not change it."""
    try:
        _refuse_newer(database, path)
        if not pending(database):
            return database
        copy = connect(":memory:")
        database.backup(copy)
        bring_up_to_date(copy)
    except BaseException:
        database.close()
        raise
    database.close()
    return _tuned(copy)


def _opened_to_read(path: Path) -> sqlite3.Connection:
    """Reads beside the writer. Where the folder is read-only SQLite can make no `-shm` and reads
    nothing: with no `-wal` there is no writer either, and the file may be taken as it is."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    database = connect(address, uri=True)
    try:
        database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        database.close()
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        database = connect(f"{address}&immutable=1", uri=True)
    return _tuned(database)


def _make_private(data: Path) -> None:
    """A folder made by hand is often 0755: submissions carry names and telephone numbers."""
    state = data.stat()
    if state.st_mode & 0o077 and state.st_uid == os.geteuid():
        data.chmod(0o700)


def _tuned(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA recursive_triggers = ON")  # REPLACE fires those of DELETE
    database.execute("PRAGMA busy_timeout = 10000")
    return database


def tally(ledger: Ledger, kind: Literal["arrivals", "replies"]) -> dict[str, int]:
    """How many rows are in which state; states that no row is in are left out."""
    rows = ledger.rows(
        "SELECT state, number FROM tally WHERE kind = ? AND number > 0 ORDER BY state", (kind,)
    )
    return {row["state"]: int(row["number"]) for row in rows}


def stamp(moment: datetime) -> str:
    """A time as the ledger stores it: UTC, microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(stored: str) -> datetime:
    """The time a stored stamp means."""
    return datetime.fromisoformat(stored)
