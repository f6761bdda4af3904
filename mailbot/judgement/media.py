"""Photos and videos against the campaign's rules of size, format and the rest."""

from collections.abc import Collection

from mailbot.campaign.rules import FormatRule, SizeRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import judge_extension, judge_faults
from mailbot.judgement.file_rules import displayed_size, judge_by_rules, rules_for
from mailbot.judgement.findings import has_error
from mailbot.model import Family, Finding, Inspected

__all__ = ["displayed_size", "judge_media", "meets_size"]

LOGO_SIDE = 400  # pixels: WeChat's and the phones' smallest pictures are 480 and more


def judge_media(
    inspected: Inspected, campaign: Campaign, slots: Collection[str] = (), *, named: bool = True
) -> tuple[tuple[Finding, ...], bool]:
    """Everything a photo or video does not meet, and whether a person must look.

    All rules are asked, so that the unit is told once. What could not be measured because the
    inspection failed (crashed, timeout …) is not held against the file.
    """
    findings, held = judge_faults(inspected, campaign)
    faulty = held or has_error(findings)
    kinds = (inspected.family.value,)
    nothing_known = faulty and inspected.format in ("unknown", "empty")
    asked = list(rules_for(campaign, kinds, slots))
    met = judge_by_rules(inspected, campaign, kinds, slots, named=named)
    if nothing_known:
        codes = {rule.code for rule in asked if isinstance(rule, FormatRule)}
        met = tuple(one for one in met if one.code not in codes)
    if (
        any(isinstance(rule, SizeRule) for rule in asked)
        and displayed_size(inspected) is None
        and not faulty
        and inspected.format != "unknown"
    ):
        held = True  # nobody knows why it has no size
    return (*findings, *met, *judge_extension(inspected, campaign)), held


def is_read_by_machine(inspected: Inspected) -> bool:
    """Whether (part of) the text was guessed from pixels."""
    return inspected.facts.get("ocr") is True


def is_logo(inspected: Inspected) -> bool:
    """Whether a picture in a mail's text is part of its signature or stationery: one whose short
    side is below `LOGO_SIDE`, or that could not be measured. A phone puts its photographs into
    the text as well, made smaller (1280×960, 960×720), and their sender must hear of it."""
    size = displayed_size(inspected)
    return size is None or min(size) < LOGO_SIDE


def meets_size(inspected: Inspected, campaign: Campaign) -> bool:
    """Whether a picture is as large as the photo rules want; not, if it was not measured."""
    if displayed_size(inspected) is None:
        return False
    codes = {
        rule.code
        for rule in rules_for(campaign, (Family.PHOTO.value,), ())
        if isinstance(rule, SizeRule)
    }
    found = judge_by_rules(inspected, campaign, (Family.PHOTO.value,), ())
    return not any(one.code in codes for one in found)
