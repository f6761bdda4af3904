"""What `Mailbox` promises, asked of every implementation, the fake among them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from make.mailbox_grounds import FakeGround, FolderGround, Ground, ImapGround, MaildirGround

from mailbot.demo.servers import PymapServer
from mailbot.errors import PermanentFault
from mailbot.inbox.mailboxes.protocol import Listing, Mailbox, MessageGone

BEIJING = timezone(timedelta(hours=8))
OPENING = datetime(2017, 7, 1, tzinfo=BEIJING)
HEADER = "Subject: 金水区演练材料\r\nX-Unit: 金水区\r\n\r\n".encode()
RAW = HEADER + b"\r\n".join(b"line %d, 7 bit and 8: \xe9\x87\x91" % n for n in range(20_000))


@pytest.fixture
def pymap() -> Iterator[PymapServer]:
    with PymapServer() as server:
        yield server


@pytest.fixture(
    params=["fake", "maildir", "folder", "pymap", pytest.param("dovecot", marks=pytest.mark.live)]
)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    match request.param:
        case "fake":
            yield FakeGround()
        case "maildir":
            yield MaildirGround(tmp_path)
        case "folder":
            yield FolderGround(tmp_path)
        case name:
            imap = ImapGround(request.getfixturevalue(name))
            yield imap
            imap.close()


def nothing_known(uid_validity: int) -> tuple[int, ...]:
    return ()


def listed(mailbox: Mailbox) -> list[Listing]:
    [folder] = mailbox.folders()
    return mailbox.list_messages(folder, OPENING, nothing_known)


def fetched(mailbox: Mailbox, listing: Listing) -> bytes:
    octets = bytearray()
    assert mailbox.fetch(listing, octets.extend) == len(octets)
    return bytes(octets)


def test_an_empty_mailbox_lists_nothing(ground: Ground) -> None:
    assert listed(ground.open()) == []


def test_a_listing_says_size_and_time_of_arrival(ground: Ground) -> None:
    arrived_at = OPENING + timedelta(days=3, hours=7)
    ground.deliver(RAW, arrived_at)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    assert (listing.size, listing.arrived_at, listing.folder) == (len(RAW), arrived_at, "INBOX")
    assert listing.mailbox == mailbox.name
    assert listing.uid > 0


def test_a_message_is_fetched_octet_for_octet(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    assert fetched(mailbox, listing) == RAW
    assert fetched(mailbox, listing) == RAW


def test_the_header_alone_ends_with_the_empty_line(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    assert mailbox.fetch_header(listing) == HEADER


def test_what_arrived_at_the_opening_is_listed_and_a_second_before_is_not(ground: Ground) -> None:
    ground.deliver(HEADER + b"early", OPENING - timedelta(seconds=1))
    ground.deliver(HEADER + b"right", OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    assert fetched(mailbox, listing) == HEADER + b"right"


def test_the_oldest_is_listed_first(ground: Ground) -> None:
    for number in range(12):
        ground.deliver(HEADER + b"%d" % number, OPENING + timedelta(minutes=number))
    mailbox = ground.open()
    bodies = [fetched(mailbox, listing)[len(HEADER) :] for listing in listed(mailbox)]
    assert bodies == [b"%d" % number for number in range(12)]


def test_what_is_known_under_its_uid_validity_is_not_listed_again(ground: Ground) -> None:
    ground.deliver(HEADER + b"old", OPENING)
    mailbox = ground.open()
    [old] = listed(mailbox)
    ground.deliver(HEADER + b"new", OPENING + timedelta(hours=1))
    known = {old.uid_validity: {old.uid}}
    [new] = mailbox.list_messages("INBOX", OPENING, lambda validity: known.get(validity, ()))
    assert fetched(mailbox, new) == HEADER + b"new"


def test_identities_are_the_same_when_the_mailbox_is_opened_anew(ground: Ground) -> None:
    ground.deliver(HEADER + b"one", OPENING)
    before = listed(ground.open())
    ground.deliver(HEADER + b"two", OPENING + timedelta(hours=1))
    after = listed(ground.open())
    assert after[:1] == before
    assert len(after) == 2


def test_a_message_that_vanished_after_it_was_listed_is_gone(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    ground.remove(listing)
    # Until the next SELECT, pymap goes on serving it, as RFC 2180 section 4.1.1 allows.
    assert listed(mailbox) == []
    octets = bytearray()
    with pytest.raises(MessageGone):
        mailbox.fetch(listing, octets.extend)
    with pytest.raises(MessageGone):
        mailbox.fetch_header(listing)
    assert octets == b""


def test_a_uid_of_another_uid_validity_is_gone(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [now] = listed(mailbox)
    before = Listing(
        now.mailbox, now.folder, now.uid_validity + 1, now.uid, now.size, now.arrived_at
    )
    calls: list[Callable[[Listing], object]] = [
        lambda listing: fetched(mailbox, listing),
        mailbox.fetch_header,
        mailbox.mark_seen,
        lambda listing: mailbox.move(listing, "已处理"),
    ]
    for call in calls:
        with pytest.raises(MessageGone):
            call(before)
    assert fetched(mailbox, now) == RAW


def test_only_mark_seen_marks_as_read(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    mailbox.fetch_header(listing)
    fetched(mailbox, listing)
    if ground.can_be_seen:
        assert not ground.is_seen(listing)
    mailbox.mark_seen(listing)
    mailbox.mark_seen(listing)
    if ground.can_be_seen:
        assert ground.is_seen(listing)
    assert listed(mailbox) == [listing]
    assert fetched(mailbox, listing) == RAW


def test_a_moved_message_is_in_the_target_and_nowhere_else(ground: Ground) -> None:
    ground.deliver(HEADER + b"one", OPENING)
    ground.deliver(HEADER + b"two", OPENING + timedelta(hours=1))
    mailbox = ground.open()
    one, two = listed(mailbox)
    mailbox.move(one, "已处理")
    assert listed(mailbox) == [two]
    assert ground.contents("INBOX") == [HEADER + b"two"]
    assert ground.contents("已处理") == [HEADER + b"one"]
    mailbox.move(two, "已处理")
    assert sorted(ground.contents("已处理")) == [HEADER + b"one", HEADER + b"two"]


def test_what_the_sink_raises_passes_through_and_the_mailbox_goes_on(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)

    def full(octets: memoryview) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left") as caught:
        mailbox.fetch(listing, full)
    assert caught.value.errno == 28
    assert fetched(mailbox, listing) == RAW


def test_a_folder_that_is_not_there_is_a_permanent_fault(ground: Ground) -> None:
    with pytest.raises(PermanentFault) as caught:
        ground.open().list_messages("没有这个", OPENING, nothing_known)
    assert caught.value.code == "folder_missing"


def test_a_closed_mailbox_opens_itself_again(ground: Ground) -> None:
    ground.deliver(RAW, OPENING)
    mailbox = ground.open()
    [listing] = listed(mailbox)
    mailbox.close()
    mailbox.close()
    assert listed(mailbox) == [listing]
