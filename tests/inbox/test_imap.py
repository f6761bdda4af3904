"""Login, settings and listing as servers get them wrong; every answer is scripted."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from make.odd_imap import DROP, OddImap

from mailbot.errors import MailbotError, PermanentFault, SettingsError, TemporaryFault
from mailbot.inbox.mailboxes.imap import ImapMailbox, open_imap
from mailbot.inbox.mailboxes.protocol import Listing

BEIJING = timezone(timedelta(hours=8))
OPENING = datetime(2017, 7, 1, tzinfo=BEIJING)
LISTING = Listing("yingji", "INBOX", 1, 7, 11, datetime(2017, 7, 5, 9, tzinfo=BEIJING))
OK_FETCH = "OK FETCH completed"


def listed(mailbox: ImapMailbox, *known: int) -> list[Listing]:
    return mailbox.list_messages("INBOX", OPENING, lambda uid_validity: known)


def fault_of(call: Callable[[], object]) -> tuple[type[MailbotError], str]:
    with pytest.raises(MailbotError) as caught:
        call()
    return type(caught.value), caught.value.code


# -- logging in


def test_id_is_sent_after_login_and_before_select_where_it_is_advertised(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.capability = "IMAP4rev1 XLIST ID UIDPLUS"
    listed(mailbox)
    verbs = [verb for verb in server.verbs() if verb != "CAPABILITY"]
    assert verbs[:4] == ["LOGIN", "ID", "SELECT", "UID SEARCH"]


def test_id_is_not_sent_where_it_is_not_advertised(server: OddImap, mailbox: ImapMailbox) -> None:
    listed(mailbox)
    assert "ID" not in server.verbs()


def test_a_refused_id_is_no_fault(server: OddImap, mailbox: ImapMailbox) -> None:
    server.capability = "IMAP4rev1 ID"
    server.answers["ID"] = [(b"", "BAD parse error")]
    assert len(listed(mailbox)) == 1


def test_id_and_select_are_sent_anew_on_every_connection(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.capability = "IMAP4rev1 ID"
    good = server.answers["UID SEARCH"][0]
    server.answers["UID SEARCH"] = [good, (b"* BYE idle for too long\r\n", DROP), good]
    assert listed(mailbox) == listed(mailbox)
    opening = [verb for verb in server.verbs() if verb in {"LOGIN", "ID", "SELECT"}]
    assert opening == ["LOGIN", "ID", "SELECT", "SELECT", "LOGIN", "ID", "SELECT"]
    assert server.connections == 2


def test_one_connection_is_kept(server: OddImap, mailbox: ImapMailbox) -> None:
    for _ in range(3):
        listed(mailbox)
    assert server.connections == 1


def test_a_refused_password_is_permanent_and_never_tried_again(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["LOGIN"] = [(b"", "NO LOGIN Login error or password error")]
    for _ in range(3):
        assert fault_of(lambda: listed(mailbox)) == (PermanentFault, "login_refused")
    assert server.verbs().count("LOGIN") == 1
    assert server.connections == 1


def test_netease_without_imap_switched_on_is_a_refused_login(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    words = "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
    server.answers["SELECT"] = [(b"", words)]
    with pytest.raises(PermanentFault, match=r"kefu@188\.com") as caught:
        listed(mailbox)
    assert caught.value.code == "login_refused"


@pytest.mark.parametrize(
    ("untagged", "words", "code"),
    [
        (b"", "NO [UNAVAILABLE] Temporary authentication failure", "login_later"),
        (b"", "NO System busy!", "login_later"),
        (b"* BYE Too many connections\r\n", DROP, "mailbox_unreachable"),
        (b"", DROP, "mailbox_unreachable"),
    ],
)
def test_a_login_that_cannot_be_checked_now_is_temporary(
    server: OddImap, mailbox: ImapMailbox, untagged: bytes, words: str, code: str
) -> None:
    server.answers["LOGIN"] = [(untagged, words), (b"", "OK done")]
    assert fault_of(lambda: listed(mailbox)) == (TemporaryFault, code)
    assert len(listed(mailbox)) == 1


def test_a_server_that_turns_us_away_at_the_door_is_unreachable(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.greeting = b"* BYE overloaded\r\n"
    code = fault_of(lambda: listed(mailbox))[1]
    assert code in {"mailbox_refused", "mailbox_unreachable"}


def test_no_server_at_all_is_unreachable() -> None:
    with OddImap() as gone:
        mailbox = open_imap(**gone.settings)
    assert fault_of(lambda: listed(mailbox)) == (
        TemporaryFault,
        "mailbox_unreachable",
    )


def test_the_password_is_in_no_fault_and_no_log(
    server: OddImap, mailbox: ImapMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers["LOGIN"] = [(b"", "NO [AUTHENTICATIONFAILED] no")]
    with pytest.raises(PermanentFault) as caught:
        listed(mailbox)
    assert "SHOUQUANMA" not in f"{caught.value} {caught.value.__cause__!r} {caplog.text}"


# -- settings


def settings(**changed: object) -> dict[str, Any]:
    return {
        "host": "imap.163.example",
        "port": 993,
        "security": "tls",
        "ca_file": "",
        "username": "yingji@163.example",
        "password": "SHOUQUANMA",
        "folder": "INBOX",
        "extra_folders": (),
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"security": "none"}, "loopback"),
        ({"security": "none", "host": "10.0.0.1"}, "loopback"),
        ({"password": "授权码"}, "password"),
        ({"password": "a\r\nx LOGOUT"}, "password"),
        ({"username": "应急"}, "username"),
        ({"ca_file": "no/such/file.pem"}, "no/such/file.pem"),
    ],
)
def test_settings_that_cannot_be_used_safely_are_refused(
    changed: dict[str, object], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        open_imap(**settings(**changed))
    assert "LOGOUT" not in str(caught.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_a_clear_connection_to_loopback_is_allowed(host: str) -> None:
    assert open_imap(**settings(security="none", host=host)).name == f"yingji@163.example@{host}"


def test_starttls_is_never_left_out(server: OddImap) -> None:
    mailbox = open_imap(**{**server.settings, "security": "starttls"})
    assert fault_of(lambda: listed(mailbox)) == (TemporaryFault, "mailbox_refused")
    assert "LOGIN" not in server.verbs()


# -- listing


def test_search_is_by_date_alone_and_a_day_early(server: OddImap, mailbox: ImapMailbox) -> None:
    # The opening is 16:00 UTC of 30 June; a server west of UTC may call that 30 June still.
    listed(mailbox)
    [search] = [each for each in server.commands if each.startswith("UID SEARCH")]
    assert search == "UID SEARCH SINCE 29-Jun-2017"


def test_nothing_is_fetched_for_a_listing_that_needs_a_parser_of_the_servers(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    listed(mailbox)
    [fetch] = [each for each in server.commands if each.startswith("UID FETCH")]
    assert fetch == "UID FETCH 7 (RFC822.SIZE INTERNALDATE)"


def test_the_offset_of_internaldate_is_kept(server: OddImap, mailbox: ImapMailbox) -> None:
    [listing] = listed(mailbox)
    assert listing.arrived_at == datetime(2017, 7, 5, 1, 0, tzinfo=UTC)
    assert listing.arrived_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("date", [b"NIL", b'"yesterday"', b'"05-Jul-2017 09:00:00"'])
def test_a_message_without_a_readable_internaldate_is_taken_in_all_the_same(
    server: OddImap, mailbox: ImapMailbox, date: bytes
) -> None:
    answer = b"* 1 FETCH (UID 7 RFC822.SIZE 11 INTERNALDATE %b)\r\n" % date
    server.answers["UID FETCH"] = [(answer, OK_FETCH)]
    [listing] = listed(mailbox)
    assert listing.arrived_at == OPENING


def test_what_the_server_lists_beyond_the_question_is_left_out(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    server.answers["UID SEARCH"] = [(b"* SEARCH 3 7 8 7\r\n", "OK done")]
    server.answers["UID FETCH"] = [
        (
            b'* 1 FETCH (UID 3 RFC822.SIZE 9 INTERNALDATE "30-Jun-2017 23:59:59 +0800")\r\n'
            b'* 2 FETCH (UID 7 RFC822.SIZE 11 INTERNALDATE "05-Jul-2017 09:00:00 +0800")\r\n'
            b"* 9 FETCH (FLAGS (\\Seen))\r\n",  # of a clerk's reading, just now
            OK_FETCH,
        )
    ]
    assert [listing.uid for listing in listed(mailbox)] == [7]


def test_known_uids_are_not_asked_about(server: OddImap, mailbox: ImapMailbox) -> None:
    assert listed(mailbox, 7) == []
    assert "UID FETCH" not in server.verbs()


def test_no_search_answer_at_all_is_an_empty_folder(server: OddImap, mailbox: ImapMailbox) -> None:
    server.answers["UID SEARCH"] = [(b"", "OK done")]
    assert listed(mailbox) == []


def test_uids_are_asked_about_in_lines_below_a_thousand_octets(
    server: OddImap, mailbox: ImapMailbox
) -> None:
    uids = [1_498_800_001 + 17 * number for number in range(200)]
    numbers = " ".join(map(str, uids)).encode()
    server.answers["UID SEARCH"] = [(b"* SEARCH %b\r\n" % numbers, "OK done")]
    listed(mailbox)
    asked = [each.split()[2] for each in server.commands if each.startswith("UID FETCH")]
    assert [int(uid) for uids_asked in asked for uid in uids_asked.split(",")] == uids
    assert max(len(each) for each in server.commands) < 1000


def test_a_mailbox_that_may_only_be_read_is_read(server: OddImap, mailbox: ImapMailbox) -> None:
    untagged = server.answers["SELECT"][0][0]
    server.answers["SELECT"] = [(untagged, "OK [READ-ONLY] SELECT completed")]
    server.answers["EXAMINE"] = [(untagged, "OK [READ-ONLY] EXAMINE completed")]
    assert len(listed(mailbox)) == 1


@pytest.mark.parametrize(
    ("verb", "untagged"),
    [
        ("UID SEARCH", b"\x00\xff\r\n"),
        ("UID SEARCH", b"* SEARCH seven\r\n"),
        ("UID SEARCH", b"* SEARCH \xe9\x87\x91\r\n"),
        ("UID FETCH", b"* 1 FETCH (UID seven)\r\n"),
        ("UID FETCH", b"* 1 FETCH (UID 7 RFC822.SIZE)\r\n"),
        ("UID FETCH", b"* 1 FETCH (UID 7 RFC822.SIZE big)\r\n"),
        ("UID FETCH", b'* 1 FETCH (UID 7 INTERNALDATE "unclosed)\r\n'),
    ],
)
def test_answers_against_the_protocol_are_temporary_faults(
    server: OddImap, mailbox: ImapMailbox, verb: str, untagged: bytes
) -> None:
    server.answers[verb] = [(untagged, "OK done")]
    assert fault_of(lambda: listed(mailbox))[0] is TemporaryFault


def test_folder_names_are_modified_utf7_and_missing_ones_are_reported(server: OddImap) -> None:
    server.answers["LIST"] = [
        (
            b'* LIST () "/" "INBOX"\r\n'
            b'* LIST (\\Noselect) "/" "&UXZO1mWHTvZZOQ-"\r\n'  # 其他文件夹
            b'* LIST () "/" "&V4NX"\r\n'  # cut off: no modified UTF-7
            b'* LIST () "/" "2017"\r\n'
            b'* LIST () "/" "&V4NXPpCuTvY-"\r\n',  # 垃圾邮件
            "OK done",
        )
    ]
    extra = ("垃圾邮件", "广告邮件", "其他文件夹", "2017")
    mailbox = open_imap(**{**server.settings, "extra_folders": extra})
    assert mailbox.folders() == ("INBOX", "垃圾邮件", "2017")
    assert mailbox.missing_folders == ("广告邮件", "其他文件夹")
    mailbox.list_messages("垃圾邮件", OPENING, lambda uid_validity: ())
    assert "SELECT &V4NXPpCuTvY-" in [each.replace('"', "") for each in server.commands]
    mailbox.close()
