"""What a sentence of a notice asks to be sent, told by its grammar.

A material is a noun that can be a file (a table, a report, an essay, a film) where it stands as
what is sent: 将…发至, 填写…, 报送…, …一式两份, …电子版发至. Which noun it is does not matter; what
it ends on says what kind of file it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailbot.campaign.drafting.lines import as_compared

# What a noun for a file ends on, its slot and kind; a slot that ends in "_" is one of many.
_HEADS: tuple[tuple[str, str, str], ...] = (
    ("签到[表册簿]", "signin", "document"),
    ("花名册|名册|名单", "list", "document"),
    ("台账|清单|登记[册簿]", "register", "document"),
    ("(?<![代外发仪手电水钟])表(?:格)?", "form", ""),
    (
        "(?:照片|图片)(?:资料|材料)?|对比图|组图|配图|附图|图像|相片|(?:彩|寸|生活|工作|证件|半身|全身|标准|登记|集体|免冠|现场|合)[照影](?!片|相)|海报|截图|漫画|绘画|宣传画|摄影",
        "photo",
        "",
    ),
    (
        "视频(?:资料|材料)?|录像|短片|影像(?![资材]料)|微电影|宣传片|专题片|微课程?|动漫|动画|公益广告|纪录片|情景剧|微视频",
        "video",
        "",
    ),
    ("新闻稿|宣传稿|通讯稿|(?:新闻|媒体|宣传)报道", "press", "document"),
    ("总结(?:材料|报告)?|小结|评估报告|自查报告", "summary", ""),
    ("方案|脚本", "plan", ""),
    ("文字信息|文字材料|信息稿|简报", "text", ""),
    ("(?:影像|音像|影音)[资材]料", "footage", "any"),
    ("征文|论文|散文|诗歌|诗词|小小说|小说|随笔|作文|文章|标语|口号", "essay", "document"),
    ("教案|教学设计", "lesson_plan", "document"),
    ("课件|PPT|演示文稿", "slides", "document"),
    ("案例", "case", "document"),
    (
        "(?:承诺|责任|申请|申报|计划|建议|倡议|意向|委托|任务|声明|确认|协议|授权|保证|推荐|认定|邀请)书",
        "letter_",
        "document",
    ),
    ("报告", "report_", "document"),
    ("材料|资料", "material_", "document"),
    (
        "事迹(?:材料)?|公函|函|推荐信|介绍|阐释|释义|说明|简介|概要|提纲|要点|讲稿|发言稿|稿件|心得体会|体会|记录|纪要|证明|证书|执照|许可证|规划图|示意图|平面图|图纸|复印件|剧本|预案|"
        "计划|故事|问卷|目录|反馈意见|回执|情况|工作信息",
        "paper_",  # the name of a kind would make its rules hold for every document
        "document",
    ),
)
_HEAD = re.compile(
    "|".join(f"(?P<h{n}>{pattern})" for n, (pattern, _, _) in enumerate(_HEADS)), re.IGNORECASE
)
# Where a noun begins: what stands before it is a verb, a number or another noun.
_BEGINS = re.compile(
    r"[^\u4e00-\u9fffA-Za-z·—“”\-]|[将把及与或的各每份张段部篇条件幅页请须应需]|(?<!文)字|个(?![人体])|附(?=[简文])|(?<!共)和|填[写报好妥制]|"
    r"报送|上报|提交|提供|收集|整理|反馈|推荐|撰写|形成|制作|征集|完善|开展|组织|做好|包括|包含|附上|另附|发送|"
    r"准备|拍摄|编写|编制|制定|连同|以及|[并且]附|认真|及时|附件|附表|同时|结合|按照|围绕|依据|根据|参照|"
    r"视频\s*[和与]|进行|举办|讲述|体现|展示|反映|说明其|阐述"
)
# What any file goes by: no material by itself.
_ANY_FILE = re.compile(
    "^(?:(?:相关|有关|所有|上述|以上|以下|下列|全部|各类|各项|本次|电子|电子版|电子档|纸质|纸质版|书面|文字|申报|申请|推荐|报名|"
    "报送|提交|评选|单位|详细|项|参赛|参评|投稿|活动|总结|其他|其它|附件|音像|影音|培训|宣传|学习|工作|实际|具体|基本|原始|该|此|本|等|会议|教育|填报)*"
    "(?:材料|资料|文件|作品|信息|说明|内容|情况说明|附件|表格)|(?:相关|有关|所有|上述|以上|该|此|本|其他|其它)*(?:报告|计划|记录)|"
    "附?表|[材资]料清单)$"
)
_WEAK = re.compile(
    "^(?:材料|资料|文件|作品|信息|内容|情况|说明|表|表格|记录|计划|报告|意见|公函|函|清单)$"
)
_HOW_IT_WENT = re.compile(
    "^[\u4e00-\u9fff]{0,6}(?:活动|工作|宣传|学习|培训|演练|落实|整改|整治|检查|自纠|开展|排查|自查|运行|进展)情况$"
)
_CUT = re.compile(f"{_WEAK.pattern}|^情况")
_VERB = re.compile("(?:征集|推荐|反馈|申报|整理|组织|开展|提交|收集|完善|登记|拍摄)$")
_SENT = (
    r"报送|上报|报至|报到|报市|报县|报区|报省|报我|发送|发至|发到|发给|传至|传到|提交|上交|交至|交到|送至|送到|送达|"
    r"上传|投稿|投至|寄至|寄送|寄到|邮寄|反馈|打包|报(?![名告表销道纸刊])(?=[\u4e00-\u9fff]{1,12}(?:局|办|委|科|处|中心|邮箱|部|室|会)))"
).replace(")))", "))")
_OBJECT = re.compile(
    rf"(?:将|把|连同)(?P<of>[^,。;]{{2,160}}?)(?:于|在(?!线)|按(?!照片)|以(?!及)|通过|统一|一并|加盖|经|存入|放入|装入|汇总(?![表名台材])|,|{_SENT}|电子版|电子档|电子稿)"
)
_TAKES = re.compile(
    r"(?:填写|填好|填报|填制|填妥|上传|(?:另行?|还[应须需]?|须另|应另)报送?|报送|上报|提交|提供|上交|反馈|另附|附上?|须有|应有|需有|推荐|申报|投送|报(?=一|\d|《)|"
    r"形成|撰写|拍摄|收集|整理|制作|完善|包含|包括|含)(?:好|并|各|相应|完整|相关|有关|[一1]?[份篇个套]|\d+[份篇个])*"
    r"(?P<of>[^,。;]{2,120}?)(?=[,。;]|于\d|至[\u4e00-\u9fffA-Za-z\d]|到[\u4e00-\u9fffA-Za-z]|发送|发至|发到|报送|报至|上报|提交|$)"
)
_FIRM = re.compile(
    "(?:另行?|还[应须需]?|须另|应另)报|填写|填好|填报|填制|填妥|报送|上报|提交|上交|反馈|投送|另附|须有|应有|需有"
)
_TOPIC = re.compile(
    rf"^(?P<of>[^,。;]{{2,60}}?)(?:电子版|电子稿|电子档|电子件|扫描件)?(?:请|须|应|要|直接|统一|均|一律|需)*"
    rf"(?:于|在|以|通过|按|分别|请|直接|统一|均|一律)[^,。;]{{0,40}}(?:{_SENT})"
)
# 作品及信息表以单位命名，发送至…: what the sentence begins with is what it goes on to send.
_FIRST = re.compile(
    r"^(?:请|将)?(?P<of>[^,。;:于以按]{2,60}?)(?:(?:请|须|应|均|统一)*[于以按](?!及).*)?$"
)
_COPIES = re.compile(
    r"^(?P<of>[^,。;:]{2,40}?)(?:电子版|纸质版|纸质)?(?:一式|各|共)?(?:[一二两三四五六七八九十]|\d+)份"
)
_IF_THERE = re.compile(
    r"如有(?P<of>[^,。;]{2,20}?)(?:的|也|亦|可|请|一并|同时)*(?:报送?|提交|提供|发[至送]|附上?|上传)"
)
_AS_PICTURES = re.compile(r"以(?P<of>照片|图片|视频)(?:形式|方式)报送")
_NAMED_BELOW = re.compile(
    r"(?:[\u4e00-\u9fff]{0,8}(?:材料|资料|内容|作品)(?:清单)?|包括|如下)[^:。,;\u4e00-\u9fff]{0,4}(?:须|应)?(?:主要)?(?:包括|如下|为)?:(?P<of>[^。]{2,200})"
)
# 制定方案，于6月10日前报送: what is written first is what is sent then.
_WRITTEN_FIRST = re.compile(
    r"(?:制定|拿出|编制|拟定|撰写|形成)(?P<of>[^,。;]{2,40}),(?:[^,。;]{2,24},)?(?:并|请)?(?:[于在]?[^,。;]{0,16}前)?"
    r"(?:及时)?(?:书面)?(?:报|发|上报|送)"
)
_HOLDS = re.compile(r"(?:\((?:含|包括|包含|应含|须含)|(?<=[材资]料)\((?=[^()]*、))([^()]{2,60})\)")
_ASKS = re.compile(
    rf"(?:{_SENT}|(?:另行?|还[应须需]?)报|填写|填好|填报|投送|邮箱|征集|(?:[材资]料|作品)[须应需]?(?:主要)?包括|报送内容|另附|须附|需附)"
)
_CAPTION = re.compile(r"\s*每[张幅][^,。;]{0,8}(?:附|配|写)")
# 将审查合格的材料函报我局: by letter; 推荐函报送至 is a letter.
_BY_LETTER = re.compile("(材料|资料|情况|名单|意见|后|并|表|书)函(?=[报告复送])")
_WELCOME = re.compile("欢迎|鼓励|可同时|可一并|可附|如有|自愿|可另")
# …短片1部，如有可一并报送
_WELCOME_THEN = re.compile(
    r"\s*(?:如有(?=可|请|的|也可|一并|$)|可?自愿|可?选报|可(?:一并|同时)报|非必报|不作[^,。;]{0,4}要求)"
)
_NOT_SENT = re.compile("采访|学习贯彻|未[^,。;]{0,6}(?:报送|提交)|不再(?:报送|提交)")
_TAIL = re.compile(
    r"(?:(?:电子|纸质|word|excel|pdf|扫描|盖章|书面|可编辑)(?:版|稿|档|件|文件|文档|材料)*|原件|原图|等(?:相关|有关)?材料|(?:相关|有关)材料|"
    r"等|各?一式?[一二两三四]?份|[一二两三四五六七八九十\d]+[份张幅个段部篇条套]|成果|清晰|作品)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A file as a sentence calls it; `start` and `end` in the sentence as compared."""

    label: str
    slot: str
    kind: str
    start: int
    end: int
    welcome: bool = False


def noun_in(text: str, end: int | None = None) -> Noun | None:
    """The noun for a file that a text, or its part up to `end`, ends on."""
    text = (text if end is None else text[:end]).rstrip('》”" ')
    text = re.sub("(?:类|作品|类作品)$", "", text)
    last: re.Match[str] | None = None
    for match in _HEAD.finditer(text):
        last = match
    if last is None or last.end() != len(text):
        return None
    return _noun(text, last)


def nouns_of(text: str) -> Iterator[Noun]:
    """Every noun for a file that a text names."""
    for match in _HEAD.finditer(text):
        if (further := _HEAD.match(text, match.end())) and further.end() > match.end():
            continue  # 总结|材料
        if noun := _noun(text, match):
            yield noun


def slots_named(text: str) -> tuple[str, ...]:
    """The slots of the files that a text names; a bare 表 too."""
    found = (_HEADS[int((one.lastgroup or "h0")[1:])][1] for one in _HEAD.finditer(text))
    return tuple(dict.fromkeys(slot.rstrip("_") for slot in found))


def _noun(text: str, head: re.Match[str]) -> Noun | None:
    far = max(0, head.start() - 24)
    begins = [far, *(mark.end() for mark in _BEGINS.finditer(text, far, head.start()))]
    begin = begins.pop()
    # 短视频作品征集表, 推荐报告: a verb may be the noun's own, where nothing else names it.
    while begins and _CUT.match(text[begin : head.end()]) and _VERB.search(text[:begin]):
        begin = begins.pop()
    quoted = text.rfind("《", 0, head.start())
    if quoted >= 0 and "》" not in text[quoted : head.start()] and head.start() - quoted <= 40:
        begin = quoted + 1
    if text.startswith("年", begin) and (of_year := re.search(r"20\d\d$", text[:begin])):
        begin = of_year.start()  # 2019年质量月征集表
    label = re.sub(r"\s+", "", text[begin : head.end()]).strip('"-—·')
    for left, right in ("“”", "《》"):  # “最美家庭”推荐表
        if label.startswith(left) and label.endswith(right) and label.count(left) == 1:
            label = label[1:-1]
        elif label.count(left) != label.count(right):
            # of “读书，共享”第三届征文 the comma begins it: what stands behind the quotation
            behind = label.rpartition(right)[2] if left not in label else ""
            label = behind if len(behind) > 2 else label.replace(left, "").replace(right, "")
    label = re.sub(r"^[A-Za-z]+(?=[\u4e00-\u9fff])", "", label)
    place = int((head.lastgroup or "h0")[1:])
    _, slot, kind = _HEADS[place]
    label = re.sub("^(?:该|此|其|本|全部|所有|相关|有关)(?=[\u4e00-\u9fff]{3,})", "", label)
    if not label or (
        slot not in ("photo", "video", "summary", "plan", "text")
        and _ANY_FILE.match(label)
        and not label.endswith("情况")
    ):
        return None
    if (
        _WEAK.match(label)
        or label.startswith(("附件", "附表"))
        or (label.endswith("情况") and not _HOW_IT_WENT.match(label))
    ):
        return None
    return Noun(label, slot, kind, begin, head.end())


def asked_nouns(sentence: str) -> Iterator[Noun]:
    """The nouns of a sentence that are asked for."""
    plain = as_compared(sentence)
    text = _BY_LETTER.sub(r"\1", _without_brackets(plain))
    if re.search("关于.{2,60}的(?:通知|函|公告|启事)$", text):
        return
    if not (_ASKS.search(text) or _COPIES.search(text)) or _NOT_SENT.search(text):
        return
    text = re.sub(r"^\s*(?:[一二三四五六七八九十]+、|[(][^)]{1,3}[)]|\d{1,2}[.、])\s*", "", text)
    text = re.sub(",(?=以及|及|连同)", "、", text)
    if named := _NAMED_BELOW.search(text):  # 提交成果材料：报告1份、照片3张
        for noun in listed(re.sub("[,;]", "、", named["of"])):
            yield noun
        text = text[: named.start()]
    place = 0
    sends = bool(re.search(_SENT, text))
    clauses = re.split("[。;,]", text)
    for clause, behind in zip(clauses, [*clauses[1:], ""], strict=True):
        if _CAPTION.match(clause):
            place += 1
            continue
        welcome = bool(_WELCOME.search(clause) or _WELCOME_THEN.match(behind))
        found = [one["of"] for one in _OBJECT.finditer(f"{clause},")] if sends else []
        found += [
            one["of"]
            for one in _TAKES.finditer(clause)
            if re.search(_SENT, text[place + one.start("of") :])
            or _FIRM.match(one[0])
            or (one[0].startswith("附") and "填" in text)
            or re.match("[请须需应](?:提供|附)", clause[max(0, one.start() - 1) :])
            or re.search("(?:材料|资料|内容|作品)[须应需]?(?:主要)?$", clause[: one.start()])
        ]
        for pattern in (_TOPIC, _COPIES, _AS_PICTURES):
            if one := (pattern.match if pattern is not _AS_PICTURES else pattern.search)(clause):
                found.append(one["of"])
        if place == 0 and (sends or "填" in text):
            found += re.findall("《[^》]{2,40}(?:表|书|册|单)》(?!填[报写]说明|说明)", plain)
        if place == 0:
            found += [one["of"] for one in _WRITTEN_FIRST.finditer(text)]
        found += [one["of"] for one in _IF_THERE.finditer(clause)]
        if sends and place == 0 and (first := _FIRST.match(clause)):
            found.append(first["of"])
        for stretch in found:
            for noun in listed(stretch):
                yield replace(noun, start=place, end=place, welcome=welcome)
            tail = stretch.rstrip()[-4:]
            for held in _HOLDS.finditer(plain):  # 总结材料（含文字总结、图片、视频）
                of = plain[: held.start()].rstrip()
                # 将相关材料（推荐函、申报书）一式5份: what goes on behind the bracket is of it too
                bare = of[-2:] if of.endswith(("材料", "资料")) else ""
                if tail and (of.endswith(tail) or (bare and bare in stretch)):
                    for noun in listed(held[1]):
                        yield replace(noun, start=place, end=place, welcome=welcome)
        place += len(clause) + 1


def written_first(sentence: str) -> Iterator[Noun]:
    """方案 of 制定方案，于6月10日前报送: what a sentence has written before it has it sent."""
    for one in _WRITTEN_FIRST.finditer(_without_brackets(as_compared(sentence))):
        yield from listed(one["of"])


def listed(stretch: str) -> Iterator[Noun]:
    """The nouns of 演练方案、总结和照片（三张）."""
    for part in re.split(r"、|以及|及|和|与(?!会)|或(?!者)|/", _without_brackets(stretch)):
        part = re.split("等(?![级候于])", part)[0] or part
        part = re.sub(
            r"^\s*(?:至少|不少于)?为?(?:\d+|[一二两三])[份张项个篇段部](?:以上)?的?", "", part
        )
        bare = re.sub(
            "(?:并|后|及时|同时|一并|集中|统一|分别|一起|一同|按时|按期)+$", "", part.strip(" :：")
        )
        while (shorter := _TAIL.sub("", bare)) != bare and shorter:
            if noun_in(bare) and not noun_in(shorter):
                break
            bare = shorter
        if noun := noun_in(bare):
            yield noun


def _without_brackets(text: str) -> str:
    before = ""
    while before != text:
        before, text = text, re.sub(r"\([^()]*\)", "", text)
    return text


_COUNTED = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）.、．])?\s*(?:每[名个位人][\u4e00-\u9fff]{1,6}?(?=\d|[一二两三]))?|"
    r"\d{2,5}字(?:左右|以内|以上)?的?|[一二两三\d]+[张部份篇段个](?:\d寸)?|\d+分钟的?|近期|免冠(?=证件)|[白红蓝]底|一式"
)


def listed_of_each(sentence: str) -> Iterator[Noun]:
    """事迹简介 and 事迹材料 of 每名候选人200字事迹简介和3000字事迹材料一式三份."""
    if re.match(r"\s*(?:[(（]?\d{1,2}[)）.、．])?\s*每[名个位人]", sentence):
        yield from listed(_COUNTED.sub("", as_compared(sentence)).rstrip("。；; "))
