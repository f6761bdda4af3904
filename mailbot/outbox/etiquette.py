"""May this mail be answered? Pure: what was found in its headers, and the caps.

RFC 3834 section 2 and the caps that keep two robots from talking to each other all day. That
one arrival gets at most one reply is the ledger's part: a reply names the arrivals it answers.
"""

import re
from datetime import timedelta
from typing import NamedTuple

from mailbot.model import NoAnswer

# What SMTP without SMTPUTF8 can address (RFC 5321 4.1.2, no quoted local parts): the address
# stands in a header and an envelope, so nothing else may pass, whatever the mail claimed. Nor what
# some programs take for an encoded word (RFC 2047 5) and decode, line breaks and all.
_USABLE = re.compile(
    r"(?!=\?)(?!.*=\?.*@)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
)

# Without new material an address hears from us once in this time, whatever it writes: what RFC
# 5230 4.2 recommends for `vacation :days`.
QUIET = timedelta(days=7)


class Answer(NamedTuple):
    """Whether to answer; if not, the code that goes on record (G6)."""

    allowed: bool
    reason: str  # "" when allowed
    last_today: bool  # the reply should say that no more follow today


def is_usable_address(address: str) -> bool:
    """Whether a reply can be addressed to it: plain ASCII addr-spec of at most 254 octets."""
    return len(address) <= 254 and _USABLE.fullmatch(address) is not None


def may_answer(
    *,
    no_answer: NoAnswer | None,
    address: str,
    sent_today_to_address: int,
    per_address_daily_limit: int,
    marked_dead: bool,
) -> Answer:
    """Decide for one sender address.

    Reasons: the code of `no_answer`, `no_sender`, `address_unusable`, `address_dead` (a
    permanent bounce marked it), `address_daily_limit`.
    """
    if no_answer is not None:
        return Answer(False, no_answer.code, False)
    if not address:
        return Answer(False, "no_sender", False)
    if not is_usable_address(address):
        return Answer(False, "address_unusable", False)
    if marked_dead:
        return Answer(False, "address_dead", False)
    if sent_today_to_address >= per_address_daily_limit:
        return Answer(False, "address_daily_limit", False)
    return Answer(True, "", sent_today_to_address + 1 == per_address_daily_limit)
