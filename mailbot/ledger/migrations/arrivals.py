"""A message taken in, what was measured in it, and the outbox: the first tables."""

import sqlite3

from mailbot.ledger.migrations.register import migration


@migration("0001_first_tables")
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


@migration("0013_identity")
def _identity(db: sqlite3.Connection) -> None:
    # A copy has its original's: no backup takes the place of another ledger's.
    db.execute(
        "INSERT INTO meta VALUES ('ledger_identity', lower(hex(randomblob(16))))"
        " ON CONFLICT DO NOTHING"
    )
