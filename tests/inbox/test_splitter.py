"""The push splitter: leaves, body text, skeleton, defects, caps."""

import email
import hashlib
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest
from make.mails import MAILERS, Draft
from make.mime import File, base64_lines, entity, multipart, text_part, uuencoded
from make.splitting import split

from mailbot.files import BlobStore
from mailbot.inbox.parting import leaves, skeleton, splitter
from mailbot.inbox.parting.splitter import Skeleton, Splitter, split_file

PHOTO = bytes(range(256)) * 40
FILES = (File("演练照片.jpg", PHOTO, "image/jpeg"), File("统计表.xlsx", b"PK\3\4" + PHOTO[:999]))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "files")


def _contents(result: Skeleton) -> list[tuple[str, bytes]]:
    return [(each.name, Path(each.blob.path).read_bytes()) for each in result.attachments]


def _leaves(raw: bytes) -> list[Message]:
    return [part for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]


@pytest.mark.parametrize("mailer", MAILERS)
@pytest.mark.parametrize("chunk", [1, 7, 64, 4096])
def test_every_mailers_attachments_come_out_whole(
    mailer: str, chunk: int, blobs: BlobStore
) -> None:
    raw = MAILERS[mailer](Draft(files=FILES))
    result = split(raw, blobs, chunk)
    assert _contents(result) == [(file.name, file.data) for file in FILES]
    assert result.sha256 == hashlib.sha256(raw).hexdigest()
    assert result.size == len(raw)
    assert result.defects == ()


@pytest.mark.parametrize("mailer", MAILERS)
def test_the_skeleton_is_the_mail_with_empty_attachments(mailer: str, blobs: BlobStore) -> None:
    raw = MAILERS[mailer](Draft(files=FILES))
    before, after = _leaves(raw), _leaves(split(raw, blobs).raw)
    assert [part.get_content_type() for part in after] == [
        part.get_content_type() for part in before
    ]
    for old, new in zip(before, after, strict=True):
        wanted = b"" if old.get_filename() else old.get_payload(decode=True)
        assert new.get_payload(decode=True) == wanted


def test_a_leaf_with_neither_name_nor_disposition_is_an_attachment(blobs: BlobStore) -> None:
    pdf = entity(
        [("Content-Type", "application/pdf"), ("Content-Transfer-Encoding", "base64")],
        base64_lines(b"%PDF-1.4 plan"),
    )
    raw = entity(
        [("Content-Type", "multipart/mixed; boundary=b")],
        multipart("b", text_part("您好", "utf-8", "8bit"), pdf),
    )
    (attachment,) = split(raw, blobs).attachments
    assert (attachment.name, attachment.part) == ("附件1.pdf", "2")
    assert (attachment.declared_type, attachment.disposition) == ("application/pdf", "")


def test_a_mail_that_is_one_picture_is_an_attachment(blobs: BlobStore) -> None:
    headers = [
        ("Subject", "x"),
        ("Content-Type", "image/jpeg"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    result = split(entity(headers, base64_lines(b"\xff\xd8\xff\xe0" + PHOTO)), blobs)
    assert _contents(result) == [("附件1.jpg", b"\xff\xd8\xff\xe0" + PHOTO)]
    assert result.attachments[0].part == "1"


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_an_attached_mail_is_stored_whole_and_not_merged(encoding: str, blobs: BlobStore) -> None:
    inner = MAILERS["foxmail"](Draft(subject="inner", files=FILES))
    body = inner if encoding == "7bit" else base64_lines(inner)
    part = entity(
        [("Content-Type", "message/rfc822"), ("Content-Transfer-Encoding", encoding)], body
    )
    raw = entity([("Content-Type", "multipart/mixed; boundary=outer")], multipart("outer", part))
    result = split(raw, blobs)
    assert _contents(result) == [("邮件.eml", inner)]
    inside = split_file(Path(result.attachments[0].blob.path), blobs)
    assert [name for name, _ in _contents(inside)] == [file.name for file in FILES]


def test_text_offered_as_a_file_is_no_body(blobs: BlobStore) -> None:
    offered = text_part("as a file", "us-ascii", "7bit").replace(
        b"\r\n\r\n", b"\r\nContent-Disposition: attachment\r\n\r\n", 1
    )
    named = text_part("named", "us-ascii", "7bit").replace(
        b"\r\n\r\n", b'\r\nContent-Disposition: inline; filename="a.txt"\r\n\r\n', 1
    )
    inline = text_part("shown", "us-ascii", "7bit")
    raw = entity(
        [("Content-Type", "multipart/mixed; boundary=b")], multipart("b", offered, named, inline)
    )
    result = split(raw, blobs)
    assert _contents(result) == [("附件1.txt", b"as a file"), ("a.txt", b"named")]
    bodies = [part.get_payload(decode=True) for part in _leaves(result.raw)]
    assert bodies == [b"", b"", b"shown"]


def test_a_delivery_status_is_a_leaf(blobs: BlobStore) -> None:
    status = entity([("Content-Type", "message/delivery-status")], b"Reporting-MTA: dns; x\r\n\r\n")
    raw = entity([("Content-Type", "multipart/report; boundary=b")], multipart("b", status))
    assert [name for name, _ in _contents(split(raw, blobs))] == ["details.txt"]


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\n"])
def test_any_line_ending_will_do(newline: bytes, blobs: BlobStore) -> None:
    raw = MAILERS["outlook"](Draft(files=FILES)).replace(b"\r\n", newline)
    assert _contents(split(raw, blobs, 5)) == [(file.name, file.data) for file in FILES]


def test_a_mail_cut_off_in_an_attachment_is_truncated(blobs: BlobStore) -> None:
    raw = MAILERS["163"](Draft(files=FILES[:1]))
    cut = raw[: raw.index(b"image/jpeg") + 600]
    result = split(cut, blobs)
    assert "truncated" in result.defects
    ((name, data),) = _contents(result)
    assert name == FILES[0].name
    assert PHOTO.startswith(data)
    assert data


def test_base64_that_ends_within_a_group_is_noticed(blobs: BlobStore) -> None:
    part = entity(
        [("Content-Type", "image/png; name=a.png"), ("Content-Transfer-Encoding", "base64")],
        b"iVBORw0KG",
    )
    raw = entity([("Content-Type", "multipart/mixed; boundary=b")], multipart("b", part))
    result = split(raw, blobs)
    assert result.attachments[0].defects == ("transfer_encoding_cut",)
    assert result.defects == ("transfer_encoding_cut",)
    assert split(part, blobs).defects == ("transfer_encoding_cut", "truncated")


@pytest.mark.parametrize(
    "spelling", ["BASE64", "base64;", "base-64", " base64 (see RFC)", '"base64"', "Base 64"]
)
def test_transfer_encodings_are_known_by_any_spelling(spelling: str, blobs: BlobStore) -> None:
    headers = [("Content-Type", "image/png; name=a.png"), ("Content-Transfer-Encoding", spelling)]
    assert _contents(split(entity(headers, base64_lines(PHOTO)), blobs)) == [("a.png", PHOTO)]


def test_base64_goes_on_after_padding_but_not_into_a_footer(blobs: BlobStore) -> None:
    headers = [("Content-Type", "image/png; name=a.png"), ("Content-Transfer-Encoding", "base64")]
    joined = (
        base64_lines(b"first") + base64_lines(b"second piece") + b"-- \r\nSent by list\r\nAAAA\r\n"
    )
    assert _contents(split(entity(headers, joined), blobs)) == [("a.png", b"firstsecond piece")]


def test_a_uuencoded_part_is_decoded(blobs: BlobStore) -> None:
    headers = [
        ("Content-Type", "image/png; name=a.png"),
        ("Content-Transfer-Encoding", "x-uuencode"),
    ]
    assert _contents(split(entity(headers, uuencoded(b"b.png", PHOTO)), blobs)) == [
        ("a.png", PHOTO)
    ]


@pytest.mark.parametrize("announced", ["", "; boundary=other"])
def test_a_multipart_with_a_wrong_or_no_boundary_is_read_by_the_one_it_uses(
    announced: str, blobs: BlobStore
) -> None:
    photo = entity(
        [("Content-Type", "image/png; name=a.png"), ("Content-Transfer-Encoding", "base64")],
        base64_lines(PHOTO),
    )
    body = multipart("real", entity([("Content-Type", "text/plain")], b"hello"), photo)
    raw = entity([("Content-Type", f"multipart/mixed{announced}")], b"preamble\r\n" + body)
    result = split(raw, blobs, 3)
    assert _contents(result) == [("a.png", PHOTO)]
    assert result.defects == ("wrong_boundary",)
    assert [part.get_payload(decode=True) for part in _leaves(result.raw)] == [b"hello", b""]


def test_a_multipart_without_any_part_is_body_text(blobs: BlobStore) -> None:
    raw = entity([("Content-Type", "multipart/mixed; boundary=b")], "没有分段".encode())
    result = split(raw, blobs)
    assert result.defects == ("missing_boundary", "truncated")
    (body,) = _leaves(result.raw)
    assert body.get_payload(decode=True) == "没有分段".encode()


def test_parts_after_the_closing_boundary_are_not_lost(blobs: BlobStore) -> None:
    photo = entity(
        [("Content-Type", "image/png; name=a.png"), ("Content-Transfer-Encoding", "base64")],
        base64_lines(PHOTO),
    )
    text = entity([("Content-Type", "text/plain")], b"hello")
    raw = entity([("Content-Type", "multipart/mixed; boundary=b")], multipart("b", text))
    assert _contents(split(raw + multipart("b", photo), blobs)) == [("a.png", PHOTO)]


def test_a_field_folded_without_indentation_does_not_end_the_header(blobs: BlobStore) -> None:
    raw = MAILERS["qq"](Draft(files=FILES))
    bad = raw.replace(b"X-Priority: 3\r\n", b"X-Note: a\r\nfolded badly\r\nX-Priority: 3\r\n")
    result = split(bad, blobs)
    assert _contents(result) == [(file.name, file.data) for file in FILES]
    assert result.defects == ("missing_header_body_separator",)


@pytest.mark.parametrize(
    "before", [b"From - Mon Jul  3 09:30:00 2017\r\n", b"\r\n\r\n", b"\xef\xbb\xbf"]
)
def test_what_stands_before_the_first_field_is_skipped(before: bytes, blobs: BlobStore) -> None:
    raw = MAILERS["outlook"](Draft(files=FILES))
    assert len(split(before + raw, blobs).attachments) == len(FILES)


def test_nesting_beyond_the_cap_becomes_a_leaf_with_everything_in_it(blobs: BlobStore) -> None:
    raw = entity([("Content-Type", "image/png; name=deep.png")], b"deep inside")
    for level in range(splitter.MAX_DEPTH + 5):
        kind = f"multipart/mixed; boundary=b{level}"
        raw = entity([("Content-Type", kind)], multipart(f"b{level}", raw))
    result = split(raw, blobs)
    assert result.defects == ("nesting_too_deep",)
    ((name, data),) = _contents(result)
    assert name == "邮件.eml"
    assert b"deep inside" in data
    inside = split_file(Path(result.attachments[0].blob.path), blobs)
    assert _contents(inside) == [("deep.png", b"deep inside")]


def test_parts_beyond_the_cap_stay_together_in_one_leaf(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitter, "MAX_PARTS", 3)
    parts = [
        entity([("Content-Type", f"image/png; name={n}.png")], b"picture %d" % n) for n in range(6)
    ]
    raw = entity([("Content-Type", "multipart/mixed; boundary=b")], multipart("b", *parts))
    result = split(raw, blobs, 10)
    assert "too_many_parts" in result.defects
    names = [name for name, _ in _contents(result)]
    assert names == ["0.png", "1.png", "2.png", "邮件.eml"]
    rest = split_file(Path(result.attachments[-1].blob.path), blobs)
    assert _contents(rest) == [(f"{n}.png", b"picture %d" % n) for n in range(3, 6)]


def test_a_body_beyond_the_cap_is_kept_whole_as_an_attachment(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaves, "BODY_CAP", 100)
    text = b"a line of text\r\n" * 50
    result = split(entity([("Content-Type", "text/plain")], text), blobs, 33)
    assert result.defects == ("body_too_long",)
    assert _contents(result) == [("正文.txt", text)]
    (body,) = _leaves(result.raw)
    assert body.get_payload(decode=True) == text[:100]


def test_texts_the_skeleton_has_no_room_for_become_attachments(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skeleton, "MAX_SKELETON", 300)
    texts = [text_part(f"{n}" * 90, "us-ascii", "7bit") for n in range(4)]
    raw = entity([("Content-Type", "multipart/mixed; boundary=b")], multipart("b", *texts))
    result = split(raw, blobs)
    assert len(result.raw) <= 300
    assert result.defects == ("skeleton_too_long",)
    assert ("正文.txt", b"3" * 90) in _contents(result)


def test_an_aborted_splitter_leaves_no_unfinished_file(blobs: BlobStore) -> None:
    raw = MAILERS["foxmail"](Draft(files=FILES))
    pieces = Splitter(blobs)
    pieces.feed(raw[: raw.index(b"image/jpeg") + 900])
    pieces.abort()
    assert list((blobs.folder / "incoming").iterdir()) == []


def test_a_file_is_split_as_a_stream_is(blobs: BlobStore, tmp_path: Path) -> None:
    make: Callable[[Draft], bytes] = MAILERS["android"]
    raw = make(Draft(files=FILES))
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    assert split_file(path, blobs) == split(raw, blobs, 11)
