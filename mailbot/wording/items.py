"""What one dossier asks of its unit: problems to mend, and materials still owed.

The list is complete at once (一次性告知), asks for nothing twice and for nothing accepted: a
slot that is filled asks nothing, whatever else came for it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.campaign.types import Campaign, Material
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.judgement.slots import OFFICE_REJECTED
from mailbot.language import say
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
from mailbot.wording.phrases import clean, format_limit
from mailbot.wording.rules import fix_of, rule_of, sentence, source_of, title_of

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
            limit = format_limit(campaign, material.deadline)
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


def _found(name: str, finding: Finding) -> str:
    place = say("（{places}）", places=clean(_places(finding.where), 60)) if finding.where else ""
    return say("{name}{place}：{actual}", name=name, place=place, actual=clean(finding.actual, 160))


def _places(where: str) -> str:
    """Cells of one sheet with its name once: `统计表 A5、G9、M9`."""
    sheet, gap, _ = where.partition(" ")
    return where.replace(f"、{sheet}{gap}", "、") if gap else where
