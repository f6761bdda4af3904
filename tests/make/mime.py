"""The pieces of MIME, right and wrong, to build mails of."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """An attachment to be sent."""

    name: str
    data: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""


def encoded_word(text: str, charset: str, encoding: str = "B") -> str:
    """One encoded word, however long (RFC 2047 allows 75 characters; Foxmail does not count)."""
    octets = text.encode("gb18030" if charset.lower().startswith("gb") else charset)
    if encoding == "B":
        return f"=?{charset}?B?{base64.b64encode(octets).decode()}?="
    quoted = "".join(
        chr(octet) if chr(octet).isalnum() and octet < 128 else f"={octet:02X}" for octet in octets
    )
    return f"=?{charset}?{encoding}?{quoted}?="


def split_words(text: str, charset: str, octets_each: int, fold: str = "\r\n ") -> str:
    """Encoded words cut every so many octets, in the middle of characters if it so happens."""
    octets = text.encode("gb18030" if charset.lower().startswith("gb") else charset)
    words = (
        f"=?{charset}?B?{base64.b64encode(octets[at : at + octets_each]).decode()}?="
        for at in range(0, len(octets), octets_each)
    )
    return fold.join(words)


def base64_lines(data: bytes, width: int = 76) -> bytes:
    """Base64 in lines."""
    encoded = base64.b64encode(data)
    lines = (encoded[at : at + width] for at in range(0, len(encoded), width))
    return b"".join(line + b"\r\n" for line in lines)


def uuencoded(name: bytes, data: bytes, newline: bytes = b"\r\n") -> bytes:
    """A file as `uuencode` prints it."""
    lines = (binascii.b2a_uu(data[at : at + 45]).rstrip() for at in range(0, len(data), 45))
    return newline.join([b"begin 644 " + name, *lines, b"`", b"end", b""])


def entity(headers: Iterable[tuple[str, str] | str], body: bytes = b"") -> bytes:
    """A header block and a body; octets in values as surrogate escapes."""
    lines = (line if isinstance(line, str) else f"{line[0]}: {line[1]}" for line in headers)
    block = "".join(f"{line}\r\n" for line in lines)
    return block.encode("utf-8", "surrogateescape") + b"\r\n" + body


def multipart(boundary: str, *parts: bytes, close: bool = True) -> bytes:
    """Parts between boundaries; without `close` the mail ends in the middle."""
    line = b"--" + boundary.encode()
    joined = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return joined + (line + b"--\r\n" if close else b"")


def raw_octets(octets: bytes) -> str:
    """Raw 8-bit octets for a header value of `entity`."""
    return octets.decode("utf-8", "surrogateescape")


def attachment(file: File, name: str, disposition: str = "attachment") -> bytes:
    """A base64 part; `name` as it shall stand in the headers, quotes and all."""
    headers = [
        ("Content-Type", f"{file.content_type};\r\n\tname={name}"),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"{disposition};\r\n\tfilename={name}"),
    ]
    if file.content_id:
        headers.append(("Content-ID", f"<{file.content_id}>"))
    return entity(headers, base64_lines(file.data))


def text_part(text: str, charset: str, encoding: str, subtype: str = "plain") -> bytes:
    """A body part: encoding base64, quoted-printable or 8bit."""
    codec = "gb18030" if charset.lower().startswith("gb") else charset
    octets = text.replace("\n", "\r\n").encode(codec)
    if encoding == "base64":
        octets = base64_lines(octets)
    elif encoding == "quoted-printable":
        octets = binascii.b2a_qp(octets, istext=True)
    headers = [
        ("Content-Type", f'text/{subtype};\r\n\tcharset="{charset}"'),
        ("Content-Transfer-Encoding", encoding),
    ]
    return entity(headers, octets)
