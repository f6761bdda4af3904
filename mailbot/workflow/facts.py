"""Facts on record: known by today's readers, or to be measured (again).

A file is never measured twice by the same readers; what others measured is stale. Which readers
they are says `inspection.fingerprint`.
"""

import logging
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePath

from mailbot.formats.archives.volumes import Beside, volumes_beside
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.ledger import facts
from mailbot.ledger.store import Ledger
from mailbot.model import Inspected

log = logging.getLogger(__name__)

# Faults that do not belong to the content alone: measured again when the content comes again.
_PASSING = {"crashed", "timeout", "encrypted", "missing_extra", "missing_volume", "limit", "quota"}


def known_facts(ledger: Ledger, content: str, way: str) -> Inspected | None:
    """What today's readers measured of this content before."""
    return facts.known(ledger, content, way, readers_fingerprint())


def keep_facts(ledger: Ledger, inspected: Inspected, way: str) -> bool:
    """Put what was measured on record, as far as it will still hold; whether it was."""
    _tell_missing_extras(inspected)
    if not will_hold(inspected):
        return False
    facts.record(ledger, inspected, facts.BODY if inspected.is_body else way, readers_fingerprint())
    return True


def will_hold(inspected: Inspected) -> bool:
    """Whether the same would be measured of the same content at another time."""
    return not any(fault.code in _PASSING for one in inspected.walk() for fault in one.faults)


def _tell_missing_extras(inspected: Inspected) -> None:
    for one in inspected.walk():
        for fault in one.faults:
            if fault.code == "missing_extra":
                log.warning("%s is not examined: %s", one.name, fault.detail)


def way_of(name: str, beside: Mapping[str, Path]) -> str:
    """How a file is read: by its extension (which breaks ties only), and a volume with its set.

    `beside`: the files that came with it and before it, by name. Another set, other facts.
    """
    ending = PurePath(name).suffix.lower()
    volumes = volumes_beside(name, beside)
    if not volumes:
        return ending
    # Blobs are named by their content.
    whole = sha256("".join(sorted(beside[each].name for each in volumes)).encode()).hexdigest()
    return f"+{whole[:16]}{ending}"


def earlier_volumes(names: Iterable[str], before: Mapping[str, Path]) -> dict[str, Path]:
    """Of what a sender sent before, the volumes of the sets that these files belong to."""
    own = list(names)
    together = Beside(dict(before) | {name: Path(name) for name in own})
    return {
        name: before[name]
        for each in (volumes_beside(one, together.near(one)) for one in own)
        for name in each
        if name in before and name not in own and before[name].exists()
    }
