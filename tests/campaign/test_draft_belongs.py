"""A limit stands at the material that the notice says it of, or at the head; at no other. No
figure, day, person or telephone is lost without a word."""

import re
from typing import Any

import pytest
import yaml

from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import read_table, read_tables
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.text_tables import grids_of_text
from mailbot.campaign.folder import shipped_rules

SHIPPED = yaml.safe_load((shipped_rules() / "campaign.yaml").read_text(encoding="utf-8"))
KINDS = {"document", "any", "archive", "mail"}


def drafted(*lines: str, title: str = "关于开展典型推荐工作的通知") -> dict[str, Any]:
    """campaign.yaml as data, with its lines 待确认 under `waiting`."""
    text = "\n".join([title, "各区教育局：", *lines, "江城市教育局", "2026年3月2日"])
    grids = grids_of_text(text)
    files = folder_of(draft_notice(text, 2026), read_table(grids), SHIPPED, read_tables(grids))
    written = files["campaign.yaml"]
    waiting = [line for line in written.split("\n") if "待确认" in line]
    data: dict[str, Any] = yaml.safe_load(written)
    return data | {"waiting": waiting}


def rules(found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The notice's own, by what they are for and what they ask."""
    return {
        (one["applies_to"], one["test"]): one
        for one in found["rules"]
        if one.get("basis") == "notice"
    }


def slots(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["slot"]: one for one in found["materials"]}


SEND = "请于4月10日前将以上材料发送至邮箱jy@jc.example。"


@pytest.mark.parametrize(
    "line",
    [
        "请各单位将事迹材料（1500字以内）于4月10日前发送至邮箱jy@jc.example。",
        "请各单位报送公函，并提交心得体会，于4月10日前发至邮箱jy@jc.example。",
        "请提交典型事迹、应急预案各一份，于4月10日前发至邮箱jy@jc.example。",
    ],
)
def test_no_drafted_slot_is_named_as_a_kind(line: str) -> None:
    found = drafted(line)
    assert slots(found)
    assert not KINDS & set(slots(found))


@pytest.mark.parametrize(
    ("limit", "test", "key", "value"),
    [
        ("MP4格式", "format", "allowed", ["mp4"]),
        ("分辨率不低于1920×1080", "size", "width", 1920),
        ("时长不超过10分钟", "duration", "maximum_s", 600),
        ("视频大小不超过300MB", "file_size", "maximum_mb", 300),
    ],
)
def test_what_can_only_be_of_a_video_is_of_the_video_asked_in_the_same_item(
    limit: str, test: str, key: str, value: object
) -> None:
    found = drafted(
        "三、材料报送",
        f"（一）推荐单位需提交典型申请书1份（图文并茂），工作开展的视频1份（{limit}）。",
        "（二）推荐汇总表1份。",
        SEND,
    )
    assert rules(found)["video", test][key] == value
    assert not any(target.startswith("material") for target, _ in rules(found))
    assert "video" in slots(found)


@pytest.mark.parametrize(
    "line",
    [
        "姓名 | | 性别 | | 联系电话 | |作者简介（200字以内） |",
        "│序号│活动主题（20字内）│主题说明（200字以内）│作者│",
        "每条主题不超过20个字，并附200字以内的文字说明。",
        "每组作品配文字说明300字以内。",
    ],
)
def test_the_length_of_a_field_or_of_a_caption_makes_no_material(line: str) -> None:
    found = drafted("请将征文于4月10日前发送至邮箱jy@jc.example。", "作品要求", line)
    assert [one["label"] for one in found["materials"]] == ["征文"]
    assert not any(test == "word_count" for _, test in rules(found))


@pytest.mark.parametrize("about", ["2000字左右", "约2000字"])
def test_a_length_that_is_only_about_so_rejects_nobody_unasked(about: str) -> None:
    lists = ("四、材料要求", f"（一）案例文本。分四个部分，字数在{about}，采用Word格式。")
    found = drafted(*lists, "（二）案例图片。JPG格式。", SEND)
    rule = rules(found)["material_1", "word_count"]
    assert (rule["severity"], rule["maximum"]) == ("warning", 2000)
    assert "字数在" in rule["source"]
    assert any("“左右”按上限掌握" in line for line in found["waiting"])


def test_how_many_of_one_thing_is_not_how_many_of_the_item_before_it() -> None:
    found = drafted(
        "四、材料要求",
        "（一）案例文本。采用Word格式。",
        "（二）推荐表。加盖公章。",
        "每家单位报送案例不超过3个。",
        SEND,
    )
    assert "maximum" not in slots(found)["form"]


def test_advice_holds_no_figure_of_another_notice() -> None:
    found = drafted("请于4月10日前将视频发送至邮箱jy@jc.example，分辨率不低于640×480。")
    assert "video" in slots(found)
    assert not [
        one["code"] for one in found["rules"] if "1280" in one["fix"] or "1920" in one["fix"]
    ]


@pytest.mark.parametrize("verb", ["函报", "函送"])
def test_by_letter_is_how_it_is_sent_and_no_letter_is_asked_for(verb: str) -> None:
    found = drafted(f"填写《基地申报书》，报送区局，将审查合格的申报材料{verb}我厅。")
    assert [one["label"] for one in found["materials"]] == ["基地申报书"]


def test_a_label_keeps_its_year_and_none_of_a_quotation_s_end() -> None:
    found = drafted(
        "请填写2026年“质量月”主题征集表，于4月10日前发至jy@jc.example。",
        title="关于举办“书香满城，共享幸福”第三届读书征文大赛的通知",
    )
    assert {one["label"] for one in found["materials"]} == {
        "2026年“质量月”主题征集表",
        "第三届读书征文",
    }


@pytest.mark.parametrize(
    ("lines", "moment"),
    [
        (("三、征文时间", "2026年2月15日至2026年7月25日"), "2026-07-25T23:59"),
        (("征文时间：2026年3月15日—7月25日",), "2026-07-25T23:59"),
        (("一、作品征集时间", "2026年3月15日—2026年7月25日。"), "2026-07-25T23:59"),
        (
            (
                "二、征集时间",
                "发文之日起至2026年6月30日。",
                "请于6月30日18:00前发送至jy@jc.example。",
            ),
            "2026-06-30T18:00",
        ),
    ],
)
def test_a_stretch_of_time_for_sending_ends_at_the_deadline(
    lines: tuple[str, ...], moment: str
) -> None:
    found = drafted(*lines, "请将征文以电子版形式发送至邮箱jy@jc.example。")
    assert found["deadline"].startswith(moment)
    assert not any("未能认出截止日期" in line for line in found["waiting"])


def test_days_that_are_told_to_be_no_deadline_stand_where_it_is_missing() -> None:
    found = drafted("活动时间：2026年3月15日至9月25日。", "请将征文发送至邮箱jy@jc.example。")
    (line,) = [one for one in found["waiting"] if "未能认出截止日期" in one]
    assert "2026-09-25（活动时间" in line


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("1.各县交通局至少报送新媒体作品2件、图片故事2组、征文3篇；", ["2件", "2组", "3篇"]),
        ("请将作品、作者简介（200字以内）和《登记表》发至jy@jc.example。", ["200字"]),
        ("各省推荐特色学校2所、试点县（区）1个。", ["2所", "1个"]),
        ("各省推荐特色学校2所，校园试点县（区）1个。", ["2所", "1个"]),
        ("各省征集、遴选的典型方案2~5个。", ["5个"]),
        ("每个单位报送主题不超过10条。", ["10条"]),
        ("将相关材料（推荐函、申报书、承诺书）一式5份报至jy@jc.example，每套不超过3页。", ["3页"]),
    ],
)
def test_a_figure_that_no_value_took_over_stands_at_the_head(line: str, figures: list[str]) -> None:
    """Though its sentence is the source of a form_2, a form_3 or an essay."""
    found = drafted("填写《作品报名表》和《作品汇总表》，征文发至jy@jc.example。", line)
    (told,) = [one for one in found["waiting"] if "未写入规则" in one]
    said = re.findall(r"通知此处的要求（([^）]*)）", told)[0].split("、")
    assert [one for one in figures if one not in said] == []


def test_prizes_are_no_demand() -> None:
    prizes = "每类作品设一等奖1名、二等奖3名，分别给予2000元、1000元稿酬。"
    found = drafted("请将征文发至jy@jc.example。", "四、奖项", prizes)
    assert not [one for one in found["waiting"] if "未写入规则" in one]


@pytest.mark.parametrize(
    ("lines", "name", "phone", "others"),
    [
        (
            ("联 系 人：龚  岩，联系电话：0516-80800921，传真：0516-80800922。",),
            "龚岩",
            "0516-80800921",
            "",
        ),
        (("联系人：资源处：段  丽  电话0371-65508221",), "资源处段丽", "0371-65508221", ""),
        (("联系人：建设处 何  敏", "联系电话：（028）86113870"), "建设处何敏", "(028)86113870", ""),
        (
            ("联系人：陈雁、王聪", "电  话：010-59190201、010-59190202"),
            "陈雁",
            "010-59190201",
            "另有联系人王聪；另有电话010-59190202",
        ),
        (
            ("联系人：李  婷  0731-85698110", "        王志强  15873100002"),
            "李婷",
            "0731-85698110",
            "另有联系人王志强；另有电话15873100002",
        ),
        (("联系人：边静", "联系电话：010-84663699转1236"), "边静", "010-84663699转1236", ""),
    ],
)
def test_whom_to_call_is_the_person_and_who_else_is_told(
    lines: tuple[str, ...], name: str, phone: str, others: str
) -> None:
    found = drafted("请将征文发至jy@jc.example。", *lines)
    assert found["contact"] == {"name": name, "phone": phone}
    told = [one for one in found["waiting"] if "另有" in one]
    assert [one.partition("：")[2] for one in told] == ([others] if others else [])


def test_what_a_bracket_names_is_asked_for_also_where_more_stands_behind_it() -> None:
    found = drafted(
        "各局于4月10日前将相关材料（推荐函、申报书、承诺书）一式5份以书面及电子版形式报我厅，"
        "电子版发送至jy@jc.example。"
    )
    assert [one["label"] for one in found["materials"]] == ["推荐函", "申报书", "承诺书"]


def test_what_is_enough_for_some_is_asked_of_all() -> None:
    found = drafted(
        "1.各中小学至少报送视频4个。2.少年宫报送视频10个。3.各幼儿园至少报送视频1个。",
        "4.少年活动中心报送视频8个。",
        "视频发至jy@jc.example。",
    )
    assert "minimum" not in slots(found)["video"]
    assert any("按较少的掌握（原为4-）" in line for line in found["waiting"])


def test_when_mail_is_first_taken_is_told_beside_what_the_notice_writes() -> None:
    found = drafted("征文时间：2026年3月15日—7月25日", "征文发至jy@jc.example。")
    assert str(found["opening"]) == "2026-03-02"
    assert any("通知写自2026-03-15起" in line for line in found["waiting"])
    assert str(drafted("征文发至jy@jc.example。")["opening"]) == "2026-03-02"


def test_annexed_tables_have_their_number_behind_them_and_how_to_fill_them_is_none() -> None:
    found = drafted(
        "请将征文发至jy@jc.example。",
        "附件：（可从公告栏下载）",
        "1、《山塘基本情况调查表》填报说明",
        "2、山塘现状调查表（表1-1）",
        "3、典型山塘登记表（表2）",
    )
    assert [one["label"] for one in found["materials"]] == [
        "征文",
        "山塘现状调查表",
        "典型山塘登记表",
    ]


def test_about_so_many_words_beside_a_firm_bound_stay_about() -> None:
    """The wider of the two is taken, and refuses nobody."""
    found = drafted(
        "1.先进集体事迹材料约1500字，先进个人事迹材料不超过1000字；另附工作照片2张。",
        "2.请填写推荐审批表，与事迹材料一并于4月10日前报安全科，电子版发jy@jc.example。",
    )
    rule = rules(found)["paper", "word_count"]
    assert (rule["maximum"], rule["severity"]) == (1500, "warning")


@pytest.mark.parametrize("behind", ["如有可一并报送", "可自愿报送", "可选报"])
def test_what_a_sentence_makes_welcome_behind_its_name_is_not_demanded(behind: str) -> None:
    found = drafted("1.征文发至jy@jc.example。", f"2.上报事迹短片1部（不超过5分钟），{behind}。")
    assert slots(found)["video"]["required"] is False


def test_what_is_said_of_the_first_table_is_told_to_hold_for_the_others() -> None:
    """The slot `form` has its kind's name, as it always had."""
    found = drafted(
        "三、报送材料",
        "（一）推荐表（附件1），Excel格式。",
        "（二）参演人员登记册（附件2）。",
        SEND,
        "附件1\n推荐表\n编号|姓名|联系电话\n1||\n2||",
        "附件2\n参演人员登记册\n编号|姓名|联系方式\n1||\n2||",
    )
    assert [one["kind"] for one in found["materials"] if one["slot"] != "form"] == ["form"]
    assert any("对参演人员登记册同样生效" in line for line in found["waiting"])


def test_what_is_welcome_behind_a_comma_makes_nothing_before_it_so() -> None:
    found = drafted("须提交项目报告、活动照片，如有视频资料也请一并报送至jy@jc.example。")
    assert [one["label"] for one in found["materials"] if not one.get("required", True)] == ["视频"]


def test_the_title_names_what_the_text_has_no_word_for() -> None:
    found = drafted(
        "一、活动总结。字数控制在2000字以内，7月3日前报送。",
        "二、活动图片不少于4张，发至jy@jc.example。",
        title="关于报送“安全生产月”活动总结的通知",
    )
    assert slots(found)["summary"]["label"] == "“安全生产月”活动总结"
    assert rules(found)["summary", "word_count"]["maximum"] == 2000
    assert any("据通知标题" in line for line in found["waiting"])


def test_what_the_program_cannot_measure_is_told_with_its_figure() -> None:
    found = drafted("视频发至jy@jc.example，画面比例16：9。", "照片不低于300DPI。")
    said = "".join(line for line in found["waiting"] if "系统不核验" in line)
    assert "16:9" in said
    assert "300DPI" in said


def test_two_teachers_are_two_persons() -> None:
    found = drafted("征文发至jy@jc.example。", "联系人：张老师 李老师，电话：0351-6010001")
    assert found["contact"]["name"] == "张老师"
    assert any("另有联系人李老师" in line for line in found["waiting"])


def test_what_may_be_added_to_a_text_is_not_demanded() -> None:
    found = drafted("总结发至jy@jc.example。", "每篇不超过1500字，可附现场照片1—3张（JPG格式）。")
    assert slots(found)["photo"]["required"] is False


def test_a_size_behind_a_document_is_not_of_the_pictures_before_it() -> None:
    found = drafted("图片不超过5张，发至jy@jc.example。", "佐证材料合并为一个PDF，不超过20M。")
    assert ("photo", "file_size") not in rules(found)
    assert rules(found)["document", "file_size"]["severity"] == "warning"
    assert any("对全部文档生效" in line for line in found["waiting"])


def test_a_length_of_time_that_is_only_about_so_refuses_no_video() -> None:
    found = drafted("教学视频1段（时长15分钟左右，MP4格式）发至jy@jc.example。")
    rule = rules(found)["video", "duration"]
    assert (rule["maximum_s"], rule["severity"]) == (900, "warning")
    assert any("“左右”按上限掌握" in line for line in found["waiting"])


def test_by_when_something_is_done_is_no_deadline_where_another_day_is_for_sending() -> None:
    found = drafted("3月8日前完成推荐，3月10日17:30前将上述材料打包发至jy@jc.example。")
    assert found["deadline"].startswith("2026-03-10T17:30")


def test_a_list_that_goes_on_in_the_line_of_its_heading_is_a_list() -> None:
    found = drafted(
        "（一）申报材料：1.申报表（Word版）；2.案例正文，3000字以内；3.支撑材料，不超过20M；4.汇总表。",
        SEND,
    )
    labels = [one["label"] for one in found["materials"]]
    assert labels == ["申报表", "案例正文", "支撑材料", "汇总表"]
    sizes = [target for target, test in rules(found) if test == "file_size"]
    assert sizes == [next(m["slot"] for m in found["materials"] if m["label"] == "支撑材料")]


def test_one_picture_of_another_sort_is_told_beside_the_count() -> None:
    found = drafted("近期证件照1张、工作照3至5张发至jy@jc.example。")
    assert any("另有一处写1，请核对合计" in line for line in found["waiting"])


@pytest.mark.parametrize(
    "line",
    [
        "封面图一张，尺寸1080×608像素，大小不超过500KB。",
        "宣传册不超过500KB。",
        "音频时长8分钟以内。",
    ],
)
def test_what_is_of_something_else_is_no_limit_of_the_video_before_it(line: str) -> None:
    found = drafted("实践视频不超过3分钟，MP4，发至jy@jc.example。", line)
    assert rules(found)["video", "duration"]["maximum_s"] == 180
    assert not {("video", "file_size"), ("video", "size")} & set(rules(found))
    assert any(line[:4] in one for one in found["waiting"])


@pytest.mark.parametrize(
    "line", ["大小不超过500MB。", "2.单个文件不超过500MB。", "要求：不超过500MB。"]
)
def test_what_goes_on_about_the_video_is_of_it(line: str) -> None:
    found = drafted("实践视频为MP4格式，发至jy@jc.example。", line)
    assert rules(found)["video", "file_size"]["maximum_mb"] == 500


def test_a_single_picture_s_size_is_of_pictures_whatever_stands_before() -> None:
    found = drafted("每篇文字1000—2500字，配图不少于3张（单张1MB以上，jpg格式）。", SEND)
    assert rules(found)["photo", "file_size"]["minimum_mb"] == 1
    assert ("document", "file_size") not in rules(found)


def test_a_length_of_no_named_text_is_told_to_be_the_only_document_s() -> None:
    found = drafted("每篇1000—2500字。", "提供作者承诺书，发至jy@jc.example。")
    assert any("按唯一的文档掌握" in line for line in found["waiting"])


def test_a_long_name_is_known_by_its_last_word_too_and_its_table_is_not() -> None:
    title = "关于举办第三届全国读书征文大赛的通知"
    found = drafted("请报送第三届读书征文大赛参赛表，发至jy@jc.example。", title=title)
    known = {one["kind"]: one for one in found["documents"]}
    assert known["essay"]["titles"] == ["第三届全国读书征文", "征文"]
    assert "征文…表" in known["essay"]["unlike"]
    assert "征文" not in known["form"]["titles"]


def test_a_last_word_that_two_documents_share_tells_neither() -> None:
    found = drafted("请报送企业承诺书、个人承诺书，发至jy@jc.example。")
    assert [one["titles"] for one in found["documents"]] == [["企业承诺书"], ["个人承诺书"]]
