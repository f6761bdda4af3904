"""What an address may read of a dossier, read off the dossier itself: no template leaves it out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailbot.entries import AddressRecord
from mailbot.judgement.slots import OFFICE_REJECTED
from mailbot.model import (
    CloudLink,
    Dossier,
    DossierFile,
    DossierLink,
    DossierState,
    Finding,
    Judged,
    Kind,
    Punctuality,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)
from mailbot.outbox.discretion import OF_ANOTHER, seen_by

WHEN = datetime(2017, 6, 20, 8, tzinfo=UTC)
MINE, OTHERS = "mine@unit.example", "others@unit.example"
NONE = frozenset[int]()
LISTED = AddressRecord("listed", "金水区")
FINDING = Finding("RESOLUTION", Severity.ERROR, "640×480", "1920×1080", "秘密", "秘密照片太小")


def _file(name: str, address: str, verdict: Verdict) -> DossierFile:
    inner = Judged(f"{name}.里", "b" * 64, 7, Kind.PHOTO, "jpeg", verdict, {"camera": "秘密"})
    judged = Judged(
        name=name,
        sha256="a" * 64,
        size=76543,
        kind=Kind.FORM,
        format="xlsx",
        verdict=verdict,
        facts={"text": "秘密"},
        findings=(FINDING,),
        members=(inner,),
        slots=("photo",),
        source="秘密.zip",
    )
    return DossierFile(judged, 1, WHEN, counts=True, decided_by_address=address)


def _dossier(verdict: Verdict) -> Dossier:
    links = tuple(
        DossierLink(CloudLink("qq", f"https://x.example/{name}", name, password="秘密"), n, WHEN)
        for n, name in ((1, "别人的链接"), (2, "我的链接"))
    )
    files = (_file("别人的.xlsx", OTHERS, verdict), _file("我的.xlsx", MINE, verdict))
    slot = Slot("photo", "照片", SlotVerdict.ACCEPTED, 1, files, links)
    return Dossier(
        "金水区", True, DossierState.COMPLETE, Punctuality.ON_TIME, {"photo": slot}, WHEN, WHEN
    )


@pytest.mark.parametrize(
    ("record", "whole"),
    [
        (AddressRecord("listed", "金水区"), True),
        (AddressRecord("confirmed", "金水区"), True),
        (AddressRecord("provisional", "金水区"), False),
        (AddressRecord("listed", "二七区"), False),
        (AddressRecord("confirmed", "二七区"), False),
        (AddressRecord("", None), False),
    ],
)
def test_the_whole_dossier_is_for_the_units_own_addresses(
    record: AddressRecord, whole: bool
) -> None:
    dossier = _dossier(Verdict.ACCEPTED)
    assert (seen_by(dossier, MINE, record, frozenset({2}), NONE) == dossier) is whole


@pytest.mark.parametrize("verdict", list(Verdict))
def test_of_anothers_file_a_stranger_reads_the_verdict_alone(verdict: Verdict) -> None:
    dossier = _dossier(verdict)
    record = AddressRecord("provisional", "金水区")
    theirs, own = seen_by(dossier, MINE, record, frozenset({2}), NONE).slots["photo"].files
    assert own == dossier.slots["photo"].files[1]
    judged = theirs.judged
    assert judged.verdict is verdict
    assert (judged.facts, judged.fields, judged.members, judged.size) == ({}, {}, (), 0)
    assert (judged.format, judged.source) == ("", "")
    assert "秘密" not in repr(theirs)
    assert "别人" not in repr(theirs)
    told = [one.code for one in judged.findings]
    assert told == ([] if verdict is Verdict.ACCEPTED else [OF_ANOTHER])


def test_of_anothers_link_a_stranger_reads_neither_address_nor_name_nor_password() -> None:
    dossier = _dossier(Verdict.ACCEPTED)
    record = AddressRecord("provisional", "金水区")
    theirs, own = seen_by(dossier, MINE, record, frozenset({2}), NONE).slots["photo"].links
    assert own == dossier.slots["photo"].links[1]
    assert replace(theirs.link, name="") == CloudLink(provider="", url="", name="")
    assert "别人的" not in str(theirs.link.name)


def test_the_units_own_reader_is_told_no_words_of_a_stranger_whose_file_waits() -> None:
    dossier = _dossier(Verdict.ACCEPTED)
    slot = dossier.slots["photo"]
    waiting = replace(slot.files[0], shown_only=True, counts=False)
    dossier = replace(dossier, slots={"photo": replace(slot, files=(waiting, slot.files[1]))})
    record = AddressRecord("listed", "金水区")
    theirs, own = seen_by(dossier, MINE, record, frozenset(), NONE).slots["photo"].files
    assert theirs.judged.name == f"其他邮箱（{OTHERS}）报送的文件"
    assert own == slot.files[1]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_units_own_reader_is_told_where_a_strangers_file_came_from_and_none_of_its_words(
    verdict: Verdict,
) -> None:
    dossier = _dossier(verdict)
    theirs, _ = seen_by(dossier, MINE, LISTED, frozenset({2}), frozenset({1})).slots["photo"].files
    assert theirs.judged.name == f"其他邮箱（{OTHERS}）报送的文件"
    assert theirs.judged.verdict is verdict
    assert theirs.judged.fields == {}
    assert "秘密" not in repr(theirs)
    assert "别人的" not in repr(theirs)
    assert [one.code for one in theirs.judged.findings] == [OF_ANOTHER]


def test_of_a_strangers_link_the_units_own_reader_reads_no_word() -> None:
    dossier = _dossier(Verdict.ACCEPTED)
    theirs, own = (
        seen_by(dossier, MINE, LISTED, frozenset({2}), frozenset({1})).slots["photo"].links
    )
    assert theirs.link == CloudLink(provider="", url="", name="其他邮箱报送的链接")
    assert own == dossier.slots["photo"].links[1]


@pytest.mark.parametrize(
    ("verdict", "counts", "ask"),
    [
        (Verdict.ACCEPTED, True, "如非你单位所报，请致电我办说明"),
        (Verdict.REJECTED, False, "该文件来自未能核验发件人的邮件，需补正。请由你单位重新报送。"),
    ],
)
def test_a_mail_forged_under_the_readers_own_address_goes_by_no_address(
    verdict: Verdict, counts: bool, ask: str
) -> None:
    dossier = _dossier(verdict)
    slot = dossier.slots["photo"]
    forged = replace(slot.files[1], arrival=3, counts=counts)
    dossier = replace(dossier, slots={"photo": replace(slot, files=(forged,))})
    (seen,) = seen_by(dossier, MINE, LISTED, frozenset({3}), frozenset({3})).slots["photo"].files
    assert seen.judged.name == "未能核验发件人的邮件所附文件"
    assert [one.message for one in seen.judged.findings] == [ask]


def test_what_the_office_said_of_a_strangers_file_the_unit_reads() -> None:
    dossier = _dossier(Verdict.REJECTED)
    slot = dossier.slots["photo"]
    said = Finding(OFFICE_REJECTED, Severity.ERROR, "不予采用", "与活动无关", "", "与活动无关。")
    judged = replace(slot.files[0].judged, findings=(FINDING, said))
    ruled = replace(slot.files[0], judged=judged, counts=False, decided="rejected")
    dossier = replace(dossier, slots={"photo": replace(slot, files=(ruled,))})
    (seen,) = seen_by(dossier, MINE, LISTED, frozenset(), frozenset({1})).slots["photo"].files
    assert seen.judged.findings == (said,)
