"""The words of every comparison: what is expected, what `mailbot check` said, one aspect."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

Expected = Mapping[str, Any]
Result = Mapping[str, Any]  # one R of the JSON
Aspect = tuple[str, bool, object]


def codes(result: Result, severity: str = "") -> set[str]:
    """The codes of a result's findings, of one severity if asked."""
    return {
        finding["code"] for finding in result["findings"] if severity in ("", finding["severity"])
    }


def walk(result: Result) -> Iterator[Result]:
    """Everything inside a result, however deep."""
    for member in result["members"]:
        yield member
        yield from walk(member)


def bare(text: str | None) -> str:
    """Text as it is compared: composed, white space squeezed."""
    return unicodedata.normalize("NFC", " ".join((text or "").split()))
