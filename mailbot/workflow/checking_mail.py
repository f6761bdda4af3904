"""What `mailbot check` says of a mail: whose it would be, and whether it would be answered."""

from collections.abc import Sequence
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.entries import AddressRecord
from mailbot.inbox.screening.automail import classify_automail
from mailbot.judgement.enquiry import asks_of_materials, is_enquiry
from mailbot.judgement.whose.address import whose_address
from mailbot.judgement.whose.evidence import mail_evidence
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Identity, judge_identity
from mailbot.model import Judged, Message, NoAnswer
from mailbot.outbox.earns_answer import NOTHING, NOTHING_EARNED, what_earns
from mailbot.report.as_json import mail_json
from mailbot.workflow.decide import is_withdrawal


def identity_of(
    message: Message, judged: Sequence[Judged], campaign: Campaign, names: UnitNames
) -> Identity:
    """Whose mail it is by what it brings; without a ledger no address is bound to a unit."""
    listed = whose_address(message.sender.address, campaign.units, AddressRecord())
    return judge_identity(mail_evidence(message, judged, listed, names), names)


def is_automatic(message: Message) -> bool:
    """Whether its body is no person's word on the drill."""
    return is_withdrawal(message, classify_automail(message, ()))


def told_of_mail(
    message: Message, judged: Sequence[Judged], campaign: Campaign, names: UnitNames
) -> dict[str, Any]:
    """The mail's own part of R (CONTRACT: JSON of `check`)."""
    return mail_json(
        message,
        identity_of(message, judged, campaign, names).unit,
        may_not(message, campaign, judged, names),
    )


def may_not(
    message: Message, campaign: Campaign, judged: Sequence[Judged], names: UnitNames
) -> NoAnswer | None:
    """Why this mail gets no answer. Without settings it is not known which addresses receive
    for us, so a mail addressed to somebody else counts as addressed to us; without a ledger,
    what it takes back is nothing."""
    reason = classify_automail(message, {campaign.mailbox.lower()})
    if reason is not None and reason.code != "not_addressed_to_us":
        return reason
    if is_withdrawal(message, None):
        return None
    listed = whose_address(message.sender.address, campaign.units, AddressRecord())
    identity = judge_identity(mail_evidence(message, judged, listed, names), names)
    doubtful = {"unit_conflict", "sub_unit"} & {*identity.held_reasons}
    earned = what_earns(
        message,
        judged,
        campaign,
        names_a_unit=identity.unit is not None or bool(doubtful),
        enquiry=is_enquiry(message, campaign.text)
        and asks_of_materials(message, known=listed.unit is not None),
    )
    return None if earned is not None else NoAnswer(NOTHING, NOTHING_EARNED)
