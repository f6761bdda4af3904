"""Materials that a notice lists one by one under a heading: 三、报送材料 （一）… （二）….

Each item is a slot of its own. Its label is what stands before its numbers and brackets; who
alone owes it, whether it is welcome, how many files, which formats and how many words it has, are
said in the same paragraph.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.campaign.drafting.figures import as_compared
from mailbot.campaign.drafting.said import Asked

_LEAD = re.compile(
    r"(?:报送|提交|上报|以下|下列)[^。；]{0,12}(?:材料|资料|内容|要求)[^。；]{0,6}[：:]$"
)
_NUMBERED = re.compile(r"^\s*[一二三四五六七八九十]+、\s*(.+)$")
_OVER = re.compile(r"^\s*(?:上述|以上|请各|请于|各单位|联系|附件)")
_HEADING = re.compile(r"^\s*[一二三四五六七八九十]+、\s*([^。；]{2,25})$")
_OF_MATERIALS = re.compile("材料|资料|成果|报送内容|报送要求|报送清单|提交内容|作品要求|报送事项")
_OF_THE_WAY = re.compile("方式|途径|时间|期限")
_ITEM = re.compile(
    r"^\s*(?:[(（][一二三四五六七八九十\d]+[)）]|\d{1,2}\s*[.、．](?!\d)|[①②③④⑤⑥⑦⑧⑨])\s*(.+)$"
)
# What such lists say besides: no material of its own.
_NO_MATERIAL = re.compile(
    "^(?:字数|格式|内容|要求|命名|时间|方式|报送|所有|全部|各|文件|以上|上述|逾期|材料|邮件|联系|请|凡)"
)
_OWED_BY = re.compile(
    r"^([\u4e00-\u9fff]{2,12}?(?:学校|单位|企业|医院|部门|机构|园|社区|街道|镇|公司))"
    r"(?:还|另|须另|应另|需另|还应|还须)(?:应|须|需|请)?(?:一并)?(?:报送?|提交|上报)"
)
_ENDS = re.compile(
    r"[,。;:(]|(?<=[\u4e00-\u9fff])\s*[一二两三四五六七八九十\d]+(?:\s*[-~—至到]+\s*\d+)?\s*[份张幅个段部篇件套]|不少于|至少|每[张份个]|"
    r"各[一二两\d]|可?自愿|可一并|(?:,|^)欢迎|须|应(?!急)|均|不超过"
)
_WELCOME = re.compile("欢迎|鼓励|自愿|可同时|可一并|可附|如有|可另|不作要求")
_MOST = re.compile(r"(?:不超过|最多|至多|限报?)\s*(\d{1,3})\s*[个份件篇]")
_LEAST = re.compile(r"(?:不少于|至少)\s*(\d{1,3})\s*[份件篇](?!字)")
_BOTH = re.compile(
    r"(?:可编辑|电子版|word|excel)[^。;]{0,20}(?:和|及|与|、|,)[^。;]{0,20}(?:盖章|公章|签章)[^。;]{0,12}(?:pdf|扫描)"
    r"|(?:盖章|公章|签章)[^。;]{0,12}(?:pdf|扫描)[^。;]{0,20}(?:和|及|与|、|,)[^。;]{0,12}(?:word|excel|可编辑)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:(\d{2,5})\s*[-~—至到]\s*(\d{2,5})\s*字|(?:不少于|不低于|至少)\s*(\d{2,5})\s*字|(\d{2,5})\s*字以上|"
    r"(?:不超过|不多于|控制在)\s*(\d{2,5})\s*字|(\d{2,5})\s*字(?:以内|以下|左右))"
)
# The slots that a label's words mean, the first that is met; of others the slot is its number.
_SLOTS: tuple[tuple[str, str, str], ...] = (
    (r"签到[表册簿]", "signin", "form"),
    (r"台账|清单$", "register", "form"),
    (r"名单|花名册", "list", "form"),
    (r"表$", "form", ""),
    (r"照片|图片", "photo", ""),
    (r"视频|录像|短片|影像", "video", ""),
    (r"总结|小结|评估报告|工作报告|情况报告|自查报告", "summary", ""),
    (r"方案|脚本", "plan", ""),
    (r"新闻稿|报道|宣传稿", "press", "document"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A listed material with all sentences of its paragraph."""

    asked: Asked
    sentences: tuple[str, ...]


def items_of(sentences: Sequence[str]) -> Sequence[Item]:
    """The listed materials, in order; none where the notice has no such list."""
    found: list[Item] = []
    taken: dict[str, int] = {}
    for number, paragraph in enumerate(_paragraphs(sentences), start=1):
        for asked in _asked(paragraph, number):
            slot = asked.slot
            if slot in taken:
                taken[slot] += 1
                asked = replace(
                    asked, slot=f"{slot}_{taken[slot]}", kind=asked.kind or _kind_of(slot)
                )
            else:
                taken[slot] = 1
            found.append(Item(asked, tuple(paragraph)))
    return found if len(found) >= 2 else ()


def slots_by_sentence(items: Sequence[Item]) -> Mapping[str, str]:
    """Of which document each sentence of the list speaks; photos and videos have rules of their
    own kind."""
    return {
        sentence: item.asked.slot
        for item in reversed(items)
        for sentence in item.sentences
        if item.asked.slot not in ("photo", "video") and not item.asked.slot.endswith("_sealed")
    }


def _kind_of(slot: str) -> str:
    return slot if slot in ("photo", "video", "form") else "document"


def _paragraphs(sentences: Sequence[str]) -> Iterator[list[str]]:
    """The items below a heading that speaks of materials, each with the sentences it goes on in."""
    asking, listed, current = False, False, list[str]()
    for sentence in sentences:
        if _LEAD.search(sentence) and not _HEADING.match(sentence):
            asking = listed = True
        elif listed and _OVER.match(sentence):
            if current:
                yield current
            asking, listed, current = False, False, []
        elif listed and (_NUMBERED.match(sentence) or _ITEM.match(sentence)):
            if current:
                yield current
            current = [sentence]
        elif heading := _HEADING.match(sentence):
            if current:
                yield current
            current = []
            said = heading[1]
            asking = bool(_OF_MATERIALS.search(said)) or (
                "报送" in said and not _OF_THE_WAY.search(said)
            )
        elif asking and _ITEM.match(sentence):
            if current:
                yield current
            current = [sentence]
        elif current:
            current.append(sentence)
    if current:
        yield current


def _asked(paragraph: Sequence[str], number: int) -> Iterator[Asked]:
    match = _ITEM.match(paragraph[0]) or _NUMBERED.match(paragraph[0])
    text = as_compared(match[1] if match else paragraph[0])
    whole = as_compared("".join(paragraph))
    groups: tuple[str, ...] = ()
    if owed := _OWED_BY.match(text):
        groups, text = (owed[1],), text[owed.end() :]
    text = re.sub(r"^(?:报送|提交|填报|填写|上报|欢迎报送)\s*", "", text)
    titled = re.match(r"《([^》]{2,40})》", text)
    label = titled[1] if titled else _ENDS.split(text, maxsplit=1)[0]
    label = re.sub(r"\s+", "", label).strip('《》“”"、,')
    if not 2 <= len(label) <= 30 or _NO_MATERIAL.match(label):
        return
    titles = tuple(one for one in re.split("、|或者?|等", label) if len(one) > 1)
    label = re.split("等", label)[-1] if "等" in label[:-2] else label
    slot, kind = _slot_of(label, number)
    most, least, words = _MOST.search(whole), _LEAST.search(text), _WORDS.search(whole)
    low = words and next((one for one in (words[1], words[3], words[4]) if one), "")
    high = words and next((one for one in (words[2], words[5], words[6]) if one), "")
    if re.search("各[一二1]?[份篇个]", text) and (parts := re.split("[和及、与]", label))[1:]:
        for one in parts:  # 演练脚本和总结：各1份
            slot, kind = _slot_of(one, number)
            said = words and re.search(f"{one[-2:]}(?:[^,。;]{{0,4}})$", whole[: words.start()])
            length = (int(low or 0), int(high or 0)) if said else (0, 0)
            yield Asked(slot, kind, one, paragraph[0], groups=groups, words=length)
        return
    asked = Asked(
        slot,
        kind,
        label,
        paragraph[0],
        required=not _WELCOME.search(whole),
        groups=groups,
        titles=titles if titles != (label,) else (),
        minimum=int(least[1]) if least and slot not in ("photo", "video") else 0,
        maximum=int(most[1]) if most and slot not in ("photo", "video") else 0,
        words=(int(low or 0), int(high or 0)),
        guess="" if slot != f"material_{number}" else "由所列条目推定",
    )
    if not _BOTH.search(whole):
        yield asked
        return
    editable = (
        ("xlsx", "xls") if re.search("excel", whole, re.IGNORECASE) else ("docx", "doc", "wps")
    )
    yield replace(asked, label=f"{label}（可编辑版）", editable=editable, titles=(label,))
    yield replace(
        asked,
        slot=f"{slot}_sealed",
        kind="any",
        label=f"{label}（盖章扫描件）",
        formats=("pdf",),
        titles=(label, "盖章"),
        words=(0, 0),
        guess="可编辑版与盖章扫描件按两项掌握，以文件格式区分",
    )


def _slot_of(label: str, number: int) -> tuple[str, str]:
    for pattern, slot, kind in _SLOTS:
        if re.search(pattern, label):
            return slot, kind
    return f"material_{number}", "document"
