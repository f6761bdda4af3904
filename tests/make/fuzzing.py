"""Runs damaged files through the whole way of `mailbot check` and says what went wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from unittest.mock import patch

from mailbot.campaign.types import Campaign
from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inbox.screening.automail import classify_automail
from mailbot.inbox.screening.bounces import read_bounce
from mailbot.inspection.documents import scans
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.model import Inspected
from mailbot.workflow.checking import check_paths

FILE_LIMIT_S = 20  # hundreds of times what a whole file of this size takes
CASE_LIMIT_S = 90  # inspection (twice, when a process dies) and judgement together
_VERDICTS = {"accepted", "rejected", "held"}
# The worker processes' own ends: the bot survives them, the file is not read.
_VIOLENT = {"crashed", "timeout"}


@dataclass(frozen=True)
class Failure:
    """One mutant that did not end in a verdict, and where it is kept."""

    name: str
    number: int
    what: str
    kept: Path

    def __str__(self) -> str:
        return f"mutant({self.name!r}, {self.number}) at {self.kept}: {self.what}"


def inspect_without_ocr(task: Task) -> Inspected:
    """`inspect_file` as where `mailbot[ocr]` is not installed: a page takes it seconds, and it
    runs in a process of its own."""
    with patch.object(scans, "is_installed", return_value=False):
        return inspect_file(task)


class Arena:
    """A folder in which mutants are judged; everything outside `work` must stay as it is.

    The folder lies a few levels deep, and is the working directory meanwhile, so that a member
    named ../../evil or a relative path shows. Use as a context. `may_hang_s`: a file may cost this
    time, and must then be held for a person; 0: none may.
    """

    def __init__(self, folder: Path, campaign: Campaign, may_hang_s: float = 0) -> None:
        self._top = folder
        self._campaign = campaign
        self._inbox = folder / "a" / "b" / "in"
        self._work = folder / "a" / "b" / "work"
        self.kept = folder / "kept"
        for path in (self._inbox, self._work, self.kept):
            path.mkdir(parents=True)
        self._watch = _WatchingPool(may_hang_s)

    def __enter__(self) -> Self:
        self._before = Path.cwd(), tempfile.tempdir, os.environ.get("TMPDIR")
        os.chdir(self._inbox)
        tempfile.tempdir = os.environ["TMPDIR"] = str(self._work)
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.close()
        folder, tempfile.tempdir, environment = self._before
        os.chdir(folder)
        os.environ.pop("TMPDIR")
        if environment is not None:
            os.environ["TMPDIR"] = environment

    def judge(self, name: str, number: int, sent_as: str, octets: bytes) -> Failure | None:
        """One mutant from octets to JSON; None when all is as promised."""
        path = self._inbox / sent_as.replace("/", "_")
        path.write_bytes(octets)
        what = ""
        try:
            with _time_limit(CASE_LIMIT_S):
                what = self._trouble(path)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            what = f"{type(error).__name__}: {error}"
        what = what or self._strays(path)
        path.unlink()
        if not what:
            return None
        kept = self.kept / f"{number}-{path.name}"
        kept.write_bytes(octets)
        return Failure(name, number, what[:300], kept)

    def _trouble(self, path: Path) -> str:
        with tempfile.TemporaryDirectory() as scratch:
            # Every mutant is a mail too: the mailbox may hand over any octets.
            message = parse_message(split_file(path, BlobStore(Path(scratch))))
            classify_automail(message, {self._campaign.mailbox})
            read_bounce(message)
        ((_, result),) = check_paths([path], self._campaign, self._watch)
        again = json.loads(json.dumps(result, allow_nan=False))
        return self._watch.violence() or next(_unfinished(again), "")

    def _strays(self, path: Path) -> str:
        expected = {self._inbox, self._work, path, *self._inbox.parents, *self.kept.rglob("*")}
        found = sorted({each for each in self._top.rglob("*") if each != self.kept} - expected)
        for each in found:  # or every mutant after this one would be blamed for it
            shutil.rmtree(each, ignore_errors=True)
            each.unlink(missing_ok=True)
        return (
            f"left behind: {[str(each.relative_to(self._top)) for each in found]}" if found else ""
        )


class _WatchingPool:
    """The product's worker process, noting the faults that mean that it had to be replaced."""

    def __init__(self, may_hang_s: float) -> None:
        self._limit_s = may_hang_s or FILE_LIMIT_S
        self._tolerated = {"timeout"} if may_hang_s else set[str]()

    def start(self) -> None:
        self._pool = InspectionPool(
            1, self._limit_s, inspect=inspect_without_ocr, renew_after_damage=False
        )
        self._seen: Inspected | None = None

    def submit(self, task: Task) -> Future[Inspected]:
        future = self._pool.submit(task)
        self._seen = future.result()
        return future

    def close(self) -> None:
        self._pool.close()

    trouble = ""

    def violence(self) -> str:
        """The violent ends in what was inspected last."""
        assert self._seen is not None
        faults = {fault.code for each in self._seen.walk() for fault in each.faults}
        return ", ".join(sorted(faults & _VIOLENT - self._tolerated))


def _unfinished(result: Mapping[str, object]) -> Iterator[str]:
    if result["verdict"] not in _VERDICTS:
        yield f"no verdict: {result['verdict']}"
    members = result["members"]
    assert isinstance(members, list)
    for member in members:
        yield from _unfinished(member)


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"over {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
