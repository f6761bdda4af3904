"""A decision in words, made: what the office writes behind a code of its digest."""

import re
from collections.abc import Sequence
from typing import Literal

from mailbot.deciding.consent import asks, consents, leaves, refuses, sets_aside
from mailbot.deciding.correcting import correct
from mailbot.deciding.desk import Desk, Outcome
from mailbot.deciding.mails import approve, assign, hold, release, resend, retry
from mailbot.deciding.register import confirm
from mailbot.deciding.slots import rule_slot
from mailbot.judgement.whose.names import UnitNames
from mailbot.language import say
from mailbot.report.digest.choices import Offer

_LIFT = re.compile(r"(?:放行|解除搁置|同意|RELEASE|APPROVE)[\s。,:]*")
_CORRECT = re.compile(r"(?:更正|CORRECT)[\s。，,：:]*([^\s=＝:：]+)(?:\s*[=＝:：]\s*|\s+)(\S.*)")
_ADDRESS = re.compile(r"[^\s<>()（）,，;；、:：。]+@[^\s<>()（）,，;；、:：。]+")


def carry_out(desk: Desk, offer: Offer, words: str) -> list[Outcome]:
    """The decision in words, made; empty when it is none that this code offers."""
    reason = say("简报答复：{words}", words=words)
    if offer.action == "assign":
        if sets_aside(words):
            return [hold(desk, offer.target, reason)]
        match = UnitNames(desk.campaign).match_name(words) if words and not asks(words) else None
        if match is None or match.unit is None or match.sub_unit:
            return []
        return [assign(desk, int(offer.target), match.unit, reason)]
    if offer.action == "accept":
        return _about_file(desk, offer, words, reason)
    if offer.action == "lift":
        released = None if asks(words) else _LIFT.match(words)
        target = _one_of(offer.target.split(), words[released.end() :]) if released else ""
        return [release(desk, target, reason)] if target else []
    if offer.action == "reply" and leaves(words):
        return [hold(desk, offer.target, reason)]
    if offer.action == "aside":
        return [hold(desk, offer.target, reason)] if leaves(words) else []
    if offer.action == "retry" and sets_aside(words):
        return [hold(desk, offer.target, reason)]
    if offer.action == "confirm":
        chosen = _chosen(offer.target.split(), words)
        return [confirm(desk, address, reason) for address in chosen]
    if not consents(words):
        return []
    match offer.action:
        case "release" | "reply":
            return [release(desk, offer.target, reason)]
        case "retry":
            return [retry(desk, int(offer.target), reason)]
        case "resend":
            return [resend(desk, offer.target, reason)]
        case "approve":
            return [approve(desk, offer.target.split(), reason)]


def _about_file(desk: Desk, offer: Offer, words: str, reason: str) -> list[Outcome]:
    """A figure of it is corrected, or the file accepted or rejected."""
    if figure := _CORRECT.match(words):
        return [_correct(desk, offer, figure, reason)]
    why = refuses(words)
    if why is None and not consents(words):
        return []
    why = reason if why is None else why or say("经工作人员核对，该文件不符合要求")
    ruling: Literal["accept", "reject"] = "accept" if consents(words) else "reject"
    return [rule_slot(desk, ruling, offer.target, offer.slot, why, offer.sha256)]


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
    name another one, or say more than yes."""
    named = [one.lower() for one in _ADDRESS.findall(words)]
    if any(one not in addresses for one in named) or not consents(_ADDRESS.sub(" ", words)):
        return []
    return [one for one in addresses if not named or one in named]


def _one_of(held: Sequence[str], words: str) -> str:
    """Which of several on hold is meant; the only one needs no name."""
    said = re.findall(r"\d+|[^\W\d]+", words)  # 第39号来信 says 39
    named = [one for one in held if one in said]
    if len(named) == 1:
        return named[0]
    return held[0] if len(held) == 1 and not words.strip() else ""
