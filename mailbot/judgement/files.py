"""One file with everything inside it: kinds, verdicts and findings of the whole tree.

What reads documents and tables is imported with the first of them: its grammars take longer than
all else that the verdict on a photograph needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mailbot.campaign.forms import NO_FORM
from mailbot.campaign.rules import CircumstanceRule
from mailbot.campaign.types import Campaign
from mailbot.formats.leftovers import is_leftover
from mailbot.judgement.classify import names_the_form
from mailbot.judgement.faults import family_by_name, judge_extension, judge_faults
from mailbot.judgement.file_rules import judge_by_rules
from mailbot.judgement.findings import finding_of, has_error, verdict_of, worst
from mailbot.judgement.form.suspected import hold_suspected_form
from mailbot.judgement.materials import slots_of_media
from mailbot.judgement.media import (
    displayed_size,
    is_logo,
    is_read_by_machine,
    judge_media,
    meets_size,
)
from mailbot.judgement.not_the_file import not_the_file
from mailbot.language import in_its_language, say
from mailbot.model import Family, Fault, FieldValue, Finding, Inspected, Json, Judged, Kind, Verdict

if TYPE_CHECKING:
    from mailbot.judgement.materials import DocumentJudgement

OUR_HEADER = "X-Mailbot-Kind"  # of every mail that this program sends
# Stand beside a file under its name and hold nothing of it.
_COMPANIONS = ("appledouble",)


@dataclass(frozen=True, slots=True)
class Context:
    """What the mail around a file says."""

    subject: str = ""  # the third source of a document's kind
    arrived_on: date | None = None  # in the campaign's time zone
    automatic: bool = False  # a machine's mail: its body fills no slot


@in_its_language
def judge_file(
    inspected: Inspected,
    campaign: Campaign,
    context: Context = Context(),
) -> Judged:
    """The verdict on a file and on everything inside it; an archive or mail takes the worst.

    A member is judged like a file that came by itself, except pictures inside a document: they
    are photos when they meet the photo rules, else decoration of no account.
    """
    if is_leftover(inspected.name, inspected.size) and not inspected.is_body:
        return _judged(inspected, Kind.OTHER, Verdict.ACCEPTED)
    if _is_ours(inspected):
        return _judged(inspected, Kind.OTHER, Verdict.ACCEPTED)
    if instead := not_the_file(inspected):
        return _judged(inspected, Kind.DOCUMENT, Verdict.REJECTED, (instead,))
    campaign = _of_its_format(inspected, campaign)
    match inspected.family:
        case Family.MAIL | Family.ARCHIVE:
            return _judge_container(inspected, campaign, context)
        case Family.PHOTO | Family.VIDEO:
            return _judge_media_file(inspected, campaign, context)
        case Family.DOCUMENT if _is_text_named_as_something_else(inspected):
            return _judge_unknown(inspected, campaign, context)
        case Family.DOCUMENT:
            return _judge_document_file(inspected, campaign, context)
        case _:
            return _judge_unknown(inspected, campaign, context)


def _of_its_format(inspected: Inspected, campaign: Campaign) -> Campaign:
    """The campaign as it is for a file of this format, where words of `documents` go for some
    formats alone. Words that go for this format go before the same words without one: the table is
    the form, whatever it came as, but as .pdf the sealed copy of it."""
    if inspected.family not in (Family.DOCUMENT, Family.PHOTO):
        return campaign
    own = [one for one in campaign.documents if inspected.format in one.formats]
    claimed = {word for one in own for word in one.titles}
    fit = tuple(
        one
        for one in campaign.documents
        if (inspected.format in one.formats if one.formats else not claimed & {*one.titles})
    )
    if len(fit) == len(campaign.documents):
        return campaign
    lost = {one.kind for one in campaign.documents} - {one.kind for one in fit}
    known: dict[str, object] = {"documents": fit}
    known["forms"] = {slot: spec for slot, spec in campaign.forms.items() if slot not in lost}
    if "form" in lost:
        known["form"] = NO_FORM
    return campaign.model_copy(update=known)


def _is_ours(inspected: Inspected) -> bool:
    """A mail of this program that comes back (a bounce's, a forwarded one), or the register that
    went along with it: nobody's material, nor what lies in it."""
    if inspected.mail is not None and inspected.mail.header_values(OUR_HEADER):
        return True
    ours = inspected.text.startswith("来件登记\n") and "SHA-256 " in inspected.text
    return ours and inspected.format == "txt" and not inspected.is_body


def _judge_container(inspected: Inspected, campaign: Campaign, context: Context) -> Judged:
    if inspected.mail is not None and inspected.mail.subject:
        context = replace(context, subject=inspected.mail.subject)
    members = tuple(judge_file(member, campaign, context) for member in inspected.members)
    if inspected.mail is not None:
        mail = inspected.mail
        members = hold_suspected_form(members, mail.subject, mail.text, campaign)
    findings, held = judge_faults(inspected, campaign)
    findings += judge_extension(inspected, campaign)
    findings += judge_by_rules(inspected, campaign, (inspected.family.value,), ())
    verdict = worst((verdict_of(findings, held=held), *(member.verdict for member in members)))
    kind = Kind.MAIL if inspected.family is Family.MAIL else Kind.ARCHIVE
    return _judged(inspected, kind, verdict, findings, members=members)


def _judge_media_file(
    inspected: Inspected, campaign: Campaign, context: Context, *, named: bool = True
) -> Judged:
    kind = Kind(inspected.family.value)
    if kind is Kind.PHOTO:
        if any(map(is_read_by_machine, (inspected, *inspected.members))):
            from mailbot.judgement.form.files import judge_read_form
            from mailbot.judgement.form.scans import resembles_form

            if form := judge_read_form(inspected, campaign, context.arrived_on):
                return _of_judgement(inspected, form)
            if resembles_form(inspected, campaign.form):
                return _judge_form_picture(inspected, campaign)
        if names_the_form(inspected.name, campaign):
            return _judge_form_picture(inspected, campaign)
        if inspected.referenced and is_logo(inspected) and not meets_size(inspected, campaign):
            return _judged(inspected, Kind.OTHER, Verdict.ACCEPTED)
    slots = slots_of_media(inspected, campaign)
    findings, held = judge_media(
        inspected, campaign, slots, named=named and not inspected.referenced
    )
    members = tuple(judge_file(member, campaign) for member in inspected.members)
    return _judged(
        inspected,
        kind,
        verdict_of(findings, held=held),
        findings,
        members=members,
        slots=slots,
    )


def _judge_form_picture(inspected: Inspected, campaign: Campaign) -> Judged:
    """A picture named as the form; one that cannot be opened gets the photo's findings too."""
    from mailbot.judgement.form.files import judge_form_picture

    faults, held = judge_faults(inspected, campaign)
    judgement = judge_form_picture(campaign)
    findings = faults if has_error(faults) else judgement.findings + faults
    verdict = verdict_of(findings, held=held or judgement.held)
    return _judged(inspected, judgement.kind, verdict, findings, slots=judgement.slots)


def _judge_document_file(inspected: Inspected, campaign: Campaign, context: Context) -> Judged:
    from mailbot.judgement.documents import judge_body, judge_document

    if inspected.is_body:
        judgement = judge_body(inspected.text, campaign, automatic=context.automatic)
    else:
        judgement = judge_document(
            inspected, campaign, subject=context.subject, arrived_on=context.arrived_on
        )
    pictures = tuple(
        _judge_embedded(member, campaign, context, pages=judgement.pages)
        for member in inspected.members
    )
    parts = tuple(
        replace(_of_judgement(inspected, part), source=say("文档中的一部分"))
        for part in judgement.parts
    )
    return replace(_of_judgement(inspected, judgement), members=parts + pictures)


def _of_judgement(inspected: Inspected, judgement: DocumentJudgement) -> Judged:
    facts: dict[str, Json] = dict(inspected.facts)
    if judgement.kind is Kind.FORM or judgement.fields:
        facts["fields"] = {key: _field(value) for key, value in judgement.fields.items()}
        facts.setdefault("seal", None)
    if judgement.rows:
        facts["rows"] = {
            key: [{name: _field(value) for name, value in one.items()} for one in records]
            for key, records in judgement.rows.items()
        }
    return replace(
        _judged(
            inspected,
            judgement.kind,
            judgement.verdict,
            judgement.findings,
            slots=judgement.slots,
        ),
        facts=facts,
        fields=judgement.fields,
    )


def _field(value: FieldValue) -> Json:
    read: dict[str, Json] = {
        "value": value.value,
        "raw": value.raw,
        "where": value.where,
        "confidence": value.confidence,
    }
    if value.doubts:
        read |= {"stored": value.stored, "doubts": list(value.doubts)}
    return read


def _judge_embedded(
    member: Inspected, campaign: Campaign, context: Context, *, pages: bool
) -> Judged:
    """What lies inside a document: a photo where it meets every rule, never a thing to mend.

    The unit pasted it for the reader; Word may have shrunk it or changed its format.
    """
    if member.family not in (Family.PHOTO, Family.UNKNOWN, Family.OTHER):
        return judge_file(member, campaign, context)
    if member.family is Family.PHOTO and not pages:
        judged = _judge_media_file(
            replace(member, referenced=False), campaign, context, named=False
        )
        if judged.verdict is Verdict.ACCEPTED or judged.kind is Kind.FORM:
            return judged
    return _judged(member, Kind.OTHER, Verdict.ACCEPTED)


def _is_text_named_as_something_else(inspected: Inspected) -> bool:
    """A failed download saved as .mp4 is a web page or a line of text."""
    claimed = family_by_name(inspected.name)
    return inspected.format in ("txt", "html", "csv") and claimed in (
        Family.PHOTO,
        Family.VIDEO,
        Family.ARCHIVE,
    )


def _judge_unknown(inspected: Inspected, campaign: Campaign, context: Context) -> Judged:
    """Content that is no material, or none that is known.

    A name that claims a material is taken at its word: what is called .mp4 and is no video was
    meant as one, and its sender has to hear of it.
    """
    claimed = family_by_name(inspected.name)
    if claimed is None or inspected.format in _COMPANIONS:
        findings: tuple[Finding, ...] = ()
        if inspected.family is Family.UNKNOWN and inspected.size:
            findings = tuple(
                finding_of(
                    rule, actual=say("未知格式的文件"), where=say("文件内容"), say_actual=False
                )
                for rule in campaign.rules
                if isinstance(rule, CircumstanceRule) and rule.when == "unknown_file"
            )
        return _judged(inspected, Kind.OTHER, Verdict.ACCEPTED, findings)
    if inspected.family is Family.OTHER and inspected.format != "empty":
        return _judged(inspected, Kind.OTHER, Verdict.ACCEPTED)
    faults = inspected.faults
    if not inspected.size and not faults:
        faults = (Fault("empty"),)
    elif claimed is Family.DOCUMENT and not faults:
        faults = (Fault("unsupported"),)  # no list of formats for documents: a person must look
    elif claimed is Family.ARCHIVE and not faults:
        faults = (Fault("corrupt"),)
    return judge_file(replace(inspected, family=claimed, faults=faults), campaign, context)


def _judged(
    inspected: Inspected,
    kind: Kind,
    verdict: Verdict,
    findings: tuple[Finding, ...] = (),
    *,
    members: tuple[Judged, ...] = (),
    slots: tuple[str, ...] = (),
) -> Judged:
    facts: dict[str, Json] = dict(inspected.facts)
    if displayed_size(inspected) is not None:
        facts.setdefault("format", inspected.format)
    return Judged(
        name=inspected.name,
        sha256=inspected.sha256,
        size=inspected.size,
        kind=kind,
        format=inspected.format,
        verdict=verdict,
        facts=facts,
        findings=findings,
        members=members,
        slots=slots,
        source=inspected.source,
    )
