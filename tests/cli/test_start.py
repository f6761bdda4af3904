"""What a command costs before it does anything: nothing is imported that it does not need."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from mailbot.campaign.compiled import checked_campaign, compiled_campaign
from mailbot.campaign.shipped import shipped_rules
from mailbot.cli.commands import PLACES, load
from mailbot.ledger.dossiers import store_dossier
from mailbot.ledger.store import open_ledger
from mailbot.model import Dossier, DossierState, Punctuality
from mailbot.settings.sources import load_settings

# What reads files, renders answers, draws or alters tables: slow to import, of no use here.
HEAVY = {
    "PIL",
    "apscheduler",
    "jinja2",
    "mailparser",
    "numpy",
    "openpyxl",
    "pdfplumber",
    "py7zr",
    "pydantic_settings",
    "pymap",
    "pymediainfo",
    "pypdfium2",
    "rich",
    "sqlite_utils",
    "structlog",
    "typer",
}
# What proves a folder of rules, once (campaign/compiled.py).
PROVING = {"yaml", "re2", "mailbot.campaign.folder", "mailbot.campaign.proving"}
# What speaks to servers other than those that the settings name.
NETS = {"imapclient", "ssl", "smtplib", "urllib.request", "mailbot.outbox.delivery.webhook"}
# What judges, where nothing came: many grammars are compiled there.
JUDGING = {"mailbot.judgement.form", "mailbot.judgement.writing", "mailbot.outbox.compose"}
# What starts processes that read files.
READING = {"multiprocessing", "mailbot.inspection.workers.pool", "mailbot.inspection.tree"}


A_DOSSIER = Dossier("金水区", True, DossierState.NOTHING, Punctuality.PENDING, {})


def imported_by(*arguments: str) -> set[str]:
    """The modules a command has imported when it ends."""
    script = (
        "import sys, atexit\n"
        "from mailbot.cli.app import main\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['mailbot', *{list(arguments)!r}]\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_import_neither_settings_nor_readers(asked: str) -> None:
    seen = imported_by(asked)
    assert "click" in seen  # the list itself is read right
    reading = set() if asked == "--version" else {"sqlite3"}  # whose version it tells
    assert not seen & {"pydantic", "importlib.metadata", *HEAVY, *PROVING, *reading}


@pytest.mark.parametrize("command", ["status", "tick"])
def test_without_new_mail_no_reader_is_imported(command: str, tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    config = tmp_path / "mailbot.toml"
    config.write_text('[maildir]\npath = "mails"\n')
    with open_ledger(tmp_path / "var") as ledger:
        store_dossier(ledger, A_DOSSIER, datetime(2017, 7, 3, tzinfo=UTC))
        compiled_campaign(shipped_rules(), tmp_path / "var")  # as any start before this one
    load_settings(config)
    seen = imported_by(command, "--config", str(config))
    assert {"sqlite3", "mailbot.campaign.types"} <= seen
    assert not seen & {*HEAVY, *PROVING, *NETS, *JUDGING, *READING, "pydantic"}


def test_a_photograph_is_judged_without_what_reads_and_judges_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    checked_campaign(shipped_rules())  # as any check before this one
    Image.new("RGB", (1920, 1080)).save(tmp_path / "photo.jpg")
    seen = imported_by("check", str(tmp_path / "photo.jpg"))
    assert {"mailbot.judgement.media", "mailbot.inspection.workers.pool"} <= seen
    grammars = {"mailbot.judgement.documents", "mailbot.judgement.form.fields"}
    proving = PROVING - {"re2"}  # by which names of files are judged, too
    unneeded = {"pydantic", "sqlite3", "mailbot.inspection.tree", *grammars, *proving}
    assert not seen & {*HEAVY, *NETS, *unneeded}


def test_a_photographs_worker_reads_no_mail_and_no_workbook() -> None:
    script = (
        "import sys\n"
        "from mailbot.inspection.workers.forking import preload\n"
        "preload(few=True)\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    seen = set(done.stdout.split())
    assert "mailbot.inspection.media.photo" in seen
    unneeded = {"email.message", "olefile", "openpyxl", "pypdfium2", "pymediainfo", "pydantic"}
    assert not seen & unneeded


@pytest.mark.parametrize("name", PLACES)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.get_short_help_str(200) == PLACES[name].help
