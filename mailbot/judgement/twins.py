"""The same message under another uid: moved and back again, or come by two ways."""

from collections.abc import Sequence

from mailbot.entries import EarlierMail
from mailbot.model import Judged


def twin_of(earlier: Sequence[EarlierMail], judged: Sequence[Judged]) -> int | None:
    """The arrival that this one repeats, if there is one.

    The same octets; or the same Message-ID and sender with the same contents (a copy that took
    another way differs in its Received lines). A Message-ID alone proves nothing: anyone can
    write one.
    """
    for one in earlier:
        if one.same_octets:
            return one.arrival
    contents = sorted(file.sha256 for file in judged)
    return next((one.arrival for one in earlier if sorted(one.contents) == contents), None)
