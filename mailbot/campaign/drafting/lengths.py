"""How many words a document is to have, and of which document a notice says so.

事迹材料一份（1500字以内）, 500字左右的事迹材料, 一、典型案例 …3000字左右: the noun stands before
the number, right behind it, or over the paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.campaign.drafting.bounds import AROUND
from mailbot.campaign.drafting.deliverables import Noun, noun_in, nouns_of
from mailbot.campaign.drafting.lines import as_compared, in_digits

_NUMBER = r"(\d{2,5})(?!\d)\s*(?:余|多)?"
_LENGTH = re.compile(
    rf"(?P<least>不少于|不低于|至少|不得少于)\s*{_NUMBER}\s*个?汉?字|"
    rf"(?P<most>不(?:得|要|可)?(?:超过|多于|超)|控制在|限|最多|少于)\s*(?:在)?\s*{_NUMBER}\s*个?汉?字|"
    rf"(?P<low>\d{{2,5}})\s*个?字?\s*(?:[-~—–至到]|——)+\s*{_NUMBER}\s*个?汉?字|"
    rf"(?:字数|篇幅)[^,。;\d]{{0,6}}{_NUMBER}(?=\s*(?:左右|以[内上]|[,。;、)]))|"
    rf"{_NUMBER}\s*个?汉?字\s*(?P<how>以内|以下|之内|以上|左右|上下|内)?"
)
_CAPTION = re.compile("的?[^,。;]{0,6}?(?:文字说明|图片说明|说明|描述|标题|标注|图注)(?![书稿])")
_OF_A_PART = re.compile(
    r"(?:每[条则句]|主题|题目|标题|名称|署名|摘要|描述|简介|图注)[^,。;、(]{0,6}[(]?[^,。;、(]{0,4}$"
)
CELLS = re.compile(r"[|│┃\t]")  # of a table's row
_OWN = ("photo", "video")


# What an item of a list says of its own words and pages.
WORDS = re.compile(
    r"(?:(\d{2,5})\s*[-~—至到]\s*(\d{2,5})\s*字|(?:不少于|不低于|至少)\s*(\d{2,5})\s*字|(\d{2,5})\s*字以上|"
    r"(?:不超过|不多于|控制在)\s*(\d{2,5})\s*字|(\d{2,5})\s*字(?:以内|以下|左右))"
)
PAGES = re.compile(
    r"(?:(\d{1,3})\s*[-~—–至到]\s*(\d{1,3})\s*页|(?:不少于|不低于|至少)\s*(\d{1,3})\s*页|"
    r"(\d{1,3})\s*页以上|(?:不超过|不多于|控制在|最多)\s*(\d{1,3})\s*页|(\d{1,3})\s*页(?:以内|以下))"
)
CAPTIONED = re.compile(
    r"\d{1,4}\s*字(?:以内|左右|以上)?的?[^,。;]{0,4}(?:说明|描述|标题|标注)(?![书稿])"
)


@dataclass(frozen=True, slots=True)
class Length:
    """Bounds in characters; 0 where there is none. `noun` is None where nothing names it."""

    noun: Noun | None
    low: int
    high: int
    source: str
    guess: str = ""
    is_carried: bool = False  # the noun is that of a sentence before


def lengths_of(sentences: Sequence[str]) -> Iterator[Length]:
    """Every bound on the length of a text, in order."""
    over: Noun | None = None
    for source in sentences:
        text = in_digits(as_compared(source))
        for match in _LENGTH.finditer(text):
            low, high, guess = _bounds(match)
            after = text[match.end() :]
            if _CAPTION.match(after) and re.search(
                "每[张幅个]|配|图|照", text[: match.start()][-24:]
            ):
                continue  # 每张照片配20字以内的说明: of no file's own length
            if CELLS.search(text) or _OF_A_PART.search(text[: match.start()]):
                continue  # of a field of a table, of a part that is no file
            own = _behind(after) or _before(text[: match.start()])
            if own is None and _CAPTION.match(after):
                continue  # 并附200字以内的文字说明
            if re.search(r"(?:约|大约|大概)\s*(?:为|在)?$", text[: match.start()]):
                guess = AROUND
            yield Length(own or over, low, high, source, guess, own is None)
        named = [one for one in nouns_of(text) if one.slot not in _OWN]
        over = named[-1] if named else over


def _bounds(match: re.Match[str]) -> tuple[int, int, str]:
    number = int(next(one for one in match.groups()[::-1] if one and one.isdigit()))
    if match["low"]:
        return int(match["low"]), number, ""
    if match["least"] or match["how"] == "以上":
        return number, 0, ""
    if match["most"] or match["how"] in ("以内", "以下", "之内", "内"):
        around = match["how"] in ("左右", "上下")
        return 0, number, AROUND if around else ""
    if match["how"]:
        return 0, number, AROUND
    return 0, number, "通知未写明是上限还是下限"


def _behind(text: str) -> Noun | None:
    """500字左右的事迹材料."""
    text = re.sub(
        r"^(?:\s*[、和及或]\s*\d{2,5}\s*字(?:左右|以[内上])?)+", "", text
    )  # 50字、800字事迹材料
    if not (found := re.match(r"\s*(?:的|[(])?([^,。;()、]{2,20}?)(?=[,。;()、和及与]|$)", text)):
        return None
    noun = noun_in(re.sub("(?:各|一式)?[一二两三1-9]*份.*$", "", found[1]))
    return noun if noun and noun.slot not in _OWN else None


def _before(text: str) -> Noun | None:
    """The last document that the sentence named."""
    found = [one for one in nouns_of(text) if one.slot not in _OWN]
    return found[-1] if found else None


def bounds_in(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """At least and at most, said at once or one after the other; 0 where it is not said."""
    low = high = 0
    for found in pattern.finditer(in_digits(text)):
        low = low or int(found[1] or found[3] or found[4] or 0)
        high = high or int(found[2] or found[5] or found[6] or 0)
    return low, high
