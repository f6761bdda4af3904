"""办理: everything that can be decided about one unit, file by file, figure by figure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from mailbot.console.addresses import address_of
from mailbot.console.crops import crops_of
from mailbot.console.decided import done_words
from mailbot.console.routes import Visit, action, page
from mailbot.console.settling import fault_words
from mailbot.console.words import filled, said
from mailbot.deciding.correcting import correct
from mailbot.deciding.desk import Desk, Outcome
from mailbot.deciding.mails import hold, release
from mailbot.deciding.slots import Ruling, rule_slot
from mailbot.errors import MailbotError, SettingsError
from mailbot.judgement.form.field_checks import label_of
from mailbot.ledger import audit, decisions
from mailbot.model import BODY_NAME, DossierFile, FieldValue, Slot
from mailbot.report.board import read_dossier
from mailbot.wording.office import SLOT_STATUS, VERDICTS, unit_of

_RULINGS: tuple[Ruling, ...] = ("accept", "reject", "waive")


@dataclass(frozen=True, slots=True)
class Figure:
    """One field of a table, as a person may correct it."""

    key: str
    label: str
    unit: str
    read: FieldValue
    is_doubtful: bool
    pictures: tuple[str, ...]  # of its cells, where it was read off paper


@dataclass(frozen=True, slots=True)
class Came:
    """One file of a slot."""

    file: DossierFile
    name: str
    verdict: str
    tone: str
    findings: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One slot with what came for it."""

    slot: Slot
    status: str
    tone: str
    files: tuple[Came, ...]


def unit_page(visit: Visit) -> Response:
    return _page(visit, visit.asked("unit"))


def decide(visit: Visit) -> Response:
    """One ruling, one corrected figure, or a hold; the reason stands in the trail."""
    unit, do = visit.field("unit"), visit.field("do")
    slot, file, reason = visit.field("slot"), visit.field("file"), visit.field("reason")

    def make(desk: Desk) -> Outcome:
        if do == "hold":
            return hold(desk, desk.unit(unit).unit, reason)
        if do == "release":
            return release(desk, desk.unit(unit).unit, reason)
        if do == "correct":
            field, text = visit.field("field"), visit.field("text")
            return correct(desk, unit, field, text, reason, file=file, slot_name=slot)
        for ruling in _RULINGS:
            if do == ruling:
                return rule_slot(desk, ruling, unit, slot, reason, file)
        raise SettingsError("no such decision")

    if not reason and do != "release":
        return _page(visit, unit, visit.say("请写明理由。"), 409)
    try:
        with visit.console.desk(visit.user) as desk:
            outcome = make(desk)
            made = audit.newest(desk.ledger, 1)
    except MailbotError as error:
        return _page(visit, unit, fault_words(error), 409)
    words = done_words(made[0], visit.campaign) if outcome.changed else said("此前即如此，未作变动")
    if outcome.replied:
        words += filled("，将另发答复至 {address}", address=outcome.replied)
    return visit.back_to(f"/decide?unit={quote(unit)}", told=words)


def _page(visit: Visit, asked: str, wrong: str = "", status: int = 200) -> Response:
    unit = unit_of(visit.campaign, asked).unit
    dossier = read_dossier(visit.ledger, visit.campaign, unit, visit.now)
    return visit.render(
        "decide.html.j2",
        status,
        title=f"{unit}：{visit.say('办理')}",
        unit=unit,
        asked=list(_asked(visit, dossier.slots.values())),
        is_held=unit in decisions.held(visit.ledger, "unit"),
        wrong=wrong,
    )


def _asked(visit: Visit, slots: Iterable[Slot]) -> Iterator[Asked]:
    tones = {"accepted": "good", "rejected": "bad", "held": "wait", "announced": "wait"}
    for slot in slots:
        status = visit.say("免报") if slot.waived else SLOT_STATUS[slot.verdict]
        files = tuple(_came(visit, slot, file) for file in slot.files)
        yield Asked(slot, status, tones.get(slot.verdict.value, ""), files)


def _came(visit: Visit, slot: Slot, file: DossierFile) -> Came:
    judged, tone = file.judged, {"accepted": "good", "rejected": "bad", "held": "wait"}
    words = said("采用") if file.counts else VERDICTS[judged.verdict]
    return Came(
        file=file,
        name=said("来信正文") if judged.name == BODY_NAME else judged.name,
        verdict=words,
        tone=tone[judged.verdict.value],
        findings=tuple(one.message for one in judged.findings),
        figures=tuple(_figures(visit, slot.slot, file)) if judged.fields else (),
    )


def _figures(visit: Visit, slot: str, file: DossierFile) -> Iterator[Figure]:
    campaign = visit.campaign
    if slot != "form" and slot not in campaign.forms:
        return
    crops = crops_of(file.judged)
    for field in campaign.of_form(slot).form.fields:
        read = file.judged.fields.get(field.key, FieldValue(None, "", ""))
        doubtful = any(
            f"“{label_of(field)}”" in one.message or (read.where and read.where in one.where)
            for one in file.judged.findings
        )
        pictures = tuple(
            address_of(file.arrival, sha256, f"/{name}")
            for cell in read.where.split("、")
            for sha256, name in [crops.get(cell, ("", ""))]
            if name
        )
        yield Figure(field.key, label_of(field), field.unit, read, doubtful, pictures)


routes = [
    page("/decide", unit_page, needs="clerk"),
    action("/decide", decide, needs="clerk"),
]
