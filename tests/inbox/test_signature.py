"""What a DKIM-Signature field covers: the example of RFC 6376 3.5, with Content-Type among
what it signs, and what is left open."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime

import pytest

from mailbot.inbox.screening.signature import read_signatures
from mailbot.model import Message

B = "dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR"
EXAMPLE = (
    "v=1; a=rsa-sha256; d=example.net; s=brisbane; c=simple; q=dns/txt; i=@eng.example.net;"
    " t=1117574938; x=1118006938; h=from:to:subject:date:content-type;"
    " z=From:foo@eng.example.net|To:joe@example.com| Subject:demo=20run|"
    "Date:July=205,=202005=203:44:08=20PM=20-0700;"
    f" bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=; b={B}"
)


def signed(*values: str) -> Message:
    return Message(headers=tuple(("DKIM-Signature", value) for value in values))


def test_the_example_of_the_rfc_is_read() -> None:
    (one,) = read_signatures(signed(EXAMPLE))
    assert one.domain == "example.net"
    assert one.is_whole
    assert one.signed_at == datetime(2005, 5, 31, 21, 28, 58, tzinfo=UTC)
    assert one.digest == hashlib.sha256(b64decode(B)).hexdigest()


@pytest.mark.parametrize(
    "b", [f"{B[:20]} \r\n\t{B[20:]}", f" {B} ", B.replace("yuU4", "y u U 4")], ids=range(3)
)
def test_a_signature_is_known_again_however_it_is_folded(b: str) -> None:
    (one,) = read_signatures(signed(EXAMPLE))
    (other,) = read_signatures(signed(EXAMPLE.replace(B, b)))
    assert one.digest == other.digest


@pytest.mark.parametrize(
    "changed",
    [
        EXAMPLE.replace("; bh=", "; l=0; bh="),
        EXAMPLE.replace("; bh=", "; l=1000; bh="),
        EXAMPLE.replace("h=from:to:subject:date:content-type", "h=from"),
        EXAMPLE.replace("h=from:to:subject:date:content-type", "h=from:subject:date:content-type"),
        EXAMPLE.replace("h=from:to:subject:date:content-type", "h=from:to:date:content-type"),
        EXAMPLE.replace("h=from:to:subject:date:content-type", "h=from:to:subject:content-type"),
        EXAMPLE.replace("h=from:to:subject:date:content-type;", ""),
    ],
)
def test_a_signature_that_leaves_something_open_is_not_whole(changed: str) -> None:
    assert [one.is_whole for one in read_signatures(signed(changed))] == [False]


def test_more_fields_and_other_letters_do_no_harm() -> None:
    named = "h=From : To:Subject:Date:Content-Type:MIME-Version"
    wide = EXAMPLE.replace("h=from:to:subject:date:content-type", named)
    assert [one.is_whole for one in read_signatures(signed(wide))] == [True]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "v=1",
        EXAMPLE + "; d=evil.example",
        EXAMPLE.replace("d=example.net; ", ""),
        "d=a.example",
    ],
)
def test_what_is_no_signature_is_none(value: str) -> None:
    assert list(read_signatures(signed(value))) == []


@pytest.mark.parametrize("t", ["t=;", "t=soon;", "t=99999999999999999999;", "t=１２;", ""])
def test_a_time_that_is_none_is_not_said(t: str) -> None:
    (one,) = read_signatures(signed(EXAMPLE.replace("t=1117574938;", t)))
    assert one.signed_at is None
