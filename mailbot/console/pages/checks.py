"""抽查: draw, take the packs along, enter on the phone what was found at the site."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from mailbot.console.routes import Visit, action, page
from mailbot.console.settling import fault_words
from mailbot.console.words import filled, said
from mailbot.deciding.spotchecks import draw_units, enter_result
from mailbot.errors import MailbotError
from mailbot.files import BlobStore, blob_path
from mailbot.ledger import spotchecks
from mailbot.ledger.spotchecks import Draw, DrawnUnit, Inspection
from mailbot.report.spotcheck.draw import Drawn, write_draw
from mailbot.wording.phrases import format_moment

RESULTS = ("相符", "基本相符", "不符")
_PHOTO_BYTES = 12 * 1024**2
_PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"RIFF": "webp"}
_OTHER_GROUP = "其他"


@dataclass(frozen=True, slots=True)
class Checked:
    """One drawn unit with what was found there."""

    place: int
    drawn: DrawnUnit
    found: Inspection | None
    when: str


def checks(visit: Visit) -> Response:
    return _page(visit)


def make_draw(visit: Visit) -> Response:
    size = visit.field("size")
    always = [one for one in visit.field("always").replace("，", "、").split("、") if one.strip()]
    try:
        if not size.isdecimal() or not 0 < int(size) <= 10_000:
            return _page(visit, visit.say("请写明抽取几个单位。"), 400)
        with visit.console.desk(visit.user) as desk:
            drawn = draw_units(
                desk,
                size=int(size),
                groups=visit.fields("group"),
                always=[one.strip() for one in always],
                seed=visit.field("seed")[:100],
            )
    except MailbotError as error:
        return _page(visit, fault_words(error), 400)
    again = (
        said("该种子此前已抽取，未另行登记。")
        if drawn.again
        else filled("已抽取{count}个单位。", count=len(drawn.units))
    )
    return visit.back_to(f"/checks/{drawn.number}", told=visit.say(again))


def one_draw(visit: Visit) -> Response:
    return _draw_page(visit, _draw(visit))


def pack(visit: Visit) -> Response:
    """One drawn unit's archive with its check sheet, as a zip."""
    found, place = _draw(visit), int(visit.part("place"))
    if not 0 < place <= len(found.units):
        raise HTTPException(404)
    unit = found.units[place - 1]
    folder = Path(tempfile.mkdtemp(prefix="mailbot-pack-"))
    try:
        drawn = Drawn(found.id, found.seed, (unit,))
        data = visit.console.settings.paths.data
        (path,) = write_draw(
            visit.ledger, visit.campaign, data, drawn, folder, visit.now, zipped=True
        )
    except BaseException:
        shutil.rmtree(folder)
        raise
    name = quote(f"抽查{found.id}-{place:02d}-{unit.unit}.zip", safe="")
    return FileResponse(
        path,
        media_type="application/zip",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
        background=BackgroundTask(shutil.rmtree, folder),
    )


def enter(visit: Visit) -> Response:
    """The result for one unit of the draw, with a photo if one was taken."""
    found, unit = _draw(visit), visit.field("unit")
    if unit not in {one.unit for one in found.units}:
        raise HTTPException(404)
    result = visit.field("result")
    if not result:
        return _draw_page(visit, found, visit.say("请选择抽查结果。"), 400)
    upload, photo = visit.upload("photo"), ""
    if upload is not None:
        octets = upload.file.read()
        if not any(octets.startswith(mark) for mark in _PICTURES):
            return _draw_page(visit, found, visit.say("照片须为JPG、PNG或WEBP。"), 400)
        store = BlobStore(visit.console.settings.paths.data / "files")
        photo = store.put(octets).sha256
    with visit.console.desk(visit.user) as desk:
        enter_result(desk, unit, result[:40], visit.field("note")[:2000], photo)
    return visit.back_to(f"/checks/{found.id}", told=f"{unit}：{result}")


def photo(visit: Visit) -> Response:
    """The photo of an entered result, to be saved."""
    wanted = visit.part("sha256")
    known = {one.photo for one in spotchecks.inspections(visit.ledger) if one.photo}
    path = (
        blob_path(visit.console.settings.paths.data / "files", wanted) if wanted in known else None
    )
    if path is None or not path.is_file():
        raise HTTPException(404)
    with path.open("rb") as file:
        head = file.read(4)
    ending = next((name for mark, name in _PICTURES.items() if head.startswith(mark[:4])), "bin")
    return visit.attachment(path, f"抽查照片-{wanted[:8]}.{ending}")


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    zone = visit.console.settings.zone
    draws = spotchecks.draws(visit.ledger)
    entered = {(one.draw, one.unit) for one in spotchecks.inspections(visit.ledger)}
    groups = dict.fromkeys(unit.group or _OTHER_GROUP for unit in visit.campaign.units)
    return visit.render(
        "checks.html.j2",
        status,
        title=visit.say("抽查"),
        draws=[
            (
                one,
                format_moment(one.drawn_at, zone),
                sum((one.id, unit.unit) in entered for unit in one.units),
            )
            for one in reversed(draws)
        ],
        groups=list(groups),
        units=[unit.unit for unit in visit.campaign.units],
        wrong=wrong,
    )


def _draw_page(visit: Visit, found: Draw, wrong: str = "", status: int = 200) -> Response:
    return visit.render(
        "draw.html.j2",
        status,
        title=f"{visit.say('抽查')}{found.id}",
        draw=found,
        when=format_moment(found.drawn_at, visit.console.settings.zone),
        checked=list(_checked(visit, found)),
        results=RESULTS,
        wrong=wrong,
    )


def _checked(visit: Visit, found: Draw) -> Iterator[Checked]:
    zone = visit.console.settings.zone
    last = {one.unit: one for one in spotchecks.inspections(visit.ledger) if one.draw == found.id}
    for place, unit in enumerate(found.units, 1):
        entered = last.get(unit.unit)
        when = format_moment(entered.entered_at, zone) if entered else ""
        yield Checked(place, replace(unit), entered, when)


def _draw(visit: Visit) -> Draw:
    number = int(visit.part("draw"))
    for one in spotchecks.draws(visit.ledger):
        if one.id == number:
            return one
    raise HTTPException(404)


routes = [
    page("/checks", checks, needs="viewer"),
    action("/checks", make_draw, needs="clerk"),
    page("/checks/photo/{sha256:str}", photo, needs="viewer"),
    page("/checks/{draw:int}", one_draw, needs="viewer"),
    page("/checks/{draw:int}/{place:int}.zip", pack, needs="viewer"),
    action("/checks/{draw:int}/result", enter, needs="clerk", max_body=_PHOTO_BYTES),
]
