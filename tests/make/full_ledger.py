"""A ledger with as many arrivals as wanted, written by SQL in seconds.

What one real arrival leaves (rows of `arrivals`, `files`, `replies`) is taken from a ledger that
the program itself wrote, and multiplied: each unit has sent the same few mails, the rest are of
the kind that fills every mailbox (automatic, filed without an answer).
"""

from datetime import datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import rejudge
from mailbot.ledger.store import Ledger, stamp

MAILBOX = "yingji@mail.example.test"
OF_EACH_UNIT = 20


def fill(ledger: Ledger, campaign: Campaign, model: int, count: int, moment: datetime) -> None:
    """`count` more arrivals after the examined arrival `model`, which brought material.

    OF_EACH_UNIT are a unit's own and answered; all others are automatic. Each has a file and
    arrived twenty days before `moment`.
    """
    columns = [row["name"] for row in ledger.rows("PRAGMA table_info(arrivals)")]
    own = {
        "id": None,
        "uid": "1000000 + n",
        "arrived_at": ":long_ago",
        "discovered_at": ":long_ago",
        "examined_at": ":long_ago",
        "sha256": "printf('%064x', n)",
        "message_id": "printf('<full-%d@example.com>', n)",
        "sender_address": "printf('a%d@example.com', n)",
        "subject": "printf('第%d封', n)",
        "settled": "1",
        "filed": "1",
        "reply": "NULL",
        "duplicate_of": "NULL",
    }
    automatic = own | {
        "state": "'examined'",
        "unit": "NULL",
        "counts": "0",
        "judged_json": "'[]'",
        "held_json": "'[]'",
        "no_answer_reason": "'auto_submitted'",
        "no_answer_evidence": "'Auto-Submitted: auto-replied'",
    }
    material = own | {"state": "'answered'", "judged_json": "'[]'", "links_json": "'[]'"}
    material |= {"unit": "(SELECT unit FROM names WHERE place = n % :units)"}
    names = [unit.unit for unit in campaign.units if unit.expected]
    parameters = {
        "model": model,
        "count": count,
        "own": OF_EACH_UNIT * len(names),
        "units": len(names),
        "long_ago": stamp(moment - timedelta(days=20)),
    }
    connection = ledger.database
    connection.execute("CREATE TEMP TABLE names (place INTEGER PRIMARY KEY, unit TEXT)")
    connection.executemany("INSERT INTO temp.names VALUES (?, ?)", enumerate(names))
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
    numbers += " WHERE n < :count)"
    with ledger.transaction():
        for kind, condition in ((automatic, "n > :own"), (material, "n <= :own")):
            kept = [name for name in columns if name != "id"]
            values = ", ".join(str(kind.get(name, f"model.{name}")) for name in kept)
            connection.execute(
                f"INSERT INTO arrivals ({', '.join(kept)}) {numbers} SELECT {values}"
                f" FROM numbers JOIN arrivals AS model ON model.id = :model WHERE {condition}",
                parameters,
            )
        connection.execute(
            f"{numbers} INSERT INTO files (arrival, name, sha256, size, kind, format, verdict,"
            " phash, taken_at) SELECT id, '照片.jpg', sha256, 100000, 'photo', 'jpeg', 'rejected',"
            " NULL, NULL FROM arrivals WHERE sha256 IN (SELECT printf('%064x', n) FROM numbers)",
            {"count": count},
        )
        connection.execute(
            f"INSERT INTO replies (number, message_id, unit, address, state, mode, kind, raw,"
            f" due_at, queued_at, composed_at, sent_at) {numbers} SELECT"
            " printf('YL2017-%d', n), printf('<reply-%d@example.com>', n), '',"
            " printf('a%d@example.com', n), 'sent', 'live', 'correction', x'00', :long_ago,"
            " :long_ago, :long_ago, :long_ago FROM numbers WHERE n <= :own",
            parameters,
        )
    connection.execute("DROP TABLE temp.names")
    for name in names[:3]:
        with ledger.transaction():
            rejudge(ledger, campaign, name, moment)
