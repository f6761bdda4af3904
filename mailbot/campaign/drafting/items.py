"""Materials that a notice lists one by one under a heading: 三、报送材料 （一）… （二）….

Each item is a slot of its own. Its label is what stands before its numbers and brackets; who
alone owes it, whether it is welcome, how many files, which formats and how many words it has, are
said in the same paragraph.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.campaign.drafting.deliverables import asked_nouns, listed_of_each, noun_in, nouns_of
from mailbot.campaign.drafting.lengths import CAPTIONED, PAGES, WORDS, Length, bounds_in, lengths_of
from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.said import Asked
from mailbot.campaign.drafting.whose import GROUP

_LEAD = re.compile(
    r"(?:报送|提交|上报|申报|以下|下列)[^。；]{0,12}(?:材料|资料|内容|要求)[^。；]{0,6}[：:]$|"
    r"(?:报送|提交|上报|申报|材料|资料|作品)[^。；]{0,25}(?:包括|如下|以下|下列|为)[^。；]{0,8}[：:]$"
)
_NUMBERED = re.compile(r"^\s*[一二三四五六七八九十]+、\s*(.+)$")
_OVER = re.compile(r"^\s*(?:上述|以上|请各|请于|各单位|联系|附件)")
_HEADING = re.compile(r"^\s*[一二三四五六七八九十]+、\s*([^。；]{2,25})$")
_OF_MATERIALS = re.compile("材料|资料|成果|报送内容|报送要求|报送清单|提交内容|作品要求|报送事项")
_SURELY = re.compile("材料|资料|报送内容|清单|提交内容")
_OF_THE_WAY = re.compile("方式|途径|时间|期限|时限|对象|范围")
_ITEM = re.compile(
    r"^\s*(?:[(（][一二三四五六七八九十\d]+[)）]|\d{1,2}\s*[.、．](?!\d)|[①②③④⑤⑥⑦⑧⑨])\s*(.+)$"
)
# What such lists say besides: no material of its own.
_NO_MATERIAL = re.compile(
    "^(?:附件|附表|字数|格式|内容|时限|期限|对象|范围|途径|要求|命名|时间|方式|报送|所有|全部|各|文件|以上|上述|逾期|材料|邮件|联系|请|凡)"
)
_OWED_BESIDES = re.compile(
    rf"[,;。(]([\u4e00-\u9fff]{{1,12}}?{GROUP})(?:还|另|须另行?|应另行?|需另行?|还应|还须|还需)"
    r"(?:应|须|需|请)?(?:一并)?(?:报送?|提交|上报|提供)"
)
_SPARED = re.compile(
    rf"(?:^|[,;。:(、]|其中|但|对)([\u4e00-\u9fff]{{1,12}}?{GROUP})"
    r"(?:可以?|暂)?(?:不作(?:此项|硬性|该项)?要求|免报|不(?:需要?|用|必)?(?:报送?|提供|提交)|无[需须](?:报送?|提供|提交)|除外|不在此列)"
)
_ONLY = re.compile(
    rf"(?:仅|只|限)(?:限于?|由|要求)?([\u4e00-\u9fff]{{1,12}}?{GROUP})(?:报送?|提供|提交|填报|填写|[)）,;。]|$)"
)
# What is welcome is said before its name: 有条件的单位可另报媒体报道.
_BEFORE_WELCOME = re.compile(
    r"^(?:(?:有条件的|鼓励|欢迎|如有)[^,。;:(]{0,8}?(?:单位|学校|企业|部门)?)?(?:也?可以?|欢迎|鼓励)?"
    r"(?:另行?|同时|一并|自愿|自行|附带?)*(?:报送?|提供|提交|上报|附上?)(?=[\u4e00-\u9fff《])"
)
# 如有创新做法,可撰写一篇不超过800字的经验材料: the material is what may be written.
_IF_ANY = re.compile(
    r"^如有[^,。;:]{2,20},(?:也?可以?)?(?:撰写|形成|整理|提供|报送|附上?|编写)?(?:[一1][篇份])?"
    r"(?:[^,。;]{0,12}?字(?:以内|左右|以上)?的)?([\u4e00-\u9fff]{2,12}?)(?:一并|同时)?(?:报[^,。;]*|(?=[,。;]))"
)
# Sent as a picture: whatever shows it will do, and its words alone tell it.
_REFUSED = re.compile(r"(?:不接受|不收|不得|不能|不要|勿|拒收)[^,。;)]*")
_PICTURED = re.compile("扫描|照片|图片|截图|截屏|复印件|影印件|拍照|翻拍")
_OWED_BY = re.compile(
    r"^([\u4e00-\u9fff]{2,12}?(?:学校|单位|企业|医院|部门|机构|园|社区|街道|镇|公司))"
    r"(?:还|另|须另|应另|需另|还应|还须)(?:应|须|需|请)?(?:一并)?(?:报送?|提交|上报)"
)
_OWED_THEN = re.compile(
    rf"^([\u4e00-\u9fff]{{2,16}}?{GROUP})(?:还|另|还应|还须|还需|另须|另需)(?:应|须|需|请)?于[^,。;]{{2,20}}前"
    "(?:报送?|提交|上报|提供)"
)
_ENDS = re.compile(
    r"[,。;:(]|(?<=[\u4e00-\u9fff])\s*[一二两三四五六七八九十\d]+(?:\s*[-~—至到]+\s*\d+)?\s*[份张幅个段部篇件套条]|不少于|至少|每[张份个]|"
    r"各[一二两\d]|可?自愿|可一并|(?:,|^)欢迎|须|应(?!急)|均|不超过"
)
_WELCOME = re.compile(
    "欢迎|鼓励|自愿|可同时|可一并|可附|如有|可另|(?:不作|不做)(?:硬性|统一|强制|必报)?要求|非必报|选报"
)
_MOST = re.compile(r"(?:不超过|最多|至多|限报?)\s*(\d{1,3})\s*[个份件篇]")
_LEAST = re.compile(r"(?:不少于|至少)\s*(\d{1,3})\s*[份件篇](?!字)")
_BOTH = re.compile(
    r"(?:可编辑|电子版|word|excel)[^。;]{0,20}(?:和|及|与|、|,|并|另附)[^。;]{0,20}(?:盖章|公章|签章)[^。;]{0,12}(?:pdf|扫描)"
    r"|(?:盖章|公章|签章)[^。;]{0,12}(?:pdf|扫描)[^。;]{0,20}(?:和|及|与|、|,)[^。;]{0,12}(?:word|excel|可编辑)",
    re.IGNORECASE,
)
# One or the other, or a scan only of what bears a seal: one material, however it comes.
_EITHER = re.compile(
    r"(?:word|pdf|excel|电子版|可编辑[版件]?)(?:格式|版)?(?:或者?|/)|(?:盖章|公章|签章)的(?:须|需|应|要|请|另|还)",
    re.IGNORECASE,
)
# The slots that a label's words mean, the first that is met; of others the slot is its number.
_SLOTS: tuple[tuple[str, str, str], ...] = (
    (r"签到[表册簿]", "signin", "form"),
    (r"台账|清单$|登记[册簿]", "register", "form"),
    (r"名单|花名册", "list", "form"),
    (r"表$", "form", ""),
    (r"照片|图片|对比图|组图", "photo", ""),
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
    certain = False
    for number, (surely, paragraph) in enumerate(_paragraphs(sentences), start=1):
        certain = certain or surely
        for asked in _asked(paragraph, number):
            known = noun_in(re.sub("（[^）]*）$", "", asked.label)) is not None
            if not known and (several := list(listed_of_each(paragraph[0]))):
                for noun in several:
                    slot = noun.slot.rstrip("_")
                    taken[slot] = taken.get(slot, 0) + 1
                    number_of = f"_{taken[slot]}" if taken[slot] > 1 else ""
                    asked = Asked(f"{slot}{number_of}", noun.kind, noun.label, paragraph[0])
                    for length in lengths_of([paragraph[0]]):
                        if length.noun and length.noun.label == noun.label:
                            asked = replace(asked, words=(length.low, length.high))
                    found.append(Item(asked, tuple(paragraph)))
                continue
            if not known and any(next(asked_nouns(one), None) for one in paragraph):
                continue  # （一）团队实践: a heading over what is asked of some
            if not surely and noun_in(re.sub("（[^）]*）$", "", asked.label)) is None:
                continue  # 要求 are of any kind; a file is what ends on the word for one
            slot = asked.slot
            if slot in taken:
                taken[slot] += 1
                asked = replace(
                    asked, slot=f"{slot}_{taken[slot]}", kind=asked.kind or _kind_of(slot)
                )
            else:
                taken[slot] = 1
            found.append(Item(asked, tuple(paragraph)))
    return found if len(found) >= 2 or (found and certain) else ()


def slots_by_sentence(items: Sequence[Item]) -> Mapping[str, str]:
    """Of which document each sentence of the list speaks; photos and videos have rules of their
    own kind."""
    return {
        sentence: item.asked.slot
        for item in reversed(items)
        for sentence in item.sentences
        if item.asked.slot not in ("photo", "video") and not item.asked.slot.endswith("_sealed")
    }


def owed_by(sentence: str) -> tuple[str, ...]:
    """Whom alone a sentence asks besides the others: 示范学校还应报送…."""
    text = re.sub(r"^\s*(?:其中)?[,:]?", "", as_compared(sentence))
    if owed := _OWED_BY.match(text):
        return (owed[1],)
    if found := _OWED_THEN.match(text):
        return (found[1],)
    return ()


def _kind_of(slot: str) -> str:
    return slot if slot in ("photo", "video", "form") else "document"


def _paragraphs(sentences: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """The items below a heading that speaks of materials, each with the sentences it goes on in,
    and whether the heading says that materials are what it lists."""
    asking, listed, current = False, False, list[str]()
    surely = False
    for sentence in sentences:
        if _LEAD.search(re.sub(r"[（(][^（()）]*[)）]$", "", sentence)) and not _HEADING.match(
            sentence
        ):
            asking = listed = True
            surely = bool(_SURELY.search(sentence))
        elif listed and _OVER.match(sentence):
            if current:
                yield surely, current
            asking, listed, current = False, False, []
        elif listed and (_NUMBERED.match(sentence) or _ITEM.match(sentence)):
            if current:
                yield surely, current
            current = [sentence]
        elif heading := _HEADING.match(sentence):
            if current:
                yield surely, current
            current = []
            said = heading[1]
            surely = bool(_SURELY.search(said))
            asking = bool(_OF_MATERIALS.search(said)) or (
                bool(re.search("报送|申报|推荐|参评", said)) and not _OF_THE_WAY.search(said)
            )
        elif asking and _ITEM.match(sentence):
            if current:
                yield surely, current
            current = [sentence]
        elif current:
            current.append(sentence)
    if current:
        yield surely, current


def _asked(paragraph: Sequence[str], number: int) -> Iterator[Asked]:
    match = _ITEM.match(paragraph[0]) or _NUMBERED.match(paragraph[0])
    text = as_compared(match[1] if match else paragraph[0])
    whole = as_compared("".join(paragraph))
    groups: tuple[str, ...] = ()
    if owed := _OWED_BY.match(text):
        groups, text = (owed[1],), text[owed.end() :]
    text = re.sub(
        r"\([\u4e00-\u9fff、]{1,8}\)(?=[\u4e00-\u9fff])", "", text
    )  # 院系（部门）推荐报告
    text = _IF_ANY.sub(r"\1", text)
    text = re.sub(r"^(?:报送|提交|填报|填写|上报|欢迎报送)\s*", "", _BEFORE_WELCOME.sub("", text))
    spared = tuple(dict.fromkeys(one[1] for one in _SPARED.finditer(whole)))
    groups = groups or tuple(dict.fromkeys(one[1] for one in _ONLY.finditer(whole)))
    groups = groups or tuple(dict.fromkeys(one[1] for one in _OWED_BESIDES.finditer(whole)))
    titled = re.match(r"《([^》]{2,40})》", text)
    label = titled[1] if titled else _ENDS.split(text, maxsplit=1)[0]
    label = re.sub(r"\s+", "", label).strip('《》“”"、,')
    way = re.search("(?:提交|报送|上报|申报|要求)$", label)
    if not 2 <= len(label) <= 30 or _NO_MATERIAL.match(label) or way:
        return
    if (noun := noun_in(label)) and re.search("的|提交|报送|提供", label.removesuffix(noun.label)):
        label = noun.label  # 评估需要提交相关佐证材料
    titles = tuple(one for one in re.split("、|或者?|等", label) if len(one) > 1)
    label = re.split("等", label)[-1] if "等" in label[:-2] else label
    for other in re.findall("《([^》]{2,40}[表册])》", text)[1:] if titled else ():
        yield Asked("form", "form", other, paragraph[0], groups=groups, spared=spared)
    slot, kind = _slot_of(label, number)
    own = as_compared("".join(one for one in paragraph if _is_of(one, label, paragraph[0])))
    most, least, words = _MOST.search(own), _LEAST.search(text), WORDS.search(whole)
    length_of_all, pages = bounds_in(WORDS, CAPTIONED.sub("", whole)), bounds_in(PAGES, whole)
    told = next(iter(lengths_of([CAPTIONED.sub("", one) for one in paragraph])), None)
    if not any(length_of_all):
        length_of_all = (told.low, told.high) if told else (0, 0)
    if both := _both_kinds(paragraph, asked_of=groups, spared=spared):
        yield from both
        return
    if re.search("各[一二1]?[份篇个]", text) and (parts := re.split("[和及、与]", label))[1:]:
        for one in parts:  # 演练脚本和总结：各1份
            slot, kind = _slot_of(one, number)
            said = words and re.search(f"{one[-2:]}(?:[^,。;]{{0,4}})$", whole[: words.start()])
            length = length_of_all if said else (0, 0)
            yield Asked(slot, kind, one, paragraph[0], groups=groups, words=length)
        return
    asked = Asked(
        slot,
        kind,
        label,
        paragraph[0],
        required=not _WELCOME.search(_SPARED.sub("", whole)),
        groups=groups,
        spared=spared,
        titles=titles if titles != (label,) else (),
        minimum=int(least[1]) if least and slot not in ("photo", "video") else 0,
        maximum=int(most[1]) if most and slot not in ("photo", "video") else 0,
        words=length_of_all,
        words_source=_saying(paragraph, told),
        words_guess=told.guess if told else "",
        pages=pages,
        guess="" if slot != f"material_{number}" else "由所列条目推定",
    )
    if kind in ("document", "form") and _PICTURED.search(_REFUSED.sub("", whole)):
        asked = replace(asked, pictured=True)
    if not _BOTH.search(whole) or _EITHER.search(whole):
        if "盖章" in whole or "公章" in whole:
            why = "通知对盖章有要求，系统不能辨认公章，请由人查看"
            asked = replace(asked, guess="；".join(one for one in (asked.guess, why) if one))
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


def _is_of(sentence: str, label: str, first: str) -> bool:
    """Whether a sentence of the paragraph is of its own material: 每家报送案例不超过3个 behind the
    item 推荐表 is of 案例."""
    nouns = [noun.label for noun in nouns_of(as_compared(sentence))]
    return sentence == first or not nouns or any(label.endswith(one[-2:]) for one in nouns)


def _saying(paragraph: Sequence[str], told: Length | None) -> str:
    """The sentence of the paragraph that says how long it is to be."""
    known = {CAPTIONED.sub("", one): one for one in paragraph}
    return known.get(told.source, "") if told else ""


def _both_kinds(
    paragraph: Sequence[str], asked_of: tuple[str, ...], spared: tuple[str, ...]
) -> tuple[Asked, ...]:
    """演练影像：照片8—15张…；视频1—2个…: two materials in one item."""
    plain = [(one, as_compared(one)) for one in paragraph]
    found: list[Asked] = []
    for slot, words, label in (("photo", "照片|图片", "照片"), ("video", "视频|录像", "视频")):
        counted = (
            rf"(?:{words})[^,。;、(]{{0,4}}?(?:不少于|至少|各)?\s*[一二两三四五六七八九十\d]+"
            r"(?:\s*[-~—–至到]+\s*\d+)?\s*[张幅个段部条]"
        )
        if source := next((one for one, text in plain if re.search(counted, text)), ""):
            found.append(Asked(slot, "", label, source, groups=asked_of, spared=spared))
    return tuple(found) if len(found) == 2 else ()


def _slot_of(label: str, number: int) -> tuple[str, str]:
    if (noun := noun_in(label)) and noun.slot in ("photo", "video"):
        return noun.slot, noun.kind
    for pattern, slot, kind in _SLOTS:
        if re.search(pattern, label):
            return slot, kind
    return f"material_{number}", "document"
