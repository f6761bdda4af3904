"""Whose mail is it: what the mail and the record of its address say, put before `unit`."""

from collections.abc import Sequence

from mailbot.entries import AddressRecord
from mailbot.judgement.whose.foreign_forms import reporting_unit
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Evidence, Identity, judge_identity
from mailbot.model import Judged, Kind, Message


def attribute(
    message: Message,
    judged: Sequence[Judged],
    record: AddressRecord,
    names: UnitNames,
    *,
    enquiry: bool = False,
) -> Identity:
    """The unit of one arrival; `record` is of its sender's address.

    An enquiry from an address that is bound to no unit is nobody's, whatever it names: the
    answer shows a dossier.
    """
    if enquiry and record.unit is None:
        return Identity(None, "", ("enquiry",))
    return judge_identity(mail_evidence(message, judged, record, names), names)


def mail_evidence(
    message: Message, judged: Sequence[Judged], record: AddressRecord, names: UnitNames
) -> Evidence:
    """What one mail, and what is known of its address, say about its unit.

    A name that was read with too little confidence speaks for a unit where it is one's; a
    stranger it is not taken for (水区人民政府, of 金水区 under a seal). Its form is held anyway.
    """
    everything = [one for top in judged for one in top.walk()]
    return Evidence(
        address=message.sender.address,
        address_status=record.status,
        address_unit=record.unit,
        form_units=tuple(
            raw
            for one in everything
            if (raw := reporting_unit(one))
            and (one.fields["unit"].value is not None or names.match_name(raw) is not None)
        ),
        subject=message.subject,
        body=message.text,
        file_names=tuple(one.name for one in everything if one.kind is not Kind.OTHER),
        sender_name=message.sender.name,
    )
