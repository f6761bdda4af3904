"""A table with the figures that a person corrected.

The figure is what he says, with all certainty, and what was read stays beside it. What was found
wrong with the field falls away, the checks between fields are asked anew, and a notice tells the
unit and the office that the figure is not the one that was sent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mailbot.campaign.forms import DateCheck, FormField, FormSpec, SealCheck
from mailbot.campaign.types import Campaign
from mailbot.entries import Correction
from mailbot.judgement.form.cross_checks import judge_checks
from mailbot.judgement.form.field_checks import judge_field, label_of
from mailbot.judgement.form.values import parse_value
from mailbot.language import say
from mailbot.model import FieldValue, Finding, Judged, Severity, Verdict

CORRECTED = "FORM_FIELD_CORRECTED"
_OF_A_FIELD = CORRECTED.removesuffix("CORRECTED")
_UNSURE = "FORM_FIELD_UNSURE"


def with_corrections(
    judged: Judged, corrections: Sequence[Correction], campaign: Campaign, arrived_on: date | None
) -> Judged:
    """The file, and every file in it, with the figures that were corrected in them."""
    members = tuple(
        with_corrections(one, corrections, campaign, arrived_on) for one in judged.members
    )
    if members != judged.members:
        judged = replace(judged, members=members)
    own = [one for one in corrections if one.sha256 == judged.sha256 and one.slot in judged.slots]
    if not own:
        return judged
    spec = campaign.of_form(own[0].slot).form
    return _corrected(judged, own, spec, arrived_on)


def value_of(field: FormField, text: str) -> int | float | str | None:
    """What a person's words for a field mean; None where they are none that it can hold."""
    return parse_value(field.type, text, choices=field.choices)


def _corrected(
    judged: Judged, corrections: Sequence[Correction], spec: FormSpec, arrived_on: date | None
) -> Judged:
    newest = {one.field: one for one in corrections}
    touched = [one for one in spec.fields if one.key in newest]
    before = {one.key: judged.fields.get(one.key, FieldValue(None, "", "")) for one in touched}
    fields = dict(judged.fields) | {
        one.key: FieldValue(
            value=value_of(one, newest[one.key].text),
            raw=newest[one.key].text,
            where=before[one.key].where,
            corrected=before[one.key].raw,
        )
        for one in touched
    }
    between = {one.code for one in spec.checks if not isinstance(one, SealCheck)}
    if not any(isinstance(one, DateCheck) and one.field in newest for one in spec.checks):
        between -= {one.code for one in spec.checks if isinstance(one, DateCheck)}
    findings = [
        one
        for one in judged.findings
        if one.code not in between
        and not any(_is_about(one, field, before[field.key]) for field in touched)
    ]
    findings += [
        found for one in touched if (found := judge_field(one, fields[one.key], spec)) is not None
    ]
    asked = judge_checks(fields, spec, None, arrived_on)
    findings += [one for one in asked if one.code in between]
    findings += _told(touched, before, newest)
    return replace(
        judged,
        fields=fields,
        findings=tuple(findings),
        verdict=_verdict(judged, findings),
    )


def _is_about(finding: Finding, field: FormField, read: FieldValue) -> bool:
    """Whether a finding is about what was read in this field: by its name, or its cell."""
    if not finding.code.startswith(_OF_A_FIELD):
        return False
    cells = set(re.split("[；、]", read.where)) - {""}
    by_cell = bool(cells & set(re.split("[；、]", finding.where)))
    return f"“{label_of(field)}”" in finding.message or by_cell


def _told(
    touched: Sequence[FormField],
    before: Mapping[str, FieldValue],
    newest: Mapping[str, Correction],
) -> Iterator[Finding]:
    for field in touched:
        read, text = before[field.key], newest[field.key].text
        former, label = " ".join(read.raw.split())[:60] or say("空"), label_of(field)
        if former == text:
            continue  # what was read with doubt is what the paper says: nothing to object to
        yield Finding(
            code=CORRECTED,
            severity=Severity.NOTICE,
            actual=former,
            expected=text,
            where=read.where,
            message=say(
                "“{label}”经我办核对，由“{former}”更正为“{text}”。"
                "如有异议，请来信说明，并报送更正后的统计表",
                label=label,
                former=former,
                text=text or say("空"),
            ),
        )


def _verdict(judged: Judged, findings: Sequence[Finding]) -> Verdict:
    """By what is left: no doubt of a field any more, and no other reason to hold it."""
    if any(one.severity is Severity.ERROR for one in findings):
        return Verdict.REJECTED
    was_unsure = any(one.code == _UNSURE for one in judged.findings)
    is_unsure = any(one.code == _UNSURE for one in findings)
    if is_unsure or (judged.verdict is Verdict.HELD and not was_unsure):
        return Verdict.HELD
    held_else = any(one.code in _HOLDS for one in findings)
    return Verdict.HELD if held_else and judged.verdict is Verdict.HELD else Verdict.ACCEPTED


# What holds a table besides a doubtful field.
_HOLDS = frozenset({"FORM_SUB_UNIT", "FORM_OTHER_UNIT", "FORM_SEVERAL_UNITS", "MAIL_WITHDRAWN"})
