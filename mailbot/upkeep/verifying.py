"""`mailbot verify`: every stored octet against its hash, and whose it was that rotted."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from mailbot.errors import MailbotError
from mailbot.ledger import audit
from mailbot.ledger.copying import LEDGER, look_at
from mailbot.ledger.pruned import Owner, owners, pruned_hashes
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.objects import ObjectStore, store_of
from mailbot.upkeep.octets import OnProgress, Stored, hash_of, nobody_watches, stored_in


@dataclass(frozen=True, slots=True)
class Wrong:
    """A stored file that is not, or no longer, what was received; and whose it is."""

    path: str
    sha256: str
    state: Literal["rotted", "missing", "unreadable"]
    owners: tuple[Owner, ...]


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
        """Whether nothing is wrong."""
        return self.ledger == self.audit == "ok" and not self.wrong


def verify(folder: Path, progress: OnProgress = nobody_watches) -> Verified:
    """Read everything in a data folder, or in its copy. Nothing is changed.

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
    store = store_of(folder / "files")
    for path, of in sorted(whose.items()):
        sha256 = path.rpartition("/")[2]
        if path in there or sha256 in pruned:
            continue
        trouble = _in_store(store, path, sha256)
        if trouble:
            wrong.append(Wrong(path, sha256, trouble, tuple(of)))
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


def _in_store(
    store: ObjectStore | None, path: str, sha256: str
) -> Literal["", "rotted", "missing"]:
    """How a file stands that is not here; "" where the object store has it whole."""
    if store is None or not path.startswith("files/"):
        return "missing"
    found = store.hash_of(sha256)
    return "missing" if not found else "" if found == sha256 else "rotted"


def _of(whose: dict[str, list[Owner]], one: Stored) -> tuple[Owner, ...]:
    return tuple(whose.get(one.path, ()))


def _trail(ledger: Ledger) -> str:
    chain = audit.verify(ledger)
    return "ok" if chain.broken_at is None else f"broken at row {chain.broken_at}: {chain.why}"


def as_json(found: Verified) -> dict[str, object]:
    """The JSON of `mailbot verify`."""
    return {"whole": found.is_whole, **asdict(found)}
