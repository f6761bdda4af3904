"""Which files are read as scans, and which are searched for a seal; facts beside other facts.

Reading takes seconds and up to a gigabyte, so only pages that show a ruled table are read: every
scanned PDF, and pictures that look like a photographed form. Without the extra `mailbot[ocr]` a
file keeps its other facts and is for a person.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.inspection.ocr.boxes import Place, ReadScan
from mailbot.inspection.ocr.process import is_installed, read_scan_apart
from mailbot.model import Fault, Inspected, Json

if TYPE_CHECKING:
    from PIL import Image

BUDGET_S = 75.0  # for all scans of one attachment together: less than a worker may take
NEVER = -1.0  # as the time until which scans are read
_A4 = (1.36, 1.47)  # what a page's sides make, scanner's margins included
_MOST_PICTURES = 40  # of one document that are searched for a seal

_Facts = dict[str, Json]


def read_photo(
    inspected: Inspected,
    path: Path,
    lock: Path,
    until: float,
    decoded: Image.Image | None = None,
) -> Inspected:
    """A picture with what is written on it, if it shows a ruled table on paper.

    Facts then: `ocr` (true), `ocr_places` (address of a cell → `places.Place`), `seal`,
    `seal_place`. What cannot be read in time stays a picture like any other. `decoded`: it, as it
    was decoded small for its facts.
    """
    if not is_installed() or time.monotonic() >= until:
        return inspected
    from mailbot.inspection.ocr.glance import looks_like_form
    from mailbot.inspection.ocr.pages import to_array

    if not looks_like_form(path, None if decoded is None else to_array(decoded)):
        return inspected
    scan = read_scan_apart(path, lock, until)
    return inspected if isinstance(scan, Fault) else _with_scan(inspected, scan)


def read_document_scan(inspected: Inspected, path: Path, lock: Path, until: float) -> Inspected:
    """A document with the text of its scanned pages, and whether it bears a seal.

    Facts as for `read_photo`; `seal` is null where nothing shows one: an editable file need not.
    The fault `missing_extra` where a scanned page cannot be read for want of the extra.
    """
    pages = _pages_to_read(inspected)
    if not is_installed():
        faulty = pages and _holds_a_page(inspected)
        return (
            _with_fault(inspected, Fault("missing_extra", "mailbot[ocr]")) if faulty else inspected
        )
    if pages and time.monotonic() < until:
        scan = read_scan_apart(path, lock, until, pages)
        if isinstance(scan, Fault):
            return _with_fault(inspected, scan)
        inspected = _with_scan(inspected, scan)
        if scan.seal is not None:
            return inspected
    return replace(inspected, facts=dict(inspected.facts) | _seal_facts(inspected, path))


def _pages_to_read(inspected: Inspected) -> tuple[int, ...]:
    """The pages of a PDF without text, from 0; none where a table with text leads, since then
    the others show the same once more, or its seal."""
    pages = inspected.facts.get("pages_without_text")
    if inspected.format != "pdf" or not isinstance(pages, list):
        return ()
    if inspected.facts.get("scanned") is not True and any(
        grid.is_table for grid in inspected.grids
    ):
        return ()
    return tuple(page - 1 for page in pages if isinstance(page, int))


def _holds_a_page(inspected: Inspected) -> bool:
    """Whether a picture of a scanned PDF has the shape of a page; photos pasted together do not."""
    for member in inspected.members:
        width, height = member.facts.get("width"), member.facts.get("height")
        if (
            isinstance(width, int)
            and isinstance(height, int)
            and min(width, height) > 0
            and _A4[0] <= max(width, height) / min(width, height) <= _A4[1]
        ):
            return True
    return False


def _with_fault(inspected: Inspected, fault: Fault) -> Inspected:
    return replace(inspected, faults=(*inspected.faults, fault))


def _with_scan(inspected: Inspected, scan: ReadScan) -> Inspected:
    facts: _Facts = dict(inspected.facts)
    facts["ocr"] = True
    facts["ocr_places"] = {where: list(place) for where, place in scan.places.items()}
    facts["seal"] = scan.seal
    if scan.seal_places:
        facts["seal_place"] = _page_place(scan.seal_places[0])
    text = "\n".join(filter(None, (inspected.text, scan.text)))
    # Tables before prose, as every reader has it; a scanned page's own marks are prose at most.
    tables = tuple(grid for grid in scan.grids if grid.is_table)
    prose = tuple(grid for grid in scan.grids if not grid.is_table)
    return replace(inspected, facts=facts, text=text, grids=(*tables, *inspected.grids, *prose))


def _page_place(place: Place) -> Json:
    page, *corners = place
    left, top, right, bottom = corners[0], corners[1], corners[4], corners[5]
    return {"page": int(page) + 1, "box": [left, top, right, bottom]}


def _seal_facts(inspected: Inspected, path: Path) -> _Facts:
    """`seal` of a document in which reading found none: on its pages, or in its pictures.

    None, not false, where there is none, since this is no picture of a paper.
    """
    from mailbot.inspection.documents.seal_pictures import find_page_seal, find_picture_seal

    if inspected.format == "pdf":
        place = find_page_seal(path)
        return {"seal": True, "seal_place": _page_place(place)} if place else {"seal": None}
    for member in inspected.members[:_MOST_PICTURES]:
        if member.facts.get("seal") is True:
            return {"seal": True, "seal_place": {"picture": member.source}}
        if member.faults or member.blob_path is None:  # a bomb, or nothing a decoder can read
            continue
        box = find_picture_seal(Path(member.blob_path))
        if box:
            return {"seal": True, "seal_place": {"picture": member.source, "box": list(box)}}
    return {"seal": None}
