"""The tables that answer a page at once: what the search looks in, and where each unit stands.

Both can be made anew from the rest of the ledger.
"""

import json
import sqlite3
from typing import Any

SEARCH_AND_STANDINGS = (
    # The words of one arrival, as they are looked for (ledger.search.spelled).
    """
    CREATE TABLE words (
        arrival INTEGER PRIMARY KEY REFERENCES arrivals(id),
        subject TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL, names TEXT NOT NULL,
        documents TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE VIRTUAL TABLE words_by_three USING fts5(
        subject, sender, body, names, documents, content = 'words', content_rowid = 'arrival',
        tokenize = 'trigram'
    )
    """,
    # Trigrams find no word of two characters, which most Chinese words are, and LIKE reads every
    # text: 240 ms for a rare word in 10,000 mails of 2,000 characters, 0.02 ms by this table. It
    # knows which pairs of characters stand in a mail and nothing else: 1.1 KB a mail, where
    # trigrams take 9.6.
    """
    CREATE VIRTUAL TABLE words_by_two USING fts5(
        pairs, content = '', detail = 'none', tokenize = 'unicode61 remove_diacritics 0'
    )
    """,
    # Arrivals from before are taken up from the newest to the oldest: those below this number.
    "INSERT INTO meta SELECT 'words_below', coalesce(max(id), 0) + 1 FROM arrivals",
    # Where each unit stands: its dossier without the files, which make it large.
    """
    CREATE TABLE standings (
        unit TEXT PRIMARY KEY, revision INTEGER NOT NULL UNIQUE, standing_json TEXT NOT NULL,
        forms_json TEXT -- the files with fields that fill a slot, by slot
    ) STRICT
    """,
)


def standing_of(dossier: dict[str, Any]) -> dict[str, Any]:
    """A stored dossier's JSON without its files and links, but how many of them there are."""
    slots = {}
    for name, slot in dossier["slots"].items():
        counting = [file for file in slot["files"] if file["counts"]]
        slots[name] = slot | {
            "files": [],
            "links": [],
            "findings": [],
            "counting": len(counting),
            "came": len(slot["files"]),
            # A dossier stored before 0.2 does not say when a slot was filled.
            "filled_at": slot.get("filled_at")
            or max((file["arrived_at"] for file in counting), default=None),
        }
    return dossier | {"slots": slots}


def forms_of(dossier: dict[str, Any]) -> dict[str, Any]:
    """The files with fields that fill a slot, by slot, without what is inside them."""
    found = {
        name: [
            file | {"judged": file["judged"] | {"members": [], "facts": {}, "findings": []}}
            for file in slot["files"]
            if file["counts"] and file["judged"].get("fields")
        ]
        for name, slot in dossier["slots"].items()
    }
    return {name: files for name, files in found.items() if files}


def fill_standings(db: sqlite3.Connection) -> None:
    """The standing of every unit whose dossier is stored, for a ledger from before."""
    stored = db.execute("SELECT unit, dossier_json FROM dossiers ORDER BY unit").fetchall()
    for number, (unit, dossier) in enumerate(stored, 1):
        db.execute(
            "INSERT INTO standings VALUES (?, ?, ?, ?)",
            (unit, number, *standing_json(json.loads(dossier))),
        )


def standing_json(dossier: dict[str, Any]) -> tuple[str, str | None]:
    """What `standings` keeps of a stored dossier's JSON."""
    forms = forms_of(dossier)
    return (
        json.dumps(standing_of(dossier), ensure_ascii=False),
        json.dumps(forms, ensure_ascii=False) if forms else None,
    )
