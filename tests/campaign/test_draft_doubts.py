"""What of a draft waits for a person, and what the notice itself has settled."""

from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import Table, read_tables
from mailbot.campaign.drafting.lines import data_of
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.text_tables import grids_of_text
from mailbot.campaign.folder import shipped_rules

SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))


def files(*lines: str) -> dict[str, str]:
    text = "\n".join(
        ("关于报送节水宣传材料的通知", "各单位：", *lines, "江城市水务局", "2026年3月2日")
    )
    return folder_of(draft_notice(text, 2026), Table(), SHIPPED, read_tables(grids_of_text(text)))


def rule(drafted: dict[str, str], test: str, target: str) -> dict[str, Any]:
    rules: list[dict[str, Any]] = data_of(drafted["campaign.yaml"])["rules"]
    return next(one for one in rules if (one["test"], one.get("applies_to")) == (test, target))


@pytest.mark.parametrize(
    ("said", "test", "target", "bounds"),
    [
        (
            "视频：公益广告时长不超过90秒，微电影时长不超过8分钟。",
            "duration",
            "video",
            (None, 480, "maximum_s"),
        ),
        ("照片不小于1M。照片不大于8M。", "file_size", "photo", (1, 8, "maximum_mb")),
        ("照片大小不超过2M。照片大小不超过5M。", "file_size", "photo", (None, 5, "maximum_mb")),
    ],
)
def test_of_two_bounds_nothing_is_refused_that_one_lets_pass(
    said: str, test: str, target: str, bounds: tuple[float | None, float, str]
) -> None:
    low, high, key = bounds
    drafted = files("请于2026年3月30日前将照片、视频发至jieshui@jiangcheng.example。", said)
    found = rule(drafted, test, target)
    assert (found.get(key.replace("maximum", "minimum")), found[key]) == (low, high)
    if low is None:
        assert "# 待确认：通知有几种写法，按最宽的掌握" in drafted["campaign.yaml"]


HEADING = (
    "序号|姓名|联系电话|参加人数（人）|用时（分钟）|经费（万元）|完成日期|是否党员|人员比例|地点"
)


def test_a_heading_that_proves_its_type_waits_for_nobody() -> None:
    drafted = files(
        "请于2026年3月30日前将节水宣传统计表（见附件）发至jieshui@jiangcheng.example。",
        "附件\n节水宣传统计表",
        HEADING,
        "1|||||||||",
        "2|||||||||",
    )
    waiting = [one for one in drafted["form.yaml"].split("\n") if "待确认" in one]
    doubted = " ".join(waiting)
    assert "地点：由栏目名看不出类型，按文字掌握" in doubted
    assert "由“比例”推定" in doubted
    for proven in ("姓名", "电话", "人）", "分钟", "万元", "日期", "党员"):
        assert proven not in doubted, waiting


def test_rows_without_a_number_repeat_where_empty_ones_follow() -> None:
    drafted = files(
        "请于2026年3月30日前将节水宣传统计表（见附件）发至jieshui@jiangcheng.example。",
        "附件\n节水宣传统计表",
        "活动名称|举办时间|参加人数（人）",
        "||",
        "||",
    )
    assert data_of(drafted["form.yaml"])["rows"]["heading"] == [
        "活动名称",
        "举办时间",
        "参加人数（人）",
    ]


def test_what_is_no_drill_is_not_answered_in_the_words_of_one() -> None:
    drafted = files("请于2026年3月30日前将节水承诺书、照片发至jieshui@jiangcheng.example。")
    assert "演练" not in drafted["campaign.yaml"]
    assert "（如“节水承诺书”）" in drafted["campaign.yaml"]


SAFETY_MONTH = (
    "（一）开展征文活动。各单位要组织职工撰写征文，字数2000字以内，每单位不少于2篇。",
    "（二）开展警示教育，组织观看警示教育片，播放公益广告，张贴海报、悬挂标语。",
    "（三）开展演练。完善应急预案，编制演练方案，做好演练记录和评估报告。",
    "（四）加强信息报送，及时总结经验做法，注重收集活动图片、视频等资料。",
    "（五）各单位要制定活动方案，明确专人负责，于2026年6月5日前将活动方案和联络员名单报局安委办。",
    "（六）各单位每周四下班前报送活动开展情况统计表。",
    "（七）各单位于2026年7月3日前将活动总结、征文和影像资料（照片不少于5张，单张不小于2M）"
    "发送至jieshui@jiangcheng.example。",
)


def test_of_what_a_notice_has_done_only_what_it_has_sent_is_asked() -> None:
    drafted = data_of(files(*SAFETY_MONTH)["campaign.yaml"])
    found = {one["label"]: one for one in drafted["materials"]}
    assert set(found) == {
        "征文",
        "活动方案",
        "联络员名单",
        "活动开展情况统计表",
        "活动总结",
        "照片",
    }
    assert (found["征文"]["minimum"], found["照片"]["minimum"]) == (2, 5)
    assert found["活动方案"]["deadline"].startswith("2026-06-05")
    assert drafted["deadline"].startswith("2026-07-03")


def test_what_is_to_come_week_by_week_waits_for_a_person() -> None:
    content = files(*SAFETY_MONTH)["campaign.yaml"]
    assert "待确认：定期报送的，系统只按一个截止日期掌握，各期须另行催收：“（六）" in content


def test_a_day_before_the_notice_was_written_is_no_deadline() -> None:
    drafted = files(
        "2015年12月31日前登记成立的单位均应参评，材料请于2026年4月10日前报送区水务局，"
        "电子版发jieshui@jiangcheng.example。"
    )
    campaign = data_of(drafted["campaign.yaml"])
    assert campaign["deadline"].startswith("2026-04-10")
    assert "2015-12-31" not in drafted["campaign.yaml"]


def test_one_of_two_limits_is_enough_where_the_notice_says_or() -> None:
    drafted = files(
        "请于2026年3月30日前将照片发至jieshui@jiangcheng.example。",
        "照片格式为JPG，分辨率不低于1600像素×1200像素或文件大小不低于2MB。",
    )
    assert rule(drafted, "any_of", "photo")["rules"] == [
        {"test": "size", "operator": ">=", "width": 1600, "height": 1200},
        {"test": "file_size", "minimum_mb": 2.0},
    ]
    tests = [one["test"] for one in data_of(drafted["campaign.yaml"])["rules"]]
    assert not {"size", "file_size"} & set(tests)


def test_what_one_group_owes_besides_is_asked_of_it_alone() -> None:
    drafted = files(
        "请于2026年3月30日前将节水总结发至jieshui@jiangcheng.example。",
        "重点用水单位另报用水台账扫描件。",
    )
    asked = {one["label"]: one for one in data_of(drafted["campaign.yaml"])["materials"]}
    assert asked["用水台账"]["only_groups"] == ["重点用水单位"]
    assert "only_groups" not in asked["节水总结"]


def test_what_is_asked_for_beside_a_list_waits_for_a_person() -> None:
    drafted = files(
        "一、报送材料",
        "1.节水方案1份；",
        "2.节水总结1份。",
        "二、报送方式",
        "请于2026年3月30日前将材料和活动照片发至jieshui@jiangcheng.example。",
    )
    content = drafted["campaign.yaml"]
    assert [one["slot"] for one in data_of(content)["materials"]] == ["plan", "summary"]
    assert "待确认：通知此处还要求报送（活动照片），未列为材料" in content
