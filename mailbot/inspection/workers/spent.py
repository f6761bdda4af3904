"""What the workers of this process cost so far: for the metrics, and nothing decides by it."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from mailbot.model import Inspected


@dataclass(frozen=True, slots=True)
class Cost:
    """Since the program started."""

    files: int = 0
    seconds: float = 0.0  # wall clock, from taking a file up to its facts
    faults: dict[str, int] = field(default_factory=dict)  # by the fault's code


class Spent:
    """Adds up; several threads wait for workers at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files, self._seconds = 0, 0.0
        self._faults: Counter[str] = Counter()

    def add(self, seconds: float, found: Inspected | None) -> None:
        """One file more; None where the machine failed."""
        codes = ["machine"] if found is None else [one.code for one in found.faults]
        with self._lock:
            self._files += 1
            self._seconds += seconds
            self._faults.update(codes)

    def taken(self) -> Cost:
        """How it stands now."""
        with self._lock:
            return Cost(self._files, self._seconds, dict(self._faults))


SPENT = Spent()
