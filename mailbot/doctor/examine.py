"""All lines of `mailbot doctor`, in the order in which an office is set up."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.doctor.check import Check, Examination, Patient, failed, ok
from mailbot.doctor.elsewhere import examine_elsewhere
from mailbot.doctor.imap import examine_imap
from mailbot.doctor.machine import examine_machine
from mailbot.doctor.office import examine_office
from mailbot.doctor.record import examine_record
from mailbot.doctor.smtp import examine_smtp, examine_webhook
from mailbot.errors import MailbotError, SettingsError
from mailbot.settings.sources import load_settings
from mailbot.workflow.opening import open_campaign


def examine(file: Path | None, now: datetime, *, send_test: bool = False) -> Iterator[Check]:
    """Every check on the settings of this file (None: of the environment). Never raises for what
    it looks at: that is a line."""
    try:
        settings = load_settings(file)
    except SettingsError as error:
        yield failed("settings", str(error), "correct it in the file; deploy/README.md, Settings")
        return
    yield ok("settings", f"{file or 'the environment'}: read")
    campaign: Campaign | None = None
    try:
        campaign = load_campaign(settings.campaign.rules or shipped_rules())
    except MailbotError as error:
        yield failed("rules", str(error), "correct the folder, then: mailbot rules check DIR")
    else:
        with suppress(MailbotError):  # a ledger that cannot be read has its own line
            campaign = open_campaign(settings)
        yield ok("rules", f"{campaign.title}: {len(campaign.units)} units, nothing wrong")
    yield from examine_settings(Patient(settings, campaign, now), send_test=send_test)


def examine_settings(patient: Patient, *, send_test: bool = False) -> Iterator[Check]:
    """The checks on settings that could be read."""
    parts: tuple[Examination, ...] = (
        examine_machine,
        examine_elsewhere,
        examine_office,
        examine_imap,
        partial(examine_smtp, send_test=send_test),
        partial(examine_webhook, send_test=send_test),
        examine_record,
    )
    for part in parts:
        yield from part(patient)


def examine_servers(file: Path, now: datetime) -> Iterator[Check]:
    """The two servers alone, for settings that were just written."""
    try:
        settings = load_settings(file)
        campaign = load_campaign(settings.campaign.rules or shipped_rules())
    except MailbotError as error:
        yield failed("settings", str(error), "correct it in the file; deploy/README.md, Settings")
        return
    patient = Patient(settings, campaign, now)
    yield from examine_imap(patient)
    yield from examine_smtp(patient)


def as_json(checks: list[Check]) -> dict[str, Any]:
    """The JSON of `mailbot doctor` (CONTRACT)."""
    return {"checks": [asdict(check) for check in checks]}
