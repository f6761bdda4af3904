"""Findings become verdicts, and of several one is told to the person who must look."""

from dataclasses import replace

import pytest

from mailbot.campaign.rules import ExtensionRule, FaultRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import OVER_QUOTA, judge_extension, judge_faults
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


@pytest.mark.parametrize(("quota", "counted"), [("2000MB", "（2000MB）"), ("", "")])
def test_what_exceeds_the_machines_quota_waits_for_a_person_whatever_the_rules_say(
    campaign: Campaign, quota: str, counted: str
) -> None:
    packed = replace(broken(family=Family.ARCHIVE), faults=(Fault("quota", quota),))
    (finding,), held = judge_faults(packed, campaign)
    assert (finding.code, finding.severity, finding.expected) == (
        OVER_QUOTA,
        Severity.WARNING,
        quota,
    )
    assert held
    assert finding.message.startswith(f"该文件解压后超出可处理的总量{counted}，超出部分未解压")
    both = replace(packed, faults=(*packed.faults, Fault("corrupt")))
    assert len(judge_faults(both, campaign)[0]) == 2  # the other fault is told beside it


@pytest.mark.parametrize(
    ("fault", "actual"),
    [
        (Fault("missing_volume", "材料.part2.rar"), "缺少“材料.part2.rar”的压缩包"),
        (Fault("unsupported", "LZX"), "暂不能读取的格式（LZX）"),
        (Fault("unsupported"), "暂不能读取的格式"),
        (Fault("corrupt", "crc"), "已损坏的文件"),
        (Fault("unheard_of"), "有异常的文件"),
    ],
)
def test_what_was_met_is_said_in_the_offices_words(
    campaign: Campaign, fault: Fault, actual: str
) -> None:
    file = replace(broken(), faults=(fault,))
    (finding,), _ = judge_faults(file, with_rules(campaign))
    assert finding.actual == actual


@pytest.mark.parametrize("hold", [False, True])
def test_several_rules_hold_where_one_of_them_does(campaign: Campaign, hold: bool) -> None:
    one = a_rule("BROKEN", "any", error=False).model_copy(update={"faults": ("corrupt",)})
    other = a_rule("SLOW", "any", hold=hold, error=False).model_copy(
        update={"faults": ("timeout",)}
    )
    for order in (("corrupt", "timeout"), ("timeout", "corrupt")):
        findings, held = judge_faults(broken(*order), with_rules(campaign, one, other))
        assert {each.code for each in findings} == {"BROKEN", "SLOW"}
        assert held is hold


@pytest.mark.parametrize(
    ("name", "format", "applies_to", "told"),
    [
        ("1.jpg", "png", "photo", True),
        ("1.JPG", "png", "any", True),
        ("1.jpg", "png", "video", False),
        ("1.jpg", "mpo", "photo", False),  # what cameras write as .jpg
        ("1.xyz", "png", "photo", False),
        ("1", "png", "photo", False),
        ("1.jpg", "unknown", "photo", False),
        ("1.jpg", "empty", "photo", False),
    ],
)
def test_a_known_extension_that_names_another_content_is_told(
    campaign: Campaign, name: str, format: str, applies_to: str, told: bool
) -> None:
    rule = ExtensionRule.model_validate(
        {
            "code": "EXTENSION",
            "test": "extension",
            "applies_to": applies_to,
            "severity": "notice",
            "text": "扩展名应与内容一致",
            "fix": "",
            "source": "",
        }
    )
    file = replace(broken(), name=name, format=format)
    found = judge_extension(file, campaign.model_copy(update={"rules": (rule,)}))
    assert [one.actual for one in found] == ["扩展名.jpg、内容为PNG的文件"] * told


@pytest.mark.parametrize(
    ("code", "where"), [("missing_extra", "rarfile"), ("unsupported", "文件内容")]
)
def test_what_the_machine_lacks_is_told_to_the_office_alone(
    campaign: Campaign, code: str, where: str
) -> None:
    rule = a_rule("UNEXAMINED", "any", error=False).model_copy(update={"faults": (code,)})
    file = replace(broken(), faults=(Fault(code, "rarfile"),))
    (finding,), _ = judge_faults(file, with_rules(campaign, rule))
    assert finding.where == where
    assert "rarfile" not in finding.message
