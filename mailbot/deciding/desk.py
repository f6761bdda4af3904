"""What every decision shares: who decides, and what follows from it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailbot.campaign.roster import owner_of_name
from mailbot.campaign.types import Campaign, Unit
from mailbot.dossiers.on_record import hears_as, rejudge
from mailbot.dossiers.roster import rules_in_force
from mailbot.errors import NotFoundError, TemporaryFault
from mailbot.ledger import audit, decisions, dossiers, enquiries, replies, undo
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier, DossierState
from mailbot.outbox.answering import owe_reply
from mailbot.settings.types import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision did. `replied`: the address a fresh reply goes to."""

    action: str
    subject: str
    changed: bool = True
    replied: str = ""


@dataclass(slots=True)
class Change:
    """Filled in while a decision is made; `after` stays empty where nothing changed."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    replied: str = ""
    subject: str = ""  # where it is known only once the decision is made


@dataclass(frozen=True, slots=True)
class Desk:
    """The ledger and the campaign in force, and who decides on them when."""

    ledger: Ledger
    campaign: Campaign
    settings: Settings
    by: str
    now: datetime

    @contextmanager
    def decision(
        self, action: str, subject: str, reason: str, *, undoable: bool = True
    ) -> Iterator[Change]:
        """One transaction; ends with its row of the audit trail if `after` was filled in, and with
        what it changed, so that it can be taken back (`undoing`). TemporaryFault `rules_renewed`
        where other rules came in force while it waited for the ledger: it would judge by the
        former ones."""
        change = Change()
        with self.ledger.transaction():
            if rules_in_force(self.ledger, self.campaign) is not self.campaign:
                raise TemporaryFault("rules_renewed", "other rules were just put in force")
            with undo.noting(self.ledger) as images:
                yield change
            if change.after:
                number = audit.append(
                    self.ledger,
                    by=self.by,
                    action=action,
                    subject=change.subject or subject,
                    reason=reason,
                    before=change.before,
                    after=change.after,
                    now=self.now,
                )
                if undoable and images:
                    undo.record(self.ledger, number, images)

    def unit(self, name: str) -> Unit:
        """The unit of this name or alias; NotFoundError when there is none."""
        owner = owner_of_name(self.campaign.units, name.strip())
        unit = self.campaign.unit_named(owner) if owner else None
        if unit is None:
            raise NotFoundError(f"no unit named {name}")
        return unit

    def dossier(self, unit: str) -> Dossier:
        """The unit's dossier, judged now."""
        return rejudge(self.ledger, self.campaign, unit, self.now)

    def follow_up(
        self, unit: str, before: Dossier, about: str = "", *, refused: bool = False
    ) -> tuple[Dossier, str]:
        """The dossier judged anew, and to whom a fresh reply goes ("": nobody).

        One reply, to the latest sender among those who speak for the unit: it shows the whole
        dossier, and who sent last is who is at work on it. A reply to each sender would tell the
        same to several clerks and cost as many of the day's sends.
        """
        after = self.dossier(unit)
        if _told(after) == _told(before):
            return after, ""
        return after, self.owe_fresh_reply(unit, after, about, refused=refused)

    def owe_fresh_reply(
        self, unit: str, dossier: Dossier, about: str = "", *, refused: bool = False
    ) -> str:
        """Open a reply to the unit's latest sender who may be answered; his address.

        `about`: the address whose file was decided about. It goes first, since another one is not
        told what was found in it; but of what was `refused` the unit's own hears before a stranger,
        who filled its place. Then those that are listed or confirmed, then who speaks for the unit
        for the time being: anyone can name a unit, and would hear of it in their place. Where the
        server found a mail forged, its supposed sender hears of his own files alone.
        """
        on_hold = decisions.held(self.ledger, "arrival")
        rows = enquiries.answerable(self.ledger, unit)
        places = {}
        for address in {str(row["sender_address"]) for row in rows}:
            place = hears_as(self.ledger, self.campaign, unit, address)
            places[address] = (refused and place > 0, address != about, place)
        for row in sorted(rows, key=lambda one: places[one["sender_address"]]):
            address = row["sender_address"]
            forged = row["sender_doubt"] == "failed" and address != about
            if forged or str(row["id"]) in on_hold or dossiers.is_bounced(self.ledger, address):
                continue
            owe_reply(
                self.ledger,
                self.campaign,
                self.settings,
                int(row["id"]),
                unit=unit,
                address=address,
                now=self.now,
            )
            if dossier.state is DossierState.COMPLETE:
                replies.set_due(self.ledger, unit, address, self.now)
            return str(address)
        return ""


def audited_dossier(dossier: Dossier) -> Mapping[str, str]:
    """A dossier in the audit trail: its state, and the verdict of each slot."""
    slots = {
        name: "waived" if slot.waived else slot.verdict.value
        for name, slot in dossier.slots.items()
    }
    return {"state": dossier.state.value, **slots}


def _told(dossier: Dossier) -> list[Any]:
    """What a reply would tell of a dossier: where this differs something changed for the unit."""
    return [
        (
            name,
            slot.verdict,
            slot.waived,
            [
                (one.judged.sha256, one.judged.verdict, one.counts, one.superseded, one.decided)
                for one in slot.files
            ],
        )
        for name, slot in dossier.slots.items()
    ]
