"""The ledgers of a fleet, read one after the other beside the offices that write them."""

from collections.abc import Iterator
from pathlib import Path

from mailbot.errors import MailbotError
from mailbot.ledger.store import open_ledger
from mailbot.report.fleet.board import OfficeOnRecord
from mailbot.workflow.fleet.folder import offices_in, read_place
from mailbot.workflow.opening import open_campaign


def offices_on_record(folder: Path) -> Iterator[OfficeOnRecord]:
    """Every office of the folder; its ledger is open until the next one is asked for.

    An office whose settings, rules or ledger cannot be read comes with its fault.
    """
    for path in offices_in(folder):
        place = read_place(path)
        if place.settings is None:
            yield OfficeOnRecord(place.name, fault=place.fault)
            continue
        mode = place.settings.outbox.mode
        try:
            campaign = open_campaign(place.settings)
            ledger = open_ledger(place.settings.paths.data, writable=False)
        except MailbotError as error:
            yield OfficeOnRecord(place.name, mode, fault=str(error))
            continue
        with ledger:
            yield OfficeOnRecord(place.name, mode, campaign, ledger)
