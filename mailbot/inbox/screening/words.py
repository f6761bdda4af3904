"""Adding up the words of a robot: for mails whose headers say nothing.

A mail that brings something is never silenced by its words alone: whoever sends a file again
may well write 自动回复 above it. What the signs say together with what else is known (it answers a
mail of ours, within minutes) decides; each mail has one class, the one with the most weight.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from mailbot.inbox.screening.cues import CUES, ENOUGH, Class
from mailbot.model import Attachment, Message

SUBJECT_PREFIX = re.compile(
    r"^(?:\s|[\[【「“\"](?=\s*(?:系统)?(?:自动|退信|未读|已读))|(?:re|aw|sv|答复|回复)\s*[:：])*",
    re.IGNORECASE,
)
QUOTE_STARTS = re.compile(
    r"^[ \t]*(?:>|-{2,}[ \t]*(?:原始邮件|转发邮件|original message|forwarded)|发件人\s*[:：]"
    r"|(?:on\b.{4,120}\bwrote:|在.{4,120}写道[:：]?)[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_BODY_LIMIT = 4_000  # a robot says at once what it is
_FORWARDED = re.compile(r"^\s*(?:fw|fwd|转发)\s*[:：]", re.IGNORECASE)

# What else speaks for a program, beside words that do: weights on the same scale.
_ANSWERS_OURS = 30
_AT_ONCE = 40
_AT_ONCE_WITHIN = timedelta(seconds=90)

# What reports and mail programs add; none of it is sent as material.
_NO_MATERIAL = re.compile(
    r"^(?:message/(?:delivery-status|disposition-notification|feedback-report|global-.*)"
    r"|text/(?:rfc822-headers|calendar|x-vcard|vcard|directory)"
    r"|application/(?:pkcs7-signature|x-pkcs7-signature|pgp-signature|ics))$"
)
_RETURNED = re.compile(r"^(?:message/rfc822|text/plain)$")
_LOGO_OCTETS = 12_000  # a picture smaller than this is part of a signature


def brings_something(message: Message, *, returned: bool = False) -> bool:
    """Whether the mail has a link, or a file that its sender may have meant to send.

    `returned`: mails and texts attached to it are those of a report on our own mail.
    """
    return bool(message.links) or any(
        _may_be_meant(one, returned=returned) for one in message.attachments
    )


def _may_be_meant(attachment: Attachment, *, returned: bool) -> bool:
    kind = attachment.declared_type
    if attachment.referenced or _NO_MATERIAL.match(kind):
        return False
    if returned and _RETURNED.match(kind):
        return False
    return not (kind.startswith("image/") and attachment.blob.size < _LOGO_OCTETS)


def class_of_words(
    message: Message, sent_at: Callable[[str], datetime | None] = lambda message_id: None
) -> tuple[Class, str] | None:
    """The class the words of this mail speak for, and the words; None where they do not suffice.

    `sent_at` says when we sent the mail with this Message-ID, None where it is not ours. Pure.
    """
    subject = message.subject[:500]
    if _FORWARDED.match(subject):  # a person shows it to us
        return None
    bare = SUBJECT_PREFIX.sub("", subject)
    body = _own_part(message)
    texts = {"subject": bare, "body": body, "sender": message.sender.address}
    weights: dict[Class, int] = defaultdict(int)
    said: dict[Class, str] = {}
    for cue in CUES:
        found = cue.pattern.search(texts[cue.where])
        if found is None:
            continue
        weights[cue.means] += cue.weight
        name = {"subject": "Subject", "body": "body", "sender": "From"}[cue.where]
        words = " ".join(found[0].split()) or bare
        said.setdefault(cue.means, f"{name}: {words}")
    if not weights:
        return None
    best: Class = max(weights, key=lambda one: weights[one])
    weight = weights[best] + _circumstances(message, sent_at)
    if weight < ENOUGH or brings_something(message, returned=best == "bounce_words"):
        return None
    return best, said[best]


def _own_part(message: Message) -> str:
    body = message.text or re.sub(r"<[^<>]{0,2000}>", "\n", message.html[: 4 * _BODY_LIMIT])
    quote = QUOTE_STARTS.search(body)
    return (body[: quote.start()] if quote else body)[:_BODY_LIMIT]


def _circumstances(message: Message, sent_at: Callable[[str], datetime | None]) -> int:
    """What its place in our correspondence adds."""
    for parent in dict.fromkeys((message.in_reply_to, *message.references)):
        when = sent_at(parent) if parent else None
        if when is not None:
            at_once = message.date is not None and (
                timedelta(0) <= message.date - when <= _AT_ONCE_WITHIN
            )
            return _ANSWERS_OURS + (_AT_ONCE if at_once else 0)
    return 0
