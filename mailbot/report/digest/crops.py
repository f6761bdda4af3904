"""A form that was read by machine, as pictures: the page, and its doubtful cells beside what was
read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailbot.campaign.forms import FormSpec, SumCheck
from mailbot.files import blob_path
from mailbot.inspection.ocr.boxes import Place
from mailbot.inspection.ocr.crops import cut_crops_apart, whole_page
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import say
from mailbot.model import ILLEGIBLE, Judged
from mailbot.objects import at_hand

MOST_OF_A_FILE = 12
_MOST_PAGES = 2  # the whole of each; the form is on the first one, or goes on over to the second
_PICTURES = frozenset({"jpeg", "mpo", "png", "tiff", "bmp", "pdf"})
_OF_A_PICTURE = frozenset({"FORM_AS_PICTURE", "DOCUMENT_SCANNED", "FORM_FIELD_UNSURE"})


@dataclass(frozen=True, slots=True)
class Crop:
    """One cell: what it is and what was read, and how it looks on the paper (PNG)."""

    words: str
    png: bytes
    whole: bool = False  # a page, not a cell


def cut_doubts(judged: Judged, spec: FormSpec, files: Path) -> tuple[Crop, ...]:
    """What a person must look at of a held form: the page, then the cells in doubt, as far as
    their ink can be shown.

    `files` is the folder of what was received. What has no place on the paper is told in the
    findings alone.
    """
    places = _places(judged)
    wanted = dict.fromkeys(where for where in doubted_cells(judged, spec) if where in places)
    by_file: dict[str, list[str]] = {}
    for where in list(wanted)[:MOST_OF_A_FILE]:
        by_file.setdefault(places[where][0], []).append(where)
    if not by_file and _is_scan(judged):
        by_file[judged.sha256] = []
    words = _words(judged, spec)
    crops = []
    for sha256, found in by_file.items():
        shown = [places[where][1] for where in found]
        pages = sorted({int(number) for number, *_ in shown} or {0})[:_MOST_PAGES]
        pictures = cut_crops_apart(
            at_hand(blob_path(files, sha256)), [*(whole_page(number) for number in pages), *shown]
        )
        crops += [
            Crop(
                say("第{number}页全貌", number=number + 1) if pages != [0] else say("全貌"),
                picture,
                whole=True,
            )
            for number, picture in zip(pages, pictures, strict=False)
        ]
        crops += [
            Crop(words.get(where, where), picture)
            for where, picture in zip(found, pictures[len(pages) :], strict=False)
        ]
    return tuple(crops)


def _is_scan(judged: Judged) -> bool:
    """A picture or a PDF of which nothing, or too little, was read."""
    codes = {finding.code for finding in judged.findings}
    return judged.format in _PICTURES and bool(codes & _OF_A_PICTURE)


def doubted_cells(judged: Judged, spec: FormSpec) -> Iterator[str]:
    """The addresses of the cells that findings ask a person to compare."""
    sums = {check.code for check in spec.checks if isinstance(check, SumCheck)}
    for finding in judged.findings:
        if finding.code == "FORM_FIELD_UNSURE" or finding.code in sums:
            yield from finding.where.split("、")


def _places(judged: Judged) -> dict[str, tuple[str, Place]]:
    """Address of a cell → the file it is on (the form's own, or a picture inside it), and where."""
    found: dict[str, tuple[str, Place]] = {}
    for one in judged.walk():
        places = one.facts.get("ocr_places")
        for where, place in places.items() if isinstance(places, Mapping) else ():
            if isinstance(place, list):
                numbers = tuple(number for number in place if isinstance(number, int | float))
                found.setdefault(where, (one.sha256, numbers))
    return found


def _words(judged: Judged, spec: FormSpec) -> dict[str, str]:
    """Address of a cell → its column's name and what was read in it."""
    words: dict[str, str] = {}
    for one in spec.fields:
        read = judged.fields.get(one.key)
        for where in read.where.split("、") if read else ():
            raw = " ".join(read.raw.split()) if read else ""
            said = say("读作“{raw}”", raw=raw) if raw and raw != ILLEGIBLE else say("未能读出")
            words[where] = say(
                "{label_of}（{where}）：{said}", label_of=label_of(one), where=where, said=said
            )
    for finding in judged.findings:
        if finding.code == "FORM_FIELD_UNSURE":
            words.setdefault(
                finding.where,
                say("{where}：读作“{actual}”", where=finding.where, actual=finding.actual),
            )
    return words
