"""Judging anew from stored facts: who would flip, and what --apply does."""

import shutil
from pathlib import Path

import pytest
from make.office import an_office, text_of
from make.submitted import Submitted, an_empty_office, figures

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.deciding.desk import Desk
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_photo
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger.dossiers import stored_dossiers
from mailbot.ledger.store import Ledger, Row, open_ledger
from mailbot.model import SlotVerdict
from mailbot.workflow import rejudging
from mailbot.workflow import replay as module
from mailbot.workflow.rejudging import OfArrival
from mailbot.workflow.replay import FileFlip, Flip, apply, preview


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    """金水区 and 二七区 have sent a photo each, of 1920×1080 and of 2560×1440."""
    office = an_empty_office(tmp_path, campaign)
    for unit, sender, size in (
        ("金水区", "jinshui@example.com", (1920, 1080)),
        ("二七区", "erqi@example.com", (2560, 1440)),
    ):
        office.receive(
            f"{unit}材料",
            {
                "照片.jpg": make_photo(*size, seed=1),
                "演练方案.docx": plan(unit),
                "统计表.xlsx": write_form(campaign.form, figures(unit)),
            },
            sender=sender,
        )
    office.work()
    office.sent.messages.clear()
    office.clock.advance(hours=1)
    return office


@pytest.fixture
def stricter(tmp_path: Path, rules_folder: Path) -> Campaign:
    """Rules under which a photo must be larger than 1920×1080."""
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder, folder)
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    head, code, tail = text.partition("code: PHOTO_SIZE")
    path.write_text(head + code + tail.replace('">="', '">"', 1), encoding="utf-8")
    return load_campaign(folder)


def test_under_the_same_rules_nothing_flips(office: Submitted) -> None:
    with open_ledger(office.data, writable=False) as ledger:
        replay = preview(ledger, office.campaign, office.clock.now())
    assert replay.arrivals == 2
    assert replay.flips == ()
    assert replay.files == ()
    assert replay.lacking == {}


def test_a_preview_says_who_would_flip_and_changes_nothing(
    office: Submitted, stricter: Campaign
) -> None:
    before = (office.data / "ledger.db").read_bytes()
    with open_ledger(office.data, writable=False) as ledger:
        replay = preview(ledger, stricter, office.clock.now())
    assert replay.flips == (Flip("金水区", "photo", "accepted", "rejected"),)
    assert replay.files == (FileFlip(1, "金水区", "照片.jpg", "accepted", "rejected"),)
    assert replay.rules_version == stricter.version != office.campaign.version
    assert (office.data / "ledger.db").read_bytes() == before


def test_apply_records_the_verdicts_and_answers_only_who_is_concerned(
    office: Submitted, stricter: Campaign
) -> None:
    with open_ledger(office.data) as ledger:
        replay = apply(ledger, stricter, office.settings, office.clock.now())
        board = stored_dossiers(ledger)
        versions = ledger.rows("SELECT DISTINCT rules_version AS v FROM arrivals")
        listed = ledger.rows("SELECT verdict FROM files WHERE name = '照片.jpg' ORDER BY arrival")
    assert replay.answered == ("金水区",)
    assert board["金水区"].slots["photo"].verdict is SlotVerdict.REJECTED
    assert board["二七区"].slots["photo"].verdict is SlotVerdict.ACCEPTED
    assert [row["v"] for row in versions] == [stricter.version]
    assert [row["verdict"] for row in listed] == ["rejected", "accepted"]
    office.work(stricter)
    (reply,) = office.sent.messages
    assert reply.rcpt == "jinshui@example.com"
    assert "1920像素×1080像素" in text_of(reply.raw)
    with open_ledger(office.data) as ledger:
        again = apply(ledger, stricter, office.settings, office.clock.now())
    assert again.units == again.answered == ()


def test_mail_comes_and_is_decided_while_stored_mails_are_judged(
    office: Submitted, stricter: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who puts rules in force holds the right to write only to write what was judged beforehand,
    and to judge what came meanwhile."""
    held: list[str] = []
    judge = rejudging._judge_arrival

    def watched(ledger: Ledger, campaign: Campaign, names: UnitNames, row: Row) -> OfArrival:
        held.extend([row["subject"]] * ledger.database.in_transaction)
        return judge(ledger, campaign, names, row)

    def meanwhile(judged: int, _mails: int) -> None:
        assert not ledger.database.in_transaction
        if judged == 1:
            photo = make_photo(1920, 1080, seed=2)
            office.receive("惠济区材料", {"照片.jpg": photo}, sender="huiji@example.com")
            running.tick()
            with open_ledger(office.data, beside=True) as other:
                desk = Desk(other, office.campaign, office.settings, "clerk", office.clock.now())
                rule_slot(desk, "waive", "金水区", "photo", "经批准免报")

    monkeypatch.setattr(rejudging, "_judge_arrival", watched)
    with (
        an_office(
            office.folder,
            office.campaign,
            office.box,
            office.sent,
            office.clock,
            settings=office.settings,
        ) as running,
        open_ledger(office.data, beside=True) as ledger,
    ):
        replay = apply(ledger, stricter, office.settings, office.clock.now(), note=meanwhile)
        board = stored_dossiers(ledger)
    assert held == ["惠济区材料"]
    assert replay.arrivals == 3
    assert [(one.unit, one.after) for one in replay.files] == [
        ("金水区", "rejected"),
        ("惠济区", "rejected"),
    ]
    assert board["金水区"].slots["photo"].waived
    assert board["惠济区"].slots["photo"].verdict is SlotVerdict.REJECTED


@pytest.mark.parametrize("rounds", [0, 3])
def test_what_came_meanwhile_is_judged_beside_the_ledger_too_where_it_is_much(
    office: Submitted, stricter: Campaign, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    held: list[int] = []
    judge = rejudging._judge_arrival

    def watched(ledger: Ledger, campaign: Campaign, names: UnitNames, row: Row) -> OfArrival:
        held.extend([row["id"]] * ledger.database.in_transaction)
        return judge(ledger, campaign, names, row)

    def meanwhile(judged: int, _mails: int) -> None:
        with open_ledger(office.data, beside=True) as other, other.transaction():
            if judged == 0:
                other.execute("UPDATE arrivals SET subject = subject || '（补）'")

    monkeypatch.setattr(rejudging, "_judge_arrival", watched)
    monkeypatch.setattr(module, "_CATCHING_UP", rounds)
    monkeypatch.setattr(module, "_FEW", 0)
    with open_ledger(office.data) as ledger:
        replay = apply(ledger, stricter, office.settings, office.clock.now(), note=meanwhile)
    assert held == ([] if rounds else [1, 2])
    assert replay.answered == ("金水区",)
    assert [one.before for one in replay.files] == ["accepted"]


def test_nothing_is_measured_again(office: Submitted, stricter: Campaign) -> None:
    shutil.rmtree(office.data / "files")
    shutil.rmtree(office.data / "spool")
    with open_ledger(office.data, writable=False) as ledger:
        assert preview(ledger, stricter, office.clock.now()).units == ("金水区",)


def test_a_body_is_judged_anew_from_what_is_stored(
    office: Submitted, tmp_path: Path, rules_folder: Path
) -> None:
    folder = tmp_path / "longer"
    shutil.copytree(rules_folder, folder)
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("minimum_chinese_characters: 50", "minimum_chinese_characters: 5000"),
        encoding="utf-8",
    )
    with open_ledger(office.data, writable=False) as ledger:
        replay = preview(ledger, load_campaign(folder), office.clock.now())
    assert {(flip.unit, flip.slot, flip.before) for flip in replay.flips} == {
        ("金水区", "text", "accepted"),
        ("二七区", "text", "accepted"),
    }


def test_a_file_without_facts_keeps_its_verdict_and_is_named(
    office: Submitted, stricter: Campaign
) -> None:
    with open_ledger(office.data) as ledger:
        with ledger.transaction():
            ledger.execute(
                "DELETE FROM facts WHERE sha256 IN (SELECT sha256 FROM files WHERE arrival = 1"
                " AND name = '照片.jpg')"
            )
        replay = preview(ledger, stricter, office.clock.now())
    assert replay.lacking == {1: ("照片.jpg",)}
    assert replay.flips == ()


def test_facts_of_an_earlier_version_will_do(office: Submitted, stricter: Campaign) -> None:
    with open_ledger(office.data) as ledger:
        with ledger.transaction():
            ledger.execute(
                "UPDATE facts SET inspector = '0.0.0.' || substr(inspector, -3)"
                " WHERE inspector LIKE '%.jpg'"
            )
        replay = preview(ledger, stricter, office.clock.now())
    assert replay.units == ("金水区",)
    assert replay.lacking == {}


def test_a_form_of_another_unit_stays_held(office: Submitted) -> None:
    office.receive(
        "二七区统计表",
        {"统计表.xlsx": write_form(office.campaign.form, figures("二七区城管局"))},
        sender="erqi@example.com",
    )
    office.work()
    with open_ledger(office.data) as ledger:
        replay = apply(ledger, office.campaign, office.settings, office.clock.now())
        held = ledger.rows("SELECT verdict FROM files WHERE arrival = 3 AND name = '统计表.xlsx'")
    assert replay.flips == ()
    assert [row["verdict"] for row in held] == ["held"]


def test_a_dossier_that_becomes_complete_is_answered_with_a_receipt(
    tmp_path: Path, campaign: Campaign
) -> None:
    """A campaign that no longer asks for a video."""
    office = an_empty_office(tmp_path, campaign)
    office.receive(
        "金水区材料",
        {
            "照片.jpg": make_photo(1920, 1080, seed=1),
            "演练方案.docx": plan("金水区"),
            "演练评估总结.docx": summary("金水区"),
            "统计表.xlsx": write_form(campaign.form, figures("金水区")),
        },
        sender="jinshui@example.com",
    )
    office.work()
    kept = tuple(one for one in campaign.materials if one.slot != "video")
    without = campaign.model_copy(update={"materials": kept, "version": "without video"})
    with open_ledger(office.data) as ledger:
        replay = apply(ledger, without, office.settings, office.clock.now())
    assert replay.flips == (
        Flip("金水区", "video", "missing", ""),
        Flip("金水区", "", "incomplete", "complete"),
    )
    office.sent.messages.clear()
    office.work(without)
    (reply,) = office.sent.messages
    assert "各项材料齐全" in text_of(reply.raw)
