"""The same photograph elsewhere: found among all accepted ones by how it looks.

The hashes are kept in memory, eight octets a photo, and read once; each look adds those that came
since. What counts as near, and why, stands in `report.digest.duplicates`.
"""

import threading
import time
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from mailbot.ledger.console import photo_hashes
from mailbot.ledger.store import Ledger
from mailbot.report.digest.duplicates import MAX_BITS, MIN_BITS, NEAR_BITS

# A photo's row may come and go (it is judged anew, a person decides): all are read again then.
_ANEW_S = 600.0


class PhotoIndex:
    """Kept by one console for one ledger."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last, self._read_at = 0, 0.0
        self._looks: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._contents: list[str] = []

    def near(self, ledger: Ledger, phashes: Collection[str]) -> dict[str, set[str]]:
        """For each perceptual hash the contents (SHA-256) of photos that look like it."""
        with self._lock:
            self._refresh(ledger)
            looks, contents = self._looks, self._contents
        found: dict[str, set[str]] = {}
        for phash in set(phashes):
            look = int(phash, 16)
            if MIN_BITS <= look.bit_count() <= MAX_BITS and len(looks):
                differ = np.bitwise_count(looks ^ np.uint64(look))
                found[phash] = {contents[place] for place in np.flatnonzero(differ <= NEAR_BITS)}
        return found

    def _refresh(self, ledger: Ledger) -> None:
        if time.monotonic() - self._read_at > _ANEW_S:
            self._last, self._read_at = 0, time.monotonic()
            self._looks, self._contents = np.zeros(0, np.uint64), []
        fresh = photo_hashes(ledger, self._last)
        if fresh:
            self._last = fresh[-1][0]
            looks = np.array([int(phash, 16) for _, _, phash in fresh], np.uint64)
            self._looks = np.concatenate((self._looks, looks))
            self._contents = [*self._contents, *(sha256 for _, sha256, _ in fresh)]
