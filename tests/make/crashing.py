"""A program that dies at its n-th durable step, and takes with it what was not flushed.

    python -m make.crashing < one JSON request a line > one JSON answer a line

Each request is one pass of the office in a forked process. `step` n ends that process with
`os._exit` just before its n-th durable step: no handler runs, nothing is
rolled back, files that were not flushed by then are cut in half and renames whose folder was not
are undone, as after a power cut. SQLite's own file is left to SQLite. 0 lets the pass complete.
"""

import json
import os
import shutil
import smtplib
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.flushing import Flusher, flush
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.inbox.mailboxes.imap_stream import StreamingClient
from mailbot.inspection.workers.pool import InlinePool
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.outbox.delivery.transport import SmtpTransport
from mailbot.settings.mail import Imap, Smtp
from mailbot.settings.office import OutboxSection, Paths
from mailbot.settings.types import Settings
from mailbot.workflow import intake
from mailbot.workflow.tick import Office

DIED = 77


class WhenAwaited(Future[None]):
    """The slowest disk there is: what it was given it takes in when somebody waits for that."""

    def __init__(self, paths: Iterable[Path]) -> None:
        super().__init__()
        self._paths = tuple(paths)

    def result(self, timeout: float | None = None) -> None:
        for path in self._paths:
            flush(path)
        self._paths = ()
        if not self.done():
            self.set_result(None)


class SlowFlusher(Flusher):
    """Does beside the work what `Flusher` does, as late as it may."""

    def begin(self) -> Future[None]:
        files, folders = self.take()
        return WhenAwaited((*files, *folders))


class PowerCut:
    """Counts durable steps, and knows what the disk does not hold yet."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.steps: list[str] = []
        self._renamed: list[tuple[str, str]] = []
        self._made: list[str] = []
        self._flushed: set[str] = set()
        self._hollow: set[str] = set()  # names for octets that are not there

    def step(self, what: str) -> None:
        self.steps.append(what)
        if len(self.steps) == self._at:
            self._lose_what_was_not_flushed()
            os._exit(DIED)

    def _lose_what_was_not_flushed(self) -> None:
        for path in self._hollow:
            os.truncate(path, Path(path).stat().st_size // 2)
        for source, target in reversed(self._renamed):
            _rename(target, source)
        for folder in reversed(self._made):
            shutil.rmtree(folder, ignore_errors=True)

    def arm(self) -> None:
        """From here every durable step of this process goes through `step`."""

        def fsync(handle: int) -> None:
            self.step("fsync")
            _fsync(handle)
            path = str(Path(f"/proc/self/fd/{handle}").readlink())
            if Path(path).is_dir():
                kept = [(a, b) for a, b in self._renamed if str(Path(b).parent) != path]
                self._renamed = kept
                self._made = [each for each in self._made if str(Path(each).parent) != path]
            self._flushed.add(path)
            self._hollow.discard(path)

        def replace(source: Any, target: Any) -> None:
            self.step("rename")
            source, target = os.fspath(source), os.fspath(target)
            if source not in self._flushed:
                self._hollow.add(target)
            _rename(source, target)
            self._renamed.append((source, target))

        def mkdir(path: Any, *arguments: Any, **options: Any) -> None:
            _mkdir(path, *arguments, **options)
            if len(Path(path).name) == 2:  # a shard of a blob store; the others are made at start
                self._made.append(os.fspath(path))

        setattr(intake, "Flusher", SlowFlusher)  # noqa: B010 - a class for a class
        for function in (fsync, replace, mkdir):
            setattr(os, function.__name__, function)
        self._before(smtplib.SMTP, "data", "DATA")
        for name, what in (("add_flags", "STORE"), ("copy", "COPY"), ("uid_expunge", "EXPUNGE")):
            self._before(StreamingClient, name, what)
        real = Ledger.transaction

        @contextmanager
        def transaction(ledger: Ledger) -> Iterator[None]:
            with real(ledger):
                yield
                self.step("commit")

        setattr(Ledger, "transaction", transaction)  # noqa: B010 - a method for a method

    def _before(self, owner: Any, name: str, what: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.step(what)
            return real(*arguments, **options)

        setattr(owner, name, wrapped)


_fsync, _rename, _mkdir = os.fsync, os.replace, os.mkdir


def settings_of(request: dict[str, Any]) -> Settings:
    """The office of a request."""
    return Settings(
        imap=Imap.model_validate(request["imap"]),
        smtp=Smtp(
            host="127.0.0.1",
            port=request["smtp_port"],
            security="none",
            from_address="zzajyj@163.com",
        ),
        paths=Paths(data=Path(request["data"])),
        outbox=OutboxSection(settle_seconds=0),
    )


def one_pass(request: dict[str, Any], campaign: Campaign) -> list[str]:
    """A pass of this office; the durable steps it took."""
    settings = settings_of(request)
    imap, smtp = settings.imap, settings.smtp
    assert imap
    assert smtp
    cut = PowerCut(request["step"])
    if not request["warms_up"]:
        cut.arm()
    mailbox = open_imap(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        ca_file="",
        username=imap.username,
        password=imap.password.get_secret_value(),
        folder=imap.folder,
        extra_folders=(),
        timeout=20,
    )
    transport = SmtpTransport(smtp.host, smtp.port, "none", timeout=20)
    with open_ledger(settings.paths.data) as ledger:
        office = Office(
            settings=settings,
            campaign=campaign,
            ledger=ledger,
            mailbox=mailbox,
            pool=InlinePool(),
            transport=transport,
            clock=FrozenClock(datetime.fromisoformat(request["now"])),
        )
        office.tick()
        mailbox.close()
        transport.close()
    return cut.steps


def main() -> None:
    """Answer requests until there are none: each in a fork of this process, which has imported
    and computed whatever a pass wants once it has warmed up with one."""
    campaign = load_campaign(shipped_rules())
    for line in sys.stdin:
        request = json.loads(line)
        if request["warms_up"]:
            print(json.dumps({"code": 0, "told": one_pass(request, campaign)}), flush=True)
            continue
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                steps = one_pass(request, campaign)
                os.write(writing, json.dumps(steps).encode())
            except BaseException as error:  # noqa: BLE001 - told to the test
                os.write(writing, json.dumps(f"{type(error).__name__}: {error}").encode())
                os._exit(1)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            told = answer.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        print(json.dumps({"code": code, "told": json.loads(told or b"null")}), flush=True)


if __name__ == "__main__":
    main()
