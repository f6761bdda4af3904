"""What a sender takes back, and what a slot is worth then (CONTRACT, Decisions: withdrawals)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from make.notices import PHOTO, PLAN, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.entries import SlotDecision
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.slots import WITHDRAWN, Contribution, Standing
from mailbot.model import CloudLink, Dossier, Judged, Kind, Slot, Verdict

NOON = datetime.fromisoformat("2026-11-20T12:00:00+08:00")
HOUR = timedelta(hours=1)
VIDEO = {**PHOTO, "slot": "video", "label": "视频", "required": False}


@pytest.fixture
def asking(tmp_path: Path) -> Campaign:
    return load_campaign(write_notice(tmp_path / "rules", materials=[PHOTO, PLAN, VIDEO]))


def a_file(slot: str, content: str, verdict: Verdict = Verdict.ACCEPTED) -> Judged:
    kind = Kind.PLAN if slot == "plan" else Kind.PHOTO
    return Judged(
        name=content,
        sha256=content,
        size=1,
        kind=kind,
        format="-",
        verdict=verdict,
        facts={},
        slots=(slot,),
    )


def sent(
    number: int,
    *files: Judged,
    standing: Standing = Standing.OWN,
    links: tuple[CloudLink, ...] = (),
    withdrawn: Mapping[str, datetime] | None = None,
) -> Contribution:
    """The mail of hour `number`."""
    return Contribution(
        number, NOON + number * HOUR, "a@b.test", standing, files, links, withdrawn or {}
    )


def dossier_of(
    campaign: Campaign, *mails: Contribution, decisions: tuple[SlotDecision, ...] = ()
) -> Dossier:
    return judge_dossier("东湖区", True, mails, campaign, NOON + 24 * HOUR, decisions)


def shown(slot: Slot) -> list[tuple[str, str, bool]]:
    return [(one.judged.sha256, str(one.judged.verdict), one.counts) for one in slot.files]


def ruling(content: str, what: str, hour: int, reason: str = "") -> SlotDecision:
    return SlotDecision(
        slot="plan",
        sha256=content,
        ruling=what,  # type: ignore[arg-type]  # one of two words
        reason=reason,
        decided_at=NOON + hour * HOUR,
    )


def test_a_file_taken_back_waits_for_a_person_and_counts_no_more(asking: Campaign) -> None:
    mail = sent(1, a_file("plan", "p"), withdrawn={"p": NOON + 2 * HOUR})
    slot = dossier_of(asking, mail).slots["plan"]
    assert shown(slot) == [("p", "held", False)]
    assert [one.code for one in slot.files[0].judged.findings] == [WITHDRAWN]
    assert slot.verdict == "held"


def test_the_next_file_of_the_unit_takes_the_place(asking: Campaign) -> None:
    first = sent(1, a_file("plan", "p"), withdrawn={"p": NOON + 2 * HOUR})
    slot = dossier_of(asking, first, sent(3, a_file("plan", "q"))).slots["plan"]
    assert shown(slot) == [("p", "held", False), ("q", "accepted", True)]


@pytest.mark.parametrize(
    ("standing", "enters"),
    [(Standing.OTHER, False), (Standing.PROVISIONAL, False), (Standing.OWN, True)],
)
def test_who_withdraws_in_a_units_name_cannot_follow_with_a_file_of_his_own(
    asking: Campaign, standing: Standing, enters: bool
) -> None:
    first = sent(1, a_file("plan", "p"), withdrawn={"p": NOON + 2 * HOUR})
    slot = dossier_of(asking, first, sent(3, a_file("plan", "q"), standing=standing)).slots["plan"]
    assert slot.files[1].counts is enters
    assert slot.files[1].shown_only is not enters


@pytest.mark.parametrize("standing", [Standing.OTHER, Standing.OWN])
def test_a_rejected_file_taken_back_leaves_the_place_as_empty_as_it_was(
    asking: Campaign, standing: Standing
) -> None:
    bad = a_file("plan", "p", Verdict.REJECTED)
    first = sent(1, bad, withdrawn={"p": NOON + 2 * HOUR})
    slot = dossier_of(asking, first, sent(3, a_file("plan", "q"), standing=standing)).slots["plan"]
    assert shown(slot)[1] == ("q", "accepted", True)


def test_a_file_that_replaced_nothing_leaves_no_place_behind_it(asking: Campaign) -> None:
    """Who may not enter left nothing empty: the unit's own file is in force before and after."""
    own = sent(1, a_file("plan", "p"))
    other = sent(2, a_file("plan", "q"), standing=Standing.OTHER, withdrawn={"q": NOON + 3 * HOUR})
    slot = dossier_of(asking, own, other).slots["plan"]
    assert shown(slot) == [("p", "accepted", True), ("q", "held", False)]
    assert slot.verdict == "accepted"


def test_of_two_files_of_one_mail_one_may_be_taken_back(asking: Campaign) -> None:
    mail = sent(1, a_file("photo", "a"), a_file("photo", "b"), withdrawn={"a": NOON + 2 * HOUR})
    slot = dossier_of(asking, mail).slots["photo"]
    assert shown(slot) == [("a", "held", False), ("b", "accepted", True)]


@pytest.mark.parametrize(("hour", "verdict"), [(1, "held"), (2, "accepted"), (3, "accepted")])
def test_a_person_who_accepts_after_the_withdrawal_has_the_last_word(
    asking: Campaign, hour: int, verdict: str
) -> None:
    """One who accepted before it did not know of it."""
    mail = sent(1, a_file("plan", "p"), withdrawn={"p": NOON + 2 * HOUR})
    slot = dossier_of(asking, mail, decisions=(ruling("p", "accept", hour),)).slots["plan"]
    assert shown(slot) == [("p", verdict, verdict == "accepted")]
    assert (slot.files[0].judged.findings == ()) is (verdict == "accepted")


@pytest.mark.parametrize(("hour", "verdict"), [(1, "held"), (2, "accepted")])
def test_octets_taken_back_and_sent_again_are_ruled_by_what_was_decided_since(
    asking: Campaign, hour: int, verdict: str
) -> None:
    taken = {"p": NOON + 2 * HOUR}
    mails = (
        sent(1, a_file("plan", "p"), withdrawn=taken),
        sent(4, a_file("plan", "p"), withdrawn=taken),
    )
    slot = dossier_of(asking, *mails, decisions=(ruling("p", "accept", hour),)).slots["plan"]
    assert shown(slot) == [("p", verdict, verdict == "accepted")]


def test_a_person_who_rejects_the_withdrawn_file_frees_its_place(asking: Campaign) -> None:
    first = sent(1, a_file("plan", "p"), withdrawn={"p": NOON + 2 * HOUR})
    stranger = sent(5, a_file("plan", "q"), standing=Standing.OTHER)
    slot = dossier_of(asking, first, stranger, decisions=(ruling("p", "reject", 3),)).slots["plan"]
    assert shown(slot) == [("p", "rejected", False), ("q", "accepted", True)]
    other = dossier_of(asking, first, stranger, decisions=(ruling("x", "reject", 3),)).slots["plan"]
    assert shown(other) == [("p", "held", False), ("q", "accepted", False)]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("缺少签字", "缺少签字。请按上述意见更正后重新报送。"),
        (" 缺少签字。 ", "缺少签字。请按上述意见更正后重新报送。"),
        ("", "经工作人员核对，该文件不符合要求。请按上述意见更正后重新报送。"),
    ],
)
def test_a_reason_is_told_once_with_one_full_stop(asking: Campaign, reason: str, told: str) -> None:
    decisions = (ruling("p", "reject", 2, "另一个原因"), ruling("p", "reject", 3, reason))
    slot = dossier_of(asking, sent(1, a_file("plan", "p")), decisions=decisions).slots["plan"]
    assert [one.message for one in slot.files[0].judged.findings] == [told]


def test_a_link_taken_back_is_announced_no_more(asking: Campaign) -> None:
    links = tuple(CloudLink("qq", f"https://a.test/{n}", f"{n}.jpg") for n in (1, 2))
    mail = sent(1, links=links, withdrawn={"https://a.test/1": NOON + 2 * HOUR})
    slot = dossier_of(asking, mail).slots["photo"]
    assert [one.link.url for one in slot.links] == ["https://a.test/2"]
    none = sent(1, links=links[:1], withdrawn={"https://a.test/1": NOON + 2 * HOUR})
    assert dossier_of(asking, none).slots["photo"].verdict == "missing"


def test_what_is_welcome_neither_completes_a_dossier_nor_holds_it_up(asking: Campaign) -> None:
    whole = [a_file("photo", "a"), a_file("plan", "p")]
    complete = dossier_of(asking, sent(1, *whole), sent(2, a_file("video", "v")))
    assert (complete.state, complete.completed_at) == ("complete", NOON + HOUR)
    assert complete.last_arrival == NOON + 2 * HOUR
    late = dossier_of(asking, sent(1, whole[0]), sent(2, whole[1], a_file("video", "v")))
    assert (late.state, late.completed_at) == ("complete", NOON + 2 * HOUR)
    assert dossier_of(asking, sent(1, a_file("video", "v"))).state == "incomplete"


def test_a_dossier_of_welcome_materials_alone_is_complete_with_its_first(tmp_path: Path) -> None:
    campaign = load_campaign(write_notice(tmp_path / "rules", materials=[VIDEO]))
    assert dossier_of(campaign).state == "nothing"
    filled = dossier_of(campaign, sent(1, a_file("video", "v")))
    assert (filled.state, filled.completed_at) == ("complete", None)


def test_where_everything_is_waived_nothing_need_come(asking: Campaign) -> None:
    waived = tuple(
        SlotDecision(
            slot=slot,
            sha256="",
            ruling="waive",
            reason="",
            decided_at=NOON,
        )
        for slot in ("photo", "plan")
    )
    dossier = dossier_of(asking, decisions=waived)
    assert (dossier.state, dossier.completed_at) == ("complete", None)
    assert dossier_of(asking, decisions=waived[:1]).state == "nothing"
