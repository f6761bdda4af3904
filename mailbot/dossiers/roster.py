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
    newest = rules.newest(ledger)
    if newest is None or newest[0] == campaign.version:
        return campaign
    if campaign.version not in {newest[1], *rules.versions_over(ledger, newest[1])}:
        return campaign
    stored = rules.in_force(ledger)
    assert stored is not None  # `newest` is of the same row
    return _loaded(stored.version, stored.name, tuple(sorted(stored.files.items())))


def by_rules_in_force(ledger: Ledger, campaign: Campaign) -> Campaign:
    """This campaign, unless other rules were put in force since it was taken up: then those.

    To be asked within the transaction that judges: rules come in force, with all that is stored
    judged by them, in one transaction of another process.
    """
    if rules_in_force(ledger, campaign) is campaign:
        return campaign
    return campaign_in_force(ledger, campaign)


@lru_cache(maxsize=8)
def _loaded(_version: str, name: str, files: tuple[tuple[str, str], ...]) -> Campaign:
    from mailbot.campaign.packed import load_packed  # seldom needed, and proves by YAML

    return load_packed(dict(files), name)
