"""Headers and bodies of a mail, however they are written."""

from datetime import UTC, datetime
from pathlib import Path

import mailparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.examples import examples
from make.mails import MAILERS, OFFICE, UNIT, Draft
from make.mime import File, attachment, encoded_word, entity, multipart, raw_octets, text_part

from mailbot.files import BlobStore
from mailbot.formats.text.charsets import decode_text
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Splitter, split_file
from mailbot.model import MailAddress, Message

DATA = Path(__file__).resolve().parent.parent / "data" / "mail"
# name → (subject, From name, text, [attachment names], a defect that must be among those noted)
ODD = {
    "attached_mail_in_base64": ("", "", "材料见附件。", ["邮件.eml"], None),
    "bidi_override_in_name": ("", "", "材料见附件。", ["演练fdp.exe"], None),
    "body_gbk_labelled_latin1": ("", "", "演练材料见附件", [], None),
    "body_gbk_labelled_utf8": ("", "", "演练材料见附件", [], "charset_decode"),
    "body_gbk_without_charset": ("", "", "演练材料见附件", [], "charset_decode"),
    "body_in_hz": ("", "", "演练材料", [], None),
    "charset_unknown": ("", "", "演练材料", [], "charset_decode"),
    "closing_boundary_missing": ("", "", "材料见附件。", ["a.pdf"], "truncated"),
    "cut_off_in_base64": ("", "", "材料见附件。", ["a.pdf"], "truncated"),
    "date_unreadable": ("", "", "hello", [], "date_header"),
    "empty_message_id": ("", "", "hello", [], None),
    "field_folded_without_indentation": (
        "", "", "材料见附件。", ["a.pdf"], "missing_header_body_separator"
    ),
    "folders_in_name": ("", "", "材料见附件。", ["a.pdf"], None),
    "from_without_address": ("", "", "hello", [], "address_header"),
    "gbk_labelled_gb2312": (
        "镕喆演练材料", "金水区安监局", "朱镕基 喆", ["朱镕基喆演练.docx"], None
    ),
    "html_only": ("", "", "金水区 材料\n第二段\n第三段", [], None),
    "nameless_leaf": ("", "", "材料见附件。", ["附件1.pdf"], None),
    "no_boundary_announced": ("", "", "材料见附件。", ["a.pdf"], "wrong_boundary"),
    "parts_after_the_closing_boundary": ("", "", "材料见附件。", ["a.pdf"], None),
    "raw_8bit_gbk_headers": ("金水区演练材料", "金水区安监局", "", ["演练方案.pdf"], None),
    "raw_8bit_utf8_headers": ("金水区演练材料", "金水区安监局", "", ["演练方案.pdf"], None),
    "rfc2231_continuations": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "semicolons_between_recipients": ("", "", "hello", [], "address_header"),
    "uuencoded_in_text": ("", "", "材料如下\n\n请查收", ["演练方案.pdf"], None),
    "winmail_dat": ("", "", "材料见附件。", ["winmail.dat"], None),
    "words_split_in_mid_character": (
        "金水区应急演练材料", "金水区安监局", "", ["演练方案.pdf"], None
    ),
    "wrong_boundary": ("", "", "材料见附件。", ["a.pdf"], "wrong_boundary"),
    "appledouble": ("", "", "材料见附件。", ["a.pdf", "a.pdf"], None),
    "blank_before_colon": ("金水区演练材料", "", "材料见附件。", ["a.pdf"], None),
    "body_charset_only_in_html": ("", "", "演練材料見附件", [], None),
    "body_utf8_labelled_gbk": ("", "", "金水区安监局：镕喆𠮷材料见附件。", [], None),
    "control_characters_in_subject": ("金水区演练材料", "", "hello", [], None),
    "encoded_word_in_utf7": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "filename_lost_name_kept": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "flowed_text_breaks_sentences": (
        "", "", "郑州市金水区安监局报送。\n\n> 请报送\n-- \n张三", [], None
    ),
    "from_name_without_an_address_in_the_brackets": (
        "", "金水区安监局", "hello", [], "address_header"
    ),
    "name_percent_encoded_in_gbk": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "nameless_mail_in_octet_stream": ("", "", "材料见附件。", ["附件1.eml"], None),
    "one_part_of_a_mail_sent_in_parts": ("", "", "", ["邮件片段.eml"], "truncated"),
    "rfc2231_around_an_encoded_word": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "smime_enciphered": ("", "", "", ["smime.p7m"], None),
    "smime_signature_beside_the_mail": (
        "", "", "材料见附件。", ["a.pdf", "smime.p7s"], None
    ),
    "smime_signed_around_the_mail": ("", "", "", ["smime.p7m"], None),
    "smime_signed_in_indefinite_lengths": ("", "", "", ["smime.p7m"], None),
    "subject_cut_in_encoded_word": ("金水区演练材", "", "hello", [], None),
    "two_content_types": ("", "", "材料见附件。", ["a.pdf"], None),
    "uuencoded_in_html": ("", "", "材料见附件。", ["a.pdf"], None),
    "base64_that_no_header_declares": ("", "", "材料见附件。", ["a.jpg"], None),
    "boundary_with_a_comment_behind_it": ("", "", "材料见附件。", ["a.pdf"], None),
    "name_in_quoted_pieces": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "parameters_parted_by_commas_and_blanks": (
        "", "", "材料见附件。", ["a.pdf", "b.pdf"], None
    ),
    "picture_as_data_in_html": ("", "", "材料见附件。", ["附件1.jpg"], None),
    "rfc2231_value_in_a_plain_parameter": ("", "", "材料见附件。", ["演练方案.pdf"], None),
    "second_disposition_has_the_name": ("", "", "材料见附件。", ["a.pdf"], None),
    "yenc_in_text": ("", "", "材料见附件。", ["a.pdf"], None),
}  # fmt: skip


def _message(raw: bytes, tmp_path: Path) -> Message:
    pieces = Splitter(BlobStore(tmp_path))
    pieces.feed(raw)
    return parse_message(pieces.close())


def _with(tmp_path: Path, *headers: tuple[str, str], body: bytes = b"") -> Message:
    return _message(entity(headers, body), tmp_path)


@pytest.mark.parametrize("name", ODD)
def test_odd_mails_are_read(name: str, tmp_path: Path) -> None:
    message = parse_message(split_file(DATA / f"{name}.eml", BlobStore(tmp_path)))
    subject, sender, text, names, defect = ODD[name]
    assert message.subject == subject
    assert message.sender.name == sender
    assert message.text.strip() == text
    assert [each.name for each in message.attachments] == names
    assert defect is None or defect in message.defects


def test_a_character_torn_in_a_body_costs_only_that_character(tmp_path: Path) -> None:
    path = DATA / "body_utf8_torn_by_a_gateway.eml"
    text = parse_message(split_file(path, BlobStore(tmp_path))).text
    assert text.startswith("金水区演练材料见附件请查收")
    assert text.rstrip().endswith("金水区演练材料见附件请查收")


def test_every_odd_mail_is_tested() -> None:
    assert {path.stem for path in DATA.glob("*.eml")} == {*ODD, "body_utf8_torn_by_a_gateway"}


@pytest.mark.parametrize("mailer", MAILERS)
def test_every_mailers_words_are_read(mailer: str, tmp_path: Path) -> None:
    draft = Draft(
        subject="关于报送朱镕基喆应急演练材料的函（金水区）附统计表方案总结照片",
        text="金水区安监局：\n材料见附件。",
        files=[File("朱镕基喆演练照片1.jpg", b"\xff\xd8\xff", "image/jpeg")],
        message_id="<fixed@example.test>",
    )
    message = _message(MAILERS[mailer](draft), tmp_path)
    assert message.subject == draft.subject
    assert message.sender == MailAddress(draft.sender_name, UNIT)
    assert message.recipients == (OFFICE,)
    assert message.text.startswith(draft.text)
    assert message.date == datetime(2017, 7, 3, 1, 30, tzinfo=UTC)
    assert message.message_id == "<fixed@example.test>"
    assert [each.name for each in message.attachments] == [draft.files[0].name]
    assert message.defects == ()


def test_headers_are_all_there_in_order_unfolded_and_decoded(tmp_path: Path) -> None:
    message = _with(
        tmp_path,
        ("Received", "by a;\r\n\tMon"),
        ("X-Note", encoded_word("演练", "gbk")),
        ("received", "by b"),
        ("X-Raw", raw_octets("镕".encode("gbk") + "演练材料".encode("gbk"))),
    )
    assert message.headers == (
        ("Received", "by a;\tMon"),
        ("X-Note", "演练"),
        ("received", "by b"),
        ("X-Raw", "镕演练材料"),
    )
    assert message.header_values("RECEIVED") == ("by a;\tMon", "by b")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<a@example.test>", MailAddress("", "a@example.test")),
        ("A@Example.TEST (演练)", MailAddress("演练", "a@example.test")),
        ('"金水区, 安监局" <a@example.test>', MailAddress("金水区, 安监局", "a@example.test")),
        ("金水区@安监局 <a@example.test>", MailAddress("金水区@安监局", "a@example.test")),
        ("金水区 a@example.test", MailAddress("", "a@example.test")),
        ("", MailAddress()),
        ("<>", MailAddress()),
        (";;;", MailAddress()),
    ],
)
def test_from_is_read(raw: str, expected: MailAddress, tmp_path: Path) -> None:
    sender = _with(tmp_path, ("From", raw)).sender
    assert sender.address == expected.address
    assert sender.name == expected.name


def test_a_missing_return_path_is_no_null_one(tmp_path: Path) -> None:
    assert _with(tmp_path).return_path is None
    assert _with(tmp_path, ("Return-Path", "<>")).return_path == ""
    assert _with(tmp_path, ("Return-Path", "<A@example.test>")).return_path == "a@example.test"


def test_recipients_are_those_of_every_recipient_header(tmp_path: Path) -> None:
    message = _with(
        tmp_path,
        ("To", "One@example.test; 二 <two@example.test>;"),
        ("Cc", '"three, x" <three@example.test>, four@example.test'),
        ("Resent-To", "five@example.test"),
        ("Delivered-To", "six@example.test"),
        ("Bcc", "hidden@example.test"),
    )
    words = ("one", "two", "three", "four", "five", "six")
    assert message.recipients == tuple(f"{word}@example.test" for word in words)


def test_ids_are_gathered_with_their_brackets(tmp_path: Path) -> None:
    message = _with(
        tmp_path,
        ("Message-ID", "  bare@example.test "),
        ("In-Reply-To", "<a@x> (sent Monday)"),
        ("References", "<a@x>\r\n <b@x><c@x> <>"),
    )
    assert message.message_id == "<bare@example.test>"
    assert message.in_reply_to == "<a@x>"
    assert message.references == ("<a@x>", "<b@x>", "<c@x>")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Sat, 8 Jul 2017 10:20:30 +0800 (CST)", datetime(2017, 7, 8, 2, 20, 30, tzinfo=UTC)),
        ("Fri, 8 Jul 2017 10:20:30 +0800", datetime(2017, 7, 8, 2, 20, 30, tzinfo=UTC)),
        ("Sat, 08 Jul 2017 10:20:30 GMT+08:00", None),
        ("2017-07-08 10:20:30 +0800", datetime(2017, 7, 8, 2, 20, 30, tzinfo=UTC)),
        ("2017年7月8日 10:20 +0800", datetime(2017, 7, 8, 2, 20, tzinfo=UTC)),
        ("Sat, 32 Jul 2017 10:20:30 +0800", None),
        ("Sat, 8 Jul 99999999 10:20:30 +0800", None),
        ("\x00", None),
        ("", None),
    ],
)
def test_dates_are_read_or_none(raw: str, expected: datetime | None, tmp_path: Path) -> None:
    date = _with(tmp_path, ("Date", raw)).date
    if "GMT+" in raw:
        assert date is None or date.date() == datetime(2017, 7, 8, tzinfo=UTC).date()
    else:
        assert date == expected


def test_an_alternative_with_an_empty_plain_text_is_read_from_its_html(tmp_path: Path) -> None:
    plain, html = text_part(" \n", "gbk", "8bit"), text_part("<p>演练</p>", "gbk", "8bit", "html")
    raw = entity(
        [("Content-Type", "multipart/alternative; boundary=b")], multipart("b", plain, html)
    )
    message = _message(raw, tmp_path)
    assert (message.text, message.html) == ("演练", "<p>演练</p>")


def test_html_beside_the_alternative_is_not_left_out_of_the_text(tmp_path: Path) -> None:
    choice = entity(
        [("Content-Type", "multipart/alternative; boundary=i")],
        multipart(
            "i", text_part("一", "gbk", "8bit"), text_part("<b>一</b>", "gbk", "base64", "html")
        ),
    )
    more = text_part("<p>二</p>", "gbk", "base64", "html")
    raw = entity([("Content-Type", "multipart/mixed; boundary=o")], multipart("o", choice, more))
    assert _message(raw, tmp_path).text.split() == ["一", "二"]


def test_a_picture_the_html_shows_is_referenced(tmp_path: Path) -> None:
    files = [
        File("logo.png", b"\x89PNG", "image/png", content_id="Logo%1@x"),
        File("photo.png", b"\x89PNG\r", "image/png", content_id="photo@x"),
        File("other.png", b"\x89PNG\n", "image/png"),
    ]
    html = text_part('<img src="cid:logo%251@x"><img src=x>', "gbk", "base64", "html")
    parts = [html, *(attachment(file, file.name, "inline") for file in files)]
    raw = entity([("Content-Type", "multipart/related; boundary=b")], multipart("b", *parts))
    found = _message(raw, tmp_path).attachments
    assert [each.referenced for each in found] == [True, False, False]
    assert [each.content_id for each in found] == ["Logo%1@x", "photo@x", ""]


def test_links_in_the_body_are_found(tmp_path: Path) -> None:
    text = "视频：https://pan.baidu.com/s/1kVExample 提取码：ab12"
    (link,) = _message(text_part(text, "gbk", "base64"), tmp_path).links
    assert (link.provider, link.password) == ("baidu", "ab12")


def test_a_mail_that_mail_parser_cannot_read_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_raw: bytes) -> None:
        raise AttributeError("epilogue")

    monkeypatch.setattr(mailparser, "parse_from_bytes", fail)
    message = _message(MAILERS["foxmail"](Draft()), tmp_path)
    assert message.sender == MailAddress(Draft().sender_name, UNIT)
    assert message.subject == Draft().subject
    assert message.text == Draft().text
    assert message.date == datetime(2017, 7, 3, 1, 30, tzinfo=UTC)
    assert message.defects == ("mail_parser_failed",)


@pytest.mark.parametrize(
    "label",
    [
        "undefined",
        "base64",
        "idna",
        "unicode_escape",
        "rot13",
        "\0",
        "a" * 5000,
        "*",
        "''",
    ],
)
def test_no_label_makes_a_body_unreadable(label: str, tmp_path: Path) -> None:
    body = "演练材料报送".encode()
    message = _with(tmp_path, ("Content-Type", f'text/plain; charset="{label}"'), body=body)
    assert message.text == body.decode()


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb_2312-80", "x-gbk", "cp936", "EUC-CN"])
def test_every_name_of_a_gb_charset_means_gb18030(label: str) -> None:
    text = "朱镕基喆𠮷演练"
    assert decode_text(text.encode("gb18030"), label) == text
    assert text.encode("gb18030").decode(label) == text


@pytest.mark.parametrize("text", ["résumé.jpg", "Straße 3", "café"])
def test_single_high_octets_in_words_are_western(text: str) -> None:
    assert decode_text(text.encode("latin-1"), "") == text


@pytest.mark.parametrize("text", ["演练A组", "B区1号", "第3组照片a.jpg", "𠮷a1"])
def test_chinese_beside_ascii_stays_chinese(text: str) -> None:
    assert decode_text(text.encode("gb18030"), "") == text


@pytest.mark.parametrize("text", ["Die Hasen und die Frösche", "naïve café", "Ærø"])
def test_european_text_is_not_taken_for_chinese(text: str) -> None:
    assert decode_text(text.encode("latin-1"), "iso-8859-1") == text
    if text != "Ærø":
        assert decode_text(text.encode("utf-8"), "") == text


@pytest.mark.parametrize(
    "header",
    [
        ("From", "<" * 500_000),
        ("To", "a" * 1_000_000),
        ("To", "a@example.test, " * 60_000),
        ("Subject", "=?gbk?B?" * 120_000),
        ("Content-Type", "text/plain; " + "x*1*=y;" * 140_000),
        ("Date", "1 " * 500_000),
        ("References", "< " * 500_000),
        ("Message-ID", "<" + " " * 900_000),
    ],
    ids=lambda header: header[0],
)
def test_a_header_of_a_megabyte_is_survived(header: tuple[str, str], tmp_path: Path) -> None:
    message = _with(tmp_path, header, ("X-Last", "x"), body="正文".encode())
    assert message.text == "正文"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(120),
    deadline=None,
)
@given(data=st.data(), mailer=st.sampled_from(sorted(MAILERS)))
def test_no_mutation_raises(tmp_path: Path, data: st.DataObject, mailer: str) -> None:
    file = File("照片.jpg", b"\xff\xd8\xff", "image/jpeg", "x@y")
    raw = bytearray(MAILERS[mailer](Draft(files=[file])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))
    message = _message(bytes(raw), tmp_path)
    texts = (message.subject, message.text, message.html, message.sender.name, message.message_id)
    assert all(each.encode() is not None for each in texts)  # SQLite takes no lone surrogates
    assert all("/" not in each.name and each.name for each in message.attachments)
    assert message.date is None or message.date.tzinfo is not None


@pytest.mark.parametrize(
    ("label", "octets", "text"),
    [
        ("iso-2022-jp", b"\x1b$B-!-j1iK!\x1b(B x", "①㈱演法 x"),  # NEC row 13, JIS 2D21 and 2D6A
        ("", "演習報告".encode("iso2022_jp"), "演習報告"),
        ("ISO-2022-JP", "演習報告".encode("iso2022_jp"), "演習報告"),
        ("windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("x-windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("ibm-866", "Отчёт".encode("cp866"), "Отчёт"),
        ("win-1251", "Отчёт".encode("cp1251"), "Отчёт"),
        ("macintosh", "résumé".encode("mac_roman"), "résumé"),
        ("windows-31j", "①演習".encode("cp932"), "①演習"),
        ("utf8mb4", "演练".encode(), "演练"),
    ],
)
def test_charsets_that_the_stdlib_has_under_another_label(
    label: str, octets: bytes, text: str
) -> None:
    assert decode_text(octets, label) == text


@pytest.mark.parametrize("label", ["utf-8", "", "gb2312"])
@pytest.mark.parametrize("text", ["演练\ufffd方案材料", "\ufffd", "演\ufffd\ufffd练方案\ufffd"])
def test_a_replacement_character_in_valid_utf8_is_no_damage(label: str, text: str) -> None:
    if label != "gb2312" or text != "\ufffd":
        assert decode_text(text.encode(), label) == text


def test_colours_of_a_terminal_are_no_japanese() -> None:
    assert decode_text(b"\x1b[31mred\x1b[0m", "") == "\x1b[31mred\x1b[0m"


def test_a_raw_name_behind_an_escape_is_japanese(tmp_path: Path) -> None:
    name = "演習報告.docx".encode("iso2022_jp")
    path = tmp_path / "x.eml"
    path.write_bytes(
        b"From: a@example.com\r\nSubject: " + "演習".encode("iso2022_jp") + b"\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="' + name + b'"\r\n\r\nx\r\n'
    )
    message = parse_message(split_file(path, BlobStore(tmp_path / "blobs")))
    assert message.subject == "演習"
    assert [each.name for each in message.attachments] == ["演習報告.docx"]
