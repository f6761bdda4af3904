"""A mail that only asks: what makes it one, and what makes it a submission all the same."""

from pathlib import Path

import pytest

from mailbot.campaign.types import Campaign
from mailbot.judgement.enquiry import asks_of_materials, is_enquiry
from mailbot.model import Attachment, Blob, CloudLink, Message

BLOB = Blob("0" * 64, 1, Path("none"))
LOGO = Attachment("logo.png", BLOB, "1.2", "image/png", referenced=True)
FILE = Attachment("方案.docx", BLOB, "1.3", "application/msword")
LINK = CloudLink("qq", "https://mail.qq.com/x")
PREFIX = "演练"


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ({}, True),
        ({"attachments": (LOGO,)}, True),
        ({"attachments": (FILE,)}, False),
        ({"attachments": (LOGO, FILE)}, False),
        ({"attachments": (FILE, LOGO)}, False),
        ({"links": (LINK,)}, False),
    ],
)
def test_files_and_links_are_a_submission(
    campaign: Campaign, more: dict[str, object], asks: bool
) -> None:
    message = Message(subject="查询", **more)  # type: ignore[arg-type]  # fields of one case each
    assert is_enquiry(message, campaign.text) is asks


@pytest.mark.parametrize(("missing", "asks"), [(1, True), (0, False)])
def test_a_text_as_long_as_the_notice_wants_is_a_submission_that_asks(
    campaign: Campaign, missing: int, asks: bool
) -> None:
    question = "是否收到？"
    length = campaign.text.minimum_chinese_characters - missing
    body = "演" * (length - 4) + question
    assert is_enquiry(Message(subject="材料", text=body), campaign.text) is asks


@pytest.mark.parametrize(
    ("subject", "text", "known", "asks"),
    [
        ("金水区查询", "", False, True),
        ("您好", "我区的统计表收到了吗？", False, True),
        ("您好", "收到了吗？", True, True),  # of a unit's address that is all it can mean
        ("您好", "收到了吗？", False, False),
        ("邀请函", "是否收到？" + "请贵单位派员参加本次安全技术展览会并安排住宿" * 2, True, False),
        ("", "收到了吗" + "好" * 15, True, True),  # nineteen characters
        ("", "收到了吗" + "好" * 16, True, False),
    ],
)
def test_an_enquiry_is_about_materials_where_it_says_so_or_has_no_room_for_else(
    subject: str, text: str, known: bool, asks: bool
) -> None:
    assert asks_of_materials(Message(subject=subject, text=text), known=known) is asks
