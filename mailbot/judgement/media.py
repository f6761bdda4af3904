"""Photos and videos against the campaign's rules of size and format."""

import operator

from mailbot.campaign.types import Campaign, FormatRule, SizeRule
from mailbot.judgement.faults import format_name, judge_extension, judge_faults
from mailbot.judgement.findings import finding_of, has_error
from mailbot.model import Finding, Inspected

_COMPARE = {">": operator.gt, ">=": operator.ge}
_OPERATOR_WORDS = {">": "大于", ">=": "不低于"}


def judge_media(inspected: Inspected, campaign: Campaign) -> tuple[tuple[Finding, ...], bool]:
    """Everything a photo or video does not meet, and whether a person must look.

    All rules are asked, so that the unit is told once. What could not be measured because the
    inspection failed (crashed, timeout …) is not held against the file.
    """
    findings, held = judge_faults(inspected, campaign)
    faulty = held or has_error(findings)
    collected = list(findings)
    for rule in campaign.rules:
        if isinstance(rule, FormatRule) and rule.applies_to == inspected.family:
            if not (faulty and inspected.format in ("unknown", "empty")):
                collected += _judge_format(rule, inspected)
        elif isinstance(rule, SizeRule) and rule.applies_to == inspected.family:
            size = displayed_size(inspected)
            if size is not None:
                collected += _judge_size(rule, size)
            elif not faulty and inspected.format != "unknown":
                held = True  # nobody knows why it has no size
    collected += judge_extension(inspected, campaign)
    return tuple(collected), held


def displayed_size(inspected: Inspected) -> tuple[int, int] | None:
    """Width and height in pixels as displayed, or None where they were not measured."""
    width, height = inspected.facts.get("width"), inspected.facts.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def meets_size(inspected: Inspected, campaign: Campaign) -> bool:
    """Whether a picture is as large as the photo rule wants; not, if it was not measured."""
    size = displayed_size(inspected)
    return size is not None and all(
        not _judge_size(rule, size)
        for rule in campaign.rules
        if isinstance(rule, SizeRule) and rule.applies_to == "photo"
    )


def _judge_size(rule: SizeRule, size: tuple[int, int]) -> tuple[Finding, ...]:
    """Long side against the long bound and short against short: portrait counts as landscape."""
    compare = _COMPARE[rule.operator]
    bound = (rule.width, rule.height)
    if compare(max(size), max(bound)) and compare(min(size), min(bound)):
        return ()
    return (
        finding_of(
            rule,
            actual=f"{size[0]}像素×{size[1]}像素",
            expected=f"{_OPERATOR_WORDS[rule.operator]}{rule.width}像素×{rule.height}像素",
            where="分辨率",
        ),
    )


def _judge_format(rule: FormatRule, inspected: Inspected) -> tuple[Finding, ...]:
    if inspected.format in rule.allowed:
        return ()
    allowed = dict.fromkeys(format_name(name) for name in rule.allowed)
    return (
        finding_of(
            rule,
            actual=format_name(inspected.format),
            expected="、".join(allowed),
            where="文件格式",
            fix=rule.fixes.get(inspected.format, ""),
        ),
    )
