"""The exported ledger, opened with other libraries than the one that wrote it."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from defusedxml import ElementTree
from make.submitted import (
    EVIL_NAME,
    EVIL_PERSON,
    EVIL_SUBJECT,
    Submitted,
    a_filled_office,
    local,
)
from python_calamine import CalamineWorkbook

from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.ledger import enquiries
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.report.yearbook import tables
from mailbot.report.yearbook.consolidation import add
from mailbot.report.yearbook.export import export_ledger
from mailbot.report.yearbook.sheet import Letterhead, safe_text
from mailbot.report.yearbook.tables import Table
from mailbot.report.yearbook.workbook import write_tables

# facts of the form: "The ledger (台账), one row a unit"
HEADINGS = (
    "序号 报送单位 单位类别 首次收件时间 是否按时 统计表 演练方案 评估总结 视频 照片（张） "
    "文字信息 缺项 补正通知时间 补正完成时间 举办次数 参演人数 直接投入（万元） 联系人 联系电话 "
    "抽查结果 备注"
).split()
SHEETS = (
    "台账 统计表 演练方案 演练评估总结 视频 照片 文字信息 问题清单 来信 汇总 汇总来源 合计不符 抽查"
).split()
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Submitted:
    return a_filled_office(tmp_path_factory.mktemp("office"), campaign)


@pytest.fixture(scope="module")
def exported(office: Submitted) -> Path:
    """The folder with ledger.xlsx, .csv and .json."""
    with open_ledger(office.data) as ledger:
        for ending in ("xlsx", "csv", "json"):
            path = office.folder / f"ledger.{ending}"
            export_ledger(ledger, office.campaign, path, office.clock.now())
    return office.folder


def sheet(folder: Path, name: str) -> list[dict[str, Any]]:
    """A sheet as calamine reads it, its first row as the headings."""
    rows = CalamineWorkbook.from_path(folder / "ledger.xlsx").get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def unit_row(folder: Path, unit: str) -> dict[str, Any]:
    (row,) = [row for row in sheet(folder, "台账") if row["报送单位"] == unit]
    return row


def parts(folder: Path) -> Iterator[tuple[str, Any]]:
    """The XML of every sheet by the sheet's name."""
    with zipfile.ZipFile(folder / "ledger.xlsx") as packed:
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
        names = [one.get("name", "") for one in book.iter(f"{MAIN}sheet")]
        for number, name in enumerate(names, 1):
            yield name, ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))


def test_the_sheets_and_the_headings_of_the_ledger(exported: Path) -> None:
    book = CalamineWorkbook.from_path(exported / "ledger.xlsx")
    assert book.sheet_names == SHEETS
    assert book.get_sheet_by_name("台账").to_python()[0] == HEADINGS


def test_one_row_for_every_expected_unit_in_the_order_of_units_csv(
    exported: Path, rules_folder: Path
) -> None:
    with (rules_folder / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = [row["unit"] for row in csv.DictReader(file) if row["expected"] == "yes"]
    rows = sheet(exported, "台账")
    assert [row["报送单位"] for row in rows] == expected
    assert [row["序号"] for row in rows] == list(range(1, len(expected) + 1))


def test_what_a_unit_sent_stands_in_its_row(exported: Path, office: Submitted) -> None:
    row = unit_row(exported, "金水区")
    first = local(office.campaign.deadline - timedelta(days=2), office.campaign)
    assert row["首次收件时间"] == first
    assert row["单位类别"] == "县（市、区）"
    assert row["是否按时"] == "漏报"
    assert (row["统计表"], row["演练方案"], row["评估总结"]) == ("已通过",) * 3
    assert (row["视频"], row["照片（张）"], row["文字信息"]) == ("未收到", 2, "已通过")
    assert row["缺项"] == "未收到：视频"
    assert (row["举办次数"], row["参演人数"], row["直接投入（万元）"]) == (2, 60, 0.1)
    assert (row["联系人"], row["联系电话"]) == ("填表人甲", "0371-60000000")
    assert row["补正通知时间"] == first  # the correction that asks for the video
    assert row["补正完成时间"] == ""
    assert row["抽查结果"] == ""


def test_lateness_is_told_as_a_fact(exported: Path) -> None:
    assert unit_row(exported, "上街区")["是否按时"] == "迟报"
    assert unit_row(exported, "中原区")["是否按时"] == "未报"
    assert unit_row(exported, "中原区")["首次收件时间"] == ""


def totals(folder: Path, campaign: Campaign) -> dict[str, Any]:
    """Below each heading of the consolidated form: by `总体情况·举办次数` its sum."""
    rows = CalamineWorkbook.from_path(folder / "ledger.xlsx").get_sheet_by_name("汇总").to_python()
    at = next(number for number, row in enumerate(rows) if row[0] == "总体情况")
    return {
        str(heading).partition("（")[0]: value
        for heading, value in zip(rows[at + 1], rows[at + 2], strict=True)
        if heading
    }


def test_the_consolidated_table_has_the_sums_of_the_tables_in_force(
    exported: Path, campaign: Campaign
) -> None:
    """By hand: drills 2＋2＋5＋2, people 60＋40＋60＋7, money 0.1＋0.2＋0.1＋0.1, joint 4."""
    sums = totals(exported, campaign)
    assert (sums["举办次数"], sums["参演人数"], sums["直接投入"]) == (11, 167, 0.5)
    assert sums["多部门联动综合演练次数"] == 4
    rows = (
        CalamineWorkbook.from_path(exported / "ledger.xlsx").get_sheet_by_name("汇总").to_python()
    )
    assert str(rows[0][0]).startswith(campaign.form.title)
    assert "4个单位" in str(rows[-1][0])


def test_every_number_of_the_sums_is_in_the_file_and_cell_that_is_named(
    exported: Path, office: Submitted
) -> None:
    sources = sheet(exported, "汇总来源")
    assert len(sources) == 4 * 4 + 3  # four measures of four tables, and 金水区's three parts
    for row in sources:
        stored = office.data / "files" / row["SHA-256"][:2] / row["SHA-256"]
        name, _, address = row["位置"].rpartition(" ")
        column, line = re.fullmatch(r"([A-Z])(\d+)", address).groups()  # type: ignore[union-attr]
        book = CalamineWorkbook.from_filelike(io.BytesIO(stored.read_bytes()))
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert cells[int(line) - 1][ord(column) - ord("A")] == row["数值"], row
    of_drills = [row["数值"] for row in sources if row["栏目"] == "总体情况·举办次数"]
    assert sum(of_drills) == 11


def test_sums_that_do_not_hold_are_listed_for_the_unit_and_for_the_whole(exported: Path) -> None:
    rows = sheet(exported, "合计不符")
    assert [row["报送单位"] for row in rows] == ["金水区", "（全部单位汇总）"]
    assert "2，各项之和3（1＋2＋0）" in rows[0]["情况"]
    assert rows[0]["文件名"] == "金水区统计表.xlsx"
    assert "11，各项之和3" in rows[1]["情况"]


def test_a_material_sheet_names_file_place_and_mail(exported: Path, office: Submitted) -> None:
    photos = sheet(exported, "照片")
    assert [row["文件名"] for row in photos] == ["照片.zip/现场/1.jpg", "照片.zip/现场/2.jpg"]
    assert [(row["宽（像素）"], row["高（像素）"]) for row in photos] == [(1920, 1080)] * 2
    assert {row["来信编号"] for row in photos} == {1}
    forms = [row for row in sheet(exported, "统计表") if row["报送单位"] == "惠济区"]
    assert [(row["结论"], row["采用情况"]) for row in forms] == [
        ("不合格", "未采用"),
        ("合格", "采用"),
    ]


def test_findings_and_mails_are_all_there(exported: Path, office: Submitted) -> None:
    codes = [row["规则编号"] for row in sheet(exported, "问题清单") if row["报送单位"] == "惠济区"]
    assert "FORM_FIELD_VAGUE" in codes
    mails = sheet(exported, "来信")
    assert [row["主题"] for row in mails] == list(office.raw)
    assert [row["附件（个）"] for row in mails] == [4, 2, 1, 1, 1]
    assert {row["处理状态"] for row in mails} == {"已答复"}


def test_nothing_from_outside_is_a_formula(exported: Path) -> None:
    names = [row["文件名"] for row in sheet(exported, "演练方案")]
    assert EVIL_NAME in names
    assert EVIL_SUBJECT in [row["主题"] for row in sheet(exported, "来信")]
    assert unit_row(exported, "二七区")["联系人"] == EVIL_PERSON
    for name, tree in parts(exported):
        assert not list(tree.iter(f"{MAIN}f")), name


def test_a_cell_that_begins_like_a_formula_says_that_it_is_text(exported: Path) -> None:
    with zipfile.ZipFile(exported / "ledger.xlsx") as packed:
        styles: Any = ElementTree.fromstring(packed.read("xl/styles.xml"))
    quoted = {
        number
        for number, one in enumerate(styles.find(f"{MAIN}cellXfs"))
        if one.get("quotePrefix") == "1"
    }
    seen = set()
    for _, tree in parts(exported):
        for cell in tree.iter(f"{MAIN}c"):
            if cell.get("t") == "inlineStr":
                text = "".join(cell.itertext())
                dangerous = text.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert (int(cell.get("s")) in quoted) == dangerous, text
                seen |= {text} if dangerous else set()
    assert {EVIL_NAME, EVIL_SUBJECT, EVIL_PERSON} <= seen


def test_in_csv_an_apostrophe_makes_it_text_and_a_number_stays_one(exported: Path) -> None:
    raw = (exported / "ledger.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == HEADINGS
    (row,) = [row for row in rows if row["报送单位"] == "二七区"]
    assert row["联系人"] == f"'{EVIL_PERSON}"
    assert row["直接投入（万元）"] == "0.2"
    assert row["首次收件时间"] == "2017-07-04 00:09:59"


def test_the_json_holds_the_same_tables(exported: Path, campaign: Campaign) -> None:
    document = json.loads((exported / "ledger.json").read_bytes())
    assert list(document["tables"]) == [name for name in SHEETS if name != "汇总"]
    assert document["totals"]["overall.participants"] == 167
    for name, rows in document["tables"].items():
        assert len(rows) == len(sheet(exported, name)), name
    (row,) = [row for row in document["tables"]["台账"] if row["报送单位"] == "金水区"]
    arrived = datetime.fromisoformat(row["首次收件时间"])
    assert arrived == (campaign.deadline - timedelta(days=2)).replace(microsecond=0)


def test_every_sheet_prints_on_a4_across_with_its_headings_on_every_page(exported: Path) -> None:
    with zipfile.ZipFile(exported / "ledger.xlsx") as packed:
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    repeated = [
        one.text
        for one in book.iter(f"{MAIN}definedName")
        if one.get("name") == "_xlnm.Print_Titles"
    ]
    assert len(repeated) == len(SHEETS) - 1
    for name, tree in parts(exported):
        page = tree.find(f"{MAIN}pageSetup")
        assert (page.get("orientation"), page.get("paperSize")) == ("landscape", "9"), name
        assert page.get("fitToWidth", "1") == "1"
        assert tree.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr").get("fitToPage") == "1"
        if name == "汇总":
            continue
        assert page.get("fitToHeight") == "0", name
        assert f"'{name}'!$1:$1" in repeated
        pane = tree.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
        assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
        assert tree.find(f"{MAIN}autoFilter").get("ref").startswith("A1:")


def test_libreoffice_reads_the_same_ledger(exported: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    subprocess.run(
        [
            *(office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir"),
            *(str(tmp_path), str(exported / "ledger.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    rows = list(csv.reader(io.StringIO((tmp_path / "ledger.csv").read_text(encoding="utf-8"))))
    assert rows[0] == HEADINGS
    ours = sheet(exported, "台账")
    assert len(rows) == len(ours) + 1
    for theirs, row in zip(rows[1:], ours, strict=True):
        assert theirs[1] == row["报送单位"]
        assert theirs[11] == row["缺项"]
        assert theirs[17] == row["联系人"]
        for place in ("举办次数", "参演人数", "直接投入（万元）"):
            stated = theirs[HEADINGS.index(place)]
            assert (float(stated) if stated else "") == row[place]


def test_text_that_no_workbook_can_hold_is_made_harmless() -> None:
    odd = "甲\x01\ufffe\ud800乙" + "长" * 40_000
    head = Letterhead("档案", "市安委办", datetime(2017, 7, 4, tzinfo=ZoneInfo("Asia/Shanghai")))
    raw = write_tables(
        [
            Table("a/b", ("说明", "时间"), ((odd, datetime(2017, 7, 4, tzinfo=UTC)),)),
            Table("a:b", ("说明",), ()),
        ],
        head,
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    assert book.sheet_names == ["a_b", "a_b（2）"]
    text, moment = book.get_sheet_by_name("a_b").to_python()[1]
    assert str(text).startswith("甲?乙长长")
    assert len(str(text)) <= 32_767
    assert moment == datetime(2017, 7, 4, 8, 0)  # noqa: DTZ001 - a cell has no zone


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    assert add([0.1, 0.2]) == 0.3
    assert isinstance(add([1, 2]), int)


def test_an_unknown_ending_is_refused(office: Submitted, tmp_path: Path) -> None:
    with open_ledger(office.data) as ledger, pytest.raises(SettingsError, match=r"\.xlsx"):
        export_ledger(ledger, office.campaign, tmp_path / "ledger.doc", office.clock.now())


def test_what_is_not_seen_does_not_reach_a_cell() -> None:
    """A right-to-left override turns 三百 gpj.exe round in whoever's office program opens it."""
    text = "甲\u202e乙\u2066丙\x1b[31m\x9b丁\u200b戊\n己"
    assert safe_text(text) == "甲乙丙[31m丁戊\n己"


def test_an_export_holds_a_few_mails_at_a_time_and_tells_of_all(
    office: Submitted, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enquiries, "_AT_ONCE", 2)
    monkeypatch.setattr(tables, "_AT_ONCE", 3)
    held: list[int] = []
    rows = Ledger.rows

    def counted(ledger: Ledger, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        found = rows(ledger, sql, parameters)
        if sql.startswith("SELECT * FROM arrivals WHERE id IN"):
            held.append(len(found))
        return found

    monkeypatch.setattr(Ledger, "rows", counted)
    with open_ledger(office.data) as ledger:
        export_ledger(ledger, office.campaign, tmp_path / "ledger.xlsx", office.clock.now())
    assert sheet(tmp_path, "来信") == sheet(exported, "来信")
    assert sheet(tmp_path, "问题清单") == sheet(exported, "问题清单")
    assert len(held) > 2
    assert max(held) == 2
