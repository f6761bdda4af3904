"""What the campaign is about, as a text of its own must show: 演练, 演习, 推演.

However long a mail is, what tells of no drill is no 文字信息: absent persons' programs, requests
and invitations to other meetings are as long.
"""

import re

from mailbot.campaign.types import Campaign
from mailbot.judgement.classify import Titles
from mailbot.judgement.writing import fold

_ACTIVITY = re.compile(r"(?:活动|情况|工作|材料|报送|的|通知|开展|做好|关于)+$")
_SHORTEST = 2


def matter_of(campaign: Campaign) -> str:
    """The last word of what the notice is about (安全生产应急演练活动: 演练): in a Chinese title
    the thing itself stands last."""
    title = re.sub(r"的?通知$", "", campaign.title)
    bare = _ACTIVITY.sub("", fold(title))
    return bare[-2:] if len(bare) >= _SHORTEST else ""


def concerns(text: str, campaign: Campaign) -> bool:
    """Whether a text is about it: by its word, by a word for the same in the titles of the plan
    and its like (演习…方案), or because it names a material."""
    folded = fold(text)
    words = {matter_of(campaign)}
    for document in campaign.documents:
        if document.kind not in ("form", "text"):
            gapped = (title.split("…") for title in document.titles if "…" in title)
            words |= {fold(parts[0]) for parts in gapped}
    if any(len(word) >= _SHORTEST and word in folded for word in words):
        return True
    return any(map(Titles(campaign.documents).kinds, text.split("\n")))
