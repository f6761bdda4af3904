"""Who asks to be forgotten is: no octet of the data folder still has his address or his words."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from make.command_line import mailbot
from make.office import OUR_ADDRESS, a_mail
from make.smtp_sink import SmtpSink

from mailbot.demo.documents import plan

CLERK = "li.lei.1989@example.com"
PRIVATE = (CLERK, "Li.Lei.1989@Example.com", "李雷雷", "韩梅梅的方案", "LILEI-1@example.com")


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "var"

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return mailbot(*arguments, cwd=self.folder)

    def done(self, *arguments: str, code: int = 0) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == code, done.stderr.decode()
        return json.loads(done.stdout)

    def mentions(self, *words: str) -> set[str]:
        """The files of the data folder that still hold one of the words."""
        wanted = re.compile("|".join(map(re.escape, words)).encode())
        return {
            str(path.relative_to(self.data))
            for path in self.data.rglob("*")
            if path.is_file() and wanted.search(path.read_bytes())
        }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """金水区's clerk sent a plan, 二七区 another; both were answered, one was decided about."""
    base = tmp_path_factory.mktemp("first")
    (base / "office").mkdir()
    with SmtpSink() as sink:
        an_office(base / "office", sink.port)
        shutil.copytree(base / "office", base / "kept")
        yield base


@pytest.fixture
def office(first: Path) -> Folder:
    """As it was at first, in the same place."""
    shutil.rmtree(first / "office")
    shutil.copytree(first / "kept", first / "office")
    return Folder(first / "office")


def an_office(tmp_path: Path, port: int) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mailbot.toml").write_text(
        "[maildir]\npath = 'mail'\n[outbox]\nmode = 'live'\nsettle_seconds = 0\n"
        f"[smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\n"
        f"from_address = '{OUR_ADDRESS}'\n[limits]\nworkers = 1\n"
    )
    office = Folder(tmp_path)
    mails = [
        a_mail(
            "金水区李雷雷报送",
            sender=f"李雷雷 <{PRIVATE[1]}>",
            message_id="<LILEI-1@example.com>",
            files={"韩梅梅的方案.docx": plan("金水区")},
        ),
        a_mail("二七区报送", sender="b@example.com", files={"演练方案.docx": plan("二七区")}),
    ]
    for number, raw in enumerate(mails, 1):
        path = tmp_path / "mail" / f"{number}.eml"
        path.write_bytes(raw)
        os.utime(path, (1499050000 + number, 1499050000 + number))
    assert office("tick").returncode == 0
    assert office("confirm", CLERK, "--by", "值班员").returncode == 0
    reject = ("reject", "金水区", "plan", "--reason", "李雷雷来电更正", "--by", "值班员")
    assert office(*reject).returncode == 0
    assert office("tick").returncode == 0
    for path in (tmp_path / "mail").iterdir():
        path.unlink()


def test_nothing_of_a_forgotten_address_is_left_in_any_octet(office: Folder) -> None:
    assert office.mentions(*PRIVATE)
    preview = office.done("forget", CLERK, "--reason", "本人申请")
    assert (preview["arrivals"], preview["kept"], preview["done"]) == ([1], [], False)
    assert office.mentions(*PRIVATE)  # nothing was done yet
    office.done("forget", CLERK, "--reason", "本人申请", "--by", "值班员", "--yes")
    assert office.mentions(CLERK, PRIVATE[1], "韩梅梅的方案", "LILEI-1@example.com") == set()
    # The other's data are whole, the counts what they were.
    status = office.done("status")
    assert sum(status["arrivals"].values()) == 2
    units = {unit["unit"]: unit for unit in status["units"]}
    assert units["二七区"]["slots"]["plan"]["verdict"] == "accepted"
    assert units["金水区"]["state"] == "nothing"
    assert office.done("verify")["whole"] is True
    assert office.done("show", "1")["arrival"]["sender_address"].endswith("@forgotten.invalid")
    assert office("tick").returncode == 0
    assert office("export", "out.xlsx").returncode == 0
    assert office("digest").returncode == 0
    assert "no mail" in office("forget", CLERK, "--reason", "again").stderr.decode()


def test_the_trail_stays_whole_with_hashes_for_words(office: Folder) -> None:
    before = office.done("audit", "list")
    office.done("forget", CLERK, "--reason", "本人申请", "--by", "值班员", "--yes")
    after = office.done("audit", "list")
    assert office("audit", "verify").returncode == 0
    assert [row["action"] for row in after] == [*(row["action"] for row in before), "forget"]
    confirmed = next(row for row in after if row["action"] == "confirm")
    assert (confirmed["by"], confirmed["subject"]) == ("值班员", "forgotten")
    assert CLERK not in json.dumps(after)


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE audit SET by = '别人' WHERE subject = 'forgotten'",
        "UPDATE audit SET after_json = '{\"forgotten\":\"0\"}' WHERE subject = 'forgotten'",
        "UPDATE audit SET previous = hash WHERE subject = 'forgotten'",
        "UPDATE audit SET after_json = '{\"audit\":{}}' WHERE action = 'forget'",
    ],
)
def test_nobody_can_pass_a_change_off_as_forgetting(office: Folder, forged: str) -> None:
    office.done("forget", CLERK, "--reason", "本人申请", "--yes")
    with closing(sqlite3.connect(office.data / "ledger.db")) as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute(forged)
        connection.commit()
    assert office("audit", "verify").returncode == 1


def test_accepted_material_stays_until_its_time_is_over(office: Folder, rules_folder: Path) -> None:
    rules = Path(shutil.copytree(rules_folder, office.folder / "rules"))
    text = (rules / "campaign.yaml").read_text("utf-8")
    text = re.sub(r"(?m)^retention_days:.*\n", "", text) + "\nretention_days: 36500\n"
    (rules / "campaign.yaml").write_text(text, "utf-8")
    with (office.folder / "mailbot.toml").open("a") as settings:
        settings.write("[campaign]\nrules = 'rules'\n")
    told = office.done("forget", "b@example.com", "--reason", "本人申请", "--yes", code=1)
    assert (told["kept"], told["arrivals"], told["done"]) == ([[2, "accepted"]], [], False)
    assert office.mentions("b@example.com")
    said = office("forget", "b@example.com", "--reason", "x").stdout.decode()
    assert "stays: arrival 2, accepted material" in said


def test_a_unit_is_forgotten_with_its_mails_decisions_and_addresses(office: Folder) -> None:
    office.done("forget", "金水区", "--reason", "撤销", "--yes")
    assert office.mentions("韩梅梅的方案", "LILEI-1@example.com", "李雷雷来电更正") == set()
    assert office("audit", "verify").returncode == 0
    units = {unit["unit"]: unit["state"] for unit in office.done("status")["units"]}
    assert (units["金水区"], units["二七区"]) == ("nothing", "incomplete")


def test_an_older_ledger_that_lies_beside_is_named(office: Folder) -> None:
    (office.data / "ledger.before-0008.db").write_bytes(b"")
    said = office("forget", CLERK, "--reason", "x").stdout.decode()
    assert "remove ledger.before-0008.db" in said
    assert "backups until they are made anew" in said
