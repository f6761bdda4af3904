"""What came to be kept of mails and their files beside the first tables."""

import sqlite3

from mailbot.ledger.migrations.register import migration


@migration("0006_sender_doubt")
def _sender_doubt(db: sqlite3.Connection) -> None:
    # What kept the sender from being believed: failed, missing, or "".
    db.execute("ALTER TABLE arrivals ADD COLUMN sender_doubt TEXT NOT NULL DEFAULT ''")


@migration("0007_arrivals_by_address")
def _arrivals_by_address(db: sqlite3.Connection) -> None:
    # The other volumes of an archive are looked for among all that an address sent.
    db.execute("CREATE INDEX arrivals_by_address ON arrivals(sender_address)")


@migration("0008_facts_by_readers")
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


@migration("0009_withdrawals")
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


@migration("0015_unpacked")
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
