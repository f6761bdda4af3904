"""winmail.dat: what Outlook packs a mail into for other Outlooks (MS-OXTNEF, MS-OXRTFCP).

Written here because the libraries that read it are GPL or LGPL, and because it arrives from
outside: every length is checked against what is there, and reading stops at the first that lies.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.formats.names import Namer
from mailbot.formats.text.charsets import decode_text
from mailbot.formats.text.html import render_html
from mailbot.model import Message

MAX_SIZE = 128 << 20  # octets of one winmail.dat; servers end at about half of it
MAX_ATTACHMENTS = 1000

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACHMENT_LEVEL = 2
_REND_DATA, _TITLE, _DATA, _ATTACHMENT_PROPS = 0x9002, 0x8010, 0x800F, 0x9005
_MESSAGE_PROPS, _BODY_TEXT, _CODE_PAGE, _SUBJECT = 0x9003, 0x800C, 0x9007, 0x8004

_BODY, _BODY_HTML, _RTF_COMPRESSED, _SUBJECT_PROP = 0x1000, 0x1013, 0x1009, 0x0037
_DISPLAY_NAME, _FILE_NAME, _LONG_NAME, _CONTENT = 0x3001, 0x3704, 0x3707, 0x3701
_FIXED_SIZES = {
    0x0002: 2,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 2,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_STRING, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_MULTIPLE = 0x1000
# An attached message: the object's octets after this interface id are a TNEF stream again.
_MESSAGE_IID = struct.pack("<I", 0x00020307)

_RTF_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)

_Properties = dict[int, tuple[int, bytes]]


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes = b""
    properties: _Properties = field(default_factory=dict)


def read_tnef(path: Path) -> tuple[Message, list[tuple[str, bytes]]]:
    """The mail in a winmail.dat, and its files, the body first as 正文.txt, .html or .rtf.

    Never raises on what the file holds: what cannot be read is left out, and a stream that is
    cut off gives what stands before the cut.
    """
    with path.open("rb") as file:
        data = file.read(MAX_SIZE)
    code_page, body_text, subject = "cp936", b"", b""
    message: _Properties = {}
    files: list[_File] = []
    for level, attribute, value in _attributes(data):
        if level == _ATTACHMENT_LEVEL and attribute == _REND_DATA:
            if len(files) == MAX_ATTACHMENTS:
                break
            files.append(_File())
        elif level == _ATTACHMENT_LEVEL and files:
            if attribute == _TITLE:
                files[-1].title = value
            elif attribute == _DATA:
                files[-1].data = value
            elif attribute == _ATTACHMENT_PROPS:
                files[-1].properties = dict(_properties(value))
        elif attribute == _CODE_PAGE and len(value) >= 4:
            code_page = f"cp{int.from_bytes(value[:4], 'little')}"
        elif attribute == _BODY_TEXT:
            body_text = value
        elif attribute == _SUBJECT:
            subject = value
        elif attribute == _MESSAGE_PROPS:
            message = dict(_properties(value))
    body = _body(message, body_text, code_page)
    plain, html = _texts(message, body_text, code_page)
    mail = Message(
        subject=_text(message, _SUBJECT_PROP, code_page).strip()
        or decode_text(subject.rstrip(b"\0"), code_page).strip(),
        text=plain or render_html(html),
        html=html,
    )
    namer = Namer()
    return mail, [*body, *(_member(file, code_page, namer) for file in files)]


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, id, value) of each attribute, as far as the lengths hold."""
    if not data.startswith(_SIGNATURE):
        return
    position = 6
    while position + 9 <= len(data):
        level, name, size = struct.unpack_from("<BII", data, position)
        position += 9
        if level not in (1, 2) or position + size > len(data):
            return
        yield level, name & 0xFFFF, data[position : position + size]
        position += size + 2  # and its checksum, which senders get wrong


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(id, (type, first value)) of each MAPI property, as far as the lengths hold."""
    try:
        (count,) = struct.unpack_from("<I", data)
        position = 4
        for _ in range(min(count, len(data) // 4)):
            kind, name = struct.unpack_from("<HH", data, position)
            position += 4
            if name >= 0x8000:
                position = _skip_property_name(data, position)
            value, position = _value(data, position, kind)
            yield name, (kind & ~_MULTIPLE, value)
    except (struct.error, ValueError):
        return


def _skip_property_name(data: bytes, position: int) -> int:
    (by_name,) = struct.unpack_from("<I", data, position + 16)
    (number,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + (_padded(number) if by_name else 0)


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """The first value of a property and where the next property begins."""
    size = _FIXED_SIZES.get(kind & ~_MULTIPLE)
    is_variable = size is None
    count = 1
    if kind & _MULTIPLE or is_variable:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    if size is not None:
        value = data[position : position + size]
        return value, _within(data, position + _padded(size * count))
    if kind & ~_MULTIPLE not in (_STRING, _UNICODE, _OBJECT, _BINARY):
        raise ValueError("unknown property type")
    first = b""
    for index in range(count):
        (length,) = struct.unpack_from("<I", data, position)
        end = _within(data, position + 4 + length)
        if index == 0:
            first = data[position + 4 : end]
        position += 4 + _padded(length)
    return first, position


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _within(data: bytes, end: int) -> int:
    if end > len(data):
        raise ValueError("length beyond the end")
    return end


def _text(properties: _Properties, name: int, code_page: str) -> str:
    kind, value = properties.get(name, (0, b""))
    text = decode_text(value, "utf-16-le" if kind == _UNICODE else code_page)
    return text.rstrip("\0")


def _member(file: _File, code_page: str, namer: Namer) -> tuple[str, bytes]:
    said = [_text(file.properties, name, code_page) for name in (_LONG_NAME, _FILE_NAME)]
    said.append(decode_text(file.title.rstrip(b"\0"), code_page))
    kind, value = file.properties.get(_CONTENT, (0, b""))
    data = file.data
    if kind == _OBJECT and value.startswith(_MESSAGE_IID):
        data = value[16:]
        title = _text(file.properties, _DISPLAY_NAME, code_page)
        said = [f"{title}.tnef"] if title else []
    elif not data:
        data = value[16:] if kind == _OBJECT else value
    return namer.name(said, data[:4096], "application/octet-stream"), data


def _texts(message: _Properties, text: bytes, code_page: str) -> tuple[str, str]:
    """The plain text and the HTML, as far as there are any."""
    plain = decode_text(text.rstrip(b"\0"), code_page) or _text(message, _BODY, code_page)
    return plain, decode_text(message.get(_BODY_HTML, (0, b""))[1].rstrip(b"\0"), "")


def _body(message: _Properties, text: bytes, code_page: str) -> list[tuple[str, bytes]]:
    """The body in its plainest form that is not empty."""
    plain, _ = _texts(message, text, code_page)
    if plain.strip():
        return [("正文.txt", plain.encode())]
    html = message.get(_BODY_HTML, (0, b""))[1].rstrip(b"\0")
    if html.strip():
        return [("正文.html", html)]
    rtf = decompress_rtf(message.get(_RTF_COMPRESSED, (0, b""))[1])
    return [("正文.rtf", rtf)] if rtf else []


def decompress_rtf(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP 2.2) in the clear; b"" when it is none."""
    if len(data) < 16:
        return b""
    _, raw_size, kind, _ = struct.unpack_from("<II4sI", data)
    if kind == b"MELA":
        return data[16 : 16 + raw_size]
    if kind != b"LZFu" or raw_size > MAX_SIZE:
        return b""
    window = bytearray(_RTF_DICTIONARY.ljust(4096, b"\0"))
    write = len(_RTF_DICTIONARY)
    out = bytearray()
    position = 16
    while position < len(data) and len(out) < raw_size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data) or len(out) >= raw_size:
                break
            if not flags >> bit & 1:
                run = data[position : position + 1]
                position += 1
            else:
                token = int.from_bytes(data[position : position + 2], "big")
                position += 2
                offset, length = token >> 4, (token & 15) + 2
                if offset == write % 4096:
                    return bytes(out)
                run = b""
                for step in range(length):  # may run into what it writes itself
                    octet = window[(offset + step) % 4096]
                    window[(write + step) % 4096] = octet
                    run += bytes([octet])
            for octet in run:
                window[write % 4096] = octet
                write += 1
            out += run
    return bytes(out)
