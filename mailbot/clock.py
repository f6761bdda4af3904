"""The one source of the present moment, so that tests decide what time it is."""

from datetime import UTC, datetime, time, timedelta
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until `advance` moves it (tests, demo, replay)."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **step: float) -> None:
        """Move on by `timedelta(**step)`."""
        self._now += timedelta(**step)


class RunningClock:
    """A clock that goes on from a moment of its own, as fast as time does (the demo's console)."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start.astimezone(UTC), monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._began)


def midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the local day of `now` began."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)
