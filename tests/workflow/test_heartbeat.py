"""The sign of life is dead when polling is dead, whatever else still runs."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.cli.app import app
from mailbot.clock import FrozenClock, SystemClock
from mailbot.errors import TemporaryFault
from mailbot.inbox.mailboxes.protocol import Listing, Sink
from mailbot.workflow.heartbeat import FILE, Heartbeat, notify_systemd, read_health, silence_allowed
from mailbot.workflow.scheduler import ClockWatch, Loop

PATIENCE = timedelta(minutes=30)


class Living:
    """A loop with its heart, and what systemd would have been told."""

    def __init__(self, folder: Path, campaign: Campaign, box: FakeMailbox) -> None:
        self.data = folder / "var"
        self.clock = FrozenClock(campaign.deadline - timedelta(days=1))
        self.told: list[str] = []
        self._opened = an_office(folder, campaign, box, MemoryTransport(), self.clock)
        self.office = self._opened.__enter__()
        self.heart = Heartbeat(self.office.settings, self.clock, self.told.append)
        self.office.beat = self.heart.beat
        self.loop = Loop(self.office, threading.Event(), self.heart)

    def close(self) -> None:
        self._opened.__exit__(None, None, None)

    def wrong(self) -> str:
        return read_health(self.data, self.clock.now(), PATIENCE)[0]


@pytest.fixture
def box() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def living(tmp_path: Path, campaign: Campaign, box: FakeMailbox) -> Iterator[Living]:
    one = Living(tmp_path, campaign, box)
    yield one
    one.close()


def test_a_poller_that_polls_is_alive(living: Living) -> None:
    assert "never run" in living.wrong()
    living.heart.ready()
    for _ in range(5):
        living.loop.poll()
        living.clock.advance(minutes=1)
        assert living.wrong() == ""
    assert living.told.count("WATCHDOG=1") >= 5


def test_a_poller_that_is_silent_is_dead_though_the_process_lives(living: Living) -> None:
    living.heart.ready()
    living.loop.poll()
    told = len(living.told)
    allowed = silence_allowed(living.office.settings)
    living.clock.advance(seconds=allowed.total_seconds())
    assert living.wrong() == ""
    living.clock.advance(seconds=1)
    assert "no sign of life" in living.wrong()
    assert len(living.told) == told  # nothing but a step feeds the watchdog
    living.loop.poll()
    assert living.wrong() == ""


class _Slow(FakeMailbox):
    """Counts what was told between one megabyte of a message and the next."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.beats: list[int] = []

    def fetch(self, listing: Listing, sink: Sink) -> int:
        piece = memoryview(bytes(1024 * 1024))
        for _ in range(5):
            before = len(self.told)
            sink(piece)
            self.beats.append(len(self.told) - before)
        return 5 * len(piece)


def test_a_large_message_under_way_is_a_sign_of_life_at_every_megabyte(
    tmp_path: Path, campaign: Campaign
) -> None:
    box = _Slow()
    living = Living(tmp_path, campaign, box)
    try:
        box.told = living.told
        box.deliver(a_mail(), living.clock.now(), said_size=5 * 1024 * 1024)
        living.loop.poll()
    finally:
        living.close()
    assert box.beats == [1] * 5


def test_an_unreachable_mailbox_is_alive_at_first_and_sick_after_the_set_time(
    living: Living, box: FakeMailbox
) -> None:
    living.loop.poll()
    box.unreachable = True
    for minute in range(1, 60):
        living.clock.advance(minutes=1)
        living.loop.poll()
        assert bool(living.wrong()) == (minute > 30), minute
    assert "does not answer" in living.wrong()
    box.unreachable = False
    living.loop.poll()
    assert living.wrong() == ""


def test_a_file_that_cannot_be_read_is_no_sign_of_life(living: Living) -> None:
    for words in ("", "{}", "[1]", '{"at": "soon", "silent_after_s": 1, "pid": 1}'):
        (living.data / FILE).write_text(words)
        assert "cannot be read" in living.wrong(), words


def test_systemd_is_told_ready_with_its_patience_and_stopping(living: Living) -> None:
    living.heart.ready()
    living.heart.polled()
    living.heart.stopping()
    micros = int(silence_allowed(living.office.settings).total_seconds() * 1e6)
    assert living.told[0] == f"READY=1\nWATCHDOG_USEC={micros}"
    assert any(one.startswith("STATUS=last poll") for one in living.told)
    assert living.told[-1] == "STOPPING=1"


def test_the_words_arrive_at_the_socket_that_systemd_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify_systemd("WATCHDOG=1")  # without a socket: nothing, and no fault
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify_systemd("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
        notify_systemd("WATCHDOG=1")


def test_the_unit_file_waits_for_what_the_program_tells() -> None:
    unit = (Path(__file__).resolve().parents[2] / "deploy" / "mailbot.service").read_text()
    lines = [line for line in unit.splitlines() if not line.startswith("#")]
    assert "Type=notify" in lines
    assert "NotifyAccess=main" in lines
    assert any(line.startswith("WatchdogSec=") for line in lines)
    assert "Restart=on-failure" in lines


def test_the_command_exits_0_when_alive_and_3_with_one_line_when_not(
    tmp_path: Path, campaign: Campaign
) -> None:
    config = tmp_path / "mailbot.toml"
    config.write_text("[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n")
    runner = CliRunner()
    dead = runner.invoke(app, ["--config", str(config), "health"])
    assert isinstance(dead.exception, TemporaryFault)
    assert str(dead.exception) == "it has never run here"
    settings = settings_for(tmp_path)
    settings.paths.data.mkdir()
    Heartbeat(settings, SystemClock(), lambda words: None).polled()
    alive = runner.invoke(app, ["--config", str(config), "health", "--json"])
    assert alive.exit_code == 0
    assert json.loads(alive.stdout)["healthy"] is True


def test_a_clock_that_is_set_is_noticed_either_way_and_passing_time_is_not(
    campaign: Campaign,
) -> None:
    clock, elapsed = FrozenClock(campaign.deadline), [0.0]
    watch = ClockWatch(clock, lambda: elapsed[0])
    for wall, real, jumped in ((5, 5, False), (3600, 5, True), (5, 5, False), (-7200, 5, True)):
        clock.advance(seconds=wall)
        elapsed[0] += real
        assert watch.has_jumped() is jumped
