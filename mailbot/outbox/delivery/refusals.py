"""What a server's refusal means for a message: the fault, and the table that reads replies.

NetEase (Coremail) must be read by mnemonic, not by number: the same MI:SFQ comes with 450, 451
or 550. Unknown 4xx is temporary, unknown 5xx permanent for this message (RFC 5321 4.2.1).
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from mailbot.errors import MailbotError

Stage = Literal["connect", "auth", "mail", "rcpt", "data"]
JUDGED_SPAM = "DT:SPM"
INVALID_USER = "INVALID_USER"  # the address does not exist: write to it no more

_MINUTES = timedelta(minutes=5)
_HOURS = timedelta(hours=2)


class DeliveryFault(MailbotError):
    """A send that failed. `code` is a stable mnemonic, `text` the server's words.

    `retry_after` is the least wait of a temporary fault; `next_day` waits for local midnight
    (a daily quota). `stop`: nothing can be sent until a person acts (login, right to send).
    `unreachable`: it says nothing about this message; the others would fail in the same way.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        temporary: bool = True,
        retry_after: timedelta | None = None,
        next_day: bool = False,
        stop: bool = False,
        unreachable: bool = False,
    ) -> None:
        super().__init__(code, text)
        self.text = text
        self.temporary = temporary
        self.retry_after = retry_after
        self.next_day = next_day
        self.stop = stop
        self.unreachable = unreachable


def _minutes(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, retry_after=_MINUTES)


def _hours(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, retry_after=_HOURS, unreachable=True)


def _quarter(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, retry_after=timedelta(minutes=15))


def _reconnect(code: str, text: str) -> DeliveryFault:
    # Too much on one connection; the transport opens a new one after every fault.
    return DeliveryFault(code, text, retry_after=timedelta(minutes=1))


def _next_day(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, next_day=True, unreachable=True)


def _permanent(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, temporary=False)


def _stop(code: str, text: str) -> DeliveryFault:
    return DeliveryFault(code, text, retry_after=_HOURS, stop=True, unreachable=True)


_Build = Callable[[str, str], DeliveryFault]
_MNEMONICS: dict[str, _Build] = {
    "HL:REP": _minutes,
    "HL:ICC": _minutes,
    "HL:IFC": _minutes,
    "HL:MEP": _minutes,
    "MI:DMC": _reconnect,
    "RP:DRC": _reconnect,
    "RP:QRC": _minutes,
    "MI:SFQ": _quarter,
    "MI:STC": _next_day,
    "RP:TRC": _next_day,
    "HL:IHU": _hours,
    "HL:IPB": _hours,
    "DT:SUM": _permanent,
    "MI:IMF": _permanent,
}
_PHRASES: tuple[tuple[re.Pattern[str], str, _Build], ...] = (
    (re.compile(r"user has no permission", re.I), "NO_PERMISSION", _stop),
    # The lock that follows failed logins: trying on only prolongs it.
    (re.compile(r"too (much|many) fail|\blocked\b|锁定", re.I), "LOGIN_LOCKED", _hours),
    (re.compile(r"(invalid|unknown|no such) user|user (unknown|not found)|\b5\.1\.1\b", re.I),
     INVALID_USER, _permanent),
    (re.compile(r"user suspended", re.I), "USER_SUSPENDED", _permanent),
)  # fmt: skip


def classify_smtp(code: int, text: str, stage: Stage | None = None) -> DeliveryFault:
    """Read one refusal. `stage` tells a refused sender from a refused recipient.

    535 and 553 stop everything, but a 553 to RCPT that does not speak of the sender is about
    that one address (Alibaba: `553 "RCPT TO" mailbox unavailable`): one odd recipient must not
    silence the rest.
    """
    words = f"{code} {text}".strip()
    for mnemonic in re.findall(r"\b[A-Z]{2}:[A-Z]{3}\b", text):
        if mnemonic == JUDGED_SPAM:
            return _judged_spam(code, words)
        if mnemonic in _MNEMONICS:
            return _MNEMONICS[mnemonic](mnemonic, words)
    for pattern, name, build in _PHRASES:
        if pattern.search(text) and not (build is _permanent and code < 500):
            return build(name, words)
    if 400 <= code < 500 or code < 200:
        lost = code == 421 or stage in ("connect", "auth")
        return DeliveryFault(str(code), words, unreachable=lost)
    if code in (530, 534, 535, 538) or stage == "auth":
        return _stop(str(code), words)
    if code == 553 and not (stage == "rcpt" and not _is_about_sender(text)):
        return _stop(str(code), words)
    if stage == "connect":
        return _hours(str(code), words)
    return _permanent(str(code), words)


def _judged_spam(code: int, words: str) -> DeliveryFault:
    """451 asks for the same text again after two minutes; 550 and 554 never want it again."""
    if 400 <= code < 500:
        return DeliveryFault(JUDGED_SPAM, words, retry_after=timedelta(minutes=2))
    return _permanent(JUDGED_SPAM, words)


def _is_about_sender(text: str) -> bool:
    # Postfix delays its refusal of the sender to RCPT: "553 5.7.1 <a@b>: Sender address rejected".
    return re.search(r"\b5\.7\.\d|sender|mail from|authenti|not owned", text, re.I) is not None
