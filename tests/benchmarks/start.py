"""What a command costs before it does anything, in starts of an empty Python.

    python tests/benchmarks/start.py --runs 11 [--against OTHER_CHECKOUT] [--out start.json]

An office with the shipped rules and a ledger of the demo's mails, its mailbox empty (extra
mailbot[demo]). Each command in turn with `python -c pass` of the same interpreter and environment,
after a run that is not counted: processor time of the process and all it started, since a busy
machine's clock says little; the median of the ratios, pair by pair. `--against`: a second checkout,
in turn as well. `--first`: also a first start, processor time of a `tick` that makes the ledger and
takes in one mail with a photograph and a text; and by the clock, the seconds from the start of
`mailbot run` until such a mail is examined and committed.

Modules should lie there compiled, as pip leaves them: `python -m compileall -q mailbot`.
"""

import argparse
import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from make.office import LONG_TEXT, a_mail

from mailbot.demo.photos import make_photo

CHECKOUT = Path(__file__).resolve().parents[2]
_OFFICE = '[maildir]\npath = "mails"\n[outbox]\nmode = "shadow"\n'
COMMANDS = {
    "--help": ["--help"],
    "--version": ["--version"],
    "status": ["status"],
    "status --json": ["status", "--json"],
    "tick, nothing new": ["tick"],
    "check of a photograph": ["check", "photo.jpg"],
}


def an_office(folder: Path) -> None:
    """The demo's ledger, files and spool, an empty Maildir, and a photograph."""
    demo = [sys.executable, "-m", "mailbot", "demo", "--keep", str(folder / "demo")]
    subprocess.run(demo, env=_environment(CHECKOUT), check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(folder / "demo" / "var", folder / "var")
    (folder / "mails").mkdir()
    (folder / "mailbot.toml").write_text(_OFFICE, encoding="utf-8")
    (folder / "photo.jpg").write_bytes(make_photo(1920, 1080, 1))


def processor_ms(command: list[str], folder: Path, checkout: Path) -> float:
    """User and system time of the process, and of all it started and waited for."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=_environment(checkout),
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000


def measured(command: list[str], folder: Path, checkouts: list[Path], runs: int) -> list[object]:
    """Of each checkout the median in milliseconds, and in empty Pythons."""
    times: dict[Path, list[tuple[float, float]]] = {one: [] for one in checkouts}
    for number in range(runs + 1):
        for checkout in checkouts:
            empty = processor_ms(["-c", "pass"], folder, checkout)
            full = processor_ms(["-m", "mailbot", *command], folder, checkout)
            if number:
                times[checkout].append((full, empty))
    return [
        {
            "checkout": str(checkout),
            "ms": round(statistics.median(full for full, _ in pairs), 1),
            "empty_ms": round(statistics.median(empty for _, empty in pairs), 1),
            "ratio": round(statistics.median(full / empty for full, empty in pairs), 1),
        }
        for checkout, pairs in times.items()
    ]


def an_office_with_a_mail(folder: Path) -> Path:
    """A new one: no ledger yet, no rules proved."""
    place = Path(tempfile.mkdtemp(dir=folder))
    (place / "mails").mkdir()
    files = {"演练照片.jpg": make_photo(1920, 1080, 2), "文字信息.txt": LONG_TEXT.encode()}
    mail = place / "mails" / "1.eml"
    mail.write_bytes(a_mail("金水区报送材料", files=files))
    os.utime(mail, (1499050000, 1499050000))  # between the opening and the deadline
    (place / "mailbot.toml").write_text(_OFFICE, encoding="utf-8")
    return place


def first_commit_s(place: Path) -> float:
    """By the clock, from the start of `mailbot run` to the first mail that is examined."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "run"],
        cwd=place,
        env=_environment(CHECKOUT),
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _examined(place / "var" / "ledger.db"):
            if time.monotonic() - begun > 60 or process.poll() is not None:
                raise SystemExit("mailbot run: nothing was examined")
            time.sleep(0.01)
        return time.monotonic() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _examined(ledger: Path) -> bool:
    if not ledger.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT 1 FROM arrivals WHERE state IN ('examined', 'answered')")
            return row.fetchone() is not None
    except sqlite3.OperationalError:  # it is being made
        return False


def _environment(checkout: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(checkout)}


def main() -> None:
    """The table as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--first", action="store_true", help="the first start too")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    checkouts = [CHECKOUT, *([asked.against.resolve()] if asked.against else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        an_office(folder)
        found: dict[str, object] = {
            said: measured(command, folder, checkouts, asked.runs)
            for said, command in COMMANDS.items()
        }
        if asked.first:
            places = [an_office_with_a_mail(folder) for _ in range(10)]
            firsts = [processor_ms(["-m", "mailbot", "tick"], one, CHECKOUT) for one in places[:5]]
            found["first tick with a mail, ms"] = round(statistics.median(firsts))
            found["first commit, s"] = sorted(round(first_commit_s(one), 2) for one in places[5:])
    found["load"] = os.getloadavg()[0]
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (asked.out.write_text if asked.out else print)(text)


if __name__ == "__main__":
    main()
