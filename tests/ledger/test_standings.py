"""Where each unit stands, without its files: the board's figures are those of `status`."""

import pytest
from make.submitted import Submitted, a_filled_office

from mailbot.campaign.types import Campaign
from mailbot.ledger.console_schema import fill_standings
from mailbot.ledger.dossiers import forget, stored_dossiers
from mailbot.ledger.standings import record_standing, standings_since
from mailbot.ledger.store import open_ledger


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Submitted:
    return a_filled_office(tmp_path_factory.mktemp("office"), campaign)


def test_a_standing_says_of_each_slot_what_the_dossier_says(office: Submitted) -> None:
    with open_ledger(office.data, writable=False) as ledger:
        dossiers, (standings, _) = stored_dossiers(ledger), standings_since(ledger)
    assert dossiers
    assert standings.keys() == dossiers.keys()
    for unit, dossier in dossiers.items():
        found = standings[unit]
        assert found is not None
        standing, _ = found
        assert standing.dossier.state == dossier.state
        assert standing.dossier.first_arrival == dossier.first_arrival
        for name, slot in dossier.slots.items():
            assert standing.dossier.slots[name].verdict == slot.verdict
            assert standing.counts[name].counting == slot.accepted_count
            assert standing.counts[name].came == len(slot.files)


def test_a_ledger_from_before_is_given_the_same_standings(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        before, _ = standings_since(ledger)
        with ledger.transaction():
            ledger.execute("DELETE FROM standings")
            fill_standings(ledger.database)
        assert standings_since(ledger)[0] == before


def test_only_what_changed_is_asked_for_again(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        _, revision = standings_since(ledger)
        assert standings_since(ledger, revision) == ({}, revision)
        changed = stored_dossiers(ledger)["金水区"]
        record_standing(ledger, changed)
        found, newer = standings_since(ledger, revision)
        assert list(found) == ["金水区"]
        assert newer > revision


def test_a_unit_without_a_dossier_any_more_is_told_once(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        _, revision = standings_since(ledger)
        with ledger.transaction():
            forget(ledger, "上街区")
        found, newer = standings_since(ledger, revision)
        assert found == {"上街区": None}
        assert standings_since(ledger, newer)[0] == {}


def test_a_standing_is_small(office: Submitted) -> None:
    with open_ledger(office.data, writable=False) as ledger:
        rows = ledger.rows(
            "SELECT length(standing_json) AS small, length(dossier_json) AS large"
            " FROM standings JOIN dossiers USING (unit) WHERE unit = '金水区'"
        )
    assert rows[0]["small"] < min(3000, rows[0]["large"] / 3)
