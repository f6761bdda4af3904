"""待办: what needs a person, most urgent first, as in the digest, and each item settled here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from starlette.responses import Response

from mailbot.console.addresses import unit_address
from mailbot.console.decided import concerned, done_words
from mailbot.console.glance import Glance, glances
from mailbot.console.routes import Visit, action, page
from mailbot.console.settling import Choice, fault_words, offer_text, read_offer, settle
from mailbot.console.words import filled, listed, said
from mailbot.deciding.desk import Desk
from mailbot.deciding.undoing import undo_decision, undoable
from mailbot.errors import MailbotError
from mailbot.language import say, spoken
from mailbot.ledger import audit
from mailbot.ledger.audit import AuditRow
from mailbot.ledger.dossiers import provisional_addresses, self_named
from mailbot.report.board import read_doubtful
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.gather import needs_person
from mailbot.report.digest.view import PersonItem
from mailbot.report.digest.words import kind_words
from mailbot.wording.phrases import format_moment

_RECENT = 20
_LONG = 400
_KEY = 10  # characters of an item's name in addresses
_MOST_CHOSEN = 150  # units that one chooses from a list; of more the name is typed
_FIGURE = "figure."
_ADDRESSES = 20  # confirmed with one press: as many as one looks through


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to settle, as the page shows it."""

    key: str
    kind: str
    title: str
    detail: str
    offer: Offer | None
    carried: str  # the offer as the form carries it
    first: str  # what "do what is suggested" would do; "" where a person has to say more
    links: tuple[tuple[str, str], ...]
    look: Glance
    addresses: tuple[tuple[str, str], ...]  # confirm: each with the unit it named
    is_batched: bool  # whether it may be settled among others, unseen
    is_dead: bool  # resend: no server took it, and telling by other means settles it too


@dataclass(frozen=True, slots=True)
class Recent:
    """A decision made lately."""

    entry: AuditRow
    words: str
    when: str
    can_undo: bool


_FIRST = {
    "accept": "认可",
    "confirm": "确认",
    "release": "答复",
    "reply": "发送收件情况",
    "retry": "重新处理",
    "resend": "重发",
    "approve": "批准发出",
    "lift": "放行",
    "aside": "已阅",
}


def todo(visit: Visit) -> Response:
    return _page(visit)


def settle_some(visit: Visit) -> Response:
    """One item by its own buttons, or all that are ticked."""
    carried = visit.fields("item")
    if not carried:
        return _page(visit, wrong=visit.say("请先选择事项。"), status=400)
    choice = _choice(visit)
    seen = visit.field("seen")
    told = []
    with visit.console.desk(visit.user) as desk:
        for text in carried:
            told += settle(desk, read_offer(text), choice, int(seen) if seen.isdecimal() else 0)
    failed = [one.words for one in told if not one.is_done]
    words = listed(one.words for one in told)
    if failed and len(told) == len(failed):
        with visit.console.reading() as now:  # with what the others did
            where = carried[0] if len(carried) == 1 else ""
            return _page(replace(visit, ledger=now), wrong=words, status=409, where=where)
    if len(told) > 3:
        count = len(told) - len(failed)
        words = listed((filled("已办理{count}件", count=count), *failed))
    return _on_to(visit, words)


def _choice(visit: Visit) -> Choice:
    """What the form says. A button with a unit's name on it says which."""
    named = visit.field("to")
    only = visit.fields("only")  # with one that is empty, so that none ticked is not all of them
    figures = {
        name.removeprefix(_FIGURE): value.strip()
        for name, value in visit.form.multi_items()
        if name.startswith(_FIGURE) and isinstance(value, str)
    }
    return Choice(
        "assign" if named else visit.field("do"),
        named or visit.field("unit"),
        visit.field("reason"),
        tuple(filter(None, only)) if only else None,
        figures,
    )


def _on_to(visit: Visit, words: str) -> Response:
    """To the item that took the place of the one that was settled; what was done stands above
    it."""
    place = visit.field("place")
    if not (place.isascii() and place.isdecimal() and len(place) < 6):
        return visit.back_to("/todo", told=words)
    return visit.back_to(f"/todo?at={place}", told=words, fragment="at")


def take_back(visit: Visit) -> Response:
    """One decision, or all that were made with one press: all of them or none."""
    numbers = {int(one) for one in visit.fields("number") if one.isdecimal() and len(one) < 16}
    try:
        with visit.console.desk(visit.user) as desk, desk.ledger.transaction():
            for number in sorted(numbers or {0}, reverse=True):
                undo_decision(desk, number)
    except MailbotError as error:
        return _page(visit, wrong=fault_words(error), status=409)
    return _on_to(visit, visit.say("已撤销。"))


def _page(visit: Visit, wrong: str = "", status: int = 200, where: str = "") -> Response:
    """`where`: the item, as its form carried it, that `wrong` is said of."""
    found = tuple(_items(visit))
    items = tuple(one for one in found if one.offer)
    recent = _recent(visit)
    last = _last(visit.user, recent)
    failed = next((one.key for one in items if where and one.carried == where), "")
    listed_units = len(visit.campaign.units) <= _MOST_CHOSEN
    return visit.render(
        "todo.html.j2",
        status,
        title=f"{visit.say('待办')}（{len(items)}）",
        count=len(items),
        items=items,
        known=tuple(one for one in found if not one.offer),
        at=_at(visit, items) if not wrong else None,
        failed=failed,
        typed={name: visit.form.get(name, "") for name in ("reason", "unit")},
        groups=tuple(_groups(visit)) if listed_units else (),
        seen=audit.last_number(visit.ledger),
        units=[unit.unit for unit in visit.campaign.units],
        recent=recent,
        last=last,
        undone=len({min(concerned(one.entry), default=one.words) for one in last}),
        wrong=wrong,
        firsts=_FIRST,
    )


def _at(visit: Visit, items: Sequence[Item]) -> int | None:
    """Before which item the page begins: its number, or the key of an item that somebody looked
    into."""
    asked = visit.asked("at")
    if len(asked) == _KEY:
        return next((place for place, one in enumerate(items) if one.key == asked), None)
    place = visit.number_asked("at", -1)
    return min(place, len(items)) if place >= 0 else None


def _groups(visit: Visit) -> Iterator[tuple[str, list[str]]]:
    by_group: dict[str, list[str]] = {}
    for unit in visit.campaign.units:
        by_group.setdefault(unit.group, []).append(unit.unit)
    yield from by_group.items()


def _items(visit: Visit) -> Iterator[Item]:
    board = read_doubtful(visit.ledger, visit.campaign, visit.now)
    settings = visit.console.settings
    found = _together(
        needs_person(visit.ledger, board, visit.campaign, settings, visit.now, pictures=False)
    )
    looks = glances(visit.ledger, visit.campaign, board, [one.offer for one in found])
    speaks_for = {row["sender_address"]: row["unit"] for row in self_named(visit.ledger)}
    speaks_for |= provisional_addresses(visit.ledger)
    forms = {"form", *visit.campaign.forms}
    for one, look in zip(found, looks, strict=True):
        item = _item(one, look, speaks_for)
        if one.offer and one.offer.action == "accept" and one.offer.slot in forms:
            # A table is compared figure by figure, or is one of which no figure was read.
            item = replace(item, is_batched=False)
        yield item


def _together(found: Sequence[PersonItem]) -> list[PersonItem]:
    """Addresses to confirm in one item: the digest, in which a code settles all of one, has a few
    in each; here each has a box of its own."""
    together: list[PersonItem] = []
    addresses: list[str] = []
    place = 0
    for one in found:
        if one.offer is None or one.kind != "provisional":
            together.append(one)
            continue
        place = place if addresses else len(together)
        addresses += one.offer.target.split()
    for start in range(0, len(addresses), _ADDRESSES):
        some = addresses[start : start + _ADDRESSES]
        title = say("{count}个发件地址系首次来信时自报单位，请核对", count=len(some))
        offer = Offer("confirm", " ".join(some))
        together.insert(place, PersonItem("provisional", title, offer=offer))
        place += 1
    return together


def _item(one: PersonItem, look: Glance, speaks_for: Mapping[str, str]) -> Item:
    offer = one.offer
    carried = offer_text(offer) if offer else ""
    first = ""
    if offer is not None:
        first = said(_FIRST.get(offer.action, ""))
        if offer.action == "assign" and offer.unit:
            first = f"{said('归入')} {offer.unit}" if spoken() != "zh" else f"归入{offer.unit}"
    digest = sha256(f"{one.kind}{carried}{one.title}".encode()).hexdigest()[:_KEY]
    addresses: tuple[tuple[str, str], ...] = ()
    if offer is not None and offer.action == "confirm":
        addresses = tuple((one, speaks_for.get(one, "")) for one in offer.target.split())
    detail = "" if one.kind == "provisional" else _without_commands(one.detail)
    detail = detail if len(detail) <= _LONG else f"{detail[:_LONG]}…"
    is_lifted = offer is not None and offer.action == "lift"
    return Item(
        key=digest,
        kind=kind_words(one.kind),
        title=one.title,
        detail=detail,
        offer=offer,
        carried=carried,
        first=first,
        links=tuple(_links(offer)) if offer else (),
        look=look,
        addresses=addresses,
        # What a person has set aside himself is not brought back among others.
        is_batched=bool(first) and not look.figures and not is_lifted,
        is_dead=one.kind == "dead_reply",
    )


def _without_commands(detail: str) -> str:
    """What is said of a command is a button here."""
    clauses = re.sub(r"（mailbot [^）]*）", "", detail).split("；")
    return "；".join(one for one in clauses if "mailbot " not in one)


def _links(offer: Offer) -> Iterator[tuple[str, str]]:
    """Where to look before deciding."""
    if offer.action in ("assign", "release", "reply", "retry", "aside"):
        yield f"/mails/{offer.target}", "看来信"
    elif offer.action == "accept":
        yield unit_address(offer.target), "看该单位材料"
    elif offer.action in ("approve", "resend"):
        yield "/outbox", "看原文"


def _last(user: str, recent: Sequence[Recent]) -> list[Recent]:
    """What the user decided last, with one press, if all of it can be taken back."""
    mine = [one for one in recent if one.entry.by == user]
    group = [one for one in mine if one.entry.at == mine[0].entry.at]
    return group if all(one.can_undo for one in group) else []


def _recent(visit: Visit) -> Sequence[Recent]:
    newest = audit.newest(visit.ledger, _RECENT)
    desk = Desk(visit.ledger, visit.campaign, visit.console.settings, visit.user, visit.now)
    possible = undoable(desk, [entry.id for entry in newest])
    return [
        Recent(
            entry,
            done_words(entry, visit.campaign),
            format_moment(entry.at, visit.console.settings.zone),
            entry.id in possible,
        )
        for entry in newest
    ]


routes = [
    page("/todo", todo, needs="viewer"),
    action("/todo/settle", settle_some, needs="clerk"),
    action("/todo/undo", take_back, needs="clerk"),
]
