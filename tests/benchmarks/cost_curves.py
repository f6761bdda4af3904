"""How cost grows: with the arrivals on record, with a mail's size, with its attachments.

    python tests/benchmarks/cost_curves.py --out FOLDER [--arrivals 100,1000,10000,100000]
        [--megabytes 1,10,100,500] [--attachments 1,10,100,500]

FOLDER/cost_curves.json has the figures, FOLDER/cost_curves.svg is the picture of tests/README.md:
one new mail, `status`, the digest and the export by the number of arrivals; the whole `mailbot
tick` of one mail by its megabytes and by its attachments, in seconds of a processor.
"""

import argparse
import ctypes
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make.fake_mailbox import FakeMailbox
from make.full_ledger import MAILBOX, fill
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from benchmarks.ledger_growth import measure
from benchmarks.pictures import curves
from benchmarks.seeded_mailbox import mail_of
from benchmarks.whole_job import PR_SET_CHILD_SUBREAPER, run
from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.report.yearbook.export import export_ledger

Line = list[tuple[float, float]]
_SETTINGS = """\
[maildir]
path = "{maildir}"
[paths]
data = "{data}"
[limits]
message_bytes = 2000000000
[outbox]
mode = "shadow"
settle_seconds = 0
"""


def by_arrivals(campaign: Campaign, counts: Sequence[int]) -> dict[str, Line]:
    """Milliseconds of one new mail, `status` and digest; seconds of an export."""
    lines: dict[str, Line] = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            costs = measure(Path(folder), campaign, count, again=5)
        for thing in ("tick, one new mail", "status", "digest"):
            lines.setdefault(f"{thing}, ms", []).append((count, costs[thing].milliseconds))
        lines.setdefault("export, s", []).append((count, _export_s(campaign, count)))
    return lines


def _export_s(campaign: Campaign, count: int) -> float:
    now = campaign.deadline - timedelta(days=1)
    clock, box = FrozenClock(now), FakeMailbox(MAILBOX)
    box.deliver(a_mail(files={"金水区演练方案.txt": "方案".encode()}), now)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_for(folder)
        transport = MemoryTransport()
        with an_office(folder, campaign, box, transport, clock, settings=settings) as office:
            office.tick()
            fill(office.ledger, campaign, 1, count, now)
            start = time.process_time()
            export_ledger(office.ledger, campaign, folder / "台账.xlsx", now)
            return time.process_time() - start


def by_mail(campaign: Campaign, folder: Path, shapes: Sequence[tuple[int, list[int]]]) -> Line:
    """Seconds of `mailbot tick` for one mail of files of so many octets each."""
    line: Line = []
    for place, sizes in shapes:
        near = folder / "near"
        shutil.rmtree(near, ignore_errors=True)
        for each in ("cur", "new", "tmp"):
            (near / "box" / each).mkdir(parents=True)
        path = near / "box" / "cur" / "1.curve:2,"
        with path.open("wb") as file:
            file.writelines(_mail(campaign, sizes))
        moment = (campaign.deadline - timedelta(days=1)).timestamp()
        os.utime(path, (moment, moment))
        config = near / "mailbot.toml"
        config.write_text(_SETTINGS.format(maildir=near / "box", data=near / "var"))
        command = [sys.executable, "-m", "mailbot", "tick", "--json", "--config", str(config)]
        line.append((place, run([command], os.environ).cpu_s))
        shutil.rmtree(near)
    return line


def _mail(campaign: Campaign, sizes: list[int]) -> Iterator[bytes]:
    chance = random.Random(len(sizes))
    unit = next(one.unit for one in campaign.units if one.expected)
    files = [(f"材料{n}.bin", _noise(chance, size)) for n, size in enumerate(sizes, 1)]
    return mail_of(len(sizes), unit, files, campaign.deadline - timedelta(days=1))


def _noise(chance: random.Random, size: int) -> bytes:
    """So many octets: Random.randbytes counts in bits, and of 2^28 octets there are too many."""
    whole, rest = divmod(size, 1 << 20)
    return b"".join(chance.randbytes(1 << 20) for _ in range(whole)) + chance.randbytes(rest)


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def main() -> None:
    """Measure, print, write the JSON and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--arrivals", type=_numbers, default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--megabytes", type=_numbers, default=[1, 10, 100, 500])
    parser.add_argument("--attachments", type=_numbers, default=[1, 10, 100, 500])
    asked = parser.parse_args()
    folder: Path = asked.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    campaign = load_campaign(shipped_rules())
    sizes = [(count, [count * 1_000_000]) for count in asked.megabytes]
    many = [(count, [2_000] * count) for count in asked.attachments]
    lines = {
        "tick by MB of a mail, s": by_mail(campaign, folder, sizes),
        "tick by attachments, s": by_mail(campaign, folder, many),
        **by_arrivals(campaign, asked.arrivals),
    }
    for name, line in lines.items():
        print(f"{name:26}" + "".join(f"  {at:g}: {cost:.3g}" for at, cost in line))
    (folder / "cost_curves.json").write_text(json.dumps(lines, indent=1, ensure_ascii=False))
    title = "Processor time by arrivals on record, megabytes, attachments"
    (folder / "cost_curves.svg").write_text(curves(title, lines))


if __name__ == "__main__":
    main()
