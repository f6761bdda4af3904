"""A decision in words, made: what the office writes behind a code of its digest."""

import re
from collections.abc import Sequence

from mailbot.deciding.correcting import correct
from mailbot.deciding.desk import Desk, Outcome
from mailbot.deciding.mails import approve, assign, hold, release, resend, retry
from mailbot.deciding.register import confirm
from mailbot.deciding.slots import rule_slot
from mailbot.judgement.whose.names import UnitNames
from mailbot.language import say
from mailbot.report.digest.choices import Offer

_YES = re.compile(
    r"(?:同意|确认|认可|通过|可以|是|放行|重试|重发|批准|好的?|OK|YES|APPROVED?|ACCEPT|CONFIRM|AGREED?|RETRY|RESEND)[\s。，,：:!！.]*"
)
_NO = re.compile(
    r"(?:不同意|不批准|不认可|不通过|不可以|不予采用|退回|驳回|否|REJECT(?![A-Z]))[\s。，,：:]*"
)
_LIFT = re.compile(r"(?:放行|解除搁置|同意|RELEASE|APPROVE)[\s。，,：:]*")
_ASIDE = re.compile(r"(?:搁置|暂缓|暂不处理|HOLD|SET ASIDE)[\s。，,：:]*")
_CORRECT = re.compile(r"(?:更正|CORRECT)[\s。，,：:]*([^\s=＝:：]+)(?:\s*[=＝:：]\s*|\s+)(\S.*)")
_ADDRESS = re.compile(r"[^\s<>()（）,，;；、:：。]+@[^\s<>()（）,，;；、:：。]+")
_BUT = re.compile(r"除|以外|之外|不|非|勿|\b(?:EXCEPT|BUT|NOT|WITHOUT)\b")
_REPLY = re.compile(r"(?:答复|回复|请答复|予以答复|ANSWER|REPLY)[\s。，,：:]*")
_LEAVE = re.compile(
    r"(?:不(?:予|用|必)?[答回]?复|无需[答回]?复|搁置|已阅|暂不处理|LEAVE|HOLD|READ)[\s。，,：:]*"
)


def carry_out(desk: Desk, offer: Offer, words: str) -> list[Outcome]:
    """The decision in words, made; empty when it is none that this code offers."""
    reason = say("简报答复：{words}", words=words)
    if offer.action == "assign":
        if _ASIDE.match(words):
            return [hold(desk, offer.target, reason)]
        match = UnitNames(desk.campaign).match_name(words) if words else None
        if match is None or match.unit is None or match.sub_unit:
            return []
        return [assign(desk, int(offer.target), match.unit, reason)]
    if offer.action == "accept" and (figure := _CORRECT.match(words)):
        return [_correct(desk, offer, figure, reason)]
    if offer.action == "accept":
        for ruling, pattern in (("reject", _NO), ("accept", _YES)):
            if matched := pattern.match(words):
                why = words[matched.end() :].strip()
                if ruling == "accept":
                    why = reason
                return [
                    rule_slot(
                        desk,
                        "accept" if ruling == "accept" else "reject",
                        offer.target,
                        offer.slot,
                        why or say("经工作人员核对，该文件不符合要求"),
                        offer.sha256,
                    )
                ]
        return []
    if offer.action == "lift":
        released = _LIFT.match(words)
        target = _one_of(offer.target.split(), words[released.end() :]) if released else ""
        return [release(desk, target, reason)] if target else []
    if offer.action == "reply":
        if _LEAVE.match(words):
            return [hold(desk, offer.target, reason)]
        if _NO.match(words) or not (_REPLY.match(words) or _YES.match(words)):
            return []
        return [release(desk, offer.target, reason)]
    if offer.action == "aside":
        return [hold(desk, offer.target, reason)] if _LEAVE.match(words) else []
    if offer.action == "retry" and _ASIDE.match(words):
        return [hold(desk, offer.target, reason)]
    if _NO.match(words) or not _YES.match(words):
        return []
    match offer.action:
        case "confirm":
            chosen = _chosen(offer.target.split(), words)
            return [confirm(desk, address, reason) for address in chosen]
        case "release":
            return [release(desk, offer.target, reason)]
        case "retry":
            return [retry(desk, int(offer.target), reason)]
        case "resend":
            return [resend(desk, offer.target, reason)]
        case "approve":
            return [approve(desk, offer.target.split(), reason)]


def _correct(desk: Desk, offer: Offer, figure: re.Match[str], reason: str) -> Outcome:
    return correct(
        desk,
        offer.target,
        figure[1],
        figure[2],
        reason,
        file=offer.sha256,
        slot_name=offer.slot,
    )


def _chosen(addresses: Sequence[str], words: str) -> list[str]:
    """Those of the addresses that the words name; all where they name none, and none where they
    name another one, or one that is not meant."""
    named = [one.lower() for one in _ADDRESS.findall(words)]
    if any(one not in addresses for one in named) or (named and _BUT.search(words)):
        return []
    return [one for one in addresses if not named or one in named]


def _one_of(held: Sequence[str], words: str) -> str:
    """Which of several on hold is meant; the only one needs no name."""
    said = re.findall(r"\d+|[^\W\d]+", words)  # 第39号来信 says 39
    named = [one for one in held if one in said]
    if len(named) == 1:
        return named[0]
    return held[0] if len(held) == 1 and not words.strip() else ""
