"""The README's e-mail from 金水区 is sent, and leaves the rows that the README says."""

from datetime import timedelta
from pathlib import Path

from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.upkeep.backup import back_up


def test_one_email_from_jinshui_leaves_the_rows_of_the_readme(
    tmp_path: Path, campaign: Campaign
) -> None:
    at = campaign.deadline - timedelta(days=2)
    box, sent = FakeMailbox(), MemoryTransport()
    raw = a_mail(files={"金水区演练方案.docx": plan("金水区")})
    box.deliver(raw, at)
    clock = FrozenClock(at + timedelta(seconds=30))
    settings = settings_for(tmp_path, settle=120)
    with an_office(tmp_path, campaign, box, sent, clock, settings=settings) as office:
        rows = office.ledger.rows
        office.discover()
        assert [row["state"] for row in rows("SELECT state FROM arrivals")] == ["discovered"]
        office.tick()
        (arrival,) = rows("SELECT * FROM arrivals")
        assert (arrival["state"], arrival["unit"]) == ("examined", "金水区")
        assert (tmp_path / "var" / arrival["spool_path"]).read_bytes() == raw
        kinds = {row["kind"] for row in rows("SELECT kind FROM files")}
        assert kinds == {"text", "plan"}
        assert len(rows("SELECT * FROM facts WHERE inspector != 'body'")) == 1
        assert rows("SELECT address, unit, status FROM addresses") == [
            {"address": "clerk@example.com", "unit": "金水区", "status": "provisional"}
        ]
        assert [row["state"] for row in rows("SELECT state FROM dossiers")] == ["incomplete"]
        assert rows("SELECT * FROM receipts") == [{"number": 1, "holder": "unit:金水区"}]
        (reply,) = rows("SELECT * FROM replies")
        assert (reply["state"], reply["raw"], reply["number"]) == ("queued", None, "YL2017-0001")
        assert not sent.messages
        clock.advance(seconds=90)
        office.tick()
        (after,) = rows("SELECT * FROM replies")
        assert (after["state"], after["message_id"]) == ("sent", reply["message_id"])
        assert [row["state"] for row in rows("SELECT state FROM arrivals")] == ["answered"]
        assert len(sent.messages) == 1
        backup = tmp_path / "backup"
        back_up(tmp_path / "var", backup, clock.now())
    assert (backup / "ledger.db").is_file()
    assert (backup / arrival["spool_path"]).is_file()
