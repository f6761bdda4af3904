"""Inspection on other machines, through a dask scheduler (extra `mailbot[dask]`).

    submit ─► waiting ─► at most so many octets with dask ─► answer
                 ▲                     │
                 └── lost on the way ──┘      cannot be had: the local pool, where it is allowed

A thread of its own watches over what is out there: dask's own callbacks do not tell of a
scheduler that was restarted, of a task that no worker takes, or of a worker that hangs. What is
lost is asked again. A file's own crash, hang or swelling ends no dask worker: on the other machine,
too, it is read in a confined child (`errand`). So a worker that died says little of the file it
had; one whose workers died twice is read in a process of its own (`apart`), and is blamed with
`crashed` where that ends as well. The connection is made in `dask_link`; what is read here in place
of there is `dask_stand_in`'s.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from mailbot.errors import MailbotError
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.inspection.previews.store import THUMB, keep_preview
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.dask_link import Away, Link, words_of, workers_died
from mailbot.inspection.workers.dask_stand_in import StandIn, fail, of_the_machine
from mailbot.inspection.workers.errand import (
    Answer,
    Errand,
    Inspect,
    NotOnThisMachineError,
    ReadersDifferError,
)
from mailbot.inspection.workers.pool import Pool
from mailbot.model import Inspected
from mailbot.objects import secure, store_of

log = logging.getLogger(__name__)

_LOOK_S = 0.2  # seconds between two looks at what is out there
_BLOCKED_S = 30.0  # until machines whose readers are not ours are asked again
_WIDTH = 4  # tasks out for each thread there: one at work, the others on their way
_TRIES = 2  # dask gave it up so often, each time after several dead workers: read apart
_ASKED_AGAIN = 5  # times that a lost task is asked again before it is the machine's fault


@dataclass(slots=True, eq=False)
class _Wanted:
    """One task, wherever it is."""

    task: Task
    future: Future[Inspected]
    size: int
    tries: int = 0  # dask workers that died with it
    asked: int = 0
    out: Any = None  # dask's future
    since: float = 0.0


@dataclass(slots=True)
class _State:
    waiting: deque[_Wanted] = field(default_factory=deque)
    out: list[_Wanted] = field(default_factory=list)
    closing: bool = False


class DaskPool:
    """Implements `pool.Pool` with a dask scheduler's workers. Safe for threads.

    Its workers read from the object store of the task's folder of blobs, which must have the
    octets by then; where it has none, from the folder itself, on a disk that they share.
    `local` makes the pool that takes over where the scheduler, its workers, or the same readers
    there cannot be had; without it such tasks fail as the machine's fault, and are tried again
    with the next pass.
    """

    def __init__(
        self,
        away: Away,
        confines: Confines | None = None,
        *,
        local: Callable[[], Pool] | None = None,
        inspect: Inspect = inspect_file,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = Link(away, monotonic)
        self._away = away
        self._confines = confines or Confines()
        self._inspect = inspect
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._state = _State()
        self._alone_since: float | None = None  # without workers, or without a scheduler
        self._stand_in = StandIn(local, self._confines, inspect)
        self._blocked_until = 0.0  # no task leaves before: the readers there are not ours
        self._thread = threading.Thread(target=self._watch, name="dask", daemon=True)
        self._thread.start()

    def submit(self, task: Task) -> Future[Inspected]:
        """See `Pool.submit`."""
        wanted = _Wanted(task, Future(), task.path.stat().st_size if task.path.exists() else 0)
        with self._changed:
            if self._state.closing:
                raise RuntimeError("the pool is closed")
            self._state.waiting.append(wanted)
            self._changed.notify()
        return wanted.future

    def close(self) -> None:
        """Drop what has not begun, let go of the scheduler, end the local processes."""
        with self._changed:
            self._state.closing = True
            self._changed.notify()
        self._thread.join()
        for wanted in (*self._state.waiting, *self._state.out):
            wanted.future.cancel()
            fail(wanted.future, of_the_machine("the pool was closed"))
        self._stand_in.close()

    @property
    def trouble(self) -> str:
        """See `Pool.trouble`."""
        return self._stand_in.trouble

    def _wake(self, _answered: object) -> None:
        with self._changed:
            self._changed.notify()

    # ---- the watching thread -------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            with self._changed:
                if self._state.closing:
                    break
                busy = self._state.waiting or self._state.out
                self._changed.wait(_LOOK_S if busy else 5.0)
                if self._state.closing:
                    break
            try:
                self._look()
            except Exception:  # this thread ends with the pool alone: tasks would wait for ever
                log.exception("inspection on other machines: a look failed")
                self._link.let_go()
        self._link.let_go()

    def _look(self) -> None:
        if not (self._state.waiting or self._state.out):
            return
        ready = self._is_ready()
        for wanted in list(self._state.out):
            if wanted in self._state.out:  # one that is refused takes all others back
                self._settle(wanted)
        if ready:
            self._alone_since = None
            self._hand_out()
            return
        now = self._monotonic()
        self._alone_since = self._alone_since if self._alone_since is not None else now
        if now - self._alone_since >= self._away.patience_s:
            self._take_back()

    def _is_ready(self) -> bool:
        """Whether there is a scheduler with workers that may be asked."""
        if self._link.is_lost:
            for wanted in list(self._state.out):
                self._again(wanted, "the scheduler's connection ended")
            self._link.let_go()
        if not self._link.is_up(is_known_away=bool(self.trouble)) or not self._link.threads():
            return False
        return self._monotonic() >= self._blocked_until

    def _hand_out(self) -> None:
        """Ask for as many as may be under way: by octets, and at least one."""
        width = _WIDTH * self._link.threads()
        while self._state.waiting and len(self._state.out) < width:
            wanted = self._state.waiting[0]
            octets = sum(one.size for one in self._state.out)
            if self._state.out and octets + wanted.size > self._away.in_flight_bytes:
                return
            with self._changed:
                self._state.waiting.popleft()
            if not wanted.future.running() and not wanted.future.set_running_or_notify_cancel():
                continue
            store = store_of(wanted.task.blobs)
            if store is not None and not self._is_stored(wanted):
                continue
            errand = Errand(
                wanted.task,
                self._confines,
                readers_fingerprint(),
                store.address if store else "",
                self._inspect,
            )
            # What comes back is taken at once; the looks between are for what never does.
            wanted.out = self._link.submit(errand, self._wake)
            wanted.since = self._monotonic()
            wanted.asked += 1
            self._state.out.append(wanted)

    def _is_stored(self, wanted: _Wanted) -> bool:
        """Whether the store has what the task reads; where it cannot be had the task fails."""
        task = wanted.task
        paths = (task.path, *(path for _, path in (*task.siblings, *task.earlier)))
        try:
            secure(task.blobs, (path.name for path in paths))
        except MailbotError as error:
            fail(wanted.future, error)
            return False
        return True

    def _settle(self, wanted: _Wanted) -> None:
        """Take the answer, if it has come; ask again for what was lost."""
        status = wanted.out.status if wanted.out is not None else "lost"
        if status == "pending":
            # A child is ended in time; if nothing comes long after, the machine itself hangs.
            if self._monotonic() - wanted.since > 3 * self._confines.timeout_s + 60:
                self._again(wanted, "a worker does not answer")
            return
        if status == "finished":
            self._finish(wanted)
            return
        if status == "error":
            self._judge(wanted, wanted.out.exception(timeout=5))
            return
        self._again(wanted, f"a task was {status}")

    def _finish(self, wanted: _Wanted) -> None:
        try:
            answer: Answer = wanted.out.result(timeout=30)
        except Exception as error:  # noqa: BLE001 - lost between the two questions
            self._again(wanted, f"an answer was lost: {words_of(error)}")
            return
        self._done(wanted)
        for sha256, octets in answer.thumbs:
            with contextlib.suppress(OSError):  # drawn anew when somebody looks
                keep_preview(wanted.task.blobs, sha256, THUMB, octets)
        wanted.future.set_result(answer.found)
        self._stand_in.is_over()

    def _judge(self, wanted: _Wanted, error: BaseException) -> None:
        if workers_died(error):
            wanted.tries += 1
            if wanted.tries < _TRIES:
                self._again(wanted, "its workers died")
                return
            self._done(wanted)
            self._stand_in.read_apart(wanted.task, wanted.future)
        elif isinstance(error, ReadersDifferError | NotOnThisMachineError):
            self._refuse(str(error))
        elif isinstance(error, OSError | MailbotError):
            self._done(wanted)
            wanted.future.set_exception(error)
        elif wanted.asked < _ASKED_AGAIN:
            self._again(wanted, words_of(error))
        else:
            # Another mailbot there, or here: not even the question is understood.
            self._refuse(f"other machines do not do what they are asked: {words_of(error)}")

    def _refuse(self, why: str) -> None:
        """Those out there are of no use until somebody acts: what they have is read here."""
        self._blocked_until = self._monotonic() + _BLOCKED_S
        self._stand_in.begin(why)
        self._take_back()

    def _again(self, wanted: _Wanted, why: str) -> None:
        self._done(wanted)
        if wanted.asked >= _ASKED_AGAIN:
            fail(wanted.future, of_the_machine(f"{why}, {wanted.asked} times"))
            return
        log.info("inspection on other machines: %s; asked again", why)
        with self._changed:
            self._state.waiting.appendleft(wanted)

    def _done(self, wanted: _Wanted) -> None:
        self._state.out.remove(wanted)
        if wanted.out is not None:
            with contextlib.suppress(Exception):
                wanted.out.release()
            wanted.out = None

    def _take_back(self) -> None:
        """Nobody out there does the work: the local pool does, or it fails as the machine's."""
        if self._monotonic() >= self._blocked_until:
            what = "worker" if self._link.is_made else "scheduler"
            self._stand_in.begin(f"no dask {what} at {self._away.scheduler}{self._link.why}")
        for wanted in list(self._state.out):
            with contextlib.suppress(Exception):
                wanted.out.cancel()
            self._done(wanted)
            with self._changed:
                self._state.waiting.append(wanted)
        while self._state.waiting:
            with self._changed:
                wanted = self._state.waiting.popleft()
            if not wanted.future.running() and not wanted.future.set_running_or_notify_cancel():
                continue
            self._stand_in.read(wanted.task, wanted.future)
