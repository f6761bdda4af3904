"""The decisions of a dossier, one fact a test; the expected values stand in the contract."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaign.types import Campaign
from mailbot.entries import SlotDecision
from mailbot.judgement.announced import slot_of_link
from mailbot.judgement.dossier import judge_dossier, judge_punctuality
from mailbot.judgement.slots import OFFICE_REJECTED, Contribution, Standing
from mailbot.model import (
    CloudLink,
    Dossier,
    DossierState,
    Judged,
    Kind,
    Punctuality,
    SlotVerdict,
    Verdict,
)

SLOTS = ("form", "plan", "summary", "video", "photo", "text")


def a_file(slot: str, verdict: Verdict = Verdict.ACCEPTED, content: str = "") -> Judged:
    return Judged(
        name=f"{slot}.bin",
        sha256=content or f"{slot}-{verdict}",
        size=1,
        kind=Kind(slot),
        format="x",
        verdict=verdict,
        facts={},
        slots=(slot,),
    )


def a_mail(
    number: int,
    *files: Judged,
    at: datetime,
    standing: Standing = Standing.OWN,
    links: Sequence[CloudLink] = (),
) -> Contribution:
    return Contribution(number, at, "a@example.com", standing, files, tuple(links))


@pytest.fixture
def before(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


def judged(campaign: Campaign, *mails: Contribution, now: datetime | None = None) -> Dossier:
    return judge_dossier("金水区", True, mails, campaign, now or campaign.deadline)


def test_nothing_sent_is_nothing_and_every_slot_is_missing(campaign: Campaign) -> None:
    dossier = judged(campaign)
    assert dossier.state is DossierState.NOTHING
    assert {slot.verdict for slot in dossier.slots.values()} == {SlotVerdict.MISSING}


def test_every_slot_accepted_is_complete(campaign: Campaign, before: datetime) -> None:
    dossier = judged(campaign, a_mail(1, *map(a_file, SLOTS), at=before))
    assert dossier.state is DossierState.COMPLETE
    assert dossier.completed_at == before


@pytest.mark.parametrize("missing", SLOTS)
def test_one_slot_less_is_incomplete(campaign: Campaign, before: datetime, missing: str) -> None:
    files = [a_file(slot) for slot in SLOTS if slot != missing]
    dossier = judged(campaign, a_mail(1, *files, at=before))
    assert dossier.state is DossierState.INCOMPLETE
    assert dossier.slots[missing].verdict is SlotVerdict.MISSING


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([Verdict.ACCEPTED, Verdict.REJECTED, Verdict.HELD], SlotVerdict.ACCEPTED),
        ([Verdict.REJECTED, Verdict.HELD], SlotVerdict.REJECTED),
        ([Verdict.HELD], SlotVerdict.HELD),
    ],
)
def test_the_verdict_table(
    campaign: Campaign, before: datetime, verdicts: list[Verdict], expected: SlotVerdict
) -> None:
    files = [a_file("photo", verdict) for verdict in verdicts]
    assert judged(campaign, a_mail(1, *files, at=before)).slots["photo"].verdict is expected


def test_only_a_link_is_announced_and_a_rejected_file_outweighs_it(
    campaign: Campaign, before: datetime
) -> None:
    link = CloudLink("qq", "https://mail.qq.com/x", "演练.mp4")
    announced = judged(campaign, a_mail(1, at=before, links=[link]))
    assert announced.slots["video"].verdict is SlotVerdict.ANNOUNCED
    rejected = a_file("video", Verdict.REJECTED)
    both = judged(campaign, a_mail(1, rejected, at=before, links=[link]))
    assert both.slots["video"].verdict is SlotVerdict.REJECTED


def test_a_link_stands_in_its_own_slot_and_no_other(campaign: Campaign, before: datetime) -> None:
    links = [CloudLink("qq", "https://mail.qq.com/x", name) for name in ("演练.mp4", "1.jpg")]
    dossier = judged(campaign, a_mail(1, at=before, links=links))
    named = {name: [one.link.name for one in slot.links] for name, slot in dossier.slots.items()}
    assert named == {key: [] for key in SLOTS} | {"video": ["演练.mp4"], "photo": ["1.jpg"]}
    assert dossier.state is DossierState.INCOMPLETE
    assert (dossier.first_arrival, dossier.last_arrival) == (before, before)


def test_the_newest_accepted_plan_is_in_force_and_the_older_is_kept(
    campaign: Campaign, before: datetime
) -> None:
    slot = judged(
        campaign,
        a_mail(1, a_file("plan", content="old"), at=before),
        a_mail(2, a_file("plan", content="new"), at=before + timedelta(hours=1)),
    ).slots["plan"]
    assert [(file.judged.sha256, file.counts, file.superseded) for file in slot.files] == [
        ("old", False, True),
        ("new", True, False),
    ]


@pytest.mark.parametrize("later", [Verdict.REJECTED, Verdict.HELD])
def test_a_later_file_that_is_not_accepted_lowers_nothing(
    campaign: Campaign, before: datetime, later: Verdict
) -> None:
    slot = judged(
        campaign,
        a_mail(1, a_file("summary", content="good"), at=before),
        a_mail(2, a_file("summary", later), at=before + timedelta(hours=1)),
    ).slots["summary"]
    assert slot.verdict is SlotVerdict.ACCEPTED
    assert [file.counts for file in slot.files] == [True, False]


def test_photos_accumulate_and_the_same_octets_count_once(
    campaign: Campaign, before: datetime
) -> None:
    slot = judged(
        campaign,
        a_mail(1, a_file("photo", content="a"), a_file("photo", content="b"), at=before),
        a_mail(2, a_file("photo", content="a"), at=before + timedelta(hours=1)),
    ).slots["photo"]
    assert [file.judged.sha256 for file in slot.files if file.counts] == ["a", "b"]
    assert slot.accepted_count == 2


def test_the_same_photo_again_from_the_same_address_is_of_the_mail_that_brought_it_first(
    campaign: Campaign, before: datetime
) -> None:
    photo = a_file("photo", content="a")
    again = before + timedelta(hours=1)
    (file,) = (
        judged(campaign, a_mail(1, photo, at=before), a_mail(2, photo, at=again))
        .slots["photo"]
        .files
    )
    assert (file.arrival, file.arrived_at) == (1, before)


def test_sending_the_first_version_again_puts_it_back_in_force(
    campaign: Campaign, before: datetime
) -> None:
    mails = [
        a_mail(number, a_file("plan", content=content), at=before + timedelta(hours=number))
        for number, content in enumerate("ABA")
    ]
    slot = judged(campaign, *mails).slots["plan"]
    assert [file.judged.sha256 for file in slot.files if file.counts] == ["A"]
    assert [file.arrival for file in slot.files if file.counts] == [2]


@pytest.mark.parametrize(
    ("first", "second", "in_force"),
    [
        (Standing.OWN, Standing.OWN, "new"),
        (Standing.PROVISIONAL, Standing.OWN, "new"),
        (Standing.PROVISIONAL, Standing.PROVISIONAL, "new"),
        (Standing.OWN, Standing.PROVISIONAL, "old"),
        (Standing.OWN, Standing.OTHER, "old"),
        (Standing.PROVISIONAL, Standing.OTHER, "old"),
        (Standing.OTHER, Standing.OTHER, "old"),
        (Standing.OTHER, Standing.OWN, "new"),
    ],
)
def test_who_may_replace_whom(
    campaign: Campaign, before: datetime, first: Standing, second: Standing, in_force: str
) -> None:
    slot = judged(
        campaign,
        a_mail(1, a_file("form", content="old"), at=before, standing=first),
        a_mail(2, a_file("form", content="new"), at=before + timedelta(hours=1), standing=second),
    ).slots["form"]
    assert [file.judged.sha256 for file in slot.files if file.counts] == [in_force]
    assert [file.shown_only for file in slot.files] == [False, in_force == "old"]


def decided(campaign: Campaign, mails: Sequence[Contribution], *decisions: SlotDecision) -> Dossier:
    return judge_dossier("金水区", True, mails, campaign, campaign.deadline, decisions)


def test_a_person_may_accept_what_the_rules_reject_and_arrival_still_tells_the_time(
    campaign: Campaign, before: datetime
) -> None:
    mails = [
        a_mail(1, *[a_file(slot) for slot in SLOTS if slot != "form"], at=before),
        a_mail(2, a_file("form", Verdict.HELD, "scan"), at=before + timedelta(hours=1)),
    ]
    late = campaign.deadline + timedelta(days=3)
    dossier = judge_dossier(
        "金水区", True, mails, campaign, late, [SlotDecision("form", "accept", late, "scan")]
    )
    assert dossier.state is DossierState.COMPLETE
    assert dossier.completed_at == before + timedelta(hours=1)
    assert dossier.punctuality is Punctuality.ON_TIME
    (file,) = dossier.slots["form"].files
    assert (file.counts, file.decided, file.judged.verdict) == (True, "accepted", Verdict.ACCEPTED)


def test_a_rejected_plan_does_not_bring_the_one_before_it_back(
    campaign: Campaign, before: datetime
) -> None:
    mails = [
        a_mail(1, a_file("plan", content="old"), at=before),
        a_mail(2, a_file("plan", content="new"), at=before + timedelta(hours=1)),
    ]
    ruling = SlotDecision("plan", "reject", before + timedelta(hours=2), "new", "去年的")
    slot = decided(campaign, mails, ruling).slots["plan"]
    assert slot.verdict is SlotVerdict.REJECTED
    assert [file.counts for file in slot.files] == [False, False]
    assert [one.code for one in slot.files[1].judged.findings] == [OFFICE_REJECTED]
    later = a_mail(3, a_file("plan", content="third"), at=before + timedelta(hours=3))
    assert decided(campaign, [*mails, later], ruling).slots["plan"].verdict is SlotVerdict.ACCEPTED


def test_a_rejected_photo_leaves_the_others(campaign: Campaign, before: datetime) -> None:
    mail = a_mail(1, a_file("photo", content="a"), a_file("photo", content="b"), at=before)
    ruling = SlotDecision("photo", "reject", before, "a")
    slot = decided(campaign, [mail], ruling).slots["photo"]
    assert slot.verdict is SlotVerdict.ACCEPTED
    assert [file.judged.sha256 for file in slot.files if file.counts] == ["b"]


def test_of_several_decisions_about_a_file_the_last_stands(
    campaign: Campaign, before: datetime
) -> None:
    mail = a_mail(1, a_file("plan", content="a"), at=before)
    hour = timedelta(hours=1)
    rulings = [
        SlotDecision("plan", "reject", before + hour, "a"),
        SlotDecision("plan", "accept", before + 2 * hour, "a"),
    ]
    slot = decided(campaign, [mail], *rulings).slots["plan"]
    assert slot.verdict is SlotVerdict.ACCEPTED
    assert slot.files[0].judged.findings == ()
    turned = [rulings[0], SlotDecision("plan", "accept", before, "a")]
    assert decided(campaign, [mail], *turned).slots["plan"].verdict is SlotVerdict.REJECTED


def test_a_person_puts_a_replacement_in_force_and_a_later_file_of_the_unit_replaces_it(
    campaign: Campaign, before: datetime
) -> None:
    hour = timedelta(hours=1)
    mails = [
        a_mail(1, a_file("form", content="own"), at=before),
        a_mail(2, a_file("form", content="other"), at=before + hour, standing=Standing.OTHER),
    ]
    ruling = SlotDecision("form", "accept", before + 2 * hour, "other")
    slot = decided(campaign, mails, ruling).slots["form"]
    assert [(file.counts, file.superseded, file.shown_only) for file in slot.files] == [
        (False, True, False),
        (True, False, False),
    ]
    later = a_mail(3, a_file("form", content="newest"), at=before + 3 * hour)
    slot = decided(campaign, [*mails, later], ruling).slots["form"]
    assert [file.judged.sha256 for file in slot.files if file.counts] == ["newest"]


def test_a_waived_slot_is_not_asked_for_until_that_is_taken_back(
    campaign: Campaign, before: datetime
) -> None:
    mail = a_mail(1, *[a_file(slot) for slot in SLOTS if slot != "video"], at=before)
    waived = SlotDecision("video", "waive", before)
    dossier = decided(campaign, [mail], waived)
    assert dossier.state is DossierState.COMPLETE
    assert dossier.slots["video"].waived
    assert dossier.completed_at == before
    taken_back = SlotDecision("video", "reject", before + timedelta(hours=1))
    assert decided(campaign, [mail], waived, taken_back).state is DossierState.INCOMPLETE


def test_at_one_moment_the_mail_goes_before_the_decision(
    campaign: Campaign, before: datetime
) -> None:
    """A person decides on what has come: what came in the same second he has seen."""
    hour = timedelta(hours=1)
    mails = [
        a_mail(1, a_file("form", content="own"), at=before),
        a_mail(2, a_file("form", content="chosen"), at=before + hour, standing=Standing.OTHER),
        a_mail(3, a_file("form", content="same second"), at=before + 2 * hour),
    ]
    ruling = SlotDecision("form", "accept", before + 2 * hour, "chosen")
    slot = decided(campaign, mails, ruling).slots["form"]
    assert [file.judged.sha256 for file in slot.files if file.counts] == ["chosen"]


def all_but(slot: str) -> list[Judged]:
    return [a_file(one) for one in SLOTS if one != slot]


def test_complete_is_since_the_first_time_also_when_more_and_better_comes_later(
    campaign: Campaign, before: datetime
) -> None:
    more = a_mail(2, a_file("photo", content="more"), a_file("plan", content="better"),
                  at=campaign.deadline + timedelta(days=1))  # fmt: skip
    dossier = judged(campaign, a_mail(1, *map(a_file, SLOTS), at=before), more)
    assert (dossier.completed_at, dossier.punctuality) == (before, Punctuality.ON_TIME)


def test_what_a_person_rejects_did_not_complete_anything_in_time(
    campaign: Campaign, before: datetime
) -> None:
    late = campaign.deadline + timedelta(days=1)
    mails = [
        a_mail(1, *map(a_file, SLOTS), at=before),
        a_mail(2, a_file("form", content="mended"), at=late),
    ]
    ruling = SlotDecision("form", "reject", before + timedelta(hours=1), "form-accepted")
    dossier = decided(campaign, mails, ruling)
    assert dossier.state is DossierState.COMPLETE
    assert (dossier.completed_at, dossier.punctuality) == (late, Punctuality.SUPPLEMENTED_LATE)


@pytest.mark.parametrize(("rejected", "on_time"), [("first", False), ("late", True)])
def test_a_photo_that_was_none_does_not_make_the_late_one_punctual(
    campaign: Campaign, before: datetime, rejected: str, on_time: bool
) -> None:
    late = campaign.deadline + timedelta(days=1)
    mails = [
        a_mail(1, *all_but("photo"), a_file("photo", content="first"), at=before),
        a_mail(2, a_file("photo", content="late"), at=late),
    ]
    ruling = SlotDecision("photo", "reject", late + timedelta(hours=1), rejected)
    assert decided(campaign, mails, ruling).completed_at == (before if on_time else late)


def test_a_rejected_older_version_changes_nothing_of_when_the_newer_filled_the_slot(
    campaign: Campaign, before: datetime
) -> None:
    mails = [
        a_mail(1, *map(a_file, SLOTS), at=before),
        a_mail(2, a_file("plan", content="newer"), at=campaign.deadline + timedelta(days=1)),
    ]
    ruling = SlotDecision("plan", "reject", campaign.deadline + timedelta(days=2), "never came")
    assert decided(campaign, mails, ruling).completed_at == before


@pytest.fixture
def three_photos(campaign: Campaign) -> Campaign:
    """The campaign, had the notice asked for three photos and two plans."""
    minima = {"photo": 3, "plan": 2}
    materials = tuple(
        one.model_copy(update={"minimum": minima.get(one.slot, 1)}) for one in campaign.materials
    )
    return campaign.model_copy(update={"materials": materials})


def test_a_slot_of_three_is_full_with_the_third(three_photos: Campaign, before: datetime) -> None:
    hour = timedelta(hours=1)
    rest = [*all_but("photo"), a_file("plan", content="second plan")]
    mails = [a_mail(0, *rest, at=before)] + [
        a_mail(number, a_file("photo", content=str(number)), at=before + number * hour)
        for number in (1, 2, 3, 4)
    ]
    two = judged(three_photos, *mails[:3])
    assert (two.slots["photo"].verdict, two.completed_at) == (SlotVerdict.MISSING, None)
    assert judged(three_photos, *mails).completed_at == before + 3 * hour


def test_the_oldest_of_two_plans_gives_way_to_the_third(
    three_photos: Campaign, before: datetime
) -> None:
    hour = timedelta(hours=1)
    mails = [
        a_mail(number, a_file("plan", content=str(number)), at=before + number * hour)
        for number in range(3)
    ]
    slot = judged(three_photos, *mails).slots["plan"]
    assert [(file.judged.sha256, file.counts) for file in slot.files] == [
        ("0", False),
        ("1", True),
        ("2", True),
    ]


def test_files_of_one_mail_are_each_taken_whatever_stands_before_them(
    campaign: Campaign, before: datetime
) -> None:
    slot = judged(
        campaign,
        a_mail(1, a_file("photo", content="a"), at=before),
        a_mail(
            2,
            a_file("photo", content="a"),
            a_file("photo", Verdict.REJECTED, "small"),
            a_file("photo", content="b"),
            at=before + timedelta(hours=1),
        ),
    ).slots["photo"]
    assert [(file.judged.sha256, file.counts) for file in slot.files] == [
        ("a", True),
        ("small", False),
        ("b", True),
    ]


def test_octets_that_were_rejected_and_are_now_accepted_count(
    campaign: Campaign, before: datetime
) -> None:
    """The same octets under another name may be judged otherwise."""
    slot = judged(
        campaign,
        a_mail(1, a_file("plan", Verdict.REJECTED, "same"), at=before),
        a_mail(2, a_file("plan", content="same"), at=before + timedelta(hours=1)),
    ).slots["plan"]
    assert slot.verdict is SlotVerdict.ACCEPTED
    assert [file.counts for file in slot.files] == [False, True]


def test_accepting_what_counts_already_moves_nothing(
    three_photos: Campaign, before: datetime
) -> None:
    """Else one of two plans would take both places."""
    hour = timedelta(hours=1)
    mails = [
        a_mail(number, a_file("plan", content=str(number)), at=before + number * hour)
        for number in range(2)
    ]
    ruling = SlotDecision("plan", "accept", before + 3 * hour, "0")
    slot = decided(three_photos, mails, ruling).slots["plan"]
    assert [file.counts for file in slot.files] == [True, True]
    assert [file.superseded for file in slot.files] == [False, False]


def test_a_decision_on_a_file_that_has_not_come_waits_for_it(
    campaign: Campaign, before: datetime
) -> None:
    ruling = SlotDecision("plan", "accept", before, "later")
    nothing = decided(campaign, [], ruling)
    assert nothing.slots["plan"].verdict is SlotVerdict.MISSING
    mail = a_mail(1, a_file("plan", Verdict.REJECTED, "later"), at=before + timedelta(hours=1))
    slot = decided(campaign, [mail], ruling).slots["plan"]
    assert (slot.verdict, slot.files[0].decided) == (SlotVerdict.ACCEPTED, "accepted")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("去年的方案。", "去年的方案"),
        ("", "经工作人员核对，该文件不符合要求"),
    ],
)
def test_why_a_person_rejected_a_file_is_told_to_the_unit(
    campaign: Campaign, before: datetime, reason: str, expected: str
) -> None:
    mail = a_mail(1, a_file("plan", content="a"), at=before)
    ruling = SlotDecision("plan", "reject", before, "a", reason)
    (file,) = decided(campaign, [mail], ruling).slots["plan"].files
    (finding,) = file.judged.findings
    assert (file.decided, finding.expected) == ("rejected", expected)
    assert finding.message == f"{expected}。请按上述意见更正后重新报送。"


def test_any_address_may_fill_an_empty_slot(campaign: Campaign, before: datetime) -> None:
    dossier = judged(campaign, a_mail(1, a_file("plan"), at=before, standing=Standing.OTHER))
    assert dossier.slots["plan"].verdict is SlotVerdict.ACCEPTED


def test_the_fifth_of_july_counts_to_its_end(campaign: Campaign) -> None:
    midnight = datetime(2017, 7, 5, 16, 0, tzinfo=UTC)  # 24:00 in Beijing
    assert not campaign.is_late(midnight - timedelta(microseconds=1), campaign.deadline)
    assert campaign.is_late(midnight, campaign.deadline)


@pytest.mark.parametrize(
    ("first_days", "rest_days", "now_days", "expected"),
    [
        (-2, -1, -1, Punctuality.ON_TIME),
        (-2, -1, 5, Punctuality.ON_TIME),
        (-2, 1, 5, Punctuality.SUPPLEMENTED_LATE),
        (1, 2, 5, Punctuality.LATE),
        (1, None, 5, Punctuality.LATE),
        (-2, None, -1, Punctuality.PENDING),
        (-2, None, 5, Punctuality.PARTIAL),
        (None, None, -1, Punctuality.PENDING),
        (None, None, 5, Punctuality.NONE),
    ],
)
def test_punctuality_is_judged_by_arrival(
    campaign: Campaign,
    first_days: int | None,
    rest_days: int | None,
    now_days: int,
    expected: Punctuality,
) -> None:
    mails = []
    if first_days is not None:
        at = campaign.deadline + timedelta(days=first_days)
        mails.append(a_mail(1, a_file("plan"), at=at))
    if rest_days is not None:
        at = campaign.deadline + timedelta(days=rest_days)
        rest = [a_file(slot) for slot in SLOTS if slot != "plan"]
        mails.append(a_mail(2, *rest, at=at))
    now = campaign.deadline + timedelta(days=now_days)
    assert judged(campaign, *mails, now=now).punctuality is expected


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("演练.MP4", "video"),
        ("IMG_1.jpg", "photo"),
        ("演练照片.zip", "photo"),
        ("演练方案.rar", "plan"),
        ("2017年统计表.zip", "form"),
        (None, "video"),
        ("材料.zip", "video"),
    ],
)
def test_what_a_link_announces(campaign: Campaign, name: str | None, slot: str) -> None:
    assert slot_of_link(CloudLink("qq", "https://x", name), campaign) == slot


@pytest.mark.parametrize("stored", ["0.2 and later", "before 0.2"])
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((-2, -1), Punctuality.ON_TIME),
        ((-1, 1), Punctuality.SUPPLEMENTED_LATE),  # as late as its latest
        ((0, 0), Punctuality.ON_TIME),  # the deadline itself is in time
        ((1, 2), Punctuality.LATE),
    ],
)
def test_a_dossier_is_as_late_as_the_latest_of_what_fills_it(
    campaign: Campaign, hours: tuple[int, int], expected: Punctuality, stored: str
) -> None:
    first, second = (campaign.deadline + timedelta(hours=each) for each in hours)
    dossier = judged(
        campaign,
        a_mail(1, *all_but("form"), at=first),
        a_mail(2, a_file("form"), at=second),
        now=campaign.deadline + timedelta(days=1),
    )
    assert dossier.punctuality is expected
    if stored == "before 0.2":  # it did not say when a slot was filled
        slots = {key: replace(one, filled_at=None) for key, one in dossier.slots.items()}
        now = campaign.deadline + timedelta(days=1)
        assert judge_punctuality(campaign, "金水区", slots, first, now) is expected


@pytest.mark.parametrize("waived", [True, False])
def test_of_whom_nothing_more_is_asked_nothing_is_overdue(
    campaign: Campaign, before: datetime, waived: bool
) -> None:
    """A person waived all of it, or the notice only welcomes it: complete, and in time."""
    decisions = [SlotDecision(slot, "waive", before) for slot in SLOTS] if waived else []
    if not waived:
        welcome = [one.model_copy(update={"required": False}) for one in campaign.materials]
        campaign = campaign.model_copy(update={"materials": tuple(welcome)})
    rejected = a_mail(1, a_file("photo", Verdict.REJECTED), at=before)
    now = campaign.deadline + timedelta(days=1)
    dossier = judge_dossier("金水区", True, [rejected], campaign, now, decisions)
    assert (dossier.state, dossier.punctuality) == (DossierState.COMPLETE, Punctuality.ON_TIME)


def test_of_two_photos_a_dossier_without_the_moment_was_filled_by_the_later(
    campaign: Campaign,
) -> None:
    early, late = (campaign.deadline + timedelta(hours=each) for each in (-1, 1))
    dossier = judged(
        campaign,
        a_mail(1, *map(a_file, SLOTS), at=early),
        a_mail(2, a_file("photo", content="more"), at=late),
    )
    slots = {key: replace(one, filled_at=None) for key, one in dossier.slots.items()}
    found = judge_punctuality(campaign, "金水区", slots, early, late)
    assert found is Punctuality.SUPPLEMENTED_LATE


_FILES = st.builds(
    lambda slot, verdict, content: a_file(slot, verdict, content),
    st.sampled_from(SLOTS),
    st.sampled_from(Verdict),
    st.sampled_from("abc"),
)
_MAILS = st.lists(st.tuples(st.lists(_FILES, max_size=4), st.sampled_from(Standing)), max_size=6)


@given(mails=_MAILS, data=st.data())
def test_order_of_input_does_not_matter_and_accepted_is_never_lost(
    campaign: Campaign, mails: list[tuple[list[Judged], Standing]], data: st.DataObject
) -> None:
    start = campaign.deadline - timedelta(days=9)
    contributions = [
        a_mail(number, *files, at=start + timedelta(hours=number), standing=standing)
        for number, (files, standing) in enumerate(mails)
    ]
    whole = judged(campaign, *contributions)
    assert whole == judged(campaign, *data.draw(st.permutations(contributions)))
    for length in range(len(contributions)):
        earlier = judged(campaign, *contributions[:length])
        for name, slot in earlier.slots.items():
            if slot.verdict is SlotVerdict.ACCEPTED:
                assert whole.slots[name].verdict is SlotVerdict.ACCEPTED
