"""`mailbot restore`: the data folder put back from its copy.

Nothing is deleted: a ledger that gives way, and a stored file that rotted, are set aside under
another name. A ledger that lives is never overwritten unasked; octets that are missing beside it
are put back all the same.
"""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailbot.errors import NotFoundError, PermanentFault, TemporaryFault
from mailbot.ledger.copying import LEDGER, SIDE_FILES, LedgerFile, look_at, put_in_place
from mailbot.ledger.pruned import pruned_hashes
from mailbot.ledger.schema import migration_names
from mailbot.ledger.store import only_writer, open_ledger
from mailbot.objects import secure
from mailbot.upkeep.backup import keys_of
from mailbot.upkeep.octets import (
    OnProgress,
    Stored,
    copy_octets,
    hash_of,
    nobody_watches,
    stored_in,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    ledger: Literal["restored", "kept"]
    placed: int  # stored files
    octets: int
    set_aside: tuple[str, ...]  # what gave way, under its new name
    rotten: tuple[str, ...]  # in the copy itself: not put back


def restore(
    data: Path,
    source: Path,
    now: datetime,
    *,
    replace: bool = False,
    progress: OnProgress = nobody_watches,
) -> Restored:
    """Put back what the copy in `source` has and the data folder lost.

    Raises NotFoundError where `source` is no copy; PermanentFault where the copy's ledger is
    damaged, or where the ledger in the data folder lives and no octets are missing, unless
    `replace`; TemporaryFault where mailbot is at work on the folder or the disk is full.
    """
    copy = look_at(source / LEDGER)
    if copy.state == "absent":
        raise NotFoundError(f"no ledger at {source / LEDGER}: this is no backup")
    if copy.state == "damaged":
        raise PermanentFault("restore", f"{source / LEDGER} is damaged itself: {copy.told}")
    if copy.schema and copy.schema not in migration_names():
        text = (
            f"{source / LEDGER} was written by a newer mailbot ({copy.schema}): install that first"
        )
        raise PermanentFault("ledger_newer", text)
    try:
        with only_writer(data):
            here = look_at(data / LEDGER)
            lives = here.state == "alive" and not replace
            if lives and _is_another(here, copy):
                raise PermanentFault(
                    "restore",
                    f"{data / LEDGER} lives and is another ledger than the copy's;"
                    " --replace sets it aside and puts the copy in its place",
                )
            wanted = _wanted(data, source, lives)
            placed, aside, rotten = _put_octets_back(data, source, wanted, now, progress)
            if lives and not placed:
                raise PermanentFault(
                    "restore",
                    f"{data / LEDGER} lives (up to arrival {here.last_arrival}) and no octets are"
                    " missing; --replace sets it aside and puts the copy in its place",
                )
            if not lives:
                aside += _put_ledger_back(data, source, now)
            for key in keys_of(source):
                if not (data / key).exists():
                    copy_octets(source / key, data / key)
            _give_to_owner(data)
            _give_to_store(data, placed)
    except OSError as error:
        raise TemporaryFault("disk", f"{error.filename or data}: {error.strerror}") from error
    return Restored(
        "kept" if lives else "restored",
        len(placed),
        sum(one.size for one in placed),
        tuple(aside),
        tuple(rotten),
    )


def _give_to_store(data: Path, placed: list[Stored]) -> None:
    """What the object store may have lost as well; where it cannot be had, all is here."""
    try:
        secure(
            data / "files",
            (one.sha256 for one in placed if one.sha256 and one.path.startswith("files/")),
        )
    except TemporaryFault as error:
        log.warning("not brought to the object store: %s", error)


def _give_to_owner(data: Path) -> None:
    """Restored by root, the service must be able to write what it finds."""
    owner = data.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for base, folders, names in os.walk(data):
        for name in (*folders, *names):
            os.chown(Path(base, name), owner.st_uid, owner.st_gid, follow_symlinks=False)


def _is_another(here: LedgerFile, copy: LedgerFile) -> bool:
    return bool(here.identity and copy.identity and here.identity != copy.identity)


def _wanted(data: Path, source: Path, lives: bool) -> list[Stored]:
    """What the copy has; not what the living ledger knows to have been pruned since."""
    pruned: frozenset[str] = frozenset()
    if lives:
        with open_ledger(data, writable=False) as ledger:
            pruned = pruned_hashes(ledger)
    return [one for one in stored_in(source) if one.sha256 not in pruned]


def _put_octets_back(
    data: Path, source: Path, wanted: list[Stored], now: datetime, progress: OnProgress
) -> tuple[list[Stored], list[str], list[str]]:
    placed: list[Stored] = []
    aside: list[str] = []
    rotten: list[str] = []
    total, so_far = sum(one.size for one in wanted), 0
    for one in wanted:
        progress(so_far, total)
        so_far += one.size
        target = data / one.path
        if _is_whole(target, one):
            continue
        if one.sha256 and hash_of(source / one.path) != one.sha256:
            rotten.append(one.path)
            continue
        if target.exists():
            aside.append(_set_aside(target, "damaged", now))
        copy_octets(source / one.path, target)
        placed.append(one)
    progress(total, total)
    return placed, aside, rotten


def _is_whole(path: Path, one: Stored) -> bool:
    try:
        if path.stat().st_size != one.size:
            return False
        return not one.sha256 or hash_of(path) == one.sha256
    except OSError:
        return False


def _put_ledger_back(data: Path, source: Path, now: datetime) -> list[str]:
    """The copy under the ledger's name. Side files of the old one go aside first: SQLite would
    play them into the new."""
    new = data / f"{LEDGER}.new"
    copy_octets(source / LEDGER, new)
    aside = [
        _set_aside(data / name, "replaced", now)
        for name in (*SIDE_FILES, LEDGER)
        if (data / name).exists()
    ]
    put_in_place(new, data / LEDGER)
    with suppress(OSError):
        (data / LEDGER).chmod(0o600)
    return aside


def _set_aside(path: Path, word: str, now: datetime) -> str:
    aside = path.with_name(f"{path.name}.{word}-{now:%Y%m%dT%H%M%S%f}")
    path.replace(aside)
    return aside.name
