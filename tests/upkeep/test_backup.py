"""Backup, restore and verify, each tried by destroying what it protects."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from make.command_line import mailbot
from make.office import OUR_ADDRESS, a_mail
from make.submitted import figures

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_form
from mailbot.files import BlobStore
from mailbot.inspection.previews.store import THUMB, keep_preview
from mailbot.ledger.store import open_ledger
from mailbot.upkeep.octets import stored_in


class Folder:
    """An office's folder, its data, and a copy beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.copy = folder, folder / "var", folder.parent / "copy"

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return mailbot(*arguments, cwd=self.folder)

    def done(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def refused(self, *arguments: str, code: int = 2) -> str:
        done = self(*arguments)
        said = [line for line in done.stderr.decode().splitlines() if line.startswith("mailbot: ")]
        assert (done.returncode, len(said)) == (code, 1), done.stderr.decode()
        return said[0]

    def backup(self) -> Any:
        return self.done("backup", str(self.copy))

    def restore(self, *options: str) -> Any:
        return self.done("restore", str(self.copy), *options)

    def deliver(self, number: int, subject: str, **files: bytes) -> None:
        path = self.folder / "mail" / f"{number}.eml"
        named = {key.replace("_", "."): value for key, value in files.items()}
        sender, id = f"u{number}@example.com", f"<{number}@x.test>"
        path.write_bytes(a_mail(subject, sender=sender, message_id=id, files=named))
        os.utime(path, (1499050000 + number, 1499050000 + number))

    def stored(self, store: str) -> list[Path]:
        return sorted(path for path in (self.data / store).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Path:
    """A folder in which 金水区 has a plan and a table, and a copy of it."""
    folder = tmp_path_factory.mktemp("first") / "office"
    (folder / "mail").mkdir(parents=True)
    (folder / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\nsettle_seconds = 0\n"
        f"[smtp]\nhost = '127.0.0.1'\nfrom_address = '{OUR_ADDRESS}'\n[limits]\nworkers = 1\n"
    )
    office = Folder(folder)
    table = write_form(campaign.form, figures("金水区"))
    office.deliver(1, "金水区报送材料", 演练方案_docx=plan("金水区"), 统计表_xlsx=table)
    assert office("tick").returncode == 0
    (office.data / "answer.key").write_bytes(b"key")
    office.backup()
    for name in ("office", "copy"):
        shutil.copytree(folder.parent / name, folder.parent / "kept" / name)
    return folder.parent


@pytest.fixture
def office(first: Path) -> Folder:
    """As it was at first, in the same place: a folder of mails is known by its path."""
    shutil.rmtree(first / "linked", ignore_errors=True)
    for name in ("office", "copy"):
        shutil.rmtree(first / name)
        shutil.copytree(first / "kept" / name, first / name)
    return Folder(first / "office")


def lose_ledger(data: Path) -> None:
    for path in data.glob("ledger.db*"):
        path.unlink()


def lose_files(data: Path) -> None:
    shutil.rmtree(data / "files")


def lose_spool(data: Path) -> None:
    shutil.rmtree(data / "spool")


def lose_ledger_and_files(data: Path) -> None:
    lose_ledger(data)
    lose_files(data)


def lose_the_folder(data: Path) -> None:
    shutil.rmtree(data)


def overwrite_the_ledger(data: Path) -> None:
    with (data / "ledger.db").open("r+b") as file:
        file.write(os.urandom(4096))


def tear_a_page(data: Path) -> None:
    path = data / "ledger.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4096 // 2 * 4096)
        file.write(b"\xff" * 4096)


def cut_the_ledger_short(data: Path) -> None:
    os.truncate(data / "ledger.db", (data / "ledger.db").stat().st_size // 2)


@pytest.mark.parametrize(
    "lose",
    [
        lose_ledger,
        lose_files,
        lose_spool,
        lose_ledger_and_files,
        lose_the_folder,
        overwrite_the_ledger,
        tear_a_page,
        cut_the_ledger_short,
    ],
)
def test_what_was_lost_is_put_back_and_the_board_is_the_same(
    office: Folder, lose: Callable[[Path], None]
) -> None:
    before = office.done("status")
    assert [unit["state"] for unit in before["units"]].count("incomplete") == 1
    lose(office.data)
    assert office("verify").returncode == 1
    office.restore()
    assert office.done("status") == before
    assert office.done("verify")["whole"] is True
    assert (office.data / "answer.key").read_bytes() == b"key"


def test_a_write_ahead_log_left_behind_is_not_played_into_the_copy(office: Folder) -> None:
    before = office.done("status")
    with closing(sqlite3.connect(office.data / "ledger.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE dossiers SET state = 'complete'")
        connection.commit()
        kept = (office.data / "ledger.db-wal").read_bytes()
    lose_ledger(office.data)
    (office.data / "ledger.db-wal").write_bytes(kept)
    assert any("ledger.db-wal" in name for name in office.restore()["set_aside"])
    assert office.done("status") == before


def test_a_ledger_that_lives_is_replaced_only_when_told_and_kept_then(office: Folder) -> None:
    office.deliver(2, "二七区报送", 演练方案_docx=plan("二七区"))
    assert office("tick").returncode == 0
    assert "--replace" in office.refused("restore", str(office.copy))
    assert office.done("status")["arrivals"] == {"answered": 2}
    aside = office.restore("--replace")["set_aside"]
    assert office.done("status")["arrivals"] == {"answered": 1}
    (old,) = (name for name in aside if name.startswith("ledger.db.replaced"))
    with closing(sqlite3.connect(office.data / old)) as connection:
        assert connection.execute("SELECT count(*) FROM arrivals").fetchone() == (2,)
    # What came since the copy is still in the mailbox and is taken in again.
    assert office.done("tick")["fetched"] == 1


def test_nothing_is_put_back_under_a_mailbot_at_work(office: Folder) -> None:
    with open_ledger(office.data):
        assert "only one may write" in office.refused("restore", str(office.copy), code=3)


def test_a_second_backup_copies_what_is_new_while_another_writes(office: Folder) -> None:
    office.deliver(2, "二七区报送", 演练方案_docx=plan("二七区"))
    assert office("tick").returncode == 0
    with open_ledger(office.data) as ledger, ledger.transaction():
        ledger.execute("DELETE FROM dossiers")  # not committed: not in the copy
        assert office.backup()["copied"] == 2  # the mail and its plan
    lose_the_folder(office.data)
    office.restore()
    units = {unit["unit"]: unit["state"] for unit in office.done("status")["units"]}
    assert (units["金水区"], units["二七区"]) == ("incomplete", "incomplete")


def test_a_rotten_file_is_named_with_its_owner_and_takes_no_good_copy_place(office: Folder) -> None:
    rotten = next(path for path in office.stored("files") if path.stat().st_size > 20_000)
    content = rotten.read_bytes()
    for damaged in (content[:-1] + b"?", content + b"longer", b""):
        rotten.write_bytes(damaged)
        found = office("verify", "--json")
        (wrong,) = json.loads(found.stdout)["wrong"]
        assert (found.returncode, wrong["state"]) == (1, "rotted")
        (owner,) = wrong["owners"]
        assert (owner["arrival"], owner["unit"], owner["name"]) == (1, "金水区", "演练方案.docx")
        office("backup", str(office.copy))
        assert office.done("verify", "--backup", str(office.copy))["whole"] is True
    assert office.restore()["placed"] == 1
    assert rotten.read_bytes() == content


def test_a_file_that_is_gone_is_missed_unless_it_was_pruned(office: Folder) -> None:
    gone = office.stored("files")[0]
    gone.unlink()
    (wrong,) = json.loads(office("verify", "--json").stdout)["wrong"]
    assert (wrong["state"], wrong["sha256"]) == ("missing", gone.name)
    with closing(sqlite3.connect(office.data / "ledger.db")) as connection:
        connection.execute(
            "INSERT INTO pruned (path, sha256, size, before, pruned_at) VALUES ('', ?, 1, '', '')",
            (gone.name,),
        )
        connection.commit()
    assert office.done("verify")["whole"] is True
    # What was pruned on purpose leaves the copy, and no restore brings it back.
    assert "no octets are missing" in office.refused("restore", str(office.copy))
    assert office.backup()["removed"] == 1
    assert not list(office.copy.rglob(gone.name))


def test_a_rotten_copy_is_not_put_back(office: Folder) -> None:
    (office.copy / office.stored("files")[0].relative_to(office.data)).write_bytes(b"rot")
    lose_files(office.data)
    done = office("restore", str(office.copy), "--json")
    assert (done.returncode, len(json.loads(done.stdout)["rotten"])) == (1, 1)


def test_a_ledger_begun_anew_does_not_take_its_own_copys_place(office: Folder) -> None:
    """A lost ledger, a service that starts, and a nightly backup: the copy must outlive them."""
    before = office.done("status")
    lose_ledger(office.data)
    assert office("tick").returncode == 0
    assert "restore" in office.refused("backup", str(office.copy))
    lose_ledger(office.data)
    office.restore()
    assert office.done("status") == before


def test_a_copy_by_links_shares_its_octets_and_survives_deletion(office: Folder) -> None:
    linked = office.copy.with_name("linked")
    assert office.done("backup", str(linked), "--link")["copied"] == 3
    one = office.stored("files")[0]
    assert (linked / one.relative_to(office.data)).samefile(one)
    before = office.done("status")
    lose_the_folder(office.data)
    office.done("restore", str(linked))
    assert office.done("status") == before
    assert not (linked / one.relative_to(office.data)).samefile(one)


def test_a_copy_of_tomorrow_is_not_put_back_by_the_mailbot_of_today(office: Folder) -> None:
    with closing(sqlite3.connect(office.copy / "ledger.db")) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('mailbot', '9999_of_tomorrow', '')"
        )
        connection.commit()
    lose_the_folder(office.data)
    assert "newer mailbot (9999_of_tomorrow)" in office.refused("restore", str(office.copy))
    assert not (office.data / "ledger.db").exists()


def test_a_damaged_ledger_takes_no_good_copys_place(office: Folder) -> None:
    kept = (office.copy / "ledger.db").read_bytes()
    for damage in (tear_a_page, overwrite_the_ledger, cut_the_ledger_short):
        damage(office.data)
        office.refused("backup", str(office.copy), code=3)
        assert (office.copy / "ledger.db").read_bytes() == kept


def test_no_copy_is_made_inside_what_it_should_outlive(office: Folder) -> None:
    assert "outlive" in office.refused("backup", str(office.data / "copy"))


def test_what_is_no_backup_is_not_found(office: Folder, tmp_path: Path) -> None:
    assert "no backup" in office.refused("restore", str(tmp_path), code=1)


def test_a_preview_is_no_part_of_a_copy_and_no_stored_octet(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "files")
    blob = store.put(b"a photo")
    keep_preview(store.folder, blob.sha256, THUMB, b"drawn from it")
    assert [one.sha256 for one in stored_in(tmp_path)] == [blob.sha256]
