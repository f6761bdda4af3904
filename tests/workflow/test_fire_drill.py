"""The example campaign rules/xiaofang-2026 through whole mails, from arrival to reply."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from make import media
from make.deciding import Table
from make.office import a_mail, octets_of, opened, text_of

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_docx
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest
from mailbot.workflow.trying import try_paths

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "xiaofang-2026"
DONGHU, FACTORY = "donghu@jiangcheng.example", "huagong@jiangcheng.example"


@pytest.fixture(scope="module")
def drill() -> Campaign:
    return load_campaign(FOLDER)


@pytest.fixture
def table(tmp_path: Path, drill: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, drill, stack)


def sign_in(unit: str, people: int) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["消防疏散演练签到表"])
    sheet.append(["填报单位", unit, "演练日期", "2026-11-09"])
    sheet.append(["序号", "姓名", "岗位", "电话"])
    for number in range(people):
        sheet.append([number + 1, "甲乙丙丁戊己庚辛"[number] + "某", "疏散组", "13800138000"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def a_document(title: str, line: str) -> bytes:
    return write_docx([title, *[f"{number}、{line}" for number in range(1, 9)]])


def material(
    unit: str, *, people: int = 5, seconds: float = 31, photos: int = 3
) -> dict[str, bytes]:
    pictures = {
        f"现场{number}.jpg": media.photo(1600, 1200, taken_at="2026:11:09 10:00:00", seed=number)
        for number in range(photos)
    }
    return {
        f"{unit}消防疏散演练方案.docx": a_document(
            f"{unit}消防疏散演练方案", "演练按警报、疏散、清点三步进行，各组分工负责。"
        ),
        f"{unit}演练总结.docx": a_document(
            f"{unit}消防疏散演练总结", "演练中发现个别人员动作偏慢的问题，下一步加强培训。"
        ),
        "签到表.xlsx": sign_in(unit, people),
        "演练.mp4": media.video("mp4", 320, 240, seconds=seconds).read_bytes(),
        **pictures,
    }


def reply(table: Table) -> str:
    return text_of(table.sent.messages[-1].raw)


def test_a_district_that_sent_all_is_complete_without_the_welcome_and_the_others_material(
    table: Table,
) -> None:
    table.receive("东湖区演练材料", "见附件", sender=DONGHU, files=material("东湖区"))
    unit = table.unit("东湖区")
    assert unit["state"] == "complete", (unit, reply(table))
    assert "station" not in unit["slots"]
    assert "请报送新闻稿" not in reply(table)
    assert "值守表" not in reply(table)


def test_a_key_unit_owes_its_own_material_until_its_groups_day(table: Table) -> None:
    table.receive("江城化工厂演练材料", "见附件", sender=FACTORY, files=material("江城化工厂"))
    assert table.unit("江城化工厂")["state"] == "incomplete"
    text = reply(table)
    assert "微型消防站值守表" in text
    assert "12月10日" in text
    assert "11月30日" not in text
    assert "新闻稿：未收到" not in text
    watch = a_document("微型消防站值守表", "夜班二人，白班四人。")
    table.receive("补报", "见附件", sender=FACTORY, files={"值守表.docx": watch})
    assert table.unit("江城化工厂")["state"] == "complete", reply(table)


@pytest.mark.parametrize(
    ("changed", "slot", "said"),
    [
        ({"people": 4}, "signin", "签到"),
        ({"seconds": 5}, "video", "30秒至10分钟"),
        ({"photos": 2}, "photo", "照片"),
    ],
)
def test_what_falls_short_is_asked_for_by_name(
    table: Table, changed: dict[str, int], slot: str, said: str
) -> None:
    table.receive("东湖区演练材料", "见附件", sender=DONGHU, files=material("东湖区", **changed))
    unit = table.unit("东湖区")
    assert unit["state"] == "incomplete"
    short = [one for one, found in unit["slots"].items() if found["verdict"] != "accepted"]
    assert [one for one in short if one != "press"] == [slot]
    assert said in reply(table)


def test_the_sheet_that_goes_along_with_what_is_asked_for_is_filled_in_and_accepted(
    table: Table,
) -> None:
    files = {name: data for name, data in material("东湖区").items() if name != "签到表.xlsx"}
    table.receive("东湖区演练材料", "见附件", sender=DONGHU, files=files)
    assert "随件附空白表格《签到表（空表）.xlsx》" in reply(table)
    (sheet,) = [
        part
        for part in opened(table.sent.messages[-1].raw).iter_attachments()
        if part.get_filename() == "签到表（空表）.xlsx"
    ]
    book = openpyxl.load_workbook(BytesIO(octets_of(sheet)))
    for key, values in (
        ("name", [f"{one}某" for one in "甲乙丙丁戊"]),
        ("phone", ["13800138000"] * 5),
    ):
        ((title, address),) = book.defined_names[f"mb.rows.people.{key}"].destinations
        heading = book[title][address.replace("$", "")]
        for line, value in enumerate(values, start=1):
            book[title].cell(heading.row + line, heading.column).value = value
    out = BytesIO()
    book.save(out)
    table.receive("补报", "见附件", sender=DONGHU, files={"附件.xlsx": out.getvalue()})
    assert table.unit("东湖区")["state"] == "complete", reply(table)


@pytest.mark.parametrize(
    ("unit", "last"),
    [
        ("东湖区", "2026-11-30"),
        ("北港区", "2026-12-05"),
        ("江城化工厂", "2026-12-10"),
    ],
)
def test_each_unit_is_late_after_its_own_day_and_two_of_grace(
    drill: Campaign, unit: str, last: str
) -> None:
    deadline = drill.deadline_of(unit)
    assert deadline == datetime.fromisoformat(f"{last}T23:59:59+08:00")
    grace = deadline + timedelta(days=2)
    assert not drill.is_late(grace, deadline)
    assert drill.is_late(grace + timedelta(seconds=1), deadline)


def test_the_folder_tells_a_mail_before_the_first_one_comes(
    drill: Campaign, tmp_path: Path
) -> None:
    mail = a_mail(
        "东湖区演练材料", "见附件", sender=DONGHU, to=drill.mailbox, files=material("东湖区")
    )
    (tmp_path / "a.eml").write_bytes(mail)
    trial = try_paths([tmp_path / "a.eml"], drill, drill.deadline)
    assert [(one.unit, one.kind) for one in trial.replies] == [("东湖区", "receipt")]
    (people,) = [one for one in trial.files if "signin" in one.slots]
    assert people.found == {}


def test_the_digest_lists_of_a_unit_only_what_is_asked_of_it_or_came(table: Table) -> None:
    table.receive("东湖区演练材料", "见附件", sender=DONGHU, files=material("东湖区", people=4))
    office = table.office
    digest = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    line = next(one for one in render_digest(digest)[1].splitlines() if "东湖区：" in one)
    assert line == " · 东湖区：方案 ✓，总结 ✓，签到表 待补，照片 ✓，视频 ✓"


def test_the_digest_tells_whose_deadline_is_another_day(table: Table) -> None:
    office = table.office
    digest = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    said = "（2026年11月30日）还有2天（另有期限：重点单位2026年12月10日、北港区2026年12月5日）"
    _, text, html = render_digest(digest)[:3]
    assert said in text
    assert said in html
