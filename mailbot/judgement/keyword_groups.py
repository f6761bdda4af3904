"""What a plan or an evaluation summary has to say, by the campaign's keyword groups."""

from mailbot.campaign.rules import KeywordRule, ShareRule, UnfilledRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.findings import finding_of
from mailbot.judgement.stated_facts import states
from mailbot.judgement.writing import fold, is_unfilled
from mailbot.language import say
from mailbot.model import Finding, Severity


def judge_contents(kind: str, text: str, campaign: Campaign, where: str) -> tuple[Finding, ...]:
    """A template sent back empty, another document, or the contents that are not seen.

    The first two are said in one finding: its gaps are then beside the point.
    """
    if is_unfilled(text):
        for rule in campaign.rules:
            if isinstance(rule, UnfilledRule) and rule.applies_to == kind:
                return (finding_of(rule, actual=say("未填写的模板"), where=where),)
    groups = groups_of(kind, campaign)
    missing = [
        group for group in _missing(kind, text, campaign) if not _says_otherwise(group, text)
    ]
    for rule in campaign.rules:
        if not isinstance(rule, ShareRule) or rule.applies_to != kind:
            continue
        if len(groups) - len(missing) < rule.minimum * len(groups):
            names = say("、").join(group.name for group in missing)
            return (
                finding_of(rule, actual=say("未见{names}等内容的文档", names=names), where=where),
            )
    return tuple(_judge_group(group, where) for group in missing)


def groups_of(kind: str | None, campaign: Campaign) -> list[KeywordRule]:
    """The contents asked of a document of this kind."""
    return [
        rule for rule in campaign.rules if isinstance(rule, KeywordRule) and rule.applies_to == kind
    ]


def meets_share(kind: str | None, text: str, campaign: Campaign, share: float) -> bool:
    """Whether a text holds at least this share of the kind's contents; not, if none is asked."""
    groups = groups_of(kind, campaign)
    return bool(groups) and len(groups) - len(_missing(kind, text, campaign)) >= share * len(groups)


def meets_all_errors(kind: str | None, text: str, campaign: Campaign) -> bool:
    """Whether no content is missing that the campaign insists on."""
    missing = [
        group for group in _missing(kind, text, campaign) if not _says_otherwise(group, text)
    ]
    return not any(group.severity is Severity.ERROR for group in missing)


def _missing(kind: str | None, text: str, campaign: Campaign) -> list[KeywordRule]:
    folded = fold(text)
    return [
        group
        for group in groups_of(kind, campaign)
        if not any(fold(word) in folded for word in group.words)
    ]


def _says_otherwise(group: KeywordRule, text: str) -> bool:
    """Whether the content is there in other words, or stated as such: 6月16日在化工园区举行."""
    folded = fold(text)
    return any(fold(word) in folded for word in group.other_words) or any(
        states(fact, text) for fact in group.stated
    )


def _judge_group(rule: KeywordRule, where: str) -> Finding:
    """未见 … 内容, never 缺少 … 章节: headings differ, and a word may stand in a picture."""
    return Finding(
        code=rule.code,
        severity=rule.severity,
        actual=say("未见{name}方面的内容", name=rule.name),
        expected=rule.text,
        where=where,
        message=say("未见{name}方面的内容。{fix}", name=rule.name, fix=rule.fix),
    )
