"""A proved rules folder kept as plain JSON: reading it takes a tenth of proving it again.

`compiled_campaign` is `load_campaign` for commands that start often. What is kept counts only for
the very octets of the folder and of the code that proved them (the key); anything else, a damaged
file among it, and the folder is proved anew. It lies in the data folder, beside the ledger, where
none but us may write. JSON and a closed list of classes: it can make no other objects than a rules
folder does, and runs nothing.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pydantic

from mailbot import model
from mailbot.campaign.rules import Data
from mailbot.campaign.types import Campaign
from mailbot.model import Severity

log = logging.getLogger(__name__)

KEPT = "campaign.json"


def compiled_campaign(folder: Path, data: Path) -> Campaign:
    """The campaign of a rules folder, as `load_campaign`; `data` is where it is kept proved."""
    key = _key(folder)
    kept = data / KEPT
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(kept.read_bytes())
        if found["key"] == key and isinstance(campaign := _restored(found["campaign"]), Campaign):
            return campaign
    from mailbot.campaign.folder import load_campaign

    campaign = load_campaign(folder)
    if _key(folder) == key:  # nobody saved a file of it meanwhile
        _keep(kept, {"key": key, "campaign": _plain(campaign)})
    return campaign


def _key(folder: Path) -> str:
    """A hash over the folder, by name and contents, and over what proves it."""
    digest = hashlib.sha256(_proving().encode())
    digest.update(f"{folder.resolve()}\0".encode())
    for pattern in ("*.yaml", "units.csv", "notice.txt", "templates/*.j2"):
        for path in sorted(folder.glob(pattern)):
            digest.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _proving() -> str:
    """What the code that proves is: Python, this package, the nouns it uses, its libraries."""
    digest = hashlib.sha256(f"{sys.version}\0{pydantic.VERSION}".encode())
    sources = [*Path(__file__).parent.rglob("*.py"), Path(model.__file__)]
    if (parser := find_spec("yaml")) and parser.origin:  # its version, without importing it
        sources.append(Path(parser.origin))
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _keep(path: Path, document: Mapping[str, Any]) -> None:
    """Written beside what is there, then put in its place; where that fails the next start costs
    as much as this one. Only by whose folder it is: root's `mailbot status` leaves nothing."""
    try:
        if path.parent.stat().st_uid != os.geteuid():
            return
        beside = path.with_name(f"{KEPT}-{os.getpid()}.new")
        beside.write_text(json.dumps(document), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        log.debug("the proved rules are not kept: %s", error)


def _plain(value: Any) -> Any:
    """Plain JSON; what JSON has no type for says what it is."""
    match value:
        case Data():
            fields = {name: _plain(one) for name, one in value if name in value.model_fields_set}
            return {"is": type(value).__name__, "said": fields}
        case Severity() | date():  # a datetime is a date
            said = value.value if isinstance(value, Severity) else value.isoformat()
            return {"is": type(value).__name__, "said": said}
        case tuple():
            return [_plain(one) for one in value]
        case dict():
            return {"is": "dict", "said": {key: _plain(one) for key, one in value.items()}}
        case str() | int() | float() | None:
            return value
    raise TypeError(f"a campaign holds a {type(value).__name__}, which is kept in no form yet")


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restored(one) for one in value)
    if not isinstance(value, dict):
        return value
    said, name = value["said"], value["is"]
    if name == "dict":
        return {key: _restored(one) for key, one in said.items()}
    if name in _SCALARS:
        return _SCALARS[name](said)
    fields = {key: _restored(one) for key, one in said.items()}
    return _classes()[name].model_construct({*fields}, **fields)


_SCALARS = {
    "Severity": Severity,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


@cache
def _classes() -> dict[str, type[Data]]:
    """The types that a campaign is made of, by name."""

    def below(kind: type[Data]) -> Iterator[type[Data]]:
        yield kind
        for one in kind.__subclasses__():
            yield from below(one)

    return {kind.__name__: kind for kind in below(Data)}
