"""What was added by command to the units: the folder goes before it."""

import pytest

from mailbot.campaign.roster import Addition, with_additions
from mailbot.campaign.types import Campaign, Unit


@pytest.fixture
def two(campaign: Campaign) -> Campaign:
    """金水区 (also 金水, own@example.com) and 二七区."""
    units = (
        Unit(unit="金水区", aliases=("金水",), addresses=("own@example.com",)),
        Unit(unit="二七区"),
    )
    return campaign.model_copy(update={"units": units})


def test_without_additions_it_is_the_same_object(two: Campaign) -> None:
    assert with_additions(two, ()) is two


def test_a_unit_an_alias_and_an_address_are_added_in_their_order(two: Campaign) -> None:
    added = with_additions(
        two,
        [
            Addition("unit", "高铁站", "高铁站", "市直", expected=False),
            Addition("alias", "高铁站", "东站"),
            Addition("address", "二七区", "erqi@example.com"),
        ],
    )
    assert added.units[:2] == (two.units[0], Unit(unit="二七区", addresses=("erqi@example.com",)))
    assert added.units[2] == Unit(unit="高铁站", group="市直", expected=False, aliases=("东站",))


@pytest.mark.parametrize(
    "void",
    [
        Addition("unit", "金水", "金水"),
        Addition("unit", "二七区", "二七区"),
        Addition("alias", "二七区", "金水"),
        Addition("alias", "二七区", "金水区"),
        Addition("address", "二七区", "own@example.com"),
        Addition("alias", "没有的区", "没有"),
        Addition("address", "没有的区", "x@example.com"),
    ],
    ids=repr,
)
def test_what_the_folder_says_makes_an_addition_void(two: Campaign, void: Addition) -> None:
    assert with_additions(two, [void]) is two


def test_merging_twice_changes_nothing(two: Campaign) -> None:
    additions = [Addition("unit", "高铁站", "高铁站"), Addition("alias", "高铁站", "东站")]
    once = with_additions(two, additions)
    assert with_additions(once, additions) is once
