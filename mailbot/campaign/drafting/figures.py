"""The dates, formats, sizes, durations and counts of a notice, found by how such notices write.

Each figure knows the sentence it comes from, what it is of (photo, video, document), and, where
the sentence does not say it outright, the reason why it is a guess. Nothing is read from a model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mailbot.campaign.drafting.deliverables import nouns_of
from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.taken import event_of, taken_between

What = Literal["format", "size", "file_size", "duration", "count", "taken"]

_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九十", start=0)} | {
    "两": 2
}
_NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十])"
_TO = r"\s*(?:[-~—–至到]|——)+\s*"

_PHOTO_WORDS = (
    "照片|合影|(?:生活|工作|证件|集体|免冠)照|图片|对比图|组图|摄影|海报|绘画|图像|相片|漫画"
)
_VIDEO_WORDS = "视频|影像|录像|短片|微电影|公益广告|动漫|动画|宣传片|微课"
_DOCUMENT_WORDS = "文档|方案|总结|报告|统计表|登记表|汇总表|文字|征文|文章|标语|报表|信息表"
_WORDS_OF = {"photo": _PHOTO_WORDS, "video": _VIDEO_WORDS}
_SUBJECT = re.compile(
    f"(?P<archive>压缩包|压缩文件)|(?P<photo>{_PHOTO_WORDS})|(?P<video>{_VIDEO_WORDS})|(?P<document>{_DOCUMENT_WORDS})"
)

# The word in a notice, what it is of, the formats of our identification that it allows.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "JPG": ("photo", ("jpeg", "mpo")),
    "JPEG": ("photo", ("jpeg", "mpo")),
    "PNG": ("photo", ("png",)),
    "PSD": ("photo", ("psd",)),
    "BMP": ("photo", ("bmp",)),
    "TIF": ("photo", ("tiff",)),
    "TIFF": ("photo", ("tiff",)),
    "GIF": ("photo", ("gif",)),
    "HEIC": ("photo", ("heic",)),
    "MP4": ("video", ("mp4",)),
    "MPG2": ("video", ("mpg2",)),
    "MPEG2": ("video", ("mpg2",)),
    "MPEG": ("video", ("mpg2",)),
    "MPG": ("video", ("mpg2",)),
    "AVI": ("video", ("avi",)),
    "MTS": ("video", ("mts",)),
    "MOV": ("video", ("mov",)),
    "WMV": ("video", ("wmv",)),
    "FLV": ("video", ("flv",)),
    "MKV": ("video", ("mkv",)),
    "DOC": ("document", ("doc",)),
    "DOCX": ("document", ("docx",)),
    "WORD": ("document", ("docx", "doc")),
    "WPS": ("document", ("wps",)),
    "EXCEL": ("document", ("xlsx", "xls")),
    "XLS": ("document", ("xls",)),
    "XLSX": ("document", ("xlsx",)),
    "PDF": ("document", ("pdf",)),
    "PPT": ("document", ("pptx", "ppt")),
    "PPTX": ("document", ("pptx",)),
}
_FORMAT = re.compile(
    "(?<![A-Za-z0-9.])(" + "|".join(sorted(FORMATS, key=len, reverse=True)) + ")(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PIXELS = re.compile(
    r"(?<![\d.])(\d{3,4})\s*(?:像素|px|p)?\s*[×xX*✕╳·]\s*(\d{3,4})(?!\d)\s*(?:像素|px|p)?"
)
_LINES = re.compile(r"(?<![\d×*xX])(480|540|720|1080|1440|2160)\s*[Pp](?![A-Za-z\d])")
_LONG_SIDE = re.compile(
    r"(?:[长单宽]边|较长的?一边|最长边)(?:像素)?[^,。;\d]{0,8}(\d{3,5})(?!\d)(?:\s*(?:像素|px))?",
    re.IGNORECASE,
)
_WIDE_AND_HIGH = re.compile(
    r"宽[^,。;\d高]{0,8}(\d{3,5})\s*(?:像素|px)?[^\d。;]{0,12}?高[^,。;\d]{0,8}(\d{3,5})\s*(?:像素|px)?"
)
_WIDTH_OF_LINES = {480: 640, 540: 960, 720: 1280, 1080: 1920, 1440: 2560, 2160: 3840}
_FILE_SIZE = re.compile(
    rf"(?<![\d.])(?:(?P<low>\d+(?:\.\d+)?)\s*(?P<lowunit>GB|MB|KB|[GMK]|兆)?{_TO})?"
    r"(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>GB|MB|KB|[GMK]|兆)(?![A-Za-z])",
    re.IGNORECASE,
)
_MB = {"G": 1000.0, "M": 1.0, "K": 0.001, "兆": 1.0}
_DURATION = re.compile(
    rf"(?:(?P<low>{_NUMBER})\s*(?P<lowunit>分钟|分|秒钟|秒)?{_TO})?"
    rf"(?P<high>{_NUMBER})\s*(?P<unit>分钟|分(?![辨之类别组])|秒钟|秒)(?:(?P<half>半)|(?P<rest>\d{{1,2}})\s*秒)?"
)
_TIMED = re.compile(r"时长|长度|片长|时间长|视频|短片|微电影|录像|影像")
_COUNT = re.compile(
    rf"(?:(?P<low>{_NUMBER}){_TO})?(?P<high>{_NUMBER})\s*(?P<unit>张|幅|段|部|篇|份|条|件|个|项|例)"
)
_SAME_OF_BOTH = re.compile(r"\s*[/或(]\s*(?:段|个|部|条)")  # 不超过五张/段
# 组照不超过6张 is of one set; 每人、每个单位 are those who send.
_OF_ONE_SET = re.compile(r"组照[^。;\d]{0,14}$|每组[^,。;]{0,8}$")
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[(][一二三四五六七八九十]+[)])|.{2,12}:$")
_WORK = re.compile(r"\s*(?:的|优秀|参赛|原创)*作品")
_COUNT_OF = {"张": "photo", "幅": "photo", "段": "video", "部": "video", "篇": "document"}

_AT_MOST = re.compile(
    r"(?:不[得可能]?(?:超[过出]?|大于|多于|高于|长于)|小于|少于|低于|≤|<|最多|限报?|至多|控制在|上限)"
    r"[^,。;\d一二两三四五六七八九十]{0,4}$"
)
_AT_LEAST = re.compile(
    r"(?:不[得可能应]?(?:少于|低于|小于|短于|足)|至少|大于|高于|超过|≥|>|最低|多于|以上)"
    r"[^,。;\d一二两三四五六七八九十]{0,4}$"
)
_ABOVE = re.compile(r"(?<!不)(?<!不得)(?<!不应)(?<!不能)(?:大于|高于|超过|>)[^,。;\d]{0,4}$")
_NOT_ABOVE = re.compile(r"不[得可能应]?(?:大于|高于|超过)[^,。;\d]{0,4}$")
_WITHIN = re.compile(r"^\s*(?:\([^)]*\))?\s*(?:之)?(?:以内|以下|内|之间)")
_REFUSED = re.compile(r"^的?[^,。;]{0,4}(?:视为|不予|取消|不合格|无效|退回|不得)|^的\s*,?\s*不")
_OR_MORE = re.compile(r"^\s*(?:像素)?\s*[(]?(?:含)?[)]?\s*(?:及|或)?\s*以上")


@dataclass(frozen=True, slots=True)
class Figure:
    """One limit as stated: sizes in pixels, file sizes in MB of 1,000,000, durations in seconds."""

    what: What
    of: str  # photo, video, document; "" where the notice does not say
    source: str
    formats: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # as the notice writes the formats
    minimum: float | None = None
    maximum: float | None = None
    width: int = 0
    height: int = 0
    operator: str = ">="
    guess: str = ""  # why it is one; "" where the sentence says so
    slot: str = ""  # of which listed material, where the notice lists them
    noun: str = ""  # of which document, where it is a count
    days: tuple[str, str] = ("", "")  # first and last, where it is `taken`


def number_of(written: str) -> float:
    """3, 2.5 or 三."""
    return float(_DIGITS[written]) if written in _DIGITS else float(written)


def figures(sentences: Sequence[str], year: int) -> Iterator[Figure]:
    """Every limit of the notice, in order; what a sentence leaves out is of the subject before,
    a day without a year is of `year`."""
    carried, event = "", event_of(sentences)
    spoken = {one.lastgroup for text in sentences for one in _SUBJECT.finditer(text)}
    several, works = {"photo", "video"} <= spoken, ""
    for source in sentences:
        text = as_compared(source)
        works = _subject(text, len(text), "" if _HEADING.match(text) else works)
        yield from _formats(text, source)
        yield from _sizes(text, source, carried)
        yield from _file_sizes(text, source, carried)
        yield from _durations(text, source, carried)
        yield from _counts(text, source, carried, works if several else carried)
        for start, days, guess in taken_between(text, year, event):
            named = [one for one in ("photo", "video") if re.search(_WORDS_OF[one], text[:start])]
            for of in named if len(named) == 2 else [_of_picture(text, start, carried)]:
                yield Figure("taken", of, source, days=days, guess=guess)
        carried = _subject(text, len(text), carried)


def _subject(text: str, end: int, carried: str) -> str:
    """What the words before this place speak of."""
    found = [match.lastgroup or "" for match in _SUBJECT.finditer(text, 0, end)]
    return found[-1] if found else carried


def _formats(text: str, source: str) -> Iterator[Figure]:
    found: dict[str, list[str]] = {}
    for match in _FORMAT.finditer(text):
        if re.search(r"(?:不得|不要|不能|不可|勿)[^,。;]{0,8}$", text[: match.start()]):
            continue
        found.setdefault(FORMATS[match[1].upper()][0], []).append(match[1].upper())
    # An address or a program's name is no demand: two formats, or the word 格式, make it one.
    for of, words in found.items():
        alone = len(words) == 1 and re.search(
            rf"[,;。(、]\s*{words[0]}\s*(?:[,;。)、]|$)", text, re.I
        )
        if not (alone or len(words) > 1 or re.search("格式|电子版|版|文件|文档|表|扫描", text)):
            continue
        formats = tuple(dict.fromkeys(one for word in words for one in FORMATS[word][1]))
        guess = (
            "“等”字之后未列全" if re.search(r"等(?:主流|常用|通用|高清)?\S{0,6}格式", text) else ""
        )
        yield Figure("format", of, source, formats, tuple(dict.fromkeys(words)), guess=guess)


def _operator(text: str, start: int, end: int) -> tuple[str, str]:
    """> or >=, and why it is a guess."""
    before = text[max(0, start - 16) : start]
    if _NOT_ABOVE.search(before):
        return ">=", "通知写的是上限，而本系统只查下限"
    if _ABOVE.search(before):
        return ">", ""
    if _AT_LEAST.search(before) or _OR_MORE.match(text[end:]):
        return ">=", ""
    return ">=", "通知未写明是下限还是恰为此数"


def _sizes(text: str, source: str, carried: str) -> Iterator[Figure]:
    for match in _PIXELS.finditer(text):
        width, height = sorted((int(match[1]), int(match[2])), reverse=True)
        operator, guess = _operator(text, match.start(), match.end())
        of = _of_picture(text, match.start(), carried)
        yield Figure("size", of, source, width=width, height=height, operator=operator, guess=guess)
    for match in _WIDE_AND_HIGH.finditer(text):
        width, height = sorted((int(match[1]), int(match[2])), reverse=True)
        operator, guess = _operator(text, match.start(1), match.end(1))
        of = _of_picture(text, match.start(), carried)
        yield Figure("size", of, source, width=width, height=height, operator=operator, guess=guess)
    if _PIXELS.search(text) or _WIDE_AND_HIGH.search(text):
        return
    for match in _LONG_SIDE.finditer(text):
        yield Figure(
            "size",
            _of_picture(text, match.start(), carried),
            source,
            width=int(match[1]),
            height=1,
            guess="通知只写长边，短边未作要求",
        )
    for match in _LINES.finditer(text):
        operator, guess = _operator(text, match.start(), match.end())
        height = int(match[1])
        of = _of_picture(text, match.start(), carried) or "video"
        yield Figure(
            "size",
            of,
            source,
            width=_WIDTH_OF_LINES[height],
            height=height,
            operator=operator,
            guess=guess or f"{match[0]}按{_WIDTH_OF_LINES[height]}×{height}掌握",
        )


def _of_picture(text: str, start: int, carried: str) -> str:
    of = _subject(text, start, carried)
    if of in ("photo", "video"):
        return of
    kinds = {FORMATS[match[1].upper()][0] for match in _FORMAT.finditer(text)} - {"document"}
    return kinds.pop() if len(kinds) == 1 else ("video" if carried == "video" else "")


def _bounds(
    text: str, match: re.Match[str], low: float | None, high: float
) -> tuple[float | None, float | None, str]:
    """Lower bound, upper bound, and why they are a guess."""
    before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() :]
    before = re.split("[、,;。]|以[上下内]", before)[-1]  # 30秒以上、3分钟以内
    if low is not None:
        return low, high, ""
    if _REFUSED.match(after):  # 超过3分钟将视为不合格 says what may not be
        return (high, None, "") if re.search("[少低小短]于", before) else (None, high, "")
    not_above = _NOT_ABOVE.search(before) or re.search(r"不[得可能]?多于[^,。;\d]{0,4}$", before)
    if not not_above and (_AT_LEAST.search(before) or _OR_MORE.match(after)):
        return high, None, ""
    if _AT_MOST.search(before) or _WITHIN.match(after):
        return None, high, ""
    return None, high, "通知未写明是上限还是下限"


def _file_sizes(text: str, source: str, carried: str) -> Iterator[Figure]:
    for match in _FILE_SIZE.finditer(text):
        unit = match["unit"].upper()[0]
        if len(match["unit"]) == 1 and not re.search(
            "大小|容量|文件|小于|大于|超过|以[内上]|低于|附件|每[张幅个段部]", text
        ):
            continue
        if re.match(r"\s*(?:bps|/s|像素|光纤|宽带)", text[match.end() :]):
            continue
        high = float(match["high"]) * _MB[unit]
        low_unit = (match["lowunit"] or match["unit"]).upper()[0]
        low = float(match["low"]) * _MB[low_unit] if match["low"] else None
        minimum, maximum, guess = _bounds(text, match, low, high)
        of = _subject(text, match.start(), carried) or _of_picture(text, match.start(), carried)
        yield Figure("file_size", of, source, minimum=minimum, maximum=maximum, guess=guess)


def _durations(text: str, source: str, carried: str) -> Iterator[Figure]:
    if not _TIMED.search(text) and carried != "video":
        return
    for match in _DURATION.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if re.search(r"\d{1,2}[时点:]\s*$", before) or re.match(r"\s*(?:前|至)", after):
            continue  # a time of day
        seconds = 60.0 if match["unit"].startswith("分") else 1.0
        high = number_of(match["high"]) * seconds + (30 if match["half"] else 0)
        high += float(match["rest"] or 0)
        low = None
        if match["low"]:
            low_unit = match["lowunit"] or match["unit"]
            low = number_of(match["low"]) * (60.0 if low_unit.startswith("分") else 1.0)
        minimum, maximum, guess = _bounds(text, match, low, high)
        if guess and not (
            re.search("时长|长度|片长", text)
            or re.match(rf"\s*的?[^,。;]{{0,8}}?(?:{_VIDEO_WORDS})", after)
        ):
            continue
        yield Figure("duration", "video", source, minimum=minimum, maximum=maximum, guess=guess)


def _counts(text: str, source: str, carried: str, works: str) -> Iterator[Figure]:
    for match in _COUNT.finditer(text):
        unit, before, after = match["unit"], text[: match.start()], text[match.end() :]
        bounded = (
            match["low"]
            or _AT_LEAST.search(before[-16:])
            or _AT_MOST.search(before[-16:])
            or _OR_MORE.match(after)
            or _WITHIN.match(after)
        )
        noun = _noun_behind(after) if unit in "个件项篇份例部" else ""
        of_works = bool(_WORK.match(after) or re.search(r"作品[^,。;\d]{0,6}$", before))
        if (
            unit in "个项例"
            and not noun
            and not of_works
            and not (
                re.match(rf"\s*(?:{_VIDEO_WORDS})", after)
                or re.search(rf"(?:{_PHOTO_WORDS}|{_VIDEO_WORDS})\s*[:各]?\s*$", before)
            )
        ):
            continue
        direct = re.match(rf"\s*(?:{_PHOTO_WORDS}|{_VIDEO_WORDS})", after) or re.search(
            rf"(?:{_PHOTO_WORDS}|{_VIDEO_WORDS}|作品)\s*[(:各]?\s*$", before
        )
        if unit in "张幅" and not direct:  # 15张具有代表性的照片
            direct = re.match(rf"[^,。;()]{{0,16}}(?:{_PHOTO_WORDS})", after)
        if not bounded and not direct:
            continue
        if re.search(r"(?:第|每|[一二三]等奖|奖)\s*$", before) or re.search("奖", text):
            continue
        if _OF_ONE_SET.search(before):
            continue
        if re.match(r"\s*[(]\s*[篇件部首幅张]\s*[)]", after):
            continue  # 不少于6幅（篇）: of works of any kind
        if unit == "份" and not noun and bounded:
            named = [one for one in nouns_of(before[-16:]) if one.slot not in ("photo", "video")]
            noun = named[-1].label if named else ""
        if unit == "份" and not noun:
            continue  # 一式两份 are of paper
        behind = _SUBJECT.match(after.lstrip("的以上及 "))
        of = (behind.lastgroup or "") if behind else _subject(text, match.start(), "")
        of = of or _COUNT_OF.get(unit, "") or carried
        if unit in ("张", "幅") and of != "photo":
            of = "photo"
        if of_works and not works and not behind:
            continue  # of films or of pictures: nobody can tell
        if of_works and works in ("photo", "video") and not behind:
            of = works
        elif noun and not behind:
            of = "document"
        high = number_of(match["high"])
        low = number_of(match["low"]) if match["low"] else None
        minimum, maximum, guess = _bounds(text, match, low, high)
        if not bounded:
            minimum, maximum, guess = high, None, "通知未写明是至少还是至多"
        name = noun if of == "document" else ""
        made = Figure("count", of, source, minimum=minimum, maximum=maximum, guess=guess, noun=name)
        yield made
        if of == "photo" and _SAME_OF_BOTH.match(after):
            yield replace(made, of="video")


def _noun_behind(after: str) -> str:
    """案例 of 1-2个成效明显的典型案例."""
    clause = re.split("[,。;()]", after)[0][:24]
    found = [one for one in nouns_of(clause) if one.slot not in ("photo", "video", "form")]
    return found[0].label if found else ""
