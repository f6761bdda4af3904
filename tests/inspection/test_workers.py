"""A crash, a hang or a swelling costs one file, and nothing beside it."""

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from make.inspectors import inspect_badly
from make.media import photo

from mailbot.inspection.tree import Task
from mailbot.inspection.workers.later import LaterPool
from mailbot.inspection.workers.pool import InlinePool, InspectionPool, Pool
from mailbot.model import Fault, Inspected

LIMITS = {"core": 0, "memory": 2 * 1024**3, "umask": 0o077, "inherited_sockets": 0}


def task(folder: Path, name: str, octets: bytes = b"x") -> Task:
    path = folder / "file"
    path.write_bytes(octets)
    return Task(path, name, folder / "blobs")


@pytest.fixture(scope="module")
def bad_pool() -> Iterator[InspectionPool]:
    with InspectionPool(workers=2, timeout_s=3, inspect=inspect_badly) as pool:
        yield pool


@pytest.fixture(params=["processes", "inline"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    made: Pool = InspectionPool(workers=1) if request.param == "processes" else InlinePool()
    yield made
    made.close()


def test_both_pools_return_what_was_measured(pool: Pool, tmp_path: Path) -> None:
    future = pool.submit(task(tmp_path, "照片.jpg", photo(1920, 1080)))
    inspected = future.result(timeout=60)
    assert (inspected.name, inspected.format) == ("照片.jpg", "jpeg")
    assert (inspected.facts["width"], inspected.facts["height"]) == (1920, 1080)


def test_both_pools_raise_the_faults_of_the_machine(pool: Pool, tmp_path: Path) -> None:
    missing = Task(tmp_path / "gone", "gone", tmp_path)
    with pytest.raises(FileNotFoundError):
        pool.submit(missing).result(timeout=60)


def test_a_crash_costs_one_file(bad_pool: InspectionPool, tmp_path: Path) -> None:
    names = ["a", "crash", "b", "c", "crash", "d"]
    results = [bad_pool.submit(task(tmp_path, name)) for name in names]
    faults = [future.result(timeout=60).faults for future in results]
    assert faults == [(), (Fault("crashed"),), (), (), (Fault("crashed"),), ()]


def test_a_crashed_file_keeps_its_name_size_and_hash(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    inspected = bad_pool.submit(task(tmp_path, "crash", b"abc")).result(timeout=60)
    assert inspected.name == "crash"
    assert inspected.size == 3
    # FIPS 180-2, B.1
    assert inspected.sha256.startswith("ba7816bf8f01cfea")


def test_a_process_killed_from_outside_is_no_fault_of_the_file(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    assert bad_pool.submit(task(tmp_path, "crash once")).result(timeout=60).faults == ()


def test_a_hang_ends_at_the_time_limit_and_costs_one_file(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    results = [bad_pool.submit(task(tmp_path, name)) for name in ("hang", "a", "b", "c")]
    codes = [[fault.code for fault in each.result(timeout=60).faults] for each in results]
    assert codes == [["timeout"], [], [], []]


def test_running_out_of_memory_is_a_limit_and_not_a_crash(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    inspected = bad_pool.submit(task(tmp_path, "swell")).result(timeout=60)
    assert inspected.faults == (Fault("limit", "memory"),)


def test_an_exception_that_escapes_counts_as_a_crash(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    assert bad_pool.submit(task(tmp_path, "raise")).result(timeout=60).faults == (Fault("crashed"),)


def test_a_full_disk_is_raised_and_not_put_on_the_file(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No space left"):
        bad_pool.submit(task(tmp_path, "disk full")).result(timeout=60)


def test_the_processes_are_started_once(bad_pool: InspectionPool, tmp_path: Path) -> None:
    futures = [bad_pool.submit(task(tmp_path, "a")) for _ in range(12)]
    assert len({future.result(timeout=60).facts["pid"] for future in futures}) <= 2


def test_a_worker_is_limited_and_inherits_no_connection(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)):
        facts = bad_pool.submit(task(tmp_path, "limits")).result(timeout=60).facts
    assert facts == LIMITS | {"nice": min(19, os.nice(0) + 5)}


def test_a_worker_has_no_network(bad_pool: InspectionPool, tmp_path: Path) -> None:
    """Neither it nor a program it starts; the same attempt from here gets through."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        facts = [
            bad_pool.submit(task(tmp_path, f"{how} {port}")).result(timeout=60).facts["errno"]
            for how in ("connect", "native connect")
        ]
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()
    assert facts[0] == errno.EACCES
    assert facts[1] != 0


def test_a_worker_that_writes_on_and_on_is_stopped_by_its_file_limit(tmp_path: Path) -> None:
    limit = 3_000_000
    with InspectionPool(workers=1, inspect=inspect_badly, file_bytes=limit) as pool:
        with pytest.raises(OSError, match="File too large"):
            pool.submit(task(tmp_path, "write")).result(timeout=60)
        assert pool.submit(task(tmp_path, "a")).result(timeout=60).faults == ()
    assert (tmp_path / "file.grown").stat().st_size == limit


def test_a_worker_that_outlives_its_processor_time_is_a_crash(tmp_path: Path) -> None:
    # A forked worker has used none of it yet: on a busy machine its second takes a while.
    with InspectionPool(workers=1, timeout_s=50, inspect=inspect_badly) as pool:
        assert pool.submit(task(tmp_path, "spin")).result(timeout=110).faults == (Fault("crashed"),)


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    """Killed like that the parent can end nobody."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from make.inspectors import inspect_badly\n"
        "from mailbot.inspection.tree import Task\n"
        "from mailbot.inspection.workers.pool import InspectionPool\n"
        "if __name__ == '__main__':\n"
        "    pool = InspectionPool(workers=1, inspect=inspect_badly)\n"
        "    task = lambda name: Task(Path(sys.argv[1]), name, Path(sys.argv[1]).parent)\n"
        "    print(pool.submit(task('a')).result().facts['pid'], flush=True)\n"
        "    pool.submit(task('hang'))\n"
        "    time.sleep(600)\n"
    )
    (tmp_path / "parent.py").write_text(script)
    (tmp_path / "file").write_bytes(b"x")
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "parent.py", tmp_path / "file"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    give_up = time.monotonic() + 30
    while Path(f"/proc/{worker}").exists() and _state(worker) != "Z":
        assert time.monotonic() < give_up, "the worker lives on"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("after", "begun"),
    [
        *((after, "") for after in (0.0, 0.1, 0.3, 0.8, 2.0)),
        (0.3, "pool.expect_files()"),
        (0.3, "pool.start_early()"),
    ],
)
def test_whenever_the_parent_is_killed_nothing_of_it_is_left_a_second_later(
    tmp_path: Path, after: float, begun: str
) -> None:
    """While its workers start, import, wait or hang; and what they themselves have started."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from make.inspectors import inspect_badly\n"
        "from mailbot.inspection.tree import Task\n"
        "from mailbot.inspection.workers.pool import InspectionPool\n"
        "if __name__ == '__main__':\n"
        "    print('ready', flush=True)\n"
        "    pool = InspectionPool(workers=2, inspect=inspect_badly)\n"
        f"    {begun}\n"
        "    task = lambda name: Task(Path(sys.argv[1]), name, Path(sys.argv[1]).parent)\n"
        "    pool.submit(task('hang'))\n"
        "    time.sleep(600)\n"
    )
    (tmp_path / "parent.py").write_text(script)
    (tmp_path / "file").write_bytes(b"x")
    mark = f"BORN_OF={tmp_path}"
    path = os.pathsep.join(filter(None, sys.path))
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "parent.py", tmp_path / "file"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path, "BORN_OF": str(tmp_path)},
    )
    with parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        time.sleep(after)
        parent.kill()
    time.sleep(1)
    assert [pid for pid in _born_of(mark) if _state(pid) != "Z"] == []


def test_workers_of_a_server_that_is_a_fork_of_us_are_confined_all_the_same(tmp_path: Path) -> None:
    """`mailbot check`: no connection of ours, no network, every limit; and it is a fork."""
    script = (
        "import json, socket, sys\n"
        "from pathlib import Path\n"
        "from make.inspectors import inspect_badly\n"
        "from mailbot.inspection.workers.pool import InspectionPool\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "pool = InspectionPool(workers=1, inspect=inspect_badly)\n"
        "pool.expect_files()\n"
        "forked = pool._server._process.pid\n"
        "from mailbot.inspection.tasks import Task\n"
        "file = Path(sys.argv[1])\n"
        "tried = [pool.submit(Task(file, name, file.parent)).result(60).facts for name in\n"
        "         ('limits', f'connect {server.getsockname()[1]}')]\n"
        "same = Path(f'/proc/{forked}/cmdline').read_bytes()\n"
        "is_fork = same == Path('/proc/self/cmdline').read_bytes()\n"
        "pool.close()\n"
        "print(json.dumps([*map(dict, tried), is_fork, Path(f'/proc/{forked}').exists()]))\n"
    )
    (tmp_path / "file").write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "file"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    limits, connected, is_fork, is_left = json.loads(done.stdout)
    assert limits == LIMITS | {"nice": min(19, os.nice(0) + 5)}
    assert connected == {"errno": errno.EACCES}
    assert is_fork
    assert not is_left


def _born_of(mark: str) -> list[int]:
    """Processes that were started, by whatever way, with this in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


def test_what_a_damaged_worker_says_is_not_believed(tmp_path: Path) -> None:
    """A file that is corrupt leaves its worker damaged; the good one after it gets a fresh one,
    and one that falls over in a used worker is tried again before anything is said of it."""
    with InspectionPool(workers=1, inspect=inspect_badly) as pool:

        def asked(name: str) -> Inspected:
            return pool.submit(task(tmp_path, name)).result(timeout=60)

        first = asked("a").facts["pid"]
        corrupt = asked("corrupt")
        assert corrupt.faults == (Fault("corrupt"),)
        assert corrupt.facts["pid"] != first
        after = asked("b").facts["pid"]
        assert after not in (first, corrupt.facts["pid"])
        assert asked("corrupt unless fresh").faults == ()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_closing_drops_what_has_not_begun(tmp_path: Path) -> None:
    pool = InspectionPool(workers=1, timeout_s=1, inspect=inspect_badly)
    first = pool.submit(task(tmp_path, "hang"))
    while not first.running():
        pass
    second = pool.submit(task(tmp_path, "a"))
    pool.close()
    assert first.result(timeout=60).faults[0].code == "timeout"
    assert second.cancelled()


def _server_of(pool: InspectionPool) -> int:
    """The process that the pool's workers are forked from."""
    process = pool._server._process
    assert process is not None
    return process.pid


def test_no_process_is_started_before_a_file_waits(tmp_path: Path) -> None:
    with InspectionPool(workers=2, inspect=inspect_badly) as pool:
        assert pool._server._process is None
        pool.submit(task(tmp_path, "a")).result(timeout=60)
        children = Path(f"/proc/{_server_of(pool)}/task/{_server_of(pool)}/children").read_text()
        assert len(children.split()) == 1  # of two: no second file waited


def test_what_imports_for_the_readers_can_begin_before_the_first_file_and_once() -> None:
    made: list[InspectionPool] = []

    def make() -> InspectionPool:
        made.append(InspectionPool(workers=1))
        return made[-1]

    pool = LaterPool(make)
    for _ in range(2):
        pool.start_early()
    made[0]._threads.submit(int).result(timeout=60)  # behind the start, on the only thread
    server = _server_of(made[0])
    assert Path(f"/proc/{server}/cmdline").read_bytes() != Path("/proc/self/cmdline").read_bytes()
    pool.close()
    assert len(made) == 1
    assert not Path(f"/proc/{server}").exists()


def test_workers_are_forked_from_a_process_of_one_thread(
    bad_pool: InspectionPool, tmp_path: Path
) -> None:
    """What locks its other threads held would be held for ever in the copies."""
    worker = bad_pool.submit(task(tmp_path, "a")).result(timeout=60).facts["pid"]
    server = _server_of(bad_pool)
    assert Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1] == str(server)
    assert len(list(Path(f"/proc/{server}/task").iterdir())) == 1


def test_where_the_server_is_killed_the_file_is_measured_all_the_same(tmp_path: Path) -> None:
    with InspectionPool(workers=1, inspect=inspect_badly) as pool:
        pool.submit(task(tmp_path, "a")).result(timeout=60)
        before = _server_of(pool)
        process = pool._server._process
        assert process is not None
        process.kill()
        process.wait()
        assert pool.submit(task(tmp_path, "b")).result(timeout=60).faults == ()
        assert _server_of(pool) != before
