"""`mailbot init`: a folder that runs, its providers, and the login tried at once."""

import io
import shutil
import sys
from pathlib import Path

import pytest
from make.command_line import mailbot
from make.netease_imap import NeteaseImap
from make.smtp_sink import SmtpSink

from mailbot.settings import founding
from mailbot.settings.providers import PROVIDERS, provider_at, provider_of
from mailbot.settings.sources import load_settings
from mailbot.settings.types import Settings


def written(folder: Path) -> Settings:
    (folder / "imap-password").write_text("x")
    (folder / "imap-password").chmod(0o600)
    return load_settings(folder / "mailbot.toml")


@pytest.mark.parametrize(
    ("address", "options", "imap", "smtp", "port"),
    [
        ("a@163.com", (), "imap.163.com", "smtp.163.com", 465),
        ("a@126.com", (), "imap.126.com", "smtp.126.com", 465),
        ("a@qq.com", (), "imap.qq.com", "smtp.qq.com", 465),
        ("a@foxmail.com", (), "imap.qq.com", "smtp.qq.com", 465),
        ("a@139.com", (), "imap.139.com", "smtp.139.com", 465),
        ("a@outlook.com", (), "outlook.office365.com", "smtp.office365.com", 587),
        ("a@x.gov.cn", ("exmail",), "imap.exmail.qq.com", "smtp.exmail.qq.com", 465),
        ("a@x.gov.cn", ("aliyun",), "imap.qiye.aliyun.com", "smtp.qiye.aliyun.com", 465),
        ("a@x.gov.cn", ("plain",), "imap.x.gov.cn", "smtp.x.gov.cn", 465),
        ("a@x.gov.cn", (), "imap.x.gov.cn", "smtp.x.gov.cn", 465),
    ],
)
def test_the_servers_follow_from_the_address_or_the_provider(
    tmp_path: Path, address: str, options: tuple[str, ...], imap: str, smtp: str, port: int
) -> None:
    chosen = [word for name in options for word in ("--provider", name)]
    done = mailbot("init", address, *chosen, "--office", "d@example.test", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    settings = written(tmp_path)
    assert settings.imap is not None
    assert settings.smtp is not None
    assert (settings.imap.host, settings.smtp.host, settings.smtp.port) == (imap, smtp, port)
    assert settings.smtp.from_address == settings.imap.username == address
    assert settings.office.addresses == ("d@example.test",)
    assert settings.outbox.mode == "shadow"


def test_every_provider_is_found_by_its_servers_and_says_where_the_word_is_made() -> None:
    for provider in PROVIDERS.values():
        assert provider_at(provider.imap) is provider_at(provider.smtp) is provider
        assert provider.made_in or provider.note
        for domain in provider.domains:
            assert provider_of(f"a@{domain}") is provider


def test_for_the_service_it_writes_what_the_unit_expects(
    tmp_path: Path, rules_folder: Path
) -> None:
    """No path of this checkout, of /home or relative to where it was called is left in it."""
    own = Path(shutil.copytree(rules_folder, tmp_path / "home" / "drill"))
    done = mailbot(
        *("init", "a@163.com", "--system", "--dir", "etc", "--data", "lib"),
        *("--rules", str(own), "--no-login"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(own)
    settings = written(tmp_path / "etc")
    assert settings.paths.data == (tmp_path / "lib").resolve()
    assert settings.campaign.rules == (tmp_path / "etc" / "rules" / "drill").resolve()
    assert (tmp_path / "lib").stat().st_mode & 0o077 == 0
    assert mailbot("--config", "etc/mailbot.toml", "status", cwd=tmp_path).returncode == 0


def test_the_unit_and_init_agree_on_their_places() -> None:
    unit = (Path(__file__).parents[2] / "deploy" / "mailbot.service").read_text("utf-8")
    assert f"--config {founding.SYSTEM}/mailbot.toml run" in unit
    assert f"User={founding.ACCOUNT}" in unit
    assert f"StateDirectory={founding.SYSTEM_DATA.name}" in unit


@pytest.mark.parametrize("refuses", [False, True])
def test_the_login_is_tried_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    with NeteaseImap() as imap, SmtpSink() as sink:
        imap.refuse_login = refuses
        ways = {
            "MAILBOT_IMAP__PORT": str(imap.port),
            "MAILBOT_IMAP__SECURITY": "none",
            "MAILBOT_SMTP__PORT": str(sink.port),
            "MAILBOT_SMTP__SECURITY": "none",
            "MAILBOT_SMTP__USERNAME": "",
        }
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{imap.password}\n"))
        done = mailbot(
            *("init", "yingji@163.example", "--imap-host", "127.0.0.1"),
            *("--smtp-host", "127.0.0.1", "--password-stdin"),
            cwd=tmp_path,
            **ways,  # type: ignore[arg-type]
        )
    told = done.stdout.decode()
    assert imap.logins == 1
    assert done.returncode == int(refuses), told
    assert ("imap_login" in told) == refuses
    assert ("授权码" in told and "mailbot resume" in told) == refuses
    assert ("logged in at both servers" in told) != refuses
    assert (tmp_path / "imap-password").read_text() == "SHOUQUANMA\n"
    assert (tmp_path / "imap-password").stat().st_mode & 0o777 == 0o600
    assert imap.password not in told


def test_on_a_terminal_it_asks_for_what_it_was_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address, who reads the digest, and the word for programs, which is not echoed."""
    asked: list[tuple[str, bool]] = []
    answers = iter(["office@qq.com", "duty@example.test，second@example.test", "SIXTEEN"])

    def prompt(question: str, hide_input: bool = False, **_: object) -> str:
        asked.append((question, hide_input))
        return next(answers)

    monkeypatch.setattr("mailbot.cli.setup.click.prompt", prompt)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    done = mailbot("init", "--no-login", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [hidden for _, hidden in asked] == [False, False, True]
    assert "网页邮箱：设置 → 账号" in done.stdout.decode()  # before it asks for the word
    settings = load_settings(tmp_path / "mailbot.toml")
    assert settings.imap is not None
    assert settings.imap.username == "office@qq.com"
    assert settings.imap.password.get_secret_value() == "SIXTEEN"
    assert settings.office.addresses == ("duty@example.test", "second@example.test")


def test_what_is_wrong_is_said_before_anything_is_written(tmp_path: Path) -> None:
    unnamed: tuple[str, ...] = ()
    other = ("a@b.test", "--provider", "nobody")
    for wrong in (other, ("nobody",), unnamed, ("a@b.test", "--office", "x")):
        done = mailbot("init", *wrong, cwd=tmp_path)
        assert (done.returncode, list(tmp_path.iterdir())) == (2, []), wrong


def test_a_second_init_says_how_the_first_is_changed(tmp_path: Path) -> None:
    assert mailbot("init", "a@163.com", "--no-login", cwd=tmp_path).returncode == 0
    before = (tmp_path / "mailbot.toml").read_bytes()
    again = mailbot("init", "a@163.com", "--no-login", cwd=tmp_path)
    assert again.returncode == 2
    for word in (b"imap-password", b"mailbot resume", b"move the file away"):
        assert word in again.stderr
    assert (tmp_path / "mailbot.toml").read_bytes() == before
