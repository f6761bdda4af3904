"""A domain that many share proves the domain: who stands in From is proven only where there is one
way to read From, nobody else at that domain handed the mail in, and it is no old copy of a mail."""

import time
from dataclasses import replace

import pytest

from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.skeleton import Skeleton
from mailbot.inbox.screening.sender import doubt_sender, read_sender_auth
from mailbot.inbox.screening.signature import read_signatures
from mailbot.model import Message

DUTY, OTHER = "duty@host.test", "atk@host.test"
ID = "Ws1AbCdEfGhIjKlMnOpQrS--.10232S2"


def received(
    head: str,
    results: str = f"spf=pass smtp.mail={DUTY}; dkim=pass header.i=@host.test",
    came: str = "Mon, 03 Jul 2017 09:12:01 +0800 (CST)",
) -> Message:
    """As Coremail stores a mail whose own header lines are `head`."""
    raw = (
        f"Received: from m.host.test (unknown [192.0.2.1]) by mx9 (Coremail) with SMTP id {ID};"
        f" {came}\r\n{head}\r\nTo: drill@163.test\r\nSubject: x\r\n"
        f"X-CM-TRANSID: {ID}\r\nAuthentication-Results: mx9; {results}\r\n\r\ntext\r\n"
    )
    return parse_message(Skeleton(raw.encode(), (), "", 0, ()))


@pytest.mark.parametrize(
    "head",
    [
        f"From: {DUTY}",
        f"From: <{DUTY}>",
        f"From: Duty Office <{DUTY}>",
        f'From: "Office, Duty" <{DUTY}>',
        f"From: {DUTY.upper()}",
        f"From: {DUTY} (Duty Office)",
        f'From: "{DUTY}" <{DUTY}>',
        "From: =?utf-8?b?5YC854+t5a6k?= <" + DUTY + ">",
        f"From: {DUTY}\r\nSender: Duty <{DUTY}>",
    ],
)
def test_one_plain_author_is_proven(head: str) -> None:
    message = received(head)
    assert message.sender.address == DUTY
    assert doubt_sender(message) == ""


@pytest.mark.parametrize(
    "head",
    [
        f"From: {DUTY}, {OTHER}",
        f"From: {OTHER}, {DUTY}",
        f"From: <{OTHER}> <{DUTY}>",
        f"From: {DUTY} ({OTHER})",
        f"From: Duty <office> <{DUTY}>",
        f"From: <office <{DUTY}>",
        f"From: ({OTHER}) {DUTY}",
        f"From: {OTHER}:{DUTY};",
        f"From: all:{DUTY};",
        f"From: atk, {DUTY}",
        f'From: "x" <{OTHER}>, <{DUTY}>',
        f"From: {DUTY}\r\nFrom: {OTHER}",
        f"From: {OTHER}\r\nFrom: {DUTY}",
        f"Sender: {DUTY}",
        f"From: {DUTY}\r\nSender: {OTHER}",
        f"From: {DUTY}\r\nResent-From: {OTHER}",
        f"From: {DUTY}\r\nResent-Sender: {OTHER}",
        f"From: =?utf-8?q?{OTHER.replace('@', '=40')}?= <{DUTY}>",
        *(
            f"{name}: a\r\nFrom: {DUTY}\r\n{name}: b"
            for name in ("Date", "Message-ID", "To", "Cc", "Subject", "Reply-To", "In-Reply-To")
        ),
    ],
)
def test_where_from_can_be_read_in_two_ways_nobody_is_proven(head: str) -> None:
    assert not read_sender_auth(received(head)).proven


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        (f"spf=pass smtp.mail={OTHER}; dkim=pass header.i=@host.test", False),
        (f"spf=pass smtp.mail={OTHER}; dkim=none", False),
        (f"spf=none smtp.mail=x@evil.test; dkim=pass header.i={OTHER}", False),
        (f'spf=pass smtp.mail="{OTHER}"@host.test; dkim=none', False),
        (f"spf=pass smtp.mail={DUTY.upper()}; dkim=none", True),
        (f"spf=pass smtp.mail=prvs=0123456789={DUTY}; dkim=none", True),
        ("spf=pass smtp.mail=postmaster@host.test; dkim=none", True),
        (f"spf=none smtp.mail=x@evil.test; dkim=pass header.i={DUTY}", True),
        ("spf=none smtp.mail=x@evil.test; dkim=pass header.i=@host.test", True),
    ],
)
def test_another_user_of_the_domain_is_neither_the_author_nor_a_forger(
    results: str, proven: bool
) -> None:
    found = read_sender_auth(received(f"From: {DUTY}", results))
    assert found.proven is proven
    assert not found.contradicted


def test_a_from_line_of_nothing_but_quotes_costs_no_more_than_it_is_long() -> None:
    """The square of 50,000 took 40 s: the pass of a whole office."""
    message = replace(received(f"From: {DUTY}"), headers=(("From", '"\\' * 50_000 + f"<{DUTY}>"),))
    begun = time.process_time()
    plain = read_sender_auth(message).proven
    spent = time.process_time() - begun
    begun = time.process_time()
    read_sender_auth(replace(message, headers=(("From", '"\\' * 200 + f"<{DUTY}>"),)))
    assert not plain
    assert spent < 100 * max(time.process_time() - begun, 1e-4)


@pytest.mark.parametrize(("length", "plain"), [(1000, True), (1001, False)])
def test_a_from_line_of_more_than_a_thousand_characters_is_nobodys_name(
    length: int, plain: bool
) -> None:
    line = "x" * (length - len(f" <{DUTY}>")) + f" <{DUTY}>"
    message = replace(received(f"From: {DUTY}"), headers=(("From", line),))
    assert read_sender_auth(message).proven is plain


@pytest.mark.parametrize("date", ["garbage", "Mon, 99 Jul 2017 09:00:00 +0800", ""])
def test_a_signed_mail_whose_date_cannot_be_read_proves_nothing(date: str) -> None:
    signed = "spf=pass smtp.mail=x@evil.test; dkim=pass header.i=@host.test"
    assert doubt_sender(received(f"From: {DUTY}\r\nDate: {date}", signed)) == "missing"


@pytest.mark.parametrize(
    ("results", "written", "doubt"),
    [
        ("spf=pass smtp.mail=x@evil.test; dkim=pass header.i=@host.test", "Sun, 02 Jul", ""),
        ("spf=pass smtp.mail=x@evil.test; dkim=pass header.i=@host.test", "Sat, 01 Jul", "missing"),
        (f"spf=pass smtp.mail={DUTY}; dkim=pass header.i=@host.test", "Sat, 01 Jul", ""),
        (f"spf=pass smtp.mail={DUTY}; dkim=none", "Sat, 01 Jul", ""),
    ],
)
def test_a_signed_mail_that_somebody_else_hands_in_later_proves_nothing(
    results: str, written: str, doubt: str
) -> None:
    """A signature holds for whoever has the mail (RFC 6376 8.6): a replay of the first version."""
    head = f"From: {DUTY}\r\nDate: {written} 2017 18:00:00 +0800"
    assert doubt_sender(received(head, results)) == doubt


ALONE = "spf=pass smtp.mail=x@evil.test; dkim=pass header.i=@host.test"
# 2017-07-03 01:12:01 UTC, when it comes.
CAME, DAY = 1499044321, 24 * 60 * 60
WHOLE = "v=1; a=rsa-sha256; d=host.test; s=s1; h=From:To:Subject:Date:Content-Type; bh=YQ==; b=YWJj"
HEAD = f"From: {DUTY}\r\nDate: Mon, 03 Jul 2017 08:00:00 +0800"


@pytest.mark.parametrize(
    ("signatures", "doubt"),
    [
        ([WHOLE], ""),
        ([WHOLE, WHOLE.replace("host.test", "relay.test").replace("bh=", "l=0; bh=")], ""),
        ([f"{WHOLE}; t={CAME - 60}"], ""),
        ([f"{WHOLE}; t={CAME - 5 * DAY}"], "missing"),
        ([f"{WHOLE}; t={CAME + 5 * DAY}"], "missing"),
        ([WHOLE.replace("bh=", "l=0; bh=")], "missing"),
        ([WHOLE, WHOLE.replace("bh=", "l=10; bh=")], "missing"),
        ([WHOLE.replace("From:To:Subject:Date:Content-Type", "From")], "missing"),
        ([WHOLE.replace(":Date", "")], "missing"),
        ([WHOLE.replace(":Content-Type", "")], "missing"),
    ],
)
def test_a_signature_alone_speaks_for_what_it_covers_and_for_its_day(
    signatures: list[str], doubt: str
) -> None:
    head = "".join(f"DKIM-Signature: {one}\r\n" for one in signatures) + HEAD
    assert doubt_sender(received(head, ALONE)) == doubt
    # Its own provider handed it in: what the signature covers does not matter.
    assert doubt_sender(received(head)) == ""


@pytest.mark.parametrize("value", ["v=1; b=YWJj", "v=1; d=host.test", "v=1", "", "garbage"])
def test_what_names_no_domain_or_signs_nothing_is_no_signature(value: str) -> None:
    message = received(f"DKIM-Signature: {value}\r\n{HEAD}", ALONE)
    assert list(read_signatures(message)) == []


def test_a_signed_mail_from_the_future_is_an_old_copy_too() -> None:
    head = f"DKIM-Signature: {WHOLE}\r\nFrom: {DUTY}\r\nDate: Fri, 14 Jul 2017 08:00:00 +0800"
    assert doubt_sender(received(head, ALONE)) == "missing"
