"""Elements of a part of an xlsx, one by one: a sheet is never held as a tree."""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from mailbot.inspection.readers.xmlparts import local

_OF_ROOT = 2  # elements open at the start of a child of the root


def elements(data: bytes, *wanted: str, known: frozenset[str] = frozenset()) -> Iterator[Element]:
    """The elements of these names, and children of the root of other names than those `known`,
    each whole; what was read is given free again."""
    if not data:
        return
    stack: list[Element] = []
    inside = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            name = local(element)
            if event == "start":
                stack.append(element)
                strange = known and len(stack) == _OF_ROOT and name not in known
                inside += bool(name in wanted or strange)
                continue
            stack.pop()
            strange = known and len(stack) == _OF_ROOT - 1 and name not in known
            if name in wanted or strange:
                inside -= 1
                if not inside:
                    yield element
            if not inside:
                element.clear()
                if stack:
                    stack[-1].remove(element)
    except (ParseError, ValueError, LookupError):
        return
