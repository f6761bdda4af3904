"""The items of 待办: what needs a person, as in the digest, each with what settles it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from mailbot.console.addresses import address_of, unit_address
from mailbot.console.glance import Glance, glances
from mailbot.console.routes import Visit
from mailbot.console.settling import offer_text
from mailbot.console.words import filled, said
from mailbot.judgement.slots import WITHDRAWN
from mailbot.language import say, spoken
from mailbot.ledger import audit
from mailbot.ledger.dossiers import provisional_addresses, self_named
from mailbot.ledger.withdrawals import withdrawing
from mailbot.model import Dossier, DossierFile
from mailbot.report.board import read_doubtful
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.gather import needs_person
from mailbot.report.digest.view import PersonItem
from mailbot.report.digest.words import kind_words

_LONG = 400
KEY_LENGTH = 10  # characters of an item's name in addresses
_MOST_CHOSEN = 150  # units that one chooses from a list; of more the name is typed
_ADDRESSES = 20  # confirmed with one press: as many as one looks through

# What a button says that does what the item suggests.
FIRST: Mapping[str, str] = {
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


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an item that several files of one mail make up."""

    carried: str
    title: str
    look: Glance


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
    parts: tuple["Part", ...] = ()  # what one mail brought or took back, settled with one press
    is_withdrawal: bool = False  # its sender took back what `parts` are
    mail: int = 0  # of a withdrawal that was answered
    beside: str = ""  # the mail of a withdrawal, as the form carries it: settled with its files

    @property
    def all_carried(self) -> tuple[str, ...]:
        """Every offer that the form of this item may carry."""
        own = tuple(one.carried for one in self.parts) or (self.carried,)
        return (self.beside, *own) if self.beside else own

    def is_about(self, arrival: int, sha256: str) -> bool:
        """Whether this file is what it asks of."""
        address = address_of(arrival, sha256)
        looks = (self.look, *(one.look for one in self.parts))
        return any(file.address == address for look in looks for file in look.files)


def settling_words(visit: Visit) -> dict[str, Any]:
    """What the form that settles an item needs beside the item."""
    units = visit.campaign.units
    return {
        "typed": {name: visit.form.get(name, "") for name in ("reason", "unit")},
        "groups": tuple(_groups(visit)) if len(units) <= _MOST_CHOSEN else (),
        "units": [unit.unit for unit in units],
        "seen": audit.last_number(visit.ledger),
    }


def _groups(visit: Visit) -> Iterator[tuple[str, list[str]]]:
    by_group: dict[str, list[str]] = {}
    for unit in visit.campaign.units:
        by_group.setdefault(unit.group, []).append(unit.unit)
    yield from by_group.items()


def items_of(visit: Visit) -> Iterator[Item]:
    """What needs a person, most urgent first."""
    board = read_doubtful(visit.ledger, visit.campaign, visit.now)
    settings = visit.console.settings
    found = _together(
        needs_person(visit.ledger, board, visit.campaign, settings, visit.now, pictures=False)
    )
    looks = glances(visit.ledger, visit.campaign, board, [one.offer for one in found])
    speaks_for = {row["sender_address"]: row["unit"] for row in self_named(visit.ledger)}
    speaks_for |= provisional_addresses(visit.ledger)
    forms = {"form", *visit.campaign.forms}
    made = []
    for one, look in zip(found, looks, strict=True):
        item = _item(one, look, speaks_for)
        if one.offer and one.offer.action == "accept" and one.offer.slot in forms:
            # A table is compared figure by figure, or is one of which no figure was read.
            item = replace(item, is_batched=False)
        made.append(item)
    yield from _by_mail(visit, board, made)


def _by_mail(visit: Visit, board: Sequence[Dossier], made: Sequence[Item]) -> Iterator[Item]:
    """Files that one mail would put in the place of others in one item, and what one mail took
    back in one with that mail; tables, which are compared figure by figure, by themselves."""
    files = {
        (dossier.unit, slot.slot, file.judged.sha256): file
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
    }
    offers = [one.offer for one in made if one.offer and one.offer.action == "accept"]
    found = {offer: files.get((offer.target, offer.slot, offer.sha256)) for offer in offers}
    by = withdrawing(visit.ledger, {one.arrival for one in found.values() if one is not None})
    together: dict[tuple[str, int, str], list[Item]] = {}
    for item in made:
        if (key := _mail_of(item, found, by)) is not None:
            together.setdefault(key, []).append(item)
    told = set()
    for item in made:
        key = _mail_of(item, found, by)
        several = together.get(key, []) if key is not None else []
        parts = [one for one in several if one.offer and one.offer.action == "accept"]
        if key is None or not parts or (len(several) == 1 and key[0] == _INSTEAD):
            yield item
        elif key not in told:
            told.add(key)
            yield _of_mail(key, several, parts)


_INSTEAD, _BACK = "instead", "back"


def _mail_of(
    item: Item, found: Mapping[Offer, DossierFile | None], by: Mapping[tuple[int, str], int]
) -> tuple[str, int, str] | None:
    """Of which mail the item is: one that would replace files of a unit, or took them back."""
    offer = item.offer
    if item.is_withdrawal:
        return _BACK, int(offer.target) if offer else item.mail, ""
    if offer is None:
        return None
    file = found.get(offer) if offer.action == "accept" else None
    if file is None or item.look.figures:
        return None
    if any(one.code == WITHDRAWN for one in file.judged.findings):
        number = by.get((file.arrival, file.judged.sha256))
        return (_BACK, number, "") if number is not None else None
    if file.shown_only and item.is_batched:
        return _INSTEAD, file.arrival, offer.target
    return None


def _of_mail(key: tuple[str, int, str], several: Sequence[Item], parts: Sequence[Item]) -> Item:
    """One item of several; where the mail itself wants settling, it stands for them."""
    what, number, unit = key
    mail = next((one for one in several if one not in parts), None)
    head = mail if mail is not None and mail.offer is not None else parts[0]
    title, detail = (mail or head).title, (mail or head).detail
    if what == _INSTEAD:
        title = filled(
            "{unit} 第{number}号来信的{count}份材料", unit=unit, number=number, count=len(parts)
        )
    elif mail is None:
        title = filled("第{number}号来信要求撤回此前材料", number=number)
    names = "".join(one.carried for one in parts)
    return replace(
        head,
        key=sha256(f"{what}{number}{names}".encode()).hexdigest()[:KEY_LENGTH],
        title=title,
        detail=detail,
        kind=head.kind if what == _INSTEAD else kind_words("withdrawal"),
        links=((f"/mails/{number}", "看来信"), *(parts[0].links)),
        look=Glance(),
        is_batched=False,
        parts=tuple(Part(one.carried, one.title, one.look) for one in parts),
        is_withdrawal=what == _BACK,
        beside="" if head in parts else head.carried,
    )


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
        first = said(FIRST.get(offer.action, ""))
        if offer.action == "assign" and offer.unit:
            first = f"{said('归入')} {offer.unit}" if spoken() != "zh" else f"归入{offer.unit}"
    digest = sha256(f"{one.kind}{carried}{one.title}".encode()).hexdigest()[:KEY_LENGTH]
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
        is_withdrawal=one.kind == "withdrawal",
        mail=one.arrival,
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
