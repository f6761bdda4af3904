"""`mailbot forget`: what is known of a person or a unit, removed for who has a right to it.

What must be kept stays until its time is over: material that was accepted until `retention_days`
after the deadline, and whatever waits for a person or an answer (`judgement.retention`). What stays
for good is the trail of decisions, reduced to hashes, and numbers, states and times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot import objects
from mailbot.campaign.types import Campaign
from mailbot.clock import midnight
from mailbot.deciding.desk import Desk
from mailbot.dossiers.on_record import rejudge
from mailbot.entries import AtRest
from mailbot.errors import NotFoundError
from mailbot.files import blob_path
from mailbot.inspection.previews.store import forget_previews
from mailbot.judgement.retention import is_expired, why_kept
from mailbot.ledger import forgetting
from mailbot.ledger.pruned import at_rest, record_pruned
from mailbot.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What would go, and what stays and why."""

    token: str  # what stands in its place
    arrivals: tuple[int, ...]
    files: tuple[tuple[str, str, int], ...]  # path below the data folder, SHA-256, octets
    kept: tuple[tuple[int, str], ...]  # arrival, reason: accepted or unsettled
    copies: tuple[str, ...]  # older ledgers that lie beside this one and still know it


def plan_forgetting(desk: Desk, who: str) -> Forgetting:
    """What is known of an address or a unit. Nothing is changed.

    NotFoundError for who never wrote, and for a unit that there is not.
    """
    ledger, data = desk.ledger, desk.settings.paths.data
    numbers = set(_arrivals(ledger, desk.campaign, who))
    expired = is_expired(desk.campaign, desk.now)
    everything = at_rest(ledger)
    tomorrow = midnight(desk.now, desk.settings.zone).replace(year=desk.now.year + 1)
    asked = [
        (one, why_kept(one, tomorrow, expired=expired))
        for one in everything
        if one.arrival in numbers
    ]
    gone = [one for one, reason in asked if not reason]
    going = {one.arrival for one in gone}
    needed = _needed(everything, going)
    files = {path: (path, sha, size) for path, sha, size in _files(data, gone, needed)}
    return Forgetting(
        forgetting.token_of(who),
        tuple(sorted(going)),
        tuple(files.values()),
        tuple((one.arrival, reason) for one, reason in asked if reason),
        tuple(sorted(path.name for path in data.glob("ledger.*.db*"))),
    )


def forget(desk: Desk, who: str, plan: Forgetting, reason: str) -> None:
    """Carry a plan out: the store's octets, one decision in the trail, then the files here, then
    the room they left. TemporaryFault "store" where the store keeps them: the same again goes on.

    While an arrival of the person must be kept, his address stays with it. Nobody else may be at
    work on the ledger.
    """
    ledger, data = desk.ledger, desk.settings.paths.data
    going = set(plan.arrivals)
    units = _units(ledger, plan.arrivals)
    # Before the ledger forgets their names: nobody could find them in the store any more.
    for path, sha256, _ in plan.files:
        if path.startswith("files/"):
            objects.forget(data / "files", sha256)
    ledger.execute("PRAGMA secure_delete = ON")
    with desk.decision("forget", plan.token, reason, undoable=False) as change:
        needed = _needed(at_rest(ledger), going)
        forgetting.empty_arrivals(ledger, plan.arrivals, needed)
        record_pruned(ledger, plan.files, desk.now, desk.now)
        reduced: dict[str, str] = {}
        if not plan.kept:
            forgetting.empty_replies(ledger, who)
            if "@" not in who:
                forgetting.empty_unit(ledger, who)
            reduced = forgetting.reduce_audit(ledger, who)
            forgetting.replace_everywhere(ledger, who, plan.token)
        for unit in units:
            rejudge(ledger, desk.campaign, unit, desk.now)
        change.after = {
            "arrivals": list(plan.arrivals),
            "files": len(plan.files),
            "audit": reduced,
        }
    for path, sha256, _ in plan.files:
        forget_previews(data / "files", sha256)
        (data / path).unlink(missing_ok=True)
    forgetting.scrub(ledger)


def _arrivals(ledger: Ledger, campaign: Campaign, who: str) -> list[int]:
    if "@" in who:
        found = forgetting.arrivals_from(ledger, who)
        if not found:
            raise NotFoundError(f"no mail of {who} is on record")
        return found
    if campaign.unit_named(who) is None:
        raise NotFoundError(f"no unit named {who}")
    return forgetting.arrivals_of(ledger, who)


def _units(ledger: Ledger, numbers: tuple[int, ...]) -> list[str]:
    rows = [ledger.row("SELECT unit FROM arrivals WHERE id = ?", (number,)) for number in numbers]
    return sorted({row["unit"] for row in rows if row is not None and row["unit"]})


def _needed(everything: list[AtRest], going: set[int]) -> set[str]:
    return {
        need
        for one in everything
        if one.arrival not in going
        for need in (*one.contents, one.spool_path)
    }


def _files(data: Path, gone: list[AtRest], needed: set[str]) -> Iterator[tuple[str, str, int]]:
    store = objects.store_of(data / "files")
    for one in gone:
        if one.spool_path and one.spool_path not in needed and (data / one.spool_path).is_file():
            yield one.spool_path, one.sha256, (data / one.spool_path).stat().st_size
        for sha256 in sorted(one.contents - needed):
            path = blob_path(data / "files", sha256)
            size = path.stat().st_size if path.is_file() else store.size(sha256) if store else None
            if size is not None:
                yield str(path.relative_to(data)), sha256, size
