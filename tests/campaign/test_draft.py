"""From a notice's text to the draft of a rules folder."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import Table, read_table, type_of
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.said import Draft
from mailbot.campaign.drafting.whose import sort_deadlines
from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.unconfirmed import unconfirmed
from mailbot.errors import SettingsError
from mailbot.model import Cell, Grid

DATA = Path(__file__).parents[1] / "data"
NOTICES: list[dict[str, Any]] = yaml.safe_load((DATA / "notices.yaml").read_text(encoding="utf-8"))
SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))
# Head and foot of 郑安委办〔2017〕43号, around the paragraphs that are kept in tests/data.
ZHENGZHOU = (
    " 郑安委办〔2017〕43号\n\n郑州市人民政府安全生产委员会办公室\n关于开展安全生产应急演练活动的\n"
    "通  知\n\n各县（市、区）人民政府、市政府安委会各有关单位：\n"
    + (DATA / "notice_2017_paragraphs.txt").read_text(encoding="utf-8")
    + "\n联系人：范贵宾    联系电话：0371-67182119   \n电子信箱：zzajyj＠163.com\n\n"
    "附件：2017年安全生产应急演练统计表\n"
)


def span(low: float | None, high: float | None) -> str:
    return f"{'' if low is None else f'{low:g}'}-{'' if high is None else f'{high:g}'}"


def found(draft: Draft) -> dict[str, set[str]]:
    """What the draft says, in the words in which tests/data/notices.yaml says it."""
    limits = draft.figures
    by = {
        what: [span(one.minimum, one.maximum) for one in limits if one.what == what]
        for what in ("file_size", "duration", "count")
    }
    bounds = [one for one in limits if one.what == "duration"]
    lows, highs = [one.minimum for one in bounds], [one.maximum for one in bounds]
    if len(bounds) == 2 and any(lows) and any(highs):  # stated in two clauses
        by["duration"] = [span(next(filter(None, lows)), next(filter(None, highs)))]
    return {
        "deadlines": {f"{due.moment:%Y-%m-%d}" for due in draft.deadlines},
        "mailbox": {said.value for said in draft.mailboxes},
        "formats": {word for one in limits for word in one.words},
        "sizes": {
            f"{one.operator}{one.width}x{one.height}" for one in limits if one.what == "size"
        },
        "durations": set(by["duration"]),
        "megabytes": set(by["file_size"]),
        "counts": set(by["count"]),
        "contact": {draft.contact.value} - {""},
        "phone": {draft.phone.value} - {""},
    }


def wanted(notice: dict[str, Any]) -> dict[str, set[str]]:
    return {
        key: {said} if isinstance(said, str) else set(said) for key, said in notice["says"].items()
    }


def test_of_ten_other_notices_nine_tenths_of_what_they_say_is_found_and_little_else() -> None:
    right = missed = wrong = 0
    for notice in NOTICES:
        draft = found(draft_notice(notice["text"], 2026))
        for key, values in wanted(notice).items():
            right += len(values & draft[key])
            missed += len(values - draft[key])
            wrong += len(draft[key] - values)
    assert right / (right + missed) >= 0.9, (right, missed)
    assert wrong <= (right + missed) / 10, wrong


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: str(notice["name"]))
def test_the_likeliest_deadline_and_mailbox_are_the_notices_own(notice: dict[str, Any]) -> None:
    draft = draft_notice(notice["text"], 2026)
    assert f"{draft.deadlines[0].moment:%Y-%m-%d}" == notice["says"]["deadlines"][0]
    assert draft.mailboxes[0].value == notice["says"]["mailbox"][0]


def test_the_shipped_campaigns_own_facts_are_all_found_in_its_notice() -> None:
    campaign = load_campaign(shipped_rules())
    draft = draft_notice(ZHENGZHOU, 2026)
    said = (draft.title, draft.document_number, draft.issuer, draft.contact, draft.phone)
    assert [one.value for one in said] == [
        campaign.title,
        campaign.document_number,
        campaign.issuer,
        campaign.contact.name,
        campaign.contact.phone,
    ]
    assert [one.value for one in draft.mailboxes] == [campaign.mailbox]
    assert (draft.year, draft.deadlines[0].moment) == (campaign.year, campaign.deadline)
    assert draft.form_title.value == campaign.form.title
    slots = {material.slot for material in campaign.materials}
    assert {material.slot for material in draft.materials} == slots


def written(folder: Path, draft: Draft, table: Table | None = None) -> Path:
    for name, content in folder_of(draft, table or Table(), SHIPPED).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_the_drafted_rules_ask_of_photos_and_films_what_the_shipped_ones_ask(
    tmp_path: Path,
) -> None:
    shipped = load_campaign(shipped_rules())
    drafted = load_campaign(written(tmp_path, draft_notice(ZHENGZHOU, 2026)), draft=True)

    def asked(rules: Any) -> dict[str, Any]:
        return {
            rule.code: rule.model_dump(include={"test", "operator", "width", "height", "allowed"})
            for rule in rules
            if rule.test in ("size", "format")
        }

    assert asked(drafted.rules) == asked(shipped.rules)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: str(notice["name"]))
def test_every_draft_is_a_good_folder_but_for_what_waits_for_a_person(
    notice: dict[str, Any], tmp_path: Path
) -> None:
    folder = written(tmp_path, draft_notice(notice["text"], 2026))
    load_campaign(folder, draft=True)
    with pytest.raises(SettingsError) as refused:
        load_campaign(folder)
    waiting = list(unconfirmed((folder / "campaign.yaml").read_text(encoding="utf-8")))
    assert waiting
    for number, _ in waiting:
        assert f"campaign.yaml:{number}: 待确认" in str(refused.value)


def test_a_folder_whose_guesses_were_looked_at_is_good(tmp_path: Path) -> None:
    folder = written(tmp_path, draft_notice(ZHENGZHOU, 2026))
    for path in folder.glob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(one for one in lines if "待确认" not in one), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"units\.csv:2: no unit is listed: write a row"):
        load_campaign(folder)
    with (folder / "units.csv").open("a", encoding="utf-8") as units:
        units.write("中原区,1,区,,,yes,\n")
    assert load_campaign(folder).mailbox == "zzajyj@163.com"


def test_a_text_that_is_no_notice_makes_a_draft_that_says_so(tmp_path: Path) -> None:
    draft = draft_notice("今天天气很好。\n", 2026)
    assert (draft.year, draft.deadlines, draft.mailboxes) == (2026, (), ())
    content = folder_of(draft, Table(), SHIPPED)["campaign.yaml"]
    for reason in ("通知中未见邮箱", "未能认出截止日期", "未能认出要报送的材料"):
        assert f"待确认：{reason}" in content
    load_campaign(written(tmp_path, draft), draft=True)


def grid(*rows: str) -> Grid:
    cells = [
        Cell(text, row, column)
        for row, line in enumerate(rows)
        for column, text in enumerate(line.split("|"))
    ]
    return Grid("表1", tuple(cells))


def test_labels_beside_empty_cells_become_fields() -> None:
    table = read_table([grid("单位名称||演练时间|", "参演人数||是否邀请媒体|")])
    assert [(field.path, field.type) for field in table.fields] == [
        (("单位名称",), "unit"),
        (("演练时间",), "date"),
        (("参演人数",), "count"),
        (("是否邀请媒体",), "choice"),
    ]


def test_headings_above_numbered_rows_become_repeating_rows(tmp_path: Path) -> None:
    table = read_table([grid("序号|姓名|联系电话|备注", "1|||", "2|||")])
    assert table.heading == ("序号", "姓名", "联系电话", "备注")
    assert [field.type for field in table.columns] == ["person", "phone", "text"]
    folder = written(tmp_path, draft_notice(ZHENGZHOU, 2026), table)
    rows = load_campaign(folder, draft=True).form.rows
    assert rows is not None
    assert len(rows.fields) == 3


@pytest.mark.parametrize(
    ("heading", "type"),
    [
        ("身份证号码", "id_number"),
        ("合格率", "percent"),
        ("投入（万元）", "money_wan"),
        ("有无应急预案", "choice"),
        ("备注", "text"),
    ],
)
def test_a_headings_words_tell_its_type(heading: str, type: str) -> None:
    assert type_of(heading)[0] == type


@pytest.mark.parametrize(
    ("sentence", "moment"),
    [
        ("请于6月底前报送总结。", "2024-06-30 23:59"),
        ("请于12月25日17:30前报送总结。", "2024-12-25 17:30"),
        ("请于2月29日下午5时前报送总结。", "2024-02-29 17:00"),
        ("报送截止时间：2024-7-5", "2024-07-05 23:59"),
        ("请于７月５日（星期五）前报送总结。", "2024-07-05 23:59"),
        ("请于1月10日前报送总结。\n2023年12月1日", "2024-01-10 23:59"),
    ],
)
def test_days_are_read_however_they_are_written(sentence: str, moment: str) -> None:
    draft = draft_notice(f"某安办〔2024〕1号\n关于报送总结的通知\n各单位：\n{sentence}\n", 2026)
    assert [f"{due.moment:%Y-%m-%d %H:%M}" for due in draft.deadlines] == [moment]


def test_a_bound_said_twice_is_one_bound(tmp_path: Path) -> None:
    text = "要求时长3分钟以内，超过3分钟将视为不合格的视频请于6月1日前报送。"
    draft = draft_notice(f"关于报送视频的通知\n各单位：\n{text}\n", 2024)
    assert {(one.minimum, one.maximum) for one in draft.figures} == {(None, 180.0)}


ASKS = "请报送演练方案、演练总结、照片和视频。"


@pytest.mark.parametrize(
    ("sentence", "main", "groups", "materials"),
    [
        ("请于2026年7月5日前报送。", "07-05", {}, {}),
        (
            "各区于2026年11月30日前报送，重点单位于2026年12月10日前报送。",
            "11-30",
            {"重点单位": "12-10"},
            {},
        ),
        (
            "请各单位于2026年7月5日前报送材料，其中各企业应于2026年7月20日前上报。",
            "07-05",
            {"企业": "07-20"},
            {},
        ),
        (
            "请于2026年6月20日前报送演练方案，2026年7月5日前报送总结。",
            "07-05",
            {},
            {"plan": "06-20"},
        ),
        (
            "演练方案于2026年6月20日前报送，其余材料于2026年7月5日前报送。",
            "07-05",
            {},
            {"plan": "06-20"},
        ),
        (
            "材料请于2026年7月5日前上报，照片请于2026年7月9日前发送至邮箱。",
            "07-05",
            {},
            {"photo": "07-09"},
        ),
    ],
)
def test_each_day_is_everybodys_a_groups_or_one_materials(
    sentence: str, main: str, groups: dict[str, str], materials: dict[str, str]
) -> None:
    text = f"关于报送材料的通知\n\n各单位：\n{ASKS}\n{sentence}"
    found = sort_deadlines(draft_notice(text, 2026))
    assert found.main is not None
    assert f"{found.main.moment:%m-%d}" == main
    assert {who: f"{due.moment:%m-%d}" for who, due in found.groups.items()} == groups
    assert {slot: f"{due.moment:%m-%d}" for slot, due in found.materials.items()} == materials
    assert not found.others


def test_a_drafted_deadline_of_a_group_or_material_stands_with_its_sentence(
    tmp_path: Path,
) -> None:
    said = "各区于2026年11月30日前报送，重点单位于2026年12月10日前报送"
    text = f"关于报送材料的通知\n\n各单位：\n{ASKS}\n{said}，演练方案于2026年11月5日前报送。\n"
    content = (written(tmp_path, draft_notice(text, 2026)) / "campaign.yaml").read_text("utf-8")
    data = yaml.safe_load(content)
    assert data["groups"] == {"重点单位": {"deadline": "2026-12-10T23:59:59+08:00"}}
    (plan,) = [one for one in data["materials"] if one["slot"] == "plan"]
    assert plan["deadline"] == "2026-11-05T23:59:59+08:00"
    assert content.count(f"# 通知：{said}") == 2
    assert f"此项的期限据“{said}" in content
    load_campaign(tmp_path, draft=True)


def test_what_is_welcome_is_not_demanded() -> None:
    notice = "关于报送总结的通知\n各单位：\n请于6月30日前报送总结，欢迎一并报送新闻稿。\n"
    draft = draft_notice(notice, 2024)
    assert {asked.slot: asked.required for asked in draft.materials} == {
        "summary": True,
        "press": False,
    }


def test_what_stands_above_and_below_the_rows_is_header_and_footer(tmp_path: Path) -> None:
    table = read_table(
        [
            grid(
                "填报单位：||填报日期：||",
                "序号|物资名称|应储数量|完好率（%）",
                "1|||",
                "2|||",
                "填表人：||联系电话：||",
            )
        ]
    )
    assert {one.key: (one.path[0], one.place) for one in table.fields} == {
        "unit": ("填报单位", "header"),
        "reported_on": ("填报日期", "header"),
        "filled_by": ("填表人", "footer"),
        "phone": ("联系电话", "footer"),
    }
    assert [one.type for one in table.columns] == ["text", "count", "percent"]


@pytest.mark.parametrize(
    ("sentence", "slot", "contains"),
    [
        ("请报送自查报告，文件名统一为“单位名称+自查报告”。", "summary", ["unit"]),
        ("请将材料打包，以学校名称命名后报送。", "any", ["unit"]),
        ("请报送演练方案，文件名注明单位名称和日期。", "plan", ["unit", "date"]),
        ("请报送演练方案。", "", []),
    ],
)
def test_how_files_are_to_be_named_becomes_a_rule(
    sentence: str, slot: str, contains: list[str], tmp_path: Path
) -> None:
    draft = draft_notice(f"关于报送材料的通知\n\n各单位：\n{sentence}\n", 2026)
    data = yaml.safe_load((written(tmp_path, draft) / "campaign.yaml").read_text(encoding="utf-8"))
    found = [one for one in data["rules"] if one["test"] == "file_name"]
    assert [(one["applies_to"], one["contains"]) for one in found] == (
        [(slot, contains)] if slot else []
    )


@pytest.mark.parametrize(
    ("name", "slot"),
    [("《防汛物资自查表》", "form"), ("隐患排查表", "form"), ("自查报告", "summary")],
)
def test_tables_and_reports_go_by_many_names(name: str, slot: str) -> None:
    text = f"关于报送材料的通知\n\n各单位：\n请填写{name}并报送。\n"
    assert [one.slot for one in draft_notice(text, 2026).materials] == [slot]


def test_the_bodies_that_are_addressed_speak_for_their_districts(tmp_path: Path) -> None:
    text = "关于报送总结的通知\n\n各县（市、区）防汛抗旱指挥部，市直各单位：\n请报送总结。\n"
    content = (written(tmp_path, draft_notice(text, 2026)) / "campaign.yaml").read_text("utf-8")
    assert "防汛抗旱指挥部" in yaml.safe_load(content)["identity"]["strip_suffixes"]
