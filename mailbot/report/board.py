"""What the ledger knows, as `status` and `show` tell it."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot.campaign.types import Campaign, Unit
from mailbot.dossiers.on_record import addresses_of
from mailbot.errors import NotFoundError
from mailbot.judgement.dossier import judge_dossier, judge_punctuality
from mailbot.ledger import arrivals, dossiers, enquiries, replies, sending
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier
from mailbot.report.as_json import dossier_json, judged_json, link_json, row_json
from mailbot.report.undelivered import standing_alerts
from mailbot.wording.office import unit_of


def read_board(ledger: Ledger, campaign: Campaign, now: datetime) -> list[Dossier]:
    """Every expected unit and every unit with a dossier, in the order of units.csv."""
    stored = dossiers.stored_dossiers(ledger)
    return [
        _dossier_of(unit, stored.get(unit.unit), campaign, now)
        for unit in campaign.units
        if unit.expected or unit.unit in stored
    ]


def read_doubtful(ledger: Ledger, campaign: Campaign, now: datetime) -> list[Dossier]:
    """The dossiers of the board in which a file waits for a person. A few others may be among them:
    the ledger finds them by their stored text (`dossiers.with_doubts`)."""
    stored = dossiers.with_doubts(ledger)
    return [
        _dossier_of(unit, stored[unit.unit], campaign, now)
        for unit in campaign.units
        if unit.unit in stored
    ]


def read_dossier(ledger: Ledger, campaign: Campaign, asked: str, now: datetime) -> Dossier:
    """The dossier of one unit, by name or alias; NotFoundError when units.csv has none."""
    unit = unit_of(campaign, asked)
    stored = dossiers.stored_dossier(ledger, unit.unit)
    return _dossier_of(unit, stored, campaign, now)


def _dossier_of(unit: Unit, stored: Dossier | None, campaign: Campaign, now: datetime) -> Dossier:
    if stored is None:
        return judge_dossier(unit.unit, unit.expected, (), campaign, now)
    punctuality = judge_punctuality(campaign, unit.unit, stored.slots, stored.first_arrival, now)
    return replace(stored, punctuality=punctuality, expected=unit.expected)


def status_json(ledger: Ledger, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """CONTRACT: JSON of `status`; `alerts`: what the office must hear of and no mail can tell."""
    return {
        "units": [dossier_json(dossier) for dossier in read_board(ledger, campaign, now)],
        "arrivals": enquiries.states(ledger),
        "outbox": sending.states(ledger),
        "alerts": list(standing_alerts(ledger)),
    }


def show_json(ledger: Ledger, campaign: Campaign, asked: str, now: datetime) -> dict[str, Any]:
    """Everything known of one arrival (by number) or one unit (by name or alias)."""
    if asked.isdecimal():
        row = arrivals.arrival_row(ledger, int(asked))
        if row is None:
            raise NotFoundError(f"no arrival {asked}")
        return {"arrival": _arrival_json(ledger, row)}
    unit = next((one for one in campaign.units if asked == one.unit or asked in one.aliases), None)
    if unit is None:
        raise NotFoundError(f"no unit named {asked} in units.csv, and no arrival of this number")
    stored = dossiers.stored_dossier(ledger, unit.unit)
    return {
        "unit": dossier_json(_dossier_of(unit, stored, campaign, now)),
        "addresses": addresses_of(ledger, unit),
        "arrivals": [_arrival_json(ledger, row) for row in enquiries.of_unit(ledger, unit.unit)],
        "replies": [row_json(row) for row in replies.of_unit(ledger, unit.unit)],
    }


def _arrival_json(ledger: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    plain = {
        key: value
        for key, value in row.items()
        if not key.endswith("_json") and key not in ("settled", "filed")
    }
    plain["references"] = json.loads(row["references_json"] or "[]")
    plain["defects"] = json.loads(row["defects_json"] or "[]")
    plain["held_reasons"] = json.loads(row["held_json"] or "[]")
    plain["links"] = [link_json(link) for link in arrivals.links_of(row)]
    plain["files"] = [judged_json(one, one.name) for one in arrivals.files_of(row)]
    reply = replies.reply_row(ledger, row["reply"]) if row["reply"] else None
    plain["reply"] = row_json(reply) if reply else None
    return plain
