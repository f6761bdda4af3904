"""The jobs of `mailbot run`: steps are called, nothing sleeps; the process itself is tried once."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OUR_ADDRESS, a_mail, an_office, opened, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.ledger import refusals
from mailbot.ledger.store import open_ledger
from mailbot.settings.types import Settings
from mailbot.workflow.scheduler import Loop

OFFICE = "duty@example.test"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    base = settings_for(tmp_path)
    office = base.office.model_copy(update={"addresses": (OFFICE,)})
    return base.model_copy(update={"office": office})


def test_a_poll_is_one_pass(tmp_path: Path, campaign: Campaign, settings: Settings) -> None:
    box, sent = FakeMailbox(), MemoryTransport()
    clock = FrozenClock(campaign.deadline)
    box.deliver(a_mail(), campaign.deadline - timedelta(days=1))
    with an_office(tmp_path, campaign, box, sent, clock, settings=settings) as office:
        loop = Loop(office, threading.Event())
        assert loop.poll() is True
        assert loop.poll() is False
    assert [mail.rcpt for mail in sent.messages] == ["clerk@example.com"]


def test_an_unreachable_mailbox_does_not_end_the_loop(
    tmp_path: Path, campaign: Campaign, settings: Settings
) -> None:
    box, clock = FakeMailbox(), FrozenClock(campaign.deadline)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        loop = Loop(office, threading.Event())
        box.unreachable = True
        assert loop.poll() is False
        box.unreachable = False
        box.deliver(a_mail(), campaign.deadline - timedelta(days=1))
        assert loop.poll() is True


def test_after_a_refused_login_nothing_is_tried_again(
    tmp_path: Path, campaign: Campaign, settings: Settings
) -> None:
    """NetEase locks an account that keeps trying."""
    box, clock = FakeMailbox(), FrozenClock(campaign.deadline)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        loop = Loop(office, threading.Event())
        box.login_refused = True
        assert loop.poll() is False
        box.login_refused = False
        box.deliver(a_mail(), campaign.deadline - timedelta(days=1))
        assert loop.poll() is False
        assert not box.fetched
    # Neither by the next process: only a person may try again.
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        assert Loop(office, threading.Event()).poll() is False
        assert not box.fetched
        with office.ledger.transaction():
            refusals.accept(office.ledger, "login")
        assert Loop(office, threading.Event()).poll() is True


def test_after_sigterm_no_step_begins(
    tmp_path: Path, campaign: Campaign, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    box, clock = FakeMailbox(), FrozenClock(campaign.deadline)
    box.deliver(a_mail(), campaign.deadline - timedelta(days=1))
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        stop = threading.Event()
        loop = Loop(office, stop)
        caplog.clear()
        loop.on_signal(signal.SIGTERM, None)
        assert caplog.records == []  # it may come in the middle of an import, the logging's own too
        assert stop.is_set()
        assert loop.poll() is False
        assert loop.digest() is False


def test_the_digest_is_sent_once_a_day_and_a_missed_time_is_made_up(
    tmp_path: Path, campaign: Campaign, settings: Settings
) -> None:
    early = datetime(2017, 7, 3, 0, 29, tzinfo=UTC)  # 08:29 in Zhengzhou
    box, sent, clock = FakeMailbox(), MemoryTransport(), FrozenClock(early)
    with an_office(tmp_path, campaign, box, sent, clock, settings=settings) as office:
        loop = Loop(office, threading.Event())
        assert loop.digest() is False
        clock.advance(minutes=1)
        assert loop.digest() is True
        assert loop.digest() is False
        clock.advance(hours=23)
        assert loop.digest() is False
    clock.advance(hours=9)  # down over 08:30, up again in the afternoon
    with an_office(tmp_path, campaign, box, sent, clock, settings=settings) as office:
        loop = Loop(office, threading.Event())
        assert loop.digest() is True
        assert loop.digest() is False
    assert [mail.rcpt for mail in sent.messages] == [OFFICE, OFFICE]
    for mail in sent.messages:
        assert opened(mail.raw)["Auto-Submitted"] == "auto-generated"


def test_run_takes_mail_in_and_ends_on_sigterm(tmp_path: Path) -> None:
    """The real process: a folder of .eml, shadow mode, SIGTERM."""
    (tmp_path / "mail").mkdir()
    mail = tmp_path / "mail" / "1.eml"
    mail.write_bytes(a_mail())
    os.utime(mail, (1499050000, 1499050000))
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n[schedule]\npoll_seconds = 5\n"
        f"[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n"
    )
    log = tmp_path / "log"
    with (
        log.open("wb") as errors,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
        subprocess.Popen(
            [sys.executable, "-m", "mailbot", "run"],
            cwd=tmp_path,
            stderr=errors,
            env=_clean_environment() | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
        ) as process,
    ):
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        try:
            for _ in range(600):
                assert process.poll() is None, log.read_text()
                if _examined(tmp_path / "var"):
                    break
                time.sleep(0.2)
            else:
                pytest.fail("the mail was not taken in")
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=120) == 0, log.read_text()
            told = []
            while "STOPPING=1" not in told:
                told.append(systemd.recv(4096).decode().partition("\n")[0])
        finally:
            process.kill()
    assert "Traceback" not in log.read_text()
    assert told[0] == "READY=1"
    assert "WATCHDOG=1" in told
    assert (tmp_path / "var" / "health.json").is_file()


def _clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}


def _examined(data: Path) -> bool:
    """Whether a mail was judged; the ledger may be about to be made."""
    try:
        with open_ledger(data, writable=False) as ledger:
            return bool(ledger.rows("SELECT 1 FROM arrivals WHERE examined_at IS NOT NULL"))
    except sqlite3.OperationalError:
        return False
