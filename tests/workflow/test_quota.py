"""One mail, and one address a day, fill no more of the disk than their quota; the rest is held,
told, and answered with the rest of the mail."""

import io
import random
import threading
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OpenOffice, a_mail, settings_for, text_of
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.inspection.tree import Quota, Task, inspect_file
from mailbot.inspection.workers.pool import InlinePool
from mailbot.inspection.workers.serving import unmeasured
from mailbot.ledger.store import open_ledger
from mailbot.model import Fault, Inspected
from mailbot.settings.inspection import LimitsSection
from mailbot.settings.types import Settings
from mailbot.workflow.quota import Quotas

KB, MB = 1024, 1024**2
QQ = {
    "Authentication-Results": "mx.qq.com; spf=pass smtp.mail=clerk@example.com",
    "Received": "from mail.example.com by newxmmx.qq.com with SMTP; Mon, 3 Jul 2017 10:00:00 +0800",
}


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=9)


def limited(folder: Path, **limits: int) -> Settings:
    return settings_for(folder).model_copy(update={"limits": LimitsSection(**limits)})


def archives(seed: int, number: int = 8) -> bytes:
    """Archives in an archive: 10 KB that unpack to some 90 KB each."""
    return zipped(
        {
            f"{seed}-{one}.zip": zipped({"说明.txt": f"{seed:03}{one:03}".encode() * 15_000})
            for one in range(number)
        }
    )


def zipped(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return output.getvalue()


def stored(folder: Path) -> int:
    return sum(one.stat().st_size for one in (folder / "var/files").rglob("*") if one.is_file())


def test_what_a_mail_unpacks_beyond_its_quota_is_held_and_the_rest_answered(
    open_office: OpenOffice, tmp_path: Path, box: FakeMailbox, sent: MemoryTransport, at: datetime
) -> None:
    bombs = {f"{one}.zip": archives(one) for one in range(1, 8)}  # 5 MB
    raw = a_mail("金水区报送材料", files=bombs | {"金水区演练方案.docx": plan("金水区")})
    box.deliver(raw, at)
    settings = limited(tmp_path, mail_unpacked_bytes=MB)
    with open_office(settings=settings) as office:
        office.tick()
        (row,) = office.ledger.rows("SELECT state, spool_path FROM arrivals")
        files = office.ledger.rows("SELECT name, kind, verdict FROM files")
    assert row["state"] == "answered"
    assert (settings.paths.data / row["spool_path"]).read_bytes() == raw
    assert stored(tmp_path) < MB + len(raw)
    verdicts = {one["name"]: one["verdict"] for one in files}
    assert verdicts["金水区演练方案.docx"] == "accepted"
    assert verdicts["7.zip"] == "held"
    reply = "".join(text_of(sent.messages[-1].raw).split())
    assert "一封邮件解压后最多1MB、5000个文件" in reply
    assert "分成几封邮件" in reply


def test_a_day_of_small_mails_ends_at_the_quota_of_their_address(
    open_office: OpenOffice, tmp_path: Path, box: FakeMailbox, clock: FrozenClock, at: datetime
) -> None:
    settings = limited(tmp_path, address_unpacked_bytes=2 * MB)
    with open_office(settings=settings) as office:
        for number in range(5):
            mail = a_mail(message_id=f"<{number}@x>", files={"材料.zip": archives(number)})
            box.deliver(mail, at + timedelta(minutes=number))
        office.tick()
        assert stored(tmp_path) < 2 * MB + MB // 2  # and what the mails themselves brought
        told = [row["judged_json"] for row in office.ledger.rows("SELECT * FROM arrivals")]
        assert ["一个邮箱一天" in each for each in told] == [False, False, True, True, True]
        clock.advance(days=1)
        again = a_mail(message_id="<again@x>", files={"再报.zip": archives(9)})
        box.deliver(again, clock.now())
        office.tick()
        (row,) = office.ledger.rows("SELECT judged_json FROM arrivals WHERE id = 6")
    assert "一个邮箱一天" not in row["judged_json"]


def test_a_restart_begins_no_new_day(
    open_office: OpenOffice, tmp_path: Path, box: FakeMailbox, at: datetime
) -> None:
    settings = limited(tmp_path, address_unpacked_bytes=MB)
    for number in range(2):
        box.deliver(a_mail(message_id=f"<{number}@x>", files={"a.zip": archives(number)}), at)
        with open_office(settings=settings) as office:
            office.tick()
            (row,) = office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
    assert "一个邮箱一天" in row["judged_json"]


@pytest.mark.parametrize(("headers", "spared"), [({}, False), (QQ, True)], ids=["forged", "proven"])
def test_nobody_uses_up_the_quota_of_another(
    open_office: OpenOffice,
    tmp_path: Path,
    box: FakeMailbox,
    at: datetime,
    headers: dict[str, str],
    *,
    spared: bool,
) -> None:
    """Under whose address anybody wrote, without proof, what is proven is counted apart."""
    settings = limited(tmp_path, address_unpacked_bytes=MB)
    box.deliver(a_mail(message_id="<f@x>", files={"a.zip": archives(1)}), at)
    mine = a_mail(message_id="<m@x>", files={"b.zip": archives(2)}, headers=headers)
    box.deliver(mine, at + timedelta(minutes=1))
    with open_office(settings=settings) as office:
        office.tick()
        (row,) = office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
    assert ("MAIL_OVER_QUOTA" not in row["judged_json"]) is spared


class CountingPool:
    """Four threads; the most that was ever lent to them at one time."""

    trouble = ""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4)
        self._lock = threading.Lock()
        self._lent = self.most = 0

    def submit(self, task: Task) -> Future[Inspected]:
        with self._lock:
            self._lent += task.limits.quota.octets
            self.most = max(self.most, self._lent)
        return self._threads.submit(self._run, task)

    def _run(self, task: Task) -> Inspected:
        found = inspect_file(task)
        with self._lock:
            self._lent -= task.limits.quota.octets
        return found

    def close(self) -> None:
        self._threads.shutdown()


def test_all_workers_together_are_lent_no_more_than_the_quota(
    tmp_path: Path, clock: FrozenClock
) -> None:
    pool = CountingPool()
    settings = limited(tmp_path, mail_unpacked_bytes=30 * MB, mail_unpacked_files=500)
    big = zipped({"大.bin": random.Random(1).randbytes(18 * MB)})  # more than a first share
    files = [big, *(archives(seed, 1) for seed in range(30)), big + b" "]
    with open_ledger(settings.paths.data) as ledger:
        unpacking = Quotas(settings, ledger, pool).begin("a@x", proven=True, now=clock.now())
        futures = []
        for number, octets in enumerate(files):
            path = tmp_path / f"{number}.zip"
            path.write_bytes(octets)
            futures.append(unpacking.submit(Task(path, path.name, tmp_path / "blobs")))
        found = [one.result(60) for one in futures]
    pool.close()
    assert pool.most <= 30 * MB
    assert [one.faults for one in found[:-1]] == [()] * 31
    assert [one.code for one in found[-1].faults] == ["quota"]
    assert unpacking.octets == 18 * MB + sum(one.size for each in found[1:] for one in inner(each))


def inner(found: Inspected) -> list[Inspected]:
    return [one for one in found.walk() if one is not found]


def test_a_file_that_ends_its_process_may_have_stored_all_it_was_lent(
    tmp_path: Path, clock: FrozenClock
) -> None:
    """Else a mail that crashes its reader behind a bomb would cost its sender nothing."""

    def dying(task: Task) -> Inspected:
        return replace(inspect_file(task), faults=(Fault("crashed"),))

    settings = limited(tmp_path)
    path = tmp_path / "a.txt"
    path.write_bytes(b"a")
    with open_ledger(settings.paths.data) as ledger:
        quotas = Quotas(settings, ledger, InlinePool(dying))
        unpacking = quotas.begin("a@x", proven=True, now=clock.now())
        unpacking.submit(Task(path, "a.txt", tmp_path / "blobs")).result()
    assert Quota(unpacking.octets, unpacking.files) == Quota(16 * MB, 200)


def test_a_thousand_files_go_one_after_the_other_without_a_tower_of_calls(
    tmp_path: Path, clock: FrozenClock
) -> None:
    settings = limited(tmp_path, mail_unpacked_bytes=17 * MB)
    path = tmp_path / "a.txt"
    path.write_bytes(b"a")
    with open_ledger(settings.paths.data) as ledger:
        quotas = Quotas(settings, ledger, InlinePool())
        unpacking = quotas.begin("a@x", proven=True, now=clock.now())
        for _ in range(1000):
            found = unpacking.submit(Task(path, "a.txt", tmp_path / "blobs")).result()
    assert found.faults == ()


def test_half_files_of_a_dead_worker_are_swept_in_the_next_pass(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    with open_office() as office:
        office.tick()
        left = tmp_path / "var/files/incoming/left"
        left.write_bytes(b"half")
        office.tick()
        assert not left.exists()


class Falling:
    """A pool in whose workers every file of some name falls over."""

    trouble = ""

    def __init__(self, fault: Fault) -> None:
        self.fault, self.tried = fault, 0

    def submit(self, task: Task) -> Future[Inspected]:
        is_bad = "坏" in task.name
        self.tried += is_bad
        found = unmeasured(task, self.fault) if is_bad else inspect_file(task)
        future: Future[Inspected] = Future()
        future.set_result(found)
        return future

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("fault", "tried"),
    [
        (Fault("corrupt"), 50),
        (Fault("truncated"), 50),
        (Fault("crashed"), 5),
        (Fault("timeout", "over 120 s"), 5),
        (Fault("encrypted"), 90),  # its reader stands
    ],
    ids=str,
)
def test_of_files_that_make_their_reader_fall_over_so_many_are_tried_and_the_rest_is_held(
    tmp_path: Path, at: datetime, fault: Fault, tried: int
) -> None:
    """Each costs a process or minutes, and everybody's next mail waits for it."""
    path = tmp_path / "x"
    path.write_bytes(b"x")
    pool = Falling(fault)
    with open_ledger(tmp_path) as ledger:
        unpacking = Quotas(limited(tmp_path), ledger, pool).begin(
            "a@b.example", proven=True, now=at
        )
        found = [
            unpacking.submit(
                Task(path, f"{number}{'坏' if number % 10 else '好'}", tmp_path)
            ).result()
            for number in range(100)
        ]
    held = [one for one in found if one.faults and one.faults[0].code == "quota"]
    assert pool.tried == tried
    assert held == (found[-len(held) :] if tried < 90 else [])
    assert all("最多核验50个" in one.faults[0].detail for one in held)
