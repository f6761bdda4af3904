"""Builds the octets of an outgoing message: 7-bit clean, CRLF, every line below 998 octets.

NetEase offers neither 8BITMIME nor SMTPUTF8, so bodies and attachments are base64 and every
non-ASCII header is an RFC 2047 encoded word. The same input gives the same octets (G3).
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime

from mailbot.errors import PermanentFault
from mailbot.model import MailAddress
from mailbot.outbox.etiquette import is_usable_address
from mailbot.wording.phrases import clean

_POLICY = compat32.clone(linesep="\r\n", max_line_length=76)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "png": "image/png",
}


def clean_message_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Those that are msg-ids of printable ASCII (RFC 5322 3.6.4), each once, in order.

    They come from the other side's headers: whatever else stands there must not reach ours.
    """
    return tuple(dict.fromkeys(one for one in ids if _MESSAGE_ID.fullmatch(one)))


def build_message(
    *,
    to: MailAddress,
    from_: MailAddress,
    subject: str,
    text: str,
    html: str,
    date: datetime,
    message_id: str,
    extra: Iterable[tuple[str, str]],
    attachments: Iterable[tuple[str, bytes]] = (),
    pictures: Iterable[tuple[str, bytes]] = (),
) -> bytes:
    """One message as multipart/alternative, in multipart/mixed when files go with it.

    `pictures`: PNGs by the Content-ID that the HTML shows them by (`cid:progress@mailbot`).
    `extra` headers must be ASCII. Raises PermanentFault `address_unusable` for an address that
    cannot stand in a header, and ValueError for a Message-ID of ours that is none.
    """
    for address in (to.address, from_.address):
        if not is_usable_address(address):
            raise PermanentFault("address_unusable", f"cannot write to or from {address!a}")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!a}")
    boundary = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    root = _multipart("alternative", f"=_alt_{boundary}")
    root.attach(_text(text, "plain"))
    page = _text(html, "html")
    shown = [_picture(content_id, content) for content_id, content in pictures]
    if shown:  # RFC 2387: the page first, then what it shows
        page, only = _multipart("related", f"=_rel_{boundary}"), page
        for part in (only, *shown):
            page.attach(part)
    root.attach(page)
    files = [_file(name, content) for name, content in attachments]
    if files:
        body, root = root, _multipart("mixed", f"=_mix_{boundary}")
        for part in (body, *files):
            root.attach(part)
    headers: list[tuple[str, str | Header]] = [
        ("From", _mailbox("From", from_)),
        ("To", _mailbox("To", to)),
        ("Subject", _words("Subject", clean(subject, 240))),
        ("Date", format_datetime(date)),
        ("Message-ID", message_id),
        *extra,
        ("MIME-Version", "1.0"),
    ]
    message: Message[str, str | Header] = Message(policy=_POLICY)
    for header, value in headers:
        message[header] = value
    message["Content-Type"] = root["Content-Type"]
    message.set_payload(root.get_payload())
    return message.as_bytes()


def fresh_copy(raw: bytes, message_id: str, date: datetime) -> bytes:
    """A message that `build_message` made, as a new one: its own Message-ID and Date."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    for name, value in (("Message-ID", message_id), ("Date", format_datetime(date))):
        line = f"{name}: {value}".encode("ascii")
        head = re.sub(
            rf"^{name}:[^\r]*(?:\r\n[ \t][^\r]*)*".encode(), line, head, count=1, flags=re.M | re.I
        )
    return head + gap + body


def _multipart(subtype: str, boundary: str) -> Message:
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"'
    part.set_payload([])
    return part


def _text(text: str, subtype: str) -> Message:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    return _encoded(part, lines.encode("utf-8", "replace"))


def _file(name: str, content: bytes) -> Message:
    # RFC 2047 inside a quoted parameter, as Foxmail and QQ write it themselves: QQ shows the
    # name of RFC 2231 as tcmime.x.bin.
    safe = clean(name.replace("/", "_").replace("\\", "_").replace('"', "_"), 80) or "attachment"
    word = safe
    if not safe.isascii():
        word = f"=?utf-8?B?{base64.b64encode(safe.encode('utf-8', 'replace')).decode()}?="
    kind = _TYPES.get(safe.rpartition(".")[2].lower(), "application/octet-stream")
    part = Message(policy=_POLICY)
    part["Content-Type"] = f'{kind}; name="{word}"'
    part["Content-Disposition"] = f'attachment; filename="{word}"'
    return _encoded(part, content)


def _picture(content_id: str, content: bytes) -> Message:
    part = Message(policy=_POLICY)
    name = re.sub(r"[^A-Za-z0-9]", "_", content_id.partition("@")[0]) + ".png"
    part["Content-Type"] = f'image/png; name="{name}"'
    part["Content-Disposition"] = f'inline; filename="{name}"'
    part["Content-ID"] = f"<{content_id}>"
    return _encoded(part, content)


def _encoded(part: Message, content: bytes) -> Message:
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(content).decode("ascii"))
    return part


def _mailbox(header: str, mailbox: MailAddress) -> str | Header:
    name = clean(mailbox.name, 60)
    if not name or name.lower() == mailbox.address:
        return mailbox.address
    words = _words(header, name)
    if isinstance(words, Header):
        words.append(f"<{mailbox.address}>", "us-ascii")
        return words
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{mailbox.address}>'


def _words(header: str, text: str) -> str | Header:
    """RFC 2047 encoded words of at most 75 characters, split between characters."""
    return text if text.isascii() else Header(text, "utf-8", header_name=header)
