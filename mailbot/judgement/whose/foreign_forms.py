"""Forms that speak for somebody else: a part of a unit, or another unit than the mail's."""

from dataclasses import replace

from mailbot.judgement.whose.names import UnitNames
from mailbot.language import say
from mailbot.model import Finding, Judged, Severity, Verdict

_SUB_UNIT, _OTHER_UNIT = "FORM_SUB_UNIT", "FORM_OTHER_UNIT"


def reporting_unit(judged: Judged) -> str:
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
    raw = reporting_unit(judged)
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
        expected=unit or say("报送单位本级名称"),
        where=judged.fields["unit"].where,
        message=(
            say(
                "填报单位为“{raw}”，系下属部门或所属单位，须由工作人员核对是否代表本级单位", raw=raw
            )
            if match.sub_unit
            else say("填报单位为“{raw}”，与报送单位不一致，须由工作人员核对", raw=raw)
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
