"""Which reply is due and what it says, in the text and in the HTML."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from make.dossiers import (
    arrival_of,
    complete_dossier,
    dossier_of,
    finding,
    good_files,
    judged,
    slot_of,
    small_photo,
)
from make.replies import both, correction, look, parse, part, request

from mailbot.campaign.types import Campaign
from mailbot.model import CloudLink, Kind, Punctuality, ReplyKind, Severity, SlotVerdict, Verdict
from mailbot.outbox.compose.reply import choose_kind, compose_reply

ACCEPTED, REJECTED = SlotVerdict.ACCEPTED, SlotVerdict.REJECTED


# ---- the kind -----------------------------------------------------------------------------


def test_a_complete_dossier_gets_a_receipt(campaign: Campaign) -> None:
    assert choose_kind(complete_dossier(campaign), [arrival_of()]) is ReplyKind.RECEIPT


@pytest.mark.parametrize("verdict", [SlotVerdict.MISSING, SlotVerdict.REJECTED])
def test_what_the_unit_can_do_gets_a_correction(campaign: Campaign, verdict: SlotVerdict) -> None:
    slots = [slot_of(campaign, slot, ACCEPTED, file) for slot, file in good_files().items()]
    dossier = dossier_of(campaign, *slots[:-1], slot_of(campaign, "text", verdict))
    assert choose_kind(dossier, [arrival_of()]) is ReplyKind.CORRECTION


@pytest.mark.parametrize("verdict", [SlotVerdict.HELD, SlotVerdict.ANNOUNCED])
def test_what_only_a_person_can_do_is_acknowledged(
    campaign: Campaign, verdict: SlotVerdict
) -> None:
    slots = [slot_of(campaign, slot, ACCEPTED, file) for slot, file in good_files().items()]
    dossier = dossier_of(campaign, *slots[:-1], slot_of(campaign, "text", verdict))
    assert choose_kind(dossier, [arrival_of()]) is ReplyKind.ACKNOWLEDGEMENT


def test_an_unknown_unit_is_acknowledged() -> None:
    arrival = arrival_of(unit=None, held_reasons=("unknown_unit",))
    assert choose_kind(None, [arrival]) is ReplyKind.ACKNOWLEDGEMENT


def test_a_doubtful_sender_never_sees_a_dossier(campaign: Campaign) -> None:
    arrival = arrival_of(unit=None, held_reasons=("unit_conflict",))
    dossier = complete_dossier(campaign)
    assert choose_kind(dossier, [arrival]) is ReplyKind.ACKNOWLEDGEMENT
    text, html = both(
        request(campaign, ReplyKind.ACKNOWLEDGEMENT, arrivals=(arrival,), dossier=dossier)
    )
    assert "演练评估总结.docx" not in text + html


# ---- what it says -------------------------------------------------------------------------


def test_a_receipt_names_number_unit_files_measures_digest_and_contact(
    campaign: Campaign,
) -> None:
    asked = request(campaign, ReplyKind.RECEIPT)
    mail = parse(compose_reply(asked))
    subject = mail["Subject"]
    (register,) = mail.iter_attachments()
    assert register.get_filename() == "来件登记.txt"
    assert good_files()["video"].sha256 in register.get_content().decode("utf-8-sig")
    assert subject.startswith("【已收到】2017年安全生产应急演练")
    assert subject.endswith("回执 收件编号：YL2017-0012 （金水区）")
    for side in both(asked):
        assert "收件编号：YL2017-0012" in side
        assert "演练视频.mp4" in side
        assert "1920×1080MP4H.26412.3秒" in side
        assert "43.5MB" in side  # 45,613,056 octets
        assert "4032×3024JPG" in side
        assert good_files()["video"].sha256[:12] not in side
        assert "2017年7月5日" in side
        assert "范贵宾" in side
        assert "0371-67182119" in side
        assert "此件为系统自动生成" in side
        assert "特此回执" in side
        assert "已通过" in side
        assert "需补正" not in side
        assert "请于" not in side


def test_words_of_administrative_licensing_are_not_used(campaign: Campaign) -> None:
    bad = small_photo("小图.jpg")
    asked = correction(campaign, slot_of(campaign, "photo", REJECTED, bad), files=(bad,))
    for side in both(asked):
        for word in ("驳回", "不予受理", "补正通知书", "瞒报", "虚报", "收悉"):
            assert word not in side


def test_an_announced_link_shows_its_printed_expiry_and_the_days_left(campaign: Campaign) -> None:
    link = CloudLink("netease", "https://mail.163.com/x", "全程.mp4", 84_934_656, "2017年8月2日")
    slot = slot_of(campaign, "video", SlotVerdict.ANNOUNCED, links=[link])
    for side in both(correction(campaign, slot, files=(), links=(link,))):
        assert "全程.mp4" in side
        assert "网易邮箱超大附件，81MB" in side
        assert "2017年8月2日到期，还有30天" in side
        assert "mail.163.com" not in side.replace("zzajyj@163.com", "")
        assert not re.search(r"\d\.视频", side)
        assert "视频：以下载链接报送的文件，待下载后核验" in side


def test_an_acknowledgement_of_an_unknown_unit_asks_for_its_name_alone(campaign: Campaign) -> None:
    arrival = arrival_of(
        small_photo("小图.jpg"), unit=None, held_reasons=("unknown_unit",), subject="转发：材料"
    )
    asked = request(
        campaign, ReplyKind.ACKNOWLEDGEMENT, unit=None, dossier=None, arrivals=(arrival,)
    )
    subject = parse(compose_reply(asked))["Subject"]
    assert subject.startswith("【请补充】")
    assert subject.endswith("（单位待核实）")
    for side in both(asked):
        assert "未能辨认出报送单位；请直接回复本邮件写明报送单位全称" in side
        assert "小图.jpg" in side
        for word in ("请于", "补正", "未收到", "需补", "不符合", "未采用"):
            assert word not in side.replace("可直接回复本邮件补报材料", "")


@pytest.mark.parametrize("in_slot", [True, False])
def test_a_held_file_is_shown_with_what_holds_it(campaign: Campaign, in_slot: bool) -> None:
    """The missing seal of a typed table holds nothing; that it is a bureau's does."""
    table = judged(
        "统计表.xlsx",
        Kind.FORM,
        "xlsx",
        finding("FORM_SEAL_MISSING", "应加盖公章。", severity=Severity.NOTICE),
        finding("FORM_SUB_UNIT", "填报单位为“二七区城管局”，须核对", severity=Severity.WARNING),
        verdict=Verdict.HELD,
    )
    slots = [slot_of(campaign, "form", SlotVerdict.HELD, table)] if in_slot else []
    asked = request(
        campaign,
        ReplyKind.ACKNOWLEDGEMENT,
        dossier=dossier_of(campaign, *slots),
        arrivals=(arrival_of(table),),
    )
    for side in both(asked):
        assert "统计表.xlsx，填报单位为“二七区城管局”" in side
        assert "加盖公章" not in side


def test_after_the_deadline_lateness_is_stated_as_a_fact(campaign: Campaign) -> None:
    late = datetime(2017, 7, 8, 1, 5, tzinfo=UTC)  # 9:05 in Zhengzhou
    plan = good_files()["plan"]
    asked = request(
        campaign,
        ReplyKind.CORRECTION,
        dossier=dossier_of(campaign, slot_of(campaign, "plan", ACCEPTED, plan)),
        arrivals=(arrival_of(plan, arrived_at=late),),
        now=late,
    )
    for side in both(asked):
        assert "报送时限为2017年7月5日，本次来件于2017年7月8日9:05收到，已逾期" in side
        assert "请尽快补报" in side
        assert "请于" not in side


def test_a_late_completion_of_a_timely_submission_is_called_so(campaign: Campaign) -> None:
    late = datetime(2017, 7, 8, 1, 5, tzinfo=UTC)
    dossier = replace(complete_dossier(campaign), punctuality=Punctuality.SUPPLEMENTED_LATE)
    asked = request(
        campaign,
        ReplyKind.RECEIPT,
        dossier=dossier,
        arrivals=(arrival_of(arrived_at=late),),
        now=late,
    )
    for side in both(asked):
        assert "按时报送、逾期补正" in side


def test_the_last_moment_of_the_deadline_is_not_late(campaign: Campaign) -> None:
    last = datetime(2017, 7, 5, 15, 59, 59, 500_000, tzinfo=UTC)
    asked = request(campaign, ReplyKind.RECEIPT, arrivals=(arrival_of(arrived_at=last),), now=last)
    for side in both(asked):
        assert "逾期" not in side


def test_the_last_answer_of_the_day_says_so(campaign: Campaign) -> None:
    for side in both(request(campaign, ReplyKind.RECEIPT, last_today=True)):
        assert "今日不再逐件答复" in side
    for side in both(request(campaign, ReplyKind.RECEIPT)):
        assert "今日不再逐件答复" not in side


def test_both_sides_say_the_same(campaign: Campaign) -> None:
    """Every line of the text stands in the HTML, whatever the layout does with its labels."""
    bad = small_photo("小图.jpg")
    link = CloudLink("qq", "https://wx.mail.qq.com/ftn/download?key=1", "全程.mp4", None, "")
    asked = correction(
        campaign,
        slot_of(campaign, "photo", REJECTED, bad),
        slot_of(campaign, "plan", ACCEPTED, good_files()["plan"]),
        slot_of(campaign, "video", SlotVerdict.ANNOUNCED, links=[link]),
        files=(bad, good_files()["plan"]),
        links=(link,),
    )
    message = parse(compose_reply(asked))
    html = re.sub(r"[\s·：（），]", "", "".join(look(part(message, "html")).text))
    lines = [re.sub(r"[\s·：（），【】]", "", line) for line in part(message, "plain").splitlines()]
    assert [line for line in lines if line not in html] == []
