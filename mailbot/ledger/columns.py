"""Columns that hold JSON: what is written to them, and what comes out again."""

import json
import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from mailbot.ledger.plain import plain_reader
from mailbot.model import CloudLink, Dossier, Inspected, Judged

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")


class Stored(Generic[T]):
    """How a noun of the model is kept as JSON; what does it is built when it is first needed.

    `few`: a command may read a few of these and end, and does not import pydantic for them.
    """

    def __init__(self, noun: Any, *, few: bool = False) -> None:
        self._noun, self._few = noun, few

    @cached_property
    def _adapter(self) -> "TypeAdapter[T]":
        from pydantic import TypeAdapter

        return TypeAdapter(self._noun)

    def validate_json(self, stored: str | bytes) -> T:
        """The noun that was stored."""
        if self._few and "pydantic" not in sys.modules:
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                found: T = plain_reader(self._noun)(json.loads(stored))
                return found
        return self._adapter.validate_json(stored)

    def dump_json(self, noun: T) -> bytes:
        """The noun as it is stored."""
        return self._adapter.dump_json(noun)

    def dump_python(self, noun: T, *, mode: Literal["json", "python"] = "python") -> Any:
        """The noun as plain dicts and lists."""
        return self._adapter.dump_python(noun, mode=mode)


judged_json = Stored[tuple[Judged, ...]](tuple[Judged, ...])
links_json = Stored[tuple[CloudLink, ...]](tuple[CloudLink, ...])
strings_json = Stored[tuple[str, ...]](tuple[str, ...])
inspected_json = Stored[Inspected](Inspected)
dossier_json = Stored[Dossier](Dossier, few=True)
