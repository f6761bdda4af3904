"""May this mail be answered?"""

from datetime import timedelta

import pytest

from mailbot.model import NoAnswer
from mailbot.outbox.etiquette import QUIET, Answer, is_usable_address, may_answer


def ask(
    no_answer: NoAnswer | None = None,
    address: str = "unit@example.test",
    sent: int = 0,
    limit: int = 20,
    dead: bool = False,
) -> Answer:
    return may_answer(
        no_answer=no_answer,
        address=address,
        sent_today_to_address=sent,
        per_address_daily_limit=limit,
        marked_dead=dead,
    )


def test_an_ordinary_mail_may_be_answered() -> None:
    assert ask() == (True, "", False)


def test_what_the_headers_forbid_goes_before_every_other_reason() -> None:
    found = NoAnswer("auto_submitted", "Auto-Submitted: auto-replied")
    assert ask(found, address="", sent=99, dead=True) == (False, "auto_submitted", False)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (0, (True, "", False)),
        (18, (True, "", False)),
        (19, (True, "", True)),
        (20, (False, "address_daily_limit", False)),
        (21, (False, "address_daily_limit", False)),
    ],
)
def test_the_twentieth_answer_of_a_day_is_the_last_and_knows_it(
    sent: int, expected: tuple[bool, str, bool]
) -> None:
    assert ask(sent=sent) == expected


def test_a_limit_of_one_makes_the_first_answer_the_last() -> None:
    assert ask(limit=1) == (True, "", True)


def test_a_limit_of_zero_answers_nobody() -> None:
    assert ask(limit=0) == (False, "address_daily_limit", False)


def test_an_address_that_bounced_for_good_is_left_alone() -> None:
    assert ask(dead=True) == (False, "address_dead", False)


def test_a_mail_without_sender_has_its_own_reason() -> None:
    assert ask(address="") == (False, "no_sender", False)


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: x@y.example",
        "a b@example.test",
        "<a@example.test>",
        "a@example.test, b@example.test",
        '"quoted part"@example.test',
        "单位@example.test",
        "=?utf-8?q?a=0d=0abcc=3a_v=40b.test?=@example.test",  # some decode it, line breaks and all
        "a=?utf-8?q?b?=@example.test",
        "no-domain",
        "a@",
        "@example.test",
        "a@@example.test",
        "a@-..example",
        f"{'a' * 65}@example.test",
        f"a@{'b' * 250}.example",
    ],
)
def test_an_address_that_cannot_stand_in_a_header_is_not_answered(address: str) -> None:
    assert ask(address=address) == (False, "address_unusable", False)


@pytest.mark.parametrize(
    "address", ["123456789@qq.com", "zz_ajj-2017+x@163.com", "o'neil@a-b.gov.cn", "a@localhost"]
)
def test_everyday_addresses_are_usable(address: str) -> None:
    assert is_usable_address(address)


@pytest.mark.parametrize(("octets", "usable"), [(254, True), (255, False)])
def test_an_address_of_more_octets_than_a_path_holds_gets_no_answer(
    octets: int, usable: bool
) -> None:
    """RFC 5321 section 4.5.3.1.3: 256 octets with the brackets."""
    domain = ".".join(["a" * 62] * 3) + ".test"
    address = "u" * (octets - len(domain) - 1) + "@" + domain
    assert len(address) == octets
    assert is_usable_address(address) is usable


def test_an_address_without_new_material_hears_from_us_once_in_seven_days() -> None:
    """RFC 5230 4.1: the site's `:days` defaults to 7."""
    assert timedelta(days=7) == QUIET
