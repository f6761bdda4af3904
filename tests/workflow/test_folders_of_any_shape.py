"""Folders unlike the shipped one through a whole mail and every page the office gets of it.

One asks for no form, one for nothing but a list of rows, one for a table with rows, a share and a
sum. Each: verdict, reply, board, digest, export, draw and its sheets, reminder, replay.
"""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from make import media
from make.deciding import Table
from make.notices import PHOTO, PLAN, write_notice
from make.office import octets_of, opened, text_of
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_docx
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest
from mailbot.report.reminders import due_reminders
from mailbot.report.spotcheck.draw import draw, write_draw
from mailbot.report.yearbook.book import read_book
from mailbot.report.yearbook.export import encode_book
from mailbot.workflow.replay import preview

DONGHU = "donghu@example.test"
REMIND = "reminders: [{day: -2}]\n"
ROSTER = """
title: 消防演练签到表
recognised_by: [签到表]
labels: {}
fields: []
rows:
  key: people
  heading: [序号, 姓名, 电话]
  minimum: 2
  fields:
    - {key: name, path: [姓名], type: person, required: true}
    - {key: phone, path: [电话], type: phone}
"""
STOCK = """
title: 2026年防汛物资自查表
recognised_by: [自查表]
confirmed: true
labels: {填报单位: [单位], 仓库数: [], 完好率: []}
source: 按附表报送
fields:
  - {key: unit, path: [填报单位], type: unit, place: header, required: true}
  - {key: stores, path: [仓库数], type: count, unit: 个, required: true}
  - {key: sound, path: [完好率], type: percent, required: true}
rows:
  key: stock
  heading: [序号, 物资名称, 数量, 状态]
  minimum: 1
  fields:
    - {key: name, path: [物资名称], type: text, required: true}
    - {key: amount, path: [数量], type: count, required: true}
    - {key: state, path: [状态], type: choice, choices: [齐备, 短缺], required: true}
"""
SIGNIN = {**PLAN, "slot": "signin", "kind": "form", "form": "roster.yaml", "label": "签到表"}
FORM = {**PLAN, "slot": "form", "label": "自查表", "how": "请报送自查表"}
PLANS = [{"kind": "plan", "titles": ["方案"]}]

Shape = tuple[Campaign, dict[str, bytes]]


def sheet(*lines: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def no_form(folder: Path) -> Shape:
    campaign = load_campaign(
        write_notice(folder, materials=[PHOTO, PLAN], documents=PLANS, head=REMIND)
    )
    plan = write_docx(["东湖区演练方案", *[f"{n}、按警报、疏散、清点三步进行。" for n in range(9)]])
    return campaign, {"演练方案.docx": plan, "1.jpg": media.photo(640, 480)}


def only_rows(folder: Path) -> Shape:
    campaign = load_campaign(
        write_notice(folder, materials=[SIGNIN], head=REMIND, files={"roster.yaml": ROSTER})
    )
    rows = sheet(("序号", "姓名", "电话"), (1, "甲某", "13800138000"), (2, "乙某", ""))
    return campaign, {"签到表.xlsx": rows}


def table_with_rows(folder: Path) -> Shape:
    campaign = load_campaign(
        write_notice(folder, materials=[FORM], head=REMIND, files={"form.yaml": STOCK})
    )
    table = sheet(
        ("2026年防汛物资自查表",),
        ("填报单位", "东湖区"),
        ("仓库数", "完好率"),
        (3, "96%"),
        ("序号", "物资名称", "数量", "状态"),
        (1, "编织袋", 500, "齐备"),
        (2, "抽水泵", 4, "短缺"),
    )
    return campaign, {"自查表.xlsx": table}


SHAPES = {"no form": no_form, "only rows": only_rows, "table with rows": table_with_rows}


class Office:
    """An office of one of the shapes: 东湖区 sent all, 南山区 an empty file, the third nothing."""

    def __init__(self, folder: Path, shape: str, stack: ExitStack) -> None:
        self.shape = shape
        self.campaign, self.files = SHAPES[shape](folder / "rules")
        self.table = Table(folder, self.campaign, stack)
        self.table.receive("东湖区材料", "见附件", sender=DONGHU, files=self.files)
        self.whole = text_of(self.table.sent.messages[-1].raw)
        empty = {"空.docx": write_docx([""])}
        self.table.receive("南山区材料", "见附件", sender="nanshan@example.test", files=empty)
        self.lacking = self.table.sent.messages[-1].raw
        self.now = self.table.clock.now()
        self.ledger = self.table.office.ledger


@pytest.fixture(scope="module", params=list(SHAPES))
def office(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(tmp_path_factory.mktemp("office"), request.param, stack)


def test_a_unit_that_sent_all_is_complete_and_told_so(office: Office) -> None:
    assert office.table.unit("东湖区")["state"] == "complete", office.whole
    assert "各项材料齐全" in office.whole


def test_what_is_owed_is_asked_for_and_each_form_goes_along(office: Office) -> None:
    text = text_of(office.lacking)
    for material in office.campaign.materials:
        assert f". {material.label}\r\n   办法：" in text
    parts = [part.get_filename() for part in opened(office.lacking).iter_attachments()]
    forms = {
        "no form": [],
        "only rows": ["签到表（空表）.xlsx"],
        "table with rows": ["自查表（空表）.xlsx"],
    }
    assert parts == [*forms[office.shape], "来件登记.txt"]
    for part in opened(office.lacking).iter_attachments():
        if str(part.get_filename()).endswith(".xlsx"):
            names = load_workbook(io.BytesIO(octets_of(part))).defined_names
            assert any(name.startswith("mb.rows.") for name in names)


def test_the_digest_and_board_have_a_column_for_each_material_and_no_sum_without_a_table(
    office: Office,
) -> None:
    digest = build_digest(office.ledger, office.campaign, office.table.office.settings, office.now)
    subject, text, html = render_digest(digest)[:3]
    assert "齐全1/3" in subject
    assert "东湖区" in text
    assert ("统计表汇总" in text) == (office.shape == "table with rows")
    assert ("仓库数：3个（1个单位）" in text) == (office.shape == "table with rows")
    assert "完好率：" not in html  # a share is not added up
    board = {
        one["unit"]: one for one in status_json(office.ledger, office.campaign, office.now)["units"]
    }
    slots = [one.slot for one in office.campaign.materials]
    assert list(board["东湖区"]["slots"]) == slots
    assert board["江城化工"]["state"] == "nothing"


def test_the_export_has_the_records_the_shares_and_sums_only_of_a_table(office: Office) -> None:
    book = read_book(office.ledger, office.campaign, office.now)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(encode_book(book, ".xlsx")))
    of_sums = {"汇总", "汇总来源", "合计不符"}
    assert bool(of_sums & set(sheets.sheet_names)) == (office.shape == "table with rows")
    register = sheets.get_sheet_by_name("台账").to_python()
    head = next(row for row in register if "报送单位" in row)
    line = dict(zip(head, next(row for row in register if "东湖区" in row), strict=True))
    assert line["缺项"] == ""
    if office.shape == "table with rows":
        assert (line["仓库数"], line["完好率（%）"]) == (3, 96)
        records = sheets.get_sheet_by_name("自查表明细").to_python()
        assert [row[1] for row in records if row[0] == "东湖区"] == ["编织袋", "抽水泵"]
    if office.shape == "only rows":
        records = sheets.get_sheet_by_name("签到表明细").to_python()
        assert [row[1] for row in records if row[0] == "东湖区"] == ["甲某", "乙某"]
    assert "东湖区" in encode_book(book, ".csv").decode("utf-8-sig")
    document = json.loads(encode_book(book, ".json"))
    assert document["title"].endswith("台账")
    assert not document["title"].startswith("-")
    assert document["totals"] == ({"stores": 3} if office.shape == "table with rows" else {})


def test_a_spot_check_lays_out_the_files_with_a_sheet_to_fill_in(
    office: Office, tmp_path: Path
) -> None:
    drawn = draw(office.ledger, office.campaign, office.now, size=1, always=["东湖区"], seed="s")
    data = office.table.office.settings.paths.data
    write_draw(office.ledger, office.campaign, data, drawn, tmp_path / "out", office.now)
    unit = tmp_path / "out" / "01 东湖区"
    sent = {path.name for path in (unit / "材料").rglob("*") if path.is_file()}
    assert sent == set(office.files)
    sheet = docx.Document(str(unit / "抽查核对表.docx"))
    words = "\n".join(
        [one.text for one in sheet.paragraphs]
        + [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]
    )
    assert not words.startswith("-")
    for shape, told in (
        ("no form", "本次不要求填报表格"),
        ("only rows", "签到表：签到表.xlsx\n"),
        ("only rows", "2行"),
        ("table with rows", "96%"),
        ("table with rows", "3个"),
        ("table with rows", "2行"),
    ):
        assert (told in words) or shape != office.shape, (told, words)
    values = (
        CalamineWorkbook.from_path(unit / "档案.xlsx").get_sheet_by_name("填报数据").to_python()
    )
    assert (["仓库数", 3.0] in [row[2:4] for row in values]) == (office.shape == "table with rows")


def test_a_unit_that_sent_nothing_is_reminded_of_each_material(office: Office) -> None:
    settings = office.table.office.settings
    day = office.campaign.deadline - timedelta(days=2, hours=14)
    (due,) = [
        one
        for one in due_reminders(office.ledger, office.campaign, settings, day)
        if one.unit == "江城化工"
    ]
    for material in office.campaign.materials:
        assert material.how in due.text


def test_replayed_under_the_same_rules_nothing_flips(office: Office) -> None:
    replay = preview(office.ledger, office.campaign, office.now)
    assert (replay.arrivals, replay.flips, replay.files, replay.lacking) == (2, (), (), {})
