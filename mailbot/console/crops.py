"""The cells of a form that was read by machine: the name of each one's picture."""

import hashlib
from collections.abc import Mapping

from mailbot.model import Judged


def crop_name(where: str) -> str:
    """The name of the picture of a cell: its address in figures."""
    return f"crop-{hashlib.sha256(where.encode()).hexdigest()[:16]}.png"


def crops_of(judged: Judged) -> dict[str, tuple[str, str]]:
    """Address of a cell → (SHA-256 of the file it is on, name of its picture); the file may be a
    picture inside the form."""
    found: dict[str, tuple[str, str]] = {}
    for one in judged.walk():
        places = one.facts.get("ocr_places")
        for where in places if isinstance(places, Mapping) else ():
            found.setdefault(where, (one.sha256, crop_name(where)))
    return found
