"""The register of a mail (来件登记): each file and link that came, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.language import say
from mailbot.model import BODY_NAME, ArrivalSummary, Judged, Kind, Verdict
from mailbot.outbox.compose.file_outcomes import Placement, Tone
from mailbot.outbox.compose.matters import DEFECTS, subject_of
from mailbot.outbox.discretion import SENDER_FAILED
from mailbot.wording.phrases import (
    clean,
    expiry_words,
    format_moment,
    format_size,
    measured,
    provider_name,
)

MAX_FILES = 8  # listed per mail: a receipt fits a phone; the register that goes along has all
MOST_REGISTERED = 200  # an archive may hold two thousand


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file that arrived. `depth` 1 and more: it lay inside the file above it."""

    name: str
    detail: str  # measured, size
    sha256: str
    status: str
    tone: Tone
    depth: int


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One announced link."""

    name: str
    detail: str  # provider, printed size
    expiry: str
    expired: bool


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """One mail and what it brought."""

    arrived_at: datetime
    subject: str
    files: tuple[FileLine, ...]
    omitted: int
    links: tuple[LinkLine, ...]
    notes: tuple[str, ...]


def shortened(arrival: ArrivalView) -> ArrivalView:
    """The register as it stands in the mail: short; whole in the file that goes along."""
    shown = arrival.files[:MAX_FILES]
    return replace(
        arrival,
        files=shown,
        omitted=len(arrival.files) - len(shown),
        links=arrival.links[:MAX_FILES],
    )


def register_of(arrivals: Iterable[ArrivalView], campaign: Campaign) -> str:
    """Every file and link of these mails with size and SHA-256, as a plain text."""
    lines = [say("来件登记"), ""]
    for arrival in arrivals:
        lines.append(
            say(
                "{moment}\u3000{subject}",
                moment=format_moment(arrival.arrived_at, campaign.zone),
                subject=arrival.subject,
            )
        )
        for file in arrival.files[:MOST_REGISTERED]:
            inset = "  " * (file.depth + 1)
            lines.append(
                say(
                    "{inset}{name}\u3000{detail}\u3000{status}",
                    inset=inset,
                    name=file.name,
                    detail=file.detail,
                    status=file.status,
                )
            )
            lines.append(f"{inset}  SHA-256 {file.sha256}")
        if left := len(arrival.files) - MOST_REGISTERED:
            lines += [say("  另有{left}个文件已收存", left=left)] if left > 0 else []
        lines += [
            say(
                "  链接：{name}\u3000{detail}\u3000{expiry}",
                name=link.name,
                detail=link.detail,
                expiry=link.expiry,
            )
            for link in arrival.links
        ]
        lines.append("")
    return "\r\n".join(lines)


def _brings_files(arrival: ArrivalSummary) -> bool:
    return any(one.name != BODY_NAME or one.slots for one in arrival.files)


def view_arrival(
    arrival: ArrivalSummary, placed: Placement, campaign: Campaign, now: datetime, settled: bool
) -> ArrivalView:
    """One mail and what it brought, whole; `settled`: its unit owes nothing any more."""
    lines = [line for judged in arrival.files for line in _file_lines(judged, placed, 0)]
    today = now.astimezone(campaign.zone).date()
    links = []
    for link in arrival.links[:MOST_REGISTERED]:
        expiry = expiry_words(link.expires, today)
        size = say("，{format_size}", format_size=format_size(link.size)) if link.size else ""
        links.append(
            LinkLine(
                name=clean(link.name or say("未标明文件名")),
                detail=provider_name(link) + size,
                expiry=expiry,
                expired=expiry.endswith(say("已过期")),
            )
        )
    left = len(arrival.links) - len(links)
    instead = (_instead(one) for top in arrival.files for one in top.walk())
    notes = [note for note in instead if note] if settled else []
    if left:
        notes.append(say("该邮件中的链接过多，另有{left}个已登记，未逐一列出。", left=left))
    for defect in dict.fromkeys(arrival.defects):
        cut_by_us = defect == "truncated" and "too_many_parts" in arrival.defects
        if defect in DEFECTS and not cut_by_us:
            became, wanted = map(say, DEFECTS[defect])
            perhaps = (
                say("如有需要补充或更换的材料，{wanted}", wanted=wanted)
                if settled and wanted
                else ""
            )
            notes.append(became + perhaps)
    if (
        not arrival.enquiry
        and "withdrawal" not in arrival.held_reasons
        and not {"too_large", SENDER_FAILED} & set(arrival.defects)
        and not links
        and not _brings_files(arrival)
    ):
        notes.append(say("该邮件中未见附件、下载链接或文字材料。"))
    return ArrivalView(
        arrived_at=arrival.arrived_at,
        subject=subject_of(arrival),
        files=tuple(lines),
        omitted=0,
        links=tuple(links),
        notes=tuple(notes),
    )


def _instead(judged: Judged) -> str:
    """What came in place of a file (a shortcut) to a dossier that wants nothing any more."""
    found = next((one for one in judged.findings if one.code == NOT_ITSELF), None)
    if found is None:
        return ""
    what, _, advice = clean(found.message, 300).partition(say("。"))
    return say(
        "{name}：{what}。如需报送该文件，{advice}",
        name=clean(judged.name),
        what=what,
        advice=advice,
    )


def _file_lines(judged: Judged, placed: Placement, depth: int) -> list[FileLine]:
    """A file and what lay in it; of a document's inside only what can fill a slot."""
    if judged.kind is Kind.OTHER and judged.verdict is Verdict.ACCEPTED:
        return []
    status, tone = placed.status(judged)
    details = [part for part in (measured(judged), format_size(judged.size)) if part]
    lines = [
        FileLine(
            name=clean(judged.name),
            detail=" · ".join(details),
            sha256=judged.sha256,
            status=status,
            tone=tone,
            depth=depth,
        )
    ]
    container = judged.kind in (Kind.ARCHIVE, Kind.MAIL)
    for member in judged.members:
        if container or member.slots:
            lines += _file_lines(member, placed, depth + 1)
    return lines
