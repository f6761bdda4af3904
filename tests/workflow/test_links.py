"""An announced link is fetched only where a setting allows its host, and never at a mail's cost."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.media import photo
from make.office import LONG_TEXT, a_mail, an_office, settings_for, text_of
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.errors import TemporaryFault
from mailbot.inbox.links import fetch
from mailbot.inbox.links.fetch import Fetched
from mailbot.report.board import status_json
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest
from mailbot.settings.inspection import LinksSection
from mailbot.settings.types import Settings

LINK = "https://wx.mail.qq.com/ftn/download?func=3&key=abc&code=def"
BODY = (
    f"{LONG_TEXT}\n从QQ邮箱发来的超大附件\n演练照片.jpg (80.96M, 2017年8月2日 0:49 到期)\n{LINK}\n"
)
Fetch = Callable[..., Fetched]


class Net:
    """What `fetch_link` would bring; notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False

    def fetch(self, link: Any, *, blobs: Any, **_: Any) -> Fetched:
        self.asked.append(link.url)
        if self.fails:
            raise TemporaryFault("link_network", "unreachable")
        return Fetched(blobs.put(photo(1920, 1080)), link.name or "x.jpg")


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    net = Net()
    monkeypatch.setattr(fetch, "fetch_link", net.fetch)
    return net


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


def allowing(folder: Path, *hosts: str) -> Settings:
    return settings_for(folder).model_copy(update={"links": LinksSection(fetch_hosts=hosts)})


def photo_slot(
    folder: Path, campaign: Campaign, settings: Settings, at: datetime, **mail: Any
) -> Any:
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    box.deliver(a_mail("金水区报送材料", BODY, **mail), at)
    with an_office(folder, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        counts = office.tick()
        assert counts.examined == 1
        units = status_json(office.ledger, campaign, clock.now())["units"]
    return next(unit for unit in units if unit["unit"] == "金水区")["slots"]["photo"]


def test_without_the_setting_nothing_is_fetched(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    slot = photo_slot(tmp_path, campaign, settings_for(tmp_path), at)
    assert net.asked == []
    assert slot["verdict"] == "announced"
    assert [link["url"] for link in slot["links"]] == [LINK]


def test_a_link_in_an_attached_mail_is_announced_too(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    forwarded = a_mail("转发", BODY, sender="colleague@example.com")
    box.deliver(a_mail("金水区报送材料", LONG_TEXT, files={"转发.eml": forwarded}), at)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        office.tick()
        units = status_json(office.ledger, campaign, clock.now())["units"]
    slots = next(unit for unit in units if unit["unit"] == "金水区")["slots"]
    assert [link["url"] for link in slots["photo"]["links"]] == [LINK]


def test_reply_and_digest_count_down_to_the_expiry(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    box, clock, sent = FakeMailbox(), FrozenClock(at + timedelta(hours=1)), MemoryTransport()
    box.deliver(a_mail("金水区报送材料", BODY), at)
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        office.tick()
        view = build_digest(office.ledger, campaign, office.settings, clock.now())
    digest = render_digest(view)[1]
    days = (date(2017, 8, 2) - clock.now().astimezone(campaign.zone).date()).days
    (reply,) = sent.messages
    for text in (text_of(reply.raw), digest):
        assert "演练照片.jpg" in text
        assert f"2017年8月2日到期，还有{days}天" in text


def test_a_link_of_an_allowed_host_becomes_a_file_of_the_mail(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    slot = photo_slot(tmp_path, campaign, allowing(tmp_path, ".qq.com"), at)
    assert net.asked == [LINK]
    assert slot["verdict"] == "accepted"
    assert slot["links"] == []
    ((name, source),) = [(file["name"], file["source"]) for file in slot["files"]]
    assert (name, source) == ("演练照片.jpg", "链接")


def test_a_link_of_another_host_stays_announced(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    slot = photo_slot(tmp_path, campaign, allowing(tmp_path, "edisk.qiye.163.com"), at)
    assert net.asked == []
    assert slot["verdict"] == "announced"


def test_a_fetch_that_fails_leaves_the_link_announced_and_the_mail_taken_in(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net, caplog: pytest.LogCaptureFixture
) -> None:
    net.fails = True
    slot = photo_slot(tmp_path, campaign, allowing(tmp_path, ".qq.com"), at)
    assert slot["verdict"] == "announced"
    assert "stays announced (link_network): unreachable" in caplog.text


def test_a_mail_that_is_no_submission_makes_us_fetch_nothing(
    tmp_path: Path, campaign: Campaign, at: datetime, net: Net
) -> None:
    settings = allowing(tmp_path, ".qq.com")
    photo_slot(tmp_path, campaign, settings, at, headers={"Return-Path": "<>"})
    assert net.asked == []


@pytest.mark.parametrize("host", ["", "qq", "https://qq.com", "*.qq.com", "qq.com:443", "a b.com"])
def test_a_host_that_is_none_is_a_wrong_setting(host: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        LinksSection(fetch_hosts=(host,))
