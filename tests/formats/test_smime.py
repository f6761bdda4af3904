"""Mails inside a CMS SignedData, as `openssl cms -sign -nodetach` (and `-stream`) writes it."""

import email
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.files import BlobStore
from mailbot.formats.smime import Damaged, NotSigned, read_signed

DATA = Path(__file__).resolve().parent.parent / "data" / "mail"
SIGNED = ("smime_signed_around_the_mail", "smime_signed_in_indefinite_lengths")


def _cms(name: str) -> bytes:
    (leaf,) = (
        part
        for part in email.message_from_bytes((DATA / f"{name}.eml").read_bytes()).walk()
        if "pkcs7" in part.get_content_type()
    )
    octets = leaf.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets


def _content(octets: bytes, folder: Path) -> bytes:
    path = folder / "smime.p7m"
    path.write_bytes(octets)
    return Path(read_signed(path, BlobStore(folder / "blobs")).path).read_bytes()


@pytest.mark.parametrize("name", SIGNED)
def test_the_content_is_the_mail_that_was_signed(name: str, tmp_path: Path) -> None:
    content = _content(_cms(name), tmp_path)
    names = [part.get_filename() for part in email.message_from_bytes(content).walk()]
    assert names == [None, None, "a.pdf"]
    assert content.endswith(b"--b--\r\n")


@pytest.mark.parametrize("name", ["smime_enciphered", "smime_signature_beside_the_mail"])
def test_without_content_in_the_clear_there_is_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotSigned):
        _content(_cms(name), tmp_path)


@pytest.mark.parametrize("name", SIGNED)
def test_what_is_cut_off_is_damaged_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        _content(_cms(name)[:150], tmp_path)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(SIGNED), st.integers(0, 120), st.integers(0, 255))
def test_no_octet_changed_on_the_way_makes_it_do_anything_else(
    tmp_path: Path, name: str, place: int, octet: int
) -> None:
    octets = bytearray(_cms(name))
    octets[place] = octet
    try:
        content = _content(bytes(octets), tmp_path)
    except (Damaged, NotSigned):
        return
    assert len(content) <= len(octets)
