"""MHTML: Word's 单个文件网页, Excel's web archive, a page saved by a browser."""

import base64
from pathlib import Path

import pytest
from make.documents import written
from make.media import photo

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Family, Fault

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"
WORD = DATA / "word_web_page_in_one_file.doc"
HEAD = "MIME-Version: 1.0\r\n"
KIND = 'Content-Type: multipart/related; boundary="=_x"\r\n\r\n'


def part(location: str, content_type: str, data: bytes) -> str:
    return (
        f"--=_x\r\nContent-Location: {location}\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(data).decode()}\r\n"
    )


def page(text: str, location: str = "file:///C:/1/a.htm") -> str:
    return part(location, 'text/html; charset="gb2312"', f"<p>{text}</p>".encode("gbk"))


def test_words_web_page_in_one_file_is_a_document_with_its_picture() -> None:
    assert probe_type(WORD, "演练方案.doc") == (Family.DOCUMENT, "mht")
    document = read_document(WORD, "mht")
    assert document.faults == ()
    assert document.text.splitlines()[:2] == ["金水区应急演练方案", "一、演练目的：检验预案。"]
    assert [each.source for each in document.pictures] == ["image001.jpg"]


def test_its_picture_counts_like_any_pasted_one(tmp_path: Path) -> None:
    octets = photo(1920, 1080)
    web = HEAD + KIND + page("演练照片") + part("file:///C:/1/a.files/p.jpg", "image/jpeg", octets)
    path = written(tmp_path, "a.mht", web + "--=_x--\r\n")
    (member,) = inspect_file(Task(path, "照片.mht", tmp_path / "blobs")).members
    assert (member.name, member.facts["width"], member.facts["height"]) == ("p.jpg", 1920, 1080)


@pytest.mark.parametrize(
    ("head", "name", "format_"),
    [
        (HEAD, "报表.xls", "mht"),
        (HEAD + "From: <Saved by Blink>\r\nSubject: x\r\nDate: y\r\n", "网页.mhtml", "mht"),
        ("Subject: x\r\n", "网页.mht", "mht"),
        (HEAD + "From: a@b.cn\r\nTo: c@d.cn\r\n", "来信.mht", "eml"),
        (HEAD + "From: a@b.cn\r\nSubject: x\r\n", "草稿.eml", "eml"),
    ],
)
def test_a_page_sent_to_nobody_is_no_mail(
    tmp_path: Path, head: str, name: str, format_: str
) -> None:
    path = written(tmp_path, "f", head + KIND + page("正文") + "--=_x--\r\n")
    assert probe_type(path, name)[1] == format_


def test_sheets_saved_as_one_web_page_are_read_in_order(tmp_path: Path) -> None:
    sheets = page("总体情况", "file:///C:/a/sheet001.htm") + page("分类", "file:///C:/a/2.htm")
    document = read_document(written(tmp_path, "f", HEAD + KIND + sheets + "--=_x--"), "mht")
    assert document.text.splitlines() == ["总体情况", "分类"]


def test_an_archive_cut_before_its_page_is_truncated(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "f", HEAD + KIND + "--=_x\r\n"), "mht")
    assert document.faults == (Fault("truncated", "no page in the archive"),)


def test_flat_opendocument_is_named_and_its_markup_not_read_as_text(tmp_path: Path) -> None:
    flat = (
        '<?xml version="1.0"?><office:document xmlns:office='
        '"urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body/></office:document>'
    )
    assert probe_type(written(tmp_path, "f", flat), "方案.fodt") == (Family.DOCUMENT, "fodt")


@pytest.mark.parametrize("state", ["SheetHidden", "SheetVeryHidden"])
def test_the_page_of_a_hidden_sheet_is_not_read(tmp_path: Path, state: str) -> None:
    options = f"<!--[if gte mso 9]><xml><x:WorksheetOptions><x:Visible>{state}</x:Visible>"
    hidden = page(f"去年{options}</x:WorksheetOptions></xml><![endif]-->", "file:///C:/1/b.htm")
    document = read_document(
        written(tmp_path, "f", HEAD + KIND + page("今年") + hidden + "--=_x--"), "mht"
    )
    assert document.text == "今年"
