"""Fetching and moving as servers get it wrong; every answer is scripted, octet for octet."""

import contextlib
import socket
import threading
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from make.odd_imap import DROP, STALL, OddImap

from mailbot.errors import MailbotError, PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.imap import ImapMailbox, open_imap
from mailbot.inbox.mailboxes.protocol import Listing, MessageGone

BEIJING = timezone(timedelta(hours=8))
OPENING = datetime(2017, 7, 1, tzinfo=BEIJING)
LISTING = Listing("yingji", "INBOX", 1, 7, 11, datetime(2017, 7, 5, 9, tzinfo=BEIJING))
OK_FETCH = "OK FETCH completed"


def literal(octets: bytes, item: bytes = b"BODY[]", rest: bytes = b"") -> bytes:
    """A FETCH answer with a literal, or its start where `rest` says how much is to follow."""
    size = len(octets) + len(rest)
    return b"* 1 FETCH (UID 7 %b {%d}\r\n%b" % (item, size, octets)


def fetched(mailbox: ImapMailbox) -> bytes:
    octets = bytearray()
    assert mailbox.fetch(LISTING, octets.extend) == len(octets)
    return bytes(octets)


def fault_of(call: Callable[[], object]) -> tuple[type[MailbotError], str]:
    with pytest.raises(MailbotError) as caught:
        call()
    return type(caught.value), caught.value.code


def test_a_dropped_connection_goes_on_from_the_octet_reached(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [
        (literal(b"hello ", rest=b"world"), DROP),
        (literal(b"world", b"BODY[]<6>") + b")\r\n", OK_FETCH),
    ]
    assert fetched(mailbox) == b"hello world"
    fetches = [each for each in server.commands if each.startswith("UID FETCH")]
    assert fetches == ["UID FETCH 7 (BODY.PEEK[])", "UID FETCH 7 (BODY.PEEK[]<6.5>)"]


@pytest.mark.parametrize("cut", range(12))
def test_wherever_the_connection_drops_the_message_is_the_same(
    server: OddImap, mailbox: ImapMailbox, cut: int
) -> None:
    raw = b"hello world"
    rest = literal(raw[cut:], b"BODY[]<%d>" % cut) + b")\r\n"
    server.answers["UID FETCH"] = [(literal(raw[:cut], rest=raw[cut:]), DROP), (rest, OK_FETCH)]
    assert fetched(mailbox) == raw


def test_a_server_that_falls_silent_is_left_and_asked_for_the_rest(server: OddImap) -> None:
    server.answers["UID FETCH"] = [
        (literal(b"hello ", rest=b"world"), STALL),
        (literal(b"world", b"BODY[]<6>") + b")\r\n", OK_FETCH),
    ]
    mailbox = open_imap(**{**server.settings, "timeout": 0.3})
    assert fetched(mailbox) == b"hello world"
    assert server.connections == 2
    mailbox.close()


def test_a_server_that_ignores_the_partial_sends_no_octet_twice(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [
        (literal(b"hello ", rest=b"world"), DROP),
        (literal(b"hello world") + b")\r\n", OK_FETCH),
    ]
    assert fetched(mailbox) == b"hello world"


def test_a_server_that_caps_partials_is_asked_until_all_has_come(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [
        (literal(b"hello ", rest=b"world"), DROP),
        (literal(b"wo", b"BODY[]<6>") + b")\r\n", OK_FETCH),
        (literal(b"rld", b"BODY[]<8>") + b")\r\n", OK_FETCH),
    ]
    assert fetched(mailbox) == b"hello world"


def test_a_partial_from_the_wrong_octet_is_refused(server: OddImap, mailbox: ImapMailbox) -> None:
    server.answers["UID FETCH"] = [
        (literal(b"hello ", rest=b"world"), DROP),
        (literal(b"rld", b"BODY[]<8>") + b")\r\n", OK_FETCH),
    ]
    assert fault_of(lambda: fetched(mailbox)) == (TemporaryFault, "mailbox_garbled")


def test_a_connection_lost_behind_the_last_octet_costs_nothing(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [(literal(b"hello world"), DROP)]
    assert fetched(mailbox) == b"hello world"
    assert server.verbs().count("UID FETCH") == 1


def test_a_connection_that_drops_again_and_again_is_given_up(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [(b"", DROP)]
    assert fault_of(lambda: fetched(mailbox)) == (TemporaryFault, "mailbox_unreachable")
    assert server.connections == 3


def test_other_lines_around_the_message_do_not_reach_the_sink(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    answer = (
        b"* 2 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"
        b"* 1 FETCH (FLAGS () BODY[] {11}\r\nhello world UID 7)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    )
    server.answers["UID FETCH"] = [(answer, OK_FETCH)]
    assert fetched(mailbox) == b"hello world"


def test_a_short_message_may_come_as_a_quoted_string(server: OddImap, mailbox: ImapMailbox) -> None:
    server.answers["UID FETCH"] = [(b'* 1 FETCH (UID 7 BODY[] "hello world")\r\n', OK_FETCH)]
    assert fetched(mailbox) == b"hello world"


@pytest.mark.parametrize(
    ("untagged", "words"),
    [
        (b"", OK_FETCH),  # Coremail after a recall
        (b"* 1 FETCH (UID 7 BODY[] NIL)\r\n", OK_FETCH),
        (b"* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n", OK_FETCH),  # RFC 2180 section 4.1.3
        (b"* 1 FETCH (UID 7 FLAGS ())\r\n", OK_FETCH),
        (b"", "NO Some of the requested messages no longer exist"),  # RFC 2180 section 4.1.2
    ],
)
def test_every_way_to_say_that_a_message_is_gone_is_understood(
    server: OddImap, mailbox: ImapMailbox, untagged: bytes, words: str
) -> None:
    server.answers["UID FETCH"] = [(untagged, words)]
    server.answers["UID SEARCH"] = [(b"* SEARCH\r\n", "OK done")]
    with pytest.raises(MessageGone):
        fetched(mailbox)


def test_a_message_that_is_gone_half_way_is_gone_and_not_short(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [(literal(b"hello ", rest=b"world"), DROP), (b"", OK_FETCH)]
    server.answers["UID SEARCH"] = [(b"* SEARCH\r\n", "OK done")]
    with pytest.raises(MessageGone):
        fetched(mailbox)


def test_a_refused_fetch_of_a_message_that_is_there_is_temporary(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID FETCH"] = [
        (b"", "NO [SERVERBUG] try later"),
        (literal(b"hi") + b")\r\n", "OK done"),
    ]
    assert fault_of(lambda: fetched(mailbox)) == (TemporaryFault, "mailbox_refused")
    assert fetched(mailbox) == b"hi"
    assert server.connections == 1


def test_a_uid_validity_that_changed_on_the_new_connection_is_not_fetched_on(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    first = server.answers["SELECT"][0]
    server.answers["SELECT"].append(
        (first[0].replace(b"UIDVALIDITY 1", b"UIDVALIDITY 2"), "OK done")
    )
    server.answers["UID FETCH"] = [(literal(b"hello ", rest=b"world"), DROP)]
    with pytest.raises(MessageGone):
        fetched(mailbox)
    assert server.verbs().count("UID FETCH") == 1


# -- moving


LIST_WITH_TARGET = (b'* LIST () "/" "INBOX"\r\n* LIST () "/" "done"\r\n', "OK done")


def test_without_move_a_message_is_copied_flagged_and_expunged_alone(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.capability = "IMAP4rev1 UIDPLUS"
    for verb in ("NOOP", "UID COPY", "UID STORE", "UID EXPUNGE"):
        server.answers[verb] = [(b"", "OK done")]
    server.answers["LIST"] = [LIST_WITH_TARGET]
    mailbox.move(LISTING, "done")
    assert [each.replace('"', "") for each in server.commands[-3:]] == [
        "UID COPY 7 done",
        "UID STORE 7 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 7",
    ]


def test_without_move_and_uidplus_nothing_is_touched(server: OddImap, mailbox: ImapMailbox) -> None:
    server.answers["NOOP"] = [(b"", "OK done")]
    assert fault_of(lambda: mailbox.move(LISTING, "done")) == (PermanentFault, "move_unsupported")
    assert not {"UID COPY", "UID STORE", "UID EXPUNGE", "CREATE"} & {*server.verbs()}


def test_a_refused_copy_leaves_the_message_where_it_is(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.capability = "IMAP4rev1 UIDPLUS"
    server.answers["NOOP"] = [(b"", "OK done")]
    server.answers["LIST"] = [LIST_WITH_TARGET]
    server.answers["UID COPY"] = [(b"", "NO COPY failed")]
    assert fault_of(lambda: mailbox.move(LISTING, "done")) == (TemporaryFault, "mailbox_refused")
    assert not {"UID STORE", "UID EXPUNGE"} & {*server.verbs()}


def test_a_copy_whose_answer_is_lost_is_not_sent_again(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.capability = "IMAP4rev1 UIDPLUS"
    server.answers["NOOP"] = [(b"", "OK done")]
    server.answers["LIST"] = [LIST_WITH_TARGET]
    server.answers["UID COPY"] = [(b"", DROP)]
    assert fault_of(lambda: mailbox.move(LISTING, "done")) == (
        TemporaryFault,
        "mailbox_unreachable",
    )
    assert server.verbs().count("UID COPY") == 1


# -- a server that lies or stammers


def test_ok_without_data_is_no_proof_that_a_message_is_gone(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    """The server still lists it: asked again with the next pass."""
    server.answers["UID FETCH"] = [(b"", OK_FETCH)]
    assert fault_of(lambda: fetched(mailbox)) == (TemporaryFault, "message_withheld")
    assert fault_of(lambda: mailbox.fetch_header(LISTING)) == (TemporaryFault, "message_withheld")
    server.answers["UID SEARCH"] = [(b"* SEARCH\r\n", "OK SEARCH completed")]
    assert fault_of(lambda: fetched(mailbox)) == (MessageGone, "message_gone")
    assert fault_of(lambda: mailbox.fetch_header(LISTING)) == (MessageGone, "message_gone")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"* 1 FETCH (UID 7 RFC822.SIZE {10000000000}\r\n", id="a literal of 10 GB"),
        pytest.param(b"* 1 FETCH (UID 7 RFC822.SIZE {%d}\r\n" % 10**30, id="of 10^30"),
        pytest.param(b"* 1 FETCH (UID 7 X " + b"x" * 70_000 + b")\r\n", id="a line of 70 KB"),
        pytest.param((b"* OK " + b"x" * 60_000 + b"\r\n") * 600, id="36 MB of lines"),
        pytest.param(b"* 1 FETCH (UID 7 RFC822.SIZE %d)\r\n" % (10 * 10**12), id="10 TB"),
        pytest.param(b"* 1 FETCH (UID 7 RFC822.SIZE %d)\r\n" % 10**30, id="10^30"),
        pytest.param(b"* 1 FETCH (UID 7 RFC822.SIZE -5)\r\n", id="less than nothing"),
    ],
)
def test_an_absurd_answer_is_garbled_and_is_not_held(
    server: OddImap, mailbox: ImapMailbox, answer: bytes
) -> None:
    server.answers["UID FETCH"] = [(answer, OK_FETCH)]
    tracemalloc.start()
    try:
        call = lambda: mailbox.list_messages("INBOX", OPENING, lambda _: ())  # noqa: E731
        assert fault_of(call) == (TemporaryFault, "mailbox_garbled")
        assert tracemalloc.get_traced_memory()[1] < 120 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [10 * 10**12, 10**30])
def test_a_message_of_an_absurd_size_is_garbled(
    server: OddImap, mailbox: ImapMailbox, size: int
) -> None:
    server.answers["UID FETCH"] = [(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % size, DROP)]
    assert fault_of(lambda: fetched(mailbox)) == (TemporaryFault, "mailbox_garbled")


def test_ten_thousand_uids_are_one_line_and_no_fault(server: OddImap, mailbox: ImapMailbox) -> None:
    uids = b" ".join(b"%d" % uid for uid in range(1_498_800_001, 1_498_810_001))
    server.answers["UID SEARCH"] = [(b"* SEARCH " + uids + b"\r\n", "OK SEARCH completed")]
    known = range(1_498_800_001, 1_498_810_001)
    assert mailbox.list_messages("INBOX", OPENING, lambda _: known) == []


def test_an_endless_trickle_ends_by_progress() -> None:
    """An octet within each timeout never runs into it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                while not over.wait(0.05):
                    connection.send(b"x")

        thread = threading.Thread(target=trickle)
        thread.start()
        mailbox = open_imap(
            host="127.0.0.1",
            port=listener.getsockname()[1],
            security="none",
            ca_file="",
            username="u",
            password="p",
            folder="INBOX",
            extra_folders=(),
            timeout=0.3,
        )
        try:
            call = lambda: mailbox.list_messages("INBOX", OPENING, lambda _: ())  # noqa: E731
            assert fault_of(call) == (TemporaryFault, "mailbox_unreachable")
        finally:
            over.set()
            thread.join()
