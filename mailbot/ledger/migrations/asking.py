"""What spares a question the whole table: indexes, and rows that are counted as they change."""

import sqlite3

from mailbot.ledger.migrations.register import migration


@migration("0005_asked_by_index")
def _asked_by_index(db: sqlite3.Connection) -> None:
    for statement in _ASKED_BY_INDEX:
        db.execute(statement)


_ASKED_BY_INDEX = (
    "CREATE INDEX arrivals_unattributed ON arrivals(id)"
    " WHERE unit IS NULL AND held_json != '[]' AND duplicate_of IS NULL",
    "CREATE INDEX files_accepted_photos ON files(id) WHERE kind = 'photo' AND verdict = 'accepted'",
    "CREATE INDEX replies_by_number ON replies(number)",
    # For the foreign keys: SQLite looks for the children of a changed row.
    "CREATE INDEX arrivals_by_duplicate_of ON arrivals(duplicate_of)"
    " WHERE duplicate_of IS NOT NULL",
    "CREATE INDEX addresses_by_arrival ON addresses(arrival)",
    # In shadow mode composed replies stay queued for ever: those that wait are kept apart.
    "CREATE INDEX replies_to_compose ON replies(due_at) WHERE raw IS NULL AND state = 'queued'",
    "CREATE INDEX replies_to_send ON replies(due_at)"
    " WHERE state IN ('queued', 'deferred') AND raw IS NOT NULL AND mode = 'live'",
    # How many rows are in which state; counted as they change, since counting anew takes longer
    # with every mail that ever came.
    """
    CREATE TABLE tally (
        kind TEXT NOT NULL CHECK (kind IN ('arrivals', 'replies')), state TEXT NOT NULL,
        number INTEGER NOT NULL, PRIMARY KEY (kind, state)
    ) STRICT, WITHOUT ROWID
    """,
    *(
        statement.format(table=table)
        for table in ("arrivals", "replies")
        for statement in (
            "INSERT INTO tally SELECT '{table}', state, count(*) FROM {table} GROUP BY state",
            "CREATE TRIGGER {table}_tallied_in AFTER INSERT ON {table} BEGIN"
            " INSERT INTO tally VALUES ('{table}', NEW.state, 1)"
            " ON CONFLICT DO UPDATE SET number = number + 1; END",
            "CREATE TRIGGER {table}_tallied_out AFTER DELETE ON {table} BEGIN"
            " UPDATE tally SET number = number - 1"
            " WHERE kind = '{table}' AND state = OLD.state; END",
            "CREATE TRIGGER {table}_tallied_over AFTER UPDATE OF state ON {table}"
            " WHEN OLD.state != NEW.state BEGIN"
            " UPDATE tally SET number = number - 1"
            " WHERE kind = '{table}' AND state = OLD.state;"
            " INSERT INTO tally VALUES ('{table}', NEW.state, 1)"
            " ON CONFLICT DO UPDATE SET number = number + 1; END",
        )
    ),
)
