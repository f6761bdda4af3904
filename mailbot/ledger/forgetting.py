"""What the ledger knows of a person, taken out of it: rows stay, words go.

A number, a state, a time and the hashes stay, so that the same mail is not fetched again and every
count is what it was. Belongs into one transaction, but for `scrub`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from mailbot.ledger import audit
from mailbot.ledger.arrivals import files_of
from mailbot.ledger.search import Words, record_words
from mailbot.ledger.store import Ledger

# The trail has its own way (`audit.reduce`); the search is written anew.
_APART = ("audit", "words", "_sqlite_migrations", "tally", "facts")


def token_of(who: str) -> str:
    """What stands in a person's place: who knows the address finds it again, nobody reads it."""
    digest = hashlib.sha256(who.lower().encode()).hexdigest()
    return f"{digest[:32]}@forgotten.invalid" if "@" in who else f"sha256:{digest}"


def arrivals_from(ledger: Ledger, address: str) -> list[int]:
    """The numbers of all mails of an address, however it was written."""
    rows = ledger.rows("SELECT id FROM arrivals WHERE lower(sender_address) = ?", (address,))
    return [int(row["id"]) for row in rows]


def arrivals_of(ledger: Ledger, unit: str) -> list[int]:
    """The numbers of all mails that count for a unit."""
    rows = ledger.rows("SELECT id FROM arrivals WHERE unit = ? ORDER BY id", (unit,))
    return [int(row["id"]) for row in rows]


def empty_arrivals(ledger: Ledger, numbers: Sequence[int], needed: Iterable[str]) -> None:
    """Take the words out of these arrivals and their answers, and the facts of files that no other
    arrival needs."""
    kept = set(needed)
    for number in numbers:
        row = ledger.row("SELECT * FROM arrivals WHERE id = ?", (number,))
        assert row is not None
        contents = {one.sha256 for top in files_of(row) for one in top.walk()}
        for sha256 in sorted(contents - kept):
            ledger.execute("DELETE FROM facts WHERE sha256 = ?", (sha256,))
            ledger.execute("DELETE FROM corrections WHERE sha256 = ?", (sha256,))
            ledger.execute("DELETE FROM slot_decisions WHERE sha256 = ?", (sha256,))
        ledger.execute("DELETE FROM files WHERE arrival = ?", (number,))
        ledger.execute("DELETE FROM signatures WHERE arrival = ?", (number,))
        ledger.execute("DELETE FROM withdrawals WHERE arrival = ? OR by_arrival = ?", (number,) * 2)
        ledger.execute(
            "UPDATE arrivals SET subject = '', sender_name = '', sender_address = ?,"
            " message_id = NULL, references_json = '[]', links_json = '[]', judged_json = '[]',"
            " held_json = '[]', no_answer_evidence = '', last_error = '', counts = 0, enquiry = 0"
            " WHERE id = ?",
            (token_of(row["sender_address"] or ""), number),
        )
        if row["reply"]:
            _empty_reply(ledger, int(row["reply"]), numbers)
        record_words(ledger, number, Words())


def _empty_reply(ledger: Ledger, reply: int, numbers: Sequence[int]) -> None:
    """The octets of an answer that answers forgotten mails alone. An open reply has none (NULL)."""
    rows = ledger.rows("SELECT id FROM arrivals WHERE reply = ?", (reply,))
    if {int(row["id"]) for row in rows} <= set(numbers):
        ledger.execute(
            "UPDATE replies SET raw = zeroblob(0), error_text = '' WHERE id = ?"
            " AND raw IS NOT NULL",
            (reply,),
        )


def empty_replies(ledger: Ledger, who: str) -> None:
    """Every mail we ever wrote to this address, or to this unit; what still waits is withdrawn."""
    whose = "lower(address) = ?" if "@" in who else "unit = ?"
    who = who.lower() if "@" in who else who
    ledger.execute(
        "UPDATE replies SET state = 'withdrawn'"  # noqa: S608 - literals
        f" WHERE state IN ('queued', 'deferred', 'claimed') AND {whose}",
        (who,),
    )
    ledger.execute(
        f"UPDATE replies SET raw = zeroblob(0), error_text = '' WHERE {whose}"  # noqa: S608
        " AND raw IS NOT NULL",
        (who,),
    )


def empty_unit(ledger: Ledger, unit: str) -> None:
    """What was decided and noted of a unit, and the addresses that spoke for it."""
    for table in ("slot_decisions", "corrections", "inspections", "addresses", "reminders"):
        ledger.execute(f"DELETE FROM {table} WHERE unit = ?", (unit,))  # noqa: S608 - literals
    ledger.execute("DELETE FROM unit_overlay WHERE unit = ? AND kind = 'address'", (unit,))


def replace_everywhere(ledger: Ledger, who: str, token: str) -> None:
    """The last mention, in whatever table of today or tomorrow: every text of every table."""
    for table in ("undo", "codes"):
        column = "images_json" if table == "undo" else "offer_json"
        # Whole rows as they were, and offers about them.
        ledger.execute(
            f"DELETE FROM {table} WHERE instr(lower({column}), ?)",  # noqa: S608 - literals
            (who.lower(),),
        )
    if "@" not in who:
        return  # a unit's name is public, and stands in units.csv
    spelled = {who.lower()} | {
        row["sender_address"]
        for row in ledger.rows(
            "SELECT DISTINCT sender_address FROM arrivals WHERE lower(sender_address) = ?",
            (who.lower(),),
        )
    }
    for table, column in _texts(ledger):
        for spelling in sorted(spelled):
            ledger.execute(
                f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?)'  # noqa: S608 - names of the schema
                f' WHERE instr("{column}", ?)',
                (spelling, token, spelling),
            )


def _texts(ledger: Ledger) -> list[tuple[str, str]]:
    tables = ledger.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    )
    return [
        (table["name"], column["name"])
        for table in tables
        if not table["name"].startswith(("sqlite_", *_APART))
        for column in ledger.rows(f'PRAGMA table_info("{table["name"]}")')
        if column["type"] == "TEXT"
    ]


def reduce_audit(ledger: Ledger, who: str) -> dict[str, str]:
    """Take the words out of every row of the trail that names this; by number, the hash of what is
    left of each.

    Of each stay who decided what when, its hash and its place in the chain; the words become the
    hash of what they were. `audit.verify` takes such a row only where a row of action `forget`
    names it, which is in the chain itself.
    """
    found = ledger.rows(
        "SELECT * FROM audit WHERE action != 'forget' AND (instr(lower(subject), ?) OR"
        " instr(lower(reason), ?) OR instr(lower(before_json), ?) OR instr(lower(after_json), ?))",
        (who.lower(),) * 4,
    )
    (trigger,) = ledger.rows(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_is_never_changed'"
    )
    ledger.execute("DROP TRIGGER audit_is_never_changed")
    for row in found:
        words = [row[name] for name in ("subject", "reason", "before_json", "after_json")]
        told = hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
        ledger.execute(
            "UPDATE audit SET subject = 'forgotten', reason = '', before_json = '{}',"
            " after_json = ? WHERE id = ?",
            (json.dumps({"forgotten": told}), row["id"]),
        )
    ledger.execute(trigger["sql"])
    left = (ledger.row("SELECT * FROM audit WHERE id = ?", (row["id"],)) for row in found)
    return {str(row["id"]): audit.hash_of(row) for row in left if row is not None}


def scrub(ledger: Ledger) -> None:
    """Leave nothing of what was deleted in the file: SQLite only marks its room as free. Outside
    of any transaction, with nobody else at work."""
    for index in ("words_by_three", "words_by_two"):
        ledger.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608 - literals
    ledger.database.commit()
    ledger.execute("VACUUM")
    ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
