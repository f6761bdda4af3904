"""Settings: what is read, what wins, and the one line that says what is wrong."""

import os
import tomllib
from pathlib import Path

import pytest

from mailbot.errors import SettingsError
from mailbot.settings.sources import find_settings, load_settings
from mailbot.settings.types import Settings

MINIMAL = """
[imap]
host = "imap.example.test"
username = "Office@example.test"
password = "from the file"
[smtp]
host = "smtp.example.test"
from_address = "Office@Example.test"
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in list(os.environ):
        if key.startswith("MAILBOT_"):
            monkeypatch.delenv(key)


def written(folder: Path, text: str) -> Path:
    path = folder / "mailbot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_those_of_the_contract(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, MINIMAL))
    assert settings.imap is not None
    assert settings.smtp is not None
    assert (settings.imap.port, settings.imap.security, settings.imap.folder) == (
        993,
        "tls",
        "INBOX",
    )
    assert (settings.imap.after_processing, settings.imap.extra_folders) == ("keep", ())
    assert (settings.smtp.port, settings.smtp.security, settings.smtp.username) == (465, "tls", "")
    assert (settings.smtp.daily_limit, settings.smtp.per_address_daily_limit) == (200, 20)
    assert settings.smtp.null_return_path is False
    assert settings.schedule.timezone == "Asia/Shanghai"
    assert (settings.schedule.poll_seconds, f"{settings.schedule.digest:%H:%M}") == (60, "08:30")
    assert (settings.outbox.mode, settings.outbox.settle_seconds) == ("live", 120)
    assert settings.office.addresses == ()


def test_relative_paths_are_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = MINIMAL.replace('password = "from the file"', 'password_file = "secret"')
    path = written(tmp_path, text + '[campaign]\nrules = "rules/x"\n')
    (tmp_path / "secret").write_text("geheim \n")
    monkeypatch.chdir("/")
    settings = load_settings(path)
    assert settings.paths.data == tmp_path / "var"
    assert settings.campaign.rules == tmp_path / "rules/x"
    assert settings.imap is not None
    assert settings.imap.password.get_secret_value() == "geheim "


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_IMAP__PASSWORD", "from the environment")
    monkeypatch.setenv("MAILBOT_OUTBOX__SETTLE_SECONDS", "0")
    monkeypatch.setenv("MAILBOT_OFFICE__ADDRESSES", '["a@example.test"]')
    settings = load_settings(written(tmp_path, MINIMAL))
    assert settings.imap is not None
    assert settings.imap.password.get_secret_value() == "from the environment"
    assert settings.outbox.settle_seconds == 0
    assert settings.office.addresses == ("a@example.test",)


def test_the_environment_can_bring_a_whole_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_MAILDIR__PATH", str(tmp_path))
    settings = load_settings(written(tmp_path, "[outbox]\nmode = 'shadow'\n"))
    assert settings.maildir is not None
    assert settings.maildir.path == tmp_path


def test_ours_are_from_address_login_and_the_campaigns_mailbox(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, MINIMAL))
    assert settings.own_addresses("ZZajyj@163.com") == {"office@example.test", "zzajyj@163.com"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[imap]\nhost = 1", "imap.host"),
        (MINIMAL + "[surprise]\n", "surprise"),
        (MINIMAL + "daily_limitt = 3\n", "smtp.daily_limitt"),
        (MINIMAL + "port = 0\n", "smtp.port"),
        (MINIMAL.replace("Office@Example.test", "nobody"), "smtp.from_address"),
        (MINIMAL + "[office]\naddresses = ['x']\n", "office.addresses"),
        (MINIMAL + "[schedule]\ntimezone = 'Mars/Olympus'\n", "schedule.timezone"),
        (MINIMAL + "[maildir]\npath = 'x'\n", "exactly one"),
        ("[smtp]\nhost='x'\nfrom_address='a@b.test'\n", "exactly one"),
        (MINIMAL + "[imap]", "twice"),
        (MINIMAL.replace('password = "from', 'after_processing = "move" #'), "move_to"),
        (MINIMAL + "password_file = 'not there'\n", "password_file"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, text))
    assert said in str(caught.value)
    assert "mailbot.toml" in str(caught.value)
    assert "from the file" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("username = zzajyj@163.com", ("line 3, imap.username", 'username = "zzajyj@163.com"')),
        ('username = "zzajyj', ("imap.username", 'username = "zzajyj"')),
        ("username = “zzajyj@163.com”", ("imap.username", 'username = "zzajyj@163.com"')),
        ('username： "a@b"', ("line 3", 'username = "a@b"')),
        ('username: "a@b"', ("imap.username", 'username = "a@b"')),
        ("username =", ("imap.username", "a value is missing")),
        ("allow_cleartext = True", ("imap.allow_cleartext", "allow_cleartext = true")),
        ("allow_cleartext = no", ("imap.allow_cleartext", "allow_cleartext = false")),
        (r'ca_file = "C:\Users\ca.pem"', ("imap.ca_file", r"ca_file = 'C:\Users\ca.pem'")),
        ('extra_folders = ["垃圾邮件"', ("imap.extra_folders", "ends with ]")),
        ('host = "b"', ("imap.host", "second time")),
        ("[smtp", ("line 3", "[smtp]")),
        ('user = "a@b"', ("imap.user", "username")),
        ('hots = "a"', ("imap.hots", "meant is probably host")),
        ('from_address = "a@b.test"', ("imap.from_address", "belongs below [smtp]")),
        ("port = 0", ("imap.port", "993 for tls")),
        ("[outbx]\nmode = 'live'", ("outbx", "[outbox] is a section")),
        ("[office]\nadress = []", ("office.adress", "meant is probably addresses")),
        ("[office]\nzzz = 1", ("office.zzz", "[office] has addresses")),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_what_to_write(
    tmp_path: Path, line: str, said: tuple[str, str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, f'[imap]\nhost = "a"\n{line}\n'))
    assert "\n" not in str(caught.value)
    for words in said:
        assert words in str(caught.value)


def test_a_file_of_the_windows_editor_is_read_and_one_in_gbk_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_settings(path).imap is not None
    path.write_bytes("[smtp]\nfrom_name = '郑州市安委办'".encode("gb18030"))
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_settings(path)


@pytest.mark.parametrize(
    ("key", "value"), [("mode", "lively"), ("moed", "live"), ("settle_seconds", "soon")]
)
def test_what_is_wrong_in_the_environment_is_not_looked_for_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(f"MAILBOT_OUTBOX__{key.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings(written(tmp_path, MINIMAL + '[outbox]\nmode = "shadow"\n'))
    assert str(caught.value).startswith(f"environment: outbox.{key}: ")


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, MINIMAL))
    assert "from the file" not in repr(settings)


def test_no_settings_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"mailbot\.toml"):
        find_settings(None)
    monkeypatch.setenv("MAILBOT_CONFIG", str(written(tmp_path, MINIMAL)))
    assert find_settings(None) == tmp_path / "mailbot.toml"


def test_a_mailbox_in_the_environment_needs_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILBOT_MAILDIR__PATH", "mail")
    monkeypatch.setenv("MAILBOT_OUTBOX__MODE", "shadow")
    found = find_settings(None)
    assert found is None
    settings = load_settings(found)
    assert settings.maildir is not None
    assert settings.maildir.path == Path("mail")
    assert settings.outbox.mode == "shadow"
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        find_settings(Path("missing.toml"))
    monkeypatch.setenv("MAILBOT_OUTBOX__MODE", "loud")
    with pytest.raises(SettingsError, match=r"environment: outbox\.mode"):
        load_settings(None)


def test_the_example_configuration_is_valid_and_names_only_real_keys(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "deploy" / "mailbot.toml.example"
    data = tomllib.loads(example.read_text(encoding="utf-8"))
    (tmp_path / "password").write_text("x")
    for section in ("imap", "smtp"):
        data[section]["password_file"] = tmp_path / "password"
    assert Settings(**data).imap is not None


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o640, 1), (0o644, 1)])
def test_a_password_file_that_others_can_read_draws_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, told: int
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(mode)
    text = MINIMAL.replace('password = "from the file"', 'password_file = "secret"')
    load_settings(written(tmp_path, text))
    assert caplog.text.count("chmod 600") == told
