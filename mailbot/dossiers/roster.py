"""The campaign in force: the folder, and what the ledger has been told beside it."""

from mailbot.campaign.roster import with_additions
from mailbot.campaign.types import Campaign
from mailbot.ledger import roster
from mailbot.ledger.store import Ledger


def campaign_in_force(ledger: Ledger, campaign: Campaign) -> Campaign:
    """The campaign with the additions of the ledger; the same object where there are none."""
    return with_additions(campaign, roster.additions(ledger))
