"""What would settle an item of the digest: the exact command, and the words of an answer."""

import re
import shlex
from dataclasses import dataclass
from typing import Literal

Action = Literal["assign", "confirm", "accept", "release", "retry", "resend"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A decision that would settle one item.

    `target`: an arrival's number, addresses with blanks between, a unit's name (accept), or a
    mail's number (resend).
    """

    action: Action
    target: str
    slot: str = ""
    sha256: str = ""


def command_of(offer: Offer) -> str:
    """The command that settles the item; what the person chooses stands in capitals."""
    match offer.action:
        case "assign":
            return f"mailbot assign {offer.target} UNIT"
        case "accept":
            # shlex.quote would quote every Chinese name.
            unit = offer.target if re.fullmatch(r"\w+", offer.target) else shlex.quote(offer.target)
            return f"mailbot accept {unit} {offer.slot} --file {offer.sha256[:12]} --reason TEXT"
        case _:
            return f"mailbot {offer.action} {offer.target}"


def ways_to_answer(offer: Offer) -> tuple[str, ...]:
    """The words that may follow the code."""
    match offer.action:
        case "assign":
            return ("单位名称", "搁置")
        case "accept":
            return ("同意", "退回 理由")
        case "retry":
            return ("重试", "搁置")
        case "resend":
            return ("重发",)
        case _:
            return ("同意",)
