"""What a correction asks for, and what it must not ask for."""

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from make.dossiers import (
    arrival_of,
    complete_dossier,
    dossier_of,
    finding,
    good_files,
    judged,
    photo,
    slot_of,
    small_photo,
    video,
)
from make.replies import both, correction, parse, request

from mailbot.campaign.rules import FormatRule
from mailbot.campaign.types import Campaign
from mailbot.model import Judged, Kind, ReplyKind, Severity, SlotVerdict, Verdict
from mailbot.outbox.compose.reply import compose_reply
from mailbot.outbox.owed import EMPTY_FORM, READ_FORM, form_to_enclose

ACCEPTED, REJECTED = SlotVerdict.ACCEPTED, SlotVerdict.REJECTED


def test_a_correction_is_one_numbered_list_of_everything(campaign: Campaign) -> None:
    form = judged(
        "统计表.xlsx",
        Kind.FORM,
        "xlsx",
        finding("FORM_FIELD", "“参演人数”未填写。请填写数字。", "空", "数字", "表1 C5"),
        finding("FORM_FIELD", "“填表人”未填写。请填写姓名。", "空", "姓名", "表1 A9"),
    )
    low = video(
        "低清.mp4", 1280, 720, finding("VIDEO_SIZE", "视频分辨率不足", "1280像素×720像素", "更大")
    )
    asked = correction(
        campaign,
        slot_of(campaign, "form", REJECTED, form),
        slot_of(campaign, "video", REJECTED, low),
        slot_of(campaign, "plan", ACCEPTED, good_files()["plan"]),
        files=(form, low, good_files()["plan"]),
    )
    subject = parse(compose_reply(asked))["Subject"]
    assert subject.startswith("【请补正】")
    assert "YL2017-0012" in subject
    for side in both(asked):
        order = [
            "1.统计表：“参演人数”未填写",
            "请填写数字",
            "2.统计表：“填表人”未填写",
            "3.视频：",
            "1280像素×720像素",
            "4.演练评估总结",
            "5.照片",
            "6.文字信息",
        ]
        positions = [side.index(words) for words in order]
        assert positions == sorted(positions)
        assert "7." not in side
        assert "有3处需补正、3项材料未收到" in side
        assert "表1C5" in side
        assert "视频（分辨率大于1280像素×720像素，格式为MP4、MPG2、AVI、MTS）" in side
        assert "请于2017年7月5日前补正（还有2天）" in side
        assert "已通过的材料不用再报" in side
        assert "特此通知" in side


def test_what_was_accepted_is_never_asked_for_again(campaign: Campaign) -> None:
    good, bad = photo("好.jpg", 4032, 3024), small_photo("差.jpg")
    asked = correction(campaign, slot_of(campaign, "photo", ACCEPTED, good, bad), files=(good, bad))
    for side in both(asked):
        assert not re.search(r"\d\.照片", side)
        assert "差.jpg" not in side[: side.index("另有未采用")]
        assert "收到的为1280×720" in side


def test_a_rejected_file_of_a_complete_dossier_is_information_only(campaign: Campaign) -> None:
    extra = small_photo("多余.jpg")
    dossier = complete_dossier(campaign)
    slots = {**dossier.slots, "photo": slot_of(
        campaign, "photo", ACCEPTED, good_files()["photo"], extra
    )}  # fmt: skip
    asked = request(
        campaign,
        ReplyKind.RECEIPT,
        dossier=replace(dossier, slots=slots),
        arrivals=(arrival_of(extra),),
    )
    for side in both(asked):
        assert "另有未采用" in side
        assert "多余.jpg" in side
        assert "需补正" not in side


@pytest.mark.parametrize(
    ("verdict", "name", "words"),
    [
        (REJECTED, f"统计表{READ_FORM}.xlsx", f"已按来件预填的统计表《统计表{READ_FORM}.xlsx》"),
        (SlotVerdict.MISSING, f"统计表{EMPTY_FORM}.xlsx", f"空白统计表《统计表{EMPTY_FORM}.xlsx》"),
        (SlotVerdict.MISSING, f"签到表{EMPTY_FORM}.xlsx", f"空白表格《签到表{EMPTY_FORM}.xlsx》"),
    ],
)
def test_an_enclosed_form_is_told_from_an_empty_one(
    campaign: Campaign, verdict: SlotVerdict, name: str, words: str
) -> None:
    bad = judged("旧表.xlsx", Kind.FORM, "xlsx", finding("X", "错误"))
    slot = slot_of(campaign, "form", verdict, *([bad] if verdict is REJECTED else []))
    asked = correction(campaign, slot, files=(bad,), attachments=((name, b"PK"),))
    for side in both(asked):
        assert words in side


def test_a_deadline_within_a_day_is_told_with_its_hour(campaign: Campaign) -> None:
    """Who is told 7月5日前 takes all of the 5th."""
    five = datetime.fromisoformat("2017-07-05T17:00:00+08:00")
    early = campaign.model_copy(update={"deadline": five})
    bad = small_photo("差.jpg")
    dossier = replace(dossier_of(early, slot_of(early, "photo", REJECTED, bad)), deadline=five)
    asked = request(early, ReplyKind.CORRECTION, arrivals=(arrival_of(bad),), dossier=dossier)
    for side in both(asked):
        assert "请于2017年7月5日17:00前补正" in side.replace(" ", "")
        assert "报送时限：2017年7月5日17:00" in side.replace(" ", "")


@pytest.mark.parametrize(
    ("allowed", "ending"),
    [(["docx", "doc"], ".docx"), (["xlsx", "docx"], ".xlsx"), (["xlsx"], ".xlsx")],
)
def test_the_form_that_goes_along_is_of_a_format_that_is_taken(
    campaign: Campaign, allowed: list[str], ending: str
) -> None:
    rule = FormatRule(
        code="FORM_FORMAT",
        test="format",
        applies_to="form",
        allowed=tuple(allowed),
        severity=Severity.ERROR,
        text="-",
        fix="-",
        basis="office",
    )
    asking = campaign.model_copy(update={"rules": (*campaign.rules, rule)})
    dossier = dossier_of(asking, slot_of(asking, "form", SlotVerdict.MISSING))
    ((name, octets),) = form_to_enclose(asking, ReplyKind.CORRECTION, dossier)
    assert name == f"统计表{EMPTY_FORM}{ending}"
    part = "word/document.xml" if ending == ".docx" else "xl/workbook.xml"
    assert part in ZipFile(BytesIO(octets)).namelist()


def test_quotes_within_a_quoted_sentence_are_single(campaign: Campaign) -> None:
    """GB/T 15834-2011: ‘’ inside “”. The notice's sentence on joint drills has “安全生产月”."""
    bad = judged("表.xlsx", Kind.FORM, "xlsx", finding("FORM_JOINT_DRILL_MISSING", "不足1次"))
    asked = correction(campaign, slot_of(campaign, "form", REJECTED, bad), files=(bad,))
    for side in both(asked):
        assert "“‘安全生产月’期间" in side


def test_a_mail_with_a_body_only_is_told_that_nothing_was_attached(campaign: Campaign) -> None:
    body = judged("正文", Kind.TEXT, "txt", slots=(), size=12)
    asked = request(
        campaign, ReplyKind.CORRECTION, arrivals=(arrival_of(body),), dossier=dossier_of(campaign)
    )
    for side in both(asked):
        assert "未见附件" in side


def test_a_slot_below_its_minimum_says_how_many_are_still_due(campaign: Campaign) -> None:
    slot = replace(
        slot_of(campaign, "photo", SlotVerdict.MISSING, photo("一.jpg", 4032, 3024)), minimum=3
    )
    for side in both(correction(campaign, slot, files=())):
        assert "已通过1份，还需2份" in side
        assert "照片数量不足" in side.replace("：", "")


def test_only_the_newest_of_two_bad_forms_is_to_be_mended(campaign: Campaign) -> None:
    old = judged("旧表.xlsx", Kind.FORM, "xlsx", finding("X_OLD", "旧错误"))
    new = judged("新表.xlsx", Kind.FORM, "xlsx", finding("X_NEW", "新错误"))
    asked = correction(campaign, slot_of(campaign, "form", REJECTED, old, new), files=(old, new))
    for side in both(asked):
        wishes = side[: side.index("另有未采用")]
        assert "新错误" in wishes
        assert "旧错误" not in wishes


def test_many_photos_with_one_fault_are_one_item_that_says_how_many_are_enough(
    campaign: Campaign,
) -> None:
    bad = tuple(small_photo(f"{number}.jpg", 1000, 500 + number) for number in range(1, 13))
    asked = correction(campaign, slot_of(campaign, "photo", REJECTED, *bad), files=bad)
    for side in both(asked):
        wishes = side[: side.index("材料清单")]
        assert "有1处需补正" in side
        assert "1000×508" in wishes
        assert "1000×509" not in wishes
        assert "另有4处相同情况" in wishes
        assert "照片补齐1份符合要求的即可" in wishes


def test_members_of_an_archive_stand_under_its_name(campaign: Campaign) -> None:
    bad = small_photo("内页.jpg")
    archive = judged("照片.zip", Kind.ARCHIVE, "zip", members=(bad,), verdict=Verdict.REJECTED)
    asked = correction(campaign, slot_of(campaign, "photo", REJECTED, bad), files=(archive,))
    for side in both(asked):
        assert "照片.zip›内页.jpg" in side
        record = side[side.index("来件登记") :]
        assert record.index("照片.zip") < record.index("内页.jpg")
        assert "内含1个文件" in record


def test_an_archive_with_a_password_is_told_as_such(campaign: Campaign) -> None:
    archive = judged(
        "材料.rar",
        Kind.ARCHIVE,
        "rar",
        finding("ARCHIVE_ENCRYPTED", "压缩包不应设置密码", "设有密码的压缩包"),
    )
    for side in both(correction(campaign, files=(archive,))):
        assert "1.其他来件：压缩包不应设置密码" in side
        assert "设有密码的压缩包" in side
        assert "取消密码" in side


def test_a_truncated_mail_is_told_as_such(campaign: Campaign) -> None:
    arrival = arrival_of(good_files()["plan"], defects=("truncated", "bad_charset"))
    dossier = dossier_of(campaign, slot_of(campaign, "plan", ACCEPTED, good_files()["plan"]))
    asked = request(campaign, ReplyKind.CORRECTION, arrivals=(arrival,), dossier=dossier)
    for side in both(asked):
        assert "邮件传输不完整" in side
        assert "bad_charset" not in side


def test_a_mail_without_anything_is_told_as_such(campaign: Campaign) -> None:
    asked = request(
        campaign, ReplyKind.CORRECTION, arrivals=(arrival_of(),), dossier=dossier_of(campaign)
    )
    assert parse(compose_reply(asked))["Subject"].startswith("【请补报】")
    for side in both(asked):
        assert "未见附件" in side
        assert "6项材料未收到" in side


def doubtful_form() -> Judged:
    """A form whose parts come to more than the total, and without a seal."""
    sums = finding("FORM_SUM_DRILLS", "各项之和为300＋200＝500，总体情况·举办次数405")
    seal = finding("FORM_SEAL_MISSING", "未见印章")
    vague = finding("FORM_FIELD_VAGUE", "约200人")
    return judged(
        "统计表.xlsx",
        Kind.FORM,
        "xlsx",
        *(replace(one, severity=Severity.WARNING) for one in (sums, seal, vague)),
    )


def test_the_offices_own_warnings_stay_with_the_office_and_doubtful_figures_go_to_the_unit(
    campaign: Campaign,
) -> None:
    form = doubtful_form()
    plan = judged(
        "方案.docx",
        Kind.PLAN,
        "docx",
        finding("PLAN_REVIEW", "未见评估与总结内容", severity=Severity.WARNING),
    )
    asked = correction(
        campaign,
        slot_of(campaign, "form", ACCEPTED, form),
        slot_of(campaign, "plan", ACCEPTED, plan),
        files=(form, plan),
    )
    for side in both(asked):
        assert "请核对" in side
        assert "＝500，总体情况·举办次数405" in side
        assert "约200人" in side
        assert "未见印章" not in side
        assert "方案.docx：演练方案宜写明评估与总结安排" in side


@pytest.mark.parametrize("form_came", ["with this mail", "earlier"])
def test_a_receipt_never_says_all_is_in_order_over_a_doubtful_figure(
    campaign: Campaign, form_came: str
) -> None:
    form, files = doubtful_form(), good_files()
    slots = [
        slot_of(campaign, slot, ACCEPTED, form if slot == "form" else file)
        for slot, file in files.items()
    ]
    brought = form if form_came == "with this mail" else files["photo"]
    asked = request(
        campaign,
        ReplyKind.RECEIPT,
        arrivals=(arrival_of(brought),),
        dossier=dossier_of(campaign, *slots),
    )
    for side in both(asked):
        assert "规格符合" not in side
        assert "无需再报" not in side
        assert "有2处数据请核对" in side
        assert "＝500，总体情况·举办次数405" in side
    sure = request(
        campaign,
        ReplyKind.RECEIPT,
        arrivals=(arrival_of(files["photo"]),),
        dossier=complete_dossier(campaign),
    )
    for side in both(sure):
        assert "规格符合" in side
        assert "请核对" not in side


def test_a_long_archive_is_cut_in_the_reply_and_the_rest_counted(campaign: Campaign) -> None:
    members = tuple(photo(f"图{number:04}.jpg", 4032, 3024) for number in range(2000))
    archive = judged("照片.zip", Kind.ARCHIVE, "zip", members=members)
    asked = correction(campaign, slot_of(campaign, "photo", ACCEPTED, *members), files=(archive,))
    raw = compose_reply(asked)
    assert len(raw) < 100_000
    for side in both(asked):
        assert "另有1993个文件，见附件" in side  # the archive and 7 of its 2,000 are listed


def test_a_document_that_is_no_material_is_named_before_the_list_with_what_it_is(
    campaign: Campaign,
) -> None:
    told = "应急预案等不是通知要求报送的演练材料。该文档已收存。"
    notice = Severity.NOTICE
    other = judged(
        "应急预案.docx",
        Kind.DOCUMENT,
        "docx",
        finding("DOCUMENT_LOOK_ALIKE", told, actual="不属于报送材料的文档", severity=notice),
    )
    for side in both(correction(campaign, files=(other,))):
        told = side.partition("【材料清单】" if "【材料清单】" in side else "材料清单")[0]
        assert "应急预案.docx：应急预案" in told
        assert "（不属于" not in side
        assert "来件已收到" in side
        assert "材料已收到" not in side
        assert "已通过的材料" not in side


def test_places_on_one_sheet_name_it_once_and_an_error_of_figures_asks_for_the_form(
    campaign: Campaign,
) -> None:
    wrong = finding(
        "FORM_SUM_DRILLS",
        "不等。请核对。",
        "各项之和为6，总数9",
        where="统计表 A5、统计表 A9、统计表 G9",
    )
    form = judged("统计表.xlsx", Kind.FORM, "xlsx", wrong)
    for side in both(
        correction(campaign, slot_of(campaign, "form", REJECTED, form), files=(form,))
    ):
        assert "（统计表A5、A9、G9）" in side
        assert "更正后重新报送" in side


def test_what_is_to_be_done_stands_apart_from_what_was_found(campaign: Campaign) -> None:
    words = "“参演人数”该单元格是公式，文件中没有保存计算结果，请用Excel或WPS打开、保存后重新报送"
    form = judged("统计表.xlsx", Kind.FORM, "xlsx", finding("FORM_FIELD_NOT_CALCULATED", words))
    for side in both(
        correction(campaign, slot_of(campaign, "form", REJECTED, form), files=(form,))
    ):
        assert "没有保存计算结果发现" in side
        assert "办法：请用Excel或WPS打开、保存后重新报送。" in side.replace("办法请", "办法：请")


def test_of_a_mail_with_too_many_parts_it_is_not_said_that_it_was_cut_on_its_way(
    campaign: Campaign,
) -> None:
    arrival = arrival_of(good_files()["plan"], defects=("too_many_parts", "truncated"))
    asked = request(
        campaign, ReplyKind.CORRECTION, dossier=dossier_of(campaign), arrivals=(arrival,)
    )
    for side in both(asked):
        assert "只核验了前1000个" in side
        assert "传输不完整" not in side
