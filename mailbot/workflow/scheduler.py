"""The APScheduler jobs of `mailbot run`; each job is one call of a step that returns what it did.

Steps never overlap: one worker thread, since the ledger has one writer. A step that is under way
when SIGTERM comes is finished; the next one does not begin.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import asdict
from datetime import datetime
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from mailbot.clock import Clock
from mailbot.errors import MailbotError, is_temporary
from mailbot.events import speak_for, tell
from mailbot.inbox.mailboxes.protocol import Listener
from mailbot.report.digest.sending import digest_is_due, send_digest
from mailbot.report.reminders import queue_reminders, reminders_are_due
from mailbot.settings.types import Settings
from mailbot.workflow.heartbeat import Heartbeat
from mailbot.workflow.listening import Listening
from mailbot.workflow.setback import JITTER
from mailbot.workflow.tick import Office

log = logging.getLogger(__name__)

_LOOK_AT_CLOCK_S = 5
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def serve(office: Office, stop: threading.Event | None = None) -> None:
    """Run the jobs until SIGTERM or SIGINT (or until `stop` is set)."""
    stop = stop or threading.Event()
    heart = Heartbeat(office.settings, office.clock)
    office.beat = heart.beat
    loop = Loop(office, stop, heart)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.on_signal)
    scheduler = BackgroundScheduler(
        timezone=office.settings.zone,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults=JOB_DEFAULTS,
    )
    add_jobs(scheduler, loop, office.settings, office.clock.now())
    heart.ready()
    scheduler.start()
    schedule = office.settings.schedule
    log.info("polling every %s s; digest at %s", schedule.poll_seconds, schedule.digest)
    watch = ClockWatch(office.clock)
    listening = Listening(
        lambda: scheduler.add_job(loop.poll),  # at once, or as soon as the pass under way ends
        stop,
        schedule.poll_seconds,
    )
    loop.listen_by = listening.begin
    try:
        while not stop.wait(_LOOK_AT_CLOCK_S):
            if watch.has_jumped():
                # The scheduler keeps wall-clock times: set back, it would sleep until the clock
                # is where it was.
                log.warning("the clock was set: polling at once")
                scheduler.modify_job("poll", next_run_time=office.clock.now())
    finally:
        if loop.stopped_by:
            log.info("%s: stopping after this step", loop.stopped_by)
        heart.stopping()
        stop.set()
        listening.end()
        scheduler.shutdown(wait=True)
        log.info("stopped")


def add_jobs(
    scheduler: BaseScheduler, loop: "Loop", settings: Settings, now: datetime, office: str = ""
) -> tuple[str, str]:
    """The jobs of one office, begun at `now`; their ids. A named office has an executor of its
    name, which must have one thread."""
    schedule = settings.schedule
    prefix, executor = (f"{office}/", office) if office else ("", "default")
    poll, morning = f"{prefix}poll", f"{prefix}morning"
    scheduler.add_job(
        loop.poll,
        IntervalTrigger(seconds=schedule.poll_seconds),
        next_run_time=now,
        id=poll,
        executor=executor,
    )
    # Besides the set time the day's mails are looked for once at the start: a time that passed
    # while the program was down is made up once.
    scheduler.add_job(
        loop.morning,
        CronTrigger(
            hour=schedule.digest.hour, minute=schedule.digest.minute, timezone=settings.zone
        ),
        next_run_time=now,
        id=morning,
        executor=executor,
    )
    return poll, morning


class ClockWatch:
    """Tells when the wall clock has gone another way than time itself."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._offset = self._measure()

    def has_jumped(self) -> bool:
        """Whether the clock was set by more than a minute, either way, since the last look."""
        before, self._offset = self._offset, self._measure()
        return abs(self._offset - before) > JITTER.total_seconds()

    def _measure(self) -> float:
        return self._clock.now().timestamp() - self._monotonic()


class _Named(logging.LoggerAdapter[logging.Logger]):
    """Says of which office of a fleet it speaks."""

    def process(
        self, msg: object, kwargs: MutableMapping[str, Any]
    ) -> tuple[str, MutableMapping[str, Any]]:
        office = str((self.extra or {}).get("office", "")).replace("%", "%%")
        return f"{office}: {msg}", kwargs


class Loop:
    """The steps as jobs: what a step raises is logged and never ends the scheduler."""

    def __init__(
        self,
        office: Office,
        stop: threading.Event,
        heart: Heartbeat | None = None,
        name: str = "",
    ) -> None:
        self._office = office
        self.log = _Named(log, {"office": name}) if name else log
        self._name = name
        self._stop = stop
        self._heart = heart
        self.stopped_by = ""  # the signal's name
        # Once, after the first pass that went well: what to do with what tells of mail at once.
        self.listen_by: Callable[[Listener], object] | None = None

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Finish the step under way, then stop. Told by `serve`: a handler runs between any two
        steps of the main thread, in the middle of an import too, and may not log there."""
        self.stopped_by = signal.Signals(number).name
        self._stop.set()

    def poll(self) -> bool:
        """One pass; whether it did anything. A refused login is not tried again (`Office.tick`);
        what needs no mailbox goes on."""
        if self._stop.is_set():
            return False
        fault = ""
        speak_for(self._name)
        try:
            counts = self._office.tick()
        except MailbotError as error:
            fault = str(error)
            level = logging.WARNING if is_temporary(error) else logging.CRITICAL
            words = "temporary" if is_temporary(error) else "permanent"
            self.log.log(level, "%s fault: %s", words, error)
        except OSError as error:
            fault = f"{type(error).__name__}: {error}"
            self.log.error("a pass failed (%s); the next one begins as planned", fault)  # noqa: TRY400
        except Exception as error:  # whatever a pass met, the next may be better
            fault = f"{type(error).__name__}: {error}"
            self.log.exception("a pass failed; the next one begins as planned")
        if self._heart:
            self._heart.polled(fault, self._alerts())
        if fault:
            return False
        tell(log, "pass", **asdict(counts))
        self._listen()
        return bool(counts.fetched or counts.examined or counts.sent)

    def _listen(self) -> None:
        begin, self.listen_by = self.listen_by, None
        if begin is None:
            return
        try:
            listener = self._office.listener()
        except MailbotError as error:
            self.log.info("not told of mail: %s", error)
            return
        if listener is not None:
            begin(listener)

    def _alerts(self) -> tuple[str, ...]:
        try:
            return self._office.standing_alerts()
        except MailbotError:  # the ledger itself: the pass has told it
            return ()

    def morning(self) -> bool:
        """The day's own mails, reminders first: the digest tells of those that want approval."""
        speak_for(self._name)
        reminded = self.remind()
        return self.digest() or reminded

    def digest(self) -> bool:
        """Today's digest, when its time has come and it has not been sent; whether it was."""
        if self._stop.is_set() or not self._office.settings.office.addresses:
            return False
        office = self._office
        now = office.clock.now()
        try:
            if not digest_is_due(office.ledger, office.settings, now):
                return False
            office.take_up_campaign()
            send_digest(office.ledger, office.campaign, office.settings, now)
            office.deliver_due()
        except Exception:  # it is due again at the next look
            self.log.exception("the digest failed")
            return False
        return True

    def remind(self) -> bool:
        """Today's reminders, when their time has come and they were not looked for; whether any
        was queued. The only place that begins one without a person asking: a pass never does."""
        office = self._office
        now = office.clock.now()
        if self._stop.is_set():
            return False
        try:
            if not reminders_are_due(office.ledger, office.settings, now):
                return False
            office.take_up_campaign()
            queued = queue_reminders(office.ledger, office.campaign, office.settings, now)
            if queued:
                office.deliver_due()
        except Exception:  # they are due again at the next look
            self.log.exception("the reminders failed")
            return False
        return bool(queued)
