"""The word that marks a guess of `rules draft`, and the lines in which it still stands."""

from collections.abc import Iterator

UNCONFIRMED = "待确认"


def unconfirmed(content: str) -> Iterator[tuple[int, str]]:
    """Each line that still waits for a person: its number and what it says."""
    for number, line in enumerate(content.splitlines(), start=1):
        if UNCONFIRMED in line:
            yield number, line.strip().lstrip("# ")
