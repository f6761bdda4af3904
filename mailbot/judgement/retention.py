"""Retention: which arrivals' octets may go. Pure; what is found, decided and answered stays.

Kept, whatever date is asked for: arrivals that are not settled (not examined, quarantined, held
for a person, with an answer still to leave), and, until `Campaign.retention_days` after the
deadline, every arrival that brought an accepted material, with all its files.
"""

from datetime import datetime, timedelta
from typing import Literal

from mailbot.campaign.types import Campaign
from mailbot.entries import AtRest
from mailbot.model import Verdict

Kept = Literal["", "recent", "unsettled", "accepted"]


def is_expired(campaign: Campaign, now: datetime) -> bool:
    """Whether the time is over for which what was accepted is kept."""
    return now >= campaign.deadline + timedelta(days=campaign.retention_days)


def why_kept(arrival: AtRest, before: datetime, *, expired: bool) -> Kept:
    """Why an arrival's octets stay, "" when they may go: it arrived before `before` and nothing
    needs them any more. `expired`: see `is_expired`."""
    if arrival.arrived_at >= before:
        return "recent"
    if arrival.state not in ("examined", "answered", "gone") or not arrival.settled:
        return "unsettled"
    if arrival.reply_waits:
        return "unsettled"
    if arrival.duplicate_of is not None:
        return ""  # the arrival it is a copy of decides for both
    files = [one for top in arrival.files for one in top.walk()]
    if not expired and any(one.slots and one.verdict is Verdict.ACCEPTED for one in files):
        return "accepted"
    if not expired and (arrival.held or any(one.verdict is Verdict.HELD for one in files)):
        return "unsettled"
    return ""
