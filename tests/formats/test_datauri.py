"""Pictures that stand in HTML as data: addresses."""

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.media import photo
from make.mime import entity

from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Splitter
from mailbot.model import Message

PICTURE = photo(64, 48)
ADDRESS = b"data:image/jpeg;base64," + base64.b64encode(PICTURE)


def _message(html: bytes, folder: Path, chunk: int = 100) -> Message:
    pieces = Splitter(BlobStore(folder))
    raw = entity([("Content-Type", "text/html; charset=utf-8")], html)
    for at in range(0, len(raw), chunk):
        pieces.feed(raw[at : at + chunk])
    return parse_message(pieces.close())


def _pictures(message: Message) -> list[tuple[str, bytes]]:
    return [(each.name, Path(each.blob.path).read_bytes()) for each in message.attachments]


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_each_picture_becomes_an_attachment_that_the_html_shows(tmp_path: Path, chunk: int) -> None:
    html = b'<p>one</p><img src="' + ADDRESS + b"\"><p>two</p><img src='" + ADDRESS + b"'>three"
    message = _message(html, tmp_path, chunk)
    assert _pictures(message) == [("附件1.jpg", PICTURE), ("附件2.jpg", PICTURE)]
    assert [each.referenced for each in message.attachments] == [True, True]
    assert message.text.split() == ["one", "two", "three"]
    assert "base64" not in message.html


def test_folds_percent_signs_and_parameters_are_no_hindrance(tmp_path: Path) -> None:
    encoded = base64.encodebytes(PICTURE).replace(b"+", b"%2B").replace(b"\n", b"\r\n ")
    html = b'<img src="DATA:image/png;charset=utf-8;base64,' + encoded + b'">'
    assert [octets for _, octets in _pictures(_message(html, tmp_path))] == [PICTURE]


def test_a_picture_cut_off_says_so(tmp_path: Path) -> None:
    (picture,) = _message(b'<img src="' + ADDRESS[:-101], tmp_path).attachments
    assert picture.defects == ("transfer_encoding_cut",)


@pytest.mark.parametrize(
    "html", [b"data:image/jpeg,plain", b'<a href="data:text/html;base64,QUJD">', b"data: 5 kg"]
)
def test_other_data_addresses_and_words_stay(tmp_path: Path, html: bytes) -> None:
    message = _message(html, tmp_path)
    assert message.attachments == ()
    assert message.html.encode() == html


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(min_size=1, max_size=400), st.integers(1, 300))
def test_any_octets_come_back_in_any_chunks(tmp_path: Path, octets: bytes, chunk: int) -> None:
    html = b'<img src="data:image/gif;base64,' + base64.b64encode(octets) + b'">'
    assert [found for _, found in _pictures(_message(html, tmp_path, chunk))] == [octets]
