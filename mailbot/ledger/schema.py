"""The tables, as migrations: what has been released is never edited, only added to.

Times are ISO 8601 in UTC. JSON columns hold the model's dataclasses as `store` writes them.
"""

import sqlite3
from collections.abc import Callable

from mailbot.ledger.console_schema import SEARCH_AND_STANDINGS, fill_standings

Migration = Callable[[sqlite3.Connection], None]

_SET = "mailbot"
_TABLE = ("_sqlite_migrations",)  # where sqlite-utils notes what was applied
_MIGRATIONS: dict[str, Migration] = {}


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
    return [name for name in _MIGRATIONS if name not in done]


def migration_names() -> list[str]:
    """The migrations this program knows, oldest first."""
    return list(_MIGRATIONS)


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Apply what is pending, each migration in a transaction with the record of it."""
    if not pending(connection):
        return
    # Takes longer than all else that opening a ledger needs: it looks for numpy.
    from sqlite_utils import Database, Migrations

    ours = Migrations(_SET)
    for name, migrate in _MIGRATIONS.items():
        ours(name=name)(lambda _, migrate=migrate: migrate(connection))
    ours.apply(Database(connection))


def migrations(*, name: str) -> Callable[[Migration], Migration]:
    """Registers a migration under its name, in the order of the file."""

    def register(migrate: Migration) -> Migration:
        _MIGRATIONS[name] = migrate
        return migrate

    return register


@migrations(name="0001_first_tables")
def _first_tables(db: sqlite3.Connection) -> None:
    for statement in _FIRST:
        db.execute(statement)


_FIRST = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT
    """,
    # One message taken in. (mailbox, folder, uid_validity, uid) is the server's identity of it;
    # message_id and sha256 find it again when the server has counted anew.
    """
    CREATE TABLE arrivals (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        mailbox TEXT NOT NULL, folder TEXT NOT NULL,
        uid_validity INTEGER NOT NULL, uid INTEGER NOT NULL,
        size INTEGER NOT NULL, arrived_at TEXT NOT NULL, discovered_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('discovered', 'spooled', 'examined', 'answered', 'quarantined', 'gone')),
        attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT NOT NULL DEFAULT '',
        spool_path TEXT, sha256 TEXT, oversize INTEGER NOT NULL DEFAULT 0,
        message_id TEXT, subject TEXT, sender_name TEXT, sender_address TEXT,
        references_json TEXT, defects_json TEXT, links_json TEXT, judged_json TEXT,
        unit TEXT, unit_source TEXT, held_json TEXT,
        no_answer_reason TEXT, no_answer_evidence TEXT, counts INTEGER NOT NULL DEFAULT 0,
        duplicate_of INTEGER REFERENCES arrivals(id),
        rules_version TEXT, examined_at TEXT,
        reply INTEGER REFERENCES replies(id),
        settled INTEGER NOT NULL DEFAULT 0, -- has a reply on its way, or a reason for none
        filed INTEGER NOT NULL DEFAULT 0, -- marked or moved on the server, where that is wanted
        UNIQUE (mailbox, folder, uid_validity, uid)
    ) STRICT
    """,
    "CREATE INDEX arrivals_by_state ON arrivals(state)",
    "CREATE INDEX arrivals_by_unit ON arrivals(unit, arrived_at) WHERE unit IS NOT NULL",
    "CREATE INDEX arrivals_by_sender ON arrivals(sender_address) WHERE unit IS NULL",
    "CREATE INDEX arrivals_no_answer ON arrivals(no_answer_reason) "
    "WHERE no_answer_reason IS NOT NULL",
    "CREATE INDEX arrivals_by_sha256 ON arrivals(sha256)",
    "CREATE INDEX arrivals_by_message_id ON arrivals(message_id)",
    "CREATE INDEX arrivals_by_reply ON arrivals(reply)",
    "CREATE INDEX arrivals_by_examined ON arrivals(examined_at)",
    "CREATE INDEX arrivals_unsettled ON arrivals(settled, state) WHERE settled = 0",
    "CREATE INDEX arrivals_unfiled ON arrivals(filed) WHERE filed = 0",
    # What was measured, once per content and inspector.
    """
    CREATE TABLE facts (
        sha256 TEXT NOT NULL, inspector TEXT NOT NULL, inspected_json TEXT NOT NULL,
        PRIMARY KEY (sha256, inspector)
    ) STRICT, WITHOUT ROWID
    """,
    # Every judged file, for the questions that go across arrivals.
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, arrival INTEGER NOT NULL REFERENCES arrivals(id),
        name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
        kind TEXT NOT NULL, format TEXT NOT NULL, verdict TEXT NOT NULL,
        phash TEXT, taken_at TEXT
    ) STRICT
    """,
    "CREATE INDEX files_by_arrival ON files(arrival)",
    "CREATE INDEX files_by_sha256 ON files(sha256)",
    # Whose address it is. Listed ones stand in units.csv and are not copied here.
    """
    CREATE TABLE addresses (
        address TEXT PRIMARY KEY, unit TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('provisional', 'confirmed')),
        since TEXT NOT NULL, arrival INTEGER REFERENCES arrivals(id)
    ) STRICT
    """,
    "CREATE INDEX addresses_by_unit ON addresses(unit)",
    # Addresses that bounced our reply for good: no more mail to them.
    """
    CREATE TABLE bounced (
        address TEXT PRIMARY KEY, arrival INTEGER, evidence TEXT NOT NULL
    ) STRICT
    """,
    # The dossier as last judged; always rebuildable from arrivals.
    """
    CREATE TABLE dossiers (
        unit TEXT PRIMARY KEY, state TEXT NOT NULL, dossier_json TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT
    """,
    # 收件编号: one for a unit's dossier, or for an address while no unit is known.
    """
    CREATE TABLE receipts (
        number INTEGER PRIMARY KEY AUTOINCREMENT, holder TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    # The outbox. A row is open until `raw` is composed; then its octets never change.
    """
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
        unit TEXT NOT NULL, address TEXT NOT NULL, purpose TEXT NOT NULL DEFAULT 'reply',
        state TEXT NOT NULL CHECK (state IN
            ('queued', 'claimed', 'sent', 'deferred', 'dead', 'withdrawn')),
        mode TEXT NOT NULL CHECK (mode IN ('live', 'approve', 'shadow')),
        kind TEXT, raw BLOB, priority INTEGER NOT NULL DEFAULT 0,
        due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        error_code TEXT NOT NULL DEFAULT '', error_text TEXT NOT NULL DEFAULT '',
        queued_at TEXT NOT NULL, composed_at TEXT, sent_at TEXT
    ) STRICT
    """,
    "CREATE UNIQUE INDEX replies_open ON replies(unit, address) "
    "WHERE raw IS NULL AND state = 'queued'",
    "CREATE INDEX replies_due ON replies(state, due_at)",
    "CREATE INDEX replies_sent ON replies(sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX replies_by_address ON replies(address, composed_at)",
    "CREATE INDEX replies_by_unit ON replies(unit)",
)


@migrations(name="0002_spot_checks_reminders_pruning")
def _spot_checks_reminders_pruning(db: sqlite3.Connection) -> None:
    for statement in _OFFICE:
        db.execute(statement)


_OFFICE = (
    # One draw (抽查): from the seed and the population it can be repeated by anyone.
    """
    CREATE TABLE draws (
        id INTEGER PRIMARY KEY AUTOINCREMENT, drawn_at TEXT NOT NULL, seed TEXT NOT NULL,
        size INTEGER NOT NULL, always_json TEXT NOT NULL, population_json TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE drawn_units (
        draw INTEGER NOT NULL REFERENCES draws(id), place INTEGER NOT NULL,
        unit TEXT NOT NULL, unit_group TEXT NOT NULL, always INTEGER NOT NULL,
        PRIMARY KEY (draw, unit)
    ) STRICT, WITHOUT ROWID
    """,
    # What an inspection of a unit found; the newest stands in the ledger, all are kept.
    """
    CREATE TABLE inspections (
        id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL,
        draw INTEGER REFERENCES draws(id), result TEXT NOT NULL, note TEXT NOT NULL,
        entered_at TEXT NOT NULL
    ) STRICT
    """,
    # A reminder is written once for a unit and a day (days after the deadline, -5: before it).
    """
    CREATE TABLE reminders (
        unit TEXT NOT NULL, day INTEGER NOT NULL, address TEXT NOT NULL,
        message_id TEXT NOT NULL, queued_at TEXT NOT NULL, PRIMARY KEY (unit, day)
    ) STRICT, WITHOUT ROWID
    """,
    # Every file that pruning took away. What was known of it stays where it was.
    """
    CREATE TABLE pruned (
        id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, sha256 TEXT NOT NULL,
        size INTEGER NOT NULL, before TEXT NOT NULL, pruned_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX inspections_by_unit ON inspections(unit)",
    "CREATE INDEX pruned_by_sha256 ON pruned(sha256)",
)


@migrations(name="0003_decisions")
def _decisions(db: sqlite3.Connection) -> None:
    for statement in _DECISIONS:
        db.execute(statement)


_DECISIONS = (
    # The audit trail: who decided what. `hash` covers `previous`, the hash of the row before.
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL,
        action TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
        before_json TEXT NOT NULL, after_json TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    # What was decided about a slot; the newest of a file stands (judgement.dossier).
    """
    CREATE TABLE slot_decisions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, slot TEXT NOT NULL,
        ruling TEXT NOT NULL CHECK (ruling IN ('accept', 'reject', 'waive')),
        sha256 TEXT NOT NULL, reason TEXT NOT NULL, decided_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX slot_decisions_by_unit ON slot_decisions(unit)",
    # For these no reply leaves: a unit's name, or an arrival's number.
    """
    CREATE TABLE holds (
        kind TEXT NOT NULL CHECK (kind IN ('unit', 'arrival')), target TEXT NOT NULL,
        since TEXT NOT NULL, PRIMARY KEY (kind, target)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE VIEW replies_not_held AS SELECT * FROM replies
    WHERE NOT EXISTS (SELECT 1 FROM holds WHERE kind = 'unit' AND target = replies.unit)
    AND NOT EXISTS (
        SELECT 1 FROM holds JOIN arrivals ON arrivals.id = CAST(target AS INTEGER)
        WHERE kind = 'arrival' AND arrivals.reply = replies.id
    )
    """,
    # What was added to units.csv by command; the folder goes before it.
    """
    CREATE TABLE unit_overlay (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('unit', 'alias', 'address')),
        unit TEXT NOT NULL, value TEXT NOT NULL, unit_group TEXT NOT NULL DEFAULT '',
        expected INTEGER NOT NULL DEFAULT 1, UNIQUE (kind, value)
    ) STRICT
    """,
    # The codes of mailed digests: each settles its item once.
    """
    CREATE TABLE codes (
        code TEXT PRIMARY KEY, offer_json TEXT NOT NULL, issued_at TEXT NOT NULL,
        used_at TEXT, used_by TEXT
    ) STRICT
    """,
    "ALTER TABLE arrivals ADD COLUMN enquiry INTEGER NOT NULL DEFAULT 0",
)


@migrations(name="0004_let_through")
def _let_through(db: sqlite3.Connection) -> None:
    # Released by a person: what cannot be inspected is held, and the rest of the mail goes on.
    db.execute("ALTER TABLE arrivals ADD COLUMN let_through INTEGER NOT NULL DEFAULT 0")


@migrations(name="0005_asked_by_index")
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


@migrations(name="0006_sender_doubt")
def _sender_doubt(db: sqlite3.Connection) -> None:
    # What kept the sender from being believed: failed, missing, or "".
    db.execute("ALTER TABLE arrivals ADD COLUMN sender_doubt TEXT NOT NULL DEFAULT ''")


@migrations(name="0007_arrivals_by_address")
def _arrivals_by_address(db: sqlite3.Connection) -> None:
    # The other volumes of an archive are looked for among all that an address sent.
    db.execute("CREATE INDEX arrivals_by_address ON arrivals(sender_address)")


@migrations(name="0008_facts_by_readers")
def _facts_by_readers(db: sqlite3.Connection) -> None:
    # Facts were kept under the program's version (`inspector` began with it), which was not raised
    # with the readers. Now by the readers' fingerprint; what is on record was measured by readers
    # that nobody can name: "".
    db.execute("ALTER TABLE facts ADD COLUMN readers TEXT NOT NULL DEFAULT ''")
    for version in ("0.1.0", "0.2.0"):
        db.execute(
            "UPDATE OR REPLACE facts SET inspector = substr(inspector, 6)"
            " WHERE inspector LIKE ? || '%'",
            (version,),
        )


@migrations(name="0009_withdrawals")
def _withdrawals(db: sqlite3.Connection) -> None:
    # What a later mail of the same address took back: `key` is a file's SHA-256, or a link's URL.
    db.execute(
        """
        CREATE TABLE withdrawals (
            arrival INTEGER NOT NULL REFERENCES arrivals(id),
            by_arrival INTEGER NOT NULL REFERENCES arrivals(id),
            key TEXT NOT NULL, since TEXT NOT NULL,
            PRIMARY KEY (arrival, by_arrival, key)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX withdrawals_by_mail ON withdrawals(by_arrival)")
    db.execute(
        "CREATE INDEX arrivals_withdrawing ON arrivals(id) WHERE held_json LIKE '%\"withdrawal\"%'"
    )


@migrations(name="0010_console")
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


@migrations(name="0012_search_and_standings")
def _search_and_standings(db: sqlite3.Connection) -> None:
    for statement in SEARCH_AND_STANDINGS:
        db.execute(statement)
    fill_standings(db)


@migrations(name="0013_identity")
def _identity(db: sqlite3.Connection) -> None:
    # A copy has its original's: no backup takes the place of another ledger's.
    db.execute(
        "INSERT INTO meta VALUES ('ledger_identity', lower(hex(randomblob(16))))"
        " ON CONFLICT DO NOTHING"
    )


@migrations(name="0014_corrections_and_undo")
def _corrections_and_undo(db: sqlite3.Connection) -> None:
    # A figure of a form as a person corrected it; the newest of a field stands.
    db.execute(
        """
        CREATE TABLE corrections (
            id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, slot TEXT NOT NULL,
            sha256 TEXT NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL,
            reason TEXT NOT NULL, decided_at TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX corrections_by_unit ON corrections(unit)")
    # The rows that a decision changed, before and after (`undo`).
    db.execute(
        "CREATE TABLE undo (audit INTEGER PRIMARY KEY REFERENCES audit(id),"
        " images_json TEXT NOT NULL) STRICT"
    )
    # A mail with a file that only a person can judge; what a spot check saw, and who entered it.
    db.execute("CREATE INDEX files_held ON files(arrival) WHERE verdict = 'held'")
    db.execute("ALTER TABLE inspections ADD COLUMN photo TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE inspections ADD COLUMN by TEXT NOT NULL DEFAULT ''")


@migrations(name="0015_unpacked")
def _unpacked(db: sqlite3.Connection) -> None:
    # What was unpacked of each try of an arrival: an address has a quota a day. `proven` 0: of
    # mails that anybody may have sent under that address.
    db.execute(
        """
        CREATE TABLE unpacked (
            id INTEGER PRIMARY KEY, arrival INTEGER NOT NULL REFERENCES arrivals(id),
            address TEXT NOT NULL, proven INTEGER NOT NULL,
            octets INTEGER NOT NULL, files INTEGER NOT NULL, at TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX unpacked_by_address ON unpacked(address, at)")
    db.execute("CREATE INDEX unpacked_by_arrival ON unpacked(arrival)")


@migrations(name="0016_uploaded_rules")
def _uploaded_rules(db: sqlite3.Connection) -> None:
    # Rules folders that were uploaded to be tried; the newest put in force stands for its base.
    db.execute(
        """
        CREATE TABLE uploaded_rules (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, version TEXT NOT NULL,
            base TEXT NOT NULL, files_json TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
            in_force_at TEXT
        ) STRICT
        """
    )


@migrations(name="0017_doubtful")
def _doubtful(db: sqlite3.Connection) -> None:
    # Whether a file of the dossier waits for a person; of dossiers from before it is not known.
    db.execute("ALTER TABLE dossiers ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 1")
    db.execute("CREATE INDEX dossiers_doubtful ON dossiers(unit) WHERE doubtful = 1")
