"""Plain rules that any file can be held to: pixels, format, octets, seconds, name, day, pages.

Each test compares facts with bounds and knows no kind of file. What was not measured is not
asked: a file whose length nobody could read is not too short.
"""

import operator
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import singledispatch
from pathlib import PurePath

import re2

from mailbot.campaign.rules import (
    AllOfRule,
    AnyOfRule,
    DurationTest,
    FileNameTest,
    FileSizeTest,
    FormatTest,
    PageCountTest,
    RuleBase,
    SizeTest,
    TakenBetweenRule,
    TakenBetweenTest,
)
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import format_name
from mailbot.judgement.findings import finding_of
from mailbot.judgement.whose.names import UnitNames
from mailbot.model import Finding, Inspected

_COMPARE = {">": operator.gt, ">=": operator.ge}
_OPERATOR_WORDS = {">": "大于", ">=": "不低于"}
_MB = 1_000_000  # CONTRACT, The language of rules
_PLAIN = (
    SizeTest,
    FormatTest,
    FileSizeTest,
    DurationTest,
    FileNameTest,
    TakenBetweenTest,
    PageCountTest,
    AnyOfRule,
    AllOfRule,
)
# 2017年6月16日, 2017-06-16, 20170616, 6月16日, 6.16: a month and a day, however written.
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}\s*[年./_-]?\s*)?"
    r"(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|1[0-2])\s*[月./_-]\s*(?:0?[1-9]|[12]\d|3[01])日?)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test found; `met` None where it could not be asked."""

    met: bool | None
    actual: str
    expected: str
    where: str
    fix: str = ""


NOT_ASKED = Outcome(None, "", "", "")


def judge_by_rules(
    inspected: Inspected, campaign: Campaign, kinds: Collection[str], slots: Collection[str]
) -> tuple[Finding, ...]:
    """The findings of all plain rules that apply to a file of these kinds in these slots.

    In the order of campaign.yaml. A rule for a slot goes before one of the same test for a kind.
    """
    return tuple(
        finding
        for rule in rules_for(campaign, kinds, slots)
        for finding in _judge(rule, inspected, campaign)
    )


def rules_for(
    campaign: Campaign, kinds: Collection[str], slots: Collection[str]
) -> Iterator[RuleBase]:
    """The plain rules that hold for a file of these kinds in these slots."""
    plain = [rule for rule in campaign.rules if isinstance(rule, _PLAIN)]
    own = {rule.test for rule in plain if rule.applies_to in slots}
    for rule in plain:
        if rule.applies_to in slots or (rule.applies_to in kinds and rule.test not in own):
            yield rule


def _judge(rule: RuleBase, inspected: Inspected, campaign: Campaign) -> tuple[Finding, ...]:
    outcome = _ask(rule, inspected, campaign)
    if outcome.met is None and isinstance(rule, TakenBetweenRule) and rule.when_absent:
        silent = rule.model_copy(update={"severity": rule.when_absent})
        return (
            finding_of(
                silent,
                actual="未见拍摄日期的文件",
                expected=_days(rule),
                where="拍摄日期",
            ),
        )
    if outcome.met is not False:
        return ()
    return (
        finding_of(
            rule,
            actual=outcome.actual,
            expected=outcome.expected,
            where=outcome.where,
            fix=outcome.fix,
        ),
    )


@singledispatch
def _ask(test: object, inspected: Inspected, campaign: Campaign) -> Outcome:
    """Whether a file meets a test."""
    raise TypeError(f"no test of files: {test!r}")


@_ask.register
def _(test: AnyOfRule, inspected: Inspected, campaign: Campaign) -> Outcome:
    outcomes = [_ask(one, inspected, campaign) for one in test.rules]
    if any(one.met for one in outcomes) or all(one.met is None for one in outcomes):
        return NOT_ASKED
    return _together([one for one in outcomes if one.met is False], "，或")


@_ask.register
def _(test: AllOfRule, inspected: Inspected, campaign: Campaign) -> Outcome:
    outcomes = [_ask(one, inspected, campaign) for one in test.rules]
    missed = [one for one in outcomes if one.met is False]
    return _together(missed, "，且") if missed else NOT_ASKED


def _together(outcomes: list[Outcome], between: str) -> Outcome:
    return Outcome(
        False,
        actual="、".join(dict.fromkeys(one.actual for one in outcomes)),
        expected=between.join(one.expected for one in outcomes),
        where="、".join(dict.fromkeys(one.where for one in outcomes)),
    )


def displayed_size(inspected: Inspected) -> tuple[int, int] | None:
    """Width and height in pixels as displayed, or None where they were not measured."""
    width, height = inspected.facts.get("width"), inspected.facts.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


@_ask.register
def _(test: SizeTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    """Long side against the long bound and short against short: portrait counts as landscape."""
    size = displayed_size(inspected)
    if size is None:
        return NOT_ASKED
    compare = _COMPARE[test.operator]
    bound = (test.width, test.height)
    return Outcome(
        compare(max(size), max(bound)) and compare(min(size), min(bound)),
        actual=f"{size[0]}像素×{size[1]}像素",
        expected=f"{_OPERATOR_WORDS[test.operator]}{test.width}像素×{test.height}像素",
        where="分辨率",
    )


@_ask.register
def _(test: FormatTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    return Outcome(
        inspected.format in test.allowed,
        actual=format_name(inspected.format),
        expected="、".join(dict.fromkeys(format_name(name) for name in test.allowed)),
        where="文件格式",
        fix=test.fixes.get(inspected.format, ""),
    )


@_ask.register
def _(test: FileSizeTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    low, high = test.minimum_mb, test.maximum_mb
    return Outcome(
        (low is None or inspected.size >= low * _MB)
        and (high is None or inspected.size <= high * _MB),
        actual=_megabytes(inspected.size, {low, high}),
        expected=_between(low, high, "MB"),
        where="文件大小",
    )


@_ask.register
def _(test: DurationTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    length = inspected.facts.get("duration_s")
    if not isinstance(length, int | float) or isinstance(length, bool):
        return NOT_ASKED
    low, high = test.minimum_s, test.maximum_s
    shown = round(length, 1)  # containers say 600.04 for ten minutes: what is shown decides
    return Outcome(
        (low is None or shown >= low) and (high is None or shown <= high),
        actual=f"{_short(shown)}秒",
        expected=_lengths(low, high),
        where="时长",
    )


@_ask.register
def _(test: FileNameTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    stem = PurePath(inspected.name).stem
    lacking = []
    if "unit" in test.contains and not UnitNames(campaign).find(stem):
        lacking.append("单位名称")
    if "date" in test.contains and not _DATE.search(stem):
        lacking.append("日期")
    if test.pattern and not _found(test.pattern, stem):
        lacking.append("规定的写法")
    return Outcome(
        not lacking,
        actual=f"“{inspected.name}”",
        expected="文件名含" + "、".join(lacking) if lacking else "",
        where="文件名",
    )


@_ask.register
def _(test: TakenBetweenTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    taken = _day(inspected.facts.get("taken_at"), campaign.zone)
    if taken is None:
        return NOT_ASKED
    return Outcome(
        test.from_ <= taken <= test.to,
        actual=f"{_written(taken)}拍摄的文件",
        expected=_days(test),
        where="拍摄日期",
    )


@_ask.register
def _(test: PageCountTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    pages = inspected.facts.get("pages")
    if not isinstance(pages, int) or isinstance(pages, bool) or pages < 1:
        return NOT_ASKED
    low, high = test.minimum, test.maximum
    return Outcome(
        (low is None or pages >= low) and (high is None or pages <= high),
        actual=f"{pages}页",
        expected=_between(low, high, "页"),
        where="页数",
    )


def _found(pattern: str, name: str) -> bool:
    search: Callable[[str, str], object] = re2.search
    return search(pattern, name) is not None


def _day(taken: object, zone: tzinfo) -> date | None:
    """The day a camera's clock or a container names; with a zone, the day it was here."""
    if not isinstance(taken, str):
        return None
    try:
        moment = datetime.fromisoformat(taken)
    except ValueError:
        return None
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


def _days(test: TakenBetweenTest) -> str:
    return f"{_written(test.from_)}至{_written(test.to)}拍摄"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _between(low: float | None, high: float | None, unit: str) -> str:
    if low is not None and high is not None:
        return f"{_short(low)}至{_short(high)}{unit}"
    return f"不少于{_short(low)}{unit}" if low is not None else f"不超过{_short(high or 0)}{unit}"


def _lengths(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{_length(low)}至{_length(high)}"
    return f"不少于{_length(low)}" if low is not None else f"不超过{_length(high or 0)}"


def _length(seconds: float) -> str:
    """`10分钟`, `90秒`."""
    minutes, rest = divmod(seconds, 60)
    return f"{_short(minutes)}分钟" if minutes and not rest else f"{_short(seconds)}秒"


def _megabytes(size: int, bounds: set[float | None]) -> str:
    """Three digits behind the point; the octets too where that would show the bound itself."""
    rounded = round(size / _MB, 3)
    octets = f"（{size}字节）" if rounded in bounds else ""
    return f"{_short(rounded)}MB{octets}"


def _short(number: float) -> str:
    return f"{number:g}" if number < 1e6 else f"{number:.0f}"
