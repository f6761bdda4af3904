"""Which arrivals' octets may go, a row a fact; removing them: `workflow/test_pruning`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailbot.campaign.types import Campaign
from mailbot.entries import AtRest
from mailbot.judgement.retention import is_expired, why_kept
from mailbot.model import Judged, Kind, Verdict


def a_file(verdict: Verdict, *slots: str, members: tuple[Judged, ...] = ()) -> Judged:
    return Judged(
        name="x",
        sha256=f"{verdict}{slots}",
        size=1,
        kind=Kind.PHOTO,
        format="jpeg",
        verdict=verdict,
        facts={},
        slots=slots,
        members=members,
    )


ACCEPTED = a_file(Verdict.ACCEPTED, "photo")
HELD = a_file(Verdict.HELD, "photo")
REJECTED = a_file(Verdict.REJECTED, "photo")
DECORATION = a_file(Verdict.ACCEPTED)  # a logo: accepted, and no material


@pytest.fixture
def day(campaign: Campaign) -> datetime:
    """What arrived before is asked for."""
    return campaign.deadline + timedelta(days=30)


@pytest.fixture
def done(day: datetime) -> AtRest:
    """Answered a month ago, and of no use."""
    return AtRest(
        arrival=1,
        arrived_at=day - timedelta(days=30),
        state="answered",
        settled=True,
        reply_waits=False,
        duplicate_of=None,
        held=False,
        files=(REJECTED, DECORATION),
        spool_path="spool/aa/aa",
        sha256="aa",
    )


@pytest.mark.parametrize(
    ("changed", "kept", "kept_when_expired"),
    [
        ({}, "", ""),
        ({"state": "examined"}, "", ""),
        ({"state": "gone", "files": ()}, "", ""),
        ({"state": "quarantined"}, "unsettled", "unsettled"),
        ({"state": "spooled"}, "unsettled", "unsettled"),
        ({"state": "discovered"}, "unsettled", "unsettled"),
        ({"settled": False}, "unsettled", "unsettled"),
        ({"reply_waits": True}, "unsettled", "unsettled"),
        ({"reply_waits": True, "duplicate_of": 7}, "unsettled", "unsettled"),
        ({"held": True}, "unsettled", ""),
        ({"files": (HELD,)}, "unsettled", ""),
        ({"files": (ACCEPTED,)}, "accepted", ""),
        ({"files": (ACCEPTED, HELD)}, "accepted", ""),
        ({"files": (a_file(Verdict.REJECTED, members=(ACCEPTED,)),)}, "accepted", ""),
        ({"files": (a_file(Verdict.REJECTED, members=(HELD,)),)}, "unsettled", ""),
        ({"files": (ACCEPTED,), "duplicate_of": 7}, "", ""),
        ({"held": True, "duplicate_of": 7}, "", ""),
    ],
    ids=repr,
)
def test_what_is_kept(
    done: AtRest, day: datetime, changed: dict[str, Any], kept: str, kept_when_expired: str
) -> None:
    arrival = replace(done, **changed)
    assert why_kept(arrival, day, expired=False) == kept
    assert why_kept(arrival, day, expired=True) == kept_when_expired


def test_what_arrived_on_the_day_itself_is_recent(done: AtRest, day: datetime) -> None:
    tick = timedelta(microseconds=1)
    assert why_kept(replace(done, arrived_at=day), day, expired=True) == "recent"
    assert why_kept(replace(done, arrived_at=day - tick), day, expired=True) == ""


def test_the_time_is_over_to_the_second(campaign: Campaign) -> None:
    end = campaign.deadline + timedelta(days=campaign.retention_days)
    assert is_expired(campaign, end)
    assert not is_expired(campaign, end - timedelta(microseconds=1))


def test_contents_are_those_of_all_members(done: AtRest) -> None:
    outer = a_file(Verdict.REJECTED, members=(ACCEPTED, HELD))
    found = replace(done, files=(outer, REJECTED)).contents
    assert found == {one.sha256 for one in (outer, ACCEPTED, HELD, REJECTED)}
