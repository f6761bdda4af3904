"""What the machine does to a running office: full, read-only, locked, rotten, twice at once.

Each time: one line, the exit code of CONTRACT, nothing lost, and it goes on by itself afterwards.
The command line is a process of its own here, as an operator starts it.
"""

import hashlib
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from make.office import a_mail

from mailbot.demo.documents import plan

ARRIVED = 1499050000  # 2017-07-03
LARGE = 3_000_000


class Shop:
    """A folder of .eml, shadow mode, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "var"
        (folder / "mail").mkdir()
        (folder / "mailbot.toml").write_text(
            "[maildir]\npath = 'mail'\n[outbox]\nmode = 'shadow'\n[limits]\nworkers = 1\n"
        )

    def deliver(self, number: int, subject: str, **files: bytes) -> None:
        path = self.folder / "mail" / f"{number}.eml"
        name = {key.replace("_", "."): value for key, value in files.items()}
        sender, id = f"u{number}@example.com", f"<{number}@x.test>"
        path.write_bytes(a_mail(subject, sender=sender, message_id=id, files=name))
        os.utime(path, (ARRIVED + number, ARRIVED + number))

    def __call__(self, *arguments: str, **options: Any) -> tuple[int, str]:
        """The exit code and what was said on stderr."""
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", "--config", "mailbot.toml", *arguments],
            cwd=self.folder,
            capture_output=True,
            timeout=300,
            check=False,
            env={key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")},
            **options,
        )
        return done.returncode, done.stderr.decode()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.data / "ledger.db")) as connection:
            return list(connection.execute(sql))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def one_line(told: tuple[int, str], *words: str) -> None:
    """A temporary fault, said in one line that has these words."""
    code, said = told
    assert code == 3, said
    lines = [line for line in said.splitlines() if line.startswith("mailbot: ")]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    for word in words:
        assert word in lines[0], said


def all_taken_in(shop: Shop, count: int) -> None:
    rows = shop.rows("SELECT state, attempts, duplicate_of FROM arrivals")
    assert rows == [("answered", 0, None)] * count
    stored = {path.read_bytes() for path in (shop.data / "spool").rglob("*") if path.is_file()}
    assert {path.read_bytes() for path in (shop.folder / "mail").iterdir()} <= stored


@pytest.fixture
def small_disk(shop: Shop) -> Iterator[Callable[[int], None]]:
    """The data folder on a disk of its own; called with a size in MiB it grows."""
    shop.data.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", str(shop.data)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk here")

    def grow(mebibytes: int) -> None:
        again = ["mount", "-o", f"remount,size={mebibytes}m", str(shop.data)]
        subprocess.run(again, check=True)

    yield grow
    subprocess.run(["umount", "-l", str(shop.data)], check=True)


def test_a_full_disk_uses_up_no_try_and_all_goes_on_when_there_is_room(
    shop: Shop, small_disk: Callable[[int], None]
) -> None:
    shop.deliver(1, "金水区材料")
    shop.deliver(2, "二七区材料", a_bin=os.urandom(LARGE))
    shop.deliver(3, "中原区材料")
    for _ in range(4):  # one more than a message may fail
        one_line(shop("tick"), "No space left")
    states = dict(shop.rows("SELECT subject, state FROM arrivals"))
    assert states == {"金水区材料": "answered", None: "discovered", "中原区材料": "answered"}
    small_disk(64)
    assert shop("tick")[0] == 0
    all_taken_in(shop, 3)


def test_a_disk_too_full_for_the_ledger_is_said_and_nothing_is_half_done(
    shop: Shop, small_disk: Callable[[int], None]
) -> None:
    shop.deliver(1, "金水区材料")
    assert shop("tick")[0] == 0
    shop.deliver(2, "二七区材料")
    filler = shop.data / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    one_line(shop("tick"))
    assert shop("status")[0] == 0
    filler.unlink()
    assert shop("tick")[0] == 0
    all_taken_in(shop, 2)


def test_a_file_size_limit_is_met_as_a_full_disk_is(shop: Shop) -> None:
    shop.deliver(1, "金水区材料")
    shop.deliver(2, "二七区材料", a_bin=os.urandom(LARGE))

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE // 2, resource.RLIM_INFINITY))

    one_line(shop("tick", preexec_fn=limited), "File too large")
    assert shop("tick")[0] == 0
    all_taken_in(shop, 2)


@pytest.fixture
def read_only(shop: Shop) -> Iterator[Callable[[], None]]:
    """Called, it takes the right to write to the data folder away, until the test ends."""
    with ExitStack() as undo:

        def take_away() -> None:
            if os.geteuid():
                for folder in (
                    shop.data,
                    *(each for each in shop.data.rglob("*") if each.is_dir()),
                ):
                    folder.chmod(0o500)
                    undo.callback(folder.chmod, 0o700)
                return
            mount = ["mount", "--bind", str(shop.data), str(shop.data)]  # root heeds no mode
            if subprocess.run(mount, capture_output=True, check=False).returncode:
                pytest.skip("no right to mount a folder read-only here")
            undo.callback(subprocess.run, ["umount", "-l", str(shop.data)], check=True)
            again = ["mount", "-o", "remount,ro,bind", str(shop.data)]
            subprocess.run(again, check=True)

        take_away.undo = undo.close  # type: ignore[attr-defined]
        yield take_away


def test_a_read_only_data_folder_is_said_in_one_line_and_can_still_be_read(
    shop: Shop, read_only: Any
) -> None:
    shop.deliver(1, "金水区材料", 方案_docx=plan("金水区"))
    assert shop("tick")[0] == 0
    shop.deliver(2, "二七区材料")
    read_only()
    one_line(shop("tick"), str(shop.data))
    assert shop("status")[0] == 0
    read_only.undo()
    assert shop("tick")[0] == 0
    all_taken_in(shop, 2)


def test_a_ledger_that_somebody_holds_is_waited_for_then_said(shop: Shop) -> None:
    shop.deliver(1, "金水区材料")
    assert shop("tick")[0] == 0
    shop.deliver(2, "二七区材料")
    with closing(sqlite3.connect(shop.data / "ledger.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        one_line(shop("tick"), "locked")
        assert shop("status")[0] == 0
        other.rollback()
    assert shop("tick")[0] == 0
    all_taken_in(shop, 2)


@pytest.mark.parametrize("rot", ["middle", "not a database"])
def test_a_rotten_ledger_is_named_left_alone_and_a_backup_makes_good(shop: Shop, rot: str) -> None:
    shop.deliver(1, "金水区材料")
    assert shop("tick")[0] == 0
    ledger = shop.data / "ledger.db"
    backup = shop.folder / "backup.db"
    shutil.copy(ledger, backup)
    shop.deliver(2, "二七区材料")
    assert shop("tick")[0] == 0
    octets = bytearray(ledger.read_bytes())
    match rot:
        case "middle":
            octets[4096:] = os.urandom(len(octets) - 4096)
        case _:
            octets = bytearray("这是别的文件\n".encode() * 1000)
    ledger.write_bytes(octets)
    digest = hashlib.sha256(octets).hexdigest()
    for command in ("tick", "status"):
        one_line(shop(command), "ledger.db" if rot != "middle" else "damaged", "backup")
    assert hashlib.sha256(ledger.read_bytes()).hexdigest() == digest
    shutil.copy(backup, ledger)
    assert shop("tick")[0] == 0
    all_taken_in(shop, 2)  # what came after the backup was taken in again


def test_a_second_instance_says_so_and_disturbs_nothing(shop: Shop) -> None:
    shop.deliver(1, "金水区材料")
    first = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "--config", "mailbot.toml", "run"],
        cwd=shop.folder,
        stderr=subprocess.DEVNULL,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")},
    )
    with first:
        try:
            while not (shop.data / "health.json").exists():
                assert first.poll() is None
            one_line(shop("tick"), "another mailbot is working on", "systemctl stop mailbot")
            assert shop("health")[0] == 0
            assert shop("resume")[0] == 0  # a decision is let in between
            assert first.poll() is None
        finally:
            first.terminate()
        assert first.wait(60) == 0
    all_taken_in(shop, 1)


def test_where_nothing_could_be_sent_the_exit_code_says_so_in_local_time(shop: Shop) -> None:
    """The server's port is closed: the reply waits, and the operator's script sees it."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    settings = shop.folder / "mailbot.toml"
    settings.write_text(
        "[maildir]\npath = 'mail'\n[limits]\nworkers = 1\n[outbox]\nsettle_seconds = 0\n"
        f"[smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\n"
        "from_address = 'office@example.test'\n"
    )
    shop.deliver(1, "金水区演练方案", plan_docx=plan("金水区"))
    told = shop("tick")
    one_line(told, "nothing could be sent")
    assert "CST" in told[1]
    assert shop.rows("SELECT state FROM arrivals") == [("answered",)]
    one_line(shop("tick"), "nothing could be sent")
