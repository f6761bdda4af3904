"""A decision is taken back whole, or not at all: never once a mail has left because of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from make.deciding import Table

from mailbot.campaign.types import Campaign
from mailbot.deciding import mails, register
from mailbot.deciding.desk import Desk
from mailbot.deciding.slots import rule_slot
from mailbot.deciding.undoing import undo_decision, undoable
from mailbot.demo.documents import plan
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.ledger import undo

PLAN = {"金水区演练方案.docx": plan("金水区")}
_RESTORED = (
    *("arrivals", "files", "addresses", "bounced", "slot_decisions", "holds", "unit_overlay"),
    "corrections",
)


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def contents(table: Table) -> dict[str, Any]:
    ledger = table.office.ledger
    rows: dict[str, Any] = {
        name: ledger.rows(f"SELECT * FROM {name} ORDER BY 1") for name in _RESTORED
    }
    rows["replies"] = ledger.rows(
        "SELECT id, state, mode, due_at FROM replies WHERE state != 'withdrawn' ORDER BY id"
    )
    rows["dossiers"] = [
        (row["unit"], row["state"]) for row in ledger.rows("SELECT * FROM dossiers ORDER BY unit")
    ]
    return rows


def unknown_mail(table: Table) -> None:
    table.receive("演练方案", "见附件", files={"1.docx": plan("我")})


def known_mail(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)


DECISIONS: list[tuple[str, Callable[[Table], None], Callable[[Desk], object]]] = [
    ("assign", unknown_mail, lambda desk: mails.assign(desk, 1, "金水区")),
    ("assign anew", known_mail, lambda desk: mails.assign(desk, 1, "二七区")),
    ("reject", known_mail, lambda desk: rule_slot(desk, "reject", "金水区", "plan", "去年的")),
    ("waive", known_mail, lambda desk: rule_slot(desk, "waive", "金水区", "video", "未组织")),
    ("confirm", known_mail, lambda desk: register.confirm(desk, "clerk@example.com")),
    ("hold a unit", known_mail, lambda desk: mails.hold(desk, "金水区")),
    ("hold a mail", known_mail, lambda desk: mails.hold(desk, "1")),
    ("unit add", known_mail, lambda desk: register.add_unit(desk, "市轨道集团")),
    ("resend", known_mail, lambda desk: mails.resend(desk, "YL2017-0001")),
]


@pytest.mark.parametrize(
    ("prepare", "decide"), [row[1:] for row in DECISIONS], ids=[row[0] for row in DECISIONS]
)
def test_every_kind_of_decision_is_taken_back(
    table: Table, prepare: Callable[[Table], None], decide: Callable[[Desk], object]
) -> None:
    prepare(table)
    before = contents(table)
    decide(table.desk)
    assert contents(table) != before
    number = len(table.trail())
    assert undoable(table.desk, [number]) == {number}
    undo_decision(table.desk, number, "看错了")
    assert contents(table) == before
    row = table.trail()[-1]
    assert (row.action, row.subject, row.reason) == ("undo", str(number), "看错了")
    with pytest.raises(NotFoundError):
        undo_decision(table.desk, number)


def test_after_the_reply_has_left_it_is_too_late(table: Table) -> None:
    known_mail(table)
    rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
    table.tick()
    assert len(table.sent.messages) == 2
    assert undoable(table.desk, [1]) == set()
    with pytest.raises(PermanentFault, match="has left") as error:
        undo_decision(table.desk, 1)
    assert error.value.code == "undo_left"
    assert table.verdict("金水区", "plan") == "rejected"


def test_a_reply_that_was_composed_and_waits_is_withdrawn(
    tmp_path: Path, campaign: Campaign
) -> None:
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack, mode="approve")
        known_mail(table)
        rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
        table.tick()
        states = "SELECT state FROM replies ORDER BY id"
        assert [row["state"] for row in table.office.ledger.rows(states)] == ["queued"] * 2
        undo_decision(table.desk, 1)
        assert [row["state"] for row in table.office.ledger.rows(states)] == [
            "queued",
            "withdrawn",
        ]
        assert table.verdict("金水区", "plan") == "accepted"


def test_an_approval_is_taken_back_until_it_leaves(tmp_path: Path, campaign: Campaign) -> None:
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack, mode="approve")
        known_mail(table)
        mails.approve(table.desk, ["YL2017-0001"])
        undo_decision(table.desk, 1)
        table.tick()
        assert table.sent.messages == []
        mails.approve(table.desk, ["YL2017-0001"])
        table.tick()
        assert len(table.sent.messages) == 1
        with pytest.raises(PermanentFault):
            undo_decision(table.desk, 3)


def test_what_something_else_came_to_rest_on_is_not_taken_back(table: Table) -> None:
    known_mail(table)
    mails.hold(table.desk, "金水区")
    mails.release(table.desk, "金水区")
    with pytest.raises(PermanentFault, match="changed since") as error:
        undo_decision(table.desk, 1)
    assert error.value.code == "undo_changed"
    undo_decision(table.desk, 2)  # the last one first
    undo_decision(table.desk, 1)
    assert [row.action for row in table.trail()] == ["hold", "release", "undo", "undo"]


def test_a_later_mail_that_the_reply_would_answer_too_keeps_it(
    tmp_path: Path, campaign: Campaign
) -> None:
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack, mode="approve")
        known_mail(table)
        rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
        table.receive("金水区再报", "见附件", files={"方案.docx": plan("金水区安委会")})
        later = table.office.ledger.row("SELECT reply FROM arrivals WHERE id = 2")
        first = table.office.ledger.row("SELECT reply FROM arrivals WHERE id = 1")
        assert later == first
        with pytest.raises(PermanentFault, match="changed since"):
            undo_decision(table.desk, 1)


def test_nothing_is_noted_of_what_is_no_decision(table: Table) -> None:
    known_mail(table)
    assert undo.known(table.office.ledger) == set()
    with pytest.raises(NotFoundError):
        undo_decision(table.desk, 7)
