"""What is done again and again costs what is new, not what is old.

Counted, not timed: steps of SQLite's virtual machine and calls of Python functions. The long
form is `python tests/benchmarks/ledger_growth.py 1000 100000`.
"""

import pytest

from benchmarks.ledger_growth import Cost, measure
from mailbot.campaign.types import Campaign

FEW, MANY = 1000, 20_000


@pytest.fixture(scope="module")
def costs(
    campaign: Campaign, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Cost], dict[str, Cost]]:
    folder = tmp_path_factory.mktemp("growth")
    few, many = (measure(folder / str(n), campaign, n, again=1) for n in (FEW, MANY))
    return few, many


@pytest.mark.parametrize("thing", ["tick, nothing new", "tick, one new mail", "status", "digest"])
def test_twenty_times_the_mails_cost_no_more(
    costs: tuple[dict[str, Cost], dict[str, Cost]], thing: str
) -> None:
    few, many = (one[thing] for one in costs)
    assert few.steps > 0
    assert many.steps <= 1.2 * few.steps + 500, (few, many)
    assert many.calls <= 1.2 * few.calls + 500, (few, many)


def test_the_mailed_digest_takes_along_what_came_last(
    costs: tuple[dict[str, Cost], dict[str, Cost]],
) -> None:
    """The 台账 that goes with it tells of all units, but of the last mails only."""
    few, many = (one["digest --send"] for one in costs)
    assert many.steps <= 2 * few.steps
    assert many.calls <= 2 * few.calls
