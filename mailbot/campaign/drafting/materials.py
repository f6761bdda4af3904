"""What a notice asks to be sent, how its files are to be named, and its annexed table."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from mailbot.campaign.drafting import deliverables
from mailbot.campaign.drafting.bounds import PHOTO_WORDS, VIDEO_WORDS, Figure
from mailbot.campaign.drafting.deliverables import Noun, asked_nouns, nouns_of, slots_named
from mailbot.campaign.drafting.items import owed_by
from mailbot.campaign.drafting.lengths import Length, lengths_of
from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.said import Asked, Named, Said

# 关于征集（开展、举办）…视频、摄影和征文…的通知: the notice is about what is to be sent.
_COLLECTS = re.compile("征集|大赛|比赛|竞赛|评选|征文|展播|遴选|征稿|推荐|报送")
_WORKS = {"photo": "照片", "video": "视频"}
# 可附现场照片1—3张
_WELCOME_OF = {
    of: re.compile(rf"(?:可附上?|可另附|如有|鼓励|欢迎|自愿)[^,。;]{{0,12}}?(?:{words})")
    for of, words in (("photo", PHOTO_WORDS), ("video", VIDEO_WORDS))
}
_ANNEX_OF = re.compile(
    r"^\s*(?:附\s*件\s*(\d*)\s*[:：.、]?|(\d{1,2})\s*[.．、])\s*(?:(\d{1,2})\s*[.．、]\s*)?"
    r"《?([^《》。；;，,]{2,50}?(?:表|册|台账|清单|名单|书|模板))》?"
    r"(?:\s*[(][^()]{1,12}[)])?(?:\s*\.\w{3,4})?\s*$"
)
_READ_ONLY = re.compile(
    "(?:分配|安排|分工|分解|日程|对照|一览|进度|任务|指标|标准|细则|要求|评分|赋分|计分|责任|课程|时间|说明|样)表$|"
    "(?:任务|责任|问题|政策|权责|重点)清单$|说明书$|须知|目录|指南"
)
_SENT = re.compile("报送|上报|发送|发至|发到|提交|填|邮箱|反馈|报[至市县区省]")


def materials_of(
    sentences: Sequence[str],
    figures: Sequence[Figure],
    title: str,
    listed: Sequence[Asked] = (),
    within: Collection[str] = (),
) -> Iterator[Asked]:
    """What is to be sent, in the order the notice names it, behind what it lists one by one."""
    found: list[Asked] = list(listed)
    before = ""
    for source in sentences:
        if source in within:
            for noun in _beside(source, found, figures):
                why = "与所列的另一项同在一条，按单独一项材料掌握"
                found.append(Asked(noun.slot, "", _WORKS[noun.slot], source, guess=why))
            continue
        goes_on = re.match("(?:其中)?(?:主要|具体|应|须)?包括", source) and re.search(
            "[材资]料", before
        )
        before = source
        for noun in asked_nouns(f"材料{source}" if goes_on else source):
            _add(found, noun, source, bool(listed))
    for noun in nouns_of(title) if _COLLECTS.search(title) and not listed else ():
        if noun.slot in ("photo", "video", "essay", "case") and not _has(found, noun.slot):
            _add(found, noun, title, False)
    for noun in () if listed or _documents(found) else _named_by(title):
        if not _documents(found):
            _add(found, noun, title, False)
            found[-1] = replace(found[-1], guess="据通知标题，正文的要求请核对")
    spoken = set(slots_named("".join(sentences)))
    for figure in figures:
        named = figure.of in spoken or figure.what == "format"
        if (
            named
            and figure.of in _WORKS
            and all(one.slot != figure.of for one in found)
            and not listed
        ):
            label = _WORKS[figure.of]
            why = f"正文未列，由对{label}的要求推定"
            owed = not _WELCOME_OF[figure.of].search(as_compared(figure.source))
            found.append(Asked(figure.of, "", label, figure.source, required=owed, guess=why))
    _measure(found, [one for one in lengths_of(sentences) if one.source not in within])
    _count(found, figures)
    shown = [one for one in found if one.slot == "footage"]
    for one in shown:  # 影像资料（照片不少于5张）: what the bracket names is what it is
        bracket = re.search(r"[影音]像[资材]料\s*[(（][^()（）]*(?:照片|图片|视频)", one.source)
        if bracket and any(other.slot in _WORKS for other in found):
            found.remove(one)
        else:
            why = "影像资料按照片或视频均可掌握"
            found[found.index(one)] = replace(one, guess=why)
    annexes = list(_annexes(sentences))
    for name, source in annexes:
        one_of_one = len(annexes) == 1 and any(
            one.slot == "form" and "附件" in one.source for one in found
        )
        if not one_of_one and not any(_same(name, one.label) for one in found):
            why = "附件列有此表，按报送材料掌握"
            found.append(Asked(_slot("form", found), "form", name, source, guess=why))
    yield from found


_BY_TITLE = re.compile(
    r"关于(?:做好|认真|按时|及时)*(?:报送|上报|提交|填报)(.+?)(?:工作)?的(?:紧急|补充)?(?:通知|函|公告|启事)$"
)


def _named_by(title: str) -> Iterator[Noun]:
    """总结 of 关于报送“安全生产月”活动总结的通知, where the text goes on without a word for it."""
    if found := _BY_TITLE.match(as_compared(title)):
        for noun in deliverables.listed(found[1]):
            if noun.slot in ("summary", "plan", "press", "text", "essay", "case", "report_"):
                yield noun  # 材料 and 表 are whatever the text says of them


def _beside(source: str, found: Sequence[Asked], figures: Sequence[Figure]) -> Iterator[Noun]:
    """视频 of 申请书1份、视频1份（MP4），where the list has it as no item of its own."""
    of = {one.of for one in figures if one.source == source and not one.slot}
    for slot in of & set(_WORKS):
        if not _has(found, slot):
            yield from [one for one in asked_nouns(source) if one.slot == slot][:1]


def _add(found: list[Asked], noun: Noun, source: str, is_listed: bool) -> None:
    """One more material, or another word for one that is there."""
    groups = owed_by(source)
    for place, other in enumerate(found):
        slot = re.sub(r"_\d+$", "", other.slot)
        many = noun.slot.endswith("_") or noun.slot in ("form", "register", "list", "essay", "case")
        if slot != noun.slot.rstrip("_") and not _same(noun.label, other.label):
            continue
        if many and not _same(noun.label, other.label):
            continue
        if groups and groups != other.groups and noun.label not in other.label:
            continue  # 示范学校还应报送创建总结
        if not other.required and not noun.welcome:
            found[place] = replace(other, required=True)
        return
    met = any(one.slot.startswith(noun.slot) for one in found)
    if is_listed and (noun.slot in _WORKS or (noun.kind == "" and noun.slot != "form" and met)):
        return  # what a notice lists one by one is all that it asks of these
    label = _WORKS.get(noun.slot, noun.label)
    found.append(
        Asked(
            _slot(noun.slot, found),
            noun.kind or ("form" if noun.slot == "form" and _has(found, "form") else ""),
            label,
            source,
            required=not noun.welcome,
            groups=groups,
        )
    )


def _measure(found: list[Asked], lengths: Sequence[Length]) -> None:
    """How long each document is to be; one that nothing else asked for is asked for by that."""
    for length in lengths:
        noun = length.noun
        free = [place for place, one in enumerate(found) if not one.slot.startswith("form")]
        places = [one for one in free if noun and _same(noun.label, found[one].label)]
        places = places or [one for one in free if noun and _is(found[one], noun.slot)]
        places = places or ([] if noun else _documents(found))
        if noun and not places and (length.is_carried or _is_part(noun)):
            continue  # 作者简介(200字以内) is a field, 说明 a caption: `unheard` tells the figure
        if noun and not places:
            why = "正文未列，由对其字数的要求推定"
            kind = noun.kind or "document"
            slot = _slot(noun.slot, found)
            found.append(Asked(slot, kind, noun.label, length.source, guess=why))
            places = [len(found) - 1]
        if len(places) == 1:
            if noun is None:
                why = "通知未写明是哪一项，按唯一的文档掌握"
                length = replace(length, guess="；".join(filter(None, (length.guess, why))))
            length = _wider(length, found[places[0]])
            found[places[0]] = replace(
                found[places[0]],
                words=(length.low, length.high),
                words_source=length.source,
                words_guess=length.guess,
            )


# What is a part of another material: a field of its table, what stands below its pictures.
_PART = re.compile("(?:说明|简介|描述|阐释|释义|概要|介绍|标题|主题|口号|标语|函|体会)$")


def _is_part(noun: Noun) -> bool:
    """Whether a length alone is too little to ask for it as a file of its own."""
    return bool(_PART.search(noun.label))


def _wider(length: Length, other: Asked) -> Length:
    """50字、800字: nothing is refused that one of the two lets pass."""
    low, high = other.words
    if not any(other.words) or (low, high) == (length.low, length.high):
        return length
    if bool(low) != bool(length.low) and bool(high) != bool(length.high):
        return replace(length, low=low or length.low, high=high or length.high)
    why = f"通知另有一处写{low or ''}-{high or ''}字，按较宽的掌握"
    # 约1500字 beside 不超过1000字 is no harder a bound than it was alone.
    doubts = "；".join(one for one in (other.words_guess, length.guess, why) if one)
    why = "；".join(dict.fromkeys(doubts.split("；")))
    narrow = min(low, length.low)
    wide = max(high, length.high) if high and length.high else 0
    return replace(length, low=narrow, high=wide, guess=why)


def _count(found: list[Asked], figures: Sequence[Figure]) -> None:
    """How many of a document: 推荐1-2个典型案例. 各分校不少于20篇，各部门不少于1篇 are two bounds:
    nobody is asked for more than the lesser one."""
    told: dict[int, list[tuple[int, int]]] = {}
    for figure in figures:
        if figure.what != "count" or figure.of not in ("", "document"):
            continue
        low, high = int(figure.minimum or 0), int(figure.maximum or 0)
        if figure.noun:
            places = [n for n, one in enumerate(found) if _same(figure.noun, one.label)]
        else:  # 每名投稿不超过3条 is of what there is but one of
            places = [n for n in _documents(found) if not found[n].guess] if high else []
            places = places if len(places) == 1 else []
        for place in places[:1]:
            if not told.get(place) or figure.noun:
                told.setdefault(place, []).append((low, high))
    for place, pairs in told.items():
        one = found[place]
        if one.minimum or one.maximum:
            continue
        lows, highs = [low for low, _ in pairs], [high for _, high in pairs]
        guesses = [one.guess] if one.guess else []
        if len(set(pairs)) > 1:
            written = "、".join(f"{low or ''}-{high or ''}" for low, high in pairs)
            guesses.append(f"份数有几种写法（{written}），按最宽的掌握")
        found[place] = replace(
            one,
            minimum=min(lows),
            maximum=max(highs) if all(highs) else 0,
            guess="；".join(guesses),
        )


def _is(asked: Asked, slot: str) -> bool:
    return not slot.endswith("_") and re.sub(r"_\d+$", "", asked.slot) == slot


def _documents(found: Sequence[Asked]) -> list[int]:
    """Of what a length alone may be said: whatever is no picture and no table."""
    return [
        place
        for place, one in enumerate(found)
        if one.kind in ("", "document") and not one.slot.startswith(("photo", "video", "form"))
    ]


def _has(found: Sequence[Asked], slot: str) -> bool:
    return any(one.slot == slot for one in found)


def _slot(wanted: str, found: Sequence[Asked]) -> str:
    """A name that is free: form, form_2."""
    bare = wanted.rstrip("_")
    if not _has(found, bare):
        return bare
    return next(f"{bare}_{n}" for n in range(2, 999) if not _has(found, f"{bare}_{n}"))


def _same(one: str, other: str) -> bool:
    """申报表 and 优秀单位申报表 are one material."""
    a, b = (re.sub(r"^20\d\d年度?|[“”《》\s]|（[^）]*）", "", text) for text in (one, other))
    return bool(a and b) and (a.endswith(b) or b.endswith(a))


def _annexes(sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The annexed tables, as those are that units fill in; what they only read is left out."""
    inside = False
    if not any(_SENT.search(one) for one in sentences):
        return
    for source in sentences:
        text = as_compared(source)
        inside = (inside and bool(re.match(r"\s*\d{1,2}\s*[.、]", text))) or text.startswith("附件")
        match = _ANNEX_OF.match(text)
        if not inside or match is None:
            continue
        name = re.sub(r"\s", "", match[4])
        if not _READ_ONLY.search(name):
            yield name, source


_NAMING = re.compile(r"文件名|文件命名|命名为|[^，。；]{2,12}(?:名称|全称|简称)[^，。；]{0,8}命名")


def names_of(sentences: Sequence[str]) -> Iterator[Named]:
    """文件名统一为“单位名称+自查表”; 以学校名称命名."""
    for source in sentences:
        if found := _NAMING.search(source):
            clause = source[found.start() :]
            unit = re.search("(?:单位|学校|企业|公司|县区|部门)(?:名称|全称|简称)?", clause)
            day = re.search("日期|时间|年月日", clause)
            contains = [name for name, met in (("unit", unit), ("date", day)) if met]
            before = re.split("[。；，]", source[: found.end()])[-1]
            slots = slots_named(before + clause)
            if not slots and len(whole := slots_named(source)) == 1:
                slots = whole
            if contains:
                yield Named(slots[0] if slots else "any", tuple(contains), source)


def form_title_of(sentences: Sequence[str]) -> Said:
    """The annexed table's name."""
    for source in sentences:
        text = as_compared(source)
        if found := re.search(
            r"附件\s*\d?\s*[:.]?\s*(?:\d\s*[.、])?\s*([^。;《》]{2,40}?表)\s*$", text
        ):
            return Said(found[1].strip(), source)
        if found := re.search(r"《([^》]{2,40}表)》", text):
            return Said(found[1], source)
    return Said("", "", "通知中未见附表名称")
