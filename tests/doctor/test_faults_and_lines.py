"""Each fault of a server, of the settings, of the machine gives its own line, with a remedy."""

import re
import ssl
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.certificates import make_certificates
from make.netease_imap import NeteaseImap
from make.odd_imap import DROP, STALL, OddImap
from make.office import a_mail
from make.smtp_sink import SmtpSink
from pydantic import SecretStr

from mailbot.campaign.types import Campaign
from mailbot.doctor import machine
from mailbot.doctor.check import Check, Patient
from mailbot.doctor.elsewhere import examine_elsewhere
from mailbot.doctor.imap import examine_imap
from mailbot.doctor.machine import examine_machine
from mailbot.doctor.office import examine_office
from mailbot.doctor.record import examine_record
from mailbot.doctor.smtp import examine_smtp, examine_webhook
from mailbot.doctor.trial import try_limits
from mailbot.inspection.tree import Task
from mailbot.inspection.workers.dask_link import Link
from mailbot.inspection.workers.pool import InlinePool
from mailbot.ledger.store import open_ledger, stamp
from mailbot.settings.inspection import InspectionSection
from mailbot.settings.mail import Imap, MaildirSection, Smtp
from mailbot.settings.office import Office, OutboxSection, Paths
from mailbot.settings.types import Settings
from mailbot.settings.watching import AlertsSection, ConsoleSection
from mailbot.upkeep.backup import back_up

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@dataclass
class Ward:
    """Servers and settings that are well until a fault changes them."""

    folder: Path
    campaign: Campaign
    stack: ExitStack
    imap: dict[str, Any] = field(default_factory=dict)
    smtp: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW
    files: str = ""

    def netease(self, **options: Any) -> NeteaseImap:
        server = self.stack.enter_context(NeteaseImap(**options))
        self.imap = self._imap(server)
        return server

    def odd(self, capability: str = "IMAP4rev1 ID") -> OddImap:
        server = self.stack.enter_context(OddImap(capability))
        self.imap = self._imap(server)
        return server

    @staticmethod
    def _imap(server: NeteaseImap | OddImap) -> dict[str, Any]:
        return {
            key: value
            for key, value in server.settings.items()
            if key not in ("timeout", "extra_folders")
        }

    def sink(self, **options: Any) -> SmtpSink:
        server = self.stack.enter_context(SmtpSink(**options))
        self.smtp = {
            "host": server.host,
            "port": server.port,
            "security": "none",
            "from_address": "yingji@163.example",
        }
        return server

    def certificates(self) -> ssl.SSLContext:
        if not (self.folder / "server.pem").exists():
            make_certificates(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        return context

    def patient(self) -> Patient:
        settings = Settings(
            imap=Imap(**self.imap) if self.imap else None,
            maildir=None if self.imap else MaildirSection(path=self.folder),
            smtp=Smtp(**self.smtp) if self.smtp else None,
            paths=Paths(data=self.folder / "var", files=self.files),
            **self.other,
        )
        return Patient(settings, self.campaign, self.now)

    @property
    def data(self) -> Path:
        return self.folder / "var"


@pytest.fixture
def ward(tmp_path: Path, campaign: Campaign) -> Iterator[Ward]:
    with ExitStack() as stack:
        yield Ward(tmp_path, campaign, stack)


def well(ward: Ward) -> None:
    ward.netease().deliver(a_mail(), datetime(2017, 3, 1, tzinfo=UTC))


def unknown_host(ward: Ward) -> None:
    well(ward)
    ward.imap |= {"host": "imap.mailbot.invalid", "security": "tls"}


def closed_port(ward: Ward) -> None:
    server = NeteaseImap()
    ward.imap = ward._imap(server)
    server._listener.close()


def speaks_no_tls(ward: Ward) -> None:
    server = ward.netease(tls=ward.certificates())
    server.not_tls = True
    ward.imap["ca_file"] = ward.folder / "ca.pem"


def strange_certificate(ward: Ward) -> None:
    ward.netease(tls=ward.certificates())


def certificate_soon_over(ward: Ward) -> None:
    ward.netease(tls=ward.certificates())
    ward.imap["ca_file"] = ward.folder / "ca.pem"
    ward.now = datetime.now(UTC)


def refused_login(ward: Ward) -> None:
    ward.netease().refuse_login = True


def refused_at_netease(ward: Ward) -> None:
    ward.odd().answers["LOGIN"] = [(b"", "NO LOGIN Login error user suspended or password error")]


def busy_login(ward: Ward) -> None:
    ward.odd().answers["LOGIN"] = [(b"", "NO System busy!")]


def locked_login(ward: Ward) -> None:
    ward.odd().answers["LOGIN"] = [(b"", "NO ERR.LOGIN.FAILED too many failed logins")]


def drops_at_login(ward: Ward) -> None:
    ward.odd().answers["LOGIN"] = [(b"", DROP)]


def silent_at_login(ward: Ward) -> None:
    ward.odd().answers["LOGIN"] = [(b"", STALL)]


def word_of_chinese_signs(ward: Ward) -> None:
    ward.odd()
    ward.imap["password"] = "授权码"


def imap_switched_off(ward: Ward) -> None:
    server = ward.odd()
    unsafe = "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
    server.answers["SELECT"] = [(b"", unsafe)]
    server.answers["LIST"] = [(b'* LIST () "/" "INBOX"\r\n', "OK LIST completed")]


def missing_extra_folder(ward: Ward) -> None:
    well(ward)
    ward.imap["extra_folders"] = ("垃圾邮件",)


def missing_folder(ward: Ward) -> None:
    well(ward)
    ward.imap["folder"] = "Archive"


def cannot_move(ward: Ward) -> None:
    ward.odd().answers["LIST"] = [(b'* LIST () "/" "INBOX"\r\n', "OK LIST completed")]
    ward.imap |= {"after_processing": "move", "move_to": "done"}


def thirty_days(ward: Ward) -> None:
    ward.netease().deliver(a_mail(), NOW - timedelta(days=10))


def all_mail_is_shown(ward: Ward) -> None:
    ward.netease().deliver(a_mail(), NOW - timedelta(days=100))


def smtp_well(ward: Ward) -> None:
    ward.sink()


def smtp_unknown_host(ward: Ward) -> None:
    ward.sink()
    ward.smtp |= {"host": "smtp.mailbot.invalid", "security": "tls"}


def smtp_closed_port(ward: Ward) -> None:
    ward.sink().__exit__(None, None, None)
    ward.stack.pop_all()


def smtp_speaks_no_tls(ward: Ward) -> None:
    ward.sink()
    ward.smtp["security"] = "tls"


def smtp_strange_certificate(ward: Ward) -> None:
    ward.sink(starttls=ward.certificates())
    ward.smtp |= {"security": "starttls", "host": "localhost"}


def smtp_refused_login(ward: Ward) -> None:
    ward.sink(credentials={"yingji@163.example": "right"})
    ward.smtp |= {"username": "yingji@163.example", "password": "wrong"}


def smtp_no_permission(ward: Ward) -> None:
    ward.sink(credentials={"a": "b"}).script("auth", 550, "User has no permission", times=3)
    ward.smtp |= {"username": "a", "password": "b"}


def smtp_locked(ward: Ward) -> None:
    ward.sink(credentials={"a": "b"}).script("auth", 550, "HL:IHU locked", times=3)
    ward.smtp |= {"username": "a", "password": "b"}


def smtp_drops_at_login(ward: Ward) -> None:
    ward.sink(credentials={"a": "b"}).script("auth", drop=True, times=3)
    ward.smtp |= {"username": "a", "password": "b"}


def smtp_offers_no_starttls(ward: Ward) -> None:
    ward.sink()
    ward.smtp["security"] = "starttls"


def smtp_other_sender(ward: Ward) -> None:
    ward.sink().script("mail", 553, "Mail from must equal authorized user", times=3)


def smtp_puts_off(ward: Ward) -> None:
    ward.sink().script("mail", 451, "4.7.1 try again", times=3)


def smtp_null_sender(ward: Ward) -> None:
    ward.sink().script("mail", 553, "Mail from must equal authorized user", times=3)
    ward.smtp["null_return_path"] = True


def smtp_absent(ward: Ward) -> None:
    ward.smtp = {}


def smtp_refused_receiver(ward: Ward) -> None:
    ward.sink().script("rcpt", 550, "Invalid User", times=3)
    ward.other["office"] = Office(addresses=("duty@example.test",))


def robot_is_gone(ward: Ward) -> None:
    with SmtpSink() as sink:
        url = f"http://127.0.0.1:{sink.port}/robot"
    ward.other["alerts"] = AlertsSection(webhook=SecretStr(url))


def store_is_not_there(ward: Ward) -> None:
    ward.files = "nonsense://bucket"


def scheduler_is_not_there(ward: Ward) -> None:
    with SmtpSink() as sink:
        port = sink.port
    scheduler = f"tcp://127.0.0.1:{port}"
    ward.other["inspection"] = InspectionSection(executor="dask", scheduler=scheduler)


def certificate_is_not_there(ward: Ward) -> None:
    files = {key: ward.folder / key for key in ("ca_file", "cert_file", "key_file")}
    ward.other["inspection"] = InspectionSection(
        executor="dask", scheduler="tls://127.0.0.1:8786", **files
    )


def nobody_reads(ward: Ward) -> None:
    ward.sink()


def others_look_in(ward: Ward) -> None:
    ward.data.mkdir(mode=0o755)
    ward.data.chmod(0o755)


def data_is_a_file(ward: Ward) -> None:
    ward.data.write_text("")


def little_room(ward: Ward) -> None:
    ward.other["office"] = Office(alert_disk_bytes=2**60)


def clock_of_the_past(ward: Ward) -> None:
    ward.now = datetime(1970, 1, 2, tzinfo=UTC)


def console_is_down(ward: Ward) -> None:
    with SmtpSink() as sink:
        port = sink.port
    ward.other["console"] = ConsoleSection(enabled=True, port=port)


def open_password(ward: Ward) -> None:
    well(ward)
    secret = ward.folder / "imap-password"
    secret.write_text("word")
    secret.chmod(0o644)


def three_addresses(ward: Ward) -> None:
    ward.sink()
    well(ward)


def shadow(ward: Ward) -> None:
    ward.other["outbox"] = OutboxSection(mode="shadow")


def a_ledger(ward: Ward) -> None:
    with open_ledger(ward.data) as ledger, ledger.transaction():
        ledger.execute(
            "INSERT INTO arrivals (mailbox, folder, uid_validity, uid, size, arrived_at,"
            " discovered_at, state) VALUES ('', '', 1, 1, 1, '', '', 'discovered')"
        )


def damaged_ledger(ward: Ward) -> None:
    a_ledger(ward)
    (ward.data / "ledger.db").write_bytes(b"this is no database" * 1000)


def left_in_shadow(ward: Ward) -> None:
    with open_ledger(ward.data) as ledger, ledger.transaction():
        ledger.execute(
            "INSERT INTO replies (number, message_id, unit, address, state, mode, kind, raw,"
            " due_at, queued_at, composed_at) VALUES ('1', '<1@x>', 'u', 'a@x', 'queued', 'shadow',"
            " 'receipt', x'00', '', '', '')"
        )


def clock_went_back(ward: Ward) -> None:
    with open_ledger(ward.data) as ledger, ledger.transaction():
        ledger.set_meta("clock", stamp(NOW + timedelta(days=1)))


def stopped_login(ward: Ward) -> None:
    from mailbot.ledger import refusals

    with open_ledger(ward.data) as ledger, ledger.transaction():
        refusals.refuse(ledger, "login", "163 refuses", "mark", NOW)


def old_backup(ward: Ward) -> None:
    a_ledger(ward)
    back_up(ward.data, ward.folder / "copy", NOW - timedelta(days=9))


def fresh_backup(ward: Ward) -> None:
    a_ledger(ward)
    back_up(ward.data, ward.folder / "copy", NOW - timedelta(hours=9))


def silent_for_days(ward: Ward) -> None:
    ward.data.mkdir()
    (ward.data / "health.json").write_text(
        '{"at": "2026-11-20T00:00:00+00:00", "silent_after_s": 600, "pid": 1}'
    )


def smtp_lines(patient: Patient) -> Iterator[Check]:
    return examine_smtp(patient)


def test_mail_lines(patient: Patient) -> Iterator[Check]:
    return examine_smtp(patient, send_test=True)


def webhook_lines(patient: Patient) -> Iterator[Check]:
    return examine_webhook(patient, send_test=True)


test_mail_lines.__test__ = False  # type: ignore[attr-defined]
Fault = Callable[[Ward], None]
TABLE: tuple[tuple[Fault, Callable[[Patient], Iterator[Check]], str, str, str], ...] = (
    (unknown_host, examine_imap, "imap_dns", "failed", "[imap] host"),
    (closed_port, examine_imap, "imap_connect", "failed", "[imap] port"),
    (speaks_no_tls, examine_imap, "imap_tls", "failed", "993 for tls"),
    (strange_certificate, examine_imap, "imap_tls", "failed", "ca_file"),
    (certificate_soon_over, examine_imap, "imap_tls", "warning", "renew"),
    (refused_login, examine_imap, "imap_login", "failed", "授权码"),
    (refused_at_netease, examine_imap, "imap_login", "failed", "授权码"),
    (busy_login, examine_imap, "imap_login", "failed", "some minutes"),
    (locked_login, examine_imap, "imap_login", "failed", "wait an hour"),
    (drops_at_login, examine_imap, "imap_login", "failed", "ends the connection"),
    (silent_at_login, examine_imap, "imap_login", "failed", "ends the connection"),
    (word_of_chinese_signs, examine_imap, "imap_login", "failed", "授权码"),
    (imap_switched_off, examine_imap, "imap_folders", "failed", "switch it on in the web mail"),
    (missing_extra_folder, examine_imap, "imap_folders", "failed", "the server has: INBOX"),
    (missing_folder, examine_imap, "imap_folders", "failed", "the server has: INBOX"),
    (cannot_move, examine_imap, "imap_capabilities", "failed", "after_processing"),
    (thirty_days, examine_imap, "imap_old_mail", "warning", "show all mail"),
    (smtp_unknown_host, smtp_lines, "smtp_dns", "failed", "[smtp] host"),
    (smtp_closed_port, smtp_lines, "smtp_connect", "failed", "[smtp] port"),
    (smtp_speaks_no_tls, smtp_lines, "smtp_tls", "failed", "465 for tls"),
    (smtp_strange_certificate, smtp_lines, "smtp_tls", "failed", "ca_file"),
    (smtp_refused_login, smtp_lines, "smtp_login", "failed", "授权码"),
    (smtp_no_permission, smtp_lines, "smtp_login", "failed", "SMTP is switched off"),
    (smtp_locked, smtp_lines, "smtp_login", "failed", "wait an hour"),
    (smtp_drops_at_login, smtp_lines, "smtp_login", "failed", "ends the connection"),
    (smtp_offers_no_starttls, smtp_lines, "smtp_tls", "failed", "587 for starttls"),
    (smtp_other_sender, smtp_lines, "smtp_from", "failed", "from_address"),
    (smtp_puts_off, smtp_lines, "smtp_from", "failed", "some minutes"),
    (smtp_null_sender, smtp_lines, "smtp_from", "failed", "null_return_path = false"),
    (smtp_absent, smtp_lines, "smtp", "failed", "[smtp]"),
    (smtp_refused_receiver, test_mail_lines, "smtp_test", "failed", "[office] addresses"),
    (nobody_reads, test_mail_lines, "smtp_test", "failed", "[office] addresses"),
    (robot_is_gone, webhook_lines, "webhook", "failed", "[alerts] webhook"),
    (store_is_not_there, examine_machine, "object_store", "failed", "AWS_ENDPOINT_URL"),
    (scheduler_is_not_there, examine_elsewhere, "other_machines", "failed", "dask-scheduler"),
    (certificate_is_not_there, examine_elsewhere, "other_machines", "failed", "chown"),
    (nobody_reads, examine_office, "office", "warning", "[office] addresses"),
    (three_addresses, examine_office, "addresses", "warning", "mailbox of campaign.yaml"),
    (shadow, examine_office, "outbox_mode", "warning", "outbox adopt"),
    (others_look_in, examine_machine, "data_folder", "warning", "chmod 700"),
    (data_is_a_file, examine_machine, "data_folder", "failed", "chown"),
    (little_room, examine_machine, "disk", "failed", "make room"),
    (clock_of_the_past, examine_machine, "time_zone", "failed", "set-ntp"),
    (console_is_down, examine_machine, "console", "failed", "restart"),
    (damaged_ledger, examine_record, "ledger", "failed", "mailbot restore"),
    (left_in_shadow, examine_record, "shadow_replies", "warning", "outbox adopt"),
    (clock_went_back, examine_record, "clock", "failed", "set the clock"),
    (stopped_login, examine_record, "refusals", "failed", "mailbot resume"),
    (a_ledger, examine_record, "backup", "warning", "mailbot backup"),
    (old_backup, examine_record, "backup", "warning", "every night"),
    (silent_for_days, examine_record, "running", "failed", "journalctl"),
)


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has a test of its own: starting one takes a second. Nor is a silent server waited
    for longer than needed."""
    monkeypatch.setattr("mailbot.doctor.imap.TIMEOUT_S", 0.5)
    monkeypatch.setattr("mailbot.doctor.elsewhere._CONNECT_S", 0.5)
    monkeypatch.setattr(machine, "_workers", lambda _patient: Check("workers", "ok", "confined"))


@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize(
    ("fault", "part", "line", "state", "remedy"),
    TABLE,
    ids=[f"{row[0].__name__}-{row[2]}" for row in TABLE],
)
def test_a_fault_gives_its_own_line_with_a_remedy(
    ward: Ward,
    fault: Fault,
    part: Callable[[Patient], Iterator[Check]],
    line: str,
    state: str,
    remedy: str,
) -> None:
    fault(ward)
    lines = {check.name: check for check in part(ward.patient())}
    assert lines[line].state == state, lines
    assert remedy in lines[line].remedy
    # It is this line and no other: what came before is well, what comes after was not looked at.
    failed = [name for name, check in lines.items() if check.state == "failed"]
    assert failed == ([line] if state == "failed" else [])
    for check in lines.values():
        assert check.text
        assert "b'" not in check.text  # what a server said, and not how Python writes octets
        assert bool(check.remedy) == (check.state in ("failed", "warning")), check


def test_every_line_has_its_chinese_for_who_founds_an_office_in_the_browser() -> None:
    from mailbot.console.founding_words import LINES

    sources = Path(machine.__file__).parent.glob("*.py")
    named = re.compile(
        r'(?:ok|warning|failed|skipped)\(\s*"([a-z_]+)"|name = "([a-z_]+)"|, name = .*"([a-z_]+)"$',
        re.M,
    )
    found = {
        next(filter(None, groups))
        for source in sources
        for groups in named.findall(source.read_text("utf-8"))
    }
    assert len(found) > 20
    assert found <= set(LINES)


WELL: tuple[tuple[Fault, Callable[[Patient], Iterator[Check]], str], ...] = (
    (well, examine_imap, "imap_dns imap_connect imap_login imap_id imap_capabilities imap_folders"),
    (well, examine_imap, "imap_old_mail"),
    (all_mail_is_shown, examine_imap, "imap_old_mail"),
    (smtp_well, smtp_lines, "smtp_dns smtp_connect smtp_login smtp_from"),
    (fresh_backup, examine_record, "ledger backup clock shadow_replies refusals"),
)


@pytest.mark.parametrize(("state", "part", "lines"), WELL)
def test_what_is_well_is_said_to_be(
    ward: Ward, state: Fault, part: Callable[[Patient], Iterator[Check]], lines: str
) -> None:
    state(ward)
    found = {check.name: check.state for check in part(ward.patient())}
    assert {name: found[name] for name in lines.split()} == dict.fromkeys(lines.split(), "ok")


@pytest.mark.parametrize(("threads", "state"), [(0, "warning"), (4, "ok")])
def test_a_scheduler_without_workers_is_no_help(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, threads: int, state: str
) -> None:
    scheduler_is_not_there(ward)
    monkeypatch.setattr(Link, "is_up", lambda *_, **__: True)
    monkeypatch.setattr(Link, "threads", lambda _: threads)
    (line,) = examine_elsewhere(ward.patient())
    assert (line.state, "mailbot-dask-worker" in line.remedy) == (state, not threads)


def test_nothing_is_sent_unless_asked_and_then_to_the_office(ward: Ward) -> None:
    sink = ward.sink()
    ward.other["office"] = Office(addresses=("duty@example.test", "second@example.test"))
    list(examine_smtp(ward.patient()))
    assert not sink.messages
    lines = {check.name: check for check in examine_smtp(ward.patient(), send_test=True)}
    assert lines["smtp_test"].state == "ok"
    assert [one.rcpt for one in sink.messages] == ["duty@example.test", "second@example.test"]
    assert b"Auto-Submitted: auto-generated" in sink.messages[0].raw


def test_each_server_is_asked_for_one_login(ward: Ward) -> None:
    """Refused logins lock the account: the doctor must not be what locks it."""
    server = ward.netease()
    server.refuse_login = True
    list(examine_imap(ward.patient()))
    assert server.logins == 1


def test_a_refused_login_names_the_file_that_holds_the_password(ward: Ward) -> None:
    refused_at_netease(ward)
    ward.imap["password_file"] = ward.folder / "imap-password"
    (line,) = (check for check in examine_imap(ward.patient()) if check.name == "imap_login")
    assert f"into {ward.folder}/imap-password" in line.remedy


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("echo Failed to connect to bus: No such file or directory >&2; exit 1", "skipped"),
        ("echo LoadState=not-found", "warning"),
    ],
)
def test_systemd_that_may_not_be_asked_is_not_taken_for_one_without_the_service(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, state: str
) -> None:
    """Without D-Bus (Debian installed without its standard tools) systemd answers root alone."""
    (tmp_path / "systemctl").write_text(f"#!/bin/sh\n{answer}\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(machine, "_RUNS_HERE", tmp_path)
    line = machine._watchdog(ward.patient())
    assert (line.state, "systemctl" in f"{line.text} {line.remedy}") == (state, True)


def test_a_password_that_others_can_read_is_seen(ward: Ward) -> None:
    open_password(ward)
    patient = ward.patient()
    assert patient.settings.imap is not None
    patient.settings.imap.read_from(ward.folder / "imap-password")
    (line,) = (check for check in examine_office(patient) if check.name == "secrets")
    assert (line.state, line.remedy.split()[:2]) == ("warning", ["chmod", "600"])
    assert stat.S_IMODE((ward.folder / "imap-password").stat().st_mode) == 0o644  # only told


class Unconfined(InlinePool):
    """Workers of a machine that takes nothing away from them."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()

    def __enter__(self) -> "Unconfined":
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, task: Task) -> Any:
        from concurrent.futures import Future

        future: Future[Any] = Future()
        future.set_result(try_limits(task))
        return future


def test_a_worker_that_reaches_the_network_fails_the_line(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "InspectionPool", Unconfined)
    monkeypatch.setattr("mailbot.doctor.trial._AT_MOST", 0)
    line = machine._workers(ward.patient())
    assert (line.state, "network" in line.text) == ("failed", True)


def test_the_worker_of_this_machine_has_no_network_and_cannot_swell(ward: Ward) -> None:
    line = machine._workers(ward.patient())
    assert (line.state, line.name) == ("ok", "workers"), line
