"""Photos and videos against size and format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import facts

from mailbot.campaign.rules import SizeRule
from mailbot.campaign.types import Campaign
from mailbot.judgement.media import judge_media, meets_size
from mailbot.model import Fault, Finding, Severity

SIDES = st.integers(1, 8000)


def _only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1
    return findings[0]


def test_a_small_photo_is_told_what_was_found_wanted_and_how_to_mend_it(campaign: Campaign) -> None:
    findings, held = judge_media(facts.photo(1280, 960), campaign)
    finding = _only(findings)
    assert not held
    assert finding.severity is Severity.ERROR
    assert finding.actual == "1280像素×960像素"
    assert finding.expected == "不低于1920像素×1080像素"
    assert "收到的为1280像素×960像素" in finding.message
    assert "原图" in finding.message


def test_a_format_is_answered_with_its_own_way_out(campaign: Campaign) -> None:
    heic, _ = judge_media(facts.photo(format="heic"), campaign)
    mov, _ = judge_media(facts.video(format="mov"), campaign)
    assert "另存为JPG" in _only(heic).message
    assert "转换为MP4" in _only(mov).message
    assert _only(mov).expected == "MP4、MPG2、AVI、MTS"
    assert _only(heic).expected == "JPG、PNG、PSD"


@settings(deadline=None)
@given(width=SIDES, height=SIDES)
def test_turning_a_picture_changes_no_verdict(campaign: Campaign, width: int, height: int) -> None:
    for make in (facts.photo, facts.video):
        upright = judge_media(make(width, height), campaign)[0]
        turned = judge_media(make(height, width), campaign)[0]
        assert [one.code for one in upright] == [one.code for one in turned]


@settings(deadline=None)
@given(width=SIDES, height=SIDES)
def test_the_two_operators_differ_only_at_the_bound(
    campaign: Campaign, width: int, height: int
) -> None:
    rules = tuple(
        rule.model_copy(update={"operator": ">="}) if isinstance(rule, SizeRule) else rule
        for rule in campaign.rules
    )
    relaxed = campaign.model_copy(update={"rules": rules})
    strict = not judge_media(facts.video(width, height), campaign)[0]
    loose = not judge_media(facts.video(width, height), relaxed)[0]
    long, short = max(width, height), min(width, height)
    assert strict == (long > 1280 and short > 720)
    assert loose == (long >= 1280 and short >= 720)


def test_all_rules_are_asked_so_that_the_unit_is_told_once(campaign: Campaign) -> None:
    broken = facts.video(640, 480, "wmv", faults=(Fault("truncated"),))
    codes = {finding.code for finding in judge_media(broken, campaign)[0]}
    assert codes == {"VIDEO_BROKEN", "VIDEO_FORMAT", "VIDEO_SIZE"}


def test_a_crash_of_ours_is_not_held_against_the_file(campaign: Campaign) -> None:
    crashed = facts.video(0, 0, "unknown", "演练.mp4", faults=(Fault("crashed"),))
    findings, held = judge_media(crashed, campaign)
    assert held
    assert [one.severity for one in findings] == [Severity.WARNING]


def test_a_photo_without_size_and_without_fault_goes_to_a_person(campaign: Campaign) -> None:
    assert judge_media(facts.photo(0, 0), campaign) == ((), True)


@pytest.mark.parametrize("code", ["from_a_later_version", "encrypted"])
def test_a_fault_no_rule_of_the_family_names_never_passes_silently(
    campaign: Campaign, code: str
) -> None:
    findings, held = judge_media(facts.photo(faults=(Fault(code),)), campaign)
    assert held
    assert len(findings) == 1


def test_two_faults_of_one_rule_are_one_finding(campaign: Campaign) -> None:
    photo = facts.photo(faults=(Fault("truncated"), Fault("corrupt")))
    assert [one.code for one in judge_media(photo, campaign)[0]] == ["PHOTO_BROKEN"]


def test_an_unmeasured_picture_does_not_meet_the_size(campaign: Campaign) -> None:
    assert not meets_size(facts.photo(0, 0), campaign)
    assert meets_size(facts.photo(1920, 1080), campaign)
