"""The main job on a fake mailbox and a real ledger, step by step, without waiting."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import (
    LONG_TEXT,
    OUR_ADDRESS,
    OpenOffice,
    a_mail,
    opened,
    settings_for,
    text_of,
)
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan, write_form
from mailbot.errors import TemporaryFault
from mailbot.inbox.parting import splitter
from mailbot.model import FieldValue
from mailbot.report.board import status_json

FORM: dict[str, str | int | float] = {
    "unit": "金水区",
    "reported_on": "2017-07-03",
    "filled_by": "应急办",
    "phone": "0371-60000000",
    "overall.drills": 2,
    "overall.participants": 60,
    "overall.spend_wan": 1.5,
    "overall.joint_drills": 1,
}


def the_board(office: Any, clock: FrozenClock) -> dict[str, Any]:
    document = status_json(office.ledger, office.campaign, clock.now())
    return {unit["unit"]: unit for unit in document["units"]} | {"_": document}


def test_one_mail_from_jinshui_is_recorded_judged_and_answered(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
    at: datetime,
) -> None:
    box.deliver(a_mail(files={"金水区演练方案.docx": plan("金水区")}), at)
    with open_office() as office:
        counts = office.tick()
        board = the_board(office, clock)
    assert (counts.fetched, counts.examined, counts.replied, counts.sent) == (1, 1, 1, 1)
    slots = board["金水区"]["slots"]
    assert slots["plan"]["verdict"] == "accepted"
    assert slots["text"]["verdict"] == "accepted"
    assert slots["form"]["verdict"] == "missing"
    assert board["金水区"]["state"] == "incomplete"
    (reply,) = sent.messages
    assert reply.rcpt == "clerk@example.com"
    message = opened(reply.raw)
    assert message["In-Reply-To"] == "<1@example.com>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert "YL2017-0001" in message["Subject"]
    assert "视频" in text_of(reply.raw)


def test_the_same_mail_is_not_taken_in_twice(
    open_office: OpenOffice, box: FakeMailbox, sent: MemoryTransport, at: datetime
) -> None:
    box.deliver(a_mail(), at)
    for _ in range(2):
        with open_office() as office:
            office.tick()
            assert office.tick().fetched == 0
    assert len(sent.messages) == 1


def test_a_new_uid_validity_answers_nothing_again(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
    at: datetime,
) -> None:
    box.deliver(a_mail(files={"金水区演练方案.docx": plan("金水区")}), at)
    with open_office() as office:
        office.tick()
        before = the_board(office, clock)["金水区"]
        box.change_uid_validity()
        counts = office.tick()
        assert (counts.fetched, counts.examined, counts.replied) == (1, 1, 0)
        assert the_board(office, clock)["金水区"] == before
        rows = office.ledger.rows("SELECT no_answer_reason FROM arrivals ORDER BY id")
        assert [row["no_answer_reason"] for row in rows] == [None, "duplicate"]
    assert len(sent.messages) == 1


def test_a_copy_by_another_way_is_the_same_mail(
    open_office: OpenOffice, box: FakeMailbox, sent: MemoryTransport, at: datetime
) -> None:
    raw = a_mail(files={"金水区演练方案.docx": plan("金水区")})
    box.deliver(b"Received: from a.example\r\n" + raw, at)
    box.deliver(b"Received: from b.example\r\n" + raw, at)
    with open_office() as office:
        office.tick()
    assert len(sent.messages) == 1


def test_a_message_id_that_someone_else_uses_hides_nothing(
    open_office: OpenOffice, box: FakeMailbox, clock: FrozenClock, at: datetime
) -> None:
    box.deliver(a_mail(), at)
    box.deliver(a_mail("二七区报送材料", sender="other@example.com"), at)
    with open_office() as office:
        office.tick()
        board = the_board(office, clock)
    assert board["金水区"]["slots"]["text"]["verdict"] == "accepted"
    assert board["二七区"]["slots"]["text"]["verdict"] == "accepted"


def test_three_mails_of_one_unit_get_one_answer_that_names_them_all(
    open_office: OpenOffice, box: FakeMailbox, sent: MemoryTransport, at: datetime
) -> None:
    for number in (1, 2, 3):
        box.deliver(
            a_mail(f"金水区材料{number}", message_id=f"<{number}@example.com>"),
            at + timedelta(minutes=number),
        )
    with open_office() as office:
        office.tick()
    (reply,) = sent.messages
    message = opened(reply.raw)
    assert message["In-Reply-To"] == "<3@example.com>"
    assert message["References"].split() == [f"<{number}@example.com>" for number in (1, 2, 3)]


def test_a_correction_waits_until_the_unit_has_been_silent(
    open_office: OpenOffice,
    tmp_path: Path,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
) -> None:
    settings = settings_for(tmp_path, settle=120)
    box.deliver(a_mail("金水区材料1", message_id="<1@example.com>"), clock.now())
    with open_office(settings=settings) as office:
        assert office.tick().replied == 0
        clock.advance(seconds=100)
        box.deliver(a_mail("金水区材料2", message_id="<2@example.com>"), clock.now())
        assert office.tick().replied == 0
        clock.advance(seconds=119)
        assert office.tick().replied == 0
        clock.advance(seconds=1)
        assert office.tick().replied == 1
    (reply,) = sent.messages
    assert "<1@example.com>" in opened(reply.raw)["References"]


@pytest.mark.parametrize("hours", [-3, 0, 3])
def test_the_wait_for_more_is_no_longer_where_the_servers_clock_is_ahead(
    open_office: OpenOffice, tmp_path: Path, box: FakeMailbox, clock: FrozenClock, hours: int
) -> None:
    settings = settings_for(tmp_path, settle=120)
    box.deliver(a_mail("金水区材料"), clock.now() + timedelta(hours=hours))
    with open_office(settings=settings) as office:
        assert office.tick().replied == (1 if hours < 0 else 0)
        clock.advance(seconds=120)
        assert office.tick().replied == (0 if hours < 0 else 1)


def test_a_mail_that_names_no_unit_is_acknowledged_and_taken_over_when_its_sender_is_known(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
    at: datetime,
) -> None:
    box.deliver(
        a_mail("演练方案", "见附件", message_id="<1@example.com>", files={"1.docx": plan("我")}), at
    )
    with open_office() as office:
        office.tick()
        assert the_board(office, clock)["金水区"]["state"] == "nothing"
        box.deliver(a_mail("金水区材料", message_id="<2@example.com>"), clock.now())
        clock.advance(minutes=1)
        office.tick()
        board = the_board(office, clock)
    assert board["金水区"]["slots"]["plan"]["verdict"] == "accepted"
    assert len(sent.messages) == 2


def test_a_rejected_table_is_sent_back_prefilled_on_the_blank_form(
    open_office: OpenOffice,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
) -> None:
    form = write_form(campaign.form, FORM | {"overall.drills": "十几次"})
    box.deliver(a_mail(files={"统计表.xlsx": form}), at)
    with open_office() as office:
        office.tick()
    (reply,) = sent.messages
    names = [part.get_filename() for part in opened(reply.raw).iter_attachments()]
    assert names == ["统计表（请在此表上修改）.xlsx", "来件登记.txt"]
    assert "十几次" in text_of(reply.raw)


def test_a_good_table_fills_its_slot_and_its_values_are_kept(
    open_office: OpenOffice, campaign: Campaign, box: FakeMailbox, clock: FrozenClock, at: datetime
) -> None:
    box.deliver(a_mail(files={"统计表.xlsx": write_form(campaign.form, FORM)}), at)
    with open_office() as office:
        office.tick()
        board = the_board(office, clock)
    assert board["金水区"]["slots"]["form"]["verdict"] == "accepted"
    assert FieldValue(2, "2", "").value == FORM["overall.drills"]


def test_every_arrival_without_a_reply_has_its_reason(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
    at: datetime,
) -> None:
    """G6, for a mail of each sort that must not be answered."""
    odd = {
        "auto": {"headers": {"Auto-Submitted": "auto-replied"}},
        "list": {"headers": {"List-Id": "<x.example>"}},
        "own": {"sender": OUR_ADDRESS},
        "bcc": {"to": "somebody@example.org"},
        "null": {"headers": {"Return-Path": "<>"}},
    }
    for name, options in odd.items():
        box.deliver(a_mail(message_id=f"<{name}@example.com>", **options), at)  # type: ignore[arg-type]
    with open_office() as office:
        office.tick()
        rows = office.ledger.rows("SELECT message_id, no_answer_reason, reply FROM arrivals")
        held = the_board(office, clock)
    assert len(rows) == len(odd)
    assert all(row["no_answer_reason"] and row["reply"] is None for row in rows)
    assert not sent.messages
    assert held["金水区"]["slots"]["text"]["verdict"] == "accepted"  # of the one sent by Bcc


def test_mail_from_before_the_opening_is_left_alone(
    open_office: OpenOffice, campaign: Campaign, box: FakeMailbox
) -> None:
    box.deliver(a_mail(), campaign.deadline - timedelta(days=60))
    with open_office() as office:
        assert office.tick().fetched == 0


def test_a_permanent_bounce_of_our_reply_silences_that_address(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
    at: datetime,
) -> None:
    box.deliver(a_mail(), at)
    with open_office() as office:
        office.tick()
        bounce = (
            b"From: Mail Delivery System <MAILER-DAEMON@example.com>\r\nTo: zzajyj@163.com\r\n"
            b"Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            b"--b\r\nContent-Type: text/plain\r\n\r\nuser unknown\r\n"
            b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            b"Reporting-MTA: dns; example.com\r\n\r\n"
            b"Final-Recipient: rfc822; clerk@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            b"--b--\r\n"
        )
        box.deliver(bounce, clock.now())
        new = LONG_TEXT + "另补一句。"
        box.deliver(a_mail("金水区又一封", new, message_id="<2@example.com>"), clock.now())
        clock.advance(minutes=5)
        office.tick()
        rows = office.ledger.rows("SELECT no_answer_reason FROM arrivals ORDER BY id")
    assert len(sent.messages) == 1
    assert rows[2]["no_answer_reason"] == "address_dead"


def test_one_address_gets_no_more_than_its_daily_share(
    open_office: OpenOffice,
    tmp_path: Path,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
) -> None:
    base = settings_for(tmp_path)
    assert base.smtp is not None
    limited = base.smtp.model_copy(update={"per_address_daily_limit": 2})
    settings = base.model_copy(update={"smtp": limited})
    with open_office(settings=settings) as office:
        for number in range(4):
            new = f"{LONG_TEXT}第{number}次演练。"
            box.deliver(a_mail(body=new, message_id=f"<{number}@example.com>"), clock.now())
            clock.advance(minutes=1)
            office.tick()
        rows = office.ledger.rows("SELECT no_answer_reason FROM arrivals ORDER BY id")
    assert len(sent.messages) == 2
    assert [row["no_answer_reason"] for row in rows] == [None, None, *["address_daily_limit"] * 2]


def test_shadow_mode_composes_and_sends_nothing_not_even_later(
    open_office: OpenOffice, tmp_path: Path, box: FakeMailbox, sent: MemoryTransport, at: datetime
) -> None:
    box.deliver(a_mail(), at)
    shadow = settings_for(tmp_path, mode="shadow")
    with open_office(settings=shadow) as office:
        assert office.tick().replied == 1
    with open_office() as office:
        office.tick()
    assert not sent.messages


def test_an_unreachable_mailbox_is_a_temporary_fault_and_loses_nothing(
    open_office: OpenOffice, box: FakeMailbox, at: datetime
) -> None:
    box.deliver(a_mail(), at)
    box.unreachable = True
    with open_office() as office:
        with pytest.raises(TemporaryFault):
            office.tick()
        box.unreachable = False
        assert office.tick().sent == 1


def test_a_mail_of_too_many_parts_costs_its_first_ones_and_is_answered(
    open_office: OpenOffice,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest is kept whole: taken apart again it brought as many more at each level."""
    monkeypatch.setattr(splitter, "MAX_PARTS", 30)
    whole = a_mail("金水区演练方案", "见附件", files={"方案.docx": plan("金水区")})
    head, _, body = whole.partition(b"\r\n\r\n")
    boundary = head.split(b'boundary="')[1].split(b'"')[0]
    part = b'--%s\r\nContent-Disposition: attachment; filename="%d.txt"\r\n\r\n%d\r\n'
    crowd = b"".join(part % (boundary, number, number) for number in range(120))
    end = b"--" + boundary + b"--"
    box.deliver(head + b"\r\n\r\n" + body.replace(end, crowd + end), at)
    with open_office() as office:
        office.tick()
        (row,) = office.ledger.rows("SELECT state, judged_json, defects_json FROM arrivals")
    assert row["state"] == "answered"
    assert "too_many_parts" in row["defects_json"]
    assert 20 < row["judged_json"].count('.txt"') <= 30
    assert "请将材料打包为一个压缩包" in text_of(sent.messages[-1].raw)
