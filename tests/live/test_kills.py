"""`mailbot run` is killed (SIGKILL) at random moments, again and again, while mail comes in.

Against Debian's dovecot and a real SMTP sink. The short form belongs to the suite; the long form:
    MAILBOT_KILLS=200 sh tests/run.sh tests/live/test_kills.py -s
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.office import OUR_ADDRESS, a_mail, opened
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]

KILLS = int(os.environ.get("MAILBOT_KILLS", "10"))
SEED = int(os.environ.get("MAILBOT_KILLS_SEED", "20170705"))
LONGEST_LIFE_S = 5.0  # counted from when the program is ready; it may also die on the way there
DONE = "已处理"
PATIENCE_S = 300


@pytest.fixture
def dovecot() -> Iterator[PrivateDovecot]:
    # As NetEase: no MOVE, so a message is copied, marked and expunged, three steps to die between.
    with PrivateDovecot("imap_capability = IMAP4rev1 SPECIAL-USE ID LITERAL+ UIDPLUS") as server:
        yield server


class Life:
    """One run of the program."""

    def __init__(self, config: Path) -> None:
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
        env["BORN_OF"] = str(config)
        self._log = (config.parent / "log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mailbot", "--config", str(config), "run"],
            stdout=self._log,
            stderr=self._log,
            env=env,
            start_new_session=True,
        )

    def __enter__(self) -> "Life":
        return self

    def __exit__(self, *_: object) -> None:
        """A test that failed leaves no program behind that later tests would be blamed for."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=120)


def settings(folder: Path, dovecot: PrivateDovecot, sink: SmtpSink) -> Path:
    config = folder / "mailbot.toml"
    config.write_text(
        f"""
[imap]
host = "localhost"
port = {dovecot.tls_port}
ca_file = "{dovecot.ca_file}"
username = "{dovecot.username}"
password = "{dovecot.password}"
after_processing = "move"
move_to = "{DONE}"
[smtp]
host = "{sink.host}"
port = {sink.port}
security = "none"
from_address = "{OUR_ADDRESS}"
daily_limit = 100000
[schedule]
poll_seconds = 5
reminders = "off"
[outbox]
settle_seconds = 1
[limits]
workers = 1
"""
    )
    return config


def ledger_rows(data: Path, sql: str) -> list[dict[str, Any]]:
    """From the file itself, whoever writes to it at present."""
    if not (data / "ledger.db").exists():
        return []
    with closing(sqlite3.connect(data / "ledger.db", timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(sql)]
        except sqlite3.OperationalError:  # killed before the tables were made
            return []


def the_mail(number: int, units: list[str]) -> tuple[str, bytes, bool]:
    """Message-ID, octets, and whether an answer is due; every fifth is a machine's."""
    unit, id = units[number % len(units)], f"<kill-{number}@x.test>"
    automatic = number % 5 == 4
    raw = a_mail(
        f"{unit}演练材料 {number}",
        sender=f"u{number}@example.com",
        message_id=id,
        files={} if automatic else {f"{unit}方案.docx": plan(unit)},
        headers={"Auto-Submitted": "auto-replied"} if automatic else {},
    )
    return id, raw, not automatic


def test_killed_at_random_moments_it_loses_nothing_and_repeats_only_within_the_window(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot
) -> None:
    chance = random.Random(SEED)
    units = [unit.unit for unit in campaign.units if unit.expected][:12]
    data, at = tmp_path / "var", campaign.deadline - timedelta(days=3)
    health = data / "health.json"
    sent: dict[str, tuple[bytes, bool]] = {}
    with SmtpSink() as sink:
        config = settings(tmp_path, dovecot, sink)
        for kill in range(KILLS):
            for _ in range(chance.randint(1, 3)):
                id, raw, due = the_mail(len(sent), units)
                sent[id] = (raw, due)
                dovecot.deliver(raw, internaldate=at + timedelta(minutes=len(sent)))
            # Every fourth death comes on the way up, the others at any moment of the work.
            health.unlink(missing_ok=True)
            with Life(config) as life:
                give_up = time.monotonic() + PATIENCE_S
                while kill % 4 and not health.exists() and time.monotonic() < give_up:
                    assert life.process.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.02)
                time.sleep(chance.uniform(0, LONGEST_LIFE_S if kill % 4 else 2.0))
                assert life.process.poll() is None, (tmp_path / "log").read_text()
                # Half of them the main process alone, half everything that it had started as well.
                if kill % 2:
                    for pid in born_of(config):
                        if pid != life.process.pid:
                            with suppress(ProcessLookupError):
                                os.kill(pid, signal.SIGKILL)
                life.end(signal.SIGKILL)
                time.sleep(1)
                assert born_of(config) == []  # nothing of it is left a second later
        health.unlink(missing_ok=True)
        with Life(config) as life:
            give_up = time.monotonic() + PATIENCE_S
            while not (health.exists() and finished(data, sent)):
                assert life.process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < give_up, (tmp_path / "log").read_text()
                time.sleep(0.5)
            assert life.end(signal.SIGTERM) == 0
        duplicates = check(data, sent, sink)
    with dovecot.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search() == []
        client.select_folder(DONE, readonly=True)
        moved = client.fetch(client.search(), ["BODY.PEEK[]"])
    assert {one[b"BODY[]"] for one in moved.values()} == {raw for raw, _ in sent.values()}
    assert duplicates <= KILLS  # a death opens the window at most once
    figures = {
        "kills": KILLS,
        "mails": len(sent),
        "replies due": sum(due for _, due in sent.values()),
        "replies sent": len(sink.messages),
        "sent twice": duplicates,
        "copied twice": len(moved) - len(sent),
    }
    print(f"\n{json.dumps(figures)}")
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert [
        one for name in ("files", "spool") for one in (data / name / "incoming").iterdir()
    ] == []
    for row in ledger_rows(data, "SELECT DISTINCT sha256 FROM files"):
        if row["sha256"] not in body_hashes(data):
            assert (data / "files" / row["sha256"][:2] / row["sha256"]).is_file()


def born_of(config: Path) -> list[int]:
    """Every living process that a life of this configuration has started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            state = (entry.parent / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and f"BORN_OF={config}".encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


def body_hashes(data: Path) -> frozenset[str]:
    """Texts of mails, which the ledger keeps itself."""
    rows = ledger_rows(data, "SELECT sha256 FROM facts WHERE inspector = 'body'")
    return frozenset(row["sha256"] for row in rows)


def finished(data: Path, sent: dict[str, tuple[bytes, bool]]) -> bool:
    """All taken in and moved, nothing waits to leave."""
    (done,) = ledger_rows(
        data, "SELECT count(*) AS n FROM arrivals WHERE filed = 1 AND settled = 1"
    ) or [{"n": 0}]
    waits = ledger_rows(
        data, "SELECT 1 FROM replies WHERE state NOT IN ('sent', 'dead', 'withdrawn')"
    )
    quarantined = ledger_rows(data, "SELECT * FROM arrivals WHERE state = 'quarantined'")
    assert quarantined == []
    return done["n"] == len(sent) and not waits


def check(data: Path, sent: dict[str, tuple[bytes, bool]], sink: SmtpSink) -> int:
    """What the sink was given against what was sent; how many replies came twice."""
    rows = ledger_rows(data, "SELECT * FROM arrivals")
    assert sorted(row["message_id"] for row in rows) == sorted(sent)
    for row in rows:
        raw, due = sent[row["message_id"]]
        assert (data / row["spool_path"]).read_bytes() == raw
        assert row["state"] == ("answered" if due else "examined")
        assert (row["no_answer_reason"] is None) == due
    answered = Counter(
        id
        for raw in {mail.raw for mail in sink.messages}
        for id in str(opened(raw)["References"]).split()
        if id in sent
    )
    assert answered == Counter(id for id, (_, due) in sent.items() if due)
    ids = Counter(str(opened(mail.raw)["Message-ID"]) for mail in sink.messages)
    assert len({mail.raw for mail in sink.messages}) == len(ids)  # twice: the very same octets
    outbox = ledger_rows(data, "SELECT message_id FROM replies WHERE state = 'sent'")
    assert {row["message_id"] for row in outbox} == set(ids)
    return sum(ids.values()) - len(ids)
