"""What a bounce of our reply says: whose address is no good, and which reply it was."""

import email
from pathlib import Path

import pytest
from make.parsed import parsed

from mailbot.files import BlobStore
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inbox.screening.bounces import BOUNCE_CLASSES, Bounce, parse_bounce, read_bounce
from mailbot.model import MailAddress, Message

DATA = Path(__file__).parent.parent / "data" / "automail"


def _report(text: str) -> Message:
    return Message(sender=MailAddress("", "postmaster@mx.example.test"), text=text)


def test_a_delivery_report_names_address_reply_and_status() -> None:
    raw = (DATA / "delivery_report.eml").read_bytes()
    parts = list(email.message_from_bytes(raw).walk())
    split_off = "\n\n".join(part.as_string() for part in parts[2:])
    assert parse_bounce(parsed(raw), split_off) == Bounce(
        True, "gone@unit.example.test", "<reply-17@office.example.test>", "5.1.1"
    )


def test_the_report_is_read_from_the_attachments(tmp_path: Path) -> None:
    mail = split_file(DATA / "delivery_report.eml", BlobStore(tmp_path))
    assert read_bounce(parse_message(mail)) == Bounce(
        True, "gone@unit.example.test", "<reply-17@office.example.test>", "5.1.1"
    )


def test_a_netease_bounce_is_read_from_its_prose() -> None:
    found = parse_bounce(parsed((DATA / "netease_bounce.eml").read_bytes()))
    assert found == Bounce(True, "gone@163.com", "<reply-17@office.example.test>", "")


def test_a_qq_bounce_is_read_from_its_html() -> None:
    found = parse_bounce(parsed((DATA / "qq_bounce.eml").read_bytes()))
    assert found is not None
    assert (found.permanent, found.recipient) == (True, "gone@qq.com")


@pytest.mark.parametrize(
    "reason",
    [
        "550 5.2.2 mailbox full", "552 quota exceeded", "550 DT:SPM 163 smtp", "Status: 5.7.1",
        "Action: delayed\nStatus: 4.4.1\nunknown user",
    ],
)  # fmt: skip
def test_an_address_that_exists_is_not_given_up(reason: str) -> None:
    found = parse_bounce(_report(f"Final-Recipient: rfc822; a@unit.example.test\n{reason}"))
    assert found is not None
    assert found.recipient == "a@unit.example.test"
    assert not found.permanent


@pytest.mark.parametrize(
    "reason",
    ["550 Invalid User: a", "550 5.1.1 x", "User not found", "550 no such user", "该用户不存在"],
)
def test_an_address_that_does_not_exist_is_given_up(reason: str) -> None:
    found = parse_bounce(_report(f"<a@unit.example.test>:\n{reason}"))
    assert found is not None
    assert (found.recipient, found.permanent) == ("a@unit.example.test", True)


NETEASE = "postmaster@163.com"


@pytest.mark.parametrize(
    ("headers", "sender", "subject", "text", "code"),
    [
        ((("X-CM-Original-Message-ID", "<1@x.test>"),), "", "", "", "netease_bounce"),
        ((("X-Mailer", "Coremail MTA Server 5"),), "", "", "", "netease_bounce"),
        ((("X-Mailer", "Coremail Webmail"),), "", "", "", None),
        ((), "postmaster@unit.example", "系统退信", "", "netease_bounce"),
        ((), "clerk@unit.example", "系统退信", "", None),
        ((), "postmaster@unit.example", "演练材料", "", None),
        ((), NETEASE, "退信", "", "netease_bounce"),
        ((), NETEASE, "演练材料", "", None),
        ((("X-Failed-Recipients", "a@x.test"),), "", "", "", "failed_recipients"),
        ((("Content-Type", "multipart/report; report-type=delivery-status"),), "", "", "",
         "delivery_report"),
        ((("Content-Type", "multipart/mixed"),), "", "", "", None),
    ],
)  # fmt: skip
def test_each_sort_of_bounce_is_known_by_its_own_mark(
    headers: tuple[tuple[str, str], ...], sender: str, subject: str, text: str, code: str | None
) -> None:
    message = Message(sender=MailAddress("", sender), subject=subject, text=text, headers=headers)
    found = [(name, shown) for name, find in BOUNCE_CLASSES if (shown := find(message))]
    assert [name for name, _ in found] == ([code] if code else [])
    for name, value in headers if code else ():
        assert found[0][1] == f"{name}: {value}"


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("致 postmaster@mx.example.test 无法送达 a@unit.example.test", "a@unit.example.test"),
        ("postmaster@other.test 无法送达", ""),
    ],
)
def test_in_prose_the_first_address_that_is_not_the_reporters_is_the_one_lost(
    text: str, recipient: str
) -> None:
    found = parse_bounce(_report(text))
    assert (found.recipient if found else "") == recipient


def test_the_failed_recipient_of_a_header_goes_before_the_text() -> None:
    message = Message(
        sender=MailAddress("", "postmaster@mx.example.test"),
        text="Final-Recipient: rfc822; b@unit.example.test\nStatus: 5.1.1",
        headers=(("X-Failed-Recipients", " A@unit.example.test"),),
    )
    found = parse_bounce(message)
    assert found == Bounce(True, "a@unit.example.test", "", "5.1.1")


@pytest.mark.parametrize(
    ("statuses", "status"), [("4.4.1 5.1.1", "5.1.1"), ("4.4.1 4.2.2", "4.4.1"), ("", "")]
)
def test_of_several_states_the_final_one_is_told(statuses: str, status: str) -> None:
    lines = [f"Status: {one}" for one in statuses.split()]
    found = parse_bounce(
        _report("\n".join(["Final-Recipient: rfc822; a@unit.example.test", *lines]))
    )
    assert found is not None
    assert found.status == status


def test_a_bounce_that_names_only_our_mail_gives_up_no_address() -> None:
    message = Message(text="550 5.1.1 no such user", in_reply_to="<reply-1@office.test>")
    assert parse_bounce(message) == Bounce(False, "", "<reply-1@office.test>", "5.1.1")


def test_an_ordinary_mail_is_no_bounce() -> None:
    assert parse_bounce(Message(text="材料见附件。")) is None


def test_blank_lines_by_the_hundred_thousand_cost_nothing_special() -> None:
    assert parse_bounce(Message(text="\n \t" * 100_000)) is None
