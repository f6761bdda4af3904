"""Inspection on other machines: a real scheduler, real workers, and what can befall them."""

import errno
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from make.certificates import make_certificates
from make.dask_machines import DaskMachines, dask_missing, wait_for
from make.inspectors import inspect_badly, inspect_murderously, inspect_watched

from mailbot.demo.documents import plan
from mailbot.demo.photos import make_photo
from mailbot.demo.submissions import gbk_zip
from mailbot.errors import TemporaryFault, is_of_the_machine
from mailbot.files import BlobStore
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers import dask_pool
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.dask_link import Away
from mailbot.inspection.workers.dask_pool import DaskPool
from mailbot.inspection.workers.pool import InlinePool, Pool
from mailbot.inspection.workers.serving import NO_MEMORY
from mailbot.model import Fault

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dask_missing()), reason=dask_missing() or "-"),
]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskMachines]:
    with DaskMachines(tmp_path_factory.mktemp("dask")) as started:
        yield started


def a_task(folder: Path, name: str, octets: bytes = b"x") -> Task:
    blob = BlobStore(folder / "files").put(octets + name.encode())
    return Task(Path(blob.path), name, folder / "files")


def a_pool(
    machines: DaskMachines,
    inspect: Callable[[Task], object] = inspect_file,
    confines: Confines | None = None,
    local: Callable[[], Pool] | None = None,
) -> DaskPool:
    away = Away(machines.address, patience_s=60)
    return DaskPool(away, confines, local=local, inspect=inspect)  # type: ignore[arg-type]


def test_what_is_read_elsewhere_is_what_is_read_here(
    machines: DaskMachines, tmp_path: Path
) -> None:
    photo, document = make_photo(640, 480, 1), plan("金水区")
    files = {
        "照片.jpg": photo,
        "方案.docx": document,
        "材料.zip": gbk_zip({"照片.jpg": photo, "方案.docx": document}),
        "坏.jpg": photo[:2000],
        "空": b"",
    }
    store = BlobStore(tmp_path / "files")
    tasks = [
        Task(Path(store.put(octets).path), name, tmp_path / "files")
        for name, octets in files.items()
    ]
    expected = [InlinePool().submit(task).result() for task in tasks]
    pool = a_pool(machines)
    try:
        found = [future.result(120) for future in [pool.submit(task) for task in tasks]]
    finally:
        pool.close()
    assert found == expected


def test_the_limits_of_a_child_hold_on_another_machine(
    machines: DaskMachines, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        names = ("crash", "hang", "swell", f"connect {port}", f"native connect {port}", "limits")
        confines = Confines(timeout_s=8, memory_bytes=3 * 1024**3)
        pool = a_pool(machines, inspect_badly, confines)
        try:
            futures = {name: pool.submit(a_task(tmp_path, name)) for name in names}
            found = {name: future.result(120) for name, future in futures.items()}
        finally:
            pool.close()
    assert found["crash"].faults == (Fault("crashed"),)
    assert found["hang"].faults == (Fault("timeout", "over 8 s"),)
    assert found["swell"].faults == (NO_MEMORY,)
    assert found[f"connect {port}"].facts["errno"] == errno.EACCES
    assert found[f"native connect {port}"].facts["errno"] != 0
    assert found["limits"].facts["memory"] == 3 * 1024**3
    assert found["limits"].facts["core"] == 0


def test_a_task_whose_worker_died_is_asked_again(machines: DaskMachines, tmp_path: Path) -> None:
    pool = a_pool(machines, inspect_murderously)
    try:
        once = pool.submit(a_task(tmp_path, "murder once"))
        other = pool.submit(a_task(tmp_path, "limits"))
        assert once.result(120).faults == ()
        assert other.result(120).faults == ()
    finally:
        pool.close()


def test_a_task_that_ends_its_worker_twice_has_crashed(
    machines: DaskMachines, tmp_path: Path
) -> None:
    pool = a_pool(machines, inspect_murderously)
    try:
        found = pool.submit(a_task(tmp_path, "murder")).result(120)
        assert found.faults == (Fault("crashed"),)
        assert pool.submit(a_task(tmp_path, "limits")).result(120).faults == ()
    finally:
        pool.close()


def test_a_worker_ended_from_outside_blames_no_file(machines: DaskMachines, tmp_path: Path) -> None:
    """However often: the file is read in a process of its own before anything is said of it."""
    pool = a_pool(machines, inspect_watched)
    task = a_task(tmp_path, "file")

    def times_begun() -> int:
        return len(list(task.path.parent.glob("*.begun*")))

    try:
        future = pool.submit(task)
        for died in range(2):
            wait_for(lambda died=died: times_begun() > died)  # type: ignore[misc]
            machines.kill_workers()
        assert future.result(120).faults == ()
        assert times_begun() == 3
    finally:
        pool.close()


def test_a_scheduler_that_is_lost_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    with DaskMachines(tmp_path, workers=1) as machines:
        pool = a_pool(machines, inspect_badly)
        try:
            first = pool.submit(a_task(tmp_path, "first"))
            assert first.result(120).name == "first"
            machines.kill_scheduler()
            futures = [pool.submit(a_task(tmp_path, f"file {number}")) for number in range(6)]
            machines.start_scheduler()
            machines.start_worker()
            names = [future.result(120).name for future in futures]
            assert names == [f"file {number}" for number in range(6)]
        finally:
            pool.close()


def nowhere() -> Away:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Away(f"tcp://127.0.0.1:{free.getsockname()[1]}", patience_s=0.3, connect_s=0.5)


def test_without_a_scheduler_the_local_pool_does_the_work_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = DaskPool(nowhere(), local=lambda: InlinePool(inspect_badly))
    try:
        with caplog.at_level(logging.WARNING, "mailbot"):
            names = [
                pool.submit(a_task(tmp_path, f"file {number}")).result(60).name
                for number in range(3)
            ]
        assert names == ["file 0", "file 1", "file 2"]
        assert "no dask scheduler" in pool.trouble
        assert [record.getMessage() for record in caplog.records].count(
            f"inspection on other machines: {pool.trouble}"
        ) == 1
    finally:
        pool.close()


def test_where_no_local_pool_is_allowed_it_is_the_machines_fault(tmp_path: Path) -> None:
    pool = DaskPool(nowhere())
    try:
        error = pool.submit(a_task(tmp_path, "file")).exception(60)
        assert isinstance(error, TemporaryFault)
        assert is_of_the_machine(error)
    finally:
        pool.close()


def test_other_readers_there_are_not_believed(
    machines: DaskMachines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "readers_fingerprint", lambda: "others")
    here = InlinePool(inspect_badly)
    pool = a_pool(machines, inspect_badly, local=lambda: here)
    try:
        assert pool.submit(a_task(tmp_path, "file")).result(60).name == "file"
        assert "others" in pool.trouble
    finally:
        pool.close()


def test_machines_that_do_not_understand_what_they_are_asked_are_not_asked_on_and_on(
    machines: DaskMachines,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another version of mailbot, of which not even the question's modules are there."""
    module = ModuleType("only_here")
    exec("def inspect(task): raise AssertionError", module.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", module)
    pool = a_pool(machines, module.inspect, local=lambda: InlinePool(inspect_badly))
    try:
        with caplog.at_level(logging.WARNING, "mailbot"):
            futures = [pool.submit(a_task(tmp_path, f"file {number}")) for number in range(3)]
            assert [one.result(60).name for one in futures] == ["file 0", "file 1", "file 2"]
        assert "only_here" in pool.trouble
        (line,) = (one.getMessage() for one in caplog.records)
        assert line == f"inspection on other machines: {pool.trouble}"
    finally:
        pool.close()


def test_a_path_that_is_not_there_is_read_here(machines: DaskMachines, tmp_path: Path) -> None:
    task = a_task(tmp_path, "file")
    hidden = task.path.rename(tmp_path / "hidden")

    def put_back() -> Pool:
        hidden.rename(task.path)
        return InlinePool(inspect_badly)

    pool = a_pool(machines, inspect_badly, local=put_back)
    try:
        assert pool.submit(task).result(60).name == "file"
        assert "is not on that machine" in pool.trouble
    finally:
        pool.close()


def test_no_more_octets_are_out_than_the_bound(machines: DaskMachines, tmp_path: Path) -> None:
    away = Away(machines.address, in_flight_bytes=5000, patience_s=60)
    pool = DaskPool(away, Confines(timeout_s=2), inspect=inspect_badly)
    try:
        large = [replace(a_task(tmp_path, f"file {n}", b"y" * 4000), name="hang") for n in range(3)]
        futures = [pool.submit(task) for task in large]
        seen = 0

        def all_done() -> bool:
            nonlocal seen
            seen = max(seen, len(pool._state.out))
            return all(future.done() for future in futures)

        wait_for(all_done, 120)
        assert seen == 1
        assert all(future.result().faults[0].code == "timeout" for future in futures)
    finally:
        pool.close()


def test_nobody_without_our_authoritys_certificate_is_let_in(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    ca, cert, key = (str(tmp_path / name) for name in ("ca.pem", "server.pem", "server.key"))
    tls = ("--tls-ca-file", ca, "--tls-cert", cert, "--tls-key", key)
    with DaskMachines(tmp_path, workers=1, tls=tls) as machines:
        address = machines.address
        assert address.startswith("tls://")
        pool = DaskPool(Away(address, ca, cert, key, patience_s=60), inspect=inspect_badly)
        try:
            assert pool.submit(a_task(tmp_path, "file")).result(120).name == "file"
        finally:
            pool.close()
        (tmp_path / "others").mkdir()
        make_certificates(tmp_path / "others")
        other = [str(tmp_path / "others" / Path(name).name) for name in (cert, key)]
        for away in (
            Away(address.replace("tls://", "tcp://"), patience_s=0.5, connect_s=1),
            Away(address, ca, other[0], other[1], patience_s=0.5, connect_s=1),
        ):
            refused = DaskPool(away, inspect=inspect_badly)
            try:
                error = refused.submit(a_task(tmp_path, "file")).exception(60)
                assert "no dask scheduler" in str(error)
            finally:
                refused.close()
