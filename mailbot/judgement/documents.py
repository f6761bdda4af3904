"""Documents: which material a file is, and whether it is in order."""

import re
from dataclasses import replace
from datetime import date

from mailbot.campaign.types import SHIPPED_SLOTS, Campaign
from mailbot.judgement.classify import (
    Section,
    Titles,
    kind_by_subject,
    kind_by_title,
    kind_hinted_by_name,
    sections_of,
    tells_of_an_event,
    title_of_name,
)
from mailbot.judgement.faults import judge_extension, judge_faults
from mailbot.judgement.file_rules import judge_by_rules
from mailbot.judgement.findings import has_error
from mailbot.judgement.form.fields import recognise_form
from mailbot.judgement.form.files import (
    is_unfilled,
    judge_form_picture,
    judge_grids,
    judge_read_form,
    judge_table,
)
from mailbot.judgement.form.scans import is_album, is_without_text
from mailbot.judgement.keyword_groups import (
    groups_of,
    judge_contents,
    meets_all_errors,
    meets_share,
)
from mailbot.judgement.materials import DocumentJudgement, circumstance, of_kind, slots_of_text
from mailbot.judgement.matter import concerns
from mailbot.judgement.writing import count_chinese, count_words, own_words, text_length
from mailbot.language import say, spoken
from mailbot.model import Inspected, Kind

_OWN_MATERIAL = 100  # Chinese characters that make a later section a document of its own
_TALK = re.compile(
    r"请问|咨询|谢谢|感谢(?:您|贵)|[?？]|您好.{0,40}(?:公司|平台|机构)|发票|报名|优惠|诚邀|点击.{0,12}链接"
    r"|(?:预计|争取|拟于|计划于|尽快|尽早|明天|明日|后天|下周|稍后|随后).{0,24}"
    r"(?:补报|报送|上报|报上|报到|报齐|补齐|提交|发送)|请(?:贵办|领导)?(?:放心|批示|审批)|妥否|征稿|征订"
)
# Said to a reader: a report speaks of what happened and to nobody.
_DIRECTED = re.compile(
    r"您|贵(?:办|委|局|处|单位|公司)|请|来信|来函|来电|邮件|邮箱|回复|联系(?:电话|人)"
)
_SHAPE = 0.75  # share of the keyword groups by which an untitled document is known


def judge_document(
    inspected: Inspected,
    campaign: Campaign,
    *,
    subject: str = "",
    arrived_on: date | None = None,
) -> DocumentJudgement:
    """The kind of a document (content first, file name second, subject third) and its findings.

    What could not be opened is rejected or held as the fault rules say, under the kind its name
    claims; pages without text are held, since nobody has read them.
    """
    titles = Titles(campaign.documents)
    claimed = _claimed_kind(inspected, titles, subject)
    findings, held = judge_faults(inspected, campaign)
    if held or has_error(findings):
        return of_kind(claimed or Kind.DOCUMENT, campaign, findings, held=held)
    extension = judge_extension(inspected, campaign)
    if own := _other_form(inspected, campaign, titles, arrived_on):
        return replace(own, findings=own.findings + findings + extension)
    if is_without_text(inspected):
        form = judge_read_form(inspected, campaign, arrived_on)
        return form or _judge_pictures(inspected, campaign, titles, claimed)
    found = _materials(inspected, campaign, titles, subject, arrived_on)
    judged = _merge([_by_rules(one, inspected, campaign) for one in found])
    return replace(judged, findings=judged.findings + findings + extension)


def _other_form(
    inspected: Inspected, campaign: Campaign, titles: Titles, arrived_on: date | None
) -> DocumentJudgement | None:
    """The form of a slot besides `form` (签到表): by title or name, else by its own columns where
    the document is not the campaign's first form."""
    title = title_of_name(inspected.name, titles)
    named = {kind_by_title(inspected.text, titles), title.kind if title else None}
    for slot, spec in campaign.forms.items():
        if slot not in named and judge_table(inspected, campaign, arrived_on) is not None:
            continue
        if slot in named or recognise_form(inspected.grids, inspected.text, inspected.name, spec):
            judged = judge_grids(inspected, campaign.of_form(slot), arrived_on)
            return _by_rules(replace(judged, slots=(slot,)), inspected, campaign)
    return None


def _by_rules(
    judged: DocumentJudgement, inspected: Inspected, campaign: Campaign
) -> DocumentJudgement:
    """With what the plain rules (size, pages, name …) find for its kind and slots."""
    kinds = ("document", judged.kind.value)
    found = judge_by_rules(inspected, campaign, kinds, judged.slots)
    return replace(judged, findings=judged.findings + found)


def judge_body(text: str, campaign: Campaign, *, automatic: bool = False) -> DocumentJudgement:
    """The text of a mail: it fills the text slot when the sender wrote enough himself.

    `automatic`: the mail is a machine's, whose body never fills a slot (CONTRACT, Decisions).
    Nor does what is said to the office (thanks, a question, a promise) or sold to it, however
    long, where nothing in it tells of an event; nor what is said to anybody and is not about the
    campaign's matter (an absent person's program, an invitation to a meeting).
    """
    words = own_words(text)
    length, wanted = text_length(words, campaign.text)
    enough = length >= wanted
    told = Titles(campaign.documents).kinds(words) - {Kind.FORM, *campaign.forms}
    talk = _TALK.search(words) and not told
    strange = _DIRECTED.search(words) and not concerns(words, campaign)
    counts = enough and not automatic and not talk and not strange
    slots = slots_of_text(campaign) if counts else ()
    return DocumentJudgement(Kind.TEXT, slots)


def _claimed_kind(inspected: Inspected, titles: Titles, subject: str) -> str | None:
    """What a document that cannot be read is said to be."""
    title = title_of_name(inspected.name, titles)
    return (
        kind_by_title(inspected.text, titles)
        or (title.kind if title else kind_hinted_by_name(inspected.name, titles))
        or kind_by_subject(subject, titles)
    )


# ---- pages without text -------------------------------------------------------------------


def _judge_pictures(
    inspected: Inspected, campaign: Campaign, titles: Titles, claimed: str | None
) -> DocumentJudgement:
    """Photos pasted into a document (its pictures are judged, it is nothing itself), or a scan."""
    said = kind_by_title(inspected.text, titles) or title_of_name(inspected.name, titles)
    if said is None and is_album(inspected, campaign):
        return DocumentJudgement(Kind.DOCUMENT)
    if claimed == Kind.FORM:
        return judge_form_picture(campaign)
    if any(one.slot == claimed and one.holds == "any" for one in campaign.materials):
        # A scan is what was asked for (a sign-in sheet, a sealed page), and its name says it is it.
        return _by_rules(of_kind(str(claimed), campaign, pages=True), inspected, campaign)
    findings = circumstance(campaign, "scan", say("扫描件"))
    return of_kind(claimed or Kind.DOCUMENT, campaign, findings, held=True, pages=True)


# ---- materials in a text ------------------------------------------------------------------


def _materials(
    inspected: Inspected,
    campaign: Campaign,
    titles: Titles,
    subject: str,
    arrived_on: date | None,
) -> list[DocumentJudgement]:
    """Every material the document holds, the main one first."""
    opening, *others = _standing_sections(sections_of(inspected.text, titles), campaign)
    form = judge_table(inspected, campaign, arrived_on)
    found: list[DocumentJudgement] = []
    if form is not None and opening.kind not in (Kind.PLAN, Kind.SUMMARY):
        found.append(form)
    elif opening.kind == Kind.FORM:
        # Titled as the form, but without a table that could be read as one.
        found.append(judge_grids(inspected, campaign, arrived_on))
    elif opening.kind is not None:
        found.append(_judge_section(opening, campaign))
    found += [_judge_section(section, campaign) for section in others]
    if form is not None and form not in found and not is_unfilled(form.fields):
        found.append(form)
    if found:
        return found
    if opening.look_alike:
        return [
            of_kind(
                Kind.DOCUMENT,
                campaign,
                circumstance(campaign, "look_alike", say("不属于报送材料的文档")),
            )
        ]
    return [_judge_untitled(inspected, campaign, titles, subject)]


def _standing_sections(sections: tuple[Section, ...], campaign: Campaign) -> list[Section]:
    """The first section and those that are documents of their own; the others are parts of the
    one before (the heading 演练评估总结 in a plan).

    Any line may read like the title of a report (6月22日开展演练): it begins one only behind a
    document that is complete without it.
    """
    kept = [sections[0]]
    for section in sections[1:]:
        taken = {one.kind for one in kept}
        is_cut_off = (
            section.kind == Kind.TEXT
            and kept[-1].kind in (Kind.PLAN, Kind.SUMMARY)
            and not _stands_alone(kept[-1], campaign)
        )
        if section.kind not in taken and not is_cut_off and _stands_alone(section, campaign):
            kept.append(section)
        else:
            kept[-1] = replace(kept[-1], text=f"{kept[-1].text}\n{section.text}")
    return kept


def _judge_untitled(
    inspected: Inspected, campaign: Campaign, titles: Titles, subject: str
) -> DocumentJudgement:
    """A document whose first lines name nothing: by its contents where they are clear, its name,
    its subject, and at last as a report of an event."""
    whole = Section(None, 0, inspected.text)
    named = title_of_name(inspected.name, titles)
    if named is not None and named.kind is None:
        return of_kind(
            Kind.DOCUMENT,
            campaign,
            circumstance(campaign, "look_alike", say("不属于报送材料的文档")),
        )
    kind = _kind_by_contents(whole, named.kind if named else None, campaign)
    if kind is None and named is not None and named.kind != Kind.FORM:
        kind = named.kind
    if kind is None:
        hints = (kind_hinted_by_name(inspected.name, titles), kind_by_subject(subject, titles))
        kind = next(
            (one for one in hints if one and _stands_alone(replace(whole, kind=one), campaign)),
            None,
        )
    if kind is None and tells_of_an_event(inspected.text, titles):
        reported = replace(whole, kind=Kind.TEXT)
        kind = Kind.TEXT if _stands_alone(reported, campaign) else None
    if kind is None:
        return of_kind(
            Kind.DOCUMENT, campaign, circumstance(campaign, "no_material", say("未能辨认的文档"))
        )
    return _judge_section(replace(whole, kind=kind), campaign)


def _kind_by_contents(whole: Section, named: str | None, campaign: Campaign) -> str | None:
    """Plan or summary, where nearly all of its contents are there; against a name that says the
    other only where far fewer of that one's are."""
    for kind, other in ((Kind.SUMMARY, Kind.PLAN), (Kind.PLAN, Kind.SUMMARY)):
        clear = _stands_alone(replace(whole, kind=kind), campaign, share=_SHAPE)
        if not clear or not meets_all_errors(kind, whole.text, campaign):
            continue
        if named in (None, kind):
            return kind
        if named == other and not meets_share(other, whole.text, campaign, _SHAPE):
            return kind
    return None


def _stands_alone(section: Section, campaign: Campaign, share: float = 0.5) -> bool:
    """Whether a section is long and complete enough to be a document of its own."""
    if section.kind == Kind.TEXT:
        length, wanted = text_length(section.text, campaign.text)
        return length >= wanted
    characters = count_words(section.text) if spoken() == "en" else count_chinese(section.text)
    if section.kind not in SHIPPED_SLOTS and not groups_of(section.kind, campaign):
        return characters >= _OWN_MATERIAL  # a slot of the folder's own, of which nothing is asked
    return characters >= _OWN_MATERIAL and meets_share(section.kind, section.text, campaign, share)


def _judge_section(section: Section, campaign: Campaign) -> DocumentJudgement:
    assert section.kind is not None
    where = (
        say("第{number}行起", number=section.first_line + 1) if section.first_line else say("全文")
    )
    if section.kind == Kind.TEXT:
        length, wanted = text_length(section.text, campaign.text)
        findings = (
            circumstance(campaign, "short_text", say("{characters}字", characters=length))
            if length < wanted
            else ()
        )
    else:
        findings = judge_contents(section.kind, section.text, campaign, where)
    return of_kind(section.kind, campaign, findings)


def _merge(found: list[DocumentJudgement]) -> DocumentJudgement:
    """The main material with the others that have its verdict; the rest as its parts."""
    main = found[0]
    alike = [one for one in found if one.verdict is main.verdict]
    fields = next((one.fields for one in alike if one.fields), {})
    return DocumentJudgement(
        kind=main.kind,
        slots=tuple(dict.fromkeys(slot for one in alike for slot in one.slots)),
        findings=tuple(finding for one in alike for finding in one.findings),
        held=main.held,
        fields=fields,
        rows=next((one.rows for one in alike if one.rows), {}),
        parts=tuple(one for one in found if one.verdict is not main.verdict),
    )
