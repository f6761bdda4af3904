"""The province's workbook speaks the language of its campaigns; of several, Chinese."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from make.forms import REPOSITORY
from openpyxl import load_workbook

from mailbot.campaign.folder import load_campaign
from mailbot.clock import SystemClock
from mailbot.language import speaking
from mailbot.ledger.store import open_ledger
from mailbot.report.fleet.board import Languages, OfficeOnRecord
from mailbot.report.fleet.book import fleet_tables, write_fleet_book

CHINESE = re.compile("[\u4e00-\u9fff]")


def told(folder: Path, *names: str) -> str:
    """Every word of the workbook over these offices, sheet names among them."""
    languages = Languages()

    def offices() -> Iterator[OfficeOnRecord]:
        for name in names:
            with open_ledger(folder / name) as ledger:
                yield OfficeOnRecord(
                    name, "live", load_campaign(REPOSITORY / "rules" / name), ledger
                )

    now = SystemClock().now().astimezone()
    tables = fleet_tables(languages.of(offices()), now)
    with speaking(languages.common):
        book = load_workbook(io.BytesIO(write_fleet_book(tables, now)))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    return "\n".join([*book.sheetnames, *(one for one in cells if isinstance(one, str))])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("drill-report-en",), ("Offices", "Sources of totals", "Incomplete")),
        (("xiaofang-2026",), ("各办情况", "汇总来源", "尚缺材料")),
        (("drill-report-en", "xiaofang-2026"), ("各办情况", "汇总来源", "尚缺材料")),
    ],
)
def test_the_workbook_speaks_the_language_of_all_campaigns(
    names: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    text = told(tmp_path, *names)
    for word in words:
        assert word in text
    assert bool(CHINESE.search(text)) is (names != ("drill-report-en",))


def test_where_no_office_can_be_read_it_is_chinese() -> None:
    languages = Languages()
    assert [one.name for one in languages.of([OfficeOnRecord("a", fault="x")])] == ["a"]
    assert languages.common == "zh"
