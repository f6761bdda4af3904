"""Arrivals: what is known of every message, from discovered to answered."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from mailbot.entries import EarlierMail, Examined, SentMail
from mailbot.inbox.mailboxes.protocol import Listing
from mailbot.ledger.columns import judged_json, links_json, strings_json
from mailbot.ledger.store import Ledger, Row, moment, stamp
from mailbot.ledger.withdrawals import withdrawn_of
from mailbot.model import BODY_NAME, ArrivalSummary, CloudLink, Judged, Kind, MailAddress, Message

FileRow: TypeAlias = tuple[Any, ...]  # of `files`, its columns in `record_file_rows`'s order
_LAST = 2**63 - 1  # beyond every id


def record_discovered(ledger: Ledger, listing: Listing, now: datetime) -> int:
    """Note that a message exists; its ledger id. A second time changes nothing, unless it was gone
    and is there again."""
    key = (listing.mailbox, listing.folder, listing.uid_validity, listing.uid)
    ledger.execute(
        "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
        " discovered_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'discovered')"
        " ON CONFLICT DO UPDATE SET state = 'discovered', settled = 0, no_answer_reason = NULL,"
        " no_answer_evidence = NULL, last_error = '' WHERE state = 'gone'",
        (*key, listing.size, stamp(listing.arrived_at), stamp(now)),
    )
    row = ledger.row(
        "SELECT id FROM arrivals WHERE mailbox = ? AND folder = ? AND uid_validity = ? AND uid = ?",
        key,
    )
    assert row is not None
    return int(row["id"])


def last_examined(ledger: Ledger) -> datetime:
    """When a mail was examined last; the beginning of time where none was."""
    row = ledger.row("SELECT max(examined_at) AS last FROM arrivals")
    return moment(row["last"]) if row and row["last"] else datetime.min.replace(tzinfo=UTC)


def record_spooled(ledger: Ledger, arrival: int, *, path: str, sha256: str, oversize: bool) -> None:
    """The raw octets rest on disk under `path` (relative to the data folder)."""
    ledger.execute(
        "UPDATE arrivals SET state = 'spooled', last_error = '', spool_path = ?,"
        " sha256 = ?, oversize = ? WHERE id = ?",
        (path, sha256, oversize, arrival),
    )


def record_gone(ledger: Ledger, arrival: int) -> None:
    """The message vanished before it could be fetched (邮件撤回)."""
    ledger.execute(
        "UPDATE arrivals SET state = 'gone', settled = 1, no_answer_reason = 'recalled',"
        " no_answer_evidence = 'the server no longer has the message' WHERE id = ?",
        (arrival,),
    )


def record_examined(
    ledger: Ledger, arrival: int, examined: Examined, *, rules_version: str, now: datetime
) -> None:
    """Everything found in one arrival. Belongs into the transaction that queues its reply."""
    message = examined.message
    ledger.execute(
        "UPDATE arrivals SET state = 'examined', message_id = ?, subject = ?, sender_name = ?,"
        " sender_address = ?, references_json = ?, defects_json = ?, links_json = ?,"
        " judged_json = ?, unit = ?, unit_source = ?, held_json = ?, no_answer_reason = ?,"
        " no_answer_evidence = ?, counts = ?, duplicate_of = ?, enquiry = ?, sender_doubt = ?,"
        " rules_version = ?, examined_at = ?, settled = ?, last_error = '' WHERE id = ?",
        (
            message.message_id,
            message.subject,
            message.sender.name,
            message.sender.address,
            strings_json.dump_json(message.references).decode(),
            strings_json.dump_json(examined.defects).decode(),
            links_json.dump_json(message.links).decode(),
            judged_json.dump_json(examined.judged).decode(),
            examined.unit,
            examined.unit_source,
            strings_json.dump_json(examined.held_reasons).decode(),
            examined.no_answer.code if examined.no_answer else None,
            examined.no_answer.evidence if examined.no_answer else None,
            examined.counts,
            examined.duplicate_of,
            examined.enquiry,
            examined.sender_doubt,
            rules_version,
            stamp(now),
            examined.no_answer is not None,
            arrival,
        ),
    )
    record_files(ledger, arrival, examined.judged)
    ledger.execute("DELETE FROM signatures WHERE arrival = ?", (arrival,))
    for digest in examined.signatures:
        ledger.execute("INSERT OR IGNORE INTO signatures VALUES (?, ?)", (digest, arrival))


def record_files(ledger: Ledger, arrival: int, files: Sequence[Judged]) -> None:
    """The judged files of an arrival, in place of those it had."""
    record_file_rows(ledger, arrival, rows_of_files(arrival, files))


def rows_of_files(arrival: int, files: Sequence[Judged]) -> Iterator[FileRow]:
    """The judged files of an arrival, and what is in them, as they are recorded."""
    for judged in (one for top in files for one in top.walk()):
        yield (
            arrival,
            judged.name,
            judged.sha256,
            judged.size,
            judged.kind,
            judged.format,
            judged.verdict,
            judged.facts.get("phash"),
            judged.facts.get("taken_at"),
        )


def record_file_rows(ledger: Ledger, arrival: int, rows: Iterable[FileRow]) -> None:
    """These files in place of those the arrival had."""
    ledger.execute("DELETE FROM files WHERE arrival = ?", (arrival,))
    for row in rows:
        ledger.execute(
            "INSERT INTO files (arrival, name, sha256, size, kind, format, verdict, phash,"
            " taken_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def record_no_answer(ledger: Ledger, arrivals: Sequence[int], code: str, evidence: str) -> None:
    """Why these get no reply after all (G6)."""
    for arrival in arrivals:
        ledger.execute(
            "UPDATE arrivals SET no_answer_reason = ?, no_answer_evidence = ?, reply = NULL,"
            " settled = 1 WHERE id = ?",
            (code, evidence, arrival),
        )


def assign_unit(ledger: Ledger, arrival: int, unit: str, source: str) -> None:
    """The arrival belongs to this unit after all."""
    ledger.execute(
        "UPDATE arrivals SET unit = ?, unit_source = ?, held_json = '[]', counts = 1 WHERE id = ?",
        (unit, source, arrival),
    )


def same_message(
    ledger: Ledger,
    arrival: int,
    sha256: str,
    message: Message,
    sender_doubt: str,
    signatures: Sequence[str],
) -> list[EarlierMail]:
    """Examined arrivals with these octets, then those of this sender with this Message-ID or one
    of these `signatures`, whatever stands in what he left unsigned. One of these that was filed
    without an answer stands for none: with a line or two added by somebody else (a null return
    path, a list's name) a copy of a mail looks like a robot's.

    A copy without proof of its sender does not stand for the one that has it: who saw the mail
    could send his copy first.
    """
    octets = ledger.rows(
        "SELECT id, judged_json FROM arrivals WHERE sha256 = ? AND id != ?"
        " AND examined_at IS NOT NULL AND duplicate_of IS NULL ORDER BY id LIMIT 1",
        (sha256, arrival),
    )
    named = ledger.rows(
        "SELECT id, judged_json FROM arrivals WHERE message_id = ? AND message_id != '' AND id != ?"
        " AND sender_address = ? AND examined_at IS NOT NULL AND duplicate_of IS NULL"
        " AND no_answer_reason IS NULL AND (sender_doubt = '' OR ? != '') ORDER BY id",
        (message.message_id, arrival, message.sender.address, sender_doubt),
    )
    signed = ledger.rows(
        "SELECT id, judged_json FROM arrivals WHERE id IN (SELECT arrival FROM signatures"
        " WHERE digest IN (SELECT value FROM json_each(?))) AND id != ? AND sender_address = ?"
        " AND examined_at IS NOT NULL AND duplicate_of IS NULL"
        " AND no_answer_reason IS NULL AND (sender_doubt = '' OR ? != '') ORDER BY id",
        (json.dumps(signatures), arrival, message.sender.address, sender_doubt),
    )
    return [
        EarlierMail(int(row["id"]), same, tuple(file.sha256 for file in files_of(row)))
        for rows, same in ((octets, True), (named, False), (signed, False))
        for row in rows
    ]


def found_forged(ledger: Ledger) -> list[Row]:
    """Mails that count for a unit although our own server found them to be of somebody else, and
    that no person gave to it."""
    return list(
        ledger.rows(
            "SELECT id, unit, sender_address FROM arrivals WHERE sender_doubt = 'failed'"
            " AND counts = 1 AND unit_source != 'assigned' ORDER BY id"
        )
    )


def ids_from(ledger: Ledger, address: str) -> frozenset[int]:
    """All arrivals under this address."""
    rows = ledger.rows("SELECT id FROM arrivals WHERE sender_address = ?", (address,))
    return frozenset(int(row["id"]) for row in rows)


def waiting(ledger: Ledger) -> list[Row]:
    """Arrivals that are not yet examined, oldest first: after a crash, and within a pass."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE settled = 0 AND state IN ('discovered', 'spooled')"
            " ORDER BY id"
        )
    )


def unfiled(ledger: Ledger, mailbox: str) -> list[Row]:
    """Committed arrivals not yet marked or moved on the server."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE filed = 0 AND mailbox = ?"
            " AND state IN ('examined', 'answered') ORDER BY id",
            (mailbox,),
        )
    )


def record_filed(ledger: Ledger, arrival: int) -> None:
    """The server has been told."""
    ledger.execute("UPDATE arrivals SET filed = 1 WHERE id = ?", (arrival,))


def arrival_row(ledger: Ledger, arrival: int) -> dict[str, Any] | None:
    """Everything on record of one arrival."""
    return ledger.row("SELECT * FROM arrivals WHERE id = ?", (arrival,))


def arrival_rows(ledger: Ledger, arrivals: Collection[int]) -> dict[int, dict[str, Any]]:
    """Everything on record of these arrivals, by number; one statement."""
    rows = ledger.rows(
        "SELECT * FROM arrivals WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(arrivals)),),
    )
    return {int(row["id"]): row for row in rows}


def summary_of(row: Row) -> ArrivalSummary:
    """What replies and digest say of a stored arrival."""
    return ArrivalSummary(
        id=int(row["id"]),
        arrived_at=moment(row["arrived_at"]),
        subject=row["subject"] or "",
        message_id=row["message_id"] or "",
        references=tuple(json.loads(row["references_json"] or "[]")),
        sender=MailAddress(row["sender_name"] or "", row["sender_address"] or ""),
        files=files_of(row),
        links=links_of(row),
        defects=tuple(json.loads(row["defects_json"] or "[]")),
        held_reasons=tuple(json.loads(row["held_json"] or "[]")),
        unit=row["unit"],
        no_answer_reason=row["no_answer_reason"],
        enquiry=bool(row.get("enquiry")),
    )


def newest_spooled(ledger: Ledger, count: int) -> list[str]:
    """Where the newest mails rest, below the data folder, as far as they have been fetched."""
    rows = ledger.rows(
        "SELECT spool_path FROM arrivals"
        " WHERE id > (SELECT max(id) FROM arrivals) - ? AND spool_path IS NOT NULL",
        (count,),
    )
    return [str(row["spool_path"]) for row in rows]


def files_of(row: Row) -> tuple[Judged, ...]:
    """The judged files of a stored arrival."""
    return judged_json.validate_json(row["judged_json"] or "[]")


def links_of(row: Row) -> tuple[CloudLink, ...]:
    """The announced links of a stored arrival."""
    return links_json.validate_json(row["links_json"] or "[]")


def sent_by(ledger: Ledger, address: str) -> list[SentMail]:
    """What an address sent and we examined, newest first, without what came twice."""
    rows = ledger.rows(
        "SELECT id, subject, message_id, unit, links_json, judged_json, sender_doubt,"
        " no_answer_reason FROM arrivals WHERE sender_address = ?"
        " AND examined_at IS NOT NULL AND duplicate_of IS NULL ORDER BY arrived_at DESC, id DESC",
        (address,),
    )
    return [
        SentMail(
            arrival=int(row["id"]),
            subject=row["subject"] or "",
            message_id=row["message_id"] or "",
            unit=row["unit"],
            proven=not row["sender_doubt"],
            was_answered=row["no_answer_reason"] is None,
            contents=(
                *(
                    (one.name, one.sha256)
                    for top in files_of(row)
                    for one in top.walk()
                    if one.kind is not Kind.OTHER and (one.slots or one.name != BODY_NAME)
                ),
                *((link.name or "", link.url) for link in links_of(row)),
            ),
            withdrawn=frozenset(withdrawn_of(ledger, int(row["id"]))),
        )
        for row in rows
    ]


def files_sent_by(ledger: Ledger, address: str, until: int | None = None) -> list[tuple[str, str]]:
    """Name and SHA-256 of every file that came from an address, oldest first; `until`: up to
    this arrival, without it."""
    rows = ledger.rows(
        "SELECT files.name, files.sha256 FROM files JOIN arrivals ON arrivals.id = files.arrival"
        " WHERE arrivals.sender_address = ? AND arrivals.id < ? ORDER BY files.arrival, files.id",
        (address, _LAST if until is None else until),
    )
    return [(row["name"], row["sha256"]) for row in rows]


def listing_of(row: Row) -> Listing:
    """The server's name of a stored arrival."""
    return Listing(
        mailbox=row["mailbox"],
        folder=row["folder"],
        uid_validity=row["uid_validity"],
        uid=row["uid"],
        size=row["size"],
        arrived_at=moment(row["arrived_at"]),
    )
