"""Every class of refusal an SMTP server has, and what becomes of the mail, its fellows and the day.

The sink is a real server; the office is whole. Two replies are due; the fault meets the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, opened, settings_for
from make.smtp_sink import SmtpSink, Stage

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.ledger import refusals
from mailbot.ledger.store import Ledger, moment
from mailbot.outbox.delivery.transport import SmtpTransport
from mailbot.settings.mail import Smtp
from mailbot.settings.office import Office as OfficeSection
from mailbot.workflow.tick import Office

OFFICE = "duty@office.example"
FIRST, SECOND = "u1@example.com", "u2@example.com"
LOGIN = {"zzajyj@163.com": "SHOUQUANMA"}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Desk:
    """An office, its clock and its server."""

    office: Office
    clock: FrozenClock
    sink: SmtpSink

    def tick(self, **later: float) -> None:
        self.clock.advance(**later)
        self.office.tick()

    def replies(self) -> dict[str, dict[str, Any]]:
        rows = self.office.ledger.rows("SELECT * FROM replies WHERE purpose = 'reply' ORDER BY id")
        return {row["address"]: row for row in rows}

    def got(self, address: str) -> list[bytes]:
        return [mail.raw for mail in self.sink.messages if mail.rcpt == address]

    def alerts(self) -> list[str]:
        return [str(opened(raw)["Subject"]) for raw in self.got(OFFICE)]

    def wait_of(self, address: str) -> timedelta:
        return moment(self.replies()[address]["due_at"]) - self.clock.now()

    def paused(self) -> timedelta | None:
        until = self.office.ledger.meta("delivery_resume_at")
        return moment(until) - self.clock.now() if until else None

    def resume(self) -> None:
        ledger: Ledger = self.office.ledger
        with ledger.transaction():
            refusals.resume_sending(ledger, self.clock.now())


@pytest.fixture
def desk(tmp_path: Path, campaign: Campaign) -> Iterator[Desk]:
    noon = datetime(2017, 7, 3, 12, 0, tzinfo=campaign.zone)
    box, clock = FakeMailbox(), FrozenClock(noon)
    with SmtpSink(credentials=LOGIN) as sink:
        base = settings_for(tmp_path)
        smtp = Smtp.model_validate(
            {
                "host": sink.host,
                "port": sink.port,
                "security": "none",
                "username": "zzajyj@163.com",
                "password": "SHOUQUANMA",
                "from_address": "zzajyj@163.com",
            }
        )
        settings = base.model_copy(
            update={"smtp": smtp, "office": OfficeSection(addresses=(OFFICE,))}
        )
        transport = SmtpTransport(
            sink.host, sink.port, "none", username="zzajyj@163.com", password="SHOUQUANMA",
            timeout=10,
        )  # fmt: skip
        for address, unit in ((FIRST, "金水区"), (SECOND, "二七区")):
            mail = a_mail(f"{unit}材料", sender=address, message_id=f"<{address}>")
            box.deliver(mail, noon - HOUR)
        with an_office(tmp_path, campaign, box, transport, clock, settings=settings) as office:
            yield Desk(office, clock, sink)
        transport.close()


SOON: list[tuple[Stage, int, str, timedelta]] = [
    ("rcpt", 450, "4.2.0 greylisted, try again in 60 seconds", MINUTE),
    ("data", 451, "DT:SPM ,please try again", 2 * MINUTE),
    ("mail", 450, "HL:REP 163 smtp1", 5 * MINUTE),
    ("mail", 554, "HL:ICC 163 smtp1", 5 * MINUTE),
    ("mail", 450, "HL:IFC 163 smtp1", 5 * MINUTE),
    ("mail", 450, "HL:MEP 163 smtp1", 5 * MINUTE),
    ("mail", 550, "RP:QRC 163 smtp1", 5 * MINUTE),
    ("mail", 450, "MI:DMC 163 smtp1", MINUTE),
    ("mail", 550, "RP:DRC 163 smtp1", MINUTE),
    ("data", 451, "MI:SFQ 163 smtp1", 15 * MINUTE),
    ("data", 550, "MI:SFQ 163 smtp1", 15 * MINUTE),
]


@pytest.mark.parametrize(("stage", "code", "text", "wait"), SOON)
def test_a_refusal_for_minutes_puts_one_mail_off_and_no_other(
    desk: Desk, stage: Stage, code: int, text: str, wait: timedelta
) -> None:
    desk.sink.script(stage, code, text)
    desk.tick()
    first = desk.replies()[FIRST]
    assert first["state"] == "deferred"
    assert wait <= desk.wait_of(FIRST) <= wait * 1.25 + MINUTE
    assert (desk.got(FIRST), len(desk.got(SECOND)), desk.paused()) == ([], 1, None)
    desk.tick(seconds=desk.wait_of(FIRST).total_seconds() - 1)
    assert desk.got(FIRST) == []
    desk.tick(seconds=1)
    assert desk.got(FIRST) == [first["raw"]]
    assert desk.replies()[FIRST]["state"] == "sent"
    assert desk.alerts() == []


@pytest.mark.parametrize(("code", "text"), [(554, "MI:STC 163"), (451, "MI:STC"), (550, "RP:TRC")])
def test_a_daily_quota_puts_everything_off_until_midnight(desk: Desk, code: int, text: str) -> None:
    desk.sink.script("data", code, text)
    desk.tick()
    assert desk.replies()[FIRST]["state"] == "deferred"
    assert desk.replies()[SECOND]["state"] == "queued"
    assert 12 * HOUR <= desk.wait_of(FIRST) <= 12 * HOUR + 15 * MINUTE
    paused = desk.paused()
    assert paused is not None
    assert 12 * HOUR <= paused <= 12 * HOUR + 15 * MINUTE
    before = desk.sink.connections
    desk.tick(hours=11, minutes=59)
    assert desk.sink.connections == before
    desk.tick(minutes=16)
    assert (len(desk.got(FIRST)), len(desk.got(SECOND))) == (1, 1)


@pytest.mark.parametrize(
    ("stage", "code", "text"),
    [
        ("mail", 554, "HL:IHU 163 smtp1"),
        ("connect", 554, "HL:IPB 163 smtp1"),
        ("auth", 451, "Requested mail action not taken: too much fail authentication"),
    ],
)
def test_a_block_of_hours_pauses_all_sending_for_hours(
    desk: Desk, stage: Stage, code: int, text: str
) -> None:
    desk.sink.script(stage, code, text)
    desk.tick()
    assert [row["state"] for row in desk.replies().values()] == ["deferred", "queued"]
    assert desk.paused() == 2 * HOUR
    before = desk.sink.connections
    for _ in range(7):
        desk.tick(minutes=15)
    assert desk.sink.connections == before
    desk.tick(hours=1)
    assert (len(desk.got(FIRST)), len(desk.got(SECOND))) == (1, 1)


@pytest.mark.parametrize(
    ("stage", "code", "text"),
    [
        ("data", 550, "DT:SPM 163 smtp1"),
        ("data", 554, "DT:SPM 163 smtp1"),
        ("data", 554, "DT:SUM 163 smtp1"),
        ("data", 554, "MI:IMF 163 smtp1"),
        ("data", 552, "Requested mail action aborted: exceeded mailsize limit"),
        ("rcpt", 550, "Invalid User"),
        ("rcpt", 550, "User suspended"),
        ("data", 571, "something new"),
    ],
)
def test_a_refusal_for_good_buries_one_mail_and_the_same_text_never_goes_out_again(
    desk: Desk, stage: Stage, code: int, text: str
) -> None:
    desk.sink.script(stage, code, text)
    desk.tick()
    dead = desk.replies()[FIRST]
    assert (dead["state"], dead["attempts"]) == ("dead", 1)
    assert text.split(maxsplit=1)[0] in dead["error_text"]
    assert len(desk.got(SECOND)) == 1
    for _ in range(3):
        desk.tick(days=5)
    assert desk.got(FIRST) == []
    assert desk.alerts() == ["【系统告警】有邮件未能送达"]
    bounced = desk.office.ledger.rows("SELECT address FROM bounced")
    assert bounced == ([{"address": FIRST}] if text == "Invalid User" else [])


@pytest.mark.parametrize(
    ("stage", "code", "text"),
    [
        ("auth", 535, "Error: authentication failed"),
        ("mail", 553, "Mail from must equal authorized user"),
        ("mail", 550, "User has no permission"),
    ],
)
def test_refused_credentials_stop_everything_until_a_person_acts(
    desk: Desk, stage: Stage, code: int, text: str
) -> None:
    desk.sink.script(stage, code, text)
    desk.tick()
    assert [row["state"] for row in desk.replies().values()] == ["deferred", "queued"]
    before = desk.sink.connections
    for _ in range(4):
        desk.tick(days=3)
    assert desk.sink.connections == before
    desk.resume()
    desk.tick(seconds=1)
    assert (len(desk.got(FIRST)), len(desk.got(SECOND))) == (1, 1)
    assert desk.alerts()[0] == "【系统告警】发信服务器拒绝本账号，发信已停止"
    assert "【系统恢复】发信已恢复" in desk.alerts()


def test_dropped_after_data_the_same_octets_go_out_once_more(desk: Desk) -> None:
    desk.sink.script("data", drop=True)
    desk.tick()
    assert desk.replies()[FIRST]["state"] == "deferred"
    assert desk.replies()[FIRST]["error_code"] == "NO_ANSWER_AFTER_DATA"
    desk.tick(minutes=2)
    assert [row["state"] for row in desk.replies().values()] == ["sent", "sent"]
    assert desk.got(FIRST) == [desk.replies()[FIRST]["raw"]] * 2
    assert len(desk.got(SECOND)) == 1


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt"])
def test_a_server_that_hangs_up_is_tried_again_in_a_minute(desk: Desk, stage: Stage) -> None:
    desk.sink.script(stage, drop=True)
    desk.tick()
    assert desk.got(FIRST) == []
    desk.tick(minutes=2)
    assert [row["state"] for row in desk.replies().values()] == ["sent", "sent"]


def test_a_server_that_is_away_for_a_week_buries_what_it_could_not_take_and_says_so(
    desk: Desk,
) -> None:
    """G4: every row ends sent or dead, and the dead ones are told."""
    desk.sink.script("mail", 451, "busy", times=1000)
    for _ in range(7 * 24):
        desk.tick(hours=1)
    assert [row["state"] for row in desk.replies().values()] == ["dead", "dead"]
    assert {row["error_text"] for row in desk.replies().values()} == {"451 busy"}
