"""`mailbot verify`: every stored octet against its hash, and whose it was that rotted.

Where there is an object store, what lies here and there is read on both sides, so that the side
that rotted is known before the other one is let go; `mend` puts it right from the good one.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailbot.errors import MailbotError
from mailbot.ledger import audit
from mailbot.ledger.copying import LEDGER, look_at
from mailbot.ledger.pruned import Owner, owners, pruned_hashes
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.objects import ObjectStore, store_of
from mailbot.upkeep.octets import OnProgress, Stored, hash_of, nobody_watches, stored_in

_AT_ONCE = 8  # objects of the store that are read beside each other


@dataclass(frozen=True, slots=True)
class Wrong:
    """A stored file that is not, or no longer, what was received; and whose it is."""

    path: str
    sha256: str
    state: Literal["rotted", "missing", "unreadable"]
    owners: tuple[Owner, ...]
    side: Literal["here", "store"] = "here"
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. `ledger` and `audit` are "ok" or say what is wrong."""

    ledger: str
    audit: str
    files: int
    octets: int
    wrong: tuple[Wrong, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong any more."""
        return self.ledger == self.audit == "ok" and all(one.mended for one in self.wrong)


def verify(
    folder: Path, progress: OnProgress = nobody_watches, *, both_sides: bool = False
) -> Verified:
    """Read everything in a data folder, or in its copy. Nothing is changed. `both_sides`: what is
    here is also read in the object store, if there is one.

    A ledger that cannot be read hides whose a rotten file is, and which are missing; the files
    are read all the same.
    """
    state = look_at(folder / LEDGER)
    told = {"absent": f"no ledger at {folder / LEDGER}", "damaged": state.told}.get(state.state)
    whose: dict[str, list[Owner]] = {}
    pruned: frozenset[str] = frozenset()
    trail = "not read"
    if told is None:
        try:
            with open_ledger(folder, writable=False) as ledger:
                whose, pruned, trail = owners(ledger), pruned_hashes(ledger), _trail(ledger)
        except MailbotError as error:
            told = str(error)
    stored = list(stored_in(folder))
    wrong = _read(folder, stored, whose, progress)
    there = {one.path for one in stored}
    names = {path for path in whose if path.rpartition("/")[2] not in pruned}
    wrong += [
        Wrong(path, path.rpartition("/")[2], trouble, tuple(whose.get(path, ())), side)
        for path, trouble, side in _elsewhere(folder, there, names, both_sides=both_sides)
    ]
    octets = sum(one.size for one in stored)
    return Verified(told or "ok", trail, len(stored), octets, tuple(wrong))


def _read(
    folder: Path, stored: list[Stored], whose: dict[str, list[Owner]], progress: OnProgress
) -> list[Wrong]:
    wrong = []
    total, so_far = sum(one.size for one in stored), 0
    for one in stored:
        progress(so_far, total)
        so_far += one.size
        if not one.sha256:
            continue
        try:
            rotted = hash_of(folder / one.path) != one.sha256
        except FileNotFoundError:  # pruned meanwhile
            continue
        except OSError:
            wrong.append(Wrong(one.path, one.sha256, "unreadable", _of(whose, one)))
            continue
        if rotted:
            wrong.append(Wrong(one.path, one.sha256, "rotted", _of(whose, one)))
    progress(total, total)
    return wrong


def _elsewhere(
    folder: Path, there: set[str], named: set[str], *, both_sides: bool
) -> list[tuple[str, Literal["rotted", "missing"], Literal["here", "store"]]]:
    """What is wrong with files that are not here, or not here alone: path, how, and on which side.

    A file that the ledger does not name yet need not be in the store."""
    store = store_of(folder / "files")
    if store is None:
        return [(path, "missing", "here") for path in sorted(named - there)]
    of_files = [path for path in sorted(named | there) if _in_files(path)]
    asked = of_files if both_sides else [path for path in of_files if path not in there]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        hashes = dict(zip(asked, threads.map(store.hash_of, map(_name, asked)), strict=True))
    wrong: list[tuple[str, Literal["rotted", "missing"], Literal["here", "store"]]] = [
        (path, "missing", "here") for path in sorted(named - there) if not _in_files(path)
    ]
    for path, found in hashes.items():
        if found and found != _name(path):
            wrong.append((path, "rotted", "store"))
        elif not found and path in named:
            wrong.append((path, "missing", "store" if path in there else "here"))
    return wrong


def mend(folder: Path, found: Verified, now: datetime) -> Verified:
    """Put right what is wrong on one side and good on the other; what rotted here is set aside.

    A file that is good on neither side stays as it was found: a backup may have it."""
    store = store_of(folder / "files")
    if store is None:
        return found
    return replace(found, wrong=tuple(_mended(folder, store, one, now) for one in found.wrong))


def _mended(folder: Path, store: ObjectStore, one: Wrong, now: datetime) -> Wrong:
    path = folder / one.path
    if not _in_files(one.path):
        return one
    try:
        if one.side == "store":
            if hash_of(path) != one.sha256:
                return one
            store.put(path, anew=True)
        else:
            if one.state != "missing":
                with suppress(OSError):
                    os.link(path, path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S%f}"))
            store.get(one.sha256, path)
    except (OSError, MailbotError):
        return one
    return replace(one, mended=True)


def _in_files(path: str) -> bool:
    return path.startswith("files/") and bool(Stored(path, 0).sha256)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _of(whose: dict[str, list[Owner]], one: Stored) -> tuple[Owner, ...]:
    return tuple(whose.get(one.path, ()))


def _trail(ledger: Ledger) -> str:
    chain = audit.verify(ledger)
    return "ok" if chain.broken_at is None else f"broken at row {chain.broken_at}: {chain.why}"


def as_json(found: Verified) -> dict[str, object]:
    """The JSON of `mailbot verify`."""
    return {"whole": found.is_whole, **asdict(found)}
