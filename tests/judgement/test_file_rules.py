"""Plain rules: what a finding says was met and wanted, and which rules hold for which slots.

The bounds themselves stand in tests/campaign/test_language.py.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make import facts
from make.notices import PHOTO, PLAN, a_rule, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.file_rules import displayed_size, judge_by_rules, rules_for
from mailbot.model import Family, Finding, Inspected, Json

MB = 1_000_000
ROSTER = {**PHOTO, "slot": "roster", "kind": "any", "label": "签到表"}


def campaign_of(folder: Path, *rules: dict[str, Any]) -> Campaign:
    return load_campaign(
        write_notice(folder, rules=list(rules), materials=[PHOTO, PLAN, ROSTER], documents=[])
    )


def judged(folder: Path, rule: dict[str, Any], file: Inspected) -> Finding | None:
    found = judge_by_rules(file, campaign_of(folder, rule), {rule["applies_to"]}, ())
    assert len(found) <= 1
    return found[0] if found else None


def measured(file: Inspected, **values: Json) -> Inspected:
    return replace(file, facts={**file.facts, **values})


def lasting(seconds: float) -> Inspected:
    return measured(facts.video(), duration_s=seconds)


def paged(pages: int) -> Inspected:
    return measured(facts.document(), pages=pages)


def taken(moment: str) -> Inspected:
    return measured(facts.photo(), taken_at=moment)


DAYS = {"from": "2026-11-01", "to": "2026-11-30"}
SLOTS = {Family.PHOTO: "photo", Family.VIDEO: "video", Family.DOCUMENT: "document"}
photo, video, document = facts.photo, facts.video, facts.document


@pytest.mark.parametrize(
    ("test", "bounds", "file", "actual", "expected"),
    [
        (
            "size",
            {"operator": ">", "width": 1920, "height": 1080},
            photo(1920, 1080),
            "1920像素×1080像素",
            "大于1920像素×1080像素",
        ),
        (
            "size",
            {"operator": ">=", "width": 1920, "height": 1080},
            photo(1080, 1919),
            "1080像素×1919像素",
            "不低于1920像素×1080像素",
        ),
        ("file_size", {"minimum_mb": 1}, photo(size=1), "0KB", "不少于1MB"),
        ("file_size", {"minimum_mb": 1}, photo(size=99_499), "99KB", "不少于1MB"),
        ("file_size", {"minimum_mb": 1}, photo(size=MB - 1), "1MB（999999字节）", "不少于1MB"),
        ("file_size", {"maximum_mb": 0.5}, photo(size=999_400), "999KB", "不超过0.5MB"),
        ("file_size", {"maximum_mb": 0.5}, photo(size=MB), "1MB", "不超过0.5MB"),
        (
            "file_size",
            {"minimum_mb": 5, "maximum_mb": 9.5},
            photo(size=1_234_567),
            "1.235MB",
            "5至9.5MB",
        ),
        ("file_size", {"maximum_mb": 5}, video(size=2_000_000 * MB), "2000000MB", "不超过5MB"),
        ("duration", {"minimum_s": 60}, lasting(59), "59秒", "不少于1分钟"),
        ("duration", {"minimum_s": 90}, lasting(89.94), "89.9秒", "不少于90秒"),
        ("duration", {"maximum_s": 30}, lasting(30.06), "30.1秒", "不超过30秒"),
        ("duration", {"maximum_s": 600}, lasting(601), "601秒", "不超过10分钟"),
        ("duration", {"minimum_s": 45, "maximum_s": 120}, lasting(10), "10秒", "45秒至2分钟"),
        ("page_count", {"minimum": 2}, paged(1), "1页", "不少于2页"),
        ("page_count", {"maximum": 2}, paged(3), "3页", "不超过2页"),
        (
            "word_count",
            {"minimum": 1_000_000},
            document("两字"),
            "2字",
            "不少于1000000字",
        ),
        ("word_count", {"minimum": 3}, document("两字"), "2字", "不少于3字"),
        ("word_count", {"maximum": 1}, document("两字"), "2字", "不超过1字"),
        ("format", {"allowed": ["png", "jpeg"]}, photo(format="bmp"), "BMP", "PNG、JPG"),
        (
            "file_name",
            {"contains": ["unit", "date"], "pattern": "^x"},
            photo(name="1.jpg"),
            "“1.jpg”",
            "文件名含单位名称、日期、规定的写法",
        ),
        (
            "file_name",
            {"contains": ["unit", "date"]},
            photo(name="东湖区.jpg"),
            "“东湖区.jpg”",
            "文件名含日期",
        ),
        (
            "taken_between",
            dict(**DAYS),
            taken("2026-12-01T00:00:00"),
            "2026年12月1日拍摄的文件",
            "2026年11月1日至2026年11月30日拍摄",
        ),
        (
            "taken_between",
            dict(when_absent="error", **DAYS),
            taken("yesterday"),
            "未见拍摄日期的文件",
            "2026年11月1日至2026年11月30日拍摄",
        ),
    ],
)
def test_a_finding_says_what_was_met_and_what_is_wanted(
    tmp_path: Path, test: str, bounds: dict[str, Any], file: Inspected, actual: str, expected: str
) -> None:
    found = judged(tmp_path / "r", a_rule(test, SLOTS[file.family], **bounds), file)
    assert found is not None
    assert (found.actual, found.expected) == (actual, expected)


BIG = {"test": "file_size", "minimum_mb": 2}
LONG = {"test": "duration", "minimum_s": 30}
WIDE = {"test": "size", "operator": ">=", "width": 1920, "height": 1080}


@pytest.mark.parametrize(
    ("test", "file", "expected"),
    [
        ("any_of", facts.photo(640, 480, size=1), "不少于2MB，或不低于1920像素×1080像素"),
        ("any_of", facts.photo(0, 0, size=1), "不少于2MB"),  # nobody measured the rest
        ("any_of", facts.photo(0, 0, size=2 * MB), None),
        ("any_of", facts.photo(1920, 1080, size=1), None),
        ("all_of", facts.photo(640, 480, size=1), "不少于2MB，且不低于1920像素×1080像素"),
        ("all_of", facts.photo(0, 0, size=1), "不少于2MB"),
        ("all_of", facts.photo(1920, 1080, size=1), "不少于2MB"),
        ("all_of", facts.photo(0, 0, size=2 * MB), None),
    ],
)
def test_what_was_not_measured_is_asked_of_none_of_several_tests(
    tmp_path: Path, test: str, file: Inspected, expected: str | None
) -> None:
    found = judged(tmp_path / "r", a_rule(test, "photo", rules=[BIG, LONG, WIDE]), file)
    assert (found.expected if found else None) == expected


def test_of_several_tests_none_is_asked_where_nothing_was_measured(tmp_path: Path) -> None:
    for test in ("any_of", "all_of"):
        rule = a_rule(test, "photo", rules=[LONG, WIDE])
        assert judged(tmp_path / test, rule, facts.photo(0, 0)) is None


@pytest.mark.parametrize(
    ("measurements", "size"),
    [
        ({"width": 640, "height": 480}, (640, 480)),
        ({"width": 1, "height": 1}, (1, 1)),
        ({"width": 0, "height": 480}, None),
        ({"width": 640, "height": 0}, None),
        ({"width": "640", "height": 480}, None),
        ({"width": 640, "height": "480"}, None),
        ({"width": 640}, None),
        ({}, None),
    ],
)
def test_a_size_is_two_numbers_above_nought(
    measurements: dict[str, Json], size: tuple[int, int] | None
) -> None:
    assert displayed_size(replace(facts.photo(), facts=measurements)) == size


@pytest.mark.parametrize("length", [None, True, "10"])
def test_a_length_that_is_no_number_is_not_asked(tmp_path: Path, length: Json) -> None:
    rule = a_rule("duration", "video", minimum_s=30)
    assert judged(tmp_path / "r", rule, measured(facts.video(), duration_s=length)) is None


@pytest.mark.parametrize("pages", [None, True, "1", 0])
def test_pages_that_are_no_number_are_not_asked(tmp_path: Path, pages: Json) -> None:
    rule = a_rule("page_count", "document", minimum=2)
    assert judged(tmp_path / "r", rule, measured(facts.document(), pages=pages)) is None


def test_a_scan_that_nobody_read_is_not_too_short(tmp_path: Path) -> None:
    assert (
        judged(tmp_path / "r", a_rule("word_count", "document", minimum=3), facts.document())
        is None
    )


@pytest.mark.parametrize("taken", [None, 7, "yesterday"])
def test_a_day_that_is_none_is_not_asked(tmp_path: Path, taken: Json) -> None:
    rule = a_rule("taken_between", "photo", **DAYS)
    assert judged(tmp_path / "r", rule, measured(facts.photo(), taken_at=taken)) is None


def test_a_test_without_a_day_has_no_severity_of_its_own_for_its_absence(tmp_path: Path) -> None:
    rule = a_rule("duration", "video", minimum_s=30)
    assert judged(tmp_path / "r", rule, facts.video()) is None


@pytest.mark.parametrize(
    ("kinds", "slots", "codes"),
    [
        ({"photo"}, {"photo"}, ["ANY", "PHOTO"]),
        ({"photo"}, set(), ["ANY", "PHOTO"]),
        ({"plan"}, {"plan"}, ["ANY"]),
        ({"document", "plan"}, {"plan"}, ["ANY", "WORDS"]),
        ({"document", "roster"}, {"roster"}, ["ANY", "ROSTER"]),
        ({"photo"}, {"roster"}, ["ANY", "ROSTER"]),
        ({"photo"}, {"roster", "photo"}, ["ANY", "PHOTO", "ROSTER"]),
        ({"photo"}, {"unheard_of"}, ["ANY", "PHOTO"]),
        ({"archive"}, set(), ["PACKED"]),
        ({"mail"}, set(), []),
    ],
)
def test_the_rules_that_hold_for_a_file(
    tmp_path: Path, kinds: set[str], slots: set[str], codes: list[str]
) -> None:
    campaign = campaign_of(
        tmp_path / "r",
        a_rule("file_name", "any", "ANY", contains=["unit"]),
        a_rule("file_size", "photo", "PHOTO", minimum_mb=2),
        a_rule("format", "roster", "ROSTER", allowed=["pdf"]),
        a_rule("file_size", "archive", "PACKED", maximum_mb=3),
        a_rule("word_count", "document", "WORDS", minimum=3),
    )
    assert [rule.code for rule in rules_for(campaign, kinds, slots)] == codes


def test_a_name_that_nobody_gave_is_not_judged(tmp_path: Path) -> None:
    campaign = campaign_of(tmp_path / "r", a_rule("file_name", "any", contains=["unit"]))
    file = facts.photo(name="image1.jpeg")
    assert judge_by_rules(file, campaign, {"photo"}, (), named=False) == ()
    assert len(judge_by_rules(file, campaign, {"photo"}, ())) == 1
