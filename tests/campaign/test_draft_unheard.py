"""What a notice says in passing: whom it spares, what it cannot be held to, what stands around its
tables. Nothing that is demanded is left out in silence."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import Table, read_tables
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.text_tables import grids_of_text
from mailbot.campaign.folder import load_campaign, shipped_rules

SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))
HEAD = "关于报送疏散演练材料的通知\n各单位：\n演练周定于2026年5月8日至15日开展。\n"
LIST = "三、材料报送要求\n请于2026年5月22日前报送以下材料：\n"


def folder(tmp_path: Path, *items: str, behind: str = "") -> dict[str, Any]:
    """campaign.yaml and the forms of the draft; `text` is campaign.yaml as it stands."""
    listed = "".join(f"{number}.{one}\n" for number, one in enumerate(items, start=1))
    text = f"{HEAD}{LIST}{listed}{behind}"
    files = folder_of(draft_notice(text, 2026), Table(), SHIPPED, read_tables(grids_of_text(text)))
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    load_campaign(tmp_path, draft=True)
    read = {name: yaml.safe_load(one) for name, one in files.items() if name.endswith(".yaml")}
    return read | {"text": files["campaign.yaml"]}


def slots(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["slot"]: one for one in found["campaign.yaml"]["materials"]}


PLAN, VIDEO = "演练方案（Word格式）；", "演练视频1个，MP4格式；"


@pytest.mark.parametrize(
    ("item", "slot", "key", "groups"),
    [
        ("演练视频1个，民办幼儿园不作要求；", "video", "except_groups", ["民办幼儿园"]),
        ("演练视频一段，街道办事处可不报。", "video", "except_groups", ["街道办事处"]),
        ("演练视频（民营医院除外）；", "video", "except_groups", ["民营医院"]),
        ("演练视频，小微企业无需报送；", "video", "except_groups", ["小微企业"]),
        ("演练视频1个，不作硬性要求；", "video", "except_groups", None),
        ("承诺书，燃气经营企业须另行提交；", "material_2", "only_groups", ["燃气经营企业"]),
        ("消防设施检测报告（仅限高层医院报送）；", "material_2", "only_groups", ["高层医院"]),
    ],
)
def test_whom_a_material_is_asked_of_is_said_in_the_item(
    item: str, slot: str, key: str, groups: list[str] | None, tmp_path: Path
) -> None:
    material = slots(folder(tmp_path, PLAN, item))[slot]
    assert material.get(key) == groups
    assert material.get("required", True) is ("硬性" not in item)


@pytest.mark.parametrize(
    ("item", "kinds", "formats"),
    [
        (
            "演练方案（Word或PDF格式，加盖公章的须报扫描件）；",
            {"plan": None},
            ["docx", "doc", "pdf"],
        ),
        ("签到表（扫描件或照片）；", {"signin": "any"}, None),
        ("签到表，扫描成PDF或拍照均可；", {"signin": "any"}, ["pdf", "jpeg", "mpo", "png"]),
        ("整改台账，EXCEL电子版，不接受图片和扫描件；", {"register": "document"}, ["xlsx", "xls"]),
        ("复盘报告，1000至2500字，PDF。", {"material_2": "document"}, ["pdf"]),
    ],
)
def test_one_material_may_come_in_several_ways(
    item: str, kinds: dict[str, str | None], formats: list[str] | None, tmp_path: Path
) -> None:
    found = folder(tmp_path, "演练视频1个；", item)
    met = {slot: one.get("kind") for slot, one in slots(found).items() if slot != "video"}
    assert met == kinds
    (slot,) = kinds
    rules = {(one["test"], one.get("applies_to")): one for one in found["campaign.yaml"]["rules"]}
    assert rules.get(("format", slot), {}).get("allowed") == formats


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("须为活动期间（5月8日至15日）拍摄", ["2026-05-08", "2026-05-15"]),
        ("须为演练期间现场拍摄", ["2026-05-08", "2026-05-15"]),
        ("拍摄时间为2026年12月28日至2027年1月5日", ["2026-12-28", "2027-01-05"]),
        ("应为5月30日—6月2日期间拍摄", ["2026-05-30", "2026-06-02"]),
        ("应为2月30日至3月2日期间拍摄", None),  # no such day
    ],
)
def test_when_pictures_are_taken_is_found_however_it_is_said(
    said: str, days: list[str] | None, tmp_path: Path
) -> None:
    found = folder(tmp_path, PLAN, f"演练照片不少于4张，{said}；")
    rules = {one["code"]: one for one in found["campaign.yaml"]["rules"]}
    rule = rules.get("PHOTO_TAKEN")
    assert (rule and [rule["from"], rule["to"]]) == days


def test_two_bounds_one_after_the_other_are_both_kept(tmp_path: Path) -> None:
    found = folder(
        tmp_path,
        "演练脚本，5至20页，不少于1200字且不超过4000字；",
        "演练影像：照片8—15张（长度不限，宽度不小于2400像素、高度不小于1600像素，单张3MB以上20MB以下）；"
        "视频1—2个（30秒以上、3分钟以内）。",
    )
    met = slots(found)
    assert [(met[one]["minimum"], met[one]["maximum"]) for one in ("photo", "video")] == [
        (8, 15),
        (1, 2),
    ]
    rules = {one["code"]: one for one in found["campaign.yaml"]["rules"]}
    told = [
        [rules[code].get(key) for key in keys]
        for code, keys in (
            ("PLAN_PAGES", ("minimum", "maximum")),
            ("PLAN_LENGTH", ("minimum", "maximum")),
            ("PHOTO_SIZE", ("width", "height")),
            ("PHOTO_FILE_SIZE", ("minimum_mb", "maximum_mb")),
            ("VIDEO_DURATION", ("minimum_s", "maximum_s")),
        )
    ]
    assert told == [[5, 20], [1200, 4000], [2400, 1600], [3.0, 20.0], [30.0, 180.0]]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("邮件主题统一注明“单位名称+演练材料”。", "邮件主题的写法系统不核验"),
        ("逾期三日仍未报送的，予以通报。", "写grace_days: 3"),
        ("宽限两个工作日后仍未报送的，予以通报。", "写grace_days: 2"),
        ("各校至少组织2次全员演练。", "（2次）未写入规则"),
        ("视频须横屏录制。", "系统不核验（横屏）"),
        ("照片须为演练当日拍摄。", "拍摄时间"),
    ],
)
def test_what_the_rules_cannot_say_waits_for_a_person(
    sentence: str, words: str, tmp_path: Path
) -> None:
    quiet = "\n".join(["关于报送材料的通知", "各单位：", "请于2026年5月22日前报送总结和照片。"])
    files = folder_of(draft_notice(f"{quiet}\n{sentence}\n", 2026), Table(), SHIPPED, ())
    waiting = [line for line in files["campaign.yaml"].split("\n") if "# 待确认" in line]
    assert [line for line in waiting if words in line and sentence[:-1] in line], waiting
    files = folder_of(draft_notice(f"{quiet}\n", 2026), Table(), SHIPPED, ())
    assert words not in files["campaign.yaml"]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("其中，民办幼儿园可延期至5月29日前报送。", {"民办幼儿园": "2026-05-29"}),
        ("民营医院可推迟至5月29日。", {"民营医院": "2026-05-29"}),
        ("燃气经营企业的报送时间放宽到5月29日。", {"燃气经营企业": "2026-05-29"}),
        ("确有困难的单位经批准可延期至5月29日前报送。", None),
    ],
)
def test_more_time_for_a_group_is_its_deadline(
    said: str, who: dict[str, str] | None, tmp_path: Path
) -> None:
    found = folder(tmp_path, PLAN, VIDEO, behind=f"\n{said}\n")["campaign.yaml"].get("groups")
    assert (found and {name: one["deadline"][:10] for name, one in found.items()}) == who


@pytest.mark.parametrize(
    ("line", "name", "phone"),
    [
        ("联系人：市教体局安全科  联系电话：0379-6000 0000", "市教体局安全科", "0379-60000000"),
        ("联系人：乌日娜 佟雷，电话（传真）：0436-3322118", "乌日娜", "0436-3322118"),
        ("联系人：燃气办 孟晓东；电话：0833-4567890", "燃气办孟晓东", "0833-4567890"),
    ],
)
def test_an_office_may_answer_the_telephone(line: str, name: str, phone: str) -> None:
    draft = draft_notice(f"{HEAD}{LIST}1.{PLAN}\n2.{VIDEO}\n四、联系方式\n{line}\n", 2026)
    assert (draft.contact.value, draft.phone.value) == (name, phone)


ANNEX = """附件1
演练情况统计表
填报单位（盖章）：            填报日期：   年   月   日
序号|演练日期|参加人数|其中：教职工|经费（元）
1||||
2||||
合计演练次数：       次      其中地震疏散：     次    火灾疏散：     次
填表人：          审核人：          联系电话：
"""


def test_the_lines_around_a_table_are_its_header_and_footer(tmp_path: Path) -> None:
    form = folder(tmp_path, PLAN, "《演练情况统计表》（附件1，Excel格式）；", behind=ANNEX)[
        "form.yaml"
    ]
    fields = {one["path"][-1]: (one["key"], one["type"], one["place"]) for one in form["fields"]}
    assert fields == {
        "填报单位": ("unit", "unit", "header"),
        "填报日期": ("reported_on", "date", "header"),
        "合计演练次数": ("line_3", "count", "footer"),
        "地震疏散": ("line_4", "count", "footer"),
        "火灾疏散": ("line_5", "count", "footer"),
        "填表人": ("filled_by", "person", "footer"),
        "审核人": ("line_7", "person", "footer"),
        "联系电话": ("phone", "phone", "footer"),
    }
    assert [one["type"] for one in form["rows"]["fields"]] == [
        "date",
        "count",
        "count",
        "money_wan",
    ]
    sum, seal = form["checks"]
    assert (sum["test"], sum["total"], sum["parts"]) == ("sum", "line_3", ["line_4", "line_5"])
    assert seal["test"] == "seal"


def test_an_annexed_table_that_no_item_names_is_a_form_that_waits(tmp_path: Path) -> None:
    table = "附件1\n隐患排查汇总表\n"
    table += "报送单位（公章）：        报送时间：   年  月\n"
    table += "发现隐患（处）：      已整改（处）：    整改率（%）：\n"
    found = folder(tmp_path, PLAN, VIDEO, behind=table)
    assert slots(found)["form"]["label"] == "隐患排查汇总表"
    assert "附件有此表，正文未列为报送材料" in found["text"]
    types = {one["path"][-1]: one["type"] for one in found["form.yaml"]["fields"]}
    assert types["整改率(%)"] == "percent"
    assert types["发现隐患(处)"] == types["已整改(处)"] == "count"


def test_parts_add_up_to_the_figure_of_their_unit() -> None:
    rows = "演练次数（次）||参演人数（人）|\n其中：防雷（次）||其中：防火（次）|\n"
    ((_, table),) = read_tables(grids_of_text("附件1\n演练统计表\n" + rows))
    keys = {one.path[-1]: one.key for one in table.fields}
    (sum,) = table.sums
    assert (sum.total, sum.parts) == (
        keys["演练次数（次）"],
        (keys["其中：防雷（次）"], keys["其中：防火（次）"]),
    )


def test_what_a_heading_says_of_the_way_is_no_material(tmp_path: Path) -> None:
    text = (
        "关于组织报送演练资料的通知\n各单位：\n请按下列要求报送：\n一、报送时限\n9月28日下班前报送。\n"
        "二、报送要求\n1.演练脚本及实施方案各一份（Word版）。\n2.演练情况小结，一千字左右；\n"
        "3.演练图片5张以上，须为试鸣当日（9月18日）现场拍摄；\n"
        "4.短视频1部，片长不少于1分30秒且不多于4分钟；\n三个工作日内补报的不通报。\n2026年9月2日\n"
    )
    files = folder_of(draft_notice(text, 2026), Table(), SHIPPED, ())
    data = yaml.safe_load(files["campaign.yaml"])
    assert [one["slot"] for one in data["materials"]] == [
        "plan",
        "plan_2",
        "summary",
        "photo",
        "video",
    ]
    rules = {one["code"]: one for one in data["rules"]}
    assert (rules["PHOTO_TAKEN"]["from"], rules["PHOTO_TAKEN"]["to"]) == ("2026-09-18",) * 2
    assert (rules["VIDEO_DURATION"]["minimum_s"], rules["VIDEO_DURATION"]["maximum_s"]) == (90, 240)
    assert rules["SUMMARY_LENGTH"]["maximum"] == 1000
    waiting = [line for line in files["campaign.yaml"].split("\n") if "待确认" in line]
    for words in ("“左右”按上限掌握", "“下班”未写明几时", "写grace_days: 3"):
        assert any(words in line for line in waiting), words
    assert not any("30秒" in line and "未写入" in line for line in waiting)


def test_a_listed_material_with_an_annexed_table_is_its_form(tmp_path: Path) -> None:
    annex = "附件1\n参演人员登记册\n编号|姓名|联系方式\n1||\n2||\n"
    found = folder(tmp_path, PLAN, "参演人员登记册（附件1），Excel表；", behind=annex)
    assert slots(found)["register"]["kind"] == "form"
    assert found["register.yaml"]["rows"]["heading"] == ["编号", "姓名", "联系方式"]
