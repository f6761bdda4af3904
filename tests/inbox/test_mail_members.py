"""Odd mails as `inspect_file` opens them: what lies in what, and what is said of it."""

from pathlib import Path

import pytest

from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Fault, Inspected

DATA = Path(__file__).resolve().parent.parent / "data" / "mail"


def _inspect(name: str, folder: Path) -> Inspected:
    return inspect_file(Task(DATA / f"{name}.eml", f"{name}.eml", folder))


def _names(inspected: Inspected) -> list[tuple[str, str]]:
    return [(member.name, member.format) for member in inspected.members]


@pytest.mark.parametrize(
    "name", ["smime_signed_around_the_mail", "smime_signed_in_indefinite_lengths"]
)
def test_a_mail_inside_its_signature_is_opened(name: str, tmp_path: Path) -> None:
    (signed,) = _inspect(name, tmp_path).members
    assert (signed.name, signed.format, signed.faults) == ("smime.p7m", "p7m", ())
    assert _names(signed) == [("正文", "txt"), ("a.pdf", "pdf")]


def test_an_enciphered_mail_says_so(tmp_path: Path) -> None:
    (enciphered,) = _inspect("smime_enciphered", tmp_path).members
    assert enciphered.faults == (Fault("encrypted", "S/MIME"),)


def test_a_signature_beside_the_mail_is_no_mail(tmp_path: Path) -> None:
    assert _names(_inspect("smime_signature_beside_the_mail", tmp_path)) == [
        ("正文", "txt"), ("a.pdf", "pdf"), ("smime.p7s", "p7s"),
    ]  # fmt: skip


def test_a_macs_companion_of_a_file_is_known_as_one(tmp_path: Path) -> None:
    assert _names(_inspect("appledouble", tmp_path)) == [
        ("正文", "txt"), ("a.pdf", "appledouble"), ("a.pdf", "pdf"),
    ]  # fmt: skip


def test_a_nameless_mail_in_an_octet_stream_is_opened(tmp_path: Path) -> None:
    inner = _inspect("nameless_mail_in_octet_stream", tmp_path).members[1]
    assert inner.mail is not None
    assert inner.mail.subject == "内层"
    assert _names(inner) == [("正文", "txt"), ("a.pdf", "pdf")]


@pytest.mark.parametrize(
    "name", ["cut_off_in_base64", "closing_boundary_missing", "one_part_of_a_mail_sent_in_parts"]
)
def test_a_mail_that_is_not_whole_has_the_fault(name: str, tmp_path: Path) -> None:
    assert _inspect(name, tmp_path).faults == (Fault("truncated", "truncated"),)


@pytest.mark.parametrize("name", ["base64_that_no_header_declares", "picture_as_data_in_html"])
def test_a_picture_written_as_text_is_a_picture(name: str, tmp_path: Path) -> None:
    picture = _inspect(name, tmp_path).members[1]
    assert (picture.format, picture.faults) == ("jpeg", ())


def test_a_whole_mail_has_none(tmp_path: Path) -> None:
    assert _inspect("nameless_leaf", tmp_path).faults == ()
