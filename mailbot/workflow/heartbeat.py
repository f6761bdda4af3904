"""The sign of life: to systemd's watchdog, and in `health.json` for any other monitor.

It comes from the steps themselves (a message begun, a megabyte received, a pass ended), never
from a timer: a poller that hangs falls silent, however alive the rest of the process looks.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.clock import Clock
from mailbot.settings.types import Settings

FILE = "health.json"
_EVERY_S = 5  # seconds between two writings of the file within one pass


@dataclass(frozen=True, slots=True)
class Health:
    """What the file says. Times are ISO 8601 in UTC."""

    at: str  # the last sign of life
    silent_after_s: float  # without one for so long it is dead
    pid: int
    last_poll: str = ""  # the last pass that reached the mailbox
    fault: str = ""  # why the newest one did not
    fault_since: str = ""
    alerts: tuple[str, ...] = ()  # what the office must hear of and no mail can tell it

    def is_alive(self, now: datetime) -> bool:
        """Whether the last sign is recent enough; a clock that was set back counts as silence."""
        at = datetime.fromisoformat(self.at)
        return abs((now - at).total_seconds()) <= self.silent_after_s


def silence_allowed(settings: Settings) -> timedelta:
    """The longest that a living program can go without a sign: a pause between two polls, one
    file's inspection (twice where a worker died), and the waits on a server."""
    limits, links = settings.limits, settings.links
    seconds = settings.schedule.poll_seconds + 3 * limits.inspection_seconds + 300
    return timedelta(seconds=seconds + (links.timeout_seconds if links.fetch_hosts else 0))


class Heartbeat:
    """Gives the signs of one running program."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self._path = settings.paths.data / FILE
        self._clock = clock
        self._allowed = silence_allowed(settings)
        self._notify = notify or notify_systemd
        self._last_poll = self._fault = self._fault_since = ""
        self._alerts: tuple[str, ...] = ()
        self._written = 0.0
        self._sign = clock.now()

    def ready(self) -> None:
        """Everything is open; the first poll begins. The watchdog's patience is set from here,
        since it follows from the settings."""
        micros = int(self._allowed.total_seconds() * 1e6)
        self._notify(f"READY=1\nWATCHDOG_USEC={micros}")
        self.beat(now=True)

    def beat(self, *, now: bool = False) -> None:
        """Something got on."""
        self._sign = self._clock.now()
        self._notify("WATCHDOG=1")
        if now or time.monotonic() - self._written >= _EVERY_S:
            self._write()

    def polled(self, fault: str = "", alerts: Sequence[str] = ()) -> None:
        """A pass ended: it reached the mailbox, or why it did not; what no mail can tell."""
        at = self._clock.now().isoformat(timespec="seconds")
        if fault:
            self._fault_since = self._fault_since or at
        else:
            self._last_poll, self._fault_since = at, ""
        self._fault = fault
        self._alerts = tuple(alerts)
        self._notify(f"STATUS={fault or f'last poll {at}'}".replace("\n", " "))
        self.beat(now=True)

    def stopping(self) -> None:
        """It ends because it was asked to."""
        self._notify("STOPPING=1")

    def health(self) -> Health:
        """What the file would say now."""
        return Health(
            at=self._sign.isoformat(timespec="seconds"),
            silent_after_s=self._allowed.total_seconds(),
            pid=os.getpid(),
            last_poll=self._last_poll,
            fault=self._fault,
            fault_since=self._fault_since,
            alerts=self._alerts,
        )

    def _write(self) -> None:
        self._written = time.monotonic()
        health = self.health()
        new = self._path.with_name(f"{FILE}.new")
        # A full disk leaves the old file to grow stale, which says what there is to say.
        with suppress(OSError):
            new.write_text(json.dumps(asdict(health), ensure_ascii=False), encoding="utf-8")
            new.chmod(0o600)
            new.replace(self._path)


def read_health(data: Path, now: datetime, patience: timedelta) -> tuple[str, Health | None]:
    """What is wrong ("" when nothing is) and what the file says, if it can be read.

    Wrong is silence, and a mailbox that has not been reached for longer than `patience`.
    """
    try:
        stored = json.loads((data / FILE).read_text(encoding="utf-8"))
        health = Health(**(stored | {"alerts": tuple(stored.get("alerts", ()))}))
        alive = health.is_alive(now)
        since = datetime.fromisoformat(health.fault_since) if health.fault_since else now
    except FileNotFoundError:
        return "it has never run here", None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        return f"{FILE} cannot be read: {error}", None
    if not alive:
        return f"no sign of life since {health.at}", health
    if health.fault and now - since >= patience:
        return f"no mail is taken in since {health.fault_since}: {health.fault}", health
    return "", health


def notify_systemd(words: str) -> None:
    """sd_notify(3): a datagram to the socket systemd names; nothing where it names none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # the abstract name space
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        connection.sendto(words.encode("utf-8", "replace"), address)
