"""The migrations this program knows, by name."""

import sqlite3
from collections.abc import Callable

Migration = Callable[[sqlite3.Connection], None]

_KNOWN: dict[str, Migration] = {}


def migration(name: str) -> Callable[[Migration], Migration]:
    """Registers a migration under its name, which begins with a number no other has."""

    def register(migrate: Migration) -> Migration:
        assert all(name[:4] != known[:4] for known in _KNOWN), name
        _KNOWN[name] = migrate
        return migrate

    return register


def in_order() -> dict[str, Migration]:
    """All that are registered, by their numbers."""
    return dict(sorted(_KNOWN.items()))
