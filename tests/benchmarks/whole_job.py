"""The whole job against programs that move and save mail, in turn, on one dovecot.

    python tests/benchmarks/whole_job.py --out FOLDER [--mails 100] [--turns 3] [--no-install]

installs isync and ripmime (apt-get, as root) and imap-tools (in an environment of its own below
FOLDER), fills a mailbox by seed, and measures in turn: mbsync; mbsync and ripmime; imap_tools that
saves attachments; `mailbot tick`, with and without mailbot[ocr]. FOLDER/whole_job.json has every
run, medians, ratios, each bar and whether it holds, and where the processor time goes with the
three largest costs (`--no-profile` leaves that out); FOLDER/whole_job.svg is the picture of
tests/README.md. A hundred mails are 1.18 GB and take some eight minutes. A peer that is not there
is left out, and said so.

CPU is of all processes: the benchmark is the reaper of what its children leave behind.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make.dovecot import PrivateDovecot, dovecot_missing
from make.memory import descendants, peak_of

from benchmarks.job_profile import profile
from benchmarks.pictures import bars
from benchmarks.seeded_mailbox import write_mailbox

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_LOOK_S = 0.05
_WITHOUT_OCR = 'import sys\nsys.modules["rapidocr"] = None\n'
_IMAP_TOOLS = """
import sys, pathlib
from imap_tools import MailBoxUnencrypted
port, user, password, out = sys.argv[1:]
with MailBoxUnencrypted("127.0.0.1", int(port)).login(user, password) as box:
    for mail in box.fetch(mark_seen=False):
        for number, each in enumerate(mail.attachments):
            pathlib.Path(out, f"{mail.uid}-{number}").write_bytes(each.payload)
"""
_MBSYNC = """\
IMAPStore far
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

MaildirStore near
Path {near}/
Inbox {near}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull New
SyncState *
"""
_SETTINGS = """\
[imap]
host = "127.0.0.1"
port = {port}
security = "none"
username = "{user}"
password = "{password}"
[paths]
data = "{data}"
[outbox]
mode = "shadow"
settle_seconds = 0
"""


@dataclass(frozen=True)
class Run:
    """One run: seconds on the clock and of the processors, megabytes at most."""

    wall_s: float
    cpu_s: float
    main_mb: float  # of the process that was started
    below_mb: float  # of the largest one below it


Job = Callable[[Path], Sequence[Sequence[str]]]  # a fresh folder → commands, one after the other


def run(commands: Sequence[Sequence[str]], env: Mapping[str, str]) -> Run:
    """Run them one after the other; CalledProcessError where one fails."""
    before, begin = _cpu_s(), time.perf_counter()
    main = below = 0.0
    for command in commands:
        process = subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL)
        while process.poll() is None:
            main = max(main, peak_of(process.pid))
            below = max(below, *(peak_of(each) for each in descendants(process.pid)), 0.0)
            time.sleep(_LOOK_S)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command[0])
    wall = time.perf_counter() - begin
    _reap()
    return Run(wall, _cpu_s() - before, main, below)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    """Wait for what the command left: killed with it, and ours since."""
    give_up = time.monotonic() + 5
    ours = {int(each) for each in _children()}
    while time.monotonic() < give_up and ours:
        for pid in list(ours):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] or not Path(f"/proc/{pid}").exists():
                    ours.discard(pid)
        ours &= {int(each) for each in _children()} - _KEPT
        time.sleep(_LOOK_S)


_KEPT: set[int] = set()  # the server


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def jobs(server: PrivateDovecot, folder: Path) -> dict[str, tuple[Job, dict[str, str]]]:
    """What can be measured here, by name, with what it adds to the environment."""
    account = {"port": server.port, "user": server.username, "password": server.password}

    def mbsync(near: Path) -> list[list[str]]:
        config = near / "mbsyncrc"
        config.write_text(_MBSYNC.format(near=near, **account))
        return [["mbsync", "-q", "-c", str(config), "all"]]

    def with_ripmime(near: Path) -> list[list[str]]:
        (near / "out").mkdir()
        each = f'for mail in "{near}"/INBOX/*/*; do ripmime -i "$mail" -d "{near}/out"; done'
        return [*mbsync(near), ["sh", "-c", each]]

    def imap_tools(near: Path) -> list[list[str]]:
        python = str(folder / "peers" / "bin" / "python")
        return [[python, "-c", _IMAP_TOOLS, *map(str, account.values()), str(near)]]

    def mailbot(near: Path) -> list[list[str]]:
        config = near / "mailbot.toml"
        config.write_text(_SETTINGS.format(data=near / "var", **account))
        return [[sys.executable, "-m", "mailbot", "tick", "--json", "--config", str(config)]]

    hidden = folder / "without-ocr"
    hidden.mkdir(exist_ok=True)
    (hidden / "sitecustomize.py").write_text(_WITHOUT_OCR)
    path = os.pathsep.join(filter(None, (str(hidden), os.environ.get("PYTHONPATH", ""))))
    found: dict[str, tuple[Job, dict[str, str]]] = {}
    if shutil.which("mbsync"):
        found["mbsync"] = mbsync, {}
        if shutil.which("ripmime"):
            found["mbsync + ripmime"] = with_ripmime, {}
    if (folder / "peers").is_dir():
        found["imap_tools, saved"] = imap_tools, {}
    found["mailbot"] = mailbot, {"PYTHONPATH": path}
    found["mailbot[ocr]"] = mailbot, {}
    return found


def install(folder: Path) -> None:
    """The peers, where they are missing; what fails is said and left out."""
    if not (shutil.which("mbsync") and shutil.which("ripmime")):
        subprocess.run(["apt-get", "install", "-y", "isync", "ripmime"], check=False)
    if not (folder / "peers").is_dir():
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peers")], check=True)
        pip = [str(folder / "peers" / "bin" / "pip"), "install", "-q", "imap-tools"]
        if subprocess.run(pip, check=False).returncode:
            shutil.rmtree(folder / "peers")


def main() -> None:
    """Measure, print, write the JSON and the picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mails", type=int, default=100)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--no-profile", action="store_true")
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--no-install", action="store_true")
    asked = parser.parse_args()
    if missing := dovecot_missing():
        sys.exit(missing)
    folder: Path = asked.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not asked.no_install:
        install(folder)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with PrivateDovecot() as server:
        _KEPT.update(int(each) for each in _children())
        octets = write_mailbox(server.maildir, asked.mails, asked.seed)
        server.own_mail()
        measured = jobs(server, folder)
        runs = _in_turn(measured, folder, asked.turns)
        report = _report(runs, asked.mails, octets)
        if not asked.no_profile:
            report["profile"] = _profile(measured["mailbot[ocr]"], folder, server.maildir)
    (folder / "whole_job.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))
    (folder / "whole_job.svg").write_text(_picture(report))
    for name, told in report["median"].items():
        print(
            f"{name:20}{told['wall_s']:8.1f} s {told['cpu_s']:8.1f} s CPU"
            f" {told['main_mb']:6.0f} MB {told['below_mb']:6.0f} MB below"
        )
    for bar in report["bars"]:
        print(
            f"{bar['of']:14}{bar['bar']:38}{bar['measured']:8.2f}  {bar['bound']:>8.2f}"
            f"  {'holds' if bar['holds'] else 'MISSED'}"
        )
    for one in report.get("profile", {}).get("largest", []):
        print(f"{one['seconds']:6.1f} s CPU  {one['step']}: {one['why it stays']}")


def _profile(measured: tuple[Job, dict[str, str]], folder: Path, maildir: Path) -> dict[str, Any]:
    near = folder / "near"
    shutil.rmtree(near, ignore_errors=True)
    near.mkdir()
    ((_, _, _, *command),) = measured[0](near)  # without: python -m mailbot
    try:
        return profile(maildir, command, os.environ | measured[1])
    finally:
        shutil.rmtree(near)


def bars_held(
    median: Mapping[str, Mapping[str, float]], ratios: Mapping[str, float], octets: int
) -> list[dict[str, Any]]:
    """Each bar of the whole job: what was measured, its bound, and whether it holds."""
    told: list[dict[str, Any]] = []

    def note(of: str, bar: str, measured: float, bound: float, *, least: bool = False) -> None:
        holds = measured >= bound if least else measured <= bound
        told.append({"of": of, "bar": bar, "measured": measured, "bound": bound, "holds": holds})

    for ours in ("mailbot", "mailbot[ocr]"):
        for peer, most in (("mbsync", 1.5), ("mbsync + ripmime", 1.0)):
            if peer in median:
                note(ours, f"clock / {peer}, at most", ratios[f"{ours} / {peer}"], most)
        if "imap_tools, saved" in median:
            faster = 1 / ratios[f"{ours} / imap_tools, saved"]
            note(ours, "imap_tools / clock, at least", faster, 3.0, least=True)
        # 25 s for 1.18 GB; a smaller mailbox has as much less, though it starts as often.
        note(ours, "CPU s, at most", median[ours]["cpu_s"], 25 * octets / 1.18e9)
        note(ours, "peak MB of main, at most", median[ours]["main_mb"], 150)
        note(ours, "peak MB of a worker, at most", median[ours]["below_mb"], 200)
    return told


def _in_turn(
    measured: dict[str, tuple[Job, dict[str, str]]], folder: Path, turns: int
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in measured}
    for _ in range(turns):
        for name, (job, more) in measured.items():
            near = folder / "near"
            shutil.rmtree(near, ignore_errors=True)
            near.mkdir()
            runs[name].append(run(job(near), os.environ | more))
            shutil.rmtree(near)
    return runs


def _report(runs: dict[str, list[Run]], mails: int, octets: int) -> dict[str, Any]:
    median = {
        name: {
            key: statistics.median(asdict(each)[key] for each in of_one)
            for key in ("wall_s", "cpu_s", "main_mb", "below_mb")
        }
        for name, of_one in runs.items()
    }
    ratios = {
        f"{ours} / {peer}": statistics.median(
            mine.wall_s / theirs.wall_s for mine, theirs in zip(runs[ours], runs[peer], strict=True)
        )
        for ours in ("mailbot", "mailbot[ocr]")
        for peer in runs
        if not peer.startswith("mailbot")
    }
    return {
        "mailbox": {"mails": mails, "octets": octets, "processors": os.cpu_count()},
        "median": median,
        "ratios": ratios,
        "bars": bars_held(median, ratios, octets),
        "runs": {name: [asdict(each) for each in of_one] for name, of_one in runs.items()},
    }


def _picture(report: dict[str, Any]) -> str:
    box, median = report["mailbox"], report["median"]
    title = f"{box['mails']} mails, {int(str(box['octets'])) / 1e9:.2f} GB: seconds, median"
    rows = {
        name: {"clock": told["wall_s"], "processors": told["cpu_s"]}
        for name, told in median.items()
    }
    return bars(title, rows)


if __name__ == "__main__":
    main()
