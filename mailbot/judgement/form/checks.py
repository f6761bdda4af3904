"""The verdict on the statistics table: its typed fields against the campaign's FormSpec.

FORM_NOT_READ: no column of the table was found; FORM_UNFILLED: found, and nothing written. Fields
by themselves are judged in `field_checks`, what must hold between them in `cross_checks`,
repeating rows in `rows`. A message says what is wrong in its first sentence, and how to mend it
after.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.cross_checks import judge_checks
from mailbot.judgement.form.field_checks import ABSENT, judge_field
from mailbot.judgement.form.rows import Record, judge_rows
from mailbot.judgement.form.values import is_blank
from mailbot.language import say
from mailbot.model import FieldValue, Finding, Severity


def judge_form(
    fields: Mapping[str, FieldValue],
    spec: FormSpec,
    *,
    seal: bool | None,
    arrived_on: date | None,
    rows: Sequence[Record] | None = None,
) -> tuple[Finding, ...]:
    """All that is to be said of a table, fields first, in the form's order.

    `seal`: one is shown (True), none is (False), the format cannot tell (None). `arrived_on`:
    the day of arrival in the campaign's zone; None where the file came by no mail. `rows`: the
    records of the repeating part; None where its heading was not found.
    """
    found = rows is not None
    if not found and not any(fields.get(one.key, ABSENT).where for one in spec.fields):
        return (_not_read(spec),)
    if not rows and all(is_blank(fields.get(one.key, ABSENT).raw) for one in spec.fields):
        return (_unfilled(spec),)
    findings = [
        finding
        for one in spec.fields
        if (finding := judge_field(one, fields.get(one.key, ABSENT), spec)) is not None
    ]
    if spec.rows is not None:
        findings += judge_rows(rows, spec.rows)
    return (*findings, *judge_checks(fields, spec, seal, arrived_on))


def _not_read(spec: FormSpec) -> Finding:
    return Finding(
        "FORM_NOT_READ",
        Severity.ERROR,
        say("未见可识别的表格栏目"),
        spec.title,
        "",
        say("未能从文件中读出《{title}》的栏目。请在所附空白表上填写后重新报送", title=spec.title),
    )


def _unfilled(spec: FormSpec) -> Finding:
    return Finding(
        "FORM_UNFILLED",
        Severity.ERROR,
        say("未填写的空表"),
        say("填写完整的统计表"),
        say("统计表"),
        say("《{title}》各栏均未填写。请填写完整后重新报送", title=spec.title),
    )


# ---- checks between fields ----------------------------------------------------------------
