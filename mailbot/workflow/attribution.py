"""Whose mail is it: what the ledger and the mail say, put before `judgement.whose.unit`."""

from collections.abc import Sequence

from mailbot.campaign.types import Campaign
from mailbot.judgement.whose.foreign_forms import reporting_unit
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Evidence, Identity, judge_identity
from mailbot.ledger import dossiers
from mailbot.ledger.store import Ledger
from mailbot.model import Judged, Kind, Message


def attribute(
    ledger: Ledger,
    campaign: Campaign,
    names: UnitNames,
    message: Message,
    judged: Sequence[Judged],
    *,
    enquiry: bool = False,
) -> Identity:
    """Gather the evidence for one arrival and judge it.

    An enquiry from an address that is bound to no unit is nobody's, whatever it names: the
    answer shows a dossier.
    """
    record = dossiers.address_record(ledger, campaign, message.sender.address)
    if enquiry and record.unit is None:
        return Identity(None, "", ("enquiry",))
    return judge_identity(mail_evidence(message, judged, record), names)


def mail_evidence(
    message: Message,
    judged: Sequence[Judged],
    record: dossiers.AddressRecord,
    assigned: str | None = None,
) -> Evidence:
    """What one mail, and what is known of its address, say about its unit."""
    everything = [one for top in judged for one in top.walk()]
    return Evidence(
        address=message.sender.address,
        address_status=record.status,
        address_unit=record.unit,
        assigned_unit=assigned,
        form_units=tuple(raw for raw in map(reporting_unit, everything) if raw),
        subject=message.subject,
        body=message.text,
        file_names=tuple(one.name for one in everything if one.kind is not Kind.OTHER),
        sender_name=message.sender.name,
    )
