"""Whose domain speaks for whom (RFC 7489 3.1), and which of several results counts."""

import pytest

from mailbot.inbox.screening.sender import (
    Receiver,
    organisation,
    own_servers,
    read_sender_auth,
    related,
    states_results,
    vouches,
)
from mailbot.model import MailAddress, Message

AR = "Authentication-Results"
COREMAIL = "from x by h.test (Coremail) with SMTP id T1"
QQ = "from a by newxmmxsza18.qq.com (NewMX) with SMTP id 1"
PASSED = "h.test; spf=pass smtp.mail=a@unit.test"


def mail(*headers: tuple[str, str]) -> Message:
    return Message(sender=MailAddress("", "a@unit.test"), headers=headers, trace=headers)


@pytest.mark.parametrize(
    ("domain", "above"),
    [
        ("unit.zz.gov.cn", "zz.gov.cn"),
        ("ZZ.GOV.CN", "zz.gov.cn"),
        ("zz.gov.cn", "zz.gov.cn"),
        ("gov.cn", ""),  # the public suffix list's own line
        ("cn", ""),
        ("", ""),
    ],
)
def test_the_organisational_domain_is_one_label_beneath_a_public_suffix(
    domain: str, above: str
) -> None:
    assert organisation(domain) == above


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("zz.gov.cn", "zz.gov.cn", True),
        ("a.zz.gov.cn", "b.zz.gov.cn", True),
        ("a.gov.cn", "b.gov.cn", False),
        ("gov.cn", "zz.gov.cn", False),
        ("gov.cn", "gov.cn", True),
        ("com", "cn", False),
        ("", "zz.gov.cn", False),
        ("zz.gov.cn", "", False),
        ("", "", False),
    ],
)
def test_relaxed_alignment_is_one_organisational_domain(
    first: str, second: str, alike: bool
) -> None:
    assert related(first, second) is alike


@pytest.mark.parametrize(
    ("domain", "author", "speaks"),
    [
        ("zz.gov.cn", "zz.gov.cn", True),
        ("zz.gov.cn", "unit.zz.gov.cn", True),
        ("unit.zz.gov.cn", "zz.gov.cn", False),
        ("a.zz.gov.cn", "b.zz.gov.cn", False),
        ("gov.cn", "zz.gov.cn", False),
        ("z.gov.cn", "zz.gov.cn", False),
        ("", "", False),
        ("", "zz.gov.cn", False),
    ],
)
def test_a_domain_speaks_for_itself_and_those_beneath_it(
    domain: str, author: str, speaks: bool
) -> None:
    assert vouches(domain, author) is speaks


@pytest.mark.parametrize(
    ("results", "spf"),
    [
        ("spf=pass; spf=fail", "fail"),
        ("spf=fail; spf=pass", "fail"),
        ("spf=fail; spf=hardfail", "hardfail"),
        ("spf=softfail; spf=fail", "fail"),
        ("spf=none; spf=neutral", "neutral"),
        ("spf=fail; spf=strange", "strange"),  # a word nobody knows is no pass
        ("spf=strange; spf=pass", "strange"),
        ("dkim=pass", ""),
    ],
)
def test_the_worse_of_two_results_counts(results: str, spf: str) -> None:
    assert read_sender_auth(mail((AR, f"h.test; {results}"))).spf == spf


@pytest.mark.parametrize(
    ("second", "aligned"), [("a@unit.test", True), ("a@evil.test", False), ("", False)]
)
def test_a_method_stated_twice_must_say_the_same_twice(second: str, aligned: bool) -> None:
    line = f"{PASSED}; spf=pass smtp.mail={second}"
    assert read_sender_auth(mail((AR, line))).aligned is aligned


def test_of_lines_that_nothing_binds_to_our_server_the_first_is_shown() -> None:
    found = read_sender_auth(mail((AR, "h.test; spf=fail"), (AR, "h.test; dkim=fail")))
    assert (found.spf, found.dkim, found.trusted) == ("fail", "", False)


@pytest.mark.parametrize(
    ("headers", "trusted"),
    [
        ((("X-CM-TRANSID", "T1"), ("X-Other", "x"), (AR, PASSED)), True),
        ((("X-CM-TRANSID", "T1"), (AR, PASSED), (AR, "unreadable (")), False),
        ((("X-CM-TRANSID", "T1"), (AR, PASSED), ("X-Other", "(")), True),
        ((("X-CM-TRANSID", "T2"), (AR, PASSED)), False),
        ((("X-CM-TRANSID", "T1"), ("X-CM-TRANSID", "T2"), (AR, PASSED)), False),
        (((AR, PASSED),), False),
    ],
)
def test_what_stands_beneath_the_transaction_is_believed_if_all_of_it_can_be_read(
    headers: tuple[tuple[str, str], ...], trusted: bool
) -> None:
    assert read_sender_auth(mail(("Received", COREMAIL), *headers)).trusted is trusted


def test_a_hop_without_a_transaction_binds_nothing() -> None:
    bare = COREMAIL.replace(" id T1", "")
    found = read_sender_auth(mail(("Received", bare), ("X-CM-TRANSID", ""), (AR, PASSED)))
    assert not found.trusted


@pytest.mark.parametrize(
    ("headers", "receiver", "states"),
    [
        ((), Receiver(), False),
        ((), Receiver("h.test"), True),
        (((AR, PASSED),), Receiver(), True),
        ((("Received", COREMAIL),), Receiver(), True),
        ((("Received", QQ),), Receiver(), True),
        ((("Received", "from a by mx.office.test with SMTP id 1"),), Receiver(), False),
        ((("Received", "from a by"),), Receiver(), False),
    ],
)
def test_whether_a_server_states_results(
    headers: tuple[tuple[str, str], ...], receiver: Receiver, states: bool
) -> None:
    assert states_results(mail(*headers), receiver) is states


def test_the_names_that_our_server_signs_with_are_told_once() -> None:
    assert own_servers(mail((AR, PASSED))) == ()  # no server's line is on it
    own = ("Received", "from a by h.test with SMTP id 1")
    assert own_servers(mail((AR, PASSED), (AR, PASSED), own)) == ("h.test",)


def test_two_from_lines_are_one_too_many() -> None:
    headers = (
        ("Received", COREMAIL),
        ("X-CM-TRANSID", "T1"),
        (AR, PASSED),
        ("From", "a@unit.test"),
    )
    assert read_sender_auth(mail(*headers)).trusted
    assert not read_sender_auth(mail(*headers, ("From", "b@evil.test"))).trusted
