"""A figure that a person corrects counts everywhere, is marked everywhere, and can be undone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make.deciding import OFFICE, Table
from make.office import text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding.correcting import correct
from mailbot.deciding.undoing import undo_decision
from mailbot.demo.documents import write_form
from mailbot.errors import MailbotError, NotFoundError, SettingsError
from mailbot.judgement.dossier import judge_dossier
from mailbot.ledger.decisions import corrections_of
from mailbot.report.board import read_board
from mailbot.report.digest.sending import send_digest
from mailbot.report.yearbook.book import read_book
from mailbot.report.yearbook.consolidation import consolidate

VALUES: dict[str, str | int | float] = {
    "unit": "金水区",
    "reported_on": "2017-07-01",
    "overall.drills": 12,
    "overall.participants": 600,
    "overall.spend_wan": 3.5,
    "overall.joint_drills": 1,
    "filled_by": "张三",
    "phone": "0371-63520001",
}
WHY = "电话核实，原件为15"


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack, trust_unverified_from=True)


def receive(table: Table, **values: Any) -> None:
    spec = table.office.campaign.form
    changed = {key.replace("__", "."): value for key, value in values.items()}
    form = write_form(spec, {**VALUES, **changed})
    table.receive("金水区统计表", "见附件", files={"统计表.xlsx": form})


def total(table: Table, key: str) -> Any:
    office = table.office
    board = read_board(office.ledger, office.campaign, table.clock.now())
    totals = consolidate(office.campaign, board).totals
    return next(one for one in totals if one.field.key == key)


def codes(table: Table) -> list[str]:
    files = table.desk.dossier("金水区").slots["form"].files
    return [finding.code for file in files for finding in file.judged.findings]


def test_a_corrected_figure_counts_in_the_sums_and_is_marked_there(table: Table) -> None:
    receive(table)
    assert total(table, "overall.drills").total == 12
    assert correct(table.desk, "金水区", "总体情况·举办次数", "15", WHY).changed
    found = total(table, "overall.drills")
    assert found.total == 15
    assert [(one.raw, one.corrected) for one in found.sources] == [("15", "12")]
    office = table.office
    book = read_book(office.ledger, office.campaign, table.clock.now())
    sources = next(one for one in book.tables if one.name == "汇总来源")
    marked = [row for row in sources.rows if "经人工更正" in str(row)]
    assert [(row[2], row[3], row[4]) for row in marked] == [
        ("金水区", 15, "15（经人工更正，原为“12”）")
    ]
    assert "FORM_FIELD_CORRECTED" in codes(table)


def test_the_trail_says_what_stood_there_what_stands_there_who_and_why(table: Table) -> None:
    receive(table)
    correct(table.desk, "金水区", "overall.drills", "15", WHY)
    (row,) = table.trail()
    assert (row.by, row.action, row.subject) == ("经办人", "correct", "金水区 form overall.drills")
    assert row.reason == WHY
    assert (row.before["value"], row.before["raw"]) == (12, "12")
    assert (row.after["value"], row.after["raw"]) == (15, "15")
    assert row.after["name"] == "统计表.xlsx"


def test_what_was_wrong_with_the_figure_falls_away_and_the_table_is_accepted(table: Table) -> None:
    receive(table, overall__drills="约12")
    assert table.verdict("金水区", "form") == "rejected"
    assert "FORM_FIELD_VAGUE" in codes(table)
    outcome = correct(table.desk, "金水区", "overall.drills", "12", "电话核实为12")
    assert table.verdict("金水区", "form") == "accepted"
    assert "FORM_FIELD_VAGUE" not in codes(table)
    assert outcome.replied == "clerk@example.com"
    table.tick()
    told = text_of(table.sent.messages[-1].raw)
    assert "更正为“12”" in told
    assert "约12" in told


def test_the_checks_between_fields_are_asked_anew(table: Table) -> None:
    receive(table, overall__drills=0)
    assert table.verdict("金水区", "form") == "rejected"  # nobody drilled, and 600 took part
    correct(table.desk, "金水区", "overall.drills", "3", "笔误")
    assert table.verdict("金水区", "form") == "accepted"
    correct(table.desk, "金水区", "overall.drills", "0", "确为0")
    assert table.verdict("金水区", "form") == "rejected"


def test_another_field_that_is_wrong_stays_so(table: Table) -> None:
    receive(table, overall__drills="约12", overall__participants="约600")
    correct(table.desk, "金水区", "overall.drills", "12", "电话核实")
    assert table.verdict("金水区", "form") == "rejected"
    assert codes(table).count("FORM_FIELD_VAGUE") == 1


def test_a_later_table_of_the_unit_is_not_corrected(table: Table) -> None:
    receive(table)
    correct(table.desk, "金水区", "overall.drills", "15", WHY)
    receive(table, overall__drills=20)
    assert total(table, "overall.drills").total == 20
    assert total(table, "overall.drills").sources[0].corrected is None


def test_a_correction_survives_the_next_mail_and_a_judgement_anew(table: Table) -> None:
    receive(table)
    correct(table.desk, "金水区", "overall.drills", "15", WHY)
    table.receive("金水区演练方案", "另报", files={"x.txt": b"1"})
    assert total(table, "overall.drills").total == 15
    table.desk.dossier("金水区")
    assert total(table, "overall.drills").total == 15


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("金水区", "overall.drills", "许多", WHY), SettingsError),
        (("金水区", "overall.drills", "", WHY), SettingsError),
        (("金水区", "overall.drills", "15", " "), SettingsError),
        (("金水区", "没有的栏目", "15", WHY), NotFoundError),
        (("金水区", "举办次数", "15", WHY), NotFoundError),  # several are called so
        (("没有的单位", "overall.drills", "15", WHY), NotFoundError),
        (("二七区", "overall.drills", "15", WHY), NotFoundError),  # nothing came of it
    ],
)
def test_what_cannot_be_corrected_is_refused_and_leaves_nothing(
    table: Table, arguments: tuple[str, str, str, str], error: type[MailbotError]
) -> None:
    receive(table)
    with pytest.raises(error):
        correct(table.desk, *arguments)
    assert table.trail() == []
    assert corrections_of(table.office.ledger, "金水区") == []


def test_correcting_to_what_stands_there_changes_nothing(table: Table) -> None:
    receive(table)
    assert not correct(table.desk, "金水区", "overall.drills", "12", WHY).changed
    assert table.trail() == []


def test_the_office_corrects_by_an_answer_to_its_digest(tmp_path: Path, campaign: Campaign) -> None:
    """A table of another address waits for a person, and is corrected before it may count."""
    with ExitStack() as stack:
        table = Table(
            tmp_path, campaign, stack, trust_unverified_from=True, require_sender_auth=False
        )
        receive(table)
        spec = campaign.form
        other = write_form(spec, {**VALUES, "overall.drills": 14})
        table.receive(
            "金水区统计表", "见附件", files={"统计表2.xlsx": other}, sender="x@example.com"
        )
        office = table.office
        send_digest(office.ledger, office.campaign, office.settings, table.clock.now())
        row = office.ledger.row("SELECT code FROM codes WHERE offer_json LIKE '%accept%'")
        assert row is not None
        answer = f"{row['code'][:4]}-{row['code'][4:]} 更正 总体情况·举办次数 15"
        table.receive("Re: 简报", answer, sender=OFFICE)
        told = text_of(table.sent.messages[-1].raw)
        assert "已更正" in told
        (entry,) = table.trail()
        assert (entry.by, entry.action) == (OFFICE, "correct")
        assert (entry.before["value"], entry.after["value"]) == (14, 15)
        assert entry.after["name"] == "统计表2.xlsx"


def test_a_correction_is_taken_back(table: Table) -> None:
    receive(table)
    correct(table.desk, "金水区", "overall.drills", "15", WHY)
    undo_decision(table.desk, 1)
    assert total(table, "overall.drills").total == 12
    assert [row.action for row in table.trail()] == ["correct", "undo"]


def test_without_corrections_a_dossier_is_judged_as_before(
    table: Table, campaign: Campaign
) -> None:
    receive(table)
    before = table.desk.dossier("金水区")
    assert replace(before) == before
    empty = judge_dossier("金水区", True, (), campaign, table.clock.now())
    assert empty == judge_dossier("金水区", True, (), campaign, table.clock.now(), (), ())
