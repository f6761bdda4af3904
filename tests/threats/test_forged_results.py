"""Nothing that a sender can write makes him believed: HELO, MAIL FROM, his own header lines.

Each mail is built as the receiving server leaves it, around what the attacker chose, and parsed
whole. The attacker owns evil.test, whose SPF and DKIM pass; he wants to be clerk@qq.test.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make.examples import examples

from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.skeleton import Skeleton
from mailbot.inbox.screening.results import Result, Stated, read_hop, read_results
from mailbot.inbox.screening.sender import Receiver, own_servers, read_sender_auth, related
from mailbot.model import Message

ID = "_____wBnA1xYz1plb1--.32572S2"
WANTED = "clerk@qq.test"


def message(head: str, sender: str = WANTED) -> Message:
    own = f"From: {sender}\r\nTo: drill@163.test\r\nSubject: x\r\n"
    raw = head.replace("<SENDER'S OWN>\r\n", own) + "\r\ntext\r\n"
    return parse_message(Skeleton(raw.encode("utf-8"), (), "", 0, ()))


def coremail(
    results: str, *, helo: str = "mail.evil.test", forged: str = "", id: str = ID, host: str = "mx9"
) -> str:
    """What Coremail writes: its hop on top, its transaction and results below the sender's."""
    own = f"Authentication-Results: {host}; {results}\r\n" if results else ""
    return (
        f"Received: from {helo} (unknown [192.0.2.1]) by {host} (Coremail) with SMTP id {id};"
        f" Mon, 03 Jul 2017 09:12:01 +0800 (CST)\r\n{forged}<SENDER'S OWN>\r\n"
        f"X-CM-TRANSID: {id}\r\n{own}"
    )


def on_top(results: str, *, forged: str = "", host: str = "mx.office.test") -> str:
    """What others write: results above their own hop, the sender's lines below both."""
    own = f"Authentication-Results: {host}; {results}\r\n" if results else ""
    hop = f"Received: from evil.test (evil.test [192.0.2.1]) by {host} with ESMTP id 4F2; now\r\n"
    return f"{own}{hop}{forged}<SENDER'S OWN>\r\n"


PASS = f"spf=pass smtp.mail={WANTED}; dkim=none"
LINE = f"Authentication-Results: mx9; {PASS}\r\n"
QQ_LINE = f"Authentication-Results: mx.qq.com; spf=pass smtp.mailfrom={WANTED}; dkim=none\r\n"


# Postfix keeps the blanks of a HELO; behind the date nothing of a Received line used to be read.
IMITATES = "x by mx9 (Coremail) with SMTP id FAKE"
ENDS_THE_LINE = (
    f"{IMITATES}; x",
    f"{IMITATES};",
    f"{IMITATES}; Mon, 03 Jul 2017 09:12:01 +0800 (CST)",
    f"{IMITATES}; (",
    f'{IMITATES}; "',
    f"{IMITATES}; \\",
    "x) by mx9 (Coremail) with SMTP id FAKE; y (z",
)


def test_the_grounds_are_sound_a_unit_whose_server_vouches_for_it_is_believed() -> None:
    assert read_sender_auth(message(coremail(PASS))).proven
    office = Receiver("mx.office.test")
    assert read_sender_auth(message(on_top(PASS)), office).proven


@pytest.mark.parametrize(
    "results",
    [
        'spf=pass smtp.mail="clerk@qq.test"@evil.test; dkim=none',
        'spf=pass smtp.mail="smtp.mail=q@qq.test"@evil.test; dkim=none',
        'spf=pass smtp.mail="a;dkim=pass header.d=qq.test;"@evil.test; dkim=none',
        'spf=pass smtp.mail="<x@qq.test;"@evil.test; dkim=none',
        'spf=pass smtp.mail="a\\"@qq.test;dkim=pass header.d=qq.test;"@evil.test; dkim=none',
        "spf=pass (x;dkim=pass header.d=qq.test;) smtp.mail=evil.test; dkim=none",
        "spf=pass (x (y) \\);dkim=pass header.d=qq.test;) smtp.mail=evil.test; dkim=none",
        'spf=none; dkim=pass header.i="header.i=@qq.test"@evil.test',
        "spf=none; dkim=pass header.i=@qq.test@evil.test",
        "spf=none; dkim=pass header.d=evil.test header.i=@qq.test",
        "spf=none; dkim=pass header.d=qq.test header.d=evil.test",
        "spf=none; dkim=pass header.d=qq.test.evil.test",
        "spf=none; dkim=pass header.d=notqq.test",
        "spf=pass smtp.mail=x@evil.test smtp.mail=clerk@qq.test; dkim=none",
        "spf=pass smtp.mail=x@evil.test; dkim=none header.i=@qq.test",
        "spf=fail smtp.mail=clerk@qq.test; spf=pass smtp.mail=clerk@qq.test; dkim=none",
        "SPF=FAIL smtp.mail=clerk@qq.test; spf=pass smtp.mail=clerk@qq.test; dkim=none",
        "spf=passed smtp.mail=clerk@qq.test; dkim=none",
        "spf/2=pass smtp.mail=clerk@qq.test; dkim=none",
        "spf=pass smtp.helo=qq.test; dkim=none",
        'spf=pass reason="smtp.mail=clerk@qq.test"; dkim=none',
        "spf=pass smtp.mail=clerk@qq.test; dkim=pass header.d=qq.test; dmarc=fail",
        "spf=pass smtp.mail=clerk@qq.test; dmarc=pass header.from=evil.test",
        "spf=pass smtp.mail=clerk@qq\0.test; dkim=none",
        "spf=pass smtp.mail=\u202eclerk@qq.test; dkim=none",
        # A server that quotes nothing, and a MAIL FROM that writes on in its line.
        "spf=pass smtp.mail=x;dkim=pass header.d=qq.test;@evil.test; dkim=none",
        "spf=pass smtp.mail=clerk@qq.test;x=y z.a=b@evil.test; dkim=none",
        "spf=pass smtp.mail=clerk@qq.test;dkim=pass header.i=b@evil.test;"
        " dkim=pass header.i=@evil.test",
        "spf=pass smtp.mail=clerk@qq.test;spf=pass smtp.mail=b@evil.test; dkim=none",
        "spf=pass smtp.mail==?utf-8?q?x=3Bdkim=3Dpass_header.d=3Dqq.test=3B?=@evil.test; dkim=none",
    ],
)
def test_no_envelope_sender_writes_a_result_into_the_servers_line(results: str) -> None:
    assert not read_sender_auth(message(coremail(results))).proven
    office = Receiver("mx.office.test")
    assert not read_sender_auth(message(on_top(results)), office).proven


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(coremail("", forged=LINE), id="the host guessed, the real transaction"),
        pytest.param(
            coremail("", forged=f"X-CM-TRANSID: {ID}\r\n{LINE}"), id="the transaction guessed too"
        ),
        pytest.param(
            coremail("", helo="x by mx9 (Coremail) with SMTP id FAKE; now", host="mx1").replace(
                "<SENDER'S OWN>\r\n", f"X-CM-TRANSID: FAKE\r\n{LINE}<SENDER'S OWN>\r\n"
            ),
            id="a HELO that imitates a hop",
        ),
        pytest.param(
            on_top("", forged=f"X-CM-TRANSID: FAKE\r\n{LINE}").replace(
                "from evil.test", "from x by mx9 (Coremail) with SMTP id FAKE"
            ),
            id="the same at a server that is no Coremail",
        ),
        pytest.param(
            on_top("", forged=f"X-CM-TRANSID: FAKE\r\n{LINE}").replace(
                "from evil.test", "from x by mx9 (Coremail) with SMTP id FAKE ("
            ),
            id="with an open comment",
        ),
        *(
            pytest.param(
                f"Received: from {helo} (unknown [192.0.2.1])\r\n\tby {host} with ESMTP id 4F2;"
                f" now\r\nX-CM-TRANSID: FAKE\r\n{LINE}<SENDER'S OWN>\r\n",
                id=f"a HELO that ends the line itself, {number}, at {host}",
            )
            for host in ("mail.office.test (Postfix)", "newx.qq.com (NewMX)")
            for number, helo in enumerate(ENDS_THE_LINE)
        ),
        pytest.param(coremail("", forged=QQ_LINE), id="QQ's name below a Coremail hop"),
        pytest.param(QQ_LINE + coremail(""), id="QQ's name above a Coremail hop"),
        pytest.param(on_top("", forged=QQ_LINE), id="QQ's name below another's hop"),
        pytest.param(QQ_LINE + on_top(""), id="QQ's name above another's hop"),
        pytest.param(
            on_top("", host="mx.qq.com", forged=QQ_LINE), id="QQ's name below QQ's own hop"
        ),
        pytest.param(on_top("", host="mx.qq.com.evil.test") + QQ_LINE, id="a host like QQ's"),
        pytest.param(LINE + on_top(""), id="any name above any hop"),
        pytest.param(f"{LINE}<SENDER'S OWN>\r\n", id="no hop at all"),
        pytest.param(
            on_top("", forged=f"Received-SPF: pass\r\nARC-{LINE}ARC-Seal: i=1; cv=none\r\n"),
            id="Received-SPF and ARC",
        ),
        pytest.param(
            coremail("spf=fail smtp.mail=clerk@qq.test; dkim=none") + LINE.replace("pass", "pass"),
            id="two of the server's place: the worse counts",
        ),
        pytest.param(coremail(PASS.replace("none", "none ((")), id="the server's own is broken"),
        pytest.param(
            coremail("spf=fail ((") + LINE, id="one of the server's is broken, and may say no"
        ),
        pytest.param(
            coremail("", forged=f"X-CM-TRANSID: FAKE\r\n{LINE}").replace(
                f"X-CM-TRANSID: {ID}\r\n", ""
            ),
            id="a transaction where the server writes none",
        ),
        pytest.param(
            f"Authentication-Results: mx.evil.test; {PASS}\r\n" + on_top("", host="mx.evil.test"),
            id="a whole hop of the sender's, where the server writes none",
        ),
        pytest.param(
            # What he was sent by a colleague of the clerk's: its signature holds below his From.
            coremail("spf=none; dkim=pass header.d=qq.test").replace(
                "<SENDER'S OWN>\r\n", "<SENDER'S OWN>\r\nFrom: colleague@qq.test\r\n"
            ),
            id="a From above the one that was signed",
        ),
        pytest.param(
            coremail(PASS).replace("mx9; spf", "mx9 2; spf"), id="another version of the format"
        ),
    ],
)
def test_no_line_of_the_senders_is_taken_for_the_servers(head: str) -> None:
    found = message(head)
    assert not read_sender_auth(found).proven
    assert not read_sender_auth(found, Receiver("mx.other.test")).proven


def test_with_a_name_in_the_settings_no_other_server_is_believed() -> None:
    found = message(coremail(PASS))
    assert read_sender_auth(found, Receiver("mx*")).proven
    assert read_sender_auth(found, Receiver("MX9")).proven
    assert not read_sender_auth(found, Receiver("mx8")).proven
    assert own_servers(found) == ("mx9",)
    assert own_servers(message(on_top("", forged=LINE))) == ()


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("qq.test", "mail.qq.test", True),
        ("a.qq.test", "b.qq.test", True),
        ("zz.gov.cn", "kf.gov.cn", False),
        ("gov.cn", "zz.gov.cn", False),
        ("a.github.io", "b.github.io", False),
        ("zz.ha.cn", "kf.ha.cn", False),
        ("co.uk", "unit.co.uk", False),
        ("", "", False),
    ],
)
def test_who_stands_under_one_registry_is_not_one_organisation(
    first: str, second: str, same: bool
) -> None:
    assert related(first, second) is same


@pytest.mark.parametrize(
    ("signer", "believed"),
    [
        ("office.zz.gov.cn", True),
        ("zz.gov.cn", True),  # the city's server signs for its offices
        ("unit.zz.gov.cn", False),  # beside: another unit of the city
        ("x.office.zz.gov.cn", False),  # beneath
        ("gov.cn", False),
        ("cn", False),
        ("office.zz.gov.cn.evil.test", False),
        ("xoffice.zz.gov.cn", False),
    ],
)
@pytest.mark.parametrize(
    "result", ["spf=pass smtp.mail=duty@{}; dkim=none", "dkim=pass header.d={}"]
)
def test_a_unit_under_the_citys_domain_does_not_speak_for_another(
    signer: str, believed: bool, result: str
) -> None:
    results = f"{result.format(signer)}; dmarc=pass header.from=office.zz.gov.cn"
    found = read_sender_auth(message(coremail(results), "duty@office.zz.gov.cn"))
    assert found.proven is believed
    if signer.endswith(".zz.gov.cn"):  # of the same organisation: no proof, no contradiction
        assert not found.contradicted


def test_what_servers_write_is_read() -> None:
    """As QQ, Gmail (RFC 8601 B.5 has the like) and Exchange print it."""
    qq = "mx.qq.com; spf=pass smtp.mailfrom=<x@a.test>; dkim=pass(good) header.d=a.test; dmarc=pass(permerror) header.from=a.test"  # noqa: E501
    assert read_results(qq) == Stated(
        "mx.qq.com",
        (
            Result("spf", "pass", ("a.test",), ("x",)),
            Result("dkim", "pass", ("a.test",), ("",)),
            Result("dmarc", "pass", ("a.test",), ("",)),
        ),
    )
    google = (
        "mx.google.com;\r\n       dkim=pass header.i=@a.test header.s=s header.b=Xy+/z=;\r\n"
        "       spf=pass (google.com: domain of b+u=c.test@a.test designates 192.0.2.1 as"
        " permitted sender) smtp.mailfrom=b+u=c.test@a.test;\r\n"
        "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=a.test"
    )
    found = read_results(google)
    assert found is not None
    assert [one.domains for one in found.results] == [("a.test",)] * 3
    assert read_results("mx.a.test 1; none") == Stated("mx.a.test", ())
    assert read_results("mx.a.test; spf = pass (x) smtp.mailfrom = a.test") is not None
    hop = read_hop("from a (b [192.0.2.1])\r\n\tby newx.qq.com (NewMX) with SMTP id 7\r\n\tfor <x>")
    assert hop is not None
    assert (hop.by, hop.program, hop.transaction) == ("newx.qq.com", "NewMX", "7")
    assert read_hop("from a by b.test with SMTP id 7; Mon, 3 Jul 2017 09:12:01 +0800 (by CST; x)")


# -- whatever the attacker writes where he may write

PIECES = (
    ' ; ( ) " \\ = @ < > , . : spf dkim dmarc pass none fail smtp.mail smtp.mailfrom header.d'
    " header.i header.from qq.test @qq.test clerk@qq.test evil.test mx9 mx.office.test mx.qq.com"
    " (Coremail) by from with SMTP id for x 1 2 reason ;dkim=pass ;spf=pass dkim=pass"
    " spf=pass smtp.mail=clerk@qq.test header.i=@qq.test \t \r\n\t =?utf-8?q?=3B?= \0 é"
).split(" ")
chosen = st.lists(st.sampled_from([*PIECES, " ", ID]), max_size=12).map("".join)
one_line = chosen.map(lambda text: text.replace("\r\n", ""))
lines = st.lists(
    st.tuples(
        st.sampled_from(
            ["Authentication-Results", "Received", "X-CM-TRANSID", "Received-SPF", "X-Other"]
        ),
        st.one_of(
            chosen,
            st.sampled_from(
                [f"mx9; {PASS}", f"mx.qq.com; {PASS}", f"mx.office.test; {PASS}", ID, "FAKE"]
                + [f"from a by {host} (Coremail) with SMTP id {ID}" for host in ("mx9", "x.qq.com")]
            ),
        ),
    ),
    max_size=4,
).map(lambda found: "".join(f"{name}: {value}\r\n" for name, value in found))


def quoted(text: str) -> str:
    """A local part as RFC 5321 4.1.2 has it: a quoted string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@settings(max_examples=examples(200), deadline=None)
@given(
    local=one_line,
    helo=st.one_of(one_line, st.tuples(st.sampled_from(ENDS_THE_LINE), one_line).map("".join)),
    own=lines,
    dkim=st.sampled_from(["none", "pass header.i=@evil.test", "fail header.i=@qq.test"]),
    kind=st.sampled_from(["coremail", "silent coremail", "on top", "silent", "qq", "silent qq"]),
)
def test_nothing_that_an_attacker_writes_is_ever_proof(
    local: str,
    helo: str,
    own: str,
    dkim: str,
    kind: str,
) -> None:
    results = f"spf=pass smtp.mail={quoted(local)}@evil.test; dkim={dkim}"
    if kind.endswith("coremail"):
        head = coremail("" if "silent" in kind else results, helo=helo, forged=own)
    else:
        host = "mx1.qq.com" if "qq" in kind else "mx.office.test"
        head = on_top("" if "silent" in kind else results, host=host, forged=own)
        head = head.replace("from evil.test", f"from {helo}")
        head = head.replace("Results: mx1.qq.com;", "Results: mx.qq.com;", 1)
    found = message(head)
    for receiver in (Receiver(), Receiver("mx*"), Receiver("mx.office.test")):
        assert not read_sender_auth(found, receiver).proven
