"""Archives through Debian's libarchive (libarchive-c): what no Python reader here knows.

rar where UnRAR is missing (not solid or encrypted rar 4), cab, lha, iso and their like, and
zips whose directory is lost.
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from mailbot.formats.archives.members import Unpacking, clean_path
from mailbot.formats.archives.names import guess_codec

try:
    import libarchive
    from libarchive.exception import ArchiveError
except Exception:  # noqa: BLE001 - without the library it raises TypeError, OSError or others
    libarchive = None

    class ArchiveError(Exception):  # type: ignore[no-redef]
        """Never raised: libarchive is not there."""

        msg = ""


# Its warnings repeat what ends as a fault.
logging.getLogger("libarchive").setLevel(logging.CRITICAL)


def can_read_native() -> bool:
    """Whether libarchive-c and the library it binds are there."""
    return libarchive is not None


def unpack_native(
    file: BinaryIO,
    format_name: str,
    passwords: Sequence[str],
    unpacking: Unpacking,
    damage: str = "corrupt",
) -> None:
    """Every file of an archive that libarchive reads; faults go to `unpacking`.

    `format_name` is libarchive's own ("rar", "rar5", "zip", "all" …). `damage` is the fault where
    it gives up: "unsupported" if another reader found the archive whole and could not read it.
    """
    for password in (*passwords, None):
        file.seek(0)
        try:
            with libarchive.stream_reader(file, format_name, passphrase=password) as archive:
                _entries(archive, unpacking)
        except ArchiveError as error:
            told = str(error.msg)
            encrypted = any(word in told.lower() for word in ("encrypt", "passphrase"))
            if encrypted and password is not None and not unpacking.taken:
                continue
            unavailable = "support unavailable" in told.lower() and not encrypted
            code = "encrypted" if encrypted else "unsupported" if unavailable else damage
            unpacking.problem(code, told[:120])
        return


def _entries(archive: Any, unpacking: Unpacking) -> None:
    for entry in archive:
        name = _name(entry.pathname)
        if entry.isdir:
            continue
        if not entry.isreg:
            unpacking.skip(clean_path(name)[0])
            continue
        unpacking.store(name, _blocks(entry))


def _name(stated: str | bytes | None) -> str:
    """libarchive-c hands out octets where the name is not UTF-8."""
    if isinstance(stated, bytes):
        return stated.decode(guess_codec([stated]), "replace")
    return stated or ""


def _blocks(entry: Any) -> Iterator[bytes]:
    yield from entry.get_blocks()
