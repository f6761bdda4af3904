"""SMTP against a real server on loopback, and the reading of refusals."""

import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from make.smtp_sink import MemoryTransport, Received, SmtpSink

from mailbot.outbox.delivery.refusals import Stage
from mailbot.outbox.delivery.transport import DeliveryFault, SmtpTransport, Transport, classify_smtp

MAIL = b"Subject: x\r\n\r\nline\r\n.dot at the start\r\n"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


def plain(sink: SmtpSink, **options: object) -> SmtpTransport:
    return SmtpTransport(sink.host, sink.port, "none", timeout=10, **options)  # type: ignore[arg-type]  # options of one test each


@pytest.fixture(scope="module")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A self-signed certificate for 127.0.0.1 and the context that serves it."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context, certificate


@pytest.mark.parametrize("real", [True, False], ids=["smtp", "memory"])
def test_a_message_arrives_octet_for_octet(sink: SmtpSink, real: bool) -> None:
    memory = MemoryTransport()
    transport: Transport = plain(sink) if real else memory
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    messages = sink.messages if real else memory.messages
    assert messages == [Received("office@example.test", "unit@example.test", MAIL)]


def test_one_connection_serves_a_batch_and_close_ends_it(sink: SmtpSink) -> None:
    transport = plain(sink)
    for _ in range(3):
        transport.send(MAIL, "office@example.test", "unit@example.test")
    assert (sink.connections, len(sink.messages)) == (1, 3)
    transport.close()
    transport.close()
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    assert sink.connections == 2


def test_a_kept_connection_that_the_server_closed_is_opened_again(sink: SmtpSink) -> None:
    transport = plain(sink)
    transport.send(MAIL, "office@example.test", "unit@example.test")
    sink.hang_up()
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    assert (sink.connections, len(sink.messages)) == (2, 2)


def test_the_null_return_path_is_a_setting(sink: SmtpSink) -> None:
    transport = plain(sink, null_return_path=True)
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    assert sink.messages[0].mail_from == ""


def test_a_login_is_tried_once_by_one_mechanism() -> None:
    """Each refusal counts towards NetEase's lock."""
    with SmtpSink(credentials={"office": "right"}) as sink:
        transport = plain(sink, username="office", password="wrong")
        with pytest.raises(DeliveryFault) as caught:
            transport.send(MAIL, "office@example.test", "unit@example.test")
        transport.close()
        assert caught.value.stop
        assert "wrong" not in caught.value.text
        assert sink.logins == ["office"]


@pytest.mark.parametrize(
    ("offered", "used"), [("PLAIN LOGIN", "PLAIN"), ("LOGIN", "LOGIN"), ("CRAM-MD5", "any")]
)
def test_the_mechanism_is_the_first_we_know_of_those_the_server_offers(
    monkeypatch: pytest.MonkeyPatch, offered: str, used: str
) -> None:
    tried: list[str] = []
    ehlo = smtplib.SMTP.ehlo

    def greet(self: smtplib.SMTP, name: str = "") -> tuple[int, bytes]:
        answer = ehlo(self, name)
        self.esmtp_features["auth"] = offered
        return answer

    monkeypatch.setattr(smtplib.SMTP, "ehlo", greet)
    monkeypatch.setattr(smtplib.SMTP, "auth", lambda _, name, how: tried.append(name))
    monkeypatch.setattr(smtplib.SMTP, "login", lambda _, name, password: tried.append("any"))
    with SmtpSink() as sink:
        transport = plain(sink, username="office", password="right")
        transport.send(MAIL, "office@example.test", "unit@example.test")
        transport.close()
    assert tried == [used]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_refusal_is_told_and_the_next_message_goes_through(sink: SmtpSink, stage: Stage) -> None:
    transport = plain(sink)
    sink.script(stage, 451, "DT:SPM 163 smtp12, please try again")
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "unit@example.test")
    assert (caught.value.code, caught.value.temporary) == ("DT:SPM", True)
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    # Coremail's "too much on one connection" (MI:DMC) would refuse all that follow on it.
    assert (len(sink.messages), sink.connections) == (1, 2)


@pytest.mark.parametrize(("code", "taken"), [(200, True), (299, True), (300, False)])
def test_only_a_positive_completion_means_that_the_server_took_it(
    sink: SmtpSink, code: int, taken: bool
) -> None:
    """RFC 5321 4.2.1: 2yz is the completion; after 3yz the server waits for more."""
    transport = plain(sink)
    sink.script("mail", code, "word of the server")
    with nullcontext() if taken else pytest.raises(DeliveryFault):
        transport._mail(transport._connect(), "office@example.test")
    transport.close()


@pytest.mark.parametrize("drop", [False, True])
def test_after_a_fault_the_connection_is_left_and_the_next_is_another(
    sink: SmtpSink, drop: bool
) -> None:
    transport = plain(sink)
    transport.log_in()
    sink.script("mail", 451, "MI:DMC 163 smtp1", times=2, drop=drop)
    with pytest.raises(DeliveryFault):
        transport.rehearse("office@example.test")
    with pytest.raises(DeliveryFault) as caught:
        transport.rehearse("office@example.test")
    assert caught.value.code == ("UNREACHABLE" if drop else "MI:DMC")
    transport.rehearse("office@example.test")
    assert (sink.connections, sink.messages) == (3, [])
    transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    assert (sink.connections, len(sink.messages)) == (3, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_words_of_coremail_are_read_in_both_its_encodings(encoding: str) -> None:
    transport = SmtpTransport("127.0.0.1", 25, "none")
    with pytest.raises(DeliveryFault, match="550 用户不存在"):
        transport._expect((550, "用户不存在".encode(encoding)), "rcpt")


def test_logging_in_twice_is_one_connection_and_a_refused_one_is_left() -> None:
    with SmtpSink(credentials={"office": "right"}) as sink:
        right = plain(sink, username="office", password="right")
        right.log_in()
        right.log_in()
        assert (sink.connections, sink.logins) == (1, ["office"])
        right.close()
        wrong = plain(sink, username="office", password="wrong")
        for _ in range(2):  # a person may have mended it meanwhile
            with pytest.raises(DeliveryFault):
                wrong.log_in()
        assert sink.connections == 3


def test_the_server_that_repeats_the_password_does_not_bring_it_into_the_ledger() -> None:
    with SmtpSink(credentials={"office": "right"}) as sink:
        sink.script("auth", 535, "no such login office/S3cret")
        with pytest.raises(DeliveryFault) as caught:
            plain(sink, username="office", password="S3cret").log_in()
    assert caught.value.text == "535 no such login office/***"


def test_an_answer_lost_after_data_is_temporary_though_the_server_took_it(sink: SmtpSink) -> None:
    transport = plain(sink)
    sink.script("data", drop=True)
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "unit@example.test")
    assert (caught.value.code, caught.value.temporary) == ("NO_ANSWER_AFTER_DATA", True)
    assert caught.value.unreachable
    assert len(sink.messages) == 1


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt"])
def test_a_connection_cut_before_data_says_unreachable(sink: SmtpSink, stage: Stage) -> None:
    transport = plain(sink)
    sink.script(stage, drop=True, times=2)
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "unit@example.test")
    transport.close()
    assert (caught.value.temporary, caught.value.unreachable) == (True, True)
    assert not sink.messages


def test_a_closed_port_is_temporary_and_unreachable() -> None:
    with SmtpSink() as sink:
        port = sink.port
    transport = SmtpTransport("127.0.0.1", port, "none", timeout=5)
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "unit@example.test")
    assert (caught.value.code, caught.value.temporary) == ("UNREACHABLE", True)


def test_a_greeting_that_refuses_us_says_nothing_about_the_message(sink: SmtpSink) -> None:
    sink.script("connect", 554, "IP<127.0.0.1> in blacklist")
    with pytest.raises(DeliveryFault) as caught:
        plain(sink).send(MAIL, "office@example.test", "unit@example.test")
    assert (caught.value.temporary, caught.value.unreachable) == (True, True)


def test_login_happens_once_a_connection() -> None:
    with SmtpSink(credentials={"office@example.test": "code"}) as sink:
        transport = plain(sink, username="office@example.test", password="code")
        transport.send(MAIL, "office@example.test", "unit@example.test")
        transport.send(MAIL, "office@example.test", "unit@example.test")
        transport.close()
        assert sink.logins == ["office@example.test"]
        assert len(sink.messages) == 2


def test_a_wrong_password_stops_everything_after_a_single_try() -> None:
    with SmtpSink(credentials={"office@example.test": "code"}) as sink:
        with pytest.raises(DeliveryFault) as caught:
            plain(sink, username="office@example.test", password="wrong").send(
                MAIL, "office@example.test", "unit@example.test"
            )
        assert caught.value.stop
        assert sink.logins == ["office@example.test"]


def test_a_password_that_is_not_ascii_stops_with_a_word_about_it() -> None:
    with SmtpSink(credentials={"office@example.test": "code"}) as sink:
        with pytest.raises(DeliveryFault, match="授权码") as caught:
            plain(sink, username="office@example.test", password="密码").send(
                MAIL, "office@example.test", "unit@example.test"
            )
        assert (caught.value.stop, caught.value.unreachable) == (True, True)


def test_a_server_that_wants_login_first_stops_everything() -> None:
    with SmtpSink(credentials={"office@example.test": "code"}) as sink:
        with pytest.raises(DeliveryFault) as caught:
            plain(sink).send(MAIL, "office@example.test", "unit@example.test")
        assert caught.value.stop


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_trusts_the_given_ca(server_tls: tuple[ssl.SSLContext, Path], security: str) -> None:
    context, ca_file = server_tls
    tls, starttls = (context, None) if security == "tls" else (None, context)
    with SmtpSink(tls=tls, starttls=starttls) as sink:
        transport = SmtpTransport(sink.host, sink.port, security, ca_file, timeout=10)  # type: ignore[arg-type]  # one of the two literals
        transport.send(MAIL, "office@example.test", "unit@example.test")
        transport.close()
        assert len(sink.messages) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_refuses_a_certificate_it_does_not_know(
    server_tls: tuple[ssl.SSLContext, Path], security: str
) -> None:
    context, _ = server_tls
    tls, starttls = (context, None) if security == "tls" else (None, context)
    with SmtpSink(tls=tls, starttls=starttls) as sink:
        transport = SmtpTransport(sink.host, sink.port, security, timeout=10)  # type: ignore[arg-type]  # one of the two literals
        with pytest.raises(DeliveryFault, match=r"(?i)certificate"):
            transport.send(MAIL, "office@example.test", "unit@example.test")
        assert not sink.messages


def test_starttls_that_is_not_offered_stops_rather_than_sends_in_the_clear(sink: SmtpSink) -> None:
    transport = SmtpTransport(sink.host, sink.port, "starttls", timeout=10)
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "unit@example.test")
    assert (caught.value.code, caught.value.stop) == ("NOT_OFFERED", True)
    assert caught.value.unreachable
    assert not sink.messages


def test_an_address_outside_ascii_is_permanent_and_never_leaves(sink: SmtpSink) -> None:
    transport = plain(sink)
    with pytest.raises(DeliveryFault) as caught:
        transport.send(MAIL, "office@example.test", "单位@example.test")
    assert (caught.value.code, caught.value.temporary) == ("NOT_ASCII", False)
    transport.send(MAIL, "office@example.test", "unit@example.test")  # in a transaction of its own
    transport.close()
    assert (len(sink.messages), sink.connections) == (1, 2)


def minutes(fault: DeliveryFault) -> bool:
    wait = fault.retry_after or timedelta()
    return fault.temporary and not fault.stop and timedelta() < wait < timedelta(hours=1)


def hours(fault: DeliveryFault) -> bool:
    wait = fault.retry_after or timedelta()
    return fault.temporary and not fault.stop and wait >= timedelta(hours=1)


def next_day(fault: DeliveryFault) -> bool:
    return fault.temporary and fault.next_day


def permanent(fault: DeliveryFault) -> bool:
    return not fault.temporary and not fault.stop


def stops(fault: DeliveryFault) -> bool:
    return fault.stop


# facts of the servers ("SMTP at NetEase"), each with a number it was seen with.
@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (421, "HL:REP 163 smtp1", minutes),
        (554, "HL:ICC 163 smtp1", minutes),
        (421, "HL:IFC 163 smtp1", minutes),
        (450, "HL:MEP 163 smtp1", minutes),
        (450, "MI:DMC 163 smtp1", minutes),
        (550, "RP:DRC 163 smtp1", minutes),
        (450, "RP:QRC 163 smtp1", minutes),
        (451, "MI:SFQ 163 smtp1", minutes),
        (550, "MI:SFQ 163 smtp1", minutes),
        (451, "DT:SPM ,please try again", minutes),
        (554, "MI:STC 163 smtp1", next_day),
        (451, "MI:STC 163 smtp1", next_day),
        (550, "RP:TRC 163 smtp1", next_day),
        (554, "HL:IHU 163 smtp1", hours),
        (554, "HL:IPB 163 smtp1", hours),
        (451, "Requested mail action not taken: too much fail authentication", hours),
        (550, "DT:SPM 163 smtp1", permanent),
        (554, "DT:SPM 163 smtp1", permanent),
        (554, "DT:SUM 163 smtp1", permanent),
        (554, "MI:IMF 163 smtp1", permanent),
        (550, "Invalid User", permanent),
        (550, "User suspended", permanent),
        (552, "Requested mail action aborted: exceeded mailsize limit", permanent),
        (550, "User has no permission", stops),
        (535, "Error: authentication failed", stops),
        (553, "Mail from must equal authorized user", stops),
        (530, "Authentication required", stops),
    ],
)
def test_a_refusal_is_read_by_its_mnemonic(
    code: int, text: str, expected: Callable[[DeliveryFault], bool]
) -> None:
    assert expected(classify_smtp(code, text))


@pytest.mark.parametrize(
    ("code", "temporary"), [(400, True), (450, True), (499, True), (500, False), (571, False)]
)
def test_an_unknown_refusal_goes_by_its_first_digit(code: int, temporary: bool) -> None:
    fault = classify_smtp(code, "something new")
    assert (fault.temporary, fault.stop) == (temporary, False)


def test_a_mnemonic_that_nobody_wrote_down_is_passed_over() -> None:
    assert classify_smtp(550, "XX:NEW 163 smtp1").code == "550"
    assert classify_smtp(450, "XX:NEW MI:SFQ 163 smtp1").code == "MI:SFQ"


def test_the_quarter_hour_quota_waits_a_quarter_of_an_hour() -> None:
    assert classify_smtp(451, "MI:SFQ").retry_after == timedelta(minutes=15)


def test_temporary_spam_is_tried_again_after_two_minutes() -> None:
    assert classify_smtp(451, "DT:SPM").retry_after == timedelta(minutes=2)
    temporary = [classify_smtp(code, "DT:SPM").temporary for code in (400, 499, 500)]
    assert temporary == [True, True, False]


def test_an_unknown_address_is_told_from_other_refusals() -> None:
    assert classify_smtp(550, "5.1.1 <a@b.example>: no mailbox").code == "INVALID_USER"
    assert classify_smtp(550, "Invalid User: a@163.com").code == "INVALID_USER"
    assert classify_smtp(500, "Invalid User: a@163.com").code == "INVALID_USER"
    assert classify_smtp(550, "User not found: a@163.com").code == "INVALID_USER"


def test_553_to_one_recipient_stops_nothing_but_a_refused_sender_does() -> None:
    one = classify_smtp(553, '"RCPT TO" mailbox unavailable', "rcpt")
    assert (one.temporary, one.stop) == (False, False)
    sender = classify_smtp(553, "5.7.1 <a@b.example>: Sender address rejected", "rcpt")
    assert sender.stop


def test_a_temporary_failure_of_the_login_service_does_not_stop() -> None:
    fault = classify_smtp(454, "4.7.0 Temporary authentication failure", "auth")
    assert (fault.temporary, fault.stop) == (True, False)


@pytest.mark.parametrize(
    ("code", "text", "stage", "expected"),
    [
        (421, "closing", None, {"unreachable": True, "temporary": True}),
        (450, "busy", None, {"unreachable": False, "temporary": True}),
        (450, "busy", "connect", {"unreachable": True}),
        (454, "no login now", "auth", {"unreachable": True, "stop": False}),
        (450, "busy", "mail", {"unreachable": False}),
        (399, "odd", None, {"temporary": False}),
        (199, "odd", None, {"temporary": True}),
        (200, "odd", None, {"temporary": False}),
        (500, "no", "auth", {"stop": True}),
        (500, "no", "connect", {"stop": False, "unreachable": True, "temporary": True}),
        (534, "weak", None, {"stop": True}),
        (538, "TLS first", None, {"stop": True}),
        (553, "no", "mail", {"stop": True}),
        (553, "no", "rcpt", {"stop": False, "temporary": False}),
        (553, "not owned by user", "rcpt", {"stop": True}),
        (450, "Invalid user", None, {"temporary": True}),  # a 4xx never buries an address
        (450, "user has no permission", None, {"stop": True}),
        (500, "account locked", None, {"stop": False, "unreachable": True}),
    ],
)
def test_what_a_refusal_means_for_the_rest(
    code: int, text: str, stage: Stage | None, expected: dict[str, bool]
) -> None:
    fault = classify_smtp(code, text, stage)
    assert {name: getattr(fault, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("HL:REP", timedelta(minutes=5)),
        ("MI:DMC", timedelta(minutes=1)),
        ("HL:IPB", timedelta(hours=2)),
        ("user has no permission", timedelta(hours=2)),
    ],
)
def test_each_class_of_refusal_waits_its_time(text: str, wait: timedelta) -> None:
    assert classify_smtp(550, text).retry_after == wait
