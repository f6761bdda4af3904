"""Retention: what may go, what never does, and what is on record of it."""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from make.office import OUR_ADDRESS
from make.submitted import Submitted, an_empty_office, figures

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_form
from mailbot.demo.photos import make_photo
from mailbot.errors import SettingsError
from mailbot.inspection.previews.store import THUMB, preview_path
from mailbot.ledger.store import open_ledger
from mailbot.workflow.pruning import plan_pruning, prune

SHORT = "见附件"
REJECTED = {"overall__drills": "十几次"}


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    """1: a rejected table. 2: an accepted plan and the same rejected table's twin file.
    3: a letter without a unit, held. 4: our own mail."""
    office = an_empty_office(tmp_path, campaign, days=10)
    rejected = write_form(campaign.form, figures("金水区", **REJECTED))
    other = write_form(campaign.form, figures("金水区", overall__participants="很多"))
    send = {"sender": "jinshui@example.com", "body": SHORT}
    office.receive("金水区表一", {"统计表.xlsx": rejected, "旧表.xlsx": other}, **send)
    office.work()
    office.clock.advance(minutes=5)
    office.receive("金水区方案", {"演练方案.docx": plan("金水区"), "统计表.xlsx": rejected}, **send)
    office.work()
    office.clock.advance(minutes=5)
    office.receive("材料", {"1.bin": b"?" * 50}, sender="nobody@example.com", body=SHORT)
    office.receive("我办发出的信", {}, sender=OUR_ADDRESS, body=SHORT)
    office.work()
    office.clock.advance(days=30)
    return office


def all_files(office: Submitted) -> set[str]:
    return {
        str(path.relative_to(office.data))
        for folder in ("files", "spool")
        for path in (office.data / folder).rglob("*")
        if path.is_file() and "previews" not in path.parts
    }


def spooled(office: Submitted, *numbers: int) -> set[str]:
    with open_ledger(office.data, writable=False) as ledger:
        rows = ledger.rows("SELECT id, spool_path FROM arrivals")
    return {row["spool_path"] for row in rows if row["id"] in numbers}


def blobs(office: Submitted, *names: str) -> set[str]:
    with open_ledger(office.data, writable=False) as ledger:
        rows = ledger.rows("SELECT name, sha256 FROM files")
    return {f"files/{r['sha256'][:2]}/{r['sha256']}" for r in rows if r["name"] in names}


def run(office: Submitted, before: datetime, *, really: bool = True) -> set[str]:
    """What went."""
    here = all_files(office)
    with open_ledger(office.data) as ledger:
        pruning = plan_pruning(ledger, office.campaign, office.data, before, office.clock.now())
        if really:
            prune(ledger, office.data, pruning, office.clock.now())
    gone = here - all_files(office)
    assert gone == ({file.path for file in pruning.files} if really else set())
    return gone


def test_a_plan_removes_nothing(office: Submitted) -> None:
    assert run(office, office.clock.now(), really=False) == set()


def test_what_was_accepted_stays_and_with_it_all_of_its_mail(office: Submitted) -> None:
    """The rejected table came with the accepted plan too, so its octets stay."""
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        plan_ = plan_pruning(ledger, office.campaign, office.data, now, now)
    assert (2, "accepted") in plan_.kept
    gone = run(office, office.clock.now())
    assert gone == spooled(office, 1, 4) | blobs(office, "旧表.xlsx")


def test_what_waits_for_a_person_stays(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        pruning = plan_pruning(ledger, office.campaign, office.data, now, now)
    assert (3, "unsettled") in pruning.kept


def test_only_what_arrived_before_the_date(office: Submitted) -> None:
    with open_ledger(office.data, writable=False) as ledger:
        row = ledger.row("SELECT arrived_at FROM arrivals WHERE id = 1")
    assert row is not None
    first = datetime.fromisoformat(row["arrived_at"])
    assert run(office, first) == set()
    assert run(office, first + timedelta(seconds=1)) == spooled(office, 1) | blobs(
        office, "旧表.xlsx"
    )


def test_what_went_is_on_record_and_the_ledger_still_knows_it(office: Submitted) -> None:
    gone = run(office, office.clock.now())
    with open_ledger(office.data) as ledger:
        record = ledger.rows("SELECT * FROM pruned")
        row = ledger.row("SELECT count(*) AS n FROM arrivals WHERE judged_json IS NOT NULL")
        again = plan_pruning(
            ledger, office.campaign, office.data, office.clock.now(), office.clock.now()
        )
    assert {entry["path"] for entry in record} == gone
    assert all(len(entry["sha256"]) == 64 and entry["size"] > 0 for entry in record)
    assert row == {"n": 4}
    assert again.files == ()


def test_after_the_retention_time_accepted_materials_may_go(office: Submitted) -> None:
    days = office.campaign.retention_days
    assert days >= 365
    office.clock.advance(days=days - 21)
    assert not spooled(office, 2) & run(office, office.clock.now())
    office.clock.advance(days=2)
    assert spooled(office, 2) <= run(office, office.clock.now())


def test_what_is_in_order_and_fills_nothing_may_go(tmp_path: Path, campaign: Campaign) -> None:
    office = an_empty_office(tmp_path, campaign, days=10)
    other = {"工作要点.txt": ("抓好作风建设。" * 30).encode()}
    office.receive("金水区其他材料", other, sender="jinshui@example.com", body=SHORT)
    office.work()
    office.clock.advance(days=1)
    with open_ledger(office.data, writable=False) as ledger:
        (row,) = ledger.rows("SELECT verdict, kind FROM files WHERE name = '工作要点.txt'")
    assert (row["kind"], row["verdict"]) == ("document", "accepted")
    assert blobs(office, "工作要点.txt") <= run(office, office.clock.now())


def test_a_plan_says_how_much_comes_free(office: Submitted) -> None:
    now = office.clock.now()
    with open_ledger(office.data) as ledger:
        pruning = plan_pruning(ledger, office.campaign, office.data, now, now)
    sizes = [(office.data / file.path).stat().st_size for file in pruning.files]
    assert pruning.size == sum(sizes) > 0
    assert [file.size for file in pruning.files] == sizes
    assert (pruning.arrivals, pruning.before) == ((1, 4), now)


def test_a_file_that_is_gone_already_is_no_fault(office: Submitted) -> None:
    now = office.clock.now()
    with open_ledger(office.data) as ledger:
        pruning = plan_pruning(ledger, office.campaign, office.data, now, now)
        (office.data / pruning.files[0].path).unlink()
        prune(ledger, office.data, pruning, now)
    assert not [file for file in pruning.files if (office.data / file.path).exists()]


def test_a_mail_whose_answer_has_not_left_stays(tmp_path: Path, campaign: Campaign) -> None:
    office = an_empty_office(tmp_path, campaign, days=10)
    office.sent.faults.append(ConnectionError("down"))
    rejected = write_form(campaign.form, figures("金水区", **REJECTED))
    office.receive("金水区表", {"统计表.xlsx": rejected}, sender="a@example.com", body=SHORT)
    office.work()
    office.clock.advance(days=1)
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        pruning = plan_pruning(ledger, office.campaign, office.data, now, now)
    assert pruning.files == ()
    assert pruning.kept == ((1, "unsettled"),)


def test_a_copy_of_an_accepted_mail_goes_and_what_both_brought_stays(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The same mail delivered twice: the first one's octets are kept, the copy's own are not."""
    office = an_empty_office(tmp_path, campaign, days=10)
    files = {"演练方案.docx": plan("金水区")}
    office.receive("金水区方案", files, sender="jinshui@example.com", body=SHORT)
    office.work()
    office.clock.advance(minutes=5)
    copy = b"Received: from elsewhere\r\n" + office.raw["金水区方案"]
    office.box.deliver(copy, office.clock.now())
    office.work()
    office.clock.advance(days=1)
    now = office.clock.now()
    with open_ledger(office.data) as ledger:
        rows = ledger.rows("SELECT id, duplicate_of FROM arrivals ORDER BY id")
        pruning = plan_pruning(ledger, office.campaign, office.data, now, now)
    assert [(row["id"], row["duplicate_of"]) for row in rows] == [(1, None), (2, 1)]
    assert pruning.kept == ((1, "accepted"),)
    assert pruning.arrivals == (2,)
    assert run(office, now) == spooled(office, 2)


def test_the_thumbnail_goes_with_its_photo(tmp_path: Path, campaign: Campaign) -> None:
    office = an_empty_office(tmp_path, campaign, days=10)
    small, large = make_photo(640, 480, 1), make_photo(1920, 1080, 2)
    office.receive("金水区", {"小.jpg": small, "大.jpg": large}, sender="jinshui@example.com")
    office.work()
    office.clock.advance(days=1)
    office.receive("金水区", {"小.jpg": small}, sender="jinshui@example.com", body=SHORT)
    office.work()
    store = office.data / "files"
    both = [preview_path(store, sha256(each).hexdigest(), THUMB) for each in (small, large)]
    assert [each.exists() for each in both] == [True, True]
    office.clock.advance(days=campaign.retention_days + 30)
    run(office, office.clock.now())
    assert [each.exists() for each in both] == [False, False]


def test_a_day_to_come_is_refused(office: Submitted) -> None:
    now = office.clock.now()
    with open_ledger(office.data) as ledger, pytest.raises(SettingsError):
        plan_pruning(ledger, office.campaign, office.data, now + timedelta(days=1), now)
