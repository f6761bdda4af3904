"""The contact's morning in Chromium: each journey on a phone and a desktop, with and without
script."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from make.chromium import WIDTHS, a_browser, a_page, axe_script, faults_of, is_wider_than, listening
from make.morning import FIGURES, STRICTER, Morning, a_morning, zipped
from make.office import text_of

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, summary
from mailbot.report.board import read_board
from mailbot.report.yearbook.consolidation import consolidate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Locator, Page

pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")

# Width and whether scripts run: the longest journey goes all four ways, the others two.
ALL_WAYS = [(width, script) for width in WIDTHS for script in (True, False)]
WAYS = [(WIDTHS[0], False), (WIDTHS[1], True)]


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    with a_browser() as browser:
        yield browser


@contextmanager
def before_console(
    folder: Path,
    campaign: Campaign,
    chromium: "Browser",
    width: int,
    *,
    mode: str = "live",
    **options: Any,
) -> Iterator[tuple[Morning, "Page"]]:
    """A morning's office, and a tab on its console; `approve`: of replies that wait alone."""
    with (
        a_morning(folder, campaign, mode=mode, fill=mode == "live") as morning,
        listening(morning.browser.app) as address,
        a_page(chromium, address, width, **options) as page,
    ):
        yield morning, page


def item(page: "Page", words: str) -> "Locator":
    """The card of 待办 with these words."""
    return page.locator(".item", has_text=words).first


def settle_morning(page: "Page", morning: Morning) -> list[str]:
    """Every kind of item, one after the other, as a thumb would."""
    told = []

    def press(words: str, value: str) -> None:
        morning.table.clock.advance(seconds=1)  # what one press decided has one moment
        item(page, words).locator(f"button[value={value}]").click()
        told.append(page.inner_text(".told"))

    page.goto("/todo")
    item(page, "第1号来信").locator("[name=unit]").select_option("上街区")
    press("第1号来信", "assign")
    press("新.docx", "first")
    press("第4号来信", "aside")
    press("第5号来信", "first")
    press("第7号来信", "first")
    press("未能送达", "first")
    press("自报单位", "first")
    page.locator(".undo button").click()
    told.append(page.inner_text(".told"))
    return told


@pytest.mark.parametrize(("width", "script"), ALL_WAYS)
def test_a_morning_is_settled_item_by_item_and_the_last_decision_taken_back(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int, script: bool
) -> None:
    with before_console(tmp_path, campaign, chromium, width, script=script, by_form=True) as (
        morning,
        page,
    ):
        told = settle_morning(page, morning)
        assert not is_wider_than(page, width)
        trail = morning.table.trail()
    words = ("归入单位", "认可", "不复", "答复", "重新处理", "重发", "已办理4件", "已撤销")
    for line, word in zip(told, words, strict=True):
        assert word in line
    assert {row.by for row in trail} == {"clerk"}
    assert [row.action for row in trail[-8:]] == ["confirm"] * 4 + ["undo"] * 4


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_a_file_is_sent_back_and_its_reason_goes_out(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int, script: bool
) -> None:
    with before_console(tmp_path, campaign, chromium, width, script=script) as (morning, page):
        page.goto(f"/decide?unit={quote('金水区')}")
        card = page.locator(".came", has_text="旧.docx")
        card.locator("form.acts [name=reason]").fill("方案系去年的")
        card.locator("button[value=reject]").click()
        assert "退回：金水区 演练方案" in page.inner_text(".told")
        morning.tick()
    letters = [text_of(one.raw) for one in morning.table.sent.messages]
    assert any("方案系去年的" in one for one in letters)


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_a_figure_is_corrected_and_counts_in_the_sums(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int, script: bool
) -> None:
    with before_console(tmp_path, campaign, chromium, width, script=script) as (morning, page):
        page.goto(f"/decide?unit={quote('中原区')}")
        line = page.locator(".figures li", has_text="总体情况·举办次数")
        if not line.is_visible():
            page.click("summary:has-text('更正数据')")
        line.locator("[name=text]").fill("15")
        line.locator("[name=reason]").fill("电话核实")
        line.locator("button").click()
        assert "改为“15”" in page.inner_text(".told")
        assert not is_wider_than(page, width)
        office = morning.table.office
        board = read_board(office.ledger, office.campaign, morning.table.clock.now())
        totals = consolidate(office.campaign, board).totals
        found = next(one for one in totals if one.field.key == "overall.drills")
        assert (found.total, FIGURES["overall.drills"]) == (15, 12)
        page.goto("/totals/figures/overall.drills")
        assert "人工更正" in page.inner_text("main")


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_ten_replies_are_looked_at_and_approved(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int, script: bool
) -> None:
    with before_console(tmp_path, campaign, chromium, width, script=script, mode="approve") as (
        morning,
        page,
    ):
        page.goto("/outbox")
        page.locator("summary", has_text="看原文").first.click()
        frame = page.frame_locator("iframe").first
        assert "演练方案" in frame.locator("body").inner_text()
        if script:
            page.click("[data-all]")
            assert "10 / 10" in page.inner_text("[data-chosen]")
            page.click("#batch button[value=approve]")
        else:
            page.click("form.all button")
        assert "已批准10封" in page.inner_text(".told")
        assert not is_wider_than(page, width)
        morning.tick()
    assert len(morning.table.sent.messages) == 10


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_units_are_drawn_and_a_result_entered_at_the_site(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int, script: bool
) -> None:
    with before_console(tmp_path, campaign, chromium, width, script=script) as (morning, page):
        page.goto("/checks")
        page.fill("[name=size]", "2")
        page.fill("[name=always]", "金水区")
        page.click("main button.main")
        card = page.locator(".items li", has_text="金水区")
        card.locator("input[value=不符]").check()
        card.locator("[name=note]").fill("原件缺页")
        photo: FilePayload = {
            "name": "x.jpg",
            "mimeType": "image/jpeg",
            "buffer": b"\xff\xd8\xff\xe0" + b"0" * 9,
        }
        card.locator("[name=photo]").set_input_files(photo)
        card.locator("button.main").click()
        assert "原件缺页" in page.inner_text("main")
        assert not is_wider_than(page, width)
        assert [row.action for row in morning.table.trail()] == ["draw", "inspection"]


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_changed_rules_are_tried(
    tmp_path: Path,
    campaign: Campaign,
    rules_folder: Path,
    chromium: "Browser",
    width: int,
    script: bool,
) -> None:
    packed = zipped(rules_folder, STRICTER)
    with before_console(tmp_path, campaign, chromium, width, script=script, user="admin") as (
        morning,
        page,
    ):
        page.goto("/rules")
        file: FilePayload = {"name": "neu.zip", "mimeType": "application/zip", "buffer": packed}
        page.locator("[name=folder]").set_input_files(file)
        page.click("main button.main")
        assert "金水区" in page.inner_text("table")
        assert not is_wider_than(page, width)
        page.fill("[name=reason]", "会议决定")
        page.click("button.danger")
        assert "已启用" in page.inner_text(".told")
        assert morning.table.verdict("金水区", "plan") == "rejected"


def test_a_viewer_is_shown_no_button_and_a_page_of_a_clerk_refuses_him(
    tmp_path: Path, campaign: Campaign, chromium: "Browser"
) -> None:
    with before_console(tmp_path, campaign, chromium, WIDTHS[0], user="viewer") as (_, page):
        for path in ("/todo", "/outbox", "/checks", "/rules"):
            page.goto(path)
            assert page.locator("main form").count() == 0, path
        page.goto(f"/decide?unit={quote('金水区')}")
        assert "权限不足" in page.inner_text("main")


def test_everything_is_reached_by_keyboard(
    tmp_path: Path, campaign: Campaign, chromium: "Browser"
) -> None:
    with before_console(tmp_path, campaign, chromium, WIDTHS[1]) as (morning, page):
        page.goto("/todo")
        page.keyboard.press("Tab")
        assert "跳到正文" in page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "first":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector(".told, .wrong")
        assert len(morning.table.trail()) == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_screen_reader_finds_nothing_grave_where_one_acts(
    tmp_path: Path, campaign: Campaign, chromium: "Browser", width: int
) -> None:
    axe = axe_script()
    with before_console(tmp_path, campaign, chromium, width) as (morning, page):
        morning.browser.log_in("clerk")
        morning.browser.post("/checks", {"size": "2"})
        for path in (
            "/todo",
            "/outbox",
            "/checks",
            "/checks/1",
            "/rules",
            "/me",
            f"/decide?unit={quote('中原区')}",
        ):
            page.goto(path)
            assert faults_of(page, axe) == [], path


def test_by_keyboard_the_next_item_has_the_focus_and_enter_goes_to_its_button(
    tmp_path: Path, campaign: Campaign, chromium: "Browser"
) -> None:
    """Enter and Enter settle an item; one key held down settles nothing."""
    focused = "() => document.activeElement.closest('.item')?.innerText.includes({0!r})"
    with before_console(tmp_path, campaign, chromium, 1280) as (_, page):
        page.goto("/todo")
        item(page, "第7号来信").locator("button[value=first]").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(focused.format("未能送达"))
        assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "told"
        repeated = "new KeyboardEvent('keydown', {key: 'Enter', repeat: true, bubbles: true})"
        page.evaluate(f"document.activeElement.dispatchEvent({repeated})")
        assert page.evaluate("document.activeElement.className") == "what"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.innerText") == "重发"
        page.keyboard.press("Enter")
        page.wait_for_function(focused.format("第1号来信"))
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "unit"


def test_the_ticks_within_an_item_are_its_own(
    tmp_path: Path, campaign: Campaign, chromium: "Browser"
) -> None:
    """What one mail brought is ticked for its own button, not for what is settled together."""
    with before_console(tmp_path, campaign, chromium, 375) as (morning, page):
        for sender, unit in (("h@example.com", "惠济区"), ("o@example.net", "郑州市惠济区")):
            files = {"方案.docx": plan(unit), "总结.docx": summary(unit)}
            morning.table.receive("惠济区材料", "见附件", sender=sender, files=files)
        page.goto("/todo")
        assert page.locator(".brought input:checked").count() == 2
        assert page.locator("#batch").is_hidden()
        page.click("[data-all]")
        assert page.locator("#batch").is_visible()
        page.click("[data-all]")
        assert page.locator("#batch").is_hidden()
        assert page.locator(".brought input:checked").count() == 2
