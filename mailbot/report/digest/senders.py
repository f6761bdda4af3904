"""Who is not known to be of the unit that he names: what of it a person must settle."""

import json
from collections.abc import Container, Iterator, Sequence

from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import address_record, addresses_of
from mailbot.language import say
from mailbot.ledger import arrivals, dossiers
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier, Slot, SlotVerdict
from mailbot.report.digest.choices import Offer, command_of, ways_to_answer
from mailbot.report.digest.view import PersonItem
from mailbot.wording.office import unit_of

_ADDRESSES = 5  # confirmed together: as many as one looks through
_SHOWN = 280  # characters of a matter that the digest shows whole (`clean` cuts in the middle)


def item_of(kind: str, title: str, detail: str, offer: Offer) -> PersonItem:
    """A matter with the decision that settles it."""
    return PersonItem(
        kind, title, detail, command_of(offer), offer=offer, answers=ways_to_answer(offer)
    )


def list_self_named(ledger: Ledger, campaign: Campaign, aside: set[str]) -> Iterator[PersonItem]:
    """Addresses that speak for a unit by their own word: of a unit that has no other, and
    beside those that it has."""
    provisional = dossiers.provisional_addresses(ledger).items()
    found = [(address, f"{unit} {address}") for address, unit in provisional]
    for some in _shown_whole(found):
        title = say("{count}个发件地址系首次来信时自报单位，请核对", count=len(some))
        yield _to_confirm("provisional", title, some)
    yield from _beside_its_own(ledger, campaign, aside)


def list_forged(ledger: Ledger, board: Sequence[Dossier], aside: set[str]) -> Iterator[PersonItem]:
    """Mails whose sender failed our server's check and whose files fill what was empty: a failed
    check refuses no submission (many servers are set up wrongly), but somebody must know."""
    filled: dict[int, list[str]] = {}
    for dossier in board:
        for slot in dossier.slots.values():
            for file in slot.files:
                if file.counts and not file.decided:
                    filled.setdefault(file.arrival, []).append(slot.label)
            for link in slot.links:
                if slot.verdict is SlotVerdict.ANNOUNCED:
                    filled.setdefault(link.arrival, []).append(_linked(slot))
    for row in arrivals.found_forged(ledger):
        labels = dict.fromkeys(filled.get(row["id"], ()))
        if not labels or str(row["id"]) in aside:
            continue
        yield item_of(
            "forged",
            say("{unit} 第{id}号来信发件人核验未通过", unit=row["unit"], id=row["id"]),
            say(
                "来自 {address}，可能系冒用；其{labels}已计入，请与该单位核实后归入，或逐件退回",
                address=row["sender_address"],
                labels=say("、").join(labels),
            ),
            Offer("assign", str(row["id"]), unit=row["unit"]),
        )


def _announced(dossier: Dossier, mails: Container[int]) -> list[str]:
    """Materials of which these mails brought a link, and nobody a file."""
    return [
        _linked(slot)
        for slot in dossier.slots.values()
        if slot.verdict is SlotVerdict.ANNOUNCED and any(one.arrival in mails for one in slot.links)
    ]


def _linked(slot: Slot) -> str:
    return say("{label}（下载链接）", label=slot.label)


def _beside_its_own(ledger: Ledger, campaign: Campaign, aside: set[str]) -> Iterator[PersonItem]:
    """Addresses beside those of a unit whose files fill what was empty: anyone may name a unit
    (CONTRACT, Decisions, Address: such a one "is shown to the office")."""
    found: list[tuple[str, str]] = []  # address, what is said of it
    for row in dossiers.self_named(ledger):
        unit, address = row["unit"], row["sender_address"]
        record = address_record(ledger, campaign, address)
        if not address or record.unit == unit or str(row["newest"]) in aside:
            continue
        dossier = dossiers.stored_dossier(ledger, unit)
        labels = [
            slot.label
            for slot in (dossier.slots.values() if dossier else ())
            for file in slot.files
            if file.counts and not file.decided and file.decided_by_address == address
        ]
        mails = set(json.loads(row["mails"]))
        labels += _announced(dossier, mails) if dossier else []
        if not labels:
            continue
        filled = say("、").join(dict.fromkeys(labels))
        if record.unit is not None:  # it is another unit's: only this mail can be vouched for
            id_, owner = row["newest"], record.unit
            yield item_of(
                "self_named",
                say("{unit} 第{id}号来信由{owner}的邮箱发来", unit=unit, id=id_, owner=owner),
                say("来自 {address}；其{labels}已计入，请核对", address=address, labels=filled),
                Offer("assign", str(id_), unit=unit),
            )
            continue
        known = say("、").join(list(addresses_of(ledger, unit_of(campaign, unit)))[:2])
        words = say(
            "{unit} {address}（已计入{labels}；该单位原有邮箱 {known}）",
            unit=unit,
            address=address,
            labels=filled,
            known=known,
        )
        found.append((address, words if len(words) <= _SHOWN else f"{unit} {address}"))
    for some in _shown_whole(found):
        title = say(
            "{count}个发件地址自报单位，但不是该单位原有邮箱，请与该单位核实；不属实的，请逐件退回",
            count=len(some),
        )
        yield _to_confirm("self_named", title, some)


def _to_confirm(kind: str, title: str, some: Sequence[tuple[str, str]]) -> PersonItem:
    """One code confirms them all, and it must not confirm what nobody saw: an address that is too
    long to be shown whole has none."""
    detail = say("；").join(words for _, words in some)
    if len(detail) > _SHOWN:
        return PersonItem(kind, title, detail)
    return item_of(kind, title, detail, Offer("confirm", " ".join(one for one, _ in some)))


def _shown_whole(found: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Addresses with what is said of them, as many together as are shown whole."""
    together: list[tuple[str, str]] = []
    length = 0
    for address, words in found:
        if together and (len(together) == _ADDRESSES or length + len(words) > _SHOWN):
            yield together
            together, length = [], 0
        together.append((address, words))
        length += len(words) + 1
    if together:
        yield together
