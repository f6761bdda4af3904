"""What became of every file of the arrivals that one reply answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from mailbot.campaign.rules import CircumstanceRule
from mailbot.campaign.types import Campaign, Material
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.language import say
from mailbot.model import ArrivalSummary, Dossier, DossierFile, Finding, Judged, Slot, Verdict
from mailbot.wording.held import waits_itself
from mailbot.wording.hints import list_hints, listed
from mailbot.wording.items import own_errors, slot_problem_files, stray_rejects
from mailbot.wording.phrases import clean
from mailbot.wording.rules import title_of

Tone = Literal["good", "bad", "wait", "plain"]
_OF_NO_MATERIAL = ("look_alike", "no_material", "unknown_file")


class Placement:
    """Where the files of these arrivals stand in the dossier, by SHA-256.

    `asks`: the unit still owes something; where it does not, no file is called one to mend.
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
            return say("需补正"), "bad"
        if judged.sha256 in self.files:
            _, file = self.files[judged.sha256]
            if file.counts:
                return say("已通过"), "good"
            if file.superseded:
                return say("已由后件替代"), "plain"
            if file.shown_only or judged.verdict is Verdict.HELD:
                return say("待核对"), "wait"
            return (
                (say("未采用"), "plain")
                if judged.verdict is Verdict.REJECTED
                else (say("已收到"), "plain")
            )
        if waits_itself(self.campaign, judged):
            return say("待核对"), "wait"
        if self.known and (own_errors(judged) or self._no_material(judged)):
            return say("未采用"), "plain"
        return say("已收到"), "plain"

    def _no_material(self, judged: Judged) -> Finding | None:
        """The finding that says of a file in no slot what it is instead of a material."""
        circumstances = {
            rule.code
            for rule in self.campaign.rules
            if isinstance(rule, CircumstanceRule) and rule.when in _OF_NO_MATERIAL
        }
        return next((one for one in judged.findings if one.code in circumstances), None)

    def counts_for_something(self, arrival: ArrivalSummary) -> bool:
        """Whether something of a mail stands in a slot, or is a file that was not read yet."""
        every = (one for top in arrival.files for one in top.walk())
        return any(one.slots or (one.verdict is Verdict.HELD and not one.members) for one in every)

    def unused(self, names: dict[str, str]) -> tuple[str, ...]:
        """Files of these arrivals that are not used, and need no new one."""
        reasons: dict[str, list[str]] = {}
        found: dict[str, set[str]] = {}
        for judged in {one.sha256: one for one in self.brought}.values():
            errors = [one for one in own_errors(judged) if one.code != NOT_ITSELF]
            if self.known and errors and self.status(judged)[0] == "未采用":
                reason = title_of(self.campaign, errors[0])
                reasons.setdefault(reason, []).append(names[judged.sha256])
                found.setdefault(reason, set()).add(clean(errors[0].actual, 100))
        lines = [
            say("{listed}：{reason}", listed=listed(files), reason=reason)
            + _received(found[reason])
            for reason, files in reasons.items()
        ]
        return (*lines, *list_hints(self.campaign, self._uncounted(), names))

    def _uncounted(self) -> Iterator[Judged]:
        """Files of these arrivals that are no material, with that finding alone."""
        for judged in {one.sha256: one for one in self.brought}.values():
            finding = self._no_material(judged)
            if finding is not None and self.status(judged)[0] == "未采用":
                yield replace(judged, findings=(finding,))

    def worth_a_hint(self) -> tuple[Judged, ...]:
        """Accepted and mendable files of these arrivals, as the dossier has them (a figure may
        have been corrected); of what is not used nothing is said."""
        return tuple(
            {
                one.sha256: self.files[one.sha256][1].judged if one.sha256 in self.files else one
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
                if waits_itself(self.campaign, one) and one.sha256 not in self.files
            }.values()
        )


def _received(found: set[str]) -> str:
    """What was found, where it was the same in all files."""
    actual = next(iter(found))
    return say("（收到的为{actual}）", actual=actual) if len(found) == 1 and actual else ""
