"""A proved record kept as plain JSON: reading it takes a tenth of proving it again.

What is kept counts only for the very source and the very code that proved it (the key, which the
caller makes); anything else, a damaged file among it, and the record is proved anew. It lies
beside the ledger or in the user's own cache, where none but us may write. JSON and a closed list of
classes: it can make no other objects than what is proved does, and runs nothing.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PosixPath
from typing import Any, TypeVar

from mailbot import model, record
from mailbot.model import Severity
from mailbot.record import Record

log = logging.getLogger(__name__)

_Kind = TypeVar("_Kind", bound=Record)


def what_is_kept(path: Path, key: str, kind: type[_Kind], parts: Any) -> _Kind | None:
    """The record that was kept here under this key, None where there is none; it is made of the
    class `parts` and what derives from it."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(path.read_bytes())
        if found["key"] == key:
            proved = _restored(found["proved"], _classes(parts))
            return proved if isinstance(proved, kind) else None
    return None


def keep(path: Path, key: str, proved: Record) -> None:
    """Keep a record for the next start: written beside the file and renamed over it.

    Where that fails nothing is kept, and the next start proves the record anew. Only the
    folder's owner keeps anything: root's `mailbot status` leaves no file that the service could
    not replace.
    """
    try:
        if path.parent.stat().st_uid != os.geteuid():
            return
        beside = path.with_name(f"{path.name}-{os.getpid()}.new")
        beside.write_text(json.dumps({"key": key, "proved": _plain(proved)}), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        log.debug("what was proved is not kept: %s", error)


def own_cache() -> Path | None:
    """Our folder in the user's cache (XDG Base Directory Specification), made where it is missing.

    None where it cannot be made, where others may write in it, or where it is another user's
    (sudo -E).
    """
    named = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(named) if named.startswith("/") else Path.home() / ".cache"
        folder = base / "mailbot"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except (OSError, RuntimeError):  # RuntimeError: Path.home of a user of whom nothing is known
        return None
    return folder if found.st_uid == os.geteuid() and not found.st_mode & 0o022 else None


@cache
def proving_code(package: Path) -> str:
    """What the code that proves is: Python, this package, the nouns it uses, its libraries."""
    nouns = map(Path, (model.__file__, record.__file__, __file__))
    digest = hashlib.sha256(sys.version.encode())
    for source in (*sorted(package.rglob("*.py")), *nouns, *_libraries()):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _libraries() -> Iterator[Path]:
    """The modules that tell the libraries' versions, not imported."""
    told = {"yaml": "__init__", "pydantic": "version", "pydantic_settings": "version"}
    for package, module in told.items():
        if (found := find_spec(package)) and found.origin:
            yield Path(found.origin).with_name(f"{module}.py")


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "Severity": Severity,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "PosixPath": PosixPath,
}


def _plain(value: Any) -> Any:
    """Plain JSON; what JSON has no type for says what it is. TypeError for anything else: no
    secret is ever kept."""
    match value:
        case Record():
            fields = {name: _plain(one) for name, one in value if name in value.model_fields_set}
            return {"is": type(value).__name__, "said": fields}
        case Severity() | date() | time() | PosixPath():  # a datetime is a date
            said = value.isoformat() if isinstance(value, date | time) else str(value)
            return {"is": type(value).__name__, "said": said}
        case tuple():
            return [_plain(one) for one in value]
        case dict():
            return {"is": "dict", "said": {key: _plain(one) for key, one in value.items()}}
        case str() | int() | float() | None:
            return value
    raise TypeError(f"a {type(value).__name__} is kept in no form yet")


def _restored(value: Any, classes: Mapping[str, type[Record]]) -> Any:
    if isinstance(value, list):
        return tuple(_restored(one, classes) for one in value)
    if not isinstance(value, dict):
        return value
    said, name = value["said"], value["is"]
    if name == "dict":
        return {key: _restored(one, classes) for key, one in said.items()}
    if name in _SCALARS:
        return _SCALARS[name](said)
    return classes[name].model_construct(
        **{key: _restored(one, classes) for key, one in said.items()}
    )


@cache
def _classes(parts: Any) -> Mapping[str, type[Record]]:
    """The types that a record may be made of, by name."""

    def below(kind: type[Record]) -> Iterator[type[Record]]:
        yield kind
        for one in kind.__subclasses__():
            yield from below(one)

    return {kind.__name__: kind for kind in below(parts)}
