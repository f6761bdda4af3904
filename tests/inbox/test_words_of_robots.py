"""Robots without a header are told by their words together; persons and their files are not.

The wordings are paraphrased from what the products write: QQ, NetEase, Aliyun, Exchange and
Outlook (Chinese and English), qmail, Postfix, Exim, OTRS, Zammad.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from make.parsed import parsed

from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inbox.screening.automail import classify_automail
from mailbot.inbox.screening.cues import CUES, ENOUGH
from mailbot.inbox.screening.words import brings_something
from mailbot.model import Attachment, Blob, CloudLink, MailAddress, Message

OURS = ("office@example.test",)
REPLY = "<reply-17@office.example.test>"
SENT = datetime(2017, 7, 3, 1, 0, tzinfo=UTC)


def mail(subject: str, text: str = "", **changes: object) -> Message:
    fields: dict[str, object] = {
        "sender": MailAddress("", "unit@example.test"),
        "recipients": OURS,
        "subject": subject,
        "text": text,
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]  # fields by name, mixed types


def file(name: str, kind: str = "application/octet-stream", size: int = 50_000) -> Attachment:
    return Attachment(name, Blob("0" * 64, size, Path(name)), "2", kind, "attachment")


def code_of(message: Message) -> str | None:
    found = classify_automail(
        message, OURS, lambda one: one == REPLY, lambda one: SENT if one == REPLY else None
    )
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("subject", "text", "code"),
    [
        ("Automatic reply: 收件编号YL2017-0012", "我正在休假，10日返回。", "auto_reply_words"),
        ("自动答复: 回执", "您好", "auto_reply_words"),
        ("外出: 收件编号YL2017-0012", "请联系值班室", "auto_reply_words"),
        ("不在办公室: 材料", "", "auto_reply_words"),
        ("休假自动回复", "", "auto_reply_words"),
        ("假期回复：回执", "", "auto_reply_words"),
        ("Out of Office: 回执", "", "auto_reply_words"),
        ("Auto: 回执", "", "auto_reply_words"),
        ("Autoreply: 回执", "", "auto_reply_words"),
        ("Re: 回执", "您好，我最近正在休假中，无法亲自回复您的邮件。", "auto_reply_words"),
        ("Re: 回执", "因公出差，12日返回单位，急事请致电13800000000", "auto_reply_words"),
        ("Re: 回执", "这是一封自动回复邮件，来信已收到。", "auto_reply_words"),
        ("Re: receipt", "I am currently out of the office.", "auto_reply_words"),
        ("投递失败通知：回执", "退信原因 用户不存在", "bounce_words"),
        ("未送达: 回执", "无法传递到这些收件人或组", "bounce_words"),
        ("无法送达: 回执", "", "bounce_words"),
        ("系统退信", "", "bounce_words"),
        ("退信通知", "", "bounce_words"),
        ("来自qq.com的退信", "", "bounce_words"),
        ("Undeliverable: 回执", "Your message could not be delivered.", "bounce_words"),
        ("Undelivered Mail Returned to Sender", "550 5.1.1 user unknown", "bounce_words"),
        ("failure notice", "could not deliver; no such user", "bounce_words"),
        ("Read: 回执", "", "read_receipt_words"),
        ("未读: 回执", "", "read_receipt_words"),
        ("已读: 回执", "", "read_receipt_words"),
        ("已读回执", "", "read_receipt_words"),
        ("邮件撤回通知", "", "recall_words"),
        ("撤回: 演练材料", "张某希望撤回邮件", "recall_words"),
        ("Recall: 演练材料", "would like to recall the message", "recall_words"),
        ("撤回邮件成功", "", "recall_words"),
        ("[Ticket#2017070310] 回执", "Your request has been received.", "ticket_words"),
        ("工单通知", "您的工单已创建，客服将尽快处理", "ticket_words"),
    ],
)  # fmt: skip
def test_what_robots_write_is_known(subject: str, text: str, code: str) -> None:
    assert code_of(mail(subject, text)) == code


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: 需补正", "收到，谢谢"),
        ("Re: 需补正", "好的，尽快补报"),
        ("咨询", "请问视频太大可以用U盘送过去吗？"),
        ("演练材料", "材料已发，我这周外出，请联系李四"),
        ("外出拉练演练材料", "见附件"),
        ("休假人员演练方案", "见附件"),
        ("已读通知，现报送材料", "见附件"),
        ("退信重发：演练材料", "上次被退回，现重发"),
        ("请忽略上一封邮件", "上一封邮件发错了"),
        ("撤回", "请撤回我区今天报送的照片，照片有误。"),
        ("关于撤回上一封邮件的说明", "材料有误，稍后重新报送"),
        ("转发: 自动回复", "供参考"),
        ("Read the plan", "see attachment"),
        ("查询", "材料是否收到？"),
    ],
)
def test_what_persons_write_is_no_robot(subject: str, text: str) -> None:
    assert code_of(mail(subject, text)) is None


@pytest.mark.parametrize("subject", ["自动回复: 演练材料", "Automatic reply: 材料", "未送达: 材料"])
def test_words_alone_never_silence_a_mail_that_brings_something(subject: str) -> None:
    plan = file("演练方案.docx")
    assert code_of(mail(subject)) is not None
    assert code_of(mail(subject, attachments=(plan,))) is None
    link = CloudLink("qq", "https://wx.mail.qq.com/ftn/download?key=1")
    assert code_of(mail(subject, links=(link,))) is None


@pytest.mark.parametrize(
    "attached",
    [
        file("image001.png", "image/png", 4_000),
        file("smime.p7s", "application/pkcs7-signature", 3_000),
        file("invite.ics", "text/calendar"),
    ],
    ids=lambda one: one.name,
)
def test_a_signature_is_nothing_brought(attached: Attachment) -> None:
    assert not brings_something(mail("x", attachments=(attached,)))
    assert code_of(mail("自动回复: 回执", attachments=(attached,))) == "auto_reply_words"


def test_our_own_mail_returned_with_a_bounce_is_nothing_brought() -> None:
    returned = file("原邮件.eml", "message/rfc822")
    assert code_of(mail("未送达: 回执", attachments=(returned,))) == "bounce_words"


def test_signs_add_up_with_the_place_in_our_correspondence() -> None:
    """A mailbox that says it got something is a program when it answers us within a minute."""
    words = "您的邮件我已收到，我会尽快给您回复。"
    assert code_of(mail("Re: 回执", words)) is None
    at_once = mail("Re: 回执", words, in_reply_to=REPLY, date=SENT + timedelta(seconds=20))
    assert code_of(at_once) == "auto_reply_words"
    next_day = mail("Re: 回执", words, in_reply_to=REPLY, date=SENT + timedelta(days=1))
    assert code_of(next_day) is None
    thanks = mail("Re: 回执", "收到，谢谢", in_reply_to=REPLY, date=SENT + timedelta(seconds=20))
    assert code_of(thanks) is None, "no sign of a program, however quick"


def test_the_quoted_mail_says_nothing_of_the_one_above_it() -> None:
    text = "已按要求补报。\n\n------- 原始邮件 -------\n这是一封自动回复邮件。"
    assert code_of(mail("Re: 回执", text)) is None


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/report; report-type=feedback-report",
        "multipart/report; report-type=tlsrpt",
        "multipart/report; report-type=delivery-status",
        "multipart/report",
        "message/delivery-status",
        "message/disposition-notification",
    ],
)
def test_a_report_of_any_type_is_no_submission(kind: str) -> None:
    report = mail("report", headers=(("Content-Type", kind),))
    found = classify_automail(report, OURS)
    assert found is not None
    assert (found.code, found.material) == ("delivery_report", False)


@pytest.mark.parametrize(
    "address",
    [
        "tlsrpt-noreply@example.net", "noreply-dmarc@example.net", "dmarc-reports@example.net",
        "noreply-tickets@example.net", "bounces+17@example.net", "auto-reply@example.net",
    ],
)  # fmt: skip
def test_senders_that_report_on_mail_are_machines(address: str) -> None:
    assert code_of(mail("Report", sender=MailAddress("", address))) == "role_local_part"


def test_apple_s_vacation_header_is_one_of_a_responder() -> None:
    headers = (("X-Apple-Action", "VACATION/1"),)
    assert code_of(mail("Re: x", headers=headers)) == "responder_header"


@pytest.mark.parametrize(
    ("seconds", "code"), [(-1, None), (0, "auto_reply_words"), (90, "auto_reply_words"), (91, None)]
)
def test_at_once_is_within_a_minute_and_a_half_of_our_mail(seconds: int, code: str | None) -> None:
    words = "您的邮件我已收到，我会尽快给您回复。"
    answer = mail("Re: 回执", words, in_reply_to=REPLY, date=SENT + timedelta(seconds=seconds))
    assert code_of(answer) == code


@pytest.mark.parametrize(
    ("attached", "brings"),
    [
        (file("1.jpg", "image/jpeg", 11_999), False),
        (file("1.jpg", "image/jpeg", 12_000), True),
        (replace(file("1.jpg", "image/jpeg", 50_000), referenced=True), False),
        (file("方案.docx", "application/msword", 100), True),
        (file("原邮件.eml", "message/rfc822"), True),
    ],
)
def test_a_picture_the_text_shows_or_as_small_as_a_logo_is_nothing_brought(
    attached: Attachment, brings: bool
) -> None:
    assert brings_something(mail("x", attachments=(attached,))) is brings


def test_a_robot_that_writes_html_alone_is_read() -> None:
    html = "<html><p>您好，我最近正在休假中，无法亲自回复您的邮件。</p></html>"
    assert code_of(mail("Re: 回执", html=html)) == "auto_reply_words"


@pytest.mark.parametrize(("parent", "code"), [(REPLY, "read_receipt_words"), ("<1@x.test>", None)])
def test_a_receipt_in_the_body_alone_is_one_where_it_answers_ours(
    parent: str, code: str | None
) -> None:
    words = "您发送给值班室的邮件已被阅读。"
    assert code_of(mail("Re: 回执", words, in_reply_to=parent)) == code


def test_weights_are_tens() -> None:
    assert {cue.weight % 10 for cue in CUES} == {ENOUGH % 10} == {0}


def test_every_sign_has_a_source_and_none_weighs_more_than_enough() -> None:
    assert all(cue.source and 0 < cue.weight <= ENOUGH for cue in CUES)


def test_an_empty_from_with_a_sender_is_the_sender_s(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(
        b"From: <>\r\nSender: Clerk <clerk@unit.example.test>\r\nTo: office@example.test\r\n"
        b"Subject: x\r\n\r\ntext\r\n"
    )
    message = parse_message(split_file(path, BlobStore(tmp_path)))
    assert message.sender.address == "clerk@unit.example.test"
    assert code_of(message) is None
    nobody = parsed(b"From: <>\r\nTo: office@example.test\r\nSubject: x\r\n\r\ntext\r\n")
    assert code_of(nobody) == "empty_from"
