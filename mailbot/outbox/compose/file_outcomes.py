"""What became of every file of the arrivals that one reply answers."""

from typing import Literal

from mailbot.campaign.types import Campaign, Material
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.model import ArrivalSummary, Dossier, DossierFile, Judged, Slot, Verdict
from mailbot.wording.items import (
    listed,
    own_errors,
    slot_problem_files,
    stray_rejects,
    title_of,
)
from mailbot.wording.phrases import clean

Tone = Literal["good", "bad", "wait", "plain"]


class Placement:
    """Where the files of these arrivals stand in the dossier, by sha256.

    `asks`: the unit is not done; otherwise no file counts as one to mend.
    """

    def __init__(
        self,
        campaign: Campaign,
        dossier: Dossier | None,
        arrivals: tuple[ArrivalSummary, ...],
        asks: bool,
    ) -> None:
        self.campaign = campaign
        self.known = dossier is not None
        self.files: dict[str, tuple[Slot, DossierFile]] = {}
        self.to_mend: set[str] = set()
        self.brought = tuple(
            judged for arrival in arrivals for top in arrival.files for judged in top.walk()
        )
        if asks:
            self.to_mend |= {judged.sha256 for judged in stray_rejects(dossier, arrivals)}
        if dossier is None:
            return
        materials: dict[str, Material] = {
            material.slot: material for material in campaign.materials
        }
        for key, slot in dossier.slots.items():
            for file in slot.files:
                earlier = self.files.get(file.judged.sha256)
                if earlier is None or not earlier[1].counts:
                    self.files[file.judged.sha256] = (slot, file)
            if asks:
                self.to_mend |= {
                    file.judged.sha256 for file in slot_problem_files(slot, materials.get(key))
                }

    def status(self, judged: Judged) -> tuple[str, Tone]:
        """What became of one file."""
        if judged.sha256 in self.to_mend:
            return "需补正", "bad"
        if judged.sha256 in self.files:
            _, file = self.files[judged.sha256]
            if file.counts:
                return "已通过", "good"
            if file.superseded:
                return "已由后件替代", "plain"
            if file.shown_only or judged.verdict is Verdict.HELD:
                return "待核对", "wait"
            return (
                ("未采用", "plain") if judged.verdict is Verdict.REJECTED else ("已收到", "plain")
            )
        if judged.verdict is Verdict.HELD and not judged.members:
            return "待核对", "wait"
        if self.known and own_errors(judged):
            return "未采用", "plain"
        return "已收到", "plain"

    def unused(self, names: dict[str, str]) -> tuple[str, ...]:
        """Rejected files of these arrivals that need no new one."""
        reasons: dict[str, list[str]] = {}
        found: dict[str, set[str]] = {}
        for judged in {one.sha256: one for one in self.brought}.values():
            errors = [one for one in own_errors(judged) if one.code != NOT_ITSELF]
            if self.known and errors and self.status(judged)[0] == "未采用":
                reason = title_of(self.campaign, errors[0])
                reasons.setdefault(reason, []).append(names[judged.sha256])
                found.setdefault(reason, set()).add(clean(errors[0].actual, 100))
        return tuple(
            f"{listed(files)}：{reason}" + _received(found[reason])
            for reason, files in reasons.items()
        )

    def worth_a_hint(self) -> tuple[Judged, ...]:
        """Accepted and mendable files of these arrivals; of what is not used nothing is said."""
        return tuple(
            {
                one.sha256: one
                for one in self.brought
                if self.status(one)[0] in ("已通过", "需补正", "已收到")
            }.values()
        )

    def held_strays(self) -> tuple[Judged, ...]:
        """Held files of these arrivals that stand in no slot."""
        return tuple(
            {
                one.sha256: one
                for one in self.brought
                if one.verdict is Verdict.HELD and not one.members and one.sha256 not in self.files
            }.values()
        )


def _received(found: set[str]) -> str:
    """What was found, where it was the same in all files."""
    actual = next(iter(found))
    return f"（收到的为{actual}）" if len(found) == 1 and actual else ""
