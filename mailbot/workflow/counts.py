"""What one pass did, in numbers."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """What one pass did (CONTRACT: JSON of `tick`)."""

    fetched: int = 0
    examined: int = 0
    replied: int = 0
    sent: int = 0
    deferred: int = 0
    dead: int = 0
    quarantined: int = 0
