"""A picture in which no table was found is held where it may be the form all the same."""

from dataclasses import replace

import pytest
from make.dossiers import finding, good_files, judged, photo, small_photo

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.suspected import hold_suspected_form
from mailbot.model import Judged, Kind, Severity, Verdict
from mailbot.wording.held import held_words

PICTURE = photo("IMG_2017.jpg", 4032, 3024)


def body(text: str = "见附件") -> Judged:
    return replace(judged("正文", Kind.TEXT, "txt", slots=()), size=len(text))


@pytest.mark.parametrize(
    ("subject", "text", "files", "held"),
    [
        ("金水区统计表", "见附件", (PICTURE,), True),
        ("金水区材料", "现报送演练情况统计表，请查收。", (PICTURE,), True),
        ("金水区统计表", "", (small_photo("拍照.jpg"),), True),
        ("金水区统计表", "", (good_files()["plan"], PICTURE), True),
        ("金水区统计表", "", (PICTURE, photo("二.jpg", 4032, 3024)), False),
        ("金水区统计表", "", (good_files()["form"], PICTURE), False),
        ("金水区统计表、照片", "", (PICTURE,), False),
        ("金水区演练材料", "见附件", (PICTURE,), False),
        ("Re: 回执", "好的\n\n> 统计表：未收到", (PICTURE,), False),
    ],
)
def test_the_only_picture_of_a_mail_about_the_form_waits_for_a_person(
    campaign: Campaign, subject: str, text: str, files: tuple[Judged, ...], held: bool
) -> None:
    found = hold_suspected_form((body(text), *files), subject, text, campaign)
    pictures = [one for one in found if one.kind is Kind.PHOTO]
    codes = [finding.code for one in pictures for finding in one.findings]
    assert (codes == ["PHOTO_MAYBE_FORM"]) is held
    assert (pictures[0].verdict is Verdict.HELD) is held
    if held:
        assert pictures[0].slots == ("photo",)
        words, fix, asks = held_words(campaign, pictures[0])
        assert "可能是统计表的照片" in words
        assert "请同时报送可编辑的统计表" in fix
        assert asks


def test_in_an_archive_it_is_held_with_the_archive(campaign: Campaign) -> None:
    archive = judged("统计表.zip", Kind.ARCHIVE, "zip", members=(PICTURE,))
    (found,) = hold_suspected_form((archive,), "金水区材料", "", campaign)
    assert found.verdict is Verdict.HELD
    assert found.members[0].verdict is Verdict.HELD


def test_the_other_files_and_what_is_said_of_them_stay(campaign: Campaign) -> None:
    plan = good_files()["plan"]
    doubtful = photo("拍照.jpg", 800, 600, finding("PHOTO_SIZE", "照片分辨率不足"),
                     finding("PHOTO_OLD", "照片较旧", severity=Severity.WARNING))  # fmt: skip
    beside = judged("其他.zip", Kind.ARCHIVE, "zip", members=(plan,))
    found = hold_suspected_form((plan, beside, doubtful), "金水区统计表", "", campaign)
    assert found[:2] == (plan, beside)
    # What a photograph should be is no matter of a table; the rest is still said.
    assert [one.code for one in found[2].findings] == ["PHOTO_OLD", "PHOTO_MAYBE_FORM"]


@pytest.mark.parametrize(
    ("verdict", "becomes"),
    [(Verdict.ACCEPTED, Verdict.HELD), (Verdict.REJECTED, Verdict.REJECTED)],
)
def test_an_archive_that_was_rejected_stays_so(
    campaign: Campaign, verdict: Verdict, becomes: Verdict
) -> None:
    archive = judged("统计表.zip", Kind.ARCHIVE, "zip", members=(PICTURE,), verdict=verdict)
    (found,) = hold_suspected_form((archive,), "金水区材料", "", campaign)
    assert (found.verdict, found.members[0].verdict) == (becomes, Verdict.HELD)


def test_a_picture_that_is_held_already_is_told_of_once(campaign: Campaign) -> None:
    held = replace(PICTURE, verdict=Verdict.HELD)
    assert hold_suspected_form((held,), "金水区统计表", "", campaign) == (held,)


def test_the_pictures_own_name_says_nothing_of_the_mail(campaign: Campaign) -> None:
    named = photo("统计表.jpg", 4032, 3024)
    assert hold_suspected_form((named,), "金水区材料", "见附件", campaign) == (named,)
    spoken = photo("照片.jpg", 4032, 3024)
    (found,) = hold_suspected_form((spoken,), "金水区统计表", "", campaign)
    assert found.verdict is Verdict.HELD


@pytest.mark.parametrize("asked", [True, False])
def test_only_a_campaign_that_asks_for_a_table_may_have_got_one(
    campaign: Campaign, asked: bool
) -> None:
    materials = tuple(one for one in campaign.materials if asked or one.slot != "form")
    other = campaign.model_copy(update={"materials": materials})
    (found,) = hold_suspected_form((PICTURE,), "金水区统计表", "", other)
    assert (found.verdict is Verdict.HELD) is asked
