"""A limit as a notice states it, and whether the words around a number make it the least or the
most that is let pass."""

import re
from dataclasses import dataclass
from typing import Literal

What = Literal["format", "size", "file_size", "duration", "count", "taken"]
_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九十", start=0)} | {
    "两": 2
}
NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十])"
TO = r"\s*(?:[-~—–至到]|——)+\s*"
PHOTO_WORDS = (
    "照片|合影|(?:生活|工作|证件|集体|免冠)照|图片|对比图|组图|配图|附图|插图|摄影|海报|绘画|图像|"
    "相片|漫画"
)
VIDEO_WORDS = "视频|影像|录像|短片|微电影|公益广告|动漫|动画|宣传片|微课"
_DOCUMENT_WORDS = "文档|方案|总结|报告|统计表|登记表|汇总表|文字|征文|文章|标语|报表|信息表"
SUBJECT = re.compile(
    f"(?P<archive>压缩包|压缩文件)|(?P<photo>{PHOTO_WORDS})|(?P<video>{VIDEO_WORDS})|(?P<document>{_DOCUMENT_WORDS})"
)
AT_MOST = re.compile(
    r"(?:不[得可能]?(?:超[过出]?|大于|多于|高于|长于)|小于|少于|低于|≤|<|最多|限报?|至多|控制在|上限)"
    r"[^,。;\d一二两三四五六七八九十]{0,4}$"
)
AT_LEAST = re.compile(
    r"(?:不[得可能应]?(?:少于|低于|小于|短于|足)|至少|大于|高于|超过|≥|>|最低|多于|以上)"
    r"[^,。;\d一二两三四五六七八九十]{0,4}$"
)
ABOVE = re.compile(r"(?<!不)(?<!不得)(?<!不应)(?<!不能)(?:大于|高于|超过|>)[^,。;\d]{0,4}$")
NOT_ABOVE = re.compile(r"不[得可能应]?(?:大于|高于|超过)[^,。;\d]{0,4}$")
WITHIN = re.compile(r"^\s*(?:\([^)]*\))?\s*(?:之)?(?:以内|以下|内|之间)")
# 2000字左右, 约15分钟: nobody is refused for being near to it.
AROUND = "“左右”按上限掌握，只作提示"
_ABOUT = re.compile(r"^\s*(?:左右|上下)")
_ABOUT_AHEAD = re.compile(r"(?:约|大约|大概)\s*(?:为|在)?$")
_REFUSED = re.compile(r"^的?[^,。;]{0,4}(?:视为|不予|取消|不合格|无效|退回|不得)|^的\s*,?\s*不")
OR_MORE = re.compile(r"^\s*(?:像素)?\s*[(]?(?:含)?[)]?\s*(?:及|或)?\s*以上")


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


def subject(text: str, end: int, carried: str) -> str:
    """What the words before this place speak of."""
    found = [match.lastgroup or "" for match in SUBJECT.finditer(text, 0, end)]
    return found[-1] if found else carried


def bounds(
    text: str, match: re.Match[str], low: float | None, high: float
) -> tuple[float | None, float | None, str]:
    """Lower bound, upper bound, and why they are a guess."""
    before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() :]
    before = re.split("[、,;。]|以[上下内]", before)[-1]  # 30秒以上、3分钟以内
    if low is not None:
        return low, high, ""
    if _REFUSED.match(after):  # 超过3分钟将视为不合格 says what may not be
        return (high, None, "") if re.search("[少低小短]于", before) else (None, high, "")
    not_above = NOT_ABOVE.search(before) or re.search(r"不[得可能]?多于[^,。;\d]{0,4}$", before)
    if not not_above and (AT_LEAST.search(before) or OR_MORE.match(after)):
        return high, None, ""
    if AT_MOST.search(before) or WITHIN.match(after):
        return None, high, ""
    if _ABOUT.match(after) or _ABOUT_AHEAD.search(before):
        return None, high, AROUND
    return None, high, "通知未写明是上限还是下限"
