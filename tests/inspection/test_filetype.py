"""Octets decide what a file is; a name only where they leave the question open."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import py7zr
import pytest
from docx import Document as NewDocument
from hypothesis import given
from hypothesis import strategies as st
from make.media import photo, video

from mailbot.inspection.identify.filetype import FAMILY_OF, probe_type
from mailbot.model import Family


def kind(folder: Path, octets: bytes, name: str = "x", declared_type: str = "") -> str:
    path = folder / "file"
    path.write_bytes(octets)
    family, format_ = probe_type(path, name, declared_type)
    assert family is FAMILY_OF.get(format_, Family.UNKNOWN)
    return format_


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return output.getvalue()


def docx() -> bytes:
    output = io.BytesIO()
    document = NewDocument()
    document.add_paragraph("演练方案")
    document.save(output)
    return output.getvalue()


def xlsx() -> bytes:
    output = io.BytesIO()
    openpyxl.Workbook().save(output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("encoder", "format_"),
    [
        ("JPEG", "jpeg"),
        ("MPO", "jpeg"),
        ("PNG", "png"),
        ("GIF", "gif"),
        ("BMP", "bmp"),
        ("TIFF", "tiff"),
        ("WEBP", "webp"),
        ("AVIF", "avif"),
        ("JPEG2000", "jp2"),
    ],
)
@pytest.mark.parametrize("name", ["照片.jpg", "a.png", "a.doc", ""])
def test_a_picture_is_known_under_any_name(
    tmp_path: Path, encoder: str, format_: str, name: str
) -> None:
    assert kind(tmp_path, photo(64, 48, encoder), name) == format_


@pytest.mark.parametrize(
    ("container", "format_"),
    [
        ("mp4", "mp4"),
        ("mp4-fragmented", "mp4"),
        ("mov", "mov"),
        ("3gp", "3gp"),
        ("vob", "mpg2"),
        ("m2v", "mpg2"),
        ("m1v", "mpg1"),
        ("avi", "avi"),
        ("ts", "mts"),
        ("mts", "mts"),
        ("mkv", "mkv"),
        ("webm", "webm"),
        ("wmv", "wmv"),
        ("flv", "flv"),
        ("rmvb", "rmvb"),
    ],
)
def test_a_video_is_known_under_any_name(container: str, format_: str) -> None:
    path = video(container, 352, 288)
    for name in ("演练.mp4", "演练.avi", "a.jpg", ""):
        assert probe_type(path, name) == (Family.VIDEO, format_)


def test_office_files_are_told_by_what_their_zip_holds(tmp_path: Path) -> None:
    assert kind(tmp_path, docx(), "方案.doc") == "docx"
    assert kind(tmp_path, xlsx(), "表.xls") == "xlsx"
    assert kind(tmp_path, zipped({"OFD.xml": b"<OFD/>"}), "a.ofd") == "ofd"
    assert kind(tmp_path, zipped({"照片/1.jpg": b"x"}), "a.docx") == "zip"
    assert kind(tmp_path, zipped({}), "a.zip") == "zip"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_opendocument_is_told_by_its_mimetype_however_it_is_packed(
    tmp_path: Path, compression: int
) -> None:
    for name, format_ in (("text", "odt"), ("spreadsheet", "ods")):
        mimetype = b"application/vnd.oasis.opendocument." + name.encode()
        members = {"content.xml": b"<x/>", "mimetype": mimetype}
        assert kind(tmp_path, zipped(members, compression)) == format_


def test_a_zip_that_holds_an_uncompressed_docx_is_a_zip(tmp_path: Path) -> None:
    octets = zipped({"方案.docx": docx()}, zipfile.ZIP_STORED)
    assert kind(tmp_path, octets) == "zip"
    assert kind(tmp_path, octets[:-30]) == "zip"  # and is one without its directory too


def test_a_docx_cut_short_is_still_a_docx(tmp_path: Path) -> None:
    octets = docx()
    assert kind(tmp_path, octets[: len(octets) // 2], "a.docx") == "docx"


def test_what_office_leaves_beside_an_open_document_is_no_document(tmp_path: Path) -> None:
    octets = b"\x05admin" + b" " * 48 + bytes(108)
    assert kind(tmp_path, octets, "~$方案.docx") == "lock"
    assert kind(tmp_path, octets, "方案.docx") == "unknown"
    assert kind(tmp_path, docx(), "~$方案.docx") == "docx"


def test_camcorder_tape_and_video_cd_are_videos(tmp_path: Path) -> None:
    tape = b"".join(bytes([kind, 7, 0]) + bytes(77) for kind in (0x1F, 0x3F, 0x3F, 0x56)) * 100
    assert kind(tmp_path, tape, "a.dv") == "dv"
    assert kind(tmp_path, b"RIFF\0\0\0\0CDXAfmt " + bytes(5000), "avseq01.dat") == "mpg1"


def test_archives_and_compressed_files_are_known(tmp_path: Path) -> None:
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as packed:
        packed.writestr("演练", "a.txt")
    assert probe_type(tmp_path / "a.7z", "a.rar") == (Family.ARCHIVE, "7z")
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    assert kind(tmp_path, output.getvalue()) == "tar"
    assert kind(tmp_path, gzip.compress(b"x"), "a.tar.gz") == "gz"
    assert kind(tmp_path, bz2.compress(b"x"), "a.tar.bz2") == "bz2"
    assert kind(tmp_path, lzma.compress(b"x"), "a.txt") == "xz"
    assert kind(tmp_path, b"Rar!\x1a\x07\x01\x00" + bytes(20), "a.zip") == "rar"


@pytest.mark.parametrize(
    ("text", "name", "format_"),
    [
        ("{\\rtf1\\ansi}", "a.doc", "rtf"),
        ("%PDF-1.4\n", "a.doc", "pdf"),
        ("\n\n%PDF-1.4\n", "a.pdf", "pdf"),
        ("<html><body><table>", "统计表.xls", "html"),
        ("<!DOCTYPE html>\n<html>", "a.doc", "html"),
        ("<table border=1><tr><td>", "a.xls", "html"),
        ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "a.svg", "svg"),
        (
            '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "a.xls",
            "spreadsheetml",
        ),
        ("BEGIN:VCALENDAR\r\n", "invite.txt", "ics"),
        ("BEGIN:VCARD\r\n", "a", "vcf"),
        ("From: a@b.cn\r\nSubject: 演练\r\n\r\n正文", "a", "eml"),
        ("From a@b.cn Mon Jul  3 10:00:00 2017\nReceived: x\nSubject: y\n\n", "a.txt", "eml"),
        ("演练材料，见附件。", "转发.eml", "eml"),
        ("时间: 2017年7月3日\n地点: 郑州\n", "说明.txt", "txt"),
        ("Subject: 关于演练\n地点 郑州\n", "说明.txt", "txt"),
        ("a,b,c\n1,2,3\n", "表.csv", "csv"),
        ("a,b,c\n1,2,3\n", "表.txt", "txt"),
        ("Tax free goods\n", "a.txt", "txt"),
        ("BM 数据\n", "a.txt", "txt"),
        ("MZ 说明\n", "a.txt", "txt"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_text_is_told_by_its_first_words(
    tmp_path: Path, text: str, name: str, format_: str, encoding: str
) -> None:
    if format_ in ("eml", "pdf") and encoding == "utf-16":
        format_ = "txt"  # these are octets; as wide characters they are a text about them
    assert kind(tmp_path, text.encode(encoding), name) == format_


def test_the_declared_type_breaks_the_last_tie(tmp_path: Path) -> None:
    assert kind(tmp_path, b"a,b\n", "x", "text/csv") == "csv"
    assert kind(tmp_path, b"hello", "x", "message/rfc822") == "eml"
    assert kind(tmp_path, photo(8, 8), "x", "text/csv") == "jpeg"


def test_raw_binary_behind_mail_headers_is_still_a_mail(tmp_path: Path) -> None:
    octets = b"From: a@b.cn\nSubject: y\nDate: z\n\n" + bytes(range(256)) * 20
    assert kind(tmp_path, octets, "a.bin") == "eml"


def test_an_empty_file_and_one_of_noise_have_a_name_too(tmp_path: Path) -> None:
    assert kind(tmp_path, b"") == "empty"
    assert kind(tmp_path, bytes(range(256)), "照片.jpg") == "unknown"
    assert kind(tmp_path, b"MZ\x90\x00" + bytes(60), "照片.jpg") == "exe"


def test_a_damaged_jpeg_is_meant_as_a_jpeg(tmp_path: Path) -> None:
    assert kind(tmp_path, b"\xff\xd8\x00\x01\x02" + bytes(40), "IMG_1.jpg") == "jpeg"
    assert kind(tmp_path, b"\xff\xd8\x00\x01\x02" + bytes(40), "data.bin") == "unknown"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_compound_file_without_a_directory_is_what_its_name_says(tmp_path: Path) -> None:
    for suffix in ("doc", "xls", "wps", "et", "msg"):
        assert kind(tmp_path, OLE + bytes(600), f"a.{suffix}") == suffix
    assert kind(tmp_path, OLE + bytes(600), "Thumbs.db") == "ole"
    assert kind(tmp_path, OLE + bytes(600) + "WordDocument\0".encode("utf-16-le"), "a") == "doc"


@pytest.mark.parametrize("stream", ["CONTENTS", "MatOST"])
def test_microsoft_works_is_not_taken_for_wps_office(tmp_path: Path, stream: str) -> None:
    works = OLE + bytes(600) + f"{stream}\0".encode("utf-16-le")
    assert kind(tmp_path, works, "演练方案.wps") == "works"
    assert kind(tmp_path, works + "WordDocument\0".encode("utf-16-le"), "演练方案.wps") == "wps"


@pytest.mark.samples
def test_compound_files_are_told_by_their_streams(samples: Path) -> None:
    tables = samples / "tables"
    for file, name, format_ in (
        ("f1.doc", "统计表.xls", "doc"),
        ("f1.doc", "统计表.wps", "wps"),
        ("f1.xls", "统计表.doc", "xls"),
        ("f1.xls", "统计表.et", "et"),
    ):
        assert probe_type(tables / file, name) == (Family.DOCUMENT, format_)
    works = samples / "public" / "tables" / "tika__testWORKS.wps"
    assert probe_type(works, "演练方案.wps") == (Family.DOCUMENT, "works")
    locked = samples / "public" / "bad" / "msoffcrypto-tool__example_password.docx"
    assert probe_type(locked, "方案.docx") == (Family.DOCUMENT, "docx")
    assert probe_type(locked, "统计表.xlsx") == (Family.DOCUMENT, "xlsx")


@given(st.binary(max_size=600), st.sampled_from(["", "a.doc", "a.eml", "a.zip", "a.jpg"]))
def test_no_octets_raise(octets: bytes, name: str) -> None:
    path = video("3gp", 352, 288).with_name("noise")
    for start in (b"", b"PK\x03\x04", OLE, b"\x00\x00\x00\x18ftyp", b"\x1aE\xdf\xa3", b"<"):
        path.write_bytes(start + octets)
        assert probe_type(path, name)[1]


_MAIL = (
    b"From: a@example.com\r\nTo: b@example.com\r\nSubject: test\r\n"
    b"Content-Type: text/plain\r\n\r\nbody\r\n"
)


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0" + _MAIL,
        b"\0" * 1000 + _MAIL,
        _MAIL.replace(b"\r\n", b"\0\r\n"),
        _MAIL.replace(b"From", b"Fr\0om"),
        _MAIL + b"\0" * 100_000,
    ],
)
@pytest.mark.parametrize("name", ["来件.eml", "来件"])
def test_a_mail_with_nul_octets_is_a_mail(tmp_path: Path, octets: bytes, name: str) -> None:
    assert kind(tmp_path, octets, name) == "eml"
