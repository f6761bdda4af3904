"""Whose an address is, when it is bound to a unit, and what its mails may do to a dossier."""

from datetime import UTC, datetime

import pytest

from mailbot.campaign.types import Unit
from mailbot.entries import AddressRecord, AddressStatus, Brought
from mailbot.judgement.slots import Standing
from mailbot.judgement.whose.address import (
    contributions_of,
    may_bind,
    speaks_for,
    whose_address,
)

UNITS = (Unit(unit="金水区", addresses=("js@example.com",)), Unit(unit="二七区"))
NOBODY = AddressRecord()
SELF_NAMED = AddressRecord("provisional", "二七区")
NOON = datetime(2017, 7, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "bound", "found"),
    [
        ("js@example.com", NOBODY, AddressRecord("listed", "金水区")),
        ("js@example.com", SELF_NAMED, AddressRecord("listed", "金水区")),  # the list goes first
        ("x@example.com", SELF_NAMED, SELF_NAMED),
        ("x@example.com", NOBODY, NOBODY),
        ("", SELF_NAMED, NOBODY),
    ],
)
def test_the_list_of_units_says_whose_an_address_is_before_the_ledger_does(
    address: str, bound: AddressRecord, found: AddressRecord
) -> None:
    assert whose_address(address, UNITS, bound) == found


@pytest.mark.parametrize(
    ("address", "unit", "bound", "unit_is_bound", "binds"),
    [
        ("x@example.com", "二七区", NOBODY, False, True),
        ("x@example.com", "二七区", NOBODY, True, False),  # another is bound
        ("x@example.com", "金水区", NOBODY, False, False),  # another is listed
        ("x@example.com", "二七区", SELF_NAMED, False, False),  # it is bound itself
        ("js@example.com", "二七区", NOBODY, False, False),
        ("", "二七区", NOBODY, False, False),
    ],
)
def test_an_address_is_bound_to_the_unit_it_names_when_no_other_is(
    address: str, unit: str, bound: AddressRecord, unit_is_bound: bool, binds: bool
) -> None:
    assert may_bind(address, unit, UNITS, bound, unit_is_bound=unit_is_bound) is binds


@pytest.mark.parametrize(
    ("unit", "status", "doubt", "standing", "speaks"),
    [
        ("金水区", "listed", "", Standing.OWN, True),
        ("金水区", "confirmed", "", Standing.OWN, True),
        ("金水区", "provisional", "", Standing.PROVISIONAL, False),
        ("金水区", "listed", "missing", Standing.OTHER, True),  # no check that he passed
        ("金水区", "listed", "failed", Standing.OTHER, False),
        ("金水区", "provisional", "missing", Standing.OTHER, False),
        ("二七区", "listed", "", Standing.OTHER, False),
        (None, "", "", Standing.OTHER, False),
    ],
)
def test_what_a_mail_of_an_address_may_do_to_the_dossier_of_jinshui(
    unit: str | None, status: AddressStatus, doubt: str, standing: Standing, speaks: bool
) -> None:
    record = AddressRecord(status, unit)
    brought = Brought(1, NOON, "a@example.com", doubt, ())
    (known,) = contributions_of("金水区", [brought], {"a@example.com": record})
    (unknown,) = contributions_of("金水区", [brought], {})
    assert (known.standing, unknown.standing) == (standing, Standing.OTHER)
    assert speaks_for("金水区", record, doubt=doubt, assigned=False) is speaks
    assert speaks_for("金水区", record, doubt=doubt, assigned=True)
