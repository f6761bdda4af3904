"""How the office writes things: dates, sizes, what was measured; and names made harmless.

Used by the replies and by the digest. Everything a sender chose (subjects, file names, units)
passes `clean` before it stands in our mail.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mailbot.campaign.types import Campaign
from mailbot.language import Words, say, say_date
from mailbot.model import BODY_NAME, ArrivalSummary, CloudLink, Judged, Kind

# What a spreadsheet takes for a formula (CWE-1236): full-width signs too, which Excel turns into
# plain ones where Chinese or Japanese is typed, and behind blanks and marks that nobody sees.
FORMULA_START = re.compile(r"^[\s\ufeff\u200b-\u200f\u2060\u3000]*[=+\-@＝＋－﹣﹢﹦﹫＠\t\r\n]")
_PRINTED_DATE = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})")
FORMATS = Words(
    {
        "jpeg": "JPG",
        "mpg2": "MPG2（MPEG-2）",
        "mpg1": "MPEG-1",
        "unknown": "无法识别的格式",
        "empty": "空文件",
    }
)
_CODECS: Final = {
    "avc": "H.264",
    "h264": "H.264",
    "hevc": "H.265",
    "h265": "H.265",
    "mpeg video": "MPEG-2",
    "mpeg2video": "MPEG-2",
    "mpeg-4 visual": "MPEG-4",
}
PROVIDERS = Words(
    {
        "netease": "网易邮箱超大附件",
        "qq": "QQ邮箱超大附件",
        "aliyun": "阿里邮箱超大附件",
        "baidu": "百度网盘",
    }
)


def name_of_register(campaign: Campaign) -> str:
    """What the register and the check sheets are of: `2017年安全生产应急演练`, by the table that
    is added up; where there is none, by the notice."""
    if "form" in campaign.form_slots:
        return campaign.form.title.removesuffix("统计表")
    return activity_of(campaign)


def clean(text: str, limit: int = 120) -> str:
    """One line that is safe to print: no control, bidirectional or invisible characters.

    A right-to-left override would show `gpj.exe` as `exe.jpg`; a lone surrogate cannot be
    encoded; `://` is broken up so that no client turns a sender's words into a link in our
    mail. Longer than `limit` characters: the middle is left out, the extension stays.
    """
    if text == BODY_NAME:
        return say(BODY_NAME)
    if not text.isprintable():  # it is where no character is of a category that is taken out
        text = "".join(map(_harmless, text))
    line = " ".join(text.split()).replace("://", ": //")
    if len(line) <= limit:
        return line
    tail = min(24, limit // 3)
    return f"{line[: limit - tail - 1]}…{line[-tail:]}"


def harmless(text: str) -> str:
    """Text as it was sent, line ends kept, for a cell: no control, bidirectional or invisible
    characters; half of a surrogate pair shows as "?"."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        character
        if character == "\n"
        else ""
        if character != "\t" and unicodedata.category(character) == "Cc"
        else _harmless(character)
        for character in whole
    )


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Cs", "Cn"):
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") else character


def format_date(moment: datetime | date, zone: ZoneInfo | None = None) -> str:
    """`2017年7月8日`, without leading zeros, in `zone`."""
    day = moment.astimezone(zone) if isinstance(moment, datetime) and zone else moment
    return say_date(day)


def format_moment(moment: datetime, zone: ZoneInfo) -> str:
    """`2017年7月8日 9:05`, in `zone`."""
    local = moment.astimezone(zone)
    return f"{format_date(local)} {local.hour}:{local.minute:02d}"


def last_day(campaign: Campaign, deadline: datetime | None = None) -> date:
    """The last day that counts, of the notice's deadline or of another one (a unit's own). A
    deadline of 24:00 written as next day's 0:00 is still the 5th (于7月5日前: the 5th counts)."""
    moment = deadline or campaign.deadline
    return (moment.astimezone(campaign.zone) - timedelta(microseconds=1)).date()


def format_limit(campaign: Campaign, deadline: datetime | None = None) -> str:
    """A deadline as a reply names it: the day, and the hour where it is not the day's end
    (2026年12月18日 17:00): who is told the day alone takes all of it."""
    local = (deadline or campaign.deadline).astimezone(campaign.zone)
    if (local.hour, local.minute) in ((23, 59), (0, 0)):
        return format_date(last_day(campaign, deadline))
    return format_moment(local, campaign.zone)


def days_to_deadline(campaign: Campaign, now: datetime, deadline: datetime | None = None) -> int:
    """Whole days from today to the last day, in the campaign's zone; negative after it."""
    return (last_day(campaign, deadline) - now.astimezone(campaign.zone).date()).days


def is_past_deadline(
    campaign: Campaign, moment: datetime, deadline: datetime | None = None
) -> bool:
    """Whether `moment` lies after the last second that counts, days of grace among them."""
    return campaign.is_late(moment, deadline or campaign.deadline)


def days_left(expires: str | None, today: date) -> int | None:
    """Days until the date printed on a link; None where none is printed or it is no date."""
    match = _PRINTED_DATE.search(expires or "")
    if match is None:
        return None
    try:
        return (date(*map(int, match.groups())) - today).days
    except ValueError:
        return None


def expiry_words(expires: str | None, today: date) -> str:
    """`2017年8月2日到期，还有25天`, the date as printed."""
    if expires is None:
        return say("未标明有效期")
    if not expires:
        return say("长期有效")
    days = days_left(expires, today)
    printed = clean(expires, 40)
    if days is None:
        return say("{printed}到期", printed=printed)
    if days < 0:
        return say("{printed}到期，已过期", printed=printed)
    return say(
        "{printed}到期，{value}",
        printed=printed,
        value=say("今天为最后一天") if days == 0 else say("还有{days}天", days=days),
    )


def provider_name(link: CloudLink) -> str:
    """The provider in the words of its users."""
    return PROVIDERS.get(link.provider, say("网盘链接"))


def format_size(octets: int) -> str:
    """`512字节`, `45.2KB`, `3.1MB`, as mail clients print it (1 KB = 1024 octets)."""
    if octets < 1024:
        return say("{octets}字节", octets=octets)
    size = float(octets)
    for unit in ("KB", "MB", "GB"):
        size /= 1024
        if size < 1023.95 or unit == "GB":
            break
    return f"{size:.1f}".removesuffix(".0") + unit


def format_name(code: str) -> str:
    """A format's name as people write it."""
    return FORMATS.get(code, clean(code, 20).upper())


def measured(judged: Judged) -> str:
    """What was measured, in one breath: `1920×1080 JPG`, `1920×1080 MP4 H.264 12.3秒`."""
    facts = judged.facts
    parts: list[str] = []
    width, height = facts.get("width"), facts.get("height")
    if isinstance(width, int) and isinstance(height, int):
        parts.append(f"{width}×{height}")
    if judged.kind is not Kind.TEXT or judged.format != "txt":
        parts.append(format_name(judged.format))
    codec = facts.get("codec")
    if isinstance(codec, str) and codec:
        parts.append(_CODECS.get(codec.lower(), clean(codec, 20)))
    duration = facts.get("duration_s")
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        parts.append(say("{duration:.1f}秒", duration=duration))
    if judged.kind is Kind.ARCHIVE and judged.members:
        parts.append(say("内含{count}个文件", count=len(judged.members)))
    return " ".join(parts)


# What a notice's title says of itself, around what it is about.
_ABOUT = {
    "zh": re.compile(
        r".{0,40}?关于(?:开展|组织开展|做好|印发|报送|上报|征集)?(.+?)"
        r"(?:材料|资料)?(?:的?(?:报送|上报|征集|归集|收集)(?:工作)?)?的?(?:通知|函|通告|公告)"
    ),
    "en": re.compile(r"(?:notice|circular) (?:on|of|about|concerning) (?:the )?(.+)", re.I),
}


def activity_of(campaign: Campaign) -> str:
    """What the notice is about, with its year: `2017年安全生产应急演练活动`."""
    match = _ABOUT[campaign.language].fullmatch(campaign.title)
    words = match.group(1) if match else campaign.title
    dated = rf"\b{campaign.year}\b|\d{{4}}年"
    return (
        words
        if re.search(dated, words)
        else say("{year}年{words}", year=campaign.year, words=words)
    )


def shown_names(arrivals: Iterable[ArrivalSummary]) -> dict[str, str]:
    """By sha256 the name a file is shown under: `照片.zip › 1.jpg` for a member."""
    names: dict[str, str] = {}

    def note(judged: Judged, prefix: str) -> None:
        names.setdefault(judged.sha256, prefix + clean(judged.name))
        for member in judged.members:
            note(member, f"{clean(judged.name, 60)} › ")

    for arrival in arrivals:
        for judged in arrival.files:
            note(judged, "")
    return names
