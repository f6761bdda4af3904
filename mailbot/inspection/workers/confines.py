"""The limits of the child processes in which files are read, wherever they run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confines:
    """Of one child: seconds a file (wall clock), octets of memory and of each file it writes."""

    timeout_s: float = 120
    memory_bytes: int = 2 * 1024**3
    file_bytes: int = 2 * 1024**3
