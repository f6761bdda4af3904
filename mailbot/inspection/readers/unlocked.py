"""Office files under the password that Excel itself sets where a workbook is only protected.

A workbook whose structure is protected, or that is to be opened for reading alone, is enciphered
under a fixed word ([MS-OFFCRYPTO] 2.4.2.3) that no clerk ever typed and every program tries by
itself. Any other password stays the unit's.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import olefile

DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105
MAX_BYTES = 200 * 1024 * 1024
# How often a password is hashed is the file's to say; Office says 100,000.
_MAX_SPINS = 1_000_000
_SPINS = re.compile(rb'spinCount="(\d+)"')


@contextmanager
def unlocked(path: Path) -> Iterator[Path | None]:
    """A readable copy of an enciphered office file, None where the fixed word does not open it.

    The copy has no name in any folder and is gone with the block.
    """
    data = _decipher(path)
    if data is None:
        yield None
        return
    descriptor = os.memfd_create("unlocked")
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _decipher(path: Path) -> bytes | None:
    if path.stat().st_size > MAX_BYTES or not _is_quickly_tried(path):
        return None
    import msoffcrypto  # costs a tenth of a second, and one file in a thousand needs it

    target = io.BytesIO()
    try:
        with path.open("rb") as file:
            office: Any = msoffcrypto.OfficeFile(file)
            office.load_key(password=DEFAULT_PASSWORD)
            office.decrypt(target)
    except Exception:  # noqa: BLE001  # another password, or a cipher it does not know
        return None
    data = target.getvalue()
    return data if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0" else None


def _is_quickly_tried(path: Path) -> bool:
    """Whether the file asks for no more rounds of hashing than an office program would."""
    try:
        with olefile.OleFileIO(path) as compound:
            if not compound.exists("EncryptionInfo"):
                return True
            with compound.openstream("EncryptionInfo") as stream:
                info = stream.read(65_536)
    except (OSError, ValueError, IndexError, TypeError):
        return False
    return all(int(spins) <= _MAX_SPINS for spins in _SPINS.findall(info))
