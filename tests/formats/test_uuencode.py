"""uuencoded files in a text, and as a transfer encoding."""

import binascii
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from make.mime import entity, uuencoded

from mailbot.files import BlobStore
from mailbot.formats.transfer import decoder_for
from mailbot.formats.uuencode import decode_line
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Splitter
from mailbot.model import Message

PHOTO = bytes(range(256)) * 3


def _message(text: bytes, tmp_path: Path, chunk: int = 9, kind: str = "text/plain") -> Message:
    pieces = Splitter(BlobStore(tmp_path))
    raw = entity([("Content-Type", f"{kind}; charset=gb2312")], text)
    for at in range(0, len(raw), chunk):
        pieces.feed(raw[at : at + chunk])
    return parse_message(pieces.close())


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("chunk", [1, 7, 5000])
def test_files_in_a_text_become_attachments_and_leave_it(
    tmp_path: Path, newline: bytes, chunk: int
) -> None:
    first = uuencoded("演练.jpg".encode("gbk"), PHOTO, newline)
    second = uuencoded(b"b.doc", b"second", newline)
    before, after = "材料如下".encode("gbk") + newline, "请查收".encode("gbk") + newline
    message = _message(before + first + after + second, tmp_path, chunk)
    found = [(each.name, Path(each.blob.path).read_bytes()) for each in message.attachments]
    assert found == [("演练.jpg", PHOTO), ("b.doc", b"second")]
    assert [each.part for each in message.attachments] == ["1.uu1", "1.uu2"]
    assert message.text.split() == ["材料如下", "请查收"]


def test_a_file_without_an_end_is_cut_off(tmp_path: Path) -> None:
    whole = uuencoded(b"a.jpg", PHOTO)
    message = _message(whole[: len(whole) // 2].rpartition(b"\r\n")[0] + b"\r\n", tmp_path)
    (attachment,) = message.attachments
    assert attachment.defects == ("transfer_encoding_cut",)
    assert PHOTO.startswith(Path(attachment.blob.path).read_bytes())


def test_prose_that_says_begin_stays_text(tmp_path: Path) -> None:
    text = b"begin 644 words are no file\r\nthis line is prose, as anyone sees.\r\nend\r\n"
    message = _message(text, tmp_path)
    assert message.attachments == ()
    assert message.text == text.decode().replace("\r\n", "\n")


def test_files_in_html_are_found_too(tmp_path: Path) -> None:
    html = b"<p>words</p>\r\n" + uuencoded(b"a.jpg", PHOTO)
    message = _message(html, tmp_path, kind="text/html")
    assert [Path(each.blob.path).read_bytes() for each in message.attachments] == [PHOTO]
    assert message.text == "words"


@given(st.binary(min_size=1, max_size=45))
@example(b"\0\0\0\0")
def test_a_line_is_decoded_as_binascii_encodes_it(data: bytes) -> None:
    line = binascii.b2a_uu(data).rstrip(b"\n")
    assert decode_line(line) == data
    # Blanks lost at the end are made good for the last three octets; a letter alone is no line.
    bare = line.rstrip(b" ")
    lost = len(data) - (len(bare) - 1) * 3 // 4
    assert decode_line(bare) == (data if lost <= 3 else None)
    assert decode_line(line.replace(b" ", b"`")) == data


@pytest.mark.parametrize("line", [b"", b"hello there", b"\xd1\xdd", b"M", b'"ab' + b"c" * 70])
def test_what_is_no_data_line_is_none(line: bytes) -> None:
    assert decode_line(line) is None


def test_a_body_said_to_be_uuencoded_that_is_not_stays_as_it_is() -> None:
    decoder = decoder_for("uuencode")
    assert decoder.feed(b"no file\n") + decoder.finish() == b"no file\n"
