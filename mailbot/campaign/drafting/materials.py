"""What a notice asks to be sent, how its files are to be named, and its annexed table."""

import re
from collections.abc import Iterator, Sequence

from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.said import Asked, Named, Said

# The word in a notice, its slot, its kind, the office's word for it where the text has none.
_MATERIALS: tuple[tuple[str, str, str, str], ...] = (
    ("签到表|签到册", "signin", "document", "签到表"),
    (
        "统计表|情况表|报表|登记表|汇总表|申报表|信息表|报名表|推荐表|自查表|检查表|核查表|排查表|调查表|"
        "明细表|评分表|考核表|(?<=《)[^》]{2,30}表(?=》)",
        "form",
        "",
        "统计表",
    ),
    ("新闻稿|新闻报道|宣传稿", "press", "document", "新闻稿"),
    (
        "评估总结|工作总结|活动总结|演练总结|总结|小结|评估报告|(?:自查|检查|整改|工作|情况|专题|排查)报告",
        "summary",
        "",
        "总结",
    ),
    ("活动方案|演练方案|工作方案|实施方案|方案|脚本", "plan", "", "方案"),
    ("视频|微视频|短视频|影像|录像|微电影|宣传片", "video", "", "视频"),
    ("照片|图片|摄影作品|海报|绘画", "photo", "", "照片"),
    ("文字信息|文字材料|文字说明|文字稿|信息稿|简报", "text", "", "文字信息"),
    ("征文|文章|论文|标语", "essay", "document", "文章"),
    ("名单|花名册|联络员", "list", "document", "名单"),
    ("台账(?!材料|进行)", "register", "document", "台账"),
)


_ASKS = re.compile(
    "报送|上报|报至|发送|发至|提交|送至|投稿|材料包括|资料包括|反馈|征集|投送|填报|报市|报我"
)


_WELCOME = re.compile("欢迎|鼓励|可同时|可一并|可附|如有|自愿|可另")


def materials_of(sentences: Sequence[str]) -> Iterator[Asked]:
    """What is to be sent, in the order the notice names it; each slot once."""
    told: dict[str, Asked] = {}
    places: dict[str, tuple[int, int]] = {}
    for number, source in enumerate(sentences):
        if not _ASKS.search(source) or re.search("采访|学习贯彻", source):
            continue
        for pattern, slot, kind, word in _MATERIALS:
            found = re.search(pattern, source)
            if found is None or (slot in told and told[slot].required):
                continue
            clause = re.split("[，。；]", source[: found.start()])[-1]
            welcome = bool(_WELCOME.search(clause))
            label = word if slot not in ("form", "summary", "plan") else found[0]
            told[slot] = Asked(slot, kind, label, source, required=not welcome)
            places[slot] = (number, found.start())
    yield from sorted(told.values(), key=lambda asked: places[asked.slot])


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
            slots = materials_named(before + clause)
            if not slots and len(whole := materials_named(source)) == 1:
                slots = whole
            if contains:
                yield Named(slots[0] if slots else "any", tuple(contains), source)


def materials_named(text: str) -> tuple[str, ...]:
    """The slots of the materials that a text names."""
    return tuple(slot for pattern, slot, _, _ in _MATERIALS if re.search(pattern, text))


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
