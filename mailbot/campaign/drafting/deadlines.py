"""The days of a notice until which something is to be sent, and how surely."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from mailbot.campaign.drafting.lines import as_compared, dates_in_digits
from mailbot.campaign.drafting.said import Due

BEIJING = timezone(timedelta(hours=8))


_DAY = re.compile(
    r"(?:(20\d\d)\s*年\s*)?(?<!\d)(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]|(底|末))"
    r"|(20\d\d)\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})(?!\d)"
)


_HOUR = re.compile(
    r"^\s*[)]?\s*(?:\([^)]{0,8}\))?\s*(?:(上午|下午|晚上?|中午))?\s*(\d{1,2}|零)\s*(?:[:时点]\s*(\d{2})?分?)"
)


_NOON = re.compile(r"^\s*(?:\([^)]{0,8}\))?\s*(中午|下班|上午|下午)")


_SENDS = re.compile(
    "报送|上报|报至|报到|发送|发至|发到|提交|送至|送达|投稿|投递|报名|反馈|邮箱|信箱|征集|寄|汇总|送稿|交稿|征稿|收稿|征文(?=时间|期限|日期|截止|起止)|(?:作品|材料|活动|报名)征集|交至|交到|递交|送交|推荐时间|申报|报[^,。;]{0,10}(?:局|办|委|科|处|部|室|中心)"
)


_NUMERAL_AHEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[(]?\d+[.、)])")


# What is typed in on a website is not sent by mail.
_ELSEWHERE = re.compile("登[录陆]|注册|网站|平台|系统(?!内)|扫码|二维码")


_HAPPENS = re.compile("评选|展播|公布|举行|举办|启动|印发|召开|颁奖|公示|开播|预热|上线|投票")


def end_of_day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, 23, 59, 59, tzinfo=BEIJING)
    except ValueError:
        return None


def deadlines_of(sentences: Sequence[str], year: int, issued: datetime | None) -> Iterator[Due]:
    found: list[Due] = []
    before = ""
    for source in sentences:
        text = dates_in_digits(as_compared(source))
        context = before if len(before) <= 20 else ""  # a heading: 三、报送时间
        for match in _DAY.finditer(text):
            due = _due(text, source, match, context, year, issued)
            if due is not None and all(due.moment != other.moment for other in found):
                found.append(due)
        before = text
    yield from sorted(_by_the_hour(found), key=lambda due: -due.weight)


def _by_the_hour(found: Sequence[Due]) -> Iterator[Due]:
    """征集时间至6月30日, and further down 6月30日18:00前: one deadline, at its hour."""
    for due in found:
        at_an_hour = [
            one
            for one in found
            if one.moment.date() == due.moment.date() and one.moment.second == 0
        ]
        if due.moment.second == 0 or not at_an_hour:
            heavier = [one.weight for one in found if one.moment.date() == due.moment.date()]
            yield replace(due, weight=max(heavier)) if due.moment.second == 0 else due


def days_of(sentences: Sequence[str], year: int) -> Iterator[tuple[datetime, str]]:
    """Every last day that the notice writes, whatever it is of: where a stretch ends, what is
    before a 前 or 止; with its sentence."""
    for source in sentences:
        text = dates_in_digits(as_compared(source))
        for match in _DAY.finditer(text):
            if not (_LAST_AHEAD.search(text[: match.start()]) or _LAST.match(text[match.end() :])):
                continue
            month, day = int(match[2] or match[6]), match[3] or match[7]
            own = int(match[1] or match[5] or year)
            if 1 <= month <= 12:
                moment = end_of_day(own, month, int(day) if day else monthrange(own, month)[1])
                if moment is not None:
                    yield moment, source


def start_of(source: str, year: int) -> datetime | None:
    """From when a stretch of time runs: 2月15日 of 2月15日至7月25日."""
    text = dates_in_digits(as_compared(source))
    for match in _DAY.finditer(text):
        month, day = int(match[2] or match[6]), match[3] or match[7]
        begins = re.match(r"\s*起?\s*(?:[-~—–至到]|——)", text[match.end() :])
        if begins and day and 1 <= month <= 12:
            return end_of_day(int(match[1] or match[5] or year), month, int(day))
    return None


_LAST_AHEAD = re.compile(r"(?:[-~—–至到]|——|截[止至]于?)\s*$")
_LAST = re.compile(
    r"\s*[)]?\s*(?:\([^)]{0,10}\))?\s*(?:(?:上午|下午|晚上?|中午)?\s*\d{1,2}\s*[:时点]\s*(?:\d{2})?分?)?"
    r"\s*(?:之?前(?!后)|以前|止|截止|为止)"
)


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
    moment = end_of_day(own_year, month, day)
    if moment is None:
        return None
    ahead, behind = text[: match.start()], text[match.end() :]
    if match[4] and not re.match(r"\s*(?:之?前|以前)", behind) and not _SENDS.search(text):
        return None
    hour = _HOUR.match(behind)
    if hour and (o_clock := int(hour[2].replace("零", "0"))) <= 24:
        behind = behind[hour.end() :]
        clock = o_clock + (12 if hour[1] in ("下午", "晚上", "晚") and o_clock < 12 else 0)
        if clock < 24:
            moment = moment.replace(hour=clock, minute=int(hour[3] or 0), second=0)
    unclear = ""
    if not hour and (rest := _NOON.match(behind)):
        behind = behind[rest.end() :]
        unclear = f"“{rest[1]}”未写明几时，按当日24时掌握"
    weight = 0
    if re.match(r"\s*[)]?\s*(?:\([^)]{0,10}\))?\s*(?:之?前(?!后)|以前|止|截止|截稿|为止)", behind):
        weight += 4
    if re.search(
        r"(?:截[止至稿][^,。;]{0,10}|最迟[^,。;]{0,4}|(?:即日|本日|自下文之日|发文之日)起?[^,。;]{0,6})$",
        ahead,
    ):
        weight += 4
    if re.search(r"(?:报送|上报|提交|反馈|征集)(?:时间|期限|日期)\s*[为是:]?\s*$", ahead):
        weight += 2
    if re.search("(?:推迟|放宽|延迟|延期|延长|顺延)(?:至|到)$", ahead):
        weight += 4
    if re.match(r"\s*(?:结束|期间|开始)", behind):
        weight -= 2
    if re.match(r"\s*(?:上报|报送|提交)", behind):
        weight += 1  # 5月5日上报第一期
    near = re.split("[。;,]", ahead)[-1] + re.split("[。;,]", behind)[0]
    if re.search("逾期|过期|过时不候|恕不", re.split("。", behind)[0]):
        weight += 3
    if re.search(r"(?:日|号)?\s*(?:[-~—–至到]|——)+\s*$", ahead):
        # 活动时间4月12日至5月31日 is of what is held, unless the words about it say more.
        says = _SENDS.search(near) or _SENDS.search(context) or re.search("逾期|截止", behind)
        says = says or re.match(r"[,:\s]*(?:作品|材料)?(?:提交|报送|征集|投稿|报名|上报)", behind)
        weight += 1 if says or weight >= 4 else -3
    if re.match(r"\s*(?:[-~—–至到]|——)", behind) or re.search(r"(?:自|从)\s*$", ahead):
        return None  # where a stretch begins
    clause = re.split(r"[。;]", ahead)[-1] + re.split(r"[。;]", behind)[0]
    if _SENDS.search(clause) or _SENDS.search(context):
        weight += 3
    if weight >= 4 and re.search("邮箱|电子[版稿档件]|邮件", clause):
        weight += 1
    elif re.search("纸质|原件|邮寄|现场|送达", near):
        weight -= 1
    if _ELSEWHERE.search(near):
        weight -= 3
    if _HAPPENS.search(near) and not _SENDS.search(clause):
        weight -= 4
    if re.search("延期|延长|顺延|延至|宽限", clause):
        weight = min(weight - 3, 4)  # who is granted more has it in units.csv
    if re.search("组织(?![科处部股委])|开展|举行|完成|召开", near) and not _SENDS.search(clause):
        weight -= 4
    if "完成" in near and not _SENDS.search(near):
        weight -= 2  # 8月5日前完成推荐，8月10日前将材料发送至…
    if re.search(r"〔|《[^》]*$", ahead[-30:]) and re.search("》", behind):
        weight -= 4
    if weight < 4:
        return None
    if written and issued is not None and moment < issued:
        return None  # 2015年12月31日前成立的: a day that was past when the notice was written
    guess = ""
    if not written:
        if issued is not None and moment < issued:
            moment = moment.replace(year=moment.year + 1)
        guess = f"通知未写年份，按{moment.year}年掌握"
    clause = re.split(r"[。;,]|(?<=前)\s*[、及和]", ahead)[-1]  # 17:00前、县所属学校请于
    before = _NUMERAL_AHEAD.sub("", clause).strip()
    guess = "；".join(one for one in (guess, unclear) if one)
    return Due(moment, source, weight, guess, before, re.split("[。;,]", behind)[0])
