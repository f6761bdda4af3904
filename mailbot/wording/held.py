"""What is said of a file that waits for a person, and whether the unit is asked for something."""

import re

from mailbot.campaign.rules import CircumstanceRule, FaultRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import OVER_QUOTA
from mailbot.judgement.findings import held_by
from mailbot.judgement.form.suspected import CODE as MAYBE_FORM
from mailbot.judgement.slots import WITHDRAWN
from mailbot.language import say, spoken
from mailbot.model import Judged, Verdict
from mailbot.wording.rules import fix_of, rule_of, title_of

# Whether words ask the unit for something (已转请人工查看 asks nobody), by language.
_ASKS = {
    "zh": re.compile(r"(?<![转敬])请(?!人工)"),
    "en": re.compile(r"\bplease\b", re.IGNORECASE),
}
# A clause that nothing need be sent again.
_RELIEF = {
    "zh": re.compile(
        r"(?:[，；]|(?<=。)|^)[^，；。]{0,12}(?:无需|不必|不用)(?:再|重新|重复)?"
        r"(?:报送?|补报|发送)(?=[，；。）]|$)"
    ),
    "en": re.compile(
        r"(?:[,;] |(?<=[.] )|^)[^,;.]{0,60}\b(?:need not|no need to)\b[^,;.]*"
        r"\b(?:send|sent|again)\b[^,;.]*(?=[,;.)]|$)"
    ),
}


def held_words(campaign: Campaign, judged: Judged) -> tuple[str, str, bool]:
    """Why a person looks at a held file, what may be done for it ("" nothing), and whether the
    unit is asked to."""
    unsure = [one for one in judged.findings if one.code == "FORM_FIELD_UNSURE"]
    finding = unsure[0] if unsure else held_by(judged.findings, campaign)
    if finding is None:
        return say("需人工核对"), "", False
    why = title_of(campaign, finding)
    if len(unsure) > 1:
        why = say("有{count}处不能确认，如{why}", count=len(unsure), why=why)
    rule = rule_of(campaign, finding.code)
    told = (
        bool(unsure)
        or finding.code == MAYBE_FORM
        or (isinstance(rule, CircumstanceRule | FaultRule) and rule.hold)
    )
    if not told and finding.code not in (WITHDRAWN, OVER_QUOTA):
        return why, "", False
    fix = fix_of(campaign, finding, judged)
    # 已转请人工查看 asks nobody; 如需更换，请… leaves it to the unit.
    return why, fix, _ASKS[spoken()].search(fix) is not None and finding.code != WITHDRAWN


def waits_itself(campaign: Campaign, judged: Judged) -> bool:
    """Whether a held file waits for a person on its own account, not for one of its members."""
    if judged.verdict is not Verdict.HELD:
        return False
    rules = (rule_of(campaign, one.code) for one in judged.findings)
    return (
        not judged.members
        or any(one.code in (WITHDRAWN, OVER_QUOTA) for one in judged.findings)
        or any(isinstance(one, CircumstanceRule | FaultRule) and one.hold for one in rules)
    )


def without_relief(text: str) -> str:
    """The text without its clauses that nothing need be sent again: never said while something
    is still wanted."""
    return _RELIEF[spoken()].sub("", text)
