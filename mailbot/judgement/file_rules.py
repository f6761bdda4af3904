"""Plain rules that any file can be held to: pixels, format, octets, seconds, name, day, pages.

Each test compares facts with bounds and knows no kind of file. What was not measured is not
asked: a file whose length nobody could read is not too short.
"""

import operator
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
    FileNameRule,
    FileNameTest,
    FileSizeTest,
    FormatTest,
    PageCountTest,
    RuleBase,
    SizeTest,
    TakenBetweenRule,
    TakenBetweenTest,
    WordCountTest,
)
from mailbot.campaign.types import Campaign
from mailbot.judgement.bounds import MB, between, lengths, megabytes, short
from mailbot.judgement.dated_names import has_date
from mailbot.judgement.faults import format_name
from mailbot.judgement.findings import finding_of
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.writing import count_words
from mailbot.language import Words, say, say_date
from mailbot.model import Finding, Inspected

_COMPARE = {">": operator.gt, ">=": operator.ge}
_OPERATOR_WORDS = Words({">": "大于", ">=": "不低于"})
_PLAIN = (
    SizeTest,
    FormatTest,
    FileSizeTest,
    DurationTest,
    FileNameTest,
    TakenBetweenTest,
    PageCountTest,
    WordCountTest,
    AnyOfRule,
    AllOfRule,
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
    inspected: Inspected,
    campaign: Campaign,
    kinds: Collection[str],
    slots: Collection[str],
    *,
    named: bool = True,
) -> tuple[Finding, ...]:
    """The findings of all plain rules that apply to a file of these kinds in these slots.

    In the order of campaign.yaml. A rule for a slot goes before one of the same test for a kind.
    `named`: somebody gave the file its name; a picture within a document has none of its own.
    """
    return tuple(
        finding
        for rule in rules_for(campaign, kinds, slots)
        if named or not isinstance(rule, FileNameRule)
        for finding in _judge(rule, inspected, campaign)
    )


def rules_for(
    campaign: Campaign, kinds: Collection[str], slots: Collection[str]
) -> Iterator[RuleBase]:
    """The plain rules that hold for a file of these kinds in these slots.

    What fills a slot of kind `any` (a sign-in sheet, scanned or photographed) is no photo and no
    document of the campaign's: only the rules for that slot and for `any` hold.
    """
    holds = {one.slot: one.holds for one in campaign.materials}
    free = bool(slots) and all(holds.get(slot) == "any" for slot in slots)
    wrapped = {"archive", "mail"} & {*kinds}  # its files are judged, one by one
    kinds = {"any"} if free else {*kinds} if wrapped else {"any", *kinds}
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
                actual=say("未见拍摄日期的文件"),
                expected=_days(rule),
                where=say("拍摄日期"),
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
    return _together([one for one in outcomes if one.met is False], say("，或"))


@_ask.register
def _(test: AllOfRule, inspected: Inspected, campaign: Campaign) -> Outcome:
    outcomes = [_ask(one, inspected, campaign) for one in test.rules]
    missed = [one for one in outcomes if one.met is False]
    return _together(missed, say("，且")) if missed else NOT_ASKED


def _together(outcomes: list[Outcome], between: str) -> Outcome:
    return Outcome(
        False,
        actual=say("、").join(dict.fromkeys(one.actual for one in outcomes)),
        expected=between.join(one.expected for one in outcomes),
        where=say("、").join(dict.fromkeys(one.where for one in outcomes)),
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
        actual=say("{size_1}像素×{size_2}像素", size_1=size[0], size_2=size[1]),
        expected=say(
            "{operator_words}{width}像素×{height}像素",
            operator_words=_OPERATOR_WORDS[test.operator],
            width=test.width,
            height=test.height,
        ),
        where=say("分辨率"),
    )


@_ask.register
def _(test: FormatTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    return Outcome(
        inspected.format in test.allowed,
        actual=format_name(inspected.format),
        expected=say("、").join(dict.fromkeys(format_name(name) for name in test.allowed)),
        where=say("文件格式"),
        fix=test.fixes.get(inspected.format, ""),
    )


@_ask.register
def _(test: FileSizeTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    low, high = test.minimum_mb, test.maximum_mb
    return Outcome(
        (low is None or inspected.size >= low * MB)
        and (high is None or inspected.size <= high * MB),
        actual=megabytes(inspected.size, {low, high}),
        expected=between(low, high, "MB"),
        where=say("文件大小"),
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
        actual=say("{shown}秒", shown=short(shown)),
        expected=lengths(low, high),
        where=say("时长"),
    )


@_ask.register
def _(test: FileNameTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    stem = PurePath(inspected.name).stem
    lacking = []
    if "unit" in test.contains and not UnitNames(campaign).find(stem):
        lacking.append(say("单位名称"))
    if "date" in test.contains and not has_date(stem, campaign):
        lacking.append(say("日期"))
    if test.pattern and not _found(test.pattern, stem):
        lacking.append(say("规定的写法"))
    return Outcome(
        not lacking,
        actual=f"“{inspected.name}”",
        expected=say("文件名含") + say("、").join(lacking) if lacking else "",
        where=say("文件名"),
    )


@_ask.register
def _(test: TakenBetweenTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    taken = _day(inspected.facts.get("taken_at"), campaign.zone)
    if taken is None:
        return NOT_ASKED
    return Outcome(
        test.from_ <= taken <= test.to,
        actual=say("{taken}拍摄的文件", taken=_written(taken)),
        expected=_days(test),
        where=say("拍摄日期"),
    )


@_ask.register
def _(test: PageCountTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    pages = inspected.facts.get("pages")
    if not isinstance(pages, int) or isinstance(pages, bool) or pages < 1:
        return NOT_ASKED
    low, high = test.minimum, test.maximum
    return Outcome(
        (low is None or pages >= low) and (high is None or pages <= high),
        actual=say("{pages}页", pages=pages),
        expected=between(low, high, say("页")),
        where=say("页数"),
    )


@_ask.register
def _(test: WordCountTest, inspected: Inspected, campaign: Campaign) -> Outcome:
    words = count_words(inspected.text)
    if not words:
        return NOT_ASKED  # a scan: nobody has read it
    low, high = test.minimum, test.maximum
    return Outcome(
        (low is None or words >= low) and (high is None or words <= high),
        actual=say("{words}字", words=words),
        expected=between(low, high, say("字")),
        where=say("字数"),
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
    return say("{first}至{to}拍摄", first=_written(test.from_), to=_written(test.to))


def _written(day: date) -> str:
    return say_date(day)
