"""Reminders: whom, when, what, once, within the budget, and never by a pass."""

import threading
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.office import an_office, opened, text_of
from make.replies import bare, look
from make.submitted import Submitted, an_empty_office, figures

from mailbot.campaign.types import Campaign, Reminder
from mailbot.demo.documents import write_form
from mailbot.ledger import sending
from mailbot.ledger.dossiers import mark_bounced
from mailbot.ledger.store import open_ledger
from mailbot.report.reminders import due_reminders, queue_reminders, reminder_address
from mailbot.settings.types import Settings
from mailbot.workflow.scheduler import Loop

LISTED = "yewu@example.gov.cn"


@pytest.fixture
def campaign(campaign: Campaign) -> Campaign:
    """The shipped campaign; 中牟县 has an address in units.csv."""
    units = tuple(
        unit.model_copy(update={"addresses": (LISTED,)}) if unit.unit == "中牟县" else unit
        for unit in campaign.units
    )
    return campaign.model_copy(update={"units": units})


def morning(campaign: Campaign, days: int, hour: int = 9) -> datetime:
    """So many days after the deadline's day, in the morning."""
    day = campaign.deadline.astimezone(campaign.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour), campaign.zone)


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    """Twenty days before the deadline 金水区 has sent a table that is rejected, and a text."""
    office = an_empty_office(tmp_path, campaign, days=20)
    office.receive(
        "金水区统计表",
        {"统计表.xlsx": write_form(campaign.form, figures("金水区", overall__drills="十几次"))},
        sender="jinshui@example.com",
    )
    office.work()
    office.sent.messages.clear()
    return office


def setting(office: Submitted, **changes: Any) -> Settings:
    """The office's settings with other `[schedule] reminders`, outbox mode or daily limit."""
    base = office.settings
    assert base.smtp is not None
    return base.model_copy(
        update={
            "schedule": base.schedule.model_copy(
                update={"reminders": changes.get("reminders", "live")}
            ),
            "outbox": base.outbox.model_copy(update={"mode": changes.get("mode", "live")}),
            "smtp": base.smtp.model_copy(update={"daily_limit": changes.get("limit", 200)}),
        }
    )


def at(office: Submitted, moment: datetime) -> None:
    office.clock.advance(seconds=(moment - office.clock.now()).total_seconds())


def queue(office: Submitted, settings: Settings) -> list[str]:
    with open_ledger(office.data) as ledger:
        done = queue_reminders(ledger, office.campaign, settings, office.clock.now())
    return [one.unit for one in done]


def test_the_shipped_rules_remind_five_days_and_one_before_and_one_after(
    campaign: Campaign,
) -> None:
    assert [one.day for one in campaign.reminders] == [-5, -1, 1]


def test_only_units_that_owe_something_and_have_a_known_address(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    assert queue(office, setting(office)) == ["金水区", "中牟县"]


@pytest.mark.parametrize("days", [-9, -6, -3, 3])
def test_on_other_days_nobody_is_reminded(office: Submitted, days: int) -> None:
    at(office, morning(office.campaign, days))
    assert queue(office, setting(office)) == []


def test_a_day_missed_is_made_up_on_the_next_with_that_days_words(office: Submitted) -> None:
    at(office, morning(office.campaign, -4))
    with open_ledger(office.data) as ledger:
        first, _ = due_reminders(ledger, office.campaign, setting(office), office.clock.now())
    assert first.day == -5
    assert "还有4天" in first.text


def test_once_for_a_unit_and_a_day(office: Submitted) -> None:
    for days, units in ((-5, ["金水区", "中牟县"]), (-4, []), (-1, ["金水区", "中牟县"]), (0, [])):
        at(office, morning(office.campaign, days))
        assert queue(office, setting(office)) == units, days
        assert queue(office, setting(office)) == [], days


def test_what_is_missing_stands_in_it_in_the_offices_words(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    with open_ledger(office.data) as ledger:
        partly, silent = due_reminders(ledger, office.campaign, setting(office), office.clock.now())
    assert partly.subject.startswith("【报送提醒】2017年安全生产应急演练活动材料尚有")
    assert "还有5天" in partly.text
    assert "十几次" in partly.text
    for label in ("演练方案", "演练评估总结", "视频", "照片"):
        assert label in partly.text
    assert "已通过：文字信息" in partly.text
    assert partly.text.count("特此通知。") == 1
    assert "尚未收到（中牟县）" in silent.subject
    assert "如已报送，请与我办联系核对。" in silent.text
    assert "特此通知" not in silent.text
    for one in (partly, silent):
        assert not any(word in one.text for word in ("驳回", "瞒报", "通报", "扣分"))


def test_text_and_page_say_the_same(office: Submitted) -> None:
    at(office, morning(office.campaign, -1))
    with open_ledger(office.data) as ledger:
        due = due_reminders(ledger, office.campaign, setting(office), office.clock.now())
    for one in due:
        page = bare("".join(look(one.html).text))
        for line in one.text.splitlines():
            words = line.strip().removeprefix("发现：").removeprefix("办法：").strip("【】")
            assert bare(words) in page, line


def test_after_the_deadline_it_says_so_as_a_fact(office: Submitted) -> None:
    at(office, morning(office.campaign, 1))
    with open_ledger(office.data) as ledger:
        due = due_reminders(ledger, office.campaign, setting(office), office.clock.now())
    assert "报送已于2017年7月5日截止" in due[0].text
    assert "请尽快" in due[0].text


def test_the_offices_own_sentence_takes_the_place_of_the_first(office: Submitted) -> None:
    own = Reminder(day=-5, text="请各单位抓紧报送。")
    chosen = office.campaign.model_copy(update={"reminders": (own,)})
    at(office, morning(office.campaign, -5))
    with open_ledger(office.data) as ledger:
        (one, *_) = due_reminders(ledger, chosen, setting(office), office.clock.now())
    assert "请各单位抓紧报送。你单位的材料已收到一部分" in one.text


def test_a_live_reminder_is_sent_and_marked_as_made_by_a_machine(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    settings = setting(office)
    with an_office(
        office.folder, office.campaign, office.box, office.sent, office.clock, settings=settings
    ) as running:
        assert Loop(running, threading.Event()).remind() is True
        assert Loop(running, threading.Event()).remind() is False
    assert [mail.rcpt for mail in office.sent.messages] == ["jinshui@example.com", LISTED]
    message = opened(office.sent.messages[0].raw)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Mailbot-Kind"] == "reminder"
    assert message["In-Reply-To"] is None
    assert "还有5天" in text_of(office.sent.messages[0].raw)


def test_a_pass_never_begins_a_reminder(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    office.settings = setting(office)
    office.work()
    assert not office.sent.messages
    with open_ledger(office.data) as ledger:
        assert ledger.rows("SELECT * FROM replies WHERE purpose = 'reminder'") == []


def test_before_the_set_time_and_when_off_the_job_does_nothing(office: Submitted) -> None:
    for moment, choice in (
        (morning(office.campaign, -5, hour=8), "live"),
        (morning(office.campaign, -5), "off"),
    ):
        at(office, moment)
        with an_office(
            office.folder,
            office.campaign,
            office.box,
            office.sent,
            office.clock,
            settings=setting(office, reminders=choice),
        ) as running:
            assert Loop(running, threading.Event()).remind() is False
    assert not office.sent.messages


def test_by_default_a_person_approves_and_then_it_is_sent(office: Submitted) -> None:
    assert office.settings.schedule.reminders == "approve"
    at(office, morning(office.campaign, -5))
    queue(office, office.settings)
    office.work()
    assert not office.sent.messages
    with open_ledger(office.data) as ledger, ledger.transaction():
        assert sending.approve(ledger, ["reminder-5"]) == 2
    office.work()
    assert len(office.sent.messages) == 2


def test_the_digest_of_the_morning_says_what_waits_and_how_to_let_it_go(
    office: Submitted,
) -> None:
    receivers = office.settings.office.model_copy(update={"addresses": ("duty@example.test",)})
    office.settings = office.settings.model_copy(update={"office": receivers})
    at(office, morning(office.campaign, -5))
    with an_office(
        office.folder,
        office.campaign,
        office.box,
        office.sent,
        office.clock,
        settings=office.settings,
    ) as running:
        assert Loop(running, threading.Event()).morning() is True
    (digest,) = office.sent.messages
    assert digest.rcpt == "duty@example.test"
    assert "2封报送提醒待批准发出" in text_of(digest.raw)
    assert "mailbot outbox approve reminder-5" in text_of(digest.raw)


def test_what_nobody_approved_in_its_days_is_withdrawn(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    queue(office, office.settings)
    at(office, morning(office.campaign, -3))
    queue(office, office.settings)
    with open_ledger(office.data) as ledger, ledger.transaction():
        assert sending.approve(ledger, ["reminder-5"]) == 0


@pytest.mark.parametrize(
    ("mode", "reminders", "stored"),
    [
        ("shadow", "live", "shadow"),
        ("approve", "live", "approve"),
        ("live", "approve", "approve"),
        ("live", "live", "live"),
    ],
)
def test_the_stricter_setting_holds(
    office: Submitted, mode: str, reminders: str, stored: str
) -> None:
    at(office, morning(office.campaign, -5))
    queue(office, setting(office, mode=mode, reminders=reminders))
    with open_ledger(office.data) as ledger:
        rows = ledger.rows("SELECT mode FROM replies WHERE purpose = 'reminder'")
    assert {row["mode"] for row in rows} == {stored}


def test_no_more_than_the_days_sends_leave_room_for_and_the_rest_the_next_day(
    office: Submitted,
) -> None:
    at(office, morning(office.campaign, -5))
    assert queue(office, setting(office, limit=1)) == ["金水区"]
    assert queue(office, setting(office, limit=1)) == []
    at(office, morning(office.campaign, -4))
    assert queue(office, setting(office, limit=200)) == ["中牟县"]


def test_replies_go_before_reminders(office: Submitted) -> None:
    at(office, morning(office.campaign, -5))
    settings = setting(office)
    queue(office, settings)
    office.receive("二七区材料", {}, sender="erqi@example.com")
    office.settings = settings
    office.work()
    assert next(mail.rcpt for mail in office.sent.messages) == "erqi@example.com"
    assert len(office.sent.messages) == 3


def test_an_address_that_bounced_is_no_known_address(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        with ledger.transaction():
            mark_bounced(ledger, LISTED, arrival=None, evidence="550")
        assert reminder_address(ledger, office.campaign, "中牟县") == ""
        assert reminder_address(ledger, office.campaign, "金水区") == "jinshui@example.com"
        assert reminder_address(ledger, office.campaign, "中原区") == ""
