"""Between which days a notice wants pictures to be taken."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from mailbot.campaign.drafting.lines import as_compared

Days = tuple[str, str]  # first and last, 2026-05-08

_UPTO = r"(?:[-~—–至到]|——)+"
_STRETCH = re.compile(
    r"(?:(?P<year>20\d\d)\s*年\s*)?(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日?\s*(?:起)?\s*"
    rf"{_UPTO}\s*(?:(?P<to_year>20\d\d)\s*年\s*)?(?:(?P<to_month>\d{{1,2}})\s*月\s*)?"
    r"(?P<to_day>\d{1,2})\s*日"
)
_SHOT = r"(?:拍摄|摄制|录制|拍照|摄影|拍得)"
# 须为试鸣当日（9月18日）拍摄: one day alone.
_ONE_DAY = re.compile(
    r"(?<!至)(?<!到)(?<!-)(?<!—)(?:(?P<year>20\d\d)\s*年\s*)?(?<!\d)(?P<month>\d{1,2})\s*月\s*"
    rf"(?P<day>\d{{1,2}})\s*日\s*[)]?\s*(?:当[日天])?(?:现场|实地)?{_SHOT}"
)
_SHOT_AFTER = re.compile(rf"^\s*[)]?\s*(?:期间|之间|内)?[^,。;]{{0,6}}?{_SHOT}")
_SHOT_BEFORE = re.compile(rf"{_SHOT}(?:时间|日期)?[^,。;\d]{{0,6}}$")
_SHOT_THEN = re.compile(rf"(?:期间|时段内|活动中|当日|当天)[^,。;]{{0,6}}{_SHOT}")


def taken_between(text: str, year: int, event: str) -> Iterator[tuple[int, Days, str]]:
    """须为11月30日至12月18日期间拍摄; 须为活动期间拍摄 is of the days that `event` names: where it
    stands, first and last day, and why they are a guess."""
    found = False
    for match in _STRETCH.finditer(text):
        ahead, behind = text[: match.start()], text[match.end() :]
        if not (_SHOT_AFTER.match(behind) or _SHOT_BEFORE.search(ahead)):
            continue
        found = True
        days, guess = _days(match, year)
        if _is_real(days):
            yield match.start(), days, guess
    for match in _ONE_DAY.finditer(text) if not found else ():
        months = {key: match[key] for key in ("year", "month", "day")}
        day = f"{months['year'] or year}-{int(months['month']):02d}-{int(months['day']):02d}"
        if _is_real((day, day)):
            found = True
            why = "" if months["year"] else f"通知未写年份，按{year}年掌握"
            yield match.start(), (day, day), why
    if found or not (then := _SHOT_THEN.search(text)) or not (named := _STRETCH.search(event)):
        return
    if _is_real(days := _days(named, year)[0]):
        yield then.start(), days, f"按活动日期{named[0]}掌握"


def _days(match: re.Match[str], year: int) -> tuple[Days, str]:
    first, month = int(match["year"] or year), int(match["month"])
    to_month = int(match["to_month"] or month)
    last = int(match["to_year"] or first + (to_month < month))
    days = (
        f"{first}-{month:02d}-{int(match['day']):02d}",
        f"{last}-{to_month:02d}-{int(match['to_day']):02d}",
    )
    return days, "" if match["year"] else f"通知未写年份，按{first}年掌握"


def _is_real(days: Days) -> bool:
    try:
        return date.fromisoformat(days[0]) <= date.fromisoformat(days[1])
    except ValueError:
        return False


def event_of(sentences: Sequence[str]) -> str:
    """The first sentence that says from when until when something is held."""
    for source in sentences:
        text = as_compared(source)
        if _STRETCH.search(text) and re.search("开展|举行|举办|组织|活动|时间", text):
            return text
    return ""
