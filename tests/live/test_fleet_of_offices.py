"""Offices of one fleet against Debian's dovecot, a real SMTP sink and real worker processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.five_offices import UNITS, Ran, arrived, at_home, imap, wait_until
from make.fleets import an_office_file
from make.office import a_mail
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.workflow.fleet.serving import Fleet

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    return fleet


def deliver(
    dovecot: PrivateDovecot, user: str, raw: bytes, campaign: Campaign, folder: str = "INBOX"
) -> None:
    dovecot.username = user
    dovecot.deliver(raw, folder, arrived(campaign))


def test_what_befalls_one_office_befalls_no_other(five_at_home: Ran) -> None:
    """Two in order, one with wrong credentials, one with a poison mail beside a good one, one in
    shadow. Expected by hand: who is answered, and what each ledger holds."""
    ran = five_at_home
    assert "refuses the login" in ran.faults["wrong"]
    assert not any(fault for name, fault in ran.faults.items() if name != "wrong")
    assert ran.board["wrong"]["arrivals"] == {}
    assert "refuses the login" in ran.board["wrong"]["fault"]
    answered = ("good", "other", "poison")
    assert sorted(ran.replies) == [f"{name}@example.com" for name in answered]
    for name in (*answered, "shadow"):
        assert name == "shadow" or UNITS[name] in ran.replies[f"{name}@example.com"]
        units = ran.board[name]["units"]
        heard_of = {one["unit"]: one["state"] for one in units if one["state"] != "nothing"}
        assert heard_of == {UNITS[name]: "complete"}


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
        fleet = Fleet(folder, SystemClock(), at_home)
        try:
            fleet.start()
            wait_until(lambda: len(sink.messages) == 2, fleet.poll_at_once)
        finally:
            fleet.stop()
        assert {mail.rcpt for mail in sink.messages} == {"one@example.com", "two@example.com"}
        # Nor does either of them listen: that would be a second one.
        assert dovecot.log().count(login) - before == 1


def test_mail_is_taken_in_as_it_comes_where_the_server_tells_of_it(
    folder: Path, dovecot: PrivateDovecot, campaign: Campaign
) -> None:
    """Told by IDLE: the next planned pass would be in an hour."""
    account = "told@offices.example.test"
    with SmtpSink() as sink:
        an_office_file(folder, "told", sink, imap=imap(dovecot, account), poll_seconds=3600)
        fleet = Fleet(folder, SystemClock(), at_home)
        login = f"Login: user=<{account}>"
        try:
            fleet.start()
            wait_until(lambda: dovecot.log().count(login) == 2, lambda: None)
            for number in (1, 2):
                raw = a_mail("金水区材料", sender=f"{number}@e.test", message_id=f"<{number}@t.t>")
                deliver(dovecot, account, raw, campaign)
                wait_until(lambda sent=number: len(sink.messages) == sent, lambda: None)  # type: ignore[misc]
        finally:
            fleet.stop()


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
