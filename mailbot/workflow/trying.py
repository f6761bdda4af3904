"""A rules folder against examples: what would be said to whom, before the first mail comes in.

Nothing is stored or sent. Each mail is answered as the first of its unit; files without a mail
are taken for one mail of the unit that is named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.inspection.workers.pool import Pool
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.enquiry import is_enquiry
from mailbot.judgement.slots import Contribution, Standing
from mailbot.language import in_its_language, say
from mailbot.model import ArrivalSummary, Judged, Kind, MailAddress, Message, Verdict
from mailbot.outbox.compose.reply import ReplyRequest, choose_kind, compose_reply
from mailbot.workflow.checking import Examined, examine_paths


@dataclass(frozen=True, slots=True)
class TriedFile:
    """One file as judged, the innermost ones of mails and archives."""

    name: str
    verdict: Verdict
    kind: str
    slots: tuple[str, ...]
    found: dict[str, tuple[str, str]]  # by the rule's code: severity, message


@dataclass(frozen=True, slots=True)
class TriedReply:
    """What would go out; `no_answer` says why nothing would, and the rest is empty then."""

    name: str
    to: str
    unit: str
    kind: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    no_answer: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that would be said."""

    files: tuple[TriedFile, ...]
    replies: tuple[TriedReply, ...]


@in_its_language
def try_paths(
    paths: Sequence[Path],
    campaign: Campaign,
    now: datetime,
    *,
    unit: str = "",
    pool: Pool | None = None,
) -> Trial:
    """Judge the examples and compose the replies; they arrive now, or, outside of the time
    between opening and deadline, a day before the deadline."""
    examined = examine_paths(paths, campaign, pool)
    moment = _arrival_time(campaign, now, unit)
    replies = [
        _reply(campaign, one.message, one, one.judged.members, moment)
        for one in examined
        if one.message is not None
    ]
    loose = tuple(one.judged for one in examined if one.message is None)
    if loose and unit:
        sender = MailAddress(unit, "example@unit.invalid")
        replies.append(_reply(campaign, Message(sender=sender, subject=unit), None, loose, moment))
    files = [file for one in examined for file in _files(one.judged)]
    return Trial(tuple(files), tuple(replies))


def _arrival_time(campaign: Campaign, now: datetime, unit: str) -> datetime:
    deadline = campaign.deadline_of(unit)
    opened = datetime.combine(campaign.opening, time(), campaign.zone)
    return now if opened <= now <= deadline else max(opened, deadline - timedelta(days=1))


def _files(judged: Judged) -> Iterator[TriedFile]:
    for one in judged.walk():
        if one.kind in (Kind.ARCHIVE, Kind.MAIL) and not one.findings:
            continue  # what holds the files, and says nothing itself
        found = {
            finding.code: (finding.severity.value, finding.message) for finding in one.findings
        }
        yield TriedFile(one.name, one.verdict, one.kind.value, one.slots, found)


def _reply(
    campaign: Campaign,
    message: Message,
    examined: Examined | None,
    files: tuple[Judged, ...],
    moment: datetime,
) -> TriedReply:
    identity = examined.identity if examined else None
    name = Path(examined.path).name if examined else say("样例文件")
    unit = (identity.unit if identity else message.subject) or ""
    if examined and examined.no_answer is not None:
        reason = examined.no_answer
        return TriedReply(name, message.sender.address, unit, no_answer=reason.code)
    held = tuple(identity.held_reasons) if identity else ()
    arrival = ArrivalSummary(
        id=1,
        arrived_at=moment,
        subject=message.subject,
        message_id=message.message_id,
        references=message.references,
        sender=message.sender,
        files=files,
        links=message.links,
        defects=message.defects,
        held_reasons=held,
        unit=unit or None,
        enquiry=is_enquiry(message, campaign.text) and not files,
    )
    contribution = Contribution(
        1, moment, message.sender.address, Standing.OWN, files, message.links
    )
    dossier = judge_dossier(unit, True, [contribution], campaign, moment) if unit else None
    kind = choose_kind(dossier, [arrival])
    raw = compose_reply(
        ReplyRequest(
            kind=kind,
            number=f"{campaign.receipt_prefix}{campaign.year}-0000",
            message_id="<trial@mailbot.invalid>",
            unit=unit or None,
            to=message.sender,
            from_=MailAddress(campaign.issuer, campaign.mailbox),
            arrivals=(arrival,),
            dossier=dossier,
            campaign=campaign,
            now=moment,
        )
    )
    mail = message_from_bytes(raw, policy=default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return TriedReply(
        name,
        message.sender.address,
        unit,
        kind.value,
        str(mail["Subject"]),
        text.get_content() if text else "",
        html.get_content() if html else "",
    )
