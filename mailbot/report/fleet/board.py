"""The board over many offices: each office's own, and how many stand where in all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.ledger.refusals import mailbox_fault
from mailbot.ledger.store import Ledger
from mailbot.report.board import status_json


@dataclass(frozen=True, slots=True)
class OfficeOnRecord:
    """One office as its ledger tells of it; `fault` says why nothing can be told."""

    name: str
    mode: str = ""  # outbox.mode
    campaign: Campaign | None = None
    ledger: Ledger | None = None
    fault: str = ""


class Languages:
    """Of all offices that pass through, which language their common tables are in."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def of(self, offices: Iterable[OfficeOnRecord]) -> Iterator[OfficeOnRecord]:
        """The offices, one after the other, each while it is read."""
        for office in offices:
            if office.campaign is not None:
                self._met.add(office.campaign.language)
            yield office

    @property
    def common(self) -> str:
        """That of all campaigns; where they speak several, or none was read, Chinese."""
        return self._met.copy().pop() if len(self._met) == 1 else "zh"


def fleet_status_json(offices: Iterable[OfficeOnRecord], now: datetime) -> dict[str, Any]:
    """`fleet status --json`: the JSON of `status` an office, and the sums of all.

    An office's ledger is read while it is the current one and need not stay open.
    """
    told = [_office_json(office, now) for office in offices]
    units: Counter[str] = Counter()
    arrivals: Counter[str] = Counter()
    outbox: Counter[str] = Counter()
    for office in told:
        units.update(unit["state"] for unit in office["units"])
        arrivals.update(office["arrivals"])
        outbox.update(office["outbox"])
    return {
        "offices": told,
        "totals": {
            "offices": len(told),
            "faults": sum(bool(office["fault"]) for office in told),
            "units": dict(sorted(units.items())),
            "arrivals": dict(sorted(arrivals.items())),
            "outbox": dict(sorted(outbox.items())),
        },
    }


def _office_json(office: OfficeOnRecord, now: datetime) -> dict[str, Any]:
    head: dict[str, Any] = {
        "office": office.name,
        "mode": office.mode,
        "campaign": office.campaign.id if office.campaign else "",
        "title": office.campaign.title if office.campaign else "",
    }
    if office.ledger is None or office.campaign is None:
        return head | {
            "fault": office.fault,
            "last_poll": "",
            "units": [],
            "arrivals": {},
            "outbox": {},
        }
    ledger = office.ledger
    trouble = mailbox_fault(ledger)
    fault = office.fault or (trouble.text if trouble else "")
    return (
        head
        | {"fault": fault, "last_poll": ledger.meta("last_poll") or ""}
        | status_json(ledger, office.campaign, now)
    )
