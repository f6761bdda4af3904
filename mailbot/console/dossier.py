"""One unit's dossier as its page shows it: a fixed number of statements, whatever it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign.rules import RuleBase
from mailbot.campaign.types import Campaign, Unit
from mailbot.console.photos import PhotoIndex
from mailbot.judgement.dossier import judge_dossier, judge_punctuality
from mailbot.ledger import console as asked
from mailbot.ledger.console import StoredFile
from mailbot.ledger.dossiers import addresses_bound_to
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, DossierFile, Finding, Kind, Punctuality

_PLAYED = {"mp4": ("AVC", "AV1"), "mov": ("AVC",)}  # by the browsers of the day


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a unit's course."""

    at: datetime
    kind: str  # mail, reply, decision, check
    row: Row


@dataclass(frozen=True, slots=True)
class UnitPage:
    """All that the page of one unit tells."""

    unit: Unit
    dossier: Dossier
    punctuality: Punctuality
    addresses: Mapping[str, str]  # → listed, confirmed or provisional
    events: tuple[Event, ...]
    elsewhere: Mapping[str, tuple[StoredFile, ...]]  # content → the same at other units
    revision: int  # of the dossier; 0 where nothing is stored


def read_unit_page(
    ledger: Ledger, campaign: Campaign, unit: Unit, photos: PhotoIndex, now: datetime
) -> UnitPage:
    """The page of this unit as of now."""
    name = unit.unit
    dossier, revision = asked.stored_dossier(ledger, name)
    if dossier is None:
        dossier = judge_dossier(name, unit.expected, (), campaign, now)
    mails = asked.mails_of_unit(ledger, name)
    replies = asked.replies_of_unit(ledger, name)
    decisions = asked.decisions_about(ledger, name, [row["id"] for row in mails])
    checks = asked.inspections_of(ledger, name)
    events = [
        *(Event(moment(row["arrived_at"]), "mail", row) for row in mails),
        *(Event(_moment_of(row), "reply", row) for row in replies),
        *(Event(moment(row["at"]), "decision", row) for row in decisions),
        *(Event(moment(row["entered_at"]), "check", row) for row in checks),
    ]
    addresses: dict[str, str] = dict.fromkeys(unit.addresses, "listed")
    for address, status in addresses_bound_to(ledger, name).items():
        addresses.setdefault(address, status)
    return UnitPage(
        unit,
        dossier,
        judge_punctuality(campaign, name, dossier.slots, dossier.first_arrival, now),
        addresses,
        tuple(sorted(events, key=lambda event: event.at)),
        _elsewhere(ledger, dossier, photos),
        revision,
    )


def _moment_of(reply: Row) -> datetime:
    return moment(reply["sent_at"] or reply["composed_at"] or reply["queued_at"])


def _elsewhere(
    ledger: Ledger, dossier: Dossier, photos: PhotoIndex
) -> dict[str, tuple[StoredFile, ...]]:
    """Photos and videos of this dossier that another unit sent too, or photos that look alike."""
    media = [file.judged for file in files_of(dossier) if file.judged.kind in _MEDIA]
    looks = {one.sha256: str(one.facts["phash"]) for one in media if one.facts.get("phash")}
    near = photos.near(ledger, looks.values())
    alike = {one.sha256: {one.sha256} | near.get(looks.get(one.sha256, ""), set()) for one in media}
    found = asked.same_contents(ledger, set().union(*alike.values()) if alike else set())
    return {
        sha256: others
        for sha256, contents in alike.items()
        if (
            others := tuple(
                file
                for content in sorted(contents)
                for file in found.get(content, ())
                if file.unit and file.unit != dossier.unit
            )
        )
    }


_MEDIA = (Kind.PHOTO, Kind.VIDEO)


def files_of(dossier: Dossier) -> Iterator[DossierFile]:
    """Every file of a dossier."""
    for slot in dossier.slots.values():
        yield from slot.files


def is_played(format: str, facts: Mapping[str, object]) -> bool:
    """Whether browsers play such a video."""
    return facts.get("codec") in _PLAYED.get(format, ())


def sources_of(campaign: Campaign) -> dict[str, RuleBase]:
    """The rule behind a finding's code, whose sentence of the notice is shown beside it."""
    rules: dict[str, RuleBase] = {rule.code: rule for rule in campaign.rules}
    return rules | {check.code: check for check in campaign.form_checks}


def told_once(findings: tuple[Finding, ...]) -> list[Finding]:
    """The same finding of several cells stands once."""
    return list({(one.code, one.where, one.message): one for one in findings}.values())
