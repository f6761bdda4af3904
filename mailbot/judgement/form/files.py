"""Files that hold the statistics table: typed, scanned, photographed, or pasted as a picture."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from mailbot.campaign.rules import UnfilledRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.findings import finding_of
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.confidence import weigh_readings
from mailbot.judgement.form.fields import extract_fields, recognise_form
from mailbot.judgement.form.recognised_words import mended
from mailbot.judgement.form.rows import extract_rows
from mailbot.judgement.form.scans import (
    as_doubtful_sums,
    doubts,
    read_form,
    with_columns_doubted,
    with_empty_doubted,
)
from mailbot.judgement.form.several_units import several_units, table_of_a_unit, tables_by_unit
from mailbot.judgement.materials import DocumentJudgement, circumstance, of_kind
from mailbot.judgement.media import is_read_by_machine
from mailbot.language import say
from mailbot.model import Family, FieldValue, Finding, Inspected, Kind

_BLANKS = " 年月日/—-_:：()（）盖章"  # what an untouched cell of the form holds


def judge_form_picture(campaign: Campaign) -> DocumentJudgement:
    """The form as a photo or scan that nobody has read: a person must look."""
    return of_kind(
        Kind.FORM,
        campaign,
        circumstance(campaign, "form_picture", say("图片")),
        held=True,
        pages=True,
    )


def judge_read_form(
    inspected: Inspected, campaign: Campaign, arrived_on: date | None = None
) -> DocumentJudgement | None:
    """The form in a scan or picture that was read by machine; None where there is none."""
    form = read_form(inspected, campaign)
    if form is None:
        return None
    return replace(judge_grids(form, campaign, arrived_on), pages=True)


def judge_table(
    inspected: Inspected, campaign: Campaign, arrived_on: date | None
) -> DocumentJudgement | None:
    """The form among a document's tables; None where there is none."""
    if not recognise_form(inspected.grids, inspected.text, inspected.name, campaign.form):
        return None
    return judge_grids(inspected, campaign, arrived_on)


def judge_grids(
    inspected: Inspected, campaign: Campaign, arrived_on: date | None
) -> DocumentJudgement:
    """The fields of a document that is the form, and everything wrong with them."""
    by_machine = is_read_by_machine(inspected)
    if by_machine:
        inspected = replace(inspected, grids=mended(inspected.grids, campaign.form))
    fields = extract_fields(inspected.grids, campaign.form)
    tables = tables_by_unit(fields, inspected.grids, campaign.form)
    if tables:
        own = table_of_a_unit(tables, campaign)
        said = several_units(tables, chosen=own)
        if own is None:
            return replace(of_kind(Kind.FORM, campaign, (said,), held=True), fields=fields)
        judged = judge_grids(replace(inspected, grids=(own,)), campaign, arrived_on)
        return replace(judged, findings=(*judged.findings, said))
    rows = extract_rows(inspected.grids, campaign.form) if campaign.form.rows else None
    if rows is None and not any(value.where for value in fields.values()):
        if form := read_form(replace(inspected, facts={}), campaign):
            return judge_grids(form, campaign, arrived_on)
        if by_machine or _has_pictures(inspected):
            return judge_form_picture(campaign)  # the title is text, the table is a picture
    if by_machine:
        fields = weigh_readings(fields, campaign)
        fields = with_columns_doubted(fields, inspected.grids, campaign.form)
    findings: tuple[Finding, ...] = ()
    if not rows and is_unfilled(fields):
        findings = tuple(
            finding_of(rule, actual=say("未填写的空表"), where=say("统计表"))
            for rule in campaign.rules
            if isinstance(rule, UnfilledRule) and rule.applies_to == "form"
        )
    if not findings:
        seal = inspected.facts.get("seal")
        findings = judge_form(
            fields,
            campaign.form,
            seal=seal if isinstance(seal, bool) else None,
            arrived_on=arrived_on,
            rows=rows,
        )
    if by_machine:
        findings = as_doubtful_sums(findings, campaign.form)
        findings += doubts(fields, inspected.grids, findings, campaign.form)
        findings = with_empty_doubted(findings)
    unsure = any(finding.code == "FORM_FIELD_UNSURE" for finding in findings)
    judged = replace(of_kind(Kind.FORM, campaign, findings, held=unsure), fields=fields)
    if campaign.form.rows is None or rows is None:
        return judged
    return replace(judged, rows={campaign.form.rows.key: rows})


def _has_pictures(inspected: Inspected) -> bool:
    return any(member.family is Family.PHOTO for member in inspected.members)


def is_unfilled(fields: Mapping[str, FieldValue]) -> bool:
    """The table was found and nobody has written into any of its fields."""
    stated = [value for value in fields.values() if value.value is not None]
    written = [value for value in fields.values() if value.raw.strip(_BLANKS)]
    return not stated and not written and any(value.where for value in fields.values())
