"""MHTML (RFC 2557): a page and its pictures as the parts of a mail; Word's 单个文件网页.

The stdlib's email package parts it.
"""

import re
from email import message_from_bytes
from email.message import Message
from pathlib import Path, PurePosixPath

from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.html.page import add_page
from mailbot.inspection.readers.pictures import is_picture
from mailbot.inspection.readers.plaintext import read_octets

# What Excel writes into the page of a sheet that is hidden.
_HIDDEN_SHEET = re.compile(rb"<x:Visible>\s*Sheet(?:Very)?Hidden", re.IGNORECASE)


def read_file(path: Path, limits: Limits) -> Document:
    """mht, mhtml: every page in order (Excel writes one a sheet; hidden ones are left out), then
    the pictures.

    Raises `Unreadable` truncated where no page is left of it.
    """
    draft = Draft(limits)
    parts = [
        part
        for part in message_from_bytes(read_octets(path, draft)).walk()
        if not part.is_multipart()
    ]
    pages = [part for part in parts if part.get_content_type() == "text/html"]
    if not pages:
        raise Unreadable("truncated", "no page in the archive")
    sheets = [
        _octets(part).decode("latin-1") for part in parts if part.get_content_type() == "text/css"
    ]
    for page in pages:
        if _HIDDEN_SHEET.search(_octets(page)):
            continue
        add_page(_octets(page), draft, page.get_content_charset() or "", sheets)
    for number, part in enumerate(parts, 1):
        data = _octets(part)
        if is_picture(data) and not draft.add_picture(_source(part, number), data):
            break
    return draft.finish()


def _octets(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _source(part: Message, number: int) -> str:
    location = str(part.get("Content-Location", "")).replace("\\", "/")
    return PurePosixPath(location).name or f"图{number}"
