"""language: what the program says to units and the office, in the campaign's language.

The Chinese sentence is the key, as in gettext: `say("已通过{count}份", count=2)` gives it with its
values, or the entry of the language's catalogue (`english`) with the same. A sentence that a
catalogue lacks is said in Chinese, never left out; a test holds the catalogues to the code.
Enters: a sentence of the code and its values. Leaves: the same in the language that is spoken.

Which language it is says the campaign: a function that begins something for a campaign is
decorated with `in_its_language`, and all that is called within speaks it. Outside it is Chinese.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import ParamSpec, TypeVar

from mailbot.language.english import CATALOGUE, FACTS

_CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": CATALOGUE}
# What stands in stored facts was written by a worker, who knows no campaign: places and details.
_FACTS = {"en": tuple((re.compile(pattern), words) for pattern, words in FACTS)}
_language: ContextVar[str] = ContextVar("language", default="zh")

_Key = TypeVar("_Key")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def say(text: str, /, **values: object) -> str:
    """A sentence of ours in the language that is spoken; `values` stand at their names.

    Without values nothing is filled in: braces stay for a later `format`.
    """
    catalogue = _CATALOGUES.get(_language.get())
    if catalogue is not None:
        text = catalogue.get(text, text)
        values = {name: _fact(value) for name, value in values.items()}
        if not values:
            text = fact(text)
    return text.format(**values) if values else text


def fact(text: str) -> str:
    """A place or detail out of stored facts (`表1 C5`, `文件数超过2000个`) as it is said."""
    patterns = _FACTS.get(_language.get())
    if patterns is None or text.isascii():
        return text
    for sign, said in (("；", "; "), ("、", ", ")):
        if sign in text:
            return said.join(map(fact, text.split(sign)))
    for pattern, words in patterns:
        if pattern.fullmatch(text):
            return pattern.sub(words, text)
    return text


_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def say_date(day: date) -> str:
    """`2017年7月8日`, without leading zeros; `8 July 2017`."""
    month = _MONTHS[day.month - 1]
    return say(
        "{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day, month_name=month
    )


def _fact(value: object) -> object:
    return fact(value) if isinstance(value, str) else value


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, `say` speaks this language."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def spoken() -> str:
    """The language that is spoken here."""
    return _language.get()


def in_its_language(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function speaks the language of the campaign among its arguments: one of them is it, or
    has it as `campaign`. Not for generators: their body runs when they have left."""

    @functools.wraps(function)
    def spoken_in(*arguments: _P.args, **named: _P.kwargs) -> _R:
        for one in (*arguments, *named.values()):
            language = getattr(getattr(one, "campaign", one), "language", None)
            if isinstance(language, str):
                with speaking(language):
                    return function(*arguments, **named)
        return function(*arguments, **named)

    return spoken_in


class Words(Mapping[_Key, str]):
    """A table of words that are said: `STATES[state]` in the language that is spoken."""

    def __init__(self, words: Mapping[_Key, str]) -> None:
        self.chinese = words

    def __getitem__(self, key: _Key) -> str:
        return say(self.chinese[key])

    def __iter__(self) -> Iterator[_Key]:
        return iter(self.chinese)

    def __len__(self) -> int:
        return len(self.chinese)
