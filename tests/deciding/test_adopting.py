"""After the trial: what was written in shadow mode goes out once, by today's dossier."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from make.deciding import Table
from make.office import a_mail, opened

from mailbot.campaign.types import Campaign
from mailbot.deciding.adopting import adopt
from mailbot.demo.documents import plan, summary
from mailbot.errors import NotFoundError, PermanentFault
from mailbot.report.digest.gather import build_digest

PLAN = {"金水区演练方案.docx": plan("金水区")}
SUMMARY = {"金水区演练评估总结.docx": summary("金水区")}


class Trial:
    """An office in shadow mode that answered two mails of one unit, hours apart; `go` restarts
    it as its settings were changed."""

    def __init__(self, folder: Path, campaign: Campaign) -> None:
        self._folder, self._campaign = folder, campaign
        self._stack = ExitStack()
        self.table = Table(folder, campaign, self._stack, mode="shadow")
        self.table.receive("金水区演练方案", "见附件", files=PLAN)
        later(self.table)
        self.table.receive("金水区演练评估总结", "见附件", files=SUMMARY)
        later(self.table)

    def go(self, mode: str = "live") -> Table:
        """The office has looked, and lets replies go."""
        self.close()
        self._stack = ExitStack()
        self.table = Table(self._folder, self._campaign, self._stack, mode=mode)
        self.table.clock.advance(hours=3)
        for _ in range(2):  # the two that were taken in keep their uids in the new mailbox
            self.table.box.deliver(a_mail("-", "-"), self.table.clock.now())
        return self.table

    def close(self) -> None:
        """The program ends."""
        self._stack.close()


@pytest.fixture
def trial(tmp_path: Path, campaign: Campaign) -> Iterator[Trial]:
    trial = Trial(tmp_path, campaign)
    yield trial
    trial.close()


def later(table: Table) -> None:
    table.clock.advance(hours=1)
    table.tick()


def test_while_the_mode_is_shadow_nothing_is_adopted_but_it_can_be_shown(trial: Trial) -> None:
    table = trial.table
    with pytest.raises(PermanentFault, match=r"outbox\.mode"):
        adopt(table.desk)
    (one,) = adopt(table.desk, dry_run=True)
    assert (one.unit, one.address, one.fate) == ("金水区", "clerk@example.com", "due")


def test_one_reply_a_unit_and_sender_answers_all_its_mails_by_todays_dossier(
    trial: Trial,
) -> None:
    table = trial.go()
    (one,) = adopt(table.desk)
    assert one.fate == "due"
    table.tick()
    (sent,) = table.sent.messages
    answer = opened(sent.raw)
    assert answer["In-Reply-To"] == "<2@example.com>"
    assert answer["References"].split() == ["<1@example.com>", "<2@example.com>"]
    assert adopt(table.desk) == []
    later(table)
    assert len(table.sent.messages) == 1
    (row,) = table.trail()
    assert (row.action, row.before, row.after) == (
        "adopt",
        {"shadow": 2},
        {"clerk@example.com": "due"},
    )


def test_a_preview_changes_nothing(trial: Trial) -> None:
    table = trial.go()
    assert adopt(table.desk, dry_run=True) == adopt(table.desk, dry_run=True)
    table.tick()
    assert table.sent.messages == []


def test_what_a_later_reply_has_overtaken_is_withdrawn(trial: Trial) -> None:
    table = trial.go()
    table.receive(
        "金水区演练方案",
        "更正稿，以此为准",
        files={"演练方案.docx": plan("我")},
        message_id="<3@example.com>",
    )
    later(table)
    assert len(table.sent.messages) == 1
    (one,) = adopt(table.desk)
    assert one.fate == "overtaken"
    later(table)
    assert len(table.sent.messages) == 1


def test_under_approval_it_waits_for_a_person(trial: Trial) -> None:
    table = trial.go("approve")
    adopt(table.desk)
    later(table)
    assert table.sent.messages == []


def test_a_number_that_does_not_wait_is_named(trial: Trial) -> None:
    table = trial.go()
    with pytest.raises(NotFoundError, match="YL2017-9999"):
        adopt(table.desk, ["YL2017-9999"])


def test_the_digest_says_how_many_nobody_has(trial: Trial) -> None:
    def alerts(table: Table) -> str:
        office = table.office
        view = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
        return "".join(view.health.alerts)

    assert "试运行" not in alerts(trial.table)
    table = trial.go()
    assert "试运行期间写好的2件答复尚未发出" in alerts(table)
    adopt(table.desk)
    assert "试运行" not in alerts(table)
