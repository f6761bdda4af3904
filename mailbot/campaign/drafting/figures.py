"""The dates, formats, sizes, durations and counts of a notice, found by how such notices write.

Each figure knows the sentence it comes from, what it is of (photo, video, document), and, where
the sentence does not say it outright, the reason why it is a guess. Nothing is read from a model.
"""

import re
from collections.abc import Iterator, Sequence

from mailbot.campaign.drafting.bounds import (
    ABOVE,
    AT_LEAST,
    NOT_ABOVE,
    NUMBER,
    OR_MORE,
    PHOTO_WORDS,
    SUBJECT,
    TO,
    VIDEO_WORDS,
    Figure,
    bounds,
    number_of,
    subject,
)
from mailbot.campaign.drafting.counts import counts
from mailbot.campaign.drafting.lines import as_compared
from mailbot.campaign.drafting.said import Asked
from mailbot.campaign.drafting.taken import event_of, taken_between

_WORKS = ("photo", "video")
_WORDS_OF = {"photo": PHOTO_WORDS, "video": VIDEO_WORDS}
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
    rf"(?<![\d.])(?:(?P<low>\d+(?:\.\d+)?)\s*(?P<lowunit>GB|MB|KB|[GMK]|兆)?{TO})?"
    r"(?P<high>\d+(?:\.\d+)?)\s*(?P<unit>GB|MB|KB|[GMK]|兆)(?![A-Za-z])",
    re.IGNORECASE,
)
# 支撑材料合并为一个PDF，不超过20M: not of the pictures that the sentence before was about.
_OF_A_DOCUMENT = re.compile("材料|PDF|Word|Excel|PPT|表格?(?=[,(])", re.IGNORECASE)
_MB = {"G": 1000.0, "M": 1.0, "K": 0.001, "兆": 1.0}
_DURATION = re.compile(
    rf"(?:(?P<low>{NUMBER})\s*(?P<lowunit>分钟|分|秒钟|秒)?{TO})?"
    rf"(?P<high>{NUMBER})\s*(?P<unit>分钟|分(?![辨之类别组])|秒钟|秒)(?:(?P<half>半)|(?P<rest>\d{{1,2}})\s*秒)?"
)
_TIMED = re.compile(r"时长|长度|片长|时间长|视频|短片|微电影|录像|影像")
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[(][一二三四五六七八九十]+[)])|.{2,12}:$")


# What goes on about the subject of the sentence before: 时长不超过…, 单张不小于…. But 封面图一张，
# 不超过500KB is of something else, and no size of the video before it.
_GOES_ON = re.compile(
    r"^\s*(?:[(（]?[\d一二三四五六七八九十]{1,2}[)）.、．]\s*)?(?:[\u4e00-\u9fff]{0,2}(?:要求|规格|参数|标准)[:：]?)?"
    r"(?:时长|片长|时间|大小|文件|单|每|分辨率|清晰度|像素|尺寸|格式|画|长|宽|作品|原图|原片|容量|内容|数量|不|应|须|需|请|"
    r"采用|统一|为|保存|可|均|总|全|提交|上传|报送|以|在|至少|最|其|要|必须|一般|[\dA-Za-z])"
)


def figures(sentences: Sequence[str], year: int) -> Iterator[Figure]:
    """Every limit of the notice, in order; what a sentence leaves out is of the subject before,
    a day without a year is of `year`."""
    carried, event = "", event_of(sentences)
    spoken = {one.lastgroup for text in sentences for one in SUBJECT.finditer(text)}
    several, works = {"photo", "video"} <= spoken, ""
    for source in sentences:
        text = as_compared(source)
        before, carried = carried, carried if _GOES_ON.match(text) else ""
        works = subject(text, len(text), "" if _HEADING.match(text) else works)
        yield from _formats(text, source)
        yield from _sizes(text, source, carried)
        yield from _file_sizes(text, source, carried)
        yield from _durations(text, source, carried)
        yield from counts(text, source, before, works if several else before)
        for start, days, guess in taken_between(text, year, event):
            named = [one for one in ("photo", "video") if re.search(_WORDS_OF[one], text[:start])]
            for of in named if len(named) == 2 else [_of_picture(text, start, carried)]:
                yield Figure("taken", of, source, days=days, guess=guess)
        carried = subject(text, len(text), before)


def fits(figure: Figure, asked: Asked) -> bool:
    """Whether a limit can be of this listed material at all: MP4, 1920×1080 and ten minutes are of
    no 申请书, though one sentence asks for it and for a video."""
    if asked.slot in _WORKS or asked.kind == "any" or figure.what in ("count", "taken"):
        return True
    shown = figure.of == "photo" and asked.pictured
    if figure.what == "duration":
        return False
    if figure.what == "size":
        return shown
    if figure.what == "format":
        return figure.of == "document" or shown
    named = _WORDS_OF.get(figure.of)
    return shown or not (named and re.search(named, figure.source))


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
    if NOT_ABOVE.search(before):
        return ">=", "通知写的是上限，而本系统只查下限"
    if ABOVE.search(before):
        return ">", ""
    if AT_LEAST.search(before) or OR_MORE.match(text[end:]):
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
    of = subject(text, start, carried)
    if of in ("photo", "video"):
        return of
    kinds = {FORMATS[match[1].upper()][0] for match in _FORMAT.finditer(text)} - {"document"}
    return kinds.pop() if len(kinds) == 1 else ("video" if carried == "video" else "")


def _file_sizes(text: str, source: str, carried: str) -> Iterator[Figure]:
    for match in _FILE_SIZE.finditer(text):
        unit = match["unit"].upper()[0]
        if len(match["unit"]) == 1 and not re.search(
            "大小|容量|文件|少于|多于|小于|大于|超过|以[内上]|低于|附件|每[张幅个段部]", text
        ):
            continue
        if re.match(r"\s*(?:bps|/s|像素|光纤|宽带)", text[match.end() :]):
            continue
        high = float(match["high"]) * _MB[unit]
        low_unit = (match["lowunit"] or match["unit"]).upper()[0]
        low = float(match["low"]) * _MB[low_unit] if match["low"] else None
        minimum, maximum, guess = bounds(text, match, low, high)
        of = subject(text, match.start(), carried) or _of_picture(text, match.start(), carried)
        if re.search(r"[单每][张幅][^,。;]{0,6}$", text[: match.start()]):
            of = "photo"
        elif not subject(text, match.start(), "") and _OF_A_DOCUMENT.search(text[: match.start()]):
            of = "document"
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
        minimum, maximum, guess = bounds(text, match, low, high)
        if guess and not (
            re.search("时长|长度|片长", text)
            or re.match(rf"\s*的?[^,。;]{{0,8}}?(?:{VIDEO_WORDS})", after)
        ):
            continue
        of = "" if re.search("音频|录音", text[: match.start()]) else "video"
        yield Figure("duration", of, source, minimum=minimum, maximum=maximum, guess=guess)
