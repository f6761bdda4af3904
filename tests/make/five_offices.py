"""Five offices of one fleet on one dovecot, to be run wherever their files are read.

Two in order (one unit's files come packed, with a photo that is broken), one with a wrong
password, one with a poison mail beside a good one, one in shadow. Their mails stay on the server
(`after_processing` is keep), so a second fleet of the same accounts finds what the first found.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.clock import SystemClock
from mailbot.demo.photos import make_photo
from mailbot.demo.submissions import gbk_zip
from mailbot.inspection.workers.pool import InspectionPool, Pool
from mailbot.ledger.enquiries import states
from mailbot.ledger.store import open_ledger
from mailbot.report.fleet.board import fleet_status_json
from mailbot.settings.types import Settings
from mailbot.workflow.fleet.records import offices_on_record
from mailbot.workflow.fleet.serving import Fleet
from make.command_line import mailbot
from make.dovecot import PrivateDovecot
from make.fleets import an_office_file
from make.office import a_mail, opened
from make.operating import good
from make.poison import inspect_poison
from make.smtp_sink import SmtpSink

UNITS = {
    "good": "金水区",
    "other": "二七区",
    "wrong": "中原区",
    "poison": "惠济区",
    "shadow": "登封市",
}

MakePool = Callable[[Iterable[Settings]], tuple[Pool, int]]


@dataclass(frozen=True)
class Ran:
    """What a fleet left behind."""

    folder: Path
    status: str  # what `fleet status --json` prints, without the times of polls
    board: dict[str, dict[str, Any]]  # the same by office, read
    faults: dict[str, str]  # of the offices' health
    replies: dict[str, str]  # subject by address


def imap(dovecot: PrivateDovecot, user: str, password: str = "", folder: str = "INBOX") -> str:
    """The section of settings for an account."""
    settings = dovecot.settings
    return (
        f'[imap]\nhost = "{settings["host"]}"\nport = {settings["port"]}\n'
        f'ca_file = "{settings["ca_file"]}"\nusername = "{user}"\n'
        f'password = "{password or dovecot.password}"\nfolder = "{folder}"'
    )


def arrived(campaign: Campaign) -> datetime:
    """When all mails came."""
    return campaign.deadline - timedelta(days=2)


def deliver_to_five(dovecot: PrivateDovecot, campaign: Campaign) -> None:
    """Their mails, once for all fleets."""
    for name, unit in UNITS.items():
        files = good(campaign, unit)
        if name == "other":
            files = {"材料.zip": gbk_zip(files | {"坏.jpg": make_photo(2000, 1500, 7)[:9000]})}
        dovecot.username = account(name)
        mail = a_mail(f"{unit}材料", sender=f"{name}@example.com", files=files)
        dovecot.deliver(mail, internaldate=arrived(campaign))
    bad = a_mail("照片", sender="bad@example.com", files={"segfault.jpg": b"\xff\xd8\xff"})
    dovecot.username = account("poison")
    dovecot.deliver(bad, internaldate=arrived(campaign))


def account(name: str) -> str:
    """An office's user name at the server."""
    return f"{name}@offices.example.test"


def run_five(
    folder: Path,
    dovecot: PrivateDovecot,
    make_pool: MakePool,
    *,
    more: str = "",
    files: str = "",
    meanwhile: Callable[[int], None] = lambda done: None,
) -> Ran:
    """Run them until nothing is left to do; `meanwhile` is told again and again how many mails
    are through."""
    fleet_folder = folder / "fleet"
    fleet_folder.mkdir(parents=True)
    with SmtpSink() as sink:
        for name in UNITS:
            password = "WRONG" if name == "wrong" else ""
            mode = "shadow" if name == "shadow" else "live"
            section = imap(dovecot, account(name), password)
            an_office_file(
                fleet_folder, name, sink, imap=section, mode=mode, more=more, files=files
            )
        fleet = Fleet(fleet_folder, SystemClock(), make_pool)
        try:
            fleet.start()
            assert sorted(fleet.offices) == sorted(UNITS)

            def has_settled() -> bool:
                arrivals = {name: arrivals_of(folder / f"data-{name}") for name in UNITS}
                ended = ("answered", "quarantined")
                meanwhile(sum(one.get(state, 0) for one in arrivals.values() for state in ended))
                shadow = arrivals["shadow"]
                return bool(
                    arrivals["poison"] == {"answered": 1, "quarantined": 1}
                    and arrivals["good"] == arrivals["other"] == {"answered": 1}
                    and shadow.get("examined", 0) + shadow.get("answered", 0) == 1
                    and fleet.offices["wrong"].heart.health().fault
                )

            wait_until(has_settled, fleet.poll_at_once)
            faults = {name: one.heart.health().fault for name, one in fleet.offices.items()}
        finally:
            fleet.stop()
    replies = {mail.rcpt: str(opened(mail.raw)["Subject"]) for mail in sink.messages}
    assert len(replies) == len(sink.messages)
    return Ran(fleet_folder, told_status(fleet_folder), board_of(fleet_folder), faults, replies)


def at_home(_many: Iterable[Settings]) -> tuple[Pool, int]:
    """Files are read on this machine, the poison as poison."""
    return InspectionPool(2, 60, inspect=inspect_poison), 2


def board_of(fleet: Path) -> dict[str, dict[str, Any]]:
    """What `fleet status` says of each office, read beside it."""
    document = fleet_status_json(offices_on_record(fleet), SystemClock().now())
    return {str(one["office"]): one for one in document["offices"]}


def arrivals_of(data: Path) -> dict[str, int]:
    """How many arrivals of an office stand where: cheap enough to be asked again and again."""
    with open_ledger(data, writable=False) as ledger:
        return states(ledger)


def told_status(fleet: Path) -> str:
    """What `fleet status --json` prints, each time of a poll as `T`: all other times in it are
    those of the mails."""
    done = mailbot("fleet", "status", "--fleet", str(fleet), "--json", cwd=fleet)
    assert done.returncode == 0, done.stderr
    return re.sub(r'("last_poll": )"[^"]+"', r'\1"T"', done.stdout.decode())


def wait_until(is_so: Callable[[], bool], again: Callable[[], None], seconds: float = 600) -> None:
    """Until it is so, `again` is done now and then; fails after so long."""
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up, "it does not come about"
        again()
        time.sleep(0.4)
