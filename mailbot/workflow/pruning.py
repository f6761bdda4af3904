"""`mailbot prune`: removing stored octets that need not be kept, each on record before it goes.

Which arrivals' octets may go says `judgement.retention`; here it is asked of every arrival, and the
files are found that no other arrival needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.entries import AtRest
from mailbot.errors import SettingsError
from mailbot.files import blob_path
from mailbot.inspection.previews.store import forget_previews
from mailbot.judgement.retention import is_expired, why_kept
from mailbot.ledger.pruned import at_rest, record_pruned
from mailbot.ledger.store import Ledger
from mailbot.objects import forget, store_of


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
    expired = is_expired(campaign, now)
    asked = [(one, why_kept(one, before, expired=expired)) for one in at_rest(ledger)]
    gone = [one for one, reason in asked if not reason]
    needed = {need for one, reason in asked if reason for need in (*one.contents, one.spool_path)}
    files = {
        file.path: file
        for one in gone
        for file in (*_spooled(data, one, needed), *_blobs(data, one, needed))
    }
    return Pruning(
        before,
        tuple(files.values()),
        tuple(one.arrival for one in gone),
        tuple((one.arrival, reason) for one, reason in asked if reason not in ("", "recent")),
    )


def prune(ledger: Ledger, data: Path, pruning: Pruning, now: datetime) -> None:
    """Remove the files of a plan, each put on record before it goes.

    Interrupted anywhere, a file may be on record and still there; the next pruning takes it.
    """
    with ledger.transaction():
        files = ((file.path, file.sha256, file.size) for file in pruning.files)
        record_pruned(ledger, files, pruning.before, now)
    for file in pruning.files:
        forget_previews(data / "files", file.sha256)
        if file.path.startswith("files/"):
            forget(data / "files", file.sha256)
        (data / file.path).unlink(missing_ok=True)


def _spooled(data: Path, one: AtRest, needed: set[str]) -> Iterator[Removable]:
    path = one.spool_path
    if path and path not in needed and (data / path).is_file():
        yield Removable(path, one.sha256, (data / path).stat().st_size)


def _blobs(data: Path, one: AtRest, needed: set[str]) -> Iterator[Removable]:
    store = store_of(data / "files")
    for sha256 in sorted(one.contents - needed):
        path = blob_path(data / "files", sha256)
        size = path.stat().st_size if path.is_file() else store.size(sha256) if store else None
        if size is not None:
            yield Removable(str(path.relative_to(data)), sha256, size)
