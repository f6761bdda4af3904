"""What every archive reader shares: limits asked of what has come out, safe names, storage.

A header's claims are the sender's; only octets that came out are counted. Nothing is ever
written under a sender's name: members stream into the blob store.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mailbot.files import BlobStore, BlobWriter, QuotaReached
from mailbot.formats.leftovers import is_leftover
from mailbot.formats.names import safe_name
from mailbot.model import Blob, Fault

CHUNK = 1 << 18
# Below this a high ratio is what text and blank pictures do.
_RATIO_FROM = 10 * 1024 * 1024
_SHOWN = 5
# One trouble, one fault: data under a password, or with a volume missing, cannot be whole.
_CONSEQUENCES = {
    "encrypted": ("corrupt", "truncated", "empty"),
    "missing_volume": ("corrupt", "truncated", "empty"),
    "missing_extra": ("corrupt", "truncated", "empty", "unsupported", "encrypted"),
}
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True)
class ArchiveLimits:
    """How much may come out of one archive and all that lies inside it."""

    members: int = 2000
    depth: int = 4  # an archive in an archive in an archive in an archive
    total_bytes: int = 2 * 1024**3
    ratio: int = 200  # octets out for one octet in, asked from 10 MB on
    single_bytes: int = 1024**3


@dataclass(frozen=True)
class UnpackedMember:
    """One file of an archive, stored."""

    name: str  # the last component, safe as a single file name
    path: str  # as the archive shows it, cleaned, joined by "/"
    blob: Blob


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive, and what is wrong with it (one fault a code)."""

    members: tuple[UnpackedMember, ...]
    faults: tuple[Fault, ...]
    # What archives among the members may still use; give each the remainder of the one before.
    remaining: ArchiveLimits = field(default_factory=ArchiveLimits)


class LimitReached(Exception):
    """No more may come out of this archive; the fault is on record already."""


class Unpacking:
    """Takes the members of one archive in, in order, while they are within the limits."""

    def __init__(self, blobs: BlobStore, limits: ArchiveLimits, packed: int) -> None:
        self._blobs = blobs
        self._limits = limits
        self._packed = packed  # octets of the archive itself, all volumes
        self._entries = 0
        self._total = 0
        self._members: list[UnpackedMember] = []
        self._problems: dict[str, list[str]] = {}

    def problem(self, code: str, detail: str) -> None:
        """Put a fault on record; those of one code are told together."""
        self._problems.setdefault(code, []).append(detail)

    def skip(self, shown: str) -> None:
        """A link or a device: it is no file, and never followed or made."""
        self._entries += 1
        self.problem("unsafe_member", f"{shown}（链接，未解压）")

    def has(self, code: str) -> bool:
        """Whether a fault of that code is on record."""
        return code in self._problems

    @property
    def taken(self) -> int:
        """How many members have been stored."""
        return len(self._members)

    def open(self, raw: str, packed: int | None = None) -> "MemberWriter | None":
        """Begin the member that the archive calls `raw`; None where it is to be skipped.

        `packed` is how many octets of the archive it takes, where the reader knows.
        """
        self._entries += 1
        if self._entries > self._limits.members:
            self.problem("limit", f"文件数超过{self._limits.members}个")
            raise LimitReached
        path, safe = clean_path(raw)
        if is_leftover(path, packed):
            return None
        if not path:
            path, safe = f"成员{self._entries}", False
        if not safe:
            self.problem("unsafe_member", path)
        return MemberWriter(self, path, min(packed or self._packed, self._packed))

    def store(self, raw: str, chunks: Iterable[bytes], packed: int | None = None) -> None:
        """Take in a whole member; what `chunks` raises leaves nothing of it behind."""
        writer = self.open(raw, packed)
        if writer is None:
            return
        try:
            for chunk in chunks:
                writer.write(chunk)
                if writer.discarding:
                    return
            writer.commit()
        finally:
            writer.abort()

    def repeat(self, raw: str, earlier: str) -> bool:
        """Take in a member that the archive states as a copy of an earlier one; whether that one
        was taken in."""
        first = clean_path(earlier)[0]
        blob = next((each.blob for each in self._members if each.path == first), None)
        if blob is None:
            return False
        writer = self.open(raw)
        if writer is not None:
            writer.abort()
            self.count(blob.size)
            self.keep(writer.path, blob)
        return True

    def unpacked(self) -> Unpacked:
        """All that was taken in, and the faults."""
        limits = replace(
            self._limits,
            depth=self._limits.depth - 1,
            members=max(0, self._limits.members - self._entries),
            total_bytes=max(0, self._limits.total_bytes - self._total),
        )
        consequences = {
            result
            for cause, results in _CONSEQUENCES.items()
            if cause in self._problems
            for result in results
        }
        faults = tuple(
            Fault(code, _told(said))
            for code, said in self._problems.items()
            if code not in consequences
        )
        return Unpacked(tuple(self._members), faults, limits)

    def writer(self) -> BlobWriter:
        """A new blob."""
        try:
            return self._blobs.writer()
        except QuotaReached:
            raise self._quota_reached() from None

    def write(self, blob: BlobWriter, data: bytes) -> None:
        """Octets of a member, while its mail may still unpack to more."""
        try:
            blob.write(data)
        except QuotaReached:
            raise self._quota_reached() from None

    def _quota_reached(self) -> LimitReached:
        self.problem("quota", "")
        return LimitReached()

    def count(self, octets: int) -> None:
        """Octets came out: stop when they are too many for the whole archive."""
        self._total += octets
        if self._total > self._limits.total_bytes:
            self.problem("limit", f"解压后超过{_megabytes(self._limits.total_bytes)}")
            raise LimitReached
        self.check_ratio(self._total, self._packed, "整个压缩包")

    def check_ratio(self, size: int, packed: int, shown: str) -> None:
        """A member or archive that swells like this is made to do harm."""
        if size > _RATIO_FROM and size > self._limits.ratio * max(packed, 1):
            self.problem("bomb", shown)
            raise LimitReached

    def fits(self, size: int, path: str) -> bool:
        """Whether one member of that size may be kept."""
        if size <= self._limits.single_bytes:
            return True
        self.problem("too_large", path)
        return False

    def keep(self, path: str, blob: Blob) -> None:
        """A member is complete."""
        self._members.append(UnpackedMember(path.rpartition("/")[2], path, blob))


class MemberWriter:
    """One member while it comes out; end it with `commit` or `abort`."""

    def __init__(self, unpacking: Unpacking, path: str, packed: int) -> None:
        self.path = path
        self.size = 0
        self.discarding = False  # too large: what still comes is counted and dropped
        self._unpacking = unpacking
        self._packed = packed
        self._blob: BlobWriter | None = unpacking.writer()

    def write(self, data: bytes) -> int:
        """Append octets; raises LimitReached where the whole archive must stop."""
        self.size += len(data)
        self._unpacking.count(len(data))
        self._unpacking.check_ratio(self.size, self._packed, self.path)
        if not self.discarding and not self._unpacking.fits(self.size, self.path):
            self.discarding = True
            self.abort()
        if self._blob is not None:
            self._unpacking.write(self._blob, data)
        return len(data)

    def commit(self) -> None:
        """All of it came out and is right."""
        if self._blob is not None:
            self._unpacking.keep(self.path, self._blob.finish())
            self._blob = None

    def abort(self) -> None:
        """Drop it; does nothing after `commit`."""
        if self._blob is not None:
            self._blob.abort()
            self._blob = None


def clean_path(raw: str) -> tuple[str, bool]:
    """A member's name as safe components joined by "/", and whether it was safe as it was."""
    text = raw.split("\0", 1)[0].replace("\\", "/")
    safe = not text.startswith("/") and _DRIVE.match(text) is None
    components = []
    for component in _DRIVE.sub("", text).split("/"):
        if component == "..":
            safe = False
        elif component not in ("", ".") and (name := safe_name(component)):
            components.append(name)
    return "/".join(components), safe


def _told(details: list[str]) -> str:
    shown = "、".join(details[:_SHOWN])
    return shown if len(details) <= _SHOWN else f"{shown}等{len(details)}个"


def _megabytes(octets: int) -> str:
    return f"{octets / 1024**2:.0f} MB"
