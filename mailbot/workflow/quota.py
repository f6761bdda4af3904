"""How much one mail, and one address a day, may fill the disk with what is unpacked of its files.

A worker counts what it stores and stops where its part of the quota ends; the parts are handed out
here, so that all workers together never store more than the quota. A file gets a share at first;
one that needs more is inspected once more with all that is left, when nothing else of its mail is
at work. What comes after a quota has ended is not unpacked: the fault `quota` holds it.

A file that makes its reader fall over costs a fresh process, and the next mail waits for it: of
one mail so many are tried, and the rest is held unread.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial

from mailbot.inspection.tasks import Quota, Task
from mailbot.inspection.workers.pool import Pool, ended_badly, fell_over
from mailbot.inspection.workers.serving import unmeasured
from mailbot.ledger.store import Ledger
from mailbot.ledger.unpacked import record_unpacked, unpacked_since
from mailbot.model import Fault, Inspected
from mailbot.settings.inspection import LimitsSection
from mailbot.settings.types import Settings

# What most files come out with: four times their own size, and some pictures.
_SHARE_FROM, _SHARE_TIMES, _SHARE_FILES = 16 * 1024**2, 4, 200
_MB = 1024**2
_FALLEN = 50  # damaged files of one mail that are tried; a unit's broken card reader makes a dozen
_SLOW = 10  # what outlasts its time costs minutes, not the start of a process
_AT_ONCE = 32  # of one mail with the workers: so many more may fall before the rest is held
_UNREAD = Fault("quota", f"一封邮件中损坏的附件最多核验{_FALLEN}个")


@dataclass(slots=True)
class Purse:
    """What is left of a quota: neither stored nor lent to a worker."""

    octets: int
    files: int
    told: str  # the quota, as a finding says it

    def holds(self, part: Quota) -> bool:
        """Whether so much can be lent."""
        return part.octets <= self.octets and part.files <= self.files

    def change(self, octets: int, files: int) -> None:
        """Lend (below zero), or take back."""
        self.octets = max(0, self.octets + octets)
        self.files = max(0, self.files + files)


@dataclass(slots=True)
class _Waiting:
    task: Task
    future: Future[Inspected]
    alone: bool = False  # its share was not enough


class Unpacking:
    """The files of one mail on their way to the workers, never more at a time than its quota
    allows."""

    def __init__(self, pool: Pool, mail: Purse, address: Purse, lock: threading.Lock) -> None:
        self._pool = pool
        self._mail, self._address = mail, address
        self._lock = lock
        self._waiting: deque[_Waiting] = deque()
        self._running = 0
        self._starting = False
        self._ended: Purse | None = None  # the quota that came to its end
        self._fallen = 0
        self.octets = self.files = 0  # stored so far

    def submit(self, task: Task) -> Future[Inspected]:
        """As `Pool.submit`."""
        future: Future[Inspected] = Future()
        with self._lock:
            self._waiting.append(_Waiting(task, future))
        self._start()
        return future

    def _start(self) -> None:
        """Hand on what may begin. Called again from within by a pool that works at once."""
        with self._lock:
            if self._starting:
                return
            self._starting = True
        while True:
            with self._lock:
                found = self._next()
                if found is None:
                    self._starting = False
                    return
                one, part, purse = found
                given_up = self._fallen >= _FALLEN
                if not given_up:
                    self._running += 1
                    self._lend(part)
            if given_up:
                one.future.set_result(unmeasured(one.task, _UNREAD))
                continue
            task = replace(one.task, limits=replace(one.task.limits, quota=part))
            try:
                running = self._pool.submit(task)
            except RuntimeError as error:  # closed while files wait for their turn
                running = Future()
                running.set_exception(error)
            running.add_done_callback(partial(self._done, one, part, purse))

    def _next(self) -> tuple[_Waiting, Quota, Purse] | None:
        if not self._waiting or self._running >= _AT_ONCE:
            return None
        one = self._waiting[0]
        size = one.task.path.stat().st_size if one.task.path.exists() else 0
        share = Quota(max(_SHARE_FROM, _SHARE_TIMES * size), _SHARE_FILES)
        if not one.alone and self._mail.holds(share) and self._address.holds(share):
            part = share
        elif self._running == 0:
            one.alone = True
            part = Quota(
                min(self._mail.octets, self._address.octets),
                min(self._mail.files, self._address.files),
            )
        else:
            return None
        self._waiting.popleft()
        nearer = self._address.octets < self._mail.octets or self._address.files < self._mail.files
        return one, part, self._address if nearer else self._mail

    def _done(self, one: _Waiting, part: Quota, purse: Purse, done: Future[Inspected]) -> None:
        error = CancelledError() if done.cancelled() else done.exception()
        found = None if error else done.result()
        with self._lock:
            self._running -= 1
            if found is not None:
                self._fallen += _SLOW if ended_badly(found) else fell_over(found)
            over = found is not None and _is_over(found)
            again = over and not one.alone
            if over and not again:
                self._ended = self._ended or purse
            octets, files = (0, 0) if found is None or again else _stored(found, part)
            self.octets += octets
            self.files += files
            self._lend(Quota(octets - part.octets, files - part.files))
            if self._ended is not None:
                self._mail.octets = self._mail.files = 0
            if again:
                self._waiting.appendleft(_Waiting(one.task, one.future, alone=True))
            told = self._ended.told if self._ended else ""
        if error is not None:
            one.future.set_exception(error)
        elif found is not None and not again:
            one.future.set_result(_telling(found, told) if over else found)
        self._start()

    def _lend(self, part: Quota) -> None:
        for purse in (self._mail, self._address):
            purse.change(-part.octets, -part.files)


class Quotas:
    """The quotas of mails and addresses, as the settings have them."""

    def __init__(self, settings: Settings, ledger: Ledger, pool: Pool) -> None:
        self._limits: LimitsSection = settings.limits
        self._zone = settings.zone
        self._ledger = ledger
        self._pool = pool
        self._lock = threading.Lock()
        self._day: date | None = None
        self._addresses: dict[tuple[str, bool], Purse] = {}

    def begin(self, address: str, *, proven: bool, now: datetime) -> Unpacking:
        """The way of one mail's files to the workers. What comes under an address without proof
        is counted apart: nobody uses up the quota of another."""
        limits = self._limits
        mail = Purse(
            limits.mail_unpacked_bytes,
            limits.mail_unpacked_files,
            f"一封邮件解压后最多{_told(limits.mail_unpacked_bytes, limits.mail_unpacked_files)}",
        )
        return Unpacking(self._pool, mail, self._of(address, proven, now), self._lock)

    def record(
        self, arrival: int, address: str, unpacking: Unpacking, now: datetime, *, proven: bool
    ) -> None:
        """Put what was stored of a mail on the day's account of its address."""
        if unpacking.files:
            octets, files = unpacking.octets, unpacking.files
            record_unpacked(self._ledger, arrival, address, octets, files, now, proven=proven)

    def _of(self, address: str, proven: bool, now: datetime) -> Purse:
        today = now.astimezone(self._zone).date()
        if today != self._day:
            self._day = today
            self._addresses.clear()
        purse = self._addresses.get((address, proven))
        if purse is None:
            limits = self._limits
            morning = datetime.combine(today, time(), self._zone)
            octets, files = unpacked_since(self._ledger, address, morning, proven=proven)
            purse = self._addresses[address, proven] = Purse(
                max(0, limits.address_unpacked_bytes - octets),
                max(0, limits.address_unpacked_files - files),
                "一个邮箱一天来件解压后最多"
                + _told(limits.address_unpacked_bytes, limits.address_unpacked_files),
            )
        return purse


def _told(octets: int, files: int) -> str:
    return f"{octets / _MB:.0f} MB、{files}个文件"


def _is_over(found: Inspected) -> bool:
    return any(fault.code == "quota" for one in found.walk() for fault in one.faults)


def _stored(found: Inspected, part: Quota) -> tuple[int, int]:
    """Octets and files that lie beside the attachment now. Of one that ended its process nobody
    knows: all it might have stored."""
    if ended_badly(found) is not None:
        return part.octets, part.files
    inner = [one.size for one in found.walk() if one is not found and one.blob_path is not None]
    return min(sum(inner), part.octets), min(len(inner), part.files)


def _telling(found: Inspected, told: str) -> Inspected:
    """The same with the quota in its faults."""
    faults = tuple(Fault("quota", told) if one.code == "quota" else one for one in found.faults)
    members = tuple(_telling(one, told) for one in found.members)
    return replace(found, faults=faults, members=members)
