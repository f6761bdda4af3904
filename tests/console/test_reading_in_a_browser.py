"""The pages to read, in Chromium: on a phone and a desktop, with and without script."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from make.browsing import an_office_console
from make.chromium import (
    AXE,
    WIDTHS,
    a_browser,
    a_page,
    axe_script,
    faults_of,
    is_wider_than,
    listening,
)
from make.submitted import Submitted, copied

from mailbot.campaign.types import Campaign
from mailbot.console.addresses import address_of
from mailbot.ledger.store import open_ledger

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")


@dataclass
class Place:
    """A console that listens, and the browser that goes there."""

    office: Submitted
    address: str
    browser: "Browser"

    def file(self, name: str) -> str:
        """Where a file has its page."""
        with open_ledger(self.office.data, writable=False) as ledger:
            row = ledger.row("SELECT arrival, sha256 FROM files WHERE name = ?", (name,))
        assert row is not None
        return address_of(int(row["arrival"]), str(row["sha256"]))


@pytest.fixture(scope="module")
def place(
    filled: Submitted, tmp_path_factory: pytest.TempPathFactory, campaign: Campaign
) -> Iterator[Place]:
    with a_browser() as browser:
        office = copied(filled, tmp_path_factory.mktemp("office"))
        with (
            an_office_console(
                office.folder, campaign, settings=office.settings, clock=office.clock
            ) as console,
            listening(console.app) as address,
        ):
            yield Place(office, address, browser)


def pages(place: Place) -> list[str]:
    return [
        "/board",
        "/units",
        "/units/" + quote("金水区"),
        "/units/" + quote("惠济区"),
        "/mails",
        "/mails?q=" + quote("演练"),
        "/mails/1",
        "/mails/1/source",
        "/replies/1",
        place.file("演练方案.docx"),
        place.file("演练.mp4"),
        "/totals",
        "/totals/figures/overall.drills",
        "/system",
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_pushed_sideways_or_has_a_grave_fault(place: Place, width: int) -> None:
    """axe-core is asked too where it is there (the next test says when it is not)."""
    axe = AXE.read_text(encoding="utf-8") if AXE.is_file() else ""
    asked = pages(place) if width == WIDTHS[0] else pages(place)[:3]  # the same markup
    with a_page(place.browser, place.address, width) as page:
        for path in asked:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert not is_wider_than(page, width), path
            assert not axe or faults_of(page, axe) == [], path


def test_a_fault_would_be_found(place: Place) -> None:
    axe = axe_script()
    with a_page(place.browser, place.address, 375) as page:
        page.goto("/board")
        page.evaluate("() => document.body.append(new Image())")
        assert [fault for fault in faults_of(page, axe) if "image-alt" in fault]


def test_a_unit_is_found_while_its_name_is_typed(place: Place) -> None:
    with a_page(place.browser, place.address, 375) as page:
        page.goto("/board")
        page.fill("[name=q]", "金水")
        page.locator("#rows tr", has_text="二七区").wait_for(state="detached")
        assert "金水区" in page.inner_text("#rows")
        assert "q=" in page.url  # the address can be sent to a colleague
        page.reload()
        assert "二七区" not in page.inner_text("#rows")
        page.click("#rows tbody a")
        assert page.inner_text("h1") == "金水区"


def test_without_script_a_form_finds_the_same(place: Place) -> None:
    with a_page(place.browser, place.address, 375, script=False) as page:
        page.goto("/board")
        page.fill("[name=q]", "金水")
        page.click("form[role=search] button")
        assert "金水区" in page.inner_text("#rows")
        assert "二七区" not in page.inner_text("#rows")
        page.goto("/mails")
        page.fill("[name=q]", "更正")
        page.click("form[role=search] button")
        assert page.locator(".mails li").count() == 1


def test_a_word_of_two_characters_finds_its_mails(place: Place) -> None:
    with a_page(place.browser, place.address, 1280) as page:
        page.goto("/mails")
        page.fill("[name=q]", "更正")
        page.locator(".mails li").nth(1).wait_for(state="detached")
        page.click(".mails .head a")
        assert "惠济区统计表（更正）" in page.inner_text("main")


def test_a_video_plays_in_the_page(place: Place) -> None:
    with a_page(place.browser, place.address, 1280) as page:
        page.goto(place.file("演练.mp4"))
        played = page.evaluate(
            """async () => {
                const video = document.querySelector("video");
                video.muted = true;
                await video.play();
                return [video.videoWidth, video.videoHeight];
            }"""
        )
        assert played == [1920, 1080]


def test_photographs_and_frames_are_shown(place: Place) -> None:
    with a_page(place.browser, place.address, 1280) as page:
        page.goto("/units/" + quote("金水区"))
        page.wait_for_function(
            "() => document.querySelectorAll('.strip img').length > 1 &&"
            " [...document.querySelectorAll('.strip img')].every((one) => one.naturalWidth > 100)"
        )


def test_figures_stay_fresh_while_one_looks(place: Place) -> None:
    with a_page(place.browser, place.address, 1280) as page:
        page.clock.install()
        page.goto("/system")
        before = page.inner_text("#live > p")
        place.office.clock.advance(minutes=3)
        page.clock.run_for(6000)
        page.wait_for_function(
            "(before) => document.querySelector('#live > p').innerText !== before", arg=before
        )


def test_a_tab_key_reaches_the_text_first(place: Place) -> None:
    with a_page(place.browser, place.address, 1280) as page:
        page.goto("/board")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
