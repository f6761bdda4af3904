"""What earns an answer. Pure; G9: nobody is answered who brought nothing and asked nothing.

A mail earns one when it brings something, asks where its unit stands, says that it brings
something and does not, takes something back, or makes earlier mails its unit's. Everything else
(thanks, promises, questions that only a person can answer, adverts, tickets) goes to a person.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum

from mailbot.campaign.rules import ExtensionRule, FaultRule
from mailbot.campaign.types import Campaign
from mailbot.entries import Correspondence
from mailbot.judgement.matter import concerns
from mailbot.judgement.writing import count_chinese, fold, own_subject, own_words
from mailbot.model import BODY_NAME, Judged, Kind, Message, Verdict
from mailbot.outbox.etiquette import QUIET

NOTHING = "nothing_to_answer"
HEARD_LATELY = "heard_lately"
NOTHING_EARNED = "no material, no link, no text that counts, no enquiry"

_IS_REPLY = re.compile(r"^\s*(?:re|fw|fwd|aw|答复|回复|转发)\s*[:：]", re.IGNORECASE)
_ANNOUNCES = re.compile(
    r"(?:见|详见|请见|如|随信|随件|附上|查看)附件|附件(?:为|是|中|里|内|已|如下|[:：])|见附$"
    r"|请(?:予以?)?(?:查收|审阅|查阅|接收|审核|收阅)|(?:现|特|已)(?:将|把)?.{0,24}"
    r"(?:报送|上报|报上|发送|发给|发过|提交|补报|补上|重发|呈报)"
)
_PROMISES = re.compile(
    r"(?:尽快|马上|稍后|明天|随后|近日|抓紧|即刻|过后|晚点|再).{0,12}(?:报|发|补|送|交)"
)
_THINGS = re.compile(r"材料|报送|照片|视频|方案|总结|统计表|文字信息")
_ASKS = re.compile(r"[?？]|请问|吗|能否|可否|是否|怎么|如何|什么时候|哪里")
# What is offered for sale or asks for a fee is sent to thousands, with a file nobody has to open.
_SELLS = re.compile(
    r"发票|代开|税点|优惠|折扣|促销|推广|诚邀|报名|研修班|培训费|退订|征订|订购|报价|定价|账单|期待合作"
    r"|展位|招聘|征稿|量大从优"
    r"|\b(?:invoice|unsubscribe|discount|remittance|purchase order)\b",
    re.IGNORECASE,
)


class Earned(StrEnum):
    """Why a mail is answered."""

    MATERIAL = "material"
    TEXT = "text"
    ENQUIRY = "enquiry"
    ANNOUNCED = "announced"  # 见附件, and none came
    WITHDRAWAL = "withdrawal"
    UNIT_NAMED = "unit_named"  # earlier mails are its unit's now


def reason_not_to_answer(
    *,
    message: Message,
    judged: Collection[Judged],
    unit: str | None,
    held_reasons: Collection[str],
    enquiry: bool,
    withdraws: bool,
    joins: bool,
    heard: Correspondence,
    campaign: Campaign,
    now: datetime,
) -> str:
    """`nothing_to_answer`, `heard_lately`, or "" where the mail is to be answered.

    `withdraws`: something on record is held because of it; `joins`: earlier mails come to its
    unit by it. New material is always answered; without any, an address hears at most once in
    `etiquette.QUIET`, whatever it writes (RFC 5230 4.2).
    """
    names_a_unit = unit is not None or bool({"unit_conflict", "sub_unit"} & {*held_reasons})
    earned = what_earns(message, judged, campaign, names_a_unit=names_a_unit, enquiry=enquiry)
    if withdraws or joins:  # it changed something for its unit
        return ""
    if earned is None:
        return NOTHING
    if earned in (Earned.MATERIAL, Earned.TEXT):
        if brought_by(message, judged) - heard.seen:
            return ""
        last = heard.answered_at
    else:
        last = heard.courtesy_at
    return HEARD_LATELY if last is not None and now - last < QUIET else ""


def what_earns(
    message: Message,
    judged: Collection[Judged],
    campaign: Campaign,
    *,
    names_a_unit: bool,
    enquiry: bool = False,
) -> Earned | None:
    """Why the mail is to be answered, None where it brings nothing and asks nothing."""
    if enquiry:
        return Earned.ENQUIRY
    files = list(_files(judged))
    # Who sells drills speaks of them as well; a file of his is no unit's.
    speaks = speaks_of(message, judged, campaign) and not (files and _sells(message, files))
    at_home = names_a_unit or speaks
    if any(at_home or _may_be_material(one, campaign) for one in files):
        return Earned.MATERIAL
    if any(_may_hold_more(one, campaign) for one in files) and not _sells(message, files):
        return Earned.MATERIAL
    if message.links and at_home:
        return Earned.MATERIAL
    if at_home and any(one.slots for one in judged if one.name == BODY_NAME):
        return Earned.TEXT
    if names_a_unit and not files and _announces(message):
        return Earned.ANNOUNCED
    return None


def brought_by(message: Message, judged: Collection[Judged]) -> frozenset[str]:
    """What can be new: SHA-256 of files and of a text that counts, URLs of links."""
    texts = {one.sha256 for one in judged if one.name == BODY_NAME and one.slots}
    return frozenset(
        {one.sha256 for one in _files(judged)} | texts | {link.url for link in message.links}
    )


def speaks_of(message: Message, judged: Collection[Judged], campaign: Campaign) -> bool:
    """Whether subject, own words or file names are about what the campaign asks for."""
    words = own_words(message.text)[:2000]
    names = (one.name for one in _files(judged))
    return any(concerns(said, campaign) for said in (own_subject(message.subject), words, *names))


def _files(judged: Collection[Judged]) -> Iterator[Judged]:
    """What its sender may have meant to send: no signature, no body; archives with theirs."""
    for top in judged:
        if top.name != BODY_NAME:
            yield from (one for one in top.walk() if one.kind is not Kind.OTHER or one.findings)


def _may_be_material(judged: Judged, campaign: Campaign) -> bool:
    """Of a sender nobody knows: a material by its kind, or something that could not be opened."""
    if judged.kind is Kind.PHOTO and judged.verdict is Verdict.REJECTED:
        return False  # an advert's pictures are too small as well
    wanted = {material.slot for material in campaign.materials}
    if judged.slots or judged.kind.value in wanted:
        return True
    return judged.kind in (Kind.ARCHIVE, Kind.MAIL) and not judged.members


def _may_hold_more(judged: Judged, campaign: Campaign) -> bool:
    """Of a sender nobody knows: a file that was not read to its end, so that nobody can say that
    it is no material: broken, encrypted, scanned, or of other contents than its name says."""
    if judged.verdict is not Verdict.ACCEPTED:
        return True
    telling = (ExtensionRule, FaultRule)  # of a severity that may be a notice's
    codes = {rule.code for rule in campaign.rules if isinstance(rule, telling)}
    return any(finding.code in codes for finding in judged.findings)


def _sells(message: Message, files: Collection[Judged]) -> bool:
    words = own_words(message.text)[:2000]
    said = (own_subject(message.subject), words, *(one.name for one in files))
    return any(_SELLS.search(text) for text in said)


def _announces(message: Message) -> bool:
    words = own_words(message.text)
    said = fold(words)
    if _PROMISES.search(said) or _ASKS.search(said):
        return False
    if _ANNOUNCES.search(said):
        return True
    subject = fold(own_subject(message.subject))
    silent = count_chinese(words) < 10 and not _IS_REPLY.match(message.subject)
    return silent and _THINGS.search(subject) is not None and not _ASKS.search(subject)
