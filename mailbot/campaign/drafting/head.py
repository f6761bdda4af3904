"""Title, number, issuer and year of a notice."""

import re
from collections.abc import Sequence
from datetime import datetime

from mailbot.campaign.drafting.deadlines import end_of_day
from mailbot.campaign.drafting.lines import as_compared, day_of_line
from mailbot.campaign.drafting.said import Said

_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}(?:[(（][\u4e00-\u9fff]{1,6}[)）])?[\u4e00-\u9fff]{0,6}\s*[〔\[(【]\s*(20\d\d)\s*[〕\])】]\s*(?:第\s*)?\d+\s*号"
)


_TITLE_ENDS = re.compile(r"(?:的?(?:紧急|补充)?通知|的?函|方案|启事|公告|通告)$")


_OFFICE = re.compile(
    r"(?:办公室|委员会|人民政府|局|厅|委|指挥部|中心|支队|总队|大队|学校|大学|学院|协会|站|部|处)$"
)


# Whatever it is called, its name alone stands above the day.
_SIGNED = re.compile(r"(?!附件|特此|联系|抄送|此)[\u4e00-\u9fff（）()“”·]{3,30}")
_NUMBERED = re.compile(
    r"[\u4e00-\u9fff]{1,14}(?:[(（][\u4e00-\u9fff]{1,6}[)）])?[\u4e00-\u9fff]{0,6}\s*"
    r"[〔\[(（【［]\s*20\d\d.{0,3}\s*第?\s*\d+\s*号"
)


def number_of_notice(lines: Sequence[str], head: Sequence[str]) -> Said:
    for place, line in enumerate([*head, *lines]):
        found = _NUMBER.search(as_compared(line).replace("[", "〔").replace("]", "〕"))
        before = (
            re.sub("[（(][\u4e00-\u9fff]{1,6}[)）]", "", line.split(str(found[1]))[0][:-1])
            if found
            else ""
        )
        outside = found and not re.search("[《（(]", before.lstrip("（("))
        if found and outside and len(line) <= 40:
            raw = _NUMBERED.search(line)
            value = re.sub(r"\s", "", raw[0] if raw else found[0])
            value = re.sub(r"^(?:文号|发文字号|字号)", "", value)
            return Said(value, line, "" if place < len(head) else "不在文首")
    return Said("", "", "通知中未见发文字号")


def title_of(head: Sequence[str]) -> Said:
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


def issuer_of(lines: Sequence[str], head: Sequence[str]) -> Said:
    for place, line in enumerate(head):
        squeezed = re.sub(r"\s", "", line)
        if (at := squeezed.find("关于")) > 3 and _OFFICE.search(squeezed[:at]):
            return Said(squeezed[:at], line)
        if at == 0 and place and _OFFICE.search(re.sub(r"\s|文件$", "", head[place - 1])):
            return Said(re.sub(r"\s|文件$", "", head[place - 1]), head[place - 1])
    filled = [line for line in lines if line]
    for place in range(len(filled) - 1, 0, -1):
        if day_of_line(filled[place]):
            above = re.sub(r"\s", "", filled[place - 1])
            if _OFFICE.search(above) and len(above) <= 40:
                return Said(above, filled[place - 1])
            if _SIGNED.fullmatch(above):
                return Said(above, filled[place - 1], "按日期上一行的落款掌握")
    return Said("", "", "通知中未见发文机关")


def year_of(number: Said, lines: Sequence[str], this_year: int) -> tuple[int, datetime | None]:
    issued = None
    for line in lines:
        if day := day_of_line(line):
            issued = end_of_day(*day)
    if issued:
        return issued.year, issued
    if found := re.search(r"20\d\d", number.value):
        return int(found[0]), None
    written = re.findall(r"(20\d\d)\s*年", as_compared("\n".join(lines)))
    return (int(max(written, key=written.count)), None) if written else (this_year, None)
