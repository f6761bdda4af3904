"""The splitter under load and attack: bounded memory, any chunks, no exception."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.examples import examples
from make.mails import MAILERS, Draft
from make.mime import File, base64_lines, entity
from make.splitting import split

from mailbot.files import BlobStore
from mailbot.inbox.parting.splitter import Splitter

PHOTO = bytes(range(256)) * 2


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "files")


def test_memory_does_not_grow_with_the_mail(blobs: BlobStore) -> None:
    head = entity(
        [("Content-Type", "multipart/mixed; boundary=b")],
        b"--b\r\nContent-Type: video/mp4; name=a.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    )
    chunk = base64_lines(bytes(57 * 4000))
    pieces = Splitter(blobs)
    tracemalloc.start()
    try:
        pieces.feed(head)
        for _ in range(70 * (1 << 20) // len(chunk)):
            pieces.feed(chunk)
        pieces.feed(b"--b--\r\n")
        result = pieces.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.size > 69 << 20
    assert result.attachments[0].blob.size > 50 << 20
    assert peak < 8 << 20


@pytest.mark.parametrize(
    "filler",
    [b"x" * 4096, b"--" * 2048, b"x: " + b"y" * 4093, b"=" * 4096, b"\r\n--b-" * 683, b"\r" * 4096],
    ids=["no line end", "dashes", "one field", "padding", "near boundaries", "carriage returns"],
)
@pytest.mark.parametrize("place", ["header", "part header", "base64", "quoted-printable", "text"])
def test_hostile_octets_cost_no_memory(filler: bytes, place: str, blobs: BlobStore) -> None:
    start = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    if place == "header":
        start = b""
    elif place != "part header":
        kind = "text/plain" if place == "text" else "image/png"
        start += entity([("Content-Type", kind), ("Content-Transfer-Encoding", place)])
    pieces = Splitter(blobs)
    tracemalloc.start()
    try:
        pieces.feed(start)
        for _ in range(12):
            pieces.feed(filler * 64)
        result = pieces.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.size == len(start) + 12 * 64 * len(filler)
    assert peak < 20 << 20


PIECES = [
    b"--b", b"--b--", b"--c", b"\r\n", b"\n", b"\r", b" ", b"-", b"=", b"QUJD", b"=E4", b"text",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: multipart/mixed; boundary=c\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: image/png; name*=utf-8''%E4%BD%A0.png\r\n", b"begin 644 a.jpg\n", b"#86)C\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Transfer-Encoding: uue\r\n",
    b"`\nend\n", b"\xd1\xdd", b"\xff", b"\0", b"Subject: =?gbk?B?0d0=?=\r\n", b"From \n",
    b"\r\n\r\n",
]  # fmt: skip
OCTETS = st.sampled_from(PIECES)
MANY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(120),
    deadline=None,
)


@MANY
@given(
    pieces=st.lists(st.one_of(OCTETS, st.binary(max_size=6)), max_size=40),
    chunk=st.integers(1, 12),
)
def test_chunking_never_matters_and_nothing_raises(
    blobs: BlobStore, pieces: list[bytes], chunk: int
) -> None:
    raw = b"".join(pieces)
    assert split(raw, blobs, chunk) == split(raw, blobs)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(60),
    deadline=None,
)
@given(data=st.data(), mailer=st.sampled_from(sorted(MAILERS)), chunk=st.integers(1, 200))
def test_a_mutated_mail_splits_the_same_in_any_chunks(
    blobs: BlobStore, data: st.DataObject, mailer: str, chunk: int
) -> None:
    raw = bytearray(MAILERS[mailer](Draft(files=(File("照片.jpg", PHOTO[:300]),))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    assert split(bytes(raw), blobs, chunk) == split(bytes(raw), blobs)
