"""A noun as it was stored, read without pydantic: for a command that reads a few and ends.

To import pydantic and have it build the model of a dossier costs more than all else that `mailbot
status` does. What is read is the same (a test holds the two together): an unknown key is passed
over, an absent one has its default; but a value's own type is believed, as we wrote it.
"""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

Read: TypeAlias = Callable[[Any], Any]


@cache
def plain_reader(kind: Any) -> Read:
    """What makes a `kind` of what JSON has for it; TypeError where none is known."""
    origin, within = get_origin(kind), get_args(kind)
    if origin is tuple and within[1:] == (...,):
        each = plain_reader(within[0])
        return tuple if each is _as_it_is else lambda value: tuple(map(each, value))
    if origin is Mapping:
        each = plain_reader(within[1])
        return lambda value: {key: each(one) for key, one in value.items()}
    if origin is UnionType and len(within) == 2 and within[1] is NoneType:
        each = plain_reader(within[0])
        return lambda value: None if value is None else each(value)
    if kind in (Any, str, int, bool):
        return _as_it_is
    if kind is float:
        return float
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and is_dataclass(kind):
        return _noun(kind)
    raise TypeError(f"no plain reader for {kind}")


def _as_it_is(value: Any) -> Any:
    return value


def _noun(kind: type[Any]) -> Read:
    parts: dict[str, Read] = {}

    def read(value: Any) -> Any:
        if not parts:  # not before: a noun may hold others of its own kind
            parts.update({name: plain_reader(one) for name, one in get_type_hints(kind).items()})
        said = {name: part(value[name]) for name, part in parts.items() if name in value}
        return kind(**said)

    return read
