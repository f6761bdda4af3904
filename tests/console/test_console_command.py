"""`mailbot console` and `mailbot console user` as an operator calls them."""

import json
import re
import socket
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from make.browsing import an_office_console
from make.command_line import mailbot
from pydantic import ValidationError

from mailbot.campaign.types import Campaign
from mailbot.console import serving
from mailbot.errors import TemporaryFault
from mailbot.settings.watching import ConsoleSection


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "box").mkdir()
    text = '[maildir]\npath = "box"\n[outbox]\nmode = "shadow"\n'
    (tmp_path / "mailbot.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_users_are_added_listed_changed_and_removed(office: Path) -> None:
    added = mailbot("console", "user", "add", "王芳", "--role", "clerk", "--print", cwd=office)
    assert added.returncode == 0
    assert re.search(rb"password \(shown once\): ([a-z2-9]{5}-){3}[a-z2-9]{5}", added.stderr)
    again = mailbot("console", "user", "add", "王芳", "--role", "clerk", "--print", cwd=office)
    assert again.returncode == 2
    assert mailbot("console", "user", "add", "李明", "--role", "boss", cwd=office).returncode == 2
    assert mailbot("console", "user", "role", "王芳", "--role", "admin", cwd=office).returncode == 0
    listed = json.loads(mailbot("console", "user", "list", "--json", cwd=office).stdout)
    assert [(one["name"], one["role"]) for one in listed] == [("王芳", "admin")]
    assert mailbot("console", "user", "remove", "nobody", cwd=office).returncode == 1
    trail = json.loads(mailbot("audit", "list", "--json", cwd=office).stdout)
    assert [row["action"] for row in trail] == ["user add", "user role"]
    assert "argon2" not in json.dumps(trail)


def test_it_serves_on_its_port_and_says_when_that_is_taken(
    tmp_path: Path, campaign: Campaign
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with an_office_console(tmp_path, campaign) as browser:
            section = ConsoleSection(port=port)
            settings = browser.settings.model_copy(update={"console": section})
            with pytest.raises(TemporaryFault, match="cannot listen"):
                serving.serve(settings, campaign)
            taken.close()
            server = serving.make_server(settings, campaign)
            with serving.in_a_thread(server):
                while not server.started:
                    threading.Event().wait(0.01)
                with urlopen(f"http://127.0.0.1:{port}/login", timeout=10) as answer:
                    assert "登录" in answer.read().decode()


def test_an_address_that_is_none_of_the_web_is_refused() -> None:
    with pytest.raises(ValidationError, match="is no issuer"):
        ConsoleSection(oidc_issuer="http://login.office.example", oidc_client_id="mailbot")
    with pytest.raises(ValidationError, match="needs oidc_client_id"):
        ConsoleSection(oidc_issuer="https://login.office.example")
    with pytest.raises(ValidationError, match="no address of the web"):
        ConsoleSection(public_url="javascript:alert(1)")


def test_an_address_of_the_net_is_warned_of(tmp_path: Path, campaign: Campaign) -> None:
    with an_office_console(tmp_path, campaign) as browser:
        for section, warned in (
            (ConsoleSection(), False),
            (ConsoleSection(host="0.0.0.0"), True),
            (ConsoleSection(host="0.0.0.0", public_url="https://mailbot.office.example"), False),
        ):
            settings = browser.settings.model_copy(update={"console": section})
            assert bool(serving.warning_of(settings)) is warned


def test_without_settings_it_begins_with_founding_an_office_and_prints_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[object, ConsoleSection]] = []
    monkeypatch.setattr(serving, "serve_app", lambda app, section: served.append((app, section)))
    done = mailbot("console", "--port", "8200", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(rb"at http://127\.0\.0\.1:8200/setup/[\w-]{32}\n", done.stdout)
    assert [section.port for _, section in served] == [8200]
    assert mailbot("console", "--config", "other.toml", cwd=tmp_path).returncode == 2
    assert mailbot("console", "user", "list", cwd=tmp_path).returncode == 2
    assert len(served) == 1
    assert not list(tmp_path.iterdir())
