"""Outlook's .msg files ([MS-OXMSG]): body, attachments, and messages attached in the same form.

olefile reads the container. The library that reads such messages whole, extract-msg, is GPL.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import olefile

from mailbot.formats.names import Namer
from mailbot.formats.text.charsets import decode_text
from mailbot.formats.text.html import render_html
from mailbot.formats.tnef import decompress_rtf
from mailbot.model import Fault, MailAddress, Message

MAX_STREAM = 512 << 20
_MAX_LEVELS = 8  # messages attached to messages attached …

# Property tags ([MS-OXPROPS]).
_SUBJECT, _BODY, _RTF, _HTML = 0x0037, 0x1000, 0x1009, 0x1013
_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS = 0x0C1A, 0x5D01, 0x0C1F
_MESSAGE_ID, _BODY_CODE_PAGE, _CODE_PAGE = 0x1035, 0x3FDE, 0x3FFD
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _CONTENT = 0x3707, 0x3704, 0x3001, 0x3701
_UNICODE, _STRING, _BINARY, _OBJECT, _INTEGER = 0x001F, 0x001E, 0x0102, 0x000D, 0x0003


@dataclass(frozen=True)
class Letter:
    """One Outlook message."""

    message: Message  # subject, sender, text, html; attachments stand below
    attachments: tuple[tuple[str, bytes], ...]  # name, octets; an RTF body is 正文.rtf
    letters: tuple[tuple[str, Letter], ...]  # attached messages: name, content
    faults: tuple[Fault, ...] = ()

    @property
    def sha256(self) -> str:
        """A hash for a letter that has no octets of its own."""
        digest = hashlib.sha256(f"{self.message.subject}\0{self.message.text}".encode())
        for _, octets in self.attachments:
            digest.update(hashlib.sha256(octets).digest())
        return digest.hexdigest()


def read_msg(path: Path) -> Letter:
    """The letter in a .msg; what cannot be read is left out and stands in `faults`.

    Raises OSError (olefile's word for a broken structure) where not even the directory is whole.
    """
    with olefile.OleFileIO(path) as compound:
        return _Reader(compound).letter((), 0)


class _Reader:
    def __init__(self, compound: olefile.OleFileIO) -> None:
        self._compound = compound
        self._faults: list[Fault] = []

    def letter(self, folder: tuple[str, ...], level: int) -> Letter:
        """The message in the given storage; the root is ()."""
        header = 32 if not folder else 24  # octets before the fixed properties (2.4.1)
        fixed = self._fixed(folder, header)
        # Text in PtypString8 is in the message's code page; Chinese Outlook often leaves it out.
        label = f"cp{fixed.get(_CODE_PAGE) or fixed.get(_BODY_CODE_PAGE) or 936}"

        def text(tag: int) -> str:
            return self._text(folder, tag, label)

        html = self._stream(folder, _HTML, _BINARY)
        page = decode_text(html, f"cp{fixed.get(_BODY_CODE_PAGE, 65001)}") or text(_HTML)
        plain = text(_BODY) or render_html(page)
        files: list[tuple[str, bytes]] = []
        letters: list[tuple[str, Letter]] = []
        if not plain.strip():
            rtf = decompress_rtf(self._stream(folder, _RTF, _BINARY))
            files += [("正文.rtf", rtf)] if rtf else []
        namer = Namer()
        for storage in self._attachment_storages(folder):
            said = [
                self._text(storage, tag, label) for tag in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME)
            ]
            inner = (*storage, f"__substg1.0_{_CONTENT:04X}{_OBJECT:04X}")
            if self._compound.exists([*inner, "__properties_version1.0"]):
                if level < _MAX_LEVELS:
                    name = namer.name([f"{said[2] or said[0]}.msg"], b"", "message/rfc822")
                    letters.append((name, self.letter(inner, level + 1)))
                else:
                    self._faults.append(Fault("limit", f"more than {_MAX_LEVELS} levels deep"))
            elif self._compound.exists([*storage, f"__substg1.0_{_CONTENT:04X}{_BINARY:04X}"]):
                octets = self._stream(storage, _CONTENT, _BINARY)
                files.append((namer.name(said, octets[:4096], "application/octet-stream"), octets))
        message = Message(
            message_id=text(_MESSAGE_ID).strip(),
            subject=text(_SUBJECT).strip(),
            sender=MailAddress(
                text(_SENDER_NAME).strip(),
                (text(_SENDER_SMTP) or text(_SENDER_ADDRESS)).strip().lower(),
            ),
            text=plain,
            html=page,
        )
        faults = tuple(dict.fromkeys(self._faults)) if level == 0 else ()
        return Letter(message, tuple(files), tuple(letters), faults)

    def _attachment_storages(self, folder: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        depth = len(folder)
        names = {
            entry[depth]
            for entry in self._compound.listdir(streams=True, storages=True)
            if tuple(entry[:depth]) == folder
            and len(entry) > depth
            and entry[depth].startswith("__attach_version1.0_")
        }
        for name in sorted(names):
            yield (*folder, name)

    def _fixed(self, folder: tuple[str, ...], header: int) -> dict[int, int]:
        """Integer properties, which have no stream of their own (2.4.2)."""
        octets = self._octets([*folder, "__properties_version1.0"])[header:]
        return {
            tag: value
            for kind, tag, _, value, _ in struct.iter_unpack(
                "<HHIiI", octets[: len(octets) // 16 * 16]
            )
            if kind == _INTEGER
        }

    def _text(self, folder: tuple[str, ...], tag: int, label: str) -> str:
        wide = self._stream(folder, tag, _UNICODE)
        text = decode_text(wide, "utf-16-le") if wide else ""
        return (text or decode_text(self._stream(folder, tag, _STRING), label)).rstrip("\0")

    def _stream(self, folder: tuple[str, ...], tag: int, kind: int) -> bytes:
        return self._octets([*folder, f"__substg1.0_{tag:04X}{kind:04X}"])

    def _octets(self, place: list[str]) -> bytes:
        """A stream's octets; empty where there is none, or its chain of sectors is broken."""
        try:
            if not self._compound.exists(place) or self._compound.get_size(place) > MAX_STREAM:
                return b""
            with self._compound.openstream(place) as stream:
                return bytes(stream.read())
        except (OSError, ValueError, IndexError, struct.error) as error:
            self._faults.append(Fault("corrupt", str(error)[:200]))
            return b""
