"""Attachment names: the sender's, made safe, or made from content."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make.mime import encoded_word, raw_octets, split_words
from PIL import Image

from mailbot.formats.names import Namer, safe_name
from mailbot.inbox.parting.headers import decode_value, parse_part_headers

NAME = "朱镕基喆演练照片1.jpg"


def _names(*lines: str) -> tuple[str, ...]:
    block = "".join(f"{line}\r\n" for line in lines)
    return parse_part_headers(block.encode("utf-8", "surrogateescape")).names


@pytest.mark.parametrize(
    "value",
    [
        f'filename="{encoded_word(NAME, "GB2312")}"',
        f"filename={encoded_word(NAME, 'gbk')}",
        f'filename="{encoded_word(NAME, "gb18030", "Q")}"',
        f'filename="{split_words(NAME, "GB2312", 5)}"',
        f'filename="{split_words(NAME, "utf-8", 4, " ")}"',
        f'filename="{raw_octets(NAME.encode("gb18030"))}"',
        f"filename={raw_octets(NAME.encode('utf-8'))}",
        "filename*=utf-8''%E6%9C%B1%E9%95%95%E5%9F%BA%E5%96%86%E6%BC%94%E7%BB%83%E7%85%A7%E7%89%871.jpg",
        "filename*=\"utf-8''%E6%9C%B1%E9%95%95%E5%9F%BA%E5%96%86%E6%BC%94%E7%BB%83%E7%85%A7%E7%89%871.jpg\"",
        "filename*0*=utf-8''%E6%9C%B1%E9%95;\r\n filename*1*=%95%E5%9F%BA%E5%96%86%E6%BC%94;\r\n"
        " filename*2*=%E7%BB%83%E7%85%A7%E7%89%871;\r\n filename*3=.jpg",
        "filename*=GB2312''%D6%EC%E9F%BB%F9%86%B4%D1%DD%C1%B7%D5%D5%C6%AC1.jpg",
        'filename="%E6%9C%B1%E9%95%95%E5%9F%BA%E5%96%86%E6%BC%94%E7%BB%83%E7%85%A7%E7%89%871.jpg"',
    ],
)
def test_a_chinese_name_is_read_however_it_is_written(value: str) -> None:
    assert _names(f"Content-Disposition: attachment; {value}") == (NAME,)


def test_an_encoded_word_cut_into_continuations_is_joined_first() -> None:
    word = encoded_word(NAME, "GB2312")
    value = f'filename*0="{word[:20]}";\r\n filename*1="{word[20:]}"'
    assert _names(f"Content-Disposition: attachment; {value}") == (NAME,)


def test_filename_star_comes_before_filename_and_filename_before_name() -> None:
    names = _names(
        'Content-Type: image/jpeg; name="c.jpg"',
        "Content-Disposition: attachment; filename=b.jpg; filename*=utf-8''a.jpg",
    )
    assert names == ("a.jpg", "c.jpg")
    names = _names("Content-Type: image/jpeg; name*=utf-8''d.jpg; name=e.jpg")
    assert names == ("d.jpg",)


def test_the_backslash_inside_a_gbk_character_escapes_nothing() -> None:
    name = b"\xd1\xdd\x94\x5c".decode("gbk")  # and a quote follows the backslash
    octets = raw_octets(b"\xd1\xdd\x94\x5c")
    assert _names(f'Content-Disposition: attachment; filename="{octets}"; size=1') == (name,)


def test_base64_cut_between_two_words_is_joined_before_decoding() -> None:
    word = encoded_word(NAME, "GBK")
    payload = word.removeprefix("=?GBK?B?").removesuffix("?=")
    cut = f"=?GBK?B?{payload[:10]}?= =?GBK?B?{payload[10:]}?="
    assert decode_value(cut) == NAME


def test_text_between_encoded_words_stays() -> None:
    value = f"Re: {encoded_word('演练', 'GBK')} {encoded_word('方案', 'utf-8')} (2)"
    assert decode_value(value) == "Re: 演练方案 (2)"


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("..\\..\\windows\\system32\\演练.doc", "演练.doc"),
        ("../../etc/passwd", "passwd"),
        ("C:\\TEMP\\nsmail.png", "nsmail.png"),
        ("演练\u202egpj.exe", "演练gpj.exe"),
        ("演\x00练\x1b[31m.doc\x7f", "演练[31m.doc"),
        ("方案.doc. . ", "方案.doc"),
        ("方案\r\n\t.doc", "方案 .doc"),
        ("照片\u3000一\u2028.jpg", "照片 一 .jpg"),
        ("...", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_what_misleads_is_taken_out_of_names(raw: str, safe: str) -> None:
    assert safe_name(raw) == safe


def test_a_long_name_is_shortened_and_keeps_its_extension() -> None:
    ascii_name = safe_name("a" * 300 + ".tar.gz")
    assert len(ascii_name) == 240
    assert ascii_name.endswith("a.tar.gz")
    chinese = safe_name("演练" * 200 + ".xlsx")
    assert chinese.endswith(("练.xlsx", "演.xlsx"))
    assert len(chinese.encode()) <= 240
    assert len(safe_name("a" * 50 + "." + "b" * 200)) == 240


def test_a_name_that_a_disk_can_hold_is_not_shortened() -> None:
    name = "金水区" * 25 + ".docx"
    assert safe_name(name) == name
    assert safe_name("a" * 236 + ".doc") == "a" * 236 + ".doc"


@given(st.text(max_size=400))
def test_a_safe_name_is_always_a_single_harmless_file_name(raw: str) -> None:
    name = safe_name(raw)
    assert len(name.encode()) <= 240
    assert "/" not in name
    assert "\\" not in name
    assert name not in {".", ".."}
    assert not name.endswith((".", " "))
    assert not {unicodedata.category(char) for char in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert safe_name(name) == name


def test_a_nameless_part_is_named_from_its_content() -> None:
    namer = Namer()
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    jpeg = picture.getvalue()
    assert namer.name((), jpeg, "application/octet-stream") == "附件1.jpg"
    assert namer.name(("..",), b"%PDF-1.4", "application/octet-stream") == "附件2.pdf"
    assert namer.name((), b"?", "application/x-strange") == "附件3.dat"
    assert namer.name((), b"From: a@example.test", "message/rfc822") == "邮件.eml"
    assert namer.name((), b"From: b@example.test", "message/rfc822") == "邮件2.eml"
    assert namer.name((), b"", "message/delivery-status") == "details.txt"
    assert namer.name(("表.xlsx",), jpeg, "text/plain") == "表.xlsx"
