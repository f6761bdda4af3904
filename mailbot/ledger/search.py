"""Full text: which arrivals hold these words, in subject, sender, body, file names or documents.

Every word that is asked for must stand in the arrival, each as a run of characters and not as a
word of a language: Chinese has no spaces to part words by. From three characters on SQLite's
trigram tokenizer finds it, one and two are found by pairs (`console_schema`).
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mailbot.ledger.arrivals import files_of
from mailbot.ledger.facts import BODY
from mailbot.ledger.store import Ledger, Row
from mailbot.model import BODY_NAME, Inspected, Message

MOST_TEXT = 1_000_000  # characters of one arrival that can be found
_COLUMNS = ("subject", "sender", "body", "names", "documents")
_BELOW = "words_below"
_AROUND = 30  # characters shown before a word that was found
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# 姓　名 in a table's head, 应急⏎演练 where a PDF breaks its line.
_GAPS = re.compile(f"(?<=[{_CHINESE}])\\s+(?=[{_CHINESE}])")


@dataclass(frozen=True, slots=True)
class Words:
    """What can be found of one arrival."""

    subject: str = ""
    sender: str = ""
    body: str = ""
    names: str = ""
    documents: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One arrival that was found; where the first word stands, and the words around it."""

    arrival: int
    column: str
    excerpt: str


def spelled(text: str) -> str:
    """Text as it is kept and looked for: full-width forms and variants as the plain ones (NFKC),
    spaces between Chinese characters left out, every other run of them one."""
    plain = unicodedata.normalize("NFKC", text.replace("\0", " "))
    plain = plain.encode("utf-8", "replace").decode()
    return " ".join(_GAPS.sub("", plain).split())


def words_of(message: Message, members: Iterable[Inspected]) -> Words:
    """What can be found of an arrival that has just been examined."""
    inside = [one for top in members for one in top.walk()]
    return _words(
        message.subject,
        f"{message.sender.name} {message.sender.address}",
        message.text,
        [one.name for one in inside if not one.is_body],
        [one.text for one in inside if one.text.strip() != message.text.strip()],
    )


def record_words(ledger: Ledger, arrival: int, words: Words) -> None:
    """Remember what can be found of an arrival, in place of what was."""
    _forget(ledger, arrival)
    values = [getattr(words, column) for column in _COLUMNS]
    ledger.execute("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)", (arrival, *values))
    ledger.execute(
        "INSERT INTO words_by_three (rowid, subject, sender, body, names, documents)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (arrival, *values),
    )
    ledger.execute(
        "INSERT INTO words_by_two (rowid, pairs) VALUES (?, ?)", (arrival, _pairs(values))
    )


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the middle of a statement: the table that is read, newest first, by `key`."""

    table: str
    key: str
    condition: str
    parameters: tuple[str, ...]
    excerpt: str  # columns `place` and `excerpt` of `words`, which is to be joined
    spots: tuple[str, ...]  # their parameters


def search_for(asked: str) -> Search | None:
    """What `asked` asks for; None where it names no word."""
    terms = [spelled(each) for each in asked.split()]
    long = " AND ".join(_quoted(term) for term in terms if len(term) > 2)
    short = " AND ".join(filter(None, (_short(term) for term in terms if len(term) <= 2)))
    if not long and not short:
        return None
    excerpt, spots = _excerpt(next(each for each in terms))
    if not long:
        return Search(
            "words_by_two", "words_by_two.rowid", "words_by_two MATCH ?", (short,), excerpt, spots
        )
    condition = "words_by_three MATCH ?"
    if short:
        condition += (
            # "+": else SQLite asks the phrase anew for each row of the pair, twenty thousand times.
            " AND +words_by_three.rowid IN"
            " (SELECT rowid FROM words_by_two WHERE words_by_two MATCH ?)"
        )
    return Search(
        "words_by_three",
        "words_by_three.rowid",
        condition,
        (long, short) if short else (long,),
        excerpt,
        spots,
    )


def find(ledger: Ledger, asked: str, *, before: int | None = None, most: int = 50) -> list[Found]:
    """The newest arrivals that hold every word of `asked`, of those below the number `before`."""
    search = search_for(asked)
    if search is None:
        return []
    sql = (
        f"SELECT arrival, {search.excerpt} FROM {search.table}"  # noqa: S608 - literals
        f" JOIN words ON words.arrival = {search.key} WHERE {search.condition}"
        f" AND {search.key} < ? ORDER BY {search.key} DESC LIMIT ?"
    )
    last = 2**63 - 1 if before is None else before
    rows = ledger.rows(sql, (*search.spots, *search.parameters, last, most))
    return [Found(row["arrival"], row["place"], row["excerpt"]) for row in rows]


def fill_words(ledger: Ledger, most: int = 20) -> int:
    """Take up arrivals from before the search was there, newest first, in one transaction; how
    many. 0: all are there."""
    below = int(ledger.meta(_BELOW) or 0)
    if below <= 0:
        return 0
    with ledger.transaction():
        rows = ledger.rows(
            "SELECT id, subject, sender_name, sender_address, judged_json FROM arrivals"
            " WHERE id < ? AND examined_at IS NOT NULL"
            " AND id NOT IN (SELECT arrival FROM words) ORDER BY id DESC LIMIT ?",
            (below, most),
        )
        for row in rows:
            record_words(ledger, int(row["id"]), _words_on_record(ledger, row))
        ledger.set_meta(_BELOW, str(rows[-1]["id"] if rows else 0))
    return len(rows)


def is_filled(ledger: Ledger) -> bool:
    """Whether every arrival of before can be found."""
    return int(ledger.meta(_BELOW) or 0) <= 0


def _words(
    subject: str, sender: str, body: str, names: Iterable[str], documents: Iterable[str]
) -> Words:
    room = MOST_TEXT

    def cut(text: str) -> str:
        nonlocal room
        kept = spelled(text[:room])
        room -= len(kept)
        return kept

    return Words(
        cut(subject),
        cut(sender),
        cut(body),
        " ".join(cut(each) for each in names if room > 0),
        " ".join(cut(each) for each in documents if room > 0 and each),
    )


def _words_on_record(ledger: Ledger, row: Row) -> Words:
    files = files_of(row)
    hashes = [one.sha256 for one in files]
    stored = ledger.rows(
        "SELECT sha256, inspector AS way, inspected_json FROM facts"
        " WHERE sha256 IN (SELECT value FROM json_each(?))",
        (json.dumps(hashes),),
    )
    stored = list({each["sha256"]: each for each in stored}.values())  # read in one way
    bodies = [each for each in stored if each["way"].startswith(BODY)]
    body = " ".join(_texts(json.loads(bodies[0]["inspected_json"]))) if bodies else ""
    others = (json.loads(one["inspected_json"]) for one in stored if one not in bodies)
    return _words(
        row["subject"] or "",
        f"{row['sender_name'] or ''} {row['sender_address'] or ''}",
        body,
        [one.name for top in files for one in top.walk() if one.name != BODY_NAME],
        [text for one in others for text in _texts(one)],
    )


def _texts(inspected: dict[str, Any]) -> Iterator[str]:
    yield inspected.get("text") or ""
    for member in inspected.get("members") or ():
        yield from _texts(member)


def _forget(ledger: Ledger, arrival: int) -> None:
    """An index without its own copy of the text is told what it is to forget (FTS5, 'delete')."""
    old = ledger.row("SELECT * FROM words WHERE arrival = ?", (arrival,))
    if old is None:
        return
    values = [old[column] for column in _COLUMNS]
    ledger.execute(
        "INSERT INTO words_by_three (words_by_three, rowid, subject, sender, body, names,"
        " documents) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
        (arrival, *values),
    )
    ledger.execute(
        "INSERT INTO words_by_two (words_by_two, rowid, pairs) VALUES ('delete', ?, ?)",
        (arrival, _pairs(values)),
    )
    ledger.execute("DELETE FROM words WHERE arrival = ?", (arrival,))


def _pairs(texts: Iterable[str]) -> str:
    """Every two characters that stand side by side, and the last of each run by itself."""
    found: set[str] = set()
    for text in texts:
        for run in re.findall(r"[^\W_]+", text.casefold()):
            found.update(run[place : place + 2] for place in range(len(run)))
    return " ".join(sorted(found))


def _short(term: str) -> str:
    """A pair, or the beginning of one; "" for signs, which stand in none."""
    letters = "".join(re.findall(r"[^\W_]", term.casefold()))
    return letters and _quoted(letters) + ("" if len(letters) == 2 else "*")


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _excerpt(term: str) -> tuple[str, tuple[str, ...]]:
    """SQL for the column in which a word stands first, and for what stands around it."""
    found = {column: f"instr(lower(words.{column}), lower(?))" for column in _COLUMNS}
    place = " ".join(f"WHEN {found[column]} THEN '{column}'" for column in _COLUMNS)
    around = " ".join(
        f"WHEN {found[column]} THEN substr(words.{column}, max(1, {found[column]} - {_AROUND}), 90)"
        for column in _COLUMNS
    )
    spots = (term,) * (len(_COLUMNS) * 3)
    return f"CASE {place} ELSE '' END AS place, CASE {around} ELSE '' END AS excerpt", spots
