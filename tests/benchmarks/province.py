"""What a province costs: many offices on one mail server, in one process; then with dask.

    python tests/benchmarks/province.py [--offices 100] [--mails 100] [--dask 0,1,2]
        [--json FILE] [--picture FILE.svg]

Every office has its own account on one dovecot, its own ledger, and so many mails (a table and a
photo each, no two alike) that lie there when `mailbot run --fleet` starts. Measured until each is
answered: mails a minute, processor seconds by part, peak memory of the main process, and fairness,
the slowest office's time over the median's. `--dask` lists how many dask workers do the reading,
each a process of its own; 0 is the local pool. Needs dovecot; with dask the extra mailbot[dask].

With `--json FILE` each way is written there as soon as it is measured, in place of the same way and
size measured before; table and picture show all of the file's that have the size asked for. So the
ways can be measured one at a time: `--dask 0`, another day `--dask 1`; `--dask ""` only shows.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests")]

from make.dask_machines import DaskMachines  # noqa: E402 - after the path
from make.dovecot import PrivateDovecot  # noqa: E402
from make.office import OUR_ADDRESS, a_mail  # noqa: E402
from make.operating import table  # noqa: E402
from make.smtp_sink import SmtpSink  # noqa: E402

from mailbot.campaign.folder import load_campaign  # noqa: E402
from mailbot.campaign.types import Campaign  # noqa: E402
from mailbot.demo.photos import make_photo  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One way of reading, measured."""

    dask_workers: int  # 0: the local pool
    offices: int
    mails: int  # of all offices together
    seconds: float
    mails_a_minute: float
    main_cpu_s: float
    reading_cpu_s: float  # local children, or dask's workers and theirs
    server_cpu_s: float  # dovecot
    main_peak_mb: float
    fairness: float  # slowest office / median
    load: float  # the machine's mean load meanwhile: about 3 where nothing else runs


def main() -> None:
    """Measure each way in turn and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--offices", type=int, default=100)
    options.add_argument("--mails", type=int, default=100)
    options.add_argument("--dask", default="0,1,2")
    options.add_argument("--json", type=Path)
    options.add_argument("--picture", type=Path)
    asked = options.parse_args()
    campaign = load_campaign(REPOSITORY / "rules" / "zhengzhou-2017")
    size = (asked.offices, asked.offices * asked.mails)
    runs = _measured(asked.json)
    for workers in filter(None, asked.dask.split(",")):
        run = measure(campaign, asked.offices, asked.mails, int(workers))
        runs = [one for one in runs if _key(one) != _key(run)] + [run]
        if asked.json:
            asked.json.write_text(json.dumps([asdict(one) for one in runs], indent=1))
    runs = sorted((one for one in runs if (one.offices, one.mails) == size), key=_key)
    print(
        "| read by | mails a minute | main CPU s | reading CPU s | dovecot CPU s | peak MB |"
        " slowest / median | load |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for run in runs:
        print(
            f"| {_name(run)} | {run.mails_a_minute:.0f} | {run.main_cpu_s:.1f} |"
            f" {run.reading_cpu_s:.1f} | {run.server_cpu_s:.1f} | {run.main_peak_mb:.0f} |"
            f" {run.fairness:.2f} | {run.load:.1f} |"
        )
    if asked.picture:
        asked.picture.write_text(picture(runs, asked.offices, asked.mails), encoding="utf-8")


def _measured(file: Path | None) -> list[Run]:
    if file is None or not file.exists():
        return []
    return [Run(**one) for one in json.loads(file.read_text())]


def _key(run: Run) -> tuple[int, int, int]:
    return run.offices, run.mails, run.dask_workers


def measure(campaign: Campaign, offices: int, mails: int, dask_workers: int) -> Run:
    """The whole job of all offices, from the first poll to the last answer."""
    with tempfile.TemporaryDirectory() as scratch, PrivateDovecot() as dovecot, SmtpSink() as sink:
        folder = Path(scratch)
        fleet = folder / "fleet"
        fleet.mkdir()
        names = [f"o{number:03}" for number in range(offices)]
        messages = _messages(campaign, mails)
        for name in names:
            _fill(dovecot, f"{name}@province.test", messages, campaign)
        if not dask_workers:
            _write(fleet, names, dovecot, sink, "")
            return _run(folder, names, mails, dovecot, None)
        with DaskMachines(folder, workers=dask_workers) as machines:
            inspection = f'[inspection]\nexecutor = "dask"\nscheduler = "{machines.address}"\n'
            _write(fleet, names, dovecot, sink, inspection + "fall_back = false\n")
            return _run(folder, names, mails, dovecot, machines)


def _run(
    folder: Path,
    names: list[str],
    mails: int,
    dovecot: PrivateDovecot,
    machines: DaskMachines | None,
) -> Run:
    before = _cpu_of([_pid(dovecot)])
    away = [worker.pid for worker in machines.workers] if machines else []
    away_before = _cpu_of(away)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    log = (folder / "log").open("wb")
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "run", "--fleet", str(folder / "fleet")],
        env=clean | {"PYTHONPATH": str(REPOSITORY)},
        stderr=log,
    )
    done: dict[str, float] = {}
    loads: list[float] = []
    main_cpu = reading_cpu = peak = 0.0
    try:
        while len(done) < len(names):
            time.sleep(max(1.0, len(names) / 25))  # a look at so many ledgers costs as well
            loads.append(os.getloadavg()[0])
            if process.poll() is not None:
                raise SystemExit((folder / "log").read_text(errors="replace")[-3000:])
            for name in names:
                if name not in done and _answered(folder / f"data-{name}") >= mails:
                    done[name] = time.monotonic() - began
            own = _cpu(process.pid)
            main_cpu = own
            reading_cpu = max(reading_cpu, _cpu_of([process.pid]) - own)
            peak = max(peak, _peak_mb(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        log.close()
    seconds = max(done.values())
    return Run(
        dask_workers=len(away),
        offices=len(names),
        mails=len(names) * mails,
        seconds=seconds,
        mails_a_minute=60 * len(names) * mails / seconds,
        main_cpu_s=main_cpu,
        reading_cpu_s=reading_cpu + _cpu_of(away) - away_before,
        server_cpu_s=_cpu_of([_pid(dovecot)]) - before,
        main_peak_mb=peak,
        fairness=seconds / statistics.median(done.values()),
        load=statistics.mean(loads),
    )


def _messages(campaign: Campaign, mails: int) -> list[bytes]:
    """No two alike, by a comment in the photo and a number in the table."""
    photo = make_photo(1920, 1080, 1)
    units = [unit.unit for unit in campaign.units]
    found = []
    for number in range(mails):
        unit = units[number % len(units)]
        comment = f"{number:08}".encode()
        own = photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + photo[2:]
        files = {
            "统计表.xlsx": table(campaign, unit, overall__participants=90 + number),
            "照片.jpg": own,
        }
        found.append(
            a_mail(
                f"{unit}材料",
                sender=f"u{number}@units.test",
                message_id=f"<{number}@units.test>",
                files=files,
            )
        )
    return found


def _fill(dovecot: PrivateDovecot, user: str, messages: list[bytes], campaign: Campaign) -> None:
    """Straight into the Maildir: delivery is not what is measured."""
    folder = dovecot._folder / "mail" / user
    arrived = (campaign.deadline - timedelta(days=2)).timestamp()
    made = [folder / name for name in ("cur", "new", "tmp")]
    for each in made:
        each.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(messages):
        file = folder / "cur" / f"{int(arrived)}.M{number}.host:2,"
        file.write_bytes(raw)
        os.utime(file, (arrived + number, arrived + number))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("mail")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _write(
    fleet: Path, names: list[str], dovecot: PrivateDovecot, sink: SmtpSink, inspection: str
) -> None:
    for name in names:
        (fleet / f"{name}.toml").write_text(
            f"""
[imap]
host = "{dovecot.settings["host"]}"
port = {dovecot.settings["port"]}
ca_file = "{dovecot.settings["ca_file"]}"
username = "{name}@province.test"
password = "{dovecot.password}"
[smtp]
host = "{sink.host}"
port = {sink.port}
security = "none"
from_address = "{name}-{OUR_ADDRESS}"
daily_limit = 1000000
per_address_daily_limit = 1000000
[paths]
data = "../data-{name}"
[outbox]
settle_seconds = 0
[schedule]
poll_seconds = 5
{inspection}"""
        )


def _answered(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data / 'ledger.db'}?mode=ro", uri=True) as ledger:
            row = ledger.execute(
                "SELECT sum(number) FROM tally WHERE kind = 'arrivals' AND state = 'answered'"
            ).fetchone()
        return int(row[0] or 0)
    except sqlite3.Error:
        return 0


def _pid(dovecot: PrivateDovecot) -> int:
    assert dovecot._process is not None
    return dovecot._process.pid


def _cpu(pid: int) -> float:
    """Processor seconds of a process, with those of its children that have ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, stat[11:15])) / _TICKS


def _cpu_of(pids: list[int]) -> float:
    """The same of whole families."""
    total = 0.0
    for pid in pids:
        total += _cpu(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                total += _cpu_of([int(child) for child in task.read_text().split()])
            except OSError:
                continue
    return total


def _peak_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _name(run: Run) -> str:
    if not run.dask_workers:
        return "local processes"
    return f"{run.dask_workers} dask worker{'s' if run.dask_workers > 1 else ''}"


def picture(runs: list[Run], offices: int, mails: int) -> str:
    """Bars of mails a minute, as SVG."""
    most = max(run.mails_a_minute for run in runs)
    bars = []
    for place, run in enumerate(runs):
        top, width = 40 + 34 * place, 300 * run.mails_a_minute / most
        bars.append(
            f'<text x="10" y="{top + 16}">{_name(run)}</text>'
            f'<rect x="140" y="{top}" width="{width:.0f}" height="22" fill="#2f6f9f"/>'
            f'<text x="{146 + width:.0f}" y="{top + 16}">{run.mails_a_minute:.0f}</text>'
        )
    height = 50 + 34 * len(runs)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="520" height="{height}"'
        ' font-family="sans-serif" font-size="13">'
        f'<text x="10" y="22">{offices} offices × {mails} mails: mails a minute</text>'
        f"{''.join(bars)}</svg>\n"
    )


if __name__ == "__main__":
    main()
