"""Putting on record what was decided of one arrival: all or none (G2)."""

from datetime import timedelta

from mailbot.campaign.types import Campaign
from mailbot.ledger import arrivals, dossiers, replies, withdrawals
from mailbot.ledger.store import Ledger
from mailbot.outbox.answering import owe_reply
from mailbot.settings.types import Settings
from mailbot.workflow.decide import Outcome

_LONGEST = 5  # times the silence that is waited for: then the answer is due, whoever writes on


def record(ledger: Ledger, campaign: Campaign, settings: Settings, outcome: Outcome) -> None:
    """Verdict, binding, dossier and owed reply. Belongs into one transaction."""
    examined, now = outcome.examined, outcome.now
    unit, address = examined.unit, examined.message.sender.address
    arrivals.record_examined(
        ledger, outcome.arrival, examined, rules_version=outcome.rules_version, now=now
    )
    for arrival, keys in outcome.withdraws.items():
        withdrawals.record_withdrawn(ledger, arrival, outcome.arrival, keys, now)
    if not examined.sender_doubt:
        # Who writes is not dead, whatever a bounce said: its Message-ID is in his own answers too.
        dossiers.forget_bounce(ledger, address)
    if outcome.dead_address:
        dossiers.mark_bounced(
            ledger,
            outcome.dead_address,
            arrival=outcome.arrival,
            evidence=examined.message.subject,
        )
    if unit is not None:
        if outcome.binds:
            dossiers.bind(ledger, address, unit, arrival=outcome.arrival, now=now)
        for earlier in outcome.joined:
            arrivals.assign_unit(ledger, earlier, unit, "address_bound_later")
    if outcome.dossier is not None:
        dossiers.store_dossier(ledger, outcome.dossier, now)
    for one in outcome.answers:
        owe_reply(ledger, campaign, settings, one, unit=unit, address=address, now=now)
    if outcome.due is not None:
        # Silence is waited for, but anyone may name a unit and so break it for ever.
        longest = timedelta(seconds=_LONGEST * settings.outbox.settle_seconds)
        replies.set_due(ledger, unit, address, outcome.due, longest=longest)
