"""The season as it was lived through: what was read, and the commands of its evening."""

import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from mailbot.cli.app import app
from mailbot.clock import FrozenClock, SystemClock
from mailbot.inspection.tree import Task
from mailbot.inspection.workers.pool import InlinePool
from mailbot.model import Inspected
from mailbot.outbox.delivery.transport import classify_smtp
from make.fake_mailbox import FakeMailbox
from make.season.cast import Story
from make.season.digest import Digest
from make.season.model import Model, Sent
from make.smtp_sink import MemoryTransport


class Post(MemoryTransport):
    """Keeps what it is given, and refuses an address once."""

    def __init__(self, refusing: dict[str, tuple[int, str]]) -> None:
        super().__init__()
        self.refusing = dict(refusing)

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        refusal = self.refusing.pop(recipient, None)
        if refusal is not None:
            raise classify_smtp(*refusal)
        super().send(raw, sender, recipient)


class Reader(InlinePool):
    """Inspects, but for files that crash it."""

    def __init__(self, broken: set[str]) -> None:
        super().__init__()
        self._broken = broken

    def submit(self, task: Task) -> Future[Inspected]:
        if task.name in self._broken:
            future: Future[Inspected] = Future()
            future.set_exception(RuntimeError("the reader died"))
            return future
        return super().submit(task)


@dataclass
class Season:
    """The campaign as it was lived through; pairs are (expected, observed), by moment."""

    folder: Path
    story: Story
    model: Model
    clock: FrozenClock
    box: FakeMailbox
    post: Post
    mails: dict[datetime, tuple[Counter[Sent], Counter[Sent]]] = field(default_factory=dict)
    digests: dict[datetime, tuple[Digest, Digest]] = field(default_factory=dict)
    boards: dict[datetime, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    reminders: dict[datetime, tuple[Any, Any]] = field(default_factory=dict)
    alerts: list[int] = field(default_factory=lambda: [0, 0])  # expected, observed
    refusals: list[tuple[str, str]] = field(default_factory=list)  # why in vain, what was told
    replayed: dict[str, Any] = field(default_factory=dict)
    texts: list[tuple[datetime, str]] = field(default_factory=list)  # digests as mailed

    def command(self, *arguments: str) -> str:
        """What a mailbot command prints, at the season's hour."""
        with self._hour():
            done = CliRunner().invoke(
                app, ["--config", str(self.folder / "mailbot.toml"), *arguments]
            )
        assert done.exit_code == 0, (arguments, done.output, done.exception)
        return done.stdout

    @contextmanager
    def _hour(self) -> Iterator[None]:
        """The command's clock is the season's; its logging set-up ends with it."""
        root, now = logging.getLogger(), self.clock.now()
        handlers, level = root.handlers[:], root.level
        try:
            with patch.object(SystemClock, "now", lambda _: now):
                yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
