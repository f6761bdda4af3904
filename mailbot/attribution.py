"""Whose mail is it: what the ledger and the mail say, put before `judgement.identity`."""

from collections.abc import Sequence
from dataclasses import replace

from mailbot.campaign import Campaign
from mailbot.judgement.identity import Evidence, Identity, judge_identity
from mailbot.judgement.unit_names import UnitNames
from mailbot.ledger import dossiers
from mailbot.ledger.store import Ledger
from mailbot.model import Finding, Judged, Kind, Message, Severity, Verdict

_SUB_UNIT, _OTHER_UNIT = "FORM_SUB_UNIT", "FORM_OTHER_UNIT"


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
        form_units=tuple(raw for raw in map(_reporting_unit, everything) if raw),
        subject=message.subject,
        body=message.text,
        file_names=tuple(one.name for one in everything if one.kind is not Kind.OTHER),
        sender_name=message.sender.name,
    )


def _reporting_unit(judged: Judged) -> str:
    """填报单位 as the form has it, "" when it is no form or the field is empty."""
    field = judged.fields.get("unit")
    return field.raw if field else ""


def hold_foreign_forms(
    judged: tuple[Judged, ...], unit: str | None, names: UnitNames
) -> tuple[Judged, ...]:
    """Hold every form whose 填报单位 is a part of a unit, or another unit than the mail's.

    CONTRACT, Decisions: 二七区城管局 is not 二七区 itself. What an earlier call found for another
    unit is taken back; a form that has other warnings of its own is then left held.
    """
    return tuple(_hold_foreign(one, unit, names) for one in judged)


def _hold_foreign(judged: Judged, unit: str | None, names: UnitNames) -> Judged:
    judged = _let_go(judged)
    members = hold_foreign_forms(judged.members, unit, names)
    if members != judged.members:
        held = judged.verdict is Verdict.ACCEPTED and any(
            member.verdict is Verdict.HELD for member in members
        )
        judged = replace(judged, members=members, verdict=Verdict.HELD if held else judged.verdict)
    raw = _reporting_unit(judged)
    match = names.match_name(raw) if raw else None
    if match is None:
        return judged
    foreign = unit is not None and match.unit is not None and match.unit != unit
    if not (match.sub_unit or foreign):
        return judged
    finding = Finding(
        code=_SUB_UNIT if match.sub_unit else _OTHER_UNIT,
        severity=Severity.WARNING,
        actual=raw,
        expected=unit or "报送单位本级名称",
        where=judged.fields["unit"].where,
        message=(
            f"填报单位为“{raw}”，系下属部门或所属单位，须由工作人员核对是否代表本级单位"
            if match.sub_unit
            else f"填报单位为“{raw}”，与报送单位不一致，须由工作人员核对"
        ),
    )
    verdict = judged.verdict if judged.verdict is Verdict.REJECTED else Verdict.HELD
    return replace(judged, verdict=verdict, findings=(*judged.findings, finding))


def _let_go(judged: Judged) -> Judged:
    others = tuple(one for one in judged.findings if one.code not in (_SUB_UNIT, _OTHER_UNIT))
    if len(others) == len(judged.findings):
        return judged
    free = judged.verdict is Verdict.HELD and not others
    return replace(judged, findings=others, verdict=Verdict.ACCEPTED if free else judged.verdict)
