"""Photographs sent twice or of another season are told to the office, in one line each."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.media import photo
from make.office import a_mail, an_office
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.report.digest.duplicates import Photo
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.photo_warnings import photo_warnings

LOOK = 0x0F1E2D3C4B5A6978


def a_photo(unit: str, name: str, sha256: str = "", arrival: int = 1, taken_at: str = "") -> Photo:
    return Photo(unit, name, sha256 or name, arrival, taken_at=taken_at)


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


def told(photos: list[Photo], at: datetime, campaign: Campaign) -> list[tuple[str, str]]:
    return list(photo_warnings(photos, {1: at, 2: at}, campaign))


def test_one_photo_of_two_units_names_both_and_the_mails(at: datetime, campaign: Campaign) -> None:
    photos = [a_photo("金水区", "a.jpg", "1"), a_photo("二七区", "b.jpg", "1", 2)]
    assert told(photos, at, campaign) == [
        (
            "二七区、金水区",
            "报送了同一张照片：金水区a.jpg（第1号来信）＝二七区b.jpg（第2号来信）",
        )
    ]


def test_many_repetitions_make_one_line(at: datetime, campaign: Campaign) -> None:
    photos = [
        a_photo("金水区", f"{n}.jpg", str(n), arrival) for arrival in (1, 2) for n in range(9)
    ]
    ((unit, words),) = told(photos, at, campaign)
    assert unit == "金水区"
    assert words.startswith("同一张照片重复报送：0.jpg（第1号来信）＝0.jpg（第2号来信）；1.jpg")
    assert words.endswith("等9处")


def test_a_photo_that_looks_the_same_is_told_with_care(at: datetime, campaign: Campaign) -> None:
    photos = [
        Photo(unit, f"{unit}.jpg", unit, 1, f"{LOOK ^ change:016x}")
        for unit, change in (("金水区", 0), ("二七区", 0b111))
    ]
    ((_, words),) = told(photos, at, campaign)
    assert words.startswith("报送了相同或几乎相同的照片")


def test_photos_in_two_dossiers_come_before_those_twice_in_one(
    at: datetime, campaign: Campaign
) -> None:
    photos = [a_photo("上街区", name, "1") for name in ("a", "b")]
    photos += [a_photo(unit, "c", "2") for unit in ("金水区", "二七区")]
    assert [units for units, _ in told(photos, at, campaign)] == ["二七区、金水区", "上街区"]


@pytest.mark.parametrize(
    ("taken_at", "odd"),
    [
        ("2017-06-20T09:30:00", False),
        ("2017-05-12T09:30:00", False),  # a drill before the notice
        ("2017-07-03T20:00:00", False),
        ("2016-06-20T09:30:00", True),  # last year's month
        ("2000-01-01T00:00:00", True),
        ("2017-07-05T23:00:00", True),  # two days after the mail
        ("", False),
        ("2017-13-45", False),
    ],
)
def test_a_photo_of_another_season_is_told_with_its_date(
    taken_at: str, odd: bool, at: datetime, campaign: Campaign
) -> None:
    found = told([a_photo("金水区", "a.jpg", taken_at=taken_at)], at, campaign)
    assert bool(found) is odd
    if odd:
        year, month, day = (int(part) for part in taken_at[:10].split("-"))
        assert found == [
            (
                "金水区",
                f"照片拍摄日期不在活动期间：a.jpg（{year}年{month}月{day}日），请核对",
            )
        ]


def test_the_digest_finds_a_photo_that_another_unit_sent_compressed(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    first = photo(2000, 1200, seed=5, taken_at="2015:06:01 08:00:00")
    again = photo(1980, 1188, seed=5, quality=40)
    small = photo(400, 240, seed=5)  # rejected: to be sent again larger is what was asked
    box.deliver(a_mail("金水区材料", files={"一.jpg": first}), at)
    box.deliver(
        a_mail(
            "二七区材料",
            sender="b@example.com",
            message_id="<2@example.com>",
            files={"二.jpg": again, "小.jpg": small, "别.jpg": photo(2000, 1200, seed=11)},
        ),
        at,
    )
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        office.tick()
        view = build_digest(office.ledger, campaign, office.settings, clock.now())
    photos = [words for units, words in view.warnings if "照片" in words]
    assert photos == [
        "报送了相同或几乎相同的照片：金水区一.jpg（第1号来信）＝二七区二.jpg（第2号来信）",
        "照片拍摄日期不在活动期间：一.jpg（2015年6月1日），请核对",
    ]
