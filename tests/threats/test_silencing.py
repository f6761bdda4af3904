"""Nobody silences a unit, or spends its answers and ours, with mails that anyone can write."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OUR_ADDRESS, a_mail, an_office, opened, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.skeleton import Skeleton
from mailbot.ledger import dossiers
from mailbot.outbox.delivery.step import Budget
from mailbot.workflow.tick import Office

OWNER = "owner@unit.example"


def qq(spf: str, address: str) -> dict[str, str]:
    return {
        "Authentication-Results": f"mx.qq.com; spf={spf} smtp.mailfrom={address}; dkim=none",
        "Received": "from x by newxmmx.qq.com with SMTP id 1; Mon, 3 Jul 2017 10:00:00 +0800",
    }


OWN, FORGED = qq("pass", OWNER), qq("fail", OWNER)


class Table:
    def __init__(self, folder: Path, campaign: Campaign, stack: ExitStack) -> None:
        self.box, self.sent = FakeMailbox(), MemoryTransport()
        self.clock = FrozenClock(campaign.deadline - timedelta(days=3, hours=12))
        settings = settings_for(folder)
        smtp = settings.smtp.model_copy(update={"per_address_daily_limit": 8})  # type: ignore[union-attr]
        self.office: Office = stack.enter_context(
            an_office(
                folder,
                campaign,
                self.box,
                self.sent,
                self.clock,
                settings=settings.model_copy(update={"smtp": smtp}),
            )
        )
        self._mails = 0

    def receive(self, headers: dict[str, str], sender: str = OWNER) -> int:
        """A new plan; how many answers its sender gets."""
        self._mails += 1
        files = {f"方案{self._mails}.docx": plan(f"金水区第{self._mails}")}
        raw = a_mail(
            "金水区演练方案", "见附件", sender=sender, message_id=f"<{self._mails}@x>",
            headers=headers, files=files,
        )  # fmt: skip
        return self.deliver(raw, sender)

    def deliver(self, raw: bytes, hears: str = OWNER) -> int:
        before = len(self.sent.messages)
        self.box.deliver(raw, self.clock.now())
        self.clock.advance(minutes=3)
        self.office.tick()
        return sum(one.rcpt == hears for one in self.sent.messages[before:])

    def last_id(self) -> str:
        return str(opened(self.sent.messages[-1].raw)["Message-ID"])


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def bounce(about: str, headers: dict[str, str]) -> bytes:
    """As any mail server writes it; `about` is the Message-ID of what came back, "" for none."""
    returned = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n"
    return (
        "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        + f"From: MAILER-DAEMON@evil.example\r\nTo: {OUR_ADDRESS}\r\nSubject: Undelivered\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nuser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n"
        f"\r\nFinal-Recipient: rfc822; {OWNER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        + (returned if about else "")
        + "--b--\r\n"
    ).encode()


@pytest.mark.parametrize("headers", [{}, qq("none", "x@evil.example")], ids=["plain", "qq"])
def test_a_bounce_of_a_mail_that_was_never_sent_silences_nobody(
    table: Table, headers: dict[str, str]
) -> None:
    assert table.receive(OWN) == 1
    table.deliver(bounce("<guessed@mailbot.example>", headers))
    assert not dossiers.is_bounced(table.office.ledger, OWNER)
    assert table.receive(OWN) == 1


def test_a_bounce_of_what_the_attacker_himself_was_sent_silences_nobody(table: Table) -> None:
    assert table.receive(OWN) == 1
    assert table.receive(qq("pass", "evil.example"), "x@evil.example") == 1
    table.deliver(bounce(table.last_id(), {}))
    assert not dossiers.is_bounced(table.office.ledger, OWNER)


@pytest.mark.parametrize(
    ("reporter", "spf", "believed"),
    [
        ("mailer-daemon@unit.example", "none", False),
        ("mailer-daemon@unit.example", "fail", False),
        ("mailer-daemon@unit.example", "pass", True),
        ("Postmaster@mx.unit.example", "pass", True),
        (f"postmaster@{OUR_ADDRESS.partition('@')[2]}", "pass", True),
        ("mailer-daemon@evil.example", "pass", False),  # anyone owns a domain that passes
        ("x@unit.example", "pass", False),  # one account among many at a provider
    ],
)
def test_where_the_server_states_results_a_bounce_that_names_no_mail_needs_a_proven_postmaster(
    table: Table, reporter: str, spf: str, believed: bool
) -> None:
    assert table.receive(OWN) == 1
    raw = bounce("", qq(spf, "postmaster@" + reporter.partition("@")[2]))
    table.deliver(raw.replace(b"MAILER-DAEMON@evil.example", reporter.encode()))
    assert dossiers.is_bounced(table.office.ledger, OWNER) is believed


def test_who_writes_is_not_dead_whatever_a_bounce_said(table: Table) -> None:
    """Every answer of a unit names the mail of ours that it answers: whoever sees one can bounce
    that."""
    assert table.receive(OWN) == 1
    table.deliver(bounce(table.last_id(), {}))
    assert dossiers.is_bounced(table.office.ledger, OWNER)
    assert table.receive(FORGED) == 0
    assert dossiers.is_bounced(table.office.ledger, OWNER)
    assert table.receive(OWN) == 1
    assert not dossiers.is_bounced(table.office.ledger, OWNER)


def test_an_answer_to_a_forged_question_is_not_the_answer_to_the_units_own(table: Table) -> None:
    def ask(headers: dict[str, str], number: int) -> int:
        raw = a_mail(
            "金水区查询",
            "请查询我区材料报送情况",
            sender=OWNER,
            message_id=f"<q{number}@e>",
            headers=headers,
        )
        return table.deliver(raw)

    assert ask(FORGED, 1) == 1
    assert ask(FORGED, 2) == 0
    assert ask(OWN, 3) == 1
    assert ask(OWN, 4) == 0


@pytest.mark.parametrize(
    "added",
    [
        {"List-Id": "<a.list.example>", "Auto-Submitted": "auto-replied"},
        {"X-Failed-Recipients": OUR_ADDRESS},
        {"Return-Path": "<>"},
    ],
    ids=["list", "failed", "null"],
)
def test_a_copy_that_looks_like_a_robots_does_not_make_the_mail_itself_vanish(
    table: Table, added: dict[str, str]
) -> None:
    """Lines that are added to a signed mail break no signature."""
    files = {"方案.docx": plan("金水区")}
    raw = a_mail("金水区演练方案", "见附件", sender=OWNER, message_id="<v@x>", files=files)
    signed = qq("none", "mx.evil.example") | added
    signed["Authentication-Results"] = "mx.qq.com; spf=none; dkim=pass header.d=unit.example"
    table.deliver("".join(f"{name}: {value}\r\n" for name, value in signed.items()).encode() + raw)
    own = "".join(f"{name}: {value}\r\n" for name, value in OWN.items()).encode()
    assert table.deliver(own + raw) == 1
    slot = dossiers.stored_dossiers(table.office.ledger)["金水区"].slots["plan"]
    assert [file.counts for file in slot.files] == [True]


@pytest.mark.parametrize("ahead", [FORGED, {}, OWN], ids=["forged", "no_proof", "own"])
def test_a_copy_without_proof_does_not_stand_for_the_mail_that_has_it(
    table: Table, ahead: dict[str, str]
) -> None:
    """Who saw the mail sends its copy ahead: the owner's own is no repetition of that."""

    def deliver(headers: dict[str, str]) -> None:
        files = {"改.docx": plan("金水区改")}
        words = ("金水区演练方案", "见附件")
        raw = a_mail(*words, sender=OWNER, message_id="<same@x>", headers=headers, files=files)
        table.deliver(raw)

    table.receive(OWN)
    deliver(ahead)
    deliver(OWN | {"X-Hop": "another way"})
    (row,) = table.office.ledger.rows("SELECT duplicate_of FROM arrivals WHERE id = 3")
    assert row["duplicate_of"] == (2 if ahead is OWN else None)
    known = dossiers.stored_dossier(table.office.ledger, "金水区")
    assert known is not None
    assert [one.judged.name for one in known.slots["plan"].files if one.counts] == ["改.docx"]


def test_a_true_bounce_is_believed_whatever_the_server_states(table: Table) -> None:
    assert table.receive(OWN) == 1
    table.deliver(bounce(table.last_id(), qq("none", "mx.third.example")))
    assert dossiers.is_bounced(table.office.ledger, OWNER)
    assert table.receive({}) == 0  # what nobody vouches for does not bring it back


@pytest.mark.parametrize(
    ("sent", "headers", "taken"),
    [(OWN, {}, 0), (OWN, FORGED, 0), (OWN, OWN, 1), ({}, FORGED, 0), ({}, {}, 1)],
    ids=["no_proof", "forged", "own", "forged_of_no_proof", "no_proof_of_no_proof"],
)
def test_what_a_proven_sender_sent_is_taken_back_by_himself_alone(
    table: Table, sent: dict[str, str], headers: dict[str, str], taken: int
) -> None:
    table.receive(sent)
    words = "请忽略上一封邮件，此前报送的演练方案作废。"
    table.deliver(
        a_mail("请忽略上一封", words, sender=OWNER, message_id="<back@x>", headers=headers)
    )
    assert len(table.office.ledger.rows("SELECT * FROM withdrawals")) == taken


def test_forged_mails_do_not_use_up_the_owners_answers(table: Table) -> None:
    """Eight a day for himself; for what was found forged, two."""
    assert sum(table.receive(FORGED) for _ in range(5)) == 2
    assert [table.receive(OWN) for _ in range(8)] == [1] * 8
    assert table.receive(OWN) == 0


def test_answers_to_forged_mails_and_strangers_leave_a_quarter_of_the_day_to_the_units(
    table: Table, campaign: Campaign
) -> None:
    table.receive(FORGED)
    table.receive(OWN)
    # As many addresses as he likes, each proven, of a domain of his own.
    table.receive(qq("pass", "evil.example"), "x1@evil.example")
    rows = table.office.ledger.rows("SELECT priority FROM replies ORDER BY id")
    assert [row["priority"] for row in rows] == [-10, 0, -10]
    budget = Budget(100, 0, campaign.zone)
    assert [budget.allows("receipt", sent, last=True) for sent in (74, 75)] == [True, False]


def test_an_address_in_other_letters_is_no_other_address() -> None:
    raw = "From: x <ow\u212aer@unit.example>\r\n\r\n".encode()
    skeleton = Skeleton(raw, (), "", len(raw), ())
    assert "\u212a" in parse_message(skeleton).sender.address


@pytest.mark.parametrize(
    ("headers", "sender"),
    [(FORGED, OWNER), (qq("pass", "evil.example"), "x@evil.example")],
    ids=["forged", "another_address"],
)
def test_nobody_puts_off_a_units_answer_for_ever(
    tmp_path: Path, campaign: Campaign, headers: dict[str, str], sender: str
) -> None:
    """Each mail that names the unit begins the silence anew that is waited for."""
    settings = settings_for(tmp_path)
    outbox = settings.outbox.model_copy(update={"settle_seconds": 120})
    settings = settings.model_copy(update={"outbox": outbox})
    clock = FrozenClock(campaign.deadline - timedelta(days=3))
    box, sent = FakeMailbox(), MemoryTransport()
    with an_office(tmp_path, campaign, box, sent, clock, settings=settings) as office:
        box.deliver(mail_of(OWNER, "本区", OWN, 0), clock.now())
        office.tick()
        for number in range(1, 8):
            clock.advance(seconds=100)
            box.deliver(mail_of(sender, f"扰{number}", headers, number), clock.now())
            office.tick()
        assert OWNER in [one.rcpt for one in sent.messages]


def mail_of(sender: str, words: str, headers: dict[str, str], number: int) -> bytes:
    return a_mail(
        "金水区演练方案",
        "见附件",
        sender=sender,
        message_id=f"<w{number}@x>",
        headers=headers,
        files={f"方案{words}.docx": plan(f"金水区（{words}）")},
    )
