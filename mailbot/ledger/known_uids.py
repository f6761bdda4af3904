"""Which messages of a folder the ledger has, asked at every poll.

All of them are read once; from then on only what was added since. One process writes arrivals
(`store.open_ledger`), so what it has read stays true for as long as it runs.
"""

import json
from collections.abc import Set as AbstractSet

from mailbot.inbox.mailboxes.protocol import Listing
from mailbot.ledger.store import Ledger


class KnownUids:
    """The uids of one mailbox's folders that the ledger has."""

    def __init__(self, ledger: Ledger, mailbox: str) -> None:
        self._ledger = ledger
        self._mailbox = mailbox
        self._known: dict[tuple[str, int], set[int]] = {}
        self._read_up_to: dict[tuple[str, int], int] = {}

    def of(self, folder: str, uid_validity: int) -> AbstractSet[int]:
        """Those of a folder; a new uid_validity knows none. Not to be changed by the caller."""
        key = (folder, uid_validity)
        newest = self._ledger.row("SELECT max(id) AS id FROM arrivals")
        up_to = int(newest["id"] or 0) if newest else 0
        if key not in self._known:
            self._known[key] = self._read_all(folder, uid_validity)
        elif up_to > self._read_up_to[key]:
            rows = self._ledger.rows(
                "SELECT uid FROM arrivals NOT INDEXED"
                " WHERE id > ? AND mailbox = ? AND folder = ? AND uid_validity = ?"
                " AND state != 'gone'",
                (self._read_up_to[key], self._mailbox, folder, uid_validity),
            )
            self._known[key].update(row["uid"] for row in rows)
        self._read_up_to[key] = up_to
        return self._known[key]

    def add(self, listing: Listing) -> None:
        """Taken in, also where it was gone before."""
        key = (listing.folder, listing.uid_validity)
        if key in self._known:
            self._known[key].add(listing.uid)

    def forget(self, listing: Listing) -> None:
        """Gone: if the server lists it again, it is taken in."""
        self._known.get((listing.folder, listing.uid_validity), set()).discard(listing.uid)

    def _read_all(self, folder: str, uid_validity: int) -> set[int]:
        row = self._ledger.row(
            "SELECT json_group_array(uid) AS uids FROM arrivals"
            " WHERE mailbox = ? AND folder = ? AND uid_validity = ? AND state != 'gone'",
            (self._mailbox, folder, uid_validity),
        )
        return set(json.loads(row["uids"])) if row else set()
