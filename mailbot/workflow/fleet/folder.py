"""The fleet's folder: every `*.toml` in it is an office, named as its file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailbot.errors import MailbotError, SettingsError
from mailbot.settings.sources import load_settings
from mailbot.settings.types import Settings

Mark = tuple[tuple[str, int, int, int], ...]
"""Which files an office was opened from: path, time of change, size, inode."""


@dataclass(frozen=True, slots=True)
class Place:
    """One office's file as it was read; `fault` says why it gives no settings."""

    name: str
    path: Path
    mark: Mark
    settings: Settings | None
    fault: str = ""


def read_place(path: Path) -> Place:
    """The office of that file. Whatever is wrong with it is its own fault, never raised."""
    mark = mark_of(path, None)
    try:
        settings = load_settings(path)
        if settings.smtp is None and settings.outbox.mode != "shadow":
            raise SettingsError(f'{path}: [smtp] is needed to send (or set outbox.mode = "shadow")')
    except MailbotError as error:
        return Place(path.stem, path, mark, None, str(error))
    return Place(path.stem, path, mark_of(path, settings), settings)


def mark_of(path: Path, settings: Settings | None) -> Mark:
    """Tells whether a person changed the office's file, or one that holds a password of it."""
    sections = (settings.imap, settings.smtp) if settings else ()
    secrets = (section.secret_source for section in sections if section is not None)
    seen = []
    for file in dict.fromkeys((path, *(secret for secret in secrets if secret is not None))):
        with suppress(OSError):
            stat = file.stat()
            seen.append((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(seen)


def offices_in(folder: Path) -> list[Path]:
    """The files of a fleet, by name. SettingsError where the folder cannot be read."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from None
    return [path for path in found if not path.name.startswith(".")]
