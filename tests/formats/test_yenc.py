"""Files in yEnc in a text. The encoder here follows yenc-draft 1.3; the samples' file has a CRC."""

import re
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.mime import entity

from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Splitter, split_file
from mailbot.model import Message

DATA = Path(__file__).resolve().parent.parent / "data" / "mail"
OCTETS = bytes(range(256)) * 3


def yencoded(name: bytes, octets: bytes, width: int = 128) -> bytes:
    """The draft's own algorithm: 42 is added, NUL, LF, CR and "=" are escaped with 64 more."""
    lines = [bytearray()]
    for octet in octets:
        if len(lines[-1]) >= width:
            lines.append(bytearray())
        shifted = (octet + 42) % 256
        escaped = shifted in b"\0\n\r="
        lines[-1] += b"=" + bytes(((shifted + 64) % 256,)) if escaped else bytes((shifted,))
    begin = b"=ybegin line=%d size=%d name=%s\r\n" % (width, len(octets), name)
    return begin + b"".join(b"%s\r\n" % line for line in lines) + b"=yend size=%d\r\n" % len(octets)


def _message(text: bytes, folder: Path, chunk: int = 9) -> Message:
    pieces = Splitter(BlobStore(folder))
    raw = entity([("Content-Type", "text/plain; charset=gb2312")], text)
    for at in range(0, len(raw), chunk):
        pieces.feed(raw[at : at + chunk])
    return parse_message(pieces.close())


def _files(message: Message) -> list[tuple[str, bytes]]:
    return [(each.name, Path(each.blob.path).read_bytes()) for each in message.attachments]


@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_files_in_a_text_become_attachments_and_leave_it(tmp_path: Path, chunk: int) -> None:
    first = yencoded("演练.jpg".encode("gbk"), OCTETS)
    second = yencoded(b"b c.doc", b"second", 64)
    text = "材料如下".encode("gbk") + b"\r\n" + first + "请查收".encode("gbk") + b"\r\n" + second
    message = _message(text, tmp_path, chunk)
    assert _files(message) == [("演练.jpg", OCTETS), ("b c.doc", b"second")]
    assert message.text.split() == ["材料如下", "请查收"]
    assert [each.defects for each in message.attachments] == [(), ()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(min_size=1, max_size=600), st.integers(1, 254))
def test_any_octets_come_back(tmp_path: Path, octets: bytes, width: int) -> None:
    assert _files(_message(yencoded(b"a.bin", octets, width), tmp_path, 50)) == [("a.bin", octets)]


def test_a_file_cut_off_says_so_and_keeps_the_text_behind_it(tmp_path: Path) -> None:
    whole = yencoded(b"a.bin", OCTETS)
    cut = whole[: whole.rindex(b"=yend")]
    message = _message(cut + b"Regards\r\n", tmp_path)
    assert _files(message) == [("a.bin", OCTETS)]
    assert message.attachments[0].defects == ("transfer_encoding_cut",)
    assert message.text.strip() == "Regards"


def test_a_file_of_another_size_than_it_says_is_cut(tmp_path: Path) -> None:
    lines = yencoded(b"a.bin", OCTETS).split(b"\r\n")
    message = _message(b"\r\n".join(lines[:2] + lines[3:]), tmp_path)
    assert message.attachments[0].defects == ("transfer_encoding_cut",)


@pytest.mark.parametrize(
    "text", ["=ybegin is a word", "a =ybegin line=128 size=3 name=x", "=yend size=3"]
)
def test_text_about_it_stays_text(tmp_path: Path, text: str) -> None:
    message = _message(text.encode(), tmp_path)
    assert message.attachments == ()
    assert message.text.strip() == text


@pytest.mark.samples
def test_the_sample_gives_the_octets_of_its_checksum(samples: Path, tmp_path: Path) -> None:
    path = samples / "public" / "eml" / "MimeKit__yenc_simple.msg.eml"
    message = parse_message(split_file(path, BlobStore(tmp_path)))
    stated = re.search(rb"=yend size=(\d+) crc32=([0-9a-f]+)", path.read_bytes())
    assert stated is not None
    ((_, octets),) = _files(message)
    assert (len(octets), zlib.crc32(octets)) == (int(stated[1]), int(stated[2], 16))
