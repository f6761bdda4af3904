"""What a link's name announces: the folder's own slots, then by its extension, then by words."""

import pytest

from mailbot.campaign.types import Campaign, DocumentKind, Material
from mailbot.judgement.announced import slot_of_link
from mailbot.model import CloudLink


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("演练.MP4", "video"),
        ("IMG_0012.heic", "photo"),
        ("总结照片.mov", "video"),  # an extension is no opinion
        ("现场图片.zip", "photo"),
        ("演练总结.docx", "summary"),
        ("统计表.xlsx", "form"),
        ("脚本.docx", "plan"),
        ("简报.docx", "text"),
        ("录像.zip", "video"),
        ("材料.zip", "video"),  # what is too large for an attachment is most often one
        (None, "video"),
    ],
)
def test_a_name_announces_a_shipped_slot(campaign: Campaign, name: str | None, slot: str) -> None:
    assert slot_of_link(CloudLink("qq", "https://mail.qq.com/x", name), campaign) == slot


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("签到表照片.jpg", "sign_in"),  # its label
        ("参演人员名册.pdf", "sign_in"),  # a title of its first row in the folder
        ("Roster.pdf", "sign_in"),  # and of its second, however it is written
        ("演练照片.jpg", "photo"),
        ("演练方案.docx", "plan"),  # a title of a shipped slot's is no slot of the folder's own
    ],
)
def test_a_slot_of_the_folders_own_goes_before_the_extension(
    campaign: Campaign, name: str, slot: str
) -> None:
    own = campaign.model_copy(
        update={
            "materials": (*campaign.materials, Material(slot="sign_in", label="签到表", how="")),
            "documents": (
                *campaign.documents,
                DocumentKind(kind="sign_in", titles=("人员名册",), formats=("pdf",)),
                DocumentKind(kind="sign_in", titles=("roster",)),
            ),
        }
    )
    assert slot_of_link(CloudLink("qq", "https://mail.qq.com/x", name), own) == slot
