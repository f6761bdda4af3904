"""The day's sends: what is kept for the digest and for answers, and when the next day begins."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.outbox.delivery.step import BACKOFF, Budget

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("limit", "reserve", "kind", "last", "fits"),
    [
        (10, 2, "receipt", False, 8),
        (10, 2, "digest", False, 10),
        (10, 2, "reminder", False, 6),  # 2 for the digest, and a quarter of 10
        (10, 2, "receipt", True, 6),
        (10, 2, "digest", True, 8),
        (10, 0, "receipt", False, 10),
        (10, 0, "reminder", False, 8),
        (10, 20, "receipt", False, 1),  # one at least is no digest
        (1, 1, "receipt", False, 1),
        (0, 1, "digest", False, 0),
        (3, 0, "reminder", False, 3),
    ],
)
def test_so_many_of_a_kind_fit_the_day(
    limit: int, reserve: int, kind: str, last: bool, fits: int
) -> None:
    budget = Budget(limit, reserve, ZONE)
    allowed = [sent for sent in range(limit + 2) if budget.allows(kind, sent, last=last)]
    assert allowed == list(range(fits))
    if not last:
        assert budget.allows(kind, 0) is (fits > 0)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [("2017-07-03T15:59:59", "2017-07-03T16:00"), ("2017-07-03T16:00:00", "2017-07-04T16:00")],
)
@pytest.mark.parametrize(("spread", "after"), [(0, 5), (0.5, 305), (1, 605)])
def test_the_next_day_begins_at_local_midnight_and_not_for_all_at_once(
    now: str, midnight: str, spread: float, after: int
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    start = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    assert Budget(1, 0, ZONE).next_day(moment, spread) == start + timedelta(seconds=after)


def test_the_waits_are_those_that_the_handbook_tells() -> None:
    """deploy/README.md: again after 1, 2, 5, 15 … minutes; then half an hour to six hours."""
    minutes = [wait // timedelta(minutes=1) for wait in BACKOFF]
    assert minutes == [1, 2, 5, 15, 30, 60, 120, 240, 360]
