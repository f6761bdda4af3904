"""What takes longer than two seconds says how far it is; what does not is silent."""

import os
from pathlib import Path

import pytest
from make.command_line import mailbot
from make.office import a_mail

from mailbot.cli import waiting
from mailbot.cli.terminal import Terminal


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    for number in (1, 2):
        mail = tmp_path / "mail" / f"{number}.eml"
        mail.write_bytes(a_mail(message_id=f"<{number}@x.test>"))
        os.utime(mail, (1499050000 + number, 1499050000 + number))
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n[limits]\nworkers = 1\n"
    )
    return tmp_path


def test_the_first_fetch_verify_backup_and_restore_say_how_far_they_are(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_S", -1)
    monkeypatch.setattr(waiting, "_LINE_EVERY_S", 0)
    taken = mailbot("tick", "--json", cwd=office)
    said = taken.stderr.decode()
    assert "taking mail in: 0 of 2 mails" in said
    assert "taking mail in: 1 of 2 mails" in said
    assert "taking mail in" not in taken.stdout.decode()
    for command in (("backup", "copy"), ("verify",), ("restore", "copy", "--replace")):
        done = mailbot(*command, cwd=office)
        assert done.returncode == 0
        assert f"{command[0]}: 0 of 0 MB" in done.stderr.decode()


def test_what_is_over_soon_is_silent(office: Path) -> None:
    with waiting.shown("verify") as tell, waiting.still("judging"):
        tell(1, 2)
    assert mailbot("tick", cwd=office).stderr.decode().count("mails") == 0


def test_on_a_terminal_it_is_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes the stream for a terminal
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(Terminal, "is_terminal", True)
    monkeypatch.setattr(waiting, "_PATIENCE_S", -1)
    with waiting.shown("verify") as tell:
        tell(5_000_000, 10_000_000)
    said = capsys.readouterr().err
    assert "━" in said
    assert "5 of 10 MB" in said
