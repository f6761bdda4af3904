"""A document as text, with the parts marked by which it was recognised."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.judgement.keyword_groups import groups_of
from mailbot.ledger.console import facts_of_contents
from mailbot.ledger.store import Ledger
from mailbot.model import Judged

_SHOWN = 60_000  # characters of a document on its page; the rest is in the file


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `part` names the content that it belongs to, "" where it is none."""

    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file, and which contents were seen in it."""

    pieces: tuple[Piece, ...]
    seen: tuple[str, ...]
    missing: tuple[str, ...]
    is_cut: bool


def read_document(
    ledger: Ledger, campaign: Campaign, inside: Iterable[str], judged: Judged
) -> Document | None:
    """The text of a file as it was measured; None where none is on record.

    `inside`: the SHA-256 of the mail's own files, in one of which the file lies (or which it is):
    facts are kept with those.
    """
    text = next(
        (
            found
            for row in facts_of_contents(ledger, list(inside))
            if (found := text_in(json.loads(row["inspected_json"]), judged.sha256))
        ),
        "",
    )
    if not text:
        return None
    groups = groups_of(judged.kind.value, campaign)
    words = {word: group.name for group in groups for word in group.words if word}
    pieces = tuple(_marked(text[:_SHOWN], words))
    seen = {piece.part for piece in pieces}
    names = [group.name for group in groups]
    return Document(
        pieces,
        tuple(name for name in dict.fromkeys(names) if name in seen),
        tuple(name for name in dict.fromkeys(names) if name not in seen),
        len(text) > _SHOWN,
    )


def text_in(inspected: Mapping[str, Any], sha256: str) -> str:
    """The text of the file of this content, in what was measured of the file it lies in."""
    if inspected.get("sha256") == sha256:
        return str(inspected.get("text") or "")
    for member in inspected.get("members") or ():
        if found := text_in(member, sha256):
            return found
    return ""


def _marked(text: str, words: Mapping[str, str]) -> Iterable[Piece]:
    """The longest word wins; white space inside a word does not part it (目　的)."""
    if not words:
        yield Piece(text)
        return
    longest = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(f"({_spaced(word)})" for word in longest))
    last = 0
    for match in pattern.finditer(text):
        if match.start() > last:
            yield Piece(text[last : match.start()])
        yield Piece(match[0], words[longest[(match.lastindex or 1) - 1]])
        last = match.end()
    if last < len(text):
        yield Piece(text[last:])


def _spaced(word: str) -> str:
    return r"[ \t\u3000]{0,3}".join(re.escape(character) for character in word)
