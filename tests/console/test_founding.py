"""An office founded in the browser by who has no shell: the folder of init, and the doctor."""

import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from make.chromium import WIDTHS, a_browser, is_wider_than, listening
from make.command_line import mailbot
from make.netease_imap import NeteaseImap
from make.smtp_sink import SmtpSink
from starlette.testclient import TestClient

from mailbot.clock import FrozenClock
from mailbot.console.founding import Founder
from mailbot.console.founding_words import LINES, PROVIDER_NAMES
from mailbot.doctor import machine
from mailbot.doctor.check import Check
from mailbot.doctor.examine import examine
from mailbot.settings.providers import PROVIDERS
from mailbot.settings.sources import load_settings
from mailbot.settings.watching import ConsoleSection

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ADDRESS = "yingji@163.example"
FORM = {
    "step": "2",
    "address": ADDRESS,
    "imap": "127.0.0.1",
    "smtp": "127.0.0.1",
    "office": "duty@example.test，second@example.test",
}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[NeteaseImap, SmtpSink]]:
    """A mailbox and a way out on loopback; the worker of the doctor has a test of its own."""
    monkeypatch.setattr(machine, "_workers", lambda _: Check("workers", "ok", "confined"))
    with NeteaseImap() as imap, SmtpSink() as sink:
        for key, value in (
            ("IMAP__PORT", imap.port),
            ("IMAP__SECURITY", "none"),
            ("SMTP__PORT", sink.port),
            ("SMTP__SECURITY", "none"),
            ("SMTP__USERNAME", ""),
        ):
            monkeypatch.setenv(f"MAILBOT_{key}", str(value))
        yield imap, sink


@pytest.fixture
def founder(tmp_path: Path) -> Founder:
    return Founder(tmp_path / "office", ConsoleSection(), FrozenClock(NOW))


def browsing(founder: Founder) -> TestClient:
    return TestClient(founder, base_url="http://127.0.0.1:8163", follow_redirects=False)


def ask(founder: Founder, form: dict[str, str]) -> Any:
    return browsing(founder).post(founder.address, data=form)


def test_the_servers_follow_from_the_address_and_where_the_word_is_made_is_said(
    founder: Founder,
) -> None:
    assert "邮箱服务商" in browsing(founder).get(founder.address).text
    page = ask(founder, {"step": "1", "address": "zzajyj@163.com"}).text
    assert 'value="imap.163.com"' in page
    assert PROVIDERS["163"].made_in in page
    assert PROVIDERS["163"].old_mail in page
    page = ask(founder, {"step": "1", "address": "a@x.gov.cn", "provider": "exmail"}).text
    assert 'value="imap.exmail.qq.com"' in page
    assert 'value="imap.x.gov.cn"' in ask(founder, {"step": "1", "address": "a@x.gov.cn"}).text
    assert set(PROVIDER_NAMES) >= set(PROVIDERS)


def test_what_is_written_is_what_init_writes_and_every_line_of_the_doctor_is_shown(
    tmp_path: Path,
    founder: Founder,
    servers: tuple[NeteaseImap, SmtpSink],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imap, sink = servers
    seen: list[Check] = []

    def noted(file: Path, now: datetime) -> list[Check]:
        seen.extend(examine(file, now))
        return seen

    monkeypatch.setattr("mailbot.console.founding.examine", noted)
    page = ask(founder, FORM | {"secret": imap.password})
    assert page.status_code == 200, page.text
    options = ("--imap-host", "127.0.0.1", "--smtp-host", "127.0.0.1", "--no-login")
    readers = ("--office", "duty@example.test", "--office", "second@example.test")
    by_command = tmp_path / "init"
    mailbot("init", ADDRESS, *options, *readers, "--dir", str(by_command), cwd=tmp_path)
    office = tmp_path / "office"
    assert (office / "mailbot.toml").read_text() == (by_command / "mailbot.toml").read_text()
    assert (office / "imap-password").read_text() == f"{imap.password}\n"
    assert (office / "imap-password").stat().st_mode & 0o777 == 0o600
    assert imap.password not in page.text
    assert not sink.messages
    settings = load_settings(office / "mailbot.toml")
    assert settings.outbox.mode == "shadow"
    assert {check.name for check in seen} >= {"rules", "imap_login", "smtp_from", "ledger"}
    shown = unescape(page.text)
    for check in seen:
        title, todo = LINES[check.name]
        assert f"{title}{'：' + todo if check.remedy else ''}" in shown
        assert check.text in shown
        assert check.remedy in shown
    states = re.findall('data-state="([a-z]+)"', page.text)
    assert len(states) == len(seen)
    order = ["failed", "warning", "ok", "skipped"]
    assert states == sorted(states, key=order.index)  # what has to be done comes first


def test_from_then_on_it_is_the_office_console_at_the_first_admin(
    founder: Founder, servers: tuple[NeteaseImap, SmtpSink]
) -> None:
    page = ask(founder, FORM | {"secret": servers[0].password}).text
    (first,) = re.findall(r'href="(http://127\.0\.0\.1:8163/first/[^"]+)"', page)
    client = browsing(founder)
    token = re.findall(r'name="csrf" value="(\w+)"', client.get(first).text)[0]
    word = "correct horse battery"
    form = {"csrf": token, "name": "王芳", "password": word, "again": word}
    assert client.post(first, data=form).headers["location"] == "/"
    assert client.get("/todo").status_code == 200
    assert browsing(founder).get(founder.address).status_code == 404


def test_a_refused_login_is_told_with_its_remedy_and_nothing_is_written(
    tmp_path: Path, founder: Founder, servers: tuple[NeteaseImap, SmtpSink]
) -> None:
    imap, _ = servers
    page = ask(founder, FORM | {"secret": "WRONG"})
    assert (page.status_code, imap.logins) == (400, 1)
    assert LINES["imap_login"][1] in page.text
    assert re.findall('data-state="([a-z]+)"', page.text) == ["failed"]
    assert "mailbot-founding" not in page.text  # the folder in which it was tried
    assert "WRONG" not in page.text
    assert not (tmp_path / "office").exists()
    saved = ask(founder, FORM | {"secret": "WRONG", "anyway": "1"})
    assert saved.status_code == 200
    assert (tmp_path / "office" / "imap-password").read_text() == "WRONG\n"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"address": "nobody"}, "邮箱地址不完整"),
        ({"office": "duty"}, "简报收件人"),
        ({"secret": ""}, "请填写授权码"),
        ({"rules": "/nowhere"}, "规则文件夹"),
        ({"address": "<b>@163.com"}, "邮箱地址不完整"),
    ],
)
def test_what_is_filled_in_wrong_is_named_and_nothing_is_asked_or_written(
    tmp_path: Path, founder: Founder, change: dict[str, str], word: str
) -> None:
    page = ask(founder, FORM | {"secret": "WORD"} | change)
    assert (page.status_code, word in page.text) == (400, True)
    assert "<b>" not in page.text.replace("<b>未", "")
    assert not (tmp_path / "office").exists()


def test_only_the_printed_address_lets_in_and_for_an_hour(tmp_path: Path, founder: Founder) -> None:
    client = browsing(founder)
    for path in ("/", "/setup/", "/setup/x", "/login", "/todo", f"{founder.address}x"):
        assert client.get(path).status_code == 404, path
        assert client.post(path, data=FORM).status_code in (404, 405), path
    other = TestClient(founder, base_url="http://evil.example")
    assert other.get(founder.address.replace("127.0.0.1:8163", "evil.example")).status_code == 400
    large = client.post(founder.address, data={"address": "a" * 100_000})
    assert large.status_code == 413
    clock = FrozenClock(NOW)
    late = Founder(tmp_path, ConsoleSection(), clock)
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert browsing(late).get(late.address).status_code == 404
    assert client.get(founder.address).headers["content-security-policy"]


def test_an_office_that_is_there_stays_as_it_is(tmp_path: Path, founder: Founder) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "mailbot.toml").write_text("# mine")
    page = ask(founder, FORM | {"secret": "WORD", "anyway": "1"})
    assert (page.status_code, "is there already" in page.text) == (400, True)
    assert (tmp_path / "office" / "mailbot.toml").read_text() == "# mine"


def test_in_a_browser_without_script_an_office_is_founded(
    tmp_path: Path, servers: tuple[NeteaseImap, SmtpSink]
) -> None:
    imap, _ = servers
    with a_browser() as chromium:
        founder = Founder(tmp_path / "office", ConsoleSection(), FrozenClock(NOW))
        app: Any = founder  # an ASGI application, by what it answers
        with listening(app) as address:
            tab = chromium.new_context(
                viewport={"width": WIDTHS[0], "height": 900}, java_script_enabled=True
            ).new_page()
            tab.goto(founder.address.replace("http://127.0.0.1:8163", address))
            tab.fill("[name=address]", ADDRESS)
            tab.click("button.main")
            tab.fill("[name=imap]", "127.0.0.1")
            tab.fill("[name=smtp]", "127.0.0.1")
            tab.fill("[name=secret]", imap.password)
            assert not is_wider_than(tab, WIDTHS[0])
            tab.click("button.main")
            assert "已保存" in tab.inner_text("h2")
            assert not is_wider_than(tab, WIDTHS[0])
            first = tab.get_attribute("a.button", "href") or ""
            tab.goto(first.replace("http://127.0.0.1:8163", address))
            assert "设立管理员" in tab.inner_text("main")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lay root down")
def test_what_root_founds_for_the_service_is_served_as_its_account() -> None:
    program = (
        "import os\nfrom mailbot.settings import founding\nfounding.ACCOUNT = 'nobody'\n"
        "founding.become_account()\nprint(os.getresuid(), os.getgroups())\nos.setuid(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    nobody = pwd.getpwnam("nobody").pw_uid
    assert done.stdout.decode().strip() == f"{(nobody,) * 3} []"
    assert b"Operation not permitted" in done.stderr
