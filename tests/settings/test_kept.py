"""Settings that were proved are read back beside the ledger; nothing of a secret is written."""

import json
from pathlib import Path

import pytest

from mailbot.errors import SettingsError
from mailbot.settings import sources
from mailbot.settings.section import Secret
from mailbot.settings.sources import KEPT, load_settings
from mailbot.settings.telling import sections

OFFICE = """\
[imap]
host = "imap.163.com"
username = "u@163.com"
password_file = "word"
extra_folders = ["垃圾邮件"]
[office]
addresses = ["Duty@example.test"]
[schedule]
digest = 09:15:00
"""


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    proved: list[Path] = []
    original = sources._proved

    def counted(data: dict[str, object], path: Path) -> object:
        proved.append(path)
        return original(data, path)

    monkeypatch.setattr(sources, "_proved", counted)
    return proved


def office(folder: Path, text: str = OFFICE) -> Path:
    (folder / "var").mkdir(exist_ok=True)
    (folder / "word").write_text("RIGHT-WORD\n")
    (folder / "word").chmod(0o600)
    (folder / "mailbot.toml").write_text(text, encoding="utf-8")
    return folder / "mailbot.toml"


def test_what_is_kept_is_all_that_was_proved(tmp_path: Path, proofs: list[Path]) -> None:
    file = office(tmp_path)
    first, again = load_settings(file), load_settings(file)
    assert len(proofs) == 1
    assert again == first
    assert again is not first
    assert again.imap is not None
    assert again.imap.password.get_secret_value() == "RIGHT-WORD"
    assert again.imap.secret_source == tmp_path / "word"
    assert again.office.addresses == ("duty@example.test",)


def test_another_password_in_its_file_is_read_at_once(tmp_path: Path) -> None:
    file = office(tmp_path)
    load_settings(file)
    (tmp_path / "word").write_text("OTHER\n")
    imap = load_settings(file).imap
    assert imap is not None
    assert imap.password.get_secret_value() == "OTHER"


def test_any_change_is_proved(tmp_path: Path, proofs: list[Path]) -> None:
    load_settings(office(tmp_path))
    load_settings(office(tmp_path, OFFICE.replace("09:15", "09:16")))
    assert len(proofs) == 2
    with pytest.raises(SettingsError, match=r"imap\.hosst"):
        load_settings(office(tmp_path, OFFICE.replace("host", "hosst")))


def test_what_the_environment_names_is_kept_as_long_as_it_names_the_same(
    tmp_path: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_PATHS__DATA", str(tmp_path / "other"))
    monkeypatch.setenv("mailbot_imap__folder", "archive")
    (tmp_path / "other").mkdir()
    file = office(tmp_path)
    first, again = load_settings(file), load_settings(file)
    assert len(proofs) == 1
    assert first == again
    assert again.imap is not None
    assert again.imap.folder == "archive"
    assert (tmp_path / "other" / KEPT).is_file()
    monkeypatch.setenv("mailbot_imap__folder", "INBOX")
    changed = load_settings(file).imap
    assert len(proofs) == 2
    assert changed is not None
    assert changed.folder == "INBOX"
    monkeypatch.setenv("MAILBOT_OUTBOX__MODE", "lve")
    with pytest.raises(SettingsError, match=r"environment: outbox\.mode"):
        load_settings(file)


def test_the_environment_alone_is_kept(
    tmp_path: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILBOT_MAILDIR__PATH", "mails")
    first, again = load_settings(None), load_settings(None)
    assert len(proofs) == 1
    assert first == again
    assert again.paths.data == Path("var")


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("MAILBOT_IMAP__PASSWORD", "SECRET-WORD"),
        ("mailbot_imap__password", "SECRET-WORD"),
        ("MAILBOT_ALERTS__WEBHOOK", "https://x.example/SECRET-WORD"),
        ("MAILBOT_ALERTS", '{"secret": "SECRET-WORD"}'),
    ],
)
def test_where_the_environment_may_hold_a_secret_nothing_is_kept(
    name: str,
    secret: str,
    tmp_path: Path,
    proofs: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, secret)
    file = office(tmp_path)
    load_settings(file)
    load_settings(file)
    assert len(proofs) == 2
    assert not (tmp_path / "var" / KEPT).exists()


@pytest.mark.parametrize(
    "secret",
    [
        '[alerts]\nwebhook = "https://x.example/SECRET-WORD"\n',
        '[console]\noidc_client_secret = "SECRET-WORD"\n',
    ],
)
def test_of_a_file_that_bears_a_secret_nothing_is_kept(tmp_path: Path, secret: str) -> None:
    load_settings(office(tmp_path, f"{OFFICE}{secret}"))
    assert not (tmp_path / "var" / KEPT).exists()


IN_THE_FILE = OFFICE.replace('password_file = "word"', 'password = "SECRET-WORD"')


def test_a_password_in_the_file_is_read_from_there_and_never_kept(
    tmp_path: Path, proofs: list[Path]
) -> None:
    file = office(tmp_path, IN_THE_FILE)
    first, again = load_settings(file), load_settings(file)
    assert first == again
    assert len(proofs) == 2  # with the password for what is wrong with it, without it to be kept
    assert "SECRET" not in (tmp_path / "var" / KEPT).read_text("utf-8")
    changed = load_settings(office(tmp_path, IN_THE_FILE.replace("SECRET", "OTHER")))
    assert len(proofs) == 2
    assert again.imap is not None
    assert changed.imap is not None
    assert again.imap.password.get_secret_value() == "SECRET-WORD"
    assert changed.imap.password.get_secret_value() == "OTHER-WORD"
    assert changed.imap.secret_source == again.imap.secret_source == file


@pytest.mark.parametrize("wrong", ["password = 12345", 'password = "SECRET-WORD"\nhosst = "x"'])
def test_what_is_wrong_beside_a_password_is_told_and_not_kept(tmp_path: Path, wrong: str) -> None:
    load_settings(office(tmp_path, IN_THE_FILE))
    (tmp_path / "var" / KEPT).unlink()
    file = office(tmp_path, IN_THE_FILE.replace('password = "SECRET-WORD"', wrong))
    with pytest.raises(SettingsError, match=r"imap\.(password|hosst)") as told:
        load_settings(file)
    assert "SECRET" not in str(told.value)
    assert not (tmp_path / "var" / KEPT).exists()


def test_what_is_kept_holds_no_secret(tmp_path: Path) -> None:
    load_settings(office(tmp_path))
    kept = (tmp_path / "var" / KEPT).read_text("utf-8")
    assert json.loads(kept)["key"]
    assert "RIGHT-WORD" not in kept


def test_the_list_of_secrets_is_that_of_the_types() -> None:
    secrets = {
        name
        for kind in sections().values()
        for name, field in kind.model_fields.items()
        if field.annotation is Secret
    }
    assert secrets == sources._SECRETS
