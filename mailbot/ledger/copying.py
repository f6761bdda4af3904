"""The ledger file as a whole: copied while others write, looked at before it is replaced."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailbot.errors import TemporaryFault

LEDGER = "ledger.db"
# What SQLite keeps beside a file in WAL mode. Left behind it would be played into whatever file
# is put in the ledger's place (https://sqlite.org/howtocorrupt.html, section 1.3).
SIDE_FILES = (f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal")


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """What can be said of a ledger's file without bringing it up to date."""

    state: Literal["absent", "damaged", "empty", "alive"]  # empty: nothing was ever taken in
    told: str = ""  # what is damaged
    identity: str = ""  # of the ledger; a copy has its original's; "" before it had one
    last_arrival: int = 0
    last_audit: int = 0
    schema: str = ""  # the newest migration


def look_at(path: Path, *, whole: bool = True) -> LedgerFile:
    """What the file is. It is read whole, and damage anywhere in it is told, unless `whole` is
    False: then only what cannot be opened is damaged.

    A ledger that SQLite cannot open for reasons of the machine (rights, no memory) is
    TemporaryFault: that says nothing about its content.
    """
    if not path.is_file() or not path.stat().st_size:
        return LedgerFile("absent")
    try:
        with closing(_reading(path)) as connection:
            told = ["ok"]
            if whole:
                told = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            if told != ["ok"]:
                return LedgerFile("damaged", "; ".join(map(str, told)))
            return _described(connection)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            return LedgerFile("damaged", str(error))
        raise TemporaryFault("ledger", f"{path} cannot be read: {error}") from error


def _reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.execute("PRAGMA busy_timeout = 10000")
    return connection


def _described(connection: sqlite3.Connection) -> LedgerFile:
    def one(sql: str) -> str:
        row = connection.execute(sql).fetchone()
        return str(row[0]) if row and row[0] is not None else ""

    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"arrivals", "meta", "_sqlite_migrations"} <= tables:
        return LedgerFile("empty")
    last = int(one("SELECT max(id) FROM arrivals") or 0)
    audit = int(one("SELECT max(id) FROM audit") or 0) if "audit" in tables else 0
    return LedgerFile(
        "alive" if last or audit else "empty",
        identity=one("SELECT value FROM meta WHERE key = 'ledger_identity'"),
        last_arrival=last,
        last_audit=audit,
        schema=one("SELECT max(name) FROM _sqlite_migrations WHERE migration_set = 'mailbot'"),
    )


def copy_ledger(source: Path, target: Path) -> None:
    """Copy the ledger as it stands at one moment (SQLite's online backup), also beside a writer.

    The copy is one file, private, whole, on the disk, and only then under its name. TemporaryFault
    "ledger_damaged" where what was copied is not whole: then `target` stays as it was.
    """
    new = target.with_name(f"{target.name}.new")
    try:
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        with closing(_reading(source)) as original, closing(sqlite3.connect(new)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            told = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
        if told != ["ok"]:
            raise TemporaryFault("ledger_damaged", f"{source} is damaged ({told[0]})")
        put_in_place(new, target)
    except sqlite3.DatabaseError as error:
        raise TemporaryFault("ledger", f"{source} cannot be copied: {error}") from error
    except OSError as error:
        raise TemporaryFault("disk", f"{target}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def put_in_place(new: Path, target: Path) -> None:
    """Rename, durably: the content is on the disk before the name, the name before we return."""
    for path, flags in ((new, os.O_RDONLY), (target.parent, os.O_RDONLY | os.O_DIRECTORY)):
        if path is not new:
            new.replace(target)
        handle = os.open(path, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
