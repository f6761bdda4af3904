"""The APScheduler jobs of `mailbot run`; each job is one call of a step that returns what it did.

Steps never overlap: one worker thread, since the ledger has one writer. A step that is under way
when SIGTERM comes is finished; the next one does not begin.
"""

import logging
import signal
import threading
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from mailbot.errors import MailbotError, is_temporary
from mailbot.passes import Office
from mailbot.report.digest import digest_is_due, send_digest
from mailbot.report.reminders import queue_reminders, reminders_are_due

log = logging.getLogger(__name__)


def serve(office: Office, stop: threading.Event | None = None) -> None:
    """Run the jobs until SIGTERM or SIGINT (or until `stop` is set)."""
    stop = stop or threading.Event()
    loop = Loop(office, stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, loop.on_signal)
    schedule = office.settings.schedule
    scheduler = BackgroundScheduler(
        timezone=office.settings.zone,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    now = office.clock.now()
    scheduler.add_job(
        loop.poll, IntervalTrigger(seconds=schedule.poll_seconds), next_run_time=now, id="poll"
    )
    # Besides the set time the day's mails are looked for once at the start: a time that passed
    # while the program was down is made up once.
    scheduler.add_job(
        loop.morning,
        CronTrigger(
            hour=schedule.digest.hour,
            minute=schedule.digest.minute,
            timezone=office.settings.zone,
        ),
        next_run_time=now,
        id="morning",
    )
    scheduler.start()
    log.info("polling every %s s; digest at %s", schedule.poll_seconds, schedule.digest)
    try:
        while not stop.wait(3600):
            pass
    finally:
        scheduler.shutdown(wait=True)
        log.info("stopped")


class Loop:
    """The steps as jobs: what a step raises is logged and never ends the scheduler."""

    def __init__(self, office: Office, stop: threading.Event) -> None:
        self._office = office
        self._stop = stop
        self._refused = ""

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Finish the step under way, then stop."""
        log.info("%s: stopping after this step", signal.Signals(number).name)
        self._stop.set()

    def poll(self) -> bool:
        """One pass; whether it did anything. After a refused login nothing is tried again until
        a person restarts the program: NetEase locks an account that keeps trying."""
        if self._stop.is_set() or self._refused:
            return False
        try:
            counts = self._office.tick()
        except MailbotError as error:
            log.warning("%s fault: %s", "temporary" if is_temporary(error) else "permanent", error)
            if error.code == "login_refused":
                self._refused = str(error)
                log.critical("polling has stopped; correct the credentials and start again")
            return False
        except Exception:
            log.exception("a pass failed; the next one begins as planned")
            return False
        log.info("pass: %s", counts)
        return bool(counts.fetched or counts.examined or counts.sent)

    def morning(self) -> bool:
        """The day's own mails, reminders first: the digest tells of those that want approval."""
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
            send_digest(office.ledger, office.campaign, office.settings, now)
            office.deliver_due()
        except Exception:
            log.exception("the digest failed")
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
            queued = queue_reminders(office.ledger, office.campaign, office.settings, now)
            if queued:
                office.deliver_due()
        except Exception:
            log.exception("the reminders failed")
            return False
        return bool(queued)
