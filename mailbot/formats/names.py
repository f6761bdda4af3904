"""Names for attachments: what the sender called them, made safe; else what they are."""

import re
import unicodedata
from collections.abc import Sequence

# What any file system can store (ext4: 255 octets), with room for a number behind it.
MAX_OCTETS = 240
_MAX_EXTENSION = 16
_COMPOUND = re.compile(r"\.(?:tar\.[a-z0-9]{1,4}|part\d{1,3}\.rar|7z\.\d{3}|zip\.\d{3})$", re.I)

# Octets that say what a nameless part is: offset, octets, extension.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", ".jpg"),
    (0, b"\x89PNG\r\n\x1a\n", ".png"),
    (0, b"8BPS", ".psd"),
    (0, b"GIF8", ".gif"),
    (0, b"BM", ".bmp"),
    (0, b"II*\0", ".tif"),
    (0, b"MM\0*", ".tif"),
    (8, b"WEBP", ".webp"),
    (8, b"AVI ", ".avi"),
    (4, b"ftypheic", ".heic"),
    (4, b"ftypmif1", ".heic"),
    (4, b"ftypqt  ", ".mov"),
    (4, b"ftyp", ".mp4"),
    (0, b"\0\0\1\xba", ".mpg"),
    (0, b"\0\0\1\xb3", ".mpg"),
    (0, b"%PDF", ".pdf"),
    (0, b"Rar!\x1a\x07", ".rar"),
    (0, b"7z\xbc\xaf\x27\x1c", ".7z"),
    (0, b"\x1f\x8b", ".gz"),
    (0, b"{\\rtf", ".rtf"),
    (0, b"\x78\x9f\x3e\x22", ".tnef"),
    (0, b"BEGIN:VCALENDAR", ".ics"),
    (0, b"BEGIN:VCARD", ".vcf"),
)
_ZIP_MEMBERS = ((b"word/", ".docx"), (b"xl/", ".xlsx"), (b"ppt/", ".pptx"))
_MAIL_HEAD = re.compile(rb"(?:Return-Path|Received|Delivered-To|From|Message-ID):[ \t]", re.I)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint", ".ppt"))
_BY_TYPE = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/partial": ".eml",
    "message/external-body": ".txt",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
    "application/applefile": ".applefile",
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
}
_BASE = {
    "message/rfc822": "邮件",
    "message/global": "邮件",
    "message/partial": "邮件片段",
    "message/external-body": "外部附件",
    "message/delivery-status": "details",
    "message/disposition-notification": "details",
    "text/rfc822-headers": "headers",
    "application/ms-tnef": "winmail",
}

# What is left of characters that a program on the way could not write.
_LOST = re.compile(r"\?\?|\ufffd")

# Control and format characters (bidi, zero width), lone surrogates, line separators. Private use
# and unassigned ones stay: GBK has some, and names may be newer than this Python's table.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_name(raw: str) -> str:
    """A single file name without anything that misleads a person or a file system; may be "".

    Folders are cut off (`C:\\docs\\a.doc`, `../../a.doc`), control and format characters go
    (bidi overrides make `gpj.exe` look like `exe.jpg`), trailing dots and spaces go (Windows
    drops them), over-long names are shortened and keep their extension.
    """
    kept = (c for c in raw if c.isspace() or unicodedata.category(c) not in _UNWANTED)
    text = " ".join("".join(kept).split())  # folding, and blanks of every width
    text = unicodedata.normalize("NFC", text)
    last = next((part for part in reversed(re.split(r"[/\\]", text)) if part.strip(". ")), "")
    return _shortened(last.strip().rstrip(". ").strip())


class Namer:
    """Names the attachments of one mail; those made up are numbered."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def name(self, said: Sequence[str], head: bytes, content_type: str) -> str:
        """The sender's name if there is a usable one, else one made from content and type.

        `said` are the candidates in order; `head` is the start of the decoded content.
        """
        names = [name for raw in said if (name := safe_name(raw))]
        if names:
            # `filename="????.docx"` beside a `name` that was not lost on the way.
            return next((name for name in names if not _LOST.search(name)), names[0])
        base = _BASE.get(content_type, "")
        number = self._counts[base] = self._counts.get(base, 0) + 1
        if not base:
            return f"附件{number}{extension_of(head, content_type)}"
        return f"{base}{number if number > 1 else ''}{_BY_TYPE[content_type]}"


def extension_of(head: bytes, content_type: str) -> str:
    """The extension for octets by their magic, else by the declared type, else `.dat`."""
    for offset, magic, extension in _MAGIC:
        if head[offset:].startswith(magic):
            return extension
    if head.startswith(b"PK\3\4"):
        return next((ext for member, ext in _ZIP_MEMBERS if member in head), ".zip")
    if head.startswith(_OLE):
        wide = ((name.encode("utf-16-le"), ext) for name, ext in _OLE_STREAMS)
        return next((ext for name, ext in wide if name in head), ".doc")
    known = _BY_TYPE.get(content_type)
    if known:
        return known
    if _MAIL_HEAD.match(head):
        return ".eml"
    return ".txt" if content_type.startswith("text/") else ".dat"


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_OCTETS:
        return name
    match = _COMPOUND.search(name)
    dot = match.start() if match else name.rfind(".")
    stem, extension = (name[:dot], name[dot:]) if dot > 0 else (name, "")
    if len(extension) > _MAX_EXTENSION:
        stem, extension = name, ""
    room = MAX_OCTETS - len(extension.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return stem.rstrip(". ") + extension
