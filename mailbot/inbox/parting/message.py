"""A mail's skeleton to a `Message`: mail-parser reads it, what it is known to get wrong is mended.

mail-parser 4.8 gives the tree, the addresses, the date and the diagnostics. Read here instead:
- values of headers: raw 8-bit octets become U+FFFD there, words split in mid-character too;
- the charset of bodies: it falls back to UTF-8 only, and takes 7-bit codes (HZ, ISO-2022) for text;
- addresses it gives up on: `To: a; b;` (Outlook), a bare 8-bit display name.
"""

import email
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message as Tree
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

import mailparser

from mailbot.formats.text.charsets import decode_text
from mailbot.formats.text.flowed import unflow
from mailbot.formats.text.html import render_html
from mailbot.inbox.links.find import find_links
from mailbot.inbox.parting.headers import decode_value
from mailbot.inbox.parting.splitter import Skeleton
from mailbot.model import TRACE_FIELDS, Attachment, MailAddress, Message

# It logs what it cannot read, senders' raw headers included; its diagnostics say the same.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_RECIPIENTS = ("to", "cc", "resent-to", "resent-cc", "resent-bcc", "delivered-to")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_AROUND_ADDRESSES = re.compile(r"[\s<>()\[\],;:\"'\\]+")
_MANGLED = re.compile(r"\ufffd|\\udc[89a-f]")  # what mail-parser makes of raw octets
_ODD_ADDRESS = re.compile(_MANGLED.pattern + r"|^mailto:", re.IGNORECASE)
_EMPTY_ANGLES = re.compile(r"<\s*>\s*$")
_META_CHARSET = re.compile(
    rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE
)
_ANGLED = re.compile(r"<([^<>]*)>")
_CID = re.compile(r"""cid:([^"'\s>)]+)""", re.IGNORECASE)
_LOOSE_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T\s]*(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"\s*([+-]\d{2}:?\d{2}|Z)?"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def parse_message(skeleton: Skeleton) -> Message:
    """Everything a mail says of itself; never raises, and what was wrong stands in `defects`.

    Defects are the skeleton's and mail-parser's categories in the same spelling
    (`charset_decode address_header date_header close_boundary_not_found …`), or
    `mail_parser_failed`. `headers` leave out the Content-Transfer-Encoding.
    """
    parsed, defects = _parse(skeleton.raw)
    headers = tuple(
        (name, decode_value(str(raw)))
        for name, raw in parsed.tree.raw_items()
        if name.lower() != "content-transfer-encoding"  # the skeleton's, not the mail's
    )
    trace = tuple(
        (name, _BEYOND_ASCII.sub("\ufffd", str(raw)))
        for name, raw in parsed.tree.raw_items()
        if name.lower() in TRACE_FIELDS
    )
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    first = {name: found[0].strip() for name, found in values.items()}
    texts, htmls = _bodies(parsed.tree)
    text, html = "\n".join(texts), "\n".join(htmls)
    return Message(
        message_id=_message_id(first.get("message-id", "")),
        subject=first.get("subject", ""),
        sender=_author(parsed.sender, first),
        reply_to=_mailbox(parsed.reply_to, first.get("reply-to", "")),
        return_path=_return_path(first.get("return-path")),
        recipients=_recipients(values),
        date=parsed.date or _loose_date(first.get("date", "")[:200]),
        in_reply_to=_message_id(first.get("in-reply-to", "")),
        references=_message_ids(first.get("references", "")),
        headers=headers,
        trace=trace,
        text=text,
        html=html,
        attachments=_with_references(skeleton.attachments, html),
        links=find_links(html, text),
        defects=tuple(dict.fromkeys((*skeleton.defects, *defects))),
    )


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What mail-parser gives."""

    tree: Tree
    sender: list[tuple[str, str]]
    reply_to: list[tuple[str, str]]
    date: datetime | None


def _parse(raw: bytes) -> tuple[_Parsed, tuple[str, ...]]:
    try:
        mail = mailparser.parse_from_bytes(raw)
        parsed = _Parsed(mail.message, mail.from_, mail.reply_to, mail.date)
        # "CloseBoundaryNotFoundDefect" -> "close_boundary_not_found"
        codes = (
            _CAMEL.sub("_", name.removesuffix("Defect")).lower()
            for name in sorted(mail.defects_categories)
        )
        return parsed, tuple(codes)
    except Exception:  # noqa: BLE001 - it raises many things on malformed mail (AttributeError …)
        return _Parsed(email.message_from_bytes(raw), [], [], None), ("mail_parser_failed",)


def _bodies(tree: Tree) -> tuple[list[str], list[str]]:
    """The plain text (rendered where only HTML is) and the HTML of a part, in order."""
    if tree.is_multipart():
        found = [_bodies(part) for part in tree.get_payload() if isinstance(part, Tree)]
        htmls = [html for _, each in found for html in each]
        if tree.get_content_type() == "multipart/alternative":
            plain = [text for texts, each in found if not each for text in texts]
            if any(text.strip() for text in plain):
                return plain, htmls
        return [text for texts, _ in found for text in texts if text.strip()], htmls
    payload = tree.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return [], []
    is_html = tree.get_content_type() == "text/html"
    label = _parameter(tree, "charset") or (_charset_in_html(payload) if is_html else "")
    text = decode_text(payload, label).replace("\r\n", "\n").replace("\r", "\n")
    if is_html:
        return [render_html(text)], [text]
    if _parameter(tree, "format") == "flowed":
        text = unflow(text, delete_space=_parameter(tree, "delsp") == "yes")
    return [text], []


def _parameter(part: Tree, name: str) -> str:
    """A parameter of the Content-Type, lower case."""
    try:
        value = part.get_param(name, "")
    except (LookupError, UnicodeError, ValueError):
        return ""
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()


def _charset_in_html(payload: bytes) -> str:
    match = _META_CHARSET.search(payload, 0, 4096)
    return match[1].decode("ascii") if match else ""


def _author(parsed: list[tuple[str, str]], first: dict[str, str]) -> MailAddress:
    """From; where it names nobody, whoever sent the mail for him (RFC 5322 3.6.2)."""
    author = _mailbox(parsed, first.get("from", "")) or MailAddress()
    if "@" not in author.address and first.get("sender"):
        actual = _mailbox([], first["sender"])
        if actual is not None and "@" in actual.address:
            return actual
    return author


def _mailbox(parsed: list[tuple[str, str]], raw: str) -> MailAddress | None:
    """The first mailbox: mail-parser's where it is sound, else the plainest reading of the text."""
    for name, address in parsed:
        # Foxmail and QQ put encoded words in quotes, which mail-parser leaves as they stand.
        if "@" in address and not _ODD_ADDRESS.search(address) and not _MANGLED.search(name):
            return MailAddress(decode_value(name).strip(), _lower(address))
    angled = [match for match in _ANGLED.finditer(raw) if "@" in match[1]]
    if angled:
        name = raw[: angled[-1].start()].strip("\"'< \t")
        return MailAddress(name, (_addresses(angled[-1][1]) or [_lower(angled[-1][1].strip())])[0])
    if empty := _EMPTY_ANGLES.search(raw):
        return MailAddress(raw[: empty.start()].strip("\"' \t"))
    bare = _addresses(raw)
    if bare:
        return MailAddress("", bare[0])
    # "From: mailer-daemon": a local part alone is at least comparable.
    words = [word for word in _AROUND_ADDRESSES.split(raw) if word]
    return MailAddress("", words[0].lower()) if len(words) == 1 else None


def _lower(address: str) -> str:
    """In lower case; one that is not ASCII stays: U+212A (Kelvin) would become another's k."""
    return address.lower() if address.isascii() else address


def _addresses(raw: str) -> list[str]:
    """Every addr-spec in a value, wherever it stands."""
    words = (_lower(word.strip(".@")) for word in _AROUND_ADDRESSES.split(raw))
    return [word for word in words if word.count("@") == 1]


def _recipients(values: dict[str, list[str]]) -> tuple[str, ...]:
    # Every address that stands anywhere in them: the question asked is only "is ours among them",
    # and lists come with semicolons, stray quotes and without names.
    found = (
        address
        for name in _RECIPIENTS
        for value in values.get(name, [])
        for address in _addresses(value)
    )
    return tuple(dict.fromkeys(found))


def _return_path(raw: str | None) -> str | None:
    if raw is None:
        return None
    match = _ANGLED.search(raw)
    return (match[1] if match else raw).strip().lower()


def _message_id(raw: str) -> str:
    return next(iter(_message_ids(raw)), "")


def _message_ids(raw: str) -> tuple[str, ...]:
    """All ids with angle brackets; a bare one gets them, the empty `<>` counts as none."""
    ids = ("".join(match[1].split()) for match in _ANGLED.finditer(raw))
    found = [f"<{each}>" for each in ids if each]
    if not found and "<" not in raw:
        found = [f"<{word}>" for word in raw.split()[:1] if "@" in word]
    return tuple(dict.fromkeys(found))


def _loose_date(raw: str) -> datetime | None:
    """Dates that are not RFC 5322's: obsolete forms the stdlib knows, ISO, 2017年7月8日 10:20."""
    try:
        date = parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError, OverflowError):
        match = _LOOSE_DATE.search(raw)
        if match is None:
            return None
        year, month, day, hour, minute, second, zone = match.groups()
        try:
            date = datetime.fromisoformat(
                f"{year}-{month:>02}-{day:>02}T{hour:>02}:{minute}:{second or '00'}{zone or ''}"
            )
        except ValueError:
            return None
    try:
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _with_references(attachments: Iterable[Attachment], html: str) -> tuple[Attachment, ...]:
    shown = {unquote(cid).strip().lower() for cid in _CID.findall(html)}
    return tuple(
        replace(attachment, referenced=True)
        if attachment.content_id.lower() in shown
        else attachment
        for attachment in attachments
    )
