"""What a pass, the board and the digest cost as the ledger grows.

    python tests/benchmarks/ledger_growth.py 1000 100000

prints milliseconds, steps of SQLite's virtual machine and Python calls, and their ratios.
"""

import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make.fake_mailbox import FakeMailbox
from make.full_ledger import MAILBOX, fill
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import send_digest
from mailbot.report.digest.view import render_digest
from mailbot.workflow.tick import Office

_STEPS = 50  # of the virtual machine between two calls of the progress handler


@dataclass(frozen=True)
class Cost:
    """One call of a thing: the least of several for time, the last for what is counted."""

    milliseconds: float
    steps: int  # of SQLite's virtual machine
    calls: int  # of Python functions


def measure(folder: Path, campaign: Campaign, count: int, again: int = 3) -> dict[str, Cost]:
    """Each thing's cost with `count` arrivals in the ledger; tick with one new mail each time."""
    now = campaign.deadline - timedelta(days=1)
    clock, box = FrozenClock(now), FakeMailbox(MAILBOX)
    settings = settings_for(folder)
    office_of = settings.office.model_copy(update={"addresses": ("duty@example.test",)})
    settings = settings.model_copy(update={"office": office_of})
    box.deliver(a_mail(files={"金水区演练方案.txt": "方案".encode()}), now)
    number = 0

    def one_more(office: Office) -> None:
        nonlocal number
        number += 1
        box.deliver(
            a_mail(
                "中牟县报送材料",
                message_id=f"<more-{number}@example.com>",
                sender=f"more{number}@example.com",
                files={"中牟县演练方案.txt": f"第{number}稿".encode()},
            ),
            now,
        )
        assert office.tick().examined == 1

    def mail_digest(office: Office) -> None:
        clock.advance(seconds=1)
        send_digest(office.ledger, campaign, settings, clock.now())

    things: dict[str, Callable[[Office], object]] = {
        "tick, nothing new": lambda office: office.tick(),
        "tick, one new mail": one_more,
        "status": lambda office: status_json(office.ledger, campaign, now),
        "digest": lambda office: render_digest(
            build_digest(office.ledger, campaign, settings, now)
        ),
        "digest --send": mail_digest,
    }
    with ExitStack() as stack:
        office = stack.enter_context(
            an_office(folder, campaign, box, MemoryTransport(), clock, settings=settings)
        )
        office.tick()
        fill(office.ledger, campaign, 1, count, now)
        return {name: _cost(office, thing, again) for name, thing in things.items()}


def _cost(office: Office, thing: Callable[[Office], object], again: int) -> Cost:
    thing(office)  # what is read once and kept is read here
    times = []
    for _ in range(again):
        start = time.process_time()
        thing(office)
        times.append(time.process_time() - start)
    steps = 0

    def count_steps() -> int:
        nonlocal steps
        steps += _STEPS
        return 0

    connection = office.ledger.database
    connection.set_progress_handler(count_steps, _STEPS)
    try:
        thing(office)
    finally:
        connection.set_progress_handler(None, 0)
    profile = cProfile.Profile()
    profile.runcall(thing, office)
    calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return Cost(1000 * min(times), steps, calls)


def main(few: int, many: int) -> None:
    """Print the table for these two numbers of arrivals."""
    campaign = load_campaign(shipped_rules())
    with tempfile.TemporaryDirectory() as folder:
        small = measure(Path(folder) / "few", campaign, few)
        large = measure(Path(folder) / "many", campaign, many)
    print(f"{'':20}{few:>10} {many:>10}  ratio: time  steps  calls")
    for name, one in small.items():
        other = large[name]
        print(
            f"{name:20}{one.milliseconds:7.1f} ms {other.milliseconds:7.1f} ms"
            f"{other.milliseconds / one.milliseconds:13.2f}"
            f"{other.steps / max(one.steps, _STEPS):7.2f}{other.calls / one.calls:7.2f}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
