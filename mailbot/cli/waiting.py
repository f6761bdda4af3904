"""Progress of what takes over two seconds, on stderr: a bar on a terminal, else a line at times."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailbot.cli.terminal import progress

_PATIENCE_S = 2.0
_LINE_EVERY_S = 10.0


@contextmanager
def shown(title: str, unit: str = "octets") -> Iterator[Callable[[int, int], None]]:
    """A function to call with what is done and what there is to do. Nothing is shown of what is
    over within two seconds."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    begun = time.monotonic()
    told = begun
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]}"),
        TimeRemainingColumn(),
        console=progress,
        transient=True,
    )
    task = bar.add_task(title, total=None, count="")
    running = False

    def tell(done: int, total: int) -> None:
        nonlocal running, told
        now = time.monotonic()
        if now - begun < _PATIENCE_S:
            return
        count = f"{_figure(done, unit)} of {_figure(total, unit)}"
        if progress.is_terminal:
            if not running:
                bar.start()
                running = True
            bar.update(task, completed=done, total=total or None, count=count)
        elif told == begun or now - told >= _LINE_EVERY_S:
            told = now
            progress.print(f"{title}: {count}", markup=False)

    try:
        yield tell
    finally:
        if running:
            bar.stop()


def _figure(number: int, unit: str) -> str:
    return f"{number / 1e6:.1f} MB" if unit == "octets" else f"{number} {unit}".strip()
