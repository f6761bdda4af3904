"""A season's mails around the submissions, in several orders, against dovecot and a sink.

MAILBOT_ORDERS (1 in the suite) says in how many orders.
"""

import os
import random
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from make.correspondence import SENDERS, Letter, season
from make.dovecot import PrivateDovecot, dovecot_missing
from make.office import LONG_TEXT, a_mail
from make.operating import Office, good
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]


def before(campaign: Campaign) -> list[bytes]:
    """One unit is complete, one has sent its plan alone."""
    return [
        a_mail("金水区演练材料", LONG_TEXT, sender=SENDERS["complete"], message_id="<b1@x.example>",
               files=good(campaign, "金水区")),
        a_mail("二七区方案", "见附件", sender=SENDERS["incomplete"], message_id="<b2@x.example>",
               files={"二七区演练方案.docx": plan("二七区")}),
    ]  # fmt: skip


@pytest.mark.parametrize("order", range(int(os.environ.get("MAILBOT_ORDERS", "1"))))
def test_machines_hear_nothing_and_every_submission_is_answered(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot, order: int
) -> None:
    letters = season()
    if order:
        random.Random(order).shuffle(letters)
    assert len(letters) >= 120
    moment = campaign.deadline - timedelta(days=3)
    with SmtpSink() as sink:
        office = Office(tmp_path, dovecot, sink)
        for number, raw in enumerate(before(campaign)):
            dovecot.deliver(raw, internaldate=moment + timedelta(minutes=number))
        assert office("tick")["sent"] == 2
        for number, letter in enumerate(letters):
            raw = a_mail(
                letter.subject, letter.body, sender=letter.sender, files=letter.files,
                headers=letter.headers, message_id=f"<s{number}@x.example>",
            )  # fmt: skip
            dovecot.deliver(raw, internaldate=moment + timedelta(minutes=10 + number))
        counts = office("tick")
        assert counts["examined"] == len(letters)
        digest = tmp_path / "digest.html"
        command = [sys.executable, "-m", "mailbot", "--config", str(office.config)]
        subprocess.run(
            [*command, "digest", "--html", str(digest)],
            check=True,
            capture_output=True,
            timeout=120,
        )
    rows = _arrivals(tmp_path)
    wrong = [
        (letter.subject, letter.body[:20], letter.sender, row)
        for number, letter in enumerate(letters)
        if not _is_right(letter, row := rows[f"<s{number}@x.example>"])
    ]
    assert wrong == []
    shown = digest.read_text(encoding="utf-8")
    for letter in letters:
        if letter.expected == "office":
            assert letter.body[:15] in shown, letter
    owed = {letter.sender for letter in letters if letter.expected == "answered"}
    assert {mail.rcpt for mail in sink.messages} == owed


def _arrivals(folder: Path) -> dict[str, tuple[bool, str | None]]:
    """Message-ID → whether a reply answers it, and why not."""
    with sqlite3.connect(folder / "var" / "ledger.db") as ledger:
        return {
            message_id: (reply is not None, reason)
            for message_id, reply, reason in ledger.execute(
                "SELECT message_id, reply, no_answer_reason FROM arrivals"
            )
        }


def _is_right(letter: Letter, found: tuple[bool, str | None]) -> bool:
    answered, reason = found
    if letter.expected == "answered":
        return answered
    if letter.expected == "office":
        return not answered and reason in ("nothing_to_answer", "heard_lately")
    return not answered and reason not in (None, "nothing_to_answer", "heard_lately")
