"""The verdict on the statistics table: its typed fields against the campaign's FormSpec.

Field findings carry stable codes: FORM_NOT_READ (no column of the table was found),
FORM_UNFILLED (found, and nothing written), FORM_FIELD_EMPTY, FORM_FIELD_UNREADABLE,
FORM_FIELD_VAGUE (about how many, or a sum not worked out), FORM_FIELD_NEGATIVE,
FORM_FIELD_CONTRADICTORY (stated twice, differently), FORM_FIELD_UNSURE (recognised below the
confidence bound, or a person may see something else there: a person must look); of what a cell's
doubts say, FORM_FIELD_NOT_CALCULATED and FORM_FIELD_COLLAPSED, too. The checks between fields
carry the codes of form.yaml. A message says what is wrong in its first sentence and how to mend it
after.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from mailbot.campaign.forms import (
    AtLeastCheck,
    DateCheck,
    FormField,
    FormSpec,
    RatioCheck,
    SealCheck,
    SumCheck,
    ZeroCheck,
)
from mailbot.campaign.rules import RuleBase
from mailbot.judgement.form.doubted_cells import heaviest_doubt
from mailbot.judgement.form.rows import Record, judge_rows
from mailbot.judgement.form.values import (
    is_blank,
    is_inexact,
    is_of_unclear_unit,
    lacks_its_sign,
    parse_value,
)
from mailbot.language import Words, say, say_date
from mailbot.model import ILLEGIBLE, FieldValue, Finding, Severity

_ABSENT = FieldValue(None, "", "")
_TOLERANCE = 0.005  # of sums in 万元: a rounded yuan is no contradiction

_WANTED = Words(
    {
        "count": "整数",
        "money_wan": "以万元计的数字",
        "date": "完整的年月日",
        "phone": "电话号码",
        "unit": "单位名称",
        "person": "姓名",
        "text": "文字",
        "percent": "百分数",
        "choice": "所列选项之一",
        "number": "数字",
        "id_number": "18位公民身份号码",
    }
)
_FIXES = Words(
    {
        "count": "请填写阿拉伯数字，如12，没有的填0",
        "money_wan": "请填写以万元计的数字，如3.5，没有的填0",
        "date": "请按年月日填写，如2017年7月3日",
        "phone": "请填写手机号码或带区号的固定电话",
        "unit": "请填写填报单位全称",
        "person": "请填写填表人姓名",
        "text": "请填写文字",
        "percent": "请填写带百分号的数字，如95%",
        "choice": "请从所列选项中选填一项",
        "number": "请填写阿拉伯数字",
        "id_number": "请核对公民身份号码，共18位，末位可为X",
    }
)
_EXACT = Words(
    {
        "count": "用阿拉伯数字写成一个整数，如12，没有的填0",
        "money_wan": "用阿拉伯数字以万元计，如3.5，没有的填0",
    }
)


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
    if not found and not any(fields.get(one.key, _ABSENT).where for one in spec.fields):
        return (_not_read(spec),)
    if not rows and all(is_blank(fields.get(one.key, _ABSENT).raw) for one in spec.fields):
        return (_unfilled(spec),)
    findings = [
        finding
        for one in spec.fields
        if (finding := judge_field(one, fields.get(one.key, _ABSENT), spec)) is not None
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


def judge_field(one: FormField, read: FieldValue, spec: FormSpec) -> Finding | None:
    """What is wrong with one field by itself."""
    severity = one.severity
    wanted = one.text or wanted_of(one.type, one.choices)
    fix = one.fix or _FIXES[one.type]
    shown = f"“{label_of(one)}”"
    raw = " ".join(read.raw.split()).replace(say("。"), say("．"))[:60]
    doubt = None if "；" in read.where else heaviest_doubt(read)
    if read.stored == raw == "0" and not one.required:
        return None  # a zero that the sheet shows as nothing, where nothing is asked for
    if doubt is not None:
        severity = doubt.severity or severity
        return _finding(
            doubt.code, severity, raw, wanted, read.where, doubt.told(shown, read), say(doubt.fix)
        )
    if is_blank(read.raw):
        if not one.required:
            return None
        code = "FORM_FIELD_EMPTY"
        wrong = (
            say("{shown}未填写", shown=shown)
            if read.where
            else say("表中未见{shown}一栏", shown=shown)
        )
        if raw:
            wrong = say("{shown}填写为“{raw}”，未填写内容", shown=shown, raw=raw)
        return _finding(code, severity, raw or say("未填写"), wanted, read.where, wrong, fix)
    if read.value is None and "；" in read.where:
        code, wrong = (
            "FORM_FIELD_CONTRADICTORY",
            say("{shown}有不一致的内容“{raw}”", shown=shown, raw=raw),
        )
        fix = say("请只保留本单位的一张统计表，并核对该项")
    elif read.value is None and read.confidence < spec.confidence_bound:
        said = say("未能识别") if raw == ILLEGIBLE else say("识别为“{raw}”，把握不足", raw=raw)
        code, wrong = "FORM_FIELD_UNSURE", f"{shown}{said}"
        severity = Severity.WARNING
        fix = say("已转请人工核对；请同时报送可编辑的统计表")
    elif (
        read.value is None
        and is_inexact(one.type, read.raw)
        and not (one.type == "percent" and lacks_its_sign(read.raw))
    ):
        unclear = is_of_unclear_unit(one.type, read.raw)
        # A number by itself: then it is its unit or the heading's that nothing is made of.
        strange = parse_value(one.type, read.raw) is not None
        doubtful = (
            say("不能确定以元计还是以万元计")
            if unclear
            else say("其计量单位与该栏不符或不能识别")
            if strange
            else say("不是确定的数")
        )
        code, wrong = (
            "FORM_FIELD_VAGUE",
            say("{shown}填写为“{raw}”，{doubtful}", shown=shown, raw=raw, doubtful=doubtful),
        )
        fix = say("请填写准确数字，{get}", get=_EXACT.get(one.type, say("用阿拉伯数字")))
    elif read.value is None or (one.type == "count" and not isinstance(read.value, int)):
        code, wrong = (
            "FORM_FIELD_UNREADABLE",
            say("{shown}填写为“{raw}”，应为{wanted}", shown=shown, raw=raw, wanted=wanted),
        )
    elif isinstance(read.value, int | float) and read.value < 0 and one.type != "number":
        code, wrong = (
            "FORM_FIELD_NEGATIVE",
            say("{shown}填写为“{raw}”，不应为负数", shown=shown, raw=raw),
        )
    else:
        return None
    return _finding(code, severity, raw, wanted, read.where, wrong, fix)


def wanted_of(kind: str, choices: Sequence[str] = ()) -> str:
    """What a field of this type asks for, in the office's words."""
    return say("以下之一：{names}", names=say("、").join(choices)) if choices else _WANTED[kind]


def _finding(
    code: str, severity: Severity, actual: str, wanted: str, where: str, wrong: str, fix: str
) -> Finding:
    place = say("{where}：", where=where) if where else ""
    return Finding(
        code, severity, actual, wanted, where, f"{place}{wrong}{fix and say('。{fix}', fix=fix)}"
    )


def label_of(one: FormField) -> str:
    """A field's name for a person: `总体情况·举办次数`."""
    return "·".join(one.path)


# ---- checks between fields ----------------------------------------------------------------


def judge_checks(
    fields: Mapping[str, FieldValue], spec: FormSpec, seal: bool | None, arrived_on: date | None
) -> Iterator[Finding]:
    form = _Form(fields, spec)
    for check in spec.checks:
        if isinstance(check, SealCheck):
            yield from _judge_seal(check, seal)
        elif isinstance(check, DateCheck):
            yield from _judge_date(check, form, arrived_on)
        else:
            yield from _CHECKS[type(check)](check, form)


class _Form:
    """The fields with the words to speak of them."""

    def __init__(self, fields: Mapping[str, FieldValue], spec: FormSpec) -> None:
        self._fields = fields
        self._specs = {one.key: one for one in spec.fields}

    def __getitem__(self, key: str) -> FieldValue:
        return self._fields.get(key, _ABSENT)

    def number(self, key: str) -> float | None:
        """The number in a field; None when it states none, or one that cannot be (-3, 12.5次)."""
        value = self[key].value
        if not isinstance(value, int | float) or value < 0:
            return None
        fraction = self._specs[key].type == "count" and not isinstance(value, int)
        return None if fraction else value

    def label(self, key: str) -> str:
        """The field's name for a person."""
        return label_of(self._specs[key])

    def stated(self, key: str) -> str:
        """`总体情况·举办次数12`."""
        number = self.number(key)
        shown = "" if number is None else f"{number:.10g}"
        return say("{label}{number}", label=self.label(key), number=shown)

    def where(self, *keys: str) -> str:
        """The places of the fields."""
        return "、".join(dict.fromkeys(self[key].where for key in keys if self[key].where))


def _of_check(
    check: RuleBase, actual: str, where: str, severity: Severity | None = None
) -> Finding:
    place = say("{where}：", where=where) if where else ""
    return Finding(
        check.code,
        severity or check.severity,
        actual,
        check.text,
        where,
        say(
            "{place}{actual}，{words}。{fix}",
            place=place,
            actual=actual,
            words=check.text,
            fix=check.fix,
        ),
    )


def _judge_sum(check: SumCheck, form: _Form) -> Iterator[Finding]:
    """Told where the parts do not come to the total. A blank part counts as 0, and is named where
    the total needs it; one that cannot be read may be anything, so only an excess is certain."""
    total = form.number(check.total)
    numbers = {key: form.number(key) for key in check.parts}
    known = [number for number in numbers.values() if number is not None]
    blank = [key for key in check.parts if numbers[key] is None and is_blank(form[key].raw)]
    if total is None or not known:
        return
    short = total - sum(known)
    unread = len(known) + len(blank) < len(numbers)
    if abs(short) <= _TOLERANCE or (short > 0 and unread):
        return
    added = say("＋").join(f"{part:.10g}" for part in known)
    actual = say(
        "各项之和为{added}＝{known:.10g}，{stated}",
        added=added,
        known=sum(known),
        stated=form.stated(check.total),
    )
    if blank:
        actual = say("已填各项之和为{added}＝{known:.10g}", added=added, known=sum(known))
        actual += say("（{names}未填写），", names=say("、").join(form.label(key) for key in blank))
        actual += form.stated(check.total)
    severity = check.when_less if short > 0 and not blank else None
    yield _of_check(check, actual, form.where(check.total, *check.parts), severity)


def _judge_at_least(check: AtLeastCheck, form: _Form) -> Iterator[Finding]:
    number = form.number(check.field)
    if number is None:
        if check.when_absent is not None and is_blank(form[check.field].raw):
            actual = say("{label}未填写", label=form.label(check.field))
            yield _of_check(check, actual, form.where(check.field), check.when_absent)
    elif number < check.bound:
        yield _of_check(check, form.stated(check.field), form.where(check.field))


def _judge_zero(check: ZeroCheck, form: _Form) -> Iterator[Finding]:
    other = form.number(check.other)
    if form.number(check.field) == 0 and other is not None and other > 0:
        actual = say(
            "{stated}，{stated2}", stated=form.stated(check.field), stated2=form.stated(check.other)
        )
        yield _of_check(check, actual, form.where(check.field, check.other))


def _judge_ratio(check: RatioCheck, form: _Form) -> Iterator[Finding]:
    amount, count = form.number(check.field), form.number(check.per)
    if amount is not None and count is not None and count > 0 and amount / count > check.bound:
        actual = say(
            "{stated}，{stated2}", stated=form.stated(check.field), stated2=form.stated(check.per)
        )
        yield _of_check(check, actual, form.where(check.field, check.per))


def _judge_date(check: DateCheck, form: _Form, arrived_on: date | None) -> Iterator[Finding]:
    value = form[check.field].value
    if arrived_on is not None and isinstance(value, str) and value > arrived_on.isoformat():
        arrived = say_date(arrived_on)
        actual = say(
            "{label}为{strip}，邮件于{arrived}到达",
            label=form.label(check.field),
            strip=form[check.field].raw.strip(),
            arrived=arrived,
        )
        yield _of_check(check, actual, form.where(check.field))


def _judge_seal(check: SealCheck, seal: bool | None) -> Iterator[Finding]:
    if seal is None and check.when_unknown is not None:
        yield _of_check(check, say("文件格式不能显示印章"), "", check.when_unknown)
    elif seal is False:
        yield _of_check(check, say("未见印章"), "")


_CHECKS: Mapping[type, Callable[[Any, _Form], Iterator[Finding]]] = {
    SumCheck: _judge_sum,
    AtLeastCheck: _judge_at_least,
    ZeroCheck: _judge_zero,
    RatioCheck: _judge_ratio,
}
