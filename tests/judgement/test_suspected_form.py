"""A picture in which no table was found is held where it may be the form all the same."""

from dataclasses import replace

import pytest
from make.dossiers import good_files, judged, photo, small_photo

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.suspected import hold_suspected_form
from mailbot.model import Judged, Kind, Verdict
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
