"""What becomes of one arrival, without a database: rows go in as plain data.

The expected outcomes are those of CONTRACT, Decisions; that the same comes about with a mailbox
and a ledger around it is tried in `test_arrival` and under `threats`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from make.office import LONG_TEXT

from mailbot.campaign.types import Campaign
from mailbot.entries import (
    AddressRecord,
    Brought,
    EarlierMail,
    Examined,
    SlotDecision,
    UnitOnRecord,
)
from mailbot.inbox.screening.sender import Receiver
from mailbot.inspection.tree import body_member
from mailbot.judgement.whose.names import UnitNames
from mailbot.model import (
    DossierState,
    Judged,
    Kind,
    MailAddress,
    Message,
    NoAnswer,
    SlotVerdict,
    Verdict,
)
from mailbot.workflow.decide import Outcome, Taken, decide, examine

CLERK = "clerk@example.com"
SETTLE = 120


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


# These tests are about what a proven sender may do.
VOUCHED = Receiver(trusts_unverified=True)


def a_mail(
    at: datetime,
    *,
    subject: str = "金水区报送材料",
    sender: str = CLERK,
    no_answer: NoAnswer | None = None,
    number: int = 7,
) -> Taken:
    message = Message(
        message_id="<7@example.com>",
        subject=subject,
        sender=MailAddress("", sender),
        text=LONG_TEXT,
    )
    body = body_member(message)
    assert body is not None
    return Taken(
        arrival=number,
        arrived_at=at,
        sha256=sha256(subject.encode()).hexdigest(),
        size=1000,
        message=message,
        members=(body,),
        defects=(),
        no_answer=no_answer,
    )


def on_record(**known: object) -> UnitOnRecord:
    empty = UnitOnRecord("金水区", brought=(), rulings=(), addresses={}, is_bound=False)
    return replace(empty, **known)  # type: ignore[arg-type]


def brought(arrival: int, at: datetime, *slots: str, address: str = CLERK) -> Brought:
    files = tuple(
        Judged(
            name=slot,
            sha256=f"{slot}-{arrival}",
            size=1,
            kind=Kind(slot),
            format="x",
            verdict=Verdict.ACCEPTED,
            facts={},
            slots=(slot,),
        )
        for slot in slots
    )
    return Brought(arrival, at, address, "", files)


def examined(
    taken: Taken,
    campaign: Campaign,
    record: AddressRecord | None = None,
    *earlier: EarlierMail,
) -> Examined:
    record = record or AddressRecord()
    return examine(taken, record, earlier, campaign, UnitNames(campaign), VOUCHED)


def decided(
    taken: Taken,
    campaign: Campaign,
    known: UnitOnRecord | None,
    record: AddressRecord | None = None,
    **changed: object,
) -> Outcome:
    """One minute after it arrived."""
    found = replace(examined(taken, campaign, record), **changed)  # type: ignore[arg-type]
    now = taken.arrived_at + timedelta(minutes=1)
    return decide(
        taken, found, record or AddressRecord(), known, campaign, now, settle_seconds=SETTLE
    )


def test_the_first_mail_of_a_unit_binds_its_address_and_opens_a_reply(
    campaign: Campaign, at: datetime
) -> None:
    outcome = decided(a_mail(at), campaign, on_record())
    assert (outcome.examined.unit, outcome.examined.unit_source) == ("金水区", "subject")
    assert outcome.binds
    assert outcome.answers == (7,)
    assert outcome.due == at + timedelta(seconds=SETTLE)
    assert outcome.dossier is not None
    assert outcome.dossier.slots["text"].verdict is SlotVerdict.ACCEPTED
    assert outcome.dossier.state is DossierState.INCOMPLETE


@pytest.mark.parametrize(
    ("known", "record", "doubt"),
    [
        pytest.param({"is_bound": True}, AddressRecord(), "", id="the unit has an address"),
        pytest.param({}, AddressRecord(), "failed", id="a check of the sender failed"),
        pytest.param({}, AddressRecord("provisional", "金水区"), "", id="bound before"),
        pytest.param({}, AddressRecord("confirmed", "金水区"), "", id="confirmed before"),
    ],
)
def test_an_address_is_not_bound_where(
    campaign: Campaign,
    at: datetime,
    known: dict[str, object],
    record: AddressRecord,
    doubt: str,
) -> None:
    outcome = decided(a_mail(at), campaign, on_record(**known), record, sender_doubt=doubt)
    assert not outcome.binds
    assert outcome.answers == (7,)


def test_a_check_that_is_merely_missing_does_not_keep_an_address_from_being_bound(
    campaign: Campaign, at: datetime
) -> None:
    assert decided(a_mail(at), campaign, on_record(), sender_doubt="missing").binds


def test_a_unit_with_addresses_in_its_table_is_bound_to_no_other(
    campaign: Campaign, at: datetime
) -> None:
    units = tuple(
        one.model_copy(update={"addresses": ("own@example.com",)}) if one.unit == "金水区" else one
        for one in campaign.units
    )
    listed = campaign.model_copy(update={"units": units})
    assert not decided(a_mail(at), listed, on_record()).binds


def test_earlier_mails_that_named_nobody_come_with_the_address(
    campaign: Campaign, at: datetime
) -> None:
    """And those whose reply was not composed yet are answered by this one."""
    earlier = brought(3, at - timedelta(hours=2), "photo"), brought(4, at, "video")
    known = on_record(unnamed=earlier, unanswered=frozenset({4}))
    outcome = decided(a_mail(at), campaign, known)
    assert outcome.joined == (3, 4)
    assert outcome.answers == (4, 7)
    assert outcome.dossier is not None
    assert outcome.dossier.slots["photo"].verdict is SlotVerdict.ACCEPTED
    assert outcome.dossier.slots["video"].verdict is SlotVerdict.ACCEPTED


def test_they_stay_where_they_are_when_the_address_is_not_the_units(
    campaign: Campaign, at: datetime
) -> None:
    known = on_record(is_bound=True, unnamed=(brought(3, at, "photo"),), unanswered=frozenset({3}))
    outcome = decided(a_mail(at), campaign, known)
    assert (outcome.joined, outcome.answers) == ((), (7,))


def test_a_stranger_fills_what_is_empty_and_replaces_nothing(
    campaign: Campaign, at: datetime
) -> None:
    before = brought(2, at - timedelta(days=1), "text", address="own@example.com")
    known = on_record(
        brought=(before,),
        addresses={"own@example.com": AddressRecord("confirmed", "金水区")},
        is_bound=True,
    )
    outcome = decided(a_mail(at, sender="stranger@example.com"), campaign, known)
    assert outcome.dossier is not None
    files = outcome.dossier.slots["text"].files
    assert [(one.arrival, one.counts, one.shown_only) for one in files] == [
        (2, True, False),
        (7, False, True),
    ]
    own = decided(
        a_mail(at, sender="own@example.com"), campaign, known, AddressRecord("confirmed", "金水区")
    )
    assert own.dossier is not None
    assert [one.arrival for one in own.dossier.slots["text"].files if one.counts] == [7]


def test_what_persons_decided_holds_for_a_later_mail(campaign: Campaign, at: datetime) -> None:
    known = on_record(rulings=(SlotDecision("video", "waive", at - timedelta(days=1)),))
    outcome = decided(a_mail(at), campaign, known)
    assert outcome.dossier is not None
    assert outcome.dossier.slots["video"].waived


def test_a_complete_dossier_is_answered_at_once(campaign: Campaign, at: datetime) -> None:
    rest = [one.slot for one in campaign.materials if one.slot != "text"]
    known = on_record(brought=(brought(2, at - timedelta(days=1), *rest),))
    outcome = decided(a_mail(at), campaign, known)
    assert outcome.dossier is not None
    assert outcome.dossier.state is DossierState.COMPLETE
    assert outcome.due == at + timedelta(minutes=1)


def test_a_mail_from_a_server_whose_clock_runs_ahead_waits_from_now(
    campaign: Campaign, at: datetime
) -> None:
    taken = a_mail(at + timedelta(days=1))
    outcome = decide(
        taken,
        examined(taken, campaign),
        AddressRecord(),
        on_record(),
        campaign,
        at,
        settle_seconds=SETTLE,
    )
    assert outcome.due == at + timedelta(seconds=SETTLE)


def test_a_mail_of_nobody_is_answered_to_its_address_alone(
    campaign: Campaign, at: datetime
) -> None:
    outcome = decided(a_mail(at, subject="报送材料"), campaign, None)
    assert outcome.examined.held_reasons == ("unknown_unit",)
    assert outcome.dossier is None
    assert not outcome.examined.counts
    assert outcome.answers == (7,)


def test_a_mail_not_addressed_to_us_counts_and_is_not_answered(
    campaign: Campaign, at: datetime
) -> None:
    reason = NoAnswer("not_addressed_to_us", "To: other@example.com")
    outcome = decided(a_mail(at, no_answer=reason), campaign, on_record())
    assert outcome.answers == ()
    assert outcome.examined.no_answer == reason
    assert outcome.dossier is not None
    assert outcome.dossier.slots["text"].verdict is SlotVerdict.ACCEPTED


@pytest.mark.parametrize("wrote_to", ["", "dead@example.com"])
def test_a_bounce_marks_the_address_we_wrote_to_and_nothing_else(
    campaign: Campaign, at: datetime, wrote_to: str
) -> None:
    taken = a_mail(at, no_answer=NoAnswer("bounce", "null return path", material=False))
    found = examined(taken, campaign)
    outcome = decide(
        taken,
        found,
        AddressRecord(),
        on_record(),
        campaign,
        at,
        settle_seconds=SETTLE,
        wrote_to=wrote_to,
    )
    assert (found.unit, found.held_reasons, found.counts) == (None, (), False)
    assert outcome == Outcome(7, found, campaign.version, at, dead_address=wrote_to)


class TestTwins:
    """The same message once more: on record as that, and it changes nothing."""

    def test_the_same_octets(self, campaign: Campaign, at: datetime) -> None:
        taken = a_mail(at)
        found = examined(taken, campaign, None, EarlierMail(3, True, ("other",)))
        assert found.duplicate_of == 3
        assert found.no_answer == NoAnswer("duplicate", "the same message as arrival 3")
        assert not found.counts
        outcome = decide(
            taken, found, AddressRecord(), on_record(), campaign, at, settle_seconds=SETTLE
        )
        assert outcome == Outcome(7, found, campaign.version, at)

    def test_the_same_name_and_contents(self, campaign: Campaign, at: datetime) -> None:
        taken = a_mail(at)
        (body,) = (one.sha256 for one in taken.members)
        assert examined(taken, campaign, None, EarlierMail(3, False, (body,))).duplicate_of == 3

    def test_the_same_name_alone_proves_nothing(self, campaign: Campaign, at: datetime) -> None:
        found = examined(a_mail(at), campaign, None, EarlierMail(3, False, ("other",)))
        assert found.duplicate_of is None
        assert found.counts


def test_the_order_of_what_is_on_record_does_not_matter(campaign: Campaign, at: datetime) -> None:
    rows = tuple(brought(number, at - timedelta(hours=number), "plan") for number in (1, 2, 3))
    there = decided(a_mail(at), campaign, on_record(brought=rows))
    back = decided(a_mail(at), campaign, on_record(brought=rows[::-1]))
    assert there == back
