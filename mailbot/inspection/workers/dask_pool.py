"""Inspection on other machines, through a dask scheduler (extra `mailbot[dask]`).

    submit ─► waiting ─► at most so many octets with dask ─► answer
                 ▲                     │
                 └── lost on the way ──┘      cannot be had: the local pool, where it is allowed

A thread of its own watches over what is out there: dask's own callbacks do not tell of a
scheduler that was restarted, of a task that no worker takes, or of a worker that hangs. What is
lost is asked again; what ends its worker twice has the fault `crashed`, as here. A file's own
crash, hang or swelling never gets so far: on the other machine, too, it is read in a confined
child (`errand`).
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

from mailbot.errors import MailbotError, MissingExtraError, TemporaryFault
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.confines import Confines
from mailbot.inspection.workers.errand import (
    Errand,
    Inspect,
    NotOnThisMachineError,
    ReadersDifferError,
    run_errand,
)
from mailbot.inspection.workers.pool import Pool
from mailbot.inspection.workers.serving import unmeasured
from mailbot.model import Fault, Inspected
from mailbot.objects import secure, store_of

log = logging.getLogger(__name__)

_LOOK_S = 0.2  # seconds between two looks at what is out there
_PATIENCE_S = 15.0  # without scheduler or workers, until others do the work
_AGAIN_S = 30.0  # between two tries to reach a scheduler that was away
_WIDTH = 4  # tasks out for each thread there: one at work, the others on their way
_TRIES = 2  # a task that ended its dask worker so often has crashed
_ASKED_AGAIN = 5  # times that a lost task is asked again before it is the machine's fault


@dataclass(frozen=True, slots=True)
class Away:
    """How to reach the scheduler, and what may be under way at once."""

    scheduler: str  # tcp:// or tls:// address
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    in_flight_bytes: int = 256 * 1024**2
    patience_s: float = _PATIENCE_S
    connect_s: float = 5.0  # for one try to reach the scheduler


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
    with the next pass. `trouble` says why the local pool is at work, "" while it is not.
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
        _distributed()  # MissingExtraError here, not in a thread
        self._away = away
        self._confines = confines or Confines()
        self._make_local = local
        self._inspect = inspect
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._state = _State()
        self._client: Any = None
        self._next_try = 0.0
        self._alone_since: float | None = None  # without workers, or without a scheduler
        self._local: Pool | None = None
        self.trouble = ""
        self._said = ""  # in the log, so that it stands there once
        self._why = ""  # the newest try to connect failed
        self._threads_there, self._counted_at = 0, -10.0
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
            _fail(wanted.future, _machine("the pool was closed"))
        if self._local is not None:
            self._local.close()

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
            except Exception:
                log.exception("inspection on other machines: a look failed")
                self._let_go()
        self._let_go()

    def _look(self) -> None:
        if not (self._state.waiting or self._state.out):
            return
        ready = self._is_ready()
        for wanted in list(self._state.out):
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
        """Whether there is a scheduler with workers; connects, now and then."""
        now = self._monotonic()
        if self._client is not None and self._client.status not in ("running", "connecting"):
            self._lose("the scheduler's connection ended")
        if self._client is None:
            if now < self._next_try:
                return False
            self._next_try = now + (_AGAIN_S if self.trouble else 1.0)
            try:
                self._client = self._connected()
            except (OSError, TimeoutError, ValueError) as error:
                self._why = f" ({_words(error)})"
                return False
            self._why = ""
        if self._client.status != "running":
            return False
        if not self._workers():
            return False
        return now >= self._blocked_until

    def _connected(self) -> Any:
        distributed = _distributed()
        away = self._away
        security = None
        if away.scheduler.startswith("tls://"):
            security = distributed.Security(
                tls_ca_file=away.ca_file,
                tls_client_cert=away.cert_file,
                tls_client_key=away.key_file,
                require_encryption=True,
            )
        return distributed.Client(
            away.scheduler,
            security=security,
            timeout=away.connect_s,
            set_as_default=False,
            name="mailbot",
            heartbeat_interval=2000,
        )

    def _workers(self) -> int:
        """How many threads the scheduler's workers have, as it said within the last second."""
        now = self._monotonic()
        if now - self._counted_at < 1.0:
            return self._threads_there
        self._counted_at = now
        self._threads_there = self._count()
        return self._threads_there

    def _count(self) -> int:
        try:
            found = self._client.nthreads()
        except Exception as error:  # noqa: BLE001 - whatever the connection raises: not now
            log.info("inspection on other machines: %s", error)
            return 0
        return sum(found.values())

    def _hand_out(self) -> None:
        """Ask for as many as may be under way: by octets, and at least one."""
        width = _WIDTH * self._threads_there
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
            wanted.out = self._client.submit(_on_a_worker, errand, pure=False, retries=0)
            # What comes back is taken at once; the looks between are for what never does.
            wanted.out.add_done_callback(self._wake)
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
            _fail(wanted.future, error)
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
            found = wanted.out.result(timeout=30)
        except Exception as error:  # noqa: BLE001 - lost between the two questions
            self._again(wanted, f"an answer was lost: {error}")
            return
        self._done(wanted)
        wanted.future.set_result(found)
        if self.trouble:
            log.warning("inspection on other machines goes on")
            self.trouble = self._said = ""

    def _judge(self, wanted: _Wanted, error: BaseException) -> None:
        distributed = _distributed()
        if isinstance(error, distributed.scheduler.KilledWorker):
            wanted.tries += 1
            if wanted.tries < _TRIES:
                self._again(wanted, "its workers died")
                return
            self._done(wanted)
            wanted.future.set_result(unmeasured(wanted.task, Fault("crashed")))
        elif isinstance(error, ReadersDifferError | NotOnThisMachineError):
            # Of no use until somebody acts; what is out there is asked here.
            self._blocked_until = self._monotonic() + _AGAIN_S
            self._say(str(error))
            self._take_back()
        elif isinstance(error, OSError | MailbotError):
            self._done(wanted)
            wanted.future.set_exception(error)
        else:
            self._again(wanted, f"{type(error).__name__}: {error}")

    def _again(self, wanted: _Wanted, why: str) -> None:
        self._done(wanted)
        if wanted.asked >= _ASKED_AGAIN:
            _fail(wanted.future, _machine(f"{why}, {wanted.asked} times"))
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

    def _lose(self, why: str) -> None:
        """The connection is gone: all that was out there is waiting again."""
        for wanted in list(self._state.out):
            self._again(wanted, why)
        self._let_go()

    def _take_back(self) -> None:
        """Nobody out there does the work: the local pool does, or it fails as the machine's."""
        now = self._monotonic()
        blocked = now < self._blocked_until
        what = "scheduler" if self._client is None else "worker"
        reason = self.trouble if blocked else f"no dask {what} at {self._away.scheduler}{self._why}"
        self._say(reason)
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
            if self._make_local is None:
                _fail(wanted.future, _machine(reason))
            else:
                self._here(wanted)

    def _here(self, wanted: _Wanted) -> None:
        assert self._make_local is not None
        self._local = self._local or self._make_local()

        def ended(inner: Future[Inspected]) -> None:
            error = inner.exception()
            if error is not None:
                wanted.future.set_exception(error)
            else:
                wanted.future.set_result(inner.result())

        self._local.submit(wanted.task).add_done_callback(ended)

    def _say(self, trouble: str) -> None:
        """Once in the log, until it is over or another one."""
        self.trouble = trouble
        if trouble != self._said:
            log.warning("inspection on other machines: %s", trouble)
            self._said = trouble

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=5)


def _on_a_worker(errand: Errand) -> Inspected:
    """What dask is asked to run: as many children as that worker has threads."""
    return run_errand(errand, _distributed().get_worker().state.nthreads)


def _words(error: BaseException) -> str:
    """The last cause, which is the one that tells: a refused certificate, a closed port."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())[:200] or type(error).__name__


def _machine(why: str) -> TemporaryFault:
    """What the pipeline takes for the machine's fault, and tries again (errors)."""
    return TemporaryFault("workers", f"inspection on other machines: {why}")


def _fail(future: Future[Inspected], error: Exception) -> None:
    if not future.done():
        with contextlib.suppress(Exception):
            future.set_exception(error)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtraError(
            "inspection.executor = \"dask\" needs dask: pip install 'mailbot[dask]'"
        ) from None
    return distributed
