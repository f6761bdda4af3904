"""What is particular to a Maildir and to a folder of .eml."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.maildir import open_maildir
from mailbot.inbox.mailboxes.protocol import HEADER_LIMIT, Listing, Mailbox, MessageGone

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("tmp", "new", "cur"):
        (tmp_path / part).mkdir()
    return tmp_path


def listed(mailbox: Mailbox, *known: int) -> list[Listing]:
    return mailbox.list_messages("INBOX", LONG_AGO, lambda uid_validity: known)


def fetched(mailbox: Mailbox, listing: Listing) -> bytes:
    octets = bytearray()
    mailbox.fetch(listing, octets.extend)
    return bytes(octets)


def test_a_mail_that_a_reader_moved_and_flagged_keeps_its_uid(maildir: Path) -> None:
    (maildir / "new" / "1499.M1P2.mx").write_bytes(b"Subject: a\n\nb")
    mailbox = open_maildir(maildir)
    [before] = listed(mailbox)
    (maildir / "new" / "1499.M1P2.mx").rename(maildir / "cur" / "1499.M1P2.mx:2,RS")
    assert fetched(mailbox, before) == b"Subject: a\n\nb"
    [after] = listed(open_maildir(maildir))
    assert after.uid == before.uid


def test_mark_seen_keeps_the_other_flags(maildir: Path) -> None:
    (maildir / "cur" / "1499.M1P2.mx:2,RF").write_bytes(b"Subject: a\n\nb")
    mailbox = open_maildir(maildir)
    [listing] = listed(mailbox)
    mailbox.mark_seen(listing)
    assert [file.name for file in (maildir / "cur").iterdir()] == ["1499.M1P2.mx:2,FRS"]


def test_what_is_still_being_delivered_and_what_is_no_message_is_left_alone(maildir: Path) -> None:
    (maildir / "tmp" / "1499.M1P2.mx").write_bytes(b"half")
    (maildir / "cur" / ".nfs0001").write_bytes(b"of the file system")
    (maildir / "new" / "folder").mkdir()
    (maildir / "dovecot-uidlist").write_text("3 V1")
    (maildir / "loose.eml").write_bytes(b"no part of a Maildir")
    assert listed(open_maildir(maildir)) == []


def test_the_files_are_those_of_dovecot_and_its_indexes_no_messages(maildir: Path) -> None:
    (maildir / "cur" / "1499.M1P2.mx,S=13,W=15:2,").write_bytes(b"Subject: a\n\nb")
    [listing] = listed(open_maildir(maildir))
    assert listing.size == 13


def test_only_eml_files_of_the_folder_itself_are_messages(tmp_path: Path) -> None:
    (tmp_path / "演练.EML").write_bytes(b"Subject: a\r\n\r\nb")
    (tmp_path / "notes.txt").write_bytes(b"no message")
    (tmp_path / "._演练.eml").write_bytes(b"of macOS")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep.eml").write_bytes(b"deep")
    (tmp_path / "folder.eml").mkdir()
    mailbox = open_maildir(str(tmp_path))
    [listing] = listed(mailbox)
    assert fetched(mailbox, listing) == b"Subject: a\r\n\r\nb"


def test_a_file_that_was_listed_while_it_was_copied_is_listed_again_when_whole(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"Subject: a\r\n\r\nha")
    mailbox = open_maildir(tmp_path)
    [half] = listed(mailbox)
    file.write_bytes(b"Subject: a\r\n\r\nhalf and half")
    [whole] = listed(mailbox, half.uid)
    assert fetched(mailbox, whole) == b"Subject: a\r\n\r\nhalf and half"


def test_touching_a_file_does_not_make_it_new(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"Subject: a\r\n\r\nb")
    mailbox = open_maildir(tmp_path)
    [before] = listed(mailbox)
    os.utime(file, (1_600_000_000, 1_600_000_000))
    assert listed(mailbox, before.uid) == []


def test_the_header_ends_at_the_first_empty_line_whatever_the_line_ends(tmp_path: Path) -> None:
    (tmp_path / "unix.eml").write_bytes(b"Subject: a\n\nbody\r\n\r\nmore")
    (tmp_path / "none.eml").write_bytes(b"Subject: nothing but a header")
    (tmp_path / "huge.eml").write_bytes(b"X: " + b"x" * (HEADER_LIMIT + 5))
    mailbox = open_maildir(tmp_path)
    headers = sorted((mailbox.fetch_header(listing) for listing in listed(mailbox)), key=len)
    assert headers[:2] == [b"Subject: a\n\n", b"Subject: nothing but a header"]
    assert len(headers[2]) == HEADER_LIMIT


def test_moving_never_replaces_a_message_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "a.eml").write_bytes(b"an older one")
    (tmp_path / "a.eml").write_bytes(b"a newer one")
    mailbox = open_maildir(tmp_path)
    [listing] = listed(mailbox)
    mailbox.move(listing, "done")
    kept = sorted(file.read_bytes() for file in (tmp_path / "done").iterdir())
    assert kept == [b"a newer one", b"an older one"]
    assert listed(mailbox) == []


@pytest.mark.parametrize("target", ["", "..", "../elsewhere", "/etc", "a/b", "a\0b"])
def test_a_target_outside_the_mailbox_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: a\r\n\r\nb")
    mailbox = open_maildir(tmp_path)
    [listing] = listed(mailbox)
    with pytest.raises(PermanentFault) as caught:
        mailbox.move(listing, target)
    assert not isinstance(caught.value, MessageGone)
    assert listed(mailbox) == [listing]


def test_a_folder_that_is_not_mounted_is_a_temporary_fault(tmp_path: Path) -> None:
    mailbox = open_maildir(tmp_path / "share")
    with pytest.raises(TemporaryFault) as caught:
        listed(mailbox)
    assert caught.value.code == "mailbox_unreachable"


def test_a_listed_message_of_a_folder_that_is_not_there_any_more_is_not_gone(
    tmp_path: Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "a.eml").write_bytes(b"Subject: a\r\n\r\nb")
    mailbox = open_maildir(share)
    [listing] = listed(mailbox)
    share.rename(tmp_path / "away")
    with pytest.raises(TemporaryFault):
        fetched(mailbox, listing)
    (tmp_path / "away").rename(share)
    assert fetched(mailbox, listing) == b"Subject: a\r\n\r\nb"


def test_the_name_of_the_mailbox_is_its_path_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_maildir(".").name == open_maildir(tmp_path).name == str(tmp_path)
