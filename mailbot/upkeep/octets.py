"""Stored octets as files: which there are, whether they still are what was received, copies."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailbot.ledger.copying import put_in_place

STORES = ("files", "spool")
_NO_OCTETS = ("incoming", "previews")
_CHUNK = 1 << 20
_NAMED_BY_HASH = re.compile(r"[0-9a-f]{64}")

# Called with the octets done and to do.
OnProgress = Callable[[int, int], None]


def nobody_watches(_done: int, _total: int) -> None:
    """Progress that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored file; `path` is relative to the data folder, or to its copy."""

    path: str
    size: int

    @property
    def sha256(self) -> str:
        """What it must hold; "" for one that was set aside because it did not."""
        name = self.path.rpartition("/")[2]
        return name if _NAMED_BY_HASH.fullmatch(name) else ""


def stored_in(folder: Path) -> Iterator[Stored]:
    """Every stored file below a data folder or its copy, but for what is just being written, and
    previews, which are drawn again from what they show."""
    for store in STORES:
        for base, folders, names in os.walk(folder / store):
            if Path(base) == folder / store:
                folders[:] = [one for one in folders if one not in _NO_OCTETS]
            folders.sort()
            for name in sorted(names):
                if name.endswith(".part"):
                    continue
                path = Path(base, name)
                try:
                    size = path.stat().st_size
                except FileNotFoundError:  # pruned meanwhile
                    continue
                yield Stored(str(path.relative_to(folder)), size)


def hash_of(path: Path) -> str:
    """The SHA-256 of what the file holds; OSError where it cannot be read to its end."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_octets(source: Path, target: Path, sha256: str = "", *, link: bool = False) -> bool:
    """Bring a file to another place, whole or not at all; False where it does not hold `sha256`
    (when given): then what stood at `target` still stands there.

    `link`: as a second name of the same octets where both lie in one file system and nothing is
    there yet. It costs no space and reads nothing; rot in one is rot in both.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.part")
    new.unlink(missing_ok=True)
    try:
        if not (link and not target.exists() and _linked(source, new)):
            digest = hashlib.sha256()
            with source.open("rb") as reading, _private(new) as writing:
                while chunk := reading.read(_CHUNK):
                    digest.update(chunk)
                    writing.write(chunk)
            if sha256 and digest.hexdigest() != sha256:
                return False
        put_in_place(new, target)
    finally:
        new.unlink(missing_ok=True)
    return True


def _linked(source: Path, new: Path) -> bool:
    try:
        new.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        return False
    return True


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
