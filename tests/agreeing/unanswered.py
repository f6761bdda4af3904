"""Whether a mail brings and asks nothing, by the standard library's parser and nothing of ours.

`nothing_to_answer` is right of such a mail alone: no file that may be material, no cloud link, no
word of the notice's matter or of a unit, no enquiry.
"""

import csv
import email
import io
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from pathlib import PurePath

from PIL import Image

from mailbot.campaign.folder import shipped_rules

_MATTER = re.compile("演练|查询")
_CLOUD = re.compile(
    r"https?://(?:pan\.baidu|yun\.baidu|share\.weiyun|\w+\.aliyundrive|www\.alipan|cloud\.189"
    r"|\w+\.quark|(?:wx|exmail|mail)\.(?:mail\.)?qq\.com/(?:cgi-bin/)?ftn|mail\.163\.com/large"
    r"|\w+\.mail\.(?:163|126)\.com/filehub)",
    re.IGNORECASE,
)
_INLINE_FILE = re.compile(r"^(?:begin [0-7]{3} \S|=ybegin )", re.MULTILINE)
_PROGRAMS_OWN = re.compile(
    r"(?:application/(?:x-)?(?:pkcs7|pgp)-signature|application/ics|text/(?:calendar|x-?vcard))$"
)
# ContentInfo of a detached PKCS #7 signature (RFC 5652, 3: id-signedData), whatever its name.
_SIGNATURE = re.compile(
    rb"\x30(?:\x80|[\x81-\x84].{1,4})\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
)
_CLAIMING = frozenset(
    "jpg jpeg png psd heic tif tiff bmp webp gif mp4 mov mpg mpeg avi mts mkv wmv flv docx doc wps "
    "xlsx xls et pptx ppt ods odt rtf pdf ofd zip rar 7z tar gz".split()
)
_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"\x1f\x8b",
)
_FULL_SIZE = (1920, 1080)  # the notice's least for a photo


def earns_no_answer(raw: bytes) -> bool:
    """Whether nothing in the mail can be meant for the office's collection."""
    message = email.message_from_bytes(raw)
    parts = [part for part in message.walk() if not part.is_multipart()]
    files = [part for part in parts if _is_file(part)]
    names = [_name(part) for part in files]
    texts = [_text(part) for part in parts if part not in files]
    said = "\n".join((_header(message, "Subject"), *texts, *names))
    if _MATTER.search(said) or _CLOUD.search(said) or _INLINE_FILE.search(said):
        return False
    if any(unit in said for unit in _units()):
        return False
    return not any(
        _may_be_material(part, name, said) for part, name in zip(files, names, strict=True)
    )


def _units() -> Iterator[str]:
    with (shipped_rules() / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row["unit"]


def _is_file(part: Message) -> bool:
    told = part.get_content_disposition() == "attachment" or part.get_filename()
    return bool(told) or part.get_content_maintype() != "text"


def _name(part: Message) -> str:
    return str(make_header(decode_header(part.get_filename() or "")))


def _header(message: Message, name: str) -> str:
    return str(make_header(decode_header(message.get(name) or "")))


def _text(part: Message) -> str:
    return _decoded(_octets(part), part.get_content_charset() or "utf-8")


def _octets(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("gb18030", "replace")


def _may_be_material(part: Message, name: str, said: str) -> bool:
    data, suffix = _octets(part), PurePath(name).suffix[1:].lower()
    if _PROGRAMS_OWN.match(part.get_content_type()) or _SIGNATURE.match(data):
        return False
    mark = str(part.get("Content-ID", "")).strip("<> \t")
    if part.get_content_maintype() == "image" and mark and f"cid:{mark}" in said:
        return not _is_small(data)
    if suffix in _CLAIMING or data.startswith(_MAGIC):
        return True
    if part.get_content_maintype() in ("image", "video") and not _is_plain(data):
        return True
    if part.get_content_type() == "message/partial":
        return True
    return any(_MATTER.search(_decoded(data, one)) for one in ("utf-8", "gb18030", "utf-16"))


def _is_small(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return sorted(picture.size) < sorted(_FULL_SIZE)
    except OSError:
        return True  # what the text of a mail shows and no program draws


def _is_plain(data: bytes) -> bool:
    return not re.search(rb"[\x00-\x08\x0e-\x1f\x7f-\xff]", data)
