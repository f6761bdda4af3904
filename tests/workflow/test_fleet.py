"""Many offices in one process: what one does stays with it; boards and tables of all."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from make.command_line import mailbot
from make.fleets import an_office_file, put_mail
from make.office import a_mail, opened, settings_for
from make.operating import good, table
from make.smtp_sink import SmtpSink
from openpyxl import load_workbook
from pydantic import SecretStr

from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.inspection.workers.pool import InlinePool, Pool
from mailbot.settings.mail import Imap
from mailbot.settings.types import Settings
from mailbot.workflow.fleet.listeners import Listeners
from mailbot.workflow.fleet.serving import Fleet
from mailbot.workflow.fleet.watch import health_file

WHEN = datetime(2017, 7, 3, 9, 0, tzinfo=UTC)


def inline(_many: Iterable[Settings]) -> tuple[Pool, int]:
    return InlinePool(), 1


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    return fleet


@pytest.fixture
def fleet(folder: Path) -> Iterator[Fleet]:
    fleet = Fleet(folder, SystemClock(), inline)
    try:
        yield fleet
    finally:
        fleet.stop()


def poll(fleet: Fleet, name: str) -> bool:
    return fleet.offices[name].loop.poll()


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so; for what another thread does."""
    give_up = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.01)
    return True


def senders(sink: SmtpSink) -> dict[str, str]:
    return {mail.rcpt: str(opened(mail.raw)["Subject"]) for mail in sink.messages}


def test_each_office_answers_its_own_mail(
    folder: Path, fleet: Fleet, sink: SmtpSink, campaign: Campaign
) -> None:
    for name, unit in (("east", "金水区"), ("west", "二七区")):
        an_office_file(folder, name, sink)
        raw = a_mail(f"{unit}材料", sender=f"{name}@example.com", files=good(campaign, unit))
        put_mail(folder, name, raw)
    fleet.look()
    assert poll(fleet, "east")
    assert poll(fleet, "west")
    replies = senders(sink)
    assert "金水区" in replies["east@example.com"]
    assert "二七区" in replies["west@example.com"]


def test_a_file_that_is_wrong_keeps_its_fault_to_itself(
    folder: Path, fleet: Fleet, sink: SmtpSink
) -> None:
    an_office_file(folder, "good", sink)
    (folder / "typo.toml").write_text('[imap]\nhots = "imap.example.test"\n')
    (folder / "torn.toml").write_text("[imap\n")
    an_office_file(folder, "ruled", sink, rules=folder / "no-such-rules")
    an_office_file(folder, "mute", None)
    fleet.look()
    assert list(fleet.offices) == ["good"]
    assert "hots" in fleet.faults["typo"]
    assert "line 1" in fleet.faults["torn"]
    assert "no-such-rules" in fleet.faults["ruled"]
    assert "[smtp] is needed" in fleet.faults["mute"]
    told = json.loads(health_file(folder).read_text())["offices"]
    assert sorted(told) == ["good", "mute", "ruled", "torn", "typo"]
    assert told["torn"]["fault"] == fleet.faults["torn"]


def test_two_offices_cannot_write_one_ledger(folder: Path, fleet: Fleet, sink: SmtpSink) -> None:
    an_office_file(folder, "a", sink, data="same")
    an_office_file(folder, "b", sink, data="same")
    fleet.look()
    assert list(fleet.offices) == ["a"]
    assert "only one may write" in fleet.faults["b"]


def test_files_are_taken_up_and_left_without_a_restart(
    folder: Path, fleet: Fleet, sink: SmtpSink
) -> None:
    an_office_file(folder, "first", sink)
    fleet.start()
    assert list(fleet.offices) == ["first"]
    an_office_file(folder, "second", sink)
    fleet.look()
    assert sorted(fleet.offices) == ["first", "second"]

    before = fleet.offices["first"]
    an_office_file(folder, "first", sink, mode="approve")

    def is_changed() -> bool:
        fleet.look()
        office = fleet.offices.get("first")
        return office is not None and office is not before

    assert within(20, is_changed)
    assert fleet.offices["first"].office.settings.outbox.mode == "approve"

    (folder / "second.toml").unlink()
    fleet.look()
    assert list(fleet.offices) == ["first"]
    an_office_file(folder, "third", sink, data="second")  # its ledger is free again

    def is_open() -> bool:
        (folder / "third.toml").touch()  # not kept waiting for the next try
        fleet.look()
        return "third" in fleet.offices

    assert within(20, is_open)


def test_an_office_mended_by_hand_is_opened_at_the_next_look(
    folder: Path, fleet: Fleet, sink: SmtpSink
) -> None:
    (folder / "a.toml").write_text("[imap\n")
    fleet.look()
    assert list(fleet.faults) == ["a"]
    an_office_file(folder, "a", sink)
    fleet.look()
    assert (list(fleet.offices), fleet.faults) == (["a"], {})


def test_offices_of_one_account_have_one_days_quota(
    folder: Path, fleet: Fleet, sink: SmtpSink
) -> None:
    """Two units ask one office, two the other; the account may send three mails a day."""
    before = len(sink.messages)
    for name in ("north", "south"):
        an_office_file(folder, name, sink, daily_limit=3)
        for number, unit in enumerate(("金水区", "二七区")):
            sender = f"{name}{number}@example.org"
            put_mail(folder, name, a_mail(f"{unit}材料", sender=sender), f"{number}.eml")
    fleet.look()
    poll(fleet, "north")
    poll(fleet, "south")
    assert len(sink.messages) - before == 3
    waiting = fleet.offices["south"].office.ledger.rows(
        "SELECT error_code FROM replies WHERE state = 'deferred'"
    )
    assert [row["error_code"] for row in waiting] == ["DAILY_BUDGET"]


def a_season(folder: Path, fleet: Fleet, sink: SmtpSink, campaign: Campaign) -> None:
    """Two offices with 3 and 14 drills of two units each, one silent, one broken."""
    for name, drills in (("east", 3), ("west", 14)):
        an_office_file(folder, name, sink)
        for number, unit in enumerate(("金水区", "二七区")):
            files = {"统计表.xlsx": table(campaign, unit, overall__drills=drills + number)}
            raw = a_mail(f"{unit}统计表", sender=f"{name}{number}@example.com", files=files)
            put_mail(folder, name, raw, f"{number}.eml")
    an_office_file(folder, "silent", sink)
    (folder / "broken.toml").write_text("[imap\n")
    fleet.look()
    for name in ("east", "west", "silent"):
        poll(fleet, name)


class Nothing:
    """A listener that hears nothing."""

    def wait(self, stopped: Callable[[], bool]) -> bool:
        return False

    def close(self) -> None:
        """It holds nothing."""


def test_so_many_offices_listen_at_a_server_and_none_of_a_shared_account(tmp_path: Path) -> None:
    def of(host: str, user: str) -> Settings:
        imap = Imap(host=host, username=user, password=SecretStr("x"))
        return settings_for(tmp_path).model_copy(update={"maildir": None, "imap": imap})

    listeners = Listeners(a_server=1)
    stop = threading.Event()
    stop.set()

    def begins(name: str, settings: Settings, *others: Settings) -> bool:
        return listeners.begin(name, settings, others, Nothing(), lambda: None, stop)

    a, b, shared = of("one.test", "a"), of("One.test", "b"), of("two.test", "a")
    assert not begins("shared", shared, a, of("two.test", "a"))
    assert not begins("maildir", settings_for(tmp_path))
    assert begins("a", a, b)
    assert not begins("b", b, a)
    listeners.end("a")
    listeners.end("b")
    ninety = [of("one.test", f"office {number}") for number in range(90)]
    assert not begins("b", b, *ninety)  # the server has enough to do with those that poll
    assert begins("b", b, a)
    listeners.end("b")


def test_the_boards_of_all_ledgers_are_one_document(
    folder: Path, fleet: Fleet, sink: SmtpSink, campaign: Campaign
) -> None:
    a_season(folder, fleet, sink, campaign)
    done = mailbot("fleet", "status", "--fleet", str(folder), "--json", cwd=folder)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    offices = {one["office"]: one for one in document["offices"]}
    assert list(offices) == ["broken", "east", "silent", "west"]
    assert "torn" not in offices["broken"]["fault"]
    assert "line 1" in offices["broken"]["fault"]
    expected = sum(unit.expected for unit in campaign.units)
    assert document["totals"]["offices"] == 4
    assert document["totals"]["faults"] == 1
    assert document["totals"]["units"] == {"incomplete": 4, "nothing": 3 * expected - 4}
    assert document["totals"]["arrivals"] == {"answered": 4}
    assert document["totals"]["outbox"] == {"sent": 4}
    shown = mailbot("fleet", "status", cwd=folder, MAILBOT_FLEET=str(folder)).stdout.decode()
    assert "west" in shown
    assert "来件：已答复 4" in shown


def test_the_sums_of_all_offices_lead_back_to_unit_file_and_cell(
    folder: Path, fleet: Fleet, sink: SmtpSink, campaign: Campaign, tmp_path: Path
) -> None:
    a_season(folder, fleet, sink, campaign)
    file = tmp_path / "all.xlsx"
    done = mailbot("fleet", "export", str(file), "--fleet", str(folder), cwd=folder)
    assert done.returncode == 0, done.stderr
    book = load_workbook(file)
    rows = {
        sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
        for sheet in book
    }
    drills = next(row for row in rows["汇总"] if row[1].endswith("举办次数"))
    assert drills[3:] == (3 + 4 + 14 + 15, 2, 4)
    by_office = {row[3]: row[4] for row in rows["分办汇总"] if row[1] == drills[1]}
    assert by_office == {"east": 7, "west": 29}
    sources = [row for row in rows["汇总来源"] if row[1] == drills[1]]
    assert sorted((row[0], row[3], row[4]) for row in sources) == [
        ("east", "二七区", 4),
        ("east", "金水区", 3),
        ("west", "二七区", 15),
        ("west", "金水区", 14),
    ]
    assert {row[6] for row in sources} == {"统计表.xlsx"}
    assert all(row[7] and row[8] and row[10] for row in sources)
    office = {row[0]: row for row in rows["各办情况"]}
    assert office["west"][4] == 2
    assert "line 1" in office["broken"][-1]


def test_health_tells_of_each_office_that_takes_no_mail_in(
    folder: Path, fleet: Fleet, sink: SmtpSink
) -> None:
    ask = ("fleet", "health", "--fleet", str(folder), "--json")
    an_office_file(folder, "good", sink)
    assert json.loads(mailbot(*ask, cwd=folder).stdout)["wrong"] == ["it has never run here"]
    fleet.look()
    assert mailbot(*ask, cwd=folder).returncode == 0
    (folder / "bad.toml").write_text("[imap\n")
    fleet.look()
    done = mailbot(*ask, cwd=folder)
    assert done.returncode == 3
    wrong = json.loads(done.stdout)["wrong"]
    assert len(wrong) == 1
    assert wrong[0].startswith("bad: ")


def test_no_folder_of_offices_is_wrong_use_in_one_line(tmp_path: Path) -> None:
    for arguments in (
        ("run", "--fleet", str(tmp_path / "nowhere")),
        ("run", "--fleet", str(tmp_path)),
        ("fleet", "status"),
        ("fleet", "export", "table.csv"),
    ):
        done = mailbot(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.decode().count("\n") == 1
