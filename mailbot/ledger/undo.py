"""What a decision changed, row by row, so that it can be taken back.

While a decision is made, triggers of this connection note each row before and after (the way of
https://sqlite.org/undoredo.html). To take it back, every row must still be as the decision left
it; then it becomes what it was. Dossiers are left out: they are judged anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from mailbot.ledger.store import Ledger

# The tables that decisions write to. Of `replies` the octets are left out: they never change.
_TABLES = (
    "arrivals",
    "files",
    "addresses",
    "bounced",
    "slot_decisions",
    "corrections",
    "holds",
    "replies",
    "unit_overlay",
)
_KEPT = 500  # decisions
_LEFT = ("claimed", "sent", "dead")


@dataclass(frozen=True, slots=True)
class Image:
    """One row before and after; None where it was not there."""

    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@contextmanager
def noting(ledger: Ledger) -> Iterator[list[Image]]:
    """Fill the list, when the block ends, with every row that it changed. Within a transaction."""
    images: list[Image] = []
    for statement in _watching(ledger):
        ledger.execute(statement)
    try:
        yield images
        images += _merged(ledger)
    finally:
        for statement in _done_watching():
            ledger.execute(statement)


def record(ledger: Ledger, audit: int, images: Sequence[Image]) -> None:
    """Keep what the decision of this audit row changed."""
    document = [[one.table, one.key, one.before, one.after] for one in images]
    ledger.execute("INSERT INTO undo VALUES (?, ?)", (audit, json.dumps(document)))
    ledger.execute("DELETE FROM undo WHERE audit <= ?", (audit - _KEPT,))


def images_of(ledger: Ledger, audit: int) -> list[Image] | None:
    """What it changed; None where that is not known (any more), or was taken back."""
    row = ledger.row("SELECT images_json FROM undo WHERE audit = ?", (audit,))
    return [Image(*one) for one in json.loads(row["images_json"])] if row else None


def known(ledger: Ledger) -> set[int]:
    """The audit rows whose changes are known."""
    return {int(row["audit"]) for row in ledger.rows("SELECT audit FROM undo")}


def forget(ledger: Ledger, audit: int) -> None:
    """It was taken back."""
    ledger.execute("DELETE FROM undo WHERE audit = ?", (audit,))


Obstacle = Literal["left", "changed", ""]


def obstacle(ledger: Ledger, images: Sequence[Image]) -> Obstacle:
    """Why they cannot be taken back: a mail has left, or something changed since; "" if they can.

    A reply that the decision opened may have been composed meanwhile, as long as it waits.
    """
    found: Obstacle = ""
    opened = [one.key["id"] for one in images if _is_opened_reply(one)]
    for one in images:
        row = _row(ledger, one)
        if one.table == "replies" and row is not None and row["state"] in _LEFT:
            return "left"
        if _is_opened_reply(one):
            if row is None or row["state"] not in ("queued", "withdrawn") or row["attempts"]:
                found = "changed"
        elif not _stands(one, row):
            found = "changed"
    ours = {one.key["id"] for one in images if one.table == "arrivals"}
    for reply in opened:
        rows = ledger.rows("SELECT id FROM arrivals WHERE reply = ?", (reply,))
        if {row["id"] for row in rows} - ours:
            found = "changed"
    return found


def restore(ledger: Ledger, images: Sequence[Image]) -> None:
    """Every row as it was before. A reply that was opened is withdrawn, since its number and
    Message-ID were given."""
    for one in reversed(images):
        where, values = _where(one)
        if _is_opened_reply(one):
            ledger.execute(f"UPDATE replies SET state = 'withdrawn' WHERE {where}", values)  # noqa: S608
        elif one.before is None:
            ledger.execute(f"DELETE FROM {one.table} WHERE {where}", values)  # noqa: S608
        elif one.after is None:
            row = {**one.key, **one.before}
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            sql = f"INSERT INTO {one.table} ({names}) VALUES ({marks})"  # noqa: S608
            ledger.execute(sql, list(row.values()))
        else:
            changed = ", ".join(f"{name} = ?" for name in one.before)
            sql = f"UPDATE {one.table} SET {changed} WHERE {where}"  # noqa: S608
            ledger.execute(sql, [*one.before.values(), *values])


def _is_opened_reply(one: Image) -> bool:
    return one.table == "replies" and one.before is None


def _columns(ledger: Ledger, table: str) -> tuple[list[str], list[str]]:
    rows = ledger.rows(f"SELECT name, pk, type FROM pragma_table_info('{table}')")  # noqa: S608
    key = [row["name"] for row in sorted(rows, key=lambda row: row["pk"]) if row["pk"]]
    return key, [row["name"] for row in rows if not row["pk"] and row["type"] != "BLOB"]


def _watching(ledger: Ledger) -> Iterator[str]:
    yield (
        "CREATE TEMP TABLE noted"
        " (id INTEGER PRIMARY KEY, tab TEXT, key TEXT, before TEXT, after TEXT)"
    )
    for table in _TABLES:
        key, rest = _columns(ledger, table)

        def row(which: str, names: Sequence[str]) -> str:
            pairs = ", ".join(f"'{one}', {which}.{one}" for one in names)
            return f"json_object({pairs})"

        for event, before, after in (
            ("INSERT", "NULL", row("NEW", rest)),
            ("UPDATE", row("OLD", rest), row("NEW", rest)),
            ("DELETE", row("OLD", rest), "NULL"),
        ):
            of = "OLD" if event == "DELETE" else "NEW"
            yield (
                f"CREATE TEMP TRIGGER noting_{table}_{event} AFTER {event} ON main.{table}"  # noqa: S608
                f" BEGIN INSERT INTO noted (tab, key, before, after)"
                f" VALUES ('{table}', {row(of, key)}, {before}, {after}); END"
            )


def _done_watching() -> Iterator[str]:
    for table in _TABLES:
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield f"DROP TRIGGER IF EXISTS temp.noting_{table}_{event}"
    yield "DROP TABLE IF EXISTS temp.noted"


def _merged(ledger: Ledger) -> list[Image]:
    """One image a row: as it was before the first change and after the last; only what differs."""
    first: dict[tuple[str, str], Any] = {}
    last: dict[tuple[str, str], Any] = {}
    for row in ledger.rows("SELECT * FROM noted ORDER BY id"):
        place = (row["tab"], row["key"])
        first.setdefault(place, row["before"])
        last[place] = row["after"]
    images = []
    for (table, key), before in first.items():
        after = last[table, key]
        if before == after:
            continue
        old = json.loads(before) if before else None
        new = json.loads(after) if after else None
        if old is not None and new is not None:
            names = [name for name in old if old[name] != new[name]]
            old, new = ({name: each[name] for name in names} for each in (old, new))
        images.append(Image(table, json.loads(key), old, new))
    return images


def _where(one: Image) -> tuple[str, list[Any]]:
    return " AND ".join(f"{name} = ?" for name in one.key), list(one.key.values())


def _row(ledger: Ledger, one: Image) -> Mapping[str, Any] | None:
    where, values = _where(one)
    return ledger.row(f"SELECT * FROM {one.table} WHERE {where}", values)  # noqa: S608


def _stands(one: Image, row: Mapping[str, Any] | None) -> bool:
    if one.after is None or row is None:
        return one.after is None and row is None
    return all(row[name] == value for name, value in one.after.items())
