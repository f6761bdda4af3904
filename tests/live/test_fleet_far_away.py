"""The fleet of five offices with dask's workers and an object store, while workers die and the
scheduler is restarted: its boards are those of the fleet whose files are read on this machine."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from make.command_line import mailbot
from make.dask_machines import dask_missing
from make.dovecot import PrivateDovecot
from make.five_offices import UNITS, Ran, run_five
from make.local_cluster import LocalMachines
from make.object_server import ObjectServer
from make.operating import good
from make.poison import inspect_poison

from mailbot import objects
from mailbot.campaign.types import Campaign
from mailbot.inspection.previews.store import THUMB, preview_path
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.dask_link import Away
from mailbot.inspection.workers.dask_pool import DaskPool
from mailbot.inspection.workers.pool import Pool
from mailbot.settings.types import Settings

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dask_missing()), reason=dask_missing() or "-"),
]

SEED = 17
WITH_FILES = ("good", "other", "poison", "shadow")  # the offices that took mail in


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with ObjectServer() as one, pytest.MonkeyPatch.context() as patch:
        for name, value in one.environment.items():
            patch.setenv(name, value)
        objects._store_at.cache_clear()
        yield one


class Havoc:
    """A worker dies now and then, at random; once, in the midst of it, the scheduler with all."""

    def __init__(self, machines: LocalMachines) -> None:
        self._machines = machines
        self._random = Random(SEED)
        self._restart_at = self._random.randint(1, 3)  # mails that are through
        self.killed = 0
        self.is_restarted = False

    def __call__(self, done: int) -> None:
        if self._random.random() < (0.5 if not self.killed else 0.1) and self.killed < 2:
            self.killed += self._machines.kill_any_worker()
        if done >= self._restart_at and not self.is_restarted:
            self.is_restarted = True
            self._machines.stop()
            self._machines.start()


@pytest.fixture(scope="module")
def away(
    tmp_path_factory: pytest.TempPathFactory,
    server: ObjectServer,
    dovecot_server: PrivateDovecot,
    five_at_home: Ran,  # first: it delivers the mails
) -> Ran:
    folder = tmp_path_factory.mktemp("away")

    def far_away(many: Iterable[Settings]) -> tuple[Pool, int]:
        asked = next(iter(many)).inspection
        assert (asked.executor, asked.fall_back) == ("dask", False)
        return DaskPool(Away(asked.scheduler), Confines(60), inspect=inspect_poison), 1000

    with LocalMachines(folder, server.environment, SEED) as machines:
        havoc = Havoc(machines)
        settings = (
            f'[inspection]\nexecutor = "dask"\nscheduler = "{machines.address}"\nfall_back = false'
        )
        ran = run_five(
            *(folder, dovecot_server, far_away),
            more=settings,
            files=server.address,
            meanwhile=havoc,
        )
    assert havoc.killed
    assert havoc.is_restarted
    return ran


def test_a_fleet_far_away_gives_the_boards_of_one_at_home(five_at_home: Ran, away: Ran) -> None:
    """Octet for octet: poison is set aside, a worker that dies from outside blames nobody."""
    assert away.status == five_at_home.status
    assert away.replies == five_at_home.replies
    assert away.faults == five_at_home.faults


def test_what_came_lies_in_the_store_and_not_here(away: Ran) -> None:
    for office in WITH_FILES:
        files = away.folder.parent / f"data-{office}" / "files"
        store = objects.store_of(files)
        assert store is not None
        stored = dict(store.walk())
        assert len(stored) >= 5
        assert not [name for name in stored if store.hash_of(name) != name]
        kept_here = {path.name for path in files.glob("[0-9a-f][0-9a-f]/*")}
        assert len(kept_here & set(stored)) < 2


def test_thumbnails_drawn_far_away_come_home(
    away: Ran, five_at_home: Ran, campaign: Campaign
) -> None:
    for office in ("good", "other"):  # in the other one's the photo was packed
        name = sha256(good(campaign, UNITS[office])["照片.jpg"]).hexdigest()

        def thumb(ran: Ran, office: str = office, name: str = name) -> bytes:
            files = ran.folder.parent / f"data-{office}" / "files"
            return preview_path(files, name, THUMB).read_bytes()

        assert thumb(away) == thumb(five_at_home)


def test_commands_bring_back_what_they_want_of_it(
    away: Ran, tmp_path: Path, campaign: Campaign
) -> None:
    config = str(away.folder / "good.toml")
    files = away.folder.parent / "data-good" / "files"
    store = objects.store_of(files)
    assert store is not None

    def told(*arguments: str) -> int:
        return mailbot(*arguments, "--config", config, cwd=away.folder).returncode

    assert told("verify") == 0
    copy = tmp_path / "copy"
    assert told("backup", str(copy)) == 0
    copied = {path.name for path in copy.glob("files/[0-9a-f][0-9a-f]/*")}
    assert copied >= {name for name, _ in store.walk()}
    archive = tmp_path / "unit.zip"
    assert told("dossier", UNITS["good"], "--zip", str(archive)) == 0
    assert {"照片.jpg", "视频.mp4"} <= {Path(name).name for name in ZipFile(archive).namelist()}
    lost = sha256(good(campaign, UNITS["good"])["照片.jpg"]).hexdigest()
    (files / lost[:2] / lost).unlink(missing_ok=True)
    assert told("verify") == 0
    store.delete(lost)
    assert told("verify") == 1


def test_the_side_that_rotted_is_told_and_put_right_from_the_other(
    away: Ran, campaign: Campaign
) -> None:
    config = str(away.folder / "shadow.toml")
    files = away.folder.parent / "data-shadow" / "files"
    store = objects.store_of(files)
    assert store is not None
    photo = good(campaign, UNITS["shadow"])["照片.jpg"]
    name = sha256(photo).hexdigest()
    here = objects.at_hand(files / name[:2] / name)

    def told(*options: str) -> tuple[int, list[tuple[str, str, str, bool]]]:
        done = mailbot("verify", "--json", *options, "--config", config, cwd=away.folder)
        keys = ("path", "state", "side", "mended")
        wrong = json.loads(done.stdout)["wrong"]
        return done.returncode, [tuple(one[key] for key in keys) for one in wrong]

    path = f"files/{name[:2]}/{name}"
    store._fs.pipe_file(store._key(name), bytes(len(photo)))
    assert told() == (1, [(path, "rotted", "store", False)])
    assert told("--repair") == (0, [(path, "rotted", "store", True)])
    assert store.hash_of(name) == name
    store.delete(name)
    assert told("--repair") == (0, [(path, "missing", "store", True)])
    here.write_bytes(b"rot")
    assert told() == (1, [(path, "rotted", "here", False)])
    assert told("--repair") == (0, [(path, "rotted", "here", True)])
    assert here.read_bytes() == photo
    assert [one.read_bytes() for one in here.parent.glob(f"{name}.damaged-*")] == [b"rot"]
    assert told() == (0, [])
    store._fs.pipe_file(store._key(name), b"")
    here.write_bytes(b"rot")
    both = [(path, "rotted", "here", False), (path, "rotted", "store", False)]
    assert told("--repair") == (1, both)
