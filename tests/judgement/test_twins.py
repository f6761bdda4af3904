"""Which earlier arrival a mail repeats: the same octets, or the same contents in any order."""

from dataclasses import replace

import pytest
from make.dossiers import judged

from mailbot.entries import EarlierMail
from mailbot.judgement.twins import twin_of
from mailbot.model import Kind

FILES = [replace(judged(f"{one}.jpg", Kind.PHOTO, "jpeg"), sha256=one) for one in "ab"]


@pytest.mark.parametrize(
    ("earlier", "twin"),
    [
        ([], None),
        ([EarlierMail(1, True, ())], 1),
        ([EarlierMail(1, False, ("b", "a"))], 1),
        ([EarlierMail(1, False, ("a",))], None),  # a Message-ID alone proves nothing
        ([EarlierMail(1, False, ("a", "b", "b"))], None),
        ([EarlierMail(1, False, ("a", "b")), EarlierMail(2, True, ())], 2),  # octets go first
        ([EarlierMail(1, False, ("c",)), EarlierMail(2, False, ("a", "b"))], 2),
    ],
)
def test_a_mail_repeats_an_earlier_one(earlier: list[EarlierMail], twin: int | None) -> None:
    assert twin_of(earlier, FILES) == twin
