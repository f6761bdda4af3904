"""What one dossier asks of its unit: problems to mend, materials still owed, matters in hand.

The list is complete at once (一次性告知), asks for nothing twice and for nothing accepted: a
slot that is filled asks nothing, whatever else came for it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.campaign.forms import CheckBase, RatioCheck, SumCheck
from mailbot.campaign.rules import CircumstanceRule, FaultRule, FormatRule, RuleBase
from mailbot.campaign.types import Campaign, Material
from mailbot.judgement.dossier import OFFICE_REJECTED
from mailbot.judgement.faults import OVER_QUOTA
from mailbot.judgement.findings import held_by
from mailbot.judgement.form.suspected import CODE as MAYBE_FORM
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.judgement.withdrawal import WITHDRAWN
from mailbot.language import say, spoken
from mailbot.model import (
    ArrivalSummary,
    Dossier,
    DossierFile,
    DossierState,
    Finding,
    Judged,
    Kind,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)
from mailbot.wording.phrases import clean, format_date, last_day

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
MAX_LINES = 8  # files or cells named under one problem; the rest is counted


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule not met by some files of one material: one number of the list."""

    number: int
    label: str  # the material
    title: str
    found: tuple[str, ...]  # file, place and what was found there
    more: int  # further finds that are not listed
    wanted: str
    fix: str
    source: str  # the sentence that asks for it


@dataclass(frozen=True, slots=True)
class Owed:
    """A required material of which nothing usable came."""

    number: int
    label: str
    how: str
    source: str


def slot_problem_files(slot: Slot, material: Material | None) -> tuple[DossierFile, ...]:
    """The rejected files the unit must mend; empty unless the slot is rejected.

    Of a material that does not accumulate only the newest matters: what was wrong in an older
    version need not be mended twice.
    """
    if slot.verdict is not SlotVerdict.REJECTED or not slot.required:
        return ()
    rejected = [
        file
        for file in slot.files
        if file.judged.verdict is Verdict.REJECTED and not file.superseded
    ]
    if material is not None and not material.accumulates:
        rejected = rejected[-1:]
    return tuple({file.judged.sha256: file for file in rejected}.values())


def stray_rejects(
    dossier: Dossier | None, arrivals: Iterable[ArrivalSummary]
) -> tuple[Judged, ...]:
    """Files of these arrivals that are rejected for themselves and belong to no slot: an
    archive with a password, a document that cannot be opened."""
    slots = dossier.slots.values() if dossier else ()
    placed = {file.judged.sha256 for slot in slots for file in slot.files}
    return tuple(
        {
            judged.sha256: judged
            for arrival in arrivals
            for top in arrival.files
            for judged in top.walk()
            if judged.sha256 not in placed
            and not judged.slots
            and judged.kind is not Kind.OTHER
            and own_errors(judged)
        }.values()
    )


def own_errors(judged: Judged) -> tuple[Finding, ...]:
    """The findings that reject this very file."""
    return tuple(one for one in judged.findings if one.severity is Severity.ERROR)


def list_problems(
    campaign: Campaign,
    dossier: Dossier,
    arrivals: Iterable[ArrivalSummary],
    names: Mapping[str, str],
) -> tuple[Problem, ...]:
    """Every problem of the dossier, numbered from 1, in the campaign's order of materials.

    `names` gives by sha256 the name under which a file is shown (`照片.zip › 1.jpg`).
    """
    materials: dict[str, Material] = {material.slot: material for material in campaign.materials}
    rows: list[tuple[str, Judged, Finding, str]] = []
    slots = {slot.label: key for key, slot in dossier.slots.items()}
    for key, slot in dossier.slots.items():
        files = slot_problem_files(slot, materials.get(key))
        need = slot.minimum - slot.accepted_count
        enough = (
            say("{label}补齐{need}份符合要求的即可。", label=slot.label, need=need)
            if len(files) > need
            else ""
        )
        for file in files:
            rows += [(slot.label, file.judged, one, enough) for one in own_errors(file.judged)]
    if dossier.state is not DossierState.COMPLETE:
        for judged in stray_rejects(dossier, arrivals):
            rows += [(say("其他来件"), judged, finding, "") for finding in own_errors(judged)]
    groups: dict[tuple[str, str, str, str, str], list[tuple[Judged, Finding]]] = {}
    for label, judged, finding, enough in rows:
        title, wanted = title_of(campaign, finding), clean(finding.expected, 300)
        fix = fix_of(campaign, finding, judged) + enough
        groups.setdefault((label, finding.code, title, wanted, fix), []).append((judged, finding))
    problems = []
    for number, ((label, code, title, wanted, fix), members) in enumerate(groups.items(), 1):
        found = tuple(
            _found(names.get(judged.sha256) or clean(judged.name), finding)
            for judged, finding in members
        )
        problems.append(
            Problem(
                number=number,
                label=label,
                title=title,
                found=found[:MAX_LINES],
                more=len(found[MAX_LINES:]),
                wanted="" if wanted.rstrip(say("。")) == title else wanted,
                fix=fix,
                source=""
                if code in (OFFICE_REJECTED, NOT_ITSELF)
                else source_of(campaign, rule_of(campaign, code), slots.get(label, "form")),
            )
        )
    return tuple(_said_once(problems))


def _said_once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Each source stands at the first problem that rests on it."""
    said = {""}
    for problem in problems:
        yield problem if problem.source not in said else replace(problem, source="")
        said.add(problem.source)


def list_owed(
    campaign: Campaign, dossier: Dossier, start: int, said: Collection[str] = ()
) -> tuple[Owed, ...]:
    """The missing materials, numbered from `start`; sources that were `said` are not repeated."""
    owed: list[Owed] = []
    for material in campaign.materials:
        slot = dossier.slots.get(material.slot)
        if slot is None or not slot.required or slot.verdict is not SlotVerdict.MISSING:
            continue
        how = sentence(material.how)
        if material.deadline is not None:
            limit = format_date(last_day(campaign, material.deadline))
            how = say("{how}该项报送时限为{limit}。", how=how, limit=limit)
        if slot.accepted_count:
            lacking = slot.minimum - slot.accepted_count
            how = say(
                "已通过{accepted_count}份，还需{lacking}份。{how}",
                accepted_count=slot.accepted_count,
                lacking=lacking,
                how=how,
            )
        number = start + len(owed)
        source = source_of(campaign, material)
        owed.append(Owed(number, material.label, how, "" if source in said else source))
    return tuple(owed)


def owes(dossier: Dossier) -> bool:
    """Whether there is something the unit itself can still do."""
    return any(
        slot.required and slot.verdict in (SlotVerdict.MISSING, SlotVerdict.REJECTED)
        for slot in dossier.slots.values()
    )


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


def _found(name: str, finding: Finding) -> str:
    place = say("（{places}）", places=clean(_places(finding.where), 60)) if finding.where else ""
    return say("{name}{place}：{actual}", name=name, place=place, actual=clean(finding.actual, 160))


def _places(where: str) -> str:
    """Cells of one sheet with its name once: `统计表 A5、G9、M9`."""
    sheet, gap, _ = where.partition(" ")
    return where.replace(f"、{sheet}{gap}", "、") if gap else where


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
