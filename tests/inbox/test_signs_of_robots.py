"""Single signs of robots at their bounds: weights, files that are none, evidence, empty names."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.inbox.screening.automail import (
    brings_material,
    classify_automail,
    original_address,
)
from mailbot.inbox.screening.bounces import Bounce, parse_bounce
from mailbot.inbox.screening.words import brings_something, class_of_words
from mailbot.model import Attachment, Blob, MailAddress, Message, NoAnswer

OURS = ("office@example.test",)
REPLY = "<reply-17@office.example.test>"
SENT = datetime(2017, 7, 3, 1, 0, tzinfo=UTC)


def mail(**changes: object) -> Message:
    fields: dict[str, object] = {
        "sender": MailAddress("", "unit@example.test"),
        "recipients": OURS,
        "return_path": "unit@example.test",
        "subject": "演练材料",
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]  # fields by name, mixed types


def file(kind: str, size: int = 50_000, *, referenced: bool = False) -> Attachment:
    blob = Blob("0" * 64, size, Path("x"))
    return Attachment("x", blob, "2", kind, "attachment", referenced=referenced)


def answered(message: Message) -> bool:
    return classify_automail(message, OURS, lambda one: one == REPLY) is None


def reason(message: Message) -> str | None:
    found = classify_automail(message, OURS, lambda one: one == REPLY)
    return found.evidence if found else None


@pytest.mark.parametrize(
    ("headers", "evidence"),
    [
        ((("Return-Path", "<>"),), "Return-Path: <>"),
        ((("Return-Path", "< >"),), "Return-Path: < >"),
        ((("Return-Path", "<a@b.test>"),), None),
        ((("Auto-Submitted", "no"),), None),
        ((("Auto-Submitted", ""),), None),
        (
            (("Auto-Submitted", "(a comment) auto-replied; no"),),
            "Auto-Submitted: (a comment) auto-replied; no",
        ),
        ((("Auto-Submitted", "no; auto-replied"),), None),
        ((("X-Ack", "no"),), "X-Ack: no"),
        ((("X-Ack", "yes"),), None),
        ((("Content-Identifier", "Auto Replied Mail"),), "Content-Identifier: Auto Replied Mail"),
        ((("Content-Identifier", "ExJournalReport"),), None),
        ((("Delivered-To", "<Autoresponder@b.test>"),), "Delivered-To: <Autoresponder@b.test>"),
        ((("Delivered-To", "unit@autoresponder.test"),), None),
        ((("Precedence", "first-class"),), None),
        ((("Precedence", "very bulk"),), "Precedence: very bulk"),
        ((("X-Auto-Response-Suppress", "None"),), None),
        ((("X-Loop", "ofFice@example.test"),), "X-Loop: ofFice@example.test"),
        ((("X-OQ-MSGID", REPLY),), f"X-OQ-MSGID: {REPLY}"),
        ((("X-OQ-MSGID", "<other@b.test>"),), None),
        ((("X-OQ-MSGID", ""),), None),
        ((("List-Post", "x" * 300),), "List-Post: " + "x" * 189),
    ],
)
def test_a_header_is_shown_as_the_evidence_it_is(
    headers: tuple[tuple[str, str], ...], evidence: str | None
) -> None:
    assert reason(mail(headers=headers)) == evidence


def test_a_loop_of_one_of_our_addresses_is_ours() -> None:
    headers = (("X-Loop", "second@example.test"),)
    found = classify_automail(mail(headers=headers), (*OURS, "second@example.test"))
    assert found is not None
    assert found.code == "own_loop_header"


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (("",), False),
        (("<>",), False),
        (('"系统" <>',), False),
        (("unit", "<>"), True),  # one of them names somebody, though not how to reach him
        ((), True),
    ],
)
def test_a_from_that_names_nobody_is_a_robots_and_none_at_all_is_a_broken_mail(
    values: tuple[str, ...], answer: bool
) -> None:
    headers = tuple(("From", value) for value in values)
    assert answered(mail(sender=MailAddress("", ""), headers=headers)) is answer


def test_a_null_sender_is_told_as_such() -> None:
    assert reason(mail(return_path="")) == "Return-Path: <>"
    assert answered(mail(return_path=None))


@pytest.mark.parametrize(
    ("address", "original"),
    [
        ("<Unit@B.Test>", "unit@b.test"),
        ("b.test", "b.test"),
        ("@b.test", "b.test"),
        ("", ""),
        ("SRS0=HHH=TT=unit.test=prvs@forward.test", "prvs@unit.test"),
    ],
)
def test_an_envelope_address_in_its_plain_form(address: str, original: str) -> None:
    assert original_address(address) == original


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": MailAddress("", "noreply+7@b.test")},
        {"return_path": "owner-list@b.test"},
        {"return_path": "mailer-daemon"},
        {"reply_to": MailAddress("", "dmarc-reports@b.test")},
    ],
)
def test_a_role_is_looked_for_wherever_an_answer_might_go(changes: dict[str, object]) -> None:
    found = classify_automail(mail(**changes), OURS)
    assert found is not None
    assert found.code == "role_local_part"


def test_material_comes_with_what_is_answered_and_with_robots_that_may_hand_in() -> None:
    assert brings_material(None)
    assert brings_material(NoAnswer("list_mail", "x", True))
    assert not brings_material(NoAnswer("own_address", "x", False))


# ---- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attachment", "brings"),
    [
        (file("application/pdf"), True),
        (file("application/pdf", referenced=True), False),
        (file("message/delivery-status"), False),
        (file("text/calendar"), False),
        (file("image/png", 11_999), False),  # a logo
        (file("image/png", 12_000), True),
        (file("application/pdf", 11_999), True),
        (file("message/rfc822"), True),
        (file("text/plain"), True),
    ],
)
def test_what_may_have_been_meant_as_material(attachment: Attachment, brings: bool) -> None:
    assert brings_something(mail(attachments=(attachment,))) is brings
    returned = attachment.declared_type in ("message/rfc822", "text/plain")
    assert brings_something(mail(attachments=(attachment,)), returned=True) is (
        brings and not returned
    )


@pytest.mark.parametrize(
    ("late", "code"),
    [
        (timedelta(0), "auto_reply_words"),
        (timedelta(seconds=90), "auto_reply_words"),
        (timedelta(seconds=91), None),
        (timedelta(seconds=-1), None),
        (None, None),
    ],
)
def test_an_answer_within_ninety_seconds_is_no_persons(
    late: timedelta | None, code: str | None
) -> None:
    """50 of its words, 30 since it answers ours, 40 since it does at once; 100 suffice."""
    message = mail(
        subject="Re: 回执",
        text="我正在休假",
        references=("<x@b.test>", REPLY),
        date=None if late is None else SENT + late,
    )
    found = class_of_words(message, lambda one: SENT if one == REPLY else None)
    assert (found[0] if found else None) == code
    assert class_of_words(message) is None


@pytest.mark.parametrize(
    ("subject", "text", "means"),
    [
        ("自动回复: 材料", "", "auto_reply_words"),
        ("Fwd: 自动回复: 材料", "", None),  # a person shows it to us
        ("材料", "我正在休假", None),
        ("材料", "一切都好", None),
        ("自动回复: 材料", "user unknown", "auto_reply_words"),  # 100 against 40
        ("材料", "> 这是一封自动回复邮件", None),  # quoted
        ("材料", "好" * 3999 + "这是一封自动回复邮件", None),  # beyond what a robot needs
        ("材料", "好" * 3000 + "这是一封自动回复邮件", "auto_reply_words"),
    ],
)
def test_the_class_with_the_most_weight_is_the_mails(
    subject: str, text: str, means: str | None
) -> None:
    found = class_of_words(mail(subject=subject, text=text))
    assert (found[0] if found else None) == means


def test_words_of_a_mail_without_plain_text_are_read_from_its_html() -> None:
    found = class_of_words(mail(subject="材料", html="<p>这是一封自动回复</p>"))
    assert found == ("auto_reply_words", "body: 这是一封自动回复")


# ---- bounces ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "subject", "text", "html", "bounce"),
    [
        ("postmaster@qq.com", "退信", "", "", True),
        ("PostMaster@Exmail.QQ.com", "通知", "邮件被退回", "", True),
        ("mailer-daemon@foxmail.com", "通知", "", "<b>退信原因</b>", True),
        ("postmaster@qq.com", "通知", "您好", "", False),
        ("10000@qq.com", "退信", "", "", False),
        ("postmaster@notqq.com", "通知", "邮件被退回", "", False),
    ],
)
def test_a_bounce_of_qq_is_told_by_sender_and_words(
    sender: str, subject: str, text: str, html: str, bounce: bool
) -> None:
    message = mail(sender=MailAddress("", sender), subject=subject, text=text, html=html)
    found = classify_automail(message, OURS)
    assert (found is not None and found.code == "qq_bounce") is bounce
    if bounce and found is not None:
        assert found.evidence == f"From: {sender.lower()}; Subject: {subject}"


def report(text: str, **changes: object) -> Bounce | None:
    return parse_bounce(mail(sender=MailAddress("", "mx@b.test"), text=text, **changes))


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("用户 Gone@Unit.test 不存在", "gone@unit.test"),
        ("mx@b.test 报告：gone@unit.test 不存在", "gone@unit.test"),
        ("postmaster@unit.test 报告：gone@unit.test 不存在", "gone@unit.test"),
        ("请询 mx@b.test", None),
    ],
)
def test_in_prose_the_first_address_that_is_not_the_reporters_is_meant(
    text: str, recipient: str | None
) -> None:
    found = report(text)
    assert (found.recipient if found else None) == recipient


def test_a_header_names_who_was_not_reached_before_all_prose() -> None:
    headers = (("X-Failed-Recipients", " Gone@Unit.test, x@y.test"),)
    found = report("Final-Recipient: rfc822; other@unit.test", headers=headers)
    assert found is not None
    assert found.recipient == "gone@unit.test"


def test_every_mail_that_is_named_is_told_once_in_order() -> None:
    headers = (("X-CM-Original-Message-ID", " "), ("X-CM-Original-Message-ID", "<1@b.test>"))
    answers = {"in_reply_to": "<3@b.test>", "references": ("<4@b.test>", "<2@b.test>")}
    returned = "Message-ID: <2@b.test>\nX-OQ-MSGID: <1@b.test>"
    found = parse_bounce(mail(headers=headers, **answers), returned)
    assert found is not None
    assert found.message_ids == ("<1@b.test>", "<2@b.test>", "<3@b.test>", "<4@b.test>")
    assert (found.message_id, found.recipient, found.permanent) == ("<1@b.test>", "", False)


def test_html_is_read_where_there_is_no_text_and_only_there() -> None:
    html = "<p>用户不存在</p><p>gone@unit.test:</p>"
    found = parse_bounce(mail(text="", html=html))
    assert found is not None
    assert (found.recipient, found.permanent) == ("gone@unit.test", True)
    other = parse_bounce(mail(text="kept@unit.test", html=html))
    assert other is not None
    assert (other.recipient, other.permanent) == ("kept@unit.test", False)
