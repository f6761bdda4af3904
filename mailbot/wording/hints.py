"""What a unit may look at again without being asked: doubtful figures, hints."""

from collections.abc import Iterable, Mapping

from mailbot.campaign.forms import CheckBase, RatioCheck, SumCheck
from mailbot.campaign.rules import CircumstanceRule
from mailbot.campaign.types import Campaign
from mailbot.language import say
from mailbot.model import Dossier, Finding, Judged, Severity
from mailbot.wording.phrases import clean
from mailbot.wording.rules import fix_of, rule_of, sentence, title_of

# What is said of a figure that is no error, but has to be looked at by who wrote it.
_OF_FIGURES = (
    "FORM_FIELD_VAGUE",
    "FORM_FIELD_UNREADABLE",
    "FORM_FIELD_NEGATIVE",
    "FORM_FIELD_CONTRADICTORY",
    "FORM_FIELD_NOT_CALCULATED",
    "FORM_FIELD_COLLAPSED",
    "FORM_FIELD_CORRECTED",
)


def list_doubtful_figures(
    campaign: Campaign, dossier: Dossier, files: Iterable[Judged], names: Mapping[str, str]
) -> tuple[str, ...]:
    """What does not fit together in the figures of the forms that count or came with this mail,
    one line each: both figures beside each other, and what is to be done."""
    counting = [
        file.judged for slot in dossier.slots.values() for file in slot.files if file.counts
    ]
    lines: dict[str, None] = {}
    for judged in {one.sha256: one for one in (*counting, *files)}.values():
        name = names.get(judged.sha256) or clean(judged.name)
        for finding in judged.findings:
            if finding.severity is not Severity.ERROR and _is_of_figures(campaign, finding):
                lines[
                    say(
                        "{name}：{message}",
                        name=name,
                        message=sentence(clean(finding.message, 400)),
                    )
                ] = None
    return tuple(lines)


def _is_of_figures(campaign: Campaign, finding: Finding) -> bool:
    """Whether a finding doubts a figure that stands in the form. Of what nobody wrote, of the
    seal and of the date the office is told; what is unsure is held, and told with what is held."""
    rule = rule_of(campaign, finding.code)
    if rule is not None:
        return isinstance(rule, SumCheck | RatioCheck)
    return finding.code in _OF_FIGURES


def list_hints(
    campaign: Campaign, files: Iterable[Judged], names: Mapping[str, str]
) -> tuple[str, ...]:
    """What the unit may take into account without sending anything: one line a rule.

    Warnings of the form's checks stay out of it: the office hears of them, and of those about
    figures the unit does under a heading of their own (`list_doubtful_figures`).
    """
    groups: dict[str, list[str]] = {}
    for judged in files:
        for finding in judged.findings:
            rule = rule_of(campaign, finding.code)
            if finding.severity is Severity.ERROR or rule is None or isinstance(rule, CheckBase):
                continue
            told = finding.actual and not isinstance(rule, CircumstanceRule)
            met = say("（{actual}）", actual=clean(finding.actual, 100)) if told else ""
            words = say(
                "{title_of}{met}。{fix_of}",
                title_of=title_of(campaign, finding),
                met=met,
                fix_of=fix_of(campaign, finding, judged),
            )
            groups.setdefault(words, []).append(names.get(judged.sha256) or clean(judged.name))
    return tuple(
        say("{listed}：{words}", listed=listed(found), words=words)
        for words, found in groups.items()
    )


def listed(names: Iterable[str]) -> str:
    """`a、b、c等7个文件`."""
    distinct = list(dict.fromkeys(names))
    if len(distinct) <= 3:
        return say("、").join(distinct)
    return say("{names}等{count}个文件", names=say("、").join(distinct[:3]), count=len(distinct))
