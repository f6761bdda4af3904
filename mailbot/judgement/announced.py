"""What a link announces: the material, as far as its name tells."""

from collections.abc import Mapping
from pathlib import PurePath

from mailbot.campaign.types import SHIPPED_SLOTS, Campaign
from mailbot.model import CloudLink

_LINK_WORDS: Mapping[str, tuple[str, ...]] = {
    "photo": ("照片", "图片", "photo"),
    "video": ("视频", "录像", "影像", "video"),
    "form": ("统计表",),
    "summary": ("总结", "评估"),
    "plan": ("方案", "脚本"),
    "text": ("文字", "信息", "简报"),
}
_LINK_ENDINGS: Mapping[str, frozenset[str]] = {
    "video": frozenset(
        ".mp4 .mpg .mpeg .vob .avi .mts .m2ts .ts .mov .wmv .flv .mkv .rmvb .3gp .m4v".split()
    ),
    "photo": frozenset(".jpg .jpeg .png .psd .heic .bmp .tif .tiff .webp .gif".split()),
}


def slot_of_link(link: CloudLink, campaign: Campaign) -> str:
    """The slot a link most likely announces: a slot of the folder's own by its words, then by
    extension, then by words of its name.

    A link that tells nothing counts as a video: ordinary attachments end near 50 MB, so what
    comes as 超大附件 is most often one (facts of the servers).
    """
    name = (link.name or "").lower()
    for material in campaign.materials:
        titles = [
            title for one in campaign.documents if one.kind == material.slot for title in one.titles
        ]
        if material.slot not in SHIPPED_SLOTS and any(
            word.lower() in name for word in (*titles, material.label)
        ):
            return material.slot
    ending = PurePath(name).suffix
    for slot, endings in _LINK_ENDINGS.items():
        if ending in endings:
            return slot
    for slot, words in _LINK_WORDS.items():
        if any(word in name for word in words):
            return slot
    return "video"
