"""The second readers of the comparison can disagree: a value that was read otherwise is seen."""

from collections import Counter
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from agreeing import second_readers
from agreeing.containers import compare_archive
from agreeing.unanswered import earns_no_answer

from mailbot.model import Cell, Grid


def test_every_cell_of_a_workbook_is_listed_by_its_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表"
    sheet["B2"], sheet["C5"] = 3.5, "金水区"
    book.create_sheet("藏").sheet_state = "hidden"
    book.save(tmp_path / "1.xlsx")
    cells = second_readers.cells_of_xlsx(tmp_path / "1.xlsx")
    assert cells == {"表": {(1, 1): 3.5, (4, 2): "金水区"}}


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("12", 12, True),
        ("12.0", 12, True),
        ("12", 12.5, False),
        ("十二", 12, False),
        ("金水区 ", "金水区", True),
        ("二七区", "金水区", False),
        ("", "金水区", False),
        ("金水区", None, False),
        ("2017-07-03", datetime.fromisoformat("2017-07-03"), True),
        ("2017-07-03 09:30", datetime.fromisoformat("2017-07-03T09:30"), True),
        ("2017-07-03 09:30:01", datetime.fromisoformat("2017-07-03T09:30"), False),
        ("七月三日", datetime.fromisoformat("2017-07-03"), False),
        ("2017-07-04", datetime.fromisoformat("2017-07-03"), False),
        ("TRUE", True, True),
        ("FALSE", True, False),
    ],
)
def test_a_cell_read_otherwise_is_seen(ours: str, theirs: Any, same: bool) -> None:
    grid = Grid("表", (Cell(ours, 0, 0),))
    differ = second_readers.differing_cells(grid, {} if theirs is None else {(0, 0): theirs})
    assert (differ == []) is same


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.0802990325417766, "0.00%", "8.03%"),
        (0.00125, "0.0%", "0.1%"),
        (0.125, "0%", "13%"),
        (-0.125, "0%", "-13%"),
        (1.4285714285714286, "0.00%", "142.86%"),
        (0, "0.00%", "0.00%"),
        (0.5, "General", 0.5),
        (12.5, "0.00", 12.5),
        ("8%", "0.00%", "8%"),
        (True, "0%", True),
    ],
)
def test_a_percentage_is_expected_as_it_is_shown(value: Any, code: str, shown: Any) -> None:
    assert second_readers.as_percentage(value, code) == shown


def test_a_percentage_read_otherwise_is_seen() -> None:
    grid = Grid("表", (Cell("8.30%", 0, 0),))
    assert second_readers.differing_cells(grid, {(0, 0): "8.03%"}) != []


def mail_with(
    name: str = "",
    data: bytes = b"",
    *,
    subject: str = "Hello",
    text: str = "Kind regards",
    kind: str = "application/octet-stream",
) -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text)
    if name:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("raw", "nothing"),
    [
        (mail_with(), True),
        (mail_with("note.txt", "てすと".encode()), True),
        (mail_with("data.bin", bytes(64)), True),
        (mail_with("smime.p7s", b"0", kind="application/pkcs7-signature"), True),
        (mail_with("note.txt", "6月16日开展演练".encode("gb18030")), False),
        (mail_with("broken.pdf", b"%PDF-1.4"), False),
        (mail_with("Checkliste.pdf", b"abc"), False),
        (mail_with("x", b"PK\x03\x04"), False),
        (mail_with("现场.jpg", b"\xff\xd8", kind="image/jpeg"), False),
        (mail_with(text="金水区"), False),
        (mail_with(subject="查询"), False),
        (mail_with(text="https://pan.baidu.com/s/1abc"), False),
        (mail_with(text="begin 644 1.doc\nM"), False),
    ],
)
def test_a_mail_that_brings_or_asks_something_earns_an_answer(raw: bytes, nothing: bool) -> None:
    assert earns_no_answer(raw) is nothing


def test_paragraphs_and_tables_of_a_word_document_are_listed(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("演练方案")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "次数"
    table.cell(1, 0).text = table.cell(1, 1).text = "12"
    document.save(str(tmp_path / "1.docx"))
    assert second_readers.paragraphs_of_docx(tmp_path / "1.docx") == ["演练方案"]
    assert second_readers.tables_of_docx(tmp_path / "1.docx") == [Counter({"12": 2, "次数": 1})]


@pytest.mark.parametrize(("name", "agrees"), [("good.txt", True), ("other.txt", False)])
def test_an_unsafe_member_excuses_no_other_name(name: str, agrees: bool) -> None:
    """The file behind the unsafe path is kept under the last part of its name."""
    names = [name, "..\\..\\evil.txt"]
    theirs = {
        "encrypted": False,
        "unsafe_member": True,
        "member_count": 2,
        "unar": {"names": names},
        "p7zip": {"names": names},
    }
    ours = {
        "findings": [{"code": "ARCHIVE_UNSAFE_MEMBER", "severity": "warning"}],
        "members": [{"name": one, "size": 1} for one in ("good.txt", "evil.txt")],
    }
    found = [same for aspect, same, _ in compare_archive(ours, theirs) if aspect == "names"]
    assert sorted(found) == [agrees, True]
