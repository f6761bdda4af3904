"""`mailbot run --fleet`: the jobs of every office, and the watch over the folder they come from.

Each office's steps run one after the other in a thread of its own, as `mailbot run` has one; so
an office that waits for a slow server keeps nobody else waiting.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.clock import Clock, SystemClock
from mailbot.errors import MailbotError
from mailbot.inbox.mailboxes.protocol import Listener
from mailbot.inspection.workers.pool import Pool
from mailbot.inspection.workers.sharing import SharedPool
from mailbot.settings.types import Settings
from mailbot.workflow.fleet.folder import Place, mark_of, offices_in, read_place
from mailbot.workflow.fleet.listeners import Listeners
from mailbot.workflow.fleet.offices import Accounts, OpenOffice, fault_of, open_place
from mailbot.workflow.fleet.watch import write_fleet_health
from mailbot.workflow.heartbeat import notify_systemd
from mailbot.workflow.opening import open_pool
from mailbot.workflow.scheduler import JOB_DEFAULTS, ClockWatch, add_jobs

log = logging.getLogger(__name__)

_LOOK_S = 5  # seconds between two looks at the folder
_AGAIN_S = 60  # until an office that could not be opened is tried again, unchanged


@dataclass(slots=True)
class _Shut:
    """An office that could not be opened."""

    place: Place
    fault: str
    since: str
    again: float  # seconds of the clock


class Fleet:
    """The offices of one folder; `look` once, and then every few seconds."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        make_pool: Callable[[Iterable[Settings]], tuple[Pool, int]] = open_pool,
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._make_pool = make_pool
        self._pool: SharedPool | None = None
        self._accounts = Accounts()
        self._listeners = Listeners()
        self._open: dict[str, OpenOffice] = {}
        self._shut: dict[str, _Shut] = {}
        self._closing: dict[str, threading.Thread] = {}
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=JOB_DEFAULTS)

    @property
    def offices(self) -> dict[str, OpenOffice]:
        """Those at work, by name."""
        return dict(self._open)

    @property
    def faults(self) -> dict[str, str]:
        """Why the others are not, by name."""
        return {name: shut.fault for name, shut in self._shut.items()}

    def start(self) -> None:
        """Open what the folder holds, and let the jobs begin. SettingsError: no such folder."""
        self.look()
        self._scheduler.start()

    def look(self) -> None:
        """Take up files that are new or changed, leave those that were removed."""
        paths = {path.stem: path for path in offices_in(self.folder)}
        for name in [name for name, thread in self._closing.items() if not thread.is_alive()]:
            del self._closing[name]
        for name, office in list(self._open.items()):
            if name not in paths:
                log.info("%s: its file is gone", name)
                self._begin_closing(office)
            elif office.place.mark != mark_of(paths[name], office.place.settings):
                log.info("%s: its settings changed", name)
                self._begin_closing(office)
        for name in [name for name in self._shut if name not in paths]:
            del self._shut[name]
        wanted = [
            path
            for name, path in paths.items()
            if name not in self._open and name not in self._closing and self._may_try(name, path)
        ]
        places = [read_place(path) for path in wanted]
        if self._pool is None:
            pool, width = self._make_pool(one.settings for one in places if one.settings)
            self._pool = SharedPool(pool, width)
        for place in places:
            self._take_up(place, self._pool)
        write_fleet_health(self.folder, self.health())

    def stop(self) -> None:
        """Finish every step under way, then close all."""
        for office in list(self._open.values()):
            self._begin_closing(office)
        for thread in self._closing.values():
            thread.join()
        with suppress(Exception):  # never started
            self._scheduler.shutdown(wait=True)
        if self._pool is not None:
            self._pool.close()

    def poll_at_once(self) -> None:
        """Every office looks into its mailbox now, whatever the wall clock was."""
        now = self._clock.now()
        for name in self._open:
            self._scheduler.modify_job(f"{name}/poll", next_run_time=now)

    def health(self) -> dict[str, Any]:
        """What the health file says: a `heartbeat.Health` for each open office, a fault and since
        when for the others."""
        shut = {
            name: {"last_poll": "", "fault": one.fault, "fault_since": one.since}
            for name, one in self._shut.items()
        }
        told = {name: asdict(one.heart.health()) for name, one in self._open.items()}
        return {
            "at": self._clock.now().isoformat(timespec="seconds"),
            "pid": os.getpid(),
            "offices": dict(sorted((shut | told).items())),
        }

    def is_alive(self) -> bool:
        """Whether not every office has fallen silent: one that hangs is its own fault."""
        now = self._clock.now()
        hearts = [one.heart.health() for one in self._open.values()]
        return not hearts or any(one.is_alive(now) for one in hearts)

    def _may_try(self, name: str, path: Path) -> bool:
        shut = self._shut.get(name)
        if shut is None or shut.place.mark != mark_of(path, shut.place.settings):
            return True
        return self._clock.now().timestamp() >= shut.again

    def _take_up(self, place: Place, pool: SharedPool) -> None:
        fault = place.fault
        if not fault:
            try:
                office = open_place(place, pool, self._accounts, self._clock)
            except Exception as error:  # noqa: BLE001 - an office's fault stays its own
                fault = fault_of(error)
            else:
                self._shut.pop(place.name, None)
                self._begin(office)
                return
        before = self._shut.get(place.name)
        if before is None or before.fault != fault:
            log.error("%s: not open: %s", place.name, fault)
        now = self._clock.now()
        since = before.since if before else now.isoformat(timespec="seconds")
        self._shut[place.name] = _Shut(place, fault, since, now.timestamp() + _AGAIN_S)

    def _begin(self, office: OpenOffice) -> None:
        self._open[office.name] = office
        self._scheduler.add_executor(ThreadPoolExecutor(1), alias=office.name)
        add_jobs(
            self._scheduler, office.loop, office.office.settings, self._clock.now(), office.name
        )
        office.loop.listen_by = partial(self._listen, office)

    def _listen(self, office: OpenOffice, listener: Listener) -> None:
        """After its first pass that went well: when all that the folder held are open."""
        others = [one.office.settings for one in self.offices.values() if one is not office]

        def poll_soon() -> None:
            # At once, or as soon as the pass under way ends.
            if not office.stop.is_set():
                self._scheduler.add_job(office.loop.poll, executor=office.name)

        self._listeners.begin(
            office.name, office.office.settings, others, listener, poll_soon, office.stop
        )

    def _begin_closing(self, office: OpenOffice) -> None:
        """Its last step may take minutes; the others are not kept waiting for it."""
        del self._open[office.name]
        office.stop.set()
        for job in ("poll", "morning"):
            self._scheduler.remove_job(f"{office.name}/{job}")

        def close() -> None:
            self._scheduler.remove_executor(office.name)  # waits for the step
            self._listeners.end(office.name)
            office.close()

        thread = threading.Thread(target=close, name=f"closing {office.name}")
        self._closing[office.name] = thread
        thread.start()


def serve_fleet(
    folder: Path,
    stop: threading.Event | None = None,
    beside: Callable[[Fleet], AbstractContextManager[None]] = lambda fleet: nullcontext(),
) -> None:
    """Run every office of the folder until SIGTERM or SIGINT (or until `stop` is set); `beside`
    is what else the process serves meanwhile."""
    stop = stop or threading.Event()
    clock = SystemClock()
    fleet = Fleet(folder, clock)

    signals: list[str] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        # Told below: a handler may run in the middle of an import, where nothing can be logged.
        signals.append(signal.Signals(number).name)
        stop.set()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
    watch = ClockWatch(clock)
    stack = ExitStack()
    try:
        fleet.start()
        stack.enter_context(beside(fleet))
        notify_systemd("READY=1")
        while not stop.wait(_LOOK_S):
            try:
                fleet.look()
            except MailbotError as error:  # the folder is gone: the offices go on
                log.warning("%s", error)
            if fleet.is_alive():
                notify_systemd("WATCHDOG=1")
            if watch.has_jumped():
                log.warning("the clock was set: polling at once")
                fleet.poll_at_once()
    finally:
        for name in signals[:1]:
            log.info("%s: stopping after the steps under way", name)
        notify_systemd("STOPPING=1")
        stack.close()
        fleet.stop()
        log.info("stopped")
