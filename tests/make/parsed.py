"""A `Message` from raw octets by the stdlib alone, to test what reads messages by itself."""

import email
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

from mailbot.model import Attachment, Blob, MailAddress, Message

_RECIPIENTS = ("to", "cc", "resent-to", "resent-cc", "resent-bcc", "delivered-to")


def _decoded(value: object) -> str:
    unfolded = str(value).replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError):
        return unfolded


def parsed(raw: bytes) -> Message:
    """Headers, first text and HTML part, and types of the other leaves; no attachment is kept."""
    mail = email.message_from_bytes(raw)
    headers = tuple((name, _decoded(value)) for name, value in mail.items())

    def values(*names: str) -> list[str]:
        return [value for name, value in headers if name.lower() in names]

    def address(name: str) -> MailAddress | None:
        pairs = [pair for pair in getaddresses(values(name)) if pair[1]]
        return MailAddress(pairs[0][0], pairs[0][1].lower()) if pairs else None

    bodies = {"text/plain": "", "text/html": ""}
    attachments: list[Attachment] = []
    for part in mail.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            if kind.startswith("message/"):
                attachments.append(Attachment("x", Blob("", 0, Path("x")), "1", kind))
        elif bodies.get(kind) == "":
            payload = part.get_payload(decode=True)
            octets = payload if isinstance(payload, bytes) else b""
            bodies[kind] = octets.decode("utf-8", "replace")
        else:
            attachments.append(Attachment("x", Blob("", 0, Path("x")), "1", kind))
    paths = values("return-path")
    return Message(
        message_id="".join(values("message-id")[:1]).strip(),
        subject="".join(values("subject")[:1]),
        sender=address("from") or MailAddress(),
        reply_to=address("reply-to"),
        return_path=paths[0].strip().strip("<>").strip() if paths else None,
        recipients=tuple(pair[1].lower() for pair in getaddresses(values(*_RECIPIENTS))),
        in_reply_to="".join(values("in-reply-to")[:1]).strip(),
        headers=headers,
        text=bodies["text/plain"],
        html=bodies["text/html"],
        attachments=tuple(attachments),
    )
