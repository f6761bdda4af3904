"""Notices that list their materials one by one, and annexes that are their tables."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import Table, read_tables, type_of
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.whose import sort_deadlines
from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.model import Cell, Grid

DATA = Path(__file__).parents[1] / "data"
NOTICES = {
    one["name"].split(",")[0]: one["text"]
    for one in yaml.safe_load((DATA / "notices.yaml").read_text(encoding="utf-8"))
}
SCHOOLS = NOTICES["schools in winter"]
SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))


def asked(name: str) -> dict[str, str]:
    return {one.slot: one.label for one in draft_notice(NOTICES[name], 2026).materials}


@pytest.mark.parametrize(
    ("name", "materials"),
    [
        (
            "schools in winter",
            {
                "form": "冬季校园安全专项行动情况报告表（可编辑版）",
                "form_sealed": "冬季校园安全专项行动情况报告表（盖章扫描件）",
                "plan": "应急疏散演练方案",
                "photo": "演练现场照片",
                "video": "演练视频",
                "material_5": "安全教育课教案或课件",
                "signin": "演练签到表",
                "register": "危险水域排查台账",
                "material_8": "夜间宿舍疏散演练记录",
                "material_9": "特色材料",
            },
        ),
        (
            "lifts and boilers",
            {
                "plan": "演练脚本",
                "summary": "总结",
                "photo": "演练照片",
                "video": "演练视频",
                "form": "特种设备应急演练情况汇总表（可编辑版）",
                "form_sealed": "特种设备应急演练情况汇总表（盖章扫描件）",
                "material_5": "设备检验报告复印件",
            },
        ),
        (
            "an outbreak rehearsed",
            {
                "video": "演练视频",
                "plan": "演练方案",
                "signin": "参演人员签到册",
                "photo": "演练照片",
                "form": "传染病收治能力自评表",
                "press": "宣传报道",
            },
        ),
        (
            "a month of statistics law",
            {
                "summary": "活动总结",
                "photo": "活动照片",
                "video": "宣传视频",
                "form": "宣传月活动情况统计表",
            },
        ),
    ],
)
def test_each_listed_material_is_a_slot_under_its_own_name(
    name: str, materials: dict[str, str]
) -> None:
    assert asked(name) == materials


def test_who_owes_what_how_long_and_how_many_is_said_in_the_item() -> None:
    schools = {one.slot: one for one in draft_notice(SCHOOLS, 2026).materials}
    assert {slot for slot, one in schools.items() if not one.required} == {"material_9"}
    assert schools["material_8"].groups == ("寄宿制学校",)
    assert (schools["material_9"].maximum, schools["plan"].words) == (3, (800, 0))
    assert schools["form"].editable == ("docx", "doc", "wps")
    assert schools["form_sealed"].formats == ("pdf",)
    lifts = {one.slot: one for one in draft_notice(NOTICES["lifts and boilers"], 2026).materials}
    assert (lifts["summary"].words, lifts["plan"].words) == ((1500, 0), (0, 0))


def test_time_that_may_be_granted_is_nobodys_deadline() -> None:
    found = sort_deadlines(draft_notice(SCHOOLS, 2026))
    assert found.main is not None
    days = {who: f"{due.moment:%m-%d %H:%M}" for who, due in found.groups.items()}
    days["main"] = f"{found.main.moment:%m-%d %H:%M}"
    assert set(days.values()) == {"12-18 17:00", "12-22 17:00"}
    assert [f"{due.moment:%m-%d}" for due in found.others] == ["12-28"]


def grid_of(text: str, caption: tuple[str, ...]) -> Grid:
    cells = [
        Cell(word, row, column)
        for row, line in enumerate(text.split("\n"))
        for column, word in enumerate(line.split("|"))
    ]
    return Grid("表1", tuple(cells), caption=caption)


def tables() -> list[tuple[str, Table]]:
    form = grid_of(
        "学校名称||学校类别|□小学 □初中\n是否寄宿制|□是 □否|参加演练总人数（人）|\n"
        "其中：学生（人）||其中：教职工（人）|\n疏散用时（分钟）||开展安全教育课（节）|",
        caption=("附件1", "冬季校园安全专项行动情况报告表"),
    )
    waters = grid_of(
        "序号|水域名称|类型（河流/水库/坑塘）|距学校距离（米）|是否设警示标志\n1||||\n2||||",
        caption=("附件2", "危险水域排查台账", "填报单位："),
    )
    return read_tables([form, waters])


def test_every_annexed_table_is_read_by_the_title_that_stands_over_it() -> None:
    (form_title, form), (waters_title, waters) = tables()
    assert (form_title, waters_title) == ("冬季校园安全专项行动情况报告表", "危险水域排查台账")
    types = {one.path[-1]: (one.type, one.choices) for one in form.fields}
    assert types["学校类别"] == ("choice", ("小学", "初中"))
    assert types["是否寄宿制"] == ("choice", ("是", "否"))
    assert types["疏散用时（分钟）"][0] == "number"
    assert types["开展安全教育课（节）"][0] == "count"
    assert [(one.type, one.choices) for one in waters.columns] == [
        ("text", ()),
        ("choice", ("河流", "水库", "坑塘")),
        ("number", ()),
        ("choice", ("是", "否")),
    ]


def test_the_drafted_folder_holds_a_file_for_each_table_and_a_rule_for_each_item(
    tmp_path: Path,
) -> None:
    text = SCHOOLS + "\n注：参加演练总人数=学生+教职工。\n"
    files = folder_of(draft_notice(text, 2026), Table(), SHIPPED, tables())
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert set(files) == {"campaign.yaml", "units.csv", "notice.txt", "form.yaml", "register.yaml"}
    campaign = load_campaign(tmp_path, draft=True)
    assert campaign.opening.isoformat() == "2026-11-27"
    kinds = {one.slot: one.holds for one in campaign.materials}
    assert (kinds["register"], kinds["signin"], kinds["form_sealed"]) == ("form", "any", "any")
    told: dict[tuple[str, str], Any] = {
        (rule.test, getattr(rule, "applies_to", "")): rule for rule in campaign.rules
    }
    assert told["format", "signin"].allowed == ("pdf", "jpeg", "mpo")
    assert told["format", "material_5"].allowed == ("docx", "doc", "pptx", "ppt")
    assert told["format", "form"].allowed == ("docx", "doc", "wps")
    assert told["word_count", "plan"].minimum == 800
    assert told["file_size", "archive"].maximum_mb == 300
    taken = told["taken_between", "photo"]
    assert (f"{taken.from_}", f"{taken.to}") == ("2026-11-30", "2026-12-18")
    assert told["file_size", "photo"].text == "照片文件大小应不少于500KB、不超过5MB"
    assert told["duration", "video"].text == "视频时长应不少于3分钟、不超过8分钟"
    (check,) = campaign.form.checks
    assert check.text == "参加演练总人数应等于学生、教职工之和"


def test_what_another_notice_would_reject_for_waits_for_a_person() -> None:
    """本通知没有这一要求的请删去: a school's plan has no accident to describe."""
    lines = folder_of(draft_notice(SCHOOLS, 2026), Table(), SHIPPED)["campaign.yaml"].split("\n")
    (place,) = [at for at, line in enumerate(lines) if line.endswith("code: PLAN_SHARE")]
    assert "待确认" in lines[place - 1]


@pytest.mark.parametrize(
    ("heading", "type", "choices"),
    [
        ("用时（分钟）", "number", ()),
        ("面积（平方米）", "number", ()),
        ("车辆（辆）", "count", ()),
        ("等级（甲/乙/丙）", "choice", ("甲", "乙", "丙")),
        ("时间（年/月/日）", "date", ()),
        ("主要做法（300字以上）", "text", ()),
    ],
)
def test_a_heading_tells_its_unit_and_its_choices(
    heading: str, type: str, choices: tuple[str, ...]
) -> None:
    assert type_of(heading)[:2] == (type, choices)
