"""Lines of servers are read by their grammars: RFC 8601 2.2, RFC 5321 4.4, RFC 5322 3.2."""

from dataclasses import replace

import pytest

from mailbot.inbox.screening.results import Hop, Result, Stated, plain_value, read_hop, read_results

SPF = Result("spf", "pass", ("b.test",))


def without_people(found: Stated | None) -> Stated | None:
    if found is None:
        return None
    return replace(found, results=tuple(replace(one, people=()) for one in found.results))


@pytest.mark.parametrize(
    ("line", "results"),
    [
        ("h.test; spf=pass smtp.mailfrom=a@b.test", (SPF,)),
        ("h.test; spf=pass smtp.mailfrom=a@b.test;", (SPF,)),
        ("H.Test; SPF=Pass SMTP.MailFrom=A@B.Test", (SPF,)),
        ("h.test 1; spf=pass smtp.mail=b.test", (SPF,)),
        ("h.test; spf=pass smtp.mailfrom=b.test; ", (SPF,)),
        ("h.test; spf=pass smtp.mailfrom=b.test; (c)", (SPF,)),
        ("h.test; spf=pass smtp.mailfrom=<b.test>", (SPF,)),
        ('h.test; spf=pass reason="" smtp.mailfrom=b.test', (SPF,)),
        ("h.test; spf=pass (a\\)) smtp.mailfrom=b.test", (SPF,)),
        ("h.test; none", ()),
        ("h.test; none;", ()),
        ("(a)h.test(b);(c)spf(d)=(e)pass(f)smtp.mailfrom(g)=(h)b.test(i)", (SPF,)),
        ("h.test; spf = pass smtp.mailfrom = a@b.test", (SPF,)),
        ("h.test; spf =pass smtp.mailfrom= a@b.test", (SPF,)),
        ("h.test;\tspf=pass\tsmtp.mailfrom=b.test", (SPF,)),
        ("h.test; spf=pass (a (b) \\) c) smtp.mailfrom=b.test", (SPF,)),
        ("h.test; spf/1=pass smtp.mailfrom=b.test", (SPF,)),
        ('h.test; spf=pass reason="a \\" = ; b" smtp.mailfrom=b.test', (SPF,)),
        ('h.test; spf=pass reason="a\\\\" smtp.mailfrom=b.test', (SPF,)),
        ("h.test; spf=pass action=none smtp.helo=c.test smtp.mailfrom=b.test", (SPF,)),
        ("h.test; spf=pass smtp.mailfrom=<a@b.test>", (SPF,)),
        ('h.test; spf=pass smtp.mailfrom="x@c.test"@b.test', (SPF,)),
        ("h.test; dmarc=pass header.from=b.test", (Result("dmarc", "pass", ("b.test",)),)),
        (
            "h.test; dkim=pass header.d=b.test header.i=@c.test; iprev=fail policy.iprev=1.2.3.4",
            (Result("dkim", "pass", ("b.test", "c.test")), Result("iprev", "fail")),
        ),
        ("h.test; x-own=pass", (Result("x-own", "pass"),)),
        ("h.test; s=p", (Result("s", "p"),)),
    ],
)
def test_a_line_of_results_is_read(line: str, results: tuple[Result, ...]) -> None:
    assert without_people(read_results(line)) == Stated("h.test", results)


@pytest.mark.parametrize(
    ("mailfrom", "person"),
    [
        ("Clerk@b.test", "clerk"),
        ("<clerk@b.test>", "clerk"),
        ("@b.test", ""),
        ("b.test", ""),
    ],
)
def test_what_stands_before_the_at_is_a_person(mailfrom: str, person: str) -> None:
    found = read_results(f"h.test; spf=pass smtp.mailfrom={mailfrom}")
    assert found == Stated("h.test", (replace(SPF, people=(person,)),))


@pytest.mark.parametrize(
    "mailfrom",
    [
        '"a@b.test"',  # the whole is a mailbox's name
        "a@b.test@c.test",
        "<a@b.test",
        '<a@b.test"x"',
        'a@b.test"x"',
        "a@b.test>",
        "<>",
        "localhost",
        "a@-b.test",
        "a@b..test",
        "a@",
        "a=b.test",
        "",
    ],
)
def test_an_address_without_one_clear_domain_speaks_for_none(mailfrom: str) -> None:
    found = read_results(f"h.test; spf=pass smtp.mailfrom={mailfrom}")
    assert without_people(found) == Stated("h.test", (Result("spf", "pass", ("",)),))


@pytest.mark.parametrize(
    "line",
    [
        "",
        ";",
        "h.test",
        "h.test;",
        "h.test spf=pass",
        "; spf=pass",
        "h.test;; spf=pass",
        "h.test 2; spf=pass",
        "h.test 1 1; spf=pass",
        "h.test 1 x; spf=pass",
        '"h.test"; spf=pass',
        "h/test; spf=pass",
        "h.test; spf=pass; none",
        "h.test; none; spf=pass",
        'h.test; spf"="pass',
        "h.test; spf=pass smtp.mailfrom=a= b@evil.test",
        'h.test; spf=pass smtp.helo="x"@b.test',
        'h.test; spf=pass reason="@"',
        "h.test; spf",
        "h.test; spf pass",
        "h.test; spf=",
        "h.test; =pass",
        "h.test; spf==pass",
        'h.test; spf="pass"',
        'h.test; "spf"=pass',
        "h.test; spf=pass=pass",
        "h.test; spf=pa.ss",
        "h.test; spf/2=pass",
        "h.test; spf=pass x=y",  # what a sender's address with a blank would write
        "h.test; spf=pass x",
        "h.test; spf=pass smtp.mailfrom=a@b.test smtp.mailfrom=a@c.test",
        "h.test; spf=pass smtp.mailfrom=a@b.test SMTP.mailfrom=a@c.test",
        "h.test; spf=pass smtp.helo=a@b.test",
        'h.test; spf=pass reason="a@b.test"',
        "h.test; dmarc=pass header.from=a@b.test",
        "h.test; dkim=pass smtp.mailfrom=a@b.test",
        "h.test; spf=pass (open",
        "h.test; spf=pass (a (b)",
        "h.test; spf=pass closed)",
        'h.test; spf=pass reason="open',
        'h.test; spf=pass reason="open\\"',
        "h.test; spf=pass (open\\)",
        "h.test; spf=pa\\ss",
        "h.test; spf=pass \x00",
        "h.test; spf=pass \x7f",
        "h.test; spf=pass 区",
    ],
)
def test_what_does_not_parse_states_nothing(line: str) -> None:
    assert read_results(line) is None


def test_a_line_of_8192_characters_is_read_and_a_longer_one_is_not() -> None:
    line = "h.test; spf=pass smtp.mailfrom=b.test "
    longest = line + "(" + "x" * (8192 - len(line) - 2) + ")"
    assert len(longest) == 8192
    assert without_people(read_results(longest)) == Stated("h.test", (SPF,))
    assert read_results(longest + " ") is None


@pytest.mark.parametrize("fold", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("blank", [" ", "\t"])
def test_folds_within_words_and_between_them(fold: str, blank: str) -> None:
    within = f"h.te{fold}{blank}st; spf=pa{fold}{blank}ss smtp.mailfrom=a@b{fold}{blank}.test"
    between = f"h.test;{fold}{blank}spf=pass{fold}{blank}smtp.mailfrom=a@b.test"
    assert read_results(within) == read_results(between)
    assert without_people(read_results(within)) == Stated("h.test", (SPF,))


@pytest.mark.parametrize(
    ("line", "hop"),
    [
        ("by h.test", Hop("h.test")),
        ("From a.test (b [192.0.2.1]) BY H.Test WITH smtp ID X-1", Hop("h.test", "", "X-1")),
        (
            "from a by h.test (Coremail) (b) via c with SMTP id X for <d@e>; Mon, 3 Jul 2017 (CST)",
            Hop("h.test", "Coremail", "X"),
        ),
        ("from a by h.test id X Y", Hop("h.test", "", "X")),
        ("from a by h.test id (c) X", Hop("h.test", "", "X")),
        ("from a by h.test id; 3 Jul", Hop("h.test")),
        ("from a (by evil.test) by h.test", Hop("h.test")),
        ('from "by" by h.test', Hop("h.test")),
        ("from x by h.test id AB\r\n CD", Hop("h.test", "", "AB")),
        ("from x by h.test\r\n (Postfix)\r\n id AB", Hop("h.test", "Postfix", "AB")),
        ("from x by h.te\r\n st (Coremail) id AB\r\n CD", Hop("h.test", "Coremail", "ABCD")),
    ],
)
def test_a_received_line_is_read(line: str, hop: Hop) -> None:
    assert read_hop(line) == hop


@pytest.mark.parametrize(
    "line",
    [
        "",
        "from a",
        "from a by",
        "from a by (c)",
        "from a by ; 3 Jul",
        "from a by <h.test>",
        "from a by h.test by evil.test",
        "from a by h.test id X id Y",
        "from a FROM b by h.test",
        "from a by h.test; 3 Jul; 4 Jul",
        "from a by h.test; 3 Jul id X",
        "from a by h.test; BY evil.test",
        "from a by h.test (open",
        "from a by h.test 区",
    ],
)
def test_a_received_line_that_somebody_else_wrote_a_part_of_is_none(line: str) -> None:
    assert read_hop(line) is None


def test_a_value_of_one_word_loses_its_folds() -> None:
    assert plain_value(" AB\r\n CD\tE ") == "ABCDE"


@pytest.mark.parametrize(
    ("line", "read"),
    [
        # As pypolicyd-spf 3 writes it, and with MAIL FROM:<"a);dkim=pass header.d=…("@evil.test>.
        (
            "mx.a.test; spf=pass (sender SPF authorized) smtp.mailfrom=evil.test"
            " (client-ip=1.2.3.4; helo=x; envelope-from=x@evil.test; receiver=y)",
            True,
        ),
        (
            "mx.a.test; spf=pass (sender SPF authorized) smtp.mailfrom=evil.test"
            " (client-ip=1.2.3.4; helo=x; envelope-from=a);dkim=pass header.d=qq.test (@evil.test;"
            " receiver=y)",
            False,
        ),
        (
            "mx.a.test; spf=pass smtp.mailfrom=evil.test (helo=x);dkim=pass header.d=qq.test (;"
            " envelope-from=a@evil.test)",
            False,
        ),
        ("mx.a.test; spf=pass (envelope_from: a);dkim=pass header.d=qq.test (@evil.test)", False),
        (
            "mx.a.test; spf=pass (mx.a.test: domain of a);dkim=pass header.d=qq.test (@evil.test"
            " designates 1.2.3.4 as permitted sender) smtp.mailfrom=evil.test",
            False,
        ),
        (
            "mx.google.com; spf=pass (google.com: domain of x@a.test designates 1.2.3.4 as"
            " permitted sender) smtp.mailfrom=x@a.test; dmarc=pass (p=NONE sp=NONE dis=NONE)"
            " header.from=a.test",
            True,
        ),
        ("mx.a.test; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=a.test; spf=none", True),
    ],
)
def test_behind_a_comment_of_the_senders_words_stands_no_result(line: str, read: bool) -> None:
    assert (read_results(line) is not None) is read
