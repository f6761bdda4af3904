"""What the metrics are, read from the ledger when somebody asks.

Rules and the board in deploy/ use these names; a test holds them together.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

import mailbot
from mailbot.clock import Clock, midnight
from mailbot.errors import MailbotError
from mailbot.inspection.workers.spent import SPENT
from mailbot.ledger import correspondence, enquiries, refusals, sending
from mailbot.ledger.copying import LEDGER
from mailbot.ledger.store import Ledger, moment, open_ledger
from mailbot.settings.types import Settings
from mailbot.upkeep.backup import backup_age

log = logging.getLogger(__name__)


class OfficeCollector(Collector):
    """The metrics of one office. `certificates` says when each server's ends (UNIX seconds)."""

    def __init__(
        self, settings: Settings, clock: Clock, certificates: Callable[[], dict[str, float]]
    ) -> None:
        self._settings, self._clock, self._certificates = settings, clock, certificates

    def collect(self) -> Iterator[Metric]:
        """Every metric; those of a ledger that cannot be read are left out, and that is one too."""
        yield from of_process()
        yield from self.of_office()

    def of_office(self) -> Iterator[Metric]:
        """Those of the office alone."""
        now = self._clock.now()
        data = self._settings.paths.data
        there = next(one for one in (data, *data.parents) if one.exists())
        free = shutil.disk_usage(there).free
        yield _gauge("mailbot_disk_free_bytes", "Free where the data are.", free)
        age = backup_age(data, now)
        if age is not None:
            seconds = age.total_seconds()
            yield _gauge("mailbot_backup_age_seconds", "Since the newest backup.", seconds)
        ends = GaugeMetricFamily(
            "mailbot_certificate_ends_timestamp_seconds",
            "When the certificate of a server ends.",
            labels=["server"],
        )
        for server, at in self._certificates().items():
            ends.add_metric([server], at)
        yield ends
        readable = False
        if (data / LEDGER).is_file():
            try:
                with open_ledger(data, writable=False) as ledger:
                    yield from self._of_ledger(ledger, now)
                readable = True
            except (MailbotError, OSError) as error:
                log.warning("metrics: %s", error)
        yield _gauge("mailbot_ledger_readable", "1 where the ledger can be read.", int(readable))

    def _of_ledger(self, ledger: Ledger, now: datetime) -> Iterator[Metric]:
        polled = ledger.meta("last_poll")
        yield _gauge(
            "mailbot_last_poll_timestamp_seconds",
            "The last pass that reached the mailbox; 0: none yet.",
            moment(polled).timestamp() if polled else 0,
        )
        mails = GaugeMetricFamily("mailbot_arrivals", "Mails by state.", labels=["state"])
        for state, count in enquiries.states(ledger).items():
            mails.add_metric([state], count)
        yield mails
        outbox = GaugeMetricFamily("mailbot_replies", "Replies by state.", labels=["state"])
        for state, count in sending.states(ledger).items():
            outbox.add_metric([state], count)
        yield outbox
        oldest = GaugeMetricFamily(
            "mailbot_oldest_reply_age_seconds",
            "Age of the oldest reply that is to leave by itself.",
            labels=["state"],
        )
        for state, since in sending.oldest_waiting(ledger).items():
            oldest.add_metric([state], max(0.0, (now - since).total_seconds()))
        yield oldest
        stopped = GaugeMetricFamily(
            "mailbot_stopped", "1 where a person must act first.", labels=["way"]
        )
        stopped.add_metric(["login"], int(refusals.refused(ledger, "login") is not None))
        stopped.add_metric(["sending"], int(refusals.refused(ledger, "sending") is not None))
        yield stopped
        missing = len(refusals.missing_folders(ledger))
        yield _gauge("mailbot_missing_folders", "Folders that the server has not.", missing)
        if self._settings.smtp is not None:
            sent = correspondence.sent_since(ledger, midnight(now, self._settings.zone))
            left = max(0, self._settings.smtp.daily_limit - sent)
            yield _gauge("mailbot_sends_left_today", "Of the day's limit.", left)


def of_process() -> Iterator[Metric]:
    """Those of the program, whatever offices it serves."""
    info = GaugeMetricFamily("mailbot_info", "Which mailbot this is.", labels=["version"])
    info.add_metric([mailbot.__version__], 1)
    yield info
    yield from _workers()


def _workers() -> Iterator[Metric]:
    spent = SPENT.taken()
    seconds = CounterMetricFamily(
        "mailbot_inspection_seconds", "Time of workers at files, since the start."
    )
    seconds.add_metric([], spent.seconds)
    yield seconds
    files = CounterMetricFamily("mailbot_inspections", "Files inspected, since the start.")
    files.add_metric([], spent.files)
    yield files
    faults = CounterMetricFamily(
        "mailbot_inspection_faults", "Faults of files, since the start.", labels=["kind"]
    )
    for kind, count in sorted(spent.faults.items()):
        faults.add_metric([kind], count)
    yield faults


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)
