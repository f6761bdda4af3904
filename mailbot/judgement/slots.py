"""One slot of a dossier as arrivals and decisions pass over it: what counts, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum

from mailbot.campaign.types import Campaign, Material
from mailbot.entries import SlotDecision
from mailbot.judgement.announced import slot_of_link
from mailbot.language import say
from mailbot.model import (
    CloudLink,
    DossierFile,
    DossierLink,
    Finding,
    Judged,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)


class Standing(IntEnum):
    """What the address an arrival came from may do to the dossier, weakest first."""

    OTHER = 0  # fills empty slots, replaces nothing
    PROVISIONAL = 1  # bound because it was the first to name the unit
    OWN = 2  # listed in units.csv or confirmed by a person


@dataclass(frozen=True, slots=True)
class Contribution:
    """One arrival of the unit: what it brought, when and with what standing."""

    arrival: int
    arrived_at: datetime
    address: str
    standing: Standing
    files: tuple[Judged, ...]
    links: tuple[CloudLink, ...] = ()
    # SHA-256 and URLs that the sender took back, and when.
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)


OFFICE_REJECTED = "OFFICE_REJECTED"  # the finding of a file that a person rejected


WITHDRAWN = "MAIL_WITHDRAWN"  # the finding of a file that its sender took back


SLOT_ABOVE_MAXIMUM = "SLOT_ABOVE_MAXIMUM"  # more files than `maximum`


def _too_many(material: Material, count: int) -> tuple[Finding, ...]:
    """More accepted files than the notice wants: a warning, since none of them is wrong."""
    if material.maximum is None or count <= material.maximum:
        return ()
    return (
        Finding(
            code=SLOT_ABOVE_MAXIMUM,
            severity=Severity.WARNING,
            actual=say("{count}份", count=count),
            expected=say("不超过{maximum}份", maximum=material.maximum),
            where=material.label,
            message=say(
                "{label}已收到{count}份，规定不超过{maximum}份。请在来信中写明以哪几份为准；不写明的，由我办从中选用。",
                label=material.label,
                count=count,
                maximum=material.maximum,
            ),
        ),
    )


class SlotCourse:
    """One slot as arrivals and decisions pass over it, oldest first."""

    def __init__(self, material: Material, campaign: Campaign) -> None:
        self.material = material
        self._campaign = campaign
        self.files: list[DossierFile] = []
        self.links: list[DossierLink] = []
        self.in_force: list[tuple[int, Standing]] = []  # positions in `files`
        self.filled_at: datetime | None = None  # when what fills it had arrived
        self.waived = False
        self._ruled: dict[str, SlotDecision] = {}  # by sha256
        self._standings: list[Standing] = []  # of `files`
        self._taken_back: dict[int, datetime] = {}  # positions in `files`, and since when
        self._left_empty: list[int] = []  # those of them that had counted, until a person decides

    def run(self, ordered: Sequence[Contribution], decided: Sequence[SlotDecision]) -> None:
        """Everything in the order it happened; an arrival goes before a decision."""
        waiting = list(decided)
        for contribution in ordered:
            while waiting and waiting[0].decided_at < contribution.arrived_at:
                self._decide(waiting.pop(0))
            self._take(contribution)
        for decision in waiting:
            self._decide(decision)

    def slot(self) -> Slot:
        """Where the slot stands now."""
        return Slot(
            slot=self.material.slot,
            label=self.material.label,
            verdict=SlotVerdict.ACCEPTED
            if self.waived
            else _slot_verdict(self.material, self.files, self.links),
            minimum=self.material.minimum,
            files=tuple(self.files),
            links=tuple(self.links),
            waived=self.waived,
            required=self.material.required,
            maximum=self.material.maximum,
            deadline=self.material.deadline,
            filled_at=self.filled_at,
            findings=_too_many(self.material, sum(file.counts for file in self.files)),
        )

    def _take(self, contribution: Contribution) -> None:
        self.links += [
            DossierLink(link, contribution.arrival, contribution.arrived_at)
            for link in contribution.links
            if slot_of_link(link, self._campaign) == self.material.slot
            and link.url not in contribution.withdrawn
        ]
        # A place whose file was taken back is not empty: else who writes a withdrawal in the
        # unit's name could follow it with a file of his own.
        occupied = [
            *(standing for _, standing in self.in_force),
            *(self._standings[place] for place in self._left_empty),
        ]
        for judged in _files_for(self.material.slot, contribution):
            ruled = self._ruled.get(judged.sha256)
            since = contribution.withdrawn.get(judged.sha256)
            if ruled is not None and since is not None and ruled.decided_at < since:
                ruled = None
            file = DossierFile(
                judged=judged if since is None else _taken_back(judged),
                arrival=contribution.arrival,
                arrived_at=contribution.arrived_at,
                counts=False,
                decided_by_address=contribution.address,
            )
            if ruled is not None:
                file = _ruled_over(file, ruled)
            place = _came_before(file.judged, self.files)
            if place is not None:
                self._credit(place, file, contribution.standing)
                continue
            if since is not None:
                self._taken_back[len(self.files)] = since
                if judged.verdict is Verdict.ACCEPTED and _may_enter(
                    self.material, contribution.standing, occupied
                ):
                    self._left_empty.append(len(self.files))
            self.files.append(file)
            self._standings.append(contribution.standing)
            if file.judged.verdict is not Verdict.ACCEPTED:
                continue
            if ruled or _may_enter(self.material, contribution.standing, occupied):
                self._put_in_force(len(self.files) - 1)
            else:
                self.files[-1] = replace(file, shown_only=True)

    def _credit(self, place: int, file: DossierFile, standing: Standing) -> None:
        """The same octets from who has more say are his from now on: else a stranger who saw a
        mail could send its files first, and the unit's own would stay a stranger's."""
        if standing <= self._standings[place]:
            return
        known = self.files[place]
        judged = replace(known.judged, name=file.judged.name, source=file.judged.source)
        self._standings[place] = standing
        self.files[place] = replace(
            known,
            judged=judged,
            arrival=file.arrival,
            decided_by_address=file.decided_by_address,
        )
        self.in_force = [(one, self._standings[one]) for one, _ in self.in_force]

    def _put_in_force(self, place: int) -> None:
        self.files[place] = replace(
            self.files[place], counts=True, shown_only=False, superseded=False
        )
        if not self.material.accumulates and len(self.in_force) >= self.material.minimum:
            oldest, _ = self.in_force.pop(0)
            self.files[oldest] = replace(self.files[oldest], counts=False, superseded=True)
        self.in_force.append((place, self._standings[place]))
        if self.filled_at is None:
            self.filled_at = self._filled()

    def _filled(self) -> datetime | None:
        """By arrival, also where a person decided later: the unit did not make him wait."""
        times = sorted(self.files[place].arrived_at for place, _ in self.in_force)
        enough = len(times) >= self.material.minimum
        return times[self.material.minimum - 1] if enough else None

    def _decide(self, decision: SlotDecision) -> None:
        if decision.ruling == "waive":
            self.waived = True
            return
        if not decision.sha256:
            self.waived = False
            return
        self._ruled[decision.sha256] = decision
        places = [
            place
            for place, file in enumerate(self.files)
            if file.judged.sha256 == decision.sha256
            and self._taken_back.get(place, decision.decided_at) <= decision.decided_at
        ]
        for place in places:
            self.files[place] = _ruled_over(self.files[place], decision)
        self._left_empty = [place for place in self._left_empty if place not in places]
        if decision.ruling == "accept":
            if places and not any(self.files[place].counts for place in places):
                self._put_in_force(places[-1])
            return
        # What the rejected file had replaced stays replaced: it is asked for again.
        self.in_force = [one for one in self.in_force if one[0] not in places]
        if self.material.accumulates or len(self.in_force) < self.material.minimum:
            # A photo in time that was none does not make the one that came late punctual.
            self.filled_at = self._filled()


def _ruled_over(file: DossierFile, decision: SlotDecision) -> DossierFile:
    """The file as the person decided; his reason stands as a finding where he rejected it."""
    if decision.ruling == "accept":
        judged = replace(file.judged, verdict=Verdict.ACCEPTED, findings=_as_found(file.judged))
        return replace(file, judged=judged, shown_only=False, decided="accepted")
    reason = decision.reason.strip().rstrip(say("。")) or say("经工作人员核对，该文件不符合要求")
    finding = Finding(
        code=OFFICE_REJECTED,
        severity=Severity.ERROR,
        actual=say("经工作人员核对，不予采用"),
        expected=reason,
        where="",
        message=say("{reason}。请按上述意见更正后重新报送。", reason=reason),
    )
    judged = replace(
        file.judged, verdict=Verdict.REJECTED, findings=(*_as_found(file.judged), finding)
    )
    return replace(file, judged=judged, counts=False, shown_only=False, decided="rejected")


def _taken_back(judged: Judged) -> Judged:
    """The file as one that its sender withdrew: it waits for a person, whatever was found."""
    finding = Finding(
        code=WITHDRAWN,
        severity=Severity.NOTICE,
        actual=say("发件人来信撤回"),
        expected="",
        where="",
        message=say("发件人来信要求撤回该文件，现暂停采用。如需更换，请直接报送新的文件。"),
    )
    return replace(judged, verdict=Verdict.HELD, findings=(*judged.findings, finding))


def _as_found(judged: Judged) -> tuple[Finding, ...]:
    """The findings without those of decisions, his own and the sender's."""
    return tuple(one for one in judged.findings if one.code not in (OFFICE_REJECTED, WITHDRAWN))


def _came_before(judged: Judged, files: Sequence[DossierFile]) -> int | None:
    """Where the very same octets already stand and would change nothing."""
    return next(
        (
            place
            for place, file in enumerate(files)
            if file.judged.sha256 == judged.sha256
            and (file.counts or file.judged.verdict is not Verdict.ACCEPTED)
            and file.judged.verdict is judged.verdict
        ),
        None,
    )


def _files_for(slot: str, contribution: Contribution) -> list[Judged]:
    return [judged for file in contribution.files for judged in file.walk() if slot in judged.slots]


def _may_enter(material: Material, standing: Standing, occupied: Sequence[Standing]) -> bool:
    """`occupied`: the standings that held the slot before this arrival.

    What is below the minimum is still empty space, which anyone who names the unit may fill. Who
    speaks for the unit for the time being may be anyone, so he replaces what is his own.
    """
    if len(occupied) < material.minimum or standing is Standing.OWN:
        return True
    return standing is Standing.PROVISIONAL and set(occupied) == {Standing.PROVISIONAL}


def _slot_verdict(
    material: Material, files: Sequence[DossierFile], links: Sequence[DossierLink]
) -> SlotVerdict:
    if sum(file.counts for file in files) >= material.minimum:
        return SlotVerdict.ACCEPTED
    verdicts = {file.judged.verdict for file in files}
    if Verdict.REJECTED in verdicts:
        return SlotVerdict.REJECTED
    if Verdict.HELD in verdicts:
        return SlotVerdict.HELD
    return SlotVerdict.ANNOUNCED if links else SlotVerdict.MISSING
