"""How a rule that is not met becomes a finding, and findings become a verdict."""

from collections.abc import Iterable

from mailbot.campaign.rules import RuleBase
from mailbot.campaign.types import Campaign
from mailbot.language import say
from mailbot.model import Finding, Severity, Verdict

# The program's own findings that hold a form, whatever else was found on it.
_FOR_A_PERSON = (
    "MAIL_WITHDRAWN",
    "FORM_SUB_UNIT",
    "FORM_OTHER_UNIT",
    "FORM_FIELD_UNSURE",
    "PHOTO_MAYBE_FORM",
)


def finding_of(
    rule: RuleBase,
    *,
    actual: str,
    where: str,
    expected: str = "",
    fix: str = "",
    say_actual: bool = True,
) -> Finding:
    """What is wanted, what was met, how to mend it, in one message for the unit.

    `expected` falls back on the rule's text and `fix` on the rule's fix. `say_actual` is off
    where the rule's text itself says what was met (文档为扫描件).
    """
    met = say("，收到的为{actual}", actual=actual) if actual and say_actual else ""
    return Finding(
        code=rule.code,
        severity=rule.severity,
        actual=actual,
        expected=expected or rule.text,
        where=where,
        message=say("{words}{met}。{fix}", words=rule.text, met=met, fix=fix or rule.fix),
    )


def has_error(findings: Iterable[Finding]) -> bool:
    """Whether any finding rejects."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def verdict_of(findings: Iterable[Finding], *, held: bool) -> Verdict:
    """Rejected with an error, held if a person must look, else accepted (CONTRACT)."""
    if has_error(findings):
        return Verdict.REJECTED
    return Verdict.HELD if held else Verdict.ACCEPTED


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of an archive or mail: that of its worst member; accepted when empty."""
    order = (Verdict.ACCEPTED, Verdict.HELD, Verdict.REJECTED)
    return max(verdicts, key=order.index, default=Verdict.ACCEPTED)


def held_by(findings: Iterable[Finding], campaign: Campaign) -> Finding | None:
    """The finding for which a held file waits for a person, None where none was made.

    The checks of the form (seal, sums) hold nothing and are told only for want of another.
    """
    checks = {check.code for check in campaign.form_checks}

    def rank(finding: Finding) -> int:
        if finding.code in _FOR_A_PERSON:
            return 0
        return 1 if finding.severity is Severity.WARNING and finding.code not in checks else 2

    return min(findings, key=rank, default=None)
