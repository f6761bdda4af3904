"""The guard in front of office packages, and compound files that are not what they seem."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make.documents import packed, paragraph, repacked, word_body, word_document, written

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.readers import zipguard
from mailbot.inspection.readers.content import Unreadable
from mailbot.inspection.readers.summary import parse_summary
from mailbot.inspection.readers.zipguard import Package

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"


def codes(folder: Path, data: bytes, format: str = "docx") -> list[str]:
    """The codes of the faults these octets end in."""
    return [fault.code for fault in read_document(written(folder, "f", data), format).faults]


def test_a_part_that_swells_is_a_bomb_before_it_is_unpacked(tmp_path: Path) -> None:
    padding = b"<w:p/>" * (4 * 1024 * 1024)
    bomb = word_document(paragraph("x"), {"word/footnotes.xml": padding})
    assert len(bomb) < 200_000
    assert codes(tmp_path, bomb) == ["bomb"]


def test_a_part_that_lies_about_its_size_is_stopped_by_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipguard, "MAX_XML_BYTES", 50_000)
    package = word_document(paragraph("x"), {"word/footnotes.xml": b"<a/>" * 25_000})
    size = struct.pack("<L", 100_000)
    assert package.count(size) == 2  # local and central header
    assert codes(tmp_path, package) == ["bomb"]
    assert codes(tmp_path, package.replace(size, struct.pack("<L", 10))) == ["corrupt"]


def test_too_many_entries_are_a_bomb(tmp_path: Path) -> None:
    parts = {f"word/media/{number}.png": b"" for number in range(2_001)}
    assert codes(tmp_path, word_document(paragraph("x"), parts)) == ["bomb"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    source = word_body(paragraph("&x;")).replace("UTF-8", encoding)
    source = source.replace("?>", '?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>', 1)
    package = repacked(word_document(""), {"word/document.xml": source.encode(encoding)})
    assert codes(tmp_path, package) == ["bomb"]


def test_macros_of_libreoffice_may_name_their_type(tmp_path: Path) -> None:
    macro = '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD" "library.dtd"><a/>'
    package = word_document(paragraph("x"), {"Basic/script-lc.xml": macro})
    assert codes(tmp_path, package) == []


def test_packages_cut_short_are_truncated_and_others_corrupt(tmp_path: Path) -> None:
    package = word_document(paragraph("演练" * 2_000))
    assert codes(tmp_path, package[: len(package) // 2]) == ["truncated"]
    start = package.index(b"word/document.xml") + 40
    damaged = package[:start] + bytes(20) + package[start + 20 :]
    assert codes(tmp_path, damaged) == ["corrupt"]
    assert codes(tmp_path, b"PK") == ["corrupt"]
    assert codes(tmp_path, packed({"a.txt": "x"})) == ["corrupt"]


def test_media_that_are_damaged_cost_themselves_only(tmp_path: Path) -> None:
    picture = (DATA / "picture.jpg").read_bytes()
    package = bytearray(word_document(paragraph("字"), {"word/media/image1.jpg": picture}))
    at = package.index(b"word/media/image1.jpg") + 60
    package[at : at + 8] = bytes(8)
    document = read_document(written(tmp_path, "f", bytes(package)), "docx")
    assert (document.text, document.pictures) == ("字", ())
    assert [fault.code for fault in document.faults] == ["corrupt"]


def test_names_with_backslashes_are_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(word_document(paragraph("字")))) as archive:
        parts = {n.replace("/", "\\"): archive.read(n) for n in archive.namelist()}
    assert read_document(written(tmp_path, "f", packed(parts)), "docx").text == "字"


def test_the_slim_package_holds_xml_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "f", word_document(paragraph("x"), {"word/media/a.png": b"x"}))
    with Package(path) as package:
        slim = zipfile.ZipFile(io.BytesIO(package.slim({"word/document.xml": b"<new/>"})))
    assert "word/media/a.png" not in slim.namelist()
    assert slim.read("word/document.xml") == b"<new/>"


def test_encrypted_packages_are_told(tmp_path: Path) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    parts: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": manifest,
    }
    assert codes(tmp_path, packed(parts), "odt") == ["encrypted"]
    package = bytearray(word_document(paragraph("x")))
    at = package.index(b"PK\x01\x02")
    package[at + 8] |= 1  # general purpose bit 0: encrypted (APPNOTE 4.4.4)
    with pytest.raises(Unreadable) as caught:
        Package(written(tmp_path, "f", bytes(package)))
    assert caught.value.fault.code == "encrypted"


@pytest.mark.parametrize("name", ["form.doc", "book.xls"])
def test_a_compound_file_cut_short_says_so(tmp_path: Path, name: str) -> None:
    whole = (DATA / name).read_bytes()
    for keep in (600, len(whole) // 2, len(whole) - 600):
        assert codes(tmp_path, whole[:keep], name[-3:]) == ["truncated"], keep


def test_a_compound_file_of_another_program_is_unsupported(tmp_path: Path) -> None:
    whole = (DATA / "form.doc").read_bytes()
    for stream in ("WordDocument", "1Table"):
        whole = whole.replace(stream.encode("utf-16-le"), ("X" * len(stream)).encode("utf-16-le"))
    assert codes(tmp_path, whole, "wps") == ["unsupported"]


def test_stored_and_deflated_parts_read_the_same(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(word_document(paragraph("字")))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stored = packed(parts, zipfile.ZIP_STORED)
    with Package(written(tmp_path, "f", stored)) as package:
        assert package.xml == parts


def a_summary(codepage: int, properties: dict[int, tuple[int, bytes]]) -> bytes:
    """A summary information stream ([MS-OLEPS]): identifier → type and packed value."""
    packed_values = {1: (2, struct.pack("<HH", codepage, 0)), **properties}
    place, pairs, values = 8 + 8 * len(packed_values), b"", b""
    for key, (kind, value) in packed_values.items():
        pairs += struct.pack("<II", key, place + len(values))
        values += struct.pack("<I", kind) + value
    section = struct.pack("<II", place + len(values), len(packed_values)) + pairs + values
    return b"\xfe\xff" + bytes(42) + struct.pack("<I", 48) + section


def a_string(text: bytes) -> tuple[int, bytes]:
    return 30, struct.pack("<I", len(text) + 1) + text + b"\0"


def test_the_summary_of_a_compound_file_gives_its_facts() -> None:
    properties = {
        2: a_string("统计表".encode("gbk")),
        4: a_string("填表人甲".encode("gbk")),
        14: (3, struct.pack("<i", 3)),
        18: a_string("WPS 文字".encode("gbk")),
    }
    assert parse_summary(a_summary(936, properties)) == {
        "title": "统计表",
        "author": "填表人甲",
        "pages": 3,
        "program": "WPS 文字",
    }


def test_a_summary_that_claims_endless_vectors_is_not_followed() -> None:
    endless = (0x101E, struct.pack("<I", 2**32 - 1) + bytes(64))
    assert parse_summary(a_summary(936, {2: endless, 4: a_string(b"x")})) == {"author": "x"}


@given(st.binary(max_size=200))
def test_a_broken_summary_never_raises(junk: bytes) -> None:
    whole = a_summary(936, {2: a_string(b"title"), 4: (31, struct.pack("<I", 2) + b"a\0b\0")})
    for at in range(0, len(whole), 7):
        parse_summary(whole[:at] + junk)
