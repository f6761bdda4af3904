"""What is read without pydantic is what pydantic reads."""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from mailbot.ledger.columns import Stored
from mailbot.ledger.plain import plain_reader
from mailbot.model import Dossier, Judged


def full(kind: Any, depth: int = 0) -> Any:
    """A value of this type in which every field says something; nouns in nouns three deep."""
    origin, within = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        own: Any = tuple[kind, ...]
        hints = get_type_hints(kind).items()
        return kind(**{name: full(one, depth + (one == own)) for name, one in hints})
    if origin is tuple:
        return (full(within[0], depth), full(within[0], depth)) if depth < 3 else ()
    if origin is Mapping:
        return {"甲": full(within[1], depth), "b.c": full(within[1], depth)}
    if origin is UnionType:
        return full(within[0], depth)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    samples = {
        int: 7,
        str: "字",
        bool: True,
        float: 1.0,
        datetime: datetime(2017, 7, 3, tzinfo=UTC),
    }
    return samples.get(kind, {"深": [1, 2.5, None, True, {"x": "y"}]})


def both(noun: Any, stored: str) -> tuple[Any, Any]:
    return plain_reader(noun)(json.loads(stored)), Stored[Any](noun).validate_json(stored)


@pytest.mark.parametrize("noun", [Dossier, Judged])
def test_every_field_comes_back_as_pydantic_reads_it(noun: Any) -> None:
    made = full(noun)
    stored = Stored[Any](noun).dump_json(made).decode()
    plain, proved = both(noun, stored)
    assert plain == proved == made
    assert repr(plain).replace("datetime.timezone.utc", "TzInfo(0)") == repr(proved)


def test_absent_keys_have_their_default_and_unknown_ones_are_passed_over() -> None:
    named = {"unit": "金水区", "expected": True, "state": "nothing", "punctuality": "none"}
    plain, proved = both(Dossier, json.dumps(named | {"slots": {}, "later": 1}))
    assert plain == proved
    assert not any(getattr(plain, one.name) for one in fields(Dossier)[4:])


def test_what_the_plain_reader_cannot_take_is_told_by_pydantic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = Stored[Dossier](Dossier, few=True)
    few.dump_json(full(Dossier))  # pydantic is imported and its reader built
    monkeypatch.delitem(sys.modules, "pydantic")
    with pytest.raises(ValueError, match="validation errors for Dossier"):
        few.validate_json('{"unit": "金水区", "state": "lost"}')
