"""What a person decides: what each decision does to dossier, reply and audit trail."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make.deciding import Table
from make.office import LONG_TEXT, opened, settings_for, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding import mails, register
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import MailbotError, NotFoundError, PermanentFault, SettingsError
from mailbot.ledger import audit
from mailbot.outbox.delivery.transport import classify_smtp

PLAN = {"金水区演练方案.docx": plan("金水区")}


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def test_assigning_a_mail_fills_the_units_dossier_and_answers_its_sender(table: Table) -> None:
    table.receive("演练方案", "见附件", files={"1.docx": plan("我")})
    assert table.verdict("金水区", "plan") == "missing"
    outcome = mails.assign(table.desk, 1, "金水区", "电话核实")
    assert outcome.replied == "clerk@example.com"
    assert table.verdict("金水区", "plan") == "accepted"
    table.tick()
    assert [one.rcpt for one in table.sent.messages] == ["clerk@example.com"] * 2
    answer = opened(table.sent.messages[1].raw)
    assert answer["In-Reply-To"] == "<1@example.com>"
    assert "金水区" in answer["Subject"]
    (row,) = table.trail()
    assert (row.by, row.action, row.subject, row.reason) == (
        "经办人",
        "assign",
        "1 金水区",
        "电话核实",
    )
    assert (row.before["unit"], row.after["unit"]) == (None, "金水区")
    assert (row.before["plan"], row.after["plan"]) == ("missing", "accepted")


def test_assigning_takes_a_mail_from_the_unit_that_had_it(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    mails.assign(table.desk, 1, "二七区")
    assert table.verdict("二七区", "plan") == "accepted"
    assert table.unit("金水区")["state"] == "nothing"


def test_assigning_again_changes_nothing_and_tells_nobody(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    assert not mails.assign(table.desk, 1, "金水区").changed
    table.tick()
    assert len(table.sent.messages) == 1
    assert table.trail() == []


def test_what_may_not_be_answered_is_assigned_and_stays_unanswered(table: Table) -> None:
    table.receive(
        "演练方案",
        "见附件",
        files={"1.docx": plan("我")},
        headers={"Auto-Submitted": "auto-replied"},
    )
    assert mails.assign(table.desk, 1, "金水区").replied == ""
    assert table.verdict("金水区", "plan") == "accepted"
    table.tick()
    assert table.sent.messages == []


def test_rejecting_a_file_asks_for_it_again_with_the_reason(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
    assert table.verdict("金水区", "plan") == "rejected"
    table.tick()
    text = text_of(table.sent.messages[-1].raw)
    assert "方案系去年的" in text
    assert "需补正" in text
    (row,) = table.trail()
    assert (row.action, row.before["plan"], row.after["plan"]) == (
        "reject",
        "accepted",
        "rejected",
    )


def test_the_same_octets_sent_again_stay_rejected_and_another_file_is_taken(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
    table.receive("金水区再报", "见附件", files=PLAN)
    assert table.verdict("金水区", "plan") == "rejected"
    table.receive("金水区三报", "见附件", files={"方案.docx": plan("金水区安委会")})
    assert table.verdict("金水区", "plan") == "accepted"


def test_the_reason_goes_to_whose_file_it_was_though_another_wrote_since(table: Table) -> None:
    """What was found in a file of one address is not told to another."""
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区材料", LONG_TEXT, sender="x@example.com", files={"a.txt": b"1"})
    outcome = rule_slot(table.desk, "reject", "金水区", "plan", "方案系去年的")
    assert outcome.replied == "clerk@example.com"
    table.tick()
    assert "方案系去年的" in text_of(table.sent.messages[-1].raw)


def test_accepting_a_rejected_file_lets_it_count(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    rule_slot(table.desk, "reject", "金水区", "演练方案", "方案系去年的")
    rule_slot(table.desk, "accept", "金水区", "plan", "核实无误")
    assert table.verdict("金水区", "plan") == "accepted"
    table.tick()
    text = text_of(table.sent.messages[-1].raw)
    assert "方案系去年的" not in text
    assert [row.action for row in table.trail()] == ["reject", "accept"]


def test_accepting_what_counts_already_writes_nothing(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    assert not rule_slot(table.desk, "accept", "金水区", "plan", "好").changed
    table.tick()
    assert len(table.sent.messages) == 1
    assert table.trail() == []


def test_a_file_is_named_by_the_beginning_of_its_digest(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区材料", "再报", files={"新.docx": plan("金水区安委会")})
    files = table.unit("金水区")["slots"]["plan"]["files"]
    older = files[0]["sha256"]
    rule_slot(table.desk, "accept", "金水区", "plan", "以前稿为准", older[:8])
    again = table.unit("金水区")["slots"]["plan"]["files"]
    assert [file["sha256"] for file in again if file["counts"]] == [older]
    with pytest.raises(NotFoundError):
        rule_slot(table.desk, "reject", "金水区", "plan", "好", "0000000")


def test_waiving_asks_no_more_and_rejecting_takes_it_back(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    rule_slot(table.desk, "waive", "金水区", "video", "未组织现场演练")
    table.tick()
    text = text_of(table.sent.messages[-1].raw)
    assert "免报" in text
    assert "2. 视频" not in text
    assert table.unit("金水区")["slots"]["video"]["waived"]
    rule_slot(table.desk, "reject", "金水区", "video", "仍须报送")
    assert table.verdict("金水区", "video") == "missing"
    table.tick()
    assert "未收到" in text_of(table.sent.messages[-1].raw)
    assert [row.action for row in table.trail()] == ["waive", "reject"]


def test_waiving_all_that_is_owed_completes_the_dossier_and_a_receipt_goes_out(
    table: Table,
) -> None:
    table.receive("金水区材料", files=PLAN)
    for slot in ("form", "summary", "video", "photo"):
        rule_slot(table.desk, "waive", "金水区", slot, "会议决定")
    assert table.unit("金水区")["state"] == "complete"
    table.tick()
    assert "回执" in opened(table.sent.messages[-1].raw)["Subject"]
    assert len(table.sent.messages) == 2  # four decisions in a row, one fresh reply


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("accept", "金水区", "plan", ""), SettingsError),
        (("accept", "不存在", "plan", "好"), NotFoundError),
        (("accept", "金水区", "poem", "好"), NotFoundError),
        (("accept", "二七区", "plan", "好"), NotFoundError),
    ],
)
def test_a_ruling_on_nothing_is_an_error_and_leaves_no_trace(
    table: Table, arguments: tuple[Any, ...], fault: type[MailbotError]
) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    with pytest.raises(fault):
        rule_slot(table.desk, *arguments)
    assert table.trail() == []


def test_the_fresh_reply_goes_to_who_speaks_for_the_unit_not_to_who_named_it_last(
    table: Table,
) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区补报", sender="second@example.com")
    before = len(table.sent.messages)
    rule_slot(table.desk, "waive", "金水区", "video", "好")
    table.tick()
    assert [one.rcpt for one in table.sent.messages[before:]] == ["clerk@example.com"]


def test_confirming_an_address_makes_it_speak_for_its_unit(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    assert register.confirm(table.desk, "Clerk@example.com").changed
    (status,) = table.office.ledger.rows("SELECT status FROM addresses")
    assert status["status"] == "confirmed"
    assert not register.confirm(table.desk, "clerk@example.com").changed
    with pytest.raises(NotFoundError):
        register.confirm(table.desk, "nobody@example.com")
    table.tick()
    assert len(table.sent.messages) == 1  # nothing changed for the unit
    assert [row.action for row in table.trail()] == ["confirm"]


def test_while_a_unit_is_on_hold_no_reply_leaves(table: Table) -> None:
    mails.hold(table.desk, "金水区", "待沟通")
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("二七区材料", sender="other@example.com")
    assert [one.rcpt for one in table.sent.messages] == ["other@example.com"]
    assert not mails.hold(table.desk, "金水区").changed
    mails.release(table.desk, "金水区")
    table.tick()
    assert [one.rcpt for one in table.sent.messages] == ["other@example.com", "clerk@example.com"]
    assert [row.action for row in table.trail()] == ["hold", "release"]


def test_a_composed_reply_of_a_unit_on_hold_waits_too(table: Table) -> None:
    table.sent.faults.append(classify_smtp(451, "try again later"))
    table.receive("金水区材料", "见附件", files=PLAN)
    assert table.sent.messages == []
    mails.hold(table.desk, "金水区")
    table.clock.advance(hours=1)
    table.tick()
    assert table.sent.messages == []
    mails.release(table.desk, "金水区")
    table.tick()
    assert len(table.sent.messages) == 1


def test_an_arrival_on_hold_gets_no_reply_until_it_is_released(table: Table) -> None:
    table.sent.faults.append(classify_smtp(451, "try again later"))
    table.receive("演练方案", "见附件", files=PLAN)
    mails.hold(table.desk, "1")
    table.clock.advance(hours=1)
    table.tick()
    assert table.sent.messages == []
    mails.release(table.desk, "1")
    table.tick()
    assert len(table.sent.messages) == 1
    with pytest.raises(NotFoundError):
        mails.release(table.desk, "1")


def test_a_mail_sent_by_bcc_is_answered_after_its_release(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN, to="somebody@example.org")
    assert table.sent.messages == []
    assert mails.release(table.desk, "1").replied == "clerk@example.com"
    table.tick()
    assert len(table.sent.messages) == 1


@pytest.mark.parametrize("decide", [mails.release, mails.retry])
def test_a_quarantined_arrival_is_tried_again(table: Table, decide: Any) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    ledger = table.office.ledger
    with ledger.transaction():
        ledger.execute(
            "UPDATE arrivals SET state = 'quarantined', settled = 1, attempts = 3,"
            " no_answer_reason = 'quarantined', reply = NULL, unit = NULL, counts = 0,"
            " examined_at = NULL, last_error = 'crashed'"
        )
    decide(table.desk, "1" if decide is mails.release else 1)
    table.tick()
    (row,) = ledger.rows("SELECT state, unit FROM arrivals")
    assert (row["state"], row["unit"]) == ("answered", "金水区")
    (entry,) = table.trail()
    assert (entry.action, entry.before["error"]) == ("retry", "crashed")
    with pytest.raises(NotFoundError):
        mails.retry(table.desk, 1)


def test_a_dead_reply_goes_out_again_with_its_message_id(table: Table) -> None:
    table.sent.faults.append(classify_smtp(550, "DT:SUM rejected"))
    table.receive("金水区材料", "见附件", files=PLAN)
    (dead,) = table.office.ledger.rows("SELECT number, message_id, state FROM replies")
    assert dead["state"] == "dead"
    mails.resend(table.desk, dead["number"])
    table.tick()
    (mail,) = table.sent.messages
    assert opened(mail.raw)["Message-ID"] == dead["message_id"]
    assert [row.action for row in table.trail()] == ["resend"]


def test_the_dead_reply_is_meant_though_a_later_one_got_through(table: Table) -> None:
    table.sent.faults.append(classify_smtp(550, "DT:SUM rejected"))
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区补报", sender="second@example.com")
    assert mails.resend(table.desk, "YL2017-0001").replied == "clerk@example.com"
    table.tick()
    to_units = [one.rcpt for one in table.sent.messages if one.rcpt.endswith("@example.com")]
    assert to_units == ["second@example.com", "clerk@example.com"]


def test_a_sent_reply_goes_out_as_a_fresh_copy(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    mails.resend(table.desk, "YL2017-0001")
    table.tick()
    first, second = (opened(one.raw) for one in table.sent.messages)
    assert first["Message-ID"] != second["Message-ID"]
    assert str(first["Subject"]) == str(second["Subject"])
    assert first["Date"].datetime < second["Date"].datetime
    assert text_of(table.sent.messages[0].raw) == text_of(table.sent.messages[1].raw)


def test_an_address_that_bounced_is_written_to_again_after_a_resend(table: Table) -> None:
    table.sent.faults.append(classify_smtp(550, "Invalid User"))
    table.receive("金水区材料", "见附件", files=PLAN)
    ledger = table.office.ledger
    assert ledger.rows("SELECT address FROM bounced")
    mails.resend(table.desk, "YL2017-0001")
    assert not ledger.rows("SELECT address FROM bounced")


def test_what_waits_or_was_never_composed_is_not_resent(table: Table) -> None:
    with pytest.raises(NotFoundError):
        mails.resend(table.desk, "YL2017-0001")
    table.receive("金水区材料", "见附件", files=PLAN)
    mails.resend(table.desk, "YL2017-0001")
    with pytest.raises(PermanentFault):
        mails.resend(table.desk, "YL2017-0001")


def test_in_shadow_mode_nothing_is_resent(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    shadow = replace(table.desk, settings=settings_for(table.folder, mode="shadow"))
    with pytest.raises(PermanentFault):
        mails.resend(shadow, "YL2017-0001")


def test_an_added_unit_is_known_from_the_next_pass_on(table: Table) -> None:
    register.add_unit(table.desk, "市轨道集团", group="市属企业")
    table.receive("市轨道集团报送材料", "见附件", files={"方案.docx": plan("市轨道集团")})
    assert table.verdict("市轨道集团", "plan") == "accepted"
    (row,) = table.trail()
    assert row.after == {"unit": "市轨道集团", "group": "市属企业", "expected": True}


def test_an_added_alias_and_address_are_known_from_the_next_pass_on(table: Table) -> None:
    register.add_alias(table.desk, "金水区", "金水城区管委")
    register.add_address(table.desk, "二七区", "erqi@example.com")
    table.receive("金水城区管委材料", "见附件", files=PLAN)
    table.receive("演练方案", "见附件", sender="erqi@example.com", files={"1.docx": plan("我")})
    assert table.verdict("金水区", "plan") == "accepted"
    assert table.verdict("二七区", "plan") == "accepted"


def test_listing_an_address_takes_over_its_unnamed_mails_and_answers(table: Table) -> None:
    table.receive("演练方案", "见附件", files={"1.docx": plan("我")})
    assert register.add_address(table.desk, "金水区", "clerk@example.com").replied
    assert table.verdict("金水区", "plan") == "accepted"
    table.tick()
    assert "金水区" in opened(table.sent.messages[-1].raw)["Subject"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [("金水", "二七区"), ("管城区", "金水区"), ("", "金水区"), ("金 水", "金水区")],
)
def test_an_alias_that_is_or_could_be_another_unit_is_refused(
    table: Table, name: str, unit: str
) -> None:
    if name == "金水":
        register.add_alias(table.desk, "金水区", "金水")
        table.tick()
    with pytest.raises(SettingsError):
        register.add_alias(table.desk, unit, name)
    with pytest.raises(SettingsError):
        register.add_unit(table.desk, name)


def test_an_address_of_another_unit_is_refused(table: Table) -> None:
    register.add_address(table.desk, "金水区", "clerk@example.com")
    table.tick()
    for address in ("clerk@example.com", "no address"):
        with pytest.raises(SettingsError):
            register.add_address(table.desk, "二七区", address)
    assert not register.add_address(table.desk, "金水区", "clerk@example.com").changed


def test_additions_that_the_folder_contradicts_are_void(table: Table, campaign: Campaign) -> None:
    register.add_alias(table.desk, "金水区", "金水城区管委")
    units = tuple(
        unit.model_copy(update={"aliases": ("金水城区管委",)}) if unit.unit == "二七区" else unit
        for unit in campaign.units
    )
    folder = campaign.model_copy(update={"units": units})
    assert campaign_in_force(table.office.ledger, folder) is folder


def test_a_decision_that_fails_midway_leaves_nothing(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)

    def crash(*_: object, **__: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(audit, "append", crash)
    with pytest.raises(RuntimeError):
        rule_slot(table.desk, "waive", "金水区", "video", "好")
    assert table.verdict("金水区", "video") == "missing"
    assert not table.office.ledger.rows("SELECT * FROM slot_decisions")
    assert len(table.office.ledger.rows("SELECT * FROM replies")) == 1


def test_a_listed_address_is_not_bound_to_the_unit_its_mail_was_assigned_to(table: Table) -> None:
    register.add_address(table.desk, "金水区", "clerk@example.com")
    table.receive("二七区材料", "见附件", files={"方案.docx": plan("二七区")})
    mails.assign(table.desk, 1, "二七区")
    assert table.office.ledger.rows("SELECT * FROM addresses") == []
    table.receive("二七区材料", sender="erqi@example.com")
    rows = table.office.ledger.rows("SELECT address, unit FROM addresses")
    assert rows == [{"address": "erqi@example.com", "unit": "二七区"}]
