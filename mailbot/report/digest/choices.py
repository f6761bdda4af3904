"""What would settle an item of the digest: the exact command, and the words of an answer."""

import re
import shlex
from dataclasses import dataclass
from typing import Literal

from mailbot.language import say

Action = Literal[
    "assign",
    "confirm",
    "accept",
    "release",
    "reply",
    "retry",
    "resend",
    "approve",
    "lift",
    "aside",  # looked at: it stands before the office no more
]


@dataclass(frozen=True, slots=True)
class Offer:
    """A decision that would settle one item.

    `target`: an arrival's number, addresses with blanks between, a unit's name (accept), or a
    mail's number (resend); with blanks between, numbers of mails (approve), and units and
    arrivals on hold (lift: one of them is released).
    """

    action: Action
    target: str
    slot: str = ""
    sha256: str = ""
    unit: str = ""  # assign: the unit that the mail seems to be of
    has_fields: bool = False  # accept: the file is a table, whose figures can be corrected


def command_of(offer: Offer) -> str:
    """The command that settles the item; what the person chooses stands in 〔〕.

    It is copied into a shell, and the local part of an address may be a program for one (atext,
    RFC 5322 3.2.3, has ` $ & | and more).
    """
    match offer.action:
        case "assign":
            return f"mailbot assign {offer.target} {offer.unit or say('〔单位名称〕')}"
        case "accept":
            # shlex.quote would quote every Chinese name.
            unit = offer.target if re.fullmatch(r"\w+", offer.target) else shlex.quote(offer.target)
            return say(
                "mailbot accept {unit} {slot} --file {sha256} --reason 〔理由〕",
                unit=unit,
                slot=offer.slot,
                sha256=offer.sha256[:12],
            )
        case "reply":
            return f"mailbot release {offer.target}"
        case "approve":
            return f"mailbot outbox approve {offer.target}"
        case "aside":
            return f"mailbot hold {offer.target}"
        case "lift":
            held = offer.target.split()
            return (
                f"mailbot release {(held[0] if len(held) == 1 else say('〔单位名称或来信编号〕'))}"
            )
        case _:
            return shlex.join(("mailbot", offer.action, *offer.target.split()))


def buttons_of(offer: Offer) -> tuple[tuple[str, str], ...]:
    """What a button says, and the words it puts behind the code; `…`: the person adds some."""
    match offer.action:
        case "assign":
            named = ((say("归入{unit}", unit=offer.unit), offer.unit),) if offer.unit else ()
            return (*named, (say("归入单位…"), ""), (say("搁置"), say("搁置")))
        case "accept":
            return (say("同意"), say("同意")), (say("退回…"), say("退回 "))
        case "lift" if len(offer.target.split()) > 1:
            return ((say("放行…"), say("放行 ")),)
        case "confirm" if len(offer.target.split()) > 1:
            return ((say("全部同意"), say("同意")), (say("只同意…"), say("同意 ")))
        case _:
            return tuple((way, way) for way in ways_to_answer(offer))


def ways_to_answer(offer: Offer) -> tuple[str, ...]:
    """The words that may follow the code."""
    match offer.action:
        case "assign":
            return (offer.unit or say("单位名称"), say("搁置"))
        case "accept":
            return (
                say("同意"),
                say("退回 理由"),
                *((say("更正 栏目 数值"),) if offer.has_fields else ()),
            )
        case "reply":
            return (say("答复"), say("不复"))
        case "retry":
            return (say("重试"), say("搁置"))
        case "confirm" if len(offer.target.split()) > 1:
            return (say("同意"), say("同意 其中的地址"))
        case "resend":
            return (say("重发"),)
        case "approve":
            return (say("批准"),)
        case "aside":
            return (say("已阅"),)
        case "lift":
            held = offer.target.split()
            return (say("放行"),) if len(held) == 1 else (say("放行 单位名称或来信编号"),)
        case _:
            return (say("同意"),)
