"""What a reply says, as plain data that both templates print: text and HTML say the same."""

from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language, say
from mailbot.model import ArrivalSummary, Dossier, ReplyKind, Slot, SlotVerdict
from mailbot.outbox.compose.file_outcomes import Placement, Tone
from mailbot.outbox.compose.matters import is_withdrawn, matters_of
from mailbot.outbox.compose.register import ArrivalView, register_of, shortened, view_arrival
from mailbot.wording.held import without_relief
from mailbot.wording.hints import list_doubtful_figures, list_hints, listed
from mailbot.wording.items import Owed, Problem, list_owed, list_problems
from mailbot.wording.phrases import clean, shown_names

_STATUS: dict[SlotVerdict, tuple[str, Tone]] = {
    SlotVerdict.ACCEPTED: ("已通过", "good"),
    SlotVerdict.REJECTED: ("需补正", "bad"),
    SlotVerdict.MISSING: ("未收到", "bad"),
    SlotVerdict.ANNOUNCED: ("链接待核", "wait"),
    SlotVerdict.HELD: ("待核对", "wait"),
}


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One required material and where it stands."""

    label: str
    status: str
    tone: Tone
    detail: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    """Everything a reply says besides the fixed sentences of the templates."""

    problems: tuple[Problem, ...]
    owed: tuple[Owed, ...]
    figures: tuple[str, ...]  # of the form, to be looked at again by the unit
    wanted: tuple[str, ...]  # held, and the unit is asked for something that settles it
    matters: tuple[str, ...]  # what a person looks at
    slots: tuple[SlotLine, ...]
    unused: tuple[str, ...]  # rejected, but the material is there: for information
    hints: tuple[str, ...]
    arrivals: tuple[ArrivalView, ...]
    register: str = ""  # every file with its checksum, whole: it goes along as a file
    brought: bool = True  # something for a slot, or a link: there is material that is 已收到

    @property
    def must_act(self) -> bool:
        """Whether the unit has to do something: subject, opening and list agree on it."""
        return bool(self.problems or self.owed or self.wanted)


@in_its_language
def view_reply(
    kind: ReplyKind,
    dossier: Dossier | None,
    arrivals: tuple[ArrivalSummary, ...],
    campaign: Campaign,
    now: datetime,
) -> ReplyView:
    """Everything the reply says. A receipt asks for nothing, but under a condition."""
    names = shown_names(arrivals)
    asked = dossier if kind is ReplyKind.CORRECTION else None
    problems = list_problems(campaign, asked, arrivals, names) if asked else ()
    placed = Placement(campaign, dossier, arrivals, asks=kind is not ReplyKind.RECEIPT)
    said = {problem.source for problem in problems}
    owed = list_owed(campaign, asked, len(problems) + 1, said) if asked else ()
    every = tuple(dict.fromkeys(matters_of(campaign, dossier, arrivals, placed, names)))
    settled = kind is ReplyKind.RECEIPT
    wanted = () if settled else tuple(words for words, _, asks in every if asks)
    fitting = without_relief if problems or owed or wanted else str
    hints = (
        (
            *(one.message for slot in dossier.slots.values() for one in slot.findings),
            *list_hints(campaign, placed.worth_a_hint(), names),
        )
        if dossier
        else ()
    )
    figures = (
        list_doubtful_figures(campaign, dossier, placed.worth_a_hint(), names) if dossier else ()
    )
    shown = tuple(view_arrival(one, placed, campaign, now, settled) for one in arrivals)
    return ReplyView(
        problems=tuple(replace(one, fix=fitting(one.fix)) for one in problems),
        owed=owed,
        figures=figures,
        wanted=tuple(map(fitting, wanted)),
        matters=tuple(
            fitting(why if settled else words)
            for words, why, asks in every
            if why and (settled or not asks)
        ),
        slots=tuple(_slot_line(slot) for slot in dossier.slots.values()) if dossier else (),
        unused=placed.unused(names),
        hints=tuple(map(fitting, hints)),
        arrivals=tuple(map(shortened, shown)),
        register=register_of(shown, campaign),
        brought=any(one.links or placed.counts_for_something(one) for one in arrivals),
    )


def _slot_line(slot: Slot) -> SlotLine:
    if slot.waived:
        return SlotLine(slot.label, say("免报"), "plain", say("经核定，你单位无需报送该项"))
    status, tone = say(_STATUS[slot.verdict][0]), _STATUS[slot.verdict][1]
    if not slot.required and slot.verdict is SlotVerdict.MISSING:
        return SlotLine(slot.label, say("自愿报送"), "plain", "")
    count = slot.accepted_count
    if count and slot.verdict is SlotVerdict.MISSING:
        status = say("数量不足")
    detail = ""
    if slot.verdict is SlotVerdict.ACCEPTED:
        detail = listed(clean(file.judged.name, 60) for file in slot.files if file.counts)
    elif slot.verdict is SlotVerdict.REJECTED:
        detail = say("收到的文件尚不符合要求")
    elif slot.verdict is SlotVerdict.ANNOUNCED:
        detail = say("已收到下载链接，待我办下载核验")
    elif slot.verdict is SlotVerdict.HELD:
        taken_back = all(is_withdrawn(file.judged) for file in slot.files)
        detail = say("来信要求撤回，由我办核实") if taken_back else say("已收到，由我办人工核对")
    if slot.minimum > 1 and slot.verdict is not SlotVerdict.ACCEPTED:
        detail = say("{detail}，", detail=detail) if detail else ""
        detail += say("应有{minimum}份，已通过{count}份", minimum=slot.minimum, count=count)
    return SlotLine(slot.label, status, tone, detail)
