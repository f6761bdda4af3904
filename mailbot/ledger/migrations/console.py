"""Who may use the console, and what its pages look in."""

import sqlite3

from mailbot.ledger.console_schema import SEARCH_AND_STANDINGS, fill_standings
from mailbot.ledger.migrations.register import migration


@migration("0010_console")
def _console(db: sqlite3.Connection) -> None:
    for statement in _CONSOLE:
        db.execute(statement)


_CONSOLE = (
    # Who may use the console; `password` is an argon2 hash, "" for who comes by OIDC alone.
    """
    CREATE TABLE console_users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL CHECK (role IN ('viewer', 'clerk', 'admin')),
        password TEXT NOT NULL, since TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # `name` is the SHA-256 of what the cookie holds.
    """
    CREATE TABLE console_sessions (
        name TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES console_users(name),
        since TEXT NOT NULL, until TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX console_sessions_by_user ON console_sessions(user)",
    # Wrong passwords in a row, of names that are users' and of names that are not.
    """
    CREATE TABLE console_wrong (
        name TEXT PRIMARY KEY, number INTEGER NOT NULL, last_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


@migration("0012_search_and_standings")
def _search_and_standings(db: sqlite3.Connection) -> None:
    for statement in SEARCH_AND_STANDINGS:
        db.execute(statement)
    fill_standings(db)
