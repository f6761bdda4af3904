"""Dossiers, files and arrivals written down by hand, for the tests of what is said of them."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from mailbot.campaign.types import Campaign
from mailbot.model import (
    ArrivalSummary,
    CloudLink,
    Dossier,
    DossierFile,
    DossierLink,
    DossierState,
    Finding,
    Json,
    Judged,
    Kind,
    MailAddress,
    Punctuality,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)

# 2017-07-03 10:15 in Zhengzhou, two days before the deadline.
ARRIVED = datetime(2017, 7, 3, 2, 15, tzinfo=UTC)
SENDER = MailAddress("张三", "sender@example.test")


def digest_of(name: str) -> str:
    """The sha256 that a made file of this name has."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def finding(
    code: str,
    message: str,
    actual: str = "",
    expected: str = "",
    where: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding; an error unless said otherwise."""
    return Finding(code, severity, actual, expected, where, message)


def judged(
    name: str,
    kind: Kind,
    format: str,
    *findings: Finding,
    slots: tuple[str, ...] | None = None,
    facts: Mapping[str, Json] | None = None,
    members: tuple[Judged, ...] = (),
    size: int = 3_250_586,
    verdict: Verdict | None = None,
) -> Judged:
    """A file; rejected when it has an error, for the slot of its kind unless said otherwise."""
    errors = any(one.severity is Severity.ERROR for one in findings)
    natural = Verdict.REJECTED if errors else Verdict.ACCEPTED
    material = kind.value in ("form", "plan", "summary", "video", "photo", "text")
    own = (kind.value,) if material else ()
    return Judged(
        name=name,
        sha256=digest_of(name),
        size=size,
        kind=kind,
        format=format,
        verdict=verdict or natural,
        facts=facts or {},
        findings=findings,
        members=members,
        slots=own if slots is None else slots,
    )


def photo(name: str, width: int, height: int, *findings: Finding) -> Judged:
    """A JPEG of this size."""
    return judged(name, Kind.PHOTO, "jpeg", *findings, facts={"width": width, "height": height})


def small_photo(name: str, width: int = 1280, height: int = 720) -> Judged:
    """A JPEG below the notice's size, with the finding."""
    return photo(
        name,
        width,
        height,
        finding(
            "PHOTO_SIZE",
            "照片分辨率不足",
            f"{width}×{height}",
            "不低于1920×1080",
        ),
    )


def video(name: str, width: int, height: int, *findings: Finding) -> Judged:
    """An MP4 of 12.3 seconds."""
    facts: dict[str, Json] = {
        "container": "mp4",
        "codec": "AVC",
        "width": width,
        "height": height,
        "duration_s": 12.3,
    }
    return judged(name, Kind.VIDEO, "mp4", *findings, facts=facts, size=45_613_056)


def slot_of(
    campaign: Campaign,
    slot: str,
    verdict: SlotVerdict,
    *files: Judged,
    links: Iterable[CloudLink] = (),
    shown_only: bool = False,
) -> Slot:
    """A slot with files of arrival 1; the accepted ones count."""
    material = next(one for one in campaign.materials if one.slot == slot)
    return Slot(
        slot=slot,
        label=material.label,
        verdict=verdict,
        minimum=material.minimum,
        files=tuple(
            DossierFile(
                judged=file,
                arrival=1,
                arrived_at=ARRIVED,
                counts=file.verdict is Verdict.ACCEPTED and not shown_only,
                shown_only=shown_only,
                decided_by_address=SENDER.address,
            )
            for file in files
        ),
        links=tuple(DossierLink(link, 1, ARRIVED) for link in links),
    )


def good_files() -> dict[str, Judged]:
    """One accepted file for every slot of the campaign of 2017."""
    return {
        "form": judged(
            "2017年安全生产应急演练统计表.xlsx",
            Kind.FORM,
            "xlsx",
            size=18_432,
            facts={"seal": None},
        ),
        "plan": judged("演练方案.docx", Kind.PLAN, "docx", size=46_080),
        "summary": judged("演练评估总结.docx", Kind.SUMMARY, "docx", size=51_200),
        "video": video("演练视频.mp4", 1920, 1080),
        "photo": photo("IMG_20170628_093045.jpg", 4032, 3024),
        "text": judged("正文", Kind.TEXT, "txt", size=812),
    }


def dossier_of(
    campaign: Campaign,
    *slots: Slot,
    unit: str = "金水区",
    punctuality: Punctuality = Punctuality.PENDING,
) -> Dossier:
    """A dossier with these slots; every other slot of the campaign is missing."""
    given = {slot.slot: slot for slot in slots}
    full: dict[str, Slot] = {
        material.slot: given.get(material.slot)
        or slot_of(campaign, material.slot, SlotVerdict.MISSING)
        for material in campaign.materials
    }
    complete = all(slot.verdict is SlotVerdict.ACCEPTED for slot in full.values())
    anything = any(slot.files or slot.links for slot in full.values())
    state = DossierState.INCOMPLETE if anything else DossierState.NOTHING
    return Dossier(
        unit=unit,
        expected=True,
        state=DossierState.COMPLETE if complete else state,
        punctuality=punctuality,
        slots=full,
        first_arrival=ARRIVED if anything else None,
        last_arrival=ARRIVED if anything else None,
        completed_at=ARRIVED if complete else None,
    )


def complete_dossier(campaign: Campaign, unit: str = "金水区") -> Dossier:
    """Every slot filled by `good_files`."""
    slots = (
        slot_of(campaign, slot, SlotVerdict.ACCEPTED, file) for slot, file in good_files().items()
    )
    return dossier_of(campaign, *slots, unit=unit, punctuality=Punctuality.ON_TIME)


def arrival_of(
    *files: Judged,
    id: int = 1,
    unit: str | None = "金水区",
    subject: str = "金水区安全生产应急演练材料",
    message_id: str = "<one@example.test>",
    references: tuple[str, ...] = (),
    links: tuple[CloudLink, ...] = (),
    defects: tuple[str, ...] = (),
    held_reasons: tuple[str, ...] = (),
    no_answer_reason: str | None = None,
    arrived_at: datetime = ARRIVED,
    sender: MailAddress = SENDER,
) -> ArrivalSummary:
    """A mail with these files."""
    return ArrivalSummary(
        id=id,
        arrived_at=arrived_at,
        subject=subject,
        message_id=message_id,
        references=references,
        sender=sender,
        files=files,
        links=links,
        defects=defects,
        held_reasons=held_reasons,
        unit=unit,
        no_answer_reason=no_answer_reason,
    )
