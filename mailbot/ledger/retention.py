"""Retention: which stored octets may go, and the record of those that went.

Kept, whatever date is asked for: arrivals that are not settled (not examined, quarantined, held
for a person, with an answer still to leave), and, until `Campaign.retention_days` after the
deadline, every arrival that brought an accepted material, with all its files. What is pruned
is octets; what was found, decided and answered stays in the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.files import blob_path
from mailbot.ledger.arrivals import files_of
from mailbot.ledger.store import Ledger, Row, moment, stamp
from mailbot.model import Verdict


@dataclass(frozen=True, slots=True)
class Removable:
    """One stored file that nothing needs any more."""

    path: str  # relative to the data folder
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """What may go, and why the other arrivals from before the date stay."""

    before: datetime
    files: tuple[Removable, ...]
    arrivals: tuple[int, ...]  # whose octets go
    kept: tuple[tuple[int, str], ...]  # arrival, reason: unsettled or accepted

    @property
    def size(self) -> int:
        """Octets that come free."""
        return sum(file.size for file in self.files)


def plan_pruning(
    ledger: Ledger, campaign: Campaign, data: Path, before: datetime, now: datetime
) -> Pruning:
    """Everything that arrived before `before` and need not be kept. Nothing is changed.

    SettingsError for a date that has not come.
    """
    if before > now:
        raise SettingsError("--before: that day has not come yet")
    expired = now >= campaign.deadline + timedelta(days=campaign.retention_days)
    gone, kept, needed = [], [], set()
    removable: list[Row] = []
    for row in ledger.rows(
        "SELECT arrivals.*, replies.state AS reply_state, replies.raw IS NULL AS reply_open"
        " FROM arrivals LEFT JOIN replies ON replies.id = arrivals.reply ORDER BY arrivals.id"
    ):
        reason = "recent" if moment(row["arrived_at"]) >= before else _reason(row, expired)
        if reason:
            needed |= _contents(row) | {row["spool_path"]}
            if reason != "recent":
                kept.append((int(row["id"]), reason))
        else:
            gone.append(int(row["id"]))
            removable.append(row)
    files = {
        file.path: file
        for row in removable
        for file in (*_spooled(data, row, needed), *_blobs(data, row, needed))
    }
    return Pruning(before, tuple(files.values()), tuple(gone), tuple(kept))


def prune(ledger: Ledger, data: Path, pruning: Pruning, now: datetime) -> None:
    """Remove the files of a plan, each put on record before it goes.

    Interrupted anywhere, a file may be on record and still there; the next pruning takes it.
    """
    with ledger.transaction():
        for file in pruning.files:
            ledger.execute(
                "INSERT INTO pruned (path, sha256, size, before, pruned_at) VALUES (?, ?, ?, ?, ?)",
                (file.path, file.sha256, file.size, stamp(pruning.before), stamp(now)),
            )
    for file in pruning.files:
        (data / file.path).unlink(missing_ok=True)


def _reason(row: Row, expired: bool) -> str:
    """Why an arrival's octets stay, "" when they may go."""
    if row["state"] not in ("examined", "answered", "gone") or not row["settled"]:
        return "unsettled"
    if row["reply"] is not None and (
        row["reply_open"] or row["reply_state"] in ("queued", "claimed", "deferred")
    ):
        return "unsettled"
    if row["duplicate_of"] is not None:
        return ""  # the arrival it is a copy of decides for both
    files = [one for top in files_of(row) for one in top.walk()]
    if not expired and any(one.slots and one.verdict is Verdict.ACCEPTED for one in files):
        return "accepted"
    in_doubt = row["held_json"] not in (None, "[]")
    if not expired and (in_doubt or any(one.verdict is Verdict.HELD for one in files)):
        return "unsettled"
    return ""


def _contents(row: Row) -> set[str]:
    """The hashes of everything an arrival brought."""
    return {one.sha256 for top in files_of(row) for one in top.walk()}


def _spooled(data: Path, row: Row, needed: set[str]) -> Iterator[Removable]:
    path = row["spool_path"]
    if path and path not in needed and (data / path).is_file():
        yield Removable(path, row["sha256"] or "", (data / path).stat().st_size)


def _blobs(data: Path, row: Row, needed: set[str]) -> Iterator[Removable]:
    for sha256 in sorted(_contents(row) - needed):
        path = blob_path(data / "files", sha256)
        if path.is_file():
            yield Removable(str(path.relative_to(data)), sha256, path.stat().st_size)
