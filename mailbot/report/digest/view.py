"""The office's digest: what needs a person on top, then where every unit stands.

One person reads it on a phone in a minute, so what needs him comes first, each item with the
command that settles it, and units that sent nothing are a list of names, not rows of 缺.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from urllib.parse import quote

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language, say
from mailbot.model import (
    BODY_NAME,
    ArrivalSummary,
    CloudLink,
    Dossier,
    DossierState,
    Kind,
    Slot,
    SlotVerdict,
)
from mailbot.report.digest.choices import Offer, buttons_of
from mailbot.report.digest.crops import Crop
from mailbot.report.digest.words import SHORT, TIMING, kind_words, why_not
from mailbot.wording.phrases import (
    activity_of,
    clean,
    days_left,
    expiry_words,
    format_date,
    format_limit,
    format_moment,
    format_size,
    last_day,
    provider_name,
)
from mailbot.wording.templates import render

Tone = Literal["good", "bad", "wait", "plain"]
MAX_NEW = 30  # arrivals listed; the rest is counted
MAX_CROPS = 60  # cells shown; about 1 MB

_MARKS: Mapping[SlotVerdict, tuple[str, Tone]] = {
    SlotVerdict.ACCEPTED: ("✓", "good"),
    SlotVerdict.REJECTED: ("待补", "bad"),
    SlotVerdict.MISSING: ("缺", "plain"),
    SlotVerdict.ANNOUNCED: ("链接", "wait"),
    SlotVerdict.HELD: ("待核", "wait"),
}


@dataclass(frozen=True, slots=True)
class PersonItem:
    """One thing only a person can settle, and the exact command that does."""

    kind: str  # a code of _KINDS, or words of its own
    title: str
    detail: str = ""
    command: str = ""
    offer: Offer | None = None  # what a code of a mailed digest settles
    code: str = ""  # K7P4-2M9Q
    answers: tuple[str, ...] = ()  # the words that may follow the code
    crops: tuple[Crop, ...] = ()  # cells of a scan to compare with what was read
    arrival: int = 0  # the mail it tells of, where it offers nothing


@dataclass(frozen=True, slots=True)
class AnnouncedLink:
    """A link that somebody must open before it expires."""

    unit: str
    link: CloudLink
    arrival: int


@dataclass(frozen=True, slots=True)
class FormSum:
    """One column of the tables that are in force, added up."""

    label: str  # 总体情况·举办次数
    total: int | float
    unit: str = ""  # 场, 人次, 万元
    forms: int = 0  # how many units' tables state it


@dataclass(frozen=True, slots=True)
class Health:
    """How the system itself is."""

    last_poll: datetime | None = None
    sends_left_today: int | None = None
    deferred: int = 0
    postponed_today: int = 0  # did not fit the day's sends and wait for the next day
    postponed_yesterday: int = 0
    dead: int = 0
    quarantined: int = 0
    alerts: tuple[str, ...] = ()  # faults that stop sending or polling, in one line each
    shadow: int = 0  # replies that were written and, as the office only tries it, did not leave


@dataclass(frozen=True, slots=True)
class DigestView:
    """What one digest tells. `now` decides days left; `date` is the day it is for."""

    campaign: Campaign
    date: date
    now: datetime
    new: tuple[ArrivalSummary, ...] = ()  # since the digest before, oldest first
    needs_person: tuple[PersonItem, ...] = ()  # the most urgent first
    board: tuple[Dossier, ...] = ()  # every expected unit and every one with a dossier
    counts: Mapping[str, int] = field(default_factory=dict)  # arrivals by state
    links: tuple[AnnouncedLink, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()  # unit, what is odd
    form_sums: tuple[FormSum, ...] = ()
    health: Health = Health()
    answer_to: str = ""  # the address an answer with a code goes to
    answers: Mapping[int, str] = field(default_factory=dict)  # arrival: what became of its reply


@dataclass(frozen=True, slots=True)
class _Cell:
    mark: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class _Row:
    unit: str
    cells: tuple[_Cell, ...]
    timing: str  # 迟, 逾期补正, 漏报 or ""
    complete: bool


@dataclass(frozen=True, slots=True)
class _Link:
    unit: str
    name: str
    detail: str
    expiry: str
    url: str  # "" unless it is http or https
    urgent: bool
    order: int


@in_its_language
def render_digest(
    view: DigestView, chart: str = "", shown: Callable[[bytes], str] = lambda png: ""
) -> tuple[str, str, str]:
    """Subject, text and HTML. Raises PermanentFault `template` when a template is wrong.

    `chart`: the address of the progress chart (`cid:…` in a mail, `data:…` in a file).
    `shown` gives such an address to a picture of a cell; "" leaves the picture out.
    """
    campaign = view.campaign
    states = Counter(dossier.state for dossier in view.board if dossier.expected)
    links = _links(view)
    context: dict[str, object] = {
        "view": view,
        "chart": chart,
        "shown": _first(shown, MAX_CROPS),
        "campaign": campaign,
        "activity": activity_of(campaign),
        "today": format_date(view.date),
        "deadline": format_limit(campaign),
        "days": (last_day(campaign) - view.date).days,
        "other_deadlines": _other_deadlines(campaign),
        "quiet": not (view.new or view.needs_person or view.health.alerts),
        "expected": sum(states.values()),
        "complete": states[DossierState.COMPLETE],
        "partial": states[DossierState.INCOMPLETE],
        "nothing": states[DossierState.NOTHING],
        "columns": [
            SHORT.get(material.slot) or clean(material.label, 6) for material in campaign.materials
        ],
        "rows": _rows(view),
        "silent": [clean(one.unit, 40) for one in view.board if _is_silent(one)],
        "links": links[:_MOST_LINKS],
        "links_left": max(0, len(links) - _MOST_LINKS),
        "new": view.new[-MAX_NEW:],
        "older": max(0, len(view.new) - MAX_NEW),
        "kind_name": kind_words,
        "attached": _attached,
        "no_answer": why_not(bool(view.health.shadow)),
        "when": lambda moment: format_moment(moment, campaign.zone),
        "number": _number,
        "buttons": lambda item: _buttons(item, view.answer_to),
    }
    subject = render("digest_subject.txt.j2", campaign.templates, **context).strip()
    text = render("digest.txt.j2", campaign.templates, **context)
    html = render("digest.html.j2", campaign.templates, subject=subject, **context)
    return subject, text, html


def _first(shown: Callable[[bytes], str], most: int) -> Callable[[bytes], str]:
    """`shown` for the first pictures: a mail has a limit, and so has who reads it."""
    left = iter(range(most))
    return lambda png: shown(png) if next(left, None) is not None else ""


def _buttons(item: PersonItem, address: str) -> list[tuple[str, str]]:
    """Labels and mailto addresses (RFC 6068) that write an answer which needs only to be sent."""
    if item.offer is None or not item.code or not address:
        return []
    start = f"mailto:{quote(address, safe='@')}?subject={quote(say('简报答复'))}&body="
    return [
        (label, start + quote(f"{item.code} {words}", safe=""))
        for label, words in buttons_of(item.offer)
    ]


def _attached(arrival: ArrivalSummary) -> int:
    """How many files came, the body's own text and signature pictures not counted."""
    return sum(file.name != BODY_NAME and file.kind is not Kind.OTHER for file in arrival.files)


def _other_deadlines(campaign: Campaign) -> str:
    """Whose deadline is another day than the notice's: groups, materials, single units."""
    own = [(name, group.deadline) for name, group in campaign.groups.items()]
    own += [(material.label, material.deadline) for material in campaign.materials]
    own += [(unit.unit, unit.deadline) for unit in campaign.units if unit.expected]
    days = [(clean(name, 20), last_day(campaign, moment)) for name, moment in own if moment]
    told = [
        say("{name}{date}", name=name, date=format_date(day))
        for name, day in days
        if day != last_day(campaign)
    ]
    more = say("等{count}项", count=len(told)) if len(told) > 6 else ""
    return say("、").join(told[:6]) + more


def _is_silent(dossier: Dossier) -> bool:
    return dossier.state is DossierState.NOTHING and dossier.expected


def _cell(slot: Slot | None) -> _Cell:
    if slot is None or (not slot.required and slot.verdict is SlotVerdict.MISSING):
        return _Cell("", "plain")  # not asked of this unit, or only welcome
    return _Cell(say("免"), "plain") if slot.waived else _marked(slot.verdict)


def _marked(verdict: SlotVerdict) -> _Cell:
    mark, tone = _MARKS[verdict]
    return _Cell(say(mark), tone)


def _rows(view: DigestView) -> list[_Row]:
    """The units that sent something: what still needs work first, then the complete ones."""
    rows = []
    for dossier in view.board:
        if dossier.state is DossierState.NOTHING:
            continue
        cells = tuple(
            _cell(dossier.slots.get(material.slot)) for material in view.campaign.materials
        )
        rows.append(
            _Row(
                unit=clean(dossier.unit, 40),
                cells=cells,
                timing=TIMING.get(dossier.punctuality, ""),
                complete=dossier.state is DossierState.COMPLETE,
            )
        )
    return sorted(rows, key=lambda row: row.complete)


_MOST_LINKS = 50  # of a mail with thousands the digest would be too large to be delivered


def _links(view: DigestView) -> list[_Link]:
    """The soonest to expire first; those without a date after the dated ones."""
    links = []
    for announced in view.links:
        link = announced.link
        left = days_left(link.expires, view.date)
        size = say("，{format_size}", format_size=format_size(link.size)) if link.size else ""
        password = (
            say("，提取码 {password}", password=clean(link.password, 20)) if link.password else ""
        )
        links.append(
            _Link(
                unit=clean(announced.unit, 40),
                name=clean(link.name or say("未标明文件名")),
                detail=provider_name(link) + size + password,
                expiry=expiry_words(link.expires, view.date),
                url=_web_address(link.url),
                urgent=left is not None and left <= 5,
                order=left if left is not None else 10_000,
            )
        )
    return sorted(links, key=lambda link: link.order)


def _web_address(url: str) -> str:
    """The address, with what may not stand in one percent-encoded; "" when it is not the web's."""
    if not url.startswith(("https://", "http://")):
        return ""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=-._~", errors="replace")


def _number(value: float) -> str:
    """`1,234` or `12.5`."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")
