"""Authentication results are believed only where the receiving server itself wrote them."""

import pytest

from mailbot.inbox.screening.sender import Receiver, SenderAuth, doubt_sender, read_sender_auth
from mailbot.model import MailAddress, Message

HOP = (
    "from mx.unit.example (unknown [192.0.2.1]) by zwqz-mx-mta-g1-0 (Coremail) with SMTP id "
    "_____wBnA1xYz1plb1--.32572S2; Mon, 03 Jul 2017 09:12:01 +0800 (CST)"
)
TRANSID = "_____wBnA1xYz1plb1--.32572S2"
PASSED = "zwqz-mx-mta-g1-0; spf=pass smtp.mail=clerk@unit.example; dkim=none"


def _mail(*headers: tuple[str, str], sender: str = "clerk@unit.example") -> Message:
    return Message(sender=MailAddress("", sender), headers=headers, trace=headers)


def test_netease_results_of_the_own_transaction_are_trusted() -> None:
    message = _mail(
        ("Received", HOP), ("X-CM-TRANSID", TRANSID), ("Authentication-Results", PASSED)
    )
    found = read_sender_auth(message)
    assert found == SenderAuth("pass", "none", "", aligned=True, trusted=True)
    assert found.proven


def test_folds_that_split_tokens_do_not_hide_the_match() -> None:
    message = _mail(
        ("Received", HOP.replace("32572S2", "325\r\n 72S2")),
        ("X-CM-TRANSID", TRANSID.replace("wBn", "wB\r\n n")),
        (
            "Authentication-Results",
            PASSED.replace("mta-g1", "mta\r\n -g1").replace("=pass", "=p\r\n ass"),
        ),
    )
    assert read_sender_auth(message).proven


def test_a_result_the_sender_wrote_above_the_servers_own_is_ignored() -> None:
    forged = ("Authentication-Results", PASSED)
    own = ("Authentication-Results", PASSED.replace("spf=pass", "spf=fail"))
    found = read_sender_auth(_mail(("Received", HOP), forged, ("X-CM-TRANSID", TRANSID), own))
    assert (found.spf, found.trusted, found.aligned) == ("fail", True, False)


@pytest.mark.parametrize(
    ("hop", "transid", "result"),
    [
        (HOP, "other--.1", PASSED),
        (HOP, TRANSID[:-1], PASSED),
        (HOP, TRANSID, PASSED.replace("zwqz-mx-mta-g1-0", "mx.other.example")),
        ("from a by b.example with ESMTP id " + TRANSID, TRANSID, PASSED),
    ],
)
def test_results_that_are_not_bound_to_the_hop_are_not_trusted(
    hop: str, transid: str, result: str
) -> None:
    message = _mail(
        ("Received", hop), ("X-CM-TRANSID", transid), ("Authentication-Results", result)
    )
    assert not read_sender_auth(message).trusted


def test_a_coremail_hop_below_another_servers_line_is_not_ours() -> None:
    message = _mail(
        ("Received", "from x by mx.office.example with ESMTPS id 1"),
        ("Received", HOP),
        ("X-CM-TRANSID", TRANSID),
        ("Authentication-Results", PASSED),
    )
    assert not read_sender_auth(message).trusted


def test_qq_results_come_first() -> None:
    message = _mail(
        ("Authentication-Results", "mx.qq.com; spf=pass smtp.mailfrom=<x@bounce.unit.example>; "
         "dkim=pass(good) header.d=unit.example; dmarc=pass(permerror) header.from=unit.example"),
        ("Received", "from a (unknown [192.0.2.1]) by newxmmxsza18.qq.com (NewMX) with SMTP id 1"),
        ("Authentication-Results", "mx.qq.com; spf=fail"),
    )  # fmt: skip
    assert read_sender_auth(message) == SenderAuth("pass", "pass", "pass", True, True)


@pytest.mark.parametrize(
    ("result", "aligned"),
    [
        ("h; spf=pass smtp.mail=bounce@mail.unit.example", None),
        ("h; spf=pass smtp.mail=x@evil.example", False),
        ("h; spf=softfail smtp.mail=clerk@unit.example", False),
        ("h; spf=none; dkim=pass header.i=@unit.example", True),
        ("h; spf=pass smtp.mail=x@evil.example; dkim=pass header.i=@unit.example", True),
        ("h; dkim=fail header.i=@unit.example; dkim=pass header.i=@evil.example", False),
        ("h; spf=pass smtp.mail=x@notunit.example", False),
        ("h; nothing=here", None),
    ],
)
def test_alignment_is_checked_against_from(result: str, aligned: bool | None) -> None:
    assert read_sender_auth(_mail(("Authentication-Results", result))).aligned is aligned


def test_two_units_of_one_registry_are_not_aligned() -> None:
    result = ("Authentication-Results", "h; spf=pass smtp.mail=x@gov.cn")
    assert read_sender_auth(_mail(result, sender="a@zz.gov.cn")).aligned is False


def test_no_result_is_no_statement() -> None:
    assert read_sender_auth(_mail(("Received", HOP))) == SenderAuth()


def _taken_in_by_netease(result: str) -> Message:
    return _mail(("Received", HOP), ("X-CM-TRANSID", TRANSID), ("Authentication-Results", result))


@pytest.mark.parametrize(
    ("result", "doubt"),
    [
        (PASSED, ""),
        (PASSED + "; dmarc=pass", ""),
        (PASSED + "; dmarc=none", ""),
        (PASSED + "; dmarc=fail", "failed"),  # aligned all the same: what the domain asks counts
        (PASSED + "; dmarc=hardfail", "failed"),
        (PASSED.replace("unit.example", "evil.example"), "failed"),
        (PASSED.replace("spf=pass", "spf=softfail"), "failed"),
        (PASSED.replace("spf=pass", "spf=none"), "missing"),
        (PASSED.replace("spf=pass", "spf=temperror"), "missing"),
        ("zwqz-mx-mta-g1-0; nothing=here", "missing"),
    ],
)
def test_what_the_servers_own_result_says_of_the_sender(result: str, doubt: str) -> None:
    assert doubt_sender(_taken_in_by_netease(result)) == doubt


def test_a_dmarc_failure_is_no_proof_whatever_else_passed() -> None:
    found = read_sender_auth(_taken_in_by_netease(PASSED + "; dmarc=fail"))
    assert (found.spf, found.aligned, found.trusted) == ("pass", True, True)
    assert not found.proven
    assert found.contradicted


@pytest.mark.parametrize(
    ("headers", "doubt"),
    [
        ((("Received", "from a by mx.office.example with ESMTP id 1"),), "missing"),
        ((), "missing"),
        ((("Received", HOP),), "missing"),
        ((("Received", "from a by newxmmxsza18.qq.com (NewMX) with SMTP id 1"),), "missing"),
        ((("Authentication-Results", PASSED),), "missing"),  # anyone may have written it
        ((("Authentication-Results", PASSED + "; dmarc=fail"),), "failed"),  # to his own harm
    ],
)
def test_without_a_result_of_our_own_server_from_is_no_proof(
    headers: tuple[tuple[str, str], ...], doubt: str
) -> None:
    assert doubt_sender(_mail(*headers)) == doubt


@pytest.mark.parametrize(
    ("headers", "doubt"),
    [
        ((("Received", "from a by mx.office.example with ESMTP id 1"),), ""),
        ((), ""),
        ((("Received", HOP),), "missing"),  # NetEase states one
        ((("Authentication-Results", PASSED),), "missing"),  # somebody says his server states one
        ((("Authentication-Results", PASSED + "; dmarc=fail"),), "failed"),
    ],
)
def test_a_setting_believes_from_where_the_server_states_nothing(
    headers: tuple[tuple[str, str], ...], doubt: str
) -> None:
    assert doubt_sender(_mail(*headers), Receiver(trusts_unverified=True)) == doubt
