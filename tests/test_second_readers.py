"""The second readers of the comparison can disagree: a value that was read otherwise is seen."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from agreeing import second_readers
from agreeing.containers import compare_archive

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
