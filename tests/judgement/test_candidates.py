"""Which of the cells that may hold a field is taken, by the reasons one at a time."""

from dataclasses import replace
from typing import Any

import pytest
from make.forms import shipped_spec

from mailbot.judgement.form.candidates import Candidate, choose_candidate, find_rival
from mailbot.judgement.form.contents import Place, Sort
from mailbot.model import Cell

DRILLS = next(one for one in shipped_spec("zhengzhou-2017").fields if one.type == "count")
HEADING, ROW, OTHER_ROW = ("row", (0, 1)), ("column", (3, 0)), ("column", (5, 0))


def a_cell(row: int, column: int, raw: str, value: Any = None, **more: Any) -> Candidate:
    """A cell right beside its two labels; `more` changes what is said of it."""
    place = Place(Cell(raw, row, column), Sort.NUMBER, row, column, row + 1, column + 1)
    plain = Candidate(
        field=DRILLS,
        place=place,
        raw=raw,
        value=value,
        stored=None,
        missing=0,
        unsaid=False,
        beyond=0,
        strange=0,
        conflicts=0,
        nearest=(1, 2),
        between=2,
        spread=2,
        distance=4,
        labelled_by=frozenset({HEADING, ROW}),
        innermost=ROW[1],
    )
    return replace(plain, **more)


FILLED = a_cell(4, 1, "12", 12)


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, False),
        ({"spread": 1}, True),
        ({"spread": 2}, False),
        ({"spread": 1, "between": 2}, True),
        ({"spread": 1, "between": 3}, False),
        ({"spread": 1, "labelled_by": frozenset({HEADING, OTHER_ROW})}, False),
        ({"spread": 1, "raw": "（人次）"}, False),
    ],
)
def test_an_empty_cell_right_under_the_same_headings_goes_before_a_number_further_off(
    changes: dict[str, Any], taken: bool
) -> None:
    empty = replace(a_cell(3, 1, ""), **changes)
    assert choose_candidate([FILLED, empty]) is (empty if taken else FILLED)


NEARER: dict[str, Any] = {
    "labelled_by": frozenset({HEADING, OTHER_ROW}),
    "innermost": OTHER_ROW[1],
    "between": 1,
}


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, True),
        ({"between": 2}, False),
        ({"innermost": None}, False),
        ({"innermost": ROW[1]}, False),
        ({"labelled_by": frozenset({OTHER_ROW})}, False),
        ({"missing": 1}, False),
        ({"beyond": 1}, False),
        ({"strange": 1}, False),
        ({"conflicts": 1}, False),
        ({"nearest": (1, 3)}, False),
        ({"nearest": (0, 9)}, True),
        ({"raw": "（人次）"}, False),
    ],
)
def test_an_empty_cell_nearer_to_the_outer_heading_goes_before_a_number(
    changes: dict[str, Any], taken: bool
) -> None:
    empty = replace(a_cell(2, 1, ""), **{**NEARER, **changes})
    assert choose_candidate([FILLED, empty]) is (empty if taken else FILLED)


@pytest.mark.parametrize("worse", ["missing", "beyond", "strange", "conflicts"])
def test_what_speaks_against_both_speaks_against_neither(worse: str) -> None:
    against: dict[str, Any] = {worse: 1}
    filled = replace(FILLED, **against)
    empty = replace(a_cell(2, 1, ""), **{**NEARER, **against})
    assert choose_candidate([filled, empty]) is empty


def test_only_what_stands_in_line_competes() -> None:
    in_its_row = a_cell(4, 3, "", **NEARER)
    assert choose_candidate([FILLED, in_its_row]) is in_its_row
    nowhere = a_cell(2, 3, "", **NEARER)
    assert choose_candidate([FILLED, nowhere]) is FILLED
    lost = replace(FILLED, innermost=None)
    assert choose_candidate([lost, a_cell(2, 1, "", **NEARER)]) is lost


@pytest.mark.parametrize(
    ("raw", "value", "unread"),
    [("12", 12, 0), ("约500人", None, 0), ("/", None, 1), ("见附", None, 2)],
)
def test_a_vague_number_is_a_value_and_nonsense_is_worse_than_nothing(
    raw: str, value: int | None, unread: int
) -> None:
    assert a_cell(0, 0, raw, value).unread == unread


@pytest.mark.parametrize(
    ("changes", "rival"),
    [
        ({}, True),
        ({"value": 12}, False),
        ({"value": None}, False),
        ({"missing": 1}, False),
        ({"strange": 1}, False),
        ({"conflicts": 1}, False),
        ({"spread": 3}, True),  # the same labels: two numbers for one field
        ({"labelled_by": frozenset({HEADING})}, True),  # the same heading a second time
        ({"spread": 3, "labelled_by": frozenset({HEADING})}, True),
        ({"missing": 1, "labelled_by": frozenset({HEADING})}, False),
    ],
)
def test_another_number_with_as_good_a_claim_is_a_rival(
    changes: dict[str, Any], rival: bool
) -> None:
    other = replace(a_cell(9, 1, "30", 30), **changes)
    assert find_rival(FILLED, [FILLED, other]) is (other if rival else None)
    unread = replace(FILLED, value=None)
    assert find_rival(unread, [other]) is None


@pytest.mark.parametrize(
    ("changes", "rival"),
    [
        ({}, True),
        ({"spread": 3}, False),
        ({"between": 3}, False),
        ({"nearest": (2, 2)}, False),
        ({"nearest": (1, 9)}, True),
        ({"spread": 3, "labelled_by": frozenset({HEADING})}, True),  # the heading a second time
    ],
)
def test_of_words_under_the_same_labels_only_one_as_near_is_a_rival(
    changes: dict[str, Any], rival: bool
) -> None:
    spec = shipped_spec("zhengzhou-2017")
    person = next(one for one in spec.fields if one.type == "person")
    name = replace(FILLED, field=person, value="甲")
    other = replace(name, value="乙", **changes)
    assert find_rival(name, [other]) is (other if rival else None)


def test_a_rival_is_looked_for_behind_worse_claims() -> None:
    worse, rival = a_cell(8, 1, "20", 20, missing=1), a_cell(9, 1, "30", 30)
    assert find_rival(FILLED, [FILLED, worse, rival]) is rival


def test_words_that_were_read_are_a_value() -> None:
    spec = shipped_spec("zhengzhou-2017")
    person = next(one for one in spec.fields if one.type == "person")
    assert replace(FILLED, field=person, raw="甲某", value="甲某").unread == 0
    assert replace(FILLED, field=person, raw="甲某", value=None).unread == 2


# Of each pair the first has the better claim, whatever comes later in the list says.
_LATER: dict[str, Any] = {"between": 9, "spread": 9, "distance": 9}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"conflicts": 9, "raw": "见附", "value": None}, {"missing": 1}),
        ({"raw": "见附", "value": None}, {"conflicts": 1}),
        ({"conflicts": 1}, {"conflicts": 1, "strange": 1}),
        ({"strange": 1}, {"conflicts": 1, "strange": 1}),
        ({"nearest": (9, 9)}, {"raw": "", "value": None}),
        ({"nearest": (1, 1), **_LATER}, {"nearest": (1, 2)}),
        ({"nearest": (0, 9), **_LATER}, {"nearest": (1, 2)}),
        ({"between": 9, "distance": 9, "spread": 1}, {}),
        ({"between": 1, "distance": 9}, {}),
        ({"distance": 3}, {}),
    ],
)
def test_a_cell_belongs_to_the_field_whose_labels_claim_it_best(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    assert replace(FILLED, **better).fit < replace(FILLED, **worse).fit


def test_of_two_fields_the_one_with_more_headings_fits_a_cell_better() -> None:
    spec = shipped_spec("zhengzhou-2017")
    deeper = next(one for one in spec.fields if len(one.path) > len(DRILLS.path))
    assert replace(FILLED, field=deeper, distance=9).fit < FILLED.fit


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"strange": 1, "nearest": (9, 9)}, {"missing": 1}),
        ({"strange": 1}, {"beyond": 1}),
        ({"missing": 1}, {"missing": 1, "beyond": 1}),
        ({"beyond": 1}, {"missing": 1, "beyond": 1}),
        ({"nearest": (9, 9)}, {"strange": 1}),
        ({"nearest": (0, 9), "conflicts": 1}, {"nearest": (1, 2)}),
        ({"raw": "见附", "value": None}, {"conflicts": 1}),
        ({**_LATER}, {"raw": "", "value": None}),
        ({"between": 1, "spread": 9}, {}),
        ({"spread": 1, "distance": 9}, {}),
        ({"distance": 3, "nearest": (1, 9)}, {}),
    ],
)
def test_a_field_takes_the_cell_whose_labels_are_nearest(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    assert replace(FILLED, **better).rank < replace(FILLED, **worse).rank
