"""Which files a rule is asked of: slots of any kind, archives, pictures in documents, formats."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make import facts
from make.notices import PHOTO, PLAN, UNITS, a_rule, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.formats import CALLED, KNOWN_FORMATS
from mailbot.campaign.types import Campaign
from mailbot.judgement.faults import _CONTENTS
from mailbot.judgement.files import judge_file
from mailbot.judgement.writing import count_words
from mailbot.model import Inspected, Judged, Verdict

MB = 1_000_000
ROSTER = {**PHOTO, "slot": "roster", "kind": "any", "label": "签到表", "accumulates": False}
SMALL = a_rule("file_size", "photo", "PHOTO_TOO_SMALL", minimum_mb=2)
NAMED = a_rule("file_name", "any", "NOT_NAMED", contains=["unit"])
SCANNED = a_rule("circumstance", "-", "SCANNED", when="scan", hold=True, severity="warning")
del SCANNED["applies_to"]
WORDS = "一、目的：检验预案。\n" * 30


def campaign_of(folder: Path, *rules: dict[str, Any], **more: Any) -> Campaign:
    materials = more.pop("materials", [PHOTO, PLAN, ROSTER])
    documents = more.pop(
        "documents",
        [{"kind": "plan", "titles": ["演练方案"]}, {"kind": "roster", "titles": ["签到表"]}],
    )
    return load_campaign(
        write_notice(folder, rules=list(rules), materials=materials, documents=documents, **more)
    )


def codes(judged: Judged) -> list[str]:
    return [found.code for one in judged.walk() for found in one.findings]


def a_scan(name: str) -> Inspected:
    page = facts.photo(name="第1页 图1", source="word")
    return facts.document("", name, members=(page,))


def test_a_photographed_sign_in_sheet_is_no_photo_of_the_campaigns(tmp_path: Path) -> None:
    own = a_rule("format", "roster", "ROSTER_FORMAT", allowed=["pdf"])
    campaign = campaign_of(tmp_path / "r", SMALL, own, NAMED)
    sheet = judge_file(facts.photo(name="东湖区签到表.jpg", size=1 * MB), campaign)
    assert (sheet.slots, codes(sheet)) == (("roster",), ["ROSTER_FORMAT"])
    photo = judge_file(facts.photo(name="东湖区照片.jpg", size=1 * MB), campaign)
    assert (photo.slots, codes(photo)) == (("photo",), ["PHOTO_TOO_SMALL"])


@pytest.mark.parametrize(
    ("name", "text", "machine", "slots"),
    [
        ("IMG_0412.jpg", "应急演练签到表\n序号 姓名\n1 王丽", True, ("roster",)),
        ("IMG_0412.jpg", "序号 姓名\n1 王丽", True, ("photo",)),
        ("IMG_0412.jpg", "现场\n" * 30 + "签到表", True, ("photo",)),  # on a wall behind them
        ("IMG_0412.jpg", "应急演练签到表\n", False, ("photo",)),  # a comment, not what it shows
        ("东湖区照片.jpg", "应急演练签到表\n", True, ("photo",)),  # its name says what it is
    ],
)
def test_what_was_read_off_a_photograph_tells_whose_slot_it_fills(
    name: str, text: str, machine: bool, slots: tuple[str, ...], tmp_path: Path
) -> None:
    campaign = campaign_of(tmp_path / "r")
    photo = facts.photo(name=name)
    photo = replace(photo, text=text, facts={**photo.facts, **({"ocr": True} if machine else {})})
    assert judge_file(photo, campaign).slots == slots


def test_a_rule_for_any_file_is_asked_of_every_file_and_of_no_archive(tmp_path: Path) -> None:
    campaign = campaign_of(tmp_path / "r", NAMED)
    plan = facts.document("演练方案\n" + WORDS, "演练方案.docx")
    assert codes(judge_file(plan, campaign)) == ["NOT_NAMED"]
    assert codes(judge_file(replace(plan, name="东湖区演练方案.docx"), campaign)) == []
    packed = facts.archive(facts.photo(name="东湖区.jpg"), facts.photo(name="1.jpg"))
    assert codes(judge_file(packed, campaign)) == ["NOT_NAMED"]  # of 1.jpg


def test_a_picture_in_a_document_has_no_name_to_judge(tmp_path: Path) -> None:
    campaign = campaign_of(tmp_path / "r", dict(NAMED, severity="error"))
    pasted = facts.photo(name="image1.jpeg")
    plan = facts.document("演练方案\n" + WORDS, "东湖区演练方案.docx", members=(pasted,))
    judged = judge_file(plan, campaign)
    assert (codes(judged), judged.members[0].slots) == ([], ("photo",))


@pytest.mark.parametrize(("size", "met"), [(3 * MB, True), (3 * MB + 1, False)])
def test_an_archive_has_a_size_of_its_own(tmp_path: Path, size: int, met: bool) -> None:
    campaign = campaign_of(tmp_path / "r", a_rule("file_size", "archive", "LARGE", maximum_mb=3))
    packed = facts.archive(facts.photo(size=4 * MB), size=size)
    assert codes(judge_file(packed, campaign)) == ([] if met else ["LARGE"])


def test_a_scan_where_a_scan_was_asked_waits_for_nobody(tmp_path: Path) -> None:
    own = a_rule("format", "roster", "ROSTER_FORMAT", allowed=["pdf"])
    campaign = campaign_of(tmp_path / "r", SCANNED, own)
    sheet = judge_file(a_scan("东湖区签到表.pdf"), campaign)
    assert (sheet.verdict, sheet.slots, codes(sheet)) == (Verdict.ACCEPTED, ("roster",), [])
    assert codes(judge_file(a_scan("东湖区签到表.docx"), campaign)) == ["ROSTER_FORMAT"]
    plan = judge_file(a_scan("东湖区演练方案.pdf"), campaign)
    assert (plan.verdict, codes(plan)) == (Verdict.HELD, ["SCANNED"])


def test_one_table_is_two_materials_by_its_format(tmp_path: Path) -> None:
    """须同时报送可编辑的Word版和加盖公章的PDF扫描件."""
    sealed = {**PLAN, "slot": "sealed", "kind": "any", "label": "演练方案盖章件"}
    campaign = campaign_of(
        tmp_path / "r",
        materials=[PLAN, sealed],
        documents=[
            {"kind": "plan", "titles": ["演练方案"]},
            {"kind": "sealed", "titles": ["演练方案"], "formats": ["pdf", "jpeg"]},
        ],
    )
    text = "演练方案\n" + WORDS
    slots = [
        judge_file(one, campaign).slots
        for one in (
            facts.document(text, "演练方案.docx"),
            facts.document(text, "演练方案.pdf"),
            a_scan("演练方案.pdf"),
            facts.photo(name="演练方案.jpg"),
            facts.document(text, "演练方案.xlsx"),
        )
    ]
    assert slots == [("plan",), ("sealed",), ("sealed",), ("sealed",), ("plan",)]


def test_words_that_go_for_some_formats_go_for_no_other(tmp_path: Path) -> None:
    only = {"kind": "plan", "titles": ["演练方案"], "formats": ["docx"]}
    campaign = campaign_of(tmp_path / "r", materials=[PLAN], documents=[only])
    text = "演练方案\n" + WORDS
    names = ("演练方案.docx", "演练方案.doc")
    slots = [judge_file(facts.document(text, name), campaign).slots for name in names]
    assert slots == [("plan",), ()]


def test_a_group_may_be_spared_what_all_others_owe(tmp_path: Path) -> None:
    """民办幼儿园不作要求: neither asked for nor part of complete, whatever else the unit is in."""
    video = {**PLAN, "slot": "night", "kind": "document", "except_groups": ["企业"]}
    units = UNITS.replace("东湖区,1,县区", "东湖区,1,县区;企业")
    campaign = campaign_of(
        tmp_path / "r",
        materials=[PHOTO, video],
        documents=[{"kind": "night", "titles": ["夜间演练"]}],
        units=units,
    )
    asked = {
        one.unit: [material.slot for material in campaign.materials_of(one.unit)]
        for one in campaign.units
    }
    assert asked == {"东湖区": ["photo"], "南山区": ["photo", "night"], "江城化工": ["photo"]}
    both = [{**PHOTO}, {**video, "only_groups": ["县区", "企业"]}]
    campaign = campaign_of(tmp_path / "both", materials=both, documents=[], units=units)
    assert [one.slot for one in campaign.materials_of("东湖区")] == ["photo"]
    assert [one.slot for one in campaign.materials_of("南山区")] == ["photo", "night"]


def test_a_unit_may_be_in_two_groups(tmp_path: Path) -> None:
    """市直学校12月18日前; 寄宿制学校另报: a deadline by the one, a material by the other."""
    night = {**PLAN, "slot": "night", "kind": "document", "only_groups": ["寄宿"]}
    units = UNITS.replace("东湖区,1,县区", "东湖区,1,市直;寄宿").replace("企业", "市直、走读")
    campaign = campaign_of(
        tmp_path / "r",
        materials=[PHOTO, night],
        documents=[{"kind": "night", "titles": ["夜间演练"]}],
        units=units,
        head='groups: {市直: {deadline: "2026-11-20T17:00:00+08:00"}}\n',
    )
    asked = {
        one.unit: [material.slot for material in campaign.materials_of(one.unit)]
        for one in campaign.units
    }
    assert asked == {"东湖区": ["photo", "night"], "南山区": ["photo"], "江城化工": ["photo"]}
    days = {one.unit: campaign.deadline_of(one.unit).day for one in campaign.units}
    assert days == {"东湖区": 20, "南山区": 30, "江城化工": 20}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # As LibreOffice Writer and Word count them, marks apart.
        ("演练方案", 4),
        ("the plan of the exercise", 5),
        ("It's a well-kept plan: 3.5 pages.", 6),
        ("方案v2，共3页", 6),
        ("café — naïve", 2),
        ("，。！ ——", 0),
    ],
)
def test_words_are_counted_as_a_word_processor_does(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(("words", "met"), [(99, False), (100, True), (300, True), (301, False)])
def test_how_long_a_document_is_to_be(tmp_path: Path, words: int, met: bool) -> None:
    rule = a_rule("word_count", "plan", "LENGTH", minimum=100, maximum=300)
    text = "演练方案\n" + "目" * (words - 4)
    judged = judge_file(facts.document(text), campaign_of(tmp_path / "r", rule))
    assert codes(judged) == ([] if met else ["LENGTH"])
    if not met:
        (finding,) = judged.findings
        assert (finding.actual, finding.expected) == (f"{words}字", "100至300字")


@pytest.mark.parametrize(("words", "slots"), [(59, ()), (60, ("text",))])
def test_a_text_in_english_has_a_length_too(
    tmp_path: Path, words: int, slots: tuple[str, ...]
) -> None:
    text = {**PLAN, "slot": "text", "label": "Report"}
    campaign = campaign_of(
        tmp_path / "r", materials=[text], documents=[], head="text: {minimum_words: 60}\n"
    )
    told = "On 16 June " + "drill " * (words - 3)
    assert judge_file(facts.body(told), campaign).slots == slots


def test_every_format_that_contents_are_known_by_may_be_named_in_a_rule() -> None:
    assert {one for formats in _CONTENTS.values() for one in formats} <= KNOWN_FORMATS
    assert {one for formats in CALLED.values() for one in formats} <= KNOWN_FORMATS
    assert not {*CALLED} & KNOWN_FORMATS
