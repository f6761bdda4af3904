"""What cannot wait is told at once, once, and only where the office asked for it."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from make.deciding import OFFICE, Table
from make.office import a_mail, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding import mails
from mailbot.errors import MailbotError, TemporaryFault
from mailbot.ledger import refusals
from mailbot.outbox.delivery.transport import classify_smtp
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import send_digest
from mailbot.workflow.heartbeat import FILE, Heartbeat, read_health
from mailbot.workflow.scheduler import Loop


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def alerts(table: Table) -> list[str]:
    notes = [one.raw for one in table.sent.messages if one.rcpt == OFFICE]
    assert all(opened(raw)["Auto-Submitted"] == "auto-generated" for raw in notes)
    return [f"{opened(raw)['Subject']}\n{text_of(raw)}" for raw in notes]


def quarantine(table: Table) -> None:
    ledger = table.office.ledger
    with ledger.transaction():
        ledger.execute(
            "UPDATE arrivals SET state = 'quarantined', no_answer_reason = 'quarantined',"
            " last_error = 'BrokenProcessPool' WHERE id = 1"
        )


def test_a_quarantined_mail_is_told_once(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.receive("金水区材料")
    quarantine(table)
    table.tick()
    table.tick()
    (told,) = alerts(table)
    assert "第1号来信" in told
    assert "BrokenProcessPool" in told
    assert "mailbot retry 1" in told
    assert "mailbot release 1" in told


def test_a_dead_reply_is_told_once(tmp_path: Path, campaign: Campaign, stack: ExitStack) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.sent.faults.append(classify_smtp(550, "Invalid User"))
    table.receive("金水区材料")
    table.tick()
    table.tick()
    (told,) = alerts(table)
    assert "clerk@example.com" in told
    assert "mailbot resend YL2017-0001" in told


def resume(table: Table) -> None:
    with table.office.ledger.transaction():
        refusals.accept(table.office.ledger, "login")
        refusals.resume_sending(table.office.ledger, table.clock.now())


def headings(table: Table) -> list[str]:
    return [one.partition("\n")[0] for one in alerts(table)]


def test_a_refused_login_is_told_once_and_so_is_its_end(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack)
    table.box.login_refused = True
    for hours in (0, 1, 24):
        table.clock.advance(hours=hours)
        with pytest.raises(MailbotError, match="refuses the login"):
            table.tick()
    (told,) = alerts(table)
    assert "拒绝登录" in told
    assert "mailbot resume" in told
    table.box.login_refused = False
    resume(table)
    table.tick()
    table.tick()
    assert headings(table)[1:] == ["【系统恢复】邮箱登录已恢复，收信继续"]


def test_an_unreachable_mailbox_is_told_after_the_set_minutes_once_and_so_is_its_end(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alert_unreachable_minutes=10)
    table.tick()
    table.box.unreachable = True
    told = []
    for _ in range(30):  # a minute each
        with pytest.raises(TemporaryFault):
            table.tick()
        told.append(len(alerts(table)))
    assert told == [0] * 10 + [1] * 20
    assert "超过10分钟" in alerts(table)[0]
    table.box.unreachable = False
    table.tick()
    table.tick()
    assert headings(table)[1:] == ["【系统恢复】邮箱已恢复收信"]


def test_a_mailbox_that_is_away_for_a_moment_is_told_neither_way(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack)
    for away in (True, False, True, False):
        table.box.unreachable = away
        with ExitStack() as expected:
            if away:
                expected.enter_context(pytest.raises(TemporaryFault))
            table.tick()
    assert alerts(table) == []


def test_a_low_disk_is_told_once_and_so_is_its_end(
    tmp_path: Path, campaign: Campaign, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(tmp_path, campaign, stack, alert_disk_bytes=1000)
    # 1,100 is above the limit, but not yet enough to call the trouble over.
    for free, wanted in ((1001, 0), (999, 1), (500, 1), (1100, 1), (999, 1), (1200, 2), (1200, 2)):
        monkeypatch.setattr(
            shutil, "disk_usage", lambda path, free=free: SimpleNamespace(free=free)
        )
        table.tick()
        assert len(alerts(table)) == wanted, free
    assert headings(table) == ["【系统告警】磁盘空间不足", "【系统恢复】磁盘空间已充足"]


def test_refused_sending_is_told_when_it_can_be_and_nothing_is_tried_until_a_person_acts(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack)
    table.sent.faults.append(classify_smtp(535, "Error: authentication failed", "auth"))
    table.receive("金水区材料")
    for hours in (1, 24, 240):
        table.clock.advance(hours=hours)
        table.tick()
    assert table.sent.messages == []
    resume(table)
    table.tick()
    assert headings(table) == [
        "【系统告警】发信服务器拒绝本账号，发信已停止",
        "【系统恢复】发信已恢复",
    ]
    assert [one.rcpt for one in table.sent.messages if one.rcpt != OFFICE] == ["clerk@example.com"]


def test_many_dead_mails_are_one_alert_and_the_last_one_resent_ends_it(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack)
    for number, unit in enumerate(("金水区", "二七区", "中原区")):
        mail = a_mail(f"{unit}材料", sender=f"u{number}@example.com", message_id=f"<{number}@x.y>")
        table.box.deliver(mail, table.clock.now())
    table.sent.faults.extend(classify_smtp(550, "User suspended") for _ in range(3))
    table.tick()
    table.tick()
    (told,) = alerts(table)
    assert all(f"u{number}@example.com" in told for number in range(3))
    for number in range(1, 4):
        mails.resend(table.desk, f"YL2017-000{number}")
        table.tick()
        table.tick()
    assert headings(table)[1:] == ["【系统恢复】未送达的邮件均已处理"]


def test_of_mails_one_alert_an_hour_tells_all_that_came_since(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    """A stranger whose mails end in quarantine would else use up the day's sends."""
    table = Table(tmp_path, campaign, stack, alerts=True)
    for number in range(1, 4):
        table.receive(f"金水区材料{number}")
    ledger = table.office.ledger

    def set_aside(number: int) -> None:
        with ledger.transaction():
            ledger.execute(
                "UPDATE arrivals SET state = 'quarantined', no_answer_reason = 'quarantined',"
                " last_error = 'x' WHERE id = ?",
                (number,),
            )
        table.tick()

    for number in range(1, 4):
        set_aside(number)
    assert ["第1号来信" in one for one in alerts(table)] == [True]
    table.clock.advance(hours=1)
    table.tick()
    _, later = alerts(table)
    assert "第2号来信" in later
    assert "第3号来信" in later
    assert "第1号来信" not in later


def test_an_office_that_wants_no_alerts_gets_none(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=False)
    table.receive("金水区材料")
    quarantine(table)
    table.tick()
    assert alerts(table) == []


def test_an_alert_needs_no_approval_and_stays_in_shadow(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    for mode, told in (("approve", 1), ("shadow", 0)):
        table = Table(tmp_path / mode, campaign, stack, mode, alerts=True)
        table.receive("金水区材料")
        quarantine(table)
        table.tick()
        assert len(alerts(table)) == told
        assert len(table.sent.messages) == told


def test_an_alert_that_the_office_never_got_stands_in_the_next_digest(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.receive("金水区材料")
    quarantine(table)
    table.sent.faults.append(classify_smtp(550, "Invalid User"))
    table.tick()
    assert alerts(table) == []
    for _ in range(2):  # until someone has sent it again
        office = table.office
        digest = build_digest(office.ledger, campaign, office.settings, table.clock.now())
        (told,) = digest.health.alerts
        assert "有来信处理失败" in told
        assert OFFICE in told


def standing(table: Table) -> list[str]:
    document = status_json(table.office.ledger, table.office.campaign, table.clock.now())
    told: list[str] = document["alerts"]
    view = build_digest(
        table.office.ledger, table.office.campaign, table.office.settings, table.clock.now()
    )
    assert [one for one in view.health.alerts if "未能送达" in one] == told
    return told


def test_an_alert_that_is_refused_stands_everywhere_until_a_digest_that_tells_it_has_arrived(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    heart = Heartbeat(table.office.settings, table.clock, lambda _: None)
    loop = Loop(table.office, threading.Event(), heart)
    table.receive("金水区材料")
    quarantine(table)
    table.sent.faults.append(classify_smtp(550, "User suspended"))
    table.tick()
    (told,) = standing(table)
    assert OFFICE in told
    assert "有来信处理失败" in told
    assert "mailbot resend alert-quarantined" in told
    loop.poll()
    wrong, seen = read_health(tmp_path / "var", table.clock.now(), timedelta(minutes=30))
    assert (wrong, seen.alerts if seen else ()) == ("", (told,))

    table.sent.faults.append(classify_smtp(550, "User suspended"))  # as the first digest is
    for number, left in enumerate((2, 0), 1):
        table.clock.advance(days=1)
        digest(table)
        table.tick()
        assert len(standing(table)) == left, number
    loop.poll()
    wrong, seen = read_health(tmp_path / "var", table.clock.now(), timedelta(minutes=30))
    assert seen is not None
    assert seen.alerts == ()


def test_a_digest_that_was_written_before_tells_nothing_of_it(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.receive("金水区材料")
    quarantine(table)
    digest(table)
    table.sent.faults.append(classify_smtp(550, "User suspended"))
    table.tick()
    purposes = table.office.ledger.rows("SELECT purpose FROM replies WHERE state = 'dead'")
    assert len(standing(table)) == len(purposes) == 1


def digest(table: Table) -> None:
    send_digest(
        table.office.ledger, table.office.campaign, table.office.settings, table.clock.now()
    )


def test_a_health_file_of_a_version_without_alerts_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        '{"at": "2017-07-03T00:00:00+00:00", "silent_after_s": 60, "pid": 1}'
    )
    now = datetime.fromisoformat("2017-07-03T00:00:01+00:00")
    wrong, seen = read_health(tmp_path, now, timedelta(minutes=30))
    assert (wrong, seen.alerts if seen else None) == ("", ())
