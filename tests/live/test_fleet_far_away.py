"""One fleet twice: on this machine alone, and with dask's workers and an object store. The boards
are the same, whatever dies on the way."""

import json
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from make.command_line import mailbot
from make.dask_machines import DaskMachines, dask_missing, wait_for
from make.fleets import an_office_file, put_mail
from make.object_server import ObjectServer
from make.office import a_mail
from make.operating import good
from make.smtp_sink import SmtpSink

from mailbot import objects
from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.demo.photos import make_photo
from mailbot.demo.submissions import gbk_zip
from mailbot.workflow.fleet.serving import Fleet

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dask_missing()), reason=dask_missing() or "-"),
]

ARRIVED = 1_499_000_000  # 2017-07-02
OFFICES = ("east", "west", "north", "south")
UNITS = ("金水区", "二七区")


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with ObjectServer() as one:
        yield one


@pytest.fixture(scope="module")
def machines(
    tmp_path_factory: pytest.TempPathFactory, server: ObjectServer
) -> Iterator[DaskMachines]:
    folder = tmp_path_factory.mktemp("dask")
    with DaskMachines(folder, environment=server.environment) as started:
        yield started


def mails(campaign: Campaign) -> dict[str, dict[str, bytes]]:
    """By office: a unit in order, and one whose files come packed, with a photo that is broken."""
    told = {}
    for office in OFFICES:
        ordinary = a_mail(
            f"{UNITS[0]}材料", sender=f"a@{office}.test", files=good(campaign, UNITS[0])
        )
        packed = gbk_zip(good(campaign, UNITS[1]) | {"坏.jpg": make_photo(2000, 1500, 7)[:9000]})
        second = a_mail(
            f"{UNITS[1]}材料",
            sender=f"b@{office}.test",
            message_id=f"<2@{office}.test>",
            files={"材料.zip": packed},
        )
        told[office] = {"1.eml": ordinary, "2.eml": second}
    return told


def a_fleet(
    folder: Path, sink: SmtpSink, sent: dict[str, dict[str, bytes]], **settings: str
) -> Path:
    fleet = folder / "fleet"
    fleet.mkdir(parents=True)
    for office, messages in sent.items():
        mode = "shadow" if office == "south" else "live"
        an_office_file(fleet, office, sink, mode=mode, **settings)  # type: ignore[arg-type]
        for name, raw in messages.items():
            put_mail(fleet, office, raw, name)
            os.utime(fleet.parent / f"mail-{office}" / name, (ARRIVED, ARRIVED))
    return fleet


def board(fleet: Path) -> Any:
    """`fleet status --json`, without the times of polls."""
    done = mailbot("fleet", "status", "--fleet", str(fleet), "--json", cwd=fleet)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    for office in document["offices"]:
        assert office.pop("last_poll")
    return document


def run_until_answered(fleet: Fleet, havoc: Callable[[int], None] = lambda answered: None) -> None:
    """Until every mail is; `havoc` is told whenever more of them are."""
    fleet.start()
    seen = 0
    try:

        def is_answered() -> bool:
            nonlocal seen
            fleet.poll_at_once()
            folder = fleet.folder
            told = mailbot("fleet", "status", "--fleet", str(folder), "--json", cwd=folder)
            arrivals = json.loads(told.stdout)["totals"]["arrivals"]
            done = arrivals.get("answered", 0) + arrivals.get("examined", 0)
            if done > seen:
                seen = done
                havoc(done)
            return bool(done == len(OFFICES) * 2)

        wait_for(is_answered, 600)
    finally:
        fleet.stop()


def test_a_fleet_far_away_gives_the_boards_of_one_at_home(
    tmp_path: Path,
    machines: DaskMachines,
    server: ObjectServer,
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    server.reset()
    objects._store_at.cache_clear()
    sent = mails(campaign)
    with SmtpSink() as sink:
        home = a_fleet(tmp_path / "home", sink, sent)
        run_until_answered(Fleet(home, SystemClock()))
        answered_at_home = sorted(mail.rcpt for mail in sink.messages)
    with SmtpSink() as sink:
        inspection = (
            f'[inspection]\nexecutor = "dask"\nscheduler = "{machines.address}"\nfall_back = false'
        )
        away = a_fleet(tmp_path / "away", sink, sent, more=inspection, files=server.address)

        def havoc(answered: int) -> None:
            """Whenever a mail is answered a worker dies, and once the scheduler."""
            machines.kill_worker()
            if answered >= 3 and not restarted:
                restarted.append(True)
                machines.kill_scheduler()
                machines.start_scheduler()
                machines.start_worker()

        restarted: list[bool] = []
        run_until_answered(Fleet(away, SystemClock()), havoc)
        assert restarted
        assert sorted(mail.rcpt for mail in sink.messages) == answered_at_home
    assert board(away) == board(home)
    for office in OFFICES:
        files = away.parent / f"data-{office}" / "files"
        store = objects.store_of(files)
        assert store is not None
        stored = dict(store.walk())
        assert not [name for name in stored if store.hash_of(name) != name]
        kept_here = {path.name for path in files.glob("[0-9a-f][0-9a-f]/*")}
        assert len(stored) > 10
        assert len(kept_here & set(stored)) < 2
    config = str(away / f"{OFFICES[0]}.toml")

    def told(*arguments: str) -> int:
        done = mailbot(*arguments, "--config", config, cwd=away)
        return done.returncode

    assert told("verify") == 0
    copy = tmp_path / "copy"
    assert told("backup", str(copy)) == 0
    store = objects.store_of(away.parent / f"data-{OFFICES[0]}" / "files")
    assert store is not None
    assert {path.name for path in copy.glob("files/[0-9a-f][0-9a-f]/*")} >= {
        name for name, _ in store.walk()
    }
    archive = tmp_path / "unit.zip"
    assert told("dossier", UNITS[0], "--zip", str(archive)) == 0
    names = {Path(name).name for name in ZipFile(archive).namelist()}
    assert {"照片.jpg", "视频.mp4"} <= names
    lost = sha256(good(campaign, UNITS[0])["照片.jpg"]).hexdigest()
    (away.parent / f"data-{OFFICES[0]}" / "files" / lost[:2] / lost).unlink(missing_ok=True)
    assert told("verify") == 0
    store.delete(lost)
    assert told("verify") == 1
