"""The campaign in force: the folder, and what the ledger has been told beside it."""

from functools import lru_cache

from mailbot.campaign.roster import with_additions
from mailbot.campaign.types import Campaign
from mailbot.ledger import roster, rules
from mailbot.ledger.store import Ledger


def campaign_in_force(ledger: Ledger, campaign: Campaign) -> Campaign:
    """The rules that a person put in force in the place of this folder, with the additions of the
    ledger; the same object where there is neither."""
    return with_additions(rules_in_force(ledger, campaign), roster.additions(ledger))


def rules_in_force(ledger: Ledger, campaign: Campaign) -> Campaign:
    """The rules that a person put in force in the place of this folder, else the folder's."""
    newest = rules.in_force(ledger)
    if newest is None or newest.version == campaign.version:
        return campaign
    replaced = {newest.base, *rules.versions_over(ledger, newest.base)}
    if campaign.version not in replaced:
        return campaign
    return _loaded(newest.version, newest.name, tuple(sorted(newest.files.items())))


@lru_cache(maxsize=8)
def _loaded(_version: str, name: str, files: tuple[tuple[str, str], ...]) -> Campaign:
    from mailbot.campaign.packed import load_packed  # seldom needed, and proves by YAML

    return load_packed(dict(files), name)
