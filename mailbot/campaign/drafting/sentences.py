"""A notice's text as head and sentences."""

import re
from collections.abc import Iterator, Sequence

from mailbot.campaign.drafting.lines import day_of_line

_ENDS = "。；！？;!?"


_BEGINS = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）]|\d+\s*[.、．]|附件|联系|"
    r"电子|邮箱|抄送)"
)


# （二）申报材料：1.申报表；2.…: a list that goes on in the line of its heading.
_LIST_WITHIN = re.compile(
    r"(?<=[:：])\s*(?=1\s*[.、．](?!\d)[^;；。]{2,80}[;；。]\s*2\s*[.、．](?!\d))|(?<=[:：])\s*(?=[（(]1[)）][^;；。]{2,80}[;；。]\s*[（(]2)"
)


def sentences_of(lines: Sequence[str]) -> Iterator[str]:
    """The sentences as they stand; a line broken within a sentence goes on with the next one."""
    paragraphs: list[str] = []
    for place, line in enumerate(lines):
        open_end = paragraphs and (
            paragraphs[-1].endswith(("，", ",", "、"))
            or (len(paragraphs[-1]) >= 28 and not paragraphs[-1].endswith(tuple(_ENDS + "：:")))
        )
        # Where a notice is signed: the office's name stands on the line above the day.
        signed = any(day_of_line(one) for one in lines[place : place + 2])
        if line and open_end and not signed and not _BEGINS.match(line):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
    for paragraph in (one for whole in paragraphs for one in _LIST_WITHIN.split(whole)):
        depth, begin = 0, 0
        for place, sign in enumerate(paragraph):
            depth = max(0, depth + (sign in "（(") - (sign in "）)"))
            if sign in _ENDS and (depth == 0 or sign == "。"):
                if part := paragraph[begin : place + 1].strip():
                    yield part
                begin, depth = place + 1, 0
        if part := paragraph[begin:].strip():
            yield part


def head_of(lines: Sequence[str]) -> list[str]:
    """The lines before the one that addresses the units, at most fifteen."""
    head: list[str] = []
    for line in lines:
        if head and re.search(r"[：:]$", line) and not line.startswith(("附件", "来源")):
            break
        if line:
            head.append(line)
    return head[:15]
