"""The spool: what is in it is whole, durable, and read back the same."""

import hashlib
import os
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox

from mailbot.errors import TemporaryFault
from mailbot.files import BlobStore
from mailbot.inbox.mailboxes.protocol import Listing, MessageGone
from mailbot.inbox.spool import Spool

ARRIVED_AT = datetime(2017, 7, 5, 1, 0, tzinfo=UTC)
PHOTO = bytes(range(256)) * 2000


def mail() -> bytes:
    """A mail with one attachment, made by the stdlib."""
    message = EmailMessage()
    message["Subject"] = "金水区演练材料"
    message.set_content("现报送演练材料。\n")
    message.add_attachment(PHOTO, maintype="image", subtype="jpeg", filename="照片.jpg")
    return message.as_bytes(policy=policy.SMTP)


RAW = mail()


@pytest.fixture
def mailbox() -> FakeMailbox:
    return FakeMailbox()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", BlobStore(tmp_path / "files"))


def listing_of(mailbox: FakeMailbox) -> Listing:
    [listing] = mailbox.list_messages("INBOX", ARRIVED_AT, lambda uid_validity: ())
    return listing


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_message_is_stored_octet_for_octet_and_split(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    spooled = spool.receive(mailbox, listing_of(mailbox))
    assert spooled.path.read_bytes() == RAW
    assert spooled.size == len(RAW)
    assert spooled.sha256 == hashlib.sha256(RAW).hexdigest() == spooled.skeleton.sha256
    assert (spooled.short, spooled.oversize) == (False, False)
    [attachment] = spooled.skeleton.attachments
    assert attachment.name == "照片.jpg"
    assert Path(attachment.blob.path).read_bytes() == PHOTO


def test_reading_the_spooled_file_again_gives_the_same(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    spooled = spool.receive(mailbox, listing_of(mailbox))
    assert spool.reread(spooled.path) == spooled.skeleton


def test_the_same_mail_twice_is_one_file(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    first = spool.receive(mailbox, listing_of(mailbox))
    assert spool.receive(mailbox, listing_of(mailbox)) == first


def test_a_mail_that_is_too_large_leaves_its_header_alone(
    mailbox: FakeMailbox, spool: Spool
) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    spooled = spool.receive(mailbox, listing_of(mailbox), max_size=len(RAW) - 1)
    header = RAW[: RAW.index(b"\r\n\r\n") + 4]
    assert spooled.path.read_bytes() == header
    assert (spooled.oversize, spooled.short, spooled.size) == (True, False, len(header))
    assert spooled.skeleton.attachments == ()
    assert mailbox.fetched == []


def test_a_mail_of_just_the_largest_size_is_taken_whole(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    spooled = spool.receive(mailbox, listing_of(mailbox), max_size=len(RAW))
    assert not spooled.oversize
    assert spooled.size == len(RAW)


def test_far_fewer_octets_than_announced_is_short(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW[:-500], ARRIVED_AT, said_size=len(RAW))
    assert spool.receive(mailbox, listing_of(mailbox)).short


@pytest.mark.parametrize("difference", [-2, 2, 5000])
def test_a_size_that_is_off_by_a_line_end_or_too_small_is_not_short(
    mailbox: FakeMailbox, spool: Spool, difference: int
) -> None:
    mailbox.deliver(RAW, ARRIVED_AT, said_size=len(RAW) - difference)
    assert not spool.receive(mailbox, listing_of(mailbox)).short


def test_a_server_that_counts_crlf_and_sends_lf_is_not_short(
    mailbox: FakeMailbox, spool: Spool
) -> None:
    mailbox.deliver(RAW.replace(b"\r\n", b"\n"), ARRIVED_AT, said_size=len(RAW))
    spooled = spool.receive(mailbox, listing_of(mailbox))
    assert len(RAW) - spooled.size > 5000  # the mail has that many lines
    assert not spooled.short


def test_a_size_that_was_not_said_is_not_short(mailbox: FakeMailbox, spool: Spool) -> None:
    mailbox.deliver(RAW, ARRIVED_AT, said_size=0)
    assert not spool.receive(mailbox, listing_of(mailbox)).short


def test_a_lost_connection_leaves_nothing_in_spool_or_store(
    mailbox: FakeMailbox, spool: Spool, tmp_path: Path
) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    mailbox.drop_after = len(RAW) // 2
    with pytest.raises(TemporaryFault) as caught:
        spool.receive(mailbox, listing_of(mailbox))
    assert caught.value.code == "mailbox_unreachable"
    assert files_in(tmp_path) == []
    assert spool.receive(mailbox, listing_of(mailbox)).path.read_bytes() == RAW


def test_a_vanished_message_leaves_nothing(
    mailbox: FakeMailbox, spool: Spool, tmp_path: Path
) -> None:
    mailbox.vanish(mailbox.deliver(RAW, ARRIVED_AT))
    listing = Listing(mailbox.name, "INBOX", 1, 1_498_800_001, len(RAW), ARRIVED_AT)
    with pytest.raises(MessageGone):
        spool.receive(mailbox, listing)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("full", ["spool", "files"])
def test_a_disk_that_cannot_be_written_to_is_a_temporary_fault(
    mailbox: FakeMailbox, spool: Spool, tmp_path: Path, full: str
) -> None:
    mailbox.deliver(RAW, ARRIVED_AT)
    incoming = tmp_path / full / "incoming"
    incoming.rmdir()  # as root, permissions would stop nobody
    with pytest.raises(TemporaryFault) as caught:
        spool.receive(mailbox, listing_of(mailbox))
    assert caught.value.code == "disk"
    incoming.mkdir()
    assert files_in(tmp_path) == []


def test_a_message_is_flushed_to_the_disk_before_it_has_its_name(
    mailbox: FakeMailbox, spool: Spool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flushed: list[tuple[int, bool]] = []
    fsync = os.fsync

    def watched(handle: int) -> None:
        name = tmp_path / "spool" / spooled_name[:2] / spooled_name
        flushed.append((os.fstat(handle).st_size, name.exists()))
        fsync(handle)

    spooled_name = hashlib.sha256(RAW).hexdigest()
    monkeypatch.setattr(os, "fsync", watched)
    mailbox.deliver(RAW, ARRIVED_AT)
    spool.receive(mailbox, listing_of(mailbox))
    assert (len(RAW), False) in flushed
