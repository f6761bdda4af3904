"""A folder to unpack archives in, and what came out of them, for the tests of all formats."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mailbot.files import BlobStore
from mailbot.formats.archives.unpack import ArchiveLimits, Unpacked, unpack


class Bench:
    """Unpacks octets or files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = BlobStore(folder / "blobs")

    def __call__(
        self,
        source: bytes | Path,
        format: str,
        limits: ArchiveLimits | None = None,
        passwords: Sequence[str] = (),
        siblings: Mapping[str, bytes] | None = None,
        name: str = "archive",
    ) -> Unpacked:
        paths = {}
        for index, (other, octets) in enumerate((siblings or {}).items()):
            paths[other] = self.folder / f"sibling{index}"
            paths[other].write_bytes(octets)
        if isinstance(source, bytes):
            path = paths.get(name, self.folder / "input")
            path.write_bytes(source)
            paths.setdefault(name, path)
        else:
            path = source
        return unpack(path, format, self.blobs, limits or ArchiveLimits(), passwords, paths)


def contents(unpacked: Unpacked) -> dict[str, bytes]:
    return {member.path: Path(member.blob.path).read_bytes() for member in unpacked.members}


def codes(unpacked: Unpacked) -> list[str]:
    return [fault.code for fault in unpacked.faults]
