"""This machine: the data folder, its disk, the clock, optional parts, workers, systemd."""

import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path

from mailbot.doctor.check import Check, Patient, failed, ok, skipped, warning
from mailbot.doctor.trial import SOCKET, SWOLLEN, try_limits
from mailbot.errors import MailbotError, MissingExtraError
from mailbot.inspection.tasks import Task
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.inspection.workers.serving import NO_MEMORY
from mailbot.objects import ObjectStore
from mailbot.workflow.heartbeat import silence_allowed

_EXTRAS = {
    "rar": (("unrar", "libarchive"), "RAR, cab and lha are held for a person"),
    "ocr": (("rapidocr", "onnxruntime", "cv2"), "forms on scans and photographs are held"),
}
_UNIT = "mailbot.service"
_RUNS_HERE = Path("/run/systemd/system")  # sd_booted(3)
_YEAR = 2026  # of this code: no clock is before it
_SERVER_S = 5


def examine_machine(patient: Patient) -> Iterator[Check]:
    """Lines data_folder, disk, time_zone, part_*, workers, watchdog, console."""
    yield _data_folder(patient)
    yield _disk(patient)
    yield _object_store(patient)
    yield _time(patient)
    for extra, (modules, without) in _EXTRAS.items():
        yield _part(extra, modules, without)
    yield _workers(patient)
    yield _watchdog(patient)
    yield _console(patient)


def _data_folder(patient: Patient) -> Check:
    data, name = patient.settings.paths.data, "data_folder"
    if not data.exists():
        parent = next((one for one in data.parents if one.exists()), Path("/"))
        if os.access(parent, os.W_OK | os.X_OK):
            return ok(name, f"{data} will be made at the first start")
        remedy = f"install -d -m 700 -o USER {data}, USER being who runs mailbot"
        return failed(name, f"{data} is not there and cannot be made", remedy)
    try:
        tempfile.TemporaryFile(dir=data).close()
    except OSError as error:
        owner = data.stat().st_uid
        remedy = f"chown -R USER {data}, USER being who runs mailbot (it belongs to uid {owner})"
        return failed(name, f"{data} cannot be written to: {error.strerror}", remedy)
    foreign = [one.name for one in data.iterdir() if one.lstat().st_uid != os.geteuid()]
    if foreign and os.geteuid() != 0:
        remedy = f"chown -R {os.geteuid()} {data}"
        text = f"{', '.join(foreign)} in {data} belong to somebody else"
        return failed(name, text, remedy)
    if data.stat().st_uid != os.geteuid():
        remedy = f"runuser -u '#{data.stat().st_uid}' -- mailbot …, as deploy/README.md has it"
        text = f"{data} belongs to uid {data.stat().st_uid}, and this runs as uid {os.geteuid()}"
        return warning(name, text, remedy)
    if stat.S_IMODE(data.stat().st_mode) & 0o077:
        return warning(name, f"others can look into {data}", f"chmod 700 {data}")
    return ok(name, f"{data} is private and can be written to")


def _disk(patient: Patient) -> Check:
    data = patient.settings.paths.data
    there = next(one for one in (data, *data.parents) if one.exists())
    free, wanted = shutil.disk_usage(there).free, patient.settings.office.alert_disk_bytes
    told = f"{free / 1e9:.1f} GB free where the data are"
    remedy = "make room, or move [paths] data to a larger disk (mailbot prune shows what may go)"
    if free < wanted:
        return failed("disk", f"{told}, less than alert_disk_bytes ({wanted / 1e9:.1f} GB)", remedy)
    if free < 5 * wanted:
        return warning("disk", told, remedy)
    return ok("disk", told)


def _object_store(patient: Patient) -> Check:
    address, name = patient.settings.paths.files, "object_store"
    if not address:
        return skipped(name, "none: files lie in the data folder ([paths] files)")
    remedy = "its keys and endpoint come from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL)"
    try:
        ObjectStore(address).size("0" * 64)
    except MissingExtraError as error:
        return failed(name, str(error), "pip install -c deploy/constraints.txt 'mailbot[s3]'")
    except MailbotError as error:
        return failed(name, str(error), remedy)
    return ok(name, f"{address} answers")


def _time(patient: Patient) -> Check:
    here = patient.now.astimezone(patient.settings.zone)
    told = f"{here:%Y-%m-%d %H:%M} in {patient.settings.schedule.timezone}"
    if here.year < _YEAR:
        return failed("time_zone", f"the clock says {told}", "timedatectl set-ntp true")
    if patient.campaign is not None and str(patient.campaign.zone) != str(patient.settings.zone):
        text = f"the campaign counts in {patient.campaign.zone}, the office in {told}"
        remedy = "set [schedule] timezone to the campaign's, unless the office lies elsewhere"
        return warning("time_zone", text, remedy)
    synchronized = Path("/run/systemd/timesync")
    if synchronized.is_dir() and not (synchronized / "synchronized").exists():
        return warning("time_zone", f"{told}; no time server was heard yet", "timedatectl status")
    return ok("time_zone", told)


def _part(extra: str, modules: tuple[str, ...], without: str) -> Check:
    missing = [module for module in modules if find_spec(module) is None]
    if extra == "rar" and not missing and find_library("archive") is None:
        text = "libarchive is not there: cab and lha are held for a person"
        return warning(f"part_{extra}", text, "apt-get install libarchive13")
    if missing:
        remedy = f"pip install -c deploy/constraints.txt 'mailbot[{extra}]'"
        return warning(f"part_{extra}", f"not installed ({', '.join(missing)}): {without}", remedy)
    return ok(f"part_{extra}", "installed")


def _workers(patient: Patient) -> Check:
    """One worker as mailbot starts them, which tries to reach the network and to swell."""
    limits, name = patient.settings.limits, "workers"
    processes = patient.settings.processes
    remedy = "Linux 3.17 on x86_64 or aarch64, with seccomp; a container must not take it away"
    with tempfile.TemporaryDirectory(prefix="mailbot-doctor-") as scratch:
        file = Path(scratch, "trial")
        file.write_bytes(b"trial")
        try:
            pool = InspectionPool(1, 60, limits.inspection_bytes, inspect=try_limits)
            with pool:
                task = Task(path=file, name=SOCKET, blobs=Path(scratch))
                reached = pool.submit(task).result(90).format
                task = Task(path=file, name=SWOLLEN, blobs=Path(scratch))
                swollen = pool.submit(task).result(90)
        except (MailbotError, OSError, TimeoutError) as error:
            return failed(name, f"no worker can be started: {error}", remedy)
    if reached == SOCKET:
        return failed(name, "a worker can open network sockets", remedy)
    if NO_MEMORY not in swollen.faults:
        text = f"a worker can swell beyond inspection_bytes ({limits.inspection_bytes})"
        return failed(name, text, "RLIMIT_AS has no effect here: run it on Linux, not emulated")
    megabytes = limits.inspection_bytes // 2**20
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    told = f"a worker has no network and ends at {megabytes} MB"
    if processes * limits.inspection_bytes > 2 * memory:
        text = f"{told}; {processes} of them may want more than this machine's memory twice"
        return warning(name, text, "lower [inspection] workers or [limits] inspection_bytes")
    return ok(name, told)


def _watchdog(patient: Patient) -> Check:
    name = "watchdog"
    if not _RUNS_HERE.is_dir() or shutil.which("systemctl") is None:
        return skipped(name, "no systemd here: let a monitor run mailbot health")
    asked = ("systemctl", "show", _UNIT, "-p", "LoadState,ActiveState,WatchdogUSec,MainPID")
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return skipped(name, f"systemctl says nothing: {error}")
    told = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    if "LoadState" not in told:  # without D-Bus systemd answers root alone
        text = done.stderr.strip().partition("\n")[0] or f"exit code {done.returncode}"
        return skipped(
            name,
            f"systemd does not answer this account ({text}): as root, systemctl status mailbot",
        )
    if told.get("LoadState") != "loaded":
        remedy = "cp deploy/mailbot.service /etc/systemd/system/ && systemctl enable --now mailbot"
        return warning(name, f"systemd knows no {_UNIT}", remedy)
    if told.get("ActiveState") != "active":
        remedy = "systemctl enable --now mailbot"
        return warning(name, f"{_UNIT} is {told.get('ActiveState')}", remedy)
    if told.get("WatchdogUSec", "0") in ("0", "infinity"):
        remedy = "WatchdogSec= and Type=notify, as deploy/mailbot.service has them"
        return warning(name, f"systemd does not watch over {_UNIT}", remedy)
    allowed = silence_allowed(patient.settings).total_seconds()
    return ok(name, f"systemd starts it again after {allowed:.0f} s without a sign of life")


def _console(patient: Patient) -> Check:
    console = patient.settings.console
    if not console.enabled:
        return skipped("console", "not switched on ([console] enabled)")
    host = "127.0.0.1" if console.host in ("0.0.0.0", "::") else console.host  # noqa: S104
    remedy = "systemctl restart mailbot; else another program has the port: [console] port"
    begun = time.monotonic()
    try:
        with socket.create_connection((host, console.port), _SERVER_S):
            pass
        address = f"http://{host}:{console.port}/"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        with opener.open(address, timeout=_SERVER_S) as answer:
            code = answer.status
    except urllib.error.HTTPError as error:
        code = error.code
    except OSError as error:
        text = f"nothing answers at {host}:{console.port}: {error}"
        return failed("console", text, remedy)
    if code >= 500:
        return failed("console", f"{host}:{console.port} answers {code}", remedy)
    took = time.monotonic() - begun
    return ok("console", f"{host}:{console.port} answers in {took * 1000:.0f} ms")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None
