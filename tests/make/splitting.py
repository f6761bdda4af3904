"""A whole mail in memory, split as the spool splits it: piece by piece."""

from mailbot.files import BlobStore
from mailbot.inbox.parting.splitter import Skeleton, Splitter


def split(raw: bytes, blobs: BlobStore, chunk: int = 1 << 18) -> Skeleton:
    """What the splitter leaves of a mail that comes `chunk` octets at a time."""
    pieces = Splitter(blobs)
    for at in range(0, len(raw), chunk):
        pieces.feed(memoryview(raw)[at : at + chunk])
    return pieces.close()
