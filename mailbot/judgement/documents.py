"""Documents: which material a file is, and whether it is in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mailbot.campaign import Campaign, CircumstanceRule, UnfilledRule
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
from mailbot.judgement.contents import judge_contents, meets_all_errors, meets_share
from mailbot.judgement.faults import judge_extension, judge_faults
from mailbot.judgement.fields import extract_fields, recognise_form
from mailbot.judgement.findings import finding_of, has_error, verdict_of
from mailbot.judgement.form import judge_form
from mailbot.judgement.scans import is_album, is_without_text
from mailbot.judgement.writing import count_chinese, own_words
from mailbot.model import Family, FieldValue, Finding, Inspected, Kind, Verdict

_OWN_MATERIAL = 100  # Chinese characters that make a later section a document of its own
_SHAPE = 0.75  # share of the keyword groups by which an untitled document is known
_BLANKS = " 年月日/—-_:：()（）盖章"  # what an untouched cell of the form holds


@dataclass(frozen=True, slots=True)
class DocumentJudgement:
    """What a document is and what is wrong with it.

    `slots`: every material it fills, all with this verdict. A material inside it that is judged
    otherwise (a good plan with a faulty form at its end) stands in `parts`.
    """

    kind: Kind
    slots: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    held: bool = False
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    parts: tuple["DocumentJudgement", ...] = ()
    pages: bool = False  # its pictures are scanned pages, not photos

    @property
    def verdict(self) -> Verdict:
        """Rejected, held or accepted, of this part alone."""
        return verdict_of(self.findings, held=self.held)


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
        return _of_kind(claimed or Kind.DOCUMENT, campaign, findings, held=held)
    extension = judge_extension(inspected, campaign)
    if is_without_text(inspected):
        return _judge_pictures(inspected, campaign, titles, claimed)
    judged = _merge(_materials(inspected, campaign, titles, subject, arrived_on))
    return replace(judged, findings=judged.findings + findings + extension)


def judge_body(text: str, campaign: Campaign, *, automatic: bool = False) -> DocumentJudgement:
    """The text of a mail: it fills the text slot when the sender wrote enough himself.

    `automatic`: the mail is a machine's, whose body never fills a slot (CONTRACT, Decisions).
    """
    enough = count_chinese(own_words(text)) >= campaign.text.minimum_chinese_characters
    return DocumentJudgement(Kind.TEXT, ("text",) if enough and not automatic else ())


def judge_form_picture(campaign: Campaign) -> DocumentJudgement:
    """The form as a photo or scan that nobody has read: a person must look."""
    return _of_kind(
        Kind.FORM, campaign, _circumstance(campaign, "form_picture", "图片"), held=True, pages=True
    )


def names_the_form(name: str, campaign: Campaign) -> bool:
    """Whether a file's name says it is the statistics table."""
    title = title_of_name(name, Titles(campaign.documents))
    return title is not None and title.kind is Kind.FORM


def _claimed_kind(inspected: Inspected, titles: Titles, subject: str) -> Kind | None:
    """What a document that cannot be read is said to be."""
    title = title_of_name(inspected.name, titles)
    return (
        kind_by_title(inspected.text, titles)
        or (title.kind if title else kind_hinted_by_name(inspected.name, titles))
        or kind_by_subject(subject, titles)
    )


def _of_kind(
    kind: Kind,
    campaign: Campaign,
    findings: tuple[Finding, ...] = (),
    *,
    held: bool = False,
    pages: bool = False,
) -> DocumentJudgement:
    slots = tuple(one.slot for one in campaign.materials if one.slot == kind)
    return DocumentJudgement(kind, slots, findings, held, pages=pages)


def _circumstance(campaign: Campaign, when: str, actual: str) -> tuple[Finding, ...]:
    return tuple(
        finding_of(rule, actual=actual, where="全文", say_actual=when == "short_text")
        for rule in campaign.rules
        if isinstance(rule, CircumstanceRule) and rule.when == when
    )


# ---- pages without text -------------------------------------------------------------------


def _judge_pictures(
    inspected: Inspected, campaign: Campaign, titles: Titles, claimed: Kind | None
) -> DocumentJudgement:
    """Photos pasted into a document (its pictures are judged, it is nothing itself), or a scan."""
    said = kind_by_title(inspected.text, titles) or title_of_name(inspected.name, titles)
    if said is None and is_album(inspected, campaign):
        return DocumentJudgement(Kind.DOCUMENT)
    if claimed is Kind.FORM:
        return judge_form_picture(campaign)
    findings = _circumstance(campaign, "scan", "扫描件")
    return _of_kind(claimed or Kind.DOCUMENT, campaign, findings, held=True, pages=True)


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
    form = _judge_table(inspected, campaign, arrived_on)
    found: list[DocumentJudgement] = []
    if form is not None and opening.kind not in (Kind.PLAN, Kind.SUMMARY):
        found.append(form)
    elif opening.kind is Kind.FORM:
        # Titled as the form, but without a table that could be read as one.
        found.append(_judge_grids(inspected, campaign, arrived_on))
    elif opening.kind is not None:
        found.append(_judge_section(opening, campaign))
    found += [_judge_section(section, campaign) for section in others]
    if form is not None and form not in found and not _is_blank(form.fields):
        found.append(form)
    if found:
        return found
    if opening.look_alike:
        return [
            _of_kind(
                Kind.DOCUMENT,
                campaign,
                _circumstance(campaign, "look_alike", "不属于报送材料的文档"),
            )
        ]
    return [_judge_untitled(inspected, campaign, titles, subject)]


def _standing_sections(sections: tuple[Section, ...], campaign: Campaign) -> list[Section]:
    """The first section and those that are documents of their own; the others are parts of the
    one before (the heading 演练评估总结 in a plan)."""
    kept = [sections[0]]
    for section in sections[1:]:
        taken = {one.kind for one in kept}
        if section.kind not in taken and _stands_alone(section, campaign):
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
        return _of_kind(
            Kind.DOCUMENT, campaign, _circumstance(campaign, "look_alike", "不属于报送材料的文档")
        )
    kind = _kind_by_contents(whole, named.kind if named else None, campaign)
    if kind is None and named is not None and named.kind is not Kind.FORM:
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
        return _of_kind(
            Kind.DOCUMENT, campaign, _circumstance(campaign, "no_material", "未能辨认的文档")
        )
    return _judge_section(replace(whole, kind=kind), campaign)


def _kind_by_contents(whole: Section, named: Kind | None, campaign: Campaign) -> Kind | None:
    """Plan or summary, where nearly all of its contents are there; against a name that says the
    other only where far fewer of that one's are."""
    for kind, other in ((Kind.SUMMARY, Kind.PLAN), (Kind.PLAN, Kind.SUMMARY)):
        clear = _stands_alone(replace(whole, kind=kind), campaign, share=_SHAPE)
        if not clear or not meets_all_errors(kind, whole.text, campaign):
            continue
        if named in (None, kind):
            return kind
        if named is other and not meets_share(other, whole.text, campaign, _SHAPE):
            return kind
    return None


def _stands_alone(section: Section, campaign: Campaign, share: float = 0.5) -> bool:
    """Whether a section is long and complete enough to be a document of its own."""
    characters = count_chinese(section.text)
    if section.kind is Kind.TEXT:
        return characters >= campaign.text.minimum_chinese_characters
    return characters >= _OWN_MATERIAL and meets_share(section.kind, section.text, campaign, share)


def _judge_section(section: Section, campaign: Campaign) -> DocumentJudgement:
    assert section.kind is not None
    where = f"第{section.first_line + 1}行起" if section.first_line else "全文"
    if section.kind is Kind.TEXT:
        characters = count_chinese(section.text)
        short = characters < campaign.text.minimum_chinese_characters
        findings = _circumstance(campaign, "short_text", f"{characters}字") if short else ()
    else:
        findings = judge_contents(section.kind, section.text, campaign, where)
    return _of_kind(section.kind, campaign, findings)


# ---- the statistics table -----------------------------------------------------------------


def _judge_table(
    inspected: Inspected, campaign: Campaign, arrived_on: date | None
) -> DocumentJudgement | None:
    if not recognise_form(inspected.grids, inspected.text, inspected.name, campaign.form):
        return None
    return _judge_grids(inspected, campaign, arrived_on)


def _judge_grids(
    inspected: Inspected, campaign: Campaign, arrived_on: date | None
) -> DocumentJudgement:
    fields = extract_fields(inspected.grids, campaign.form)
    found_nothing = not any(value.where for value in fields.values())
    if found_nothing and any(member.family is Family.PHOTO for member in inspected.members):
        return judge_form_picture(campaign)  # the title is text, the table is pasted as a picture
    findings: tuple[Finding, ...] = ()
    if _is_blank(fields):
        findings = tuple(
            finding_of(rule, actual="未填写的空表", where="统计表")
            for rule in campaign.rules
            if isinstance(rule, UnfilledRule) and rule.applies_to == "form"
        )
    if not findings:
        seal = inspected.facts.get("seal")
        findings = judge_form(
            fields,
            campaign.form,
            seal=seal if isinstance(seal, bool) else None,
            arrived_on=arrived_on,
        )
    unsure = any(finding.code == "FORM_FIELD_UNSURE" for finding in findings)
    return replace(_of_kind(Kind.FORM, campaign, findings, held=unsure), fields=fields)


def _is_blank(fields: Mapping[str, FieldValue]) -> bool:
    """The table was found and nobody has written into any of its fields."""
    stated = [value for value in fields.values() if value.value is not None]
    written = [value for value in fields.values() if value.raw.strip(_BLANKS)]
    return not stated and not written and any(value.where for value in fields.values())


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
        parts=tuple(one for one in found if one.verdict is not main.verdict),
    )
