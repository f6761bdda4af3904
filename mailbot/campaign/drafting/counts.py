"""How many files a notice asks for, and of what: 照片不少于3张, 限报2个作品, 推荐1-2个案例."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mailbot.campaign.drafting.bounds import (
    AT_LEAST,
    AT_MOST,
    NUMBER,
    OR_MORE,
    PHOTO_WORDS,
    SUBJECT,
    TO,
    VIDEO_WORDS,
    WITHIN,
    Figure,
    bounds,
    number_of,
    subject,
)
from mailbot.campaign.drafting.deliverables import nouns_of
from mailbot.campaign.drafting.lines import squeezed

_COUNT = re.compile(
    rf"(?:(?P<low>{NUMBER}){TO})?(?P<high>{NUMBER})\s*(?P<unit>张|幅|段|部|篇|份|条|件|个|项|例)"
)
_SAME_OF_BOTH = re.compile(r"\s*[/或(]\s*(?:段|个|部|条)")  # 不超过五张/段
# 组照不超过6张 is of one set; 每人、每个单位 are those who send.
_OF_ONE_SET = re.compile(r"组照[^。;\d]{0,14}$|每组[^,。;]{0,8}$")
_WORK = re.compile(r"\s*(?:的|优秀|参赛|原创)*作品")
_COUNT_OF = {"张": "photo", "幅": "photo", "段": "video", "部": "video", "篇": "document"}


def counts(text: str, source: str, carried: str, works: str) -> Iterator[Figure]:
    """Every count of a sentence as compared; `carried` is what the text before it spoke of,
    `works` what 作品 are under this heading, "" where nobody can tell."""
    for match in _COUNT.finditer(text):
        unit, before, after = match["unit"], text[: match.start()], text[match.end() :]
        bounded = (
            match["low"]
            or AT_LEAST.search(before[-16:])
            or AT_MOST.search(before[-16:])
            or OR_MORE.match(after)
            or WITHIN.match(after)
        )
        noun = _noun_behind(after) if unit in "个件项篇份例部" else ""
        if unit in "篇项例" and not noun and bounded:  # 撰写征文，每单位不少于2篇
            named = [one for one in nouns_of(before) if one.slot in ("essay", "case", "press")]
            noun = named[-1].label if named else ""
        of_works = bool(_WORK.match(after) or re.search(r"作品[^,。;\d]{0,6}$", before))
        if (
            unit in "个项例"
            and not noun
            and not of_works
            and not (
                re.match(rf"\s*(?:{VIDEO_WORDS})", after)
                or re.search(rf"(?:{PHOTO_WORDS}|{VIDEO_WORDS})\s*[:各]?\s*$", before)
            )
        ):
            continue
        direct = re.match(rf"\s*(?:{PHOTO_WORDS}|{VIDEO_WORDS})", after) or re.search(
            rf"(?:{PHOTO_WORDS}|{VIDEO_WORDS}|作品)\s*[(:各]?\s*$", before
        )
        if unit in "张幅" and not direct:  # 15张具有代表性的照片
            direct = re.match(rf"[^,。;()]{{0,16}}(?:{PHOTO_WORDS})", after)
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
        behind = SUBJECT.match(after.lstrip("的以上及 短微"))
        of = (behind.lastgroup or "") if behind else subject(text, match.start(), "")
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
        minimum, maximum, guess = bounds(text, match, low, high)
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


def counted(figures: Sequence[Figure]) -> tuple[dict[str, int], list[str]]:
    """minimum and maximum as first said, with what is said elsewhere as doubts."""
    bounds: dict[str, int] = {}
    doubts: list[str] = []
    of_some = False  # one is enough, somewhere
    beside = False  # 证件照1张、工作照3至5张: one more of another sort
    for figure in figures:
        said = {
            key: int(value)
            for key, value in (("minimum", figure.minimum), ("maximum", figure.maximum))
            if value
        }
        if said == {"minimum": 1}:
            of_some = of_some or not figure.guess
            beside = beside or bool(figure.guess)
            continue  # one is what any material has
        if not bounds or (len(said) == 1 and not set(said) & set(bounds) and _fit(bounds | said)):
            bounds |= said
            doubts += [figure.guess] if figure.guess else []
        elif set(said) == {"minimum"} == set(bounds) and said["minimum"] < bounds["minimum"]:
            doubts.append(f"另有一处写{bounds['minimum']}-，按较少的掌握")
            bounds |= said
        elif set(said) == {"maximum"} == set(bounds) and said["maximum"] > bounds["maximum"]:
            doubts.append(f"另有一处写-{bounds['maximum']}，按较多的掌握")
            bounds |= said
        elif any(bounds.get(key) != value for key, value in said.items()):
            least, most = said.get("minimum", ""), said.get("maximum", "")
            doubts.append(f"另有一处写{least}-{most}：“{squeezed(figure.source)[:60]}”")
    if beside and bounds:
        doubts.append("另有一处写1，请核对合计")
    if of_some and "minimum" in bounds:  # 千人以上公司至少3个，其他单位不少于1个
        doubts.append(f"另有一处写1-，按较少的掌握（原为{bounds.pop('minimum')}-）")
    return bounds, doubts


def _fit(bounds: Mapping[str, int]) -> bool:
    return bounds["minimum"] <= bounds["maximum"]
