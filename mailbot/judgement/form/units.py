"""What a heading, or a note over a table, says that its figures count.

直接投入（元）, 参演人数（万人次）, 单位：场、人、千元. A unit that is not understood (万美元,
元/万元) is none: a figure under it is not read unless it says its own.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = [
    "count_scale",
    "is_unit",
    "is_unit_note",
    "money_scale",
    "noted_scale",
    "noted_units",
    "tells_scale",
]

_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES |= {"十万": 10**5, "百万": 10**6, "千万": 10**7, "万万": 10**8}
_PLAIN = str.maketrans("拾佰仟萬億圆圓塊块", "十百千万亿元元元元")
_YUAN = re.compile(
    r"(?P<scale>[十百千万亿]*)(?P<foreign>[美港欧日澳韩加新外])?"
    r"(?P<money>元(?![旦月件素])|币(?=$|[)\]/、,])|美金|英镑)"
)
# Signs of money without a word for how much of it.
_SIGN = re.compile(r"[(\[][¥$€£][)\]]")
_PEOPLE = "(?:人|场|次|名|起|家|个)"
_COUNTED = re.compile(rf"(?P<scale>[十百千万亿]+){_PEOPLE}")
# Small scales are words of a heading as well (千人大演练): a unit stands in brackets.
_SMALL_IN_BRACKETS = re.compile(rf"(?:^[十百千]+{_PEOPLE}次?$|[(\[][^()\[\]]*[十百千]+{_PEOPLE})")
_LOOSE = re.compile(rf"[(\[,、;:]万(?!元|{_PEOPLE})[^()\[\]]{{0,3}}(?:[)\]]|$)")
# A scale that stands alone, in brackets or in a cell of its own: 参演人数（千）, 3 | 万. No 十:
# that numbers a heading (（十）总体情况).
_ALONE = re.compile(r"(?:^|[(\[,、;:/])(?P<scale>[十百千]?万|[百千亿])(?:$|[)\],、;:/])")

_NOTE = re.compile(r"(?:^|[(\[:;,。])(?:金额|计量|货币|经费)?单位:(?P<units>[^:;。]{1,24}?)[)\]]?$")
_UNIT = re.compile(
    r"人民币|[、,/和及()\[\]]"
    r"|[十百千万亿]*(?:美元|港元|港币|欧元|日元|美金|英镑|元|人次|场次|人员|[人场次名个家起项])"
)
_UNIT_WORD = re.compile(r"\(?(?:[十百千万亿]*(?:美元|港元|元)|万?人次|场次|万?人|场|次|个)\)?")
_OURS = "人民币"
_LONGEST_NOTE = 60


@lru_cache(1024)
def money_scale(heading: str) -> int | None:
    """How many yuan a figure under this heading counts by one: 10,000 where it says nothing;
    None where it names several units, or one that is not understood."""
    text = heading.translate(_PLAIN).replace(_OURS, "")
    found = list(_YUAN.finditer(text))
    if any(one["foreign"] or one["money"] != "元" for one in found):
        return None
    scales = {_SCALES.get(one["scale"], 0) if one["scale"] else 1 for one in found}
    if len(scales) > 1 or 0 in scales or (not scales and _is_of_no_unit(text)):
        return None
    return scales.pop() if scales else 10**4


def _is_of_no_unit(text: str) -> bool:
    """Whether a sign of money or a scale other than 万 stands there without its 元."""
    alone = _ALONE.search(text)
    return _SIGN.search(text) is not None or (alone is not None and alone["scale"] != "万")


@lru_cache(1024)
def count_scale(heading: str) -> int | None:
    """How many a figure under this heading counts by one: 10,000 under 万人次; None where a scale
    stands there that is not understood."""
    text = heading.translate(_PLAIN)
    if _LOOSE.search(text) or _ALONE.search(text):
        return None
    scales = {_SCALES.get(one["scale"], 0) for one in _scaled(text)}
    if len(scales) > 1 or 0 in scales:
        return None
    return scales.pop() if scales else 1


def _scaled(text: str) -> list[re.Match[str]]:
    if _SMALL_IN_BRACKETS.search(text):
        return list(_COUNTED.finditer(text))
    return [one for one in _COUNTED.finditer(text) if one["scale"][-1] in "万亿"]


@lru_cache(1024)
def tells_scale(heading: str) -> bool:
    """Whether a heading has a unit of money or a scale in it."""
    text = heading.translate(_PLAIN)
    return "元" in text or "万" in text or money_scale(text) is None or count_scale(text) != 1


def noted_units(texts: Iterable[str]) -> str:
    """The units of money, and those of a scale (万人次), that a note over the table gives for all
    of it (单位：场、人、万元), parted by strokes; "" where there are none. A text of more than
    60 characters is no note."""
    units: dict[str, None] = {}
    for text in texts:
        if "单位" in text and len(text) <= _LONGEST_NOTE:
            for line in text.splitlines():
                note = _NOTE.search(_folded(line))
                if note is not None and not _UNIT.sub("", note["units"]):
                    units |= dict.fromkeys(
                        one
                        for one in _UNIT.findall(note["units"])
                        if one != _OURS and (_YUAN.search(one) or count_scale(one) != 1)
                    )
    return "/".join(units)


def noted_scale(label: str, note: str) -> str:
    """The scale that a note gives to this label's count, in brackets; "" where it gives none. A
    scale of 人 belongs to labels that count 人, another one to the others: 万人次 to 参演人数, not
    to 举办次数."""
    for unit in note.split("/"):
        if count_scale(unit) != 1 and ("人" in unit) == ("人" in label):
            return f"({unit})"
    return ""


def is_unit_note(text: str) -> bool:
    """Whether the text is such a note and nothing else."""
    note = _NOTE.fullmatch(_folded(text).strip("()"))
    return note is not None and not _UNIT.sub("", note["units"])


def is_unit(text: str) -> bool:
    """Whether the text is a unit and nothing else: 万元, （人次）."""
    return _UNIT_WORD.fullmatch(_folded(text)) is not None


def _folded(text: str) -> str:
    folded = text.translate(_PLAIN).translate(str.maketrans("：（）［］，；", ":()[],;"))
    return re.sub(r"\s+", "", folded)
