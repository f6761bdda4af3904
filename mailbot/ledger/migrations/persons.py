"""What persons decide, draw, enter and upload, and the trail of it."""

import sqlite3

from mailbot.ledger.migrations.register import migration


@migration("0002_spot_checks_reminders_pruning")
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


@migration("0003_decisions")
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


@migration("0004_let_through")
def _let_through(db: sqlite3.Connection) -> None:
    # Released by a person: what cannot be inspected is held, and the rest of the mail goes on.
    db.execute("ALTER TABLE arrivals ADD COLUMN let_through INTEGER NOT NULL DEFAULT 0")


@migration("0014_corrections_and_undo")
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


@migration("0016_uploaded_rules")
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


@migration("0017_doubtful")
def _doubtful(db: sqlite3.Connection) -> None:
    # Whether a file of the dossier waits for a person; of dossiers from before it is not known.
    db.execute("ALTER TABLE dossiers ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 1")
    db.execute("CREATE INDEX dossiers_doubtful ON dossiers(unit) WHERE doubtful = 1")


@migration("0018_forged")
def _forged(db: sqlite3.Connection) -> None:
    # Mails that our own server found to be of somebody else: few among all.
    db.execute("CREATE INDEX arrivals_forged ON arrivals(id) WHERE sender_doubt = 'failed'")


@migration("0019_self_named")
def _self_named(db: sqlite3.Connection) -> None:
    # Whose mails count for which unit by their own word: asked for every digest, read off this.
    db.execute(
        "CREATE INDEX arrivals_self_named ON arrivals(unit, sender_address, id)"
        " WHERE counts = 1 AND duplicate_of IS NULL AND sender_doubt != 'failed'"
        " AND unit_source != 'assigned'"
    )


@migration("0020_signatures")
def _signatures(db: sqlite3.Connection) -> None:
    # Digests of the signatures (DKIM) under which a mail came: who sends it again has none other.
    db.execute(
        "CREATE TABLE signatures (digest TEXT NOT NULL, arrival INTEGER NOT NULL,"
        " PRIMARY KEY (digest, arrival)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX signatures_by_arrival ON signatures(arrival)")
