"""What a notice demands and the draft did not take over: nothing is left out in silence.

Every demand with a figure in it is looked for among what was drafted from its sentence; so are
demands that the language of rules has no key for (how a subject is worded). What is not there
stands at the top of campaign.yaml, 待确认, for a person to write in or to strike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailbot.campaign.drafting.deliverables import asked_nouns
from mailbot.campaign.drafting.lines import as_compared, in_digits, squeezed

_NUMERALS = {word: str(n) for n, word in enumerate("零一二三四五六七八九十")} | {"两": "2"}
_AMOUNT = re.compile(
    r"(?<![\d〔\[第分])(?<!\d月)(?P<number>\d+(?:\.\d+)?|[一二两三四五六七八九十])\s*"
    r"(?P<unit>个?工作日|[日天](?!\d|至|前|—|-)|小时|分钟|秒|次|场|张|份|篇|幅|段|部|个?字|个|件|组|例|项|套|册|所|家|条|支|户|页|人|%|MB|GB|KB|兆|[MGK](?![A-Za-z])|名)",
    re.IGNORECASE,
)
_DEMANDS = re.compile(
    "不[得可能应]?[少低小短]于|不[得可能应]?[超多大高长][过于出]|左右|至少|最多|至多|以上|以内|之内|控制在|限报?|每|逾期|宽限|"
    "前完成|各[一1]"
)
# 推荐学校2所 is a demand too, 上报 by the 31st is what the deadline has.
_SENDS = re.compile("报送|选送|上报|推荐|申报|提交")
_SUBJECT = re.compile(
    "(?:邮件|来件|来信|发件)[^。；，]{0,4}(?:主题|标题)|(?:主题|标题)(?:栏)?(?:请|须|应)?(?:注明|写明|统一|命名)"
)
# What is asked of files and cannot be measured here.
_UNMEASURED = re.compile(
    r"横[屏拍幅]|竖[屏拍幅]|画面比例|(?:16|4|3)\s*:\s*9(?!\d)|9\s*:\s*16|\d+\s*(?i:DPI)|"
    "片头|片尾|字幕|解说|配音|水印|署名|彩色|黑白|双面|A4|字体|字号|行距|骑缝章|H\\.?26[45]|HEVC|"
    "签字|签名|帧率|码率|原创|无修图|不得修图|美颜"
)
_SHOT = re.compile("(?:期间|当日|当天|时段|以后|之后|以来)[^,。;]{0,14}(?:拍摄|录制|摄制)")
_LATE = re.compile(
    r"([一二两三四五六七八九十\d]+)\s*个?(?:工作)?[日天]内(?:予以)?补[报交齐]|"
    r"(?:逾期|过期|超期|超过时限|宽限)(?:期)?[^。，；]{0,4}?([一二两三四五六七八九十\d]+)\s*(?:个工作)?[日天]"
)
_EVERY = re.compile(
    r"每隔?一?(?:周|月|日|天|旬|季度?|半月)[^，。；]{0,24}(?:报送|上报|报至|发至|发送|提交|报我|报市|报县)"
)
_PICTURES = "张幅段部"
# What an amount in a unit is of: a count of 3 is not heard where 3 minutes are.
_MEASURED = (
    (re.compile("个?字"), "word_count"),
    (re.compile("页"), "page_count"),
    (re.compile("小时|分钟|秒"), "duration"),
    (re.compile("[MGK]B?|兆", re.IGNORECASE), "file_size"),
    (re.compile("[张份篇幅段部个件组例项套册所家条支户]"), "count"),
)
_MEASURES = tuple(name for _, name in _MEASURED)
_PRIZES = re.compile("等奖|获奖|奖金|稿酬|入围|评选(?:出|优)|评出")
_NO_DEMAND = re.compile("^(?:联系|附件|抄送|来源)|热线|邮编|传真")


def unheard(
    sentences: Sequence[str], folder: Mapping[str, Any], paragraphs: Sequence[Sequence[str]] = ()
) -> Iterator[str]:
    """Why each sentence waits for a person; `folder` is the drafted campaign.yaml as data,
    `paragraphs` are the listed materials with all that is said of each."""
    taken: dict[str, set[str]] = {}
    anywhere: set[str] = set()  # what is long enough to be nothing else
    for entry in _entries(folder):
        anywhere |= {one for one in _numbers(entry) if float(one.rpartition(" ")[2]) >= 20}
        taken.setdefault(squeezed(str(entry["source"])), set()).update(_numbers(entry))
    numbered = {
        f"{float(material[key]):g}"
        for material in folder.get("materials", ())
        for key in ("minimum", "maximum")
        if key in material
    }
    shot = {
        squeezed(str(rule["source"]))
        for rule in folder.get("rules", ())
        if rule.get("test") == "taken_between"
    }
    for sentence in sentences:
        if _NO_DEMAND.match(sentence):
            continue
        said, plain = squeezed(sentence), in_digits(as_compared(sentence))
        if _SUBJECT.search(sentence):
            yield f"邮件主题的写法系统不核验，要单位看到的请写入各项材料的how：“{_cut(said)}”"
        if odd := dict.fromkeys(one[0] for one in _UNMEASURED.finditer(plain)):
            yield f"系统不核验（{'、'.join(odd)}），须由人查看：“{_cut(said)}”"
        if _SHOT.search(plain) and said not in shot:
            yield f"拍摄时间的要求未写入规则（taken_between）：“{_cut(said)}”"
        if _EVERY.search(plain):
            yield f"定期报送的，系统只按一个截止日期掌握，各期须另行催收：“{_cut(said)}”"
        unasked = [
            one.label
            for one in asked_nouns(sentence)
            if not any(
                str(material["slot"]).startswith(one.slot.rstrip("_"))
                or str(material["label"]).endswith(one.label)
                for material in folder.get("materials", ())
            )
        ]
        if unasked:
            words = "、".join(dict.fromkeys(unasked))
            yield f"通知此处还要求报送（{words}），未列为材料，请补写或由人核对：“{_cut(said)}”"
        if late := _LATE.search(plain):
            written = late[1] or late[2]
            days = _NUMERALS.get(written, written)
            yield (
                f"逾期{days}天内报到的算不算按时由我办定，算的写grace_days: {days}：“{_cut(said)}”"
            )
        beside = next((one for one in paragraphs if sentence in one), (sentence,))
        heard = anywhere.union(*(taken.get(squeezed(one), set()) for one in beside))
        missing = [
            match[0]
            for match in _demanded(plain)
            if not (late and late.start() <= match.start() < late.end())
            and not _is_heard(match, heard, said in taken)
            and not (match["unit"] in _PICTURES and _plain(match) in numbered)
        ]
        if missing:
            words = "、".join(dict.fromkeys(missing))
            yield f"通知此处的要求（{words}）未写入规则，请补写或由人核对：“{_cut(said)}”"


def _entries(value: Any) -> Iterator[Mapping[str, Any]]:
    """Everything in the folder that quotes a sentence."""
    if isinstance(value, Mapping):
        if value.get("source"):
            yield value
        for one in value.values():
            yield from _entries(one)
    elif isinstance(value, list):
        for one in value:
            yield from _entries(one)


def _numbers(entry: Mapping[str, Any]) -> Iterator[str]:
    """ "duration 3", "any 3": every number with what it is of, in the entry's unit or as its text
    has it. What is no value (the 2 of a slot form_2, of a title) is heard of no measure."""
    test = entry.get("test", "count" if "slot" in entry else "")
    of = _MEASURES if test in ("any_of", "all_of") else (test,)
    values = ("minimum", "maximum") if test == "count" else None
    for key, value in entry.items():
        if key == "source" or not isinstance(value, (int, float, str)):
            continue
        for one in re.findall(r"\d+(?:\.\d+)?", str(value)):
            yield f"any {float(one):g}"
            if values is None or key in values:
                yield from (f"{measure} {float(one):g}" for measure in of)


def _plain(match: re.Match[str]) -> str:
    return f"{float(_NUMERALS.get(match['number'], match['number'])):g}"


def _demanded(text: str) -> Iterator[re.Match[str]]:
    """The amounts that are demanded: 至少3篇, 推荐学校2所, 方案2~5个, and of 学校2所，试点县1个 the
    second too."""
    last: re.Match[str] | None = None
    for match in _AMOUNT.finditer(text):
        clause = _clause(text, match.start(), match.end())
        if _PRIZES.search(clause):
            continue
        counted = _MEASURED[-1][0].fullmatch(match["unit"])
        span = re.search(rf"\d\s*(?:[-~—–至到]|——)+\s*{re.escape(match[0])}", clause)
        goes_on = last and re.fullmatch(
            r"[,，、][^。；;，,]{2,20}", text[last.end() : match.start()]
        )
        if _DEMANDS.search(clause) or (counted and (span or goes_on or _SENDS.search(clause))):
            last = match
            yield match


def _is_heard(match: re.Match[str], heard: set[str], is_quoted: bool) -> bool:
    number = _plain(match)
    if number == "1" and match["unit"] in "份个篇张部段件组项套" and is_quoted:
        return True  # one is what any material has without a word
    scaled = f"{float(number) * 1000:g}"
    of = next((name for unit, name in _MEASURED if unit.fullmatch(match["unit"])), "any")
    is_giga = match["unit"].upper().startswith("G")
    return f"{of} {number}" in heard or (is_giga and f"{of} {scaled}" in heard)


def _clause(text: str, start: int, end: int) -> str:
    # 至少报送作品2件、故事2组: what stands before the first of a list goes for the others.
    ahead = re.sub(r"[（(][^（()）]*[)）]", lambda one: "\0" * len(one[0]), text[:start])
    begin = max(ahead.rfind(mark) for mark in "。；;，,（(") + 1
    ends = [place for mark in "。；;，,）)、" if (place := text.find(mark, end)) >= 0]
    return text[begin : min(ends, default=len(text))]


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}……"
