"""A finding in words: which rule it is of, what is not met, how it is mended, who asks for it."""

from collections.abc import Iterable

from mailbot.campaign.forms import CheckBase
from mailbot.campaign.rules import FormatRule, RuleBase
from mailbot.campaign.types import Campaign, Material
from mailbot.language import say
from mailbot.model import Finding, Judged, Severity
from mailbot.wording.phrases import clean


def rule_of(campaign: Campaign, code: str) -> RuleBase | None:
    """The campaign's rule or form check with this code."""
    rules: Iterable[RuleBase] = (*campaign.rules, *campaign.form_checks)
    return next((rule for rule in rules if rule.code == code), None)


def fix_of(campaign: Campaign, finding: Finding, judged: Judged) -> str:
    """How the unit mends it: the rule's words, for this very format where the rule has them;
    without a rule what the message says after its first sentence."""
    rule = rule_of(campaign, finding.code)
    if isinstance(rule, FormatRule) and judged.format in rule.fixes:
        return sentence(rule.fixes[judged.format])
    if (
        isinstance(rule, CheckBase)
        and finding.severity is Severity.ERROR
        and say("报送") not in rule.fix
    ):
        return say("{rstrip}，更正后重新报送。", rstrip=rule.fix.rstrip(say("。")))
    if rule is not None:
        return sentence(rule.fix)
    _, advice = _halves(finding)
    return sentence(advice) or say("请更正后重新报送。")


def title_of(campaign: Campaign, finding: Finding) -> str:
    """What is not met, in one clause: the rule's text, or the message's first sentence."""
    rule = rule_of(campaign, finding.code)
    if rule is not None:
        return rule.text.rstrip(say("。"))
    words, _ = _halves(finding)
    return words.removeprefix(
        say("{where}：", where=clean(finding.where))
    )  # the place is told with the find


def _halves(finding: Finding) -> tuple[str, str]:
    """What a finding without a rule says, and what is to be done: its first sentence, up to a
    request in it, and the rest."""
    words, _, advice = clean(finding.message, 400).partition(say("。"))
    said, request, asked = words.partition(say("，请"))
    return (said, sentence(say("请{asked}", asked=asked)) + advice) if request else (words, advice)


def source_of(campaign: Campaign, rule: RuleBase | Material | None, slot: str = "form") -> str:
    """The sentence that asks for it, quoted from the notice; a standard is named as it is.

    `slot`: the form slot whose form's own sentence it is where there is no rule.
    """
    form = campaign.of_form(slot if slot in campaign.forms else "form").form
    source = rule.source if rule is not None else form.source
    if source in ("", "-"):  # the office's own, with no sentence to quote
        return ""
    if rule is not None and rule.basis == "standard":
        return source
    inner = source.replace("“", "‘").replace("”", "’")  # GB/T 15834: quotes within quotes
    return say(
        "{document_number}：“{inner}”", document_number=campaign.document_number, inner=inner
    )


def sentence(text: str) -> str:
    """The text with a full stop at its end."""
    return (
        text
        if text.endswith(("。", "！", "？", "）", ".", "!", "?")) or not text
        else say("{words}。", words=text)
    )
