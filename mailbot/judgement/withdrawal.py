"""A mail that takes something back: 请忽略上一封, 上一封作废, and recall notices of programs.

What it names is held for a person, never dropped: anybody's program can announce a recall, and
a clerk who withdraws one table may mean one table. A mail that brings a new file in its place
(以此为准, 更正) replaces as any later file does.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from mailbot.entries import SentMail
from mailbot.judgement.writing import count_chinese, fold, own_words
from mailbot.model import Message

_DEED = (
    r"(?:忽略|无视|撤回|撤销|撤下|作废|废止|删除|删掉|勿用"
    r"|不(?:要|用|必|再|予)(?:理会|采用|看|管|使用))"
)
_WHAT = (
    r"(?:[上前此该这那](?:面|边|次|述|一|1|两|2|几)*(?:封|份|次|个)|之前|刚才|刚刚|先前|以前|早前"
    r"|昨天|昨日|上午|今早|前(?:面|次)|已(?:发|报)|(?:所|此前)(?:发|报))"
)
_THING = r"(?:邮件|来件|来信|材料|附件|文件|统计表|方案|总结|照片|视频|文字|报表|表格|资料)"
_WITHDRAWS = re.compile(
    rf"{_DEED}.{{0,12}}{_WHAT}.{{0,16}}|{_WHAT}.{{0,24}}(?<!请勿){_DEED}"
    rf"|(?:发错|传错|误发)(?:了)?.{{0,20}}{_DEED}|(?:申请|要求|请)(?:予以)?撤回.{{0,12}}{_THING}"
    rf"|{_THING}.{{0,12}}(?:予以|已|请)?(?:作废|撤回)"
    # Blanks are folded away. "Disregard this message" is what every disclaimer says.
    r"|(?:disregard|ignore|discard|withdraw)(?:my|our|the)?(?:previous|last|earlier|first)"
    r"(?:e-?mail|mail|message|file|attachment|submission|material|form|plan|summary)"
)
_REPORTED = re.compile(r"撤回(?:人员|队伍|应急|响应)|作废(?:票|品)")
_SEVERAL = re.compile(r"(?:全部|所有|都|均|之前的?|先前的?|以前的?|此前的?)")
_TWO = re.compile(r"[前上](?:面)?(?:两|2|二)(?:封|次|份)")
_LONGEST = 200  # Chinese characters: a report may well tell that something was withdrawn
_SHORTEST_NAME = 4


def asks_to_withdraw(message: Message) -> bool:
    """Whether a person's own words take back what was sent before. Pure."""
    words = own_words(message.text)
    said = fold(f"{message.subject}\n{words}")
    if count_chinese(words) > _LONGEST or _REPORTED.search(said):
        return False
    return _WITHDRAWS.search(said) is not None


def withdrawn_by(message: Message, earlier: Sequence[SentMail]) -> dict[int, tuple[str, ...]]:
    """What the mail takes back: by arrival the SHA-256 or URL of each thing.

    `earlier`: what this address sent before, newest first. A file that is named goes alone; a
    subject, or the mail that is answered, names that mail; else it is the mail before.
    """
    sent = [
        replace(one, contents=left)
        for one in earlier
        if (left := tuple(each for each in one.contents if each[1] not in one.withdrawn))
    ]
    said = fold(f"{message.subject}\n{own_words(message.text)}")
    named = {
        mail.arrival: keys
        for mail in sent
        if (keys := tuple(key for name, key in mail.contents if _is_named(name, said)))
    }
    if named:
        return named
    parents = {message.in_reply_to, *message.references} - {""}
    meant = [one for one in sent if one.message_id in parents] or [
        one for one in sent if _is_named(one.subject, said)
    ]
    if not meant:
        meant = sent if _SEVERAL.search(said) else sent[: 2 if _TWO.search(said) else 1]
    return {one.arrival: tuple(key for _, key in one.contents) for one in meant}


def _is_named(name: str, said: str) -> bool:
    """A file's name (with or without its extension), or a subject, in the words."""
    folded = fold(name)
    stem = fold(PurePath(name).stem)
    return (len(folded) >= _SHORTEST_NAME and folded in said) or (
        len(stem) >= _SHORTEST_NAME and stem in said
    )
