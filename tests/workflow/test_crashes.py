"""The process dies at every durable step in turn and is started again: G1 to G6 hold.

After SQLite's own crash tests: what the test knows of mails, replies and files it knows from the
server's side, never from the program. See `make.crashing` for what dying means here.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.crashing import DIED
from make.netease_imap import NeteaseImap
from make.office import a_mail, opened
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, summary
from mailbot.ledger.store import open_ledger

DONE = "done"
PLAN, SUMMARY = {"方案.docx": plan("金水区")}, {"总结.docx": summary("金水区")}
AUTOMATIC = {"Auto-Submitted": "auto-replied"}
MAILS = {  # Message-ID: the mail, and whether an answer is due to its sender
    "<1@x.test>": (a_mail("金水区方案", message_id="<1@x.test>", files=PLAN), True),
    "<2@x.test>": (a_mail("金水区总结", message_id="<2@x.test>", files=SUMMARY), True),
    "<3@x.test>": (a_mail("二七区材料", sender="b@x.test", message_id="<3@x.test>"), True),
    "<4@x.test>": (
        a_mail("自动回复", sender="c@x.test", message_id="<4@x.test>", headers=AUTOMATIC),
        False,
    ),
}
DUE = {"clerk@example.com", "b@x.test"}


class Program:
    """The office in a process that may be told to die."""

    def __init__(self, process: "subprocess.Popen[bytes]", server: NeteaseImap, sink: SmtpSink):
        self._process = process
        self._server = server
        self._sink = sink

    def run(
        self, data: Path, now: datetime, step: int = 0, *, warms_up: bool = False
    ) -> list[str] | None:
        """One pass: the durable steps it took, or None when it died at `step`."""
        imap = {key: value for key, value in self._server.settings.items() if key != "timeout"}
        imap |= {"after_processing": "move", "move_to": DONE}
        request = {
            "data": str(data),
            "now": now.isoformat(),
            "step": step,
            "warms_up": warms_up,
            "imap": imap,
            "smtp_port": self._sink.port,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["code"] in {0, DIED}, answer
        return answer["told"] if answer["code"] == 0 else None


@contextmanager
def a_program(server: NeteaseImap, sink: SmtpSink) -> Iterator[Program]:
    path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-m", "make.crashing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    ) as process:
        yield Program(process, server, sink)


def rows(data: Path, sql: str) -> list[dict[str, Any]]:
    if not (data / "ledger.db").exists():
        return []
    with open_ledger(data, writable=False) as ledger:
        if not ledger.rows("SELECT 1 FROM sqlite_master WHERE name = 'audit'"):
            return []  # it died while the tables were made
        return ledger.rows(sql)


def check_after_death(data: Path, server: NeteaseImap, uids: dict[int, str]) -> None:
    """What must hold at the very moment, before anybody mends anything."""
    known = {row["uid"]: row for row in rows(data, "SELECT * FROM arrivals")}
    raws = {raw for raw, _ in MAILS.values()}
    here = {kept.uid for kept in server.folders["INBOX"] if "\\Deleted" not in kept.flags}
    for uid in set(uids) - here:  # G1: marked or moved only after its row is committed
        assert known[uid]["state"] in {"examined", "answered"}, uids[uid]
    for row in known.values():
        if row["spool_path"]:  # what the ledger names is on the disk, octet for octet
            assert (data / row["spool_path"]).read_bytes() in raws
        if row["examined_at"]:  # G2, G6: with the verdict came the reply, or the reason for none
            assert (row["reply"] is None) == (row["no_answer_reason"] is not None)
    counted = {row["unit"] for row in known.values() if row["counts"]}
    assert counted == {row["unit"] for row in rows(data, "SELECT unit FROM dossiers")}


def check_in_the_end(data: Path, server: NeteaseImap, sink: SmtpSink) -> int:
    """Every mail once, every due reply, nothing lost; how many replies went out twice."""
    found = rows(data, "SELECT * FROM arrivals ORDER BY message_id")
    assert [row["message_id"] for row in found] == sorted(MAILS)
    for row in found:
        raw, due = MAILS[row["message_id"]]
        assert (data / row["spool_path"]).read_bytes() == raw  # G5
        assert row["state"] == ("answered" if due else "examined")
        assert (row["no_answer_reason"] is None) == due  # G6
        assert row["duplicate_of"] is None
        assert row["filed"] == 1
    assert {row["unit"] for row in rows(data, "SELECT unit FROM dossiers")} == {"金水区", "二七区"}
    assert server.folders["INBOX"] == []
    assert {kept.raw for kept in server.folders[DONE]} == {raw for raw, _ in MAILS.values()}
    outbox = rows(data, "SELECT * FROM replies WHERE state != 'withdrawn'")
    assert {row["state"] for row in outbox} == {"sent"}  # G4
    ids = Counter(str(opened(mail.raw)["Message-ID"]) for mail in sink.messages)
    assert {row["message_id"] for row in outbox} == set(ids)  # G3
    assert len({mail.raw for mail in sink.messages}) == len(ids)  # … and the same octets
    assert {mail.rcpt for mail in sink.messages} == DUE
    answered = " ".join(str(opened(mail.raw)["References"]) for mail in sink.messages)
    assert {id for id in MAILS if id in answered} == {id for id, (_, due) in MAILS.items() if due}
    return sum(ids.values()) - len(ids)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """In memory where that can be had: what a power cut loses is played, not left to the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="mailbot-crashes-") as folder:
        yield Path(folder)


def test_wherever_it_dies_nothing_is_lost_and_nothing_said_twice(
    disk: Path, campaign: Campaign
) -> None:
    """G1 to G6: fail at the n-th durable step for n = 1, 2, 3 … until a run completes."""
    at = campaign.deadline - timedelta(days=2)
    now = at + timedelta(hours=1)
    twice: list[tuple[int, int]] = []
    steps: list[str] | None = None
    step = 0
    with NeteaseImap() as server, SmtpSink() as sink, a_program(server, sink) as program:
        for raw, _ in MAILS.values():
            server.deliver(raw, at)
        program.run(disk / "warm", now, warms_up=True)
        while steps is None:
            step += 1
            data = disk / f"run-{step}"
            server.empty()
            sink.messages.clear()
            uids = {server.deliver(raw, at): name for name, (raw, _) in MAILS.items()}
            steps = program.run(data, now, step)
            check_after_death(data, server, uids)
            assert program.run(data, now) is not None
            twice.append((step, check_in_the_end(data, server, sink)))
            shutil.rmtree(data)
    kinds = Counter(steps)
    assert set(kinds) == {"commit", "fsync", "rename", "DATA", "STORE", "COPY", "EXPUNGE"}
    assert len(steps) == step - 1 >= 60
    # A duplicate only in the window between the server's 250 and our commit: one step a reply.
    window = [place + 2 for place, what in enumerate(steps) if what == "DATA"]
    assert [place for place, copies in twice if copies] == window
    assert {copies for _, copies in twice} <= {0, 1}
    print(f"\n{step - 1} durable steps: {dict(kinds)}; duplicates at {window}")
