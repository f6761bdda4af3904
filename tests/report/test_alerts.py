"""What cannot wait is told at once, once, and only where the office asked for it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from make.deciding import OFFICE, Table
from make.office import opened, text_of

from mailbot.campaign import Campaign
from mailbot.errors import MailbotError
from mailbot.outbox.transport import classify_smtp


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


def test_a_dead_reply_is_told_once(tmp_path: Path, campaign: Campaign, stack: ExitStack) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.sent.faults.append(classify_smtp(550, "Invalid User"))
    table.receive("金水区材料")
    table.tick()
    table.tick()
    (told,) = alerts(table)
    assert "clerk@example.com" in told
    assert "mailbot resend YL2017-0001" in told


def test_a_refused_login_is_told_once_a_day(
    tmp_path: Path, campaign: Campaign, stack: ExitStack
) -> None:
    table = Table(tmp_path, campaign, stack, alerts=True)
    table.box.login_refused = True
    for hours in (0, 1, 24):
        table.clock.advance(hours=hours)
        with pytest.raises(MailbotError, match="refuses the login"):
            table.tick()
    assert len(alerts(table)) == 2
    assert all("拒绝登录" in told for told in alerts(table))


def test_by_default_nothing_is_told(tmp_path: Path, campaign: Campaign, stack: ExitStack) -> None:
    table = Table(tmp_path, campaign, stack)
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
