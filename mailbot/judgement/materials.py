"""What the judgement of a document says, whatever the document is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.campaign.rules import CircumstanceRule
from mailbot.campaign.types import Campaign, Material
from mailbot.judgement.classify import Titles, kind_by_title
from mailbot.judgement.findings import finding_of, verdict_of
from mailbot.judgement.writing import fold
from mailbot.language import say
from mailbot.model import FieldValue, Finding, Inspected, Kind, Verdict

_KINDS = frozenset(kind.value for kind in Kind)


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
    rows: Mapping[str, tuple[Mapping[str, FieldValue], ...]] = field(default_factory=dict)
    parts: tuple["DocumentJudgement", ...] = ()
    pages: bool = False  # its pictures are scanned pages, not photos

    @property
    def verdict(self) -> Verdict:
        """Rejected, held or accepted, of this part alone."""
        return verdict_of(self.findings, held=self.held)


def of_kind(
    kind: str,
    campaign: Campaign,
    findings: tuple[Finding, ...] = (),
    *,
    held: bool = False,
    pages: bool = False,
) -> DocumentJudgement:
    """A document of this kind, filling the slot of its name if the campaign has one.

    What fills a slot of the folder's own (新闻稿) is a document to everybody else.
    """
    slots = tuple(one.slot for one in campaign.materials if one.slot == kind)
    known = Kind(kind) if kind in _KINDS else Kind.DOCUMENT
    return DocumentJudgement(known, slots, findings, held, pages=pages)


def slots_of_text(campaign: Campaign) -> tuple[str, ...]:
    """The slots that the text of a mail fills."""
    return tuple(one.slot for one in campaign.materials if one.holds == "text")


def slots_of_media(inspected: Inspected, campaign: Campaign) -> tuple[str, ...]:
    """The slots that a photo or video fills.

    Of several the one that its name or folder names, else the one of kind any whose title was
    read off it (a sign-in sheet photographed as IMG_0412.jpg), else the first of its kind.
    """
    fit = [one for one in campaign.materials if one.holds in (inspected.family.value, "any")]
    words = {one.kind: one.titles for one in campaign.documents}
    where = fold(f"{inspected.source}/{inspected.name}")
    met = {
        one.slot: max(
            (len(word) for word in (*words.get(one.slot, ()), one.label) if fold(word) in where),
            default=0,
        )
        for one in fit
    }
    longest = max(met.values(), default=0)  # 现场照片 names more than 照片 does
    named = [one for one in fit if longest and met[one.slot] == longest]
    own = [one for one in fit if one.holds != "any"]
    chosen = named or _titled(inspected, campaign, fit) or own[:1]
    return tuple(one.slot for one in chosen)


def _titled(inspected: Inspected, campaign: Campaign, fit: Sequence[Material]) -> list[Material]:
    """The slot of kind any that the picture's first lines name, where a machine read them."""
    if inspected.facts.get("ocr") is not True:
        return []
    said = kind_by_title(inspected.text, Titles(campaign.documents))
    return [one for one in fit if one.holds == "any" and one.slot == said]


def circumstance(campaign: Campaign, when: str, actual: str) -> tuple[Finding, ...]:
    """The findings of a circumstance the rules speak of."""
    return tuple(
        finding_of(rule, actual=actual, where=say("全文"), say_actual=when == "short_text")
        for rule in campaign.rules
        if isinstance(rule, CircumstanceRule) and rule.when == when
    )
