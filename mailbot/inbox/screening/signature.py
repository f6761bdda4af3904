"""What a DKIM signature covers, and by what it is known again.

The receiving server verifies signatures; what it states ("dkim=pass") says that the signed part is
the domain's, not that its author sent it to us, nor when: whoever has a signed mail can send it
again, with whatever the signature leaves open (RFC 6376 8.2, 8.6). No library that we have says
what a signature covers without verifying it, which needs the DNS.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from mailbot.model import Message

# Who, to whom, about what, when, and how the body is parted: with another Content-Type it says
# something else. QQ leaves that one open.
_NEEDED = frozenset({"from", "to", "subject", "date", "content-type"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature field.

    `domain`: d=, lower case; `is_whole`: it covers the body to its end and who, to whom, about
    what, when and how it is parted (from, to, subject, date, content-type); `signed_at`: t=, None
    where it is not said; `digest`: of b=, the same however it is folded.
    """

    domain: str
    is_whole: bool
    signed_at: datetime | None
    digest: str


def read_signatures(message: Message) -> Iterator[Signature]:
    """Every signature of the mail that can be read (RFC 6376 3.5); never raises, pure."""
    for value in message.header_values("DKIM-Signature"):
        tags = _read_tags(value)
        if tags and tags.get("d") and tags.get("b"):
            fields = {one.strip().lower() for one in tags.get("h", "").split(":")}
            yield Signature(
                domain=tags["d"].lower(),
                is_whole="l" not in tags and fields >= _NEEDED,
                signed_at=_moment(tags.get("t", "")),
                digest=_digest(tags["b"]),
            )


def _read_tags(value: str) -> dict[str, str]:
    """The tag list (RFC 6376 3.2); empty where a tag stands twice, which makes it invalid."""
    tags: dict[str, str] = {}
    for part in value.split(";"):
        name, equals, text = part.partition("=")
        name = name.strip()
        if name in tags:
            return {}
        if equals:
            tags[name] = _SPACE.sub("", text)
    return tags


def _digest(signature: str) -> str:
    try:
        octets = base64.b64decode(signature + "===")
    except (binascii.Error, ValueError):
        octets = signature.encode()
    return sha256(octets).hexdigest()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC) if text.isascii() else None
    except (ValueError, OverflowError, OSError):
        return None
