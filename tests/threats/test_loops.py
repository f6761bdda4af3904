"""A week among robots: what they send is taken in, what leaves stays within the caps.

Every correspondent here answers whatever it gets, at once and for ever. The clock is driven; what
mailbot sends is handed to whom it is addressed, and what he sends arrives before the next pass.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import LONG_TEXT, OUR_ADDRESS, a_mail, an_office, opened, settings_for, text_of
from make.smtp_sink import MemoryTransport, Received

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.deciding.desk import Desk
from mailbot.deciding.mails import resend
from mailbot.errors import PermanentFault
from mailbot.ledger import dossiers
from mailbot.outbox.delivery.refusals import classify_smtp
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.sending import digest_is_due, send_digest
from mailbot.report.digest.view import render_digest
from mailbot.settings.mail import Smtp
from mailbot.workflow.tick import Office

A, B = "robot-a@example.com", "robot-b@example.org"
VACATION, BOUNCING = "clerk@vacation.example", "gone@bouncing.example"
LIST, FORWARDER, STRIPPER = "post@list.example", "fw@forward.example", "strip@forward.example"
DAILY, PER_ADDRESS = 30, 5
PASS = timedelta(minutes=40)  # more passes a day than anybody may be sent mails

Answer = Callable[[Received], Iterator[bytes]]


def robot(name: str, headers: dict[str, str], also_to: str = "") -> Answer:
    """Answers every mail, to us and to another robot, with these headers."""
    count = 0

    def answer(got: Received) -> Iterator[bytes]:
        nonlocal count
        count += 1
        theirs = opened(got.raw)
        yield a_mail(
            f"Re: {theirs['Subject']}",
            f"您的来信已收到（{count}）。",
            sender=name,
            to=", ".join(filter(None, (OUR_ADDRESS, also_to))),
            message_id=f"<{name}-{count}@robots.example>",
            headers={"In-Reply-To": theirs["Message-ID"], **headers},
        )

    return answer


def bounce(got: Received) -> Iterator[bytes]:
    """RFC 3464: there is no such user."""
    number = opened(got.raw)["Message-ID"][1:20]
    yield (
        "Return-Path: <>\r\n"
        "From: MAILER-DAEMON@bouncing.example\r\n"
        f"To: {OUR_ADDRESS}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <dsn-{number}@bouncing.example>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"\r\n\r\n'
        f"--dsn\r\n\r\n<{got.rcpt}>: 550 5.1.1 User unknown\r\n"
        "--dsn\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; bouncing.example\r\n\r\n"
        f"Final-Recipient: rfc822; {got.rcpt}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--dsn--\r\n"
    ).encode()


def forward(got: Received) -> Iterator[bytes]:
    """Sends our own mail back to us as it is (Resent, RFC 5322 3.6.6)."""
    yield f"Resent-From: {FORWARDER}\r\nResent-To: {OUR_ADDRESS}\r\n".encode() + got.raw


def on_list(got: Received) -> Iterator[bytes]:
    """A list that sends what it gets to all, us among them."""
    yield b"List-Id: <post.list.example>\r\nPrecedence: list\r\n" + got.raw


@dataclass
class Week:
    """What was sent, by local day and address, and what became of each arrival."""

    office: Office
    box: FakeMailbox
    clock: FrozenClock
    transport: MemoryTransport
    answers: dict[str, Answer]
    sent: list[tuple[date, Received]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    def live(self, days: int, each_day: Callable[[int], Iterator[bytes]]) -> None:
        for day in range(days):
            arriving = list(each_day(day))
            end = self.clock.now() + timedelta(days=1)
            while self.clock.now() < end:
                arriving = self.one_pass(arriving)

    def one_pass(self, arriving: list[bytes]) -> list[bytes]:
        for raw in arriving:
            self.box.deliver(raw, self.clock.now())
        office, before = self.office, len(self.transport.messages)
        office.tick()
        if digest_is_due(office.ledger, office.settings, self.clock.now()):
            self.digests.append(
                render_digest(
                    build_digest(office.ledger, office.campaign, office.settings, self.clock.now())
                )[1]
            )
            send_digest(office.ledger, office.campaign, office.settings, self.clock.now())
            office.deliver_due()
        fresh = self.transport.messages[before:]
        today = self.clock.now().astimezone(office.settings.zone).date()
        self.sent += [(today, one) for one in fresh]
        self.clock.advance(seconds=PASS.total_seconds())
        return [raw for one in fresh if (say := self.answers.get(one.rcpt)) for raw in say(one)]

    def reasons(self) -> Counter[tuple[str, str]]:
        """(sender, reason or `answered`) of every arrival."""
        rows = self.office.ledger.rows(
            "SELECT sender_address, no_answer_reason, reply, state FROM arrivals"
        )
        return Counter(
            (row["sender_address"], row["no_answer_reason"] or ("answered" if row["reply"] else ""))
            for row in rows
        )


@pytest.fixture
def week(tmp_path: Path, campaign: Campaign) -> Iterator[Week]:
    plain = settings_for(tmp_path)
    smtp = Smtp(
        host="127.0.0.1",
        from_address=OUR_ADDRESS,
        daily_limit=DAILY,
        per_address_daily_limit=PER_ADDRESS,
    )
    office_of = plain.office.model_copy(update={"addresses": ("duty@example.test",)})
    settings = plain.model_copy(update={"smtp": smtp, "office": office_of})
    start = datetime.combine(campaign.opening + timedelta(days=20), datetime.min.time())
    clock = FrozenClock(start.replace(tzinfo=campaign.zone))
    box, transport = FakeMailbox(), MemoryTransport()
    answers: dict[str, Answer] = {
        A: robot(A, {"Auto-Submitted": "auto-replied"}, also_to=B),
        B: robot(B, {}, also_to=A),
        VACATION: robot(VACATION, {}),
        BOUNCING: bounce,
        LIST: on_list,
        FORWARDER: forward,
        STRIPPER: robot(STRIPPER, {"X-Original-To": OUR_ADDRESS}),
        OUR_ADDRESS: forward,
    }
    with an_office(tmp_path, campaign, box, transport, clock, settings=settings) as office:
        yield Week(office, box, clock, transport, answers)


def submissions(day: int) -> Iterator[bytes]:
    """Each correspondent sends one mail of his own accord a day."""
    for sender in (A, B, VACATION, BOUNCING, LIST, FORWARDER, STRIPPER, OUR_ADDRESS):
        yield a_mail(f"金水区演练材料（{day}）", sender=sender, message_id=f"<{day}-{sender}>")


def test_a_week_among_robots_stays_within_the_caps(week: Week) -> None:
    week.live(7, submissions)
    by_day = Counter(day for day, _ in week.sent)
    by_address = Counter((day, one.rcpt) for day, one in week.sent)
    assert max(by_day.values()) <= DAILY
    assert max(by_address.values()) <= PER_ADDRESS
    # The two that show no header bring nothing new: after one exchange they hear no more.
    assert by_address[(min(by_day), VACATION)] == 1
    assert by_address[(min(by_day), B)] == 1
    # Robots that say what they are got the one answer to what their owner sent.
    ours = [one for one in week.sent if one[1].rcpt == OUR_ADDRESS]
    assert ours == []
    everything = Counter(one.rcpt for _, one in week.sent)
    assert everything[BOUNCING] == 1
    assert everything[A] <= 7
    assert everything[FORWARDER] <= 7
    assert len(week.digests) == 7
    assert everything["duty@example.test"] == 7


INVENTED = (
    "您好，贵信已转交相关人员，此致。",
    "Merci de votre message, nous revenons vers vous.",
    "喵。",
    "请问贵单位是否收到？",
    "见附件，请查收。",
    "撤回上一封邮件。",
    "尊敬的用户，您的反馈对我们十分重要，我们的团队将认真研究并持续改进服务质量，感谢您长期以来对本平台"
    "的理解与支持，祝您生活愉快、工作顺利、身体健康、阖家幸福。",
)


@pytest.mark.parametrize("words", INVENTED)
def test_a_robot_without_a_header_is_silenced_whatever_it_says(week: Week, words: str) -> None:
    """It answers everything at once, in words that no list has, and never with a file."""

    def answer(got: Received) -> Iterator[bytes]:
        theirs = opened(got.raw)
        number = str(theirs["Message-ID"])[1:9]
        yield a_mail(
            f"Re: {theirs['Subject']}", words, sender="robot@words.example",
            message_id=f"<{number}@words.example>", headers={"In-Reply-To": theirs["Message-ID"]},
        )  # fmt: skip

    week.answers = {"robot@words.example": answer}

    def once(day: int) -> Iterator[bytes]:
        if day == 0:
            yield a_mail("金水区演练材料", sender="robot@words.example", message_id="<w@x>")

    week.live(3, once)
    heard = [one for _, one in week.sent if one.rcpt == "robot@words.example"]
    # One answer to what its owner sent; one more at most, where its words ask something.
    assert len(heard) <= 2
    last = week.office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")[0]
    assert last["no_answer_reason"] in ("nothing_to_answer", "heard_lately")


def test_two_robots_that_send_our_own_file_back_end_after_one_exchange(week: Week) -> None:
    def returns_it(got: Received) -> Iterator[bytes]:
        theirs = opened(got.raw)
        files = {str(part.get_filename()): part.get_content() for part in theirs.iter_attachments()}
        yield a_mail(
            f"Re: {theirs['Subject']}", "随信附上原件。", sender=VACATION, files=files,
            message_id=f"<{str(theirs['Message-ID'])[1:9]}@back.example>",
        )  # fmt: skip

    week.answers = {VACATION: returns_it}

    def once(day: int) -> Iterator[bytes]:
        if day == 0:
            yield a_mail("金水区演练材料", sender=VACATION, message_id="<w@x>")

    week.live(2, once)
    assert len([one for _, one in week.sent if one.rcpt == VACATION]) == 1


def test_each_silence_has_its_reason(week: Week) -> None:
    week.live(2, submissions)
    found = week.reasons()
    assert not [key for key in found if key[1] == ""]
    expected = {
        (A, "auto_submitted"),
        (VACATION, "nothing_to_answer"),
        (B, "nothing_to_answer"),
        (OUR_ADDRESS, "own_address"),
        ("mailer-daemon@bouncing.example", "null_return_path"),
    }
    assert expected <= set(found), found
    assert dossiers.is_bounced(week.office.ledger, BOUNCING)
    told = [item.title for item in build_digest(
        week.office.ledger, week.office.campaign, week.office.settings, week.clock.now()
    ).needs_person]  # fmt: skip
    assert any(BOUNCING in title and "退回" in title for title in told)


def test_the_last_answer_of_the_day_says_so_and_no_other_does(week: Week) -> None:
    def busy(day: int) -> Iterator[bytes]:
        for number in range(PER_ADDRESS + 2):
            yield a_mail(
                f"金水区演练材料{number}", f"{LONG_TEXT}第{number}次演练。", sender=VACATION,
                message_id=f"<{day}-{number}@x>", headers={"X-Number": str(number)},
            )  # fmt: skip

    arriving = [[one] for one in busy(0)]
    for mail in arriving:
        week.one_pass(mail)
    to_robot = [text_of(one.raw) for _, one in week.sent if one.rcpt == VACATION]
    assert len(to_robot) == PER_ADDRESS
    says = ["今日不再" in text for text in to_robot]
    assert says == [False] * (PER_ADDRESS - 1) + [True], to_robot[-1]


def test_what_does_not_fit_the_day_goes_the_next_and_the_digest_says_so(week: Week) -> None:
    def many(day: int) -> Iterator[bytes]:
        for number in range(40 if day == 0 else 0):
            yield a_mail(
                "金水区演练材料",
                sender=f"clerk{number}@example.net",
                message_id=f"<many-{number}@example.net>",
            )

    week.live(2, many)
    days = sorted({day for day, _ in week.sent})
    replies = Counter(day for day, one in week.sent if one.rcpt.startswith("clerk"))
    # The digest of the first day had its place although forty waited from midnight on.
    digests = [day for day, one in week.sent if one.rcpt == "duty@example.test"]
    assert digests == days
    # A quarter of the day is kept from addresses that are no unit's: all but the first.
    today = DAILY - 1 - DAILY // 4
    assert replies == {days[0]: today, days[1]: 40 - today}
    assert f"今日发信限额用完，{40 - today}封顺延至明日" in week.digests[0]
    assert f"昨日发信限额用完，{40 - today}封顺延至今日" in week.digests[1]
    rows = week.office.ledger.rows("SELECT state, attempts FROM replies WHERE purpose = 'reply'")
    assert {row["state"] for row in rows} == {"sent"}
    assert {row["attempts"] for row in rows} == {1}, "waiting its turn is no attempt"


def test_a_judged_spam_text_never_leaves_again(week: Week) -> None:
    week.transport.faults.append(classify_smtp(554, "DT:SPM 163 smtp8"))
    week.box.deliver(a_mail(sender="unit@example.net"), week.clock.now())
    week.one_pass([])
    (row,) = week.office.ledger.rows("SELECT * FROM replies WHERE purpose = 'reply'")
    assert (row["state"], row["error_code"]) == ("dead", "DT:SPM")
    desk = Desk(
        week.office.ledger, week.office.campaign, week.office.settings, by="z",
        now=week.clock.now(),
    )  # fmt: skip
    with pytest.raises(PermanentFault, match="spam"):
        resend(desk, row["number"])
    week.live(1, lambda _: iter(()))
    assert [one for _, one in week.sent if one.rcpt == "unit@example.net"] == []
    assert any("判为垃圾邮件" in digest for digest in week.digests)
