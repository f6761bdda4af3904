"""Where the settings come from: mailbot.toml, MAILBOT_<SECTION>__<KEY>, secrets from files.

The environment wins over the file. Relative paths are relative to the file they stand in (to the
working directory when they come from the environment). What was proved is kept beside the ledger
(`mailbot.kept`) without the passwords of the file, where neither brings another secret.
"""

import hashlib
import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailbot.errors import SettingsError
from mailbot.kept import keep, proving_code, what_is_kept
from mailbot.settings.section import Secret, Section
from mailbot.settings.types import Settings

log = logging.getLogger(__name__)

KEPT = "settings.json"
# Every key that is a Secret; a test holds the list to the types.
_SECRETS = frozenset({"password", "webhook", "secret", "oidc_client_secret"})

_MAILBOX_IN_ENVIRONMENT = ("MAILBOT_IMAP__", "MAILBOT_MAILDIR__")


def find_settings(given: Path | None) -> Path | None:
    """`--config`, else MAILBOT_CONFIG, else ./mailbot.toml; SettingsError when it is not there.

    None where no file is named and none lies here, but the environment names a mailbox: a
    container needs no file.
    """
    missing = missing_settings(given)
    if missing is not None:
        raise SettingsError(f"no settings file {missing} (make one with: mailbot init)")
    path = _named(given)
    return path if path.is_file() else None


def missing_settings(given: Path | None) -> Path | None:
    """Where a settings file would lie, when there are no settings; None where there are some."""
    path, named = _named(given), given or os.environ.get("MAILBOT_CONFIG")
    in_environment = any(key.startswith(_MAILBOX_IN_ENVIRONMENT) for key in os.environ)
    return None if path.is_file() or (in_environment and not named) else path


def _named(given: Path | None) -> Path:
    return Path(given or os.environ.get("MAILBOT_CONFIG") or "mailbot.toml")


def load_settings(path: Path | None) -> Settings:
    """Read and check the settings; SettingsError has one line for each thing that is wrong.

    None: those of the environment alone.
    """
    if path is None:
        data, path = {}, Path("environment")
    else:
        data = _read_toml(path)
        _resolve_paths(data, path.resolve().parent)
    settings = _known(data, path)
    if (settings.imap is None) == (settings.maildir is None):
        raise SettingsError(f"{path}: exactly one of [imap] and [maildir] is needed")
    if settings.imap and settings.imap.after_processing == "move" and not settings.imap.move_to:
        raise SettingsError(f"{path}: imap.move_to: needed for after_processing = move")
    return _with_secrets(settings, path)


def _known(data: dict[str, Any], path: Path) -> Settings:
    """The settings as they were proved before, where the same is said; else proved."""
    rest, passwords = _parted(data)
    named = _named_by_environment()
    if _bears_a_secret(rest) or any(_may_be_secret(name) for name in named):
        return _proved(data, path)
    key, place = _key(rest, named), data.get("paths", {}).get("data", "var")
    kept = Path(str(named.get("MAILBOT_PATHS__DATA", place))) / KEPT
    if (settings := what_is_kept(kept, key, Settings, Section)) is None:
        settings = _proved(data, path)
        keep(settings.paths.data / KEPT, key, _proved(rest, path) if passwords else settings)
    changed = {
        name: getattr(settings, name).model_copy(update={"password": Secret(password)})
        for name, password in passwords.items()
    }
    return settings.model_copy(update=changed)


def _parted(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the file says without the passwords of servers, and these by section: of them nothing
    is proved but that they are text."""
    passwords = {
        name: values["password"]
        for name, values in data.items()
        if name in ("imap", "smtp") and isinstance(values, dict)
        if isinstance(values.get("password"), str)
    }
    without = {
        name: {key: value for key, value in values.items() if key != "password"}
        for name, values in data.items()
        if name in passwords
    }
    return {**data, **without}, passwords


def _bears_a_secret(data: Mapping[str, Any]) -> bool:
    """Whether anything is said that must not be written elsewhere, or is no section: nothing is
    kept of that, not even a hash."""
    return any(
        not isinstance(values, dict) or not _SECRETS.isdisjoint(values) for values in data.values()
    )


def _may_be_secret(name: str) -> bool:
    """Whether a variable may hold a secret: a whole section is written as JSON."""
    _, _, key = name.partition("__")
    return not key or "__" in key or key.lower() in _SECRETS


def _key(data: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """A hash over what file and environment say, the file's paths made whole, and over what
    proves it."""
    said = repr(
        (
            sorted((name, sorted(values.items())) for name, values in data.items()),
            sorted(named.items()),
        )
    )
    return hashlib.sha256(f"{proving_code(Path(__file__).parent)}\0{said}".encode()).hexdigest()


def _named_by_environment() -> dict[str, str]:
    """The settings that the environment names, by variable."""
    sections = tuple(f"MAILBOT_{name.upper()}" for name in Settings.declared())
    return {key: said for key, said in os.environ.items() if key.upper().startswith(sections)}


def _proved(data: dict[str, Any], path: Path) -> Settings:
    """The settings, proved; what the environment names goes before the file."""
    from pydantic import ValidationError

    if _named_by_environment():
        from mailbot.settings.environment import with_environment

        data = with_environment(data)
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        from mailbot.settings.telling import told

        raise SettingsError(
            "; ".join(
                f"{_place(path, problem['loc'])}: {told(problem)}"
                for problem in error.errors(include_input=False)
            )
        ) from None


def _place(path: Path, location: tuple[int | str, ...]) -> str:
    """`mailbot.toml: outbox.mode`, or `environment: …` where the value comes from there."""
    variable = "MAILBOT_" + "__".join(str(part).upper() for part in location[:2])
    source = "environment" if variable in (key.upper() for key in os.environ) else path
    return f"{source}: {'.'.join(str(part) for part in location)}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        # Editors on Windows put a byte order mark before the first line.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 ({error.reason}): save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        from mailbot.settings.telling import told_toml

        raise SettingsError(f"{path}: {told_toml(error, text)}") from None


_PATH_KEYS = (
    ("imap", "ca_file"),
    ("imap", "password_file"),
    ("smtp", "ca_file"),
    ("smtp", "password_file"),
    ("maildir", "path"),
    ("paths", "data"),
    ("campaign", "rules"),
    ("console", "oidc_client_secret_file"),
    ("alerts", "webhook_file"),
    ("alerts", "secret_file"),
)


def _resolve_paths(data: dict[str, Any], base: Path) -> None:
    paths = data.setdefault("paths", {})
    if isinstance(paths, dict):
        paths.setdefault("data", "var")
    for section, key in _PATH_KEYS:
        values = data.get(section)
        if isinstance(values, dict) and isinstance(values.get(key), str) and values[key]:
            values[key] = base / Path(values[key]).expanduser()


def _with_secrets(settings: Settings, path: Path) -> Settings:
    """Read what stands in files of its own."""
    changed: dict[str, Section] = {}
    for name, section in (("imap", settings.imap), ("smtp", settings.smtp)):
        if section is None:
            continue
        if section.password_file is None:
            section.read_from(path if path.is_file() else None)
            continue
        secret = _secret(section.password_file, f"{path}: {name}.password_file")
        read = section.model_copy(update={"password": secret})
        read.read_from(section.password_file)
        changed[name] = read
    console = settings.console
    if console.oidc_client_secret_file is not None:
        where = f"{path}: console.oidc_client_secret_file"
        secret = _secret(console.oidc_client_secret_file, where)
        changed["console"] = console.model_copy(update={"oidc_client_secret": secret})
    alerts = settings.alerts
    for key in ("webhook", "secret"):
        file = getattr(alerts, f"{key}_file")
        if file is not None:
            secret = _secret(file, f"{path}: alerts.{key}_file")
            alerts = alerts.model_copy(update={key: secret})
    changed["alerts"] = alerts
    return settings.model_copy(update=changed)


def _secret(file: Path, where: str) -> Secret:
    """What the file holds; a trailing line end is not part of the secret."""
    try:
        secret = file.read_text(encoding="utf-8").rstrip("\r\n")
        if file.stat().st_mode & 0o077:
            log.warning("%s can be read by others on this machine: chmod 600 it", file)
    except PermissionError as error:
        whose = f"it belongs into the hands of uid {os.geteuid()}: chown {os.geteuid()} {file}"
        raise SettingsError(f"{where}: {error.strerror}; {whose}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where}: {error}") from None
    return Secret(secret)
