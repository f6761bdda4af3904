"""What the judgement of a document says, whatever the document is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbot.campaign.types import Campaign, CircumstanceRule
from mailbot.judgement.findings import finding_of, verdict_of
from mailbot.model import FieldValue, Finding, Kind, Verdict


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
    parts: tuple["DocumentJudgement", ...] = ()
    pages: bool = False  # its pictures are scanned pages, not photos

    @property
    def verdict(self) -> Verdict:
        """Rejected, held or accepted, of this part alone."""
        return verdict_of(self.findings, held=self.held)


def of_kind(
    kind: Kind,
    campaign: Campaign,
    findings: tuple[Finding, ...] = (),
    *,
    held: bool = False,
    pages: bool = False,
) -> DocumentJudgement:
    """A document of this kind, filling the slot of its name if the campaign has one."""
    slots = tuple(one.slot for one in campaign.materials if one.slot == kind)
    return DocumentJudgement(kind, slots, findings, held, pages=pages)


def circumstance(campaign: Campaign, when: str, actual: str) -> tuple[Finding, ...]:
    """The findings of a circumstance the rules speak of."""
    return tuple(
        finding_of(rule, actual=actual, where="全文", say_actual=when == "short_text")
        for rule in campaign.rules
        if isinstance(rule, CircumstanceRule) and rule.when == when
    )
