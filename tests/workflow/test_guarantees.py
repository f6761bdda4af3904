"""G1, G5 and G7, by trying; dying at every durable step is in `test_crashes`."""

import os
import signal
import tracemalloc
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OUR_ADDRESS, a_mail, an_office, settings_for
from make.poison import inspect_poison
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.deciding import mails
from mailbot.deciding.desk import Desk
from mailbot.demo.documents import plan, summary
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.pool import InlinePool, InspectionPool
from mailbot.inspection.workers.probe import reading_ends
from mailbot.ledger import arrivals, attempts
from mailbot.ledger.store import Ledger, Row, open_ledger
from mailbot.model import Inspected
from mailbot.report.digest.gather import build_digest
from mailbot.settings.mail import Imap
from mailbot.workflow.arrival import InFlight, Pipeline


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


class _Order(FakeMailbox):
    """Notes what the ledger held when a message was marked."""

    def __init__(self) -> None:
        super().__init__("yingji@mail.example.test")
        self.ledger: Ledger | None = None
        self.states: list[str] = []

    def mark_seen(self, listing: Any) -> None:
        assert self.ledger is not None
        (row,) = self.ledger.rows("SELECT state FROM arrivals WHERE uid = ?", (listing.uid,))
        self.states.append(row["state"])
        super().mark_seen(listing)


def test_a_message_is_marked_only_after_its_row_is_committed(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G1, and the mark is made up when the first try failed."""
    box, clock = _Order(), FrozenClock(at + timedelta(hours=1))
    uid = box.deliver(a_mail(), at)
    base = settings_for(tmp_path)
    imap = Imap.model_validate({"host": "x", "username": OUR_ADDRESS, "after_processing": "seen"})
    settings = base.model_copy(update={"imap": imap, "maildir": None})
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        box.ledger = office.ledger
        office.tick()
        assert box.states == ["examined"]
        office.tick()
    assert box.states == ["examined"]
    assert box.is_seen(uid)


@pytest.mark.parametrize("harm", ["segfault", "hang", "swell"])
def test_a_poison_message_is_tried_three_times_quarantined_shown_and_released(
    tmp_path: Path, campaign: Campaign, at: datetime, harm: str
) -> None:
    """G5, with real worker processes; those behind it pass at once, nothing of it is deleted."""
    box, sent, clock = FakeMailbox(), MemoryTransport(), FrozenClock(at + timedelta(hours=1))
    files = {f"{harm}.docx": plan("金水区"), "总结.docx": summary("金水区")}
    box.deliver(a_mail(files=files), at)
    for number in (2, 3):
        mail = a_mail("二七区", sender=f"{number}@x.test", message_id=f"<{number}@x.test>")
        box.deliver(mail, at)
    with (
        InspectionPool(2, 2, 700 * 1024**2, inspect=inspect_poison) as pool,
        an_office(tmp_path, campaign, box, sent, clock, pool=pool) as office,
    ):
        ledger = office.ledger
        first = office.tick()
        assert (first.fetched, first.examined, first.quarantined) == (3, 2, 0)
        assert {mail.rcpt for mail in sent.messages} == {"2@x.test", "3@x.test"}
        tries = [ledger.rows("SELECT attempts FROM arrivals")[0]["attempts"]]
        while len(tries) < 3:
            assert office.tick().examined == 0
            tries.append(ledger.rows("SELECT attempts FROM arrivals")[0]["attempts"])
        assert tries == [1, 2, 3]
        (row, *_) = ledger.rows("SELECT * FROM arrivals")
        assert (row["state"], row["no_answer_reason"]) == ("quarantined", "quarantined")
        assert f"{harm}.docx" in row["last_error"]
        assert (tmp_path / "var" / row["spool_path"]).is_file()
        digest = build_digest(ledger, campaign, office.settings, clock.now())
        assert digest.health.quarantined == 1
        (item,) = (one for one in digest.needs_person if one.kind == "quarantined")
        assert item.command == f"mailbot retry {row['id']}"
        assert f"mailbot release {row['id']}" in item.detail
        assert office.tick().examined == 0  # it rests

        mails.release(Desk(ledger, campaign, office.settings, "经办人", clock.now()), "1")
        assert office.tick().examined == 1
        (row, *_) = ledger.rows("SELECT * FROM arrivals")
        verdicts = {one.name: one.verdict for one in arrivals.files_of(row)}
    assert (row["state"], row["unit"]) == ("answered", "金水区")
    assert verdicts[f"{harm}.docx"] == "held"
    assert verdicts["总结.docx"] == "accepted"
    assert [mail.rcpt for mail in sent.messages][2:] == ["clerk@example.com"]


def test_a_message_that_fails_by_an_error_of_its_own_is_quarantined_after_three_tries(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    def poisoned(task: Task) -> Inspected:
        if task.name == "毒.docx":
            raise OSError(5, "Input/output error")
        return inspect_file(task)

    box, sent, clock = FakeMailbox(), MemoryTransport(), FrozenClock(at + timedelta(hours=1))
    box.deliver(a_mail(files={"毒.docx": plan("金水区")}), at)
    box.deliver(a_mail("二七区", sender="b@x.test", message_id="<2@x.test>"), at)
    with an_office(
        tmp_path, campaign, box, sent, clock, pool=InlinePool(inspect=poisoned)
    ) as office:
        assert office.tick().examined == 1
        assert [office.tick().quarantined for _ in range(4)] == [0, 1, 0, 0]
        (first, second) = office.ledger.rows("SELECT * FROM arrivals ORDER BY id")
    assert "Input/output error" in first["last_error"]
    assert second["state"] == "answered"
    assert [mail.rcpt for mail in sent.messages] == ["b@x.test"]


def test_a_message_that_ends_the_program_itself_is_found_out_and_blames_no_other(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """The main process dies whenever it meets the third of five: nobody else is quarantined."""
    subjects = ["金水区", "二七区", "中原区", "惠济区", "上街区"]
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    for number, subject in enumerate(subjects):
        mail = a_mail(subject, sender=f"{number}@x.test", message_id=f"<{number}@x.test>")
        box.deliver(mail, at)

    def probe(path: Path) -> str:
        is_deadly = message_from_bytes(path.read_bytes(), policy=SMTP)["Subject"] == "中原区"
        return "reading it ended a process of its own (SIGSEGV)" if is_deadly else ""

    def one_run() -> int:
        """A pass in a process of its own; its exit code."""
        child = os.fork()
        if child == 0:
            real = Pipeline.begin

            def begin(self: Pipeline, row: Row, *, ahead: bool = False) -> InFlight:
                flight = real(self, row, ahead=ahead)
                if flight.message.subject == "中原区":
                    os._exit(9)
                return flight

            code = 1
            with suppress(BaseException), pytest.MonkeyPatch.context() as patch:
                patch.setattr(Pipeline, "begin", begin)
                with an_office(
                    tmp_path, campaign, box, MemoryTransport(), clock, probe=probe
                ) as office:
                    office.tick()
                code = 0
            os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    # Once with others in hand, once alone; from then on a process of its own dies, not this one.
    assert [one_run() for _ in range(6)] == [9, 9, 0, 0, 0, 0]
    with open_ledger(tmp_path / "var", writable=False) as ledger:
        found = ledger.rows("SELECT * FROM arrivals ORDER BY id")
    assert [row["state"] for row in found] == [
        "answered", "answered", "quarantined", "answered", "answered"
    ]  # fmt: skip
    assert "SIGSEGV" in found[2]["last_error"]


def test_gone_is_believed_twice_stands_in_the_digest_and_is_taken_in_when_it_is_back(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    box, sent, clock = FakeMailbox(), MemoryTransport(), FrozenClock(at + timedelta(hours=1))
    uid = box.deliver(a_mail("金水区"), at)
    with an_office(tmp_path, campaign, box, sent, clock) as office:

        def state() -> str:
            (row,) = office.ledger.rows("SELECT state FROM arrivals")
            return str(row["state"])

        def asked() -> list[str]:
            digest = build_digest(office.ledger, campaign, office.settings, clock.now())
            return [one.title for one in digest.needs_person if one.kind == "gone"]

        office.discover()
        kept = box.withdraw(uid)
        office.tick()
        assert (state(), asked()) == ("discovered", [])
        office.tick()
        assert (state(), len(asked())) == ("gone", 1)
        office.tick()
        box.put_back(uid, kept)
        office.tick()
        assert (state(), asked()) == ("answered", [])
    assert [mail.rcpt for mail in sent.messages] == ["clerk@example.com"]


def test_deaths_from_outside_quarantine_nobody(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G11: killed nine times with the same innocent mail alone in hand."""
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    box.deliver(a_mail("金水区"), at)

    def one_run(kill: bool) -> int:
        child = os.fork()
        if child == 0:
            real = Pipeline.begin

            def begin(self: Pipeline, row: Row, *, ahead: bool = False) -> InFlight:
                flight = real(self, row, ahead=ahead)
                if kill:
                    os.kill(os.getpid(), signal.SIGKILL)
                return flight

            code = 1
            with suppress(BaseException), pytest.MonkeyPatch.context() as patch:
                patch.setattr(Pipeline, "begin", begin)
                with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
                    office.tick()
                code = 0
            os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert [one_run(kill=True) for _ in range(9)] == [-signal.SIGKILL] * 9
    assert one_run(kill=False) == 0
    with open_ledger(tmp_path / "var", writable=False) as ledger:
        (row,) = ledger.rows("SELECT * FROM arrivals")
    assert (row["state"], row["attempts"]) == ("answered", 0)


def test_after_a_pass_cut_short_the_smallest_is_committed_first_and_alone(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    for number, size in enumerate((9, 5, 1, 7)):
        mail = a_mail("金水区", "长" * 1000 * size, message_id=f"<{number}@x.test>")
        box.deliver(mail, at)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        office.discover()
        with office.ledger.transaction():
            attempts.begin_pass(office.ledger)
    begun: list[tuple[int, int]] = []  # which, and how many were committed by then
    with (
        pytest.MonkeyPatch.context() as patch,
        an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office,
    ):
        real = Pipeline.begin

        def begin(self: Pipeline, row: Row, *, ahead: bool = False) -> InFlight:
            done = office.ledger.rows("SELECT 1 FROM arrivals WHERE examined_at IS NOT NULL")
            begun.append((row["id"], len(done)))
            return real(self, row, ahead=ahead)

        patch.setattr(Pipeline, "begin", begin)
        office.tick()
    assert begun == [(3, 0), (2, 1), (4, 2), (1, 3)]


def test_reading_a_mail_in_a_process_of_its_own_tells_who_ends_it(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.write_bytes(a_mail("金水区"))
    assert reading_ends(mail) == ""
    assert "ended a process of its own" in reading_ends(tmp_path / "not there")
    assert "more than" in reading_ends(mail, timeout_s=0.001)


def test_memory_does_not_grow_with_the_size_of_a_message(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G7: thirty megabytes go by, a tenth of that is held."""
    message = EmailMessage()
    message["From"], message["To"] = "clerk@example.com", OUR_ADDRESS
    message["Subject"] = "金水区视频"
    message.set_content("见附件")
    message.add_attachment(bytes(30_000_000), "video", "mp4", filename="a.mp4")
    raw = message.as_bytes(policy=SMTP)
    del message
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    box.deliver(raw, at)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        tracemalloc.start()
        try:
            office.tick()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < len(raw) / 3
