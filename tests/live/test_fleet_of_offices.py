"""Offices of one fleet against Debian's dovecot, a real SMTP sink and real worker processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.fleets import an_office_file
from make.office import a_mail, opened
from make.operating import good
from make.poison import inspect_poison
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.inspection.workers.pool import InspectionPool, Pool
from mailbot.ledger.store import open_ledger
from mailbot.report.board import status_json
from mailbot.settings.types import Settings
from mailbot.workflow.fleet.serving import Fleet

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]

UNITS = {
    "good": "金水区",
    "other": "二七区",
    "wrong": "中原区",
    "poison": "惠济区",
    "shadow": "登封市",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    return fleet


def imap(dovecot: PrivateDovecot, user: str, password: str = "", folder: str = "INBOX") -> str:
    settings = dovecot.settings
    return (
        f'[imap]\nhost = "{settings["host"]}"\nport = {settings["port"]}\n'
        f'ca_file = "{settings["ca_file"]}"\nusername = "{user}"\n'
        f'password = "{password or dovecot.password}"\nfolder = "{folder}"'
    )


def deliver(
    dovecot: PrivateDovecot, user: str, raw: bytes, campaign: Campaign, folder: str = "INBOX"
) -> None:
    dovecot.username = user
    dovecot.deliver(raw, folder, campaign.deadline - timedelta(days=2))


def board(folder: Path, name: str, campaign: Campaign) -> dict[str, Any]:
    """What `status` says of an office, read beside it."""
    data = folder.parent / f"data-{name}"
    with open_ledger(data, writable=False) as ledger:
        return status_json(ledger, campaign, SystemClock().now())


def wait_until(is_so: Callable[[], bool], again: Callable[[], None], seconds: float = 120) -> None:
    """Until it is so, `again` is done now and then; fails after so long."""
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up, "it does not come about"
        again()
        time.sleep(0.2)


def poisonous(many: Iterable[Settings]) -> tuple[Pool, int]:
    return InspectionPool(2, 60, inspect=inspect_poison), 2


def test_what_befalls_one_office_befalls_no_other(
    folder: Path, dovecot: PrivateDovecot, campaign: Campaign
) -> None:
    """Five offices: two in order, one with wrong credentials, one with a poison mail beside a
    good one, one in shadow. Expected by hand: who is answered, and what each ledger holds."""
    with SmtpSink() as sink:
        for name, unit in UNITS.items():
            account = f"{name}@offices.example.test"
            password = "WRONG" if name == "wrong" else ""
            mode = "shadow" if name == "shadow" else "live"
            an_office_file(folder, name, sink, imap=imap(dovecot, account, password), mode=mode)
            files = good(campaign, unit)
            raw = a_mail(f"{unit}材料", sender=f"{name}@example.com", files=files)
            deliver(dovecot, account, raw, campaign)
        bad = a_mail("照片", sender="bad@example.com", files={"segfault.jpg": b"\xff\xd8\xff"})
        deliver(dovecot, "poison@offices.example.test", bad, campaign)
        fleet = Fleet(folder, SystemClock(), poisonous)
        try:
            fleet.start()
            offices = fleet.offices
            assert sorted(offices) == sorted(UNITS)

            def has_settled() -> bool:
                known = {name: board(folder, name, campaign)["arrivals"] for name in UNITS}
                shadow = known["shadow"]
                return bool(
                    known["poison"].get("quarantined") == 1
                    and known["good"] == known["other"] == {"answered": 1}
                    and shadow.get("examined", 0) + shadow.get("answered", 0) == 1
                    and offices["wrong"].heart.health().fault
                )

            wait_until(has_settled, fleet.poll_at_once)
            fault = offices["wrong"].heart.health().fault
            assert "refuses the login" in fault
            assert board(folder, "wrong", campaign)["arrivals"] == {}
            replies = {mail.rcpt: str(opened(mail.raw)["Subject"]) for mail in sink.messages}
            answered = ("good", "other", "poison")
            assert sorted(replies) == [f"{name}@example.com" for name in answered]
            for name in answered:
                assert UNITS[name] in replies[f"{name}@example.com"]
                units = board(folder, name, campaign)["units"]
                heard_of = [one["unit"] for one in units if one["state"] != "nothing"]
                assert heard_of == [UNITS[name]]
        finally:
            fleet.stop()


def test_offices_of_one_account_poll_their_folders_over_one_connection(
    folder: Path, dovecot: PrivateDovecot, campaign: Campaign
) -> None:
    account = "shared@offices.example.test"
    with SmtpSink() as sink:
        for name, box in (("one", "INBOX"), ("two", "Second")):
            raw = a_mail("金水区材料", sender=f"{name}@example.com", message_id=f"<{name}@e.test>")
            deliver(dovecot, account, raw, campaign, box)
            an_office_file(folder, name, sink, imap=imap(dovecot, account, folder=box))
        login = f"Login: user=<{account}>"
        before = dovecot.log().count(login)
        fleet = Fleet(folder, SystemClock(), poisonous)
        try:
            fleet.start()
            wait_until(lambda: len(sink.messages) == 2, fleet.poll_at_once)
        finally:
            fleet.stop()
        assert {mail.rcpt for mail in sink.messages} == {"one@example.com", "two@example.com"}
        assert dovecot.log().count(login) - before == 1


def test_the_process_ends_after_the_steps_under_way(
    folder: Path, dovecot: PrivateDovecot, campaign: Campaign
) -> None:
    with SmtpSink() as sink:
        for name in ("a", "b"):
            account = f"{name}@process.example.test"
            raw = a_mail("金水区材料", sender=f"{name}@example.com", message_id=f"<{name}@p.test>")
            deliver(dovecot, account, raw, campaign)
            an_office_file(folder, name, sink, imap=imap(dovecot, account))
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "mailbot", "run", "--fleet", str(folder)],
            env=clean,
            stderr=subprocess.PIPE,
        )
        try:
            wait_until(lambda: len(sink.messages) == 2, lambda: None)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, said.decode()
    assert b"Traceback" not in said
