"""Which migrations a ledger has, and bringing it up to those that this program knows."""

import sqlite3

from mailbot.ledger.migrations import in_order

_SET = "mailbot"
_TABLE = ("_sqlite_migrations",)  # where sqlite-utils notes what was applied


def applied(connection: sqlite3.Connection) -> list[str]:
    """The migrations that a ledger has, in the order in which they were applied."""
    try:
        rows = connection.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid", (_SET,)
        ).fetchall()
    except sqlite3.OperationalError:  # no such table, unless something else is wrong
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", _TABLE).fetchone():
            raise
        return []
    return [name for (name,) in rows]


def pending(connection: sqlite3.Connection) -> list[str]:
    """The migrations that a ledger has yet to go through, oldest first."""
    done = set(applied(connection))
    return [name for name in in_order() if name not in done]


def migration_names() -> list[str]:
    """The migrations this program knows, oldest first."""
    return list(in_order())


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Apply what is pending, each migration in a transaction with the record of it."""
    if not pending(connection):
        return
    # Takes longer than all else that opening a ledger needs: it looks for numpy.
    from sqlite_utils import Database, Migrations

    ours = Migrations(_SET)
    for name, migrate in in_order().items():
        ours(name=name)(lambda _, migrate=migrate: migrate(connection))
    ours.apply(Database(connection))
