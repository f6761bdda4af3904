"""单位: the dossier of one unit, and each of its files by itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from mailbot.console.addresses import address_of, unit_address
from mailbot.console.crops import crop_name, crops_of
from mailbot.console.decided import done_words
from mailbot.console.documents import read_document
from mailbot.console.dossier import (
    is_played,
    read_unit_page,
    sources_of,
    told_once,
)
from mailbot.console.items import items_of, settling_words
from mailbot.console.routes import Visit, page
from mailbot.files import blob_path
from mailbot.inspection.previews.drawing import MAX_PAGES
from mailbot.inspection.previews.frames import FRAMES
from mailbot.judgement.form.field_checks import label_of
from mailbot.ledger import audit
from mailbot.ledger import console as asked
from mailbot.ledger.arrivals import arrival_row, files_of
from mailbot.ledger.console import StoredFile
from mailbot.model import BODY_NAME, Judged, Kind
from mailbot.objects import at_hand, store_of
from mailbot.wording.office import (
    ANSWERS,
    DOSSIER_STATES,
    PUNCTUALITY,
    REPLY_STATES,
    SEVERITIES,
    VERDICTS,
    kind_label,
    slot_status,
)
from mailbot.wording.phrases import measured

_PICTURES = {"jpg": "image/jpeg", "png": "image/png"}
_TONES = {"accepted": "good", "rejected": "bad", "held": "wait", "announced": "wait"}
_CROPS = 400  # of one file
_KEPT = {"cache-control": "private, max-age=86400, immutable"}  # named by what it shows


def unit(visit: Visit) -> Response:
    found = visit.campaign.unit_named(visit.part("unit"))
    if found is None:
        raise HTTPException(404)
    record = read_unit_page(visit.ledger, visit.campaign, found, visit.console.photos, visit.now)

    def written() -> Markup:
        return visit.render_part(
            "unit_slots.html.j2",
            record=record,
            sources=sources_of(visit.campaign),
            specs={"form": visit.campaign.form, **visit.campaign.forms},
            **_words(visit),
        )

    # Written once for as long as the dossier stands as it does.
    key = (found.unit, record.revision, visit.campaign.version, repr(record.elsewhere))
    return visit.render(
        "unit.html.j2",
        title=found.unit,
        record=record,
        slots=visit.console.written.once(key, written) if record.revision else written(),
        states=DOSSIER_STATES,
        punctuality=PUNCTUALITY,
        answers=ANSWERS,
        reply_states=REPLY_STATES,
        decided=lambda row: done_words(audit.entry_of(row), visit.campaign),
        tone_of=lambda slot: "good" if slot.waived else _TONES.get(slot.verdict.value, ""),
        **_words(visit),
    )


def file(visit: Visit) -> Response:
    """One file: what it looks like, what is written in it, what was found."""
    stored, judged, tops = _file(visit)
    others = asked.same_contents(visit.ledger, [stored.sha256]).get(stored.sha256, [])
    document = read_document(visit.ledger, visit.campaign, tops, judged)
    items = [one for one in items_of(visit) if one.offer] if visit.may("clerk") else []
    return visit.render(
        "file.html.j2",
        title=stored.name,
        items=[one for one in items if one.is_about(stored.arrival, stored.sha256)],
        places={one.key: place for place, one in enumerate(items)},
        **settling_words(visit),
        file=stored,
        judged=judged,
        document=document,
        others=[one for one in others if one.arrival != stored.arrival],
        sources=sources_of(visit.campaign),
        spec=visit.campaign.form,
        is_body=stored.name == BODY_NAME,
        is_stored=_is_stored(visit.console.previews.blobs, stored.sha256),
        pages=_pages(judged),
        **_words(visit),
    )


def original(visit: Visit) -> Response:
    """The octets as they came, to be saved; a video may be asked for in parts by the player."""
    stored, judged, _ = _file(visit)
    path = at_hand(blob_path(visit.console.previews.blobs, stored.sha256))
    if not path.is_file():
        raise HTTPException(404)
    answer = visit.attachment(path, stored.name)
    if judged.kind is Kind.VIDEO and is_played(judged.format, judged.facts):
        answer.headers["content-type"] = "video/mp4"
    return answer


def preview(visit: Visit) -> Response:
    """A picture that a confined worker drew: a thumbnail, a frame, a page, a cell."""
    stored, judged, _ = _file(visit)
    what = visit.part("what")
    kind = _PICTURES.get(what.rpartition(".")[2])
    if kind is None:
        raise HTTPException(404)
    places = _places(judged) if what.startswith("crop-") else {}
    if what.startswith("crop-") and what not in places:
        raise HTTPException(404)
    try:
        path = visit.console.previews.find(stored.sha256, stored.format, what, places)
    except ValueError as error:
        raise HTTPException(404) from error
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=kind, headers=_KEPT)


def _file(visit: Visit) -> tuple[StoredFile, Judged, list[str]]:
    """The file that the address names, and the contents of the mail's own files; 404 where that
    mail brought none such."""
    arrival, sha256 = visit.number("arrival"), visit.part("sha256")
    stored = asked.file_of_arrival(visit.ledger, arrival, sha256)
    row = arrival_row(visit.ledger, arrival) if stored else None
    if stored is None or row is None:
        raise HTTPException(404)
    tops = files_of(row)
    judged = next((one for top in tops for one in top.walk() if one.sha256 == sha256), None)
    if judged is None:
        raise HTTPException(404)
    return stored, judged, [top.sha256 for top in tops]


def _is_stored(blobs: Path, sha256: str) -> bool:
    """Whether its octets are kept: here, or in the object store."""
    store = store_of(blobs)
    return blob_path(blobs, sha256).is_file() or bool(store and store.size(sha256) is not None)


def _places(judged: Judged) -> dict[str, tuple[float, ...]]:
    """The crops of a form that was read by machine, by their preview's name."""
    places = judged.facts.get("ocr_places")
    return {
        crop_name(where): tuple(value for value in place if isinstance(value, int | float))
        for where, place in [*(places.items() if isinstance(places, Mapping) else ())][:_CROPS]
        if isinstance(place, list)
    }


def fields_of(judged: Judged, spec: Any) -> Iterator[tuple[str, str, Any]]:
    """Key, label and value of each field, in the form's order."""
    for one in spec.fields:
        read = judged.fields.get(one.key)
        if read is not None:
            yield one.key, label_of(one), read


def _pages(judged: Judged) -> int:
    count = judged.facts.get("pages")
    if judged.format != "pdf":
        return 0
    return min(count, MAX_PAGES) if isinstance(count, int) else 1


def _words(visit: Visit) -> dict[str, Any]:
    return {
        "verdicts": VERDICTS,
        "severities": SEVERITIES,
        "slot_status": slot_status,
        "kind_label": lambda judged: kind_label(visit.campaign, judged),
        "measured": measured,
        "told_once": told_once,
        "is_played": is_played,
        "crops_of": crops_of,
        "in_doubt": lambda judged: any(
            one.confidence < 1 or one.doubts or one.corrected is not None
            for one in judged.fields.values()
        ),
        "fields_of": fields_of,
        "frames": range(FRAMES),
        "address_of": address_of,
        "unit_address": unit_address,
        "zone": visit.campaign.zone,
    }


routes = [
    page("/units/{unit:path}", unit, needs="viewer"),
    page("/mails/{arrival}/files/{sha256}", file, needs="viewer"),
    page("/mails/{arrival}/files/{sha256}/original", original, needs="viewer"),
    page("/mails/{arrival}/files/{sha256}/{what}", preview, needs="viewer"),
]
