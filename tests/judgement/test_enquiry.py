"""A mail that only asks: what makes it one, and what makes it a submission all the same."""

from pathlib import Path

import pytest

from mailbot.campaign.types import Campaign
from mailbot.judgement.enquiry import is_enquiry
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
