"""The IMAP mailbox and the spool against Debian's dovecot on loopback."""

import hashlib
import ssl
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from make.cutting_proxy import CuttingProxy
from make.dovecot import PrivateDovecot, dovecot_missing

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.files import BlobStore
from mailbot.inbox.mailboxes.imap import ImapMailbox, open_imap
from mailbot.inbox.mailboxes.protocol import Listing, MessageGone
from mailbot.inbox.spool import Spool

pytestmark = pytest.mark.live

BEIJING = timezone(timedelta(hours=8))
OPENING = datetime(2017, 7, 1, tzinfo=BEIJING)
ARRIVED_AT = datetime(2017, 7, 5, 9, 30, tzinfo=BEIJING)
MIB = 1024 * 1024


@pytest.fixture
def mailbox(dovecot: PrivateDovecot) -> Iterator[ImapMailbox]:
    opened = open_imap(**dovecot.settings)
    yield opened
    opened.close()


def mail_of(size: int) -> bytes:
    """A mail with one attachment in base64 of that many octets, no two lines of it alike."""
    head = (
        b"Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="a.bin"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    line = 78
    lines = (b"%076d\r\n" % number for number in range((size - len(head)) // line))
    return head + b"".join(lines)


def listed(mailbox: ImapMailbox, folder: str = "INBOX") -> list[Listing]:
    return mailbox.list_messages(folder, OPENING, lambda uid_validity: ())


def digest(mailbox: ImapMailbox, listing: Listing) -> str:
    received = hashlib.sha256()
    mailbox.fetch(listing, received.update)
    return received.hexdigest()


def test_twenty_megabytes_arrive_octet_for_octet(
    dovecot: PrivateDovecot, mailbox: ImapMailbox
) -> None:
    raw = mail_of(20 * MIB)
    dovecot.deliver(raw, internaldate=ARRIVED_AT)
    [listing] = listed(mailbox)
    assert listing.size == len(raw)
    assert listing.arrived_at == ARRIVED_AT
    assert digest(mailbox, listing) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("tls", [False, True])
def test_connections_cut_in_the_literal_are_gone_on_from(
    dovecot: PrivateDovecot, tmp_path: Path, tls: bool
) -> None:
    raw = mail_of(20 * MIB)
    dovecot.deliver(raw, internaldate=ARRIVED_AT)
    cuts = (7 * MIB + 1, 5 * MIB + 7, 3 * MIB)
    with CuttingProxy(dovecot.tls_port if tls else dovecot.port, cuts) as proxy:
        security = {} if tls else {"host": "127.0.0.1", "security": "none"}
        mailbox = open_imap(**{**dovecot.settings, **security, "port": proxy.port})
        spool = Spool(tmp_path / "spool", BlobStore(tmp_path / "files"))
        [listing] = listed(mailbox)
        spooled = spool.receive(mailbox, listing)
        mailbox.close()
        assert proxy.connections == 4
    assert spooled.sha256 == hashlib.sha256(raw).hexdigest()
    assert spooled.path.read_bytes() == raw
    assert not spooled.short


def test_a_line_that_only_breaks_is_given_up_with_nothing_in_the_spool(
    dovecot: PrivateDovecot, tmp_path: Path
) -> None:
    dovecot.deliver(mail_of(3 * MIB), internaldate=ARRIVED_AT)
    spool = Spool(tmp_path / "spool", BlobStore(tmp_path / "files"))
    with CuttingProxy(dovecot.tls_port, [200_000] * 20) as proxy:
        mailbox = open_imap(**{**dovecot.settings, "port": proxy.port})
        [listing] = listed(mailbox)
        with pytest.raises(TemporaryFault) as caught:
            spool.receive(mailbox, listing)
        mailbox.close()
    assert caught.value.code == "mailbox_unreachable"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_seventy_megabytes_pass_in_a_few(
    dovecot: PrivateDovecot, mailbox: ImapMailbox, tmp_path: Path
) -> None:
    raw = mail_of(70 * MIB)
    dovecot.deliver(raw, internaldate=ARRIVED_AT)
    wanted = hashlib.sha256(raw).hexdigest()
    del raw
    spool = Spool(tmp_path / "spool", BlobStore(tmp_path / "files"))
    [listing] = listed(mailbox)
    tracemalloc.start()
    try:
        spooled = spool.receive(mailbox, listing)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert spooled.sha256 == wanted
    assert peak < 4 * MIB


@pytest.mark.samples
def test_every_sample_mail_arrives_octet_for_octet(
    dovecot: PrivateDovecot, mailbox: ImapMailbox, samples: Path, tmp_path: Path
) -> None:
    sent = []
    with dovecot.client() as client:
        for file in sorted(samples.rglob("*.eml")):
            # As mail travels: CRLF, and no NUL, which IMAP cannot carry.
            raw = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            if raw and b"\0" not in raw:
                client.append("INBOX", raw, msg_time=ARRIVED_AT)
                sent.append(hashlib.sha256(raw).hexdigest())
    spool = Spool(tmp_path / "spool", BlobStore(tmp_path / "files"))
    received = [spool.receive(mailbox, listing) for listing in listed(mailbox)]
    assert [spooled.sha256 for spooled in received] == sent
    assert not any(spooled.short for spooled in received)


def test_a_kicked_connection_is_made_anew(dovecot: PrivateDovecot, mailbox: ImapMailbox) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", internaldate=ARRIVED_AT)
    before = listed(mailbox)
    dovecot.kick()
    assert listed(mailbox) == before


def test_a_restarted_server_is_found_again(dovecot: PrivateDovecot, mailbox: ImapMailbox) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", internaldate=ARRIVED_AT)
    before = listed(mailbox)
    dovecot.stop()
    try:
        with pytest.raises(TemporaryFault) as caught:
            listed(mailbox)
    finally:
        dovecot.start()
    assert caught.value.code == "mailbox_unreachable"
    assert listed(mailbox) == before


def test_a_changed_uid_validity_is_seen_and_old_listings_are_gone(
    dovecot: PrivateDovecot, mailbox: ImapMailbox
) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", internaldate=ARRIVED_AT)
    [before] = listed(mailbox)
    dovecot.change_uid_validity()
    asked: list[int] = []

    def known(uid_validity: int) -> tuple[int, ...]:
        asked.append(uid_validity)
        return (before.uid,) if uid_validity == before.uid_validity else ()

    [after] = mailbox.list_messages("INBOX", OPENING, known)
    assert asked == [after.uid_validity]
    assert (after.uid, after.uid_validity != before.uid_validity) == (before.uid, True)
    with pytest.raises(MessageGone):
        mailbox.fetch(before, lambda octets: None)


def test_a_message_recalled_between_listing_and_fetching_is_gone(
    dovecot: PrivateDovecot, mailbox: ImapMailbox
) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", internaldate=ARRIVED_AT)
    dovecot.deliver(b"Subject: c\r\n\r\nd", internaldate=ARRIVED_AT)
    first, second = listed(mailbox)
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.delete_messages([first.uid], silent=True)
        client.uid_expunge([first.uid])
    with pytest.raises(MessageGone):
        mailbox.fetch(first, lambda octets: None)
    octets = bytearray()
    mailbox.fetch(second, octets.extend)
    assert octets == b"Subject: c\r\n\r\nd"


def test_mail_in_a_chinese_extra_folder_is_polled_and_moved(dovecot: PrivateDovecot) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", folder="垃圾邮件", internaldate=ARRIVED_AT)
    extra = ("垃圾邮件", "广告邮件")
    mailbox = open_imap(**{**dovecot.settings, "extra_folders": extra})
    assert mailbox.folders() == ("INBOX", "垃圾邮件")
    assert mailbox.missing_folders == ("广告邮件",)
    [listing] = listed(mailbox, "垃圾邮件")
    mailbox.mark_seen(listing)
    mailbox.move(listing, "已处理")
    assert listed(mailbox, "垃圾邮件") == []
    [moved] = listed(mailbox, "已处理")
    assert moved.arrived_at == ARRIVED_AT
    mailbox.close()


def test_without_move_the_others_marked_as_deleted_stay() -> None:
    if words := dovecot_missing():
        pytest.skip(words)
    # What NetEase has, as its post-login CAPABILITY shows it.
    with PrivateDovecot("imap_capability = IMAP4rev1 SPECIAL-USE ID LITERAL+ UIDPLUS") as dovecot:
        for letter in (b"a", b"b"):
            dovecot.deliver(b"Subject: %b\r\n\r\n" % letter, internaldate=ARRIVED_AT)
        mailbox = open_imap(**dovecot.settings)
        ours, clerks = listed(mailbox)
        with dovecot.client() as client:
            assert not client.has_capability("MOVE")
            client.select_folder("INBOX")
            client.delete_messages([clerks.uid], silent=True)
        mailbox.move(ours, "已处理")
        assert [listing.uid for listing in listed(mailbox)] == [clerks.uid]
        [moved] = listed(mailbox, "已处理")
        assert mailbox.fetch_header(moved) == b"Subject: a\r\n\r\n"
        mailbox.close()


def test_starttls_is_verified_and_works(dovecot: PrivateDovecot) -> None:
    dovecot.deliver(b"Subject: a\r\n\r\nb", internaldate=ARRIVED_AT)
    changed = {"security": "starttls", "port": dovecot.port}
    mailbox = open_imap(**{**dovecot.settings, **changed})
    [listing] = listed(mailbox)
    octets = bytearray()
    mailbox.fetch(listing, octets.extend)
    assert octets == b"Subject: a\r\n\r\nb"
    mailbox.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_of_an_unknown_authority_is_not_trusted(
    dovecot: PrivateDovecot, security: str
) -> None:
    port = dovecot.tls_port if security == "tls" else dovecot.port
    changed = {"security": security, "port": port, "ca_file": ""}
    mailbox = open_imap(**{**dovecot.settings, **changed})
    with pytest.raises(TemporaryFault) as caught:
        listed(mailbox)
    assert caught.value.code == "mailbox_untrusted"
    assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)


def test_a_wrong_password_is_refused_for_good(dovecot: PrivateDovecot) -> None:
    with CuttingProxy(dovecot.tls_port, []) as proxy:
        changed = {"password": "the web password", "port": proxy.port}
        mailbox = open_imap(**{**dovecot.settings, **changed})
        for _ in range(2):
            with pytest.raises(PermanentFault) as caught:
                listed(mailbox)
            assert caught.value.code == "login_refused"
        assert proxy.connections == 1


def test_id_reaches_the_server() -> None:
    if words := dovecot_missing():
        pytest.skip(words)
    with PrivateDovecot("imap_id_log = *") as dovecot:
        mailbox = open_imap(**dovecot.settings)
        mailbox.list_messages("INBOX", OPENING, lambda uid_validity: ())
        mailbox.close()
        dovecot.stop()
        assert "name=mailbot" in dovecot.log()
