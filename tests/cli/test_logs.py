"""Log lines: one an event with its ids, for a person or for a journal; and the story of a mail."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from make.command_line import mailbot
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.cli.logs import EventFormatter, Style, set_up
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.events import speak_for, tell

ZONE = ZoneInfo("Asia/Shanghai")
log = logging.getLogger("mailbot.tests")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield io.StringIO()
    finally:
        root.handlers[:], root.level = handlers, level


def test_an_event_is_one_line_of_json_with_its_ids(written: io.StringIO) -> None:
    set_up(logging.INFO, style="json", zone=ZONE, stream=written)
    tell(log, "examined", arrival=17, unit="金水区", held="", no_answer=None)
    (line,) = written.getvalue().splitlines()
    said = json.loads(line)
    assert said.pop("timestamp").endswith("+08:00")
    assert said == {
        "event": "examined",
        "arrival": 17,
        "unit": "金水区",
        "level": "info",
        "logger": "mailbot.tests",
    }


@pytest.mark.parametrize("library", ["libarchive", "imapclient", "uvicorn.error", "apscheduler.x"])
def test_what_libraries_tell_of_themselves_is_no_event(written: io.StringIO, library: str) -> None:
    set_up(logging.INFO, style="json", zone=ZONE, stream=written)
    logging.getLogger(library).info("doesn't support modifying entry digests")
    assert not written.getvalue()
    logging.getLogger(library).warning("something is wrong")
    assert "something is wrong" in written.getvalue()


def test_an_event_is_one_line_of_text_with_its_ids(written: io.StringIO) -> None:
    set_up(logging.INFO, style="text", zone=ZONE, stream=written)
    tell(log, "sent", reply=3)
    (line,) = written.getvalue().splitlines()
    assert line.split("+08:00")[1].split() == ["[info]", "sent", "[mailbot.tests]", "reply=3"]


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_a_server_says_moves_no_cursor_and_breaks_no_line(
    written: io.StringIO, style: Style
) -> None:
    set_up(logging.INFO, style=style, zone=ZONE, stream=written)
    log.warning("refused: %s", "a\x1b[2Jb\u202ec\rd")
    line = written.getvalue()
    assert line.count("\n") == 1
    if style == "text":
        assert not set(line) & {"\x1b", "\u202e", "\r"}
    else:
        assert json.loads(line)["event"] == "refused: a\x1b[2Jb\u202ec\rd"
        assert not set(line) & {"\x1b", "\r"}


@pytest.mark.parametrize(("journal", "as_json"), [("8:123", True), (None, False)])
def test_under_systemd_it_is_json_and_elsewhere_text(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch, journal: str | None, as_json: bool
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    if journal:
        monkeypatch.setenv("JOURNAL_STREAM", journal)
    set_up(logging.INFO, stream=written)
    tell(log, "pass", fetched=0)
    assert written.getvalue().startswith("{") == as_json


def test_the_lines_of_a_fleet_say_whose_they_are(written: io.StringIO) -> None:
    set_up(logging.INFO, style="json", stream=written)
    speak_for("henan")
    tell(log, "pass")
    speak_for("")
    tell(log, "pass")
    said = [json.loads(line).get("office") for line in written.getvalue().splitlines()]
    assert said == ["henan", None]


def test_a_fault_is_told_with_its_traceback_in_one_line_of_json(written: io.StringIO) -> None:
    set_up(logging.INFO, style="json", stream=written)
    try:
        int("odd")
    except ValueError:
        log.exception("a pass failed")
    (line,) = written.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_a_mails_way_is_told_by_ids_alone(
    tmp_path: Path, campaign: Campaign, caplog: pytest.LogCaptureFixture
) -> None:
    """Arrival, unit and reply stand in the lines; no address, no subject, no file name."""
    clock, box = FrozenClock(campaign.deadline - timedelta(days=2)), FakeMailbox()
    sent = MemoryTransport()
    raw = a_mail(subject="金水区报送李雷的材料", files={"李雷演练方案.docx": plan("金水区")})
    box.deliver(raw, clock.now())
    with (
        caplog.at_level(logging.INFO, "mailbot"),
        an_office(tmp_path, campaign, box, sent, clock) as office,
    ):
        office.tick()
        clock.advance(hours=1)
        office.tick()
    formatter = EventFormatter(as_json=True)
    said = [json.loads(formatter.format(record)) for record in caplog.records]
    told = [(one["event"], one.get("arrival"), one.get("reply"), one.get("unit")) for one in said]
    assert [one for one in told if one[0] != "listed"] == [
        ("spooled", 1, None, None),
        ("examined", 1, None, "金水区"),
        ("composed", None, 1, "金水区"),
        ("sent", None, 1, None),
    ]
    (composed,) = (one for one in said if one["event"] == "composed")
    assert (composed["arrivals"], composed["number"]) == ("1", "YL2017-0001")
    everything = json.dumps(said, ensure_ascii=False)
    for private in ("@", "李雷", "clerk"):
        assert private not in everything
    events = mailbot_show_log(tmp_path, campaign)
    assert [event["event"] for event in events] == [
        "arrived at the server",
        "discovered",
        "examined",
        "reply owed",
        "composed",
        "sent",
    ]
    assert events[2]["ids"]["unit"] == "金水区"
    assert events[-1]["ids"] == {"reply": "1", "number": "YL2017-0001"}
    assert events[0]["at"].endswith("+08:00")


def mailbot_show_log(folder: Path, campaign: Campaign) -> list[dict[str, Any]]:
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mailbot.toml").write_text("[maildir]\npath = 'mail'\n")
    done = mailbot("show", "1", "--log", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert mailbot("show", "2", "--log", cwd=folder).returncode == 1
    assert mailbot("show", "金水区", "--log", cwd=folder).returncode == 1
    told: list[dict[str, Any]] = json.loads(done.stdout)["log"]
    return told


def test_who_logs_nothing_imports_no_structlog(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text("[maildir]\npath = 'mail'\n[outbox]\nmode='shadow'\n")
    assert mailbot("tick", cwd=tmp_path).returncode == 0
    script = (
        "import sys, atexit\n"
        "from mailbot.cli.app import main\n"
        "atexit.register(lambda: print('structlog' in sys.modules, file=sys.stderr))\n"
        "sys.argv = ['mailbot', 'status', '--json']\n"
        "main()\n"
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr.split()[-1:] == ["False"]


def test_a_pass_that_outlasts_the_pause_is_no_line_in_the_log(written: io.StringIO) -> None:
    set_up(logging.INFO, style="text", stream=written)
    scheduler = logging.getLogger("apscheduler.scheduler")
    scheduler.warning("Execution of job skipped: maximum number of running instances reached (1)")
    scheduler.error("an error is one")
    assert "skipped" not in written.getvalue()
    assert "an error is one" in written.getvalue()
