"""Findings become verdicts, and of several one is told to the person who must look."""

from dataclasses import replace

import pytest

from mailbot.campaign.rules import FaultRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import judge_faults
from mailbot.judgement.findings import held_by, verdict_of, worst
from mailbot.model import Family, Fault, Finding, Inspected, Severity, Verdict


def a_finding(code: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code, severity, "", "", "", f"{code}。")


NOTED = a_finding("PHOTO_NOTED", Severity.NOTICE)
BLURRED = a_finding("PHOTO_BLURRED")
SEAL = a_finding("FORM_NO_SEAL")
UNSURE = a_finding("FORM_FIELD_UNSURE")


@pytest.fixture
def seal(campaign: Campaign) -> Finding:
    """The finding of a check of the form: a warning that holds nothing."""
    return a_finding(campaign.form.checks[0].code)


def test_what_holds_a_file_is_told_before_a_warning_and_that_before_a_check_of_the_form(
    campaign: Campaign, seal: Finding
) -> None:
    assert held_by([seal, NOTED, BLURRED, UNSURE], campaign) == UNSURE
    assert held_by([seal, NOTED, BLURRED], campaign) == BLURRED
    assert held_by([seal, NOTED], campaign) == seal
    assert held_by([NOTED, seal], campaign) == NOTED
    assert held_by([], campaign) is None


@pytest.mark.parametrize("code", ["FORM_SUB_UNIT", "FORM_OTHER_UNIT", "FORM_FIELD_UNSURE"])
def test_each_finding_for_a_person_goes_first(campaign: Campaign, code: str) -> None:
    assert held_by([BLURRED, a_finding(code)], campaign) == a_finding(code)


@pytest.mark.parametrize(
    ("severities", "held", "verdict"),
    [
        ([], False, Verdict.ACCEPTED),
        ([Severity.WARNING], False, Verdict.ACCEPTED),
        ([Severity.WARNING], True, Verdict.HELD),
        ([Severity.WARNING, Severity.ERROR], True, Verdict.REJECTED),
        ([Severity.ERROR], False, Verdict.REJECTED),
    ],
)
def test_an_error_rejects_whatever_waits_for_a_person(
    severities: list[Severity], held: bool, verdict: Verdict
) -> None:
    assert verdict_of([a_finding("X", one) for one in severities], held=held) is verdict


def test_the_worst_of_none_is_accepted() -> None:
    assert worst([]) is Verdict.ACCEPTED
    assert worst([Verdict.ACCEPTED, Verdict.HELD]) is Verdict.HELD
    assert worst([Verdict.REJECTED, Verdict.HELD]) is Verdict.REJECTED


def with_rules(campaign: Campaign, *rules: FaultRule) -> Campaign:
    return campaign.model_copy(update={"rules": rules})


def a_rule(code: str, applies_to: str, *, hold: bool = False, error: bool = True) -> FaultRule:
    return FaultRule.model_validate(
        {
            "code": code,
            "test": "fault",
            "applies_to": applies_to,
            "faults": ("truncated", "corrupt"),
            "hold": hold,
            "severity": "error" if error else "warning",
            "text": "文件应完整",
            "fix": "请重新报送",
            "source": "",
        }
    )


def broken(*codes: str, family: Family = Family.PHOTO) -> Inspected:
    return Inspected("1.jpg", "0" * 64, 1, family, "jpeg", faults=tuple(map(Fault, codes)))


@pytest.mark.parametrize("any_first", [True, False])
def test_a_rule_of_the_family_goes_before_one_for_any_file(
    campaign: Campaign, any_first: bool
) -> None:
    rules = [a_rule("ANY_BROKEN", "any"), a_rule("PHOTO_BROKEN", "photo")]
    ordered = with_rules(campaign, *(rules if any_first else rules[::-1]))
    assert [one.code for one in judge_faults(broken("corrupt"), ordered)[0]] == ["PHOTO_BROKEN"]
    video = broken("corrupt", family=Family.VIDEO)
    assert [one.code for one in judge_faults(video, ordered)[0]] == ["ANY_BROKEN"]


def test_two_faults_of_one_rule_are_told_once_and_hold_where_the_rule_says(
    campaign: Campaign,
) -> None:
    both = broken("truncated", "corrupt")
    for hold in (True, False):
        findings, held = judge_faults(
            both, with_rules(campaign, a_rule("BROKEN", "any", hold=hold, error=not hold))
        )
        assert ([one.code for one in findings], held) == (["BROKEN"], hold)
        assert findings[0].where == "文件内容"


def test_a_fault_that_no_rule_speaks_of_holds_the_file_under_its_own_name(
    campaign: Campaign,
) -> None:
    findings, held = judge_faults(broken("corrupt", "timeout"), with_rules(campaign))
    assert [one.code for one in findings] == ["FAULT_CORRUPT", "FAULT_TIMEOUT"]
    assert held
    assert {one.severity for one in findings} == {Severity.WARNING}
    assert judge_faults(replace(broken(), faults=()), with_rules(campaign)) == ((), False)
