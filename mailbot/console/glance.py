"""What an item of 待办 is about, so that it is settled without being opened: pictures of the files
in question, how a document begins, and the doubtful figures of a scan beside their ink.

Whatever stands on the page, it costs the same few statements.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.campaign.types import Campaign
from mailbot.console.addresses import address_of
from mailbot.console.crops import crops_of
from mailbot.console.differing import Replaced, in_force_beside, replaced
from mailbot.console.documents import text_in
from mailbot.judgement.form.correcting import value_of
from mailbot.judgement.form.field_checks import label_of
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger.arrivals import arrival_rows, files_of
from mailbot.ledger.console import facts_of_contents
from mailbot.ledger.store import Ledger
from mailbot.model import BODY_NAME, Dossier, DossierFile, Judged, Kind
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.crops import doubted_cells
from mailbot.report.digest.unanswered import names_of

_MOST = 60  # items that are shown with what they are about; who has more works from the top
_FILES = 6  # of one item
_FIGURES = 12
_BEGINNING = 90  # characters of a document
_READ_FOR_NAMES = 20_000
_UNITS = 3
_PICTURES = frozenset({"jpeg", "mpo", "png", "tiff", "bmp", "psd", "heic", "webp", "gif"})


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One file: where it has its page, its picture ("" for none) and how its text begins."""

    name: str
    address: str
    picture: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class DoubtfulFigure:
    """A field of a scan that a person compares with its ink; `text` is what it would hold."""

    key: str
    label: str
    unit: str
    text: str
    read: str
    pictures: tuple[str, ...]
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands in one item beside its words."""

    files: tuple[Glimpse, ...] = ()
    more: int = 0
    figures: tuple[DoubtfulFigure, ...] = ()
    units: tuple[str, ...] = ()  # assign: who is named in subject, text, names or documents
    instead: Replaced | None = None  # accept: the file whose place this one would take


_NOTHING = Glance()


@dataclass
class _Asked:
    """The files of one item: (arrival, file, the mail's own file that it lies in)."""

    files: list[tuple[int, Judged, str]] = field(default_factory=list)
    words: str = ""
    counted: int = 0
    in_force: DossierFile | None = None
    top_in_force: str = ""

    def shown(self) -> Iterator[tuple[Judged, str]]:
        """Each file whose beginning is shown or compared, and the mail's own file it lies in."""
        for _, judged, top in self.files[:_FILES]:
            yield judged, top
        if self.in_force is not None:
            yield self.in_force.judged, self.top_in_force


def glances(
    ledger: Ledger, campaign: Campaign, board: Iterable[Dossier], offers: Sequence[Offer | None]
) -> list[Glance]:
    """One for each offer, in their order."""
    shown = [one for one in offers[:_MOST] if one is not None]
    of_mails = {int(one.target) for one in shown if one.action not in _OF_OTHERS}
    dossiers = {one.unit: one for one in board}
    in_slots = {id(one): _of_slot(dossiers.get(one.target), one) for one in shown if one.sha256}
    beside = {
        id(one): in_force_beside(dossiers.get(one.target), one) for one in shown if one.sha256
    }
    arrivals = of_mails | {number for found in in_slots.values() for number, *_ in found}
    arrivals |= {one.arrival for one in beside.values() if one is not None}
    rows = arrival_rows(ledger, arrivals)
    tops = {number: files_of(row) for number, row in rows.items()}
    asked: dict[int, _Asked] = {}
    for one in shown:
        if one.sha256:
            files = [
                (number, judged, _top_of(tops.get(number, ()), judged.sha256))
                for number, judged in in_slots[id(one)]
            ]
            other = beside[id(one)]
            top = _top_of(tops.get(other.arrival, ()), other.judged.sha256) if other else ""
            asked[id(one)] = _Asked(files, counted=len(files), in_force=other, top_in_force=top)
        elif one.action not in _OF_OTHERS and int(one.target) in rows:
            number = int(one.target)
            found = [
                (number, leaf, top.sha256)
                for top in tops[number]
                if top.name != BODY_NAME
                for leaf in _leaves(top)
            ]
            row, called = rows[number], (leaf.name for _, leaf, _ in found)
            words = "\n".join((row["subject"] or "", row["sender_name"] or "", *called))
            asked[id(one)] = _Asked(found, words, len(found))
    texts = _texts(ledger, tops, asked.values())
    names = names_of(campaign)
    return [
        _glance(one, asked[id(one)], texts, names, campaign)
        if one is not None and id(one) in asked
        else _NOTHING
        for one in offers
    ]


_OF_OTHERS = frozenset({"accept", "confirm", "approve", "resend", "lift"})


def _of_slot(dossier: Dossier | None, offer: Offer) -> list[tuple[int, Judged]]:
    slot = dossier.slots.get(offer.slot) if dossier else None
    return [
        (file.arrival, file.judged)
        for file in (slot.files if slot else ())
        if file.judged.sha256 == offer.sha256
    ][:1]


def _leaves(judged: Judged) -> Iterator[Judged]:
    """What lies in an archive; a document is one thing, whatever pictures are in it."""
    if judged.kind is not Kind.ARCHIVE or not judged.members:
        yield judged
        return
    for one in judged.members:
        yield from _leaves(one)


def _top_of(tops: Iterable[Judged], sha256: str) -> str:
    for top in tops:
        if any(one.sha256 == sha256 for one in top.walk()):
            return top.sha256
    return sha256


def _texts(
    ledger: Ledger, tops: Mapping[int, Sequence[Judged]], asked: Iterable[_Asked]
) -> dict[str, str]:
    """The text of each document, by its contents; of a mail's body too, under the mail's number."""
    inside = {
        (top, judged.sha256)
        for one in asked
        for judged, top in one.shown()
        if judged.kind not in (Kind.PHOTO, Kind.VIDEO)
    }
    bodies = {
        one.sha256: str(number)
        for number, found in tops.items()
        for one in found
        if one.name == BODY_NAME
    }
    by_top: dict[str, list[str]] = {}
    for top, sha256 in inside:
        by_top.setdefault(top, []).append(sha256)
    found: dict[str, str] = {}
    for row in facts_of_contents(ledger, {*by_top, *bodies}):
        inspected = json.loads(row["inspected_json"])
        for sha256 in by_top.get(row["sha256"], ()):
            if text := text_in(inspected, sha256):
                found[sha256] = text
        if row["sha256"] in bodies:
            found[bodies[row["sha256"]]] = str(inspected.get("text") or "")
    return found


def _glance(
    offer: Offer, asked: _Asked, texts: Mapping[str, str], names: UnitNames, campaign: Campaign
) -> Glance:
    files = asked.files[:_FILES]
    figures: tuple[DoubtfulFigure, ...] = ()
    if offer.action == "accept" and files:
        number, judged, _ = files[0]
        figures = doubtful_figures(number, judged, offer.slot, campaign)
    instead: Replaced | None = None
    if asked.in_force is not None and files:
        judged = files[0][1]
        both = (texts.get(asked.in_force.judged.sha256, ""), texts.get(judged.sha256, ""))
        instead = replaced(asked.in_force, judged, offer.slot, campaign, both)
    units: tuple[str, ...] = ()
    if offer.action == "assign":
        said = [asked.words, texts.get(offer.target, "")]
        said += [texts.get(judged.sha256, "") for _, judged, _ in files]
        found = [
            match.unit
            for words in said
            for match in names.find(words[:_READ_FOR_NAMES])
            if match.unit and match.unit != offer.unit
        ]
        units = tuple(dict.fromkeys(found))[:_UNITS]
    return Glance(
        tuple(_glimpse(number, judged, texts) for number, judged, _ in files),
        max(0, asked.counted - len(files)),
        figures,
        units,
        instead,
    )


def _glimpse(number: int, judged: Judged, texts: Mapping[str, str]) -> Glimpse:
    address = address_of(number, judged.sha256)
    picture = ""
    if judged.format in _PICTURES:
        picture = f"{address}/thumb.jpg"
    elif judged.kind is Kind.VIDEO:
        picture = f"{address}/frame-0.jpg"
    elif judged.format == "pdf":
        picture = f"{address}/sheet-0.jpg"
    # What was read off a scan says less than its picture.
    text = "" if picture else " ".join(texts.get(judged.sha256, "").split())
    return Glimpse(
        judged.name,
        address,
        picture,
        text if len(text) <= _BEGINNING else f"{text[:_BEGINNING]}…",
    )


def doubtful_figures(
    number: int, judged: Judged, slot: str, campaign: Campaign
) -> tuple[DoubtfulFigure, ...]:
    """The fields of a table that its findings ask a person to compare, as far as a picture of
    their cell can be shown."""
    if not judged.fields or (slot != "form" and slot not in campaign.forms):
        return ()
    spec, crops = campaign.of_form(slot).form, crops_of(judged)
    doubted = set(doubted_cells(judged, spec))
    found = []
    for one in spec.fields:
        read = judged.fields.get(one.key)
        cells = read.where.split("、") if read else []
        if read is None or read.corrected is not None or not doubted & set(cells):
            continue
        shown = [crops[cell] for cell in cells if cell in crops]
        if not shown:
            continue
        holds = value_of(one, read.raw) is not None
        found.append(
            DoubtfulFigure(
                one.key,
                label_of(one),
                one.unit,
                read.raw if holds else "",
                read.raw,
                tuple(f"{address_of(number, sha256)}/{name}" for sha256, name in shown),
                one.required,
            )
        )
    return tuple(found[:_FIGURES])
