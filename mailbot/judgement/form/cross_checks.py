"""Checks between the fields of a form: sums, bounds, ratios, its date, its seal.

Their findings carry the codes that `checks` of form.yaml gives them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from mailbot.campaign.forms import (
    AtLeastCheck,
    DateCheck,
    FormSpec,
    RatioCheck,
    SealCheck,
    SumCheck,
    ZeroCheck,
)
from mailbot.campaign.rules import RuleBase
from mailbot.judgement.form.field_checks import ABSENT, label_of
from mailbot.judgement.form.values import is_blank
from mailbot.language import say, say_date
from mailbot.model import FieldValue, Finding, Severity

_TOLERANCE = 0.005  # of sums in 万元: a rounded yuan is no contradiction


def judge_checks(
    fields: Mapping[str, FieldValue], spec: FormSpec, seal: bool | None, arrived_on: date | None
) -> Iterator[Finding]:
    """What does not hold between the fields, in the order of form.yaml. `seal`, `arrived_on`: as
    `checks.judge_form` has them."""
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
        return self._fields.get(key, ABSENT)

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
