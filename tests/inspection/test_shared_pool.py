"""Many offices on one inspection pool: turns, faults and leaving."""

from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mailbot.inspection.tree import Task
from mailbot.inspection.workers.sharing import SharedPool
from mailbot.model import Family, Inspected


@dataclass
class SlowPool:
    """Works on what it was given only when told to; `clock` is the workers' time."""

    begun: list[tuple[Task, Future[Inspected]]] = field(default_factory=list)
    clock: float = 0.0
    closed: bool = False
    trouble: str = ""

    def submit(self, task: Task) -> Future[Inspected]:
        future: Future[Inspected] = Future()
        self.begun.append((task, future))
        return future

    def close(self) -> None:
        self.closed = True

    def finish(self, seconds: float = 1.0, error: Exception | None = None) -> str:
        """End the oldest file after so long; its name."""
        task, future = self.begun.pop(0)
        self.clock += seconds
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(Inspected(task.name, "0" * 64, 0, Family.PHOTO, "jpg"))
        return task.name


def a_task(name: str) -> Task:
    return Task(Path("/nowhere"), name, Path("/nowhere"))


@pytest.fixture
def pool() -> SlowPool:
    return SlowPool()


def order(pool: SlowPool, *, seconds: dict[str, float] | None = None) -> list[str]:
    """The names in the order in which they were worked on, until nothing is left."""
    done = []
    while pool.begun:
        name = pool.begun[0][0].name
        done.append(pool.finish((seconds or {}).get(name[0], 1.0)))
    return done


def test_an_office_does_not_wait_behind_anothers_thousand_photos(pool: SlowPool) -> None:
    shared = SharedPool(pool, 1, lambda: pool.clock)
    large, small = shared.share("large"), shared.share("small")
    for number in range(1000):
        large.submit(a_task(f"l{number}"))
    waits = [small.submit(a_task(f"s{number}")) for number in range(2)]
    assert order(pool)[:5] == ["l0", "s0", "l1", "s1", "l2"]
    assert all(wait.done() for wait in waits)


def test_turns_are_by_time_and_not_by_files(pool: SlowPool) -> None:
    """Videos of ten seconds against photos of one: ten photos a video."""
    shared = SharedPool(pool, 1, lambda: pool.clock)
    videos, photos = shared.share("videos"), shared.share("photos")
    for number in range(5):
        videos.submit(a_task(f"v{number}"))
    for number in range(40):
        photos.submit(a_task(f"p{number}"))
    done = order(pool, seconds={"v": 10.0, "p": 1.0})
    third_video = done.index("v2")
    assert 18 <= sum(name.startswith("p") for name in done[:third_video]) <= 22


def test_who_was_silent_for_long_is_not_owed_the_time(pool: SlowPool) -> None:
    shared = SharedPool(pool, 1, lambda: pool.clock)
    early, late = shared.share("early"), shared.share("late")
    for number in range(100):
        early.submit(a_task(f"e{number}"))
    for _ in range(50):
        pool.finish()
    for number in range(50):
        late.submit(a_task(f"l{number}"))
    next_ten = [pool.finish() for _ in range(10)]
    assert 4 <= sum(name.startswith("l") for name in next_ten) <= 6


def test_no_more_is_handed_on_than_the_pool_works_on(pool: SlowPool) -> None:
    shared = SharedPool(pool, 2)
    office = shared.share("one")
    for number in range(10):
        office.submit(a_task(str(number)))
    assert [task.name for task, _ in pool.begun] == ["0", "1"]
    pool.finish()
    assert [task.name for task, _ in pool.begun] == ["1", "2"]


def test_a_fault_of_the_machine_reaches_the_office_that_asked(pool: SlowPool) -> None:
    shared = SharedPool(pool, 1)
    asked = shared.share("one").submit(a_task("a"))
    other = shared.share("two").submit(a_task("b"))
    pool.finish(error=OSError(28, "No space left on device"))
    pool.finish()
    assert isinstance(asked.exception(), OSError)
    assert other.result().name == "b"


def test_an_office_that_leaves_takes_only_its_own_with_it(pool: SlowPool) -> None:
    shared = SharedPool(pool, 1)
    going, staying = shared.share("going"), shared.share("staying")
    begun = going.submit(a_task("g0"))
    dropped = going.submit(a_task("g1"))
    kept = staying.submit(a_task("s0"))
    going.close()
    assert not pool.closed
    with pytest.raises(CancelledError):
        dropped.result(0)
    assert order(pool) == ["g0", "s0"]
    assert begun.result().name == "g0"
    assert kept.result().name == "s0"
    assert list(shared.used_s()) == ["staying"]


def test_what_was_cancelled_while_it_waited_is_passed_over(pool: SlowPool) -> None:
    shared = SharedPool(pool, 1)
    office = shared.share("one")
    office.submit(a_task("a"))
    office.submit(a_task("b")).cancel()
    office.submit(a_task("c"))
    assert order(pool) == ["a", "c"]
