"""A file that would take another's place, beside the one in force: what is otherwise in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.field_checks import label_of
from mailbot.model import Dossier, DossierFile, Judged
from mailbot.report.digest.choices import Offer

_FIGURES = 8
_PLACES = 4
_SENTENCES = 150  # of each text
_AROUND = 8  # characters before and after what is otherwise
_LONG = 70  # characters of one place


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure, or one place of a text (`label` ""): as it stands in force, and as it would."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """The file in force, and how the other differs; `more` differences are not shown."""

    name: str
    arrival: int
    sha256: str
    differences: tuple[Difference, ...] = ()
    more: int = 0


def in_force_beside(dossier: Dossier | None, offer: Offer) -> DossierFile | None:
    """The file whose place the offered one would take; None where it would take none's."""
    slot = dossier.slots.get(offer.slot) if dossier else None
    files = slot.files if slot else ()
    if not any(one.shown_only and one.judged.sha256 == offer.sha256 for one in files):
        return None
    counting = [one for one in files if one.counts]
    return counting[0] if len(counting) == 1 else None  # of photos each counts


def replaced(
    file: DossierFile, other: Judged, slot: str, campaign: Campaign, texts: tuple[str, str]
) -> Replaced:
    """`other` against the file in force; `texts`: of both, in this order."""
    if slot == "form" or slot in campaign.forms:
        found = list(_figures(file.judged, other, slot, campaign))
        most = _FIGURES
    else:
        found = list(_places(*texts))
        most = _PLACES
    return Replaced(
        file.judged.name,
        file.arrival,
        file.judged.sha256,
        tuple(found[:most]),
        max(0, len(found) - most),
    )


def _figures(before: Judged, after: Judged, slot: str, campaign: Campaign) -> Iterator[Difference]:
    for one in campaign.of_form(slot).form.fields:
        was, is_now = (file.fields.get(one.key) for file in (before, after))
        old, new = (str(read.raw if read else "").strip() for read in (was, is_now))
        if old != new and (was is None or is_now is None or was.value != is_now.value):
            yield Difference(label_of(one), old, new)


def _places(before: str, after: str) -> Iterator[Difference]:
    """Sentences that are others, each cut to where it differs; white space aside. Held against
    each other as wholes: letter by letter, two hostile texts would take minutes."""
    old, new = _sentences(before), _sentences(after)
    if not old or not new:
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield Difference("", *_cut("".join(old[a:b]), "".join(new[c:d])))


def _sentences(text: str) -> list[str]:
    return re.split("(?<=[。；！？])", " ".join(text.split()), maxsplit=_SENTENCES)[:_SENTENCES]


def _cut(before: str, after: str) -> tuple[str, str]:
    """Without what both begin and end with, but for a few characters."""
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    return _around(before, start, end), _around(after, start, end)


def _alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _around(text: str, start: int, end: int) -> str:
    """The middle of a text, between so many characters of its beginning and of its end."""
    first, last = max(0, start - _AROUND), min(len(text), len(text) - end + _AROUND)
    shown = text[first:last]
    shown = shown if len(shown) <= _LONG else f"{shown[:_LONG]}…"
    return f"{'…' if first else ''}{shown}{'…' if last < len(text) else ''}"
