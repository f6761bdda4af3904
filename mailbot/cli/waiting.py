"""Progress of what takes over two seconds, on stderr: a bar on a terminal, else a line at times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailbot.cli.terminal import progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_S = 2.0
_LINE_EVERY_S = 10.0


@contextmanager
def shown(title: str, unit: str = "MB") -> Iterator[Callable[[int, int], None]]:
    """A function to call with what is done and what there is to do (octets where `unit` is MB).
    Nothing is shown of what is over within two seconds."""
    waiting = _Waiting(title, unit)
    try:
        yield waiting.tell
    finally:
        waiting.end()


class _Waiting:
    def __init__(self, title: str, unit: str) -> None:
        self._title, self._unit = title, unit
        self._begun = time.monotonic()
        self._told: float | None = None
        self._bar: tuple[Progress, TaskID] | None = None

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._begun < _PATIENCE_S:
            return
        size = 1e6 if self._unit == "MB" else 1
        count = f"{done / size:.0f} of {total / size:.0f} {self._unit}"
        if progress.is_terminal:
            bar, task = self._bar = self._bar or self._drawn()
            bar.update(task, completed=done, total=total or None, count=count)
        elif self._told is None or now - self._told >= _LINE_EVERY_S:
            self._told = now
            progress.print(f"{self._title}: {count}")

    def end(self) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def _drawn(self) -> tuple[Progress, TaskID]:
        # Imported here: most commands end before there is anything to draw.
        from rich import progress as rich

        columns = (
            rich.TextColumn("{task.description}"),
            rich.BarColumn(),
            rich.TaskProgressColumn(),
            rich.TextColumn("{task.fields[count]}"),
            rich.TimeRemainingColumn(),
        )
        bar = rich.Progress(*columns, console=progress.drawing(), transient=True)
        bar.start()
        return bar, bar.add_task(self._title, total=None, count="")


@contextmanager
def still(title: str) -> Iterator[None]:
    """A word after two seconds that something is at work whose length nobody knows."""
    from threading import Timer

    timer = Timer(_PATIENCE_S, lambda: progress.print(f"{title} …"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
