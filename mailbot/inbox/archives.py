"""Archives as units send them: members out, into the blob store, never under a sender's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.model import Blob, Fault

if TYPE_CHECKING:
    from mailbot.inbox.blobs import BlobStore


@dataclass(frozen=True)
class ArchiveLimits:
    """How much may come out of one archive and all that lies inside it."""

    members: int = 2000
    depth: int = 4  # archives within archives
    total_bytes: int = 2 * 1024**3
    ratio: int = 200  # octets out for one in, asked of members over 10 MB
    single_bytes: int = 1024**3


@dataclass(frozen=True)
class UnpackedMember:
    """One file of an archive, stored."""

    name: str  # the last component, safe as a single file name
    path: str  # as the archive shows it, cleaned, joined by "/"
    blob: Blob


@dataclass(frozen=True)
class Unpacked:
    """What came out, and what is wrong with the archive."""

    members: tuple[UnpackedMember, ...]
    faults: tuple[Fault, ...]
    remaining: ArchiveLimits = ArchiveLimits()  # what is left for archives among the members


def unpack(
    path: Path,
    format: str,  # noqa: A002 - the field's word, and what `Inspected` calls it
    blobs: "BlobStore",
    limits: ArchiveLimits,
    passwords: Sequence[str] = (),
    siblings: Mapping[str, Path] = {},
) -> Unpacked:
    """Being written: the interface stands."""
    return Unpacked((), (Fault("unsupported", format),), limits)


def find_passwords(body_text: str) -> tuple[str, ...]:
    """Being written: the interface stands."""
    return ()
