"""The whole tree of a file: kinds, verdicts, members, and what the JSON of `check` needs."""

from dataclasses import replace
from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import facts

from mailbot.campaign.types import Campaign
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Evidence, judge_identity
from mailbot.model import Family, Fault, Inspected, Kind, Severity, Verdict

GOOD, SMALL = facts.photo(name="大图.jpg"), facts.photo(640, 480, name="小图.jpg")
REGISTER = "来件登记\n1  演练方案.docx  SHA-256 " + "0" * 64
UNREADABLE = facts.photo(0, 0, name="卡住.jpg", faults=(Fault("timeout"),))


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ((), Verdict.ACCEPTED),
        ((GOOD,), Verdict.ACCEPTED),
        ((GOOD, UNREADABLE), Verdict.HELD),
        ((GOOD, UNREADABLE, SMALL), Verdict.REJECTED),
    ],
)
def test_an_archive_and_a_mail_take_the_worst_verdict_of_their_members(
    campaign: Campaign, members: tuple[Inspected, ...], verdict: Verdict
) -> None:
    assert judge_file(facts.archive(*members), campaign).verdict is verdict
    nested = facts.mail(facts.archive(facts.archive(*members)))
    assert judge_file(nested, campaign).verdict is verdict


def test_a_bad_member_does_not_spoil_the_good_ones(campaign: Campaign) -> None:
    judged = judge_file(facts.archive(GOOD, SMALL), campaign)
    assert [member.verdict for member in judged.members] == [Verdict.ACCEPTED, Verdict.REJECTED]
    assert [member.slots for member in judged.members] == [("photo",), ("photo",)]


def test_only_the_file_itself_stands_for_a_slot_and_not_what_holds_it(campaign: Campaign) -> None:
    judged = judge_file(facts.mail(facts.archive(GOOD)), campaign)
    assert [one.slots for one in judged.walk()] == [(), (), ("photo",)]


def test_a_members_kind_may_come_from_the_mails_subject(campaign: Campaign) -> None:
    scan = facts.sample("scan name=扫描0001.pdf")
    judged = judge_file(facts.mail(scan, subject="回复：演练评估总结"), campaign)
    assert judged.members[0].kind is Kind.SUMMARY
    forwarded = facts.mail(facts.mail(scan, subject="演练方案"), subject="演练评估总结")
    assert judge_file(forwarded, campaign).members[0].members[0].kind is Kind.PLAN


def test_the_body_is_a_text_named_as_the_contract_says(campaign: Campaign) -> None:
    mail = facts.mail(facts.body("演" * 50))
    judged = judge_file(mail, campaign).members[0]
    assert (judged.name, judged.kind, judged.slots) == ("正文", Kind.TEXT, ("text",))
    automatic = judge_file(mail, campaign, Context(automatic=True)).members[0]
    assert (automatic.kind, automatic.slots) == (Kind.TEXT, ())


def test_pictures_in_a_document_count_when_they_meet_every_rule(campaign: Campaign) -> None:
    large = facts.photo(source="word/media/image1.jpeg")
    document = facts.document(
        facts.plan_text(),
        members=(
            large,
            facts.photo(640, 480, source="word/media/image2.jpeg"),
            facts.photo(format="tiff", source="word/media/image3.tif"),
            facts.photo(faults=(Fault("corrupt"),), source="word/media/image4.jpeg"),
        ),
    )
    judged = judge_file(document, campaign)
    assert judged.verdict is Verdict.ACCEPTED
    assert [member.kind for member in judged.members] == [Kind.PHOTO] + [Kind.OTHER] * 3
    assert [member.findings for member in judged.members] == [()] * 4
    assert judged.members[0].source == "word/media/image1.jpeg"
    assert judged.members[0].slots == ("photo",)


def test_scanned_pages_are_no_photos(campaign: Campaign) -> None:
    judged = judge_file(facts.sample("scan name=扫描0001.pdf"), campaign)
    assert [member.kind for member in judged.members] == [Kind.OTHER]


def test_a_picture_the_html_body_shows_counts_when_it_is_large(campaign: Campaign) -> None:
    kinds = {
        size: judge_file(facts.photo(*size, referenced=True), campaign).kind
        for size in ((1920, 1080), (1919, 1080), (480, 640), (600, 399), (0, 0))
    }
    assert kinds == {
        (1920, 1080): Kind.PHOTO,
        (1919, 1080): Kind.PHOTO,
        (480, 640): Kind.PHOTO,
        (600, 399): Kind.OTHER,
        (0, 0): Kind.OTHER,
    }


@pytest.mark.parametrize("format", ["ics", "vcf", "p7s"])
def test_signatures_and_calendar_entries_are_other(campaign: Campaign, format: str) -> None:
    judged = judge_file(facts.facts_of(Family.OTHER, format, f"a.{format}"), campaign)
    assert (judged.kind, judged.verdict, judged.findings) == (Kind.OTHER, Verdict.ACCEPTED, ())


def test_an_empty_part_without_a_telling_name_is_no_reason_to_write(campaign: Campaign) -> None:
    part = facts.facts_of(Family.OTHER, "empty", "ATT00001", size=0)
    assert judge_file(part, campaign).findings == ()


def test_an_empty_file_with_a_telling_name_is_rejected_though_no_fault_was_recorded(
    campaign: Campaign,
) -> None:
    part = facts.facts_of(Family.OTHER, "empty", "演练照片.jpg", size=0)
    judged = judge_file(part, campaign)
    assert (judged.kind, judged.verdict) == (Kind.PHOTO, Verdict.REJECTED)
    assert [finding.code for finding in judged.findings] == ["FILE_EMPTY"]


def test_the_fields_of_a_form_stand_in_its_facts(campaign: Campaign) -> None:
    judged = judge_file(facts.form(seal=None), campaign, Context(arrived_on=date(2017, 7, 4)))
    fields = judged.facts["fields"]
    assert isinstance(fields, dict)
    assert set(fields) == set(facts.FORM_VALUES)
    drills = fields["overall.drills"]
    assert isinstance(drills, dict)
    assert set(drills) == {"value", "raw", "where", "confidence"}
    assert (drills["value"], drills["raw"]) == (10, "10")
    assert judged.facts["seal"] is None
    assert judged.fields["unit"].value == "金水区"


def test_a_part_that_is_judged_otherwise_is_a_member(campaign: Campaign) -> None:
    document = facts.document(
        facts.plan_text(), grids=(facts.form_grid(overall__drills="若干"),), facts={"seal": True}
    )
    judged = judge_file(document, campaign)
    assert (judged.kind, judged.verdict, judged.slots) == (Kind.PLAN, Verdict.ACCEPTED, ("plan",))
    (part,) = judged.members
    assert (part.kind, part.verdict, part.slots) == (Kind.FORM, Verdict.REJECTED, ("form",))
    assert part.sha256 == judged.sha256


def test_measured_facts_are_handed_on(campaign: Campaign) -> None:
    photo = facts.facts_of(
        Family.PHOTO,
        "jpeg",
        "a.jpg",
        facts={"width": 4000, "height": 3000, "phash": "ff00", "taken_at": "2017-06-20T09:00:00"},
    )
    assert judge_file(photo, campaign).facts == {**photo.facts, "format": "jpeg"}


def test_an_unknown_file_is_named_and_nothing_is_asked_for(campaign: Campaign) -> None:
    judged = judge_file(facts.sample("unknown name=平面图.dwg"), campaign)
    assert (judged.slots, judged.verdict) == ((), Verdict.ACCEPTED)
    assert "不计入报送材料" in judged.findings[0].message


_WORDS = st.text(
    alphabet="演练方案总结评估统计表单位：（）…一二、。\n 年月日×_([>-二七区市公安局请填写12aA\0",
    max_size=400,
)
_FAULTS = st.sampled_from(["truncated", "corrupt", "bomb", "encrypted", "empty", "limit", "new"])
_FILES = st.builds(
    facts.facts_of,
    st.sampled_from(Family),
    st.sampled_from(["jpeg", "heic", "mp4", "docx", "pdf", "zip", "eml", "empty", "unknown"]),
    st.text(max_size=30) | st.sampled_from(["统计表.pdf", "照片.jpg", "方案.doc", "a.rar"]),
    size=st.sampled_from([0, 1, 10**9]),
    facts=st.dictionaries(
        st.sampled_from(["width", "height", "seal"]), st.none() | st.integers() | st.text()
    ),
    faults=st.lists(st.builds(Fault, _FAULTS), max_size=3).map(tuple),
    text=_WORDS,
    is_body=st.booleans(),
    referenced=st.booleans(),
)
_TREES = st.recursive(
    _FILES,
    lambda members: st.builds(
        lambda file, inner: replace(file, members=tuple(inner)), _FILES, st.lists(members)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(inspected=_TREES, subject=_WORDS)
def test_any_facts_end_in_a_verdict_that_follows_from_the_findings(
    campaign: Campaign, inspected: Inspected, subject: str
) -> None:
    judged = judge_file(inspected, campaign, Context(subject=subject))
    for one in judged.walk():
        errors = [finding for finding in one.findings if finding.severity is Severity.ERROR]
        assert not errors or one.verdict is Verdict.REJECTED
        if one.kind is Kind.OTHER:
            assert (one.verdict, one.slots) == (Verdict.ACCEPTED, ())


@pytest.mark.parametrize(
    "piece", ["(", "1", "From: a\n", "演练", "演练方案\n", "二七区", "（请填写", " "]
)
def test_a_hostile_texts_cost_grows_with_its_length_only(campaign: Campaign, piece: str) -> None:
    names = UnitNames(campaign)

    def cost(times: int) -> float:
        started = process_time()
        text = piece * times + "a"
        judge_file(facts.document(text), campaign)
        judge_file(facts.body(text), campaign)
        judge_identity(Evidence(address="", subject=text, body=text), names)
        return process_time() - started

    # Four times the text: four times the cost, where a square law would ask for sixteen.
    assert min(cost(20_000), cost(20_000)) < 10 * max(cost(5_000), 0.02)


def test_a_form_that_could_not_be_read_has_no_fields_and_says_so(campaign: Campaign) -> None:
    scan = facts.sample("scan name=2017年应急演练统计表.pdf")
    judged = judge_file(scan, campaign)
    assert judged.kind is Kind.FORM
    assert (judged.facts["fields"], judged.facts["seal"]) == ({}, None)
    plan = judge_file(facts.document(facts.plan_text()), campaign)
    assert plan.kind is Kind.PLAN
    assert "fields" not in plan.facts
    assert "seal" not in plan.facts


def test_what_was_read_of_a_form_stands_in_its_facts(campaign: Campaign) -> None:
    judged = judge_file(facts.form(overall__drills="十几次"), campaign)
    fields = judged.facts["fields"]
    assert isinstance(fields, dict)
    assert fields["overall.participants"] == {
        "value": 500,
        "raw": "500",
        "where": "表1 B6",
        "confidence": 1.0,
    }
    doubtful = fields["overall.drills"]
    assert isinstance(doubtful, dict)
    assert doubtful["value"] is None


@pytest.mark.parametrize(
    ("name", "size", "slots"),
    [
        ("演练照片.pdf", (1654, 2339), ("photo",)),  # so it says, though it looks like a page
        ("材料.pdf", (4000, 3000), ("photo",)),
        ("材料.pdf", (1654, 2339), ()),
    ],
)
def test_pictures_in_a_document_are_photos_where_the_name_or_their_shape_says_so(
    campaign: Campaign, name: str, size: tuple[int, int], slots: tuple[str, ...]
) -> None:
    page = facts.photo(*size, name="page1.jpg", source="page 1")
    judged = judge_file(facts.document("", name=name, members=(page,)), campaign)
    assert judged.members[0].slots == slots


@pytest.mark.parametrize(
    ("file", "ours"),
    [
        (facts.document(REGISTER, "来件登记.txt", format="txt"), True),
        (facts.document(REGISTER, "来件登记.docx"), False),
        (facts.body(REGISTER), False),
        (facts.document("来件登记\n一、方案", "来件登记.txt", format="txt"), False),
    ],
)
def test_the_register_that_went_along_with_our_mail_is_nobodys_material(
    campaign: Campaign, file: Inspected, ours: bool
) -> None:
    judged = judge_file(file, campaign)
    assert (judged.kind is Kind.OTHER) is ours


@pytest.mark.parametrize(
    ("format", "kind"), [("docx", Kind.PLAN), ("txt", Kind.VIDEO), ("html", Kind.VIDEO)]
)
def test_a_text_under_a_videos_name_was_meant_as_one_and_a_document_is_a_document(
    campaign: Campaign, format: str, kind: Kind
) -> None:
    file = facts.document(facts.plan_text(), "演练.mp4", format=format)
    assert judge_file(file, campaign).kind is kind
