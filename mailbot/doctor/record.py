"""What the office has on record: the ledger, replies that wait, the backup, the running program."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from mailbot.doctor.check import Check, Patient, failed, ok, skipped, warning
from mailbot.errors import MailbotError
from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inbox.screening.sender import own_servers
from mailbot.ledger import arrivals, refusals, sending
from mailbot.ledger.copying import LEDGER, look_at
from mailbot.ledger.store import Ledger, moment, open_ledger
from mailbot.upkeep.backup import backup_age
from mailbot.workflow.heartbeat import read_health

_OLD = timedelta(days=2)  # a nightly backup that was missed once may come late
_HEADER = 256 * 1024
_MAILS = 20  # the newest, whose headers are asked for the server's name


def examine_record(patient: Patient) -> Iterator[Check]:
    """Lines ledger, clock, shadow_replies, refusals, sender_checks, backup, running."""
    data = patient.settings.paths.data
    path = data / LEDGER
    if not path.is_file():
        yield skipped("ledger", f"no ledger at {path} yet: the first tick makes it")
    else:
        yield from _of_ledger(patient, data)
    yield _running(patient)


def _of_ledger(patient: Patient, data: Path) -> Iterator[Check]:
    try:
        found = look_at(data / LEDGER)
        if found.state == "damaged":
            remedy = "systemctl stop mailbot; mailbot restore DIR (the newest backup)"
            yield failed("ledger", f"{data / LEDGER} is damaged: {found.told}", remedy)
            return
        with open_ledger(data, writable=False) as ledger:
            yield ok("ledger", f"whole, {found.last_arrival} arrivals so far")
            yield _clock(ledger, patient)
            yield _shadow(ledger, patient)
            yield _refusals(ledger)
            yield _sender_checks(ledger, patient, data)
    except MailbotError as error:
        remedy = "deploy/README.md, What can fail"
        if error.code == "ledger_newer":
            remedy = "install the newer mailbot again"
        yield failed("ledger", str(error), remedy)
        return
    yield _backup(patient, data, found.last_arrival)


def _clock(ledger: Ledger, patient: Patient) -> Check:
    last = ledger.meta("clock")
    here = patient.now.astimezone(patient.settings.zone)
    told = f"{here:%Y-%m-%d %H:%M:%S %Z}"
    if last and moment(last) - patient.now > timedelta(minutes=5):
        text = f"it is {told} here, and mailbot was at work later than that already"
        return failed("clock", text, "set the clock, and keep it: timedatectl set-ntp true")
    return ok("clock", f"it is {told}")


def _shadow(ledger: Ledger, patient: Patient) -> Check:
    count = len(sending.written_in_shadow(ledger))
    if not count:
        return ok("shadow_replies", "no reply was left unsent in shadow mode")
    text = f"{count} replies were written in shadow mode and are sent to nobody"
    if patient.settings.outbox.mode == "shadow":
        return ok("shadow_replies", f"{text}, as this mode means")
    remedy = "mailbot outbox adopt --dry-run, then: mailbot outbox adopt --all"
    return warning("shadow_replies", text, remedy)


def _refusals(ledger: Ledger) -> Check:
    ways = (refusals.refused(ledger, "login"), refusals.refused(ledger, "sending"))
    stopped = [one.text for one in ways if one is not None]
    if not stopped:
        return ok("refusals", "neither login nor sending stopped")
    text = f"stopped until a person acts: {'; '.join(stopped)}"
    return failed("refusals", text, "correct what the server refuses, then: mailbot resume")


def _sender_checks(ledger: Ledger, patient: Patient, data: Path) -> Check:
    """Under which name the receiving server states SPF and DKIM, as the mail so far shows."""
    imap, name = patient.settings.imap, "sender_checks"
    if imap is None:
        return skipped(name, "a Maildir: whoever fills it has checked or not")
    seen: dict[str, int] = {}
    looked = 0
    for path in arrivals.newest_spooled(ledger, _MAILS):
        for server in _servers_of(data / path):
            seen[server] = seen.get(server, 0) + 1
        looked += 1
    if not looked:
        return skipped(name, "no mail came yet")
    names = ", ".join(f"{server} ({count} of {looked})" for server, count in seen.items())
    if imap.authserv_id:
        return ok(name, f'authserv_id is "{imap.authserv_id}"; seen: {names or "none"}')
    if names:
        remedy = (
            "NetEase and QQ need nothing; for any other server that states it itself, write its"
            " name into [imap] authserv_id"
        )
        return ok(name, f"stated by {names}. {remedy}")
    remedy = (
        "such mail fills what is empty and replaces nothing; where the server refuses forged"
        " senders itself: [office] trust_unverified_from = true"
    )
    return warning(name, f"none of {looked} mails has sender checks of the server", remedy)


def _servers_of(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER)
    except OSError:
        return ()
    header = start.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0] + b"\r\n\r\n"
    with tempfile.TemporaryDirectory(prefix="mailbot-doctor-") as scratch:
        mail = Path(scratch, "mail")
        mail.write_bytes(header)
        return own_servers(parse_message(split_file(mail, BlobStore(Path(scratch, "blobs")))))


def _backup(patient: Patient, data: Path, taken_in: int) -> Check:
    age = backup_age(data, patient.now)
    remedy = "mailbot backup DIR on another disk, every night: deploy/mailbot-backup.timer"
    if age is None:
        if not taken_in:
            return skipped("backup", "nothing to back up yet")
        return warning("backup", "no backup was ever made by mailbot backup", remedy)
    told = f"the newest backup is {_words(age)} old"
    return ok("backup", told) if age < _OLD else warning("backup", told, remedy)


def _words(age: timedelta) -> str:
    hours = age / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _running(patient: Patient) -> Check:
    patience = timedelta(minutes=patient.settings.office.alert_unreachable_minutes)
    wrong, seen = read_health(patient.settings.paths.data, patient.now, patience)
    if seen is None:
        return skipped("running", f"mailbot run: {wrong}")
    if wrong:
        remedy = "systemctl status mailbot; journalctl -u mailbot -n 50"
        return failed("running", f"mailbot run: {wrong}", remedy)
    return ok("running", f"mailbot run is alive, last poll {seen.last_poll or 'not yet'}")
