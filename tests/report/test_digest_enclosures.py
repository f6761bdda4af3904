"""What goes with a mailed digest: the ledger as a workbook, and the progress chart."""

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from make.office import opened
from make.submitted import Submitted, an_empty_office, figures
from PIL import Image
from python_calamine import CalamineWorkbook

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_form
from mailbot.ledger.store import open_ledger
from mailbot.report.board import read_board
from mailbot.report.digest import sending
from mailbot.report.digest.progress import count_by_day, progress_chart
from mailbot.report.digest.sending import send_digest


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    office = an_empty_office(tmp_path, campaign, days=3)
    receivers = office.settings.office.model_copy(update={"addresses": ("duty@example.test",)})
    office.settings = office.settings.model_copy(update={"office": receivers})
    office.receive(
        "金水区统计表",
        {"统计表.xlsx": write_form(campaign.form, figures("金水区"))},
        sender="jinshui@example.com",
    )
    office.work()
    office.clock.advance(days=1)
    return office


def mailed(office: Submitted) -> bytes:
    with open_ledger(office.data) as ledger:
        send_digest(ledger, office.campaign, office.settings, office.clock.now())
        row = ledger.row("SELECT raw FROM replies WHERE purpose = 'digest'")
    assert row is not None
    return bytes(row["raw"])


def test_the_ledger_is_attached_as_a_workbook(office: Submitted) -> None:
    message = opened(mailed(office))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "2017年安全生产应急演练台账-20170703.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(attached.get_content()))
    rows = book.get_sheet_by_name("台账").to_python()
    assert [row[1] for row in rows[1:] if row[3]] == ["金水区"]


def test_the_chart_is_shown_by_its_content_id(office: Submitted) -> None:
    message = opened(mailed(office))
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content_disposition() == "inline"
    page = message.get_body(("html",))
    assert page is not None
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page.get_content()
    related = next(part for part in message.walk() if part.get_content_subtype() == "related")
    assert [part.get_content_type() for part in related.iter_parts()] == ["text/html", "image/png"]
    shown = Image.open(io.BytesIO(picture.get_content()))
    assert shown.width > 2 * shown.height
    assert len(picture.get_content()) < 40_000


def test_a_digest_with_its_workbook_says_nothing_of_it(office: Submitted) -> None:
    body = opened(mailed(office)).get_body(("plain",))
    assert body is not None
    assert "未能附上" not in body.get_content()


def test_without_the_workbook_the_digest_goes_all_the_same_and_says_so(
    office: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("odd data")

    monkeypatch.setattr(sending, "read_book", broken)
    message = opened(mailed(office))
    assert list(message.iter_attachments()) == []
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert "系统告警：本期简报未能附上台账" in body.get_content()
        assert "mailbot export 台账.xlsx" in body.get_content()


def test_a_day_counts_what_had_come_by_its_end(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        board = read_board(ledger, office.campaign, office.clock.now())
    counts = count_by_day(board, office.campaign, office.clock.now())
    assert counts[0] == (date(2017, 6, 1), 0, 0)
    assert counts[-3:] == [
        (date(2017, 7, 1), 0, 0),
        (date(2017, 7, 2), 0, 1),
        (date(2017, 7, 3), 0, 1),
    ]


def test_before_the_opening_there_is_no_chart(office: Submitted) -> None:
    before = datetime.combine(office.campaign.opening, time(), office.campaign.zone)
    assert progress_chart([], office.campaign, before - timedelta(days=1)) == b""
