"""Reports that a mail could not be delivered: which mails are such, and what they say.

RFC 3464 is what they should look like; NetEase and QQ write prose as well, or instead.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from mailbot.model import Message

_REPORT = re.compile(
    r"multipart/report\b|message/(?:global-)?(?:delivery-status|disposition-notification)\b"
    r"|message/feedback-report\b|application/tlsrpt",
    re.IGNORECASE,
)
_NETEASE = re.compile(r"^postmaster@(?:[\w-]+\.)*(?:163|126|yeah|188|netease)\.(?:com|net)$")
REPORTERS = ("mailer-daemon", "postmaster")  # the local parts that servers report under
_QQ = re.compile(r"^(?:postmaster|mailer-daemon)@(?:[\w-]+\.)*(?:qq|foxmail)\.com$")
_QQ_BODY = re.compile(r"邮件被退回|无法发送到|退信原因")

_ADDRESS = r"<?[ \t]{0,3}([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
_ANY_ADDRESS = re.compile(_ADDRESS)
# Bounded: two open-ended runs of white space side by side cost the square of a hostile run.
_RECIPIENTS = (
    re.compile(
        rf"^(?:Final|Original)-Recipient\s*:\s*(?:rfc822|smtp)\s*;\s*{_ADDRESS}", re.I | re.M
    ),
    re.compile(rf"无法发送到[\s:：]{{0,9}}{_ADDRESS}"),
    re.compile(rf"收件人(?:地址)?[\s:：]{{0,9}}{_ADDRESS}"),
    re.compile(rf"RCPT\s+TO\s*:\s*{_ADDRESS}", re.I),
    re.compile(
        rf"^[ \t]*{_ADDRESS}[ \t]{{0,9}}>?[ \t]{{0,9}}(?:\([^)\n]{{0,99}}\))?\s{{0,9}}:", re.M
    ),
    re.compile(rf"^[ \t]*{_ADDRESS}[ \t]{{0,9}}>?[ \t]*$", re.M),
)
_STATUS = re.compile(r"(?:^Status\s*:\s*|\b5\d\d[ -]#?|\()([245]\.\d{1,3}\.\d{1,3})\b", re.I | re.M)
_ACTION = re.compile(r"^Action\s*:\s*(\w+)", re.I | re.M)
# The mailbox is not there (RFC 3463 3.2), whatever the number says; NetEase's and QQ's words.
_NO_MAILBOX = re.compile(
    r"invalid (?:user|recipient|mailbox)|user suspended|(?:user|mailbox|recipient|account)\b"
    r"[^\n]{0,40}\b(?:unknown|not found|does(?:n't| not) exist|unavailable|disabled|not known)"
    r"|(?:unknown|no such) (?:user|recipient|mailbox|address)|unavailable mail user"
    r"|用户不存在|帐号不存在|账号不存在|地址不存在|该用户未开通|收件人(?:邮件)?地址[^\n]{0,10}不存在",
    re.I,
)
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_MESSAGE_ID = re.compile(r"^(?:Message-ID|X-OQ-MSGID)\s*:\s*(<[^<>\s]{1,250}>)", re.I | re.M)
_LIMIT = 200_000
_MOST_IDS = 20
_PART_LIMIT = 32_768
_TOLD_IN = ("message/delivery-status", "text/rfc822-headers", "message/rfc822")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail did not arrive.

    `permanent` says that the address itself is no good (5.1.1, Invalid User): a full mailbox or
    a mail judged spam is not that. `recipient` is lower case, "" when none is named;
    `message_id` is that of the mail that failed, "" when not stated.
    """

    permanent: bool
    recipient: str
    message_id: str = ""
    status: str = ""  # RFC 3463, "5.1.1"
    # Every mail that is named: QQ sends ours under another Message-ID than we gave it.
    message_ids: tuple[str, ...] = field(default=(), compare=False)


def parse_bounce(message: Message, attachments_text: str = "") -> Bounce | None:
    """What a bounce says, or None where the mail names neither recipient nor mail that failed.

    Meant for mails that `classify_automail` filed as group 1; `attachments_text` is the text of
    the parts message/delivery-status and message/rfc822 (or text/rfc822-headers), which the
    splitter takes out. Pure, never raises.
    """
    report = f"{attachments_text[:_LIMIT]}\n\n{message.text[:_LIMIT]}"
    if not message.text:
        report += re.sub(r"<[^>@]{0,2000}>", "\n", message.html[:_LIMIT])
    recipient = _recipient(message, report)
    named = tuple(dict.fromkeys(_original_ids(message, report)))
    message_id = next(iter(named), "")
    if not recipient and not message_id:
        return None
    statuses = [match[1] for match in _STATUS.finditer(report)]
    status = next((found for found in statuses if found.startswith("5")), "")
    delayed = (match := _ACTION.search(report)) is not None and match[1].lower() == "delayed"
    gone = any(found in _GONE for found in statuses) or _NO_MAILBOX.search(report) is not None
    return Bounce(
        permanent=bool(recipient) and gone and not delayed,
        recipient=recipient,
        message_id=message_id,
        message_ids=named,
        status=status or next(iter(statuses), ""),
    )


def read_bounce(message: Message) -> Bounce | None:
    """`parse_bounce` with the report and the returned headers read from the attachments."""
    texts = []
    for attachment in message.attachments:
        if attachment.declared_type in _TOLD_IN:
            with Path(attachment.blob.path).open("rb") as file:
                texts.append(file.read(_PART_LIMIT).decode("utf-8", "replace"))
    return parse_bounce(message, "\n\n".join(texts))


def _recipient(message: Message, report: str) -> str:
    for value in message.header_values("X-Failed-Recipients"):
        if match := re.match(rf"\s*{_ADDRESS}", value):
            return match[1].lower()
    for pattern in _RECIPIENTS:
        if match := pattern.search(report):
            return match[1].lower()
    # Prose: the first address in it that is not the reporting server's own.
    named = (match[1].lower() for match in _ANY_ADDRESS.finditer(message.text[:_LIMIT]))
    sender = message.sender.address.lower()
    return next((a for a in named if a != sender and not a.startswith("postmaster@")), "")


def _original_ids(message: Message, report: str) -> Iterator[str]:
    for value in message.header_values("X-CM-Original-Message-ID"):
        if value.strip():
            yield value.strip()
    for match in islice(_MESSAGE_ID.finditer(report), _MOST_IDS):
        yield match[1]
    yield from filter(None, (message.in_reply_to, *message.references[:_MOST_IDS]))


def _shown(name: str, value: str) -> str:
    return f"{name}: {value}"


def _delivery_report(message: Message) -> str | None:
    """A report of any type (RFC 6522): delivery, disposition, abuse (RFC 5965), TLS (RFC 8460).

    A gateway may leave a part of one alone at the top: a bare message/delivery-status.
    """
    for value in message.header_values("Content-Type"):
        if _REPORT.match(value.strip()):
            return _shown("Content-Type", value)
    return None


def _failed_recipients(message: Message) -> str | None:
    values = message.header_values("X-Failed-Recipients")
    return _shown("X-Failed-Recipients", values[0]) if values else None


def _netease_bounce(message: Message) -> str | None:
    if values := message.header_values("X-CM-Original-Message-ID"):
        return _shown("X-CM-Original-Message-ID", values[0])
    for value in message.header_values("X-Mailer"):
        if "coremail mta server" in value.casefold():
            return _shown("X-Mailer", value)
    sender, subject = message.sender.address.lower(), message.subject
    known = sender.startswith("postmaster@") and "系统退信" in subject
    if known or (_NETEASE.match(sender) and "退信" in subject):
        return f"From: {sender}; Subject: {subject}"
    return None


def _qq_bounce(message: Message) -> str | None:
    sender, subject = message.sender.address.lower(), message.subject
    if _QQ.match(sender) and ("退信" in subject or _QQ_BODY.search(message.text or message.html)):
        return f"From: {sender}; Subject: {subject}"
    return None


# (code, what finds its evidence), in the order they are asked.
BOUNCE_CLASSES: tuple[tuple[str, Callable[[Message], str | None]], ...] = (
    ("delivery_report", _delivery_report),
    ("failed_recipients", _failed_recipients),
    ("netease_bounce", _netease_bounce),
    ("qq_bounce", _qq_bounce),
)
