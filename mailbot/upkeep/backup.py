"""`mailbot backup`: a copy of ledger and octets that restores, made while mailbot runs.

Octets first, then the ledger at one moment, then the octets that came in between: whatever the
copied ledger names is in the copy. Stored octets never change, so only new ones are copied; what
was pruned, and stands so on record, leaves the copy too.
"""

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import mailbot
from mailbot.errors import NotFoundError, PermanentFault, TemporaryFault
from mailbot.files import blob_path
from mailbot.ledger.copying import LEDGER, copy_ledger, look_at
from mailbot.ledger.pruned import pruned_hashes
from mailbot.ledger.store import open_ledger
from mailbot.objects import store_of
from mailbot.upkeep.octets import OnProgress, Stored, copy_octets, nobody_watches, stored_in

ABOUT = "backup.json"  # in the copy: what it is
LAST = "last_backup.json"  # in the data folder: when and where the newest was made
# Beside ledger and octets lie keys. What says how the program is just now is no part of a copy.
_OF_THE_MOMENT = ("ledger.", "health.json", "campaign.json", "settings.json", LAST, ABOUT)
_UNFINISHED = (".new", ".part", ".lock")


@dataclass(frozen=True, slots=True)
class BackupDone:
    """What one backup did."""

    folder: str
    at: str  # ISO 8601, UTC
    copied: int  # files that are new in the copy
    octets: int
    removed: int  # pruned ones that left it
    rotten: tuple[str, ...]  # stored files that no longer are what was received: not copied


def back_up(
    data: Path,
    target: Path,
    now: datetime,
    *,
    link: bool = False,
    replace: bool = False,
    progress: OnProgress = nobody_watches,
) -> BackupDone:
    """Bring the copy in `target` up to date with the data folder.

    Raises NotFoundError where there is no ledger; PermanentFault where `target` holds the copy of
    another ledger, or of this one at a later time (a ledger that was lost and begun anew must not
    take its own copy's place), unless `replace`; TemporaryFault where the disk is full or the
    ledger damaged. Interrupted anywhere, the copy is the one of before, with some more octets.
    """
    if not (data / LEDGER).is_file():
        raise NotFoundError(f"no ledger at {data / LEDGER}: nothing to back up")
    if target.resolve().is_relative_to(data.resolve()):
        raise PermanentFault("backup", f"{target} lies in the data folder that it should outlive")
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(target / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not replace:
                _refuse_another(data, target)
            return _copy(data, target, now, link, progress)
        except BlockingIOError:
            text = f"another backup into {target} is under way"
            raise TemporaryFault("locked", text) from None
        finally:
            os.close(lock)
    except OSError as error:
        where = error.filename or target
        raise TemporaryFault("disk", f"backup to {where}: {error.strerror}") from error


def _refuse_another(data: Path, target: Path) -> None:
    there = look_at(target / LEDGER, whole=False)
    if there.state != "alive":
        return
    ours = look_at(data / LEDGER, whole=False)
    if ours.state == "damaged":
        text = f"{data / LEDGER} is damaged ({ours.told}); the copy in {target} stays as it was"
        raise TemporaryFault("ledger_damaged", f"{text}: mailbot restore {target}")
    other = there.identity and ours.identity and there.identity != ours.identity
    later = there.last_arrival > ours.last_arrival or there.last_audit > ours.last_audit
    if other or later:
        why = "another ledger" if other else "this ledger at a later time"
        raise PermanentFault(
            "backup",
            f"{target} holds the copy of {why}, up to arrival {there.last_arrival}, and stays as it"
            f" was: put it back (mailbot restore {target}), name another folder, or --replace",
        )


def _copy(data: Path, target: Path, now: datetime, link: bool, progress: OnProgress) -> BackupDone:
    done: list[int] = []
    rotten: list[str] = []

    def bring(files: list[Stored]) -> None:
        total, so_far = sum(one.size for one in files), 0
        for one in files:
            progress(so_far, total)
            so_far += one.size
            try:
                whole = copy_octets(data / one.path, target / one.path, one.sha256, link=link)
            except FileNotFoundError:  # pruned meanwhile
                continue
            if whole:
                done.append(one.size)
            else:
                rotten.append(one.path)
        progress(total, total)

    bring(_missing(data, target))
    done += _from_store(data, target)
    copy_ledger(data / LEDGER, target / LEDGER)
    bring([one for one in _missing(data, target) if one.path not in rotten])
    for key in keys_of(data):
        copy_octets(data / key, target / key)
    removed = _remove_pruned(data, target)
    about = {"at": now.isoformat(timespec="seconds"), "mailbot": mailbot.__version__}
    _write(target / ABOUT, about | {"schema": look_at(target / LEDGER, whole=False).schema})
    with suppress(OSError):  # a full disk where the data are must not fail the copy elsewhere
        _write(data / LAST, about | {"folder": str(target.resolve())})
    return BackupDone(str(target), about["at"], len(done), sum(done), removed, tuple(rotten))


def _from_store(data: Path, target: Path) -> list[int]:
    """Bring what only the object store has; the sizes of what is new in the copy. A blob that is
    not whole there stays out, and `mailbot verify` names it."""
    store = store_of(data / "files")
    brought: list[int] = []
    if store is None:
        return brought
    for sha256, size in store.walk():
        path = blob_path(target / "files", sha256)
        if not _is_there(path, size) and not blob_path(data / "files", sha256).exists():
            with suppress(TemporaryFault, PermanentFault):
                store.get(sha256, path)
                brought.append(size)
    return brought


def _missing(data: Path, target: Path) -> list[Stored]:
    return [one for one in stored_in(data) if not _is_there(target / one.path, one.size)]


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def keys_of(data: Path) -> list[str]:
    """The files beside ledger and octets that a copy must have as well."""
    return sorted(
        path.name
        for path in data.iterdir()
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(_OF_THE_MOMENT)
        and not path.name.endswith(_UNFINISHED)
    )


def _remove_pruned(data: Path, target: Path) -> int:
    """Only what the copied ledger has on record as removed, and is not stored again since: a lost
    data folder empties no copy."""
    with open_ledger(target, writable=False) as ledger:
        pruned = pruned_hashes(ledger)
    removed = 0
    for one in list(stored_in(target)):
        if one.sha256 in pruned and not (data / one.path).exists():
            (target / one.path).unlink()
            removed += 1
    return removed


def _write(path: Path, document: dict[str, str]) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    new.chmod(0o600)
    new.replace(path)


def backup_age(data: Path, now: datetime) -> timedelta | None:
    """How old the newest backup is; None where none was ever made by `mailbot backup`."""
    try:
        last = json.loads((data / LAST).read_text(encoding="utf-8"))
        return now - datetime.fromisoformat(last["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def as_json(done: BackupDone) -> dict[str, object]:
    """The JSON of `mailbot backup`."""
    return asdict(done)
