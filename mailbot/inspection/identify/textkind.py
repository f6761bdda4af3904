"""Which kind of text a text file is: told by its first words, by its name only at the end."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:")  # RFC 5322 3.6.8: printable ASCII but the colon
_KNOWN_HEADERS = {
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "reply-to",
    "sender",
    "x-mailer",
}
_OF_SENT_MAIL = {"to", "cc", "bcc", "received", "return-path", "delivered-to", "message-id"}
_PREFIXES = (
    ("{\\rtf", "rtf"),
    ("begin:vcalendar", "ics"),
    ("begin:vcard", "vcf"),
    ("-----begin pkcs7", "p7s"),
    ("-----begin pgp", "pgp"),
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|table|title|style|script|div|p|font|span|center)\b"
)


def text_format(head: bytes, suffix: str, declared_type: str) -> str:
    """rtf ics vcf p7s pgp svg html mht fodt spreadsheetml wordml eml csv txt, or "" for no text."""
    text = _decoded(head)
    # Servers and virus scanners put NUL octets into real mail; no header's name has any.
    headers = (head.decode("latin-1") if text is None else text).replace("\0", "")
    if text is None:  # a mail may carry raw binary (yEnc) behind its headers
        return "eml" if _is_headed(_header_fields(headers)) else ""
    start = text.lstrip().lower()
    for prefix, format_ in _PREFIXES:
        if start.startswith(prefix):
            return format_
    if start.startswith("<"):
        return _markup_format(start)
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not is_wide:
        # Any text can be a damaged mail: where the sender says so, his word is enough.
        if suffix == ".eml" or declared_type == "message/rfc822":
            return "eml"
        fields = _header_fields(headers)
        if _is_web_archive(text, fields, suffix):
            return "mht"
        if _is_headed(fields):
            return "eml"
    if suffix in (".csv", ".tsv") or declared_type in ("text/csv", "text/tab-separated-values"):
        return "csv"
    if suffix in (".htm", ".html") or declared_type == "text/html":
        return "html"
    return "txt"


def _decoded(head: bytes) -> str | None:
    """`head` as text (8-bit octets as Latin-1, only ASCII is asked); None if it is binary."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    controls = sum(head.count(octet) for octet in _CONTROLS)
    # A few stray NULs occur in real mail; programs and pictures are full of control octets.
    if controls * 100 > len(head):
        return None
    return head.decode("latin-1")


_CONTROLS = [bytes([octet]) for octet in range(32) if octet not in b"\t\n\r\x0b\x0c\x1b\x08\x1a"]


def _markup_format(start: str) -> str:
    """What begins with "<": `start` is stripped and lower case."""
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<workbook" in start:
        return "spreadsheetml"
    if "schemas.microsoft.com/office/word/2003/wordml" in start:
        return "wordml"
    if "<office:document " in start and "urn:oasis:names:tc:opendocument" in start:
        return "fodt"
    if re.search(r"<svg[\s>]", start[:4096]) and not _HTML.search(start[: start.index("<svg")]):
        return "svg"
    return "html" if _HTML.search(start) else "txt"


def _is_web_archive(text: str, fields: set[str], suffix: str) -> bool:
    """A page with its pictures in one file (MHTML, RFC 2557), as Word and browsers save it.

    It has a mail's headers (`From: <Saved by Blink>`) and parts, but was sent to nobody.
    """
    if fields & _OF_SENT_MAIL or "content-type" not in fields:
        return False
    return suffix in (".mht", ".mhtml") or (
        "mime-version" in fields and "\ncontent-location:" in text.lower()
    )


def _is_headed(fields: set[str]) -> bool:
    return len(fields & _KNOWN_HEADERS) >= 2


def _header_fields(text: str) -> set[str]:
    """Names of the mail headers `text` starts with, an mbox `From ` line before them allowed.

    None where the first lines are something else.
    """
    fields: set[str] = set()
    for number, line in enumerate(text.splitlines()[:200]):
        if not line.strip():
            if fields:
                break
        elif not (line[0] in " \t" and fields) and not (
            number == 0 and line.startswith(("From ", ">From "))
        ):
            found = _HEADER.match(line)
            if not found:
                return set()
            fields.add(found[1].lower())
    return fields
