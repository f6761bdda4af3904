"""A password goes to the server that asks for it and nowhere else.

The servers here refuse the login and repeat the password in their refusal, as some do; then
everything mailbot wrote is searched for it: output, logs, tracebacks, ledger, mails, files.
"""

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.odd_imap import OddImap
from make.office import OUR_ADDRESS, a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport, SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.errors import MailbotError, SettingsError
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.outbox.delivery.transport import SmtpTransport
from mailbot.report.digest.sending import send_digest
from mailbot.settings.mail import Imap, Smtp
from mailbot.settings.sources import load_settings
from mailbot.settings.types import Settings

SENTINEL = "Geheim-hQ7zT3xK9w"
# As it is, as AUTH LOGIN sends it, and as it stands in AUTH PLAIN's base64 at each offset.
FORMS = tuple(
    {
        SENTINEL.encode(),
        base64.b64encode(SENTINEL.encode()),
        *(base64.b64encode(b"\0" * pad + SENTINEL.encode())[4:-4] for pad in range(3)),
    }
)


def leaks(octets: bytes) -> list[bytes]:
    return [form for form in FORMS if form in octets]


def leaks_below(folder: Path) -> list[str]:
    return [
        f"{path.relative_to(folder)}: {form!r}"
        for path in folder.rglob("*")
        if path.is_file()
        for form in leaks(path.read_bytes())
    ]


@pytest.fixture
def refusing_imap() -> Iterator[OddImap]:
    with OddImap() as server:
        server.answers["LOGIN"] = [
            (b"", f"NO LOGIN failed for yingji with password {SENTINEL}"),
        ]
        yield server


def config(folder: Path, imap_port: int, smtp_port: int) -> Path:
    (folder / "secret").write_text(SENTINEL + "\n")
    path = folder / "mailbot.toml"
    path.write_text(
        f"""
[imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "yingji@163.example"
password_file = "secret"
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = "yingji"
password_file = "secret"
from_address = "{OUR_ADDRESS}"
[office]
addresses = ["duty@example.test"]
alerts = true
"""
    )
    return path


def mailbot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore", "-m", "mailbot", "-v", *arguments],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
        env=clean,
    )


def test_refused_logins_leave_the_password_in_no_output_and_no_file(
    tmp_path: Path, refusing_imap: OddImap
) -> None:
    with SmtpSink(credentials={"yingji": "another"}) as sink:
        sink.script("auth", 535, f"authentication failed: {SENTINEL} is wrong", times=9)
        config(tmp_path, refusing_imap.port, sink.port)
        told = [
            mailbot(tmp_path, *words)
            for words in (
                ("tick", "--json"),
                ("digest", "--send"),
                ("status", "--json"),
                ("outbox", "list", "--json"),
                ("digest", "--html", "digest.html"),
            )
        ]
    assert refusing_imap.commands, "the password was never asked for: the test tries nothing"
    said = b"".join(done.stdout + done.stderr for done in told)
    assert b"refuses the login" in said
    assert b"authentication failed: ***" in (tmp_path / "digest.html").read_bytes()
    assert leaks(said) == []
    (tmp_path / "secret").unlink()
    assert leaks_below(tmp_path) == []


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    """Each form the password takes on the wire would be found, also in the middle of a line."""
    login = base64.b64encode(f"\0yingji\0{SENTINEL}".encode())
    for form in (SENTINEL.encode(), base64.b64encode(SENTINEL.encode()), login):
        (tmp_path / "log").write_bytes(b"x" + form + b"y")
        assert leaks_below(tmp_path)


def test_debug_logs_of_every_library_are_silent_about_it(
    refusing_imap: OddImap, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox = open_imap(**refusing_imap.settings | {"password": SENTINEL})
    with pytest.raises(MailbotError) as refused:
        mailbox.list_messages("INBOX", datetime(2017, 7, 1, tzinfo=UTC), lambda _: ())
    with SmtpSink(credentials={"yingji": "another"}) as sink:
        way_out = SmtpTransport(sink.host, sink.port, "none", None, "yingji", SENTINEL)
        with pytest.raises(MailbotError) as unsent:
            way_out.send(b"Subject: x\r\n\r\n", OUR_ADDRESS, "a@example.com")
    assert sink.logins == ["yingji"]
    for error in (refused.value, unsent.value):
        assert leaks(f"{error} {error!r} {vars(error)}".encode()) == []
    assert leaks(caplog.text.encode()) == []


def test_settings_show_no_secret_however_they_are_printed(tmp_path: Path) -> None:
    settings = load_settings(config(tmp_path, 1, 2))
    assert settings.imap is not None
    assert settings.imap.password.get_secret_value() == SENTINEL
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert leaks(shown.encode()) == []


@pytest.mark.parametrize("key", ["imap.password", "imap.passwort", "smtp.password"])
def test_a_settings_error_quotes_no_value(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt key, or a secret of the wrong type, is named without what stands behind it."""
    path = config(tmp_path, 1, 2)
    section, name = key.split(".")
    value = f"['{SENTINEL}']" if name == "password" else f"'{SENTINEL}'"
    text = path.read_text().replace('password_file = "secret"\n', "")
    path.write_text(text.replace(f"[{section}]", f"[{section}]\n{name} = {value}"))
    with pytest.raises(SettingsError, match=key) as refused:
        load_settings(path)
    assert leaks(str(refused.value).encode()) == []
    monkeypatch.setenv("MAILBOT_SMTP__PORT", SENTINEL)
    with pytest.raises(SettingsError) as refused:
        load_settings(config(tmp_path, 1, 2))
    assert leaks(str(refused.value).encode()) == []


def test_a_fault_in_the_middle_of_a_pass_leaves_none_in_ledger_or_log(
    tmp_path: Path, campaign: Campaign, caplog: pytest.LogCaptureFixture
) -> None:
    """A traceback is logged with a program error: it shows lines of code, never values."""
    caplog.set_level(logging.DEBUG)
    plain = settings_for(tmp_path)
    smtp = Smtp(host="127.0.0.1", from_address=OUR_ADDRESS, username="u", password=SENTINEL)
    settings = plain.model_copy(update={"smtp": smtp})
    box = FakeMailbox()
    moment = campaign.deadline
    box.deliver(a_mail(), moment)
    clock, way_out = FrozenClock(moment), MemoryTransport()
    way_out.faults.append(RuntimeError("the library failed"))
    with an_office(tmp_path, campaign, box, way_out, clock, settings=settings) as office:
        office.tick()
    assert leaks_below(tmp_path) == []
    assert leaks(caplog.text.encode()) == []


# -- private on the disk


@pytest.mark.parametrize("before", [None, 0o755, 0o777])
def test_the_data_folder_is_private_whatever_the_umask(
    tmp_path: Path, campaign: Campaign, before: int | None
) -> None:
    settings = settings_for(tmp_path)
    if before is not None:
        settings.paths.data.mkdir()
        settings.paths.data.chmod(before)
    office_settings = settings.model_copy(
        update={"office": settings.office.model_copy(update={"addresses": ("d@example.test",)})}
    )
    box = FakeMailbox()
    moment = campaign.deadline
    box.deliver(a_mail(files={"金水区演练方案.txt": "方案".encode()}), moment)
    umask = os.umask(0)
    try:
        with an_office(
            tmp_path, campaign, box, MemoryTransport(), FrozenClock(moment),
            settings=office_settings,
        ) as office:  # fmt: skip
            office.tick()
            send_digest(office.ledger, campaign, office_settings, moment)
            inside = list(settings.paths.data.rglob("*"))
            open_to_others = [
                (path.name, oct(path.stat().st_mode))
                for path in (settings.paths.data, *inside)
                if path.stat().st_mode & 0o077
            ]
    finally:
        os.umask(umask)
    names = {path.name for path in inside}
    assert {"ledger.db", "ledger.db-wal", "answer.key", "spool", "files"} <= names
    assert open_to_others == []


# -- in clear only where it is forced


def clear(**changed: object) -> dict[str, object]:
    return {"host": "mail.office.example", "security": "none", **changed}


@pytest.mark.parametrize("host", ["mail.office.example", "10.0.0.1", "127.0.0.1.example.com"])
def test_no_login_crosses_the_net_in_clear_unless_forced(host: str) -> None:
    for make in (
        lambda **more: Smtp.model_validate(clear(host=host, from_address=OUR_ADDRESS, **more)),
        lambda **more: Imap.model_validate(clear(host=host, username="u", **more)),
    ):
        with pytest.raises(ValueError, match="loopback"):
            make()
        assert make(allow_cleartext=True).security == "none"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_loopback_needs_no_force(host: str) -> None:
    assert Smtp.model_validate(clear(host=host, from_address=OUR_ADDRESS)).host == host


def test_forcing_reaches_the_connection() -> None:
    account = {"port": 143, "ca_file": "", "username": "u", "password": "p", "folder": "INBOX"}
    options: dict[str, Any] = {
        **account,
        "host": "mail.office.example",
        "security": "none",
        "extra_folders": (),
    }
    with pytest.raises(SettingsError, match="loopback"):
        open_imap(**options)
    assert open_imap(**options, allow_cleartext=True).name == "u@mail.office.example"


def test_tls_is_the_default_and_verified(tmp_path: Path) -> None:
    settings = Settings(
        imap=Imap(host="imap.example", username="u"),
        smtp=Smtp(host="smtp.example", from_address=OUR_ADDRESS),
    )
    assert settings.imap is not None
    assert settings.smtp is not None
    assert (settings.imap.security, settings.smtp.security) == ("tls", "tls")
    assert json.loads(settings.model_dump_json())["imap"]["allow_cleartext"] is False
