"""A notice's text read into the draft of a rules folder: what it says, and from which sentence.

Patterns for how offices write such notices, no model and no network. What the text does not say
outright is a guess and says why; `draft_folder` marks it 待确认, and `rules check` refuses the
folder until a person has looked.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from mailbot.campaign.draft_figures import Figure, as_compared, figures

BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Said:
    """A value with the sentence it comes from and, where it is a guess, why."""

    value: str
    source: str = ""
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A day until which something is to be sent; `weight`: how surely it is the deadline."""

    moment: datetime
    source: str
    weight: int
    guess: str = ""
    before: str = ""  # its own clause, up to the day
    behind: str = ""  # and from the day on


@dataclass(frozen=True, slots=True)
class Asked:
    """A material as the notice names it."""

    slot: str
    kind: str  # "": as the shipped slots have it
    label: str
    source: str
    required: bool = True
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """How files of a material are to be named: what the name holds."""

    slot: str  # "any" where the sentence names none
    contains: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that was found in a notice."""

    title: Said
    document_number: Said
    issuer: Said
    contact: Said
    phone: Said
    mailboxes: tuple[Said, ...]
    year: int
    deadlines: tuple[Due, ...]  # the likeliest first
    materials: tuple[Asked, ...]
    figures: tuple[Figure, ...]
    names: tuple[Named, ...]
    form_title: Said
    text: str = field(repr=False, default="")


_ENDS = "。；！？;!?"
_BEGINS = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|\d+\s*[.、．]|附件|联系|"
    r"电子|邮箱|抄送)"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s*[〔\[(【]\s*(20\d\d)\s*[〕\])】]\s*(?:第\s*)?\d+\s*号"
)
_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]*\s*[@#]\s*[A-Za-z0-9-]+(?:\s*\.\s*[A-Za-z0-9-]+)+"
)
_PHONE = re.compile(
    r"(?<![\d@A-Za-z])(\(0\d{2,3}\)\s*\d{7,8}|0\d{2,3}\s*[-—–－]\s*\d{7,8}(?:\s*-\s*\d{1,5})?|"
    r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7})(?![\d@])"
)
_PERSON = re.compile(
    r"联\s*系\s*人\s*(?:及\s*(?:联系)?\s*(?:电话|方式))?\s*[:,]?\s*"
    r"([\u4e00-\u9fff](?: ?[\u4e00-\u9fff]){1,3}?)"
    r"(?=\s*(?:联系|电话|手机|办公|[,;。(/、:]|\d|$)|\s{2})"
)
_TITLE_ENDS = re.compile(r"(?:的?(?:紧急|补充)?通知|的?函|方案|启事|公告|通告)$")
_OFFICE = re.compile(
    r"(?:办公室|委员会|人民政府|局|厅|委|指挥部|中心|支队|总队|大队|学校|大学|学院|协会|站|部|处)$"
)
_DAY = re.compile(
    r"(?:(20\d\d)\s*年\s*)?(?<!\d)(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]|(底|末))"
    r"|(20\d\d)\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})(?!\d)"
)
_HOUR = re.compile(
    r"^\s*(?:\([^)]{0,8}\))?\s*(?:(上午|下午|晚上?|中午))?\s*(\d{1,2})\s*(?:[:时点]\s*(\d{2})?分?)"
)
_NOON = re.compile(r"^\s*(?:\([^)]{0,8}\))?\s*(中午|下班|上午|下午)")
_SENDS = re.compile(
    "报送|上报|报至|报到|发送|发至|发到|提交|送至|送达|投稿|投递|报名|反馈|邮箱|信箱|征集|寄|汇总"
)
_NUMERAL_AHEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[(]?\d+[.、)])")
_HAPPENS = re.compile("评选|展播|公布|举行|举办|启动|印发|召开|颁奖|公示|开播|预热|上线|投票")


def draft_notice(text: str, this_year: int) -> Draft:
    """What the notice says; `this_year` is taken where it names no year at all."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n")]
    sentences = tuple(_sentences(lines))
    head = _head(lines)
    number, title, issuer = _number(lines, head), _title(head), _issuer(lines, head)
    year, issued = _year(number, lines, this_year)
    return Draft(
        title=title,
        document_number=number,
        issuer=issuer,
        contact=_contact(sentences),
        phone=_phone(sentences),
        mailboxes=tuple(_mailboxes(sentences)),
        year=year,
        deadlines=tuple(_deadlines(sentences, year, issued)),
        materials=tuple(_materials(sentences)),
        figures=tuple(figures(sentences)),
        names=tuple(_names(sentences)),
        form_title=_form_title(sentences),
        text=text,
    )


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    """The sentences as they stand; a line broken within a sentence goes on with the next one."""
    paragraphs: list[str] = []
    for line in lines:
        open_end = paragraphs and (
            paragraphs[-1].endswith(("，", ",", "、"))
            or (len(paragraphs[-1]) >= 28 and not paragraphs[-1].endswith(tuple(_ENDS + "：:")))
        )
        if line and open_end and not _BEGINS.match(line):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
    for paragraph in paragraphs:
        depth, begin = 0, 0
        for place, sign in enumerate(paragraph):
            depth = max(0, depth + (sign in "（(") - (sign in "）)"))
            if sign in _ENDS and (depth == 0 or sign == "。"):
                if part := paragraph[begin : place + 1].strip():
                    yield part
                begin, depth = place + 1, 0
        if part := paragraph[begin:].strip():
            yield part


def _head(lines: Sequence[str]) -> list[str]:
    """The lines before the one that addresses the units, at most fifteen."""
    head: list[str] = []
    for line in lines:
        if head and re.search(r"[：:]$", line) and not line.startswith(("附件", "来源")):
            break
        if line:
            head.append(line)
    return head[:15]


def _number(lines: Sequence[str], head: Sequence[str]) -> Said:
    for place, line in enumerate([*head, *lines]):
        found = _NUMBER.search(as_compared(line).replace("[", "〔").replace("]", "〕"))
        outside = found and not re.search("[《（(]", line.split(str(found[1]))[0][:-1])
        if found and outside and len(line) <= 40:
            raw = re.search(
                r"[\u4e00-\u9fff]{1,14}\s*[〔\[(（【［]\s*20\d\d.{0,3}\s*第?\s*\d+\s*号", line
            )
            value = re.sub(r"\s", "", raw[0] if raw else found[0])
            value = re.sub(r"^(?:文号|发文字号|字号)", "", value)
            return Said(value, line, "" if place < len(head) else "不在文首")
    return Said("", "", "通知中未见发文字号")


def _title(head: Sequence[str]) -> Said:
    for begin, line in enumerate(head):
        place = line.find("关于")
        if place < 0 or line.startswith(("来源", "根据", "按照")):
            continue
        joined = ""
        for further in head[begin : begin + 5]:
            joined += re.sub(r"\s", "", further)
            if _TITLE_ENDS.search(joined):
                return Said(joined[joined.find("关于") :], joined)
    for line in head:
        squeezed = re.sub(r"\s", "", line)
        if _TITLE_ENDS.search(squeezed) and len(squeezed) > 4:
            return Said(squeezed, line, "标题中没有“关于”")
    first = re.sub(r"\s", "", head[0]) if head else ""
    return Said(first, first, "未能认出标题")


def _issuer(lines: Sequence[str], head: Sequence[str]) -> Said:
    for place, line in enumerate(head):
        squeezed = re.sub(r"\s", "", line)
        if (at := squeezed.find("关于")) > 3 and _OFFICE.search(squeezed[:at]):
            return Said(squeezed[:at], line)
        if at == 0 and place and _OFFICE.search(re.sub(r"\s|文件$", "", head[place - 1])):
            return Said(re.sub(r"\s|文件$", "", head[place - 1]), head[place - 1])
    filled = [line for line in lines if line]
    for place in range(len(filled) - 1, 0, -1):
        if re.fullmatch(r"20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日", as_compared(filled[place])):
            above = re.sub(r"\s", "", filled[place - 1])
            if _OFFICE.search(above) and len(above) <= 40:
                return Said(above, filled[place - 1])
    return Said("", "", "通知中未见发文机关")


def _year(number: Said, lines: Sequence[str], this_year: int) -> tuple[int, datetime | None]:
    issued = None
    for line in lines:
        found = re.fullmatch(r"(20\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日", as_compared(line))
        if found:
            issued = _moment(int(found[1]), int(found[2]), int(found[3]))
    if issued:
        return issued.year, issued
    if found := re.search(r"20\d\d", number.value):
        return int(found[0]), None
    written = re.findall(r"(20\d\d)\s*年", as_compared("\n".join(lines)))
    return (int(max(written, key=written.count)), None) if written else (this_year, None)


def _contact(sentences: Sequence[str]) -> Said:
    for source in sentences:
        if found := _PERSON.search(as_compared(source)):
            return Said(found[1].replace(" ", ""), source)
    return Said("", "", "通知中未见联系人")


def _phone(sentences: Sequence[str]) -> Said:
    for wanted in ("电话|手机|联系方式|联系人", "联系"):
        for place, source in enumerate(sentences):
            around = "".join(as_compared(one) for one in sentences[max(0, place - 1) : place + 1])
            text = as_compared(source)
            if not re.search(wanted, around.replace(" ", "")):
                continue
            for found in _PHONE.finditer(text):
                if not re.search(r"(?:QQ|传真|群|邮编)[^,;。]{0,6}$", text[: found.start()]):
                    return Said(re.sub(r"\s", "", found[1]).replace("—", "-"), source)
    return Said("", "", "通知中未见电话")


def _mailboxes(sentences: Sequence[str]) -> Iterator[Said]:
    """Addresses in order, those first that stand where mail is asked for."""
    found: dict[str, Said] = {}
    for source in sentences:
        text = as_compared(source)
        for match in _ADDRESS.finditer(text):
            if re.search(r"https?://\S*$", text[: match.start()]):
                continue
            value = re.sub(r"\s", "", match[0]).replace("#", "@")
            if "#" in match[0] and not re.search("邮箱|信箱|mail", text, re.IGNORECASE):
                continue
            found.setdefault(value, Said(value, source))
    asked = re.compile("邮箱|信箱|邮件|发送|发至|报送|投稿", re.IGNORECASE)
    yield from sorted(found.values(), key=lambda said: not asked.search(said.source))


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, 23, 59, 59, tzinfo=BEIJING)
    except ValueError:
        return None


def _deadlines(sentences: Sequence[str], year: int, issued: datetime | None) -> Iterator[Due]:
    found: list[Due] = []
    before = ""
    for source in sentences:
        text = as_compared(source)
        context = before if len(before) <= 20 else ""  # a heading: 三、报送时间
        for match in _DAY.finditer(text):
            due = _due(text, source, match, context, year, issued)
            if due is not None and all(due.moment != other.moment for other in found):
                found.append(due)
        before = text
    yield from sorted(found, key=lambda due: -due.weight)


def _due(
    text: str,
    source: str,
    match: re.Match[str],
    context: str,
    year: int,
    issued: datetime | None,
) -> Due | None:
    written = match[1] or match[5]
    month = int(match[2] or match[6])
    if not 1 <= month <= 12:
        return None
    own_year = int(written) if written else year
    day = monthrange(own_year, month)[1] if match[4] else int(match[3] or match[7])
    moment = _moment(own_year, month, day)
    if moment is None:
        return None
    ahead, behind = text[: match.start()], text[match.end() :]
    if match[4] and not re.match(r"\s*(?:之?前|以前)", behind) and not _SENDS.search(text):
        return None
    hour = _HOUR.match(behind)
    if hour and int(hour[2]) <= 24:
        behind = behind[hour.end() :]
        clock = int(hour[2]) + (
            12 if hour[1] in ("下午", "晚上", "晚") and int(hour[2]) < 12 else 0
        )
        if clock < 24:
            moment = moment.replace(hour=clock, minute=int(hour[3] or 0), second=0)
    elif rest := _NOON.match(behind):
        behind = behind[rest.end() :]
    weight = 0
    if re.match(r"\s*(?:\([^)]{0,10}\))?\s*(?:之?前|以前|止|截止|截稿|为止)", behind):
        weight += 4
    if re.search(
        r"(?:截[止至稿][^,。;]{0,10}|最迟[^,。;]{0,4}|(?:即日|本日|自下文之日|发文之日)起?[^,。;]{0,6})$",
        ahead,
    ):
        weight += 4
    if re.search(r"(?:报送|上报|提交|反馈|征集)(?:时间|期限|日期)\s*[为是:]?\s*$", ahead):
        weight += 2
    if re.match(r"\s*(?:结束|期间|开始)", behind):
        weight -= 2
    if re.search(r"(?:日|号)?\s*(?:[-~—–至到]|——)+\s*$", ahead):
        weight += 1
    if re.match(r"\s*(?:[-~—–至到]|——)", behind) or re.search(r"(?:自|从)\s*$", ahead):
        return None  # where a stretch begins
    clause = re.split(r"[。;]", ahead)[-1] + re.split(r"[。;]", behind)[0]
    if _SENDS.search(clause) or _SENDS.search(context):
        weight += 3
    if _HAPPENS.search(clause) and not _SENDS.search(clause):
        weight -= 4
    if re.search(r"〔|《[^》]*$", ahead[-30:]) and re.search("》", behind):
        weight -= 4
    if weight < 4:
        return None
    guess = ""
    if not written:
        if issued is not None and moment < issued:
            moment = moment.replace(year=moment.year + 1)
        guess = f"通知未写年份，按{moment.year}年掌握"
    before = _NUMERAL_AHEAD.sub("", re.split("[。;,]", ahead)[-1]).strip()
    return Due(moment, source, weight, guess, before, re.split("[。;,]", behind)[0])


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


def _materials(sentences: Sequence[str]) -> Iterator[Asked]:
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


_NAMING = re.compile(r"文件名|文件命名|命名为|[^，。；]{2,12}(?:名称|全称)[^，。；]{0,8}命名")


def _names(sentences: Sequence[str]) -> Iterator[Named]:
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


def _form_title(sentences: Sequence[str]) -> Said:
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
